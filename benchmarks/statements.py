"""A broker's statement of 100,000 rows into a new workspace: seconds and memory, beside a bare reading of its columns.

    python benchmarks/statements.py                    100,000 rows of each of eight layouts
    python benchmarks/statements.py --rows 5000
    python benchmarks/statements.py ofx degiro         some of them

The files are those of benchmarks/statement_files.py. Every row adds up, so that the reader may hold one number against
the others, and the books at the end are known: the units of each share and the money are summed while the file is
written, and the workspace must give them back to the cent.

Whatever is timed runs in a process of its own, and so does what writes the files: Linux hands the largest memory of a
process on to the one that it starts. Time is that of the processor, so that what else runs on the machine does not
count (it slows memory down all the same: compare figures of one run); memory is the largest it had. "start" is the
part of both that it takes to import the library. The peer reads the same file and makes numbers and dates of the same
columns: Polars for tables, told which columns those are and how they are written; ofxparse for OFX, and ibflex for
Flex, where they are installed. It checks nothing, and keeps nothing.
"""

import argparse
import datetime as dt
import importlib.util
import io
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from statement_files import WRITERS, Truth


def with_trimtab(path: Path, folder: Path) -> int:
    """Import into a new workspace, as the command does; give how many rows are new."""
    from trimtab.wiring.creating import create_workspace  # noqa: PLC0415 - its import is part of what is timed
    from trimtab.wiring.importing import import_files  # noqa: PLC0415

    taken = import_files([path], workspace=create_workspace(folder, benchmark="SPX"), base=_base(path), accept=True)[0]
    if taken.error is not None or taken.preview is None:
        raise SystemExit(f"{path.name} was not kept: {taken.error}")
    return taken.preview.new


def with_reading(path: Path, folder: Path) -> int:  # noqa: ARG001
    """Read the statement alone: sniffed, taken apart, every number proved; nothing is kept."""
    from trimtab.feeds.statements.read import read_statement  # noqa: PLC0415

    return len(read_statement(path.read_bytes(), name=path.name).facts)


def with_peer(path: Path, folder: Path) -> int:
    """Read the file with the library for it."""
    if path.suffix == ".csv":
        return with_polars(path, folder)
    return with_ofxparse(path) if path.suffix == ".ofx" else with_ibflex(path)


def with_ofxparse(path: Path) -> int:
    """Read OFX: https://pypi.org/project/ofxparse/."""
    from ofxparse import OfxParser  # noqa: PLC0415

    read = OfxParser.parse(io.BytesIO(path.read_bytes()))
    return len(read.account.statement.transactions)


def with_ibflex(path: Path) -> int:
    """Read a Flex query: https://pypi.org/project/ibflex/."""
    from ibflex import parser  # noqa: PLC0415

    read = parser.parse(io.BytesIO(path.read_bytes()))
    return sum(len(s.Trades) + len(s.CashTransactions) for s in read.FlexStatements)


#: Of each table: its moments and how they are written, and its numbers.
_COLUMNS = {
    "ibkr-activity": (("Date/Time", "%Y-%m-%d, %H:%M:%S"), ("Quantity", "T. Price", "Proceeds", "Comm/Fee")),
    "schwab": (("Date", "%m/%d/%Y"), ("Quantity", "Price", "Fees & Comm", "Amount")),
    "degiro": (("Datum", "%d-%m-%Y"), ("Aantal", "Koers", "Waarde", "Transactiekosten en/of", "Totaal")),
    "trading212": (("Time", "%Y-%m-%d %H:%M:%S%.3f"), ("No. of shares", "Price / share", "Total")),
    "kraken": (("time", "%Y-%m-%d %H:%M:%S"), ("amount", "fee", "balance")),
    "plain-table": (("Trade date", "%Y-%m-%d"), ("Units", "Price", "Costs", "Net amount")),
}


def with_polars(path: Path, folder: Path) -> int:  # noqa: ARG001
    """Read the file and make numbers and dates of its columns, told which they are and how they are written."""
    import polars as pl  # noqa: PLC0415

    text = path.read_text(encoding="utf-8-sig").splitlines()
    day, numbers = _COLUMNS[path.stem]
    if path.stem.startswith("ibkr"):
        text = [line for line in text if line.startswith("Trades,")]
    width = text[0].count(",") + 1
    names = [name.strip('"') or f"column {i}" for i, name in enumerate(text[0].split(","))]
    frame = pl.read_csv(
        "\n".join(text[1:]).encode(), has_header=False, new_columns=names[:width], infer_schema=False,
        truncate_ragged_lines=True,
    )  # fmt: skip
    comma = path.stem.startswith("degiro")
    bare = [pl.col(n).str.replace_all(r"[$.]" if comma else r"[$,]", "") for n in numbers]
    plain = [number.str.replace(",", ".").cast(pl.Float64, strict=False) for number in bare]
    return frame.with_columns(pl.col(day[0]).str.to_datetime(day[1]), *plain).height


CONTESTANTS: dict[str, Callable[[Path, Path], int]] = {
    "trimtab import": with_trimtab, "read_statement": with_reading, "peer": with_peer,
}  # fmt: skip


def _base(path: Path) -> str:
    return {"degiro": "EUR", "kraken": "EUR", "trading212": "GBP"}.get(path.stem, "USD")


def check_books(path: Path, folder: Path, truth: Truth) -> None:
    """Stop unless the workspace holds what was written into the file."""
    from trimtab.desk.books.account_ledger import account_books  # noqa: PLC0415
    from trimtab.feeds.holdings import portfolio_of_records  # noqa: PLC0415
    from trimtab.model.contract import ContractTable  # noqa: PLC0415
    from trimtab.wiring.workspace import open_workspace  # noqa: PLC0415

    workspace = open_workspace(folder)

    def read(records: object, base: str, day: dt.date) -> object:
        return portfolio_of_records(list(enumerate(records, 1)), base=base, contracts=ContractTable(), as_of=day)

    account = "main"
    books = account_books(workspace.journal, account, read=read, base=_base(path))
    last = books.ledger.book_on(books.ledger.days[-1])
    wrong = {s: u for s, u in truth.units.items() if last.quantity(s) != u}
    wrong |= {c: m for c, m in truth.money.items() if last.cash.get(c, 0) != m}
    if wrong:
        raise SystemExit(f"{path.name}: the books are not those of the file: {wrong}")


def _run(*told: str) -> str:
    done = subprocess.run([sys.executable, __file__, *told], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout


def _peak() -> float:
    scale = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale / 1e6


def _one(name: str, path: Path, folder: Path) -> None:
    """Time one contestant."""
    begun = time.process_time()
    importlib.import_module("polars" if name == "peer" else "trimtab.wiring.importing")
    start = time.process_time()
    rows = CONTESTANTS[name](path, folder)
    seconds = time.process_time() - start
    print(json.dumps({"rows": rows, "start": start - begun, "seconds": seconds, "mb": _peak()}))


def _write(layout: str, rows: int, folder: Path) -> None:
    """Write a file, and what the books hold after it beside it."""
    extension, write = WRITERS[layout]
    truth = write(folder / f"{layout}.{extension}", rows)
    money = {code: str(amount) for code, amount in truth.money.items()}
    (folder / f"{layout}.json").write_text(json.dumps({"units": truth.units, "money": money}))


def _check(path: Path, folder: Path) -> None:
    written = json.loads(path.with_suffix(".json").read_text())
    money = {code: Decimal(amount) for code, amount in written["money"].items()}
    check_books(path, folder, Truth(units=written["units"], money=money))


_LIBRARY = {".ofx": "ofxparse", ".xml": "ibflex"}


def main() -> None:
    """Run every contestant on every file, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "layouts", nargs="*", metavar="LAYOUT", help=f"among {', '.join(WRITERS)}; all if none is given"
    )
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--write", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--check", nargs=2, help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.one:
        _one(told.one[0], Path(told.one[1]), Path(told.one[2]))
    elif told.write:
        _write(told.write[0], int(told.write[1]), Path(told.write[2]))
    elif told.check:
        _check(Path(told.check[0]), Path(told.check[1]))
    else:
        _compare(told.layouts or list(WRITERS), told.rows)


def _compare(layouts: list[str], rows: int) -> None:
    print(f"{'file':<15}{'contestant':<16}{'rows':>9}{'start':>7}{'seconds':>9}{'rows/s':>9}{'MB':>6}")
    with tempfile.TemporaryDirectory() as scratch:
        for layout in layouts:
            path = Path(scratch) / f"{layout}.{WRITERS[layout][0]}"
            _run("--write", layout, str(rows), scratch)
            for name in CONTESTANTS:
                library = _LIBRARY.get(path.suffix, "polars")
                shown = f"peer: {library}" if name == "peer" else name
                if name == "peer" and importlib.util.find_spec(library) is None:
                    print(f"{layout:<15}{shown:<16} is not installed")
                    continue
                folder = Path(scratch) / f"{layout}-{name.split()[0]}"
                one = json.loads(_run("--one", name, str(path), str(folder)))
                pace = one["rows"] / one["seconds"]
                print(
                    f"{layout:<15}{shown:<16}{one['rows']:>9,}{one['start']:>7.2f}{one['seconds']:>9.2f}{pace:>9,.0f}"
                    f"{one['mb']:>6.0f}", flush=True,
                )  # fmt: skip
                if name == "trimtab import":
                    _run("--check", str(path), str(folder))


if __name__ == "__main__":
    main()
