"""What a book earned: worked out by hand, and by laws."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.desk.books.history import book_history
from trimtab.errors import InputError, NotEnoughDataError
from trimtab.feeds.contracts import open_contracts as load_contracts
from trimtab.market.prices import PriceTable
from trimtab.model.instrument import Option, OptionRight, Spot, Terms
from trimtab.model.notation import parse_portfolio
from trimtab.model.portfolio import Portfolio, Position, Stated

DAYS = ["2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05"]
SPAN = {"start": dt.date(2024, 1, 2), "end": dt.date(2024, 1, 5), "base": "USD"}


def table(**columns: list[float]) -> PriceTable:
    return PriceTable.of(columns, dates=DAYS[: len(next(iter(columns.values())))])


def book(text: str) -> Portfolio:
    return parse_portfolio(text, base="USD", contracts=load_contracts(None), as_of=dt.date(2024, 1, 2))


def test_a_future_earns_its_multiplier_times_the_change() -> None:
    """Short 2 MES (5 dollars a point) that rises 10 points loses 100 dollars of 10,000 in cash: -1%."""
    held = book("-2 MESH4, 10000 USD")
    found = book_history(lambda _: held, table(MESH4=[4000.0, 4010.0, 4010.0]), **SPAN)
    np.testing.assert_allclose(found.returns[1:], [-0.01, 0.0], rtol=1e-12)


def test_a_deposit_earns_nothing() -> None:
    """Money that comes in changes no return on its day, and dilutes the next."""
    books = {dt.date(2024, 1, 2): book("1 A, 100 USD"), dt.date(2024, 1, 3): book("1 A, 1000 USD")}
    found = book_history(lambda d: books[min(d, dt.date(2024, 1, 3))], table(A=[100.0, 110.0, 121.0]), **SPAN)
    np.testing.assert_allclose(found.returns[1:], [10 / 200, 11 / 1110], rtol=1e-12)


def test_a_trade_gains_from_its_price_to_the_close_less_its_fee() -> None:
    """10 bought at 100 for a fee of 5 on a day that closes at 110, with 500 paid in: 95 of the 2,000 held before."""
    before, after = book("2000 USD"), book("10 A, 1495 USD")
    found = book_history(
        lambda d: before if d == dt.date(2024, 1, 2) else after, table(A=[99.0, 110.0]),
        flow=lambda _first, _last: 500.0, **SPAN,
    )  # fmt: skip
    np.testing.assert_allclose(found.returns[1], 95 / 2000, rtol=1e-12)


def test_an_option_pays_what_exercise_was_worth_at_expiry() -> None:
    """A 100 call that expires at 107 pays 7 a unit, though it is gone the day after."""
    call = Option(
        symbol="C", underlying="A", currency="USD", right=OptionRight.CALL, strike=Decimal(100),
        expiry=dt.date(2024, 1, 3), terms=(Terms(multiplier=Decimal(100)),),
    )  # fmt: skip
    held = Portfolio(
        positions=(
            Position(instrument=call, quantity=Decimal(1), stated=Stated(rate=0.0)), *book("1000 USD").positions
        ),
        base="USD",
    )  # fmt: skip
    prices = table(A=[105.0, 107.0, 120.0], C=[6.0, 7.0, 7.0])
    gone = book("1700 USD")
    found = book_history(lambda d: held if d <= dt.date(2024, 1, 3) else gone, prices, **SPAN)
    np.testing.assert_allclose(found.returns[1:], [100 / 1600, 0.0], rtol=1e-12)


def test_a_stated_price_makes_no_return() -> None:
    """A price that stands still would give a 0 that looks like a return; it gives none, and says of what."""
    stated = Position(
        instrument=Spot(symbol="HOUSE", currency="USD"), quantity=Decimal(1), stated=Stated(price=Decimal(500))
    )
    held = Portfolio(positions=(stated, *book("1 A").positions), base="USD")
    found = book_history(lambda _: held, table(A=[100.0, 110.0]), **SPAN)
    assert np.isnan(found.returns).all()
    assert "HOUSE" in found.failures[0].where
    with pytest.raises(NotEnoughDataError, match="HOUSE"):
        found.index("core")


def test_no_prices_in_the_span_is_said() -> None:
    """A span without prices is refused."""
    with pytest.raises(InputError, match="between 2030"):
        book_history(
            lambda _: book("1 A"), table(A=[1.0]), start=dt.date(2030, 1, 1), end=dt.date(2030, 2, 1), base="USD"
        )


@given(
    st.lists(st.floats(50, 150), min_size=4, max_size=4), st.lists(st.floats(50, 150), min_size=4, max_size=4),
    st.integers(1, 9), st.integers(1, 9),
)  # fmt: skip
def test_a_book_left_alone_earns_what_its_value_does(a: list[float], b: list[float], n: int, m: int) -> None:
    """Without trades and flows, returns compound to the change of NAV."""
    held = book(f"{n} A, {m} B, 50 USD")
    found = book_history(lambda _: held, table(A=a, B=b), **SPAN)
    np.testing.assert_allclose(np.prod(1 + found.returns[1:]), found.nav[-1] / found.nav[0], rtol=1e-10)
    known = book_history(lambda _: held, table(A=a, B=b), flow=lambda _first, _last: 0.0, **SPAN)
    np.testing.assert_allclose(known.returns[1:], found.returns[1:], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found.index("x").values[:, 0], 100 * found.nav / found.nav[0], rtol=1e-10)
