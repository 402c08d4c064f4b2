"""Returns on the money that was in an account: published values, laws, and what is refused."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.desk.ask.earned import earned, flows_by_day, jump_of, without_flows
from trimtab.errors import FileFormatError, InputError, NotEnoughDataError
from trimtab.feeds.records import read_flows
from trimtab.market.prices import PriceTable

DAY = dt.date(2024, 1, 2)


def day(number):
    return DAY + dt.timedelta(days=number)


def test_bacon_s_month_has_three_returns_and_each_has_its_name():
    # Bacon (2008), Practical Portfolio Performance Measurement and Attribution, ch. 2: 74.2 to 104.4 over 31 days, 37.1
    # in on day 14, before it 67.0: time-weighted -9.44%, modified Dietz -7.30% (17 of 31 days at work).
    days = [dt.date(2007, 3, 31), dt.date(2007, 4, 14), dt.date(2007, 5, 1)]
    done = earned(days, [74.2, 67.0 + 37.1, 104.4], {days[1]: 37.1})
    assert done.time_weighted == pytest.approx(-0.0944, abs=5e-5)
    assert done.modified_dietz == pytest.approx(-0.0730, abs=5e-5)
    worth = -74.2 - 37.1 * (1 + done.money_weighted) ** (-14 / 365) + 104.4 * (1 + done.money_weighted) ** (-31 / 365)
    assert abs(worth) < 1e-9
    assert done.gain == pytest.approx(104.4 - 74.2 - 37.1)


def test_excel_s_xirr_is_that_of_an_account_that_pays_everything_out():
    # Microsoft Excel, XIRR function: -10,000, 2,750, 4,250, 3,250, 2,750 -> 0.373362535; the last is the value left.
    days = [dt.date(2008, 1, 1), dt.date(2008, 3, 1), dt.date(2008, 10, 30), dt.date(2009, 2, 15), dt.date(2009, 4, 1)]
    out = dict(zip(days[1:4], (-2750.0, -4250.0, -3250.0), strict=True))
    done = earned([days[0], days[4]], [10_000.0, 2750.0], out)
    assert done.money_weighted == pytest.approx(0.373362535, abs=5e-9)


@given(
    growth=st.lists(st.floats(0.8, 1.25), min_size=2, max_size=12),
    put_in=st.lists(st.floats(0, 500), min_size=12, max_size=12),
)
def test_flows_leave_the_time_weighted_return_and_the_index_alone(growth, put_in):
    navs, index = [100.0], [100.0]
    for g, flow in zip(growth, put_in, strict=False):
        navs.append(navs[-1] * g + flow)
        index.append(index[-1] * g)
    days = [day(i) for i in range(len(navs))]
    flows = {day(i + 1): flow for i, flow in enumerate(put_in[: len(growth)])}
    done = earned(days, navs, flows)
    assert done.time_weighted == pytest.approx(index[-1] / 100 - 1, rel=1e-9, abs=1e-12)
    table = PriceTable.of({"nav": navs}, dates=[str(d) for d in days])
    assert without_flows(table, "nav", flows).values.ravel().tolist() == pytest.approx(index, rel=1e-9)
    assert done.gain == pytest.approx(navs[-1] - 100 - sum(flows.values()), rel=1e-9, abs=1e-9)


def test_a_flow_between_two_values_counts_with_the_later_one_and_one_of_the_first_evening_is_in_it():
    table = PriceTable.of({"nav": [100.0, np.nan, 160.0]}, dates=[str(day(i)) for i in (0, 1, 4)])
    left = without_flows(table, "nav", {day(0): 1e6, day(2): 50.0})
    assert left.values.ravel()[[0, 2]].tolist() == pytest.approx([100.0, 110.0])
    assert np.isnan(left.values[1, 0])
    assert earned([day(0), day(4)], [100.0, 160.0], {day(0): 1e6, day(2): 50.0}).flows == 50.0


def test_what_cannot_be_is_refused():
    with pytest.raises(InputError, match=r"one of 2024-01-09"):
        earned([day(0), day(4)], [100.0, 160.0], {day(7): 1.0})
    table = PriceTable.of({"nav": [100.0, 40.0]}, dates=[str(day(0)), str(day(1))])
    with pytest.raises(InputError, match=r"above the 50\.00 that came in"):
        without_flows(table, "nav", {day(1): 50.0})
    with pytest.raises(NotEnoughDataError, match="exchange rate of EUR into USD"):
        flows_by_day(read_flows(frame(amount="5", currency="EUR")), lambda *_: None, "USD")


def test_where_there_is_no_rate_there_is_a_reason():
    # Lorie and Savage (1955): two rates, so neither.
    days = [dt.date(2020, 1, 1), dt.date(2021, 12, 31)]
    done = earned(days, [1600.0, -10_000.0], {dt.date(2020, 12, 31): -10_000.0})
    assert done.money_weighted is None
    assert "2: 25.0000%, 400.0000%" in done.reasons[-1] or "2: 25.0000%, 400.0000%" in " ".join(done.reasons)


def frame(**row):
    return pl.DataFrame([{"date": "2024-01-03", **row}])


def test_kinds_give_the_sign_and_pence_are_pence():
    def amount(**row):
        (flow,) = read_flows(frame(**row))
        return flow.amount, flow.currency

    assert amount(amount="-20") == (-20.0, None)
    assert amount(amount="20", kind="withdrawal") == (-20.0, None)
    assert amount(amount="-20", kind="withdrawal") == (-20.0, None)
    assert amount(amount="20", kind="Transfer In", currency="GBX") == (0.2, "GBP")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"amount": "20", "kind": "dividend"}, "row 1: 'dividend'"),
        ({"amount": "-20", "kind": "deposit"}, "a positive amount of a deposit"),
        ({"amount": "much"}, "row 1"),
    ],
)
def test_what_is_no_flow_is_refused_with_its_row(row, said):
    with pytest.raises(FileFormatError, match=said):
        read_flows(frame(**row))


def path(seed, jump=0.0):
    rng = np.random.default_rng(seed)
    market = rng.normal(0.0003, 0.01, 120)
    nav = 0.8 * market + rng.normal(0, 0.002, 120)
    nav[60] += jump
    columns = {name: 100 * np.cumprod(1 + r) for name, r in (("nav", nav), ("M", market))}
    return PriceTable.of(columns, dates=[str(day(i)) for i in range(120)])


def test_a_nav_that_jumps_asks_for_flows_and_one_that_does_not_asks_nothing():
    assert "--flows" in jump_of(path(1, 0.3), "nav", "M")
    assert "2024-03-02" in jump_of(path(1, -0.25), "nav", "M")
    assert [jump_of(path(seed), "nav", "M") for seed in range(30)] == [None] * 30
