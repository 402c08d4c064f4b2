"""One price history on four calendars and in two currencies: what must not change does not."""

from dataclasses import replace
from functools import cache
from math import sqrt

import pytest
from given import given_betas

from one_history import BETAS, CALENDARS, DAILY_MONEY, OWN_RISK, VOLATILITY, history, holdings
from trimtab import wiring
from trimtab.desk.setting import Setting
from trimtab.desk.ways import OptionTerms, compare_ways
from trimtab.hedge.options_way_chain import StatedVolatility
from trimtab.hedge.reallocate_risk import measure_liquidity, measure_risk
from trimtab.hedge.ways import Ways
from trimtab.hedge.ways_figures import benchmark_volatility
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio
from trimtab.report.documents import dumps
from trimtab.report.ways import ways_document

MANDATE = Mandate(benchmark="SPX", target=0.9, band=0.03)
WINDOWS = {"daily": 252, "weekly": 60, "monthly": 60, "daily-7": 365}
OPTIONS = OptionTerms(volatility=StatedVolatility(vol=0.2), underlying="SPX")
HEDGES = {"ESZ8": 4000.0, "MESZ8": 4000.0, "ESH9": 4000.0, "MESH9": 4000.0}


@cache
def measured(calendar: str, risk_free: object = None, currency: str = "USD", scale: float = 1.0) -> tuple[object, ...]:
    """The moment on one calendar, with the true betas, so that only time can make a difference."""
    families, setting, held, hedges = wiring.settle(
        history(calendar, currency=currency, scale=scale), holdings(cash=2e5, scale=scale, currency=currency), MANDATE,
        base=currency, as_of="2018-11-30", risk_free=risk_free, fx=None, contracts=None, hedge=("ES", "MES"),
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
        stated_prices=HEDGES, options=OPTIONS, mix=False,
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
