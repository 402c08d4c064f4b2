"""The learned mixture: against plain Python, against the recipe's own figures, and where nothing can be learned."""

import runpy
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beta_pairs import pairs_of
from mixture_reference import anchors, mixture
from trimtab.beta.estimators.mixture import months_of
from trimtab.beta.method import parse_method
from trimtab.beta.mixing import MixingSetting, run_mixture
from trimtab.beta.walk import walk
from trimtab.market.returns import PairedReturns
from trimtab.stats.kernels.mixture import anchor_of
from trimtab.stats.mixing import PRIOR, Lessons, fade, learn, lesson_of, weights_of

LEAGUE = Path(__file__).parents[2] / "scripts" / "league.py"
RECIPE = LEAGUE.with_name("mixture_recipe.py")
#: Set aside beside the league's own: spin-offs and splits that the source's notes call misplaced.
MISPLACED = (
    ("SO", "2001-04-03"), ("ZBRA", "2003-08-21"), ("ZBRA", "2004-08-25"), ("JCI", "2007-07-02"), ("GNRC", "2010-02-12"),
    ("LDOS", "2013-09-30"), ("HLT", "2017-01-04"),
)  # fmt: skip


def shares(n: int = 700, names: int = 12, seed: int = 4) -> PairedReturns:
    """Give shares whose betas move."""
    rng = np.random.default_rng(seed)
    x = 0.01 * rng.standard_t(5, n)
    path = rng.normal(1, 0.4, names) + np.cumsum(rng.normal(0, 0.02, (n, names)), axis=0)
    return pairs_of(x, path * x[:, None] + rng.uniform(0.008, 0.03, names) * rng.standard_t(5, (n, names)))


def columns(pairs: PairedReturns) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give shares' returns, the benchmark's and months, without the first row, which has none."""
    own = pairs.symbols.index(pairs.benchmark)
    others = [i for i in range(len(pairs.symbols)) if i != own]
    rows = np.isfinite(pairs.asset[:, own])
    return pairs.asset[rows][:, others], pairs.asset[rows, own], months_of(pairs.dates[rows])


@pytest.mark.parametrize("horizon", [21, 252])
def test_the_recipe_in_plain_python(horizon: int) -> None:
    """Forecasts, anchors and learned weights at every month-end are those of matrices and polyfit."""
    y, x, months = columns(shares())
    told = mixture(y, x, months, horizon)
    found = run_mixture(
        y, x, x, months,
        setting=MixingSetting.on_calendar(252, horizon), counted=np.ones(12, dtype=bool), rows=np.array(told.rows),
    )  # fmt: skip
    late = np.isfinite(told.value).all(axis=1)
    assert late.sum() > 15
    assert found.weights[late] == pytest.approx(told.theta[late], rel=1e-7)
    assert found.anchor[late] == pytest.approx(told.anchor[late], rel=1e-8)
    assert found.value[late] == pytest.approx(told.value[late], rel=1e-7)
    assert np.abs(found.weights[late][-1] - PRIOR).max() > 0.01


def test_the_script_of_variants_starts_from_this_mixture() -> None:
    """`scripts/mixture_recipe.py` has code of its own; from what the package does it finds the package's weights."""
    script = runpy.run_path(str(RECIPE))
    pairs = shares()
    y, x, months = columns(pairs)
    days = pairs.dates[-len(y) :].astype("datetime64[D]")
    parts = script["parts_of"](script["Panel"](y, x, days, days, x), script["Choice"](tilt=1.5), (63,))
    theta, _ = script["learned"](parts)
    whole = MixingSetting.on_calendar(252, 63)
    found = run_mixture(y, x, x, months, setting=whole, counted=np.ones(12, dtype=bool), rows=parts.ends)
    late = parts.valid.any(axis=1)
    assert late.sum() > 15
    assert theta[late] == pytest.approx(found.weights[late], abs=1e-6)
    assert script["forecast"](parts, theta, 63)[late] == pytest.approx(found.value[late], abs=1e-6)


def test_welch_and_vasicek_are_the_published_anchor() -> None:
    """Clipped, age-decayed, and drawn to the mean by the noise of the clipped line: bswa + Vasicek as published."""
    pairs = shares()
    y, x, _ = columns(pairs)
    betas = parse_method("welch|vasicek").estimate(pairs)
    assert [betas[f"A{i}"].value for i in range(12)] == pytest.approx(anchors(y, x), rel=1e-9)
    history = walk(pairs, parse_method("welch|vasicek"), rows=np.array([len(pairs.dates) - 1]))
    assert history.beta[0] == pytest.approx(betas.values(), rel=1e-9)


def test_new_listings_take_no_part_in_the_published_prior() -> None:
    """Ten names of forty days each, wild as they are, move no older name's beta."""
    pairs = shares()
    rng = np.random.default_rng(2)
    young = np.full((len(pairs.dates), 10), np.nan)
    young[-40:] = rng.normal(0, 0.05, (40, 10))
    crowd = replace(
        pairs,
        symbols=(*pairs.symbols, *(f"N{i}" for i in range(10))),
        asset=np.hstack([pairs.asset, young]),
        market=np.hstack([pairs.market, np.repeat(pairs.market[:, :1], 10, axis=1)]),
        joined=np.hstack([pairs.joined, np.zeros(young.shape, dtype=bool)]),
        gaps=np.hstack([pairs.gaps, np.zeros(young.shape, dtype=bool)]),
    )
    alone, among = (parse_method("welch|vasicek").estimate(p) for p in (pairs, crowd))
    for name in pairs.symbols:
        assert among[name].value == pytest.approx(alone[name].value, rel=1e-12)


def raw_panel(folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[str]]:
    """Give returns of S&P 500 names and SPY as the files have them, without the marked defects, and dates and names."""
    prices = pl.read_parquet(folder / "us_equity_daily_sp500.parquet", columns=["ticker", "date", "adj_close"])
    spy = pl.read_parquet(folder / "spy_adjclose_pypfopt.parquet").select(pl.lit("SPY").alias("ticker"), "date", "SPY")
    both = pl.concat([prices, spy.rename({"SPY": "adj_close"})], how="vertical_relaxed")
    wide = both.with_columns(pl.col("ticker").replace("", "T")).pivot(on="ticker", index="date", values="adj_close")
    wide = wide.sort("date")
    dates = wide["date"].to_numpy().astype("datetime64[D]")
    names = [c for c in wide.columns if c not in {"date", "SPY"}]
    returns = {}
    for key, chosen in (("y", names), ("x", ["SPY"])):
        level = wide.select(chosen).to_numpy()
        returns[key] = np.vstack([np.full((1, level.shape[1]), np.nan), level[1:] / level[:-1] - 1])
    for name, day in (*MISPLACED, *runpy.run_path(str(LEAGUE))["DEFECTS"]):
        returns["y"][np.searchsorted(dates, np.datetime64(day)), names.index(name)] = np.nan
    return returns["y"], returns["x"][:, 0], dates, names


@pytest.mark.slow
def test_the_figures_of_the_recipe(shared_data: Path) -> None:
    """S&P 500 names to 2017: the recipe's betas to .0002, its weights to .02 and mostly .01.

    The recipe in words leaves open how the variance of residuals starts, and what it was found with is not at hand: the
    weights learned in the first years differ by as much as .016, and that fades.
    """
    y, x, dates, names = raw_panel(shared_data)
    rows = np.array([int(np.searchsorted(dates, np.datetime64(d))) for d in ("2002-12-31", "2008-12-31", "2017-11-30")])
    found = run_mixture(
        y, x, x, months_of(dates),
        setting=MixingSetting.on_calendar(252, 252), counted=np.ones(len(names), dtype=bool), rows=rows,
    )  # fmt: skip
    betas = [found.value[-1, names.index(name)] for name in ("AAPL", "XOM", "T")]
    assert betas == pytest.approx([1.2219, 0.6646, 0.8052], abs=2e-4)
    known = found.value[-1, found.n_obs[-1] >= 252]
    assert (known.mean(), known.std()) == pytest.approx((1.029, 0.290), abs=1e-3)
    told = [[0.1501, 0.3611, 0.2952, 0.0136], [0.0927, 0.4394, 0.4533, 0.0309], [0.1474, 0.4545, 0.3969, 0.0156]]
    assert found.weights == pytest.approx(np.array(told), abs=0.02)
    assert np.abs(found.weights[1:] - told[1:]).max() < 0.01


@pytest.mark.parametrize("names", [1, 2])
def test_one_name_or_two_have_the_weights_of_no_lesson(names: int) -> None:
    """Nothing is learned, C is B, and the anchor is drawn to 1 with a spread of .4."""
    y, x, months = columns(shares(names=names))
    setting = MixingSetting.on_calendar(252, 63)
    last = np.array([len(y) - 1])
    found = run_mixture(y, x, x, months, setting=setting, counted=np.ones(names, dtype=bool), rows=last)
    assert found.weights[0].tolist() == PRIOR.tolist()
    line = anchor_of(found.state.rows)
    keep = 0.16 / (0.16 + line.variance)
    assert found.anchor[0] == pytest.approx(keep * line.slope + 1 - keep, rel=1e-12)
    assert found.state.waiting == ()
    b, c = (found.state.rows.values[row] for row in (11, 12))
    assert b.tolist() == c.tolist()


@pytest.mark.parametrize(("residual", "counts"), [(0.08, False), (0.14, True)])
def test_copies_of_the_benchmark_are_no_crowd(residual: float, counts: bool) -> None:
    """What leaves less than a tenth of the benchmark's moves teaches nothing about shares; what leaves more does."""
    y, x, months = columns(shares())
    signs = np.random.default_rng(1).choice([-1.0, 1.0], (len(y), 3))
    copies = x[:, None] + residual * np.sqrt(np.mean(x**2)) * signs
    setting = MixingSetting.on_calendar(252, 63)
    last = np.array([len(y) - 1])
    alone, among = (
        run_mixture(panel, x, x, months, setting=setting, counted=np.ones(panel.shape[1], dtype=bool), rows=last)
        for panel in (y, np.column_stack([y, copies]))
    )
    moved = np.abs(among.value[0, :12] - alone.value[0]).max()
    assert moved > 1e-3 if counts else moved == 0.0


def test_coins_are_compared_with_their_benchmark_alone() -> None:
    """On seven days a week C is B however many coins there are, and the weights start at (.20, .35, .35)."""
    y, x, months = columns(shares(n=500, names=30))
    setting = MixingSetting.on_calendar(365, 91, coins=True)
    rows = np.array([300, len(y) - 1])
    coins = run_mixture(y, x, x, months, setting=setting, counted=np.ones(30, dtype=bool), rows=rows)
    assert coins.weights[0] == pytest.approx([0.20, 0.35, 0.35, 0.0])
    own, crowd = (coins.state.rows.values[row] for row in (11, 12))
    assert own.tolist() == crowd.tolist()
    shared = run_mixture(
        y, x, x, months, setting=MixingSetting.on_calendar(365, 91), counted=np.ones(30, dtype=bool), rows=rows
    )
    assert np.abs(shared.state.rows.values[12] - own).min() > 0.01


def test_seven_days_a_week_are_coins() -> None:
    """The calendar of the prices says what an asset is: on weekdays alone the same returns are shares'."""
    pairs = shares(n=400, names=2)
    days = np.datetime64("2020-01-01") + np.arange(len(pairs.dates))
    daily = replace(pairs, dates=days, frequency=replace(pairs.frequency, name="daily-7"))
    week, all_days = (parse_method("mixture").estimate(p)["A0"] for p in (pairs, daily))
    assert all_days.stderr > week.stderr
    assert all_days.value != week.value


def test_one_beta_hangs_little_on_who_stands_beside_it() -> None:
    """A name alone, in pairs and among eleven others: within a third of its stated error."""
    pairs = shares()
    own = pairs.symbols.index("A3")
    whole = parse_method("default").estimate(pairs)["A3"]
    for beside in ([], ["A0"], ["A5", "A7", "A9", "A11"]):
        keep = [pairs.symbols.index("M"), own, *(pairs.symbols.index(name) for name in beside)]
        few = replace(
            pairs,
            symbols=tuple(pairs.symbols[i] for i in keep),
            **{field: getattr(pairs, field)[:, keep] for field in ("asset", "market", "joined", "gaps")},
        )
        one = parse_method("default").estimate(few)["A3"]
        assert abs(one.value - whole.value) < whole.stderr / 3


@given(seed=st.integers(0, 2**32 - 1), periods=st.integers(0, 80), size=st.floats(0.01, 3))
def test_weights_are_weights(seed: int, periods: int, size: float) -> None:
    """Whatever was learned, none is negative and they add up to one at most."""
    rng = np.random.default_rng(seed)
    lessons = Lessons.none()
    for _ in range(periods):
        x = np.vstack([rng.normal(0, size, (3, 8)), np.ones(8)])
        lesson = lesson_of(x, rng.normal(0, size, 8), np.ones(8, dtype=bool))
        assert lesson is not None
        lessons = learn(fade(lessons), lesson)
    theta = weights_of(lessons)
    assert (theta[:3] >= 0).all()
    assert theta[:3].sum() <= 1 + 1e-12


def test_what_forecasts_best_gets_the_weight() -> None:
    """Where outcomes are the first forecast, its weight goes to one and the others' to nothing."""
    rng = np.random.default_rng(3)
    lessons = Lessons.none()
    for _ in range(240):
        x = np.vstack([rng.normal(0, 0.3, (3, 50)), np.ones(50)])
        lesson = lesson_of(x, x[0] + rng.normal(0, 0.1, 50), np.ones(50, dtype=bool))
        assert lesson is not None
        lessons = learn(fade(lessons), lesson)
    assert weights_of(lessons) == pytest.approx([1.0, 0.0, 0.0, 0.0], abs=0.06)


@pytest.mark.parametrize("method", ["default", "mixture", "welch|vasicek"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_of_columns_does_not_show(method: str, seed: int) -> None:
    """Means over names, lessons and priors are added in an order of their own: the same betas to the last bit."""
    pairs = shares(names=25)
    order = np.random.default_rng(seed).permutation(len(pairs.symbols))
    other = replace(
        pairs,
        symbols=tuple(pairs.symbols[i] for i in order),
        **{f: np.ascontiguousarray(getattr(pairs, f)[:, order]) for f in ("asset", "market", "joined", "gaps")},
    )
    one, two = (parse_method(method).estimate(p) for p in (pairs, other))
    for name in pairs.symbols:
        assert (one[name].value, one[name].stderr) == (two[name].value, two[name].stderr)
