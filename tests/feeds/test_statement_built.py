"""Messages and documents that are cut, shuffled or damaged: the same book, a refusal, or a question; never part of it.

The files here have invented numbers; the look-alikes beside the repository are tried in the same ways where they are.
"""

import random
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from statement_files import numbers, read
from trimtab.errors import TrimtabError

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data" / "broker"
MT535 = """{4:
:16R:GENL
:98A::STAT//20240628
:97A::SAFE//77
:16S:GENL
:16R:FIN
:35B:ISIN US0231351067
/US/AMZN
AMAZON COM INC
:90B::MRKT//ACTU/USD10,5
:93B::AGGR//UNIT/100,
:19A::HOLD//USD1050,
:16S:FIN
:16R:FIN
:35B:ISIN DE0001102580
BUND 2032
:90A::MRKT//PRCT/90,
:93B::AGGR//FAMT/2000,
:19A::HOLD//EUR1800,
:16S:FIN
-}
"""
OFX = """OFXHEADER:100
DATA:OFXSGML

<OFX><INVSTMTMSGSRSV1><INVSTMTTRNRS><INVSTMTRS><DTASOF>20240628<CURDEF>USD<INVACCTFROM><ACCTID>77</INVACCTFROM>
<INVPOSLIST><POSSTOCK><INVPOS><SECID><UNIQUEID>023135106<UNIQUEIDTYPE>CUSIP</SECID><POSTYPE>LONG<UNITS>5
<UNITPRICE>10.5<MKTVAL>52.5</INVPOS></POSSTOCK></INVPOSLIST></INVSTMTRS></INVSTMTTRNRS></INVSTMTMSGSRSV1>
<SECLISTMSGSRSV1><SECLIST><STOCKINFO><SECINFO><SECID><UNIQUEID>023135106<UNIQUEIDTYPE>CUSIP</SECID>
<SECNAME>AMAZON<TICKER>AMZN</SECINFO></STOCKINFO></SECLIST></SECLISTMSGSRSV1></OFX>
"""
FLEX = (Path(__file__).parents[2] / "examples" / "import" / "flex.xml").read_text()
LEDGER = """2024-01-02 open Assets:Cash USD
2024-01-03 * "Deposit"
  Assets:Cash  500.00 USD
  Equity:Opening  -500.00 USD
"""


def refused(text: str) -> bool:
    """Tell whether a file is refused, as a whole or by its rows."""
    try:
        return bool(read(text.encode()).faults)
    except TrimtabError:
        return True


@pytest.mark.parametrize("text", [MT535, OFX, FLEX], ids=["MT535", "OFX", "Flex"])
def test_a_file_that_ends_early_is_refused_wherever_it_ends(text: str) -> None:
    """No cut leaves a book that looks whole."""
    assert not refused(text)
    whole = numbers(read(text.encode()))
    for end in range(len(text) - 1):
        assert refused(text[:end]) or numbers(read(text[:end].encode())) == whole, text[:end][-40:]


def test_a_holding_that_lost_a_line_is_no_holding_less() -> None:
    """Each line of a message is taken out in turn: both holdings stay as large, or the message is refused."""
    lines = MT535.splitlines()
    for at in range(len(lines)):
        text = "\n".join(lines[:at] + lines[at + 1 :])
        if not refused(text):
            assert sorted(p.quantity for p in read(text.encode()).positions) == [100, 2000], lines[at]


def test_a_bond_without_a_price_stays_in_percent_of_its_face() -> None:
    """A face amount is never so many units at the price of the market."""
    text = MT535.replace(":90A::MRKT//PRCT/90,\n", "")
    assert [p.price_unit for p in read(text.encode()).positions] == ["unit", "percent"]


def test_a_posting_that_belongs_to_no_transaction_is_refused() -> None:
    """A ledger whose transaction lost its first line is not read without it."""
    assert not refused(LEDGER)
    assert refused(LEDGER.replace('2024-01-03 * "Deposit"\n', ""))


def test_two_accounts_of_one_query_stay_two() -> None:
    """A second statement in a query adds its own positions and money under its own account."""
    start, end = FLEX.index("<FlexStatement "), FLEX.index("</FlexStatement>") + len("</FlexStatement>")
    one = FLEX[start:end]
    both = read((FLEX[:end] + one.replace("U0000009", "U0000010") + FLEX[end:]).encode())
    assert both.accounts == ("U0000009", "U0000010")
    assert [(p.account, p.quantity) for p in both.positions] == [
        ("U0000009", 90), ("U0000009", 200), ("U0000010", 90), ("U0000010", 200)
    ]  # fmt: skip
    assert both.cash_totals["USD"] == 2401


@pytest.mark.parametrize("name", ["flex here", "ibkr_flex.xml", "sec_13f_infotable.xml", "sec_nport.xml"])
@pytest.mark.parametrize("seed", range(3))
def test_a_document_in_another_order_with_more_in_it_is_the_same(name: str, seed: int) -> None:
    """Siblings of one kind and attributes change places, and every element has an attribute more."""
    if name != "flex here" and not (BESIDE / name).exists():
        pytest.skip("the look-alikes of broker files lie beside the repository and are not here")
    text = FLEX if name == "flex here" else (BESIDE / name).read_text()
    root, rng = ET.fromstring(text), random.Random(seed)  # noqa: S311, S314 - it shuffles a file of the tests
    for element in root.iter():
        inside = list(element)
        if len(inside) > 1 and len({e.tag for e in inside}) == 1:
            rng.shuffle(inside)
            element[:] = inside
        words = list(element.attrib.items())
        rng.shuffle(words)
        element.attrib.clear()
        element.attrib.update(words)
        element.attrib["frobBar"] = "lorem"
    copy, whole = numbers(read(ET.tostring(root))), numbers(read(text.encode()))
    assert (copy[0], copy[2]) == (whole[0], whole[2])
    assert sorted(map(str, copy[1])) == sorted(map(str, whole[1]))
