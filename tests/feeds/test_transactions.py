"""Reading transactions and actions, and telling what a file holds."""

from decimal import Decimal

import polars as pl
import pytest

from trimtab.desk.books.intake import Kind
from trimtab.errors import FileFormatError
from trimtab.feeds.actions import read_actions
from trimtab.feeds.columns import plain_number
from trimtab.feeds.recognise import recognise
from trimtab.feeds.transactions import read_transactions
from trimtab.market.checks.findings import Origin

HERE = Origin(name="t.csv")


def frame(header: str, *rows: str) -> pl.DataFrame:
    names = header.split("|")
    return pl.DataFrame([r.split("|") for r in rows], schema=dict.fromkeys(names, pl.String), orient="row")


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("date,AAPL,MSFT", Kind.PRICES),
        ("Date,Open,High,Low,Close,Adj Close,Volume", Kind.PRICES),
        ("date,symbol,close", Kind.PRICES),
        ("date,symbol,close,dividends,stock splits", Kind.PRICES),
        ("symbol,quantity", Kind.HOLDINGS),
        ("ticker,shares,price", Kind.HOLDINGS),
        ("as_of,symbol,quantity,price", Kind.HOLDINGS),
        ("date,symbol,quantity", Kind.HOLDINGS),
        ("symbol,kind,quantity,currency,multiplier,expiry,strike", Kind.HOLDINGS),
        ("date,symbol,side,quantity,price", Kind.TRANSACTIONS),
        ("Trade Date,Ticker,Qty,Price,Commission", Kind.TRANSACTIONS),
        ("id,date,symbol,quantity,price", Kind.TRANSACTIONS),
        ("effective,symbol,ratio", Kind.ACTIONS),
        ("date,symbol,type,new_symbol", Kind.ACTIONS),
        ("ex_date,symbol,dividend", Kind.ACTIONS),
        ("effective,symbol,amount", Kind.ACTIONS),
        ("effective_date,root,symbol,multiplier", Kind.ACTIONS),
    ],
)
def test_a_file_is_told_by_its_columns(header, kind):
    """Prices, holdings, transactions and actions are known by the names of their columns."""
    assert recognise(header.split(","), where="f.csv") is kind


@pytest.mark.parametrize("header", ["date,symbol,quantity,price", "as_of,symbol,quantity,price,fee"])
def test_columns_that_could_be_two_things_are_refused_with_both_named(header):
    """Day, symbol, quantity and price alone could be trades or holdings of several days."""
    with pytest.raises(FileFormatError, match="transactions or holdings"):
        recognise(header.split(","), where="f.csv")


def test_columns_that_are_nothing_known_are_refused():
    """A table of something else is not taken for prices."""
    with pytest.raises(FileFormatError, match="--kind"):
        recognise(["name", "telephone"], where="f.csv")


def test_sides_fees_moments_and_ids_are_read():
    """Sold is negative, a zone becomes UTC with the day of its own clock, decimals stay as written."""
    table = frame(
        "Executed|Symbol|Side|Qty|Price|Commission|Trade ID|Kind|Multiplier",
        "2024-01-02T23:30:00-05:00|ESH4|sell|2|4750.50|4.10|x1|future|50",
        "2024-01-03|AAPL|BUY|1,000|185.640|||spot|",
    )
    sold, bought = read_transactions(table, origin=HERE).rows
    assert (sold.time, sold.day.isoformat(), sold.quantity) == ("2024-01-03T04:30:00Z", "2024-01-02", Decimal(-2))
    assert (str(sold.price), str(sold.fee), sold.id) == ("4750.50", "4.10", "x1")
    assert sold.terms == {"kind": "future", "multiplier": "50"}
    assert (str(bought.quantity), str(bought.price), bought.fee, bought.id) == ("1000", "185.640", None, None)


def test_european_numbers_and_dates_are_read():
    """1.204,50 is 1204.50, and 14/01/2024 shows that the day comes first."""
    table = frame("date|symbol|quantity|price|fee", "03/01/2024|A|1.000|1.204,50|0,75", "14/01/2024|A|-5|99,25|1,00")
    first, second = read_transactions(table, origin=HERE).rows
    assert (str(first.quantity), str(first.price), first.time) == ("1000", "1204.50", "2024-01-03")
    assert str(second.price) == "99.25"


def test_rows_that_cannot_be_read_are_all_named_and_nothing_is_read():
    """A word for a number, no date, an unknown side, no price: each row with its number."""
    table = frame(
        "date|symbol|side|quantity|price|status",
        "2024-01-02|A|buy|ten|5|",
        "soon|A|buy|10|5|",
        "2024-01-02|A|swap|10|5|",
        "2024-01-02|A|buy|10||",
        "2024-01-02|A|buy|-10|5|",
        "2024-01-02|A|buy|10|5|perhaps",
        "2024-01-02|A|buy|10|5|filled",
    )
    with pytest.raises(FileFormatError) as caught:
        read_transactions(table, origin=HERE)
    for row, what in enumerate(["'ten'", "'soon'", "'swap'", "no price", "negative", "'perhaps'"], start=1):
        assert f"row {row}: " in str(caught.value)
        assert what in str(caught.value)
    assert "row 7" not in str(caught.value)


def test_cash_needs_no_price():
    """A deposit is a row with a currency as its symbol."""
    (row,) = read_transactions(frame("date|symbol|quantity", "2024-01-02|USD|500"), origin=HERE).rows
    assert (row.symbol, row.price) == ("USD", None)


@pytest.mark.parametrize(
    ("text", "decimal", "plain"),
    [("1,234,567.80", ".", "1234567.80"), ("1 234,5", ",", "1234.5"), ("-0.5", ".", "-0.5"), ("1e-8", ".", "1e-8")],
)
def test_numbers_keep_their_digits(text, decimal, plain):
    """Separators go, digits stay."""
    assert plain_number(text, decimal) == plain


@pytest.mark.parametrize("text", ["1,5", "1.2.3", "12,3,567", "ten", "--5", "nan", "inf"])
def test_what_is_no_number_is_no_number(text):
    """A comma that groups no three digits is not dropped, and words are not numbers."""
    with pytest.raises(ValueError, match="number"):
        plain_number(text)


def test_actions_are_read_by_type_or_by_the_column_that_is_filled():
    """A split as 4, 4:1 or 1-for-10, a change of symbol, terms and a dividend."""
    table = frame(
        "effective|symbol|type|ratio|new_symbol|multiplier|amount",
        "2020-08-31|AAPL||4:1|||",
        "2021-06-01|XYZ|reverse split|1 for 10|||",
        "2022-06-09|FB|||META||",
        "2024-03-01|ES|terms|||5|",
        "2024-02-09|AAPL||||| 0.24",
    )
    split, reverse, name, terms, dividend = read_actions(table, origin=HERE).rows
    assert (split.ratio, reverse.ratio) == (Decimal(4), Decimal("0.1"))
    assert (name.new_symbol, terms.multiplier, dividend.amount) == ("META", Decimal(5), Decimal("0.24"))


@pytest.mark.parametrize(
    "row",
    ["2020-08-31|A||0|", "2020-08-31|A||-4|", "2020-08-31|A|split||", "2020-08-31|A|||", "2020-08-31|A|symbol||A"],
)
def test_an_action_that_says_nothing_sensible_is_refused(row):
    """A ratio of zero or less, a split without one, no type at all, a change to the same name."""
    with pytest.raises(FileFormatError, match="row 1"):
        read_actions(frame("effective|symbol|type|ratio|new_symbol", row), origin=HERE)
