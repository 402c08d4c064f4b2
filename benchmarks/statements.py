"""A broker's statement of 100,000 rows into a new workspace: seconds and memory, beside a bare reading of its columns.

    python benchmarks/statements.py             100,000 rows of each broker
    python benchmarks/statements.py --rows 5000

The files are made here, in the layouts of three brokers: sections with a header of their own (Interactive Brokers),
one table with dollars and brackets (Schwab), and decimal commas with unnamed currency columns (Degiro). Every row adds
up, so that the reader may hold one number against the others, and the books at the end are known: the units of each
share and the money are summed while the file is written, and the workspace must give them back to the cent.

Each contestant runs in a process of its own. Time is that of its processor, so that what else runs on the machine does
not count; memory is the largest it had. The peer reads the same file with Polars and makes numbers and dates of the
same columns; it is told which columns those are and how they are written, checks nothing, and keeps nothing.
"""

import argparse
import datetime as dt
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

_SEED = 20260630
_NAMES = 40
_FIRST = dt.date(2016, 1, 4)
_CENT = Decimal("0.01")


@dataclass(slots=True)
class Truth:
    """What the books hold after a file: units by symbol, and money by currency."""

    units: dict[str, int] = field(default_factory=dict)
    money: dict[str, Decimal] = field(default_factory=dict)

    def add(self, symbol: str, units: int, currency: str, cash: Decimal) -> None:
        """Add one row."""
        self.units[symbol] = self.units.get(symbol, 0) + units
        self.money[currency] = self.money.get(currency, Decimal(0)) + cash


@dataclass(frozen=True, slots=True)
class Deal:
    """One row: a purchase, a sale, or a dividend (no units)."""

    moment: dt.datetime
    name: int
    units: int
    price: Decimal
    fee: Decimal
    number: int

    @property
    def cash(self) -> Decimal:
        """What came, or went."""
        if not self.units:
            return self.price
        return -self.units * self.price - self.fee


def deals(rows: int) -> Iterator[Deal]:
    """Make deals in the order of time; nobody sells what is not held."""
    rng = random.Random(_SEED)  # noqa: S311 - made-up trades
    held = [0] * _NAMES
    levels = [rng.uniform(8, 600) for _ in range(_NAMES)]
    step = dt.timedelta(days=10 * 365) / rows
    for number in range(rows):
        name = rng.randrange(_NAMES)
        levels[name] *= 1 + rng.gauss(0, 0.01)
        price = Decimal(f"{levels[name]:.2f}")
        moment = dt.datetime.combine(_FIRST, dt.time(9, 30), dt.UTC) + number * step
        fee = Decimal(rng.choice(["0", "1.00", "0.35", "2.64"]))
        what = rng.random()
        if what < 0.1 and held[name]:
            yield Deal(moment, name, 0, (price / 50).quantize(_CENT), Decimal(0), number)
            continue
        units = -rng.randint(1, held[name]) if what > 0.6 and held[name] else rng.randint(1, 200)
        held[name] += units
        yield Deal(moment, name, units, price, fee, number)


def symbol_of(name: int) -> str:
    """Give a made-up ticker."""
    return f"Q{chr(65 + name // 26)}{chr(65 + name % 26)}X"


def isin_of(name: int) -> str:
    """Give a made-up code with its check digit."""
    body = f"US99{name:07d}"
    digits = "".join(str(int(c, 36)) for c in body)
    total = sum(sum(divmod(int(c) * (2 - i % 2), 10)) for i, c in enumerate(reversed(digits)))
    return f"{body}{-total % 10}"


def write_schwab(path: Path, rows: int) -> Truth:
    """Write a history as Schwab exports it: newest first, dollars, a minus before the sign of the currency."""
    truth, lines = Truth(), []
    for deal in deals(rows):
        symbol, day = symbol_of(deal.name), f"{deal.moment:%m/%d/%Y}"
        amount = f"{'-' if deal.cash < 0 else ''}${abs(deal.cash):,.2f}"
        truth.add(symbol, deal.units, "USD", deal.cash)
        if not deal.units:
            lines.append(f'"{day}","Qualified Dividend","{symbol}","SAMPLE {symbol} INC","","","","{amount}"')
            continue
        what, fee = ("Buy" if deal.units > 0 else "Sell"), (f"${deal.fee}" if deal.fee else "")
        lines.append(
            f'"{day}","{what}","{symbol}","SAMPLE {symbol} INC","{abs(deal.units):,}","${deal.price:,}","{fee}",'
            f'"{amount}"'
        )
    header = '"Date","Action","Symbol","Description","Quantity","Price","Fees & Comm","Amount"'
    path.write_text("\n".join([header, *reversed(lines)]) + "\n")
    return truth


def write_ibkr(path: Path, rows: int) -> Truth:
    """Write an activity statement: sections, a header for each, subtotals."""
    truth = Truth()
    trades, paid = [], []
    for deal in deals(rows):
        symbol = symbol_of(deal.name)
        truth.add(symbol, deal.units, "USD", deal.cash)
        if not deal.units:
            words = f"{symbol}({isin_of(deal.name)}) Cash Dividend USD {deal.price} per Share"
            paid.append(f"Dividends,Data,USD,{deal.moment:%Y-%m-%d},{words},{deal.price}")
            continue
        proceeds = -deal.units * deal.price
        trades.append(
            f'Trades,Data,Order,Stocks,USD,{symbol},"{deal.moment:%Y-%m-%d, %H:%M:%S}","{deal.units:,}",{deal.price},'
            f"{deal.price},{proceeds},{-deal.fee},{-proceeds + deal.fee},0,0,O"
        )
    last = deal.moment
    head = [
        "Statement,Header,Field Name,Field Value", "Statement,Data,BrokerName,Interactive Brokers LLC",
        "Statement,Data,Title,Activity Statement",
        f'Statement,Data,Period,"January 4, 2016 - {last:%B} {last.day}, {last.year}"',
        "Account Information,Header,Field Name,Field Value", "Account Information,Data,Account,U0000002",
        "Account Information,Data,Base Currency,USD",
        "Trades,Header,DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,Quantity,T. Price,C. Price,Proceeds,"
        "Comm/Fee,Basis,Realized P/L,MTM P/L,Code",
    ]  # fmt: skip
    between = ["Dividends,Header,Currency,Date,Description,Amount"]
    path.write_text("\n".join([*head, *trades, *between, *paid]) + "\n")
    return truth


def write_degiro(path: Path, rows: int) -> Truth:
    """Write transactions as Degiro exports them: decimal commas, currencies in columns without a name, no tickers."""
    truth, lines = Truth(), []
    for deal in (d for d in deals(rows * 10 // 9) if d.units):
        isin = isin_of(deal.name)
        truth.add(isin, deal.units, "EUR", deal.cash)
        worth = f"{-deal.units * deal.price:.2f}".replace(".", ",")
        total, fee = f"{deal.cash:.2f}".replace(".", ","), (f"-{deal.fee}".replace(".", ",") if deal.fee else "")
        price = f"{deal.price:.4f}".replace(".", ",")
        lines.append(
            f'{deal.moment:%d-%m-%Y,%H:%M},SAMPLE {isin},{isin},EAM,XAMS,{deal.units},"{price}",EUR,"{worth}",EUR,'
            f'"{worth}",EUR,,"{fee}",EUR,"{total}",EUR,00000000-0000-4000-8000-{deal.number:012d}'
        )
    header = (
        "Datum,Tijd,Product,ISIN,Beurs,Uitvoeringsplaats,Aantal,Koers,,Lokale waarde,,Waarde,,Wisselkoers,"
        "Transactiekosten en/of,,Totaal,,Order ID"
    )
    path.write_text("\n".join([header, *reversed(lines)]) + "\n")
    return truth


WRITERS: dict[str, Callable[[Path, int], Truth]] = {
    "ibkr activity": write_ibkr, "schwab": write_schwab, "degiro": write_degiro,
}  # fmt: skip


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


def with_polars(path: Path, folder: Path) -> int:  # noqa: ARG001
    """Read the file and make numbers and dates of its columns, told which they are and how they are written."""
    import polars as pl  # noqa: PLC0415

    text = path.read_text(encoding="utf-8-sig").splitlines()
    day, numbers = {
        "ibkr": (("Date/Time", "%Y-%m-%d, %H:%M:%S"), ("Quantity", "T. Price", "Proceeds", "Comm/Fee")),
        "schwab": (("Date", "%m/%d/%Y"), ("Quantity", "Price", "Fees & Comm", "Amount")),
        "degiro": (("Datum", "%d-%m-%Y"), ("Aantal", "Koers", "Waarde", "Transactiekosten en/of", "Totaal")),
    }[path.stem.split()[0]]
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
    "trimtab import": with_trimtab, "read_statement": with_reading, "polars, told": with_polars,
}  # fmt: skip


def _base(path: Path) -> str:
    return "EUR" if path.stem.startswith("degiro") else "USD"


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


def _run(name: str, path: Path, folder: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--one", name, str(path), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def _one(name: str, path: Path, folder: Path) -> None:
    start = time.process_time()
    rows = CONTESTANTS[name](path, folder)
    seconds = time.process_time() - start
    scale = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale
    print(json.dumps({"rows": rows, "seconds": seconds, "mb": peak / 1e6}))


def main() -> None:
    """Run every contestant on every file, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--one", nargs=3, metavar=("CONTESTANT", "FILE", "FOLDER"), help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.one:
        _one(told.one[0], Path(told.one[1]), Path(told.one[2]))
        return
    print(f"{'file':<15}{'contestant':<17}{'rows':>9}{'seconds':>9}{'MB':>7}")
    with tempfile.TemporaryDirectory() as scratch:
        for broker, write in WRITERS.items():
            path = Path(scratch) / f"{broker}.csv"
            truth = write(path, told.rows)
            for name in CONTESTANTS:
                folder = Path(scratch) / f"{broker}-{name.split()[0].strip(',')}"
                one = _run(name, path, folder)
                print(f"{broker:<15}{name:<17}{one['rows']:>9,}{one['seconds']:>9.2f}{one['mb']:>7.0f}", flush=True)
                if name == "trimtab import":
                    check_books(path, folder, truth)


if __name__ == "__main__":
    main()
