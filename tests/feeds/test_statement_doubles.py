"""A holding that a file states twice is refused wherever it stands, and the accounts of one file stay apart."""

import pytest

from statement_files import read
from trimtab.feeds.statements.records import Statement

MT535 = """:16R:GENL
:28E:1/ONLY
:20C::SEME//S
:23G:NEWM
:98A::STAT//20260630
:97A::SAFE//{account}
:17B::ACTI//Y
:16S:GENL
:16R:FIN
:35B:ISIN DE0007164600
SAP SE O.N.
:90B::MRKT//ACTU/EUR231,05
:93B::AGGR//UNIT/{units},
:19A::HOLD//EUR{worth},
:16S:FIN
:16R:ADDINFO
:19A::HOLP//EUR{total},
:16S:ADDINFO
-
"""
NPORT = (
    "<nport><repPdDate>2026-06-30</repPdDate><seriesId>S1</seriesId>"
    "<invstOrSec><title>Apple Inc</title><cusip>037833100</cusip><balance>320</balance><units>NS</units>"
    "<curCd>USD</curCd><valUSD>68512.00</valUSD><assetCat>EC</assetCat></invstOrSec></nport>"
)
F13 = (
    "<informationTable><infoTable><nameOfIssuer>APPLE INC</nameOfIssuer><cusip>037833100</cusip><value>21410</value>"
    "<shrsOrPrnAmt><sshPrnamt>100</sshPrnamt><sshPrnamtType>SH</sshPrnamtType></shrsOrPrnAmt>"
    "<otherManager>1</otherManager></infoTable></informationTable>"
)
TABLE = "Account,Symbol,Quantity,Price,Market Value,Currency\nA-1,AAPL,10,90,900,USD\n"
ACTIVITY = (
    'Statement,Header,Field Name,Field Value\nStatement,Data,Period,"June 30, 2026"\n'
    "Account Information,Header,Field Name,Field Value\nAccount Information,Data,Account,{account}\n"
    "Open Positions,Header,DataDiscriminator,Asset Category,Currency,Symbol,Quantity,Mult,Cost Price,Cost Basis,"
    "Close Price,Value,Unrealized P/L,Code\n"
    "Open Positions,Data,Summary,Stocks,USD,MSFT,10,1,400,4000,420,4200,200,\n"
)
BEANCOUNT = (
    '2026-06-01 * "Deposit"\n  Assets:Broker:Cash   70,000.00 USD\n  Equity:Opening   -70,000.00 USD\n\n'
    '2026-06-11 * "Buy"\n  Assets:Broker:AAPL   10 AAPL {208.40 USD}\n  Assets:Broker:Cash   -2,084.00 USD\n'
)


def mt535(account: str = "1/7", units: int = 1200, total: str = "277260") -> str:
    """Write a message of one holding, worth what it says in all."""
    return MT535.format(account=account, units=units, worth=f"{units * 231.05:.0f}", total=total)


def held(statement: Statement) -> list[tuple[str | None, str, int]]:
    """Give what each account holds."""
    assert statement.faults == ()
    return [(p.account, p.what.label, int(p.quantity)) for p in statement.positions]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (NPORT, NPORT[NPORT.index("<invst") : -len("</nport>")]),
        (F13, F13[F13.index("<infoTable>") : -len("</informationTable>")]),
        (mt535(), MT535[MT535.index(":16R:FIN") : MT535.index(":16R:ADD")].format(units=1200, worth=277260)),
        (TABLE, "\n" + TABLE),
    ],
    ids=["nport", "13f", "mt535", "table"],
)
def test_a_holding_that_stands_there_twice_is_refused(text: str, part: str) -> None:
    """Once it is read; the same thing with the same numbers again names both places."""
    (whole,) = read(text.encode()).positions
    where = text.rindex(part) + len(part) if part in text else len(text)
    twice = read((text[:where] + part + text[where:]).encode())
    assert [f"{whole.quantity} {whole.what.label}" in fault.why for fault in twice.faults] == [True]


def test_two_managers_may_report_the_same_units() -> None:
    """A row of each is no row that stands there twice."""
    row = F13[F13.index("<infoTable>") : -len("</informationTable>")]
    other = F13.replace(row, row + row.replace("<otherManager>1", "<otherManager>2"))
    assert [quantity for _, _, quantity in held(read(other.encode()))] == [100, 100]


def test_an_entry_that_stands_there_twice_is_asked_about() -> None:
    """A deposit written twice in a ledger may be two."""
    assert read(BEANCOUNT.encode()).asks == ()
    deposit = BEANCOUNT[: BEANCOUNT.index("2026-06-11")]
    assert [ask.what for ask in read((deposit + BEANCOUNT).encode()).asks] == ["double"]


def test_messages_of_two_accounts_stay_apart() -> None:
    """Each holding is of the account of its message, with block headers or without."""
    two = mt535() + mt535(account="1/8", units=700, total="161735")
    wanted = [("1/7", "DE0007164600", 1200), ("1/8", "DE0007164600", 700)]
    assert held(read(two.encode())) == wanted
    assert read(two.encode()).accounts == ("1/7", "1/8")


def test_the_total_of_a_message_proves_its_holdings() -> None:
    """A holding that is not there shows in the total."""
    assert read(mt535().encode()).asks == ()
    assert [ask.what for ask in read(mt535(total="377260").encode()).asks] == ["total"]


def test_two_statements_in_one_file_stay_apart() -> None:
    """The account above a section is that of its rows; the same account again is refused."""
    two = ACTIVITY.format(account="U1") + ACTIVITY.format(account="U2")
    assert held(read(two.encode())) == [("U1", "MSFT", 10), ("U2", "MSFT", 10)]
    assert read((ACTIVITY.format(account="U1") * 2).encode()).faults
