"""What becomes of a file that was read, with a journal in memory and a keeper of prices that must not be asked."""

import datetime as dt

import pytest

from trimtab.desk.books.intake import Outcome, Records
from trimtab.desk.books.keeping import FileRead, Keeper
from trimtab.store.memory import MemoryJournal

TODAY = dt.date(2024, 3, 5)
FILE = FileRead(path="book.csv", source={"name": "book.csv", "sha256": "0", "label": "bank"}, columns=("symbol",))
ROWS = Records(name="book.csv", rows=({"symbol": "A", "quantity": "10"},), lines=(2,), columns=())


def take(journal, day=TODAY, **how):
    keeper = Keeper(journal=journal, prices=None, today=TODAY, **how)
    return keeper.take_holdings(FILE, ROWS, [day], portfolio="growth", base="USD")


def test_a_new_format_waits_until_it_is_accepted_and_is_known_from_then_on():
    """The first file of a source is asked about; accepted, the next of its format is kept unasked."""
    journal = MemoryJournal()
    assert take(journal).outcome is Outcome.NEW_FORMAT
    assert journal.head().seq == 0
    assert take(journal, accept=True).outcome is Outcome.KEPT
    assert take(journal).outcome is Outcome.NOTHING_NEW
    assert take(journal, TODAY - dt.timedelta(days=1)).outcome is Outcome.KEPT


def test_a_dry_run_keeps_nothing():
    """What would be kept is shown, and the journal stays as it is."""
    journal = MemoryJournal()
    shown = take(journal, accept=True, dry_run=True)
    assert (shown.outcome, shown.preview.new, journal.head().seq) == (Outcome.SHOWN, 1, 0)


@pytest.mark.parametrize(("ahead", "outcome"), [(1, Outcome.KEPT), (2, Outcome.DOUBTFUL)])
def test_a_day_that_is_still_to_come_anywhere_is_doubted(ahead, outcome):
    """Tomorrow is today somewhere; the day after is a wrong year or month until somebody says it is not."""
    journal = MemoryJournal()
    take(journal, accept=True)
    found = take(journal, TODAY + dt.timedelta(days=ahead))
    assert found.outcome is outcome
    assert bool(found.preview.doubts) is (outcome is Outcome.DOUBTFUL)
