"""Compare a measured beta with its mandate: inside, outside, or honestly undecided."""

from dataclasses import dataclass
from enum import StrEnum

from trimtab.beta.estimate import SpeaksOf
from trimtab.errors import InputError
from trimtab.exposure.expose import Exposure, PortfolioBeta
from trimtab.model.mandate import Mandate
from trimtab.stats.normal import interval_probability, outside_probability

__all__ = ["Status", "Verdict", "judge", "sure_band"]


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
    """

    status: Status
    probability_inside: float
    why: str
    speaks_of: SpeaksOf


def judge(exposure: Exposure, mandate: Mandate) -> Verdict:
    """Judge a measured portfolio.

    The point estimate says which side it is on; the verdict is given only if that side is at least as probable as the
    mandate's confidence. At confidence 0.5 the point estimate decides alone. Too little coverage, or a position without
    a price, is always undecided: what was not measured could hold any beta.

    Raises
    ------
    InputError
        If the mandate asks for a reading of beta that was not measured.
    """
    judged = _judged(exposure, mandate)
    beta, error, speaks_of = judged.value, judged.stderr, judged.speaks_of
    inside = interval_probability(mandate.lower, mandate.upper, mean=beta, sd=error)
    coverage = exposure.coverage
    band = f"[{mandate.lower:.3f}, {mandate.upper:.3f}]"
    if coverage.unpriced:
        names = ", ".join(p.asset for p in exposure.positions if p.value is None)
        why = f"{coverage.unpriced} position(s) could not be valued, so neither NAV nor beta is known: {names}"
        return Verdict(status=Status.UNDECIDED, probability_inside=inside, why=why, speaks_of=speaks_of)
    if coverage.share < mandate.min_coverage:
        names = ", ".join(m.asset for m in coverage.missing[:5])
        why = (
            f"only {coverage.share:.1%} of gross exposure was measured, less than the {mandate.min_coverage:.1%} asked "
            f"for; not measured: {names}"
        )
        return Verdict(status=Status.UNDECIDED, probability_inside=inside, why=why, speaks_of=speaks_of)
    within = mandate.lower <= beta <= mandate.upper
    outside = outside_probability(mandate.lower, mandate.upper, mean=beta, sd=error)
    side, probability = (Status.INSIDE, inside) if within else (Status.OUTSIDE, outside)
    words = (
        f"beta {beta:.3f} +/- {error:.3f} ({speaks_of.brief}) lies {side.value} the band {band}; "
        f"it is {side.value} with probability {probability:.1%}"
    )
    if mandate.confidence > 0.5 and probability < mandate.confidence:
        why = f"{words}, less than the {mandate.confidence:.1%} asked for"
        return Verdict(status=Status.UNDECIDED, probability_inside=inside, why=why, speaks_of=speaks_of)
    tail = (
        "the point estimate decides"
        if mandate.confidence == 0.5
        else f"at least the {mandate.confidence:.1%} asked for"
    )
    return Verdict(status=side, probability_inside=inside, why=f"{words}; {tail}", speaks_of=speaks_of)


def _judged(exposure: Exposure, mandate: Mandate) -> PortfolioBeta:
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
