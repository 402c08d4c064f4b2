"""One price history on four calendars and in two currencies: what must not change does not."""

import io
from dataclasses import replace
from functools import cache
from math import sqrt

import numpy as np
import polars as pl
import pytest
from given import given_betas, settle
from rich.console import Console

import trimtab as tt
from one_history import BETAS, CALENDARS, DAILY_MONEY, OWN_RISK, VOLATILITY, history, holdings
from trimtab.desk.ask.drift_ahead import look_ahead
from trimtab.desk.ask.hedging.policy_inputs import Stated, measure_inputs
from trimtab.desk.ask.hedging.rule import measure_drift
from trimtab.desk.ask.learn import review_performance
from trimtab.desk.ask.risk_parts import Risk
from trimtab.desk.ask.risks import review_risk
from trimtab.desk.ask.stress.run import run_stress
from trimtab.desk.ask.targets import TargetKind, TargetRule, set_target
from trimtab.desk.ask.ways import OptionTerms, compare_ways
from trimtab.desk.moment.setting import Setting
from trimtab.desk.questions.plan import WaysQuestion
from trimtab.errors import InputError, NotEnoughDataError
from trimtab.exposure.expose import expose
from trimtab.hedge.options.chain import StatedVolatility
from trimtab.hedge.reallocate.risk import measure_liquidity, measure_risk
from trimtab.hedge.ways.figures import benchmark_volatility
from trimtab.hedge.ways.records import Assumptions, Ways
from trimtab.hedge.ways.targets import VolatilityRule
from trimtab.market.facts import facts_at
from trimtab.market.prices import absence
from trimtab.market.snapshot import market_at
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio
from trimtab.report.documents.ways import ways_document
from trimtab.report.shape.write import dumps
from trimtab.report.tables.risk import show_risk

MANDATE = Mandate(benchmark="SPX", target=0.9, band=0.03)
WINDOWS = {"daily": 252, "weekly": 60, "monthly": 60, "daily-7": 365}
OPTIONS = OptionTerms(volatility=StatedVolatility(vol=0.2), underlying="SPX")
HEDGES = {"ESZ8": 4000.0, "MESZ8": 4000.0, "ESH9": 4000.0, "MESH9": 4000.0}


@cache
def measured(calendar: str, risk_free: object = None) -> tuple[object, ...]:
    """The moment on one calendar, with the true betas, so that only time can make a difference."""
    families, setting, held, hedges = settle(
        history(calendar), holdings(cash=2e5), MANDATE, base="USD", as_of="2018-11-30", risk_free=risk_free,
        fx=None, contracts=None, hedge=("ES", "MES"),
        method="ols",
    )  # fmt: skip
    true = given_betas("SPX", {**{n: (b, 0.02) for n, b in BETAS.items()}, "SPX": (1.0, 0.0)})
    return families, replace(setting, betas=true), held, hedges


def moment(calendar: str, **how: object) -> tuple[Setting, Portfolio]:
    """The moment and the book."""
    _, setting, held, _ = measured(calendar, **how)
    return setting, held


@cache
def ways(calendar: str, risk_free: object = None) -> Ways:
    """Every way on one calendar."""
    families, setting, held, hedges = measured(calendar, risk_free)
    return compare_ways(
        held, MANDATE, setting, ways=("futures", "reallocate", "protective_put"), hedges=hedges, contracts=families,
        stated_prices=HEDGES, options=OPTIONS, mix=False, assumptions=Assumptions(gap_vol=0.1),
    )  # fmt: skip


def sampling(n: int, errors: float = 3.0) -> float:
    """Relative error that a standard deviation of n returns may have."""
    return errors / sqrt(2.0 * n)


@pytest.mark.parametrize("calendar", CALENDARS)
def test_a_volatility_is_that_of_a_year_on_every_calendar(calendar: str) -> None:
    """Within sampling error of the truth, where 252 a year made 34% of weekly prices and 71% of monthly ones."""
    setting, _ = moment(calendar)
    frequency = setting.facts.frequency
    assert frequency.name == calendar
    window = frequency.rows(252, least=60)
    assert window == WINDOWS[calendar]
    found = benchmark_volatility(setting.converted, "SPX", window=window, per_year=frequency.periods_per_year)
    assert found == pytest.approx(VOLATILITY, rel=sampling(window))


@pytest.mark.parametrize("calendar", ["weekly", "daily-7"])
def test_the_drift_of_weights_is_that_of_a_year_on_every_calendar(calendar: str) -> None:
    """What moving weights do to beta in a year; the part of the betas is noise here, for they never move."""

    def weights(name: str) -> float:
        setting, held = moment(name)
        drift = measure_drift(expose(held, setting.market, setting.betas), setting, "SPX")
        return next(p.vol for p in drift.parts if p.cause == "weights")

    assert weights(calendar) == pytest.approx(weights("daily"), rel=sampling(WINDOWS[calendar]) + sampling(252))


@pytest.mark.parametrize("calendar", CALENDARS)
def test_risk_and_impact_are_those_of_a_year_and_of_a_day(calendar: str) -> None:
    """Loadings a year, the volatility of a day that an order meets, and the money of a day."""
    setting, _ = moment(calendar)
    model = measure_risk(setting.market, "SPX", tuple(BETAS), n_factors=1)
    rows = max(84, WINDOWS[calendar])
    for beta, own, loading in zip(BETAS.values(), model.own_variance, model.loadings[:, 0], strict=True):
        assert sqrt(own) == pytest.approx(OWN_RISK, rel=sampling(rows))
        # The slope of the loading has an error of its own.
        assert loading == pytest.approx(beta * VOLATILITY, abs=3.5 * OWN_RISK / sqrt(rows) + beta * 0.03)
    year = 365.0 if calendar == "daily-7" else 252.0
    for line, beta in zip(
        measure_liquidity(setting.market, "SPX", tuple(BETAS), dict.fromkeys(BETAS, 1.0)), BETAS.values(), strict=True
    ):
        day = sqrt((beta * VOLATILITY) ** 2 + OWN_RISK**2) / sqrt(year)
        assert line.volatility == pytest.approx(day, rel=sampling(rows))
        # 52 weeks of five days are 260 days of 252, and a month has 21.7 of 21.
        assert line.daily_value == pytest.approx(DAILY_MONEY, rel=0.1)


@pytest.mark.parametrize("calendar", CALENDARS)
def test_ways_say_the_same_on_every_calendar(calendar: str) -> None:
    """Orders, costs, margin and carry are equal; what is measured from the past is equal within sampling error."""
    daily, found = ways("daily"), ways(calendar)
    assert (found.assumptions.window, found.assumptions.per_year) == (
        WINDOWS[calendar], measured(calendar)[1].facts.frequency.periods_per_year,
    )  # fmt: skip
    for name in ("futures", "protective_put"):
        one, other = found.way(name), daily.way(name)
        assert (one.tickets, one.year, one.margin, one.now) == (other.tickets, other.year, other.margin, other.now)
    near = sampling(WINDOWS[calendar]) + sampling(252)
    assert found.nothing.benefit_per_year == pytest.approx(daily.nothing.benefit_per_year, rel=2.2 * near)
    assert found.nothing.band.edge == pytest.approx(daily.nothing.band.edge, rel=0.8 * near)
    one, other = found.way("reallocate"), daily.way("reallocate")
    assert one.after.beta.value == pytest.approx(other.after.beta.value, abs=2e-3)
    assert one.risks.tracking_error == pytest.approx(other.risks.tracking_error, rel=0.5)
    week = sqrt(365.0 / 252.0) if calendar == "daily-7" else 1.0
    assert one.now.impact * week == pytest.approx(other.now.impact, rel=0.25)


def test_the_rate_of_the_question_reaches_every_way() -> None:
    """Carry is counted at the rate and options are priced at it; without one, an assumed rate says that it is one."""
    silent, asked = ways("daily"), ways("daily", 0.05)
    assert (silent.assumptions.rate, asked.assumptions.rate) == (0.03, 0.05)
    assert any(n.startswith("rate of USD assumed: 3.0%") for n in silent.notes)
    assert not any("rate of USD" in n for n in asked.notes)
    for found, rate in ((silent, 0.03), (asked, 0.05)):
        (figures, *_) = found.way("futures").futures
        assert figures.carry_per_year == pytest.approx(figures.notional * (rate - 0.015), rel=1e-12)
        sold = found.way("reallocate")
        assert sold.year.carry == pytest.approx(-sold.year.dividends / 0.015 * rate, rel=1e-9)
    # A put is worth less at a higher rate.
    premiums = [w.way("protective_put").plans[0].orders[0].mark for w in (silent, asked)]
    strikes = [w.way("protective_put").plans[0].orders[0].option.strike for w in (silent, asked)]
    assert strikes[0] == strikes[1]
    assert premiums[1] < premiums[0]
    assert '"assumed": true' in dumps(ways_document(silent))


def test_a_rate_of_another_currency_is_not_taken() -> None:
    """A future in euro is carried at the euro's rate, and a yield that the holdings state goes before the assumed."""
    setting, _ = moment("daily", risk_free="USD=0.05,EUR=0.02")
    assert setting.facts.rate("EUR") == 0.02
    assert setting.facts.rate("JPY") is None
    assert setting.risk_free.annual.tolist() == [0.05]


@cache
def risk(calendar: str) -> Risk:
    """What beta misses, on one calendar."""
    setting, held = moment(calendar)
    return review_risk(held, setting, target_volatility=0.1)


@pytest.mark.parametrize("calendar", CALENDARS)
def test_risk_speaks_of_a_year_of_a_named_period_and_of_days(calendar: str) -> None:
    """Volatility is a year's; losses are of the named period; the way out is counted in days."""
    daily, found = risk("daily"), risk(calendar)
    window = WINDOWS[calendar]
    assert found.frequency.name == calendar
    assert found.year == window
    near = sampling(window) + sampling(252)
    assert found.scaled.actual == pytest.approx(daily.scaled.actual, rel=near)
    # A loss of one period grows with the square root of its share of the year.
    share = found.frequency.periods_per_year / 252.0
    assert found.losses.normal.total * sqrt(share) == pytest.approx(daily.losses.normal.total, rel=near)
    days = {line.asset: line.days for line in daily.liquidity.lines}
    for line in found.liquidity.lines:
        assert line.days == pytest.approx(days[line.asset], rel=0.1)
    week = sqrt(365.0 / 252.0) if calendar == "daily-7" else 1.0
    for one, other in zip(found.liquidity.exits, daily.liquidity.exits, strict=True):
        assert (one.days, one.conditions) == (other.days, other.conditions)
        assert one.forced_cost * week == pytest.approx(other.forced_cost, rel=0.35)
    for one, other in zip(found.exit_frontier.paths, daily.exit_frontier.paths, strict=True):
        assert one.sd * week == pytest.approx(other.sd, rel=1.5 * near)
    assert (found.flows != ()) == (calendar in {"daily", "daily-7"})


@pytest.mark.parametrize("calendar", CALENDARS)
def test_stress_and_findings_look_at_the_same_time(calendar: str) -> None:
    """Correlations are those of two years, and the worst months those of a month."""
    setting, held = moment(calendar)
    done = run_stress(held, setting)
    assert done.window == {"daily": 504, "weekly": 120, "monthly": 120, "daily-7": 730}[calendar]
    assert [line.profit for line in done.shocks] == pytest.approx(
        [line.profit for line in run_stress(*reversed(moment("daily"))).shocks], rel=1e-12
    )


@pytest.mark.parametrize("calendar", CALENDARS)
def test_how_often_to_hedge_does_not_hang_on_the_calendar(calendar: str) -> None:
    """Volatility, cost and lot are the same; months are too few for a drift of betas, and say so."""
    families, setting, held, hedges = measured(calendar)
    how = {
        "hedges": hedges, "contracts": families, "risk_aversion": 3.0, "stated_prices": HEDGES,
    }  # fmt: skip
    stated = measure_inputs(held, MANDATE, setting, stated=Stated(drift_vol=0.1), **how)
    assert stated.model.market_vol == pytest.approx(VOLATILITY, rel=sampling(WINDOWS[calendar]))
    assert stated.days_per_year == (365.0 if calendar == "daily-7" else 252.0)
    band = measure_inputs(*policy("daily"), stated=Stated(drift_vol=0.1, market_vol=0.157), **how).terms
    assert measure_inputs(held, MANDATE, setting, stated=Stated(drift_vol=0.1, market_vol=0.157), **how).terms == band
    if calendar == "monthly":
        with pytest.raises(NotEnoughDataError, match="drift-vol"):
            measure_inputs(held, MANDATE, setting, **how)
        return
    drift = measure_inputs(held, MANDATE, setting, **how).drift
    daily = measure_inputs(*policy("daily"), **how).drift
    assert drift.price_vol == pytest.approx(daily.price_vol, rel=sampling(WINDOWS[calendar]) + sampling(252))
    # The betas are constant: nothing beyond noise, whatever the calendar.
    assert drift.beta_variance < 3.0 * drift.beta_variance_stderr


def policy(calendar: str) -> tuple[Portfolio, Mandate, Setting]:
    """What is measured for a policy."""
    setting, held = moment(calendar)
    return held, MANDATE, setting


@pytest.mark.parametrize("calendar", CALENDARS)
def test_where_beta_is_going_is_counted_in_trading_days(calendar: str) -> None:
    """Volatilities of a trading day, of which a year has 252 on any calendar."""
    setting, held = moment(calendar)
    found = look_ahead(held, MANDATE, setting, method="ols", paths=200).risk
    rows = {"daily": 63, "weekly": 26, "monthly": 26, "daily-7": 91}[calendar]
    assert found.benchmark == pytest.approx(VOLATILITY / sqrt(252), rel=sampling(rows))
    for own in (v for name, v in found.residual.items() if name != "SPX"):
        assert own == pytest.approx(OWN_RISK / sqrt(252), rel=sampling(rows))
    assert found.estimates > 0.0


@pytest.mark.parametrize("calendar", CALENDARS)
def test_performance_is_that_of_a_year(calendar: str) -> None:
    """Alpha, volatility and tracking error a year agree with the truth, and with themselves."""
    done = review_performance(history(calendar), portfolio="C", benchmark="SPX", method="ols")
    n = done.n_obs
    assert done.calendar == calendar
    assert done.alpha.beta.value == pytest.approx(BETAS["C"], abs=3.5 * OWN_RISK / VOLATILITY / sqrt(n))
    tracking = sqrt((0.3 * VOLATILITY) ** 2 + OWN_RISK**2)
    # A weekday holds 1.4 days of 365 on average, so that 252 of them are a little less than a year.
    assert done.relative[0].tracking_error == pytest.approx(tracking, rel=sampling(n) + 0.02)


def test_a_slow_book_beside_a_daily_benchmark_is_annualised_by_its_own_periods() -> None:
    """A value once a week makes 52 returns a year, however often the benchmark is priced."""
    daily, weekly = history("daily"), history("weekly")
    slow = daily.values.copy()
    column = daily.column("C")
    slow[~np.isin(daily.dates, weekly.dates), column] = np.nan
    mixed = replace(daily, values=slow, why=absence(slow), volumes=None)
    done = review_performance(mixed, portfolio="C", benchmark="SPX", method="ols")
    alone = review_performance(weekly, portfolio="C", benchmark="SPX", method="ols")
    assert (done.calendar, done.periods_per_year, done.n_obs) == ("weekly", 52.0, alone.n_obs)
    assert done.alpha.arithmetic.value == pytest.approx(alone.alpha.arithmetic.value, rel=1e-9)


@pytest.mark.parametrize("calendar", CALENDARS)
def test_a_target_volatility_is_met_on_every_calendar(calendar: str) -> None:
    """The beta that a volatility asks for agrees within sampling error."""
    setting, held = moment(calendar)
    rule = TargetRule(kind=TargetKind.VOLATILITY, value=0.12, rule=VolatilityRule.VOLATILITY)
    wanted, _ = set_target(MANDATE, rule, held, setting)
    true = sum(BETAS.values()) / len(BETAS)
    weights = 6.0 / 6.2
    volatility = weights * sqrt((true * VOLATILITY) ** 2 + OWN_RISK**2 / len(BETAS))
    assert wanted.target == pytest.approx(weights * true * 0.12 / volatility, rel=sampling(WINDOWS[calendar]))


def test_yields_that_holdings_state_are_facts_of_the_moment() -> None:
    """A share's own yield is what it gives up when it is sold; the others have the assumed one, and that is said."""
    book = holdings(cash=2e5).with_columns(dividend_yield=pl.Series([0.04, *[None] * 6], dtype=pl.Float64))
    families, setting, held, hedges = settle(
        history("weekly"), book, MANDATE, base="USD", as_of="2018-11-30", risk_free=0.02, fx=None, contracts=None,
        hedge=("ES",), method="ols",
    )  # fmt: skip
    assert dict(setting.facts.yields) == {"A": 0.04}
    lower = replace(MANDATE, target=0.5)
    found = compare_ways(held, lower, setting, ways=("reallocate",), hedges=hedges, contracts=families, mix=False).way(
        "reallocate"
    )
    sold = {o.asset: o.notional for o in found.tickets}
    expected = sum(abs(money) * (0.04 if name == "A" else 0.015) for name, money in sold.items())
    assert found.year.dividends == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("calendar", CALENDARS)
def test_facts_see_no_future(calendar: str) -> None:
    """Prices after the day change nothing of what the moment says."""
    table = history(calendar)
    for day in ("2012-06-29", "2016-01-29"):
        whole = facts_at(market_at(table, base="USD", as_of=day), "SPX")
        assert facts_at(market_at(table.until(day), base="USD", as_of=day), "SPX") == whole


def test_a_stated_yield_goes_before_all_others() -> None:
    """What the question states of the index is what its futures carry, and no note calls it assumed."""
    found = tt.compare_ways(
        history("weekly"), holdings(cash=2e5), MANDATE, ways="futures", hedge="ES", hedge_prices=HEDGES, method="ols",
        risk_free=0.05, yields={"SPX": 0.02}, as_of="2018-11-30",
    )  # fmt: skip
    (figures,) = found.way("futures").futures
    assert figures.carry_per_year == pytest.approx(figures.notional * 0.03, rel=1e-12)
    assert not any("assumed" in note or "yield" in note for note in found.notes)
    assert ways_document(found).year.yields == {"SPX": 0.02}


@pytest.mark.parametrize("texts", [["SPX"], ["SPX=1.5"], ["SPX=0.01", "SPX=0.02"], ["=0.01"], ["SPX=-0.01"]])
def test_bad_yields_are_refused(texts: list[str]) -> None:
    """A yield in percent, twice, below zero, or of nothing."""
    with pytest.raises(InputError, match="SYMBOL=number"):
        WaysQuestion(yields=tuple(texts))


@pytest.mark.long
@pytest.mark.parametrize("calendar", CALENDARS)
def test_volatilities_of_many_histories_have_the_spread_that_sampling_gives(calendar: str) -> None:
    """Over forty histories the mean is the truth, and the spread is 1 / sqrt(2 n): no calendar is scaled wrongly."""
    window = WINDOWS[calendar]
    found = []
    for seed in range(40):
        table = history.__wrapped__(calendar, seed)
        facts = facts_at(market_at(table, base="USD"), "SPX")
        per_year = facts.frequency.periods_per_year
        found.append(benchmark_volatility(table, "SPX", window=window, per_year=per_year) / VOLATILITY)
    # The last year of weekdays may hold a little more or less than 252 of them: two in a hundred.
    assert np.mean(found) == pytest.approx(1.0, abs=3.5 * sampling(window, 1.0) / sqrt(40) + 0.02)
    assert np.std(found, ddof=1) == pytest.approx(sampling(window, 1.0), rel=0.45)


@pytest.mark.parametrize(("calendar", "word"), [("daily", "day"), ("weekly", "week"), ("monthly", "month")])
def test_a_page_names_the_period_that_it_speaks_of(calendar: str, word: str) -> None:
    """Losses, falls and the worst periods are those of a day, a week or a month, in words."""
    console = Console(width=140, record=True, file=io.StringIO())
    show_risk(risk(calendar), console)
    page = console.export_text()
    assert f"What a {word} can cost" in page
    assert f"99%, one {word}, covariance of the last {WINDOWS[calendar]} periods" in page
    assert f"slope on {word}s on which the benchmark fell" in page
    assert ("flow indicators, which need daily volumes" in " ".join(page.split())) == (word != "day")
    assert risk(calendar).stress.regimes[0].name == f"worst tenth of {word}s"


def test_weekend_rows_of_others_change_no_risk() -> None:
    """Beside a market that never rests shares keep their Mondays: risk and liquidity are those of weekdays."""
    weekdays, days = history("daily"), history("daily-7")
    rests = ~np.isin(days.dates, weekdays.dates)
    values = np.where(rests[:, None], np.nan, days.values)
    volumes = np.full(values.shape, np.nan)
    volumes[~rests] = weekdays.volumes
    mixed = replace(days, values=values, why=absence(values), volumes=volumes)
    both = [market_at(table, base="USD") for table in (weekdays, mixed)]
    one, other = (measure_risk(market, "SPX", tuple(BETAS)) for market in both)
    assert np.array_equal(one.loadings, other.loadings)
    assert np.array_equal(one.own_variance, other.own_variance)
    rates = dict.fromkeys(BETAS, 1.0)
    vols = [[q.volatility for q in measure_liquidity(m, "SPX", tuple(BETAS), rates)] for m in both]
    assert vols[0] == vols[1]
    money = [[q.daily_value for q in measure_liquidity(m, "SPX", tuple(BETAS), rates)] for m in both]
    assert money[0] == pytest.approx(money[1], rel=0.05)
