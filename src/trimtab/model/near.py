"""Did you mean: the known names that are nearest to what was written; the one home of that question."""

from collections.abc import Iterable
from difflib import SequenceMatcher
from itertools import takewhile

__all__ = ["near_names", "nearest"]

# How alike names must be (twice the letters in common over all letters), and names of two letters with the same first.
_ALIKE, _ALIKE_SHORT, _SHORT = 0.6, 0.5, 2


def near_names(written: str, names: Iterable[str], most: int = 1) -> tuple[str, ...]:
    """Give the known names that are most like what was written, the most alike first.

    Case does not count. Among names that are as alike, the one with more first letters in common comes first, then the
    one that was given first.

    Parameters
    ----------
    written
        What was written.
    names
        What is known.
    most
        How many to give at most.

    Examples
    --------
    >>> near_names("EZ", ["ZW", "ES", "MES"])
    ('ES',)
    >>> near_names("MESS", ["ES", "MES"], most=2)
    ('MES', 'ES')
    >>> near_names("Benchmrk", ["benchmark", "band"])
    ('benchmark',)
    """
    wanted = written.lower()
    matcher = SequenceMatcher(b=wanted)  # it remembers its second text, so one stands for all
    ranked = []
    for name in dict.fromkeys(names):
        other = name.lower()
        same_start = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(wanted, other, strict=False)))
        least = _ALIKE_SHORT if same_start and max(len(wanted), len(other)) <= _SHORT else _ALIKE
        matcher.set_seq1(other)
        if matcher.real_quick_ratio() >= least and matcher.quick_ratio() >= least and matcher.ratio() >= least:
            ranked.append((-matcher.ratio(), -same_start, name))
    return tuple(name for *_, name in sorted(ranked, key=lambda one: one[:2])[:most])


def nearest(written: str, names: Iterable[str], most: int = 1) -> str:
    """Say which known names were probably meant; empty if none is near.

    Examples
    --------
    >>> nearest("Benchmrk", ["benchmark", "band"])
    'did you mean benchmark?'
    >>> nearest("MESS", ["ES", "MES"], most=2)
    'did you mean MES or ES?'
    >>> nearest("zzz", ["benchmark", "band"])
    ''
    """
    names_near = near_names(written, names, most)
    return f"did you mean {' or '.join(names_near)}?" if names_near else ""
