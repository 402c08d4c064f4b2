"""Damage to files of every kind: each reader gives a whole answer, the same twice, or refuses in three parts.

Seeded and bounded: the same damage on every machine. ``make long`` goes on for four minutes a reader. Every reader of
files is in the table: a test says which one is not. What once broke one is kept as a smallest input (`SMALLEST`, and
``UNFORESEEN`` in test_trial_reliability.py).
"""

import datetime as dt
import importlib
import inspect
import io
import pkgutil
import random
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from effort import fuzz_rounds

import trimtab.feeds
from statement_files import BESIDE, OURS, is_safe, read
from trimtab import sample
from trimtab.errors import TrimtabError
from trimtab.feeds.actions import read_actions
from trimtab.feeds.chain import read_chain
from trimtab.feeds.contracts import bundled_contracts, read_contracts
from trimtab.feeds.funds import read_funds
from trimtab.feeds.holdings import read_holdings
from trimtab.feeds.limits import load_limits, make_terms
from trimtab.feeds.many.files import list_positions, read_mandates, read_positions
from trimtab.feeds.quotes import read_ticks
from trimtab.feeds.records import (
    read_cash_flows,
    read_fields,
    read_flows,
    read_hedge,
    read_lots,
    read_trades,
    read_weights,
)
from trimtab.feeds.series.funding import read_funding
from trimtab.feeds.series.interest import read_currency_rates
from trimtab.feeds.series.price_rows import read_price_rows
from trimtab.feeds.series.prices import read_frame_file, read_prices
from trimtab.feeds.series.rates import read_fx, read_rates
from trimtab.feeds.series.returns import read_returns
from trimtab.feeds.series.universe import read_quantities, read_universe
from trimtab.feeds.snapshots import read_snapshots
from trimtab.feeds.transactions import read_transactions
from trimtab.feeds.venues.margin import read_venue
from trimtab.market.checks.findings import Findings
from trimtab.model.notation import parse_portfolio

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
CONTRACTS = bundled_contracts()
Reader = Callable[[Path], object]

#: Signs that mean something to one reader or another, and some that mean nothing to any.
_SIGNS = (
    *",;\t|\"'\n\r\0 .-+()%$\u20ac\u2212\u00a0\ufeff0199eExX/:<>&{}[]", "1e999", "NaN", "inf", "-0",
    "99999999999999999", "2024-02-30", "0000-00-00", "\U0001f600", "\u202e", "<!DOCTYPE x>", "=1+1", '""', "\r\n\r\n",
)  # fmt: skip


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Do one to four kinds of harm to a file."""
    for _ in range(rng.randint(1, 4)):
        harm: Callable[[bytes, random.Random], bytes] = rng.choice(_HARMS)
        data = harm(data, rng)
    return data


def _put(data: bytes, rng: random.Random) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + rng.choice(_SIGNS).encode() + data[at:]


def _lose(data: bytes, rng: random.Random) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + data[at + rng.randint(1, 12) :]


def _flip(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data)) if data else 0
    return data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]


def _cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randint(0, len(data))]


def _move_line(data: bytes, rng: random.Random) -> bytes:
    lines = data.split(b"\n")
    line = lines.pop(rng.randrange(len(lines)))
    lines.insert(rng.randint(0, len(lines)), line)
    return b"\n".join(lines)


def _double_line(data: bytes, rng: random.Random) -> bytes:
    lines = data.split(b"\n")
    return b"\n".join([*lines, lines[rng.randrange(len(lines))]])


def _blank_cell(data: bytes, rng: random.Random) -> bytes:
    lines = data.split(b"\n")
    at = rng.randrange(len(lines))
    cells = lines[at].split(b",")
    cells[rng.randrange(len(cells))] = rng.choice(_SIGNS).encode()
    lines[at] = b",".join(cells)
    return b"\n".join(lines)


_HARMS = (_put, _put, _lose, _flip, _cut, _move_line, _double_line, _blank_cell, _blank_cell)


def _rows(reader: Callable[..., object]) -> Reader:
    """Read a table of rows as an import does: first the frame, then what it says."""

    def read_path(path: Path) -> object:
        findings = Findings()
        frame, origin, _ = read_frame_file(path, findings=findings)
        return reader(frame, origin=origin, findings=findings)

    return read_path


def _book(path: Path) -> object:
    return read_holdings(path, base="USD", contracts=CONTRACTS)


def _prices(path: Path) -> object:
    table = read_prices(path)
    return table.symbols, table.values.tobytes(), table.why.tobytes()


def _of_bytes(path: Path) -> object:
    return read_ticks(path.read_bytes(), name=path.name)


def _limits(path: Path) -> object:
    return make_terms(load_limits(path))


def _account_files(path: Path) -> object:
    return [read_positions(file).rows() for file in list_positions(path)]


def _parquet(text: str) -> bytes:
    """Give the rows of a CSV as a Parquet file."""
    stream = io.BytesIO()
    pl.read_csv(text.encode(), try_parse_dates=True).write_parquet(stream, compression="uncompressed")
    return stream.getvalue()


_LOTS = "symbol,quantity,price,acquired\nAAPL,100,120.5,2021-03-01\nAAPL,50,140,2022-01-10\nKO,-20,60.25,2023-05-05\n"
_CHAIN = "underlying,expiry,strike,call,put\n" + "".join(
    f"SPX,2024-06-21,{k},{max(4060 - k, 0) + 90},{max(k - 4060, 0) + 90}\n" for k in (3900, 4000, 4100, 4200)
)
_FLOWS = "date,amount,currency,kind\n2023-01-05,1000,USD,deposit\n2023-06-05,-250,USD,withdrawal\n"
_RATES = "date,rate\n" + "".join(f"2024-01-{d:02d},0.0{500 + d}\n" for d in range(2, 13))
_FX = "date,EURUSD,GBPUSD\n" + "".join(f"2024-01-{d:02d},1.{100 + d},1.{270 + d}\n" for d in range(2, 13))
_WEIGHTS = "date,symbol,weight\n2024-01-02,A,0.6\n2024-01-02,B,0.4\n2024-02-01,A,0.5\n2024-02-01,B,0.5\n"
_TRADES = "date,symbol,quantity,price,fee\n2024-01-02,A,100,185.5,1\n2024-01-05,A,-40,190.25,1\n2024-01-09,B,7,20,0\n"
_CONTRACTS = "root,multiplier,currency,tick,name,months\nES,50,USD,0.25,E-mini,HMUZ\nMES,5,USD,0.25,Micro,HMUZ\n"

_LONG = "date,symbol,price\n" + "".join(
    f"2024-01-{d:02d},{s},{100 + d + k}\n" for d in range(2, 9) for k, s in enumerate(("A", "B"))
)
_TICKS = "time,symbol,price\n2024-03-01T12:00:00,A,100\n2024-03-01T12:00:05,B,40.25\n2024-03-01T12:00:07,A,101\n"
_SNAPSHOTS = "date,symbol,quantity,multiplier\n2024-01-02,A,100,\n2024-01-02,B,-7,\n2024-02-02,A,90,\n"
_LIMITS = """long_only = true
max_weight = 0.2
no_trade = ["IBM"]
min_ticket = 1000
min_cash = -inf
tick = "0.01"
[costs]
half_spread = 0.0005
[lots]
XOM = 10
[taxes]
short_rate = 0.37
long_rate = 0.2
[taxes.specific]
IBM = [2, 1]
[sectors.technology]
low = 0.1
high = 0.4
symbols = ["AAPL"]
[liquidity.IBM]
daily_value = 1e6
volatility = 0.02
half_spread = 0.001
"""

#: Reader, and a whole file that it reads.
READERS: dict[str, tuple[Reader, bytes]] = {
    "holdings": (_book, (EXAMPLES / "mixed/book.csv").read_bytes()),
    "holdings with lots": (_book, (EXAMPLES / "ledger/opening.csv").read_bytes()),
    "transactions": (_rows(read_transactions), (EXAMPLES / "import/trades.csv").read_bytes()),
    "ledger trades": (_rows(read_transactions), (EXAMPLES / "ledger/trades.csv").read_bytes()),
    "actions": (_rows(read_actions), (EXAMPLES / "import/actions.csv").read_bytes()),
    "prices": (_prices, b"\n".join((EXAMPLES / "ledger/prices.csv").read_bytes().split(b"\n")[:25])),
    "lots": (read_lots, _LOTS.encode()),
    "trades": (read_trades, _TRADES.encode()),
    "flows": (read_flows, _FLOWS.encode()),
    "cash flows": (read_cash_flows, b"date,amount\n2023-01-05,1000\n2023-06-05,-250\n"),
    "weights": (read_weights, _WEIGHTS.encode()),
    "rates": (read_rates, _RATES.encode()),
    "exchange rates": (read_fx, _FX.encode()),
    "option chain": (read_chain, _CHAIN.encode()),
    "funds": (read_funds, (EXAMPLES / "mixed/funds.csv").read_bytes()),
    "contracts": (read_contracts, _CONTRACTS.encode()),
    "quotes": (_of_bytes, (EXAMPLES / "quotes/day.csv").read_bytes()),
    "long prices": (_prices, _LONG.encode()),
    "prices of an import": (_rows(read_price_rows), _LONG.encode()),
    "prices.parquet": (_prices, _parquet(_FX)),
    "quotes.parquet": (_of_bytes, _parquet(_TICKS)),
    "wide quotes": (_of_bytes, b"time,A,B\n2024-03-01T12:00:00Z,100,40\n2024-03-01T12:00:05Z,101.5,\n"),
    "holdings.parquet": (_book, _parquet("symbol,quantity\nAAPL,100\nKO,-20\nMSFT,7\n")),
    "snapshots": (_rows(read_snapshots), _SNAPSHOTS.encode()),
    "limits.toml": (_limits, _LIMITS.encode()),
    "margin rules.toml": (read_venue, sample.margin_paths()[0].read_bytes()),
    "returns": (read_returns, b"date,FUND\n2024-01-31,0.01\n2024-02-29,-0.02\n2024-03-28,0.015\n"),
    "funding": (
        lambda path: read_funding(str(path), dt.date(2024, 3, 1)),
        b"date,symbol,rate,hours\n2024-02-27,XBTUSD,0.0001,8\n2024-02-28,XBTUSD,-0.0002,8\n",
    ),
    "rates of currencies": (read_currency_rates, b"date,USD,EUR\n2024-01-02,0.05,0.04\n2024-02-02,0.0525,0.039\n"),
    "fields": (read_fields, b"symbol,sector,issuer\nAAPL,tech,Apple\nKO,staples,Coca-Cola\n"),
    "a hedge": (read_hedge, b"date,held,funding\n2024-01-02,-100,0.5\n2024-01-03,-90,-0.25\n"),
    "universe": (read_universe, (EXAMPLES / "attest/universe.csv").read_bytes()),
    "quantities": (read_quantities, (EXAMPLES / "attest/book.csv").read_bytes()),
    "mandates of a fleet": (
        lambda path: read_mandates(path, base="USD").rows(),
        b"account,benchmark,target,band\na1,SPX,0.9,0.1\na2,SPX,1.0,0.05\n",
    ),
    "positions of a fleet.parquet": (_account_files, _parquet("account,symbol,quantity\n1,A,10\n1,B,5\n2,A,-3\n")),
}  # fmt: skip
#: What once broke a reader, or an answer that was another the second time: small, and read or refused like all else.
SMALLEST: dict[str, tuple[bytes, ...]] = {
    "quotes": (
        "time,symbol,price\n\u00b2\u00b2\u00b2\u00b2,A,1\n".encode(),
        b"time,symbol,price\n9999-12-31T23:59:59,A,1e308\n",
        b'time,symbol,""price\n1709296200,A,1\n',
    ),
    "transactions": (b'id,date,""symbol\n1,2024-01-02,A\n', b"id,date,symbol,quantity\n1,2024-01-02,A,1E+1000000\n"),
    "holdings": (b"symbol,quantity\nA,1e400\n", b"symbol,quantity\nA\x1b[2J,1\n"),
    "prices": (b"date,A\n2024-01-02,5e-324\n2024-01-03,1\n",),
    "funds": (b"fund,symbol,weight\nF,A,1E+1000000\n", b'fund,symb"ol,weight\nGLOBAL,AAPL,0.25\nGLOBAL,SA\n'),
    "trades": (b'date,symbol,quantity,price,fee"02,A,1,2,1\n2024-01-05,A,1,190.25,1\n20-01-09,B,7,20,0\n',),
    "contracts": (b"root,multiplier,currency,tick,name,x\nES,50,USD,0.25,E,5,USD\n",),
    "option chain": (b"underlying,expiry,strike,call,put\nSPX,2025-01-17,1e308,1,2\nSPX,2025-01-17,100,1,2\n",),
    "rates": (b"date,rate\n2024-01-02,0.05\ndate,rate\n2024-01-03,0.05\n",),
    "margin rules.toml": (b"a = " + b"1" * 5000, b"a = " + b"[" * 100_000),
    "limits.toml": (b"max_weight = 1" + b"1" * 400, b"tick = 1" + b"1" * 5000),
}
#: Readers that are reached through others of the table, or through the statements below.
THROUGH_OTHERS = {
    "read_bytes": "quotes", "read_text": "prices", "read_frame_file": "transactions",
    "read_number": "holdings", "read_decimal": "holdings", "read_date": "holdings", "read_money": "holdings",
    "read_choice": "holdings", "read_dividends": "holdings", "read_written_rows": "positions of a fleet.parquet",
}  # fmt: skip


#: Readers of what somebody holds in memory: there is no file to damage.
IN_MEMORY = {"read_pair"}


def outcome(reader: Callable[[], object]) -> tuple[bool, str]:
    """Give whether a reader gave something, and what; a refusal must have its three parts."""
    try:
        answer = repr(reader())
    except TrimtabError as error:
        refused = error
    else:
        return True, answer
    assert refused.expected.strip(), refused
    assert refused.found.strip(), refused
    assert refused.try_next.strip(), refused
    return False, str(refused)


def harm_file(name: str, folder: Path, times: int) -> None:
    """Read so many damaged copies, each twice."""
    reader, whole = READERS[name]
    path = _path(folder, name)
    path.write_bytes(whole)
    assert outcome(lambda: reader(path))[0], f"the seed of {name} must be whole"
    rng = random.Random(f"14 {name}")  # noqa: S311 - it damages files
    for _ in fuzz_rounds(times):
        path.write_bytes(damaged(whole, rng))
        assert _same_twice(reader, path), path.read_bytes()


def _same_twice(reader: Reader, path: Path) -> bool:
    try:
        return outcome(lambda: reader(path)) == outcome(lambda: reader(path))
    except Exception as error:
        error.add_note(f"of {path.read_bytes()[:4000]!r}")
        raise


def _path(folder: Path, name: str) -> Path:
    stem = name.replace(" ", "_")
    return folder / (stem if "." in stem else f"{stem}.csv")


def test_every_reader_of_files_is_damaged() -> None:
    """A public function of feeds that reads is in the table, or is reached by one that is, or is a statement's."""
    here = Path(__file__).read_text()
    readers: dict[str, str] = {}
    for module in pkgutil.walk_packages(trimtab.feeds.__path__, "trimtab.feeds."):
        if module.name.startswith("trimtab.feeds.statements"):
            continue  # each format by its own layout, below
        opened = importlib.import_module(module.name)
        for name in getattr(opened, "__all__", ()):
            if name.startswith("read_") and inspect.isfunction(getattr(opened, name)):
                readers[name] = module.name
    table = here.partition("READERS: dict")[2].partition("SMALLEST:")[0] + here.partition("def _rows")[2]
    spared = IN_MEMORY | set(THROUGH_OTHERS)
    missing = {name: where for name, where in readers.items() if name not in spared and f"{name}" not in table}
    assert not missing, "add them to READERS, each with a small whole file"
    assert set(THROUGH_OTHERS.values()) <= set(READERS)
    assert set(THROUGH_OTHERS) <= set(readers)


@pytest.mark.parametrize("name", SMALLEST)
def test_what_once_broke_a_reader_is_read_or_refused(name: str, tmp_path: Path) -> None:
    """The smallest inputs of damage that was found."""
    reader, _ = READERS[name]
    for data in SMALLEST[name]:
        path = _path(tmp_path, name)
        path.write_bytes(data)
        assert _same_twice(reader, path)


@pytest.mark.parametrize("name", READERS)
def test_a_damaged_file_is_read_or_refused(name: str, tmp_path: Path) -> None:
    """No traceback, no refusal without its reason, and no answer that is another the second time."""
    harm_file(name, tmp_path, 40 if "prices" in name or "rates" in name else 80)


@pytest.mark.long
@pytest.mark.parametrize("name", READERS)
def test_much_damage_to_a_file_is_read_or_refused(name: str, tmp_path: Path) -> None:
    """The same for four minutes."""
    harm_file(name, tmp_path, 0)


#: Layouts beside tables: XML, OFX, SWIFT, beancount and the like lie where the project is worked on.
_OTHERS = sorted(path for path in (BESIDE[0].parent.iterdir() if BESIDE else ()) if path.suffix not in {".md", ".json"})
STATEMENTS = [*OURS, *(path for path in _OTHERS if path.is_file()), EXAMPLES / "import/flex.xml"]


def harm_statement(path: Path, times: int) -> None:
    """Read so many damaged copies of a statement."""
    whole = path.read_bytes()
    rng = random.Random(f"14 {path.name}")  # noqa: S311 - it damages files
    for _ in fuzz_rounds(times):
        data = damaged(whole, rng)
        outcome(lambda data=data: read(data))  # type: ignore[misc]


@pytest.mark.parametrize("path", STATEMENTS, ids=lambda p: p.name)
def test_a_damaged_statement_is_read_or_refused(path: Path) -> None:
    """Each format, by its own layout."""
    harm_statement(path, 16)


@pytest.mark.long
@pytest.mark.parametrize("path", STATEMENTS, ids=lambda p: p.name)
def test_much_damage_to_a_statement_is_read_or_refused(path: Path) -> None:
    """The same for four minutes."""
    harm_statement(path, 0)


def harm_notation(times: int) -> None:
    """Read so many damaged lines."""
    rng = random.Random("14 notation")  # noqa: S311 - it damages texts
    whole = "100 AAPL, -2 ESZ26, 5 SPX 6000P Dec26, 25000 USD, 3 BRK.B, -1 SPY260918P00560000"
    for _ in fuzz_rounds(times):
        text = damaged(whole.encode(), rng).decode("utf-8", "replace")
        outcome(lambda text=text: parse_portfolio(text, contracts=CONTRACTS))  # type: ignore[misc]


def test_a_damaged_line_of_our_notation_is_read_or_refused() -> None:
    """Quantities that are no numbers, names that are none."""
    harm_notation(2000)


@pytest.mark.long
def test_much_damage_to_our_notation_is_read_or_refused() -> None:
    """The same for four minutes."""
    harm_notation(0)


#: Readers in which a number or a day that is garbled may never be passed over, without a word or with one.
STRICT = (
    "holdings",
    "holdings with lots",
    "lots",
    "trades",
    "flows",
    "weights",
    "exchange rates",
    "funds",
    "contracts",
)


@pytest.mark.parametrize("name", STRICT)
def test_a_garbled_number_or_day_is_never_passed_over(name: str, tmp_path: Path) -> None:
    """Each cell in turn that holds a number or a day says ?!7x in its place: it is refused, and names the cell."""
    reader, whole = READERS[name]
    path = tmp_path / "a.csv"
    rows = [line.split(",") for line in whole.decode().strip().split("\n")]
    cells = [(i, j) for i, row in enumerate(rows[1:9], 1) for j, cell in enumerate(row) if cell[:1].isdigit()]
    for i, j in cells:
        copy = [list(row) for row in rows]
        copy[i][j] = "?!7x"
        path.write_text("\n".join(",".join(row) for row in copy) + "\n")
        read_it, said = outcome(lambda: reader(path))
        assert not read_it, (rows[0][j], rows[i])
        assert "?!7x" in said, said


@pytest.mark.parametrize("path", OURS, ids=lambda p: p.name)
def test_a_garbled_number_of_a_statement_is_never_passed_over(path: Path) -> None:
    """Cells that hold digits say ?!7x: the same numbers are read, or something is asked, or the file is refused."""
    text = path.read_bytes().decode()
    whole, rng = read(path.read_bytes()), random.Random(f"14 {path.name}")  # noqa: S311 - it chooses cells
    cells = [found.span() for found in re.finditer(r"(?<=[,;\t])-?\d[\d.]*(?=[,;\t\r\n])", text)]
    for start, end in rng.sample(cells, min(12, len(cells))):
        copy = f"{text[:start]}?!7x{text[end:]}".encode()
        assert is_safe(whole, copy), text[max(0, start - 60) : end + 30]
