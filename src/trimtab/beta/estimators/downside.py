r"""Downside and upside beta: how the asset moves when the benchmark falls, or rises.

There is no one downside beta; four definitions are in use and give different numbers. With threshold tau, and
everything in excess of the risk-free rate:

    ang-chen-xing      slope with intercept over the days with x < tau, tau = the window's mean of x
    below-zero         the same with tau = 0
    bawa-lindenberg    sum (y - tau) min(x - tau, 0) / sum min(x - tau, 0)^2, tau = 0   (also Hogan and Warren)
    estrada            sum min(y - tau_y, 0) min(x - tau, 0) / sum min(x - tau, 0)^2, tau and tau_y the means of x and y

For the upside, < becomes > and min becomes max. Every definition gives 1 for the benchmark itself.
Errors
    The first two: robust regression errors over their days. The last two: each day's influence on the ratio. That the
    mean in tau is itself estimated is left out.
Source
    Bawa, Lindenberg (1977), Journal of Financial Economics 5; Hogan, Warren (1974), Journal of Financial and
    Quantitative Analysis 9; Ang, Chen, Xing (2006), "Downside risk", Review of Financial Studies 19; Estrada (2002),
    Emerging Markets Review 3.
When not to use it
    To hedge small moves, or to forecast: half the days are thrown away. Post, van Vliet and Lansdorp (2012) show that
    the ang-chen-xing and estrada definitions do not belong to any coherent measure of risk.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from trimtab.beta.estimate import Betas
from trimtab.beta.sample import MIN_OBS, Sample, name_values, take_sample
from trimtab.market.returns import PairedReturns
from trimtab.stats.arrays import Floats
from trimtab.stats.linear import error_scores, fit_lines

__all__ = ["Definition", "Downside"]

Definition = Literal["ang-chen-xing", "below-zero", "bawa-lindenberg", "estrada"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Downside:
    """Beta over the days on which the benchmark was below (or above) a threshold.

    Parameters
    ----------
    definition
        "ang-chen-xing", "below-zero", "bawa-lindenberg" or "estrada"; see the module.
    side
        "down" or "up".
    threshold
        Benchmark excess return per period that divides the days; None takes the definition's own.
    window
        Number of paired returns; None takes all.
    min_obs
        Fewest pairs on the side that counts.
    """

    definition: Definition = "ang-chen-xing"
    side: Literal["down", "up"] = "down"
    threshold: float | None = None
    window: int | None = 252
    min_obs: int = MIN_OBS

    @property
    def name(self) -> str:
        """As written on the command line."""
        return "downside"

    def estimate(self, pairs: PairedReturns) -> Betas:
        """Estimate the beta of each asset in `pairs`."""
        sample = take_sample(pairs, self.window)
        # Upside is downside in the mirror: slopes do not change when both sides change sign.
        sign = 1.0 if self.side == "down" else -1.0
        paired = np.isfinite(sample.asset) & np.isfinite(sample.market)
        y, x = (np.where(paired, sign * a, np.nan) for a in (sample.asset, sample.market))
        tau = self._tau(x, sign)
        below = paired & (x < tau)
        used = Sample(
            pairs=pairs,
            rows=sample.rows,
            asset=np.where(below, sample.asset, np.nan),
            market=sample.market,
            age=sample.age,
        )
        if self.definition in {"ang-chen-xing", "below-zero"}:
            lines = fit_lines(np.where(below, x, np.nan), y)
            value, shares = lines.slope, error_scores(lines, "robust")
        else:
            drop = np.where(below, x - tau, 0.0)
            target = _mean(y) if self.definition == "estrada" and self.threshold is None else tau
            fall = np.where(paired, y, 0.0) - target
            value, shares = _ratio(np.minimum(fall, 0.0) if self.definition == "estrada" else fall, drop)
        side = "" if self.side == "down" else ", side=up"
        return name_values(
            used,
            value=value,
            scores=shares,
            n_eff=below.sum(axis=0).astype(np.float64),
            method=f"{self.name}(definition={self.definition}{side})",
            min_obs=self.min_obs,
            window=None,
        )

    def _tau(self, x: Floats, sign: float) -> Floats:
        """Threshold for each asset, shape (n_assets,), in the mirror if the side is up."""
        if self.threshold is not None:
            return np.full(x.shape[1], sign * self.threshold)
        if self.definition in {"ang-chen-xing", "estrada"}:
            return _mean(x)
        return np.zeros(x.shape[1])


def _mean(a: Floats) -> Floats:
    is_finite = np.isfinite(a)
    mean: Floats = np.where(is_finite, a, 0.0).sum(axis=0) / np.maximum(is_finite.sum(axis=0), 1)
    return mean


def _ratio(fall: Floats, drop: Floats) -> tuple[Floats, Floats]:
    """Give sum fall x drop / sum drop^2 and each day's influence on it."""
    s_dd = np.einsum("ti,ti->i", drop, drop)
    varies = s_dd > 0
    value = np.where(varies, np.einsum("ti,ti->i", fall, drop) / np.where(varies, s_dd, 1.0), np.nan)
    n = np.count_nonzero(drop, axis=0)
    small_sample = np.sqrt(n / np.maximum(n - 1, 1))
    usable = np.where(varies, value, 0.0)
    return value, drop * (fall - usable * drop) / np.where(varies, s_dd, 1.0) * small_sample
