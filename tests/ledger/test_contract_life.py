"""Options and futures from their first day to their last."""

import datetime as dt
from decimal import Decimal

import pytest

from trimtab.errors import InputError
from trimtab.ledger.facts.contracts import Delivery, OptionEnd, OptionEndKind, Roll, Settlement
from trimtab.ledger.facts.corporate import MultiplierChange, Split
from trimtab.ledger.facts.header import about
from trimtab.ledger.facts.snapshots import Snapshot
from trimtab.ledger.facts.trades import Side, Trade
from trimtab.ledger.finding import FindingKind
from trimtab.ledger.ledger import Ledger
from trimtab.ledger.posting import Account
from trimtab.ledger.state import Rules
from trimtab.model.instrument import (
    Future,
    Option,
    OptionRight,
    Perpetual,
    PerpetualPayoff,
    Premium,
    Spot,
    Terms,
)
from trimtab.model.portfolio import Position, Stated

D = Decimal
ABC = Spot(symbol="ABC", currency="USD")
ES = Future(symbol="ESH4", root="ES", currency="USD", terms=(Terms(multiplier=D(50)),))
ESM = Future(symbol="ESM4", root="ES", currency="USD", terms=(Terms(multiplier=D(50)),))


def option(right, strike=30, premium=Premium.MONEY, underlying="ABC"):
    return Option(
        symbol=f"{underlying} {strike}{right}", underlying=underlying, currency="USD", right=OptionRight(right),
        strike=D(strike), expiry=dt.date(2024, 6, 21), terms=(Terms(multiplier=D(100)),), premium=premium,
    )  # fmt: skip


def day(number):
    return dt.date(2024, 1, number)


def trade(number, what, side, quantity, price, fee=0):
    return Trade(day=day(number), of=about(what), side=Side(side), quantity=D(quantity), price=D(price), fee=D(fee))


def end(number, what, kind, quantity=None, settlement=None):
    return OptionEnd(
        day=day(number), of=about(what), kind=OptionEndKind(kind), quantity=None if quantity is None else D(quantity),
        settlement=None if settlement is None else D(settlement),
    )  # fmt: skip


def kept(*facts, **rules):
    return Ledger(facts, Rules(base="USD", **rules))


@pytest.mark.parametrize(
    ("right", "side", "kind", "units", "cash", "cost"),
    [
        # Premium 3.50 x 100 x 2 = 700; strike 30 x 200 = 6,000. IRS Publication 550, "Options": the premium joins the
        # cost of shares bought, and takes from the proceeds of shares sold.
        ("call", "buy", "exercised", 200, -6700, 6700),
        ("call", "short", "assigned", -200, 6700, -6700),
        ("put", "buy", "exercised", -200, 5300, -5300),
        ("put", "short", "assigned", 200, -5300, 5300),
    ],
)
def test_exercise_and_assignment_turn_options_into_shares_at_the_strike(right, side, kind, units, cash, cost):
    what = option(right)
    ledger = kept(trade(2, what, side, 2, "3.5"), end(9, what, kind))
    book = ledger.book_on(day(9))
    assert (book.quantity("ABC"), book.cash["USD"]) == (units, cash)
    assert book.holding("ABC").cost == cost
    assert book.total(Account.GAIN, "USD") == 0
    assert set(book.holdings) == {"spot ABC"}


def test_shares_called_away_are_sold_at_strike_and_premium():
    what = option("call")
    ledger = kept(trade(2, ABC, "buy", 100, 25, fee=1), trade(3, what, "short", 1, 2, fee=1), end(9, what, "assigned"))
    (gone,) = [d for e in ledger.entries() for d in e.disposals]
    assert (gone.proceeds, gone.cost, gone.fees, gone.gain) == (3200, 2500, 2, 698)
    assert ledger.book_on(day(9)).holdings == {}


@pytest.mark.parametrize(("side", "gain"), [("buy", -350), ("short", 350)])
def test_an_option_that_expires_gives_its_premium_to_who_wrote_it(side, gain):
    what = option("call")
    book = kept(trade(2, what, side, 1, "3.5"), end(9, what, "expired", settlement=30)).book_on(day(9))
    assert book.total(Account.GAIN, "USD") == gain
    assert book.cash["USD"] == gain


def test_an_option_in_the_money_does_not_expire_without_value():
    what = option("call")
    with pytest.raises(InputError, match="cash_settled"):
        kept(trade(2, what, "buy", 1, "3.5"), end(9, what, "expired", settlement=31)).book_on(day(9))


def test_cash_settlement_pays_the_difference():
    what = option("put")
    book = kept(trade(2, what, "buy", 2, "3.5"), end(9, what, "cash_settled", settlement=22)).book_on(day(9))
    assert book.cash["USD"] == 2 * 100 * 8 - 700
    assert book.total(Account.GAIN, "USD") == 900


def test_an_option_settled_in_coin_pays_coin():
    what = option("call", 60_000, Premium.COIN, "BTC")
    book = kept(trade(2, what, "buy", 1, "0.1"), end(9, what, "cash_settled", settlement=80_000)).book_on(day(9))
    # A quarter of a coin a unit, 100 units.
    assert book.cash["BTC"] == 25 - 10


@pytest.mark.parametrize(
    ("facts", "match"),
    [
        ([end(9, option("call"), "exercised")], "a holding of ABC 30call"),
        ([trade(2, option("call"), "short", 1, 1), end(9, option("call"), "exercised")], "what is held is exercised"),
        ([trade(2, option("call"), "buy", 1, 1), end(9, option("call"), "assigned")], "written, to be assigned"),
        ([trade(2, option("call"), "buy", 1, 1), end(9, option("call"), "exercised", 2)], "2 contracts"),
    ],
)
def test_what_is_not_there_is_not_exercised(facts, match):
    with pytest.raises(InputError, match=match):
        kept(*facts).book_on(day(9))


def test_a_split_of_the_share_adjusts_the_option_and_its_old_terms_still_find_it_rounded_to_cents():
    what = option("call", 100)
    ledger = kept(trade(2, what, "buy", 2, 9), Split(day=day(3), of=about("ABC"), new=D(3), old=D(2)))
    (holding,) = ledger.book_on(day(3)).holdings.values()
    assert holding.instrument.strike == D("66.666666666667")
    assert holding.instrument.terms_on(day(3)).multiplier == 150
    assert (holding.quantity, holding.cost) == (2, 1800)
    adjusted = Option(
        symbol="ABC1", underlying="ABC", currency="USD", right=OptionRight.CALL, strike=D("66.67"),
        expiry=what.expiry, terms=(Terms(multiplier=D(150)),),
    )  # fmt: skip
    sold = ledger.append([trade(5, adjusted, "sell", 2, 7)])
    assert sold.book_on(day(5)).holdings == {}
    assert sold.book_on(day(5)).cash["USD"] == 2 * 150 * 7 - 1800


def test_an_option_that_becomes_what_another_was_does_not_join_it():
    ledger = kept(
        trade(2, option("call", 100), "buy", 2, 9), trade(2, option("call", 25), "short", 1, 80),
        Split(day=day(3), of=about("ABC"), new=D(4)),
    )  # fmt: skip
    held = {h.instrument.strike: (h.quantity, h.cost) for h in ledger.book_on(day(3)).holdings.values()}
    assert held == {D(25): (8, 1800), D("6.25"): (-4, -8000)}


def test_a_future_is_settled_into_cash_every_day_at_its_own_price():
    ledger = kept(
        trade(2, ES, "buy", 2, 4800, fee=5),
        Settlement(day=day(2), of=about("ESH4"), price=D(4810)),
        Settlement(day=day(3), of=about("ESH4"), price=D(4790)),
        trade(4, ES, "sell", 1, 4795),
        Settlement(day=day(4), of=about("ESH4"), price=D(4800)),
    )
    cash = [ledger.book_on(day(n)).cash["USD"] for n in (2, 3, 4)]
    assert cash == [1000 - 5, -1000 - 5, -1000 - 5 + 250 + 500]
    book = ledger.book_on(day(4))
    assert book.total(Account.EXPENSE, "USD") == 5
    assert book.total(Account.GAIN, "USD") == -250
    assert book.whole


def test_another_months_price_settles_nothing_and_the_gain_is_deferred_and_said():
    ledger = kept(trade(2, ES, "buy", 2, 4800), Settlement(day=day(3), of=about("ESM4"), price=D(4900)))
    book = ledger.book_on(day(3))
    assert book.cash.get("USD", 0) == 0
    assert not book.whole
    (said,) = book.deferred()
    assert "ESH4: not settled since it was opened" in str(said)
    assert "2024-01-03" in said.detail
    # Closing needs no settlement.
    closed = ledger.append([trade(4, ES, "sell", 2, 4850)]).book_on(day(4))
    assert (closed.cash["USD"], closed.whole) == (5000, True)


def test_a_weekend_has_no_settlement_of_its_own():
    ledger = kept(trade(5, ES, "buy", 2, 4800), Settlement(day=day(5), of=about("ESH4"), price=D(4810)))
    assert ledger.book_on(day(7)).whole
    assert not ledger.book_on(day(8)).whole


def test_a_settlement_price_a_hundred_times_off_is_refused():
    facts = [
        trade(2, ES, "buy", 2, 4800),
        Settlement(day=day(3), of=about("ESH4"), price=D("48.1"), source="s.csv row 7"),
    ]
    with pytest.raises(InputError, match=r"near 4800[\s\S]*100 times less[\s\S]*s\.csv row 7"):
        kept(*facts).book_on(day(3))
    book = Ledger(facts, Rules(base="USD"), on_refused="set_aside").book_on(day(3))
    assert [f.kind for f in book.findings] == [FindingKind.REFUSED]
    assert not book.whole
    assert book.cash.get("USD", 0) == 0


def test_futures_of_a_snapshot_count_from_that_evenings_settlement():
    held = Snapshot(day=day(2), positions=(Position(instrument=ES, quantity=D(2)),))
    evening = Settlement(day=day(2), of=about("ESH4"), price=D(4800))
    later = Settlement(day=day(3), of=about("ESH4"), price=D(4810))
    assert kept(held, evening, later).book_on(day(3)).cash["USD"] == 1000
    blind = kept(held, later).book_on(day(3))
    assert blind.cash.get("USD", 0) == 0
    assert not blind.whole
    priced = Position(instrument=ES, quantity=D(2), stated=Stated(price=D(4790)))
    assert kept(Snapshot(day=day(2), positions=(priced,)), later).book_on(day(3)).cash["USD"] == 2000


def test_a_roll_closes_the_one_and_opens_the_other():
    ledger = kept(
        trade(2, ES, "buy", 2, 4800),
        Roll(day=day(3), of=about("ESH4"), into=about(ESM), price=D(4810), into_price=D(4850), fee=D(4)),
        Settlement(day=day(3), of=about("ESM4"), price=D(4855)),
    )
    book = ledger.book_on(day(3))
    assert {h.symbol: h.quantity for h in book.holdings.values()} == {"ESM4": 2}
    assert book.cash["USD"] == 1000 - 4 + 500


def test_delivery_settles_and_hands_over_the_thing_at_the_last_price():
    oil = Future(symbol="CLG4", root="CL", currency="USD", terms=(Terms(multiplier=D(1000)),))
    barrels = Spot(symbol="WTI", currency="USD")
    ledger = kept(
        trade(2, oil, "buy", 3, 70), Delivery(day=day(5), of=about("CLG4"), underlying=about(barrels), price=D(72))
    )
    book = ledger.book_on(day(5))
    assert (book.quantity("WTI"), book.cash["USD"]) == (3000, 3 * 1000 * 2 - 3000 * 72)
    assert book.holding("WTI").cost == 216_000


def test_a_future_may_settle_below_zero():
    oil = Future(symbol="CLK0", root="CL", currency="USD", terms=(Terms(multiplier=D(1000)),))
    ledger = kept(trade(2, oil, "buy", 1, 18), Settlement(day=day(3), of=about("CLK0"), price=D("-37.63"), final=True))
    assert ledger.book_on(day(3)).cash["USD"] == -55630
    assert ledger.book_on(day(3)).holdings == {}


@pytest.mark.parametrize("bought", [2, 9])
def test_a_new_multiplier_holds_from_its_day_whenever_the_trade_came(bought):
    change = MultiplierChange(day=day(8), of=about("ES"), multiplier=D(5), settlement=D(4800))
    facts = [trade(bought, ES, "buy", 2, 4800), change]
    facts += [Settlement(day=day(n), of=about("ESH4"), price=D(4800)) for n in (2, 3, 4, 5, 8)]
    facts += [Settlement(day=day(9), of=about("ESH4"), price=D(4810))]
    book = kept(*facts).book_on(day(9))
    assert book.cash["USD"] == 2 * 5 * 10
    assert book.holding("ESH4").instrument.terms_on(day(9)).multiplier == 5


def test_gains_up_to_a_new_multiplier_count_with_the_old_one():
    change = MultiplierChange(day=day(8), of=about("ES"), multiplier=D(5), settlement=D(4900))
    facts = [trade(2, ES, "buy", 1, 4800), change, Settlement(day=day(8), of=about("ESH4"), price=D(4910))]
    assert kept(*facts).book_on(day(8)).cash["USD"] == 50 * 100 + 5 * 10
    unsettled = MultiplierChange(day=day(8), of=about("ES"), multiplier=D(5))
    book = kept(facts[0], unsettled, facts[2]).book_on(day(8))
    assert any(f.kind is FindingKind.DEFERRED and "2024-01-05" in f.detail for f in book.findings)


def test_terms_that_a_contract_itself_dates_hold_from_their_day_without_a_fact():
    dated = Future(
        symbol="ESH4", root="ES", currency="USD",
        terms=(Terms(multiplier=D(50)), Terms(multiplier=D(5), valid_from=day(8))),
    )  # fmt: skip
    facts = [trade(4, dated, "buy", 1, 4800)]
    facts += [Settlement(day=day(n), of=about("ESH4"), price=D(p)) for n, p in ((4, 4800), (5, 4900), (8, 4910))]
    assert kept(*facts).book_on(day(8)).cash["USD"] == 50 * 100 + 5 * 10
    assert kept(*facts).book_on(day(8)).whole
    blind = kept(facts[0], facts[-1]).book_on(day(8))
    assert any(f.kind is FindingKind.DEFERRED and "settlement price of 2024-01-05" in f.detail for f in blind.findings)


def test_two_changes_of_one_day_and_of_days_in_a_row_count_each_gain_once():
    facts = [
        trade(4, ES, "buy", 1, 4800),
        MultiplierChange(day=day(5), of=about("ESH4"), multiplier=D(10), settlement=D(4800)),
        MultiplierChange(day=day(5), of=about("ES"), multiplier=D(10), settlement=D(4800)),
        MultiplierChange(day=day(6), of=about("ES"), multiplier=D(5), settlement=D(4800)),
        Settlement(day=day(8), of=about("ESH4"), price=D(4810)),
    ]
    assert kept(*facts).book_on(day(8)).cash["USD"] == 50


def test_an_inverse_perpetual_gains_coin():
    # Worked examples: 100,000 contracts of 1 USD, 10,000 -> 10,500: .47619 BTC.
    swap = Perpetual(
        symbol="XBTUSD", currency="USD", settlement="BTC", payoff=PerpetualPayoff.INVERSE,
        terms=(Terms(multiplier=D(1)),),
    )  # fmt: skip
    ledger = kept(trade(2, swap, "buy", 100_000, 10_000))
    assert ledger.book_on(day(2)).portfolio().positions[0].stated.entry == 10_000
    closed = ledger.append([trade(3, swap, "sell", 100_000, 10_500)]).book_on(day(3))
    assert round(closed.cash["BTC"], 5) == D("0.47619")
    assert closed.total(Account.GAIN, "BTC") == closed.cash["BTC"]


def test_a_perpetual_added_to_has_the_harmonic_mean_as_its_entry():
    swap = Perpetual(
        symbol="XBTUSD", currency="USD", settlement="BTC", payoff=PerpetualPayoff.INVERSE,
        terms=(Terms(multiplier=D(1)),),
    )  # fmt: skip
    book = kept(trade(2, swap, "buy", 100, 10_000), trade(3, swap, "buy", 100, 20_000)).book_on(day(3))
    assert round(book.holding("XBTUSD").entry(day(3)), 4) == round(D(200) / (D(100) / 10_000 + D(100) / 20_000), 4)
