r"""Portfolio beta with its error: positions x market x betas.

    beta_exposure_i = beta_i x delta_exposure_i          money that moves with the benchmark
    portfolio beta  = sum(beta_exposure) / NAV
    error           = | sum_i (delta_exposure_i / NAV) x (error scores of beta_i) |

The error comes from the portfolio's own residuals: scores of assets that err together add up, those of a long and a
short in the same kind of asset cancel as far as the data say they do.

A position that cannot be measured counts in no total; it lowers coverage, and is listed with its reason.
"""

from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from trimtab.beta.estimate import BetaEstimate, Betas
from trimtab.errors import NotEnoughDataError, Reason
from trimtab.exposure.value import Valuation, value_position
from trimtab.market.prices import Flag
from trimtab.market.snapshot import Market
from trimtab.model.instrument import Cash, kind_of
from trimtab.model.portfolio import Portfolio, Position
from trimtab.stats.normal import normal_quantile

__all__ = ["Coverage", "Exposure", "Missing", "PortfolioBeta", "PositionExposure", "expose", "find_beta"]

#: The interval shown beside a portfolio beta.
LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionExposure:
    """One position, measured.

    Parameters
    ----------
    asset, kind, quantity, currency
        The position; quantity signed.
    value, delta_exposure, beta_exposure
        Base currency; None where not known.
    beta, stderr
        Of what the position follows, to the benchmark.
    contribution
        beta_exposure / NAV: the part of portfolio beta that comes from here.
    price, price_date, fx, multiplier, delta
        What went in.
    follows
        Symbol whose beta was used; None for base cash or where there is none.
    flags, reason
        What a reader should know; why a number is missing.
    """

    asset: str
    kind: str
    quantity: float
    currency: str
    value: float | None
    delta_exposure: float | None
    beta: float | None
    stderr: float | None
    beta_exposure: float | None
    contribution: float | None
    price: float | None
    price_date: np.datetime64 | None
    fx: float | None
    multiplier: float
    delta: float | None
    follows: str | None
    flags: tuple[Flag, ...] = ()
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A position that was not measured, and why."""

    asset: str
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of the portfolio was measured.

    Parameters
    ----------
    share
        Measured share of gross delta exposure, 0 to 1. Positions without a price are assumed to be as large as the
        average priced one, because nothing says how large they are.
    missing
        What was not measured.
    unpriced
        How many of those have no price at all, so that NAV itself is not known.
    """

    share: float
    missing: tuple[Missing, ...]
    unpriced: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioBeta:
    """Portfolio beta on NAV, its standard error and the 95% interval."""

    value: float
    stderr: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """A portfolio, measured.

    Parameters
    ----------
    as_of, base, benchmark
        When, in which currency, against what.
    nav
        Net asset value: sum of the values of all priced positions, base currency.
    beta
        On NAV, with its error.
    beta_exposure
        Sum over positions, base currency; positive = long the benchmark.
    money_per_1pct
        Gain when the benchmark rises by 1%, base currency.
    gross_beta
        Sum of |beta_exposure| / NAV.
    net, gross
        Sum of delta exposures and of their absolute values, base currency.
    coverage
        What was measured.
    positions
        In the portfolio's order.
    """

    as_of: np.datetime64
    base: str
    benchmark: str
    nav: float
    beta: PortfolioBeta
    beta_exposure: float
    money_per_1pct: float
    gross_beta: float
    net: float
    gross: float
    coverage: Coverage
    positions: tuple[PositionExposure, ...]


def expose(portfolio: Portfolio, market: Market, betas: Betas) -> Exposure:
    """Measure a portfolio.

    Parameters
    ----------
    portfolio
        What is held.
    market
        Prices and exchange rates at one moment.
    betas
        Betas in base-currency returns to one benchmark.

    Raises
    ------
    NotEnoughDataError
        If NAV is not positive, so that a beta on NAV has no meaning.
    """
    held = tuple(p for p in portfolio.positions if p.quantity != 0)
    valued = [(p, value_position(p, market)) for p in held]
    nav = float(sum(v.value for _, v in valued if v.value is not None))
    if not nav > 0:
        raise NotEnoughDataError(
            expected="a portfolio with a positive net asset value",
            found=f"NAV {nav:,.2f} {market.base} from {len(held)} positions, "
            f"{sum(v.value is None for _, v in valued)} of them without a value",
            try_next="add the cash that backs the positions, and prices for those that have none",
        )
    positions = tuple(_measure(p, v, betas, nav, market) for p, v in valued)
    weights = _weights(positions, betas, nav)
    beta_exposure = float(sum(p.beta_exposure for p in positions if p.beta_exposure is not None))
    exposures = [p.delta_exposure for p in positions if p.delta_exposure is not None and p.reason is None]
    return Exposure(
        as_of=market.as_of,
        base=market.base,
        benchmark=betas.benchmark,
        nav=nav,
        beta=_portfolio_beta(beta_exposure / nav, betas.combined_error(weights)),
        beta_exposure=beta_exposure,
        money_per_1pct=beta_exposure / 100.0,
        gross_beta=float(sum(abs(p.beta_exposure) for p in positions if p.beta_exposure is not None)) / nav,
        net=float(sum(exposures)),
        gross=float(sum(abs(e) for e in exposures)),
        coverage=_coverage(positions),
        positions=positions,
    )


def find_beta(
    follows: tuple[str, ...], stand_ins: tuple[str, ...], betas: Betas
) -> tuple[BetaEstimate | None, tuple[Flag, ...]]:
    """Find the beta of the first of several names that has one; a stand-in is flagged."""
    for symbol in (*follows, *stand_ins):
        if symbol in betas.assets and betas[symbol].value is not None:
            estimate = betas[symbol]
            flags = estimate.flags if symbol in follows else (*estimate.flags, Flag.BETA_FROM_UNDERLYING)
            return estimate, flags
    return None, ()


def _measure(position: Position, valued: Valuation, betas: Betas, nav: float, market: Market) -> PositionExposure:
    instrument = position.instrument
    is_base_cash = isinstance(instrument, Cash) and instrument.currency == market.base
    estimate, flags = (None, ()) if is_base_cash else find_beta(valued.follows, valued.stand_ins, betas)
    reason = valued.reason
    if reason is None and estimate is None and not is_base_cash:
        known = [betas[s] for s in valued.follows if s in betas.assets]
        reason = known[0].reason if known and known[0].reason else Reason.NO_BETA
    beta = 0.0 if is_base_cash else None if estimate is None or reason else estimate.value
    stderr = 0.0 if is_base_cash else None if estimate is None or reason else estimate.stderr
    money = None if beta is None or valued.delta_exposure is None else beta * valued.delta_exposure
    return PositionExposure(
        asset=position.symbol,
        kind=kind_of(instrument),
        quantity=float(position.quantity),
        currency=instrument.currency,
        value=valued.value,
        delta_exposure=valued.delta_exposure,
        beta=beta,
        stderr=stderr,
        beta_exposure=money,
        contribution=None if money is None else money / nav,
        price=None if valued.price is None else valued.price.value,
        price_date=None if valued.price is None else valued.price.date,
        fx=None if valued.fx is None else valued.fx.value,
        multiplier=valued.multiplier,
        delta=valued.delta,
        follows=None if estimate is None else estimate.asset,
        flags=tuple(dict.fromkeys((*valued.flags, *flags))),
        reason=reason,
    )


def _weights(positions: tuple[PositionExposure, ...], betas: Betas, nav: float) -> NDArray[np.float64]:
    """Give delta exposure / NAV by asset of `betas`, shape (n_assets,)."""
    row = {asset: i for i, asset in enumerate(betas.assets)}
    weights = np.zeros(len(row))
    for p in positions:
        if p.follows is not None and p.beta_exposure is not None and p.delta_exposure is not None:
            weights[row[p.follows]] += p.delta_exposure / nav
    return weights


def _portfolio_beta(value: float, stderr: float) -> PortfolioBeta:
    reach = normal_quantile(0.5 + LEVEL / 2.0) * stderr
    return PortfolioBeta(value=value, stderr=stderr, low=value - reach, high=value + reach)


def _coverage(positions: tuple[PositionExposure, ...]) -> Coverage:
    missing = tuple(Missing(asset=p.asset, reason=p.reason) for p in positions if p.reason is not None)
    unpriced = sum(p.delta_exposure is None for p in positions)
    known = sum(abs(p.delta_exposure) for p in positions if p.delta_exposure is not None)
    measured = sum(abs(p.delta_exposure) for p in positions if p.delta_exposure is not None and p.reason is None)
    priced_share = 1.0 - unpriced / len(positions) if positions else nan
    share = (measured / known if known > 0 else 1.0) * priced_share
    return Coverage(share=share, missing=missing, unpriced=unpriced)
