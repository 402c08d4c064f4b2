"""What companies do, in the statements of brokers: units, names and money after it, and what is refused by name."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from intake_given import GivenDesk

from trimtab.desk.books.actions import known_actions
from trimtab.desk.books.intake import Outcome
from trimtab.feeds.contracts import bundled_contracts
from trimtab.feeds.statements.read import read_statement
from trimtab.feeds.statements.records import Fact, Statement
from trimtab.feeds.statements.road import Settings

HELD = "symbol,quantity,price\nAAPL,10,500\nUSO,84,3\nFB,50,200\nTWTR,100,40\nXLNX,101,200\nT,100,20\nUSD,1000,\n"
IBKR = (
    'Statement,Header,Field Name,Field Value\nStatement,Data,Period,"August 1, 2020 - September 30, 2020"\n'
    "Account Information,Header,Field Name,Field Value\nAccount Information,Data,Account,U0000001\n"
    "Corporate Actions,Header,Asset Category,Currency,Report Date,Date/Time,Description,Quantity,Proceeds,Value,"
    "Realized P/L,Code\n"
)
ROW = 'Corporate Actions,Data,Stocks,USD,2020-08-31,"2020-08-28, 20:25:00","{said}",{units},{proceeds},{value},0,\n'


def ibkr(*rows: tuple[str, str, str], value: str = "0") -> str:
    """Write an activity statement with rows of corporate actions: description, units, proceeds."""
    return IBKR + "".join(ROW.format(said=said, units=units, proceeds=paid, value=value) for said, units, paid in rows)


SPLIT = ibkr(("AAPL(US0378331005) Split 4 for 1 (AAPL, APPLE INC, US0378331005)", "30", "0"))
REVERSE = ibkr(
    ("USO(US91232N1081) Split 1 for 8 (USO.OLD, UNITED STATES OIL FUND LP, US91232N1081)", "-84", "0"),
    ("USO(US91232N1081) Split 1 for 8 (USO, UNITED STATES OIL FUND LP, US91232N2071)", "10", "0"),
)
RENAMED = ibkr(
    ("FB(US30303M1027) CUSIP/ISIN Change to (US30303M1027) (FB, FACEBOOK INC, US30303M1027)", "-50", "0"),
    ("FB(US30303M1027) CUSIP/ISIN Change to (US30303M1027) (META, META PLATFORMS INC, US30303M1027)", "50", "0"),
)
FOR_MONEY = ibkr(
    (
        "TWTR(US90184L1026) Merged(Acquisition) for USD 54.20 per Share (TWTR, TWITTER INC, US90184L1026)",
        "-100",
        "5420",
    ),
    value="-5370",
)
FOR_UNITS = ibkr(
    ("XLNX(US9839191015) Merged(Acquisition) WITH US0079031078 17234 for 10000 (AMD, AMD INC, US0079031078)",
     "174.0634", "0"),
    ("XLNX(US9839191015) Merged(Acquisition) WITH US0079031078 17234 for 10000 (XLNX, XILINX INC, US9839191015)",
     "-101", "202"),
)  # fmt: skip
SPUN_OFF = ibkr(("T(US00206R1023) Spinoff  241917 for 1000000 (WBD, WARNER BROS, US9344231041)", "24.1917", "0"))
IN_UNITS = ibkr(("T(US00206R1023) Stock Dividend US00206R1023 1 for 20 (T, AT AND T INC, US00206R1023)", "5", "0"))


@pytest.fixture
def desk(tmp_path: Path) -> GivenDesk:
    """Give a desk that holds six shares and money from 2020-08-03 on."""
    desk = GivenDesk(tmp_path)
    assert desk.take(HELD, as_of="2020-08-03").error is None
    return desk


def read(text: str) -> Statement:
    """Read a file without a name."""
    return read_statement(text.encode(), name="a file", settings=Settings(contracts=bundled_contracts()))


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        (SPLIT, {"AAPL": "10"}, {"AAPL": "40"}),
        (REVERSE, {"USO": "84"}, {"USO": "10.5"}),
        (RENAMED, {"FB": "50"}, {"META": "50"}),
        (FOR_MONEY, {"TWTR": "100", "USD": "1000"}, {"USD": "6420"}),
        (FOR_UNITS, {"XLNX": "101", "USD": "1000"}, {"AMD": "174.0634", "USD": "1202"}),
        (SPUN_OFF, {"T": "100"}, {"T": "100", "WBD": "24.1917"}),
        (IN_UNITS, {"T": "100"}, {"T": "105"}),
    ],
    ids=["split", "reverse", "name", "cash merger", "stock and cash merger", "spin-off", "stock dividend"],
)
def test_interactive_brokers_rows_change_the_book_on_the_day_reported(
    desk: GivenDesk, text: str, before: dict[str, str], after: dict[str, str]
) -> None:
    """Written after the close of Friday, it holds from the opening of Monday on; nothing else in the book moves."""
    whole = desk.quantities("2020-08-03")
    done = desk.take(text)
    assert (done.error, done.outcome) == (None, Outcome.KEPT)
    assert desk.quantities("2020-08-28") == whole
    rest = {symbol: units for symbol, units in whole.items() if symbol not in before}
    assert desk.quantities("2020-08-31") == rest | after
    assert desk.take(text).outcome is Outcome.NOTHING_NEW


def test_a_merger_for_money_realises_its_gain_to_the_cent(desk: GivenDesk) -> None:
    """100 TWTR taken over for USD 5,420: the units, and the money of the row, as a sale."""
    desk.take(FOR_MONEY)
    fact = read(FOR_MONEY).facts[0]
    assert (fact.fact, fact.quantity, fact.cash, fact.price_derived) == (Fact.MERGER, -100, 5420, Decimal("54.2"))
    assert desk.quantities("2020-08-31")["USD"] == "6420"


def test_money_in_lieu_of_the_fraction_a_split_leaves_is_its_sale(desk: GivenDesk) -> None:
    """84 for 8 are 10.5: ten in the row, and half a unit for USD 14.20, which is no dividend."""
    paid = (
        "Date,Action,Symbol,Description,Quantity,Price,Fees & Comm,Amount\n"
        "08/31/2020,Reverse Split,USO,UNITED STATES OIL FUND 1 FOR 8,-84,,,\n"
        "08/31/2020,Reverse Split,USO,UNITED STATES OIL FUND 1 FOR 8,10,,,\n"
        "09/10/2020,Cash In Lieu,USO,UNITED STATES OIL FUND,,,,$14.20\n"
    )
    assert desk.take(paid).error is None
    held = desk.quantities("2020-09-10")
    assert (held["USO"], held["USD"]) == ("10", "1014.2")


SCHWAB = (
    "Date,Action,Symbol,Description,Quantity,Price,Fees & Comm,Amount\n08/28/2020,Buy,MSFT,MICROSOFT,10,$100,,-$1000\n"
)
TASTY = (
    "Date,Type,Sub Type,Action,Symbol,Instrument Type,Description,Value,Quantity,Average Price,Commissions,Fees,"
    "Multiplier,Root Symbol,Underlying Symbol,Expiration Date,Strike Price,Call or Put,Order #,Total,Currency\n"
    "2020-08-31T09:00:00-0500,Receive Deliver,Forward Split,BUY_TO_OPEN,AAPL,Equity,Forward split: Open 40 AAPL,"
    '"-5,000.00",40,-125.00,--,0.00,,,,,,,,"-5,000.00",USD\n'
    "2020-08-31T09:00:00-0500,Receive Deliver,Forward Split,SELL_TO_CLOSE,AAPL,Equity,Forward split: Close 10 AAPL,"
    '"5,000.00",10,500.00,--,0.00,,,,,,,,"5,000.00",USD\n'
)
TRADING_212 = (
    "Action,Time,ISIN,Ticker,Name,No. of shares,Price / share,Currency (Price / share),Exchange rate,Total\n"
    "Stock split close,2020-08-31 08:00:00,US0378331005,AAPL,Apple,10.0000,500,USD,1.27,\n"
    "Stock split open,2020-08-31 08:00:00,US0378331005,AAPL,Apple,40.0000,125,USD,1.27,\n"
)
FLEX = (
    '<FlexQueryResponse><FlexStatements count="1"><FlexStatement accountId="U1" fromDate="20200801" toDate="20200930">'
    '<CorporateActions><CorporateAction accountId="U1" currency="USD" assetCategory="STK" symbol="AAPL" '
    'description="APPLE INC" isin="US0378331005" reportDate="2020-08-31" dateTime="2020-08-28;202500" '
    'actionDescription="AAPL(US0378331005) SPLIT 4 FOR 1 (AAPL, APPLE INC, US0378331005)" quantity="30" proceeds="0" '
    'value="0" amount="0" type="FS" transactionID="1"/></CorporateActions></FlexStatement></FlexStatements>'
    "</FlexQueryResponse>"
)
ROBINHOOD = (
    '"Activity Date","Process Date","Settle Date","Instrument","Description","Trans Code","Quantity","Price","Amount"\n'
    '"8/31/2020","8/31/2020","8/31/2020","AAPL","Apple","SPR","10S","",""\n'
    '"8/31/2020","8/31/2020","8/31/2020","AAPL","Apple","SPL","40","",""\n'
)
FORWARD = {
    "tastytrade": TASTY, "trading 212": TRADING_212, "flex": FLEX,
    "schwab": SCHWAB + "08/31/2020,Stock Split,AAPL,APPLE INC 4-FOR-1,30,,,\n",
    "schwab, both rows": SCHWAB + "08/31/2020,Stock Split,AAPL,APPLE,40,,,\n08/31/2020,Stock Split,AAPL,APPLE,-10,,,\n",
    "german": "Datum;Typ;Symbol;Name;Stück;Kurs;Betrag\n31.08.2020;Aktiensplit 4:1;AAPL;APPLE;30;;\n"
              "28.08.2020;Kauf;MSFT;MICROSOFT;10;100,50;-1005,00\n",
}  # fmt: skip


@pytest.mark.parametrize("name", FORWARD)
def test_a_split_is_one_in_every_layout_that_says_its_ratio(desk: GivenDesk, name: str) -> None:
    """Ten units become forty on Monday, prices know it, and no trade and no money is made of it."""
    done = desk.take(FORWARD[name])
    assert done.error is None
    (split,) = [a for a in known_actions(desk.journal) if a.symbol == "AAPL"]
    assert (split.ratio, split.effective) == (4, dt.date(2020, 8, 31))
    assert desk.quantities("2020-08-31")["AAPL"] == "40"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("08/31/2020,Stock Split,AAPL,APPLE INC,31,,,\n", "the ratio of the split of AAPL"),
        ("08/31/2020,Stock Split,AAPL,APPLE INC 1:4,-30,,,\n", "read one way"),
        ("08/31/2020,Reverse Split,AAPL,APPLE,-10,,,\n08/31/2020,Reverse Split,AAPL,APPLE,7,,,\n", "could be several"),
        ("08/31/2020,Reverse Split,AAPL,1 FOR 4,-84,,,\n08/31/2020,Reverse Split,AAPL,1 FOR 4,10,,,\n", "10 units"),
        ("08/31/2020,Stock Merger,XLNX,XILINX,-100,,,\n", "neither money nor units"),
        ("08/31/2020,Name Change,META,META PLATFORMS,50,,,\n", "META alone"),
        ("08/31/2020,Spin-off,WBD,WARNER,24,,,$5.00\n", "no money"),
        ("08/31/2020,Tender Offer,WBD,WARNER,-24,,,$500.00\n", "Tender Offer"),
    ],
)
def test_what_rows_do_not_say_is_refused_by_name(desk: GivenDesk, row: str, said: str) -> None:
    """No ratio, two readings of one, one side of an exchange, money that a spin-off does not move."""
    done = desk.take(SCHWAB + row)
    assert done.outcome is Outcome.FAILED
    assert said in str(done.error)
    assert desk.quantities("2020-08-31")["AAPL"] == "10"


@pytest.mark.parametrize(
    "action", ["YOU BOUGHT CANADIAN BANC SPLIT CORP (BK) (Cash)", "Buy", "YOU BOUGHT THE MERGER FUND (BK) (Cash)"]
)
def test_a_name_that_holds_such_a_word_is_a_trade(action: str) -> None:
    """Split corporations and merger funds are bought and sold as others are."""
    statement = read(
        "Run Date,Action,Symbol,Description,Quantity,Price,Commission,Fees,Amount,Settlement Date\n"
        f"08/28/2020,{action},BK,CANADIAN BANC SPLIT CORP,10,10,,,-100,09/01/2020\n"
    )
    assert [(f.fact, f.quantity, f.cash) for f in statement.facts] == [(Fact.BUY, 10, -100)]


def test_units_that_a_distribution_brings_are_never_a_dividend_of_nothing() -> None:
    """Fidelity writes a split as DISTRIBUTION with units and no money: it is refused, with its row."""
    statement = read(
        "Run Date,Action,Symbol,Description,Quantity,Price,Commission,Fees,Amount,Settlement Date\n"
        "06/10/2024,DISTRIBUTION NVIDIA CORPORATION COM (NVDA) (Margin),NVDA,NVIDIA,90,,,,0.00,\n"
    )
    assert "90 NVDA" in statement.faults[0].why


def test_a_reverse_split_of_what_was_sold_short_keeps_its_side(desk: GivenDesk) -> None:
    """80 sold short come back, ten are short from then on: one for eight, and not eight for one."""
    desk.take("symbol,quantity,price\nUSO,-80,3\nUSD,1000,\n", as_of="2020-08-04")
    desk.take(REVERSE.replace(",-84,", ",80,").replace(",10,", ",-10,"))
    assert desk.quantities("2020-08-31")["USO"] == "-10"


def test_a_split_near_one_that_is_known_is_asked_about(desk: GivenDesk) -> None:
    """The exchange's file says Monday, a broker's statement Tuesday: twice four for one would be sixteen."""
    desk.take("effective,symbol,ratio\n2020-08-31,AAPL,4:1\n")
    late = SCHWAB + "09/01/2020,Stock Split,AAPL,APPLE INC 4-FOR-1,30,,,\n"
    done = desk.take(late, accept=False)
    assert done.preview is not None
    assert any("2020-08-31" in doubt and "twice" in doubt for doubt in done.preview.doubts)


def test_two_accounts_that_report_one_spin_off_receive_their_own_units(desk: GivenDesk) -> None:
    """Units are those of each statement: the ratio is not taken of what both hold together, twice."""
    desk.take(SPUN_OFF)
    desk.take(SPUN_OFF.replace("U0000001", "U0000002").replace("24.1917", "12"))
    assert desk.quantities("2020-08-31")["WBD"] == "36.1917"


ADDED = (
    '"Date","Action","Symbol","Description","Quantity","Price","Fees & Comm","Amount"\n'
    '"06/10/2024","Stock Split","NVDA","NVIDIA CORP","{units}","","",""\n'
    '"06/03/2024","Buy","NVDA","NVIDIA CORP","10","$1000.00","","-$10000.00"\n'
    '"06/14/2024","Sell","NVDA","NVIDIA CORP","50","$120.00","","$6000.00"\n'
)


def test_units_that_a_split_added_tell_its_ratio_where_books_say_what_was_held(tmp_path: Path) -> None:
    """5 held before the file and 10 bought in it: 135 more are 10 for 1, asked about; once kept the file is known."""
    desk = GivenDesk(tmp_path)
    text = ADDED.format(units=135)
    assert "which do not say how many were held" in str(desk.take(text).error)
    desk.take("symbol,quantity,price\nNVDA,5,1000\nUSD,50000,\n", as_of="2024-05-31")
    shown = desk.take(text, accept=False).preview
    assert shown is not None
    assert any("135 units beside the 15 that books say were held" in doubt for doubt in shown.doubts)
    assert desk.take(text).outcome is Outcome.KEPT
    assert desk.quantities("2024-06-30") == {"NVDA": "100", "USD": "46000"}
    assert desk.take(text).outcome is Outcome.NOTHING_NEW
    for units in (134, 7):
        assert "which do not say how many were held" in str(desk.take(ADDED.format(units=units)).error)
