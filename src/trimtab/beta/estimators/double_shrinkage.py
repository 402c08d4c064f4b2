r"""Levi and Welch's double shrinkage: once for the error of the estimate, once for the drift of the beta itself.

Equation
    b1 = Vasicek(b)                          for what is not known about today's beta
    b2 = m + k(h) (b1 - m)                   for how far the beta will have moved, m the same prior mean
    k(h) = (1 / h) sum over j = 1..h of phi^j,   phi = 2^(-1 / half_life)
Assumption
    Even the true beta of today returns towards the mean, as an AR(1) with the given half-life. The paper recommends a
    second shrinkage, more for longer horizons and smaller shares, and tabulates it; here the share follows from one
    number with a meaning, so that it can be asked for at any horizon. The default half-life of 756 trading days
    is that of the slow part of the two-speed beta: k is .99 at 21 days, .97 at 63 and .89 at 252.
Errors
    They speak of the mean beta over the horizon: k times the error of b1 (the mean's own error keeps its full weight),
    and the drift to come: the variance of the average of the AR(1) around its conditional expectation, with the prior's
    dispersion.
Source
    Levi, Welch (2017), "Best practice for cost-of-capital estimates", Journal of Financial and Quantitative Analysis
    52, 427-463.
When not to use it
    Where today's beta is wanted rather than the one of the coming months, or with fewer than ten assets and no prior.
"""

from dataclasses import dataclass, replace

import numpy as np

from trimtab.beta.estimate import BetaReading, Betas, SpeaksOf
from trimtab.beta.estimators.vasicek import Vasicek, prior_for
from trimtab.errors import InputError
from trimtab.market.prices import Flag
from trimtab.stats.autoregression import average_decay, average_drift_variance

__all__ = ["DoubleShrinkage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubleShrinkage:
    """Vasicek's shrinkage followed by one for the horizon.

    Parameters
    ----------
    horizon
        Trading days over which the beta is wanted.
    half_life
        Trading days in which a true beta returns half-way to the mean. Give less for small shares.
    mean, sd
        The prior, as in `Vasicek`.

    Examples
    --------
    >>> round(DoubleShrinkage(horizon=252).share, 3)
    0.892
    """

    horizon: int = 63
    half_life: float = 756.0
    mean: float | None = None
    sd: float | None = None

    def __post_init__(self) -> None:
        if self.horizon < 1:
            raise InputError(
                expected="a horizon of at least 1 day", found=f"{self.horizon}", try_next="give 21, 63 or 252"
            )
        if not self.half_life > 0:
            raise InputError(
                expected="a positive half-life", found=f"{self.half_life}", try_next="give for example 756"
            )

    @property
    def name(self) -> str:
        """As written on the command line."""
        return "double"

    @property
    def share(self) -> float:
        """Share of the distance from the mean that is expected to be left, on average over the horizon."""
        return average_decay(self._phi, self.horizon)

    @property
    def _phi(self) -> float:
        return float(2.0 ** (-1.0 / self.half_life))

    def shrink(self, betas: Betas) -> Betas:
        """Give betas expected over the horizon; refusals and identities stay as they are."""
        once = Vasicek(mean=self.mean, sd=self.sd).shrink(betas)
        prior = prior_for(betas, mean=self.mean, sd=self.sd)
        size = np.abs(prior.multiple)
        keep = np.where(prior.drawn, self.share, 1.0)
        # The last row of scores is the error of the prior mean. b2 = (1 - k) m + k b1, so that error enters with
        # (1 - k) in full, beside its part inside b1.
        scores = once.scores * keep
        scores[-1] += (1.0 - keep) * prior.error * size
        drift = 0.0 if np.isinf(prior.sd) else prior.sd**2 * average_drift_variance(self._phi, self.horizon)
        own = once.own_variance * keep**2 + np.where(prior.drawn, drift * size**2, 0.0)
        error = np.sqrt(np.einsum("ti,ti->i", scores, scores) + own)
        mean = prior.mean * prior.multiple
        method = f"{betas.method}|{self.name}"
        estimates = tuple(
            replace(
                e,
                value=e.value if not prior.drawn[i] else float(mean[i] + self.share * (e.value - mean[i])),
                stderr=float(error[i]),
                method=method,
            )
            if e.value is not None and Flag.IDENTITY not in e.flags
            else e
            for i, e in enumerate(once.estimates)
        )
        lasting = f"{self.share:.3f} of the distance from {prior.mean:.3f} lasts {self.horizon} days on average"
        note = f"second shrinkage: {lasting}"
        return replace(
            once,
            method=method,
            estimates=estimates,
            scores=scores,
            own_variance=own,
            notes=(*once.notes, note),
            speaks_of=SpeaksOf(reading=BetaReading.FORECAST, horizon=self.horizon),
            fitted=betas.reading(BetaReading.FIT),
            forecast=None,
        )
