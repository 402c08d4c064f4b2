"""What an account held: a journal in memory, and a reader that knows shares alone."""

import datetime as dt
from decimal import Decimal

import pytest

from trimtab.desk.accounts.account import Account
from trimtab.desk.books.intake import Records
from trimtab.desk.books.journal import Fact
from trimtab.desk.books.keeping import FileRead, Keeper
from trimtab.errors import NotEnoughDataError
from trimtab.market.rates.interest import Interest
from trimtab.model.instrument import Spot
from trimtab.model.portfolio import Portfolio, Position
from trimtab.store.memory import MemoryJournal

FIRST, SPLIT, LAST = dt.date(2024, 1, 2), dt.date(2024, 1, 4), dt.date(2024, 1, 5)


def read(records, base, day):
    """Read shares: what the port asks of any reader."""
    return Portfolio(
        positions=tuple(
            Position(instrument=Spot(symbol=r["symbol"], currency=base), quantity=Decimal(r["quantity"]))
            for r in records
        ),
        base=base,
    )


@pytest.fixture
def account():
    journal = MemoryJournal()
    keeper = Keeper(journal=journal, prices=None, today=LAST, accept=True)
    rows = Records(name="h", rows=({"symbol": "A", "quantity": "10"},), lines=(2,), columns=())
    file = FileRead(path="h", source={"name": "h", "sha256": "0", "label": ""}, columns=("symbol",))
    keeper.take_holdings(file, rows, [FIRST], portfolio="growth", base="USD")
    body = {"type": "split", "ratio": "4", "cancelled": False}
    journal.append([Fact(kind="action", subject="A", valid=SPLIT.isoformat(), body=body)])
    return Account(journal=journal, name="growth", read=read, prices=None)


def quantity(portfolio):
    return int(portfolio.positions[0].quantity)


def test_a_day_has_its_own_units_and_a_book_those_of_a_later_day(account):
    """Ten shares before a split of four for one are ten on their day, and forty in the units of the last."""
    assert account.snapshots() == (FIRST,)
    assert quantity(account.held_on(FIRST).portfolio) == 10
    assert quantity(account.held_on(SPLIT).portfolio) == 40
    book, _ = account.book_on(FIRST, account.actions(LAST), Interest(by_currency={}), try_next="")
    assert quantity(book) == 40
    assert account.actions(FIRST) == ()


def test_what_was_written_down_later_does_not_count(account):
    """As known before the split was written down, the later day has ten."""
    known = account.journal.head().seq - 1
    then = Account(journal=account.journal, name="growth", read=read, prices=None, known=known)
    assert quantity(then.held_on(LAST).portfolio) == 10


def test_an_account_without_holdings_says_so(account):
    """No snapshot: the error names the account and the command that brings one."""
    empty = Account(journal=account.journal, name="other", read=read, prices=None)
    with pytest.raises(NotEnoughDataError, match="holdings of other"):
        empty.first_snapshot()
