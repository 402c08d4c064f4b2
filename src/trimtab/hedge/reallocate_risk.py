r"""Risk and liquidity of what may be traded, measured from a price table.

Equations
    e = r - beta m                                      residual returns over the last rows
    loadings: beta sd(m), and the first principal components of e, per year
    own variance: what the components leave of var(e), and never less than a tenth of var(e)
    daily value: median of volume x price over the last rows
Assumption
    A year has 252 rows. Days on which any of the symbols has no price are left out of the components.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from trimtab.hedge.reallocate_terms import Liquidity, RiskModel
from trimtab.market.snapshot import Market

__all__ = ["PastOnce", "measure_liquidity", "measure_risk"]

_Array = NDArray[np.float64]
WINDOW = 252
YEAR = 252.0
MIN_ROWS = 60
#: Days over which volume is taken.
VOLUME_ROWS = 63


class PastOnce:
    """Risk and liquidity of one moment, measured once for the same symbols. Lives for one comparison of plans.

    Parameters
    ----------
    market, benchmark
        As for `measure_risk`.
    """

    def __init__(self, market: Market, benchmark: str) -> None:
        self._market, self._benchmark = market, benchmark
        self._risk: dict[tuple[str, ...], RiskModel] = {}
        self._liquidity: dict[tuple[tuple[str, float], ...], tuple[Liquidity, ...]] = {}

    def risk(self, symbols: tuple[str, ...]) -> RiskModel:
        """Give what `measure_risk` gives."""
        if symbols not in self._risk:
            self._risk[symbols] = measure_risk(self._market, self._benchmark, symbols)
        return self._risk[symbols]

    def liquidity(self, symbols: tuple[str, ...], fx: dict[str, float]) -> tuple[Liquidity, ...]:
        """Give what `measure_liquidity` gives."""
        key = tuple((s, fx[s]) for s in symbols)
        if key not in self._liquidity:
            self._liquidity[key] = measure_liquidity(self._market, symbols, fx)
        return self._liquidity[key]


def measure_risk(market: Market, benchmark: str, symbols: tuple[str, ...], *, n_factors: int = 3) -> RiskModel:
    """Measure a factor model of returns from the last year of prices.

    Parameters
    ----------
    market
        Prices up to the moment.
    benchmark
        Its column carries the first factor.
    symbols
        What is measured; those without 60 returns are left out.
    n_factors
        Factors in all, the benchmark's included.
    """
    listed = set(market.prices.symbols)
    known = tuple(s for s in symbols if s in listed)
    returns = _returns(market, known)
    counts = np.sum(np.isfinite(returns), axis=0)
    kept = [i for i in range(len(known)) if counts[i] >= MIN_ROWS]
    names, returns = tuple(known[i] for i in kept), returns[:, kept]
    index = _returns(market, (benchmark,))[:, 0]
    split = [_against(returns[:, i], index) for i in range(len(names))]
    beta = np.array([s.beta for s in split])
    own = np.array([s.variance for s in split])
    sd = float(np.nanstd(index, ddof=1)) if np.isfinite(index).sum() > 1 else 0.0
    components = _components(returns - beta * index[:, None], n_factors - 1)
    rest = np.maximum(own - np.sum(components**2, axis=1), 0.1 * own)
    loadings = np.column_stack([beta * sd, components]) * np.sqrt(YEAR)
    more = components.shape[1]
    note = f"tracking risk from {WINDOW} days of returns: the benchmark and {more} components of what it leaves"
    return RiskModel(symbols=names, loadings=loadings, own_variance=np.maximum(rest * YEAR, 1e-8), note=note)


def measure_liquidity(market: Market, symbols: tuple[str, ...], fx: dict[str, float]) -> tuple[Liquidity, ...]:
    """Measure volatility and, where the table has volumes, daily traded value.

    Parameters
    ----------
    market
        Prices, and volumes if there are any.
    symbols
        What is measured.
    fx
        By symbol, base money per unit of quoted price: exchange rate and price scale together.
    """
    listed = set(market.prices.symbols)
    known = tuple(s for s in symbols if s in listed)
    returns = _returns(market, known)
    found = []
    for i, symbol in enumerate(known):
        own = returns[np.isfinite(returns[:, i]), i]
        vol = float(np.std(own, ddof=1)) if len(own) >= MIN_ROWS else None
        found.append(Liquidity(symbol=symbol, daily_value=_daily_value(market, symbol, fx[symbol]), volatility=vol))
    return tuple(found)


def _daily_value(market: Market, symbol: str, rate: float) -> float | None:
    volumes = market.prices.volumes
    if volumes is None:
        return None
    column = market.prices.column(symbol)
    traded = volumes[-VOLUME_ROWS:, column] * market.prices.values[-VOLUME_ROWS:, column]
    traded = traded[np.isfinite(traded)]
    return float(np.median(traded)) * rate if len(traded) else None


def _returns(market: Market, symbols: tuple[str, ...]) -> _Array:
    """Give simple returns between neighbouring rows, shape (n_rows, n_symbols); NaN where either price is missing."""
    where = {s: i for i, s in enumerate(market.prices.symbols)}
    columns = [where[s] for s in symbols]
    position = {column: i for i, column in enumerate(columns)}
    prices = market.prices.values[-WINDOW - 1 :, columns]
    returns = prices[1:] / prices[:-1] - 1.0
    first = len(market.prices.dates) - len(prices)
    for row, column in market.prices.breaks.tolist():
        if column in position and row > first:
            returns[row - first - 1, position[column]] = np.nan
    return returns


@dataclass(frozen=True, slots=True, kw_only=True)
class _Split:
    beta: float
    variance: float


def _against(returns: _Array, index: _Array) -> _Split:
    both = np.isfinite(returns) & np.isfinite(index)
    r, m = returns[both], index[both]
    spread = float(np.sum((m - np.mean(m)) ** 2)) if len(m) > 2 else 0.0
    if spread == 0.0:
        own = returns[np.isfinite(returns)]
        return _Split(beta=0.0, variance=float(np.var(own, ddof=1)))
    beta = float(np.sum((m - np.mean(m)) * (r - np.mean(r)))) / spread
    return _Split(beta=beta, variance=float(np.var(r - beta * m, ddof=1)))


def _components(residuals: _Array, count: int) -> _Array:
    """Give the first principal components as loadings per day, shape (n_symbols, count or fewer)."""
    whole = residuals[np.all(np.isfinite(residuals), axis=1)]
    rows, n = whole.shape
    count = min(count, n - 1, rows // 20)
    if rows < MIN_ROWS or count < 1:
        return np.zeros((n, 0))
    centred = whole - np.mean(whole, axis=0)
    # The days are few beside the symbols: their own small matrix has the same components as the whole.
    _, days = eigh(centred @ centred.T, subset_by_index=[rows - count, rows - 1])
    scaled = (centred.T @ days[:, ::-1]) / np.sqrt(rows - 1)
    # A fixed sign, so that the same prices give the same bytes.
    signed: _Array = scaled * np.sign(scaled[np.argmax(np.abs(scaled), axis=0), np.arange(count)])
    return signed
