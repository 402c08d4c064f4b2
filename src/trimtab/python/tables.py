"""What is measured from a price table alone, whatever the prices came as."""

from typing import Any, Literal

import numpy as np

from trimtab.beta.partial import PartialBetas
from trimtab.beta.partial import partial_betas as measure_partial
from trimtab.feeds.series.interest import as_risk_free
from trimtab.feeds.series.prices import read_prices
from trimtab.market.snapshot import Market
from trimtab.market.snapshot import market_at as take_moment
from trimtab.wiring.files import READER

__all__ = ["market_at", "partial_betas"]


def market_at(prices: Any, *, base: str, as_of: np.datetime64 | str | None = None, fx: Any = None) -> Market:
    """Take the moment at the end of a day (the last day of the prices by default).

    Parameters
    ----------
    prices
        Path, frame or `PriceTable`.
    base
        Base currency.
    as_of
        The day.
    fx
        Path or frame of exchange rates.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> tt.market_at(sample.prices_path(), base="USD", as_of="2022-06-30").day
    datetime.date(2022, 6, 30)
    """
    return take_moment(read_prices(prices), base=base, as_of=as_of, fx=READER.fx(fx))


def partial_betas(
    prices: Any,
    *,
    benchmarks: tuple[str, ...],
    symbols: tuple[str, ...] | None = None,
    window: int | None = 252,
    errors: Literal["robust", "hac"] = "robust",
    lags: int | None = None,
    min_obs: int = 60,
    risk_free: Any = None,
) -> PartialBetas:
    """Estimate betas to several benchmarks at once.

    Parameters
    ----------
    prices
        Path, frame or `PriceTable`, all in one currency.
    benchmarks
        Two or more symbols; only dates on which all of them have prices are used.
    symbols
        Assets; all but the benchmarks by default.
    window
        Number of joint returns; None takes all.
    errors
        "robust" or "hac".
    lags
        Newey-West lags for "hac"; None takes floor(4 (n / 100)^(2/9)).
    min_obs
        Fewest joint returns that give an answer.
    risk_free
        Annual rate, or path or frame of dated rates, subtracted from all sides.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> result = tt.partial_betas(sample.prices_path(), benchmarks=("SPX", "XOM"), symbols=("CVX",))
    >>> {name: round(beta, 1) for name, beta in result.of("CVX").items()}
    {'SPX': 0.1, 'XOM': 0.8}
    """
    return measure_partial(
        read_prices(prices), benchmarks=benchmarks, symbols=symbols, window=window, errors=errors, lags=lags,
        min_obs=min_obs, risk_free=as_risk_free(risk_free, None),
    )  # fmt: skip
