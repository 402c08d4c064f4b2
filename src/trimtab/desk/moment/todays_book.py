"""Today's book on past prices: exposures held as they are, and the returns of what they follow, in base currency."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trimtab.beta.estimate import Betas
from trimtab.errors import NotEnoughDataError
from trimtab.exposure.expose import Exposure
from trimtab.market.frequency import Frequency
from trimtab.market.prices import PriceTable
from trimtab.market.returns import pair_returns
from trimtab.stats.arrays import Floats

__all__ = ["TodaysBook", "todays_book"]

#: Trading days of returns of its own that an asset needs (60 rows at least, as many at most); below, beta x benchmark
#: stands for it.
_MIN_HISTORY, _LEAST_ROWS = 252, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class TodaysBook:
    """What is held, by what it follows, and how that moved.

    Parameters
    ----------
    assets
        Symbols followed.
    exposure, betas
        Delta exposure, signed money, and today's beta, shape (n_assets,).
    nav
        Net asset value.
    dates
        Ends of the periods in which everything is known, shape (n_periods,).
    returns
        Simple, base currency, shape (n_periods, n_assets).
    market
        Of the benchmark, shape (n_periods,).
    stood_in
        Assets whose history is too short: beta x benchmark stands for them, which has no risk of its own.
    frequency
        Calendar of the periods.
    """

    assets: tuple[str, ...]
    exposure: Floats
    betas: Floats
    nav: float
    dates: NDArray[np.datetime64]
    returns: Floats
    market: Floats
    stood_in: tuple[str, ...]
    frequency: Frequency

    @property
    def periods_per_year(self) -> float:
        """Periods in a year, for annualisation."""
        return self.frequency.periods_per_year

    @property
    def year(self) -> int:
        """Periods that a year has; 60 at least, since fewer say little of a deviation."""
        return self.frequency.rows(252, least=60)

    @property
    def weights(self) -> Floats:
        """Exposure / NAV, shape (n_assets,)."""
        return self.exposure / self.nav

    @property
    def book(self) -> Floats:
        """Returns that today's exposures would have had, options by their delta, shape (n_periods,)."""
        book_returns: Floats = self.returns @ self.weights
        return book_returns

    @property
    def beta(self) -> float:
        """Today's beta of what is here."""
        return float(self.weights @ self.betas)


def todays_book(exposure: Exposure, prices: PriceTable, today: Betas) -> TodaysBook:
    """Put today's exposures beside the past of what they follow.

    Parameters
    ----------
    exposure
        The portfolio, measured.
    prices
        In base currency, with what positions follow beside them (`Setting.past_prices`).
    today
        Betas of the moment.

    Raises
    ------
    NotEnoughDataError
        If nothing that moves was measured, or fewer than 60 periods are left in which everything is known.
    """
    money_by_asset: dict[str, float] = {}
    for line in exposure.positions:
        for asset, money in line.weights if line.beta_exposure is not None else ():
            money_by_asset[asset] = money_by_asset.get(asset, 0.0) + money
    assets = tuple(money_by_asset)
    if not assets:
        raise NotEnoughDataError(
            expected="at least one position that moves and has a beta",
            found="none",
            try_next="add prices of what is held",
        )
    betas = np.array([today[a].value for a in assets], dtype=np.float64)
    benchmark = today.benchmark
    # What has a stated beta may have no prices at all: the benchmark stands in, as for a history that is too short.
    quoted = [k for k, asset in enumerate(assets) if asset in prices]
    pairs = pair_returns(prices, benchmark=benchmark, symbols=(*(assets[k] for k in quoted), benchmark))
    paired = np.where(pairs.joined, np.nan, pairs.asset)
    market = paired[:, -1]
    returns = np.full((len(market), len(assets)), np.nan)
    returns[:, quoted] = paired[:, :-1]
    # Where the benchmark itself is short, nine tenths of its periods are history enough.
    least = min(
        _MIN_HISTORY, pairs.frequency.rows(_MIN_HISTORY, least=_LEAST_ROWS), 9 * int(np.isfinite(market).sum()) // 10
    )
    enough = np.isfinite(returns).sum(axis=0) >= least
    returns[:, ~enough] = market[:, None] * betas[~enough]
    is_complete = np.isfinite(market) & np.isfinite(returns).all(axis=1)
    if np.count_nonzero(is_complete) < 60:
        raise NotEnoughDataError(
            expected="at least 60 periods in which everything held has prices",
            found=f"{np.count_nonzero(is_complete)}",
            try_next="give a longer history of prices",
        )
    return TodaysBook(
        assets=assets,
        exposure=np.array(list(money_by_asset.values())),
        betas=betas,
        nav=exposure.nav,
        dates=pairs.dates[is_complete],
        returns=returns[is_complete],
        market=market[is_complete],
        stood_in=tuple(a for a, fine in zip(assets, enough, strict=True) if not fine),
        frequency=pairs.frequency,
    )
