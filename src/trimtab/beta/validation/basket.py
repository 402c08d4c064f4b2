"""Random and extreme portfolios, hedged with the forecasts: what accuracy is worth to someone who hedges.

A diversified basket averages forecast errors away, so methods differ little on random baskets. They differ where names
are selected: the highest forecasts are partly too high by luck, and the basket of the highest less that of the lowest
shows it. The hedge of a basket sells its forecast beta of the benchmark; what is left is the residual beta.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trimtab.beta.estimators.two_speed import benchmark_series
from trimtab.market.returns import PairedReturns
from trimtab.stats.arrays import Floats

__all__ = ["Baskets", "draw_baskets", "extreme_residuals", "random_residuals", "variance_removed"]

_SIZE = 20
_PER_DATE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Baskets:
    """Random baskets of equal weights at each date.

    Parameters
    ----------
    size
        Names in each: 20, or a third of the names where there are fewer than 60; 0 with fewer than six.
    members
        For each date column numbers, shape (n_baskets, size), or None where there are too few names.
    """

    size: int
    members: tuple[NDArray[np.intp] | None, ...]


def draw_baskets(keep: NDArray[np.bool_], seed: int) -> Baskets:
    """Draw baskets from the names kept at each date.

    Parameters
    ----------
    keep
        Shape (n_dates, n_assets).
    seed
        Makes the draw repeatable.
    """
    most = int(keep.sum(axis=1).max(initial=0))
    size = min(_SIZE, most // 3) if most >= 6 else 0
    rng = np.random.default_rng(seed)
    members: list[NDArray[np.intp] | None] = []
    for row in keep:
        names = np.flatnonzero(row)
        if size == 0 or len(names) < 3 * size:
            members.append(None)
            continue
        order = np.argsort(rng.random((_PER_DATE, len(names))), axis=1)[:, :size]
        members.append(names[order])
    return Baskets(size=size, members=tuple(members))


def random_residuals(baskets: Baskets, forecast: Floats, outcome: Floats) -> Floats:
    """Give the residual betas of the random baskets, realised less forecast.

    Shape (n_dates with baskets, n_baskets).
    """
    gap = outcome - forecast
    rows = [gap[k][chosen].mean(axis=1) for k, chosen in enumerate(baskets.members) if chosen is not None]
    return np.array(rows) if rows else np.empty((0, 0))


def extreme_residuals(size: int, forecast: Floats, outcome: Floats, keep: NDArray[np.bool_]) -> Floats:
    """Give at each date the residual beta of the highest forecasts less that of the lowest.

    Negative: the spread of forecasts was too wide. Dates with fewer than three times `size` names are left out, and so
    are all where the forecasts do not differ.
    """
    residuals = []
    for k, row in enumerate(keep):
        names = np.flatnonzero(row)
        if size == 0 or len(names) < 3 * size or np.ptp(forecast[k][names]) == 0:
            continue
        ranked = names[np.argsort(forecast[k][names], kind="stable")]
        gap = outcome[k] - forecast[k]
        residuals.append(float(gap[ranked[-size:]].mean() - gap[ranked[:size]].mean()))
    return np.array(residuals)


def variance_removed(
    pairs: PairedReturns, rows: NDArray[np.intp], ahead: int, baskets: Baskets, forecasts: dict[str, Floats]
) -> tuple[dict[str, float], float]:
    """Give the mean share of a random basket's variance that hedging with each method's forecast removes.

    Parameters
    ----------
    pairs, rows, ahead
        As for `realised_betas`.
    baskets
        One set per row.
    forecasts
        By method, shape (n_rows, n_assets).

    Returns
    -------
    The shares by method, and the most that any constant hedge over the period could have removed.
    """
    market = benchmark_series(pairs)
    removed: dict[str, list[float]] = {name: [] for name in forecasts}
    most = []
    for k, chosen in enumerate(baskets.members):
        if chosen is None or rows[k] + ahead >= len(pairs.dates):
            continue
        after = slice(rows[k] + 1, rows[k] + 1 + ahead)
        m = market[after]
        with_market = ~np.isnan(m)
        returns = np.nan_to_num(pairs.asset[after][with_market][:, chosen]).mean(axis=2)
        m_dev = m[with_market] - m[with_market].mean()
        r_dev = returns - returns.mean(axis=0)
        s_mm, s_rm, s_rr = float(m_dev @ m_dev), m_dev @ r_dev, np.einsum("tb,tb->b", r_dev, r_dev)
        if not (s_mm > 0 and (s_rr > 0).all()):
            continue
        most.append(float(np.mean(s_rm**2 / s_mm / s_rr)))
        for name, values in forecasts.items():
            hedge = values[k][chosen].mean(axis=1)
            removed[name].append(float(np.mean((2.0 * hedge * s_rm - hedge**2 * s_mm) / s_rr)))
    nothing = float("nan")
    return {n: float(np.mean(v)) if v else nothing for n, v in removed.items()}, float(
        np.mean(most)
    ) if most else nothing
