"""The evidence behind the default estimator, rerun on real prices where they are at hand."""

import runpy
from pathlib import Path

import pytest

from trimtab.beta.validation.league import League
from trimtab.desk.moment.validate import validate

SCRIPT = Path(__file__).parents[2] / "scripts" / "league.py"


@pytest.fixture(scope="module")
def league(shared_data: Path) -> League:
    """S&P 500 names 1999-2017 against SPY at month-ends, only the marked defects dropped."""
    panel = runpy.run_path(str(SCRIPT))["sp500"](shared_data)
    return validate(panel, benchmark="SPY", methods=["auto", "two-speed", "welch", "constant"])


#: Horizon, most noise-corrected RMSE, least gain on Welch with Vasicek's shrinkage.
GATES = [(252, 0.226, 0.06), (63, 0.250, 0.025), (21, 0.253, 0.013)]


@pytest.mark.slow
@pytest.mark.parametrize("method", ["auto", "two-speed"])
@pytest.mark.parametrize(("days", "most", "gain"), GATES)
def test_the_default_reaches_its_accuracy_on_real_shares(
    league: League, method: str, days: int, most: float, gain: float
) -> None:
    """Error, gain on Welch with Vasicek, slope and interval coverage are those the default was chosen for."""
    score = league.score(method, days)
    assert score.rmse_corrected <= most
    assert score.gain_shrunk >= gain
    assert score.gain_shrunk > 2 * score.gain_shrunk_error
    assert 0.93 <= score.slope <= 1.12
    assert 0.87 <= score.coverage <= 0.98


@pytest.mark.slow
def test_extreme_baskets_are_hedged_a_year_ahead(league: League) -> None:
    """The 20 highest less the 20 lowest betas of the default leave less than .10 of beta over a year, unlike OLS's."""
    assert abs(league.score("auto", 252).high_low) <= 0.10
    assert abs(league.score("two-speed", 252).high_low) <= 0.10
    assert league.score("ols", 252).high_low < -0.40


@pytest.mark.slow
def test_the_sample_and_the_plain_methods_are_those_of_the_protocol(league: League) -> None:
    """Names times dates, and the errors of plain methods, are those recorded when the evidence was gathered."""
    ols, welch, constant = (league.score(m, 252) for m in ("ols", "welch", "constant"))
    assert ols.n_forecasts == pytest.approx(82_940, abs=5)
    assert (ols.rmse, ols.rmse_corrected) == pytest.approx((0.311, 0.285), abs=0.0006)
    assert (welch.rmse, welch.rmse_corrected) == pytest.approx((0.278, 0.248), abs=0.0006)
    assert (constant.rmse, constant.rmse_corrected) == pytest.approx((0.407, 0.387), abs=0.0006)
    assert 100 * welch.gain_ols == pytest.approx(10.7, abs=0.1)
    assert league.recommendation.method in {"auto", "two-speed"}
