"""The league: it finds what was planted, says when it cannot tell, and never sees the future."""

import io
import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from click.testing import CliRunner
from given import business_days, planted, price_path
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from rich.console import Console

from trimtab.beta.estimate import Betas
from trimtab.beta.sample import name_values, take_sample
from trimtab.beta.validation.candidate import Candidate, candidates, default_field, forecast
from trimtab.beta.validation.league import League, hold_league
from trimtab.beta.validation.measure import long_run_error, mincer_zarnowitz, relative_gain
from trimtab.beta.validation.schedule import forecast_rows, horizons_of
from trimtab.beta.validation.target import realised_betas
from trimtab.cli.app import app
from trimtab.desk.moment.validate import validate
from trimtab.desk.questions.beta import LeagueQuestion
from trimtab.errors import InputError
from trimtab.market.frequency import frequency_of
from trimtab.market.prices import PriceTable
from trimtab.market.returns import PairedReturns, pair_returns
from trimtab.report.documents.beta import league_document
from trimtab.report.shape.write import dumps
from trimtab.report.tables.league import show_league

N_ASSETS, N_DAYS = 40, 1600


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A panel whose betas are known day by day, shape (n_days, n_assets)."""

    prices: PriceTable
    betas: np.ndarray


def wandering(*, seed: int = 2, half_life: float = 250.0, sd: float = 0.4, noise: float = 0.02) -> Planted:
    """Make betas that wander about 1 as an autoregression, and prices that follow them with fat-tailed noise."""
    rng = np.random.default_rng(seed)
    phi = 2.0 ** (-1.0 / half_life)
    beta = np.empty((N_DAYS, N_ASSETS))
    beta[0] = rng.normal(1.0, sd, N_ASSETS)
    for t in range(1, N_DAYS):
        beta[t] = 1.0 + phi * (beta[t - 1] - 1.0) + rng.normal(0, sd * np.sqrt(1 - phi**2), N_ASSETS)
    market = rng.normal(0.0003, 0.01, N_DAYS)
    returns = beta * market[:, None] + rng.standard_t(5, (N_DAYS, N_ASSETS)) * noise / np.sqrt(5 / 3)
    columns = {"M": price_path(market), **{f"A{i}": price_path(returns[:, i]) for i in range(N_ASSETS)}}
    return Planted(prices=PriceTable.of(columns, dates=business_days(N_DAYS + 1)), betas=beta)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An estimator that is told the true betas of the panel, with an error of a given size."""

    name: str
    betas: np.ndarray = field(repr=False)
    error: float = 0.0
    seed: int = 0

    def estimate(self, pairs: PairedReturns) -> Betas:
        """Give the planted betas of the last day, with the error."""
        sample = take_sample(pairs, None)
        row = len(pairs.dates) - 1
        rng = np.random.default_rng((self.seed, row))
        known = np.append(1.0, self.betas[max(row - 1, 0)])
        value = known + self.error * rng.normal(size=known.shape)
        own = np.full(len(value), max(self.error, 0.01) ** 2)
        return name_values(
            sample, value=value, scores=np.zeros((1, len(value))), n_eff=np.full(len(value), 1.0 + row),
            method=self.name, min_obs=1, window=None, own_variance=own,
        )  # fmt: skip


@pytest.fixture(scope="module")
def wander() -> Planted:
    return wandering()


@pytest.fixture(scope="module")
def league(wander: Planted) -> League:
    methods = ["two-speed", "ols|vasicek", "welch", "constant"]
    return validate(wander.prices, benchmark="M", methods=methods, horizons=(21, 63))


def test_shrinking_and_filtering_beat_least_squares_where_betas_revert(league: League) -> None:
    """On planted mean-reverting betas two-speed and Vasicek forecast better than plain least squares, measurably."""
    for days in (21, 63):
        two_speed, shrunk = league.score("two-speed", days), league.score("ols|vasicek", days)
        assert two_speed.gain_ols > 3 * two_speed.gain_ols_error > 0
        assert shrunk.gain_ols > 0
        assert "ols" in next(v for v in league.verdicts if v.days == days).behind
    assert league.recommendation.method == "two-speed"


def test_intervals_of_the_two_speed_beta_cover_what_came(league: League) -> None:
    """Its 90% intervals hold 87 to 98% of the realised betas, though noise has fat tails."""
    for days in (21, 63):
        assert 0.87 <= league.score("two-speed", days).coverage <= 0.98


def test_a_method_that_knows_the_truth_leads_and_the_rest_are_behind(wander: Planted) -> None:
    """The league finds the planted better estimator and says that the others are measurably worse."""
    oracle = Told(name="oracle", betas=wander.betas)
    found = validate(wander.prices, benchmark="M", methods=[oracle, "constant"], horizons=(21,))
    assert found.verdicts[0].leader == "oracle"
    assert set(found.verdicts[0].behind) == {"ols", "welch|vasicek", "constant"}
    assert found.recommendation.method == "oracle"
    assert abs(found.score("oracle", 21).slope - 1.0) < 0.1


def test_two_equally_good_methods_are_within_noise(wander: Planted) -> None:
    """Two estimators with independent errors of one size are not told apart, and the league says so."""
    twins = [Told(name=n, betas=wander.betas, error=0.15, seed=s) for n, s in (("castor", 1), ("pollux", 2))]
    found = validate(wander.prices, benchmark="M", methods=twins, horizons=(21,))
    verdict = found.verdicts[0]
    assert {verdict.leader, *verdict.within_noise} == {"castor", "pollux"}
    assert "within noise" in verdict.text
    assert "Within noise of it" in found.recommendation.text
    assert set(found.recommendation.equals) | {found.recommendation.method} == {"castor", "pollux"}


def test_noise_correction_gives_the_error_against_true_betas() -> None:
    """With betas that never move, the corrected error is the error against the planted betas."""
    still = wandering(half_life=1e9, seed=4)
    found = validate(still.prices, benchmark="M", methods=["ols"], horizons=(63,))
    score = found.score("ols", 63)
    pairs = pair_returns(still.prices, benchmark="M")
    rows = forecast_rows(pairs.dates, "month-end")
    rows = rows[(rows >= 252) & (rows + 63 < len(pairs.dates))]
    history = forecast(candidates(["ols"])[0], pairs, rows, 63)
    truth = np.sqrt(np.mean((history.beta[:, 1:] - still.betas[0]) ** 2))
    # 40 assets x 21 periods leave the mean squared error uncertain by about .004, its root by .015
    assert score.rmse_corrected == pytest.approx(truth, abs=0.02)
    assert score.rmse > 1.5 * truth


def slow_scores(table: PriceTable, window: int, ahead: int) -> tuple[float, float, float]:
    """Judge rolling least squares with loops over prices and textbook formulas: RMSE, corrected RMSE, bias."""
    dates = table.dates.astype("datetime64[D]").tolist()
    level = table.values
    means = []
    for t in range(len(dates) - ahead):
        month_end = t + 1 == len(dates) or dates[t + 1].month != dates[t].month
        if not month_end or t < 252:
            continue
        squares, noises, gaps = [], [], []
        for j in range(1, level.shape[1]):

            def line(first: int, last: int, j: int = j) -> tuple[float, float]:
                x = [level[s, 0] / level[s - 1, 0] - 1 for s in range(first, last + 1)]
                y = [level[s, j] / level[s - 1, j] - 1 for s in range(first, last + 1)]
                fit = sm.OLS(y, sm.add_constant(x)).fit(cov_type="HC2")
                return fit.params[1], fit.bse[1] ** 2

            guess, _ = line(t - window + 1, t)
            came, noise = line(t + 1, t + ahead)
            squares.append((guess - came) ** 2)
            noises.append(noise)
            gaps.append(guess - came)
        means.append((np.mean(squares), np.mean(noises), np.mean(gaps)))
    mse, noise, bias = np.mean(means, axis=0)
    return float(np.sqrt(mse)), float(np.sqrt(max(mse - noise, 0))), float(bias)


def test_scores_agree_with_a_slow_independent_reckoning() -> None:
    """RMSE, its noise correction and bias are those of plain loops with statsmodels' HC2 errors."""
    table = planted({"A": 0.5, "B": 1.0, "C": 1.8}, n=420, noise=0.015)
    rmse, corrected, bias = slow_scores(table, window=252, ahead=21)
    score = validate(table, benchmark="M", methods=["ols"], horizons=(21,)).score("ols", 21)
    assert score.rmse == pytest.approx(rmse, rel=1e-9)
    assert score.rmse_corrected == pytest.approx(corrected, rel=1e-7)
    assert score.bias == pytest.approx(bias, rel=1e-9)


def test_realised_noise_is_statsmodels_hc2() -> None:
    """The error variance of a realised beta is MacKinnon and White's HC2."""
    pairs = pair_returns(planted({"A": 1.3}, n=200), benchmark="M")
    came = realised_betas(pairs, np.array([100]), 63)
    after = slice(101, 164)
    fit = sm.OLS(pairs.asset[after, 1], sm.add_constant(pairs.market[after, 1])).fit(cov_type="HC2")
    assert came.beta[0, 1] == pytest.approx(fit.params[1], rel=1e-12)
    assert came.noise[0, 1] == pytest.approx(fit.bse[1] ** 2, rel=1e-10)


def test_the_error_of_a_mean_is_newey_and_west_s() -> None:
    """The error of a mean over overlapping periods is statsmodels' HAC error on a constant."""
    rng = np.random.default_rng(3)
    series = np.convolve(rng.normal(size=211), np.ones(12), mode="valid")
    fit = sm.OLS(series, np.ones_like(series)).fit(cov_type="HAC", cov_kwds={"maxlags": 12, "use_correction": False})
    assert long_run_error(series, 12) == pytest.approx(fit.bse[0], rel=1e-12)
    assert np.isnan(long_run_error(series[:51], 12))


def test_mincer_zarnowitz_is_date_clustered_least_squares() -> None:
    """Slope and intercept are weighted least squares; with no lags the slope's error is the clustered one."""
    rng = np.random.default_rng(5)
    f = rng.normal(1, 0.4, (60, 8))
    y = 0.2 + 0.7 * f + rng.normal(0, 0.3, f.shape) + rng.normal(0, 0.2, (60, 1))
    keep = rng.random(f.shape) < 0.8
    intercept, slope, error = mincer_zarnowitz(f, y, keep, 0)
    weight = (keep / keep.sum(axis=1, keepdims=True))[keep]
    date = np.broadcast_to(np.arange(60)[:, None], f.shape)[keep]
    fit = sm.WLS(y[keep], sm.add_constant(f[keep]), weights=weight).fit(
        cov_type="cluster", cov_kwds={"groups": date, "use_correction": False}
    )
    assert (intercept, slope) == pytest.approx(tuple(fit.params), rel=1e-10)
    assert error == pytest.approx(fit.bse[1], rel=1e-9)


def test_a_gain_has_the_error_that_redrawing_the_dates_gives() -> None:
    """The delta-method error of a relative gain is near the spread over redrawn samples."""
    rng = np.random.default_rng(6)

    def draw() -> tuple[np.ndarray, np.ndarray]:
        shared = rng.gamma(4.0, 0.02, 120)
        return shared + rng.gamma(2.0, 0.01, 120), 1.2 * shared + rng.gamma(2.0, 0.01, 120)

    gains = [relative_gain(*draw(), 0) for _ in range(400)]
    assert np.std([g for g, _ in gains]) == pytest.approx(np.mean([e for _, e in gains]), rel=0.15)


@pytest.mark.parametrize("method", [*default_field(), "kalman-mr"])
def test_no_forecast_sees_what_comes_after_it(method: str) -> None:
    """Scrambling every price after a date leaves the forecasts made up to it the same bits."""
    panel = wandering(seed=8)
    row = 1000
    rng = np.random.default_rng(9)
    values = np.array(panel.prices.values)
    values[row + 1 :] = np.exp(rng.normal(3.0, 0.5, values[row + 1 :].shape))
    other = PriceTable.of({s: values[:, i] for i, s in enumerate(panel.prices.symbols)}, dates=panel.prices.dates)
    rows = np.array([800, 900, 999, 1000])
    candidate = next(c for c in candidates([method]) if c.name == method)
    made = [forecast(candidate, pair_returns(t, benchmark="M"), rows, 63) for t in (panel.prices, other)]
    assert made[0].beta.tobytes() == made[1].beta.tobytes()
    assert made[0].stderr.tobytes() == made[1].stderr.tobytes()
    assert np.isfinite(made[0].beta).all()


def test_an_estimator_is_handed_the_past_only(wander: Planted) -> None:
    """What an estimator of one's own is given ends on the date of its forecast, returns and dates alike."""
    ends = []

    @dataclass(frozen=True)
    class Watcher:
        name: str = "watcher"

        def estimate(self, pairs: PairedReturns) -> Betas:
            ends.append((len(pairs.dates), pairs.asset.shape[0], pairs.market.shape[0], pairs.joined.shape[0]))
            return Told(name="watcher", betas=wander.betas).estimate(pairs)

    pairs = pair_returns(wander.prices, benchmark="M")
    rows = np.array([300, 600])
    forecast(Candidate(name="watcher", estimator=Watcher()), pairs, rows, 21)
    assert ends == [(301, 301, 301, 301), (601, 601, 601, 601)]


@settings(max_examples=8)
@drawn(order=st.permutations(range(12)), factor=st.floats(0.01, 100.0))
def test_order_of_assets_and_level_of_prices_do_not_matter(order: list[int], factor: float) -> None:
    """Permuting assets and scaling prices leaves every error as it was."""
    table = planted({f"A{i}": 0.4 + 0.1 * i for i in range(12)}, n=420)
    names = [f"A{i}" for i in order]
    other = PriceTable.of({n: factor * table.values[:, table.column(n)] for n in (*names, "M")}, dates=table.dates)
    one, two = (validate(t, benchmark="M", methods=["two-speed"], horizons=(21,)) for t in (table, other))
    for method in ("ols", "two-speed", "welch|vasicek"):
        assert one.score(method, 21).rmse == pytest.approx(two.score(method, 21).rmse, rel=1e-8)


def test_a_method_that_seldom_answers_is_judged_alone(wander: Planted) -> None:
    """It neither shrinks the sample of the others nor is ranked with them, and a note says so."""
    methods = ["ols(window=1000, min_obs=900)", "ewma"]
    found = validate(wander.prices, benchmark="M", methods=methods, horizons=(21,))
    alone = found.score(methods[0], 21)
    assert not alone.ranked
    assert alone.answered < 0.9
    assert alone.n_forecasts < found.score("ewma", 21).n_forecasts
    assert any("not ranked" in n for n in found.notes)
    assert methods[0] not in {found.verdicts[0].leader, *found.verdicts[0].within_noise, *found.verdicts[0].behind}


def test_sixty_days_judge_nothing_and_say_why() -> None:
    """Too short a panel gives no score and no recommendation, and the notes say what it would take."""
    found = validate(planted({"A": 1.0, "B": 0.5}, n=60), benchmark="M")
    assert found.scores == ()
    assert found.recommendation.method is None
    assert "cannot tell" in found.recommendation.text
    assert any("it takes 273 returns" in n for n in found.notes)
    stream = io.StringIO()
    show_league(found, Console(file=stream, width=140))
    assert "cannot tell" in stream.getvalue()


def test_one_asset_has_a_league_without_portfolios() -> None:
    """One asset is judged; portfolios and extremes are not drawn, and a note says so."""
    found = validate(planted({"A": 1.0}, n=700), benchmark="M", methods=["ewma"], horizons=(21,))
    score = found.score("ewma", 21)
    assert score.rmse > 0
    assert np.isnan(score.high_low)
    assert np.isnan(score.removed)
    assert any("no portfolios" in n for n in found.notes)


def test_too_few_periods_give_no_verdict() -> None:
    """A year ahead on five years of data is two or three periods: no winner is named at that horizon."""
    found = validate(wandering().prices.until("2019-06-30"), benchmark="M", methods=["ewma"], horizons=(252,))
    assert not found.verdicts[0].conclusive
    assert "too few to tell" in found.verdicts[0].text
    assert found.recommendation.method is None


def test_a_seven_day_calendar_scales_horizons_and_history() -> None:
    """Twenty-one trading days are thirty calendar days of coins, and a year of history is 365."""
    daily = frequency_of(np.arange("2018-01-01", "2019-01-01", dtype="datetime64[D]"))
    found, _ = horizons_of((21, 252), daily, np.arange(29, 365, 30))
    assert [h.rows for h in found] == [30, 365]


def test_crypto_is_judged_with_what_it_cannot_show(shared_data: Path) -> None:
    """Two coins against bitcoin on a seven-day calendar: judged where it can be, with no claim for a year ahead."""
    coins = pl.read_parquet(shared_data / "crypto_daily_licensed.parquet").filter(pl.col("venue") == "bitstamp")
    wide = coins.pivot(on="symbol", index="date", values="close").sort("date")
    table = PriceTable.of(
        {s: wide[s].to_numpy().astype(float) for s in wide.columns[1:]},
        dates=wide["date"].to_numpy().astype("datetime64[s]"),
    )
    found = validate(table, benchmark="BTCUSD", methods=["two-speed"], horizons=(21, 252))
    assert found.frequency == "daily-7"
    assert found.score("two-speed", 21).n_forecasts > 20
    assert not any(v.conclusive for v in found.verdicts if v.days == 252)


def test_the_document_is_json_without_nan_and_holds_the_scores(league: League) -> None:
    """The document carries every number of the league in full; what is not known is null."""
    document = json.loads(dumps(league_document(league)))
    assert document["schema"] == "trimtab.league/1"
    first = document["horizons"][0]["scores"][0]
    assert first["rmse"] == league.score(first["method"], 21).rmse
    constant = next(s for s in document["horizons"][0]["scores"] if s["method"] == "constant")
    assert constant["slope"] is None
    assert {a["asset"] for a in document["assets"]} == {f"A{i}" for i in range(N_ASSETS)}


def test_scores_by_asset_add_up_to_the_whole(league: League) -> None:
    """Squared errors of the assets are those of the method where every date has all assets."""
    score = league.score("welch", 21)
    mine = [a for a in league.assets if (a.method, a.days) == ("welch", 21)]
    total = sum(a.n_forecasts * a.rmse**2 for a in mine)
    assert score.n_forecasts == sum(a.n_forecasts for a in mine) == score.n_dates * N_ASSETS
    assert total / score.n_forecasts == pytest.approx(score.rmse**2, rel=1e-12)


def test_a_person_sees_the_recommendation_first(league: League) -> None:
    """The terminal leads with what to use, then one table per horizon with a bar for each method."""
    stream = io.StringIO()
    show_league(league, Console(file=stream, width=140))
    text = stream.getvalue()
    assert text.index("Use two-speed") < text.index("The next 21 trading days") < text.index("The next 63")
    assert "█" in text
    assert "nan" not in text


def test_progress_counts_up_to_the_whole(wander: Planted) -> None:
    """The one who waits is told of each method and horizon, once."""
    told: list[tuple[int, int]] = []
    pairs = pair_returns(wander.prices, benchmark="M")
    hold_league(pairs, methods=["ewma"], horizons=(21, 63), progress=lambda done, total, _: told.append((done, total)))
    assert told == [(k, 6) for k in range(1, 7)]


def test_the_league_on_stdout_is_json_and_progress_stays_on_stderr(tmp_path: Path) -> None:
    """Standard output holds the document alone; where nothing can be judged the exit code is 4."""
    table = planted({"A": 1.0, "B": 0.5}, n=60)
    columns = {"date": table.dates.astype("datetime64[D]").astype(str)}
    columns |= dict(zip(table.symbols, table.values.T, strict=True))
    pl.DataFrame(columns).write_csv(tmp_path / "prices.csv")
    done = CliRunner().invoke(app, ["league", "--prices", str(tmp_path / "prices.csv"), "-b", "M", "--json"])
    assert json.loads(done.stdout)["n_assets"] == 0
    assert done.exit_code == 4


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: LeagueQuestion(horizons=("21;63",)), "separated by commas"),
        (lambda: forecast_rows(business_days(10), "fortnight"), "month-end"),
        (lambda: forecast_rows(business_days(10), 0), "at least 1 row"),
        (lambda: validate(planted({"A": 1.0}, n=60), benchmark="M", horizons=()), "horizons"),
        (lambda: validate(planted({"A": 1.0}, n=60), benchmark="M", methods=["olls"]), "did you mean ols"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_way_out(call: object, words: str) -> None:
    """Wrong horizons, steps and methods are errors that say what to write."""
    with pytest.raises(InputError, match=words):
        call()  # type: ignore[operator]


def test_an_asset_that_makes_most_of_an_error_is_named() -> None:
    """One series that turns into another thing decides a method's place: the league names it."""
    table = planted({f"A{i}": 1.0 for i in range(8)}, n=500)
    values = np.array(table.values)
    market = values[:, table.column("M")]
    values[400:, table.column("A2")] = values[400, table.column("A2")] * (market[400:] / market[400]) ** 9
    broken = PriceTable.of({s: values[:, i] for i, s in enumerate(table.symbols)}, dates=table.dates)
    found = validate(broken, benchmark="M", methods=["two-speed"], horizons=(21,))
    assert any(n.startswith("A2 makes up most of the squared error of") and "ols" in n for n in found.notes)


def test_scores_are_frames_too(league: League) -> None:
    """One row per method and horizon, and one per method, horizon and asset, with the numbers of the league."""
    table, assets = league.to_frame(), league.assets_frame()
    assert table.height == len(league.scores) == 2 * len(league.methods)
    row = table.filter((pl.col("method") == "welch") & (pl.col("days") == 63)).row(0, named=True)
    assert row["rmse"] == league.score("welch", 63).rmse
    assert assets.height == table.height * N_ASSETS
