"""The prices of a workspace: Parquet files that the journal names.

Each import writes one file (a batch) with the rows that were new or corrected, and one journal entry of kind "prices"
with the file's name and SHA-256. A correction stands beside the old price in a later batch: whoever asks as of an
earlier journal number reads the batches up to it, and sees what was known then.

Many small batches are merged into one file from time to time (an entry of kind "prices-merged"). Each row keeps the
number of its batch, so that what was known when stays as it was.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NotRequired, TypedDict, cast

import numpy as np
import polars as pl

from trimtab.desk.books.actions import adjust_prices, known_actions, quote_adjusted
from trimtab.desk.books.intake_prices import KnownPrices, PriceChange, ReadPrices, SymbolFacts
from trimtab.desk.books.journal import Entry, Fact, Journal
from trimtab.errors import StorageError
from trimtab.market.checks.quality import check_prices
from trimtab.market.prices import PriceTable, day_of
from trimtab.store.prices_files import ReadyFile, read_rows, stray_files, verify, write_ready
from trimtab.store.prices_table import price_table

__all__ = ["BatchBody", "PriceStore", "ReadyPrices", "WrittenBatch"]

_SCHEMA = {
    "symbol": pl.String,
    "stamp": pl.Int64,
    "field": pl.String,
    "price": pl.Float64,
    "volume": pl.Float64,
    "batch": pl.Int32,
}
#: So many files may lie side by side before the small ones among them are merged.
_MOST_FILES = 64
#: A file with more rows than this is left as it is when others are merged.
_LARGE = 250_000


class _Facts(TypedDict):
    """`SymbolFacts` as they are kept."""

    currency: str | None
    fields: list[str]
    hour: float | None
    aware: bool
    moved: bool


class BatchBody(TypedDict):
    """What is kept of an import of prices; batch, file and hash are None where only facts of symbols came."""

    batch: int | None
    file: str | None
    sha256: str | None
    rows: int
    new: int
    corrected: int
    symbols: dict[str, _Facts]
    intraday: bool
    aware: bool
    source: NotRequired[dict[str, str]]
    first: NotRequired[str]
    last: NotRequired[str]


class _Merged(TypedDict):
    """What is kept of a merger of small files."""

    file: str
    sha256: str
    rows: int
    batches: list[int]
    first: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file of prices as the journal names it."""

    name: str
    sha256: str
    rows: int
    batches: tuple[int, ...]
    first: str
    last: str

    def meets(self, first: int | None, last: int | None) -> bool:
        """Tell whether it can hold stamps from the one to the other."""
        return (first is None or _day(first) <= self.last) and (last is None or self.first <= _day(last))


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenBatch:
    """Rows on the disk that no entry names yet: their number, their file, first and last day."""

    number: int
    file: ReadyFile
    first: str
    last: str


class PriceStore:
    """The prices of a workspace, as known at any journal number.

    Parameters
    ----------
    folder
        The workspace's `data/prices`; made when the first prices come.
    journal
        Names the files.
    """

    def __init__(self, folder: Path, journal: Journal) -> None:
        self._folder = folder
        self._journal = journal
        self._seen: dict[Path, tuple[int, int, int, str]] = {}

    @property
    def folder(self) -> Path:
        """Where the files are."""
        return self._folder

    def writing(self) -> AbstractContextManager[None]:
        """Keep other writers out."""
        return self._journal.writing()

    def table(
        self, known: int | None = None, *, as_of: np.datetime64 | str | None = None, check: bool = True
    ) -> PriceTable:
        """Give the prices as known at a journal number, in the units of a day.

        Parameters
        ----------
        known
            A journal number; None for everything known now.
        as_of
            Last day to be given; the last with a price by default. Splits, and changes of symbol, up to this day are
            applied to the prices before them; later ones are not, so that prices fit the quantities held on that day.
        check
            Whether to look for stale stretches (jumps are judged where the benchmark is known).

        Raises
        ------
        NotEnoughDataError
            If no prices are known.
        StorageError
            If a file is missing or has changed.
        """
        table = price_table(self.rows(known), self.symbols(known))
        actions = known_actions(self._journal, known)
        last = dt.date.fromisoformat(str(day_of(table.dates[-1] if as_of is None else as_of)))
        table = quote_adjusted(table, actions, as_of=last).until(as_of)
        if actions:
            table = adjust_prices(table, actions, as_of=last)
        return check_prices(table) if check else table

    def rows(self, known: int | None = None, *, first: int | None = None, last: int | None = None) -> pl.DataFrame:
        """Give every statement about a price known at a journal number.

        Parameters
        ----------
        known
            A journal number; None for now.
        first, last
            Only stamps from the one to the other, in seconds since 1970-01-01.

        Returns
        -------
        symbol, stamp, field, price, volume, batch; in no order but that of the files.
        """
        wanted = {b["batch"] for b in self._bodies(known) if b["batch"] is not None}
        while True:
            files = [f for f in self._files() if not wanted.isdisjoint(f.batches) and f.meets(first, last)]
            try:
                parts = [self._read(f, wanted, first, last) for f in files]
            except (StorageError, FileNotFoundError):
                # Another process may have merged these files since they were listed.
                if set(files) <= set(self._files()):
                    raise
                continue
            return pl.concat(parts) if parts else pl.DataFrame(schema=_SCHEMA)

    def _read(self, file: _File, wanted: set[int], first: int | None, last: int | None) -> pl.DataFrame:
        path = self._folder / file.name
        verify(path, file.sha256, self._seen)
        conditions: list[pl.Expr] = []
        if first is not None:
            conditions.append(pl.col("stamp") >= first)
        if last is not None:
            conditions.append(pl.col("stamp") <= last)
        if not wanted.issuperset(file.batches):
            conditions.append(pl.col("batch").is_in(sorted(wanted)))
        return read_rows(path, *conditions)

    def symbols(self, known: int | None = None) -> dict[str, SymbolFacts]:
        """Give what is known of each symbol."""
        facts: dict[str, SymbolFacts] = {}
        for body in self._bodies(known):
            for symbol, written in body["symbols"].items():
                facts[symbol] = SymbolFacts(
                    currency=written["currency"],
                    fields=tuple(written["fields"]),
                    hour=written["hour"],
                    aware=written["aware"],
                    moved=written["moved"],
                )
        return facts

    def batches(self, known: int | None = None) -> tuple[str, ...]:
        """Name what the prices known at a journal number rest on: number and SHA-256 of each batch as it was written.

        The names stay the same when files are merged.
        """
        return tuple(f"{b['batch']}:{b['sha256']}" for b in self._bodies(known) if b["batch"] is not None)

    def known_about(self, read: ReadPrices) -> KnownPrices:
        """Give what a file is to be compared with: the statements about the stamps it speaks of."""
        stamps = read.rows["stamp"]
        newest = self._journal.entries("prices", newest=True, limit=1)
        body = newest[0].read_as(BatchBody) if newest else None
        return KnownPrices(
            rows=self.rows(first=_whole(stamps.min()), last=_whole(stamps.max())),
            symbols=self.symbols(),
            intraday=None if body is None else body["intraday"],
            aware=None if body is None else body["aware"],
        )

    def closes(self) -> PriceTable | None:
        """Give what was quoted, each day in its own units: no split is applied, and nothing adjusted counts."""
        rows = self.rows().filter(pl.col("field") != "adjusted")
        return price_table(rows, self.symbols()) if rows.height else None

    def ready(self, change: PriceChange, *, source: Mapping[str, str], intraday: bool, aware: bool) -> "ReadyPrices":
        """Write the rows of a change to the disk, to be named by the journal; no lock is needed for it.

        Parameters
        ----------
        change
            What is to be kept.
        source
            Where it came from: name, SHA-256, label.
        intraday, aware
            As in `ReadPrices`.

        Raises
        ------
        StorageError
            If they cannot be written.
        """
        body: BatchBody = {
            "batch": None,
            "file": None,
            "sha256": None,
            "rows": change.rows.height,
            "new": change.preview.new,
            "corrected": change.preview.corrected,
            "symbols": {symbol: cast("_Facts", asdict(facts)) for symbol, facts in change.symbols.items()},
            "intraday": intraday,
            "aware": aware,
            "source": dict(source),
        }
        return ReadyPrices(self, change.rows, body)

    def write_batch(self, rows: pl.DataFrame) -> WrittenBatch:
        """Write rows under the number that comes next, without naming them."""
        number = self._next_number()
        numbered = rows.with_columns(batch=pl.lit(number)).select(
            pl.col(column).cast(kind) for column, kind in _SCHEMA.items()
        )
        numbered = numbered.sort("stamp", "symbol", "field")
        days = numbered["stamp"]
        return WrittenBatch(
            number=number, file=write_ready(numbered, self._folder), first=_day(days[0]), last=_day(days[-1])
        )  # fmt: skip

    def name(self, body: BatchBody, written: WrittenBatch | None, more: Sequence[Fact]) -> tuple[Entry, ...] | None:
        """Name what was written in the journal; None if other prices came since, so that its number is taken."""
        with self._journal.writing():
            if written is not None and written.number != self._next_number():
                return None
            self.clean()
            facts = list(more)
            if written is not None:
                name = f"{written.number:08d}.parquet"
                written.file.place(self._folder / name)
                body = {
                    **body, "batch": written.number, "file": name, "sha256": written.file.sha256,
                    "first": written.first, "last": written.last,
                }  # fmt: skip
            if written is not None or body["symbols"]:
                facts.insert(0, Fact(kind="prices", valid=None if written is None else written.last, body=body))
            return self._journal.append(facts) if facts else ()

    def tidy(self) -> None:
        """Merge files where there are many; a failure is not the importer's, and is met again by the next one."""
        if len(self._files()) > _MOST_FILES:
            with suppress(StorageError):
                self.merge()

    def _next_number(self) -> int:
        return 1 + max((b["batch"] for b in self._bodies(None) if b["batch"] is not None), default=0)

    def merge(self) -> Entry | None:
        """Merge the small files into one; None if there are fewer than two of them, or they changed meanwhile.

        Reading and writing are done without the lock: others import meanwhile, and their files stay as they are.
        """
        small = [f for f in self._files() if f.rows <= _LARGE]
        if len(small) < 2:
            return None
        try:
            rows = pl.concat([self._whole(f) for f in small]).sort("stamp", "symbol", "field", "batch")
        except (StorageError, FileNotFoundError):
            if set(small) <= set(self._files()):
                raise
            return None  # another process was faster
        batches = sorted(b for f in small for b in f.batches)
        with closing(write_ready(rows, self._folder)) as ready, self._journal.writing():
            if not set(small) <= set(self._files()):
                return None
            name = f"{batches[0]:08d}-{batches[-1]:08d}-{self._journal.head().seq + 1}.parquet"
            ready.place(self._folder / name)
            body: _Merged = {
                "file": name,
                "sha256": ready.sha256,
                "rows": rows.height,
                "batches": batches,
                "first": _day(rows["stamp"][0]),
                "last": _day(rows["stamp"][-1]),
            }
            (entry,) = self._journal.append([Fact(kind="prices-merged", body=body)])
            self.clean()
            return entry

    def _whole(self, file: _File) -> pl.DataFrame:
        verify(self._folder / file.name, file.sha256, self._seen)
        return read_rows(self._folder / file.name)

    def clean(self) -> tuple[str, ...]:
        """Remove files that no entry names any more: what a crash left behind, and what was merged."""
        with self._journal.writing():
            strays = self.unnamed()
            for path in strays:
                try:
                    path.unlink()
                except OSError as error:
                    raise StorageError(
                        expected=f"to remove {path.name}, which an import that broke off left behind",
                        found=str(error),
                        try_next="check the permissions of the folder",
                    ) from error
            return tuple(p.name for p in strays)

    def check(self) -> int:
        """Verify every file, reading it anew; give how many there are.

        Raises
        ------
        StorageError
            If one is missing or has changed.
        """
        for error in self.broken():
            raise error
        return self.count()

    def count(self) -> int:
        """Give how many files the journal names."""
        return len(self._files())

    def broken(self) -> tuple[StorageError, ...]:
        """Read every file anew, and give what is wrong with each that is missing or has changed."""
        errors = []
        for file in self._files():
            try:
                verify(self._folder / file.name, file.sha256, {})
            except StorageError as error:
                errors.append(error)
        return tuple(errors)

    def unnamed(self) -> tuple[Path, ...]:
        """Give the files that no entry names."""
        return stray_files(self._folder, {f.name for f in self._files()})

    def last_number(self) -> int:
        """Give the number of the last batch; 0 if there is none."""
        return self._next_number() - 1

    def _bodies(self, known: int | None) -> tuple[BatchBody, ...]:
        return tuple(entry.read_as(BatchBody) for entry in self._journal.entries("prices", known=known))

    def _files(self) -> tuple[_File, ...]:
        """Give the files in use, whatever is asked about: a batch stands in its own file until it is merged."""
        files: dict[str, _File] = {}
        for batch in self._bodies(None):
            if batch["file"] is not None and batch["batch"] is not None and batch["sha256"] is not None:
                files[batch["file"]] = _File(
                    name=batch["file"],
                    sha256=batch["sha256"],
                    rows=batch["rows"],
                    batches=(batch["batch"],),
                    first=batch["first"],
                    last=batch["last"],
                )
        for entry in self._journal.entries("prices-merged"):
            body = entry.read_as(_Merged)
            made = _File(
                name=body["file"],
                sha256=body["sha256"],
                rows=body["rows"],
                batches=tuple(sorted(body["batches"])),
                first=body["first"],
                last=body["last"],
            )
            files = {name: file for name, file in files.items() if not set(made.batches).issuperset(file.batches)}
            files[made.name] = made
        return tuple(sorted(files.values(), key=lambda f: f.batches[0]))


class ReadyPrices:
    """Prices that are on the disk and can be named at once; fills `trimtab.desk.books.keeping.Ready`."""

    def __init__(self, store: PriceStore, rows: pl.DataFrame, body: BatchBody) -> None:
        self._store, self._rows, self._body = store, rows, body
        self._written = store.write_batch(rows) if rows.height else None
        self._is_kept = False

    def keep(self, more: Sequence[Fact] = ()) -> tuple[Entry, ...]:
        """Name them in the journal, with further facts; nothing if there is nothing.

        Raises
        ------
        StorageError
            If a file cannot be written; nothing is kept then.
        """
        with self._store.writing():
            entries = self._store.name(self._body, self._written, more)
            if entries is None:
                self._let_go()
                self._written = self._store.write_batch(self._rows)
                entries = self._store.name(self._body, self._written, more)
        self._is_kept = True
        return entries or ()

    def close(self) -> None:
        """Let go of them: what was not named is removed. Then, if they were kept, merge files where there are many."""
        self._let_go()
        if self._is_kept:
            self._is_kept = False
            self._store.tidy()

    def _let_go(self) -> None:
        if self._written is not None:
            self._written.file.close()


def _day(seconds: int) -> str:
    return str(np.datetime64(seconds, "s").astype("datetime64[D]"))


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)
