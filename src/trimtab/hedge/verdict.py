"""Compare a measured beta with its mandate: inside, outside, or honestly undecided."""

from dataclasses import dataclass, replace
from enum import StrEnum

from trimtab.beta.estimate import SpeaksOf
from trimtab.errors import InputError
from trimtab.exposure.expose import Exposure, PortfolioBeta
from trimtab.hedge.verdict_bounds import worst_case
from trimtab.model.mandate import Mandate
from trimtab.stats.normal import interval_probability, outside_probability

__all__ = ["Status", "Verdict", "is_one_sided", "judge", "judged_beta", "never_sure", "never_sure_of", "sure_band"]


#: What is at least as probable counts as sure.
_SURE = 0.95
#: A plan to the edge of the trigger is not beyond it by rounding.
_ROUNDING = 1.0 + 1e-9


#: A band wider than this has one edge that matters, and no target worth the name.
_ONE_SIDED = 8.0


def is_one_sided(mandate: Mandate) -> bool:
    """Tell whether a mandate is a maximum: a band with one edge that matters, and no target to trade to."""
    return mandate.band >= _ONE_SIDED


class Status(StrEnum):
    """Where the portfolio stands against its mandate."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A verdict with its reason.

    Parameters
    ----------
    status
        inside, outside or undecided.
    probability_inside
        Probability that the true beta lies in the band, given the estimate and its (normal) error. Which beta that is
        `speaks_of` says: the slope of the past, or the mean beta over the days to come.
    why
        The reason in words.
    speaks_of
        Which reading of beta was judged.
    worst_low, worst_high
        Least and most beta inside the bounds of what was not measured; None where everything was, or nothing is known.
    deciding
        Positions that keep a verdict from being sure, the heaviest first.
    trigger_reached
        Whether beta is beyond the mandate's trigger, so that a plan trades; None where the mandate has none.
    """

    status: Status
    probability_inside: float
    why: str
    speaks_of: SpeaksOf
    worst_low: float | None = None
    worst_high: float | None = None
    deciding: tuple[str, ...] = ()
    trigger_reached: bool | None = None


def judge(exposure: Exposure, mandate: Mandate) -> Verdict:
    """Judge a measured portfolio by its limit, and say whether its trigger is reached.

    The point estimate says which side it is on; the verdict is given only if that side is at least as probable as the
    mandate's confidence. At confidence 0.5 the point estimate decides alone.

    What was not measured is tried at its worst: if the verdict is the same at both ends of what beta can be, it stands
    and says so. If it is not, it is undecided, unless the mandate accepts the share that was measured (`min_coverage`).
    A position with neither price nor bounds could hold any beta, and is always undecided.

    Raises
    ------
    InputError
        If the mandate asks for a reading of beta that was not measured.
    """
    verdict = _judge_limit(exposure, mandate)
    if mandate.trigger is None:
        return verdict
    off = abs(judged_beta(exposure, mandate).value - mandate.target)
    reached = off > mandate.trigger * _ROUNDING
    words = f"{off:.3f} off the target, {'beyond' if reached else 'within'} the trigger of {mandate.trigger:.3f}"
    return replace(
        verdict, trigger_reached=reached, why=f"{verdict.why}; {words}{': a plan trades' if reached else ''}"
    )


def _judge_limit(exposure: Exposure, mandate: Mandate) -> Verdict:
    judged = judged_beta(exposure, mandate)
    beta, error = judged.value, judged.stderr
    coverage = exposure.coverage
    verdict = Verdict(
        status=Status.UNDECIDED,
        probability_inside=interval_probability(mandate.lower, mandate.upper, mean=beta, sd=error),
        why="",
        speaks_of=judged.speaks_of,
    )
    if coverage.unpriced:
        bounded = {b.asset for b in coverage.bounds}
        names = [p.asset for p in exposure.positions if p.value is None and p.asset not in bounded]
        why = f"{coverage.unpriced} position(s) could not be valued, so neither NAV nor beta is known: "
        return replace(verdict, why=why + ", ".join(names), deciding=tuple(names))
    side = _side(beta, error, mandate)
    why = _words(judged, side, mandate)
    worst = worst_case(coverage, beta, beta - exposure.beta.value, lambda b: _side(b, error, mandate).where)
    if worst is None:
        return replace(verdict, status=side.status, why=why)
    verdict = replace(verdict, worst_low=worst.low, worst_high=worst.high, deciding=worst.deciding)
    if worst.stands:
        return replace(verdict, status=side.status, why=f"{why}; {worst.words}, and the verdict is the same")
    measured = f"{coverage.share:.1%} of gross exposure was measured"
    if coverage.share >= mandate.min_coverage:
        accepted = f"{measured}, at least the {mandate.min_coverage:.1%} asked for"
        return replace(verdict, status=side.status, why=f"{why}; {worst.words}, which could change it; {accepted}")
    why = (
        f"{measured}, and what was not decides: {worst.words}; {worst.deciding[0]} weighs most: give it prices or a "
        "beta, or accept the share that was measured as minimum coverage"
    )
    return replace(verdict, why=why)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """On which side a beta lies, and whether that is sure enough."""

    status: Status
    where: tuple[Status, int]
    within: bool
    probability: float


def _side(beta: float, error: float, mandate: Mandate) -> _Side:
    """Judge one beta: the side of the point estimate, if it is as probable as the mandate asks."""
    within = mandate.lower <= beta <= mandate.upper
    chance = interval_probability if within else outside_probability
    probability = chance(mandate.lower, mandate.upper, mean=beta, sd=error)
    status = Status.INSIDE if within else Status.OUTSIDE
    if mandate.confidence > 0.5 and probability < mandate.confidence:
        status = Status.UNDECIDED
    edge = int(beta > mandate.upper) - int(beta < mandate.lower)
    return _Side(status=status, where=(status, edge), within=within, probability=probability)


def _words(judged: PortfolioBeta, side: _Side, mandate: Mandate) -> str:
    """Say where a beta lies and how sure that is."""
    name = Status.INSIDE.value if side.within else Status.OUTSIDE.value
    words = (
        f"beta {judged.value:.3f} +/- {judged.stderr:.3f} ({judged.speaks_of.brief}) lies {name} the band "
        f"[{mandate.lower:.3f}, {mandate.upper:.3f}]; it is {name} with probability {side.probability:.1%}"
    )
    if side.status is Status.UNDECIDED:
        return f"{words}, less than the {mandate.confidence:.1%} asked for"
    if mandate.confidence == 0.5:
        return f"{words}; the point estimate decides"
    return f"{words}; at least the {mandate.confidence:.1%} asked for"


def judged_beta(exposure: Exposure, mandate: Mandate) -> PortfolioBeta:
    """Give the beta that the mandate speaks of: the one in front, unless it asks for the other."""
    if mandate.reading is None:
        return exposure.beta
    judged = exposure.reading(mandate.reading)
    if judged is None:
        raise InputError(
            expected=f"portfolio beta as the {mandate.reading} that the mandate asks for",
            found=f"only {exposure.beta.speaks_of}",
            try_next="measure with a method that gives it, such as the default, or leave the mandate's reading out",
        )
    return judged


def sure_band(mandate: Mandate, error: float) -> float:
    """Give the half-width to trade into so that the verdict afterwards is inside with the confidence asked for.

    At the edge of a band a beta is inside it with probability one half only.

    Parameters
    ----------
    error
        Standard error that beta will have after the trades.

    Returns
    -------
    From 0, if not even the target is sure enough, to the mandate's own band.

    Examples
    --------
    >>> asked = Mandate(benchmark="SPX", target=1.0, band=0.1, confidence=0.95)
    >>> round(sure_band(asked, 0.04), 3)
    0.034
    """
    if mandate.confidence <= 0.5:
        return mandate.band
    low, high = 0.0, mandate.band
    for _ in range(60):
        half = (low + high) / 2.0
        sure = interval_probability(mandate.lower, mandate.upper, mean=mandate.target + half, sd=error)
        low, high = (half, high) if sure >= mandate.confidence else (low, half)
    return low


def never_sure(exposure: Exposure, mandate: Mandate) -> str:
    """Say that no trade can make beta surely inside its band, where its error is too wide for that; else empty.

    At the target, and with the error that it has now, a beta is as probably inside as trading alone can make it.
    """
    error = judged_beta(exposure, mandate).stderr
    return never_sure_of(mandate.target, mandate.band, error, confidence=mandate.confidence)


def never_sure_of(target: float, band: float, error: float, *, name: str = "beta", confidence: float = _SURE) -> str:
    """Say that no trade can make a beta surely inside its band, where its error is too wide for that; else empty.

    Parameters
    ----------
    target, band
        Wanted, and half-width.
    error
        Standard error of the beta that is judged.
    name
        What it is called.
    confidence
        With which it is to be inside; at least `_SURE`.

    Examples
    --------
    >>> never_sure_of(1.0, 0.05, 0.05, name="beta to SPX")[-80:]
    'inside the band of 0.050 with probability 68% only, so no trade can make it sure'
    >>> never_sure_of(1.0, 0.05, 0.02)
    ''
    """
    best = interval_probability(target - band, target + band, mean=target, sd=error)
    if best >= max(_SURE, confidence):
        return ""
    return (
        f"{name} is known to +/- {error:.3f}: even at the target it would be inside the band of {band:.3f} with "
        f"probability {best:.0%} only, so no trade can make it sure"
    )
