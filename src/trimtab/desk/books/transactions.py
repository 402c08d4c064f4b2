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

from trimtab.desk.books.actions import Action
from trimtab.desk.books.intake import CORRECTIONS_LISTED, Correction, Kind, Preview
from trimtab.desk.books.journal import Fact, Journal
from trimtab.errors import Failure, FileFormatError
from trimtab.model.currencies import CURRENCIES

__all__ = ["TRADES", "ReadTransactions", "Transaction", "known_transactions", "plain", "preview_transactions"]

_HEAD = 5
_MOST_KINDS = 24
_MONEY = frozenset(["cash", "currency", "money"])
#: Kinds of row that are trades.
TRADES = frozenset(["buy", "sell", "short", "cover", "trade"])
_COSTS = frozenset(["fee", "tax", "borrow_cost"])
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
    fact: NotRequired[str]
    details: NotRequired[Mapping[str, str]]
    amends: NotRequired[int]
    row: NotRequired[int]


class _Rows(TypedDict):
    rows: list[TransactionBody]
    part: NotRequired[str]


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
    fact
        Its kind, a word of `trimtab.ledger.entry.records`; empty: a trade, or money that came or went, by its symbol
        and sign.
    details
        Further columns of that kind: amount, per_unit, settlement, into, ...
    amends
        Of a row that says which row it corrects: the number of the correction; 0 for all others.
    row
        Its line in the file, for messages; 0 if nobody knows.
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
    fact: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    amends: int = 0
    row: int = field(default=0, compare=False)

    @property
    def key(self) -> _Key:
        """What it is known by where it has no id."""
        symbol = f"{self.fact} {self.symbol}" if self.fact else self.symbol
        return (self.time, symbol, plain(self.quantity), plain(self.price))

    @property
    def plain_keys(self) -> tuple[_Key, ...]:
        """What its money was known by as rows that say no kind."""
        if self.fact == "conversion":
            said = self.details
            moved = ((said["bought_currency"], said["bought"]), (said["sold_currency"], f"-{said['sold']}"))
            return tuple((self.time, currency, plain(Decimal(amount)), "") for currency, amount in moved)
        if not self.fact or "amount" not in self.details:
            return ()
        return ((self.time, self.terms.get("currency", ""), plain(self.quantity), ""),)

    @property
    def content(self) -> tuple[str, ...]:
        """Everything it says but its id, in one spelling."""
        words = (f"{name}={text}" for name, text in sorted(self.terms.items()))
        more = (f"{name}={text}" for name, text in sorted(self.details.items()))
        return (*self.key, plain(self.fee), str(self.cancelled), *words, *more)

    def describe(self) -> str:
        """Say it in a few words.

        Examples
        --------
        >>> Transaction(time="2024-01-02", day=dt.date(2024, 1, 2), symbol="A", quantity=Decimal(-5)).describe()
        '-5 A on 2024-01-02'
        """
        if self.fact:
            return self._describe_fact()
        at = "" if self.price is None else f" at {plain(self.price)}"
        fee = "" if not self.fee else f", fee {plain(self.fee)}"
        return f"{plain(self.quantity)} {self.symbol}{at} on {self.time}{fee}" + (
            " (cancelled)" if self.cancelled else ""
        )

    def _describe_fact(self) -> str:
        of = f" {self.symbol}" if self.symbol else ""
        currency = self.terms.get("currency")
        said = [f"{name} {text}" for name, text in self.details.items()]
        said += [f"price {plain(self.price)}"] if self.price is not None else []
        said += [f"fee {plain(self.fee)}"] if self.fee else []
        said += [f"in {currency}"] if currency else []
        return f"{self.fact.replace('_', ' ')}{of} on {self.time}: {', '.join(said) or 'all of it'}" + (
            " (cancelled)" if self.cancelled else ""
        )

    def becomes(self) -> str:
        """Say which kind of fact it becomes.

        Examples
        --------
        >>> Transaction(time="2024-01-02", day=dt.date(2024, 1, 2), symbol="A", quantity=Decimal(-5)).becomes()
        'sale'
        """
        if self.cancelled:
            return "cancellation"
        if self.fact:
            word = self.fact.replace("_", " ")
            # Costs are written with a minus: one that came in must be seen.
            return f"{word} received" if self.fact in _COSTS and self.quantity > 0 else word
        if self.terms.get("kind", "").lower() in _MONEY or (self.symbol in CURRENCIES and "kind" not in self.terms):
            return "deposit" if self.quantity > 0 else "withdrawal"
        return "purchase" if self.quantity > 0 else "sale"

    def record(self) -> dict[str, str]:
        """Give a row that says its kind under the names of the ledger's entry."""
        _, _, clock = self.time.partition("T")
        said = {
            "kind": self.fact, "date": self.day.isoformat(), "time": clock.removesuffix("Z"), "symbol": self.symbol,
            "price": plain(self.price), "fee": plain(self.fee), "id": self.id or "",
            "currency": self.terms.get("currency", ""), **self.details,
        }  # fmt: skip
        return {name: text for name, text in said.items() if text}

    def body(self) -> TransactionBody:
        """Give what is kept of it in a journal entry."""
        body = self._plain_body()
        if self.fact:
            body["fact"], body["details"] = self.fact, dict(self.details)
        if self.amends:
            body["amends"] = self.amends
        if self.row:
            body["row"] = self.row
        return body

    def _plain_body(self) -> TransactionBody:
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
    actions: tuple[Action, ...] = ()
    failures: tuple[Failure, ...] = ()


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
    part
        The broker's account that it is of, where its file named one.
    """

    line: tuple[int, int]
    now: Transaction
    said: tuple[tuple[str, ...], ...]
    seqs: tuple[int, ...]
    part: str = ""


def known_transactions(
    journal: Journal, portfolio: str, known: int | None = None, *, part: str | None = None
) -> tuple[KnownTransaction, ...]:
    """Give the transactions of a portfolio as known at a journal number, cancelled ones among them, by time.

    With `part` those of one of its broker's accounts alone.
    """
    lines: dict[tuple[int, int], KnownTransaction] = {}
    for entry in journal.entries("transactions", subject=portfolio, known=known):
        kept = entry.read_as(_Rows)
        of = kept.get("part", "")
        if part is not None and of != part:
            continue
        for position, body in enumerate(kept["rows"]):
            stated = _from_body(body)
            line = (int(body["line"][0]), int(body["line"][1])) if "line" in body else (entry.seq, position)
            before = lines.get(line)
            lines[line] = KnownTransaction(
                line=line,
                now=stated,
                said=(*(before.said if before else ()), stated.content),
                seqs=(*(before.seqs if before else ()), entry.seq),
                part=of,
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
        fact=body.get("fact", ""),
        details=body.get("details", {}),
        amends=body.get("amends", 0),
        row=body.get("row", 0),
    )


def preview_transactions(
    known: Sequence[KnownTransaction],
    read: ReadTransactions,
    *,
    portfolio: str,
    source: Mapping[str, str],
    restate: bool = False,
    part: str = "",
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
    part
        The broker's account that they are of, where a portfolio has several.

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
                body={"rows": bodies, "source": dict(source), **({"part": part} if part else {})},
            ),
        )
    notes = (*read.notes, *((_counted(read.rows),) if read.rows else ()), *_cancel_nothing(matching.new))
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
        aside=len(read.failures),
        failures=read.failures,
        corrections=tuple(
            Correction(where=_where(now), old=line.now.describe(), new=now.describe())
            for line, now in matching.corrected[:CORRECTIONS_LISTED]
        ),
        columns=read.columns,
        head=_head(read.rows),
        notes=notes,
        facts=facts,
    )


def _cancel_nothing(new: Sequence[Transaction]) -> list[str]:
    """Say which cancellations name nothing that is known: an id with a letter wrong would take nothing back."""
    ids = [str(row.id) for row in new if row.cancelled and not row.quantity and not row.fact]
    if not ids:
        return []
    listed = ", ".join(ids[:5]) + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")
    return [
        f"cancelled, and known under no such id: {listed}. It stays out if it comes; a split, a change of symbol or of "
        "contract terms is taken back by a row of its symbol and day with the status cancelled"
    ]


def _where(row: Transaction) -> str:
    return f"transaction {row.id}" if row.id is not None else f"{row.symbol} on {row.time}"


def _head(rows: Sequence[Transaction]) -> tuple[tuple[str, ...], ...]:
    shown = [("time", "symbol", "quantity", "price", "fee", "id", "becomes")]
    # One of each kind is shown before a second of any.
    kinds: dict[str, int] = {}
    places = []
    for at, row in enumerate(rows):
        kinds[row.becomes()] = kinds.get(row.becomes(), 0) + 1
        places.append((kinds[row.becomes()], at))
    chosen = sorted(at for _, at in sorted(places)[: max(_HEAD, min(len(kinds), _MOST_KINDS))])
    for row in (rows[at] for at in chosen):
        numbers = (plain(row.quantity), plain(row.price), plain(row.fee))
        shown.append((row.time, row.symbol, *numbers, row.id or "", row.becomes()))
    return tuple(shown)


def _counted(rows: Sequence[Transaction]) -> str:
    """Say how many rows become what."""
    kinds: dict[str, int] = {}
    for row in rows:
        kinds[row.becomes()] = kinds.get(row.becomes(), 0) + 1
    return "rows become: " + ", ".join(f"{word} {count}" for word, count in sorted(kinds.items()))


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
        if row.amends != other.amends:
            last = row if row.amends > other.amends else other
            by_id[row.id] = replace(last, cancelled=row.cancelled or other.cancelled)
            continue
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
        self._retire(row)

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
                older = self._older(row)
                if not free and older is not None:
                    # It came before under a reader that knew no kinds: now it is said what the money was for.
                    self._taken.add(older.line)
                    self.corrected.append((older, replace(row, id=older.now.id)))
                    self._retire(row)
                elif free:
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

    def _older(self, row: Transaction) -> KnownTransaction | None:
        """Give the plain row of money that a row of a kind was, for readers that knew no kinds."""
        return next((line for key in row.plain_keys for line in self._plain(key, row)), None)

    def _plain(self, key: _Key, row: Transaction) -> list[KnownTransaction]:
        return [
            line
            for line in self._keys.get(key, [])
            if line.line not in self._taken
            and not (line.now.fact or line.now.cancelled)
            and (line.now.id or "").rpartition("/")[0] == (row.id or "").rpartition("/")[0]
        ]

    def _retire(self, row: Transaction) -> None:
        """Take out the other plain row of an exchange that is one row now."""
        if row.fact != "conversion":
            return
        for key in row.plain_keys:
            for line in self._plain(key, row)[:1]:
                self._taken.add(line.line)
                self.corrected.append((line, replace(line.now, cancelled=True)))

    def _against(self, line: KnownTransaction, row: Transaction) -> None:
        now = _says(line.now, row)
        if now == line.now:
            self.same += 1
        elif (row.amends < line.now.amends and not row.cancelled) or (
            not self._restate and ((line.now.cancelled and not row.cancelled) or now.content in line.said[:-1])
        ):
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
        details={**known.details, **row.details} if row.fact == known.fact else row.details,
    )
