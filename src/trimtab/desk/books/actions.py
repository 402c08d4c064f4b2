"""Corporate actions: what they are, which are known, and what they do to prices.

Prices are given in the units of a day (`as_of`): a split that took effect on or before it divides the prices before
its effective day by its ratio and multiplies their volumes; a change of symbol joins the series before it to the one
after it, under the new name. Actions after that day change nothing, because the quantities held then do not know
them either.

A split is applied to raw prices only. Prices stated as adjusted are left as they are. Others are looked at: the step
across the effective day is either near the split (raw prices) or near nothing (a vendor's prices that were adjusted
without saying so, which are left). Where the split is too small to tell from a usual day's move, prices are taken as
raw and no return is taken across that day. A recorded day is never judged again, and a split of ratio 1 says just
that: the move of that day was real.

Adjusted prices know splits that are still to come. On a day before such a split they are worth its ratio in the units
held then: `to_quoted` says so, and positions are valued at that.
"""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from trimtab.desk.books.journal import Journal
from trimtab.errors import InputError, Reason
from trimtab.market.daycount import date_of
from trimtab.market.prices import PRESENT, Flag, PriceTable, absence, as_cells, code_of
from trimtab.stats.arrays import Floats

__all__ = [
    "Action",
    "ActionBody",
    "ActionKind",
    "action_of",
    "adjust_prices",
    "apply_actions",
    "known_actions",
    "quote_adjusted",
]

#: A split is told from the prices if it is so many times as large as a usual day's move.
_CLEAR = 6.0
_USUAL_DAYS = 60


class _Cancelled(TypedDict):
    type: str
    cancelled: bool


class ActionBody(_Cancelled, total=False):
    """What is kept of an action beside its symbol and day; numbers as text, and what was not said is left out."""

    ratio: str
    new_symbol: str
    multiplier: str
    tick: str
    lot: str
    amount: str
    currency: str
    fraction_price: str
    part: int
    id: str


class ActionKind(StrEnum):
    """What happened to an instrument."""

    SPLIT = "split"
    SYMBOL = "symbol"
    MULTIPLIER = "multiplier"
    DIVIDEND = "dividend"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One corporate action or change of contract terms; it holds from the opening of its effective day.

    Parameters
    ----------
    kind
        What happened.
    symbol
        To what, under the name it had before that day; for a multiplier the contract or its root.
    effective
        The first day on which it holds (the ex-date of a split or dividend).
    ratio
        Of a split: units after for each unit before (4 for four for one, 0.1 for one for ten).
    new_symbol
        Of a change of symbol: the name from that day on.
    multiplier, tick, lot
        Of a change of contract terms: those from that day on; tick and lot stay if None.
    amount, currency
        Of a cash dividend: money per unit held at the end of the day before; None: the instrument's currency.
    fraction_price
        Of a split: money for a whole new unit where fractions are paid out; None: they stay.
    part
        Which of several dividends of one day it is, as one file counts them: a regular and a special one are two.
    cancelled
        Whether it is said not to have happened.
    seq
        The journal entry that says it; 0 if none does.
    id
        The name that the transactions of an account gave it, after the account's own (`growth/12`); empty: none.
    """

    kind: ActionKind
    symbol: str
    effective: dt.date
    ratio: Decimal | None = None
    new_symbol: str | None = None
    multiplier: Decimal | None = None
    tick: Decimal | None = None
    lot: Decimal | None = None
    amount: Decimal | None = None
    currency: str | None = None
    fraction_price: Decimal | None = None
    part: int = 1
    cancelled: bool = False
    seq: int = 0
    id: str = ""

    def __post_init__(self) -> None:
        needed = {
            ActionKind.SPLIT: ("ratio", self.ratio),
            ActionKind.SYMBOL: ("new symbol", self.new_symbol),
            ActionKind.MULTIPLIER: ("multiplier", self.multiplier),
            ActionKind.DIVIDEND: ("amount", self.amount),
        }
        name, value = needed[self.kind]
        wrong = value is None or (isinstance(value, Decimal) and not (value.is_finite() and value > 0))
        if wrong and not self.cancelled:
            raise InputError(
                expected=f"a positive {name} for the {self.kind.value} of {self.symbol} on {self.effective}"
                if name != "new symbol"
                else f"the new symbol of {self.symbol} from {self.effective} on",
                found="none" if value is None else str(value),
                try_next="correct the row",
            )
        if self.new_symbol == self.symbol:
            raise InputError(
                expected=f"another symbol for {self.symbol} from {self.effective} on",
                found="the same one",
                try_next="correct the row",
            )

    def body(self) -> ActionBody:
        """Give what is kept of it in a journal entry, beside symbol and day."""
        body = self._terms()
        if self.part != 1:
            body["part"] = self.part
        if self.id:
            body["id"] = self.id
        return body

    def _terms(self) -> ActionBody:
        body: ActionBody = {"type": self.kind.value, "cancelled": self.cancelled}
        if self.ratio is not None:
            body["ratio"] = str(self.ratio)
        if self.new_symbol is not None:
            body["new_symbol"] = self.new_symbol
        if self.multiplier is not None:
            body["multiplier"] = str(self.multiplier)
        if self.tick is not None:
            body["tick"] = str(self.tick)
        if self.lot is not None:
            body["lot"] = str(self.lot)
        if self.amount is not None:
            body["amount"] = str(self.amount)
        if self.currency is not None:
            body["currency"] = self.currency
        if self.fraction_price is not None:
            body["fraction_price"] = str(self.fraction_price)
        return body


def action_of(symbol: str, effective: str, body: ActionBody, *, seq: int = 0) -> Action:
    """Read an action back from what was kept of it.

    Examples
    --------
    >>> action_of("AAPL", "2020-08-31", {"type": "split", "ratio": "4", "cancelled": False}).ratio
    Decimal('4')
    """
    return Action(
        kind=ActionKind(body["type"]),
        symbol=symbol,
        effective=dt.date.fromisoformat(effective),
        ratio=_decimal(body.get("ratio")),
        new_symbol=body.get("new_symbol"),
        multiplier=_decimal(body.get("multiplier")),
        tick=_decimal(body.get("tick")),
        lot=_decimal(body.get("lot")),
        amount=_decimal(body.get("amount")),
        currency=body.get("currency"),
        fraction_price=_decimal(body.get("fraction_price")),
        part=body.get("part", 1),
        cancelled=body["cancelled"],
        seq=seq,
        id=body.get("id", ""),
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def known_actions(journal: Journal, known: int | None = None) -> tuple[Action, ...]:
    """Give the actions known at a journal number, by effective day; corrected and cancelled ones left out."""
    latest: dict[tuple[str, str, str, int], Action] = {}
    for entry in journal.entries("action", known=known):
        day, body = str(entry.valid), entry.read_as(ActionBody)
        name = (entry.subject, day, body["type"], body.get("part", 1))
        latest[name] = action_of(entry.subject, day, body, seq=entry.seq)
    live = (action for action in latest.values() if not action.cancelled)
    return tuple(sorted(live, key=lambda a: (a.effective, a.seq)))


def quote_adjusted(table: PriceTable, actions: Sequence[Action], *, as_of: dt.date) -> PriceTable:
    """Say what adjusted prices are worth in the units of a day, where splits recorded for later are in them already.

    Parameters
    ----------
    table
        Prices as they came, not cut at the day: those after it tell which splits they know.
    actions, as_of
        As in `adjust_prices`.

    Examples
    --------
    A file adjusted for a split of 1 March, asked about in February: 12 is 120 then.

    >>> days = np.arange("2024-02-27", "2024-03-03", dtype="M8[D]")
    >>> table = PriceTable.of({"A": [12.0, 12.1, 12.0, 12.1, 12.2]}, dates=days)
    >>> split = Action(kind=ActionKind.SPLIT, symbol="A", effective=dt.date(2024, 3, 1), ratio=Decimal(10))
    >>> asked = quote_adjusted(table, [split], as_of=dt.date(2024, 2, 28))
    >>> asked.until("2024-02-28").last("A")[0]
    121.0
    """
    factors = np.ones(table.shape) if table.to_quoted is None else table.to_quoted.copy()
    touched = False
    for action in actions:
        if action.kind is not ActionKind.SPLIT or action.effective <= as_of or action.symbol not in table:
            continue
        column = table.column(action.symbol)
        if table.to_quoted is not None and (table.to_quoted[:, column] != 1.0).any():
            continue  # its closes are known as they were quoted
        before = table.dates < np.datetime64(action.effective, "s")
        there = ~np.isnan(table.values[:, column])
        first, second = np.flatnonzero(there & before), np.flatnonzero(there & ~before)
        if not first.size or not second.size:
            continue
        values, ratio = table.values[:, column], float(action.ratio or 1)
        stated = Flag.ADJUSTED_CHOSEN in table.flags[column]
        if stated or _is_raw(values[first], float(values[second[0]]), ratio) is False:
            factors[before, column] *= ratio
            touched = True
    return replace(table, to_quoted=factors) if touched else table


def apply_actions(table: PriceTable, actions: Sequence[Action]) -> PriceTable:
    """Apply actions to prices given without a day: returns cross them, and each day keeps the close quoted then.

    Parameters
    ----------
    table
        Prices as read from files.
    actions
        Read beside them, in any order.

    Examples
    --------
    >>> table = PriceTable.of({"A": [400.0, 404.0, 101.0]}, dates=["2020-08-27", "2020-08-28", "2020-08-31"])
    >>> split = Action(kind=ActionKind.SPLIT, symbol="A", effective=dt.date(2020, 8, 31), ratio=Decimal(4))
    >>> done = apply_actions(table, [split])
    >>> done.values[:, 0].tolist(), done.until("2020-08-28").last("A")[0]
    ([100.0, 101.0, 101.0], 404.0)
    """
    if not len(table.dates):
        return table
    ordered = sorted((a for a in actions if not a.cancelled), key=lambda a: a.effective)
    last = date_of(table.dates[-1])
    done = quote_adjusted(adjust_prices(table, ordered, as_of=last), ordered, as_of=dt.date.min)
    splits = [a for a in ordered if a.kind is ActionKind.SPLIT and a.symbol in table and a.symbol in done]
    factors = np.ones(done.shape) if done.to_quoted is None else done.to_quoted.copy()
    for symbol in dict.fromkeys(a.symbol for a in splits):
        column = table.column(symbol)
        before, after = table.values[:, column], done.values[:, done.column(symbol)]
        quotes = before if table.to_quoted is None else before * table.to_quoted[:, column]
        changed = ~np.isnan(before) & ~np.isnan(after) & ((before != after) | (before != quotes))
        factors[changed, done.column(symbol)] = quotes[changed] / after[changed]
    return replace(done, to_quoted=factors) if splits else done


@dataclass(slots=True)
class _Column:
    """One symbol's prices while actions are applied to them."""

    values: Floats
    why: NDArray[np.uint8]
    volumes: Floats | None
    currency: str | None
    flags: tuple[Flag, ...]
    breaks: set[int] = field(default_factory=set)
    vouched: set[int] = field(default_factory=set)
    to_quoted: Floats | None = None


def adjust_prices(table: PriceTable, actions: Sequence[Action], *, as_of: dt.date) -> PriceTable:
    """Apply splits and changes of symbol to the prices before them.

    Parameters
    ----------
    table
        Prices as they came, not yet judged (`trimtab.market.checks.quality.check_prices` comes after this).
    actions
        By effective day, as `known_actions` gives them.
    as_of
        The day in whose units prices are wanted; actions that take effect later are not applied.

    Examples
    --------
    >>> table = PriceTable.of({"A": [400.0, 404.0, 101.0]}, dates=["2020-08-27", "2020-08-28", "2020-08-31"])
    >>> split = Action(kind=ActionKind.SPLIT, symbol="A", effective=dt.date(2020, 8, 31), ratio=Decimal(4))
    >>> adjust_prices(table, [split], as_of=dt.date(2020, 8, 31)).values[:, 0].tolist()
    [100.0, 101.0, 101.0]
    >>> adjust_prices(table, [split], as_of=dt.date(2020, 8, 28)).values[:, 0].tolist()
    [400.0, 404.0, 101.0]
    """
    due = [a for a in actions if a.effective <= as_of and a.kind in {ActionKind.SPLIT, ActionKind.SYMBOL}]
    columns = {symbol: _column(table, i) for i, symbol in enumerate(table.symbols)}
    notes: list[str] = []
    touched = False
    for action in due:
        column = columns.get(action.symbol)
        if column is None:
            continue
        touched = True
        before = table.dates < np.datetime64(action.effective, "s")
        if action.kind is ActionKind.SPLIT:
            _split(column, action, before, notes)
        else:
            _rename(columns, action, before, notes)
    return _rebuilt(table, columns, notes) if touched else table


def _column(table: PriceTable, at: int) -> _Column:
    return _Column(
        values=table.values[:, at].copy(),
        why=table.why[:, at].copy(),
        volumes=None if table.volumes is None else table.volumes[:, at].copy(),
        currency=table.currencies[at],
        flags=table.flags[at],
        breaks={int(row) for row, column in table.breaks.tolist() if column == at},
        vouched={int(row) for row, column in table.vouched.tolist() if column == at},
        to_quoted=None if table.to_quoted is None else table.to_quoted[:, at].copy(),
    )


def _split(column: _Column, action: Action, before: NDArray[np.bool_], notes: list[str]) -> None:
    ratio = float(action.ratio or 1)
    named = f"{action.symbol}: split {action.ratio} on {action.effective}"
    there = ~np.isnan(column.values)
    first, second = np.flatnonzero(there & before), np.flatnonzero(there & ~before)
    column.vouched |= set(second[:1].tolist())
    if ratio == 1.0:
        return
    if Flag.ADJUSTED_CHOSEN in column.flags:
        notes.append(f"{named}: its prices are stated as adjusted and were left")
        if column.to_quoted is not None:
            column.to_quoted[before] /= ratio
        return
    if not first.size:
        return
    if second.size:
        raw = _is_raw(column.values[first], float(column.values[second[0]]), ratio)
        if raw is False:
            notes.append(f"{named}: its prices show no such step, so they are taken as adjusted already and were left")
            return
        if raw is None:
            column.breaks.add(int(second[0]))
            notes.append(
                f"{named}: too small to be seen in its prices; earlier prices are taken as raw, and no return crosses "
                "that day"
            )
    column.values[before] /= ratio
    if column.volumes is not None:
        column.volumes[before] *= ratio


def _is_raw(earlier: Floats, after: float, ratio: float) -> bool | None:
    """Tell whether prices step by the split (True), do not (False), or cannot say (None)."""
    size = math.log(ratio)
    step = math.log(after / earlier[-1])
    recent = np.abs(np.diff(np.log(earlier[-_USUAL_DAYS:])))
    # With few prices a usual day is taken as 2%.
    usual = 1.4826 * float(np.median(recent)) if recent.size >= 10 else 0.02
    if abs(size) < _CLEAR * usual:
        return None
    return abs(step + size) < abs(step)


def _rename(columns: dict[str, _Column], action: Action, before: NDArray[np.bool_], notes: list[str]) -> None:
    """Join the series of the old name, up to the change, to that of the new name."""
    old, new = columns[action.symbol], columns.get(str(action.new_symbol))
    named = f"{action.symbol} is {action.new_symbol} from {action.effective} on"
    if new is None:
        # Built anew, so that the new name stands where the old one stood.
        renamed = {str(action.new_symbol) if s == action.symbol else s: c for s, c in columns.items()}
        columns.clear()
        columns.update(renamed)
        return
    there = ~np.isnan(old.values)
    if not (there & before).any():
        return
    if None not in (old.currency, new.currency) and old.currency != new.currency:
        notes.append(f"{named}: not joined, because one is in {old.currency} and the other in {new.currency}")
        return
    aside = before & ~np.isnan(new.values) & (new.values != old.values)
    if aside.any():
        notes.append(f"{named}: {int(aside.sum()):,} prices under the new name before that day were left aside")
    joined = _Column(
        values=np.where(before, old.values, new.values),
        why=np.where(before, old.why, new.why),
        volumes=None if old.volumes is None or new.volumes is None else np.where(before, old.volumes, new.volumes),
        currency=new.currency or old.currency,
        flags=tuple(flag for flag in Flag if flag in old.flags or flag in new.flags),
        breaks={b for b in old.breaks if before[b]} | {b for b in new.breaks if not before[b]},
        vouched={b for b in old.vouched if before[b]} | {b for b in new.vouched if not before[b]},
        to_quoted=None
        if old.to_quoted is None or new.to_quoted is None
        else np.where(before, old.to_quoted, new.to_quoted),
    )
    if len({Flag.ADJUSTED_CHOSEN in c.flags for c in (old, new)}) == 2 and (~before).any():
        joined.breaks.add(int(np.flatnonzero(~before)[0]))
        notes.append(f"{named}: one is adjusted and the other is not, so no return crosses that day")
    columns[str(action.new_symbol)] = joined
    if (there & ~before).any():
        # Another company may trade under the old name by now.
        old.values[before] = np.nan
        old.breaks = {b for b in old.breaks if not before[b]}
    else:
        del columns[action.symbol]


def _rebuilt(table: PriceTable, columns: dict[str, _Column], notes: list[str]) -> PriceTable:
    values = np.column_stack([c.values for c in columns.values()])
    why = np.column_stack([c.why for c in columns.values()])
    edges = absence(values)
    listed = (PRESENT, code_of(Reason.ABSENT), code_of(Reason.NOT_LISTED))
    why = np.where(np.isnan(values) & np.isin(why, listed), edges, why)
    volumes = [c.volumes for c in columns.values()]
    quoted = [c.to_quoted for c in columns.values()]
    return replace(
        table,
        symbols=tuple(columns),
        values=values,
        why=np.where(np.isnan(values), why, np.uint8(PRESENT)).astype(np.uint8),
        currencies=tuple(c.currency for c in columns.values()),
        flags=tuple(c.flags for c in columns.values()),
        volumes=None if table.volumes is None else np.column_stack([v for v in volumes if v is not None]),
        breaks=as_cells((row, at) for at, c in enumerate(columns.values()) for row in c.breaks),
        vouched=as_cells((row, at) for at, c in enumerate(columns.values()) for row in c.vouched),
        to_quoted=None if table.to_quoted is None else np.column_stack([q for q in quoted if q is not None]),
        notes=(*table.notes, *notes),
    )
