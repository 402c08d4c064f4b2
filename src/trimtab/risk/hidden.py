r"""The things that this book's beta hides most, by size, for the purpose the money has.

Each finding carries one number in one unit: the share of NAV that its own scenario costs **beyond what beta says**.
That makes unlike things comparable, roughly: a scenario is no forecast, and the scenarios are not equally probable.

Equation
    rank by  loss beyond beta x weight of its kind for the role
Roles
    spending: money is taken out, so what cannot be sold and what stays down long weighs more.
    growth: time is long, so lasting losses (concentration, drawdown of the neutral part) weigh more than short ones.
    trading: positions turn fast and are margined, so exit cost, convexity and changes of beta weigh more.
    The weights, 1 or 1.5, are a stated choice and no estimate; with role None all are 1.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Final, Literal

from trimtab.errors import InputError

__all__ = ["WEIGHTS", "Hidden", "Kind", "NotEnough", "Role", "Untold", "hidden_most"]

Role = Literal["spending", "growth", "trading"]


class Kind(StrEnum):
    """What beta can hide."""

    ERROR = "error of beta"
    STRESS = "past episode"
    REGIME = "beta under stress"
    CONVERGENCE = "correlations towards one"
    OWN_RISK = "risk that is not the benchmark's"
    DRAWDOWN = "drawdown of the neutral part"
    TAIL = "falling together"
    CONVEXITY = "options"
    CONCENTRATION = "one position"
    CURRENCY = "currency"
    RATES = "rates and credit"
    EXIT = "cost of getting out"
    NOT_MEASURED = "positions that were not measured"


WEIGHTS: Final[dict[Role, frozenset[Kind]]] = {
    "spending": frozenset({Kind.EXIT, Kind.DRAWDOWN, Kind.CURRENCY, Kind.RATES}),
    "growth": frozenset({Kind.CONCENTRATION, Kind.DRAWDOWN, Kind.STRESS, Kind.NOT_MEASURED}),
    "trading": frozenset({Kind.EXIT, Kind.CONVEXITY, Kind.REGIME, Kind.CONVERGENCE}),
}
_HEAVY = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """One thing that beta does not show.

    Parameters
    ----------
    kind
        What it is.
    loss
        Share of NAV that its scenario costs beyond beta, decimal, zero or more.
    scenario
        Under which circumstances, in a few words.
    words
        One plain sentence with the number that matters.
    """

    kind: Kind
    loss: float
    scenario: str
    words: str

    def __post_init__(self) -> None:
        if not (isfinite(self.loss) and self.loss >= 0):
            raise InputError(
                expected="a loss of zero or more, as a share of NAV",
                found=f"{self.loss} for {self.kind.value}",
                try_next="a gain hides nothing: leave it out; an unknown loss belongs under positions not measured",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """One thing that these data cannot tell, and why: it may be large all the same."""

    kind: Kind
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotEnough:
    """The page that stands in every review: beta is not enough.

    Parameters
    ----------
    role
        What the money is for.
    hidden
        The five things that beta hides most.
    untold
        What could not be told.
    """

    role: Role | None
    hidden: tuple[Hidden, ...]
    untold: tuple[Untold, ...]


def hidden_most(findings: Iterable[Hidden], *, role: Role | None = None, most: int = 5) -> tuple[Hidden, ...]:
    """Give the findings that matter most, largest first, one of each kind.

    Parameters
    ----------
    findings
        Any number; of several of one kind the largest loss counts.
    role
        What the money is for; None weighs all kinds alike.
    most
        How many.

    Examples
    --------
    >>> exit_cost = Hidden(kind=Kind.EXIT, loss=0.04, scenario="out in a day, stressed", words="Getting out costs 4%.")
    >>> single = Hidden(kind=Kind.CONCENTRATION, loss=0.05, scenario="AAPL halves", words="One share is 10% of NAV.")
    >>> [h.kind.value for h in hidden_most([exit_cost, single])]
    ['one position', 'cost of getting out']
    >>> [h.kind.value for h in hidden_most([exit_cost, single], role="spending")]
    ['cost of getting out', 'one position']
    """
    if role is not None and role not in WEIGHTS:
        raise InputError(expected=f"a role among {', '.join(WEIGHTS)}", found=f"{role}", try_next="or give none")
    heavy = WEIGHTS[role] if role is not None else frozenset()
    largest: dict[Kind, Hidden] = {}
    for finding in findings:
        if finding.kind not in largest or finding.loss > largest[finding.kind].loss:
            largest[finding.kind] = finding
    ranked = sorted(largest.values(), key=lambda h: (-h.loss * (_HEAVY if h.kind in heavy else 1.0), h.kind.value))
    return tuple(h for h in ranked if h.loss > 0)[:most]
