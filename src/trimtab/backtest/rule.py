"""Rules of a backtest: when a book is hedged anew, and how far; written as words such as ``band:0.05:edge``."""

import re
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

from trimtab.backtest.tape import Known
from trimtab.errors import UsageError

__all__ = ["Rule", "RuleKind", "parse_rule"]

_BAND = re.compile(r"band:([^:]+):(edge|centre|center)")
_WORDS = "never, weekly, monthly, quarterly, band:WIDTH:edge, band:WIDTH:centre, best, best:edge"


class RuleKind(StrEnum):
    """What sort of rule."""

    NEVER = "never"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    EDGE = "edge"  # at the band, to its edge
    CENTRE = "centre"  # at the band, to the target


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When a book is hedged anew, and how far.

    Parameters
    ----------
    kind
        What sort.
    width
        Half-width of the band, in beta; None of a band takes the best one as far as the past says it.

    Examples
    --------
    >>> parse_rule("band:0.05:edge")
    Rule(kind=<RuleKind.EDGE: 'edge'>, width=0.05)
    >>> str(parse_rule("best"))
    'best'
    """

    kind: RuleKind
    width: float | None = None

    def __str__(self) -> str:
        """Write it as it is read."""
        if self.kind not in {RuleKind.EDGE, RuleKind.CENTRE}:
            return self.kind.value
        if self.width is None:
            return "best" if self.kind is RuleKind.CENTRE else "best:edge"
        return f"band:{self.width:g}:{self.kind.value}"

    @property
    def is_banded(self) -> bool:
        """Whether it waits for the gap to reach a band."""
        return self.kind in {RuleKind.EDGE, RuleKind.CENTRE}

    def width_at(self, known: Known) -> float | None:
        """Give the half-width beyond which is traded at a close; None where nothing is done whatever the gap.

        Parameters
        ----------
        known
            The close. There is nothing in it of any later day.
        """
        due = {
            RuleKind.WEEKLY: known.new_week,
            RuleKind.MONTHLY: known.new_month,
            RuleKind.QUARTERLY: known.new_quarter,
        }
        if self.kind in due:
            return 0.0 if due[self.kind] else None
        if self.kind is RuleKind.NEVER:
            return None
        width = known.best if self.width is None else self.width
        return width if isfinite(width) else None


def parse_rule(words: str) -> Rule:
    """Read a rule.

    Raises
    ------
    UsageError
        If it is none.
    """
    text = words.strip().lower()
    if text in {"never", "weekly", "monthly", "quarterly"}:
        return Rule(kind=RuleKind(text))
    if text in {"best", "best:centre", "best:edge"}:
        return Rule(kind=RuleKind.EDGE if text.endswith("edge") else RuleKind.CENTRE)
    match = _BAND.fullmatch(text)
    if match is not None:
        width = _number(match[1])
        if width is not None and 0.0 < width < 10.0:
            return Rule(kind=RuleKind.EDGE if match[2] == "edge" else RuleKind.CENTRE, width=width)
    raise UsageError(
        expected=f"policies (--policies): {_WORDS}, with a WIDTH in beta above 0",
        found=repr(words),
        try_next='write for example --policies "never, monthly, band:0.05:edge"',
    )


def _number(words: str) -> float | None:
    try:
        return float(words)
    except ValueError:
        return None
