"""What was not foreseen: a short message, and a report that says how it came about and nothing of what was given.

A report is for whoever mends the program, and may be sent to people who must not see the book. It holds names of our
own options, kinds of errors and places in our source. It holds no words of an error, because these quote cells, nor
what stood behind an option, nor anything of the environment.
"""

import os
import platform
import re
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

from trimtab.errors import DefectError
from trimtab.version import VERSION

__all__ = ["defect", "report_text"]

_COMMAND = re.compile(r"[a-z][a-z-]{1,20}")
_OPTION = re.compile(r"--?[a-z][a-z-]*")
_MOST_FRAMES = 40


def defect(error: BaseException, *, doing: str, kept: str, arguments: Sequence[str] = ()) -> DefectError:
    """Say that the program broke, and write a report of how.

    Parameters
    ----------
    error
        What was raised.
    doing
        What was being done: "reading trades.csv".
    kept
        What became of what was given: "Nothing of it was kept".
    arguments
        Words of the command line; what stands behind options is left out of the report.

    Examples
    --------
    >>> try:
    ...     {}["a secret"]
    ... except KeyError as error:
    ...     broken = defect(error, doing="reading trades.csv", kept="Nothing of it was kept")
    >>> print(broken.expected)
    an answer, or a reason why there is none, when reading trades.csv
    >>> text = Path(broken.report).read_text()
    >>> "KeyError" in text, "a secret" in text
    (True, False)
    >>> Path(broken.report).unlink()
    """
    report = _write(report_text(error, doing=doing, arguments=arguments))
    send = (
        f"send {report} along: it holds places in the program, and none of your data" if report else "say what you did"
    )
    return DefectError(
        expected=f"an answer, or a reason why there is none, when {doing}",
        found=f"trimtab itself broke ({type(error).__name__}): its fault, not that of what you gave. {kept}",
        try_next=f"report it, and {send}",
        report=report,
    )


def report_text(error: BaseException, *, doing: str, arguments: Sequence[str] = ()) -> str:
    """Write what is known of a defect, without a word of what was given.

    Examples
    --------
    >>> text = report_text(ValueError("x"), doing="reading", arguments=["import", "a.csv", "--as-of=2026-01-05"])
    >>> [line for line in text.splitlines() if line.startswith("arguments")]
    ['arguments: import <a .csv file> --as-of=<a date>']
    """
    del doing  # It names files.
    head = (
        "trimtab broke where it should have answered.",
        f"version: {VERSION}",
        f"python: {platform.python_version()} on {platform.system()} {platform.machine()}",
        f"arguments: {' '.join(_without_values(arguments)) or 'not told'}",
        "",
    )
    return "\n".join((*head, *_chain(error))) + "\n"


def _chain(error: BaseException) -> Iterator[str]:
    """Write each error of a chain, the first one first: its kind, and the places it came through."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _chain(before)
        yield "and while that was dealt with:"
    yield f"{type(error).__module__}.{type(error).__qualname__} (its words may quote your data, and are left out)"
    frames = traceback.extract_tb(error.__traceback__)
    if len(frames) > _MOST_FRAMES:
        yield f"  {len(frames) - _MOST_FRAMES} places more"
    for frame in frames[-_MOST_FRAMES:]:
        yield f"  {_place(frame.filename)}:{frame.lineno} in {frame.name}"


def _place(file: str) -> str:
    """Give a source file from its package on: what stands before says whose machine it is."""
    parts = Path(file).parts
    for package in ("site-packages", "src", f"python{sys.version_info[0]}.{sys.version_info[1]}"):
        if package in parts:
            return "/".join(parts[len(parts) - parts[::-1].index(package) :])
    return parts[-1] if parts else file


def _without_values(arguments: Sequence[str]) -> Iterator[str]:
    """Give words of ours as they are, and of all others only what they look like."""
    is_command = True
    for word in arguments:
        option, equals, value = word.partition("=")
        if _OPTION.fullmatch(option):
            is_command = False
            yield option + (f"={_looks(value)}" if equals else "")
        elif is_command and _COMMAND.fullmatch(word):
            yield word
            is_command = False
        else:
            yield _looks(word)


def _looks(word: str) -> str:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", word):
        return "<a date>"
    if re.fullmatch(r"[-+]?[\d.,]+", word):
        return "<a number>"
    suffix = re.search(r"\.[A-Za-z0-9]{2,7}$", word)
    return f"<a {suffix[0].lower()} file>" if suffix and "://" not in word else "<text>"


def _write(text: str) -> str | None:
    """Write the report where only its owner can read it; without room there is none."""
    try:
        place, name = tempfile.mkstemp(prefix="trimtab-report-", suffix=".txt")
        with os.fdopen(place, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError:
        return None
    return name
