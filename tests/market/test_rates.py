"""Risk-free rates: simple interest at the rate known when the interval began."""

import numpy as np
import pytest

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.market.rates.risk_free import RiskFree


def days(*texts):
    return np.array(texts, dtype="datetime64[s]")


def test_interest_is_simple_over_calendar_days():
    """5% over a weekend of three days is 0.05 x 3 / 365."""
    got = RiskFree.constant(0.05).interval(days("2024-01-05"), days("2024-01-08"))
    assert got.tolist() == pytest.approx([0.05 * 3 / 365])


def test_the_rate_known_at_the_start_holds():
    """A rate published within an interval does not act on it: no look-ahead."""
    rates = RiskFree(dates=np.array(["2024-01-01", "2024-01-05"], "M8[D]"), annual=np.array([0.01, 0.05]))
    got = rates.interval(days("2024-01-04", "2024-01-05"), days("2024-01-08", "2024-01-08"))
    assert got.tolist() == pytest.approx([0.01 * 4 / 365, 0.05 * 3 / 365])


def test_intervals_before_the_first_rate_have_none():
    """Where no rate is known the interest is missing; where none is known at all it is an error."""
    rates = RiskFree(dates=np.array(["2024-01-05"], "M8[D]"), annual=np.array([0.05]))
    got = rates.interval(days("2024-01-02", "2024-01-05"), days("2024-01-03", "2024-01-08"))
    assert np.isnan(got).tolist() == [True, False]
    with pytest.raises(NotEnoughDataError, match="2024-01-05"):
        rates.interval(days("2024-01-02"), days("2024-01-03"))


def test_shapes_broadcast():
    """Starts of many assets against one column of ends give one interest each."""
    ends = days("2024-01-03", "2024-01-04")[:, None]
    starts = np.broadcast_to(days("2024-01-02", "2024-01-01"), (2, 2))
    assert RiskFree.constant(0.01).interval(starts, ends).shape == (2, 2)


@pytest.mark.parametrize("rate", [5.0, 0.51, -0.2, np.nan, np.inf])
def test_a_rate_that_looks_like_percent_is_refused(rate):
    """4.25 is 425% a year: refused with the decimal beside it."""
    with pytest.raises(InputError, match="decimals"):
        RiskFree.constant(rate)
