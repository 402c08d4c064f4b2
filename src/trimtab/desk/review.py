"""Use case: review a portfolio against its mandate."""

from dataclasses import dataclass

import numpy as np

from trimtab.beta.estimate import Betas
from trimtab.beta.method import Estimator
from trimtab.desk.measure import measure_betas, with_currencies
from trimtab.errors import Failure
from trimtab.exposure.expose import Exposure, expose
from trimtab.hedge.verdict import Verdict, judge
from trimtab.market.currency import FxRates
from trimtab.market.prices import PriceTable
from trimtab.market.rates import RiskFree
from trimtab.market.snapshot import Market, market_at
from trimtab.model.instrument import Cash, Future, Instrument, Perpetual
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio

__all__ = ["Review", "Setting", "review", "set_up"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One moment, ready to measure portfolios in.

    Parameters
    ----------
    market
        Prices and rates as of the moment.
    betas
        Betas measured with data up to it.
    failures, notes
        What was set aside and decided on the way.
    """

    market: Market
    betas: Betas
    failures: tuple[Failure, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A portfolio measured and compared with its mandate."""

    mandate: Mandate
    exposure: Exposure
    verdict: Verdict
    betas: Betas
    failures: tuple[Failure, ...]
    notes: tuple[str, ...]


def set_up(
    prices: PriceTable,
    portfolio: Portfolio,
    *,
    benchmark: str,
    extra: tuple[Instrument, ...] = (),
    method: str | Estimator = "default",
    as_of: np.datetime64 | str | None = None,
    risk_free: RiskFree | None = None,
    fx: FxRates | None = None,
    **options: object,
) -> Setting:
    """Take the moment and measure all betas in the portfolio's base currency.

    Parameters
    ----------
    extra
        Instruments that may be traded though they are not held, such as hedges.
    """
    instruments = (*(p.instrument for p in portfolio.positions), *extra)
    # A future's gains are converted when they are paid; its price return itself is not exposed to exchange rates.
    local = frozenset(
        name
        for i in instruments
        if isinstance(i, Future | Perpetual)
        for name in (i.symbol, getattr(i, "root", i.symbol))
    )
    foreign_cash = tuple(
        dict.fromkeys(i.currency for i in instruments if isinstance(i, Cash) and i.currency != portfolio.base)
    )
    market = market_at(prices, base=portfolio.base, as_of=as_of, fx=fx)
    measured = measure_betas(
        with_currencies(prices, foreign_cash) if fx is not None else prices,
        benchmark=benchmark,
        method=method,
        as_of=as_of,
        risk_free=risk_free,
        base=portfolio.base,
        fx=fx,
        local=local,
        **options,
    )
    return Setting(market=market, betas=measured.betas, failures=measured.failures, notes=measured.notes)


def review(portfolio: Portfolio, mandate: Mandate, setting: Setting) -> Review:
    """Measure a portfolio and judge it."""
    exposure = expose(portfolio, setting.market, setting.betas)
    return Review(
        mandate=mandate,
        exposure=exposure,
        verdict=judge(exposure, mandate),
        betas=setting.betas,
        failures=setting.failures,
        notes=setting.notes,
    )
