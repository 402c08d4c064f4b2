"""What an assumed rate of 0 could matter to a portfolio whose options were given none."""

from dataclasses import dataclass

from trimtab.exposure.expose import Exposure
from trimtab.exposure.options.value import OTHER_RATE

__all__ = ["AtOtherRate", "at_other_rate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AtOtherRate:
    """A portfolio's options at another rate.

    Parameters
    ----------
    rate
        The other rate, a year.
    count
        Options that were given no rate.
    now, other
        Their delta exposure at a rate of 0, and at the other one, base currency.
    beta_shift
        Change of portfolio beta from one to the other; an option without a beta counts for nothing.
    """

    rate: float
    count: int
    now: float
    other: float
    beta_shift: float


def at_other_rate(exposure: Exposure) -> AtOtherRate | None:
    """Measure the options that were given no rate at another one; None where there are none."""
    pairs = [
        (p.delta_exposure, p.option.other_rate_delta_exposure, p.beta or 0.0)
        for p in exposure.positions
        if p.option is not None and p.option.other_rate_delta_exposure is not None and p.delta_exposure is not None
    ]
    if not pairs:
        return None
    return AtOtherRate(
        rate=OTHER_RATE,
        count=len(pairs),
        now=sum(now for now, _, _ in pairs),
        other=sum(other for _, other, _ in pairs),
        beta_shift=sum((other - now) * beta for now, other, beta in pairs) / exposure.nav,
    )
