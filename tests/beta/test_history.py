"""Betas through time: the numbers of `estimate`, at every date, without the future."""

from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest
from given import business_days, planted, price_path
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from trimtab import sample
from trimtab.beta.estimate import Betas
from trimtab.beta.estimators.constant import Constant
from trimtab.beta.estimators.ols import Ols
from trimtab.beta.history import REFUSALS, BetaHistory, refusal_code
from trimtab.beta.method import parse_method
from trimtab.beta.walk import until_row, walk
from trimtab.desk.moment.history import beta_history, history_of_returns
from trimtab.desk.moment.measure import measure_betas
from trimtab.errors import InputError, Reason
from trimtab.feeds.series.prices import read_prices
from trimtab.market.prices import PriceTable
from trimtab.market.returns import PairedReturns, pair_returns
from trimtab.stats.kernels.windowed import windowed_history
from trimtab.stats.linear import error_scores, fit_lines

METHODS = (
    "ols",
    "ols(window=60)",
    "ols(window=none)",
    "ols(errors=robust)",
    "ols(errors=hac)",
    "ewma",
    "ewma(window=none)",
    "welch",
    "welch(half_life=none, window=252)",
    "welch(half_width=inf)",
    "ols|vasicek",
    "welch|vasicek(mean=1, sd=0.4)",
    "welch|double",
    "two-speed",
    "two-speed(horizon=252)",
    "mixture(horizon=21)",
    "auto",
    "weekly|ols(window=50)",
    "huber",
)


def ragged(n: int = 600, n_assets: int = 14, seed: int = 3) -> PriceTable:
    """Make a panel with a late listing, an early end, scattered holes and one week that nobody quoted."""
    rng = np.random.default_rng(seed)
    market = rng.normal(0.0003, 0.01, n)
    true = np.linspace(-0.2, 2.0, n_assets)
    returns = true * market[:, None] + rng.standard_t(4, (n, n_assets)) * 0.01
    prices = price_path(returns)
    prices[:250, 0] = np.nan
    prices[400:, 1] = np.nan
    prices[300:305, :] = np.nan
    holes = rng.random(prices.shape) < 0.03
    holes[:, 5:] = False
    prices[holes] = np.nan
    columns = {"M": price_path(market), **{f"A{i}": prices[:, i] for i in range(n_assets)}}
    return PriceTable.of(columns, dates=business_days(n + 1))


def scrambled(table: PriceTable, row: int, seed: int = 5) -> PriceTable:
    """Replace everything after a row by other prices, with other holes."""
    rng = np.random.default_rng(seed)
    values = np.array(table.values)
    tail = values[row + 1 :]
    tail[:] = np.exp(rng.normal(3.0, 1.0, tail.shape))
    tail[rng.random(tail.shape) < 0.2] = np.nan
    tail[:, 0] = np.exp(rng.normal(3.0, 0.3, len(tail)))
    return PriceTable.of({s: values[:, i] for i, s in enumerate(table.symbols)}, dates=table.dates)


@pytest.mark.parametrize("method", METHODS)
def test_each_row_holds_what_estimate_says_with_data_up_to_it(method: str) -> None:
    """Value, error, count and reason of a row are those of the estimator on the truncated data, to 1e-12."""
    pairs = pair_returns(ragged(), benchmark="M")
    rows = np.array([10, 45, 299, 303, 310, 420, 600])
    history = walk(pairs, parse_method(method), rows=rows)
    for k, row in enumerate(rows):
        betas = parse_method(method).estimate(until_row(pairs, int(row)))
        np.testing.assert_allclose(history.beta[k], betas.values(), rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(history.stderr[k], betas.stderrs(), rtol=1e-9, atol=1e-12)
        assert history.n_obs[k].tolist() == [e.n_obs for e in betas.estimates]
        assert [history.why(k, e.asset) for e in betas.estimates] == [e.reason for e in betas.estimates]


@pytest.mark.parametrize("method", METHODS)
def test_nothing_after_a_row_changes_it(method: str) -> None:
    """Scrambling every price after a row, and making other holes there, leaves all rows up to it the same bits."""
    table, row = ragged(), 350
    seen = walk(pair_returns(table, benchmark="M"), parse_method(method), rows=np.arange(330, 360))
    other = walk(pair_returns(scrambled(table, row), benchmark="M"), parse_method(method), rows=np.arange(330, 360))
    upto = row - 330 + 1
    for name in ("beta", "stderr", "alpha", "n_obs", "reason"):
        assert getattr(seen, name)[:upto].tobytes() == getattr(other, name)[:upto].tobytes(), name
    assert not np.array_equal(seen.beta[upto:], other.beta[upto:], equal_nan=True)


def test_a_planted_beta_is_found_and_followed_when_it_changes() -> None:
    """A beta that steps from 0.5 to 1.5 is recovered on both sides of the step once the window lies on one side."""
    rng = np.random.default_rng(1)
    market = rng.normal(0, 0.01, 1000)
    beta = np.where(np.arange(1000) < 500, 0.5, 1.5)
    table = PriceTable.of(
        {"A": price_path(beta * market + rng.normal(0, 0.002, 1000)), "M": price_path(market)},
        dates=business_days(1001),
    )
    history = beta_history(table, benchmark="M", method="ols(window=100)").history
    assert abs(history.beta[500, 0] - 0.5) < 4 * history.stderr[500, 0]
    assert abs(history.beta[-1, 0] - 1.5) < 4 * history.stderr[-1, 0]
    assert 0.5 < history.beta[550, 0] < 1.5


def test_the_benchmark_has_beta_one_and_error_zero() -> None:
    """The benchmark's own column is known by definition, whatever the method."""
    pairs = pair_returns(planted({"A": 1.2}), benchmark="M")
    for method in ("ols", "two-speed", "welch|vasicek"):
        history = walk(pairs, parse_method(method), rows=np.array([200, 700]))
        assert history.beta[:, 0].tolist() == [1.0, 1.0]
        assert history.stderr[:, 0].tolist() == [0.0, 0.0]


def test_a_missing_beta_says_why() -> None:
    """Too few pairs and a benchmark that never moved are told apart."""
    table = planted({"A": 1.0}, n=100)
    history = walk(pair_returns(table, benchmark="M"), Ols())
    assert history.why(20, "A") is Reason.TOO_FEW_PAIRS
    assert history.why(60, "A") is None
    still = PriceTable.of({"A": table.values[:, 1], "M": np.full(101, 7.0)}, dates=table.dates)
    flat = walk(pair_returns(still, benchmark="M"), Ols())
    assert flat.why(60, "A") is Reason.NO_BENCHMARK_VARIANCE
    assert np.isnan(flat.beta).all()
    assert REFUSALS[refusal_code(Reason.TOO_FEW_PAIRS) - 1] is Reason.TOO_FEW_PAIRS


def test_raw_arrays_give_the_numbers_of_prices() -> None:
    """Returns given as arrays and the prices behind them have one history."""
    table = planted({"A": 0.8, "B": 1.4}, n=400)
    by_price = beta_history(table, benchmark="M", method="welch").history
    pairs = pair_returns(table, benchmark="M")
    by_array = history_of_returns(pairs.asset, pairs.market[:, 0], method="welch")
    np.testing.assert_array_equal(by_array.beta[:, 1:], by_price.beta[:, 1:])
    assert by_array.symbols == ("0", "1", "2")
    one = history_of_returns(pairs.asset[:, 1], pairs.market[:, 0], method="welch")
    np.testing.assert_array_equal(one.beta[:, 0], by_price.beta[:, 1])


def test_arrays_that_do_not_pair_are_refused() -> None:
    """Lengths that differ are an error that says both."""
    with pytest.raises(InputError, match="100"):
        history_of_returns(np.zeros((100, 2)), np.zeros(99))
    with pytest.raises(InputError, match="dates"):
        history_of_returns(np.zeros((100, 2)), np.zeros(100), dates=business_days(99))


@pytest.mark.parametrize("kind", ["polars", "pandas", "pyarrow"])
def test_a_history_leaves_in_the_kind_of_frame_that_came(kind: str) -> None:
    """The long frame has one row per date and asset, with null or NaN where a reason stands."""
    pairs = pair_returns(planted({"A": 1.0}, n=60), benchmark="M")
    frame = walk(pairs, Ols(), frame=kind).to_frame()
    table = frame if kind == "polars" else pl.from_pandas(frame) if kind == "pandas" else pl.from_arrow(frame)
    assert isinstance(table, pl.DataFrame)
    assert table.columns == ["date", "asset", "beta", "stderr", "alpha", "n_obs", "reason"]
    assert table.height == 61 * 2
    first = table.row(1, named=True)
    assert (first["asset"], first["beta"], first["reason"]) == ("A", None, "too_few_pairs")
    assert table.row(-1, named=True)["reason"] is None


def test_rows_out_of_order_are_refused() -> None:
    """Each date may be asked for once, in order."""
    pairs = pair_returns(planted({"A": 1.0}, n=60), benchmark="M")
    with pytest.raises(InputError, match="increasing rows"):
        walk(pairs, Ols(), rows=np.array([5, 4]))


def test_an_estimator_of_ones_own_is_walked_forward() -> None:
    """Any object with `estimate` has a history, and is told how far it has come."""

    @dataclass(frozen=True)
    class Double:
        name: str = "double-constant"

        def estimate(self, pairs: PairedReturns) -> Betas:
            return Constant(value=2.0).estimate(pairs)

    told: list[tuple[int, int]] = []
    pairs = pair_returns(planted({"A": 1.0}, n=60), benchmark="M")
    history = walk(pairs, Double(), rows=np.array([30, 60]), progress=lambda done, total: told.append((done, total)))
    assert history.beta[:, 1].tolist() == [2.0, 2.0]
    assert told == [(1, 2), (2, 2)]


def test_shapes_that_disagree_cannot_be_a_history() -> None:
    """A history checks itself."""
    history = walk(pair_returns(planted({"A": 1.0}, n=60), benchmark="M"), Ols())
    fields = {name: getattr(history, name) for name in history.__dataclass_fields__}
    with pytest.raises(InputError, match="stderr"):
        BetaHistory(**{**fields, "stderr": history.stderr[:-1]})


@settings(max_examples=25)
@drawn(
    seed=st.integers(0, 10_000),
    window=st.integers(5, 80),
    half_life=st.sampled_from([np.inf, 20.0, 84.0]),
    scale=st.sampled_from([1e-6, 1.0, 1e4]),
    level=st.sampled_from([0.0, 0.3, 100.0]),
)
def test_running_sums_agree_with_the_two_pass_formula(
    seed: int, window: int, half_life: float, scale: float, level: float
) -> None:
    """Windowed slopes and robust errors are those of the plain formulas, whatever the scale, level and spikes."""
    rng = np.random.default_rng(seed)
    n = 400
    x = rng.normal(0, 0.01, n)
    y = scale * (level * 0.01 + 0.8 * x[:, None] + rng.standard_t(3, (n, 3)) * 0.01)
    y[rng.random(y.shape) < 0.15] = np.nan
    y[100, 0] = 1e3 * scale
    got = windowed_history(y, x, window=window, half_life=half_life)
    for t in (120, 200, 399):
        known = ~np.isnan(y[: t + 1])
        known &= np.cumsum(known[::-1], axis=0)[::-1] <= window
        weights = None if np.isinf(half_life) else np.exp2(-np.arange(t, -1, -1.0)[:, None] / half_life)
        lines = fit_lines(np.where(known, x[: t + 1, None], np.nan), np.where(known, y[: t + 1], np.nan), weights)
        error = np.sqrt((error_scores(lines, "robust") ** 2).sum(axis=0))
        # A slope is known to rounding against the spread of y over that of x, not against itself.
        size = np.nanstd(y[: t + 1], axis=0) / 0.01 * (1.0 + level)
        assert (np.abs(got.beta[t] - lines.slope) <= 1e-9 * size).all()
        assert (np.abs(got.stderr[t] - error) <= 1e-6 * error + 1e-9 * size).all()
        assert got.n_obs[t].tolist() == lines.n_obs.tolist()


def test_rows_before_the_first_whole_week_are_refused_and_not_an_error() -> None:
    """A method that needs whole periods has a history from the first row on, with the reason where there is none."""
    pairs = pair_returns(planted({"A": 1.0}, n=300), benchmark="M")
    history = walk(pairs, parse_method("weekly|ols"), rows=np.array([0, 1, 2, 250]))
    assert history.why(0, "A") is Reason.TOO_FEW_PAIRS
    assert history.why(3, "A") is None


@pytest.mark.parametrize("half_life", [np.inf, 84.0])
@pytest.mark.parametrize("offset", [0.0, 10.0])
def test_running_sums_keep_ten_digits_on_hard_data(half_life: float, offset: float) -> None:
    """After a million-fold spike, and with a mean a thousand times the spread, extended precision agrees to 1e-10."""
    rng = np.random.default_rng(0)
    n, window = 3000, 252
    x = rng.normal(offset, 0.01, n)
    y = 1.3 * x + rng.standard_t(3, n) * 0.02
    y[[700, 1500]] *= 1e4 if offset else 1e6
    got = windowed_history(y[:, None], x, window=window, half_life=half_life)
    for t in [*range(300, n, 97), *(s + k for s in (700, 1500) for k in (0, 1, 251, 252, 253, 400))]:
        last = slice(t - window + 1, t + 1)
        u, v = x[last].astype(np.longdouble), y[last].astype(np.longdouble)
        w = np.exp2(-np.arange(window - 1, -1, -1) / np.longdouble(half_life))
        du, dv = u - (w * u).sum() / w.sum(), v - (w * v).sum() / w.sum()
        s_uu = (w * du**2).sum()
        slope = (w * du * dv).sum() / s_uu
        n_eff = w.sum() ** 2 / (w**2).sum()
        error = np.sqrt((w**2 * du**2 * (dv - slope * du) ** 2).sum() * n_eff / (n_eff - 2)) / s_uu
        assert float(abs(got.beta[t, 0] - slope)) <= 1e-10 * max(float(abs(slope)), float(error))
        assert float(abs(got.stderr[t, 0] / error - 1)) <= 1e-10


@pytest.mark.parametrize("method", ["default", "ols", "ewma", "welch", "two-speed"])
def test_the_last_row_is_what_estimate_betas_says_today(method: str) -> None:
    """History and the one-day measurement of the same prices agree on the bundled sample."""
    prices = read_prices(sample.prices_path()).until("2009-06-30")
    history = beta_history(prices, benchmark="SPX", method=method).history
    today = measure_betas(prices, benchmark="SPX", method=method).betas
    assert history.symbols == today.assets
    np.testing.assert_allclose(history.beta[-1], today.values(), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(history.stderr[-1], today.stderrs(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("method", ["ols", "welch", "kalman", "kalman-mr", "two-speed", "huber", "dimson", "auto"])
def test_a_date_before_the_first_return_is_refused_and_not_an_error(method: str) -> None:
    """The day of the first price has no return: every method says that there are too few pairs."""
    days = np.busday_offset(np.datetime64("2023-12-28"), np.arange(24), roll="forward")
    rng = np.random.default_rng(2)
    table = PriceTable.of({name: 100 * np.cumprod(1 + rng.normal(0, 0.01, 24)) for name in ("M", "A")}, dates=days)
    history = beta_history(table, benchmark="M", method=method, step=1).history
    assert history.why(0, "A") is Reason.TOO_FEW_PAIRS
