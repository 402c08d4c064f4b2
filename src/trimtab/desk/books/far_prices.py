"""Prices that are about ten or a hundred times what is known of that day: told before their rows are kept.

What is known is the close as it was quoted, up to a week old, or else the account's last trade of the month before; in
the unit each of them is in, and on one side of every split. Options have no price that theirs could be compared with.
"""

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal

import numpy as np

from trimtab.ledger.facts.amendments import Event
from trimtab.ledger.facts.contracts import Delivery, Roll, Settlement
from trimtab.ledger.facts.corporate import Split
from trimtab.ledger.facts.header import Subject, about
from trimtab.ledger.facts.income import Payout
from trimtab.ledger.facts.snapshots import Snapshot
from trimtab.ledger.facts.trades import Trade
from trimtab.market.daycount import date_of
from trimtab.market.prices import PriceTable
from trimtab.model.currencies import whole_currency
from trimtab.model.decimals import exact
from trimtab.model.instrument import Instrument

__all__ = ["far_prices"]

#: So many times the price known, or its fraction, is taken for a mistake of unit: tenfold, with room for a day's move.
_FAR = 8
_NEAR = 1 / Decimal(_FAR)
#: A dividend of more than this part of the price is looked at: one in pence said to be in pounds is.
_DIVIDEND = Decimal("0.25")
_CLOSE_DAYS, _TRADE_DAYS = dt.timedelta(days=7), dt.timedelta(days=31)
_DAY = dt.timedelta(days=1)
_HUNDREDTH, _WHOLE = Decimal("0.01"), Decimal(1)
_TWO_DIGITS = Context(prec=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Price:
    """A price as a row or a table states it, and in whole currency."""

    said: Decimal
    worth: Decimal
    currency: str | None
    day: dt.date
    what: str


def far_prices(
    new: Sequence[Event], facts: Sequence[Event], listed: Mapping[str, Instrument], closes: PriceTable | None
) -> tuple[str, ...]:
    """Say which prices of new facts are far from what is known of their days.

    Parameters
    ----------
    new
        What would be kept.
    facts
        All facts, these among them: trades to compare with, and splits.
    listed
        What symbols are.
    closes
        As they were quoted, each in the units of its own day; None knows none.
    """
    splits = [f for f in facts if isinstance(f, Split)]
    trades = _trades(facts, listed)
    doubts = []
    for fact in new:
        for of, price, what in _prices(fact):
            if not _has_price(of, listed, everywhere=isinstance(fact, Payout) and fact.everywhere) or price <= 0:
                continue
            one = _said(fact, of, price, listed, what)
            if isinstance(fact, Snapshot):
                one = _stated(one, of.instrument)
            other = _close(of, fact.day, listed, closes) or _last_trade(trades.get(of.symbol, ()), fact.day)
            doubt = None if other is None else _compare(of, one, other, splits)
            if doubt is not None:
                source = fact.source.partition(", journal entry")[0]
                doubts.append(doubt if source.startswith("journal entry") or not source else f"{source}: {doubt}")
    return tuple(doubts)


def _trades(facts: Sequence[Event], listed: Mapping[str, Instrument]) -> dict[str, list[_Price]]:
    """Give the account's trades by symbol, in order of their days; an option under its share's symbol is none of it."""
    prices: dict[str, list[_Price]] = {}
    for fact in sorted((f for f in facts if isinstance(f, Trade)), key=lambda f: f.day):
        if fact.price > 0 and _has_price(fact.of, listed, everywhere=False):
            prices.setdefault(fact.of.symbol, []).append(_said(fact, fact.of, fact.price, listed, "traded"))
    return prices


def _prices(fact: Event) -> Iterator[tuple[Subject, Decimal, str]]:
    """Give what a fact says of prices: of what, how much, and what it is."""
    if isinstance(fact, Trade):
        yield fact.of, fact.price, "traded"
    elif isinstance(fact, Payout) and fact.per_unit is not None:
        yield fact.of, fact.per_unit, "pays"
    elif isinstance(fact, Settlement | Delivery):
        yield fact.of, fact.price, "settled"
    elif isinstance(fact, Roll):
        yield fact.of, fact.price, "traded"
        yield fact.into, fact.into_price, "traded"
    elif isinstance(fact, Snapshot):
        for position in fact.positions:
            if position.stated.price is not None:
                yield about(position.instrument), position.stated.price, "priced"


def _thing(of: Subject, listed: Mapping[str, Instrument]) -> Instrument | None:
    return of.instrument or listed.get(of.symbol)


def _has_price(of: Subject, listed: Mapping[str, Instrument], *, everywhere: bool) -> bool:
    """Tell whether prices of its own name can be compared with: not those of options, nor of what nobody knows."""
    thing = _thing(of, listed)
    return everywhere if thing is None else thing.is_owned or thing.settles_daily


def _said(fact: Event, of: Subject, price: Decimal, listed: Mapping[str, Instrument], what: str) -> _Price:
    thing = _thing(of, listed)
    minor = of.minor if of.minor is not None else thing is not None and thing.is_owned and bool(thing.minor)
    currency = of.currency or (None if thing is None else thing.currency)
    return _Price(
        said=price, worth=price * (_HUNDREDTH if minor else _WHOLE), currency=currency, day=fact.day, what=what
    )


def _stated(price: _Price, thing: Instrument | None) -> _Price:
    """Give the price of a snapshot: it was read into whole currency, and is shown as it was written."""
    minor = thing is not None and thing.is_owned and bool(thing.minor)
    stated_price = price.said / _HUNDREDTH if minor else price.said
    return _Price(said=stated_price, worth=price.said, currency=price.currency, day=price.day, what=price.what)


def _close(of: Subject, day: dt.date, listed: Mapping[str, Instrument], closes: PriceTable | None) -> _Price | None:
    """Give the last close up to a day, in whole currency; what no column says, it is as the thing is held."""
    if closes is None:
        return None
    thing = listed.get(of.symbol) or of.instrument
    rows = int(np.searchsorted(closes.dates, np.datetime64(day + _DAY, "s"), side="left"))
    for name in (of.symbol,) if thing is None else thing.settlement_names:
        if name not in closes:
            continue
        at = closes.column(name)
        there = np.flatnonzero(~np.isnan(closes.values[:rows, at]))
        if not there.size or date_of(closes.dates[there[-1]]) < day - _CLOSE_DAYS:
            continue
        code, price = closes.currencies[at], exact(closes.values[there[-1], at])
        currency, minor = (None, of.minor) if code is None else whole_currency(code)
        if code is None and thing is not None:
            currency, minor = thing.currency, thing.is_owned and bool(thing.minor)
        worth = price * (_HUNDREDTH if minor else _WHOLE)
        return _Price(said=price, worth=worth, currency=currency, day=date_of(closes.dates[there[-1]]), what="close")
    return None


def _last_trade(trades: Sequence[_Price], day: dt.date) -> _Price | None:
    """Give the account's last trade before a day, of the month before it; trades are in order of their days."""
    at = bisect_left(trades, day, key=lambda trade: trade.day)
    return trades[at - 1] if at and trades[at - 1].day >= day - _TRADE_DAYS else None


def _compare(of: Subject, one: _Price, other: _Price, splits: Sequence[Split]) -> str | None:
    """Say how a price is far from the other, if it is."""
    if None not in {one.currency, other.currency} and one.currency != other.currency:
        return None
    worth = other.worth
    for split in splits:
        if split.of.symbol == of.symbol and other.day < split.day <= one.day:
            worth = worth * split.old / split.new
    ratio = one.worth / worth
    is_near = ratio <= _DIVIDEND if one.what == "pays" else _NEAR < ratio < _FAR
    if is_near:
        return None
    reference = f"its {'close' if other.what == 'close' else 'trade'} of {_plain(other.said)} on {other.day}"
    at = f"{of.symbol} {one.what} {'' if one.what == 'pays' else 'at '}{_plain(one.said)} on {one.day}"
    if one.what == "pays":
        return f"{at} a unit, {ratio:.2g} of {reference}: check that it is a unit's, and its currency (GBX or GBP)"
    times = f"{_plain(_rounded(ratio))} times" if ratio > 1 else f"a {_plain(_rounded(1 / ratio))}th of"
    return (
        f"{at}, about {times} {reference}: check the decimal sign, the unit it is quoted in (GBX or GBP, points or "
        "cents), and whether a split is missing"
    )


def _rounded(ratio: Decimal) -> Decimal:
    return _TWO_DIGITS.plus(ratio)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
