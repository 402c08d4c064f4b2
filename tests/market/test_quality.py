"""Judging prices: bad prints, jumps, missing splits and stale prices, without looking ahead."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from panels import TRUE_BETA, business_days, measured_beta, panel
from trimtab.errors import Reason
from trimtab.market.prices import Flag, PriceTable, reason_of
from trimtab.market.quality import check_prices


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


def test_a_bad_print_of_plus_900_percent_is_set_aside_and_beta_holds():
    """One price ten times too high is masked, listed with its date and values, and beta stays 1.50, not 2.28."""
    made = panel()
    made["A"][400] *= 10
    checked = check_prices(table_of(made))
    column = checked.column("A")
    assert reasons(checked, column) == {400: Reason.BAD_PRINT}
    assert Flag.BAD_PRINT in checked.flags[column]
    assert checked.failures[0].where == f"A on {made['dates'][400]}"
    assert measured_beta(checked) == pytest.approx(TRUE_BETA, abs=0.05)
    assert measured_beta(table_of(made)) > 2 or measured_beta(table_of(made)) < 1


@pytest.mark.parametrize("ratio", [1 / 2, 1 / 3, 1 / 4, 1 / 10, 1 / 20, 2, 10, 2 / 3 * 0.999])
def test_a_missing_split_breaks_the_series_and_keeps_its_prices(ratio):
    """A lasting jump by a simple ratio is a suspected split: no return across it, beta stays 1.50."""
    made = panel()
    made["A"][400:] *= ratio
    checked = check_prices(table_of(made))
    column = checked.column("A")
    assert checked.breaks.tolist() == [[400, column]]
    assert not reasons(checked, column)
    assert Flag.SPLIT_SUSPECTED in checked.flags[column]
    assert measured_beta(checked) == pytest.approx(TRUE_BETA, abs=0.05)


def test_a_real_jump_is_kept_and_spans_one_more_interval():
    """A lasting jump by no simple ratio was real: its first price is masked, the next return carries the move."""
    made = panel()
    made["A"][400:] *= 6.0
    checked = check_prices(table_of(made))
    column = checked.column("A")
    assert reasons(checked, column) == {400: Reason.UNCONFIRMED_JUMP}
    start, ratio = returns_by_row(checked)[401, column]
    assert start == 399
    assert ratio == pytest.approx(made["A"][401] / made["A"][399])


def test_a_jump_in_the_last_price_waits_for_the_next():
    """The last price cannot be confirmed yet and is not used."""
    made = panel(100)
    made["A"][-1] *= 3
    checked = check_prices(table_of(made))
    assert reasons(checked, checked.column("A")) == {99: Reason.UNCONFIRMED_JUMP}


def test_two_bad_prints_in_a_row_do_not_get_through():
    """Two different wrong prices side by side are both set aside."""
    made = panel(300)
    made["A"][150] *= 10
    made["A"][151] *= 100
    checked = check_prices(table_of(made))
    assert set(reasons(checked, checked.column("A"))) == {150, 151}
    assert measured_beta(checked) == pytest.approx(TRUE_BETA, abs=0.08)


def test_large_moves_of_a_wild_asset_are_its_own():
    """A coin that moves 20% a day may move 60% without being suspected."""
    rng = np.random.default_rng(5)
    steps = rng.normal(0, 0.2, 400)
    steps[300] = 0.6
    prices = np.exp(np.cumsum(steps))
    checked = check_prices(PriceTable.of({"C": prices}, dates=business_days(400)))
    assert not checked.failures


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


def test_judging_twice_changes_nothing_but_the_wait():
    """Checked prices that carry breaks keep them when they are checked again."""
    made = panel()
    made["A"][400:] /= 2
    made["A"][200] *= 10
    once = check_prices(table_of(made))
    twice = check_prices(once)
    np.testing.assert_array_equal(once.values[:400], twice.values[:400])
    assert [400, once.column("A")] in twice.breaks.tolist()


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


@given(troubled(), st.integers(1, 60))
def test_no_decision_looks_ahead(prices, rows):
    """Cutting the table after any row leaves every return up to that row as it was."""
    dates = business_days(len(prices))
    whole = returns_by_row(check_prices(PriceTable.of({"A": prices}, dates=dates)))
    rows = min(rows, len(prices))
    cut = returns_by_row(check_prices(PriceTable.of({"A": prices[:rows]}, dates=dates[:rows])))
    assert cut == {key: value for key, value in whole.items() if key[0] < rows}


@given(troubled(), st.floats(0.01, 1000))
def test_the_unit_of_a_price_does_not_matter(prices, unit):
    """Pence or pounds: the same cells are masked."""
    dates = business_days(len(prices))
    one = check_prices(PriceTable.of({"A": prices}, dates=dates))
    unit = 2.0 ** round(np.log2(unit))  # exact in binary, so that equal prices stay equal
    other = check_prices(PriceTable.of({"A": prices * unit}, dates=dates))
    np.testing.assert_array_equal(one.why, other.why)
    np.testing.assert_array_equal(one.breaks, other.breaks)
