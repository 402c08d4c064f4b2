"""Prices that only repeat an old one: no trade, or a coarse tick; without looking ahead."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from panels import business_days, measured_beta, panel
from trimtab.market.checks.quality import check_prices
from trimtab.market.prices import Flag, PriceTable, reason_of


def table_of(made, **changed):
    columns = {name: values.copy() for name, values in made.items() if name != "dates"}
    columns.update(changed)
    return PriceTable.of(columns, dates=made["dates"])


def returns_by_row(table):
    """Give for each row and column the return that ends there: {(row, column): (row it starts from, return)}."""
    found = {}
    broken = {tuple(b) for b in table.breaks.tolist()}
    for column in range(len(table.symbols)):
        rows = np.flatnonzero(~np.isnan(table.values[:, column]))
        for start, end in pairwise(rows.tolist()):
            if (end, column) not in broken:
                ratio = table.values[end, column] / table.values[start, column]
                found[end, column] = (start, float(ratio))
    return found


def reasons(table, column=0):
    return {int(r): reason_of(int(c)) for r, c in enumerate(table.why[:, column]) if c}


def test_clean_prices_are_left_alone():
    """A table in which nothing is wrong is given back as it is."""
    table = table_of(panel(300))
    assert check_prices(table) is table


def test_stale_prices_no_longer_pull_beta_towards_zero():
    """With 47% of days without a trade and a true beta of 1.00, the masked prices give 1.00, where others say 0.53."""
    made = panel(2500, beta=1.0, seed=7)
    rng = np.random.default_rng(8)
    traded = rng.random(2500) > 0.47
    traded[0] = True
    seen = made["A"][np.maximum.accumulate(np.where(traded, np.arange(2500), 0))]
    raw = table_of(made, A=seen)
    checked = check_prices(raw)
    assert measured_beta(raw) == pytest.approx(0.53, abs=0.06)
    assert measured_beta(checked) == pytest.approx(1.0, abs=0.06)
    assert Flag.STALE in checked.flags[checked.column("A")]


def test_prices_filled_over_weekends_are_recognised():
    """Five-day prices filled forward over seven-day weeks are masked on the weekends."""
    made = panel(600)
    every = np.arange(made["dates"][0], made["dates"][-1] + 1)
    last = np.searchsorted(made["dates"], every, side="right") - 1
    table = PriceTable.of({"A": made["A"][last], "M": made["M"][last]}, dates=every)
    checked = check_prices(table)
    weekend = np.flatnonzero(~np.isin(every, made["dates"]))
    assert np.isnan(checked.values[weekend[weekend > 60]]).all()


def test_a_column_that_never_changes_keeps_five_prices_and_a_note():
    """A flat benchmark stays recognisable: five equal prices, and a note that it never changes."""
    checked = check_prices(PriceTable.of({"M": np.full(100, 50.0)}, dates=business_days(100)))
    assert checked.values[:5, 0].tolist() == [50.0] * 5
    assert np.isnan(checked.values[5:]).all()
    assert any("never changes" in note for note in checked.notes)


def test_a_few_unchanged_prices_are_ordinary():
    """Rounded prices repeat now and then; that is no sign of staleness."""
    made = panel(500)
    made["A"][100:103] = made["A"][100]
    assert not reasons(check_prices(table_of(made)), 1)


@st.composite
def troubled(draw):
    """Draw a short history with jumps, repeats and holes in it."""
    count = draw(st.integers(25, 60))
    steps = draw(st.lists(st.floats(-0.03, 0.03), min_size=count, max_size=count))
    log = np.cumsum(steps)
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(1, count - 1))
        size = draw(st.sampled_from([np.log(2), -np.log(2), np.log(10), -np.log(10), 1.8, -1.8, np.log(3), 0.5]))
        lasting = draw(st.booleans())
        log[at : count if lasting else at + 1] += size
    prices = np.exp(log)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(1, count - 1))
        prices[at : at + draw(st.integers(1, 12))] = prices[at - 1]
    for at in draw(st.lists(st.integers(0, count - 1), max_size=5)):
        prices[at] = np.nan
    return prices


def test_a_coarse_tick_is_no_lack_of_trade():
    """Prices in eighths and of a few cents repeat by rounding: 40% of them, and none is set aside."""
    rng = np.random.default_rng(3)
    for tick, level, move in ((0.125, 6.0, 0.03), (0.01, 0.40, 0.03), (0.0001, 0.004, 0.02)):
        log = np.abs((np.cumsum(rng.normal(0, move, 1500)) + 0.5) % 2.0 - 1.0) - 0.5
        prices = np.round(level * np.exp(log) / tick) * tick
        assert np.mean(np.diff(prices) == 0) > 0.2
        checked = check_prices(PriceTable.of({"A": prices}, dates=business_days(1500)))
        assert np.isnan(checked.values).sum() <= 2


def test_units_traded_tell_a_trade_at_the_old_price_from_none():
    """A repeated price with volume beside it is a trade."""
    made = panel(200)
    made["A"][100:120] = made["A"][100]
    table = table_of(made)
    busy = replace(table, volumes=np.full(table.shape, 500.0))
    assert Flag.STALE in check_prices(table).flags[table.column("A")]
    assert check_prices(busy) is busy


@given(troubled(), st.integers(1, 60))
def test_no_decision_looks_ahead(prices, rows):
    """Cutting the table after any row leaves every return up to that row as it was."""
    dates = business_days(len(prices))
    whole = returns_by_row(check_prices(PriceTable.of({"A": prices}, dates=dates)))
    rows = min(rows, len(prices))
    cut = returns_by_row(check_prices(PriceTable.of({"A": prices[:rows]}, dates=dates[:rows])))
    assert cut == {key: value for key, value in whole.items() if key[0] < rows}


@pytest.mark.parametrize(("price", "is_stale"), [(1.0, False), (7.25, True)])
def test_a_fund_of_constant_value_is_no_stale_price(price, is_stale):
    """At 1 throughout it is a money market fund: every price stays and a note says so; at 7.25 it is dead."""
    days = np.busday_offset(np.datetime64("2024-01-02"), np.arange(100), roll="forward")
    moving = 100 * np.cumprod(1 + np.random.default_rng(2).normal(0, 0.01, 100))
    checked = check_prices(PriceTable.of({"M": moving, "FUND": np.full(100, price)}, dates=days))
    column = checked.values[:, checked.column("FUND")]
    assert np.isnan(column).sum() == (95 if is_stale else 0)
    assert any("constant value" in note for note in checked.notes) is not is_stale
