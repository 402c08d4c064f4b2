"""The beta of one series on another, measured as every beta is."""

from dataclasses import dataclass

from trimtab.beta.estimate import BetaEstimate, Betas
from trimtab.model.shown import Shown

__all__ = ["BetaBetween"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class BetaBetween(Shown):
    """The beta of one series on another, or the reason why there is none.

    Parameters
    ----------
    betas
        Of both series to the second.
    asset
        Name of the first.
    given
        What the series were taken as: "prices" or "returns".
    rows, benchmark_rows
        Values that each series has.
    overlap
        Stamps at which both have one.
    set_aside
        Returns at such stamps that were left out all the same, because the two do not cover the same interval.

    Examples
    --------
    >>> import numpy as np
    >>> import trimtab as tt
    >>> market = np.random.default_rng(1).normal(0, 0.01, 500)
    >>> result = tt.beta_between(1.2 * market, market, method="ols")
    >>> round(result.value, 6), result.n_obs, result.given
    (1.2, 252, 'returns')
    """

    betas: Betas
    asset: str
    given: str
    rows: int
    benchmark_rows: int
    overlap: int
    set_aside: int = 0

    @property
    def estimate(self) -> BetaEstimate:
        """The estimate in full."""
        return self.betas[self.asset]

    @property
    def value(self) -> float | None:
        """Slope of the first series' return on the second's; None where there is a `reason`."""
        return self.estimate.value

    @property
    def stderr(self) -> float | None:
        """Standard error of `value`."""
        return self.estimate.stderr

    @property
    def n_obs(self) -> int:
        """Paired returns used."""
        return self.estimate.n_obs

    @property
    def reason(self) -> str | None:
        """Why there is no value; None if there is one."""
        return None if self.estimate.reason is None else self.estimate.reason.value
