"""Damage to files of every kind: each reader gives a whole answer, the same twice, or refuses in three parts.

Seeded and bounded: the same damage on every machine. ``make long`` does thirty times as much.
"""

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from statement_files import BESIDE, OURS, is_safe, read
from trimtab.errors import TrimtabError
from trimtab.feeds.actions import read_actions
from trimtab.feeds.chain import read_chain
from trimtab.feeds.contracts import bundled_contracts, read_contracts
from trimtab.feeds.funds import read_funds
from trimtab.feeds.holdings import read_holdings
from trimtab.feeds.quotes import read_ticks
from trimtab.feeds.records import read_cash_flows, read_flows, read_lots, read_trades, read_weights
from trimtab.feeds.series.prices import read_frame_file, read_prices
from trimtab.feeds.series.rates import read_fx, read_rates
from trimtab.feeds.transactions import read_transactions
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
}


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
    path = folder / f"{name.replace(' ', '_')}.csv"
    path.write_bytes(whole)
    assert outcome(lambda: reader(path))[0], f"the seed of {name} must be whole"
    rng = random.Random(f"14 {name}")  # noqa: S311 - it damages files
    for _ in range(times):
        path.write_bytes(damaged(whole, rng))
        assert outcome(lambda: reader(path)) == outcome(lambda: reader(path)), path.read_bytes()


@pytest.mark.parametrize("name", READERS)
def test_a_damaged_file_is_read_or_refused(name: str, tmp_path: Path) -> None:
    """No traceback, no refusal without its reason, and no answer that is another the second time."""
    harm_file(name, tmp_path, 150)


@pytest.mark.long
@pytest.mark.parametrize("name", READERS)
def test_much_damage_to_a_file_is_read_or_refused(name: str, tmp_path: Path) -> None:
    """The same, thirty times as often."""
    harm_file(name, tmp_path, 4500)


#: Layouts beside tables: XML, OFX, SWIFT, beancount and the like lie where the project is worked on.
_OTHERS = sorted(path for path in (BESIDE[0].parent.iterdir() if BESIDE else ()) if path.suffix not in {".md", ".json"})
STATEMENTS = [*OURS, *(path for path in _OTHERS if path.is_file()), EXAMPLES / "import/flex.xml"]


def harm_statement(path: Path, times: int) -> None:
    """Read so many damaged copies of a statement."""
    whole = path.read_bytes()
    rng = random.Random(f"14 {path.name}")  # noqa: S311 - it damages files
    for _ in range(times):
        data = damaged(whole, rng)
        outcome(lambda data=data: read(data))  # type: ignore[misc]


@pytest.mark.parametrize("path", STATEMENTS, ids=lambda p: p.name)
def test_a_damaged_statement_is_read_or_refused(path: Path) -> None:
    """Each format, by its own layout."""
    harm_statement(path, 16)


@pytest.mark.long
@pytest.mark.parametrize("path", STATEMENTS, ids=lambda p: p.name)
def test_much_damage_to_a_statement_is_read_or_refused(path: Path) -> None:
    """The same, thirty times as often."""
    harm_statement(path, 480)


def harm_notation(times: int) -> None:
    """Read so many damaged lines."""
    rng = random.Random("14 notation")  # noqa: S311 - it damages texts
    whole = "100 AAPL, -2 ESZ26, 5 SPX 6000P Dec26, 25000 USD, 3 BRK.B, -1 SPY260918P00560000"
    for _ in range(times):
        text = damaged(whole.encode(), rng).decode("utf-8", "replace")
        outcome(lambda text=text: parse_portfolio(text, contracts=CONTRACTS))  # type: ignore[misc]


def test_a_damaged_line_of_our_notation_is_read_or_refused() -> None:
    """Quantities that are no numbers, names that are none."""
    harm_notation(2000)


@pytest.mark.long
def test_much_damage_to_our_notation_is_read_or_refused() -> None:
    """The same, thirty times as often."""
    harm_notation(60_000)


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
