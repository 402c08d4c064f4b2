"""Gaps kept near zero and options hedged to expiry: each path again, step by step, from the same random numbers."""

from math import ceil, exp, log, sqrt

import numpy as np
import pytest
from scipy.stats import norm

from trimtab.stats.kernels.policy import CALENDAR, CENTRE, EDGE, LOTS, GapMotion, GapRule, Steps, gap_paths
from trimtab.stats.kernels.policy_option import FIXED, WHALLEY, ZAKAMOULINE, HedgedOption, HedgeRule, hedged_paths


def walk(rng, rule, motion, steps):
    """One path: mean square of the gap, turnover and tickets, each per unit of time."""
    dt = steps.length
    decay = exp(-motion.reversion * dt)
    sd = motion.vol * sqrt((1 - decay**2) / (2 * motion.reversion) if motion.reversion else dt)
    gap, traded, looks = 0.0, 0.0, []
    for k in range(1, steps.warm + steps.number + 1):
        home = -traded if motion.about_book else 0.0
        end = home + decay * (gap - home) + sd * rng.standard_normal()
        reach = end
        if steps.bridge and rule.policy != CALENDAR:
            # Of the Brownian bridge the highest point, or the lowest of one that runs below.
            top = 0.5 * sqrt((end - gap) ** 2 - 2 * motion.vol**2 * dt * log(1 - rng.random()))
            reach = 0.5 * (gap + end) + (top if gap + end > 0 else -top)
        over = abs(reach) - rule.band
        away = 1.0 if reach > 0 else -1.0
        trade = 0.0
        if rule.policy == CALENDAR and k % rule.every == 0:
            trade = round(end / rule.size) * rule.size if rule.size else end
        elif rule.policy == EDGE and over > 0:
            trade = away * over
        elif rule.policy == CENTRE and over > 0:
            whole = rule.band if steps.bridge else abs(reach)
            trade = away * (round(whole / rule.size) * rule.size if rule.size else whole)
        elif rule.policy == LOTS and over > 0:
            lots = ceil((away * end - rule.band) / rule.size)
            trade = away * rule.size * (max(1, lots) if steps.bridge else max(0, lots))
        if k > steps.warm:
            left = end - trade if steps.bridge and rule.policy != CALENDAR else end
            looks.append(((gap**2 + gap * left + left**2) / 3 * dt + motion.vol**2 * dt**2 / 6, abs(trade), trade != 0))
        gap, traded = end - trade, traded + trade
    return np.array(looks, dtype=float).sum(axis=0) / (steps.number * dt)


@pytest.mark.parametrize("bridge", [False, True])
@pytest.mark.parametrize("motion", [GapMotion(1.3), GapMotion(0.9, 1.7), GapMotion(1.1, 0.8, about_book=True)])
@pytest.mark.parametrize(
    "rule",
    [
        GapRule(EDGE, band=0.3), GapRule(LOTS, band=0.4, size=0.25), GapRule(LOTS, band=0.1, size=0.2),
        GapRule(CENTRE, band=0.35), GapRule(CENTRE, band=0.35, size=0.1), GapRule(CALENDAR, every=7),
        GapRule(CALENDAR, every=5, size=0.15),
    ],
)  # fmt: skip
def test_a_path_is_what_its_steps_say(rule, motion, bridge):
    """Every kind of policy, of motion and of looking: square, turnover and tickets agree to rounding."""
    steps = Steps(length=0.04, number=60, warm=9, bridge=bridge)
    done = gap_paths(rule, motion, steps, n_paths=3, seed=12)
    children = np.random.SeedSequence(12).spawn(3)
    exact = np.array([walk(np.random.default_rng(child), rule, motion, steps) for child in children])
    np.testing.assert_allclose(np.column_stack(done), exact, rtol=1e-10)
    assert (done.tickets > 0).all()


SOLD = HedgedOption(
    sign=1.0, side=1.0, spot=100.0, strike=103.0, years=0.4, rate=0.03, volatility=0.25, drift=0.08, premium=6.0
)


def middle_and_width(option, how, s, left):
    """Delta and half-width of the two banded rules, from their papers."""
    sd = option.volatility * sqrt(left)

    def d1(vol):
        return (log(s / option.strike) + option.rate * left) / (vol * sqrt(left)) + 0.5 * vol * sqrt(left)

    def delta(vol):
        return norm.cdf(d1(vol)) - (1.0 if option.sign < 0 else 0.0)

    gamma = norm.pdf(d1(option.volatility)) / (s * sd)
    fade, cost, averse = exp(-option.rate * left), how.cost, how.risk_aversion
    if how.rule == WHALLEY:
        return delta(option.volatility), np.cbrt(1.5 * fade * cost * s * gamma**2 / averse)
    shrink = (fade / option.volatility) ** 0.25
    h0 = cost / (averse * s * sd**2)
    h1 = 1.12 * cost**0.31 * left**0.05 * shrink * sqrt(gamma / averse)
    k = -5.76 * cost**0.78 * left**-0.02 * shrink * (averse * s**2 * gamma) ** 0.15
    return delta(option.volatility * sqrt(max(1.0 - option.side * k, 1e-4))), h0 + h1


def hedge(rng, option, how, n_steps):
    """One path: (money left, costs with interest, trades)."""
    dt = option.years / n_steps
    s, held, cash, paid, trades = option.spot, 0.0, option.side * option.premium, 0.0, 0
    for t in range(n_steps):
        left = option.years - t * dt
        wanted = held
        if how.rule == FIXED and t % how.every == 0:
            d1 = (log(s / option.strike) + (option.rate + how.volatility**2 / 2) * left) / how.volatility / sqrt(left)
            wanted = option.side * (norm.cdf(d1) - (1.0 if option.sign < 0 else 0.0))
        elif how.rule != FIXED:
            middle, width = middle_and_width(option, how, s, left)
            wanted = np.clip(held, option.side * middle - width, option.side * middle + width)
        if wanted != held:
            cash -= s * (wanted - held) + how.cost * s * abs(wanted - held)
            paid += how.cost * s * abs(wanted - held)
            held, trades = wanted, trades + 1
        cash, paid = cash * exp(option.rate * dt), paid * exp(option.rate * dt)
        step = option.volatility * sqrt(dt) * rng.standard_normal()
        s *= exp((option.drift - option.volatility**2 / 2) * dt + step)
    closing = how.cost * s * abs(held)
    payoff = max(option.sign * (s - option.strike), 0.0)
    return cash + held * s - closing - option.side * payoff, paid + closing, trades


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("side", [1.0, -1.0])
@pytest.mark.parametrize(
    "how",
    [
        HedgeRule(FIXED, 0.31, 0.004, 1.0, 3), HedgeRule(FIXED, 0.2, 0.01, 1.0, 1),
        HedgeRule(WHALLEY, 0.0, 0.01, 0.7, 1), HedgeRule(ZAKAMOULINE, 0.0, 0.002, 1.4, 1),
        HedgeRule(ZAKAMOULINE, 0.0, 0.05, 0.3, 1),
    ],
)  # fmt: skip
def test_a_hedged_option_leaves_what_its_trades_say(how, side, sign):
    """Calls and puts, sold and bought, at each rule: money left, costs and trades agree to rounding."""
    option = SOLD._replace(sign=sign, side=side)
    done = hedged_paths(option, how, n_steps=25, n_paths=6, seed=21)
    rng = np.random.default_rng(21)
    exact = np.array([hedge(rng, option, how, 25) for _ in range(6)])
    np.testing.assert_allclose(np.column_stack(done), exact, rtol=1e-8, atol=1e-10)
