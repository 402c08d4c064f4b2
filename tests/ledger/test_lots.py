"""Lots: five methods, currencies, days and what companies do to them."""

import datetime as dt
from decimal import Decimal

import pytest

from trimtab.errors import InputError
from trimtab.ledger.facts.amendments import Cancellation, Correction
from trimtab.ledger.facts.corporate import Delisting, Merger, SpinOff, Split, SymbolChange
from trimtab.ledger.facts.header import about
from trimtab.ledger.facts.income import Payout, StockDividend
from trimtab.ledger.facts.money import Deposit, Direction, Transfer
from trimtab.ledger.facts.trades import Side, Trade
from trimtab.ledger.finding import FindingKind
from trimtab.ledger.ledger import Ledger
from trimtab.ledger.posting import Account
from trimtab.ledger.state import Rules
from trimtab.ledger.statement import statement
from trimtab.model.instrument import Future, Spot, Terms

D = Decimal
ABC = Spot(symbol="ABC", currency="USD")
SAP = Spot(symbol="SAP", currency="EUR")
START = dt.date(2020, 1, 2)


def later(days):
    return START + dt.timedelta(days=days)


def trade(days, side, quantity, price, what=ABC, **more):
    return Trade(day=later(days), of=about(what), side=Side(side), quantity=D(quantity), price=D(price), **more)


def kept(*facts, **rules):
    return Ledger(facts, Rules(base="USD", **rules))


def gone(ledger):
    return [d for e in ledger.entries() for d in e.disposals]


BOUGHT = [
    trade(0, "buy", 100, 10, id="a"),
    trade(10, "buy", 100, 14, id="b"),
    trade(20, "buy", 100, 12, id="c"),
]


@pytest.mark.parametrize(
    ("method", "named", "gain", "left"),
    [
        ("fifo", (), 500 + 50, {"b": 50, "c": 100}),
        ("lifo", (), 300 + 50, {"a": 100, "b": 50}),
        ("hifo", (), 100 + 150, {"a": 100, "c": 50}),
        ("average", (), 450, {"b": 50, "c": 100}),
        ("specific", (("c", D(100)), ("a", D(50))), 300 + 250, {"a": 50, "b": 100}),
        ("specific", (), 500 + 50, {"b": 50, "c": 100}),
    ],
)
def test_each_method_takes_its_own_lots(method, named, gain, left):
    ledger = kept(*BOUGHT, trade(30, "sell", 150, 15, lots=named), method=method)
    assert sum(d.gain for d in gone(ledger)) == gain
    assert {lot.name: lot.quantity for lot in ledger.book_on(later(30)).holding("ABC").lots} == left
    chosen = [f for f in ledger.book_on(later(30)).findings if f.kind is FindingKind.LOTS_CHOSEN]
    assert bool(chosen) == (method == "specific" and not named)


@pytest.mark.parametrize(
    "named", [(("a", D(100)),), (("a", D(101)), ("b", D(49))), (("z", D(150)),), (("a", D(75)), ("a", D(75)))]
)
def test_named_lots_must_be_there_and_add_up(named):
    with pytest.raises(InputError, match=r"add up to 150[\s\S]*held are 100 of a"):
        kept(*BOUGHT, trade(30, "sell", 150, 15, lots=named), method="specific").book_on(later(30))


def test_a_lot_held_for_exactly_a_year_is_short_term_and_a_day_more_long():
    ledger = kept(trade(0, "buy", 3, 10), trade(366, "sell", 1, 12), trade(367, "sell", 1, 12))
    # 2020 has 366 days: the first sale is on 2021-01-02.
    assert [d.long_term for d in gone(ledger)] == [False, True]


def test_closing_a_short_sale_is_short_term_and_gains_when_the_price_fell():
    ledger = kept(trade(0, "short", 10, 50, fee=D(1)), trade(500, "cover", 10, 40, fee=D(2)))
    (closed,) = gone(ledger)
    assert (closed.gain, closed.proceeds, closed.cost, closed.long_term) == (97, -400, -500, False)
    assert ledger.book_on(later(500)).total(Account.GAIN, "USD") == 100
    assert ledger.book_on(later(500)).total(Account.EXPENSE, "USD") == 3


def test_a_trade_through_zero_closes_and_opens_and_splits_its_fee():
    ledger = kept(trade(0, "buy", 10, 50), trade(5, "short", 30, 60, fee=D(3)))
    (closed,) = gone(ledger)
    assert (closed.gain, closed.fees) == (99, 1)
    (lot,) = ledger.book_on(later(5)).holding("ABC").lots
    assert (lot.quantity, lot.cost, lot.fees) == (-20, -1200, 2)


def test_without_times_a_day_buys_before_it_sells_and_with_times_it_does_as_they_say():
    for facts in (
        [trade(0, "buy", 10, 50), trade(0, "sell", 10, 51)],
        [trade(0, "sell", 10, 51), trade(0, "buy", 10, 50)],
    ):
        assert kept(*facts).book_on(START).whole
    timed = [trade(0, "buy", 10, 50, time=dt.time(15)), trade(0, "sell", 10, 51, time=dt.time(9))]
    assert not kept(*timed).book_on(START).whole


def test_more_sold_than_held_is_told_and_a_short_sale_is_not():
    sold = kept(trade(0, "buy", 10, 50), trade(5, "sell", 30, 60, source="t.csv row 4")).book_on(later(5))
    (said,) = [f for f in sold.findings if f.kind is FindingKind.OVERSOLD]
    assert "30 sold, 10 there" in said.detail
    assert said.source == "t.csv row 4"
    assert not sold.whole
    assert kept(trade(0, "buy", 10, 50), trade(5, "short", 30, 60)).book_on(later(5)).whole
    covered = kept(trade(0, "short", 10, 50), trade(5, "cover", 11, 60)).book_on(later(5))
    assert not covered.whole


def test_a_sale_told_by_its_sign_may_be_short_but_is_told_where_it_goes_through_zero():
    def sold(*facts):
        return kept(*facts, trade(5, "sell", 30, 60, by_sign=True)).book_on(later(5))

    assert [f.kind for f in sold(trade(0, "buy", 10, 50)).findings] == [FindingKind.OVERSOLD]
    assert sold(trade(0, "buy", 30, 50)).whole
    assert sold().whole
    assert sold(trade(0, "short", 10, 50)).whole


def test_gains_in_base_currency_take_each_rate_from_its_own_day():
    rates = {0: "1.10", 30: "1.25"}
    ledger = kept(
        trade(0, "buy", 100, 10, what=SAP, fee=D(10)), trade(30, "sell", 100, 10, what=SAP, fee=D(10)),
        rates=lambda c, day: D(1) if c == "USD" else D(rates[(day - START).days]),
    )  # fmt: skip
    (closed,) = gone(ledger)
    assert closed.gain == -20
    assert closed.base_gain == D("990") * D("1.25") - D("1010") * D("1.10")


def test_a_rate_nobody_has_leaves_the_gain_in_base_unknown_and_says_so():
    ledger = kept(trade(0, "buy", 1, 10, what=SAP), trade(30, "sell", 1, 11, what=SAP), rates=lambda *_: None)
    (closed,) = gone(ledger)
    assert (closed.gain, closed.base_gain) == (1, None)
    assert any(f.kind is FindingKind.NO_RATE for f in ledger.book_on(later(30)).findings)


def test_a_spin_off_moves_the_stated_share_of_the_cost_and_keeps_the_day():
    # AT&T and Warner Bros. Discovery, 2022-04-11: 0.241917 units for one (AT&T stockholder services); the share of
    # the cost, 23.48%, as legalclarity.org prints it.
    t = Spot(symbol="T", currency="USD")
    ledger = kept(
        trade(0, "buy", 100, 20, what=t),
        SpinOff(
            day=later(400), of=about("T"), into=about("WBD"), new=D("0.241917"), basis=D("0.2348"),
            fraction_price=D("24.5"),
        ),
    )  # fmt: skip
    book = ledger.book_on(later(400))
    assert book.holding("T").cost == D("1530.40")
    # 24.1917 units cost 469.60; the fraction of .1917 is paid out and takes its share of that.
    fraction = D("0.1917") / D("24.1917") * D("469.60")
    assert abs(book.holding("WBD").cost - (D("469.60") - fraction)) < D("1e-9")
    assert book.quantity("WBD") == 24
    (paid,) = gone(ledger)
    assert paid.long_term
    assert abs(paid.gain - (D("0.1917") * D("24.5") - fraction)) < D("1e-9")
    assert book.holding("WBD").lots[0].acquired == START


def test_a_merger_for_units_and_money_realises_the_gain_up_to_the_money():
    # 26 U.S.C. 356(a), 358(a): cost 10 a share; 8 in money and one unit worth 7 received: gain 5, all of it realised
    # (5 < 8); the new cost is 10 - 8 + 5 = 7. With cost 4: gain 11, 8 of it realised, new cost 4. A loss is not.
    for cost, realised, new in ((10, 5, 7), (4, 8, 4), (20, 0, 12)):
        ledger = kept(
            trade(0, "buy", 100, cost),
            Merger(day=later(9), of=about("ABC"), into=about("XYZ"), new=D(1), cash=D(8), price=D(7)),
        )
        book = ledger.book_on(later(9))
        assert book.total(Account.GAIN, "USD") == 100 * realised
        assert book.holding("XYZ").cost == 100 * new
        assert book.cash["USD"] == 800 - 100 * cost
        assert sum(d.gain for d in gone(ledger)) == 100 * realised


def test_money_in_a_merger_of_unstated_value_counts_against_the_cost_and_says_so():
    ledger = kept(
        trade(0, "buy", 100, 10), Merger(day=later(9), of=about("ABC"), into=about("XYZ"), new=D(1), cash=D(8))
    )
    book = ledger.book_on(later(9))
    assert (book.total(Account.GAIN, "USD"), book.holding("XYZ").cost) == (0, 200)
    assert any("value of what was received" in f.detail for f in book.findings)


def test_a_merger_for_money_is_a_sale():
    ledger = kept(trade(0, "buy", 100, 10), Merger(day=later(400), of=about("ABC"), cash=D(12)))
    assert [(d.gain, d.long_term) for d in gone(ledger)] == [(200, True)]
    assert ledger.book_on(later(400)).holdings == {}


def test_a_reverse_split_pays_its_fraction_and_a_fraction_nobody_paid_is_told():
    bought = trade(0, "buy", 105, 10)
    paid = kept(bought, Split(day=later(5), of=about("ABC"), new=D(1), old=D(10), fraction_price=D(101)))
    book = paid.book_on(later(5))
    assert (book.quantity("ABC"), book.cash["USD"]) == (10, D("50.5") - 1050)
    assert book.holding("ABC").cost == 1000
    unpaid = kept(bought, Split(day=later(5), of=about("ABC"), new=D(1), old=D(10))).book_on(later(5))
    assert unpaid.quantity("ABC") == D("10.5")
    assert [f.kind for f in unpaid.findings] == [FindingKind.FRACTION]


def test_dividends_in_stock_spread_the_cost_or_are_income_at_their_value():
    free = kept(trade(0, "buy", 100, 11), StockDividend(day=later(5), of=about("ABC"), per_unit=D("0.1")))
    assert (free.book_on(later(5)).quantity("ABC"), free.book_on(later(5)).holding("ABC").cost) == (110, 1100)
    taxed = kept(trade(0, "buy", 100, 11), StockDividend(day=later(5), of=about("ABC"), units=D(10), price=D(9)))
    book = taxed.book_on(later(5))
    assert (book.holding("ABC").cost, book.total(Account.INCOME, "USD")) == (1190, 90)


@pytest.mark.parametrize(
    ("first", "fact"),
    [
        (trade(0, "sell", 100, 11), {"units": D(10)}),
        (trade(0, "buy", 1, 50, what=Future(symbol="ABC", root="A", currency="USD", terms=(Terms(multiplier=D(5)),))),
         {"per_unit": D("0.1")}),
    ],
    ids=["units on a short position", "a future"],
)  # fmt: skip
def test_what_gives_no_dividend_in_stock_is_refused(first, fact):
    """Units stated without a sign cannot be those of a short position, and a future gives none at all."""
    ledger = kept(first, StockDividend(day=later(5), of=first.of, **fact))
    with pytest.raises(InputError, match="shares held that give a stock dividend"):
        ledger.book_on(later(5))


def test_what_a_transfer_had_gained_before_is_no_gain_of_this_book():
    came = Transfer(
        day=later(5), of=about(ABC), direction=Direction.IN, quantity=D(100), price=D(30), cost=D(1000),
        acquired=dt.date(2015, 5, 5),
    )  # fmt: skip
    went = Transfer(day=later(9), of=about("ABC"), direction=Direction.OUT, quantity=D(40), price=D(35))
    ledger = kept(Deposit(day=START, currency="USD", amount=D(1)), came, went)
    made = statement(ledger, START, later(9), lambda *_: D(35))
    assert (made.flows, made.gains, made.change) == (3000 - 1400, 500, 2100)
    assert gone(ledger) == []
    sold = ledger.append([trade(20, "sell", 60, 35)])
    assert [(d.gain, d.long_term) for d in gone(sold)] == [(1500, True)]


def test_units_that_come_in_on_a_short_position_close_it_at_their_value_and_the_rest_is_held():
    deposit = Deposit(day=START, currency="USD", amount=D(100))
    came = Transfer(
        day=later(5), of=about("ABC"), direction=Direction.IN, quantity=D(20), price=D(30), cost=D(400),
        acquired=dt.date(2015, 5, 5),
    )  # fmt: skip
    ledger = kept(deposit, trade(0, "short", 1, 28), came)
    book = ledger.book_on(later(5))
    assert (book.quantity("ABC"), book.holding("ABC").cost, book.cash["USD"]) == (19, 380, 128)
    assert [(d.gain, d.quantity) for d in gone(ledger)] == [(-2, -1)]
    made = statement(ledger, START, later(5), lambda _, day: D(28) if day == START else D(30))
    assert (made.opening, made.closing, made.flows, made.gains) == (100, 698, 600, -2)
    more = kept(deposit, trade(0, "short", 30, 28), came)
    assert more.book_on(later(5)).quantity("ABC") == -10


def test_two_names_swapped_on_one_day_keep_their_own_lots():
    xyz = Spot(symbol="XYZ", currency="USD")
    ledger = kept(
        trade(0, "buy", 1, 10), trade(0, "buy", 2, 20, what=xyz),
        SymbolChange(day=later(5), of=about("ABC"), new_symbol="XYZ"),
        SymbolChange(day=later(5), of=about("XYZ"), new_symbol="ABC"),
    )  # fmt: skip
    book = ledger.book_on(later(5))
    assert (book.quantity("XYZ"), book.holding("XYZ").cost) == (1, 10)
    assert (book.quantity("ABC"), book.holding("ABC").cost) == (2, 40)


def test_a_dividend_on_the_day_of_a_swap_is_paid_on_what_bore_the_name_the_evening_before():
    xyz = Spot(symbol="XYZ", currency="USD")
    ledger = kept(
        trade(0, "buy", 1, 10), trade(0, "buy", 2, 20, what=xyz),
        SymbolChange(day=later(5), of=about("ABC"), new_symbol="XYZ"),
        SymbolChange(day=later(5), of=about("XYZ"), new_symbol="ABC"),
        Payout(day=later(5), of=about("ABC"), per_unit=D(7)),
        Split(day=later(5), of=about("XYZ"), new=D(3)),
    )  # fmt: skip
    book = ledger.book_on(later(5))
    assert book.total(Account.INCOME, "USD") == 7
    assert (book.quantity("ABC"), book.quantity("XYZ")) == (6, 1)


def test_what_was_sold_out_is_known_under_its_new_name_and_not_under_its_old():
    facts = [
        trade(0, "buy", 1, 10), trade(1, "sell", 1, 10), SymbolChange(day=later(5), of=about("ABC"), new_symbol="XYZ")
    ]  # fmt: skip
    again = kept(*facts, trade(9, "buy", 1, 10, what="XYZ")).book_on(later(9))
    assert again.holding("XYZ").instrument.currency == "USD"
    with pytest.raises(InputError, match="it is called XYZ now"):
        kept(*facts, trade(9, "buy", 1, 10, what="ABC")).book_on(later(9))


def test_a_delisting_without_value_realises_the_loss():
    ledger = kept(trade(0, "buy", 10, 10), Delisting(day=later(9), of=about("ABC")))
    assert [d.gain for d in gone(ledger)] == [-100]


def test_corrections_and_cancellations_stand_in_whatever_order_they_come():
    bought = trade(0, "buy", 100, 10, id="a")
    first = Correction(target="a", fact=trade(0, "buy", 90, 10), number=5, id="k1")
    second = Correction(target="k1", fact=trade(0, "buy", 80, 10), number=7)
    for facts in ([bought, first, second], [second, first, bought]):
        assert kept(*facts).book_on(START).quantity("ABC") == 80
    undone = [Cancellation(target="k1"), bought, first]
    assert kept(*undone).book_on(START).quantity("ABC") == 100
    with pytest.raises(InputError, match="facts that are known"):
        kept(bought, Cancellation(target="b"))
    with pytest.raises(InputError, match="two that differ"):
        kept(bought, trade(0, "buy", 99, 10, id="a"))


def test_a_dividend_without_a_holding_is_an_error_unless_it_is_everybodys():
    paid = Payout(day=later(5), of=about("XYZ"), per_unit=D(1), source="d.csv row 2")
    with pytest.raises(InputError, match=r"a holding of XYZ[\s\S]*d\.csv row 2"):
        kept(trade(0, "buy", 1, 1), paid).book_on(later(5))
    anyone = Payout(day=later(5), of=about("XYZ"), per_unit=D(1), everywhere=True)
    assert kept(trade(0, "buy", 1, 1), anyone).book_on(later(5)).cash["USD"] == -1
