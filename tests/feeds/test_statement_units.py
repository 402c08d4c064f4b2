"""What units a trade is in is proved by what was paid; wallets are no accounts, and accounts of one file are asked."""

from decimal import Decimal
from pathlib import Path

import pytest
from intake_given import GivenDesk

from statement_files import read
from trimtab.desk.books.intake import Outcome
from trimtab.feeds.statements.books import statement_transactions
from trimtab.feeds.statements.records import Statement

HEAD = "Trade Date,Action,CUSIP,Description,Type,Quantity,Price,Commission,Amount,Currency\n"
DAY = "2026-06-11"


def row(text: str) -> tuple[Statement, tuple[str, Decimal | None, Decimal, str | None]]:
    """Read a trade; give its kind, price, cost and unit as they are booked."""
    statement = read(text.encode())
    assert statement.faults == ()
    (made,) = statement_transactions(statement, currency="USD")[0].rows
    unit = made.terms.get("quotation") or made.terms["currency"]
    return statement, (made.terms["kind"], made.price, made.fee or Decimal(0), unit)


@pytest.mark.parametrize(
    ("kind", "quantity", "price", "amount", "currency", "booked"),
    [
        ("Bond", "6000", "97.05", "-5824.00", "USD", ("bond", "97.05", "1", "percent")),
        ("Bond", "6", "970.5", "-5824.00", "USD", ("bond", "970.5", "1", "unit")),
        ("Bond", "6", "97.05", "-583.30", "USD", ("bond", "97.05", "1", "unit")),
        # Nothing says what it is but a code of a security and the amount, which is a hundredth.
        ("", "6000", "97.05", "-5824.00", "USD", ("bond", "97.05", "1", "percent")),
        ("", "6000", "74.31", "-4459.60", "GBP", ("share", "74.31", "1", "GBX")),
    ],
)
def test_what_was_paid_proves_the_unit_of_a_price(
    kind: str, quantity: str, price: str, amount: str, currency: str, booked: tuple[str, str, str, str]
) -> None:
    """Nominal at percent, bonds at money for one, and pence: the cost is the dollar that was paid, never the gap."""
    text = f"{HEAD}{DAY},Buy,91282CEP2,Something,{kind},{quantity},{price},1,{amount},{currency}\n"
    _, made = row(text)
    assert made == (booked[0], Decimal(booked[1]), Decimal(booked[2]), booked[3])


def test_a_bond_without_an_amount_is_in_percent_and_asked() -> None:
    """Nothing proves the unit: percent is usual, 5,824 and not 582,301 are paid, and a person looks."""
    statement, made = row(f"{HEAD}{DAY},Buy,91282CEP2,Something,Bond,6000,97.05,1,,USD\n".replace(",Amount", "", 1)
                          .replace(",1,,USD", ",1,USD"))  # fmt: skip
    assert made == ("bond", Decimal("97.05"), Decimal(1), "percent")
    assert statement.facts[0].cash == Decimal(-5824)
    assert [ask.taken for ask in statement.asks if ask.what == "unit"] == ["percent"]


def test_a_hundredth_that_nothing_explains_is_refused() -> None:
    """A share in dollars at a hundredth of its price: percent or pence? Somebody must say it."""
    text = f"Date,Action,Symbol,Quantity,Price,Amount,Currency\n{DAY},Buy,AAPL,6000,97.05,-5823.00,USD\n"
    (fault,) = read(text.encode()).faults
    assert "a hundredth of it: percent of face, or pence?" in fault.why
    assert "kind (bond)" in fault.try_next


LEDGER = (
    "UTC_Time,{head},Operation,Coin,Change,Balance\n"
    "2026-06-30 10:00:00,{one},Deposit,EUR,900,900\n"
    "2026-06-30 11:00:00,{one},Transfer Between Spot Account and UM Futures Account,EUR,-50,850\n"
    "2026-06-30 11:00:00,{two},Transfer Between Spot Account and UM Futures Account,EUR,50,50\n"
    "2026-06-30 12:00:00,{two},Deposit,EUR,5,55\n"
)


@pytest.mark.parametrize("head", ["Account", "Acct", "Sub-Account"])
@pytest.mark.parametrize(
    ("one", "two"), [("Spot", "USD-MFutures"), ("main", "funding"), ("spot / main", "earn / flexible")]
)
def test_a_wallet_is_no_account(head: str, one: str, two: str) -> None:
    """What moves between wallets is neither a deposit nor a withdrawal; each wallet proves its own balance."""
    statement = read(LEDGER.format(head=head, one=one, two=two).encode())
    assert statement.faults == ()
    assert [(f.fact.value, f.cash) for f in statement.facts] == [("deposit", 900), ("deposit", 5)]
    assert statement.accounts == ()
    assert not [ask for ask in statement.asks if ask.what == "balance"]
    assert statement.cash_totals == {"EUR": Decimal(905)}


def test_accounts_of_a_ledger_stay_apart() -> None:
    """Names that are no wallets are accounts: what went from one to the other is theirs."""
    text = LEDGER.format(head="Acct", one="A-17", two="B-18").replace("Transfer Between Spot Account and UM Futures "
                                                                      "Account", "Withdraw")  # fmt: skip
    statement = read(text.replace("Withdraw,EUR,50", "Deposit,EUR,50").encode())
    assert [(f.account, f.cash) for f in statement.facts] == [("A-17", 900), ("A-17", -50), ("B-18", 50), ("B-18", 5)]
    assert statement.cash_totals == {"EUR": Decimal(905)}


def test_accounts_of_one_file_that_are_added_up_are_asked_about_once(tmp_path: Path) -> None:
    """Two accounts nobody spoke of before, one portfolio: a person looks; a file that comes again is known."""
    desk = GivenDesk(tmp_path)
    text = "Account,Symbol,Quantity,Price,Market Value,Currency\nA-1,AAPL,10,90,900,USD\nB-2,AAPL,3,90,270,USD\n"
    first = desk.take(text, as_of="2024-04-30", accept=False)
    assert first.preview is not None
    assert any("accounts A-1, B-2 of the file are added up in growth" in doubt for doubt in first.preview.doubts)
    assert desk.take(text, as_of="2024-04-30").outcome is Outcome.KEPT
    assert desk.quantities("2024-04-30") == {"AAPL": "13"}
    assert desk.take(text, as_of="2024-04-30", accept=False).outcome is Outcome.NOTHING_NEW


def asked(text: str) -> set[str]:
    """Give what a file that is read asks about, or that it is refused."""
    statement = read(text.encode())
    return {"refused"} if statement.faults else {ask.what for ask in statement.asks} - {"account", "day"}


HELD = "Symbol,ISIN,Quantity,Price,Market Value,Currency\n"
TRADES = "Date,Action,Symbol,Quantity,Price,Fee,Amount,Currency\n"


@pytest.mark.parametrize(
    ("text", "question"),
    [
        # A value of another sign than its quantity, and shorts alone with positive values.
        (HELD + "SPY 18SEP26 560 P,,2,9.85,-1970,USD\n", "refused"),
        (HELD + "AAPL,,-5,200,1000,USD\nMSFT,,-2,400,800,USD\n", "direction"),
        (HELD + "AAPL,,5,200,1000,USD\nMSFT,,-2,400,800,USD\n", None),
        # One unit a contract, where a hundred are usual.
        (HELD + "SPY 18SEP26 560 P,,2,9.85,19.70,USD\n", "multiplier"),
        (TRADES + f"{DAY},Buy,SPY 18SEP26 560 P,200,1.00,1.32,-201.32,USD\n", "multiplier"),
        (TRADES + f"{DAY},Buy,SPY 18SEP26 560 P,2,1.00,1.32,-201.32,USD\n", None),
        # Words and signs that say two things.
        (TRADES + f"{DAY},Buy,AAPL,1,200,0,-200,USD\n{DAY},Withdrawal,,,,,50,USD\n", "direction"),
        (TRADES + f"{DAY},Buy,AAPL,1,200,0,-200,USD\n{DAY},Withdrawal,,,,,-50,USD\n", None),
        (TRADES + f"{DAY},Buy,AAPL,1,200,0,200,USD\n{DAY},Dividend,AAPL,,,,-4.10,USD\n", "direction"),
        (TRADES + f"{DAY},Buy,AAPL,1,200,0,200,USD\n{DAY},Dividend,AAPL,,,,4.10,USD\n", None),
        # Pence, where nothing says the currency of the price; a price in pounds is none.
        (TRADES + f"{DAY},Buy,VOD,6000,74.31,1,-4459.60,GBP\n", "unit"),
        ("Kurswert;Stück;ISIN;Kurs;Währung\n2943,60;1200;DE0007164600;245,30;EUR\n", "refused"),
    ],
)
def test_two_numbers_of_a_row_that_say_two_things_are_asked_about(text: str, question: str | None) -> None:
    """A sign against a word, a value against a sign, a size against the usual one: told or refused, never taken."""
    questions = asked(text)
    assert (question in questions) if question else not questions & {"direction", "multiplier", "unit", "refused"}
