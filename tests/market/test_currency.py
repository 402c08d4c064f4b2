"""Exchange rates and conversion: prices are converted, with the rate of their own date, before returns."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.errors import InputError, NotEnoughDataError, Reason
from trimtab.market.prices import Flag, PriceTable, reason_of
from trimtab.market.rates.currency import convert
from trimtab.market.rates.fx import FxRates
from trimtab.market.rates.history import price_history

DATES = ["2024-01-02", "2024-01-03", "2024-01-04"]


def day(text):
    return np.datetime64(text, "D")


def fx():
    return FxRates.of({"EURUSD": [1.10, 1.12, np.nan], "EURJPY": [155.0, 157.0, 158.0]}, dates=DATES)


def test_direct_inverse_and_cross_rates_agree():
    """A pair, its inverse and the way through a common currency are one set of prices."""
    rates = fx()
    assert rates.rate("EUR", "USD", day("2024-01-02")) == (1.10, day("2024-01-02"))
    assert rates.rate("USD", "EUR", day("2024-01-02"))[0] == pytest.approx(1 / 1.10)
    assert rates.rate("USD", "JPY", day("2024-01-02"))[0] == pytest.approx(155 / 1.10)
    assert rates.rate("USD", "USD", day("2024-01-02"))[0] == 1.0


def test_a_rate_is_used_for_a_week_and_no_longer():
    """Over a holiday the last rate holds and its date is given; after seven days there is none."""
    rates = fx()
    assert rates.rate("EUR", "USD", day("2024-01-10")) == (1.12, day("2024-01-03"))
    assert rates.rate("USD", "JPY", day("2024-01-10"))[1] == day("2024-01-03")
    with pytest.raises(NotEnoughDataError, match="EUR to USD"):
        rates.rate("EUR", "USD", day("2024-01-11"))
    with pytest.raises(NotEnoughDataError, match="EUR to USD"):
        rates.rate("EUR", "USD", day("2024-01-01"))
    with pytest.raises(NotEnoughDataError, match="EUR to CHF"):
        rates.rate("EUR", "CHF", day("2024-01-02"))


@pytest.mark.parametrize("bad", [0.0, -1.0, np.inf])
def test_rates_must_be_positive(bad):
    """A rate of zero would make prices vanish."""
    with pytest.raises(InputError, match="positive"):
        FxRates.of({"EURUSD": [bad]}, dates=DATES[:1])


def test_prices_are_converted_at_their_own_dates():
    """Each price meets the rate of its date; columns in base stay; flags and notes say what happened."""
    table = PriceTable(
        dates=np.array(DATES, "M8[s]"),
        symbols=("SAP", "SPY", "XXX"),
        values=np.array([[100.0, 400.0, 1.0], [101.0, 401.0, 2.0], [np.nan, 402.0, 3.0]]),
        why=np.array([[0, 0, 0], [0, 0, 0], [2, 0, 0]], dtype=np.uint8),
        currencies=("EUR", "USD", None),
    )
    got = convert(table, "USD", fx())
    assert got.values[:2, 0].tolist() == pytest.approx([110.0, 113.12])
    assert got.values[:, 1].tolist() == [400, 401, 402]
    assert got.currencies == ("USD",) * 3
    assert Flag.CONVERTED in got.flags[0]
    assert got.flags[1] == ()
    assert any("XXX" in note for note in got.notes)
    assert reason_of(int(got.why[2, 0])) is Reason.NOT_LISTED


def test_a_price_without_a_rate_is_missing_with_its_reason():
    """No rate, no price: never the foreign number."""
    table = PriceTable.of({"SAP": [100.0, 101.0]}, dates=DATES[:2], currency="EUR")
    for rates in (None, FxRates.of({"EURUSD": [np.nan, 1.1]}, dates=DATES[:2])):
        got = convert(table, "USD", rates)
        assert np.isnan(got.values[0, 0])
        assert reason_of(int(got.why[0, 0])) is Reason.NO_RATE


@given(st.lists(st.floats(0.5, 2.0), min_size=3, max_size=3), st.lists(st.floats(1, 1000), min_size=3, max_size=3))
def test_there_and_back_gives_the_same_prices(rates, prices):
    """Converting to dollars and back to euros changes nothing."""
    table = PriceTable.of({"X": prices}, dates=DATES, currency="EUR")
    pairs = FxRates.of({"EURUSD": rates}, dates=DATES)
    back = convert(convert(table, "USD", pairs), "EUR", pairs)
    np.testing.assert_allclose(back.values, table.values, rtol=1e-14)


def test_prices_of_one_currency_are_given_in_another():
    """8,000 yen at 155 to the euro and 1.1 dollars a euro are 8000 * 1.1 / 155 dollars, whatever the base."""
    table = PriceTable.of({"A": [8000.0, 8100.0, 8200.0]}, dates=DATES, currency="JPY")
    for base in ("EUR", "USD"):
        found = price_history(table, "A", "USD", base=base, fx=fx())
        np.testing.assert_allclose(found[:2], [8000 * 1.10 / 155, 8100 * 1.12 / 157], rtol=1e-14)
