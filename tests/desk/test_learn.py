"""Performance as a use case: the numerics' own numbers on paired returns, and verdicts on hedges that were planted."""

from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from given import business_days, price_path
from hypothesis import given, settings
from hypothesis import strategies as st

import trimtab as tt
from trimtab.desk.ask.learn import review_performance
from trimtab.desk.ask.learned import BookHeld, HedgeHeld, HedgeRecord, HedgeTerms, Trials, WeightHistory
from trimtab.errors import InputError, NotEnoughDataError
from trimtab.feeds.records import read_hedge, read_trades, read_weights
from trimtab.feeds.series.prices import read_prices
from trimtab.feeds.series.returns import read_returns
from trimtab.market.prices import PriceTable
from trimtab.market.rates.risk_free import RiskFree
from trimtab.performance.alpha import jensen_alpha
from trimtab.performance.ratios import sharpe_ratio

DAYS = business_days(601)
RNG = np.random.default_rng(5)
MARKET = RNG.normal(0.0004, 0.01, 600)
OWN = RNG.normal(0.0, 0.003, 600)


def table(**returns: np.ndarray) -> PriceTable:
    columns = {name: price_path(r) for name, r in {"M": MARKET, **returns}.items()}
    return PriceTable.of(columns, dates=DAYS, currency="USD")


def test_numbers_are_those_of_the_numerics():
    """The use case adds nothing to the figures: alpha and Sharpe equal the functions called on the same returns."""
    r = 0.0003 + 1.2 * MARKET + OWN
    done = review_performance(table(NAV=r), portfolio="NAV", benchmark="M", risk_free=RiskFree.constant(0.0))
    paths = price_path(r), price_path(MARKET)
    own, market = (p[1:] / p[:-1] - 1 for p in paths)
    assert done.alpha == jensen_alpha(own, market, periods_per_year=252)
    assert done.sharpe == sharpe_ratio(own, periods_per_year=252)
    assert done.alpha.per_period.covers(0.0003)
    assert done.alpha.beta.covers(1.2)


def test_risk_free_interest_comes_off_both_sides():
    """A book of half benchmark and half cash has no alpha once the interest is taken off, and one before."""
    interest = 0.05 * np.diff(DAYS.astype("datetime64[D]").astype(int)) / 365
    r = 0.5 * MARKET + 0.5 * interest
    with_rate = review_performance(table(NAV=r), portfolio="NAV", benchmark="M", risk_free=RiskFree.constant(0.05))
    without = review_performance(table(NAV=r), portfolio="NAV", benchmark="M")
    assert abs(with_rate.alpha.arithmetic.value) < 1e-9
    assert without.alpha.arithmetic.value == pytest.approx(0.025, rel=0.05)


def test_the_neutral_part_uses_betas_known_before():
    """Returns after a date leave the neutral part up to that date as it was."""
    r = 1.2 * MARKET + OWN
    whole = review_performance(table(NAV=r), portfolio="NAV", benchmark="M", method="ols")
    half = review_performance(table(NAV=r).until(str(DAYS[400])), portfolio="NAV", benchmark="M", method="ols")
    assert np.array_equal(whole.neutral[:400], half.neutral, equal_nan=True)
    assert np.isfinite(whole.neutral).sum() > 300


def test_a_hedge_is_taken_out_of_the_nav_and_judged():
    """A NAV that had a hedge of -0.8 in it: the unhedged beta is found, and the book's wrong forecast is named."""
    book = 1.2 * MARKET + OWN
    record = HedgeRecord(dates=DAYS[:1], held=np.array([-0.8]), cost=np.array([0.0]))
    prices = table(NAV=book - 0.8 * MARKET)
    terms = HedgeTerms(instrument="M", book_beta=0.8)
    done = review_performance(prices, portfolio="NAV", benchmark="M", hedge=HedgeHeld(record=record, terms=terms))
    assert done.hedge.status == "missed"
    assert done.hedge.failed == ("book beta",)
    assert done.hedge.unhedged_beta.value == pytest.approx(1.2, abs=0.03)
    assert done.hedge.beta.value == pytest.approx(done.alpha.beta.value, abs=1e-12)
    right = HedgeTerms(instrument="M", book_beta=1.2, target=0.4)
    assert (
        review_performance(
            prices, portfolio="NAV", benchmark="M", hedge=HedgeHeld(record=record, terms=right)
        ).hedge.status
        == "met"
    )


def test_costs_of_a_hedge_fall_into_the_period_in_which_they_were_paid():
    """Costs dated within the record add up to the review's yearly cost."""
    cost = np.full(600, 0.00002)
    record = HedgeRecord(dates=DAYS[:-1], held=np.full(600, -0.5), cost=cost)
    nav = MARKET - 0.5 * MARKET + OWN - 0.00002
    done = review_performance(
        table(NAV=nav),
        portfolio="NAV",
        benchmark="M",
        hedge=HedgeHeld(record=record, terms=HedgeTerms(instrument="M", book_beta=1.0)),
    )
    assert done.hedge.yearly_cost == pytest.approx(252 * 0.00002, rel=0.01)


def hedged_with(roll: np.ndarray, funding: np.ndarray, cost: np.ndarray):
    """A book of one share with a hedge of -0.5 in the benchmark that rolls, is funded and costs as given."""
    a = 1.3 * MARKET + OWN
    nav = a - 0.5 * MARKET + roll + funding - cost
    prices = table(NAV=nav, A=a)
    record = HedgeRecord(
        dates=DAYS, held=np.full(601, -0.5), cost=np.concatenate([[0.0], cost]), roll=np.concatenate([[0.0], roll]),
        funding=np.concatenate([[0.0], funding]),
    )  # fmt: skip
    weights = WeightHistory(dates=DAYS[:-1], symbols=("A",), weights=np.ones((600, 1)))
    return review_performance(
        prices, portfolio="NAV", benchmark="M", book_held=BookHeld(weights=weights), method="ols",
        hedge=HedgeHeld(
            record=record, terms=HedgeTerms(instrument="M", book_beta=1.3, target=0.8, yearly_cost=0.02)
        ),
    )  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), scale=st.floats(1e-6, 3e-3))
def test_roll_and_funding_stand_apart_and_all_adds_up(seed, scale):
    """Whatever was rolled, funded and paid: parts add up to 1e-12, each stands in its own column, nothing in basis."""
    rng = np.random.default_rng(seed)
    roll, funding = rng.normal(0, scale, (2, 600))
    roll[rng.random(600) < 0.9] = 0.0
    cost = np.abs(rng.normal(0, scale, 600))
    done = hedged_with(roll, funding, cost)
    parts = done.attributed.parts
    n = len(parts.total)
    assert np.abs(sum(parts.components().values()) - parts.total).max() < 1e-12
    assert parts.roll == pytest.approx(roll[-n:], abs=1e-15)
    assert parts.funding == pytest.approx(funding[-n:], abs=1e-15)
    assert parts.cost == pytest.approx(-cost[-n:], abs=1e-15)
    moved = -0.5 * MARKET[-n:]
    assert parts.beta_hedged + parts.basis == pytest.approx(moved, abs=1e-12)
    assert np.abs(parts.residual).max() < 1e-12
    assert sum(done.attributed.linked.values()) == pytest.approx(np.prod(1 + parts.total) - 1, abs=1e-12)


def test_the_hedge_review_counts_roll_and_funding():
    """The unhedged book is found without them, a year of each is stated, and the budget is compared with their sum."""
    roll, funding, cost = np.full(600, -0.0001), np.full(600, 0.00004), np.full(600, 0.00002)
    hedge = hedged_with(roll, funding, cost).hedge
    assert hedge.unhedged_beta.value == pytest.approx(1.3, abs=0.03)
    found = (hedge.yearly_roll, hedge.yearly_funding, hedge.yearly_cost)
    assert found == pytest.approx((-0.0252, 0.01008, 0.00504), rel=1e-6)
    paid = 0.00504 + 0.0252 - 0.01008
    assert hedge.cost_per_volatility == pytest.approx(paid / (hedge.unhedged_volatility - hedge.volatility), rel=1e-6)
    (budget,) = [a for a in hedge.assumptions if a.name == "cost"]
    assert budget.realised == pytest.approx(paid, rel=1e-6)


def test_a_record_with_gaps_in_roll_is_refused():
    """Roll and funding are stated on every row or on none."""
    with pytest.raises(InputError, match="roll on every row"):
        HedgeRecord(dates=DAYS[:2], held=np.zeros(2), cost=np.zeros(2), roll=np.array([0.0, np.nan]))


def test_the_hedge_file_may_have_roll_and_funding():
    """Optional columns are read with their sign; without them there is none."""
    frame = pl.DataFrame({"date": ["2024-01-02", "2024-01-03"], "held": ["-1", "-1"], "roll": ["-0.001", ""],
                          "funding": ["0.0002", "0.0001"]})  # fmt: skip
    record = read_hedge(frame)
    assert record.roll.tolist() == [-0.001, 0.0]
    assert record.funding.tolist() == [0.0002, 0.0001]
    assert read_hedge(frame.select("date", "held")).funding.tolist() == [0.0, 0.0]


def test_attribution_adds_up_and_finds_selection():
    """Parts add up to the NAV's return in each period, and an asset's planted alpha stands under selection."""
    a = 1.3 * MARKET + 0.001 + OWN
    b = 0.7 * MARKET + OWN[::-1]
    history = WeightHistory(dates=DAYS[300:301], symbols=("A", "B"), weights=np.array([[0.5, 0.5]]))
    w = np.array([0.5, 0.5])
    nav = [0.0] * 600
    for t in range(300, 600):
        nav[t] = float(w @ [a[t], b[t]])
        w = w * (1 + np.array([a[t], b[t]])) / (1 + nav[t])
    done = review_performance(
        table(NAV=np.array(nav), A=a, B=b),
        portfolio="NAV",
        benchmark="M",
        book_held=BookHeld(weights=history),
        method="ols",
    ).attributed
    parts = done.parts
    assert np.abs(sum(parts.components().values()) - parts.total).max() < 1e-12
    assert sum(done.linked.values()) == pytest.approx(np.prod(1 + np.array(nav)) - 1, abs=1e-12)
    # Weights that drift by the book's own returns leave nothing unexplained.
    assert np.abs(parts.residual).max() < 1e-12
    assert done.by_asset[0][0] == "A"
    assert dict(done.by_asset)["A"] > 0.1


def test_cost_basis_is_given_by_every_method_and_agrees_in_sum(tmp_path):
    """Realised and unrealised together are the same by every method; specific lots only where they are named."""
    rows = "date,symbol,quantity,price,fee,name,lots\n"
    rows += "2015-01-05,A,100,10,1,x,\n2015-02-05,A,100,14,1,y,\n2015-03-05,A,-100,15,1,,y:60;x:40\n"
    (tmp_path / "trades.csv").write_text(rows)
    done = review_performance(
        table(NAV=MARKET + OWN, A=OWN),
        portfolio="NAV",
        benchmark="M",
        book_held=BookHeld(trades=read_trades(tmp_path / "trades.csv")),
    )
    (line,) = done.basis
    assert [r.method for r in line.results] == ["average", "fifo", "lifo", "hifo", "specific"]
    assert len({r.realised + r.unrealised(line.price) for r in line.results}) == 1
    assert line.results[-1].realised == Decimal(1499) - (Decimal(1401) * 60 / 100 + Decimal(1001) * 40 / 100)


def test_more_trials_make_a_ratio_less_believable():
    """The deflated ratio falls below the probabilistic one as soon as there were several trials."""
    prices = table(NAV=0.0005 + MARKET + OWN)
    one = review_performance(prices, portfolio="NAV", benchmark="M")
    many = review_performance(prices, portfolio="NAV", benchmark="M", trials=Trials(count=50))
    assert one.deflated_sharpe is None
    assert many.deflated_sharpe < many.probabilistic_sharpe == one.probabilistic_sharpe


def test_returns_read_as_an_index_give_the_returns_back():
    """A file of returns leads to the same paired returns as the prices it came from; a gap stays a gap."""
    r = 0.0002 + 0.9 * MARKET + OWN
    shown = [None if i == 100 else float(x) for i, x in enumerate(r)]
    frame = pl.DataFrame({"date": DAYS[1:].astype(str), "FUND": shown})
    joined = read_prices([read_returns(frame), table()])
    done = review_performance(joined, portfolio="FUND", benchmark="M")
    assert done.n_obs == 599
    assert np.allclose(done.returns, np.delete(r, 100), atol=1e-12)


def test_what_cannot_be_said_is_refused():
    """Too short a record, one column for both sides, and half a hedge each say what to give instead."""
    short = PriceTable.of({"NAV": price_path(OWN[:8]), "M": price_path(MARKET[:8])}, dates=DAYS[:9])
    with pytest.raises(NotEnoughDataError, match="at least 12 periods"):
        review_performance(short, portfolio="NAV", benchmark="M")
    with pytest.raises(InputError, match="differ"):
        review_performance(short, portfolio="M", benchmark="M")
    with pytest.raises(InputError, match="planned-book-beta"):
        tt.review_performance(
            short, portfolio="NAV", benchmark="M", hedge_terms=HedgeTerms(instrument="M", book_beta=1.0)
        )


def test_records_name_the_rows_they_cannot_read(tmp_path):
    """A bad number, a bad date and a missing column refuse the file and say where."""
    (tmp_path / "t.csv").write_text("date,symbol,quantity,price\n2024-01-02,A,ten,5\n")
    with pytest.raises(InputError, match="row 2: 'ten'"):
        read_trades(tmp_path / "t.csv")
    (tmp_path / "h.csv").write_text("date,cost\n2024-01-02,0\n")
    with pytest.raises(InputError, match="no held in h.csv"):
        read_hedge(tmp_path / "h.csv")
    with pytest.raises(InputError, match="divide per cent by 100"):
        read_returns(pl.DataFrame({"date": ["2024-01-31", "2024-02-29"], "F": [1.5, 2.5]}))


def test_weights_of_one_day_are_one_book():
    """Rows of one symbol and day add up, and a symbol that is not listed on a day weighs nothing."""
    frame = pl.DataFrame(
        {"date": ["2024-01-03", "2024-01-02", "2024-01-02"], "symbol": ["B", "A", "A"], "weight": [1.0, 0.2, 0.3]}
    )
    assert read_weights(frame).weights.tolist() == [[0.0, 0.5], [1.0, 0.0]]


def nav_with_zero_at(*rows: int) -> PriceTable:
    path = price_path(1.2 * MARKET + OWN)
    path[list(rows)] = 0.0
    return read_prices(pl.DataFrame({"date": DAYS.astype("datetime64[D]"), "NAV": path, "M": price_path(MARKET)}))


def test_a_nav_of_nought_is_told_by_its_day_and_one_at_the_end_is_refused():
    """A value of 0 amid others is set aside by its day; on the last day it may be a loss of all, and is refused."""
    done = review_performance(nav_with_zero_at(150), portfolio="NAV", benchmark="M")
    day = str(DAYS[150])[:10]
    assert any(f"NAV: a value of 0 or less on {day} is set aside" in note for note in done.notes)
    assert done.returns.size == 599
    with pytest.raises(InputError, match=rf"0 or less on {str(DAYS[600])[:10]}.*\n.*--as-of {str(DAYS[599])[:10]}"):
        review_performance(nav_with_zero_at(600), portfolio="NAV", benchmark="M")
