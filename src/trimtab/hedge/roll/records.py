"""What a review of rolls gives: per contract the order, the financing of the next month, and two costs."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from trimtab.hedge.roll.due import DatedOption, RollNeed
from trimtab.model.shown import Shown

__all__ = ["Dearness", "Financing", "RollCost", "RollCosts", "RollLine", "Rolls"]


class Dearness(StrEnum):
    """What the next month costs against the given rate."""

    RICH = "rich"  # the next month is dear: it finances at more than the given rate
    CHEAP = "cheap"  # it finances at less
    FAIR = "fair"  # the difference is less than one tick of the spread
    NOT_KNOWN = "not_known"  # a price, the rate or the yield is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class Financing:
    """What going from one month to the next implies; None where not known.

    Parameters
    ----------
    near_price, far_price
        Own prices of both contracts, of one day.
    years
        Between the two last trading days, act/365.
    carry
        ln(far / near) a year: financing less dividends.
    dividend_yield
        Of the underlying, a year.
    implied
        carry + dividend yield: the rate at which the next month finances its underlying, continuous.
    rate
        The given rate of the contract's currency, continuous.
    rich
        (implied - rate) in basis points a year: positive = the next month is dear.
    tick
        What one tick of the spread is in basis points a year: a smaller difference is none.
    dearness
        In a word.
    """

    near_price: float | None
    far_price: float | None
    years: float | None
    carry: float | None
    dividend_yield: float | None
    implied: float | None
    rate: float | None
    rich: float | None
    tick: float | None
    dearness: Dearness


@dataclass(frozen=True, slots=True, kw_only=True)
class RollCosts:
    """What changing contracts is assumed to cost, contract currency and ticks.

    Parameters
    ----------
    commission
        Per contract and side; None takes the contract table's.
    half_spread_ticks
        Half the bid-ask spread of each contract by itself.
    spread_half_ticks
        Half the bid-ask spread of the calendar spread, in ticks of the contract.
    spread_commission
        Of one calendar spread, both legs together; None takes two commissions: exchanges and most brokers charge
        each leg.
    """

    commission: Decimal | None
    half_spread_ticks: Decimal
    spread_half_ticks: Decimal
    spread_commission: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RollCost:
    """Cost of one way to roll.

    Parameters
    ----------
    commission, half_spread
        Base currency, positive = paid.
    basis_points
        Both together, of what is rolled.
    """

    commission: float
    half_spread: float
    basis_points: float | None

    @property
    def total(self) -> float:
        """Both together, base currency."""
        return self.commission + self.half_spread


@dataclass(frozen=True, slots=True, kw_only=True)
class RollLine:
    """One contract and its roll.

    Parameters
    ----------
    need
        What is held, when it ends, and the order.
    financing
        What the next month implies.
    fx
        Base currency per unit of the contract's; None where not known.
    notional
        What is rolled at the near price, base currency, positive; None without a price.
    advantage
        What the roll gains against the given rate until the next month ends, base currency, a gain is plus: a long
        that rolls into a dear month loses. None where not known.
    outright, spread
        Cost by two orders, and by one calendar-spread order; None where no exchange rate or commission is known.
    near_volume, far_volume
        Of the last day with prices; None where not known.
    notes
        What a reader should know.
    """

    need: RollNeed
    financing: Financing
    fx: float | None
    notional: float | None
    advantage: float | None
    outright: RollCost | None
    spread: RollCost | None
    near_volume: float | None
    far_volume: float | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Rolls(Shown):
    """All contracts of a book that end, the soonest first.

    Parameters
    ----------
    as_of, base
        The day of the prices, and the currency of money.
    window
        Days before the last trading day from which on a contract is to be rolled.
    lines
        Futures.
    options
        Options: they end and are not rolled here.
    notes
        What a reader should know.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> rolls = tt.review_roll(sample.prices_path(), sample.portfolio_path(), benchmark="SPX", risk_free="0.043")
    >>> rolls.lines[0].need.order, str(rolls.lines[0].need.last_day), rolls.lines[0].need.due.value
    ('sell 8 ESH3, buy 8 ESM3', '2023-03-17', 'later')
    """

    as_of: dt.date
    base: str
    window: int
    lines: tuple[RollLine, ...]
    options: tuple[DatedOption, ...]
    notes: tuple[str, ...] = ()

    @property
    def due(self) -> tuple[RollLine, ...]:
        """Those to be rolled now."""
        return tuple(line for line in self.lines if line.need.is_due)
