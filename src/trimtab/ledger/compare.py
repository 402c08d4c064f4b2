"""A snapshot beside the books: what differs, and what would explain it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from trimtab.ledger.facts.snapshots import Snapshot
from trimtab.ledger.holding import Holding
from trimtab.model.instrument import Instrument
from trimtab.model.portfolio import Position, Stated

__all__ = ["Difference", "StatedHolding", "differences", "stated_holdings"]

_ZERO = Decimal(0)
#: Ratios in which companies split; others are taken for trades.
_LARGEST_TERM = 50
#: Units and money that differ by less were rounded on the way; so are those that agree to the last digit stated,
#: where enough digits are stated.
_DUST = Decimal("1e-9")
_UNIT_DIGITS, _MONEY_DIGITS = 4, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedHolding:
    """What a snapshot says of one thing, its rows added up.

    Parameters
    ----------
    key, instrument
        What.
    quantity
        Signed.
    rows
        The positions it stands in.
    """

    key: str
    instrument: Instrument
    quantity: Decimal
    rows: tuple[Position, ...]

    @property
    def price(self) -> Decimal | None:
        """The price the snapshot states, as quoted."""
        return next((r.stated.price for r in self.rows if r.stated.price is not None), None)

    @property
    def said(self) -> Stated:
        """What is stated beside the number: of the first row, but no venue where rows name several."""
        first = self.rows[0].stated
        return first if len({r.stated.venue for r in self.rows}) == 1 else replace(first, venue=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Where a snapshot disagrees with the books.

    Parameters
    ----------
    key, symbol
        What it is about; for money the key is the currency.
    ledger, stated
        Units or money, in the books and in the snapshot.
    explanations
        What would explain it, the likeliest first.
    """

    key: str
    symbol: str
    ledger: Decimal
    stated: Decimal
    explanations: tuple[str, ...]

    @property
    def gap(self) -> Decimal:
        """What the snapshot has more."""
        return self.stated - self.ledger

    def __str__(self) -> str:
        """Return it as one line."""
        say = "; ".join(self.explanations)
        return f"{self.symbol}: {self.stated.normalize():f} stated, {self.ledger.normalize():f} in the books ({say})"


def stated_holdings(snapshot: Snapshot) -> tuple[dict[str, StatedHolding], dict[str, Decimal]]:
    """Give what a snapshot says, by key, and its money by currency."""
    holdings: dict[str, StatedHolding] = {}
    cash: dict[str, Decimal] = {}
    for row in snapshot.positions:
        if row.instrument.is_money:
            cash[row.instrument.currency] = cash.get(row.instrument.currency, _ZERO) + row.quantity
            continue
        instrument = row.instrument.with_own_name()
        key = instrument.key_on(snapshot.day)
        before = holdings.get(key)
        holdings[key] = StatedHolding(
            key=key,
            instrument=instrument if before is None else before.instrument,
            quantity=row.quantity + (_ZERO if before is None else before.quantity),
            rows=(row,) if before is None else (*before.rows, row),
        )
    return holdings, cash


def differences(
    holdings: Mapping[str, Holding], cash: Mapping[str, Decimal], snapshot: Snapshot
) -> tuple[Difference, ...]:
    """Compare books with a snapshot of the same evening.

    A snapshot that lists no money says nothing about it; one that is not whole speaks only of what it lists. Numbers
    that are those of the books, rounded to four digits (money: two) or more, agree.
    """
    stated, money = stated_holdings(snapshot)
    keys = sorted({*stated, *(holdings if snapshot.whole else ())})
    gaps: dict[str, tuple[Decimal, Decimal]] = {}
    for key in keys:
        one = holdings[key].quantity if key in holdings else _ZERO
        other = stated[key].quantity if key in stated else _ZERO
        if not _agree(one, other, _UNIT_DIGITS):
            gaps[key] = (one, other)
    gaps_found = [_units(key, gaps, holdings, stated) for key in gaps]
    currencies = sorted({*money, *(cash if snapshot.whole and snapshot.states_cash else ())})
    for currency in currencies:
        one, other = cash.get(currency, _ZERO), money.get(currency, _ZERO)
        if not _agree(one, other, _MONEY_DIGITS):
            gaps_found.append(_money(currency, one, other, gaps, (holdings, stated), snapshot.day))
    return tuple(gaps_found)


def _agree(ledger: Decimal, stated: Decimal, digits: int) -> bool:
    """Tell whether a stated number is the ledger's, rounded to the digits it is stated with."""
    exponent = stated.as_tuple().exponent
    step = Decimal(1).scaleb(exponent) / 2 if isinstance(exponent, int) and -exponent >= digits else _DUST
    return abs(ledger - stated) <= max(step, _DUST)


def _instrument(key: str, holdings: Mapping[str, Holding], stated: Mapping[str, StatedHolding]) -> Instrument:
    return holdings[key].instrument if key in holdings else stated[key].instrument


def _units(
    key: str,
    gaps: Mapping[str, tuple[Decimal, Decimal]],
    holdings: Mapping[str, Holding],
    stated: Mapping[str, StatedHolding],
) -> Difference:
    one, other = gaps[key]
    say: list[str] = []
    ratio = _ratio(one, other)
    if ratio is not None:
        say.append(f"a split of {ratio.numerator} for {ratio.denominator} that is not recorded")
    for twin, (before, after) in gaps.items():
        # One name lost what another gained.
        if twin != key and (before, after) == (other, one) and 0 in (one, other):
            old, new = (key, twin) if other == 0 else (twin, key)
            say.append(
                f"a change of symbol from {_instrument(old, holdings, stated).symbol} to "
                f"{_instrument(new, holdings, stated).symbol}"
            )
    gap = other - one
    say.append(f"a {'purchase' if gap > 0 else 'sale'} or transfer of {abs(gap).normalize():f} that is missing")
    return Difference(
        key=key, symbol=_instrument(key, holdings, stated).symbol, ledger=one, stated=other, explanations=tuple(say)
    )


def _ratio(one: Decimal, other: Decimal) -> Fraction | None:
    if one * other <= 0:
        return None
    ratio = Fraction(other) / Fraction(one)
    small = max(ratio.numerator, ratio.denominator) <= _LARGEST_TERM
    return ratio if small and not Fraction(4, 5) <= ratio <= Fraction(5, 4) else None


def _money(
    currency: str,
    one: Decimal,
    other: Decimal,
    gaps: Mapping[str, tuple[Decimal, Decimal]],
    books: tuple[Mapping[str, Holding], Mapping[str, StatedHolding]],
    day: dt.date,
) -> Difference:
    holdings, stated = books
    gap, say = other - one, []
    for key, (before, after) in gaps.items():
        instrument = _instrument(key, holdings, stated)
        if instrument.paid_in != currency or (after - before) * gap >= 0:
            continue
        unit = -gap / (after - before) / instrument.price_unit(day)
        say.append(f"a trade of {(after - before).normalize():f} {instrument.symbol} at {unit:.6g}")
    if not say:
        for holding in holdings.values():
            each = gap / holding.quantity
            if gap > 0 and holding.instrument.paid_in == currency and round(each, 4) == each and each > 0:
                say.append(f"a dividend of {each.normalize():f} on {holding.symbol}")
        say.append("a deposit, dividend or interest" if gap > 0 else "a fee, a tax or a withdrawal")
    unsettled = sorted(
        holding.symbol
        for holding in holdings.values()
        if holding.settles_each_evening
        and holding.instrument.paid_in == currency
        and (holding.settled is None or holding.settled < day)
    )
    if unsettled:
        say.insert(0, f"gains of {', '.join(unsettled)}, for which no settlement price of {day} is given")
    return Difference(key=currency, symbol=currency, ledger=one, stated=other, explanations=tuple(say))
