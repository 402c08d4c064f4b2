r"""Use case: the price of a fast way out: expected cost against risk, position by position or the whole book.

Calibration, as Almgren and Chriss (2001) do for their example, from spread s, daily volume V and price risk sigma
    epsilon = s / 2          eta = s / (0.01 V)        gamma = s / (0.1 V)
trading 1% of a day's volume costs a spread, and selling a tenth of it moves the price by one for good.
Over several positions, with x_k the money left in each after step k and C the covariance of a day's returns
    E = sum of each one's expected cost,   V = tau sum_k x_k' C x_k
Each position follows its own best path at one risk aversion for all.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from trimtab.desk.ask.fields import HoldingFields
from trimtab.desk.ask.liquidity.exits import Liquidity
from trimtab.errors import InputError
from trimtab.exposure.expose import Exposure
from trimtab.market.facts import calendar_of
from trimtab.market.prices import PriceTable
from trimtab.risk.impact import ImpactModel, SalePath, optimal_sale
from trimtab.stats.arrays import Floats

__all__ = ["BOOK", "ExitFrontier", "ExitPath", "almgren_chriss_model", "exit_frontier"]

#: What stands for everything that is held outright.
BOOK = "book"
#: Urgencies, kappa T of the largest position: 0 sells evenly, 8 nearly at once.
_URGENCIES = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)
#: Trading days that risk is measured from, and the fewest rows.
_DAYS, _LEAST_ROWS = 252, 84


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitPath:
    """One way out.

    Parameters
    ----------
    risk_aversion
        lambda, per unit of base currency.
    half_life
        Of the largest position, days; infinite for an even sale.
    expected_cost, sd
        Money, base currency; over NAV they are `cost_share` and `sd_share`.
    remaining
        Share of the value still held at the end of each day, from 1 to 0.
    """

    risk_aversion: float
    half_life: float
    expected_cost: float
    cost_share: float
    sd: float
    sd_share: float
    remaining: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitFrontier:
    """Ways out of a position or of the book, slowest first.

    Parameters
    ----------
    what, value, days
        What is sold, its gross value in base currency, and within how many days.
    paths
        Cost rises and risk falls along them.
    left_out
        Positions whose volume, price or risk is not known; they are not in the figures.
    """

    what: str
    value: float
    days: int
    paths: tuple[ExitPath, ...]
    left_out: tuple[str, ...]


def almgren_chriss_model(*, price: float, spread: float, daily_volume: float, daily_volatility: float) -> ImpactModel:
    """Calibrate linear impact as the paper does.

    Parameters
    ----------
    price, spread
        Money per unit; the whole bid-ask spread, money per unit.
    daily_volume
        Units a day.
    daily_volatility
        Of a day's return, decimal.

    Examples
    --------
    The paper's share: price 50, spread 1/8, five million a day, 30% a year over 250 days.

    >>> model = almgren_chriss_model(price=50, spread=0.125, daily_volume=5e6, daily_volatility=0.3 / 250**0.5)
    >>> round(model.sd, 2), model.fixed, model.permanent, model.temporary
    (0.95, 0.0625, 2.5e-07, 2.5e-06)
    """
    return ImpactModel(
        sd=price * daily_volatility,
        fixed=spread / 2.0,
        permanent=spread / (0.1 * daily_volume),
        temporary=spread / (0.01 * daily_volume),
    )


def exit_frontier(
    exposure: Exposure,
    prices: PriceTable,
    liquidity: Liquidity,
    *,
    what: str = BOOK,
    days: int = 5,
    fields: Mapping[str, HoldingFields] | None = None,
) -> ExitFrontier:
    """Give ways out of a position or of everything held outright.

    Parameters
    ----------
    exposure, prices, liquidity
        The portfolio, its prices in base currency, and how it trades.
    what
        A symbol, or "book".
    days
        All is sold within so many days, one step a day.
    fields
        Half-spreads of symbols; the others have the one of `liquidity`.

    Raises
    ------
    InputError
        If the symbol is not held outright, or no volume is known.
    """
    if days < 1:
        raise InputError(expected="one day or more", found=f"{days}", try_next="give for example --exit-days 5")
    fields_of = fields or {}
    lines = {x.asset: x for x in liquidity.lines}
    if what != BOOK:
        if what not in lines:
            raise InputError(
                expected="a share, fund or coin that is held, or book",
                found=f"{what!r}; held are {', '.join(list(lines)[:8]) or 'none'}",
                try_next="name one of them",
            )
        lines = {what: lines[what]}
    sold = [x for x in lines.values() if x.daily_value and x.value and x.asset in prices.symbols]
    calendar = calendar_of(prices, exposure.benchmark)
    window = calendar.rows(_DAYS, least=_LEAST_ROWS)
    known_rows = np.isfinite(prices.values[:, prices.column(exposure.benchmark)])
    levels = {x.asset: prices.values[known_rows, prices.column(x.asset)][-window - 1 :] for x in sold}
    sold = [x for x in sold if np.isfinite(levels[x.asset]).sum() > window // 4]
    if not sold:
        raise InputError(
            expected="daily volumes and prices of what is to be sold",
            found="none",
            try_next="add volumes to the prices, or daily_value to --fields FILE",
        )
    returns = np.column_stack([_returns(levels[x.asset]) for x in sold])
    whole = returns[np.isfinite(returns).all(axis=1)]
    # Of one day with prices: that of a longer period is shared out over its days.
    covariance = np.atleast_2d(np.cov(whole, rowvar=False)) / calendar.sessions
    # Money is sold in units worth one: the price is 1, and a spread is a share of it.
    models = [
        almgren_chriss_model(
            price=1.0, spread=2.0 * _half(fields_of, x.asset, liquidity.half_spread),
            daily_volume=float(x.daily_value or 0.0), daily_volatility=float(np.sqrt(covariance[i, i])),
        )
        for i, x in enumerate(sold)
    ]  # fmt: skip
    values = np.array([x.value for x in sold])
    return ExitFrontier(
        what=what,
        value=float(np.abs(values).sum()),
        days=days,
        paths=tuple(
            _path(models, values, covariance, days, aversion, exposure.nav)
            for aversion in _aversions(models, values, days)
        ),
        left_out=tuple(a for a in lines if a not in {x.asset for x in sold}),
    )


def _half(fields: Mapping[str, HoldingFields], asset: str, usual: float) -> float:
    stated = fields[asset].half_spread if asset in fields else None
    return usual if stated is None else stated


def _returns(levels: Floats) -> Floats:
    returns: Floats = levels[1:] / levels[:-1] - 1.0
    return returns


def _aversions(models: list[ImpactModel], values: Floats, days: int) -> tuple[float, ...]:
    """Turn urgencies of the largest position into risk aversions."""
    largest = models[int(np.argmax(np.abs(values)))]
    eta = largest.temporary - 0.5 * largest.permanent
    return tuple(
        2.0 * (np.cosh(urgency / days) - 1.0) * eta / largest.sd**2 if largest.sd > 0 else 0.0 for urgency in _URGENCIES
    )


def _path(
    models: list[ImpactModel],
    values: Floats,
    covariance: Floats,
    days: int,
    aversion: float,
    nav: float,
) -> ExitPath:
    paths: list[SalePath] = [
        optimal_sale(m, units=abs(float(v)), horizon=float(days), steps=days, risk_aversion=aversion)
        for m, v in zip(models, values, strict=True)
    ]
    # Shape (days + 1, n): signed money left in each.
    left = np.column_stack([p.remaining * np.sign(v) for p, v in zip(paths, values, strict=True)])
    variance = float(np.einsum("ki,ij,kj->", left[1:], covariance, left[1:]))
    cost = sum(p.expected_cost for p in paths)
    sd = max(0.0, variance) ** 0.5
    gross = np.abs(left).sum(axis=1)
    return ExitPath(
        risk_aversion=float(aversion),
        half_life=paths[int(np.argmax(np.abs(values)))].half_life,
        expected_cost=cost,
        cost_share=cost / nav,
        sd=sd,
        sd_share=sd / nav,
        remaining=tuple((gross / gross[0]).tolist()),
    )
