"""Next generations of brokers' files: ends of options, reversals, costs of either sign, days and words elsewhere."""

from decimal import Decimal
from pathlib import Path

import pytest
from intake_given import GivenDesk

from trimtab.feeds.contracts import bundled_contracts
from trimtab.feeds.statements.books import statement_transactions
from trimtab.feeds.statements.read import read_statement
from trimtab.feeds.statements.records import Fact, Statement
from trimtab.feeds.statements.road import Settings

PUT, CALL = "SPY   260619P00560000", "QQQ   260619C00300000"
TASTY = (
    "Date,Type,Sub Type,Action,Symbol,Instrument Type,Description,Value,Quantity,Average Price,Commissions,Fees,"
    "Multiplier,Root Symbol,Underlying Symbol,Expiration Date,Strike Price,Call or Put,Order #,Total,Currency\n"
    "2026-06-19T20:59:59+0100,Receive Deliver,Assignment,,SPY   260619P00560000,Equity Option,Removal of 1.0 SPY "
    "06/19/26 Put 560.00 due to assignment.,0.00,1,0.00,--,0.00,100,SPY,SPY,6/19/26,560,PUT,,0.00,USD\n"
    "2026-06-19T20:59:59+0100,Receive Deliver,Buy to Open,BUY_TO_OPEN,SPY,Equity,Buy to Open 100 SPY @ 560.00,"
    '"-56,000.00",100,-560.00,--,-5.00,,,,,,,,"-56,005.00",USD\n'
    "2026-06-19T20:59:59+0100,Receive Deliver,Exercise,,QQQ   260619C00300000,Equity Option,Removal of 1.0 QQQ "
    "06/19/26 Call 300.00 due to exercise.,0.00,1,0.00,--,0.00,100,QQQ,QQQ,6/19/26,300,CALL,,0.00,USD\n"
)
SCHWAB = (
    "Date,Action,Symbol,Description,Quantity,Price,Fees & Comm,Amount\n"
    "06/19/2026,Assigned,SPY 06/19/2026 560.00 P,PUT SPDR,1,,,\n"
    "06/19/2026,Buy,SPY,SPDR,100,$560.00,$5.00,-$56005.00\n"
    "06/19/2026,Exchange or Exercise,QQQ 06/19/2026 300.00 C,CALL QQQ,1,,,\n"
)
FIDELITY = (
    "Run Date,Action,Symbol,Description,Quantity,Price,Commission,Fees,Amount,Settlement Date\n"
    "06/19/2026,ASSIGNED as of Jun-19-2026 PUT (SPY) SPDR JUN 19 26 $560 (100 SHS), -SPY260619P560,PUT SPDR,1,,,,,\n"
    "06/19/2026,YOU BOUGHT ASSIGNED PUTS AS OF 06-19-26 SPDR (SPY),SPY,SPDR,100,560,5,,-56005,06/23/2026\n"
    "06/19/2026,EXERCISED CALL (QQQ) JUN 19 26 $300 (100 SHS), -QQQ260619C300,CALL QQQ,-1,,,,,\n"
)
ROBINHOOD = (
    '"Activity Date","Process Date","Settle Date","Instrument","Description","Trans Code","Quantity","Price","Amount"\n'
    '"6/19/2026","6/19/2026","6/22/2026","SPY","SPY 6/19/2026 Put $560.00","OASGN","1","",""\n'
    '"6/19/2026","6/19/2026","6/22/2026","SPY","SPY","Buy","100","$560.00","($56,005.00)"\n'
    '"6/19/2026","6/19/2026","6/22/2026","QQQ","QQQ 6/19/2026 Call $300.00","OEXCS","1S","",""\n'
)


def read(text: str) -> Statement:
    """Read a file without a name."""
    return read_statement(text.encode(), name="a file", settings=Settings(contracts=bundled_contracts()))


def moved(statement: Statement) -> tuple[dict[str, Decimal], Decimal]:
    """Give units by symbol and money that the transactions of a file move."""
    units: dict[str, Decimal] = {}
    for row in statement_transactions(statement, currency="USD")[0].rows:
        units[row.symbol] = units.get(row.symbol, Decimal(0)) + row.quantity
    return units, sum((f.cash for f in statement.facts if f.cash is not None), Decimal(0))


@pytest.mark.parametrize(
    "text", [TASTY, SCHWAB, FIDELITY, ROBINHOOD], ids=["tastytrade", "schwab", "fidelity", "robinhood"]
)
def test_assigned_options_come_back_and_exercised_ones_go(text: str) -> None:
    """A short put assigned is +1 and a long call exercised -1, whatever sign the row has; the shares are bought once.

    tastytrade writes both without a sign: the call that went was once booked as one that came.
    """
    statement = read(text)
    assert statement.faults == ()
    assert moved(statement) == ({PUT: 1, "SPY": 100, CALL: -1}, Decimal(-56005))


def test_shares_are_never_taken_for_an_option_that_ended() -> None:
    """Assigned beside a share's symbol says nothing of how many were bought: it is refused by name."""
    text = SCHWAB.replace("SPY 06/19/2026 560.00 P", "IWM")
    assert "IWM, 'Assigned'" in read(text).faults[0].why


SECTIONS = (
    'Statement,Header,Field Name,Field Value\nStatement,Data,Period,"June 1, 2026 - June 30, 2026"\n'
    "Account Information,Header,Field Name,Field Value\nAccount Information,Data,Account,U1\n"
    "Dividends,Header,Currency,Date,Description,Amount\n"
    "Dividends,Data,USD,2026-06-15,MSFT(US5949181045) Cash Dividend USD 0.75 per Share (Ordinary Dividend),75\n"
    "Dividends,Data,USD,2026-06-16,MSFT(US5949181045) Cash Dividend USD 0.75 per Share - Reversal,-75\n"
    "Dividends,Data,USD,2026-06-16,MSFT(US5949181045) Payment in Lieu of Dividend (Ordinary Dividend),-15\n"
    "Withholding Tax,Header,Currency,Date,Description,Amount,Code\n"
    "Withholding Tax,Data,USD,2026-06-15,MSFT(US5949181045) Cash Dividend USD 0.75 per Share - US Tax,-11.25,\n"
    "Fees,Header,Subtitle,Currency,Date,Description,Amount\n"
    "Fees,Data,Other Fees,USD,2026-06-05,Market data,-10\nFees,Data,Other Fees,USD,2026-06-06,Market data back,4\n"
    "Deposits & Withdrawals,Header,Currency,Settle Date,Description,Amount\n"
    "Deposits & Withdrawals,Data,USD,2026-06-02,Electronic Fund Transfer,1000\n"
    "Deposits & Withdrawals,Data,USD,2026-06-03,Disbursement Initiated by X,-400\n"
)


def test_sections_name_what_their_rows_do_not() -> None:
    """Fees by their section, deposits by their one day, dividends by the share in their description; signs stay."""
    statement = read(SECTIONS)
    assert statement.faults == ()
    booked = [(f.fact.value, "" if f.what is None else f.what.symbol, f.cash) for f in statement.facts]
    assert booked == [
        ("dividend", "MSFT", 75), ("dividend", "MSFT", -75), ("dividend", "MSFT", -15),
        ("tax", "MSFT", Decimal("-11.25")), ("fee", "", -10), ("fee", "", 4), ("deposit", "", 1000),
        ("withdrawal", "", -400),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "cash"),
    [
        ("Sell,-40,5,1,199\nBuy,40,5,1,-201\n", [199, -201]),
        ("SLD,40,5,-1,199\nBOT,40,5,-1,-201\n", [199, -201]),
        ("Sell,-40,5,1,-199\nBuy,40,5,1,201\n", [199, -201]),
        ("Sell Short,40,5,1,199\nBuy to Cover,40,5,1,201\n", [199, -201]),
    ],
    ids=["minus at sales", "costs with a minus", "money the other way", "nothing signed"],
)
def test_every_convention_of_signs_books_the_same(rows: str, cash: list[int]) -> None:
    """A sale brings 199 and a purchase takes 201, whichever of quantity, cost and amount carries a sign."""
    text = "Date,Action,Symbol,Quantity,Price,Commission,Amount,Currency\n"
    for day, row in enumerate(rows.splitlines(), start=11):
        action, _, numbers = row.partition(",")
        text += f"2026-06-{day},{action},A,{numbers},USD\n"
    statement = read(text)
    assert [f.cash for f in statement.facts] == cash
    assert [f.quantity for f in statement.facts] == [-40, 40]
    assert {f.fact for f in statement.facts} <= {Fact.SELL, Fact.BUY, Fact.SHORT}


def test_a_tax_withheld_in_another_currency_is_not_added_to_what_was_paid() -> None:
    """GBP 5.10 paid and USD 1.13 withheld are no GBP 6.23: the dividend is what came, and the tax stays in dollars."""
    text = (
        "Action,Time,ISIN,Ticker,Name,No. of shares,Price / share,Currency (Price / share),Exchange rate,Total,"
        "Currency (Total),Withholding tax,Currency (Withholding tax)\n"
        "Dividend (Ordinary),2026-06-12 10:00:00,US5949181045,MSFT,Microsoft,10,0.75,USD,Not available,5.10,GBP,{tax}\n"
    )
    abroad, home = read(text.format(tax="1.13,USD")), read(text.format(tax="0.90,GBP"))
    assert (abroad.facts[0].cash, abroad.facts[0].tax, abroad.facts[0].tax_currency) == (
        Decimal("5.10"), Decimal("1.13"), "USD",
    )  # fmt: skip
    assert statement_transactions(abroad)[0].rows[0].details == {"amount": "5.10"}
    assert statement_transactions(home)[0].rows[0].details == {"amount": "6.00", "tax": "0.90"}


def test_amounts_in_pence_move_pounds(tmp_path: Path) -> None:
    """1,000 at 75.2 pence cost GBP 752: the account pays pounds, and owes no 75,200 of a currency called GBX."""
    desk = GivenDesk(tmp_path)
    desk.take("symbol,quantity,currency,kind\nGBP,1000,GBP,cash\n", as_of="2026-06-01", base="GBP")
    done = desk.take(
        "Date,Transaction Type,Symbol,Shares,Price,Ccy,Commission,Net Amount\n"
        "2026-06-11,Buy,VOD.L,1000,75.2,GBX,100,-75300\n2026-06-12,Dividend,VOD.L,,,GBX,,450\n", base="GBP",
    )  # fmt: skip
    assert (done.error, desk.quantities("2026-06-12")) == (None, {"GBP": "251.5", "VOD.L": "1000"})
