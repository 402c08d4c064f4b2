r"""Risk and liquidity of what may be traded, measured from a price table.

Equations
    e = r - beta m                                      residual returns over the last rows
    loadings: beta sd(m), and the first principal components of e, per year
    own variance: what the components leave of var(e), and never less than a tenth of var(e)
    volatility of a day: that of a period / sqrt(days with prices in it)
    daily value: median of volume x price over the last rows / days with prices in each
Assumption
    The benchmark's calendar says how many rows make a year and how many days a row covers; only rows on which it has a
    price count, and volume of a row is that of all its days. Rows on which any of the symbols has no price are left out
    of the components.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh

from trimtab.hedge.reallocate.terms import Liquidity, RiskModel
from trimtab.market.facts import calendar_of
from trimtab.market.frequency import Frequency
from trimtab.market.prices import PriceTable
from trimtab.market.snapshot import Market
from trimtab.stats.arrays import Floats

__all__ = ["PastOnce", "measure_liquidity", "measure_risk"]

#: Trading days that are looked at; slow prices are given more, or a deviation would be known too badly.
WINDOW = 252
LEAST_WINDOW = 84
MIN_ROWS = 60
#: Trading days over which volume is taken, and the fewest rows.
VOLUME_DAYS, LEAST_VOLUMES = 63, 3


class PastOnce:
    """Risk and liquidity of one moment, measured once for the same symbols. Lives for one comparison of plans.

    Parameters
    ----------
    market, benchmark, history
        As for `measure_risk`.
    """

    def __init__(self, market: Market, benchmark: str, history: PriceTable | None = None) -> None:
        self._market, self._benchmark, self._history = market, benchmark, history
        self._risk: dict[tuple[str, ...], RiskModel] = {}
        self._liquidity: dict[tuple[tuple[str, float], ...], tuple[Liquidity, ...]] = {}

    def risk(self, symbols: tuple[str, ...]) -> RiskModel:
        """Give what `measure_risk` gives."""
        if symbols not in self._risk:
            self._risk[symbols] = measure_risk(self._market, self._benchmark, symbols, history=self._history)
        return self._risk[symbols]

    def liquidity(self, symbols: tuple[str, ...], fx: dict[str, float]) -> tuple[Liquidity, ...]:
        """Give what `measure_liquidity` gives."""
        key = tuple((s, fx[s]) for s in symbols)
        if key not in self._liquidity:
            self._liquidity[key] = measure_liquidity(self._market, self._benchmark, symbols, fx)
        return self._liquidity[key]


def measure_risk(
    market: Market,
    benchmark: str,
    symbols: tuple[str, ...],
    *,
    n_factors: int = 3,
    history: PriceTable | None = None,
) -> RiskModel:
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
    history
        Past prices in the base currency; None takes the market's.
    """
    past = market.prices if history is None else history
    calendar = calendar_of(past, benchmark)
    window = calendar.rows(WINDOW, least=LEAST_WINDOW)
    priced_symbols = tuple(s for s in symbols if s in past.symbols)
    returns = _returns(past, benchmark, priced_symbols, window)
    counts = np.sum(np.isfinite(returns), axis=0)
    kept = [i for i in range(len(priced_symbols)) if counts[i] >= MIN_ROWS]
    names, returns = tuple(priced_symbols[i] for i in kept), returns[:, kept]
    index = _returns(past, benchmark, (benchmark,), window)[:, 0]
    split = [_against(returns[:, i], index) for i in range(len(names))]
    beta = np.array([s.beta for s in split])
    own = np.array([s.variance for s in split])
    sd = float(np.nanstd(index, ddof=1)) if np.isfinite(index).sum() > 1 else 0.0
    components = _components(returns - beta * index[:, None], n_factors - 1)
    rest = np.maximum(own - np.sum(components**2, axis=1), 0.1 * own)
    year = calendar.periods_per_year
    loadings = np.column_stack([beta * sd, components]) * np.sqrt(year)
    more = components.shape[1]
    note = (
        f"tracking risk from {window} {calendar.period}s of returns: the benchmark and {more} components of what it "
        "leaves"
    )
    return RiskModel(symbols=names, loadings=loadings, own_variance=np.maximum(rest * year, 1e-8), note=note)


def measure_liquidity(
    market: Market, benchmark: str, symbols: tuple[str, ...], fx: dict[str, float]
) -> tuple[Liquidity, ...]:
    """Measure volatility and, where the table has volumes, daily traded value.

    Parameters
    ----------
    market
        Prices, and volumes if there are any.
    benchmark
        Whose calendar counts.
    symbols
        What is measured.
    fx
        By symbol, base money per unit of quoted price: exchange rate and price scale together.
    """
    calendar = calendar_of(market.prices, benchmark)
    priced_symbols = tuple(s for s in symbols if s in market.prices.symbols)
    returns = _returns(market.prices, benchmark, priced_symbols, calendar.rows(WINDOW, least=LEAST_WINDOW))
    liquidity = []
    for i, symbol in enumerate(priced_symbols):
        own = returns[np.isfinite(returns[:, i]), i]
        vol = calendar.per_session(float(np.std(own, ddof=1))) if len(own) >= MIN_ROWS else None
        liquidity.append(
            Liquidity(symbol=symbol, daily_value=_daily_value(market, symbol, fx[symbol], calendar), volatility=vol)
        )
    return tuple(liquidity)


def _daily_value(market: Market, symbol: str, rate: float, calendar: Frequency) -> float | None:
    volumes = market.prices.volumes
    if volumes is None:
        return None
    column = market.prices.column(symbol)
    rows = calendar.rows(VOLUME_DAYS, least=LEAST_VOLUMES)
    traded = volumes[-rows:, column] * market.prices.values[-rows:, column]
    traded = traded[np.isfinite(traded)]
    return float(np.median(traded)) / calendar.sessions * rate if len(traded) else None


def _returns(past: PriceTable, benchmark: str, symbols: tuple[str, ...], window: int) -> Floats:
    """Give simple returns between neighbouring rows of the benchmark, shape (n_rows, n_symbols); NaN without a price.

    A table of two calendars has rows on which the benchmark rests; there, others would seem to have no yesterday.
    """
    where = {s: i for i, s in enumerate(past.symbols)}
    columns = np.array([where[s] for s in symbols], dtype=np.intp)
    position = {column: i for i, column in enumerate(columns.tolist())}
    rows = np.flatnonzero(np.isfinite(past.values[:, where[benchmark]]))[-window - 1 :]
    prices = past.values[np.ix_(rows, columns)]
    returns = prices[1:] / prices[:-1] - 1.0
    for row, column in past.breaks.tolist():
        after = int(np.searchsorted(rows, row))
        if column in position and 0 < after < len(rows):
            returns[after - 1, position[column]] = np.nan
    return returns


@dataclass(frozen=True, slots=True, kw_only=True)
class _Split:
    beta: float
    variance: float


def _against(returns: Floats, index: Floats) -> _Split:
    both = np.isfinite(returns) & np.isfinite(index)
    r, m = returns[both], index[both]
    spread = float(np.sum((m - np.mean(m)) ** 2)) if len(m) > 2 else 0.0
    if spread == 0.0:
        own = returns[np.isfinite(returns)]
        return _Split(beta=0.0, variance=float(np.var(own, ddof=1)))
    beta = float(np.sum((m - np.mean(m)) * (r - np.mean(r)))) / spread
    return _Split(beta=beta, variance=float(np.var(r - beta * m, ddof=1)))


def _components(residuals: Floats, count: int) -> Floats:
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
    signed: Floats = scaled * np.sign(scaled[np.argmax(np.abs(scaled), axis=0), np.arange(count)])
    return signed
