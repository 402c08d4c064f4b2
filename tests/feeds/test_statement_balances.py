"""Balances beside what happened: each proves the rows before it, and an account of money is kept as it ends."""

from decimal import Decimal
from pathlib import Path

import pytest
from intake_given import GivenDesk

from statement_files import read
from trimtab.desk.books.intake import Outcome
from trimtab.feeds.statements.books import statement_transactions
from trimtab.feeds.statements.records import Fact

MT940 = """:20:STARTUMS
:25:1/{account}
:28C:00006/001
:60F:C260601EUR4210,55
:61:2606150615D2787,50{code}NONREF
:86:{text}
:61:2606220622C31,20NDIVNONREF
:86:821?00DIVIDENDE?20NOVO NORDISK B?21DK0062498333
:62F:C2606{day}EUR1454,25
-
"""


def mt940(*, code: str = "NSEC", text: str = "804?00WERTPAPIERE?20KAUF SAP SE?21DE0007164600?22STUECK 12",
          account: str = "7", day: str = "30") -> str:  # fmt: skip
    """Write the statement of an account: a purchase, a dividend, and balances that they join."""
    return MT940.format(code=code, text=text, account=account, day=day)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("NSEC", "804?00WERTPAPIERE?20KAUF SAP SE?21DE0007164600?22STUECK 12"),
        ("NTRF", "804?00WERTPAPIERE?20SAP SE?22STUECK 12"),
        ("NTRF", "303?00EFFEKTEN?20ABRECHNUNG 4711"),
        ("NMSC", "303?00BELASTUNG?20ABRECHNUNG 4711"),
        ("NTRF", "SECURITIES SETTLEMENT REF 4711"),
        ("NMSC", "ABRECHNUNG DE0007164600"),
    ],
)
def test_money_for_securities_is_no_withdrawal(tmp_path: Path, code: str, text: str) -> None:
    """By the code of the entry, of the business or by its words it is named, asked about, and no flow."""
    statement = read(mt940(code=code, text=text).encode())
    assert [f.fact for f in statement.facts] == [Fact.SETTLEMENT, Fact.DIVIDEND]
    assert [row.fact for row in statement_transactions(statement)[0].rows] == ["dividend"]
    desk = GivenDesk(tmp_path)
    seen = desk.take(mt940(code=code, text=text), accept=False)
    assert seen.preview is not None
    assert any("neither a deposit nor a withdrawal" in doubt for doubt in seen.preview.doubts)
    assert desk.take(mt940(code=code, text=text)).outcome is Outcome.KEPT
    assert desk.quantities("2026-06-30") == {"EUR": "1454.25"}


def test_a_plain_payment_is_one() -> None:
    """Words of a payment make no settlement of it."""
    (first, _) = read(mt940(code="NTRF", text="105?00UEBERWEISUNG?20MIETE JUNI").encode()).facts
    assert (first.fact, first.cash) == (Fact.WITHDRAWAL, Decimal("-2787.50"))


def test_two_accounts_in_one_file_of_messages_are_two() -> None:
    """Each account ends with its own balance, and each proves its own entries."""
    statement = read((mt940() + mt940(account="8")).encode())
    assert [(c.account, c.amount) for c in statement.cash] == [("1/7", Decimal("1454.25")), ("1/8", Decimal("1454.25"))]
    assert statement.faults == ()
    assert read((mt940() + mt940(account="8").replace("2787,50", "2787,51")).encode()).faults


def test_a_page_that_is_missing_is_refused() -> None:
    """The next page must open with what the one before closed with."""
    next_page = ":20:S\n:25:1/7\n:60M:C260630EUR{},25\n:61:2607010701D100,NTRFX\n:62F:C260731EUR1354,25\n-\n"
    assert read((mt940() + next_page.format(1454)).encode()).faults == ()
    faults = read((mt940() + next_page.format(1455)).encode()).faults
    assert "the balance before 1454.25" in faults[0].why


KRAKEN = (
    '"txid","refid","time","type","subtype","aclass","asset","amount","fee","balance"\n'
    '"L1","R1","2026-06-02 10:00:00","deposit","","currency","ZEUR","4000.0","0","4000.0"\n'
    '"L2","R2","2026-06-30 10:00:00","trade","","currency","ZEUR","-912.04","2.37","3085.59"\n'
    '"L3","R2","2026-06-30 10:00:00","trade","","currency","XXBT","0.01","0","0.21"\n'
)
BITMEX = (
    '"transactTime","transactType","amount","fee","address","transactStatus","walletBalance"\n'
    '"6/2/2026, 10:00:00 AM","Deposit","10000000","0","x","Completed","10222048"\n'
    '"6/29/2026, 12:00:00 PM","RealisedPNL","30112","0","XBTUSD","Completed","10252160"\n'
)
SWISSQUOTE = (
    "Date;Order #;Transaction;Symbol;Name;ISIN;Quantity;Unit price;Costs;Accrued Interest;Net Amount;Balance;Currency\n"
    "30-06-2026 09:30:00;100000001;Buy;NESN;NESTLE;CH0038863350;25.0;82.44;9.85;0.00;-2070.85;10120.33;CHF\n"
    "02-06-2026 00:00:00;00000000;Payment;;;;1.0;5000.00;0.00;0.00;5000.00;12191.18;CHF\n"
)


@pytest.mark.parametrize(
    ("text", "was", "becomes", "ends"),
    [
        (KRAKEN, "-912.04", "-911.04", "3085.59 EUR, 0.21 BTC"),
        (BITMEX, '"30112"', '"30113"', "0.1025216 BTC"),
        (SWISSQUOTE, "12191.18", "12190.18", "10120.33 CHF"),
    ],
    ids=["kraken", "bitmex", "swissquote"],
)
def test_a_running_balance_proves_the_rows_before_it(text: str, was: str, becomes: str, ends: str) -> None:
    """Rows that lead to their balances raise no question; one number changed does. What the file ends with is told."""
    statement = read(text.encode())
    assert not [ask for ask in statement.asks if ask.what == "balance"]
    assert any(f"the file ends with {ends}" in note for note in statement.notes)
    broken = read(text.replace(was, becomes, 1).encode())
    assert broken.faults or [ask for ask in broken.asks if ask.what == "balance"]


def test_a_code_of_america_holds_the_code_of_a_filing(tmp_path: Path) -> None:
    """A statement that states ticker and ISIN names a 13F's CUSIP; until then the issuer's name stands beside it."""
    desk = GivenDesk(tmp_path)
    filing = (
        '<informationTable xmlns="x"><infoTable><nameOfIssuer>APPLE INC</nameOfIssuer><titleOfClass>COM</titleOfClass>'
        "<cusip>037833100</cusip><value>21410</value><shrsOrPrnAmt><sshPrnamt>100</sshPrnamt>"
        "<sshPrnamtType>SH</sshPrnamtType></shrsOrPrnAmt></infoTable></informationTable>"
    )
    before = desk.take(filing, name="f.xml", as_of="2026-06-30", dry_run=True).preview
    assert before is not None
    assert any("037833100 is APPLE INC; trimtab config set aliases.037833100.symbol" in note for note in before.notes)
    desk.take("Account,Symbol,ISIN,Quantity,Price,Currency\nU1,AAPL,US0378331005,5,200,USD\n", as_of="2026-06-30")
    named = desk.take(filing, name="f.xml", as_of="2026-06-30").preview
    assert named is not None
    assert any(note.startswith("037833100 is AAPL, as ") for note in named.notes)
    assert desk.quantities("2026-06-30") == {"AAPL": "105"}
