"""What a class and its fields mean, read from its docstring (numpy style): said once, there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from inspect import cleandoc

__all__ = ["Meaning", "meaning_of"]

_NAMES = re.compile(r"^[A-Za-z_][\w, ]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a docstring says.

    Parameters
    ----------
    whole
        Its first paragraph, in one line; empty if there is none.
    of_fields
        What stands under each name of its section ``Parameters``.
    """

    whole: str
    of_fields: Mapping[str, str]


@cache
def meaning_of(kind: type) -> Meaning:
    """Read the docstring of a class.

    Examples
    --------
    >>> meaning = meaning_of(Meaning)
    >>> meaning.whole, meaning.of_fields["whole"]
    ('What a docstring says.', 'Its first paragraph, in one line; empty if there is none.')
    """
    own = kind.__dict__.get("__doc__") or ""
    # A dataclass without a docstring is given its signature for one.
    text = "" if own.startswith(f"{kind.__name__}(") else cleandoc(own)
    return Meaning(whole=_joined(text.partition("\n\n")[0].splitlines()), of_fields=_parameters(text))


def _parameters(text: str) -> dict[str, str]:
    _, mark, rest = text.partition("Parameters\n----------\n")
    if not mark:
        return {}
    section = re.split(r"\n\n[A-Z][a-z ]+\n-+\n", rest, maxsplit=1)[0]
    meanings: dict[str, str] = {}
    names: list[str] = []
    sentences: list[str] = []
    for line in [*section.splitlines(), "end"]:
        if _NAMES.match(line):
            meanings |= dict.fromkeys(names, _joined(sentences))
            names, sentences = [name.strip() for name in line.split(",")], []
        else:
            sentences.append(line)
    return meanings


def _joined(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines if line.strip())
