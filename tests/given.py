"""Prices and books whose truth is known: planted betas, given errors."""

import numpy as np

from trimtab.beta.estimate import BetaEstimate, Betas
from trimtab.market.prices import Flag, PriceTable
from trimtab.market.snapshot import Market, market_at

DAY = np.datetime64("2024-03-01", "s")


def given_betas(benchmark: str, values: dict[str, tuple[float, float]]) -> Betas:
    """Make betas with given values and independent errors; the benchmark has 1 by definition."""
    everything = {benchmark: (1.0, 0.0), **values}
    estimates = tuple(
        BetaEstimate(
            asset=name,
            value=value,
            stderr=error,
            n_obs=252,
            n_eff=252.0,
            first=DAY,
            last=DAY,
            method="given",
            flags=(Flag.IDENTITY,) if name == benchmark else (),
        )
        for name, (value, error) in everything.items()
    )
    errors = np.array([e for _, e in everything.values()])
    return Betas(
        benchmark=benchmark,
        as_of=DAY,
        method="given",
        estimates=estimates,
        scores=np.zeros((1, len(errors))),
        own_variance=errors**2,
    )


def given_market(prices: dict[str, float], base: str = "USD") -> Market:
    """Make a moment with given prices."""
    table = PriceTable.of({name: [price, price] for name, price in prices.items()}, dates=["2024-02-29", "2024-03-01"])
    return market_at(table, base=base)


def price_path(returns: np.ndarray, start: float = 100.0) -> np.ndarray:
    """Turn returns into prices, one more row than there are returns."""
    return start * np.concatenate([np.ones((1, *returns.shape[1:])), np.cumprod(1.0 + returns, axis=0)])


def business_days(count: int, start: str = "2015-01-02") -> np.ndarray:
    """Give weekdays from a start date."""
    return np.busday_offset(np.datetime64(start, "D"), np.arange(count), roll="forward")


def planted(
    betas: dict[str, float], *, n: int = 750, seed: int = 7, noise: float = 0.01, market_sd: float = 0.01
) -> PriceTable:
    """Make prices whose betas to M are known: r = beta m + e, with independent normal noise."""
    rng = np.random.default_rng(seed)
    market = rng.normal(0.0003, market_sd, n)
    columns = {"M": price_path(market)}
    for name, beta in betas.items():
        columns[name] = price_path(beta * market + rng.normal(0.0, noise, n))
    return PriceTable.of(columns, dates=business_days(n + 1), currency="USD")


def demo_inputs():
    """Give the bundled sample as arguments: prices, holdings, mandate, base."""
    from trimtab import sample
    from trimtab.model.mandate import Mandate

    return {
        "prices": [sample.prices_path(), sample.futures_path()],
        "holdings": sample.portfolio_path(),
        "mandate": Mandate(benchmark=sample.BENCHMARK, target=1.0, band=0.05),
        "base": sample.BASE_CURRENCY,
    }


def settle(prices, holdings, mandate, *, hedge=(), currencies=(), chain=None, **how):
    """Give contracts, setting, book and hedges, as every answer of a portfolio starts with."""
    from trimtab.desk.answers.settled import settle as settle_inputs
    from trimtab.python.how import groups_of
    from trimtab.wiring.files import open_inputs

    measuring, instruments = groups_of({**how, "chain": chain})
    inputs = open_inputs(prices, holdings, measuring, instruments)
    done = settle_inputs(inputs, mandate, measuring, hedge=tuple(hedge), currencies=currencies)
    return done.contracts, done.setting, done.held, done.hedges
