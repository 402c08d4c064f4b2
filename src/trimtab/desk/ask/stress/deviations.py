"""How far a move of some deviations goes, for the cash that a venue account would need in it."""

from math import sqrt

import numpy as np

from trimtab.desk.moment.setting import Setting
from trimtab.hedge.margin.measure import Sigmas
from trimtab.market.daycount import date_of
from trimtab.market.frequency import SEVEN_DAY_YEAR, TRADING_YEAR
from trimtab.market.returns import pair_returns

__all__ = ["sigmas_of"]

#: Returns that a volatility is measured from, and the fewest.
_YEAR, _FEWEST = 252, 20


def sigmas_of(setting: Setting, sigmas: float, days: int) -> Sigmas:
    """Give moves of some deviations over some days, by the volatility of the last year of returns in base currency.

    Parameters
    ----------
    setting
        The moment, with the prices of the past.
    sigmas, days
        Deviations, and days of trading.
    """
    frequency, prices = setting.facts.frequency, setting.converted
    rows = frequency.rows(_YEAR, least=_FEWEST)

    def volatility(name: str) -> tuple[float, str] | None:
        if name not in prices.symbols:
            return None
        pairs = pair_returns(prices, benchmark=name, symbols=(name,))
        returns = pairs.market[-rows:, 0]
        returns = returns[np.isfinite(returns)]
        if returns.size < _FEWEST:
            return None
        source = f"{name}, last {returns.size} {frequency.period}s to {date_of(prices.dates[-1])}"
        return float(returns.std(ddof=1) * sqrt(frequency.periods_per_year)), source

    return Sigmas(sigmas=sigmas, days=days, per_year=_trading_days(frequency.periods_per_year), volatility=volatility)


def _trading_days(per_year: float) -> float:
    """Give trading days of a year: 365 where prices are made every day, 252 on all other calendars."""
    return SEVEN_DAY_YEAR if per_year > 300.0 else TRADING_YEAR
