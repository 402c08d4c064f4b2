r"""Vasicek's shrinkage: each beta is drawn towards the universe, the more the less it is known.

Equation
    b' = (b / s^2 + m / t^2) / (1 / s^2 + 1 / t^2)
    m  = mean of the betas,  t^2 = variance of the betas - mean of their squared errors   (the true dispersion)
Population
    Who counts in m and t, and who is drawn, is one rule for all shrinkages (`trimtab.beta.population`): shares with
    shares. A fund that promises a multiple is drawn towards that multiple of the prior; exchange rates, futures, rates
    and copies of the benchmark are drawn nowhere.
Errors
    They speak of the slope over the pairs of the past. With k = t^2 / (t^2 + s^2), b' = k b + (1 - k) m, and its error
    against the true beta has three parts: k times the estimation error (shared with other assets as before), (1 - k) t
    for the asset's own distance from the mean, and (1 - k) times the error of the mean (shared by all). Where b lies
    more than 2.5 deviations from m the prior is refuted: the published number is kept, and the whole of the pull counts
    as error (flag `prior_far`).
Source
    Vasicek (1973), "A note on using cross-sectional information in Bayesian estimation of security betas", Journal of
    Finance 28. The dispersion of estimated betas contains their errors; it is taken out, as Lally (1998) asks.
When not to use it
    When the assets are not drawn from one population (a hedge fund's shares beside a currency), or when the plain
    number is wanted.
"""

from dataclasses import dataclass, replace
from math import isfinite
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trimtab.beta.estimate import BetaEstimate, Betas
from trimtab.beta.population import LEAST, SEASONED, Population, are_copies, population_of
from trimtab.errors import InputError
from trimtab.market.prices import Flag
from trimtab.stats.arrays import Floats
from trimtab.stats.sums import mean_of, variance_of

__all__ = ["Drawn", "Prior", "Vasicek", "draw", "prior_among", "prior_for", "prior_of"]

_STATED_MEAN, _STATED_SD = 1.0, 0.4
#: True dispersion is never taken to be smaller than this.
_MIN_SD = 0.01
#: Deviations of b from the prior mean beyond which the prior is refuted.
_REFUTED = 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Vasicek:
    """Shrink betas towards a prior.

    Parameters
    ----------
    mean, sd
        The prior; None estimates it across the universe, or states 1.0 and 0.4 where too few are alike.
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

        >>> from trimtab.beta.estimators.vasicek import prior_of
        >>> prior_of(np.array([0.5, 1.5]), np.array([0.1, 0.1]), mean=1.0, sd=0.5)
        (1.0, 0.5, 0.0, True)
        """
        prior = prior_for(betas, mean=self.mean, sd=self.sd)
        # How far a bound holds a beta from the raw line is no noise: no prior can make up for it, and it stays in the
        # error. Only noise is traded against the prior, and it is that of the line which the beta is the slope of.
        drawn = draw(betas.values(), betas.noises(), prior)
        scores = np.vstack([betas.scores * drawn.keep, drawn.from_mean[None, :]])
        own_variance = betas.own_variance * drawn.keep**2 + drawn.own**2
        error = np.sqrt(np.einsum("ti,ti->i", scores, scores) + own_variance)
        method = f"{betas.method}|{self.name}"
        estimates = tuple(
            _replaced(e, float(drawn.value[i]), float(error[i]), method, prior, i, far=bool(drawn.far[i]))
            if _is_free(e)
            else e
            for i, e in enumerate(betas.estimates)
        )
        return replace(
            betas,
            method=method,
            estimates=estimates,
            scores=scores,
            own_variance=own_variance,
            noise=None,
            notes=(*betas.notes, _note(betas, prior)),
        )


class Prior(NamedTuple):
    """A prior, and whom it speaks of."""

    mean: float
    sd: float
    """True dispersion about the mean."""
    error: float
    """Standard error of the mean."""
    stated: bool
    """Whether it was stated and not estimated."""
    drawn: NDArray[np.bool_]
    """Who is drawn towards it, shape (n_assets,)."""
    counted: NDArray[np.bool_]
    """Who counted in it."""
    multiple: Floats
    """What it is multiplied by for each asset."""


class Drawn(NamedTuple):
    """Betas drawn towards a prior, and the parts of their errors, each of shape (n_assets,)."""

    value: Floats
    keep: Floats
    """Share of the estimate that is kept."""
    from_mean: Floats
    """Error that comes from the prior mean's own, shared by all."""
    own: Floats
    """Error that no other asset shares: the asset's distance from the mean."""
    far: NDArray[np.bool_]
    """Where the prior is refuted."""


def prior_for(betas: Betas, *, mean: float | None, sd: float | None) -> Prior:
    """Find the prior of a set of betas, and whom it speaks of."""
    free = np.array([_is_free(e) for e in betas.estimates], dtype=bool)
    n_eff = np.array([e.n_eff for e in betas.estimates])
    split = population_of(betas.assets, betas.benchmark, betas.facts, betas.outside)
    return prior_among(betas.values(), betas.noises(), n_eff, free, split, betas.seasoned, mean=mean, sd=sd)


def prior_among(
    value: Floats,
    stderr: Floats,
    n_eff: Floats,
    free: NDArray[np.bool_],
    split: Population,
    seasoned: NDArray[np.bool_] | None = None,
    *,
    mean: float | None,
    sd: float | None,
) -> Prior:
    """Find the prior from arrays of shape (n_assets,); `free` tells which betas are estimates at all."""
    own = free & ~are_copies(stderr, n_eff)
    drawn, counted, least = split.drawn & own, split.counted & own, LEAST
    if seasoned is not None and int((counted & seasoned).sum()) >= SEASONED:
        counted, least = counted & seasoned, SEASONED
    parts = prior_of(value[counted], stderr[counted], mean=mean, sd=sd, least=least)
    return Prior(*parts, drawn, counted, split.multiple)


def draw(value: Floats, stderr: Floats, prior: Prior) -> Drawn:
    """Draw betas towards a prior; those it does not speak of stay as they are."""
    size = np.abs(prior.multiple)
    sd, mean = prior.sd * size, prior.mean * prior.multiple
    inside = prior.drawn & np.isfinite(sd) & (stderr > 0)
    keep = np.ones(len(value))
    keep[inside] = sd[inside] ** 2 / (sd[inside] ** 2 + stderr[inside] ** 2)
    rest = 1.0 - keep
    gap = np.where(inside, mean - value, 0.0)
    spread = np.where(inside, sd**2 + stderr**2, 1.0)
    far = np.abs(gap) > _REFUTED * np.sqrt(spread)
    own = np.where(inside, rest * np.where(inside, sd, 0.0), 0.0)
    return Drawn(
        value=np.where(rest > 0, keep * value + rest * np.where(inside, mean, 0.0), value),
        keep=keep,
        from_mean=np.where(inside, rest * prior.error * size, 0.0),
        own=np.where(far, np.hypot(own, rest * gap), own),
        far=far,
    )


def prior_of(
    value: np.ndarray, stderr: np.ndarray, *, mean: float | None, sd: float | None, least: int = LEAST
) -> tuple[float, float, float, bool]:
    """Give (mean, dispersion, error of the mean, whether it was stated) of the prior.

    Parameters
    ----------
    value, stderr
        Betas and their errors, shape (n,).
    mean, sd
        Given values; None means estimate.
    least
        Fewest betas from which anything is estimated.
    """
    if mean is not None and sd is not None:
        return mean, sd, 0.0, True
    if len(value) < least:
        return _STATED_MEAN if mean is None else mean, _STATED_SD if sd is None else sd, 0.0, True
    centre = mean_of(value) if mean is None else mean
    dispersion = sd
    if dispersion is None:
        # The spread of estimates is the spread of true betas plus the spread of their errors.
        dispersion = float(np.sqrt(max(variance_of(value) - mean_of(stderr**2), _MIN_SD**2)))
    error = 0.0 if mean is not None else float(np.sqrt(variance_of(value) / len(value)))
    return centre, dispersion, error, False


def _is_free(estimate: BetaEstimate) -> bool:
    return estimate.reason is None and Flag.IDENTITY not in estimate.flags


def _replaced(
    estimate: BetaEstimate, value: float, stderr: float, method: str, prior: Prior, i: int, *, far: bool
) -> BetaEstimate:
    changed = replace(estimate, value=value, stderr=stderr, method=method)
    if not prior.drawn[i]:
        return changed.with_flags(Flag.NO_PRIOR)
    changed = changed.with_flags(Flag.PRIOR_FAR) if far else changed
    return changed.with_flags(Flag.PRIOR_STATED) if prior.stated else changed


def _note(betas: Betas, prior: Prior) -> str:
    """Say what the prior is, from how many assets, and who stands apart."""
    counted = int(prior.counted.sum())
    source = f"estimated from {counted} assets"
    if prior.stated:
        source = f"stated; {counted} assets alike, {LEAST} are needed" if counted < LEAST else "stated"
    apart = [e.asset for i, e in enumerate(betas.estimates) if _is_free(e) and not prior.drawn[i]]
    shown = f"; apart: {', '.join(apart[:6])}{', ...' if len(apart) > 6 else ''}" if apart else ""
    return f"shrinkage prior: mean {prior.mean:.3f}, true dispersion {prior.sd:.3f}, {source}{shown}"
