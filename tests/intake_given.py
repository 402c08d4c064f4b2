"""An empty desk in a folder: a journal in memory, a price store, and a function that imports text or frames."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

from trimtab.desk.books.account_ledger import account_books
from trimtab.desk.books.holdings_at import HeldAt, held_in
from trimtab.desk.books.intake import Imported
from trimtab.feeds.contracts import bundled_contracts
from trimtab.feeds.holdings import portfolio_of_records
from trimtab.feeds.intake.files import Reading, import_into
from trimtab.store.memory import MemoryJournal
from trimtab.store.prices import PriceStore


class GivenDesk:
    """Everything an import needs, and nothing else."""

    def __init__(self, folder: Path, journal=None):
        self.folder = folder
        self.journal = journal or MemoryJournal()
        self.prices = PriceStore(folder / "prices", self.journal)
        self._files = 0

    def take(self, text: str | bytes, name: str | None = None, **options) -> Imported:
        """Write a file and import it; accepted unless said otherwise."""
        self._files += 1
        path = self.folder / (name or f"file{self._files}.csv")
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return self.take_file(path, **options)

    def take_file(  # noqa: D102
        self, path: Path, *, portfolio="growth", base="USD", accept=True, reading=None, **options
    ) -> Imported:
        if isinstance(options.get("as_of"), str):
            options["as_of"] = dt.date.fromisoformat(options["as_of"])
        return import_into(
            path,
            journal=self.journal,
            prices=self.prices,
            contracts=bundled_contracts(),
            whose=lambda _account="": (portfolio, base),
            accept=accept,
            how=Reading(**(reading or {})),
            **options,
        )

    def held(  # noqa: D102
        self, as_of: str, portfolio="growth", *, start_empty: str | None = None, **options
    ) -> HeldAt:
        books = account_books(self.journal, portfolio, read=read_records, base=start_empty or "USD", **options)
        return held_in(books, dt.date.fromisoformat(as_of), start_empty=start_empty is not None)

    def quantities(self, as_of: str, **options) -> dict[str, str]:
        """Give what is held by symbol, in plain decimals."""
        return {p.symbol: f"{p.quantity.normalize():f}" for p in self.held(as_of, **options).portfolio.positions}


def read_records(records: Sequence[Mapping[str, str]], base: str, day: dt.date):
    return portfolio_of_records(
        list(enumerate(records, start=1)), base=base, contracts=bundled_contracts(), as_of=day, name="growth"
    )


def kept(done: Imported) -> tuple[int, int, int, int]:
    """Give new, same, corrected and set aside, or raise what went wrong."""
    if done.error is not None:
        raise done.error
    return done.preview.new, done.preview.same, done.preview.corrected, done.preview.aside
