"""What a file of transactions would add to those known: rows paired with what is known, each known one once."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from heapq import nsmallest

from trimtab.desk.books.actions import Action, ActionBody, action_of
from trimtab.desk.books.intake import CORRECTIONS_LISTED, Correction, Kind, Preview
from trimtab.desk.books.journal import Entry, Fact
from trimtab.desk.books.transactions import KnownTransaction, ReadTransactions, Transaction, TransactionKey, plain
from trimtab.errors import FileFormatError

__all__ = ["preview_transactions", "with_actions_taken_back"]

_HEAD = 5
_MOST_KINDS = 24


def with_actions_taken_back(
    read: ReadTransactions, lines: Sequence[KnownTransaction], acts: Sequence[Entry], portfolio: str
) -> ReadTransactions:
    """Give a file with the splits and changes that its cancellations name by the ids of earlier files.

    What companies do is kept as actions, known by symbol and day; the id that an account's file gave one is kept with
    it, under the account's name, since two accounts may use one id.

    Parameters
    ----------
    read
        What the file says.
    lines
        Transactions of the portfolio: an id of theirs is theirs.
    acts
        The journal's entries of kind "action".
    portfolio
        Whose file it is.
    """
    named = tuple(replace(a, id=f"{portfolio}/{a.id}") if a.id else a for a in read.actions)
    taken = {k.now.id for k in lines} | {r.id for r in read.rows if not r.cancelled}
    wanted = {f"{portfolio}/{r.id}": r for r in read.rows if r.cancelled and r.id and r.id not in taken}
    back: dict[str, Action] = {}
    if wanted:
        for entry in acts:
            body = entry.read_as(ActionBody)
            if body.get("id", "") in wanted:
                back[body["id"]] = replace(
                    action_of(entry.subject, str(entry.valid), body, seq=entry.seq), cancelled=True
                )
    gone = {id(wanted[name]) for name in back}
    return replace(read, rows=tuple(r for r in read.rows if id(r) not in gone), actions=(*named, *back.values()))


def preview_transactions(
    lines: Sequence[KnownTransaction],
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
    lines
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
    matching = _Matching(lines, restate=restate)
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
    kinds = [row.becomes() for row in read.rows]
    notes = (*read.notes, *((_counted(kinds),) if kinds else ()), *_cancel_nothing(matching.new))
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
        head=_head(read.rows, kinds),
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


def _head(rows: Sequence[Transaction], kinds: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    shown = [("time", "symbol", "quantity", "price", "fee", "id", "becomes")]
    # One of each kind is shown before a second of any.
    so_far: dict[str, int] = {}
    places = []
    for at, kind in enumerate(kinds):
        so_far[kind] = so_far.get(kind, 0) + 1
        places.append((so_far[kind], at))
    chosen = sorted(at for _, at in nsmallest(max(_HEAD, min(len(so_far), _MOST_KINDS)), places))
    for row, kind in ((rows[at], kinds[at]) for at in chosen):
        numbers = (plain(row.quantity), plain(row.price), plain(row.fee))
        shown.append((row.time, row.symbol, *numbers, row.id or "", kind))
    return tuple(shown)


def _counted(kinds: Sequence[str]) -> str:
    """Say how many rows become what."""
    return "rows become: " + ", ".join(f"{word} {count}" for word, count in sorted(Counter(kinds).items()))


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

    def __init__(self, lines: Sequence[KnownTransaction], *, restate: bool) -> None:
        self.new: list[Transaction] = []
        self.corrected: list[tuple[KnownTransaction, Transaction]] = []
        self.same = 0
        self.again = 0
        self._restate = restate
        self._ids = {k.now.id: k for k in lines if k.now.id is not None}
        self._keys: dict[TransactionKey, list[KnownTransaction]] = defaultdict(list)
        for line in lines:
            for key in dict.fromkeys(version.key for version in line.versions):
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
        groups: dict[TransactionKey, list[Transaction]] = defaultdict(list)
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

    def _plain(self, key: TransactionKey, row: Transaction) -> list[KnownTransaction]:
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


def _says(before: Transaction, row: Transaction) -> Transaction:
    """Give a known transaction with what a row says about it; what the row leaves out stays."""
    if row.cancelled:
        # A cancellation often has a quantity of 0: what was cancelled stays readable.
        return replace(before, cancelled=True, id=before.id or row.id)
    same = (row.time, row.symbol, row.quantity, row.price) == (
        before.time,
        before.symbol,
        before.quantity,
        before.price,
    )
    return replace(
        before if same else row,
        fee=before.fee if row.fee is None or row.fee == before.fee else row.fee,
        id=row.id or before.id,
        cancelled=False,
        order=row.order or before.order,
        terms={**before.terms, **row.terms},
        details={**before.details, **row.details} if row.fact == before.fact else row.details,
    )
