"""The best band of each quarter, from what the past before it says of drift and of the market."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trimtab.backtest.tape import first_days
from trimtab.hedge.often.closed_form import GapModel, best_band
from trimtab.market.frequency import TRADING_YEAR
from trimtab.stats.arrays import Floats

__all__ = ["Past", "best_widths", "own_errors"]

#: Returns between two looks at beta, the looks that count, and the fewest; returns of the market's volatility.
_STEP, _LOOKS, _LEAST, _MARKET = 21, 36, 12, 252
#: Returns from which an error is taken.
_ENOUGH = 63


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What the best band of a day is made of, each of shape (n_days,); nothing after a day counts for it.

    Parameters
    ----------
    dates, level
        Days, and the level of the benchmark.
    assets, exposure
        Worth and beta exposure of the book without its hedge.
    lot, cost
        Beta exposure of one lot, and what trading it costs.
    """

    dates: NDArray[np.datetime64]
    level: Floats
    assets: Floats
    exposure: Floats
    lot: Floats
    cost: Floats


def own_errors(assets: Floats, level: Floats) -> Floats:
    """Give the error of the book's beta on each day, from its own residuals over the last 252 returns up to it.

    What its parts do on their own is in it as it moves together. Infinite until there are 63 returns since the book
    was last worth nothing or less: a return on that says nothing.

    Parameters
    ----------
    assets, level
        Of the book and of the benchmark, shape (n_days,).

    Examples
    --------
    >>> level = np.cumprod(1.0 + 0.01 * np.sin(np.arange(300.0)))
    >>> errors = own_errors(2.0 * level, level)
    >>> bool(np.isinf(errors[40])), bool(errors[-1] < 1e-6)
    (True, True)
    """
    alive = assets > 0.0
    own = np.divide(np.diff(assets), assets[:-1], out=np.zeros(len(assets) - 1), where=alive[:-1])
    market = np.diff(level) / level[:-1]
    sums = [np.concatenate([[0.0], np.cumsum(x)]) for x in (market, own, market**2, market * own, own**2)]
    last = np.arange(len(assets))
    first = np.minimum(last, np.maximum(_last_without_worth(alive) + 1, last - _MARKET))
    n_obs = np.maximum(1, last - first)
    m, y, mm, my, yy = (s[last] - s[first] for s in sums)
    var, cov, total = mm - m * m / n_obs, my - m * y / n_obs, yy - y * y / n_obs
    is_known = (n_obs >= _ENOUGH) & (var > 0.0)
    safe = np.where(is_known, var, 1.0)
    left = np.maximum(0.0, total - cov * cov / safe) / np.maximum(1, n_obs - 2)
    errors: Floats = np.where(is_known, np.sqrt(left / safe), np.inf)
    return errors


def _last_without_worth(alive: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Give the last row up to each on which the book was worth nothing or less; -1 where there is none."""
    last: NDArray[np.intp] = np.maximum.accumulate(np.where(alive, -1, np.arange(len(alive))))
    return last


def best_widths(past: Past, *, usual: float, risk_aversion: float) -> Floats:
    """Give the half-width of the best band on each day, set anew on the first day of each quarter.

    Drift is the spread of the changes of measured beta over 21 returns, the last three years of them, noise of
    estimation included: a trade follows what is measured. The closed form is that of `trimtab.hedge.often`.

    Parameters
    ----------
    past
        The days.
    usual
        Where the past is shorter than a year, or beta stood still.
    risk_aversion
        Relative.
    """
    alive = past.assets > 0.0
    # Today's loan beside prices of long ago: beta is no share of less than nothing, and its past begins after it.
    begins = _last_without_worth(alive) + 1
    beta = np.divide(past.exposure, past.assets, out=np.zeros(len(alive)), where=alive)
    returns = np.diff(np.log(past.level), prepend=np.log(past.level[0]))
    widths = np.full(len(past.level), usual)
    for row in np.flatnonzero(first_days(past.dates, "Q")).tolist():
        widths[row:] = _width_at(past, row, beta[begins[row] : row + 1], returns[: row + 1], usual, risk_aversion)
    return widths


def _width_at(past: Past, row: int, beta: Floats, returns: Floats, usual: float, risk_aversion: float) -> float:
    changes = np.diff(beta[::-_STEP][: _LOOKS + 1])
    if len(changes) < _LEAST:
        return usual
    drift = float(np.sqrt(np.mean(changes**2) * TRADING_YEAR / _STEP))
    market = float(returns[-_MARKET:].std(ddof=1)) * TRADING_YEAR**0.5
    nav, lot = float(past.assets[row]), abs(float(past.lot[row]))
    if not (drift > 0.0 and market > 0.0 and lot > 0.0):
        return usual
    model = GapModel(
        cost_per_beta=float(past.cost[row]) / lot * nav, gap_vol=drift, market_vol=market, lot=lot / nav,
        penalty=GapModel.penalty_of(risk_aversion=risk_aversion, market_vol=market, nav=nav),
    )  # fmt: skip
    band = best_band(model).band
    return usual if band is None else band
