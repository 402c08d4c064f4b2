"""Statements into a workspace: shown first, then kept, known again, and asked for as a book."""

from pathlib import Path

import pytest
from intake_given import GivenDesk

from trimtab.desk.books.intake import Imported, Outcome

POSITIONS = """"Positions for account Brokerage ...777 as of 04:15 PM ET, 2024/04/30"

"Symbol","Description","Qty (Quantity)","Price","Mkt Val (Market Value)","Asset Type"
"AAPL","APPLE INC","200","$90.00","$18,000.00","Equity"
"Cash & Cash Investments","--","--","--","$50,000.00","Cash and Money Market"
"Account Total","--","--","--","$68,000.00","--"
"""
TRADES = (
    "Trade Date,Symbol,{header},Quantity,Price,Brokerage\n"
    "2024-05-01,AAPL,buy,100,90,1.50\n2024-06-03,AAPL,sell,60,91,1.50\n"
)


@pytest.fixture
def desk(tmp_path: Path) -> GivenDesk:
    """Give an empty desk with one portfolio in dollars."""
    return GivenDesk(tmp_path)


def outcome(done: Imported) -> Outcome:
    """Give what became of a file; an error is raised."""
    if done.error is not None:
        raise done.error
    return done.outcome


def test_a_statement_is_shown_then_kept_and_then_adds_nothing(desk: GivenDesk) -> None:
    """The first file of a format is shown, the same again with a yes is kept, and a third time is known."""
    assert outcome(desk.take(POSITIONS, accept=False)) is Outcome.NEW_FORMAT
    assert outcome(desk.take(POSITIONS)) is Outcome.KEPT
    assert outcome(desk.take(POSITIONS, accept=False)) is Outcome.NOTHING_NEW
    assert desk.quantities("2024-04-30") == {"AAPL": "200", "USD": "50000"}


@pytest.mark.parametrize(
    "header",
    ["Buy/Sell", "B/S", "Transaction Type", "Order Side", "Transaction", "Trans Code", "Side", "Action", "Type"],
)
def test_sells_are_sells_whatever_the_column_is_called(desk: GivenDesk, header: str) -> None:
    """AAPL 240 and USD 46,460 less fees, for nine names of the column of directions (six of them once gave 360)."""
    desk.take(POSITIONS)
    assert outcome(desk.take(TRADES.format(header=header, accept=False), accept=True)) is Outcome.KEPT
    assert desk.quantities("2024-06-03") == {"AAPL": "240", "USD": "46457"}


def test_a_trackers_export_is_transactions_and_never_prices(desk: GivenDesk) -> None:
    """A purchase and a dividend under Code, Action, Price: no close of 0.62 is kept."""
    text = "Date,Code,Currency,Price,Quantity,Action,Fee\n2024-05-13,MSFT,USD,298.58,5,buy,19\n"
    done = desk.take(text)
    assert (outcome(done), done.preview.kind.value if done.preview else "") == (Outcome.KEPT, "transactions")
    assert desk.journal.entries("prices") == ()


def test_what_a_file_cannot_settle_is_doubted(desk: GivenDesk) -> None:
    """A row that stands twice without a name is two trades or one: it is kept only after a look."""
    doubled = TRADES.format(header="Side (B/S)") + "2024-06-03,AAPL,sell,60,91,1.50\n"
    first = desk.take(doubled, accept=False)
    assert first.preview is not None
    assert any("two trades, or one twice" in doubt for doubt in first.preview.doubts)


def test_a_statement_that_is_not_whole_keeps_nothing(desk: GivenDesk) -> None:
    """A row that cannot be read refuses the file, and the journal stays as it was."""
    broken = TRADES.format(header="Order Side").replace("sell", "hokuspokus")
    done = desk.take(broken)
    assert done.outcome is Outcome.FAILED
    assert "row 3" in str(done.error)
    assert desk.journal.entries("transaction") == ()


def test_positions_without_a_day_ask_for_it(desk: GivenDesk) -> None:
    """A snapshot needs its day: the option that gives it is named."""
    header = "Product,Symbol/ISIN,Amount,Closing,Local value,,Value in EUR"
    text = f'{header}\nMUSTER AG,DE0007164600,3,"10,00",EUR,"30,00","30,00"\n'
    assert "--as-of" in str(desk.take(text).error)
    assert outcome(desk.take(text, as_of="2024-04-30")) is Outcome.KEPT
