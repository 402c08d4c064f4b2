"""What a position was worth on a day: quantity and price on the same side of every split.

The rule
    Value comes from raw closes, returns from adjusted ones. A quantity is in the units of its own day; a raw close is
    too. An adjusted close is in the units of the last day of its series, so it is multiplied by the ratio of every
    split between, before it meets a quantity. A step that looks like a split and is recorded nowhere leaves the value
    undecided where the quantity was last stated before it: it may be in old units or in new ones.
Dividends
    A dividend is cash in the book or in an adjusted price. A value from an adjusted price says so.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from trimtab.errors import Reason
from trimtab.ledger.facts.corporate import Split
from trimtab.ledger.holding import Holding
from trimtab.ledger.posting import exact, money

__all__ = ["Closes", "PositionOn", "PriceBasis", "position_on", "split_ratio", "split_steps"]

#: Companies split in ratios of small numbers; a step this near one of them, and this large, is taken for one.
_LARGEST_TERM = 50
_SMALLEST_STEP = Fraction(5, 4)
_NEAR = 0.005


class PriceBasis(StrEnum):
    """In which units a price was, and what is in it."""

    RAW = "raw"
    ADJUSTED = "adjusted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closes:
    """Closes of one symbol.

    Parameters
    ----------
    days
        In order.
    raw, adjusted
        One for each day; None where there is none. Adjusted ones are in the units of the last day.
    suspected
        (day, ratio or None) of steps in raw closes that look like splits (from the checks of prices).
    """

    days: tuple[dt.date, ...]
    raw: tuple[Decimal | None, ...] = ()
    adjusted: tuple[Decimal | None, ...] = ()
    suspected: tuple[tuple[dt.date, Fraction | None], ...] = ()
    _at: dict[dt.date, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_at", {day: i for i, day in enumerate(self.days)})

    def on(self, day: dt.date) -> tuple[Decimal | None, Decimal | None]:
        """Give (raw, adjusted) of a day."""
        at = self._at.get(day)
        if at is None:
            return None, None
        return (self.raw[at] if self.raw else None), (self.adjusted[at] if self.adjusted else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionOn:
    """A position on a day.

    Parameters
    ----------
    symbol, day
        What and when.
    quantity
        In the units of the day.
    price
        In the units of the day, as quoted; None where there is none or it cannot be told in which units it is.
    value
        In whole units of the instrument's currency; None with `price`.
    basis
        Where the price came from.
    reason
        Why there is no value.
    detail
        What to know, or to record.
    """

    symbol: str
    day: dt.date
    quantity: Decimal
    price: Decimal | None = None
    value: Decimal | None = None
    basis: PriceBasis | None = None
    reason: Reason | None = None
    detail: str = ""


def split_ratio(splits: Iterable[Split], symbol: str, after: dt.date, upto: dt.date) -> Fraction:
    """Give the units of a later day for one unit of an earlier one: the splits with after < day <= upto.

    Examples
    --------
    >>> from trimtab.ledger.facts.header import about
    >>> split = Split(day=dt.date(2024, 3, 1), of=about("ABC"), new=Decimal(10))
    >>> split_ratio([split], "ABC", dt.date(2024, 1, 31), dt.date(2024, 4, 1))
    Fraction(10, 1)
    """
    ratio = Fraction(1)
    for split in splits:
        if split.of.symbol == symbol and after < split.day <= upto:
            ratio *= Fraction(split.new) / Fraction(split.old)
    return ratio


def split_steps(closes: Closes) -> tuple[tuple[dt.date, Fraction], ...]:
    """Give the splits that raw and adjusted closes together show: days on which their ratio steps by a simple number.

    A dividend moves the ratio too, by per cents; a split of less than five for four is not told from one.

    Examples
    --------
    >>> days = (dt.date(2024, 2, 29), dt.date(2024, 3, 1))
    >>> both = Closes(days=days, raw=(Decimal(1000), Decimal(101)), adjusted=(Decimal(100), Decimal(101)))
    >>> split_steps(both)
    ((datetime.date(2024, 3, 1), Fraction(10, 1)),)
    """
    factors = [
        (day, float(raw) / float(adjusted))
        for day, raw, adjusted in zip(closes.days, closes.raw, closes.adjusted, strict=True)
        if raw is not None and adjusted is not None and adjusted > 0 and raw > 0
    ]
    found = []
    for (_, before), (day, after) in pairwise(factors):
        ratio = _simple(before / after)
        if ratio is not None:
            found.append((day, ratio))
    return tuple(found)


def _simple(step: float) -> Fraction | None:
    large = max(step, 1 / step)
    for bottom in range(1, 6):
        top = round(large * bottom)
        ratio = Fraction(top, bottom)
        if top <= _LARGEST_TERM and ratio >= _SMALLEST_STEP and abs(large / float(ratio) - 1) < _NEAR:
            return ratio if step > 1 else 1 / ratio
    return None


def position_on(holding: Holding, day: dt.date, closes: Closes, splits: Sequence[Split]) -> PositionOn:
    """Say what a holding was worth on a day: the one function that review, drift, performance and watch ask.

    Parameters
    ----------
    holding
        Of the book of that day.
    day
        The day.
    closes
        Of its symbol.
    splits
        All that are recorded, those after the day too.
    """
    doubt = _doubt(holding, day, closes, splits)
    if doubt:
        return PositionOn(
            symbol=holding.symbol, day=day, quantity=holding.quantity, reason=Reason.SPLIT_SUSPECTED, detail=doubt
        )
    raw, adjusted = closes.on(day)
    if raw is None and adjusted is None:
        return PositionOn(
            symbol=holding.symbol,
            day=day,
            quantity=holding.quantity,
            reason=Reason.NO_PRICE,
            detail="no close that day",
        )
    price, basis, detail = raw, PriceBasis.RAW, ""
    if price is None and adjusted is not None:
        ratio = split_ratio(splits, holding.symbol, day, closes.days[-1])
        price, basis = exact(adjusted * ratio.numerator / ratio.denominator), PriceBasis.ADJUSTED
        detail = "from an adjusted close: dividends after that day may be taken off it; they are not cash as well"
    if price is None:
        raise AssertionError(f"{holding.symbol} on {day}: a close was there")
    return PositionOn(
        symbol=holding.symbol,
        day=day,
        quantity=holding.quantity,
        price=price,
        value=money(holding.quantity, price, holding.instrument.price_unit(day)),
        basis=basis,
        detail=detail,
    )


def _doubt(holding: Holding, day: dt.date, closes: Closes, splits: Sequence[Split]) -> str:
    """Say which suspected split nobody recorded makes quantity and price of a day doubtful; empty if none does."""
    both = split_steps(closes) if closes.raw and closes.adjusted else ()
    for step, ratio in sorted({**dict(closes.suspected), **dict(both)}.items()):
        if any(s.of.symbol == holding.symbol and s.day == step for s in splits):
            continue
        of = f" of {ratio.numerator} for {ratio.denominator}" if ratio is not None else ""
        say = f"its prices show a split{of} on {step} that is not recorded: record it, or holdings of a later day"
        if holding.stated is not None and holding.stated < step <= day:
            return f"{say}; the quantity was last stated on {holding.stated}"
        # An adjusted close alone is in the units of a later day.
        if step > day and closes.on(day)[0] is None:
            return f"{say}; the only price of {day} is adjusted for it"
    return ""
