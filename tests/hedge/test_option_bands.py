"""Rehedging one option: exact formulas, published laws, and policies against each other."""

from math import exp, pi, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.errors import InfeasibleError, InputError
from trimtab.exposure.pricing.black import european_greeks
from trimtab.hedge.often.bands import (
    discrete_hedge_sd,
    leland_volatility,
    rebalance_cost,
    whalley_wilmott_band,
    zakamouline_band,
)
from trimtab.hedge.often.bands_simulate import OptionHedge, _point, compare_option_policies
from trimtab.stats.kernels.policy_option import FIXED, WHALLEY, ZAKAMOULINE, HedgedOption, HedgeRule, hedged_paths

SOLD = OptionHedge(right="call", spot=100, strike=100, volatility=0.2, years=0.25, cost=0.005, risk_aversion=1.0)
AT_THE_MONEY = european_greeks(right=1.0, spot=100.0, strike=100.0, vol=0.2, time=0.25)


def hedged(rule=FIXED, **changed):
    terms = {
        "call": True, "spot": 100.0, "strike": 100.0, "volatility": 0.2, "hedge_volatility": 0.2,
        "years": 0.25, "rate": 0.0, "drift": 0.0, "cost": 0.0, "risk_aversion": 1.0, "every": 1, "n_steps": 126,
        "n_paths": 8000, "seed": 7, "premium": float(AT_THE_MONEY.value), "short": True,
    }  # fmt: skip
    told = {**terms, **changed}
    option = HedgedOption(
        sign=1.0 if told["call"] else -1.0,
        side=1.0 if told["short"] else -1.0,
        **{name: told[name] for name in ("spot", "strike", "years", "rate", "volatility", "drift", "premium")},
    )
    how = HedgeRule(rule, told["hedge_volatility"], told["cost"], told["risk_aversion"], told["every"])
    return hedged_paths(option, how, **{name: told[name] for name in ("n_steps", "n_paths", "seed")})


def test_whalley_and_wilmott_worked_example():
    """S = K = 100, vol 20%, three months, cost .001, aversion 1: gamma .03984439141 and width .06198337475."""
    assert float(AT_THE_MONEY.gamma) == pytest.approx(0.03984439141, abs=1e-11)
    width = whalley_wilmott_band(spot=100, gamma=float(AT_THE_MONEY.gamma), cost=0.001, risk_aversion=1.0, years=0.25)
    assert width == pytest.approx(0.06198337475, abs=1e-11)


@given(st.floats(0.001, 0.2), st.floats(1e-5, 0.02), st.floats(0.01, 100), st.floats(0.01, 3), st.floats(0, 0.2))
def test_whalley_and_wilmott_scale(bend, cost, averse, years, rate):
    """Eight times the cost doubles the band, twice gamma takes 2^(2/3), a higher rate narrows it, aversion to -1/3."""

    def band(**changed):
        terms = {"spot": 100.0, "gamma": bend, "cost": cost, "risk_aversion": averse, "years": years, "rate": rate}
        return whalley_wilmott_band(**{**terms, **changed})

    assert band(cost=8 * cost) == pytest.approx(2 * band())
    assert band(gamma=2 * bend) == pytest.approx(2 ** (2 / 3) * band())
    assert band(gamma=-bend) == band()
    assert band(risk_aversion=8 * averse) == pytest.approx(band() / 2)
    assert band(rate=rate + 0.1) == pytest.approx(band() * exp(-0.1 * years / 3))


def test_leland_uses_the_round_trip_and_the_sign_of_the_position():
    """sigma'^2 / sigma^2 - 1 is sqrt(2/pi) K / (sigma sqrt(dt)) with K both ways; minus that if bought."""
    dt, k = 1 / 52, 0.002
    number = sqrt(2 / pi) * k / (0.2 * sqrt(dt))
    sold = leland_volatility(0.2, round_trip_cost=k, interval=dt)
    bought = leland_volatility(0.2, round_trip_cost=k, interval=dt, short=False)
    assert sold**2 / 0.04 == pytest.approx(1 + number)
    assert bought**2 / 0.04 == pytest.approx(1 - number)
    assert leland_volatility(0.2, round_trip_cost=0.0, interval=dt) == pytest.approx(0.2)
    with pytest.raises(InfeasibleError, match="Leland number"):
        leland_volatility(0.2, round_trip_cost=0.05, interval=1 / 252, short=False)


def test_leland_covers_his_costs():
    """A call sold at Leland's volatility and hedged at it ends near zero: the extra premium pays the costs."""
    every, cost = 2, 0.002
    vol = leland_volatility(0.2, round_trip_cost=2 * cost, interval=0.25 * every / 126)
    premium = float(european_greeks(right=1.0, spot=100.0, strike=100.0, vol=vol, time=0.25).value)
    done = hedged(cost=cost, hedge_volatility=vol, premium=premium, every=every)
    # His costs are those of rehedging: the first and the closing trade, half the money and half the time, come on top.
    ends = cost * 100 * (0.5 + 0.5)
    error = done.result.std() / sqrt(8000)
    assert abs(done.result.mean() + ends) < 4 * error + 0.1 * ends


def test_zakamouline_by_hand():
    """H0, H1, K and both modified volatilities as the formulas give them; K is negative, so a sold option's rises."""
    s, g, v, c, a, t, r = 100.0, 0.03, 0.25, 0.01, 0.5, 0.5, 0.03
    shared = (exp(-r * t) / v) ** 0.25
    sold = zakamouline_band(spot=s, gamma=g, volatility=v, cost=c, risk_aversion=a, years=t, rate=r)
    bought = zakamouline_band(spot=s, gamma=g, volatility=v, cost=c, risk_aversion=a, years=t, rate=r, short=False)
    assert sold.h0 == pytest.approx(c / (a * s * v * v * t))
    assert sold.h1 == pytest.approx(1.12 * c**0.31 * t**0.05 * shared * (g / a) ** 0.5)
    assert sold.k == pytest.approx(-5.76 * c**0.78 / t**0.02 * shared * (a * s * s * g) ** 0.15)
    assert sold.half_width == sold.h0 + sold.h1
    assert bought.volatility < v < sold.volatility
    assert sold.volatility**2 + bought.volatility**2 == pytest.approx(2 * v * v)
    nothing = zakamouline_band(spot=s, gamma=g, volatility=v, cost=0.0, risk_aversion=a, years=t)
    assert (nothing.half_width, nothing.volatility) == (0.0, v)
    with pytest.raises(InfeasibleError):
        zakamouline_band(spot=s, gamma=g, volatility=v, cost=0.05, risk_aversion=10.0, years=t, short=False)


@pytest.mark.parametrize("n", [63, 252])
def test_derman_and_kamal(n):
    """Without costs the error of N rehedgings has sd sqrt(pi/4) vega sigma / sqrt(N), to 3%, and mean zero."""
    done = hedged(n_steps=n)
    law = discrete_hedge_sd(vega=float(AT_THE_MONEY.vega), volatility=0.2, rehedges=n)
    assert done.result.std() == pytest.approx(law, rel=0.03)
    assert abs(done.result.mean()) < 3.5 * law / sqrt(8000)


def test_the_cost_of_one_rehedging():
    """The cost of the second trade is lambda |Gamma| sigma S^2 sqrt(2 dt / pi) on average."""
    common = {"n_paths": 40_000, "cost": 0.01, "years": 0.25, "n_steps": 250}
    law = rebalance_cost(spot=100, gamma=float(AT_THE_MONEY.gamma), volatility=0.2, cost=0.01, interval=0.001)
    z = np.random.default_rng(3).standard_normal(200_000)
    later = 100 * np.exp(-0.5 * 0.04 * 0.001 + 0.2 * sqrt(0.001) * z)
    after = european_greeks(right=1.0, spot=later, strike=100.0, vol=0.2, time=0.249).delta
    by_hand = 0.01 * np.mean(later * np.abs(after - float(AT_THE_MONEY.delta)))
    assert law == pytest.approx(by_hand, rel=0.01)
    assert rebalance_cost(spot=100, gamma=-0.04, volatility=0.2, cost=0.01, interval=0.004) == pytest.approx(
        2 * rebalance_cost(spot=100, gamma=0.04, volatility=0.2, cost=0.01, interval=0.001)
    )
    every, never = (hedged(**common, every=e).cost.mean() for e in (125, 250))
    assert every > never


@pytest.mark.parametrize("rule", [FIXED, WHALLEY, ZAKAMOULINE])
def test_hedging_is_a_fair_game(rule):
    """Whatever the policy, what is left on average is minus what was paid, when the price drifts at the rate."""
    for terms in ({"cost": 0.005}, {"cost": 0.005, "rate": 0.05, "drift": 0.05}, {"cost": 0.002, "short": False}):
        premium = float(
            european_greeks(right=1.0, spot=100.0, strike=100.0, vol=0.2, time=0.25, rate=terms.get("rate", 0.0)).value
        )
        done = hedged(rule, **terms, premium=premium)
        assert abs((done.result + done.cost).mean()) < 4 * done.result.std() / sqrt(8000)
        assert (done.cost > 0).all()


def test_a_put_and_a_call_hedged_are_the_same_error():
    """Put-call parity: without costs, hedged at every step, path by path the same money is left."""
    put = float(european_greeks(right=-1.0, spot=100.0, strike=100.0, vol=0.2, time=0.25).value)
    assert hedged(call=False, premium=put).result == pytest.approx(hedged().result, abs=1e-9)


def test_kernel_bands_are_the_documented_formulas():
    """One step of each banded rule buys exactly delta less the half-width of `option_bands`."""
    for rule in (WHALLEY, ZAKAMOULINE):
        done = hedged(rule, n_steps=1, n_paths=50, cost=0.01, risk_aversion=2.0)
        terms = {"spot": 100.0, "gamma": float(AT_THE_MONEY.gamma), "cost": 0.01, "risk_aversion": 2.0, "years": 0.25}
        if rule == WHALLEY:
            middle, half = float(AT_THE_MONEY.delta), whalley_wilmott_band(**terms)
        else:
            z = zakamouline_band(**terms, volatility=0.2)
            middle = float(european_greeks(right=1.0, spot=100.0, strike=100.0, vol=z.volatility, time=0.25).delta)
            half = z.half_width
        # With one step the gain is held x (S_T - S) plus the known rest: the slope in S_T below the strike tells it.
        fall = np.sort(done.result)
        held = middle - half
        paid_at_start = 0.01 * 100 * held
        s_t = (done.cost - paid_at_start) / (0.01 * held)
        left = float(AT_THE_MONEY.value) - paid_at_start + held * (s_t - 100) - 0.01 * held * s_t
        left -= np.maximum(s_t - 100, 0)
        assert done.result == pytest.approx(left, abs=1e-9)
        assert len(np.unique(fall)) == 50


def test_zakamouline_dominates_at_half_a_per_cent():
    """A call sold at 0.5%: his frontier lies above Whalley-Wilmott's, Leland's and fixed intervals' at equal risk."""
    table = compare_option_policies(SOLD, seed=1)
    assert {lead.over for lead in table.leads} == {"interval", "leland", "whalley-wilmott"}
    assert all(lead.dominates and lead.points >= 3 for lead in table.leads)
    assert table.best.policy == "zakamouline"


def test_and_where_he_does_not_the_table_says_so():
    """A put bought at 0.1%: Whalley and Wilmott's band is as good or better, and the lead is not claimed."""
    bought = OptionHedge(
        right="put", spot=100, strike=95, volatility=0.2, years=0.25, cost=0.001, risk_aversion=1.0, short=False
    )
    table = compare_option_policies(bought, seed=1, n_paths=2000)
    leads = {lead.over: lead for lead in table.leads}
    assert not leads["whalley-wilmott"].dominates
    assert leads["leland"].dominates


def test_settings_without_an_answer_are_listed():
    """A bought option at high cost: Leland's short intervals have no solution and are named, the rest goes on."""
    bought = OptionHedge(
        right="call", spot=100, strike=100, volatility=0.2, years=0.25, cost=0.02, risk_aversion=1.0, short=False
    )
    table = compare_option_policies(bought, n_paths=200, steps_per_day=2)
    assert table.refused
    assert len(table.frontier("leland")) + len(table.refused) == 5


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: OptionHedge(right="both", spot=1, strike=1, volatility=0.2, years=1, cost=0.01, risk_aversion=1),
        lambda: OptionHedge(right="put", spot=1, strike=1, volatility=0.2, years=0, cost=0.01, risk_aversion=1),
        lambda: OptionHedge(right="put", spot=1, strike=1, volatility=0.2, years=1, cost=1.5, risk_aversion=1),
        lambda: compare_option_policies(SOLD, n_paths=5),
        lambda: leland_volatility(-0.2, round_trip_cost=0.01, interval=0.1),
        lambda: whalley_wilmott_band(spot=100, gamma=0.1, cost=-0.1, risk_aversion=1, years=1),
    ],
)
def test_nonsense_is_refused(wrong):
    """Terms outside their meaning are refused with what to do."""
    with pytest.raises(InputError) as error:
        wrong()
    assert error.value.try_next


def test_the_errors_of_a_point_are_those_of_leaving_paths_out():
    """Mean and standard deviation of skewed results have the jackknife's errors, to a per cent."""
    result = np.random.default_rng(4).lognormal(0.0, 0.4, 3000)
    point = _point("interval", 1.0, result, 0.1 * result, np.ones(3000), 1.0, fair=False)
    n, total, squares = len(result), result.sum(), (result**2).sum()
    means = (total - result) / (n - 1)
    sds = np.sqrt((squares - result**2 - (n - 1) * means**2) / (n - 2))
    for found, left_out in ((point.mean_se, means), (point.sd_se, sds)):
        assert found == pytest.approx(np.sqrt((n - 1) / n * ((left_out - left_out.mean()) ** 2).sum()), rel=0.01)
    assert (point.mean, point.expected, point.trades) == (result.mean(), result.mean(), 1.0)
