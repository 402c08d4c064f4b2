"""Whether a column that bears a future's root holds that future: ES is the E-mini S&P 500, and a share in New York.

A column named by contract and month (ESH3) is taken at its word. One named by the root alone is compared with what the
future follows: it stands near its index, within a factor of two, or, where no level of the index is known, moves with a
fund on it. One that does neither is somebody else's.
"""

import numpy as np

from trimtab.market.snapshot import Market
from trimtab.model.instrument import Future

__all__ = ["are_its_own"]

#: Carry and a season's storage are far inside it; a share's price meets an index's level by chance alone.
_FACTOR = 2.0
#: A future and a fund on its index that close together are above it; few shares and the market are.
_CORRELATION, _ROWS, _LEAST_PAIRS = 0.8, 250, 40


def are_its_own(names: tuple[str, ...], future: Future, market: Market) -> tuple[str, ...]:
    """Leave out columns that bear the root of a future, or of another size of it, and hold something else.

    Parameters
    ----------
    names
        Names under which the future's price, or that of another size of it, may stand.
    future
        The contract.
    market
        Prices of the day.
    """
    roots = {future.root, *future.siblings}
    return tuple(name for name in names if name not in roots or _is_like_it(name, future, market))


def _is_like_it(name: str, future: Future, market: Market) -> bool:
    own = market.observed(name)
    if own is None:
        return True
    levels = (market.observed(symbol) for symbol in future.underlying if symbol != name)
    level = next((quote.value for quote in levels if quote is not None and quote.value > 0), None)
    if level is not None:
        return level / _FACTOR <= own.value <= level * _FACTOR
    funds = (symbol for symbol in future.trackers if symbol in market.prices and symbol != name)
    return all(_moves_with(name, fund, market) for fund in funds)


def _moves_with(name: str, fund: str, market: Market) -> bool:
    """Tell whether two columns rise and fall together; too few common days say nothing against it."""
    prices = market.prices
    values = prices.values[-_ROWS:, [prices.column(name), prices.column(fund)]]
    both = values[np.isfinite(values).all(axis=1) & (values > 0).all(axis=1)]
    returns = np.diff(np.log(both), axis=0)
    if len(returns) < _LEAST_PAIRS or not (returns.std(axis=0) > 0).all():
        return True
    return float(np.corrcoef(returns.T)[0, 1]) >= _CORRELATION
