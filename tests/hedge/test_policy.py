"""How often to hedge: closed forms against known constants, brute force, simulation, limits and laws."""

from dataclasses import replace
from itertools import product

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.errors import InputError
from trimtab.hedge.doing_nothing import no_trade_band
from trimtab.hedge.often.bands import whalley_wilmott_band
from trimtab.hedge.often.choose import _row, for_checks
from trimtab.hedge.often.closed_form import (
    GapModel,
    Kind,
    Policy,
    _calendar,
    _inner,
    best_band,
    best_calendar,
    best_centre,
    best_edge,
    evaluate,
)
from trimtab.hedge.often.simulate import CONTINUITY, Effort, simulate
from trimtab.stats.kernels.policy import CALENDAR, CENTRE, EDGE, GapMotion, GapRule, Steps, gap_paths

UNIT = GapModel(cost_per_beta=1.0, gap_vol=1.0, penalty=1.0, market_vol=0.2)
SIZES = st.floats(0.05, 20.0)


def inside(h, d):
    return Policy(kind=Kind.INSIDE, band=h, trade=d)


def gap_between(simulated, exact):
    """Distance in standard errors."""
    return abs(simulated.total - exact.total) / simulated.total_se


@pytest.mark.parametrize(("best", "constant"), [(best_edge, 0.8255), (best_centre, 1.0400), (best_calendar, 1.2904)])
def test_the_known_constants_come_out_both_ways(best, constant):
    """Least totals at unit cost, drift and penalty, (3/4)^(2/3), 3^(2/3)/2 and 1.2904, in closed form and simulated."""
    policy = best(UNIT)
    exact = evaluate(UNIT, policy)
    assert exact.total == pytest.approx(constant, abs=5e-5)
    done = simulate(UNIT, policy, seed=2, effort=Effort(paths=128, cycles=250))
    assert done.total_se < 0.01 * constant
    assert gap_between(done, exact) < 3.5


def test_a_third_of_the_total_is_risk_and_two_thirds_are_cost():
    """At the best band that trades to its edge, cost is twice the risk penalty."""
    found = evaluate(UNIT, best_edge(UNIT))
    assert found.cost == pytest.approx(2 * found.gap_sd**2)


def test_coarse_looks_are_biased_and_the_bridge_takes_it_away():
    """Looked at every dt without the bridge, the band acts wider by 0.5826 s sqrt(dt), as Broadie and others find."""
    h, dt = best_edge(UNIT).band, 0.01
    plain, bridged = (
        gap_paths(GapRule(EDGE, band=h), GapMotion(1.0), Steps(dt, 40_000, 500, bridge=bridge), n_paths=64, seed=3)
        for bridge in (False, True)
    )

    def off(paths, band):
        error = paths.turnover.std(ddof=1) / 8
        return (paths.turnover.mean() - 1 / (2 * band)) / error

    assert abs(off(plain, h + CONTINUITY * dt**0.5)) < 3.5
    assert off(plain, h) < -5
    assert abs(off(bridged, h)) < 3.5


@pytest.mark.parametrize("code", [EDGE, CENTRE, CALENDAR])
def test_the_same_seed_gives_the_same_paths(code):
    """A simulation is its seed's: the same twice, another with another seed."""

    def paths(seed):
        rule, steps = GapRule(code, band=0.9, every=50), Steps(0.01, 500, 10, bridge=True)
        return gap_paths(rule, GapMotion(1.0), steps, n_paths=4, seed=seed)

    assert all((a == b).all() for a, b in zip(paths(1), paths(1), strict=True))
    assert (paths(1).square != paths(2).square).all()


@pytest.mark.parametrize(
    ("model", "policy"),
    [
        (UNIT, inside(1.4, 1.0)),
        (UNIT, inside(0.8, 1.3)),
        (replace(UNIT, ticket=0.3), inside(1.5, 0.9)),
        (replace(UNIT, reversion=1.0), Policy(kind=Kind.EDGE, band=0.9)),
        (replace(UNIT, reversion=2.0, ticket=0.1), inside(0.8, 0.6)),
        (replace(UNIT, reversion=2.0), inside(0.5, 0.7)),
        (replace(UNIT, reversion=1.5, ticket=0.2), Policy(kind=Kind.CENTRE, band=0.8)),
        (replace(UNIT, reversion=1.5, ticket=0.2), Policy(kind=Kind.CALENDAR, years=0.7)),
    ],
)
def test_closed_forms_agree_with_simulation(model, policy):
    """Any size of trade, tickets and reversion: expected totals lie within 3.5 standard errors of simulated ones."""
    done = simulate(model, policy, seed=11, effort=Effort(paths=64, cycles=250))
    exact = evaluate(model, policy)
    assert gap_between(done, exact) < 3.5
    assert done.gap_sd == pytest.approx(exact.gap_sd, rel=0.03)
    assert done.total_se < 0.02 * exact.total


@pytest.mark.parametrize(
    "model",
    [
        replace(UNIT, lot=1.0),
        replace(UNIT, ticket=0.3),
        replace(UNIT, ticket=0.5, lot=0.3),
        replace(UNIT, ticket=0.02, lot=0.05),
        replace(UNIT, reversion=0.7, lot=0.4),
        replace(UNIT, reversion=0.3, ticket=0.2, lot=0.5),
    ],
)
def test_a_brute_force_grid_finds_no_better_band(model):
    """Over a fine grid of bands and trade sizes no policy beats the best one, and the nearest comes close to it."""
    best = best_band(model)
    least = evaluate(model, best).total
    trades = [n * model.lot for n in range(1, 60)] if model.lot else np.linspace(0.05, 4.0, 120)
    grid = [evaluate(model, inside(h, d)).total for h, d in product(np.linspace(0.1, 4.0, 120), trades) if d <= 2 * h]
    assert least <= min(grid) * (1 + 1e-9)
    assert min(grid) < least * 1.002


def test_the_simulated_optimum_with_tickets_and_lots_is_the_closed_one():
    """With common random numbers over bands, the simulated total is least next to the band of the closed form."""
    model = replace(UNIT, ticket=0.3, lot=0.5)
    best = best_band(model)
    factors = (0.6, 0.8, 0.9, 1.0, 1.1, 1.25, 1.6)
    totals = [
        simulate(model, inside(f * best.band, best.trade), seed=4, effort=Effort(paths=64, cycles=300)).total
        for f in factors
    ]
    assert factors[int(np.argmin(totals))] in {0.9, 1.0, 1.1}
    assert totals[0] > 1.05 * min(totals)
    assert totals[-1] > 1.05 * min(totals)


@given(SIZES, SIZES, SIZES)
def test_eight_times_the_cost_doubles_the_band(k, s, penalty):
    """Cost k to 8k gives x 2, interval x 4, total x 4; drift s to 8s gives band x 4."""
    model = GapModel(cost_per_beta=k, gap_vol=s, penalty=penalty, market_vol=0.2)
    dear, fast = replace(model, cost_per_beta=8 * k), replace(model, gap_vol=8 * s)
    assert best_edge(dear).band == pytest.approx(2 * best_edge(model).band)
    assert best_centre(dear).band == pytest.approx(2 * best_centre(model).band)
    assert best_calendar(dear).years == pytest.approx(4 * best_calendar(model).years)
    assert evaluate(dear, best_edge(dear)).total == pytest.approx(4 * evaluate(model, best_edge(model)).total)
    assert best_edge(fast).band == pytest.approx(4 * best_edge(model).band)


@given(SIZES, SIZES, SIZES, SIZES)
def test_sixteen_times_a_fixed_cost_doubles_the_band(c, s, penalty, k):
    """With tickets alone the band is (6 c s^2 / L)^(1/4); money scales out: all costs and L times 7 change no band."""
    fixed = GapModel(cost_per_beta=0.0, ticket=c, gap_vol=s, penalty=penalty, market_vol=0.2)
    band = best_band(fixed)
    assert band.band == pytest.approx((6 * c * s * s / penalty) ** 0.25, rel=1e-9)
    assert band.trade == pytest.approx(band.band, rel=1e-9)
    assert best_band(replace(fixed, ticket=16 * c)).band == pytest.approx(2 * band.band, rel=1e-9)
    both = replace(fixed, cost_per_beta=k)
    same = GapModel(cost_per_beta=7 * k, ticket=7 * c, gap_vol=s, penalty=7 * penalty, market_vol=0.2)
    assert best_band(same).band == pytest.approx(best_band(both).band, rel=1e-9)


@given(SIZES, SIZES, SIZES, SIZES)
def test_policies_stand_in_their_order(k, s, penalty, lot):
    """Edge beats centre beats calendar; lots only cost; the closed forms of `doing_nothing` are these."""
    model = GapModel(cost_per_beta=k, gap_vol=s, penalty=penalty, market_vol=0.2)
    edge, centre, calendar = (evaluate(model, f(model)).total for f in (best_edge, best_centre, best_calendar))
    assert edge < centre < calendar
    closed = no_trade_band(cost_per_beta=k, gap_vol=s, penalty=penalty)
    assert (edge, centre, calendar) == pytest.approx((closed.edge_cost, closed.centre_cost, closed.calendar_cost))
    whole = replace(model, lot=lot)
    assert evaluate(whole, best_band(whole)).total == pytest.approx(edge + penalty * lot**2 / 12)
    assert best_band(whole).band == pytest.approx(lot / 2 + best_edge(model).band)


def test_limits():
    """No cost, no band; a small lot or ticket changes nothing; a large lot leaves half; slow reversion is none."""
    assert best_edge(replace(UNIT, cost_per_beta=0.0)).band == 0.0
    assert best_edge(replace(UNIT, cost_per_beta=1e-12)).band < 1e-3
    assert best_band(replace(UNIT, lot=1e-9)).band == pytest.approx(best_edge(UNIT).band, rel=1e-6)
    assert best_band(replace(UNIT, ticket=1e-15)).band == pytest.approx(best_edge(UNIT).band, rel=1e-3)
    assert best_band(replace(UNIT, lot=1e6)).band == pytest.approx(5e5, rel=1e-4)
    slow = replace(UNIT, reversion=1e-7)
    for best in (best_edge, best_centre, best_calendar):
        assert evaluate(slow, best(slow)).total == pytest.approx(evaluate(UNIT, best(UNIT)).total, rel=1e-5)
    tiny = replace(slow, lot=0.5, ticket=0.1)
    plain = replace(tiny, reversion=0.0)
    assert best_band(tiny).band == pytest.approx(best_band(plain).band, rel=1e-5)


def test_a_gap_that_goes_back_by_itself_is_traded_less():
    """Reversion widens the band and lowers the total; in the end never trading, s^2 / (2 kappa), is as good."""
    totals, bands = [], []
    for kappa in (0.0, 0.3, 1.0, 3.0):
        model = replace(UNIT, reversion=kappa)
        policy = best_edge(model)
        totals.append(evaluate(model, policy).total)
        bands.append(policy.band)
    assert totals == sorted(totals, reverse=True)
    assert bands[:3] == sorted(bands[:3])
    model = replace(UNIT, reversion=3.0)
    never = evaluate(model, Policy(kind=Kind.NEVER))
    assert never.total == pytest.approx(1 / 6)
    assert totals[-1] == pytest.approx(never.total, rel=0.02)
    assert totals[-1] <= never.total * (1 + 1e-6)
    assert evaluate(UNIT, Policy(kind=Kind.NEVER)).total == np.inf


def test_a_hedge_that_stays_where_it_was_put_makes_reversion_worth_less():
    """If only the book reverts, each trade shifts what the gap reverts to, and the same band costs more."""
    model = replace(UNIT, reversion=1.0)
    policy = best_edge(model)
    gap = simulate(model, policy, seed=5)
    book = simulate(model, policy, seed=5, about_book=True)
    assert book.total > gap.total + 3 * (book.total_se + gap.total_se)


def test_whalley_and_wilmott_are_a_special_case():
    """L = gamma sigma^2 S^2 / 2, s = Gamma S sigma and k = lambda S give their band exactly (rate 0)."""
    spot, vol, bend, cost, averse = 100.0, 0.2, 0.03984439141, 0.001, 1.0
    model = GapModel(
        cost_per_beta=cost * spot, gap_vol=bend * spot * vol, penalty=0.5 * averse * vol**2 * spot**2, market_vol=vol
    )
    known = whalley_wilmott_band(spot=spot, gamma=bend, cost=cost, risk_aversion=averse, years=0.25)
    assert best_edge(model).band == pytest.approx(known, rel=1e-12)
    assert known == pytest.approx(0.06198337475, abs=1e-11)


def test_whole_lots_in_practice():
    """Checked often, lots trade as the closed form says; trades are whole lots; too narrow a band is refused."""
    model = replace(UNIT, lot=1.0)
    best = best_band(model)
    exact = evaluate(model, best)
    often = simulate(model, best, seed=6, checks_per_year=20_000, effort=Effort(paths=32, cycles=60))
    assert gap_between(often, exact) < 4
    seldom = simulate(model, best, seed=6, checks_per_year=5)
    assert seldom.total > exact.total
    # Cost is turnover at 1 per unit, turnover trades of one lot: at this many checks never two at once.
    assert often.cost == pytest.approx(often.trades * model.lot, rel=1e-9)
    with pytest.raises(InputError, match="half a trade"):
        simulate(model, Policy(kind=Kind.EDGE, band=0.4), seed=1, checks_per_year=252)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: replace(UNIT, gap_vol=0.0),
        lambda: replace(UNIT, cost_per_beta=-1.0),
        lambda: replace(UNIT, penalty=float("nan")),
        lambda: Policy(kind=Kind.EDGE),
        lambda: Policy(kind=Kind.CALENDAR, band=0.1),
        lambda: inside(0.1, 0.3),
        lambda: simulate(UNIT, Policy(kind=Kind.NEVER), seed=1),
        lambda: Effort(paths=1),
    ],
)
def test_nonsense_is_refused(wrong):
    """Negative costs, no drift, policies without what they need: an error in three parts."""
    with pytest.raises(InputError) as error:
        wrong()
    assert error.value.try_next


def test_a_ticket_makes_trading_to_the_edge_endless():
    """Trading to the edge all the time pays tickets without end, and says so instead of leaving them out."""
    model = replace(UNIT, ticket=0.1)
    assert evaluate(model, best_edge(model)).cost == np.inf
    assert best_band(model).kind is Kind.INSIDE


def test_a_band_that_is_looked_at_daily_is_best_narrower():
    """In practice the band less 0.5826 s sqrt(dt) costs less than the one for watching all the time, beyond noise."""
    model = GapModel(cost_per_beta=300.0, gap_vol=0.3, penalty=6e5, market_vol=0.2)
    watched = best_edge(model)
    corrected = for_checks(model, watched, 252.0)
    assert corrected.band == pytest.approx(watched.band - CONTINUITY * 0.3 / 252**0.5)
    a, b = (simulate(model, p, seed=8, checks_per_year=252) for p in (corrected, watched))
    assert a.total < b.total - 2 * a.total_se


@pytest.mark.parametrize("power", [0, 2])
@pytest.mark.parametrize("z", [1e-6, 9e-5, 1.1e-4, 0.02, 0.0499, 0.0501, 0.7, 12.0])
def test_the_integrals_of_a_reverting_gap_hold_where_the_series_ends(z, power):
    """The series near zero and the closed form beyond it are the integral, by 40-digit quadrature, to 1e-9."""
    c = 1.7
    x = (z / c) ** 0.5
    with mpmath.workdps(40):
        exact = mpmath.quad(lambda y: y**power * mpmath.exp(-mpmath.mpf(c) * y * y), [0, mpmath.mpf(x)])
    assert _inner(np.array([x]), c, power)[0] == pytest.approx(float(exact), rel=1e-9)


@pytest.mark.parametrize("x", [1e-6, 9e-4, 9.99e-4, 1.001e-3, 0.05, 3.0])
def test_a_calendar_of_a_reverting_gap_holds_where_the_series_ends(x):
    """The gap from 0 has variance s^2 (1 - exp(-2 k t)) / 2 k: its mean over a cycle, and E|b| at the end."""
    model = replace(UNIT, reversion=0.8, gap_vol=1.3)
    years = x / (2 * model.reversion)
    with mpmath.workdps(40):
        k, s2, end = mpmath.mpf("0.8"), mpmath.mpf("1.3") ** 2, mpmath.mpf(years)
        mean = mpmath.quad(lambda t: s2 * (1 - mpmath.exp(-2 * k * t)) / (2 * k), [0, end]) / end
        traded = mpmath.sqrt(2 * s2 * (1 - mpmath.exp(-2 * k * end)) / (2 * k) / mpmath.pi) / end
    square, turnover, tickets = _calendar(model, years)
    assert square == pytest.approx(float(mean), rel=2e-10)
    assert turnover == pytest.approx(float(traded), rel=2e-10)
    assert tickets == pytest.approx(1 / years)


@pytest.mark.parametrize(("lot", "fits"), [(0.9, True), (1.0, True), (1.1, False)])
def test_a_lot_as_wide_as_the_band_still_fits_in_it(lot, fits):
    """From one edge a whole lot ends on the other; one that is wider cannot end inside, and the row says why."""
    model = replace(UNIT, lot=lot)
    edge = Policy(kind=Kind.EDGE, band=0.5)
    row = _row("best edge", edge, model, seed=1, checks=252.0, effort=Effort(paths=8, cycles=20))
    assert (row.why_not == "") is fits
    assert (row.practice is not None) is fits


@pytest.mark.parametrize(
    "model",
    [
        replace(UNIT, ticket=0.3), replace(UNIT, cost_per_beta=0.3, ticket=0.02, reversion=0.1),
        replace(UNIT, cost_per_beta=0.2, reversion=0.4), replace(UNIT, cost_per_beta=0.0, ticket=0.05, gap_vol=0.4),
    ],
)  # fmt: skip
def test_no_interval_and_no_band_back_to_the_target_is_better(model):
    """On a fine grid of intervals, and of bands with trades to the target, nothing costs less than the best one."""
    for best, kind, name in ((best_calendar, Kind.CALENDAR, "years"), (best_centre, Kind.CENTRE, "band")):
        policy = best(model)
        least = evaluate(model, policy).total
        grid = getattr(policy, name) * np.geomspace(0.02, 50.0, 300)
        totals = [evaluate(model, Policy(kind=kind, **{name: float(x)})).total for x in grid]
        assert least <= min(totals) * (1 + 1e-9)
        assert least == pytest.approx(min(totals), rel=2e-3)


@pytest.mark.parametrize(("reversion", "cost"), [(0.5, 0.1), (0.5, 1.0), (2.0, 1.0), (8.0, 0.1)])
def test_the_best_band_of_a_reverting_gap_is_found_however_wide(reversion, cost):
    """A gap that closes by itself wants a band up to twice as wide and more: none of a fine grid has a lower total."""
    model = replace(UNIT, reversion=reversion, cost_per_beta=cost)
    bands = np.geomspace(0.05, 6 * model.still_sd, 800)
    least = min(evaluate(model, Policy(kind=Kind.EDGE, band=float(h))).total for h in bands)
    found = evaluate(model, best_edge(model)).total
    assert found <= least * (1 + 1e-12)
    assert found == pytest.approx(least, rel=1e-5)
    assert found < evaluate(model, Policy(kind=Kind.NEVER)).total
