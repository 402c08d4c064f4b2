"""Statements of several accounts as one book: added, each on its own days, whichever comes first."""

import datetime as dt
from pathlib import Path

import pytest

from trimtab.desk.books.intake import Imported, Outcome
from trimtab.wiring.accounts import held_at
from trimtab.wiring.creating import create_workspace
from trimtab.wiring.importing import import_files
from trimtab.wiring.workspace import Workspace, open_workspace

HEAD = "Account Number,Symbol,Quantity,Price,Market Value,Currency\n"
TITLE = '"Positions for account {} as of 04:15 PM ET, {}"\n\n'
TABLE = '"Symbol","Description","Qty (Quantity)","Price","Mkt Val (Market Value)","Cost Basis","Asset Type"\n'


class Desk:
    """A workspace into which statements come."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workspace: Workspace = create_workspace(folder / "desk", benchmark="SPY")
        self.count = 0

    def take(self, text: str, **how: str) -> Imported:
        """Import a statement."""
        self.count += 1
        path = self.folder / f"{self.count}.csv"
        path.write_text(text)
        return import_files([path], workspace=self.workspace, accept=True, **how)[0]  # type: ignore[arg-type]

    def held(self, day: str, portfolio: str = "main") -> dict[str, int]:
        """Give what is held, added up by symbol."""
        found: dict[str, int] = {}
        for p in held_at(self.workspace, portfolio, dt.date.fromisoformat(day)).portfolio.positions:
            found[p.symbol] = found.get(p.symbol, 0) + int(p.quantity)
        return {symbol: units for symbol, units in found.items() if units}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Give an empty workspace."""
    return Desk(tmp_path)


def schwab(account: str, day: str, *rows: tuple[str, int]) -> str:
    """Write a statement that names its account and its day above the table."""
    lines = [f'"{s}","x","{q}","$10.00","${q * 10:,}.00","$1.00","Equity"' for s, q in rows]
    return TITLE.format(account, day.replace("-", "/")) + TABLE + "\n".join(lines) + "\n"


def test_two_accounts_are_added_and_one_name_in_both_counts_in_full(desk: Desk) -> None:
    """The book of the day on which the later one speaks has both."""
    desk.take(schwab("A-1", "2024-01-31", ("AAPL", 10), ("MSFT", 5)))
    assert desk.held("2024-01-31") == {"AAPL": 10, "MSFT": 5}
    done = desk.take(schwab("B-2", "2024-02-29", ("AAPL", 3)))
    assert done.preview is not None
    assert "account B-2 is new: it is added to A-1 of main" in done.preview.doubts
    assert desk.held("2024-02-28") == {"AAPL": 10, "MSFT": 5}
    assert desk.held("2024-02-29") == {"AAPL": 13, "MSFT": 5}


def test_the_order_of_files_makes_no_other_book(desk: Desk) -> None:
    """The older statement may come last; each again adds nothing."""
    first, second = schwab("A-1", "2024-01-31", ("AAPL", 10)), schwab("B-2", "2024-02-29", ("AAPL", 3))
    for text in (second, first):
        assert desk.take(text).outcome is Outcome.KEPT
    assert desk.held("2024-02-29") == {"AAPL": 13}
    assert [desk.take(text).outcome for text in (first, second)] == [Outcome.NOTHING_NEW] * 2


def test_a_new_statement_of_one_account_leaves_the_other(desk: Desk) -> None:
    """What A no longer lists is gone from A, and B stays as it was."""
    desk.take(schwab("A-1", "2024-01-31", ("AAPL", 10), ("MSFT", 5)))
    desk.take(schwab("B-2", "2024-02-29", ("AAPL", 3)))
    desk.take(schwab("A-1", "2024-03-28", ("AAPL", 11)))
    assert desk.held("2024-03-28") == {"AAPL": 14}


def test_trades_of_an_account_are_in_the_book_when_another_states_itself(desk: Desk) -> None:
    """A sells 4 in February; B's statement of March does not undo it."""
    desk.take(schwab("A-1", "2024-01-31", ("AAPL", 10)))
    desk.take(
        "Account Number,Date,Action,Symbol,Quantity,Price,Amount,Currency\nA-1,2024-02-15,Sell,AAPL,4,10,40,USD\n"
    )
    desk.take(schwab("B-2", "2024-03-28", ("MSFT", 3)))
    assert desk.held("2024-02-15")["AAPL"] == 6
    assert desk.held("2024-03-28")["AAPL"] == 6


def test_equal_trades_of_two_accounts_are_two(desk: Desk) -> None:
    """Without names of their own, the account tells them apart."""
    desk.take(schwab("A-1", "2024-01-31", ("AAPL", 10)))
    desk.take(schwab("B-2", "2024-01-31", ("AAPL", 10)))
    head = "Account Number,Date,Action,Symbol,Quantity,Price,Amount,Currency\n"
    for account in ("A-1", "B-2", "A-1"):
        desk.take(f"{head}{account},2024-02-15,Sell,AAPL,4,10,40,USD\n")
    assert desk.held("2024-02-15")["AAPL"] == 12


def test_accounts_of_one_file_go_to_the_portfolios_that_list_them(desk: Desk) -> None:
    """One account is listed by a portfolio of its own; the other goes where the file goes."""
    settings = desk.folder / "desk" / "trimtab.toml"
    settings.write_text(settings.read_text() + '\n[portfolios.ira]\nmandate = "core"\naccounts = ["Z2"]\n')
    desk.workspace = open_workspace(desk.folder / "desk")
    rows = "Z1,AAPL,10,10.0,100.0,USD\nZ2,MSFT,5,20.0,100.0,USD\nZ1,KO,7,10.0,70.0,USD\n"
    assert desk.take(HEAD + rows, as_of="2024-01-31").outcome is Outcome.KEPT
    assert desk.held("2024-01-31") == {"AAPL": 10, "KO": 7}
    assert desk.held("2024-01-31", "ira") == {"MSFT": 5}
    desk.take(HEAD + rows.replace("7,10.0,70", "8,10.0,80"), as_of="2024-02-29", portfolio="ira")
    assert desk.held("2024-02-29", "ira") == {"AAPL": 10, "MSFT": 5, "KO": 8}


def test_a_table_without_an_account_states_the_whole_portfolio(desk: Desk) -> None:
    """It ends what the accounts said; an account that speaks later begins anew, and that is doubted."""
    desk.take(schwab("A-1", "2024-01-31", ("AAPL", 10)))
    desk.take("symbol,quantity\nKO,7\n", as_of="2024-02-29")
    assert desk.held("2024-02-29") == {"KO": 7}
    desk.take(schwab("A-1", "2024-03-28", ("AAPL", 11)))
    assert desk.held("2024-03-28") == {"AAPL": 11}


def test_a_code_without_a_ticker_is_what_another_statement_called_it_and_the_preview_says_so(desk: Desk) -> None:
    """The ticker of an ISIN is learnt from a file with both."""
    desk.take("Account,Symbol,ISIN,Quantity,Currency\nA,AMZN,US0231351067,10,USD\n", as_of="2024-01-31")
    done = desk.take("ISIN,Stück,Währung\nUS0231351067,3,USD\n", as_of="2024-01-31")
    assert done.preview is not None
    assert "US0231351067 is AMZN, as 1.csv says" in done.preview.notes
    assert desk.held("2024-01-31") == {"AMZN": 13}
