"""Files that once ended a command with a traceback, took the machine's memory, or were kept by half."""

import gzip
import os
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from intake_given import GivenDesk

import trimtab
from trimtab.beta.method import parse_method
from trimtab.config.read import read_config
from trimtab.desk.answers.known import number_known
from trimtab.desk.books.intake import Outcome
from trimtab.errors import FileFormatError, TrimtabError
from trimtab.feeds.chain import read_chain
from trimtab.feeds.contracts import read_contracts
from trimtab.feeds.funds import read_funds
from trimtab.feeds.quotes import read_ticks
from trimtab.feeds.series.prices import read_prices
from trimtab.feeds.series.rates import read_rates
from trimtab.feeds.statements.read import read_statement
from trimtab.feeds.text import read_bytes


@pytest.fixture
def desk(tmp_path: Path) -> GivenDesk:
    """Give a desk that holds 200 AAPL and money."""
    desk = GivenDesk(tmp_path)
    assert desk.take("symbol,quantity,price\nAAPL,200,90\nUSD,50000,\n", as_of="2024-04-30").error is None
    return desk


@pytest.mark.parametrize(
    "text",
    [
        "symbol,quantity\nAAPL,1e400\n",
        "id,date,symbol,quantity,price,side\nt,2024-05-02,AAPL,1e30,1e300,buy\n",
        "Trade Date,Symbol,B/S,Quantity,Price,Brokerage\n2024-05-02,AAPL,buy,1e400,5,1\n",
        f"Trade Date,Symbol,B/S,Quantity,Price,Brokerage\n2024-05-02,AAPL,buy,{'9' * 400},5,1\n",
        "Symbol,Description,Qty (Quantity),Price,Mkt Val (Market Value)\nAAPL,APPLE,1E+1000000,5,6\n",
    ],
)
def test_r7_a_number_beyond_reach_is_refused_at_the_door(desk: GivenDesk, text: str) -> None:
    """Quantities and prices that no value could hold: nothing is kept, and the next book is as it was."""
    done = desk.take(text, as_of="2024-05-03")
    assert (done.outcome, done.error is not None) == (Outcome.FAILED, True)
    assert desk.quantities("2024-05-03") == {"AAPL": "200", "USD": "50000"}


@pytest.mark.parametrize(
    "text", ['id,date,""symbol\nt2,2024-01-03,SPX\n', 'symbol,"quantity\nAAPL,5\n', 'date,"AAPL\n2024-01-02,5\n']
)
def test_r13_a_quote_in_the_header_is_refused_in_three_parts(desk: GivenDesk, text: str) -> None:
    """A quote that opens inside a name, or never closes."""
    with pytest.raises(FileFormatError, match="each quote in it closed"):
        raise desk.take(text, as_of="2024-05-03").error or AssertionError("it was read")


def test_r15_a_packed_file_that_fills_memory_is_refused_early(tmp_path: Path) -> None:
    """A quarter of a megabyte that becomes 83 MB: both roads stop at 50 MB, and a plain packed table is read."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    part = b"date,AAPL\n" + b"2024-01-02,5\n" * 80_000
    data = b"".join([*(packer.compress(part) for _ in range(80)), packer.flush()])
    path = tmp_path / "p.csv.gz"
    path.write_bytes(data)
    for reader in (lambda: read_bytes(path), lambda: read_statement(data, name="p.csv.gz")):
        with pytest.raises(FileFormatError, match="unpacks to at most 250 times its size"):
            reader()
    path.write_bytes(gzip.compress(part))
    assert read_bytes(path) == part


MIXED = (
    'Statement,Header,Field Name,Field Value\nStatement,Data,Period,"May 1, 2024 - May 31, 2024"\n'
    "Account Information,Header,Field Name,Field Value\nAccount Information,Data,Account,U1\n"
    "Open Positions,Header,DataDiscriminator,Asset Category,Currency,Symbol,Quantity,Mult,Cost Price,Cost Basis,"
    "Close Price,Value,Unrealized P/L,Code\n"
    "Open Positions,Data,Summary,Stocks,USD,MSFT,10,1,400,4000,420,4200,200,\n"
    "Trades,Header,DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,Quantity,T. Price,C. Price,Proceeds,"
    "Comm/Fee,Basis,Realized P/L,MTM P/L,Code\n"
    'Trades,Data,Order,Stocks,USD,MSFT,"2024-05-15, 10:00:00",10,400,405,{paid},-1,4001,0,50,O\n'
)


def test_a_statement_of_positions_and_trades_is_kept_whole_or_not_at_all(desk: GivenDesk) -> None:
    """A trade whose amount is not quantity x price: its good positions are not kept either, with a yes or without."""
    before = desk.journal.head().seq
    for options in ({}, {"reading": {"keep_rest": True}}, {"accept": False}):
        done = desk.take(MIXED.format(paid="-9999"), **options)
        assert done.outcome is Outcome.FAILED
        assert "row 8" in str(done.error)
        assert desk.journal.head().seq == before
    assert desk.take(MIXED.format(paid="-4000")).outcome is Outcome.KEPT
    assert desk.quantities("2024-05-31")["MSFT"] == "10"


def test_rows_that_are_right_are_kept_only_where_that_is_asked_for(desk: GivenDesk) -> None:
    """One bad row refuses a file of trades; with keep_rest it is set aside and named, and the others are kept."""
    text = "date,symbol,quantity,price,fee\n2024-05-02,AAPL,10,90,1\n2024-05-03,AAPL,ten,90,1\n"
    assert desk.take(text).outcome is Outcome.FAILED
    assert desk.quantities("2024-05-03")["AAPL"] == "200"
    done = desk.take(text, reading={"keep_rest": True})
    assert (done.outcome, desk.quantities("2024-05-03")["AAPL"]) == (Outcome.KEPT, "210")
    assert done.preview is not None
    assert ["row 3" in str(failure) for failure in done.preview.failures] == [True]


@pytest.mark.parametrize(
    "text",
    [
        MIXED.format(paid="-9999"),
        "symbol,quantity,currency\nAAPL,ten,USD\nMSFT,5,USD\n",
        "date,symbol,ratio\n2024-05-02,AAPL,0\n",
    ],
    ids=["statement", "holdings", "actions"],
)
def test_what_keep_rest_does_not_change_is_said_where_it_was_asked_for(desk: GivenDesk, text: str) -> None:
    """A statement, holdings and actions are kept whole or not at all; who asked for the rest hears what does it."""
    head = desk.journal.head().seq
    error = desk.take(text, reading={"keep_rest": True}).error
    assert error is not None
    assert "--keep-rest (keep_rest) is for tables of transactions" in error.try_next
    plain = desk.take(text).error
    assert plain is not None
    assert "keep_rest" not in str(plain)
    assert desk.journal.head().seq == head


def test_a_direction_that_is_none_refuses_its_row_and_not_the_column(desk: GivenDesk) -> None:
    """One word among directions that is none: the row is named, and the other rows are not misread."""
    text = "Trade Date,Symbol,Side,Quantity,Price,Brokerage\n2024-05-02,AAPL,buy,10,90,1\n"
    text += "2024-05-03,AAPL,hokus,1,9,1\n"
    done = desk.take(text)
    assert "row 3: 'hokus'" in str(done.error)
    assert "row 2" not in str(done.error)


def _write(folder: Path, text: str) -> Path:
    path = folder / "t.csv"
    path.write_text(text)
    return path


#: What once ended in a traceback: a text or a file, and who reads it.
UNFORESEEN: dict[str, tuple[str, Callable[[str, Path], object]]] = {
    "weight of a fund": ("fund,symbol,weight\nF,A,1E+1000000\n", lambda text, at: read_funds(_write(at, text))),
    "a dictionary in a method": ("ols(window={[]:1})", lambda text, _: parse_method(text)),
    "minus signs in a method": (f"ols(window={'-' * 100_000}1)", lambda text, _: parse_method(text)),
    "brackets in a method": (f"ols({'(' * 100_000}", lambda text, _: parse_method(text)),
    "strikes of a chain": (
        "underlying,expiry,strike,call,put\nSPX,2025-01-17,1e308,1,2\nSPX,2025-01-17,100,1,2\n",
        lambda text, at: read_chain(_write(at, text)),
    ),
    "a header twice among rates": (
        "date,rate\n2024-01-02,0.05\ndate,rate\n2024-01-03,0.05\n", lambda text, at: read_rates(_write(at, text)),
    ),
    "a month of notation": ("5 SPX 6000P Dec0000", lambda text, _: trimtab.portfolio(text)),
    "a quantity of notation": ("1E+1000000 AAPL", lambda text, _: trimtab.portfolio(text)),
}  # fmt: skip


@pytest.mark.parametrize("name", UNFORESEEN)
def test_r14_what_was_unforeseen_is_refused_in_three_parts(tmp_path: Path, name: str) -> None:
    """Numbers beyond reach, headers among rows and texts that are no method: a message, and no traceback."""
    text, reader = UNFORESEEN[name]
    with pytest.raises(TrimtabError) as refused:
        reader(text, tmp_path)
    assert refused.value.try_next


def test_r14_times_that_are_none_set_their_tick_aside() -> None:
    """Digits that are not ASCII, and the last second of the year 9999: each tick is read, or says its fault."""
    rows = "time,symbol,price\n9999-12-31T23:59:59,A,5\n².,A,5\n²²²²²²²²²²,A,5\n"
    assert [tick.fault is None for tick in read_ticks(rows.encode(), name="q")] == [True, False, False]


def test_r9_a_price_column_with_signs_of_a_terminal_is_refused(tmp_path: Path) -> None:
    """Escapes over a column of prices reach no terminal: wide and long files are refused."""
    for text in ("date,SPY,A\x1b[31mB\n2024-01-02,1,2\n", "date,symbol,price\n2024-01-02,A\x1b[31mB,2\n"):
        (tmp_path / "p.csv").write_text(text)
        with pytest.raises(FileFormatError, match="printed"):
            read_prices(tmp_path / "p.csv")


def test_r14_digits_that_are_none_and_numbers_without_end_are_refused(tmp_path: Path, desk: GivenDesk) -> None:
    """A superscript is no journal number, and settings may hold no number of 5,000 digits."""
    with pytest.raises(TrimtabError):
        number_known(desk.journal, "\u00b2")
    assert number_known(desk.journal, "9" * 5000) == desk.journal.head().seq
    (tmp_path / "trimtab.toml").write_text(f"x = {'9' * 5000}\n")
    with pytest.raises(TrimtabError, match="too many digits"):
        read_config(tmp_path)


def test_r16_a_pipe_of_contracts_is_not_waited_for(tmp_path: Path) -> None:
    """Contracts come from files as all else does."""
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(TrimtabError, match="pipe"):
        read_contracts(tmp_path / "pipe.csv")
