"""Cost basis: five methods, one law."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.errors import InputError
from trimtab.performance.cost_basis import Trade, cost_basis

DAY = dt.date(2024, 1, 2)
METHODS = ("average", "fifo", "lifo", "hifo")


def bought(quantity: str, price: str, fee: str = "0", **more) -> Trade:
    return Trade(date=DAY, quantity=Decimal(quantity), price=Decimal(price), fee=Decimal(fee), **more)


#: 10 at 100, 10 at 120, 10 at 110, then 15 sold at 130.
TRADES = [bought("10", "100"), bought("10", "120"), bought("10", "110"), bought("-15", "130")]


@pytest.mark.parametrize(
    ("method", "cost", "gain"), [("average", 1650, 300), ("fifo", 1600, 350), ("lifo", 1700, 250), ("hifo", 1750, 200)]
)
def test_four_methods_by_hand(method, cost, gain):
    """Cost of the 15 units sold and the gain, worked out by hand."""
    result = cost_basis(TRADES, method=method)
    assert sum(d.cost for d in result.disposals) == Decimal(cost)
    assert result.realised == Decimal(gain)
    assert result.quantity == Decimal(15)
    assert result.realised + result.unrealised(Decimal(130)) == Decimal(600)


def test_named_lots():
    """A trade that names its lots takes those, and nothing else will do."""
    named = [*TRADES[:3], bought("-15", "130", lots=(("2", Decimal(10)), ("1", Decimal(5))))]
    result = cost_basis(named, method="specific")
    assert sum(d.cost for d in result.disposals) == Decimal(1700)
    assert [(lot.name, lot.quantity) for lot in result.lots] == [("1", Decimal(5)), ("3", Decimal(10))]
    for wrong in ((), (("2", Decimal(15)),), (("9", Decimal(15)),), (("1", Decimal(7)), ("1", Decimal(8)))):
        with pytest.raises(InputError, match="that are held"):
            cost_basis([*TRADES[:3], bought("-15", "130", lots=wrong)], method="specific")
    with pytest.raises(InputError, match="reduces the position"):
        cost_basis([*TRADES[:3], bought("1", "130", lots=(("1", Decimal(1)),))], method="specific")


def test_fees_count_once():
    """A fee adds to cost on the way in and takes from proceeds on the way out; a trade through zero splits it."""
    result = cost_basis([bought("10", "100", "5"), bought("-15", "110", "3")])
    assert result.realised == Decimal(10) * 10 - 5 - 2
    assert (result.quantity, result.cost) == (Decimal(-5), Decimal(-5) * 110 + 1)
    assert result.unrealised(Decimal(110)) == Decimal(-1)


def test_a_short_has_the_opposite_sign():
    """A short gains when it is bought back lower; HIFO closes the cheapest sale first."""
    sold = [bought("-10", "50"), bought("-10", "40"), bought("10", "45")]
    assert cost_basis(sold, method="fifo").realised == Decimal(50)
    assert cost_basis(sold, method="hifo").realised == Decimal(-50)
    assert cost_basis(sold, method="average").realised == Decimal(0)


trades = st.lists(
    st.builds(
        lambda q, p, f: Trade(date=DAY, quantity=Decimal(q), price=Decimal(p) / 100, fee=Decimal(f) / 100),
        st.integers(-300, 300).filter(bool),
        st.integers(0, 50_000),
        st.integers(0, 900),
    ),
    min_size=1,
    max_size=25,
)


@given(trades, st.integers(0, 40_000))
def test_realised_and_unrealised_add_up_to_the_money(history, cents):
    """Whatever the method, all gains together are market value plus money received less money paid."""
    price = Decimal(cents) / 100
    money = sum(-t.quantity * t.price - t.fee for t in history)
    held = sum(t.quantity for t in history)
    for method in METHODS:
        result = cost_basis(history, method=method)
        assert result.quantity == held
        assert abs(result.realised + result.unrealised(price) - (held * price + money)) < Decimal("1e-15")


@given(trades)
def test_hifo_realises_no_more_than_the_others_on_the_first_sale(history):
    """Of all orders, HIFO gives the smallest gain for the first trade that reduces a position."""
    for stop in range(1, len(history) + 1):
        results = {m: cost_basis(history[:stop], method=m) for m in METHODS}
        if results["fifo"].disposals:
            assert all(results["hifo"].realised <= results[m].realised + Decimal("1e-9") for m in METHODS)
            return


def test_refusals():
    """Trades that go back in time, empty trades, names used twice and unknown methods are refused."""
    later = Trade(date=dt.date(2024, 2, 1), quantity=Decimal(1), price=Decimal(1))
    with pytest.raises(InputError, match="order of time"):
        cost_basis([later, bought("1", "1")])
    with pytest.raises(InputError, match="other than zero"):
        bought("0", "1")
    with pytest.raises(InputError, match="differ"):
        cost_basis([bought("1", "1", name="a"), bought("1", "1", name="a")])
    with pytest.raises(InputError, match="hifo"):
        cost_basis([], method="best")
