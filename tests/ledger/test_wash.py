"""Wash sales: the published case, and through a split."""

import datetime as dt
from decimal import Decimal

from trimtab.ledger.facts.corporate import Split, SymbolChange
from trimtab.ledger.facts.header import about
from trimtab.ledger.facts.trades import Side, Trade
from trimtab.ledger.ledger import Ledger
from trimtab.ledger.state import Rules
from trimtab.ledger.wash import wash_sales
from trimtab.model.instrument import Spot

D = Decimal
X = Spot(symbol="X", currency="USD")


def trade(name, day, side, quantity, price, what=X):
    return Trade(id=name, day=day, of=about(what), side=Side(side), quantity=D(quantity), price=D(price))


def washed(*facts):
    return wash_sales(Ledger(facts, Rules(base="USD")).entries())


def test_the_published_case_disallows_250_and_the_replacement_costs_1050():
    # IRS Publication 550, "Wash Sales", example 1 (also VITA/TCE training, capital gain or loss, case study 1):
    # 100 shares for 1,000, sold for 750, 100 bought for 800 within 30 days.
    loss, later = washed(
        trade("a", dt.date(2023, 1, 10), "buy", 100, 10),
        trade("b", dt.date(2023, 6, 1), "sell", 100, "7.5"),
        trade("c", dt.date(2023, 6, 20), "buy", 100, 8),
        trade("d", dt.date(2023, 12, 1), "sell", 100, "10.5"),
    )
    assert (loss.disposal.gain, loss.disallowed, loss.gain) == (-250, 250, 0)
    assert loss.replaced_by == (("c", 100),)
    # Sold at 1,050, which is what the replacement costs.
    assert (later.added, later.gain) == (250, 0)


def test_units_bought_after_a_split_replace_as_many_units_of_before():
    loss, *_ = washed(
        trade("a", dt.date(2023, 1, 10), "buy", 100, 40),
        trade("b", dt.date(2023, 6, 1), "sell", 100, 30),
        Split(day=dt.date(2023, 6, 10), of=about("X"), new=D(4)),
        # Something is left to split only if something is held.
        trade("k", dt.date(2022, 1, 10), "buy", 1, 40),
        trade("c", dt.date(2023, 6, 20), "buy", 200, 8),
    )
    # fifo sells k first: one unit of it, and 99 of a.
    both = washed(
        trade("k", dt.date(2022, 1, 10), "buy", 1, 40),
        trade("a", dt.date(2023, 1, 10), "buy", 100, 40),
        trade("b", dt.date(2023, 6, 1), "sell", 100, 30),
        Split(day=dt.date(2023, 6, 10), of=about("X"), new=D(4)),
        trade("c", dt.date(2023, 6, 20), "buy", 200, 8),
    )
    # 200 new units are 50 old ones: half of the loss of 1,000 is disallowed.
    assert sum(w.disallowed for w in both) == 500
    assert sum(units for w in both for _, units in w.replaced_by) == 50
    assert loss.disallowed == both[0].disallowed


def test_a_purchase_more_than_thirty_days_away_replaces_nothing():
    for day in (dt.date(2023, 5, 1), dt.date(2023, 7, 2)):
        loss, *_ = washed(
            trade("a", dt.date(2023, 1, 10), "buy", 100, 10),
            trade("c", day, "buy", 100, 8),
            trade("b", dt.date(2023, 6, 1), "sell", 100, "7.5"),
        )
        assert loss.disallowed == 0


def test_a_purchase_before_the_sale_replaces_too_but_what_is_sold_never_does():
    loss, *_ = washed(
        trade("a", dt.date(2023, 1, 10), "buy", 100, 10),
        trade("c", dt.date(2023, 5, 20), "buy", 30, 8),
        trade("b", dt.date(2023, 6, 1), "sell", 100, "7.5"),
    )
    assert loss.disallowed == 75
    alone = washed(trade("a", dt.date(2023, 5, 20), "buy", 100, 10), trade("b", dt.date(2023, 6, 1), "sell", 50, "7.5"))
    assert [w.disallowed for w in alone] == [0]


def test_a_gain_is_never_washed_and_a_new_name_is_the_same_thing():
    gain, *_ = washed(
        trade("a", dt.date(2023, 1, 10), "buy", 100, 10),
        trade("b", dt.date(2023, 6, 1), "sell", 100, 12),
        trade("c", dt.date(2023, 6, 5), "buy", 100, 8),
    )
    assert gain.disallowed == 0
    loss, *_ = washed(
        trade("a", dt.date(2023, 1, 10), "buy", 100, 10),
        trade("b", dt.date(2023, 6, 1), "sell", 90, 9),
        SymbolChange(day=dt.date(2023, 6, 3), of=about("X"), new_symbol="Y"),
        trade("c", dt.date(2023, 6, 5), "buy", 100, 8, what=Spot(symbol="Y", currency="USD")),
    )
    assert loss.disallowed == 90


def test_what_was_sold_in_the_meantime_replaces_nothing():
    facts = [
        trade("a", dt.date(2023, 1, 10), "buy", 100, 10),
        trade("c", dt.date(2023, 5, 20), "buy", 50, 8),
        trade("s", dt.date(2023, 5, 25), "sell", 50, 9),
        trade("b", dt.date(2023, 6, 1), "sell", 100, "7.5"),
    ]
    made = wash_sales(Ledger(facts, Rules(base="USD", method="lifo")).entries())
    assert [(w.disposal.lot, w.disallowed) for w in made] == [("c", 0), ("a", 0)]
