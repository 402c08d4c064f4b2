r"""Vasicek's shrinkage: each beta is drawn towards the universe, the more the less it is known.

Equation
    b' = (b / s^2 + m / t^2) / (1 / s^2 + 1 / t^2)
    m  = mean of the betas,  t^2 = variance of the betas - mean of their squared errors   (the true dispersion)
Errors
    With k = t^2 / (t^2 + s^2), b' = k b + (1 - k) m, and its error against the true beta has three parts: k times the
    estimation error (shared with other assets as before), (1 - k) t for the asset's own distance from the mean, and
    (1 - k) times the error of the mean (shared by all).
Source
    Vasicek (1973), "A note on using cross-sectional information in Bayesian estimation of security betas", Journal of
    Finance 28. The dispersion of estimated betas contains their errors; it is taken out, as Lally (1998) asks.
When not to use it
    When the assets are not drawn from one population (a hedge fund's shares beside a currency), or when the plain
    number is wanted.
"""

from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from trimtab.beta.estimate import BetaEstimate, Betas
from trimtab.errors import InputError
from trimtab.market.prices import Flag

__all__ = ["Vasicek"]

#: Fewest betas from which a prior is estimated; below it a stated one is used.
_MIN_UNIVERSE = 10
_STATED_MEAN, _STATED_SD = 1.0, 0.5
#: True dispersion is never taken to be smaller than this: a universe of equal betas has not been seen.
_MIN_SD = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Vasicek:
    """Shrink betas towards a prior.

    Parameters
    ----------
    mean, sd
        The prior; None estimates it across the universe, or states 1.0 and 0.5 when there are fewer than ten betas.
    """

    mean: float | None = None
    sd: float | None = None

    def __post_init__(self) -> None:
        if self.mean is not None and not isfinite(self.mean):
            raise InputError(expected="a finite prior mean", found=f"{self.mean}", try_next="give for example 1.0")
        if self.sd is not None and not self.sd > 0:
            raise InputError(
                expected="a positive prior dispersion", found=f"{self.sd}", try_next="give for example 0.5"
            )

    @property
    def name(self) -> str:
        """As written on the command line."""
        return "vasicek"

    def shrink(self, betas: Betas) -> Betas:
        """Give shrunk betas; refusals and identities stay as they are.

        Examples
        --------
        With equal errors every beta is shrunk by the same factor:

        >>> from trimtab.beta.vasicek import prior_of
        >>> prior_of(np.array([0.5, 1.5]), np.array([0.1, 0.1]), mean=1.0, sd=0.5)
        (1.0, 0.5, 0.0, True)
        """
        value, stderr = betas.values(), betas.stderrs()
        free = np.array([e.reason is None and Flag.IDENTITY not in e.flags for e in betas.estimates], dtype=bool)
        members = free & np.array([e.asset not in betas.outside for e in betas.estimates], dtype=bool)
        mean, sd, mean_error, stated = prior_of(value[members], stderr[members], mean=self.mean, sd=self.sd)
        keep = np.ones(len(value))
        keep[free] = 1.0 if np.isinf(sd) else sd**2 / (sd**2 + stderr[free] ** 2)
        rest = 1.0 - keep
        # An infinite prior keeps everything, and 0 x infinity must not become NaN.
        own = np.where(rest > 0, rest * (0.0 if np.isinf(sd) else sd), 0.0)
        scores = np.vstack([betas.scores * keep, (rest * mean_error)[None, :]])
        own_variance = betas.own_variance * keep**2 + own**2
        shrunk = np.where(rest > 0, keep * value + rest * mean, value)
        error = np.sqrt(np.einsum("ti,ti->i", scores, scores) + own_variance)
        method = f"{betas.method}|{self.name}"
        estimates = tuple(
            _replaced(e, float(shrunk[i]), float(error[i]), method, stated) if free[i] else e
            for i, e in enumerate(betas.estimates)
        )
        source = "stated" if stated else f"estimated from {int(members.sum())} assets"
        note = f"shrinkage prior: mean {mean:.3f}, true dispersion {sd:.3f}, {source}"
        return replace(
            betas,
            method=method,
            estimates=estimates,
            scores=scores,
            own_variance=own_variance,
            notes=(*betas.notes, note),
        )


def prior_of(
    value: np.ndarray, stderr: np.ndarray, *, mean: float | None, sd: float | None
) -> tuple[float, float, float, bool]:
    """Give (mean, dispersion, error of the mean, whether it was stated) of the prior.

    Parameters
    ----------
    value, stderr
        Betas and their errors, shape (n,).
    mean, sd
        Given values; None means estimate.
    """
    if mean is not None and sd is not None:
        return mean, sd, 0.0, True
    if len(value) < _MIN_UNIVERSE:
        return _STATED_MEAN if mean is None else mean, _STATED_SD if sd is None else sd, 0.0, True
    centre = float(np.mean(value)) if mean is None else mean
    dispersion = sd
    if dispersion is None:
        # The spread of estimates is the spread of true betas plus the spread of their errors.
        dispersion = float(np.sqrt(max(np.var(value, ddof=1) - np.mean(stderr**2), _MIN_SD**2)))
    error = 0.0 if mean is not None else float(np.sqrt(np.var(value, ddof=1) / len(value)))
    return centre, dispersion, error, False


def _replaced(estimate: BetaEstimate, value: float, stderr: float, method: str, stated: bool) -> BetaEstimate:
    changed = replace(estimate, value=value, stderr=stderr, method=method)
    return changed.with_flags(Flag.PRIOR_STATED) if stated else changed
