"""The beta of one series on another is that of every other way to ask for it."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from given import business_days, price_path

import trimtab as tt
from trimtab.errors import InputError, TrimtabError

N = 400
DAYS = business_days(N + 1, "2022-01-03").astype("datetime64[us]")


@pytest.fixture(scope="module")
def planted():
    """Returns of a market and of a share whose beta is 1.4, and their prices."""
    rng = np.random.default_rng(3)
    x = rng.normal(0.0, 0.01, N)
    y = 1.4 * x + rng.normal(0.0, 0.002, N)
    return y, x, price_path(y), price_path(x)


def _frame(name, values, days=DAYS):
    return pl.DataFrame({"date": days, name: values})


def test_prices_give_what_the_table_gives(planted):
    """Value, error and count are to the last digit those of `estimate_betas`, by the default and by least squares."""
    _, _, y, x = planted
    table = pl.DataFrame({"date": DAYS, "Y": y, "X": x})
    for how in ({}, {"method": "ols", "window": 252}, {"method": "welch"}):
        one = tt.beta_between(_frame("Y", y), _frame("X", x), **how)
        other = tt.estimate_betas(table, benchmark="X", **how)["Y"]
        assert (one.value, one.stderr, one.n_obs) == (other.value, other.stderr, other.n_obs)


def test_returns_give_the_slope_of_numpy(planted):
    """Least squares of the returns themselves, for arrays, lists, Polars and pandas alike."""
    y, x, _, _ = planted
    slope = np.polyfit(x, y, 1)[0]
    index = pd.DatetimeIndex(DAYS[1:])
    given = (
        (y, x), (y.tolist(), x.tolist()), (pl.Series("y", y), pl.Series("x", x)),
        (pd.Series(y, index=index, name="fund"), pd.Series(x, index=index, name="SPX")),
        (_frame("fund", y, DAYS[1:]).to_arrow(), _frame("SPX", x, DAYS[1:]).to_pandas()),
    )  # fmt: skip
    for first, second in given:
        result = tt.beta_between(first, second, method="ols", window=N)
        assert result.value == pytest.approx(slope, abs=1e-9)
        assert (result.n_obs, result.given, result.overlap, result.reason) == (N, "returns", N, None)


def test_returns_over_other_intervals_are_set_aside(planted):
    """Where one series skips a day, its next return covers two days: neither that nor the other's return is paired."""
    y, x, _, _ = planted
    joined = np.delete(y, 100)
    joined[100] = (1.0 + y[100]) * (1.0 + y[101]) - 1.0
    first = _frame("Y", joined, np.delete(DAYS[1:], 100))
    result = tt.beta_between(first, _frame("X", x, DAYS[1:]), method="ols", window=N)
    left = np.delete(np.arange(N), [100, 101])
    assert result.value == pytest.approx(np.polyfit(x[left], y[left], 1)[0], abs=1e-9)
    assert (result.rows, result.benchmark_rows, result.overlap, result.set_aside) == (N - 1, N, N - 1, 1)
    assert any("do not cover the same interval" in note for note in result.betas.notes)


def test_order_of_rows_and_missing_values_change_nothing(planted):
    """Rows are put in order by date; a missing value takes its pair away and nothing else."""
    y, x, _, _ = planted
    holes = y.copy()
    holes[[5, 50]] = np.nan
    frame = _frame("Y", holes, DAYS[1:])
    forwards = tt.beta_between(frame, _frame("X", x, DAYS[1:]), method="ols", window=N)
    backwards = tt.beta_between(frame.reverse(), _frame("X", x, DAYS[1:]), method="ols", window=N)
    assert forwards.value == backwards.value
    assert forwards.n_obs == N - 2


def test_few_rows_give_a_reason():
    """No value, and the reason why, as everywhere."""
    result = tt.beta_between([0.01, -0.02, 0.015], [0.02, -0.01, 0.01])
    assert (result.value, result.stderr) == (None, None)
    assert result.reason == "too_few_pairs"
    assert "too_few_pairs" in repr(result)


_R = np.linspace(-0.02, 0.03, 100)


@pytest.mark.parametrize(
    ("y", "x", "words"),
    [
        (_R, _R[:50], "as many rows"),
        (_R, _frame("X", _R, DAYS[:100]), "two series with dates, or two without"),
        (_R, 100.0 + _R, "could be either|looks like prices"),
        (0.001 + abs(_R), 0.001 + abs(_R), "could be either"),
        (None, _R, "a series of numbers"),
        (np.ones((3, 2)), _R, "shape"),
        (["a", "b"], _R, "a series of numbers"),
        (pl.DataFrame({"date": DAYS[:2], "A": [1.0, 2.0], "B": [1.0, 2.0]}), _R, "one series"),
        (100 * _R, _R, "returns"),
        (pl.Series("y", ["a"] * 100), _R, "numbers in y"),
    ],
)  # fmt: skip
def test_what_cannot_be_paired_is_refused_in_three_parts(y, x, words):
    """Lengths, dates, kinds and shapes; never an error of Python's own."""
    with pytest.raises(InputError, match=words) as refused:
        tt.beta_between(y, x)
    assert refused.value.try_next


def test_a_day_beside_rows_without_dates_is_refused():
    """as_of needs dates."""
    with pytest.raises(InputError, match="rows without dates"):
        tt.beta_between(_R, _R, as_of="2024-01-02")


@pytest.mark.parametrize("given", ["prices", "returns", "levels"])
def test_stated_kinds_are_held_against_the_values(given):
    """Prices called returns, returns called prices, and a word that is neither."""
    values = _R if given != "returns" else 100.0 + _R
    with pytest.raises(TrimtabError):
        tt.beta_between(values, values, given=given)
