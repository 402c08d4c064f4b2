"""Implied volatility and parity: round trips, reasons, intervals, published numbers, real quotes."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import QuantLib as ql

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.exposure.pricing.american import american_greeks
from trimtab.exposure.pricing.black import european_greeks
from trimtab.exposure.pricing.implied import VolReason, implied_vol, quoted_vol
from trimtab.exposure.pricing.parity import parity_forward

CHAINS = Path(__file__).parents[2] / ".." / "shared" / "data" / "lean_option_universe_iv_greeks.parquet"


def test_round_trip_on_random_contracts():
    """Price to volatility and back on 10,000 contracts: exact to what the digits of the price still hold."""
    rng = np.random.default_rng(1)
    n = 10_000
    vol = np.exp(rng.uniform(np.log(0.01), np.log(3.0), n))
    terms = {
        "right": rng.choice([-1.0, 1.0], n),
        "spot": rng.uniform(20.0, 500.0, n),
        "strike": 100.0,
        "time": np.exp(rng.uniform(np.log(1e-3), np.log(10.0), n)),
        "rate": rng.uniform(-0.03, 0.1, n),
        "dividend_yield": rng.uniform(-0.03, 0.1, n),
    }
    greeks = european_greeks(**terms, vol=vol)
    found = implied_vol(**terms, price=greeks.value)
    solved = found.reason == VolReason.OK
    assert np.count_nonzero(solved) > 4_000
    assert np.all(np.isfinite(found.vol) == solved)
    rounding = 8e-16 * (terms["spot"] + 100.0) * np.exp(0.03 * terms["time"]) / np.maximum(greeks.vega, 1e-300)
    assert np.all(np.abs(found.vol - vol)[solved] <= 1e-12 * vol[solved] + rounding[solved])
    assert set(found.reason[~solved]) <= {VolReason.BELOW_INTRINSIC, VolReason.ABOVE_BOUND}


def test_published_implied_volatility():
    """Hull 11e, section 15.11: a call at 1.875, S 21, K 20, r 10%, three months, implies 23.5%."""
    found = implied_vol(price=1.875, right=1, spot=21, strike=20, time=0.25, rate=0.1)
    assert round(float(found.vol), 3) == 0.235


def test_equals_quantlibs_implied_deviation():
    """QuantLib's solver for the Black formula finds the same volatility."""
    rng = np.random.default_rng(2)
    for _ in range(100):
        forward, vol, time = rng.uniform(70, 140), rng.uniform(0.1, 0.9), rng.uniform(0.1, 2)
        price = float(european_greeks(right=1, spot=forward, strike=100, vol=vol, time=time).value)
        oracle = ql.blackFormulaImpliedStdDev(ql.Option.Call, 100.0, forward, price, 1.0, 0.0, 0.3, 1e-12, 1_000)
        mine = implied_vol(price=price, right=1, spot=forward, strike=100, time=time).vol
        assert float(mine) * np.sqrt(time) == pytest.approx(oracle, abs=1e-9)


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ({"price": 4.9}, VolReason.BELOW_INTRINSIC),
        ({"price": 5.0}, VolReason.BELOW_INTRINSIC),
        ({"price": -1.0}, VolReason.BELOW_INTRINSIC),
        ({"price": 105.0}, VolReason.ABOVE_BOUND),
        ({"price": np.nan}, VolReason.NO_QUOTE),
        ({"time": 0.0}, VolReason.EXPIRED),
        ({"time": -1.0}, VolReason.EXPIRED),
        ({"spot": 0.0}, VolReason.BAD_TERMS),
        ({"spot": np.nan}, VolReason.BAD_TERMS),
        ({"strike": -1.0}, VolReason.BAD_TERMS),
    ],
)
def test_a_price_without_volatility_says_why(terms, reason):
    """Each way in which a price has no volatility has its own code, and the volatility is NaN."""
    given_terms = {"price": 8.0, "right": 1, "spot": 105, "strike": 100, "time": 0.5} | terms
    found = implied_vol(**given_terms)
    assert VolReason(int(found.reason)) is reason
    assert np.isnan(found.vol)


def test_quotes_become_an_interval_with_reasons():
    """Ordinary, crossed, one-sided, below-intrinsic, above-bound and expired quotes, one of each."""
    quote = quoted_vol(
        bid=[7.0, 9.0, np.nan, 4.0, 7.0, 7.0],
        ask=[8.0, 8.0, 8.0, 8.0, 200.0, 8.0],
        right=1,
        spot=105,
        strike=100,
        time=[0.5, 0.5, 0.5, 0.5, 0.5, 0.0],
    )
    assert [VolReason(code).name for code in quote.reason] == [
        "OK",
        "CROSSED_QUOTE",
        "NO_QUOTE",
        "OK",
        "OK",
        "EXPIRED",
    ]
    assert 0 < quote.bid[0] < quote.mid[0] < quote.ask[0]
    assert np.all(np.isnan([quote.bid[1], quote.mid[1], quote.ask[1], quote.bid[5], quote.mid[5], quote.ask[5]]))
    assert (quote.bid[2], quote.bid[3], quote.ask[4]) == (0.0, 0.0, np.inf)
    assert VolReason(quote.reason_bid[3]) is VolReason.BELOW_INTRINSIC
    assert VolReason(quote.reason_ask[4]) is VolReason.ABOVE_BOUND
    assert np.isnan(quote.mid[2])


def test_parity_recovers_a_planted_forward_through_bad_quotes():
    """Two wrong pairs in twelve do not move the forward by more than its stated error allows."""
    rng = np.random.default_rng(5)
    strike = np.arange(85.0, 145.0, 5.0)
    noise = rng.normal(0.0, 0.02, strike.size)
    noise[2], noise[9] = 4.0, -6.0
    call = 10.0 + 0.97 * (110.0 - strike) + noise
    call[5] = np.nan
    fit = parity_forward(strike=strike, call=call, put=np.full(strike.size, 10.0))
    assert fit.n_pairs == 11
    assert fit.n_outliers == 2
    assert abs(fit.forward - 110.0) < 0.05
    assert abs(fit.discount - 0.97) < 0.003
    assert 0.005 < fit.residual < 0.06
    known = parity_forward(strike=strike, call=call, put=np.full(strike.size, 10.0), discount=0.97)
    assert abs(known.forward - 110.0) < 0.05
    assert (known.discount, known.discount_stderr) == (0.97, 0.0)


def test_parity_error_bar_covers_the_truth():
    """Over 400 simulated chains the forward lies within t(13) standard errors about 95 times in a hundred."""
    rng = np.random.default_rng(6)
    strike = np.linspace(80.0, 120.0, 15)
    hits = 0
    for _ in range(400):
        y = 0.98 * (101.0 - strike) + rng.normal(0.0, 0.05, 15)
        fit = parity_forward(strike=strike, call=y + 9.0, put=np.full(15, 9.0))
        hits += abs(fit.forward - 101.0) < 2.16 * fit.forward_stderr
    assert 0.88 < hits / 400 < 0.985


def test_one_pair_is_enough_only_with_a_discount_factor():
    """Too few strikes, unequal lengths, a rising line and a bad discount factor are refused in words."""
    assert parity_forward(strike=[100], call=[5.0], put=[3.0], discount=0.5).forward == 104.0
    assert np.isnan(parity_forward(strike=[100], call=[5.0], put=[3.0], discount=0.5).forward_stderr)
    with pytest.raises(NotEnoughDataError, match="at least 3"):
        parity_forward(strike=[100, 110], call=[5, 4], put=[3, 4])
    with pytest.raises(NotEnoughDataError, match="exchanged"):
        parity_forward(strike=[100, 110, 120], call=[1, 2, 3], put=[3, 2, 1])
    with pytest.raises(InputError, match="one length"):
        parity_forward(strike=[100, 110], call=[5], put=[3, 4])
    with pytest.raises(InputError, match="above zero"):
        parity_forward(strike=[100], call=[5], put=[3], discount=0.0)


@pytest.fixture(scope="module")
def chains():
    if not CHAINS.exists():
        pytest.skip(f"real option chains are not beside the repository ({CHAINS.name})")
    return pl.read_parquet(CHAINS).filter(pl.col("greeks_present") & pl.col("underlying_close").is_not_null())


def chain_terms(chains, root, start, end):
    """Terms of one root's listed options between two file dates, and the vendor's delta and volatility."""
    frame = chains.filter(
        (pl.col("root") == root)
        & pl.col("file_date").is_between(pl.lit(start).str.to_datetime(), pl.lit(end).str.to_datetime())
    ).with_columns(days=(pl.col("expiry") - pl.col("file_date")).dt.total_days())
    frame = frame.filter(pl.col("days") > 1)  # this vendor counts one day less
    terms = {
        "right": np.where(frame["right"].to_numpy() == "C", 1.0, -1.0),
        "spot": frame["underlying_close"].to_numpy(),
        "strike": frame["strike"].to_numpy(),
        "vol": frame["implied_volatility"].to_numpy(),
        "time": (frame["days"].to_numpy() - 1) / 365.0,
    }
    return terms, frame["delta"].to_numpy()


def test_deltas_of_real_google_options_equal_the_vendors(chains):
    """GOOG, December 2015, no dividends: at the vendor's volatility half of all deltas differ by less than .002."""
    terms, vendor = chain_terms(chains, "GOOG", "2015-12-01", "2015-12-31")
    assert vendor.size > 500
    for greeks in (european_greeks(**terms, rate=0.005), american_greeks(**terms, rate=0.005)):
        difference = np.abs(greeks.delta - vendor)
        assert np.median(difference) < 0.002
        assert np.quantile(difference, 0.9) < 0.015


def test_poor_vendor_greeks_are_seen_as_poor(chains):
    """The vendor's AAPL 2014 deltas disagree with its own volatility and close far more than GOOG's."""
    good, good_delta = chain_terms(chains, "GOOG", "2015-12-01", "2015-12-31")
    poor, poor_delta = chain_terms(chains, "AAPL", "2014-06-01", "2014-06-30")
    good_gap = np.median(np.abs(european_greeks(**good, rate=0.005).delta - good_delta))
    poor_gap = np.median(np.abs(european_greeks(**poor, rate=0.005).delta - poor_delta))
    assert poor_gap > 10 * good_gap
