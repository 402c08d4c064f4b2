"""Transactions: what was traded, how one is known again, and what a file of them would add.

A transaction with an id is that id: a row that says something else under a known id corrects it, and one with the
status cancelled (or a quantity of 0) takes it out of the book for good.

Without an id it is its moment, symbol, quantity and price, and how many equal ones stand in one file. So a file that
comes again adds nothing, in whatever order and under whatever name; but two equal trades that arrive in two files
cannot be told from one trade that arrives twice, and count once. Only ids tell them apart.

What a row does not say it does not correct: a file without fees leaves the fees that are known.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import NotRequired, TypedDict

from trimtab.desk.books.intake import CORRECTIONS_LISTED, Correction, Kind, Preview
from trimtab.desk.books.journal import Fact, Journal
from trimtab.errors import FileFormatError

__all__ = ["ReadTransactions", "Transaction", "known_transactions", "plain", "preview_transactions"]

_HEAD = 5
_Key = tuple[str, str, str, str]


def plain(value: Decimal | None) -> str:
    """Write a number in one way only, so that 100, 100.0 and 1E+2 are the same.

    Examples
    --------
    >>> plain(Decimal("100.0")), plain(Decimal("1E+2")), plain(None)
    ('100', '100', '')
    """
    if value is None:
        return ""
    return "0" if value == 0 else format(value.normalize(), "f")


class TransactionBody(TypedDict):
    """What is kept of a transaction; numbers as text. A correction names the line that it corrects."""

    time: str
    day: str
    symbol: str
    quantity: str
    price: str | None
    fee: str | None
    id: str | None
    cancelled: bool
    terms: Mapping[str, str]
    line: NotRequired[list[int]]


class _Rows(TypedDict):
    rows: list[TransactionBody]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """One trade, or one movement of cash.

    Parameters
    ----------
    time
        When: a day (2024-01-02), or a moment (2024-01-02T15:30:00, with Z at the end where it is UTC).
    day
        The calendar day on the clock it was written with: the book changes on it.
    symbol
        What; a currency code for cash.
    quantity
        Bought +, sold -; for cash received +, paid -.
    price
        Of one unit, as quoted; None for cash.
    fee
        Paid +, in the instrument's currency; None if not said.
    id
        The name its source gave it; None if it gave none.
    cancelled
        Whether it is said not to have happened.
    terms
        Columns that describe the instrument, as in a holdings file.
    """

    time: str
    day: dt.date
    symbol: str
    quantity: Decimal
    price: Decimal | None = None
    fee: Decimal | None = None
    id: str | None = None
    cancelled: bool = False
    terms: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> _Key:
        """What it is known by where it has no id."""
        return (self.time, self.symbol, plain(self.quantity), plain(self.price))

    @property
    def content(self) -> tuple[str, ...]:
        """Everything it says but its id, in one spelling."""
        words = (f"{name}={text}" for name, text in sorted(self.terms.items()))
        return (*self.key, plain(self.fee), str(self.cancelled), *words)

    def describe(self) -> str:
        """Say it in a few words.

        Examples
        --------
        >>> Transaction(time="2024-01-02", day=dt.date(2024, 1, 2), symbol="A", quantity=Decimal(-5)).describe()
        '-5 A on 2024-01-02'
        """
        at = "" if self.price is None else f" at {plain(self.price)}"
        fee = "" if not self.fee else f", fee {plain(self.fee)}"
        return f"{plain(self.quantity)} {self.symbol}{at} on {self.time}{fee}" + (
            " (cancelled)" if self.cancelled else ""
        )

    def body(self) -> TransactionBody:
        """Give what is kept of it in a journal entry."""
        return {
            "time": self.time,
            "day": self.day.isoformat(),
            "symbol": self.symbol,
            "quantity": str(self.quantity),
            "price": None if self.price is None else str(self.price),
            "fee": None if self.fee is None else str(self.fee),
            "id": self.id,
            "cancelled": self.cancelled,
            "terms": dict(self.terms),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTransactions:
    """The transactions of a file, with what is shown of the reading; see `trimtab.desk.books.intake.Records`."""

    name: str
    rows: tuple[Transaction, ...]
    columns: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTransaction:
    """A transaction as it stands now, with where it was first written down and everything said of it before.

    Parameters
    ----------
    line
        (journal number, position in that entry) of the first statement; corrections name it.
    now
        As it stands.
    said
        The contents of every statement about it.
    seqs
        The journal numbers of these statements.
    """

    line: tuple[int, int]
    now: Transaction
    said: tuple[tuple[str, ...], ...]
    seqs: tuple[int, ...]


def known_transactions(journal: Journal, portfolio: str, known: int | None = None) -> tuple[KnownTransaction, ...]:
    """Give the transactions of a portfolio as known at a journal number, cancelled ones among them, by time."""
    lines: dict[tuple[int, int], KnownTransaction] = {}
    for entry in journal.entries("transactions", subject=portfolio, known=known):
        for position, body in enumerate(entry.read_as(_Rows)["rows"]):
            stated = _from_body(body)
            line = (int(body["line"][0]), int(body["line"][1])) if "line" in body else (entry.seq, position)
            before = lines.get(line)
            lines[line] = KnownTransaction(
                line=line,
                now=stated,
                said=(*(before.said if before else ()), stated.content),
                seqs=(*(before.seqs if before else ()), entry.seq),
            )
    return tuple(sorted(lines.values(), key=lambda k: (k.now.day, k.now.time, k.line)))


def _from_body(body: TransactionBody) -> Transaction:
    return Transaction(
        time=body["time"],
        day=dt.date.fromisoformat(body["day"]),
        symbol=body["symbol"],
        quantity=Decimal(body["quantity"]),
        price=None if body["price"] is None else Decimal(body["price"]),
        fee=None if body["fee"] is None else Decimal(body["fee"]),
        id=body["id"],
        cancelled=body["cancelled"],
        terms=body["terms"],
    )


def preview_transactions(
    known: Sequence[KnownTransaction],
    read: ReadTransactions,
    *,
    portfolio: str,
    source: Mapping[str, str],
    restate: bool = False,
) -> Preview:
    """Compare a file of transactions with those known.

    Parameters
    ----------
    known
        Of this portfolio.
    read
        What the file says.
    portfolio
        Whose they are.
    source
        Where the file came from: name, SHA-256, label.
    restate
        Whether a row that was corrected or cancelled since is right after all.

    Raises
    ------
    FileFormatError
        If two rows say different things under one id, or a row without id cancels nothing that is known.
    """
    matching = _Matching(known, restate=restate)
    rows, doubled = _one_for_each_id(read)
    matching.same += doubled
    with_id = [r for r in rows if r.id is not None]
    without = [r for r in rows if r.id is None]
    for row in with_id:
        matching.by_id(row)
    matching.without_id(without, read.name)
    facts: tuple[Fact, ...] = ()
    kept = [*matching.new, *(now for _, now in matching.corrected)]
    if kept:
        bodies = [r.body() for r in matching.new]
        bodies += [{**now.body(), "line": list(line.line)} for line, now in matching.corrected]
        days = [r.day for r in kept] + [line.now.day for line, _ in matching.corrected]
        facts = (
            Fact(
                kind="transactions",
                subject=portfolio,
                valid=min(days).isoformat(),
                body={"rows": bodies, "source": dict(source)},
            ),
        )
    notes = read.notes
    if matching.again:
        notes = (
            *notes,
            f"{matching.again:,} rows were corrected or cancelled since and stay so; if this file is right after all, "
            "give --restate",
        )
    return Preview(
        kind=Kind.TRANSACTIONS,
        name=read.name,
        new=len(matching.new),
        same=matching.same + matching.again,
        corrected=len(matching.corrected),
        corrections=tuple(
            Correction(where=_where(now), old=line.now.describe(), new=now.describe())
            for line, now in matching.corrected[:CORRECTIONS_LISTED]
        ),
        columns=read.columns,
        head=_head(read.rows),
        notes=notes,
        facts=facts,
    )


def _where(row: Transaction) -> str:
    return f"transaction {row.id}" if row.id is not None else f"{row.symbol} on {row.time}"


def _head(rows: Sequence[Transaction]) -> tuple[tuple[str, ...], ...]:
    shown = [("time", "symbol", "quantity", "price", "fee", "id")]
    shown += [(r.time, r.symbol, plain(r.quantity), plain(r.price), plain(r.fee), r.id or "") for r in rows[:_HEAD]]
    return tuple(shown)


def _one_for_each_id(read: ReadTransactions) -> tuple[list[Transaction], int]:
    """Give each id once: rows that repeat one another are one, and a cancellation beats what it cancels."""
    by_id: dict[str, Transaction] = {}
    rows: list[Transaction] = []
    doubled = 0
    for row in read.rows:
        if row.id is None:
            rows.append(row)
            continue
        other = by_id.get(row.id)
        if other is None:
            by_id[row.id] = row
            continue
        doubled += 1
        if row.cancelled != other.cancelled:
            live = other if row.cancelled else row
            by_id[row.id] = replace(live, cancelled=True)
        elif row.content != other.content and not row.cancelled:
            raise FileFormatError(
                expected="one transaction for each id",
                found=f"two under {row.id} in {read.name}: {other.describe()}; {row.describe()}",
                try_next="keep the one that is right, or leave the id column out if it names something else",
            )
    return [*by_id.values(), *rows], doubled


class _Matching:
    """Pairs rows with what is known, each known transaction once."""

    def __init__(self, known: Sequence[KnownTransaction], *, restate: bool) -> None:
        self.new: list[Transaction] = []
        self.corrected: list[tuple[KnownTransaction, Transaction]] = []
        self.same = 0
        self.again = 0
        self._restate = restate
        self._ids = {k.now.id: k for k in known if k.now.id is not None}
        self._keys: dict[_Key, list[KnownTransaction]] = defaultdict(list)
        for line in known:
            for key in dict.fromkeys((said[0], said[1], said[2], said[3]) for said in line.said):
                self._keys[key].append(line)
        self._taken: set[tuple[int, int]] = set()

    def by_id(self, row: Transaction) -> None:
        line = self._ids.get(str(row.id))
        if line is None:
            # It may have come before, in a file that gave no ids.
            free = [k for k in self._keys.get(row.key, []) if k.now.id is None and k.line not in self._taken]
            line = free[0] if free else None
        if line is None:
            self.new.append(row)
        else:
            self._taken.add(line.line)
            self._against(line, row)

    def without_id(self, rows: Sequence[Transaction], name: str) -> None:
        groups: dict[_Key, list[Transaction]] = defaultdict(list)
        for row in rows:
            groups[row.key].append(row)
        for key, group in groups.items():
            free = [k for k in self._keys.get(key, []) if k.line not in self._taken]
            # Those that agree with what is known are paired first, whatever their order in the file.
            left = []
            for row in group:
                match = next((k for k in free if _says(k.now, row) == k.now), None)
                if match is None:
                    left.append(row)
                else:
                    free.remove(match)
                    self._taken.add(match.line)
                    self.same += 1
            for row in left:
                if free:
                    self._taken.add(free[0].line)
                    self._against(free.pop(0), row)
                elif row.cancelled:
                    raise FileFormatError(
                        expected="cancellations of transactions that are known",
                        found=f"{row.describe()} in {name}, which cancels none of them",
                        try_next="import what it cancels first, or give ids",
                    )
                else:
                    self.new.append(row)

    def _against(self, line: KnownTransaction, row: Transaction) -> None:
        now = _says(line.now, row)
        if now == line.now:
            self.same += 1
        elif not self._restate and ((line.now.cancelled and not row.cancelled) or now.content in line.said[:-1]):
            self.again += 1
        else:
            self.corrected.append((line, now))


def _says(known: Transaction, row: Transaction) -> Transaction:
    """Give a known transaction with what a row says about it; what the row leaves out stays."""
    if row.cancelled:
        # A cancellation often has a quantity of 0: what was cancelled stays readable.
        return replace(known, cancelled=True, id=known.id or row.id)
    same = (row.time, row.symbol, row.quantity, row.price) == (known.time, known.symbol, known.quantity, known.price)
    return replace(
        known if same else row,
        fee=known.fee if row.fee is None or row.fee == known.fee else row.fee,
        id=row.id or known.id,
        cancelled=False,
        terms={**known.terms, **row.terms},
    )
