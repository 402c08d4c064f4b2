r"""Portfolio beta with its error: positions x market x betas.

    beta_exposure_i = beta_i x delta_exposure_i          money that moves with the benchmark
    portfolio beta  = sum(beta_exposure) / NAV
    error           = | sum_i (delta_exposure_i / NAV) x (error scores of beta_i) |

The error comes from the portfolio's own residuals: scores of assets that err together add up, those of a long and a
short in the same kind of asset cancel as far as the data say they do.

Where the method gives both readings of beta (fitted to the past, and forecast), both are summed up over the same
positions and the same weights, each with its own scores: either one's error is exact.

A position that cannot be measured counts in no total; it lowers coverage, is listed with its reason, and carries the
bounds within which its value and beta exposure lie (`coverage`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trimtab.beta.estimate import BetaEstimate, BetaReading, Betas, SpeaksOf
from trimtab.errors import NotEnoughDataError, Reason
from trimtab.exposure.coverage import LEVEL, Coverage, Covered, Missing, PositionBounds, bound_position, cover
from trimtab.exposure.valuation import Leg, OptionFigures, Valuation
from trimtab.exposure.value import value_position
from trimtab.market.prices import Flag
from trimtab.market.snapshot import Market, Quote
from trimtab.model.blend import parse_blend
from trimtab.model.instrument import KINDS
from trimtab.model.portfolio import Portfolio, Position
from trimtab.model.shown import Shown
from trimtab.stats.arrays import Floats
from trimtab.stats.normal import normal_quantile

__all__ = [
    "LEVEL",
    "BothReadings", "Coverage", "Exposure", "Missing", "PortfolioBeta", "PositionBeta", "PositionExposure",
    "expose", "expose_valued", "find_beta", "portfolio_beta", "value_book",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionBeta:
    """The beta of one position in one reading; beta and error are None where its delta exposures cancel.

    Parameters
    ----------
    beta, stderr
        Of what the position follows, to the benchmark; of several things, weighted by their delta exposures.
    beta_exposure
        Base currency; positive = long the benchmark.
    """

    beta: float | None
    stderr: float | None
    beta_exposure: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionExposure:
    """One position, measured.

    Parameters
    ----------
    asset, kind, quantity, currency
        The position; quantity signed.
    value, delta_exposure, beta_exposure
        Base currency; None where not known.
    gamma_exposure
        Second derivative of value by the relative move of the underlying, base currency.
    beta, stderr
        Of what the position follows, to the benchmark; of several things, weighted by their delta exposures.
    contribution
        beta_exposure / NAV: the part of portfolio beta that comes from here.
    price, price_date, fx, multiplier, delta
        What went in.
    follows
        Symbols whose betas were used, joined by +; None for base cash or where there is none.
    beta_weighted_delta
        beta_exposure / price of the benchmark: benchmark units that gain the same per point; None without its price
        and of a blend, which has no units.
    leverage
        The multiple that a leveraged fund promises; 1 for everything else.
    option
        Further figures of an option.
    elasticity
        Relative move of the option per relative move of its underlying; times beta it is the option's own beta.
    carry
        Gain per year if prices stand still (basis of a future, funding of a perpetual), base currency; None if not
        known.
    bounds
        What it can be, where it was not measured or its quote leaves it open; None elsewhere.
    weights
        Exposure by symbol whose beta was used, in the order of what the position follows: its price, then its currency.
    companion
        The same position in the reading of beta that `Exposure.beta` does not have; None where there is none.
    currency_beta_exposure
        The part of `beta_exposure` that comes with money: a currency or coin that value or gains are in.
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
    gamma_exposure: float | None = None
    beta_weighted_delta: float | None = None
    leverage: float = 1.0
    option: OptionFigures | None = None
    elasticity: float | None = None
    carry: float | None = None
    bounds: PositionBounds | None = None
    weights: tuple[tuple[str, float], ...] = ()
    companion: PositionBeta | None = None
    currency_beta_exposure: float = 0.0
    flags: tuple[Flag, ...] = ()
    reason: Reason | None = None

    @property
    def is_money(self) -> bool:
        """Whether it is money itself."""
        return KINDS[self.kind].is_money

    @property
    def is_owned(self) -> bool:
        """Whether its units are owned, at their whole price."""
        return KINDS[self.kind].is_owned

    @property
    def is_contract(self) -> bool:
        """Whether it is a contract with a multiplier."""
        return KINDS[self.kind].is_contract

    @property
    def settles_daily(self) -> bool:
        """Whether its gains become money instead of a value."""
        return KINDS[self.kind].settles_daily

    @property
    def option_beta(self) -> float | None:
        """Beta of the option itself: elasticity x beta of its underlying."""
        return None if self.elasticity is None or self.beta is None else self.elasticity * self.beta


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioBeta:
    """Portfolio beta on NAV, its standard error and the 95% interval, and what they are a statement about."""

    value: float
    stderr: float
    low: float
    high: float
    speaks_of: SpeaksOf


class BothReadings:
    """Portfolio beta in either reading, whichever of them is in front."""

    __slots__ = ()
    beta: PortfolioBeta
    companion: PortfolioBeta | None

    @property
    def fitted(self) -> PortfolioBeta | None:
        """Portfolio beta as fitted to the past; None where the method does not give it."""
        return self.reading(BetaReading.FIT)

    @property
    def forecast(self) -> PortfolioBeta | None:
        """Portfolio beta as forecast; None where the method does not give it."""
        return self.reading(BetaReading.FORECAST)

    def reading(self, wanted: BetaReading | str) -> PortfolioBeta | None:
        """Give portfolio beta in one of the two readings."""
        return next((b for b in (self.beta, self.companion) if b is not None and b.speaks_of.reading == wanted), None)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Exposure(BothReadings, Shown):
    """A portfolio, measured.

    Parameters
    ----------
    as_of, base, benchmark
        When, in which currency, against what.
    nav
        Net asset value: sum of the values of all priced positions, base currency.
    beta
        On NAV, with its error: in the reading that the betas answer with. Everything else here is of this reading.
    companion
        The other reading of the same positions; None where the method, or an asset, does not have it.
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

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> prices = tt.read_prices(sample.prices_path())
    >>> betas = tt.estimate_betas(prices, benchmark="SPX")
    >>> held = tt.portfolio("400 AAPL, 150 MSFT, 20000 USD")
    >>> exposure = tt.expose(held, tt.market_at(prices, base="USD"), betas)
    >>> round(exposure.money_per_1pct / exposure.beta_exposure, 12)
    0.01
    >>> exposure.coverage.share
    1.0
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
    companion: PortfolioBeta | None = None

    @property
    def leverage(self) -> float:
        """Gross delta exposure / NAV."""
        return self.gross / self.nav


#: Flags of a beta that nobody measured.
_STATED = frozenset({Flag.BETA_STATED, Flag.BETA_FROM_PROXY})


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
    return expose_valued(value_book(portfolio, market), market, betas)


def value_book(portfolio: Portfolio, market: Market) -> tuple[tuple[Position, Valuation], ...]:
    """Value every position that is held, in the portfolio's order."""
    return tuple((p, value_position(p, market)) for p in portfolio.positions if p.quantity != 0)


def expose_valued(valued: Sequence[tuple[Position, Valuation]], market: Market, betas: Betas) -> Exposure:
    """Measure positions that were valued already: `expose` from there on.

    Parameters
    ----------
    valued
        From `value_book`.
    market, betas
        As for `expose`.

    Raises
    ------
    NotEnoughDataError
        As `expose` does.
    """
    nav = float(sum(v.value for _, v in valued if v.value is not None))
    if not nav > 0:
        raise NotEnoughDataError(
            expected="a portfolio with a positive net asset value",
            found=f"NAV {nav:,.2f} {market.base} from {len(valued)} positions, "
            f"{sum(v.value is None for _, v in valued)} of them without a value",
            try_next="add the cash that backs the positions, and prices for those that have none",
        )
    # A blend is traded in no units: its level says nothing.
    index = None if parse_blend(betas.benchmark) else market.price(betas.benchmark)
    positions = tuple(_measure(p, v, betas, nav, market, index) for p, v in valued)
    beta_exposure = float(sum(p.beta_exposure for p in positions if p.beta_exposure is not None))
    exposures = [p.delta_exposure for p in positions if p.delta_exposure is not None and p.reason is None]
    return Exposure(
        as_of=market.as_of,
        base=market.base,
        benchmark=betas.benchmark,
        nav=nav,
        beta=portfolio_beta(beta_exposure / nav, _weights(positions, betas, nav), betas),
        companion=_companion(positions, betas.companion, nav),
        beta_exposure=beta_exposure,
        money_per_1pct=beta_exposure / 100.0,
        gross_beta=float(sum(abs(p.beta_exposure) for p in positions if p.beta_exposure is not None)) / nav,
        net=float(sum(exposures)),
        gross=float(sum(abs(e) for e in exposures)),
        coverage=cover(
            [
                Covered(
                    asset=p.asset,
                    delta_exposure=p.delta_exposure,
                    reason=p.reason,
                    bounds=p.bounds,
                    stated=not _STATED.isdisjoint(p.flags),
                )
                for p in positions
            ],
            nav=nav,
            beta_exposure=beta_exposure,
        ),
        positions=positions,
    )


def find_beta(
    follows: tuple[str, ...], stand_ins: tuple[str, ...], betas: Betas
) -> tuple[BetaEstimate | None, tuple[Flag, ...]]:
    """Find the beta of the first of several names that has one; a stand-in is flagged."""
    for symbol in (*follows, *stand_ins):
        if symbol in betas and betas[symbol].value is not None:
            estimate = betas[symbol]
            flags = estimate.flags if symbol in follows else (*estimate.flags, Flag.BETA_FROM_UNDERLYING)
            return estimate, flags
    return None, ()


def _measure(
    position: Position, valued: Valuation, betas: Betas, nav: float, market: Market, index: Quote | None
) -> PositionExposure:
    joined = None if valued.legs is None else [_join(leg, betas) for leg in valued.legs]
    reason = valued.reason
    if reason is None and joined is not None:
        reason = next((one for one in joined if isinstance(one, Reason)), None)
    measured = [] if joined is None or reason else [one for one in joined if not isinstance(one, Reason)]
    weights = _by_symbol(measured)
    own = None if reason else _read(weights, valued.delta_exposure, betas)
    money = None if own is None else own.beta_exposure
    instrument = position.instrument
    return PositionExposure(
        asset=position.symbol,
        kind=instrument.kind,
        quantity=float(position.quantity),
        currency=instrument.currency,
        value=valued.value,
        delta_exposure=valued.delta_exposure,
        gamma_exposure=valued.gamma_exposure,
        beta=None if own is None else own.beta,
        stderr=None if own is None else own.stderr,
        beta_exposure=money,
        contribution=None if money is None else money / nav,
        price=None if valued.price is None else valued.price.value,
        price_date=None if valued.price is None else valued.price.date,
        fx=None if valued.fx is None else valued.fx.value,
        multiplier=valued.multiplier,
        delta=valued.delta,
        follows="+".join(weights) or None,
        beta_weighted_delta=None if money is None or index is None else money / index.value,
        leverage=float(instrument.leverage),
        option=valued.option,
        elasticity=_elasticity(valued),
        carry=valued.carry,
        bounds=bound_position(position, valued, betas, market, beta_exposure=money),
        weights=tuple(weights.items()),
        companion=None
        if own is None or betas.companion is None
        else _read(weights, valued.delta_exposure, betas.companion),
        currency_beta_exposure=sum(e.value * leg.delta_exposure for leg, e, _ in measured if leg.money is not None),
        flags=tuple(dict.fromkeys((*valued.flags, *(f for _, _, flags in measured for f in flags)))),
        reason=reason,
    )


def _join(leg: Leg, betas: Betas) -> "tuple[Leg, _Known, tuple[Flag, ...]] | Reason":
    """Join a leg with the beta of what it follows, or say why there is none."""
    estimate, flags = find_beta(leg.follows, leg.stand_ins, betas)
    if estimate is None or estimate.value is None:
        reasons = [betas[s].reason for s in leg.follows if s in betas]
        return next((r for r in reasons if r is not None), Reason.NO_BETA)
    return leg, _Known(asset=estimate.asset, value=estimate.value), flags


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A beta that is there."""

    asset: str
    value: float


def _by_symbol(measured: "list[tuple[Leg, _Known, tuple[Flag, ...]]]") -> dict[str, float]:
    weights: dict[str, float] = {}
    for leg, estimate, _ in measured:
        weights[estimate.asset] = weights.get(estimate.asset, 0.0) + leg.delta_exposure
    return weights


def _read(weights: dict[str, float], exposure: float | None, betas: Betas) -> PositionBeta | None:
    """Give a position's beta in one reading: of one thing as it is, of several weighted by their exposures.

    None if something that it follows has no beta in this reading.
    """
    money = 0.0
    for asset, weight in weights.items():
        value = betas[asset].value
        if value is None:
            return None
        money += value * weight
    if not weights:
        return PositionBeta(beta=0.0, stderr=0.0, beta_exposure=money)
    if len(weights) == 1:
        estimate = betas[next(iter(weights))]
        return PositionBeta(beta=estimate.value, stderr=estimate.stderr, beta_exposure=money)
    if not exposure:
        return PositionBeta(beta=None, stderr=None, beta_exposure=money)
    error = betas.combined_error(_vector(weights, betas)) / abs(exposure)
    return PositionBeta(beta=money / exposure, stderr=error, beta_exposure=money)


def _vector(weights: dict[str, float], betas: Betas) -> Floats:
    """Lay weights out in the order of `betas`, shape (n_assets,)."""
    vector = np.zeros(len(betas.estimates))
    for asset, weight in weights.items():
        vector[betas.row(asset)] += weight
    return vector


def _elasticity(valued: Valuation) -> float | None:
    """Relative move of an option per relative move of its underlying: delta exposure / value."""
    if valued.option is None or not valued.value or valued.delta_exposure is None:
        return None
    return valued.delta_exposure / valued.value


def _weights(positions: tuple[PositionExposure, ...], betas: Betas, nav: float) -> Floats:
    """Give delta exposure / NAV by asset of `betas`, shape (n_assets,)."""
    total: dict[str, float] = {}
    for p in positions:
        for asset, exposure in p.weights if p.beta_exposure is not None else ():
            total[asset] = total.get(asset, 0.0) + exposure / nav
    return _vector(total, betas)


def portfolio_beta(value: float, weights: Floats, betas: Betas) -> PortfolioBeta:
    """Give a portfolio beta its error, its interval and what it speaks of.

    Parameters
    ----------
    value
        On NAV.
    weights
        Delta exposure / NAV by asset of `betas`, shape (n_assets,).
    betas
        Those that the value is made of.
    """
    stderr = betas.combined_error(weights)
    reach = normal_quantile(0.5 + LEVEL / 2.0) * stderr
    return PortfolioBeta(value=value, stderr=stderr, low=value - reach, high=value + reach, speaks_of=betas.speaks_of)


def _companion(positions: tuple[PositionExposure, ...], other: Betas | None, nav: float) -> PortfolioBeta | None:
    """Give portfolio beta in the other reading, over the positions that were measured; None if one lacks it."""
    measured = [p for p in positions if p.beta_exposure is not None]
    if other is None or any(p.companion is None for p in measured):
        return None
    money = float(sum(p.companion.beta_exposure for p in measured if p.companion is not None))
    return portfolio_beta(money / nav, _weights(positions, other, nav), other)
