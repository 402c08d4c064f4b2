"""Other names that are said after a file was imported are true of that file as well."""

import datetime as dt
from pathlib import Path

import pytest

from trimtab.config.change import set_setting
from trimtab.desk.books.intake import Imported, Outcome
from trimtab.errors import NotEnoughDataError
from trimtab.wiring.accounts import held_at
from trimtab.wiring.creating import create_workspace
from trimtab.wiring.importing import import_files
from trimtab.wiring.workspace import open_workspace

CODE = "US9311421039"
HELD = f"Account,ISIN,Name,Quantity,Price,Market Value,Currency\nA-1,{CODE},WALMART,10,5.00,50.00,USD\n"
BOUGHT = (
    "Date,Action,ISIN,Quantity,Price,Amount,Currency,Account\n"
    f"2024-02-05,Buy,{CODE},4,5.00,-20.00,USD,A-1\n2024-03-05,Sell,{CODE},1,5.00,5.00,USD,A-1\n"
)
OWN = "symbol,quantity,kind,underlying,strike,right,expiry,currency\nSPX,2,option,SPX,5000,put,2024-12-20,USD\n"


class Desk:
    """A workspace that is opened anew for every question, as a command does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        create_workspace(folder / "desk", benchmark="SPY")

    def say(self, name: str, **alias: str) -> None:
        """Write an alias into the settings."""
        for key, value in alias.items():
            set_setting(self.folder / "desk", f"aliases.{name}.{key}", value)

    def take(self, text: str, day: str = "2024-01-31", *, dry: bool = False) -> Imported:
        """Import a file."""
        path = self.folder / "a.csv"
        path.write_text(text)
        opened = open_workspace(self.folder / "desk")
        return import_files([path], workspace=opened, as_of=day, accept=True, dry_run=dry)[0]

    def held(self, day: str) -> dict[str, int]:
        """Give what is held but money."""
        book = held_at(open_workspace(self.folder / "desk"), "main", dt.date.fromisoformat(day)).portfolio
        return {p.symbol: int(p.quantity) for p in book.positions if not p.instrument.is_money}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Give an empty workspace."""
    return Desk(tmp_path)


def test_an_alias_reaches_a_book_that_was_imported_before_it(desk: Desk) -> None:
    """Holdings and trades; the same files again add nothing, and what comes after joins what was there."""
    desk.take(HELD)
    desk.take(BOUGHT)
    assert desk.held("2024-03-31") == {CODE: 13}
    desk.say(CODE, symbol="WMT")
    assert desk.held("2024-03-31") == {"WMT": 13}
    assert desk.take(HELD).outcome is Outcome.NOTHING_NEW
    again = desk.take(BOUGHT)
    assert (again.outcome, again.preview.same if again.preview else 0) == (Outcome.NOTHING_NEW, 2)
    desk.take("date,symbol,side,quantity,price,fee\n2024-03-08,WMT,buy,5,5,0\n")
    assert desk.held("2024-03-31") == {"WMT": 18}


def test_an_alias_holds_on_its_days_whenever_the_file_comes(desk: Desk) -> None:
    """A name that meant another thing until a day: rows before it and after it are two things, in both orders."""
    desk.say(CODE, symbol="OLD", valid_until="2024-02-29")
    desk.take(HELD)
    desk.take(BOUGHT)
    assert desk.held("2024-02-28") == {"OLD": 14}
    assert desk.held("2024-03-31") == {"OLD": 14, CODE: -1}
    assert desk.take(BOUGHT).outcome is Outcome.NOTHING_NEW


def test_an_alias_taken_back_leaves_the_names_that_were_written(desk: Desk) -> None:
    """What is kept stays as it came, so another alias is a matter of settings."""
    desk.take(HELD)
    desk.say(CODE, symbol="WMT")
    assert desk.held("2024-01-31") == {"WMT": 10}
    desk.say(CODE, symbol="WAL")
    assert desk.held("2024-01-31") == {"WAL": 10}
    stored = open_workspace(desk.folder / "desk").journal.journal  # type: ignore[attr-defined]
    assert [row["symbol"] for entry in stored.entries("holdings") for row in entry.body["rows"]] == [CODE]


def test_an_alias_names_what_an_option_is_written_on(desk: Desk) -> None:
    """Of a row of our own columns, whose underlying has another name in the prices."""
    desk.take(OWN)
    desk.say("SPX", symbol="^GSPC")
    book = held_at(open_workspace(desk.folder / "desk"), "main", dt.date(2024, 1, 31)).portfolio
    assert [getattr(p.instrument, "underlying", None) for p in book.positions] == ["^GSPC"]
    assert desk.take(OWN).outcome is Outcome.NOTHING_NEW


BOTH = f"Account,Symbol,ISIN,Quantity,Price,Market Value,Currency\nB-1,WMT,{CODE},3,5.00,15.00,USD\n"


def test_a_ticker_that_a_later_file_states_for_a_code_names_what_was_booked_before(desk: Desk) -> None:
    """The preview says which things it joins; trades of the first file do not count twice when it comes again."""
    desk.take(HELD)
    desk.take(BOUGHT)
    shown = desk.take(BOTH, "2024-03-31", dry=True)
    joined = f"{CODE}, which books hold under this code, is WMT once this file is kept"
    assert shown.preview is not None
    assert joined in shown.preview.notes
    assert desk.held("2024-03-15") == {CODE: 13}
    desk.take(BOTH, "2024-03-31")
    assert desk.held("2024-03-15") == {"WMT": 13}
    assert desk.take(BOUGHT).outcome is Outcome.NOTHING_NEW
    first = open_workspace(desk.folder / "desk").journal.entries("transactions")[0].seq
    then = held_at(open_workspace(desk.folder / "desk"), "main", dt.date(2024, 3, 15), known=first).portfolio
    assert [p.symbol for p in then.positions if not p.instrument.is_money] == [CODE]


def test_a_book_later_than_the_day_asked_about_says_that_prices_may_be_missing(desk: Desk) -> None:
    """Statements of today beside prices of last year: the newer prices are what is missing."""
    desk.take(HELD)
    with pytest.raises(NotEnoughDataError, match="import prices up to 2024-01-31, or holdings of"):
        desk.held("2023-12-29")
