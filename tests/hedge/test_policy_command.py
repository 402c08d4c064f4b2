"""trimtab hedge-policy: from files or stated numbers to a band, in tables, JSON and SVG; the page's example is true."""

import json
from dataclasses import replace
from pathlib import Path
from xml.dom.minidom import parseString

import numpy as np
import pytest
from click.testing import CliRunner
from given import demo_inputs, given_betas, given_market, planted, settle

import trimtab as tt
from trimtab import portfolio, sample
from trimtab.cli.app import app
from trimtab.desk.ask.hedge_policy import hedge_policy
from trimtab.desk.ask.hedging.policy_inputs import Stated, state_inputs
from trimtab.desk.ask.hedging.rule import exposures_by_symbol, measure_drift
from trimtab.errors import InputError, NotEnoughDataError, TrimtabError
from trimtab.exposure.expose import expose
from trimtab.exposure.measured import measure_book
from trimtab.exposure.moves import revalue_moves
from trimtab.hedge.often.choose import compare_policies, for_checks, in_lots
from trimtab.hedge.often.closed_form import GapModel, best_edge
from trimtab.hedge.often.drift import beta_drift
from trimtab.hedge.often.simulate import Effort
from trimtab.market.prices import PriceTable
from trimtab.model.mandate import Mandate

PAGE = Path(__file__).parents[2] / "docs/hedge-policy.md"
QUICK = Effort(paths=16, cycles=40)
SAMPLE = ("--prices", sample.prices_path(), "--prices", sample.futures_path(), "--holdings", sample.portfolio_path(),
          "--benchmark", "SPX", "--hedge", "ES,MES")  # fmt: skip


def run(*args: object) -> tuple[int, str, TrimtabError | None]:
    """Run the command; give exit code, output, and the error that `main` would print."""
    done = CliRunner().invoke(app, ["hedge-policy", *(str(a) for a in args)])
    error = done.exception if isinstance(done.exception, TrimtabError) else None
    if done.exception is not None and error is None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return (error.exit_code if error else done.exit_code), done.stdout, error


@pytest.fixture(scope="module")
def measured() -> dict:
    """The sample's document."""
    code, out, _ = run(*SAMPLE, "--band", "0.05", "--intervals", "5", "--paths", "16", "--json")
    assert code == 0
    return json.loads(out)


def test_the_page_shows_what_the_command_prints():
    """The worked example in the documentation is, line for line, what the command answers."""
    code, out, _ = run(*SAMPLE, "--risk-aversion", "3", "--band", "0.05", "--intervals", "1,5,21", "--full")
    assert code == 0
    shown = PAGE.read_text(encoding="utf-8").split("```text\n")[2].partition("```")[0]
    assert [line.rstrip() for line in shown.splitlines()] == [line.rstrip() for line in out.splitlines()]


def test_the_document_has_the_promised_keys(measured):
    """trimtab.hedge-policy/1 carries every key that the page names, and its parts agree with one another."""
    assert measured["schema"] == "trimtab.hedge-policy/1"
    for key in ("as_of", "benchmark", "base_currency", "nav", "beta", "beta_stderr", "recommended", "rule",
                "now", "advised", "inputs", "hedges",
                "drift", "policies", "curve", "simulation", "notes"):  # fmt: skip
        assert key in measured
    found = measured["recommended"]
    assert found["mandate_line"] == f"trigger = {found['band']:g}"
    assert 0 <= found["band"] - found["exact"] < 1e-4
    assert found["range"][0] <= found["band"] <= found["range"][1]
    assert [p["band"] for p in measured["curve"] if p["recommended"]] == [found["exact"]]
    assert min(measured["hedges"], key=lambda h: h["total"])["name"] == found["hedge"]
    assert measured["drift"]["year_vol"] == measured["inputs"]["gap_vol"]


@pytest.mark.parametrize("band", [0.015, 0.2])
def test_no_line_is_given_that_a_mandate_refuses(band):
    """The line of the page is taken by the mandate asked about; where its limit is nearer, there is none, and why."""
    args = (*SAMPLE, "--band", band, "--paths", "16")
    code, out, _ = run(*args, "--json")
    best = json.loads(out)["recommended"]
    _, page, _ = run(*args)
    words = " ".join(page.split())
    assert code == 0
    assert (best["band"] > band) is (band == 0.015)
    if best["band"] > band:
        with pytest.raises(InputError, match="within the limit"):
            Mandate(benchmark="SPX", target=1.0, band=band, trigger=best["band"])
        assert best["mandate_line"] == ""
        assert "trigger =" not in words
        assert f"the mandate's limit of {band:g} is nearer" in words
    else:
        assert best["mandate_line"] == f"trigger = {best['band']:g}"
        assert f"under the mandate: {best['mandate_line']}" in words


def test_measured_and_stated_inputs_give_the_same_band(measured):
    """What was measured, stated by hand without any file, leads to the same closed form and the same simulation."""
    i = measured["inputs"]
    stated = Stated(drift_vol=i["gap_vol"], market_vol=i["market_vol"], cost_per_beta=i["cost_per_beta"], lot=i["lot"])
    again = hedge_policy(state_inputs(nav=measured["nav"], risk_aversion=3.0, stated=stated), effort=QUICK)
    assert again.table.recommended == pytest.approx(measured["recommended"]["exact"], rel=1e-12)
    assert again.band == measured["recommended"]["band"]


def test_lot_and_cost_are_those_of_a_plan(measured):
    """Lot and cost per unit of beta are those of the orders that a plan in the same contract gives."""
    from trimtab import plan

    inputs = demo_inputs()
    inputs["mandate"] = Mandate(benchmark="SPX", target=0.9, band=0.01)
    done = plan(**inputs, hedge="ES")
    order = done.orders[0]
    (es,) = [h for h in measured["hedges"] if h["name"].startswith("ES")]
    lot = order.beta * order.mark * order.fx * float(order.multiplier) / measured["nav"]
    assert es["lot"] == pytest.approx(lot)
    assert es["cost_per_beta"] == pytest.approx(order.cost / float(order.quantity) / lot)


def test_recommended_is_near_the_simulated_best(measured):
    """On the simulated curve, in whole lots and checked daily, nothing is more than 5% better than the recommended."""
    totals = [p["practice"]["total"] for p in measured["curve"]]
    (own,) = [p["practice"]["total"] for p in measured["curve"] if p["recommended"]]
    assert own < 1.05 * min(totals)
    assert max(totals) > 1.3 * own


def test_bands_that_lots_cannot_hold_say_so():
    """A named band below half a lot is shown in closed form, without practice, with the reason."""
    model = GapModel(cost_per_beta=300, gap_vol=0.2, penalty=5e5, market_vol=0.2, lot=0.1)
    table = compare_policies(model, bands=(0.02,), checks_per_year=252.0, effort=QUICK)
    row = table.row("band 0.02")
    assert row.practice is None
    assert "half a lot is 0.05" in row.why_not
    assert all(p.band >= 0.05 for p in table.curve)
    assert table.recommended >= 0.05


def test_named_bands_trade_as_little_as_is_best():
    """At a given band without lots, a ticket calls for the trade that a fine grid of trades finds."""
    model = GapModel(cost_per_beta=1.0, gap_vol=1.0, penalty=1.0, market_vol=0.2, ticket=0.2)
    from trimtab.hedge.often.closed_form import evaluate

    policy = in_lots(model, 1.3)
    tried = [evaluate(model, type(policy)(kind=policy.kind, band=1.3, trade=0.01 * n)).total for n in range(1, 131)]
    assert evaluate(model, policy).total <= min(tried) + 1e-9


def test_checking_more_often_leads_to_the_watched_band():
    """The correction vanishes as checks become frequent, and never narrows a band below half a trade."""
    model = GapModel(cost_per_beta=1.0, gap_vol=1.0, penalty=1.0, market_vol=0.2)
    bands = [for_checks(model, best_edge(model), n).band for n in (50, 500, 5e9)]
    assert bands == sorted(bands)
    assert bands[-1] == pytest.approx(best_edge(model).band, abs=1e-5)


def test_an_error_wider_than_the_band_is_said(measured):
    """The sample's beta is known less exactly than its best band is wide: the notes say that noise would be traded."""
    assert measured["beta_stderr"] > measured["recommended"]["band"]
    assert any("estimation noise" in note for note in measured["notes"])


def test_planted_prices_give_their_drift():
    """A book in two assets with constant betas: the drift found is that of its weights, within three errors."""
    prices = planted({"A": 0.6, "B": 1.4}, n=2000, noise=0.01, market_sd=0.01)
    found = tt.hedge_policy(
        prices, "100 A, 100 B", Mandate(benchmark="M", target=1.0, band=0.05), method="ols", effort=QUICK,
        stated=Stated(cost_per_beta=10.0),
    )  # fmt: skip
    drift = found.inputs.drift
    book = expose(
        portfolio("100 A, 100 B"),
        given_market({s: prices.values[-1, prices.column(s)] for s in ("A", "B", "M")}),
        given_betas("M", {"A": (0.6, 0.0), "B": (1.4, 0.0)}),
    )
    w = book.positions[0].delta_exposure / book.nav
    sd = (0.01**2 * 2 + (0.8 * 0.01) ** 2) ** 0.5 * 252**0.5
    assert drift.price_vol == pytest.approx(w * (1 - w) * 0.8 * sd, rel=0.2)
    assert drift.beta_variance < 3 * drift.beta_variance_stderr


def test_drift_by_price_is_that_of_full_revaluation():
    """Shares, futures, options, coins and cash: a move of the market alone drifts beta as full revaluation does.

    A quanto and a fund looked through are left out: their cross terms between prices are not in a single gamma.
    """
    folder = PAGE.parents[1] / "examples/mixed"
    _, setting, held, _ = settle(
        str(folder / "prices.csv"), str(folder / "book.csv"), Mandate(benchmark="SPX", target=1.0, band=0.05),
        base="USD", as_of=None, risk_free=None, fx=str(folder / "fx.csv"), contracts=None, hedge=(),
        funds=str(folder / "funds.csv"),
    )  # fmt: skip
    held = replace(held, positions=tuple(p for p in held.positions if p.symbol not in {"ETH-QUANTO", "GLOBAL"}))
    delta, gamma = exposures_by_symbol(expose(held, setting.market, setting.betas))
    betas = np.array([setting.betas[s].value for s in delta])
    m = np.random.default_rng(1).normal(0, 0.01, 504)
    drift = beta_drift(
        np.outer(m, betas), m, delta=list(delta.values()), gamma=[gamma.get(s, 0.0) for s in delta], betas=betas,
        periods_per_year=252, recent=504,
    )  # fmt: skip
    moves = revalue_moves(measure_book(held, setting.market, setting.betas), moves=(-1e-4, 1e-4))
    slope = (moves[1].beta - moves[0].beta) / 2e-4
    assert abs(slope) > 5
    assert drift.price_vol == pytest.approx(abs(slope) * np.sqrt(252 * (m**2).mean()), rel=1e-4)


def test_a_person_sees_table_curve_and_line():
    """Stated inputs: the band, the line for trimtab.toml and a chart with the recommended point."""
    stated = ("--nav", 5e6, "--drift-vol", 0.15, "--market-vol", 0.18, "--cost", 300, "--lot", 0.02, "--ticket", 5)
    code, out, _ = run(*stated, "--bands", "0.03", "--paths", 8, "--gap-half-life", 2, "--full")
    assert code == 0
    for words in ("recommended", "trigger = 0.0", "tracking error", "*", "never", "band 0.03", "goes back"):
        assert words in out


def test_the_curve_is_drawn_as_svg(tmp_path):
    """The chart is one SVG file with a label for each band, and the recommended one drawn in the colour of alarm."""
    path = tmp_path / "curve.svg"
    stated = ("--nav", 5e6, "--drift-vol", 0.15, "--market-vol", 0.18, "--cost", 300, "--paths", 8)
    assert run(*stated, "--chart", path)[0] == 0
    drawn = path.read_text()
    labels = [t for t in parseString(drawn).getElementsByTagName("text") if "± " in t.firstChild.data]  # noqa: S318
    assert len([t for t in labels if t.firstChild.data.startswith("± ")]) == 9
    assert drawn.count('fill="#b3261e"') == 1


def test_one_option_from_the_command_line():
    """--strike answers for one option, as a table and as trimtab.hedge-policy-option/1."""
    terms = ("--strike", 100, "--spot", 100, "--vol", 0.2, "--days", 21, "--cost-rate", 0.005)
    code, out, _ = run(*terms, "--json")
    found = json.loads(out)
    assert code == 0
    assert found["schema"] == "trimtab.hedge-policy-option/1"
    assert set(found) >= {"option", "premium", "points", "best", "leads", "refused", "simulation"}
    code, out, _ = run(*terms, "--bought", "--right", "put")
    assert code == 0
    assert "Bought put" in out
    assert "whalley-wilmott" in out


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--nav", 1e6, "--drift-vol", 0.1), "--market-vol"),
        (("--nav", 1e6, "--drift-vol", 0.1, "--market-vol", 0.2, "--cost", 0), "without one"),
        (("--nav", 1e6, "--drift-vol", 0.1, "--market-vol", 0.2, "--cost", 9, "--bands", "x"), "0.02,0.05"),
        (("--nav", 1e6, "--drift-vol", 0.1, "--market-vol", 0.2, "--cost", 9, "--checks", 0), "252"),
        (("--strike", 100), "--spot"),
        ((*SAMPLE[:8],), "--hedge"),
        ((*SAMPLE, "--nav", 5), "nav (--nav)"),
    ],
)
def test_what_is_missing_is_named(args, words):
    """Missing or impossible inputs are refused with the option that mends them."""
    code, _, error = run(*args)
    assert code in {1, 2}
    assert words in error.try_next + error.expected


def test_nothing_at_all_is_a_usage_error(tmp_path, monkeypatch):
    """Without files, numbers or a workspace there is nothing to ask, and the exit code says usage."""
    monkeypatch.chdir(tmp_path)
    assert run()[0] == 2


def test_too_short_a_history_asks_for_the_drift():
    """A few months of prices cannot show drift: exit code 4, and --drift-vol is named."""
    prices = planted({"A": 0.6}, n=150)
    with pytest.raises(NotEnoughDataError) as error:
        tt.hedge_policy(
            prices, "100 A", Mandate(benchmark="M", target=1.0, band=0.05), method="ols",
            stated=Stated(cost_per_beta=10.0),
        )  # fmt: skip
    assert "--drift-vol" in error.value.try_next


@pytest.mark.parametrize(("months", "enough"), [(400, True), (200, False)])
def test_drift_is_measured_on_monthly_prices_where_they_reach_far_enough(months: int, enough: bool):
    """Ten years hold 120 months; a longer history helps, as the refusal says."""
    rng = np.random.default_rng(1)
    m = rng.normal(0, 0.045, months)
    slopes = {"SPX": (1.0, 0.0), "A": (0.9, 0.05), "B": (1.2, 0.05)}
    columns = {s: 100 * np.cumprod(np.r_[1, 1 + b * m + rng.normal(0, e, months)]) for s, (b, e) in slopes.items()}
    ends = (np.datetime64("2018-12") - months + np.arange(months + 1)).astype("datetime64[D]") - 1
    prices = PriceTable.of(columns, dates=ends, currency="USD")
    mandate = Mandate(benchmark="SPX", target=0.9, band=0.03)
    _, setting, held, _ = settle(
        prices, "100000 A, 100000 B", mandate, base="USD", as_of=None, risk_free=None, fx=None, contracts=None,
        hedge=(), method="ols",
    )  # fmt: skip
    exposure = expose(held, setting.market, setting.betas)
    if enough:
        drift = measure_drift(exposure, setting, "SPX", None)
        assert (drift.block, drift.n_blocks, drift.n_prices) == (42, 8, 60)
    else:
        with pytest.raises(NotEnoughDataError, match="prices at shorter intervals"):
            measure_drift(exposure, setting, "SPX", None)


def test_a_contract_far_too_large_for_the_book_is_refused():
    """A lot of 10 beta beside a drift of .02 a year would be traded once in 60,000 years, and simulated for as long."""
    model = GapModel(cost_per_beta=1.0, gap_vol=0.02, penalty=100.0, market_vol=0.15, lot=10.0)
    with pytest.raises(InputError, match="smaller contract"):
        compare_policies(model, seed=1, checks_per_year=252.0)
