r"""Frazzini and Pedersen's beta: correlation from five years, volatilities from one, then shrunk to one.

Equation
    b  = rho sd_i / sd_m,     b' = weight b + (1 - weight),   weight .6
    rho from log returns over overlapping three-day intervals of the last 1,260 pairs (750 at least),
    sd from one-day log returns of the last 252
Assumption
    Correlations move slowly and volatilities fast; three days are enough for late prices to catch up.
Errors
    They speak of the slope over the pairs of the past: the influence of each day on rho and on both volatilities, with
    Newey-West sums longer than the overlap, and the whole of the move towards one, which nothing in the data supports.
Source
    Frazzini, Pedersen (2014), "Betting against beta", Journal of Financial Economics 111, 1-25.
When not to use it
    To forecast, or where its parts must fit together: windows of different length bias the result by the ratio of one-
    to five-year market volatility (Novy-Marx, Velikov 2022, "Betting against betting against beta", Journal of
    Financial Economics 143). The correlation keeps its sign here; recipes that take the root of R^2 turn a beta
    of -1 into +1.
"""

from dataclasses import dataclass

import numpy as np

from trimtab.beta.estimate import Betas
from trimtab.beta.sample import name_values, take_sample
from trimtab.errors import InputError
from trimtab.market.resample import overlap_returns
from trimtab.market.returns import PairedReturns
from trimtab.stats.arrays import Floats
from trimtab.stats.linear import hac_scores

__all__ = ["FrazziniPedersen"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrazziniPedersen:
    """Correlation and volatilities from windows of their own.

    Parameters
    ----------
    weight
        Share of the estimate that is kept against 1; 1 leaves it unshrunk.
    window
        Pairs for the correlation.
    volatility_window
        Pairs for the volatilities.
    span
        Days in one interval of the correlation.
    min_obs
        Fewest pairs that give an answer.
    """

    weight: float = 0.6
    window: int = 1260
    volatility_window: int = 252
    span: int = 3
    min_obs: int = 750

    def __post_init__(self) -> None:
        if not 0.0 <= self.weight <= 1.0:
            raise InputError(expected="a weight from 0 to 1", found=f"{self.weight}", try_next="give for example 0.6")
        if self.span < 1 or self.volatility_window < 2:
            raise InputError(
                expected="a span of 1 day or more and a volatility window of 2 or more",
                found=f"{self.span} and {self.volatility_window}",
                try_next="the published recipe has 3 and 252",
            )

    @property
    def name(self) -> str:
        """As written on the command line."""
        return "frazzini-pedersen"

    def estimate(self, pairs: PairedReturns) -> Betas:
        """Estimate the beta of each asset in `pairs`."""
        sample = take_sample(pairs, self.window)
        long = overlap_returns(pairs, self.span) if self.span > 1 else pairs
        rows = sample.rows
        y3, x3 = _logs(np.where(np.isfinite(sample.asset), long.asset[rows], np.nan), long.market[rows])
        recent = take_sample(pairs, self.volatility_window)
        y1, x1 = (_below(a, len(y3)) for a in _logs(recent.asset, recent.market))

        rho, rho_shares = _correlation(x3, y3)
        log_y, y_shares = _log_deviation(y1)
        log_x, x_shares = _log_deviation(x1)
        ratio = np.exp(log_y - log_x)
        raw = rho * ratio
        # d(rho s_y / s_x) = (s_y / s_x) d rho + rho (s_y / s_x) (d ln s_y - d ln s_x)
        shares = self.weight * (ratio * rho_shares + raw * (y_shares - x_shares))
        return name_values(
            sample,
            value=self.weight * raw + 1.0 - self.weight,
            scores=np.vstack(
                [hac_scores(np.nan_to_num(shares), 3 * self.span), (1.0 - self.weight) * np.nan_to_num(1.0 - raw)]
            ),
            n_eff=np.isfinite(y3).sum(axis=0) / self.span,
            method=self.name,
            min_obs=self.min_obs,
            window=self.window,
        )


def _logs(asset: Floats, market: Floats) -> tuple[Floats, Floats]:
    paired = np.isfinite(asset) & np.isfinite(market)
    y = np.log1p(np.where(paired, asset, 0.0))
    x = np.log1p(np.where(paired, market, 0.0))
    return np.where(paired, y, np.nan), np.where(paired, x, np.nan)


def _below(a: Floats, n_rows: int) -> Floats:
    """Put rows that end where others end beneath missing ones, to the same number of rows."""
    return np.vstack([np.full((n_rows - len(a), a.shape[1]), np.nan), a]) if len(a) < n_rows else a[-n_rows:]


def _standard(a: Floats) -> tuple[Floats, Floats, Floats]:
    """Give standardised values (0 where missing), log standard deviations and counts."""
    is_finite = np.isfinite(a)
    n = np.maximum(is_finite.sum(axis=0), 1)
    filled = np.where(is_finite, a, 0.0)
    centred = np.where(is_finite, filled - filled.sum(axis=0) / n, 0.0)
    variance = np.einsum("ti,ti->i", centred, centred) / np.maximum(n - 1, 1)
    log_sd = 0.5 * np.log(np.where(variance > 0, variance, np.nan))
    return np.nan_to_num(centred / np.exp(log_sd)), log_sd, n.astype(np.float64)


def _correlation(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Give the correlation of each column, and each row's influence on it: (z_x z_y - rho (z_x^2 + z_y^2) / 2) / n."""
    zx, log_x, n = _standard(x)
    zy, log_y, _ = _standard(y)
    rho = np.einsum("ti,ti->i", zx, zy) / np.maximum(n - 1.0, 1.0) + 0.0 * (log_x + log_y)
    return rho, (zx * zy - 0.5 * np.nan_to_num(rho) * (zx**2 + zy**2)) / n


def _log_deviation(a: Floats) -> tuple[Floats, Floats]:
    """Give the log standard deviation of each column, and each row's influence on it: (z^2 - 1) / 2n."""
    z, log_sd, n = _standard(a)
    return log_sd, np.where(np.isfinite(a), 0.5 * (z**2 - 1.0) / n, 0.0)
