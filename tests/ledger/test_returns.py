"""Returns by their names: published values, and refusals where there is none or several."""

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.ledger.returns import modified_dietz, money_weighted, time_weighted

YEAR0 = dt.date(2020, 1, 1)


def yearly(*amounts):
    return [(YEAR0 + dt.timedelta(days=365 * i), a) for i, a in enumerate(amounts)]


def test_xirr_gives_the_published_value():
    # Microsoft Excel, XIRR function: -10,000, 2,750, 4,250, 3,250, 2,750 -> 0.373362535.
    flows = [
        (dt.date(2008, 1, 1), -10_000.0), (dt.date(2008, 3, 1), 2_750.0), (dt.date(2008, 10, 30), 4_250.0),
        (dt.date(2009, 2, 15), 3_250.0), (dt.date(2009, 4, 1), 2_750.0),
    ]  # fmt: skip
    assert money_weighted(flows) == pytest.approx(0.373362535, abs=5e-9)
    assert money_weighted(flows[::-1]) == money_weighted(flows)


def test_the_pump_of_lorie_and_savage_has_two_rates_and_is_refused_with_both():
    # Lorie and Savage (1955), "Three Problems in Rationing Capital": -1,600, 10,000, -10,000 -> 25% and 400%.
    with pytest.raises(NotEnoughDataError, match=r"2: 25\.0000%, 400\.0000%"):
        money_weighted(yearly(-1600.0, 10_000.0, -10_000.0))


def test_flows_without_a_rate_are_refused():
    with pytest.raises(NotEnoughDataError, match="none between"):
        money_weighted(yearly(100.0, -200.0, 150.0))
    with pytest.raises(NotEnoughDataError, match="one sign"):
        money_weighted(yearly(-100.0, -50.0))
    with pytest.raises(NotEnoughDataError, match="no flows"):
        money_weighted([])


def test_a_rate_that_only_touches_zero_is_one_rate():
    # (1 - 1.1 x)^2 with x = 1 / (1 + r): a double root at 10%.
    assert money_weighted(yearly(1.0, -2.2, 1.21)) == pytest.approx(0.1, abs=1e-6)


@given(
    amounts=st.lists(st.integers(-1000, 1000), min_size=2, max_size=8),
    gaps=st.lists(st.integers(1, 400), min_size=8, max_size=8),
)
def test_the_number_of_rates_is_that_of_a_fine_search(amounts, gaps):
    days = np.cumsum([0, *gaps])[: len(amounts)]
    flows = [(YEAR0 + dt.timedelta(days=int(d)), float(a)) for d, a in zip(days, amounts, strict=True)]
    grid = np.linspace(math.log(1e-6), math.log(1e3), 20_001)
    years = days / 365.0
    powers = -years[:, None] * grid
    values = (np.array(amounts)[:, None] * np.exp(powers - powers.max(axis=0))).sum(axis=0)
    crossings = int((values[:-1] * values[1:] < 0).sum())
    try:
        rate = money_weighted(flows)
    except NotEnoughDataError as refused:
        # The fine search may miss two roots in one step, never one.
        found = refused.found.split(":")[0]
        assert found.isdigit() is False or int(found) >= crossings
        assert crossings != 1
    else:
        assert crossings in (0, 1)
        worth = sum(a * (1 + rate) ** -y for a, y in zip(amounts, years, strict=True))
        size = sum(abs(a) * (1 + rate) ** -y for a, y in zip(amounts, years, strict=True))
        assert abs(worth) <= 1e-6 * size


def test_modified_dietz_gives_the_published_values():
    # Bacon (2008), Practical Portfolio Performance Measurement and Attribution, ch. 2: 74.2 to 104.4, 37.1 in on day
    # 14 of 31: -7.30% (flow at work for 17 days); Wikipedia, "Modified Dietz method": 100 to 300, 50 in half way: 120%.
    assert modified_dietz(74.2, 104.4, [(14 / 31, 37.1)]) == pytest.approx(-0.0730, abs=5e-5)
    assert modified_dietz(100.0, 300.0, [(0.5, 50.0)]) == pytest.approx(1.2)


def test_the_time_weighted_return_of_the_same_account_is_another_number():
    # Bacon (2008), ch. 2: 67.0 before the flow of 37.1 -> -9.44%.
    assert time_weighted([74.2, 67.0, 104.4], [0.0, 37.1], at_end=False) == pytest.approx(-0.0944, abs=5e-5)


@given(st.lists(st.floats(0.5, 2.0), min_size=1, max_size=10), st.lists(st.floats(0, 1e4), min_size=10, max_size=10))
def test_money_that_comes_and_goes_leaves_the_time_weighted_return_alone(growth, flows):
    navs = [100.0]
    for g, flow in zip(growth, flows, strict=False):
        navs.append(navs[-1] * g + flow)
    made = time_weighted(navs, flows[: len(growth)])
    assert made == pytest.approx(math.prod(growth) - 1, rel=1e-9, abs=1e-9)


def test_nothing_to_earn_on_is_refused():
    with pytest.raises(NotEnoughDataError, match="beginning of an interval"):
        time_weighted([0.0, 100.0], [100.0])
    with pytest.raises(NotEnoughDataError, match="capital at work"):
        modified_dietz(100.0, 0.0, [(0.0, -100.0)])
    with pytest.raises(InputError, match="one flow for each"):
        time_weighted([1.0], [])
