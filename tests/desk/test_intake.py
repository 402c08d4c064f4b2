"""Holdings, transactions and actions are taken in once, corrected beside the old, and never half."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intake_given import GivenDesk, kept

from trimtab.desk.books.intake import Outcome
from trimtab.desk.books.transactions import known_transactions

BOOK = "symbol,quantity,kind,currency\nAAPL,400,spot,USD\nMSFT,150.5,spot,USD\nUSD,20000,cash,USD\n"
TRADES = [
    "2024-01-03,AAPL,100,101.50,1.00",
    "2024-01-03,AAPL,100,101.50,1.00",  # two fills alike
    "2024-01-03,AAPL,100,101.50,2.00",  # and one with another fee
    "2024-01-04,MSFT,-50,203.00,1.00",
    "2024-01-05T15:30:00,MSFT,10,204.25,",
    "2024-01-06,USD,5000,,",
]
HEADER = "date,symbol,quantity,price,fee\n"


def trades_file(rows) -> str:
    return HEADER + "".join(f"{row}\n" for row in rows)


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(range(len(TRADES))), cut=st.integers(0, len(TRADES)), back=st.integers(0, 3))
def test_transactions_without_ids_are_known_again_in_any_order(tmp_path_factory, order, cut, back):
    """The same file, shuffled, renamed, or a later part of it that overlaps, adds nothing and corrects nothing."""
    desk = GivenDesk(tmp_path_factory.mktemp("t"))
    assert kept(desk.take(trades_file(TRADES), reading={"kind": "transactions"})) == (6, 0, 0, 0)
    shuffled = [TRADES[i] for i in order]
    again = desk.take(trades_file(shuffled), f"{cut}{back}.csv")
    assert (again.outcome, kept(again)) == (Outcome.NOTHING_NEW, (0, 6, 0, 0))
    part = shuffled[max(0, cut - back) :]
    if part:
        assert kept(desk.take(trades_file(part)))[0::2] == (0, 0)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), cuts=st.lists(st.integers(1, 19), max_size=4), overlap=st.integers(0, 5))
def test_transactions_with_ids_give_one_book_however_they_come(tmp_path_factory, seed, cuts, overlap):
    """Split over files that overlap, in any order: each id counts once, and equal trades with two ids count twice."""
    rng = np.random.default_rng(seed)
    rows = [f"2024-01-{i % 9 + 3:02d},A,{i % 3 + 1},10,t{i}" for i in range(20)]
    header = "date,symbol,quantity,price,trade_id\n"
    desk = GivenDesk(tmp_path_factory.mktemp("t"))
    desk.take("symbol,quantity\nA,0\n", as_of="2024-01-02")
    edges = sorted({0, 20, *cuts})
    parts = [rows[max(0, a - overlap) : b] for a, b in itertools.pairwise(edges)]
    for i in rng.permutation(len(parts)).tolist():
        shuffled = [parts[i][k] for k in rng.permutation(len(parts[i]))]
        desk.take(header + "\n".join(shuffled) + "\n")
    assert len(known_transactions(desk.journal, "growth")) == 20
    assert desk.quantities("2024-02-01")["A"] == str(sum(i % 3 + 1 for i in range(20)))


def test_equal_trades_in_one_file_are_two_and_in_two_files_one(tmp_path):
    """Without ids, a count within one file is all that tells equal trades apart."""
    desk = GivenDesk(tmp_path)
    one = "date,symbol,side,quantity,price\n2024-01-03,A,buy,10,5\n"
    assert kept(desk.take(one))[0] == 1
    assert kept(desk.take(one))[0] == 0
    assert kept(desk.take(one + "2024-01-03,A,buy,10,5\n"))[0] == 1


def test_a_changed_row_with_a_known_id_is_a_correction(tmp_path):
    """Price and fee of t1 change: the new ones count from then on, the old ones before; the old file does nothing."""
    desk = GivenDesk(tmp_path)
    desk.take("symbol,quantity\nUSD,1000\n", as_of="2024-01-02")
    first = "id,date,symbol,quantity,price,fee\nt1,2024-01-03,A,10,5.00,1\nt2,2024-01-03,A,1,6.00,0\n"
    desk.take(first)
    known = desk.journal.head().seq
    done = desk.take(first.replace("5.00,1", "5.50,2"))
    assert kept(done) == (0, 1, 1, 0)
    assert desk.quantities("2024-01-03")["USD"] == "937"  # 1000 - 55 - 2 - 6
    assert desk.quantities("2024-01-03", known=known)["USD"] == "943"
    assert desk.take(first).outcome is Outcome.NOTHING_NEW
    assert kept(desk.take(first, restate=True)) == (0, 1, 1, 0)
    assert desk.quantities("2024-01-03")["USD"] == "943"


@pytest.mark.parametrize("cancel", ["t1,2024-01-03,A,0,5,", "t1,2024-01-03,A,10,5,cancelled"])
@pytest.mark.parametrize("first", [True, False])
def test_a_cancelled_trade_stays_cancelled_whichever_came_first(tmp_path, cancel, first):
    """A quantity of 0 or the status cancelled takes a trade out, also if the trade itself arrives later."""
    desk = GivenDesk(tmp_path)
    desk.take("symbol,quantity\nUSD,1000\n", as_of="2024-01-02")
    header = "id,date,symbol,quantity,price,status\n"
    files = [header + cancel + "\n", header + "t1,2024-01-03,A,10,5,filled\n"]
    for text in files if first else reversed(files):
        assert desk.take(text).error is None
    assert desk.quantities("2024-01-03") == {"USD": "1000"}
    assert [k.now.cancelled for k in known_transactions(desk.journal, "growth")] == [True]


def test_an_export_with_ids_completes_an_earlier_one_without(tmp_path):
    """The same trades with ids are the same trades."""
    desk = GivenDesk(tmp_path)
    desk.take("date,symbol,side,quantity,price\n2024-01-03,A,buy,10,5\n2024-01-03,A,buy,10,5\n")
    done = desk.take("id,date,symbol,quantity,price\nt1,2024-01-03,A,10,5\nt2,2024-01-03,A,10,5\n")
    assert kept(done) == (0, 0, 2, 0)
    assert len(known_transactions(desk.journal, "growth")) == 2


def test_two_different_trades_under_one_id_are_refused(tmp_path):
    """An id that names two things is no id."""
    desk = GivenDesk(tmp_path)
    done = desk.take("id,date,symbol,quantity,price\nt1,2024-01-03,A,10,5\nt1,2024-01-03,A,11,5\n")
    assert done.outcome is Outcome.FAILED
    assert not desk.journal.entries("transactions")


@settings(max_examples=15, deadline=None)
@given(order=st.permutations(range(3)))
def test_a_snapshot_is_known_again_in_any_order(tmp_path_factory, order):
    """The same rows under another name, in another order, with numbers written otherwise, add nothing."""
    desk = GivenDesk(tmp_path_factory.mktemp("h"))
    assert kept(desk.take(BOOK, as_of="2024-01-02")) == (3, 0, 0, 0)
    header, *rows = BOOK.replace("400", "400.00").splitlines()
    again = "\n".join([header, *(rows[i] for i in order)]) + "\n"
    done = desk.take(again.replace("\n", "\r\n"), as_of="2024-01-02", accept=False)
    assert (done.outcome, kept(done)) == (Outcome.NOTHING_NEW, (0, 3, 0, 0))


def test_half_a_snapshot_does_not_replace_the_whole_without_a_person_saying_so(tmp_path):
    """A file that lacks known positions is held back, though its format is known; accepted, it is a correction."""
    desk = GivenDesk(tmp_path)
    desk.take(BOOK, as_of="2024-01-02")
    part = "\n".join(BOOK.splitlines()[:2]) + "\n"
    done = desk.take(part, as_of="2024-01-02", accept=False)
    assert done.outcome is Outcome.DOUBTFUL
    assert "MSFT" in done.preview.doubts[0]
    assert set(desk.quantities("2024-01-02")) == {"AAPL", "MSFT", "USD"}
    known = desk.journal.head().seq
    assert kept(desk.take(part, as_of="2024-01-02")) == (0, 1, 2, 0)
    assert set(desk.quantities("2024-01-02")) == {"AAPL"}
    assert set(desk.quantities("2024-01-02", known=known)) == {"AAPL", "MSFT", "USD"}


def test_a_corrected_quantity_counts_from_then_on(tmp_path):
    """Another quantity for a day corrects it; the day before and what was known before stay."""
    desk = GivenDesk(tmp_path)
    desk.take(BOOK, as_of="2024-01-02")
    known = desk.journal.head().seq
    done = desk.take(BOOK.replace("400", "410"), as_of="2024-01-02", accept=False)
    assert (done.outcome, kept(done)) == (Outcome.KEPT, (0, 2, 1, 0))
    assert done.preview.corrections[0].new == "quantity 410"
    assert desk.quantities("2024-01-05")["AAPL"] == "410"
    assert desk.quantities("2024-01-05", known=known)["AAPL"] == "400"
    assert desk.take(BOOK, as_of="2024-01-02").outcome is Outcome.NOTHING_NEW


def test_a_file_of_several_days_is_several_snapshots(tmp_path):
    """Each day of a column as_of is its own book."""
    desk = GivenDesk(tmp_path)
    desk.take("as_of,symbol,quantity\n2024-01-02,A,10\n2024-01-03,A,12\n2024-01-03,B,1\n")
    assert desk.quantities("2024-01-02") == {"A": "10"}
    assert desk.quantities("2024-01-09") == {"A": "12", "B": "1"}


@settings(max_examples=15, deadline=None)
@given(order=st.permutations(range(6)), cut=st.integers(1, 5), overlap=st.integers(0, 2))
def test_actions_and_days_of_holdings_come_in_any_parts(tmp_path_factory, order, cut, overlap):
    """Split over two files that overlap, in any order, then whole: each action and each book counts once."""
    desk = GivenDesk(tmp_path_factory.mktemp("a"))
    actions = [f"2024-01-{d:02d},S{d},{d}" for d in range(3, 9)]
    books = [f"2024-01-{d:02d},A,{d}\n2024-01-{d:02d},B,{d + 1}" for d in range(3, 9)]
    for header, rows, count in (("effective,symbol,ratio", actions, 6), ("as_of,symbol,quantity", books, 12)):
        shuffled = [rows[i] for i in order]
        new = 0
        for part in (shuffled[max(0, cut - overlap) :], shuffled[:cut]):
            new += kept(desk.take("\n".join([header, *part]) + "\n"))[0]
        assert new == count
        whole = desk.take("\n".join([header, *rows]) + "\n", accept=False)
        assert (whole.outcome, kept(whole)) == (Outcome.NOTHING_NEW, (0, count, 0, 0))
    assert desk.quantities("2024-01-05") == {"A": "5", "B": "6"}


def test_actions_are_known_again_corrected_and_cancelled(tmp_path):
    """An action is its symbol, day and type: 4:1 and 4 are the same, another ratio corrects, cancelled removes."""
    desk = GivenDesk(tmp_path)
    desk.take("symbol,quantity\nA,10\n", as_of="2024-01-02")
    assert kept(desk.take("effective,symbol,ratio\n2024-01-05,A,4:1\n"))[0] == 1
    assert desk.take("ex_date,ticker,split\n2024-01-05,A,4\n").outcome is Outcome.NOTHING_NEW
    assert desk.quantities("2024-01-05") == {"A": "40"}
    known = desk.journal.head().seq
    assert kept(desk.take("effective,symbol,ratio\n2024-01-05,A,5\n")) == (0, 0, 1, 0)
    assert desk.quantities("2024-01-05") == {"A": "50"}
    desk.take("effective,symbol,type,status\n2024-01-05,A,split,cancelled\n")
    assert desk.quantities("2024-01-05") == {"A": "10"}
    assert desk.quantities("2024-01-05", known=known) == {"A": "40"}
    assert desk.take("effective,symbol,ratio\n2024-01-05,A,5\n").outcome is Outcome.NOTHING_NEW


def test_a_format_is_shown_before_it_is_kept_for_the_first_time(tmp_path):
    """The first file of a format waits for a yes, the next is kept; another order of day and month is a new one."""
    desk = GivenDesk(tmp_path)
    header = "date,symbol,side,quantity,price\n"
    first = header + "13/01/2024,A,buy,1,5\n"
    done = desk.take(first, accept=False)
    assert (done.outcome, done.preview.new) == (Outcome.NEW_FORMAT, 1)
    assert desk.journal.head().seq == 0
    assert desk.take(first, dry_run=True).outcome is Outcome.SHOWN
    assert desk.take(first).outcome is Outcome.KEPT
    assert desk.take(header + "14/01/2024,A,buy,1,5\n", accept=False).outcome is Outcome.KEPT
    assert desk.take(header + "01/15/2024,A,buy,1,5\n", accept=False).outcome is Outcome.NEW_FORMAT
    assert desk.take(header + "15/01/2024,A,buy,1,5\n", accept=False, source="other").outcome is Outcome.NEW_FORMAT


def test_a_wide_file_with_a_new_symbol_is_no_new_format(tmp_path):
    """Symbols over columns are content, not format."""
    desk = GivenDesk(tmp_path)
    desk.take("date,A\n2024-01-02,10\n")
    assert desk.take("date,A,B\n2024-01-03,10,20\n", accept=False).outcome is Outcome.KEPT


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\x02\xff" * 300,
        b"PK\x03\x04" + b"\x00" * 200,
        b"%PDF-1.7 whatever\n",
        b"Dear all,\n\nplease find the holdings below.\nKind regards\n",
        b"date;value\n",
        b"symbol,quantity\nA,ten\n",
        b"date,symbol,quantity,price\n2024-01-02,A,1,5\n",
        b"<html><body><table><tr><td>1</td></tr></table></body></html>\n",
    ],
)
def test_files_that_are_something_else_are_refused_and_change_nothing(tmp_path, content):
    """Empty, binary, prose, a header alone, words for numbers: an error that says what was found, nothing kept."""
    desk = GivenDesk(tmp_path)
    done = desk.take(content, as_of="2024-01-02")
    assert done.outcome is Outcome.FAILED
    assert done.error.expected
    assert done.error.found
    assert desk.journal.head().seq == 0


def test_a_history_without_a_symbol_needs_one_said(tmp_path):
    """A file's name is no part of what it says: renaming it must not make another symbol."""
    desk = GivenDesk(tmp_path)
    text = "Date,Open,High,Low,Close,Volume\n2024-01-02,1,2,1,1.5,100\n"
    assert desk.take(text, "SPY.csv").outcome is Outcome.FAILED
    assert kept(desk.take(text, "x.csv", reading={"symbol": "SPY"}))[0] == 1
    assert desk.prices.table().symbols == ("SPY",)


def test_a_row_that_says_its_kind_is_the_plain_money_it_was_before(tmp_path):
    """A journal of an older reader has income and exchanges as plain money: the kinds correct it, and add nothing."""
    desk = GivenDesk(tmp_path)
    desk.take("symbol,quantity,kind,currency\nA,100,spot,USD\nUSD,1000,cash,USD\n", as_of="2024-01-02")
    plain = "2024-01-04,USD,40,,\n2024-01-05,EUR,90,,\n2024-01-05,USD,-100,,\n"
    desk.take(HEADER + plain)
    assert desk.quantities("2024-01-06") == {"A": "100", "USD": "940", "EUR": "90"}
    head = "date,fact,symbol,amount,currency,sold,sold_currency,bought,bought_currency\n"
    rows = "2024-01-04,dividend,A,40,USD,,,,\n2024-01-05,conversion,,,,100,USD,90,EUR\n"
    assert kept(desk.take(head + rows)) == (0, 0, 3, 0)
    assert desk.quantities("2024-01-06") == {"A": "100", "USD": "940", "EUR": "90"}
    assert kept(desk.take(head + rows)) == (0, 2, 0, 0)
    assert kept(desk.take(HEADER + plain))[0] == 0
    assert desk.quantities("2024-01-06") == {"A": "100", "USD": "940", "EUR": "90"}


FACTS = "id,date,fact,symbol,quantity,price,ratio,amount,currency,status,target\n"


def facts(*rows):
    return FACTS + "".join(row + "," * (FACTS.count(",") - row.count(",")) + "\n" for row in rows)


@pytest.fixture
def opened(tmp_path):
    desk = GivenDesk(tmp_path)
    desk.take("symbol,quantity\nA,100\nUSD,1000\n", as_of="2024-01-02")
    return desk


def test_a_row_that_says_its_kind_is_taken_back_by_its_status(opened):
    opened.take(facts("f1,2024-01-03,fee,,,,,-25,USD", "b1,2024-01-03,buy,A,10,5"))
    opened.take(facts("f1,2024-01-03,fee,,,,,-25,USD,cancelled", "b2,2024-01-03,buy,A,10,5,,,,void"))
    assert opened.quantities("2024-01-04") == {"A": "110", "USD": "950"}
    assert opened.take(facts("b3,2024-01-03,buy,A,10,5,,,,perhaps")).outcome is Outcome.FAILED


def test_a_split_is_taken_back_by_its_status_or_by_its_id_within_the_file(opened):
    opened.take(facts("s1,2024-01-04,split,A,,,2:1"))
    assert opened.quantities("2024-01-04")["A"] == "200"
    opened.take(facts("s1,2024-01-04,split,A,,,2:1,,,cancelled"))
    assert opened.quantities("2024-01-04")["A"] == "100"
    opened.take(facts("x,2024-01-05,cancellation,,,,,,,,s2", "s2,2024-01-05,split,A,,,3:1"))
    assert opened.quantities("2024-01-05")["A"] == "100"


def test_a_correction_of_a_split_by_an_id_is_refused_with_what_to_write(opened):
    """Splits are known by symbol and day: the row would have been dropped without a word."""
    done = opened.take(facts("s1,2024-01-04,split,A,,,3:1,,,,s0"))
    assert done.outcome is Outcome.FAILED
    assert "target s0" in str(done.error)
    assert "status cancelled" in str(done.error)


def test_a_cancellation_of_nothing_that_is_known_is_told(opened):
    done = opened.take(facts("x,2024-01-05,cancellation,,,,,,,,b77"))
    assert any("no such id: b77" in note for note in done.preview.notes)
    opened.take(facts("b1,2024-01-03,buy,A,10,5"))
    done = opened.take(facts("y,2024-01-05,cancellation,,,,,,,,b1"))
    assert not any("no such id" in note for note in done.preview.notes)


def test_signs_against_the_word_are_refused_or_seen(opened):
    """A deposit of less than nothing is refused; a fee that came in stands in the preview as what it is."""
    assert opened.take(facts("d1,2024-01-03,deposit,,,,,-100,USD")).outcome is Outcome.FAILED
    done = opened.take(facts("f1,2024-01-03,fee,,,,,5,USD", "f2,2024-01-03,tax,,,,,-5,USD"))
    assert "rows become: fee received 1, tax 1" in done.preview.notes
