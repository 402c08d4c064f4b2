"""What beta misses, as a use case: planted dangers come out on top, and parts equal the numerics called directly."""

from dataclasses import replace

import numpy as np
import pytest
from given import business_days, price_path

import trimtab as tt
from trimtab.desk.ask.fields import HoldingFields
from trimtab.desk.ask.review import set_up
from trimtab.desk.ask.risks import review_risk
from trimtab.errors import InputError
from trimtab.market.prices import PriceTable
from trimtab.risk.concentration import concentration
from trimtab.risk.hidden import Kind
from trimtab.risk.liquidity import ExitBook, exit_table
from trimtab.risk.scaling import variance_ratio

RNG = np.random.default_rng(23)
N = 800
DAYS = business_days(N + 1)
MARKET = RNG.normal(0.0003, 0.01, N)
A = 0.8 * MARKET + RNG.normal(0, 0.004, N)
B = 1.2 * MARKET + RNG.normal(0, 0.004, N)


def table(volume: float | None = None, **returns: np.ndarray) -> PriceTable:
    columns = {name: price_path(r) for name, r in {"M": MARKET, **returns}.items()}
    made = PriceTable.of(columns, dates=DAYS, currency="USD")
    if volume is None:
        return made
    noise = np.random.default_rng(1).lognormal(0, 0.3, made.values.shape)
    return replace(made, volumes=volume * noise)


def reviewed(text: str, prices: PriceTable, **options: object):
    held = tt.portfolio(text)
    setting = set_up(prices, held, benchmark="M", method="ols")
    return review_risk(held, setting, episodes=(), **options), held, setting


def finding(done, kind: Kind):
    return next((h for h in done.findings if h.kind is kind), None)


def test_parts_are_those_of_the_numerics():
    """Concentration and variance ratios equal the functions called on the same exposures and returns."""
    done, held, setting = reviewed("100 A, 50 B, 3000 USD", table(A=A, B=B))
    lines = done.exposure.positions[:2]
    assert done.groups.by_weight == concentration([p.delta_exposure for p in lines], ["A", "B"])
    book = setting.of(held).past
    assert done.horizons.ratios[0] == variance_ratio(np.log1p(book.book), periods=5)


def test_exits_come_from_volumes_and_equal_the_numerics():
    """The exit table is `exit_table` on value, median money traded and volatility; the number traded is planted."""
    done, _, setting = reviewed("10000 A, 3000 USD", table(volume=5000.0, A=A))
    line = done.liquidity.lines[0]
    prices = setting.market.prices
    money = np.median((prices.volumes * prices.values)[-21:, prices.column("A")])
    assert line.daily_value == pytest.approx(money)
    assert line.days == pytest.approx(line.value / (0.2 * money))
    sd = np.std(np.diff(np.log(prices.values[-64:, prices.column("A")])), ddof=1)
    p = done.exposure.positions[0]
    same = exit_table(
        ExitBook(
            value=[p.value], daily_value=[money], volatility=[sd], half_spread=[0.0005], betas=[p.beta],
            nav=done.exposure.nav,
        )
    )  # fmt: skip
    assert done.liquidity.exits == same
    assert {(e.conditions, e.days) for e in same} == {(c, d) for c in ("calm", "stressed") for d in (1, 5, 20)}
    assert finding(done, Kind.EXIT).loss == pytest.approx(same[4].forced_cost_share)


def test_without_volumes_getting_out_is_not_known():
    """No volume is no cheap exit: the finding is missing and a note says why."""
    done, _, _ = reviewed("100 A, 3000 USD", table(A=A))
    assert done.liquidity.exits == ()
    assert finding(done, Kind.EXIT) is None
    assert any("not known" in note for note in done.notes)
    stated, _, _ = reviewed("100 A, 3000 USD", table(A=A), fields={"A": HoldingFields(daily_value=1e5)})
    assert stated.liquidity.lines[0].daily_value == 1e5


def test_one_large_position_comes_out_on_top():
    """A book that is nine tenths one share hides most what that share alone can lose."""
    done, _, _ = reviewed("900 A, 100 B", table(A=A, B=B))
    weight = done.exposure.positions[0].value / done.exposure.nav
    assert done.hidden[0].kind is Kind.CONCENTRATION
    assert done.hidden[0].loss == pytest.approx(weight / 2)
    assert "A is" in done.hidden[0].words


def test_a_book_that_is_the_benchmark_hides_nothing_of_its_own():
    """Holding the benchmark itself leaves no own risk, no single position and no neutral drawdown worth a number."""
    done, _, _ = reviewed("100 M, 3000 USD", table())
    assert done.findings == ()
    assert done.losses.coskewness is None


def test_a_short_book_is_hurt_by_rises():
    """Correlations towards one make a negative beta more negative: the finding speaks of a rise."""
    done, _, _ = reviewed("-100 A, -50 B, 60000 USD", table(A=A, B=B))
    found = finding(done, Kind.CONVERGENCE)
    assert found.loss > 0
    assert found.scenario.startswith("a rise")


def test_the_page_is_fitted_to_the_role():
    """An exit that costs slightly less than one position's scenario comes first only for money that is spent."""
    prices = table(volume=60.0, A=A, B=B)
    plain, _, _ = reviewed("1000 A, 1000 B", prices)
    spending, _, _ = reviewed("1000 A, 1000 B", prices, role="spending")
    order = [[h.kind for h in done.hidden] for done in (plain, spending)]
    assert len(order[0]) == 5
    assert order[0].index(Kind.EXIT) >= order[1].index(Kind.EXIT)
    assert {h.loss for h in plain.findings} == {h.loss for h in spending.findings}
    with pytest.raises(InputError, match="role"):
        reviewed("1000 A", prices, role="saving")


def test_what_was_not_measured_is_a_finding():
    """A position without a price or a beta is a danger with a number, not a silence."""
    done, _, _ = reviewed("100 A, 50 NOPE, 3000 USD", table(A=A))
    found = finding(done, Kind.NOT_MEASURED)
    assert found is not None
    assert "NOPE" in found.words
    assert found.loss > 0


def test_beta_that_rises_in_stress_is_a_finding():
    """A planted beta of 1.8 on large falls and 0.8 otherwise is reported with both numbers."""
    bad = np.quantile(MARKET, 0.1)
    rising = np.where(bad >= MARKET, 1.8, 0.8) * MARKET + RNG.normal(0, 0.002, N)
    done, _, _ = reviewed("100 A, 50 B", table(A=rising, B=B))
    assert finding(done, Kind.REGIME) is not None
    calm, _, _ = reviewed("100 A, 50 B", table(A=A, B=B))
    assert finding(calm, Kind.REGIME) is None or finding(calm, Kind.REGIME).loss < finding(done, Kind.REGIME).loss


def test_stated_fields_give_credit_valuation_and_sizes():
    """Fields lead to their parts with coverage; without fields these parts are missing, not zero."""
    fields = {
        "A": HoldingFields(
            rating="BB", spread_duration=4.0, duration=5.0, price_earnings=20.0, supply=1e8, sector="one"
        )
    }
    done, _, _ = reviewed("100 A, 100 B", table(A=A, B=B), fields=fields)
    share = done.exposure.positions[0].value / sum(p.value for p in done.exposure.positions)
    assert done.credit.average == "BB"
    assert done.credit.rating_coverage == pytest.approx(share)
    assert done.price_earnings.ratio == pytest.approx(20.0)
    assert done.price_earnings.coverage == pytest.approx(share)
    assert [b.n_positions for b in done.sizes] == [1, 1]
    assert done.groups.by_sector.names == ("A", "B") or "not stated" in done.groups.by_sector.names
    assert finding(done, Kind.RATES).loss == pytest.approx(share * (5 * 0.01 + 4 * 0.02), rel=1e-6)
    bare, _, _ = reviewed("100 A, 100 B", table(A=A, B=B))
    assert (bare.credit, bare.price_earnings, bare.sizes, finding(bare, Kind.RATES)) == (None, None, (), None)


def test_target_volatility_is_given_both_ways():
    """Half the volatility takes half the book by one rule and a quarter by the other."""
    _, held, setting = reviewed("100 A, 100 B", table(A=A, B=B))
    book = setting.of(held).past
    actual = float(np.std(book.book[-252:], ddof=1)) * 252**0.5
    halved, _, _ = reviewed("100 A, 100 B", table(A=A, B=B), target_volatility=actual / 2)
    assert halved.scaled.by_volatility == pytest.approx(0.5)
    assert halved.scaled.by_variance == pytest.approx(0.25)


def test_downside_betas_name_their_definitions():
    """Four definitions stand side by side; the slope below zero is a regression on the benchmark's falls."""
    done, held, setting = reviewed("100 A, 50 B", table(A=A, B=B))
    book = setting.of(held).past
    found = {line.definition: line.beta for line in done.downside}
    assert list(found) == ["ang-chen-xing", "below-zero", "bawa-lindenberg", "estrada"]
    falls = book.market < 0
    assert found["below-zero"] == pytest.approx(np.polyfit(book.market[falls], book.book[falls], 1)[0], rel=1e-9)


def test_flow_indicators_carry_their_false_alarms():
    """With volumes each share has a record whose false alarms can be held against the base rate."""
    done, _, _ = reviewed("100 A, 100 B", table(volume=5000.0, A=A, B=B))
    assert [f.asset for f in done.flows] == ["A", "B"]
    assert all(0 <= f.record.base_rate <= 1 and f.record.false_alarms <= f.record.n_alarms for f in done.flows)


def test_foreign_shares_carry_their_currency_s_part_of_risk():
    """A foreign share whose own price stands still has all its variance from the exchange rate, cash or none held."""
    rate = 1.1 * price_path(RNG.normal(0, 0.006, N), start=1.0)
    still = PriceTable.of({"M": price_path(MARKET), "E": np.full(N + 1, 50.0)}, dates=DAYS)
    still = replace(still, currencies=("USD", "EUR"))
    import polars as pl

    from trimtab.feeds.series.rates import read_fx

    fx = read_fx(pl.DataFrame({"date": DAYS.astype(str), "EURUSD": rate}))
    held = tt.read_portfolio(
        pl.DataFrame({"symbol": ["E", "USD"], "quantity": [100, 1000], "currency": ["EUR", "USD"]})
    )
    setting = set_up(still, held, benchmark="M", method="ols", fx=fx)
    done = review_risk(held, setting, episodes=())
    assert done.currency.currencies == ("EUR",)
    assert done.currency.total_share == pytest.approx(1.0, abs=1e-9)
    assert finding(done, Kind.CURRENCY).loss == pytest.approx(
        0.1 * done.exposure.positions[0].value / done.exposure.nav
    )
