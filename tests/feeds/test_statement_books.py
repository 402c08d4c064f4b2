"""A statement as the rest of the house takes it: what is booked moves exactly what the file says."""

import datetime as dt
import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from trimtab.errors import FileFormatError, InputError
from trimtab.feeds.contracts import bundled_contracts
from trimtab.feeds.holdings import read_holdings
from trimtab.feeds.statements.books import holdings_records, statement_transactions
from trimtab.feeds.statements.columns.mapping import read_mapping
from trimtab.feeds.statements.read import read_statement
from trimtab.feeds.statements.records import Fact, Holds, NameKind, Statement
from trimtab.feeds.statements.road import Settings
from trimtab.feeds.statements.telling import doubts_of
from trimtab.model.currencies import whole_currency

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "broker"
NAMES = sorted(json.loads((FOLDER / "expected.json").read_text())) if (FOLDER / "expected.json").exists() else []
DAY = dt.date(2026, 6, 30)
TRADES = (
    "Date,Action,Symbol,Quantity,Price,Currency,Fee,Amount,Currency (Amount),Exchange rate\n"
    "2026-06-01,Buy,AAPL,10,200,USD,1.00,-1821.00,EUR,1.1\n"
    "2026-06-02,Sell,SAP.DE,5,231.05,EUR,2.50,1152.75,EUR,\n"
    "2026-06-03,Dividend,AAPL,,,USD,,4.10,EUR,\n"
    "2026-06-04,Deposit,,,,,,500.00,EUR,\n"
)


def read(data: bytes | str) -> Statement:
    """Read a file without a name."""
    plain = data.encode() if isinstance(data, str) else data
    return read_statement(plain, name="a file", settings=Settings(contracts=bundled_contracts()))


def money_of_facts(statement: Statement) -> dict[str, Decimal]:
    """Add up what the facts do to each currency: the oracle."""
    moved: dict[str, Decimal] = defaultdict(Decimal)
    for fact in statement.facts:
        if (fact.what and fact.what.kind is NameKind.MONEY_MARKET) or fact.fact is Fact.SETTLEMENT:
            continue  # It is money before and after; or it is inside of the balance that the account ends with.
        if fact.cash and fact.currency:
            moved[fact.currency] += fact.cash
        if fact.counter and fact.counter[0] in {"USDT", "USDC"}:
            moved[fact.counter[0]] += fact.counter[1]
        if fact.fact is Fact.EXCHANGE and fact.what and fact.what.kind.value == "cash":
            moved[fact.what.symbol or ""] += fact.quantity or 0
    return {currency: amount for currency, amount in moved.items() if amount}


def money_of_transactions(statement: Statement) -> dict[str, Decimal]:
    """Add up what the transactions do to each currency, as a book does: quantity x price x units, and the fee."""
    moved: dict[str, Decimal] = defaultdict(Decimal)
    for row in statement_transactions(statement)[0].rows:
        kind = row.terms.get("kind")
        if row.fact == "conversion":
            moved[row.details["sold_currency"]] -= Decimal(row.details["sold"])
            moved[row.details["bought_currency"]] += Decimal(row.details["bought"])
            continue
        if row.fact:
            moved[row.terms["currency"]] += Decimal(row.details["amount"]) - Decimal(row.details.get("tax", "0"))
            continue
        if kind == "cash":
            moved[row.symbol] += row.quantity
            continue
        currency, minor = whole_currency(row.terms.get("currency", ""))
        size = Decimal(row.terms.get("multiplier", "100" if kind == "option" else "1"))
        scale = Decimal("0.01") if minor or row.terms.get("quotation") == "percent" else Decimal(1)
        value = Decimal(0) if kind == "future" else row.quantity * (row.price or 0) * size * scale
        moved[currency] -= value + (row.fee or 0)
    return {currency: amount for currency, amount in moved.items() if abs(amount) > Decimal("1e-9")}


def held_same(first: dict[str, Decimal], second: dict[str, Decimal]) -> bool:
    """Tell whether two books of money are one to the millionth."""
    return all(abs(first.get(c, 0) - second.get(c, 0)) < Decimal("1e-6") for c in {*first, *second})


def test_a_trade_paid_in_another_currency_is_a_trade_and_an_exchange() -> None:
    """A share priced in dollars and paid in euros takes euros, and no dollar stays."""
    statement = read(TRADES)
    assert statement.faults == ()
    assert money_of_transactions(statement) == money_of_facts(statement) == {"EUR": Decimal("-164.15")}


@pytest.mark.parametrize("name", NAMES or ["none"])
def test_transactions_move_what_the_facts_move(name: str) -> None:
    """After all transactions of a look-alike each currency has moved by what its facts say, to the cent."""
    if not NAMES:
        pytest.skip("the look-alikes of broker files lie beside the repository and are not here")
    if name.endswith(".xml"):
        pytest.importorskip("defusedxml")
    statement = read((FOLDER / name).read_bytes())
    if not statement.facts:
        with pytest.raises(FileFormatError, match="holds none"):
            statement_transactions(statement)
        return
    assert held_same(money_of_transactions(statement), money_of_facts(statement))


@pytest.mark.parametrize("name", NAMES or ["none"])
def test_a_look_alike_is_a_portfolio_or_says_that_it_holds_transactions(name: str) -> None:
    """`--holdings` takes files with positions and refuses the others with what they hold."""
    if not NAMES:
        pytest.skip("the look-alikes of broker files lie beside the repository and are not here")
    if name.endswith(".xml"):
        pytest.importorskip("defusedxml")
    statement = read((FOLDER / name).read_bytes())
    holds_positions = statement.holds in {Holds.POSITIONS, Holds.MIXED}
    if not holds_positions:
        with pytest.raises(FileFormatError, match="no positions"):
            read_holdings(FOLDER / name, base="USD", contracts=bundled_contracts(), as_of=DAY)
        return
    held = read_holdings(FOLDER / name, base="USD", contracts=bundled_contracts(), as_of=DAY)
    stated = [p.quantity for p in statement.positions] + [c.amount for c in statement.cash]
    assert [p.quantity for p in held.positions] == stated


SIDES = "Ticker,Qty,Long/Short,Ccy,Market Price\nAAPL,100,Long,USD,214\nTSLA,60,Short,USD,301\n"


def test_a_side_in_a_file_of_holdings_makes_a_short_a_short(tmp_path: Path) -> None:
    """A column of long and short is never passed over."""
    path = tmp_path / "book.csv"
    path.write_text(SIDES)
    held = read_holdings(path, base="USD", contracts=bundled_contracts(), as_of=DAY)
    assert [p.quantity for p in held.positions] == [100, -60]


def test_a_column_of_ours_beside_one_that_only_statements_have_is_refused(tmp_path: Path) -> None:
    """Tax lots and a column of sides: neither reader knows both, so neither guesses."""
    path = tmp_path / "book.csv"
    path.write_text("symbol,quantity,lots,Long/Short\nAAPL,100,100@5@2020-01-02,short\n")
    with pytest.raises(FileFormatError, match="Long/Short"):
        read_holdings(path, base="USD", contracts=bundled_contracts(), as_of=DAY)


def test_trades_given_as_holdings_are_refused(tmp_path: Path) -> None:
    """A list of trades has symbols and quantities as well, and is no book."""
    path = tmp_path / "trades.csv"
    path.write_text(TRADES)
    with pytest.raises(FileFormatError, match="transactions and no positions"):
        read_holdings(path, base="USD", contracts=bundled_contracts(), as_of=DAY)


def test_holdings_with_their_days_of_purchase_are_told_how_to_be_read(tmp_path: Path) -> None:
    """A day in each row makes a table one of trades; what the message says to write makes it a book."""
    path = tmp_path / "depot.csv"
    path.write_text(
        "Symbol;Stück;Kurs;Whrg.;Kaufdatum\nMSFT;140;471,22;USD;01.02.2026\nAAPL;60;214,10;USD;03.02.2026\n"
    )
    with pytest.raises(FileFormatError, match="--map 'Kaufdatum=ignore'") as refused:
        read_holdings(path, base="USD", contracts=bundled_contracts(), as_of=DAY)
    told = read_mapping(refused.value.try_next.split("--map '")[1].rstrip("'"))
    read = read_statement(path.read_bytes(), name="depot.csv", settings=Settings(mapped=told))
    assert [(p.what.symbol, p.quantity) for p in read.positions] == [("MSFT", 140), ("AAPL", 60)]


def test_positions_of_a_later_day_than_the_question_are_refused(tmp_path: Path) -> None:
    """A statement of June says nothing of March."""
    path = tmp_path / "book.csv"
    path.write_text('"Positions as of 2026/06/30"\n\n"Symbol","Qty (Quantity)"\n"AAPL","5"\n')
    with pytest.raises(InputError, match="2026-06-30"):
        read_holdings(path, base="USD", contracts=bundled_contracts(), as_of=dt.date(2026, 3, 2))
    held = read_holdings(path, base="USD", contracts=bundled_contracts(), as_of=dt.date(2026, 8, 3))
    assert held.stated_on == DAY


def test_a_statement_that_is_not_whole_is_refused_with_every_row() -> None:
    """Each row that could not be read is named, and nothing is booked."""
    broken = TRADES.replace("1152.75", "9999.75").replace("Dividend", "Hokuspokus")
    with pytest.raises(FileFormatError) as caught:
        statement_transactions(read(broken))
    assert all(part in str(caught.value) for part in ("row 3", "row 4", "nothing was read"))


def test_the_day_is_asked_where_nothing_says_it() -> None:
    """Positions without a day are no snapshot."""
    statement = read("Symbol,Quantity,Currency\nAAPL,5,USD\n")
    assert any("of which day" in doubt for doubt in doubts_of(statement))
    with pytest.raises(FileFormatError, match="the day of these positions"):
        holdings_records(statement)
