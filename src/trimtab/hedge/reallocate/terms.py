"""What a reallocation may do and what it is taken to cost: limits, trading costs, liquidity, risk."""

from dataclasses import dataclass, field
from decimal import Decimal
from math import isfinite

import numpy as np

from trimtab.errors import InputError
from trimtab.hedge.reallocate.tax import TaxRules
from trimtab.hedge.rule import Aim
from trimtab.model.decimals import take_decimals, take_pairs
from trimtab.stats.arrays import Floats

__all__ = ["Liquidity", "ReallocationLimits", "RiskModel", "SectorLimit", "TradingCosts"]


def _share(name: str, value: float | None) -> None:
    if value is not None and not value >= 0:
        raise InputError(expected=f"{name} of zero or more", found=f"{value}", try_next="write 5% as 0.05")


@dataclass(frozen=True, slots=True, kw_only=True)
class TradingCosts:
    r"""Cost assumptions for trading shares, funds and coins.

    cost of a trade of V money = (commission_rate + half_spread) V + commission_per_unit x units
                                 + impact x sigma x (V / daily value)^exponent x V

    Parameters
    ----------
    commission_rate
        Share of the money traded.
    commission_per_unit
        Per unit, in the instrument's currency.
    half_spread
        Share of the price; for symbols whose `Liquidity` does not say it.
    impact
        eta: measured near 1 with sigma per day and daily value as traded (Sato and Kanazawa 2025).
    exponent
        Of the share of daily volume, above 0 up to 1: 1/2 is the square-root law; Almgren et al. (2005) found 3/5.
    """

    commission_rate: float = 0.0
    commission_per_unit: float = 0.0
    half_spread: float = 0.0005
    impact: float = 1.0
    exponent: float = 0.5

    def __post_init__(self) -> None:
        for name in ("commission_rate", "commission_per_unit", "half_spread", "impact"):
            _share(f"a {name.replace('_', ' ')}", getattr(self, name))
        if not 0 < self.exponent <= 1:
            raise InputError(expected="an exponent in (0, 1]", found=f"{self.exponent}", try_next="give 0.5 or 0.6")


@dataclass(frozen=True, slots=True, kw_only=True)
class Liquidity:
    """How one symbol trades.

    Parameters
    ----------
    symbol
        As in the price table.
    daily_value
        Money traded on a usual day, base currency; None if not known.
    volatility
        Standard deviation of a day's return; None if not known.
    half_spread
        Share of the price; None takes the assumption of `TradingCosts`.
    """

    symbol: str
    daily_value: float | None = None
    volatility: float | None = None
    half_spread: float | None = None

    def __post_init__(self) -> None:
        for name in ("daily_value", "volatility", "half_spread"):
            _share(f"a {name.replace('_', ' ')} of {self.symbol}", getattr(self, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class SectorLimit:
    """How much of NAV some symbols may hold together.

    Parameters
    ----------
    name
        For people.
    symbols
        Members.
    low, high
        Net value / NAV, signed; a sector that is outside already may stay where it is or come nearer.
    """

    name: str
    symbols: frozenset[str]
    low: float = -float("inf")
    high: float = float("inf")

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise InputError(
                expected=f"limits of {self.name} in order", found=f"{self.low} to {self.high}", try_next="swap them"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskModel:
    """Covariance of returns as factors: loadings loadings' + diag(own_variance), per year.

    Parameters
    ----------
    symbols
        Rows.
    loadings
        Shape (n_symbols, n_factors): return per year's standard deviation of each factor, factors unrelated.
    own_variance
        Shape (n_symbols,), per year, positive.
    note
        Where it comes from, in words.
    """

    symbols: tuple[str, ...]
    loadings: Floats
    own_variance: Floats
    note: str = "the risk model was given"

    def __post_init__(self) -> None:
        n = len(self.symbols)
        shaped = self.loadings.ndim == 2 and len(self.loadings) == n and self.own_variance.shape == (n,)
        if not shaped or not np.isfinite(self.loadings).all() or not (self.own_variance > 0).all():
            raise InputError(
                expected=f"finite loadings with {n} rows and {n} positive own variances",
                found=f"shapes {self.loadings.shape} and {self.own_variance.shape}, or numbers that are not",
                try_next="give one row per symbol",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReallocationLimits:
    """What a reallocation may do.

    A limit that is broken already does not force a trade: it only forbids to break it further.

    Parameters
    ----------
    aim
        Edge of the band (default) or target.
    long_only
        No order may open or enlarge a short.
    max_weight
        Most that one position may be of NAV, either sign; None for no limit.
    max_turnover
        Most money traded, bought and sold added up, as a share of NAV; None for no limit.
    min_cash, max_cash
        Base cash after, in money; None for no limit.
    cash_neutral
        Base cash may only change by `cash_tolerance` x NAV: what is sold is bought.
    cash_tolerance
        Share of NAV.
    max_participation
        Most of a day's traded value that one order may be; not applied where that value is not known.
    sectors
        Limits of groups.
    no_trade
        Symbols that may not be traded.
    lot, lots
        Units that can be traded: a default and (symbol, lot) exceptions.
    tick
        Price step of limit prices, in the instrument's currency; a hundredth of it where prices are quoted in pence.
    min_ticket
        Smallest order, money in base currency.
    risk_aversion
        Price of tracking variance: an added variance v per year costs risk_aversion v / 2 of NAV. Positive.
    costs
        Cost assumptions.
    taxes
        How gains are taxed; None leaves taxes out, and says so.

    Examples
    --------
    >>> from decimal import Decimal
    >>> import trimtab as tt
    >>> limits = tt.ReallocationLimits(
    ...     max_turnover=0.10, no_trade=frozenset({"BRK-B"}), lots=(("7203.T", Decimal(100)),)
    ... )
    >>> limits.lot_of("7203.T"), limits.lot_of("AAPL")
    (Decimal('100'), Decimal('1'))
    """

    aim: Aim = Aim.EDGE
    long_only: bool = True
    max_weight: float | None = None
    max_turnover: float | None = None
    min_cash: float | None = 0.0
    max_cash: float | None = None
    cash_neutral: bool = False
    cash_tolerance: float = 0.001
    max_participation: float | None = None
    sectors: tuple[SectorLimit, ...] = ()
    no_trade: frozenset[str] = frozenset()
    lot: Decimal = Decimal(1)
    lots: tuple[tuple[str, Decimal], ...] = ()
    tick: Decimal = Decimal("0.01")
    min_ticket: float = 0.0
    risk_aversion: float = 5.0
    costs: TradingCosts = field(default_factory=TradingCosts)
    taxes: TaxRules | None = None

    def __post_init__(self) -> None:
        take_decimals(self, "lot", "tick")
        take_pairs(self, "lots")
        for name in ("max_weight", "max_turnover", "cash_tolerance", "max_participation", "min_ticket"):
            _share(f"a {name.replace('_', ' ')}", getattr(self, name))
        if not (isfinite(self.risk_aversion) and self.risk_aversion > 0):
            raise InputError(
                expected="a positive risk aversion", found=f"{self.risk_aversion}", try_next="5 is usual, 1 is bold"
            )
        for name, value in (("lot", self.lot), ("tick", self.tick), *((f"lot of {s}", q) for s, q in self.lots)):
            if not value.is_finite() or value <= 0:
                raise InputError(expected=f"a positive {name}", found=f"{value}", try_next="give for example 1 or 0.01")
        if self.min_cash is not None and self.max_cash is not None and self.min_cash > self.max_cash:
            raise InputError(
                expected="a least cash not above the most", found=f"{self.min_cash} and {self.max_cash}",
                try_next="swap them",
            )  # fmt: skip

    def lot_of(self, symbol: str) -> Decimal:
        """Give the units that can be traded of a symbol."""
        return next((quantity for name, quantity in self.lots if name == symbol), self.lot)
