"""Positions and portfolios: what is held, with signs, and nothing about what it is worth."""

import datetime as dt
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from trimtab.errors import InputError
from trimtab.model.contract import LATER
from trimtab.model.decimals import is_in_reach, take_decimals, take_floats
from trimtab.model.instrument import Instrument
from trimtab.model.instruments.checks import check_currency
from trimtab.model.instruments.kind import InstrumentKind
from trimtab.model.stated_beta import StatedBeta

__all__ = ["DeltaConvention", "Portfolio", "Position", "Stated", "TaxLot"]

_Contract = TypeVar("_Contract", bound=InstrumentKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxLot:
    """A part of a position bought (or sold short) in one go.

    Parameters
    ----------
    quantity
        Signed like the position.
    price
        Price paid per unit, in the instrument's currency.
    acquired
        The day it was bought.
    """

    quantity: Decimal
    price: Decimal
    acquired: dt.date

    def __post_init__(self) -> None:
        take_decimals(self, "quantity", "price")


#: Beyond this a stated delta is in another unit.
_MOST_DELTA = 1.5


class DeltaConvention(StrEnum):
    """What a vendor's delta is a change per 1 of."""

    SPOT = "spot"  # of the spot: dV/dS, which holds exp(-qT)
    FORWARD = "forward"  # of the forward, undiscounted: N(d1) of a European call


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What the user says about a position where the price table does not, or says better.

    Parameters
    ----------
    price
        Of one unit, in the instrument's currency (coin for coin-premium options); used where the table has none.
    bid, ask
        Of one unit: an option's volatility is taken from their middle, with an interval from both.
    vol
        Volatility per square-root year (0.2 = 20%).
    delta
        A vendor's delta of one unit, from -1 to 1, used instead of a model's.
    delta_convention
        What that delta is per 1 of: the spot (unless said) or the forward.
    rate, dividend_yield
        Continuously compounded per year; None means 0 and is said.
    dividends
        Cash dividends of the underlying before expiry as (ex-date, amount).
    forward
        Forward price of the underlying to the option's expiry; replaces the dividend yield.
    entry
        Price at which a perpetual was entered; its gain since then counts in NAV. None: gains are settled.
    funding
        Funding rate of a perpetual per eight hours (0.0001 = 0.01%); positive = longs pay.
    venue
        Where it is held: the exchange or broker in whose account it stands.
    initial_margin, maintenance_margin
        What the broker asks for one contract, in the money that it is margined in: a fact that goes before any rule.
    beta
        Beta of the position's asset, or a proxy for it, with source, error and last day.
    """

    price: Decimal | None = None
    bid: Decimal | None = None
    ask: Decimal | None = None
    vol: float | None = None
    delta: float | None = None
    delta_convention: DeltaConvention = DeltaConvention.SPOT
    rate: float | None = None
    dividend_yield: float | None = None
    dividends: tuple[tuple[dt.date, float], ...] = ()
    forward: float | None = None
    entry: Decimal | None = None
    funding: float | None = None
    venue: str | None = field(default=None, metadata=LATER)
    initial_margin: float | None = field(default=None, metadata=LATER)
    maintenance_margin: float | None = field(default=None, metadata=LATER)
    beta: StatedBeta | None = field(default=None, metadata=LATER)

    def __post_init__(self) -> None:
        take_decimals(self, "price", "bid", "ask", "entry")
        take_floats(self, "vol", "delta", "rate", "dividend_yield", "forward", "funding")
        take_floats(self, "initial_margin", "maintenance_margin")
        _check_margins(self)
        if self.vol is not None and not 0 <= self.vol < 20:
            raise InputError(
                expected="a volatility per year such as 0.2, from 0 up to 20",
                found=f"{self.vol}",
                try_next="write 20% as 0.2",
            )
        if self.delta_convention not in list(DeltaConvention):
            raise InputError(
                expected="a delta convention: spot or forward",
                found=f"{self.delta_convention!r}",
                try_next="write forward for N(d1) on the forward, spot for dV/dS",
            )
        # exp(-qT) with a negative yield lifts a delta a little above 1
        if self.delta is not None and not -_MOST_DELTA <= self.delta <= _MOST_DELTA:
            raise InputError(
                expected="a delta of one unit, from -1 to 1",
                found=f"{self.delta}",
                try_next="divide by 100 a delta in percent, by quantity x multiplier one of the whole position",
            )


def _check_margins(stated: Stated) -> None:
    """Refuse a broker's figures that cannot be: less than nothing, or one without the other.

    Raises
    ------
    InputError
        If so.
    """
    both = (stated.initial_margin, stated.maintenance_margin)
    if both == (None, None):
        return
    initial, maintenance = both
    if initial is None or maintenance is None or not 0 <= maintenance <= initial < float("inf"):
        raise InputError(
            expected="the broker's initial and maintenance margin of one contract, 0 or more, the initial one no less",
            found=f"initial_margin {initial}, maintenance_margin {maintenance}",
            try_next="give both as the broker states them for one contract, or neither",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A signed quantity of one instrument.

    Parameters
    ----------
    instrument
        What is held.
    quantity
        Units, contracts or money; positive = long, negative = short.
    lots
        Tax lots, if known; they sum to the quantity.
    stated
        What the user says about it.
    """

    instrument: Instrument
    quantity: Decimal
    lots: tuple[TaxLot, ...] = ()
    stated: Stated = Stated()

    def __post_init__(self) -> None:
        take_decimals(self, "quantity")
        if not is_in_reach(self.quantity):
            raise InputError(
                expected=f"a finite quantity of {self.instrument.symbol}, below 1e21",
                found=f"{self.quantity}",
                try_next="correct the quantity",
            )
        if self.lots and sum((lot.quantity for lot in self.lots), Decimal(0)) != self.quantity:
            raise InputError(
                expected=f"tax lots of {self.instrument.symbol} that add up to {self.quantity}",
                found=f"{sum((lot.quantity for lot in self.lots), Decimal(0))}",
                try_next="correct the lots or the quantity",
            )
        _check_delta(self)

    @property
    def symbol(self) -> str:
        """The instrument's symbol."""
        return self.instrument.symbol


def _check_delta(position: Position) -> None:
    """Refuse a delta of the wrong sign: of a position sold short, or one without its sign, it would turn a hedge over.

    Raises
    ------
    InputError
        If the delta of a call is below zero, or that of a put above.
    """
    option, delta = position.instrument, position.stated.delta
    if option.delta_sign == 0 or not delta:
        return
    call = option.delta_sign > 0
    allowed = "0 to 1" if call else "-1 to 0"
    if (delta > 0) is not call:
        raise InputError(
            expected=f"a delta of one unit of the {'call' if call else 'put'} {option.symbol}, {allowed}",
            found=f"{delta}",
            try_next="give the delta of one option held long, with its sign, or leave it out for the model's",
        )


#: Positions that a portfolio names when it is shown.
_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Portfolio:
    """Positions and the currency they are counted in.

    Parameters
    ----------
    positions
        In the user's order; the same instrument may stand more than once.
    base
        Base currency code.
    name
        For reports.
    stated_on
        Day on which the quantities were stated (the snapshot's); None where they are those of the moment asked about.
    remarks
        What the file says that cannot be settled by it, and what was left out of it: for whoever reads the answer.

    Examples
    --------
    >>> from decimal import Decimal
    >>> from trimtab.model.instrument import Cash
    >>> held = Portfolio(positions=(Position(instrument=Cash(currency="USD"), quantity=Decimal(100)),), base="USD")
    >>> held.add(Cash(currency="USD"), Decimal(-40)).positions[0].quantity
    Decimal('60')
    """

    positions: tuple[Position, ...]
    base: str
    name: str = "portfolio"
    stated_on: dt.date | None = None
    remarks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_currency(self.base)

    def __repr__(self) -> str:
        """Say what is held, in at most twelve lines."""
        count = len(self.positions)
        lines = [f"  {p.quantity} {p.symbol}" for p in self.positions[:_SHOWN]]
        rest = [f"  and {count - _SHOWN} more"] if count > _SHOWN else []
        return "\n".join([f"Portfolio {self.name!r}, base {self.base}, {count} positions", *lines, *rest])

    def add(self, instrument: Instrument, quantity: Decimal) -> "Portfolio":
        """Give a new portfolio with `quantity` more of an instrument; a position that becomes zero goes away.

        The quantity joins the first position in the same instrument; if there is none it becomes a new one.
        Tax lots of that position are dropped, because this says nothing about which were sold.
        """
        if quantity == 0:
            return self
        positions = list(self.positions)
        for index, position in enumerate(positions):
            if position.instrument == instrument:
                total = position.quantity + quantity
                if total == 0 and not instrument.is_money:
                    del positions[index]
                else:
                    positions[index] = replace(position, quantity=total, lots=())
                return replace(self, positions=tuple(positions))
        return replace(self, positions=(*positions, Position(instrument=instrument, quantity=quantity)))

    def described(self, contract: _Contract) -> _Contract:
        """Give a contract as it stands in the portfolio, so that an order joins the position that it changes.

        Parameters
        ----------
        contract
            As it is traded; given back where the portfolio does not hold the same.
        """
        kind: type[_Contract] = type(contract)
        for position in self.positions:
            if isinstance(position.instrument, kind) and position.instrument.contract == contract.contract:
                return position.instrument
        return contract

    def with_price(self, instrument: Instrument, price: Decimal) -> "Portfolio":
        """Give the portfolio with a stated price on each position in an instrument that has none."""
        positions = tuple(
            replace(p, stated=replace(p.stated, price=price))
            if p.instrument == instrument and p.stated.price is None
            else p
            for p in self.positions
        )
        return replace(self, positions=positions)
