"""The prices of a live book: one slot for each name, and a market that reads them as `expose` would read a table."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trimtab.market.prices import PriceTable, absence
from trimtab.market.rates.crossing import coin_column, ways_to_base
from trimtab.market.rates.fx import FxRates
from trimtab.market.snapshot import Market, Quote
from trimtab.model.currencies import CURRENCIES
from trimtab.model.instrument import Instrument

__all__ = ["Board", "LiveMarket"]

_DAY = 86_400_000_000
#: A rate goes through a column and a cross of the file of rates at most.
_MOST_LEGS = 3
_NEVER = np.iinfo(np.int64).min


class Board:
    """Last prices and rates with the moments they are of.

    Parameters
    ----------
    market
        What is known to begin with.
    instruments
        What is held: names that the table lacks get an empty slot, so that their first price is understood.
    """

    def __init__(self, market: Market, instruments: Iterable[Instrument]) -> None:
        self.base = market.base
        self.table = market.prices
        self.fx = market.fx
        self.as_of = market.as_of
        self.doubts, self.waiting = market.doubts, market.waiting
        instruments_held = tuple(instruments)
        stated = (c for i in instruments_held for n in i.price_names if (c := market.currency_of(n)) is not None)
        self.currencies = tuple(dict.fromkeys((market.base, *(c for i in instruments_held for c in i.moneys), *stated)))
        coins = [n for c in self.currencies if c != market.base for n in _coin_names(c, market.base)]
        pairs = () if market.fx is None else market.fx.pairs
        # a name that is a pair of the rates is a price as well only where the table has such a column
        coins = [n for n in coins if n not in {name for pair in pairs for name in _spellings(pair)}]
        names = (*market.prices.symbols, *(n for i in instruments_held for n in i.price_names), *coins)
        self.slots = {name: slot for slot, name in enumerate(dict.fromkeys(names))}
        self.pairs = {pair: len(self.slots) + k for k, pair in enumerate(pairs)}
        size = len(self.slots) + len(self.pairs)
        self.px = np.full(size, np.nan)
        self.stamp = np.full(size, _NEVER, dtype=np.int64)
        self._constants: dict[float, int] = {}
        self._first(market)
        self.known = size
        self.first = (self.px.copy(), self.stamp.copy())
        self.twins = np.full(size, -1, dtype=np.int64)
        for (one, other), slot in self.pairs.items():
            column = self.slots.get(one + other)
            if column is not None:
                self.twins[column] = slot

    def _first(self, market: Market) -> None:
        for name in market.prices.symbols:
            price = market.price(name)
            if price is not None:
                self._set(self.slots[name], price.value, price.date)
        if market.fx is None:
            return
        is_past = market.fx.dates.astype("datetime64[D]") <= market.as_of.astype("datetime64[D]")
        for column, pair in enumerate(market.fx.pairs):
            rows = np.flatnonzero(is_past & ~np.isnan(market.fx.values[:, column]))
            if rows.size:
                self._set(self.pairs[pair], float(market.fx.values[rows[-1], column]), market.fx.dates[rows[-1]])

    def _set(self, slot: int, value: float, date: np.datetime64) -> None:
        self.px[slot], self.stamp[slot] = value, date.astype("datetime64[us]").astype(np.int64)

    def slot(self, symbol: str) -> int | None:
        """Give the slot of a symbol or of a pair of currencies; None if nothing here knows it."""
        own_slot = self.slots.get(symbol)
        if own_slot is not None:
            return own_slot
        named = (slot for pair, slot in self.pairs.items() if symbol in _spellings(pair))
        return next(named, None)

    def changed(self) -> dict[str, tuple[float, int]]:
        """Give every price that is not the first one, with its moment in microseconds."""
        px, stamp = self.first
        names = {**{s: n for n, s in self.slots.items()}, **{s: "/".join(pair) for pair, s in self.pairs.items()}}
        moved = (self.stamp[: self.known] != stamp) | (self.px[: self.known] != px)
        moved &= ~np.isnan(self.px[: self.known])
        return {names[s]: (float(self.px[s]), int(self.stamp[s])) for s in np.flatnonzero(moved).tolist()}

    def take_back(self, prices: Mapping[str, tuple[float, int]]) -> None:
        """Set prices that were known before, unless newer ones are known."""
        pairs = {"/".join(pair): slot for pair, slot in self.pairs.items()}
        for name, (price, stamp) in prices.items():
            slot = pairs.get(name, self.slots.get(name))
            if slot is not None and stamp >= self.stamp[slot]:
                self.px[slot], self.stamp[slot] = price, stamp

    def constant(self, value: float) -> int:
        """Give a slot that holds a stated price."""
        if value in self._constants:
            return self._constants[value]
        self.px = np.append(self.px, value)
        self.stamp = np.append(self.stamp, self.as_of.astype("datetime64[us]").astype(np.int64))
        self.twins = np.append(self.twins, -1)
        self._constants[value] = len(self.px) - 1
        return self._constants[value]

    def quote(self, symbol: str) -> Quote | None:
        """Give the last price under a name."""
        slot = self.slots.get(symbol)
        return None if slot is None else self._read(slot)

    def _read(self, slot: int) -> Quote | None:
        if np.isnan(self.px[slot]):
            return None
        moment = np.datetime64(int(self.stamp[slot]), "us").astype("datetime64[s]")
        return Quote(value=float(self.px[slot]), date=moment)

    def way(self, currency: str, silent: str | None = None) -> tuple[tuple[int, int], ...] | None:
        """Give the slots, each with +1 or -1 for one over it, that make the rate of a currency; None without a rate."""
        if currency == self.base:
            return ()
        near = self._near()
        for steps in ways_to_base(currency, self.base, self, self.pairs, silent=silent):
            legs_of_way: list[tuple[int, int]] = []
            for step in steps:
                legs: tuple[tuple[int, int], ...]
                if step.column is not None:
                    slot = self.slots[step.column]
                    legs = () if np.isnan(self.px[slot]) else ((slot, -1 if step.inverse else 1),)
                else:
                    legs = _through(near, *(step.pair or ("", "")))
                if not legs:
                    break
                legs_of_way += legs
            else:
                return tuple(legs_of_way)
        return None

    def _near(self) -> dict[str, dict[str, tuple[int, int]]]:
        """Give the rates that are young enough: for each currency its neighbours, with slot and sign."""
        today = int(self.as_of.astype("datetime64[D]").astype(np.int64))
        age = 0 if self.fx is None else self.fx.max_age_days
        near: dict[str, dict[str, tuple[int, int]]] = {}
        for (one, other), slot in self.pairs.items():
            if not np.isnan(self.px[slot]) and 0 <= today - int(self.stamp[slot]) // _DAY <= age:
                near.setdefault(one, {})[other] = (slot, 1)
                near.setdefault(other, {})[one] = (slot, -1)
        return near

    def rate_names(self, currency: str, silent: str | None = None) -> tuple[str, ...]:
        """Give the columns of prices that make the rate of a currency."""
        way = {slot for slot, _ in self.way(currency, silent) or ()}
        return tuple(name for name, slot in self.slots.items() if slot in way)

    def rate(self, currency: str, silent: str | None = None) -> Quote | None:
        """Give units of base per unit of a currency, dated like its older leg."""
        way = self.way(currency, silent)
        if way is None:
            return None
        value, oldest = 1.0, self.as_of
        for slot, sign in way:
            value *= self.px[slot] if sign > 0 else 1.0 / self.px[slot]
            oldest = min(oldest, np.datetime64(int(self.stamp[slot]), "us").astype("datetime64[s]"))
        return Quote(value=float(value), date=oldest)

    def coin_symbol(self, currency: str) -> str | None:
        """Give the column that holds a currency's price, as `Market.coin_symbol` does, with columns that came since."""
        return coin_column(currency, self.base, self)

    def has_column(self, name: str) -> bool:
        """Tell whether a name has a column in the table, or a price since."""
        return name in self.table or (name in self.slots and not np.isnan(self.px[self.slots[name]]))

    def currency_of(self, symbol: str) -> str | None:
        """Give the currency that the first table states for a column."""
        return self.table.currencies[self.table.column(symbol)] if symbol in self.table else None

    def columns(self, without: frozenset[str] = frozenset()) -> PriceTable:
        """Give the last prices as a table."""
        names = [n for n, slot in self.slots.items() if n not in without and not np.isnan(self.px[slot])]
        slots = np.array([self.slots[n] for n in names], dtype=np.intp)
        stamps = self.stamp[slots] // 1_000_000
        rows, where = np.unique(stamps, return_inverse=True)
        values = np.full((len(rows), len(names)), np.nan)
        values[where, np.arange(len(names))] = self.px[slots]
        return PriceTable(
            dates=rows.astype("datetime64[s]"),
            symbols=tuple(names),
            values=values,
            why=absence(values),
            currencies=tuple(self.currency_of(n) for n in names),
            frame=self.table.frame,
        )

    def rates(self) -> FxRates | None:
        """Give the last rates as a table."""
        if self.fx is None:
            return None
        quoted_pairs = {pair: slot for pair, slot in self.pairs.items() if not np.isnan(self.px[slot])}
        days = np.array([self.stamp[slot] // _DAY for slot in quoted_pairs.values()], dtype=np.int64)
        rows, where = np.unique(days, return_inverse=True)
        values = np.full((len(rows), len(quoted_pairs)), np.nan)
        values[where, np.arange(len(quoted_pairs))] = [self.px[slot] for slot in quoted_pairs.values()]
        return replace(self.fx, dates=rows.astype("datetime64[D]"), pairs=tuple(quoted_pairs), values=values)

    def currency_ways(self) -> NDArray[np.int64]:
        """Give for each currency its slots and signs, shape (n_currencies, 2 most); -1 where there is none."""
        ways = np.full((len(self.currencies), 2 * _MOST_LEGS), -1, dtype=np.int64)
        for c, currency in enumerate(self.currencies):
            for leg, (slot, sign) in enumerate(self.way(currency) or ()):
                ways[c, 2 * leg : 2 * leg + 2] = slot, sign
        return ways


def _through(near: Mapping[str, Mapping[str, tuple[int, int]]], one: str, other: str) -> tuple[tuple[int, int], ...]:
    """Give slot and sign of a pair, or of a cross through the first currency that both have; empty without either."""
    ours = near.get(one, {})
    if other in ours:
        return (ours[other],)
    via = next((via for via in sorted(ours) if other in near[via]), None)
    return () if via is None else (ours[via], near[via][other])


def _spellings(pair: tuple[str, str]) -> tuple[str, ...]:
    return tuple(sign.join(pair) for sign in ("", "/", "-"))


def _coin_names(currency: str, base: str) -> list[str]:
    names = [f"{currency}{base}", f"{currency}-{base}", f"{currency}/{base}"]
    return names if currency in CURRENCIES else [*names, currency]


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveMarket(Market):
    """A market whose prices are those of a board.

    Parameters
    ----------
    board
        Where they are.
    hidden
        A name whose price is not to be seen: that of an option which is held at its volatility.
    """

    board: Board
    hidden: str | None = None

    @classmethod
    def of(cls, board: Board, *, hidden: str | None = None) -> "LiveMarket":
        """Read a board."""
        return cls(
            as_of=board.as_of,
            base=board.base,
            prices=board.table,
            fx=board.fx,
            doubts=board.doubts,
            waiting=board.waiting,
            board=board,
            hidden=hidden,
        )

    def observed(self, symbol: str) -> Quote | None:
        """Give the last price of a symbol."""
        quote = None if symbol == self.hidden else self.board.quote(symbol)
        if quote is not None and self.reads is not None:
            self.reads.add(symbol)
        return quote

    def has_column(self, name: str) -> bool:
        """Tell whether a name has prices, from the table or since."""
        return self.board.has_column(name)

    def currency_of(self, symbol: str) -> str | None:
        """Give the currency that the price table states for a symbol."""
        return self.board.currency_of(symbol)

    def _still_rate(self, currency: str, silent: str | None = None) -> Quote | None:
        if self.reads is not None:
            self.reads.update(self.board.rate_names(currency, silent))
        return self.board.rate(currency, silent)
