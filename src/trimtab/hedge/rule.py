"""One rule for how much is traded and when: plans, ways, hedging policies and alerts all read this one.

A mandate says what is wanted (its target), what is a breach (its band, the limit), and may say at what a trade is made
before (its trigger) and how far within that it goes (its step). What it leaves open the rule settles once, for
everybody: trades go to the target unless the edge is asked for, because a beta at the edge of its band is outside with
probability one half. Beside it stands the best trigger for this book, from its drift, its lots and their cost.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from trimtab.exposure.expose import Exposure
from trimtab.hedge.verdict import Status, is_one_sided, judge, judged_beta, sure_band
from trimtab.model.mandate import Mandate

__all__ = ["USUAL_AIM", "Aim", "BestTrigger", "HedgeRule"]

#: Trades have errors of their own.
_LARGER = 1.05


class Aim(StrEnum):
    """How far to trade."""

    EDGE = "edge"  # to the nearest edge of the band, the cheapest place inside it
    TARGET = "target"


#: Where nobody asks for the other.
USUAL_AIM = Aim.TARGET


@dataclass(frozen=True, slots=True, kw_only=True)
class BestTrigger:
    """The trigger that costs a book least, trading and missing its target together.

    Parameters
    ----------
    trigger, step
        Half-width in beta at which to trade, and how far; step None goes to the edge.
    hedge
        The contract that it is cheapest with.
    cost_per_beta, lot, ticket
        Money to move beta by 1 with it, beta of one lot, money per trade.
    drift
        How far beta drifts by itself per square-root year, over the year to come.
    market_vol, risk_aversion
        Of the benchmark per square-root year; relative.
    flat_from, flat_to
        Triggers in between cost hardly more (`trimtab.hedge.often.best`).
    """

    trigger: float
    step: float | None
    hedge: str
    cost_per_beta: float
    lot: float
    ticket: float
    drift: float
    market_vol: float
    risk_aversion: float
    flat_from: float
    flat_to: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeRule:
    """When a book is traded, and how far.

    Parameters
    ----------
    mandate
        Target, limit, trigger, step, and what a trade costs.
    aim
        Where trades go within the trigger, or within the limit where there is none; of a maximum to its edge always.
    best
        The best trigger for the book; None where it was not asked for or is not known.
    not_known
        Why it is not known; empty otherwise.

    Examples
    --------
    >>> mandate = Mandate(benchmark="SPX", target=1.0, band=0.05)
    >>> rule = HedgeRule(mandate=mandate)
    >>> rule.trades_at, rule.aim.value
    (0.05, 'target')
    >>> HedgeRule(mandate=Mandate(benchmark="SPX", target=1.0, band=0.05, trigger=0.03)).trades_at
    0.03
    """

    mandate: Mandate
    aim: Aim = USUAL_AIM
    best: BestTrigger | None = None
    not_known: str = ""

    def __post_init__(self) -> None:
        if is_one_sided(self.mandate):
            object.__setattr__(self, "aim", Aim.EDGE)

    @property
    def trades_at(self) -> float:
        """Half-width beyond which is traded: the trigger, or the limit where there is none."""
        return self.mandate.band if self.mandate.trigger is None else self.mandate.trigger

    @property
    def as_advised(self) -> "HedgeRule | None":
        """The same rule with the best trigger and its step in force; None where that lies beyond the limit."""
        if self.best is None or not 0.0 < self.best.trigger <= self.mandate.band:
            return None
        step = None if self.best.step is None else min(self.best.step, self.best.trigger)
        return replace(self, mandate=replace(self.mandate, trigger=self.best.trigger, step=step))

    def into(self, exposure: Exposure) -> Mandate:
        """Give the band that trades go into, judged by the point estimate; what comes out is judged by the mandate.

        Within the trigger nothing is traded. Beyond it trades go into the trigger; with a step, to so far within it.
        Where the limit is broken, and a confidence is asked for, they go so far at least that the verdict afterwards is
        inside with that confidence: at the edge itself a beta is inside with probability one half.

        Parameters
        ----------
        exposure
            The portfolio before any trade.
        """
        mandate = self.mandate
        verdict = judge(exposure, mandate)
        sure = sure_band(mandate, exposure.beta.stderr * _LARGER) if verdict.status is Status.OUTSIDE else mandate.band
        if mandate.trigger is None:
            return mandate if sure == mandate.band else replace(mandate, band=sure)
        half = min(mandate.trigger, sure)
        plain = replace(mandate, band=half, trigger=None, step=None, confidence=0.5)
        if mandate.step is None or not verdict.trigger_reached:
            return plain
        goal = max(0.0, half - mandate.step)
        above = judged_beta(exposure, mandate).value > mandate.target
        # Half a step on either side: lots land near the goal, and never beyond the trigger.
        return replace(plain, target=mandate.target + (goal if above else -goal), band=min(half, mandate.step) / 2.0)
