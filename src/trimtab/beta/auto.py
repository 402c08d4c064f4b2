r"""The default: the two-speed beta where its evidence holds, and welch|vasicek elsewhere.

Rule
    An asset gets the two-speed beta when it has at least a year of paired returns and its residual volatility is at
    least half of the benchmark's; otherwise welch|vasicek.
Why
    The two-speed beta won the league on single shares (see the league's page), and its fast part assumes that beta
    itself wanders with a standard deviation of .25. For an index future or a broad fund that cannot be: such wandering
    alone would leave residuals of a quarter of the benchmark's volatility, and theirs are smaller. Pulled towards a
    shares' prior, a future on the benchmark itself came out at 0.976 +- 0.19; it is 1.002 +- 0.003. With less than a
    year of returns nothing has been judged.
Errors
    Each asset has the error of the method it got. Errors of assets on different methods are taken as unrelated.
When not to use it
    When one method must serve every asset, or a number must not change its method as its history grows: name a method.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trimtab.beta.estimate import BetaReading, Betas, SpeaksOf
from trimtab.beta.ols import Ols
from trimtab.beta.sample import MIN_OBS
from trimtab.beta.two_speed import TwoSpeed
from trimtab.beta.vasicek import Vasicek
from trimtab.beta.welch import Welch
from trimtab.market.prices import Flag
from trimtab.market.returns import PairedReturns
from trimtab.stats.linear import ErrorKind

__all__ = ["Auto", "chosen"]

#: Residual volatility over the benchmark's below which an asset counts as close to the benchmark.
_CLOSE = 0.5
#: A year of pairs, in trading days.
_YEAR = 252.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Auto:
    """Two-speed for single assets with a year of history, welch|vasicek for the others.

    Parameters
    ----------
    horizon
        Trading days over which the beta is wanted.
    window
        Most pairs looked at; None takes each method's own.
    half_life, errors, lags
        Of welch; giving one of them means welch|vasicek for every asset, because the two-speed beta has none.
    min_obs
        Fewest pairs that give an answer.
    """

    horizon: int = 63
    window: int | None = None
    half_life: float | None = None
    errors: ErrorKind | None = None
    lags: int | None = None
    min_obs: int = MIN_OBS

    @property
    def name(self) -> str:
        """As written on the command line."""
        return "auto"

    @property
    def single(self) -> TwoSpeed | None:
        """The estimator of single assets; None when an option asks for welch throughout."""
        if self.half_life is not None or self.errors is not None or self.lags is not None:
            return None
        return TwoSpeed(horizon=self.horizon, window=self.window, min_obs=self.min_obs)

    @property
    def plain(self) -> tuple[Welch, Vasicek]:
        """The estimator and the shrinkage of everything else."""
        welch = Welch(lags=self.lags, min_obs=self.min_obs)
        if self.window is not None:
            welch = replace(welch, window=self.window)
        if self.half_life is not None:
            welch = replace(welch, half_life=self.half_life)
        if self.errors is not None:
            welch = replace(welch, errors=self.errors)
        return welch, Vasicek()

    @property
    def closeness(self) -> Ols:
        """The line whose residuals say how close an asset is to the benchmark."""
        return Ols(window=1260 if self.window is None else self.window, min_obs=self.min_obs)

    def estimate(self, pairs: PairedReturns) -> Betas:
        """Estimate the beta of each asset in `pairs`."""
        welch, vasicek = self.plain
        plain = vasicek.shrink(welch.estimate(pairs))
        if self.single is None:
            return plain
        plain = replace(plain, speaks_of=SpeaksOf(reading=BetaReading.FORECAST, horizon=self.horizon))
        lines = self.closeness.estimate(pairs)
        single = self.single.estimate(pairs)
        n_obs = np.array([e.n_obs for e in single.estimates])
        answered = np.array(
            [e.value is not None and Flag.IDENTITY not in e.flags for e in single.estimates], dtype=bool
        )
        take = answered & chosen(lines.stderrs(), np.array([e.n_obs for e in lines.estimates]), n_obs, pairs)
        return _merge(plain, single, take)


def chosen(
    line_error: NDArray[np.float64], line_obs: NDArray[Any], n_obs: NDArray[Any], pairs: PairedReturns
) -> NDArray[np.bool_]:
    """Tell which assets get the two-speed beta.

    A line's classical error is s_e / (s_m sqrt(n)), so error x sqrt(n) is the residual volatility over the benchmark's.

    Parameters
    ----------
    line_error, line_obs
        Classical errors and counts of plain lines; any one shape.
    n_obs
        Pairs that the two-speed beta has seen, same shape.
    pairs
        For the calendar.
    """
    year = _YEAR * pairs.frequency.periods_per_year / 252.0
    distance = np.nan_to_num(line_error) * np.sqrt(line_obs)
    result: NDArray[np.bool_] = (distance >= _CLOSE) & (n_obs >= year)
    return result


def _merge(plain: Betas, single: Betas, take: NDArray[np.bool_]) -> Betas:
    """Take some assets from one set and the others from another."""
    estimates = tuple(s if t else p for p, s, t in zip(plain.estimates, single.estimates, take, strict=True))
    close = [e.asset for e, t in zip(estimates, take, strict=True) if not t and e.value is not None]
    free = [a for a in close if a != plain.benchmark]
    notes = [n for n in plain.notes if free]
    if take.any() and free:
        shown = ", ".join(free[:6]) + (", ..." if len(free) > 6 else "")
        notes.append(f"two-speed for {int(take.sum())} assets; welch|vasicek for {len(free)} close to the benchmark "
                     f"or with less than a year of returns: {shown}")  # fmt: skip
    return replace(
        plain,
        method="auto",
        estimates=estimates,
        scores=np.vstack([np.where(take, 0.0, plain.scores), np.where(take, single.scores, 0.0)]),
        own_variance=np.where(take, single.own_variance, plain.own_variance),
        fitted=single.fitted,
        notes=tuple(notes),
    )
