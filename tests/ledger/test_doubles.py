"""One dividend written down twice is told, and two dividends are not."""

import datetime as dt
from decimal import Decimal

from trimtab.ledger.doubles import doubled_payouts
from trimtab.ledger.facts.header import about
from trimtab.ledger.facts.income import Payout
from trimtab.ledger.facts.trades import Side, Trade
from trimtab.ledger.ledger import Ledger
from trimtab.ledger.state import Rules
from trimtab.model.instrument import Spot

D = Decimal
ABC = Spot(symbol="ABC", currency="USD")
BOUGHT = Trade(day=dt.date(2024, 1, 2), of=about(ABC), side=Side.BUY, quantity=D(100), price=D(10))


def paid(month, day, **amount):
    return Payout(day=dt.date(2024, month, day), of=about("ABC"), **amount)


def told(*payouts):
    return doubled_payouts(Ledger([BOUGHT, *payouts], Rules(base="USD")).entries())


def test_an_announced_dividend_and_its_payment_are_told_once():
    (said,) = told(paid(2, 1, per_unit=D("0.24")), paid(3, 1, total=D("24.00")))
    assert "24 looks like the dividend of 2024-02-01 again" in said.detail


def test_two_quarters_another_amount_or_a_payment_before_are_two_dividends():
    assert told(paid(2, 1, per_unit=D("0.24")), paid(5, 1, total=D(24))) == ()
    assert told(paid(2, 1, per_unit=D("0.24")), paid(3, 1, total=D(25))) == ()
    assert told(paid(2, 1, per_unit=D("0.24")), paid(1, 15, total=D(24))) == ()
    assert told(paid(2, 1, total=D(24)), paid(2, 1, total=D(24))) == ()
