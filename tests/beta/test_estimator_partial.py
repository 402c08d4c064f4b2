"""Partial betas and users' own betas."""

import numpy as np
import pytest
import statsmodels.api as sm
from given import business_days, given_betas, price_path

from trimtab.beta.override import Override, apply_overrides
from trimtab.beta.partial import partial_betas
from trimtab.errors import InputError, Reason, UnknownSymbolError
from trimtab.market.prices import PriceTable


def two_benchmarks(n: int = 300, *, noise: float = 0.004) -> PriceTable:
    """Two correlated benchmarks, and assets with betas (.8, .5), (1.2, -.4) to them."""
    rng = np.random.default_rng(17)
    m = rng.normal(0, 0.01, n)
    o = 0.5 * m + rng.normal(0, 0.01, n)
    returns = {"M": m, "O": o, "A": 0.8 * m + 0.5 * o, "B": 1.2 * m - 0.4 * o}
    noisy = {k: v + (rng.normal(0, noise, n) if k in "AB" else 0) for k, v in returns.items()}
    return PriceTable.of({k: price_path(v) for k, v in noisy.items()}, dates=business_days(n + 1))


def test_partial_betas_agree_with_statsmodels() -> None:
    """Values and robust errors are those of one regression on both benchmarks."""
    table = two_benchmarks()
    result = partial_betas(table, benchmarks=("M", "O"))
    returns = table.values[1:] / table.values[:-1] - 1
    fit = sm.OLS(returns[-252:, 2], sm.add_constant(returns[-252:, :2])).fit(cov_type="HC1")
    assert result.values[0] == pytest.approx(fit.params[1:], rel=1e-9)
    assert result.stderrs()[0] == pytest.approx(fit.bse[1:], rel=1e-9)
    assert result.r_squared[0] == pytest.approx(fit.rsquared, rel=1e-9)
    hac = partial_betas(table, benchmarks=("M", "O"), errors="hac", lags=5)
    oracle = sm.OLS(returns[-252:, 2], sm.add_constant(returns[-252:, :2]))
    robust = oracle.fit(cov_type="HAC", cov_kwds={"maxlags": 5, "use_correction": True})
    assert hac.stderrs()[0] == pytest.approx(robust.bse[1:], rel=1e-9)


def test_planted_partial_betas_come_out() -> None:
    """Each asset's two betas are within four of their errors."""
    result = partial_betas(two_benchmarks(), benchmarks=("M", "O"))
    truth = np.array([[0.8, 0.5], [1.2, -0.4]])
    assert (np.abs(result.values - truth) < 4 * result.stderrs()).all()
    assert result.assets == ("A", "B")
    assert result.of("A") == pytest.approx({"M": result.values[0, 0], "O": result.values[0, 1]})


def test_a_portfolio_of_partial_betas_has_its_own_regressions_error() -> None:
    """The combined betas and their covariance are those of the portfolio's own series."""
    table = two_benchmarks()
    weights = np.array([0.7, -0.3])
    betas, covariance = partial_betas(table, benchmarks=("M", "O")).combined(weights)
    returns = table.values[1:] / table.values[:-1] - 1
    fit = sm.OLS(returns[-252:, 2:] @ weights, sm.add_constant(returns[-252:, :2])).fit(cov_type="HC1")
    assert betas == pytest.approx(fit.params[1:], rel=1e-9)
    assert covariance == pytest.approx(fit.cov_params()[1:, 1:], rel=1e-8)


def test_benchmarks_that_repeat_one_another_are_refused() -> None:
    """A benchmark and its double have no partial betas."""
    table = two_benchmarks()
    columns = {"M": table.values[:, 0], "N": 2 * table.values[:, 0], "A": table.values[:, 2]}
    result = partial_betas(PriceTable.of(columns, dates=table.dates), benchmarks=("M", "N"))
    assert result.reasons == (Reason.NO_BENCHMARK_VARIANCE,)
    assert np.isnan(result.values).all()
    with pytest.raises(InputError, match="partial betas of every asset"):
        result.combined(np.array([1.0]))


def test_only_dates_on_which_all_benchmarks_trade_are_used() -> None:
    """A benchmark's holiday joins two days into one for everyone."""
    table = two_benchmarks(n=120)
    values = table.values.copy()
    values[50, 1] = np.nan
    holes = PriceTable.of(dict(zip("MOAB", values.T, strict=True)), dates=table.dates)
    result = partial_betas(holes, benchmarks=("M", "O"), window=None)
    rows = np.delete(np.arange(121), 50)
    returns = table.values[rows][1:] / table.values[rows][:-1] - 1
    fit = sm.OLS(returns[:, 3], sm.add_constant(returns[:, :2])).fit()
    assert result.n_obs.tolist() == [119, 119]
    assert result.values[1] == pytest.approx(fit.params[1:], rel=1e-9)


def test_thin_data_and_single_benchmarks_are_refused() -> None:
    """Forty days give no partial betas, and one benchmark is a task for another function."""
    assert partial_betas(two_benchmarks(40), benchmarks=("M", "O")).reasons == (Reason.TOO_FEW_PAIRS,) * 2
    with pytest.raises(InputError, match="two benchmarks"):
        partial_betas(two_benchmarks(), benchmarks=("M", "M"))
    with pytest.raises(UnknownSymbolError):
        partial_betas(two_benchmarks(), benchmarks=("M", "O")).of("Z")


def test_the_frame_has_a_row_per_asset_and_benchmark() -> None:
    """Two assets and two benchmarks make four rows, with errors and counts."""
    frame = partial_betas(two_benchmarks(), benchmarks=("M", "O")).to_frame()
    assert frame.shape[0] == 4
    assert frame["n_obs"].to_list() == [252] * 4


def mine(asset: str = "A", until: str = "2024-12-31", **changes: float | str) -> Override:
    """Give an override with some fields changed."""
    stated = {"asset": asset, "value": 0.7, "stderr": 0.1, "who": "PM", "why": "new mandate", "until": until}
    return Override(**(stated | changes))


def test_an_override_replaces_value_error_and_covariance() -> None:
    """The stated beta stands in the set with its own independent error, named in the notes."""
    betas = given_betas("M", {"A": (1.4, 0.2), "B": (0.9, 0.3)})
    changed = apply_overrides(betas, [mine()])
    assert (changed["A"].value, changed["A"].stderr, changed["A"].method) == (0.7, 0.1, "override")
    assert changed["B"] == betas["B"]
    assert changed.combined_error(np.array([0.0, 1.0, 0.0])) == pytest.approx(0.1)
    assert "PM" in changed.notes[-1]
    assert "new mandate" in changed.notes[-1]


def test_an_override_holds_to_its_last_day_and_not_longer() -> None:
    """On its last day it counts; the day after it is ignored, and the notes say so."""
    betas = given_betas("M", {"A": (1.4, 0.2)})
    assert apply_overrides(betas, [mine(until="2024-03-01")])["A"].value == 0.7
    late = apply_overrides(betas, [mine(until="2024-02-29")])
    assert late["A"].value == 1.4
    assert "expired" in late.notes[-1]
    assert apply_overrides(betas, [mine()], as_of="2025-01-01")["A"].value == 1.4


def test_an_override_can_add_an_asset_without_prices() -> None:
    """A private holding that no price measures is added to the set."""
    changed = apply_overrides(given_betas("M", {"A": (1.4, 0.2)}), [mine("PRIVATE", stderr=0.4)])
    assert changed.assets == ("M", "A", "PRIVATE")
    assert changed.covariance()[2, 2] == pytest.approx(0.16)


def test_overrides_that_cannot_stand_are_refused() -> None:
    """No name, no reason, no number, two for one asset, or one for the benchmark: refused."""
    betas = given_betas("M", {"A": (1.4, 0.2)})
    for wrong in ({"who": " "}, {"why": ""}, {"value": float("nan")}, {"stderr": -1.0}, {"until": "soon"}):
        with pytest.raises(InputError):
            mine(**wrong)
    with pytest.raises(InputError, match="one override per asset"):
        apply_overrides(betas, [mine(), mine(value=0.9)])
    with pytest.raises(InputError, match="by definition"):
        apply_overrides(betas, [mine("M")])
