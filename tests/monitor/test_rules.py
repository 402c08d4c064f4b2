"""What each kind of rule makes of an observation, and that nothing is made of what was not observed."""

import datetime as dt
from math import inf, log, tanh
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.errors import InputError, UnknownSymbolError
from trimtab.monitor.alerts.book import AlertBook, advance, command
from trimtab.monitor.alerts.machine import Order, Verb
from trimtab.monitor.alerts.observation import AssetBeta, Dated, MethodBeta, Observation
from trimtab.monitor.alerts.quiet import QuietHours
from trimtab.monitor.alerts.readings import BetaPoint, Signal, change_noise, read_rule, true_dispersion
from trimtab.monitor.alerts.rules import KINDS, Kind, StatedRule, rule_of

AT = dt.datetime(2026, 1, 5, 21, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def seen(at=AT, **what):
    return Observation(at=at, portfolio="growth", **what)


def rule(kind, **given):
    return rule_of(StatedRule(name="r", kind=kind, portfolio="growth", **given))


def signal(kind, observation, **given):
    return read_rule(rule(kind, **given), observation).signal


BAND = {"lower": 0.95, "upper": 1.05}


@pytest.mark.parametrize("kind", list(Kind))
def test_what_was_not_observed_neither_fires_nor_clears_and_says_so(kind):
    """An empty observation is unknown to every kind of rule."""
    found = read_rule(rule(kind), seen())
    assert found.signal is Signal.UNKNOWN
    assert found.words.startswith("not observed: ")
    assert advance(AlertBook(portfolio="growth"), [rule(kind)], seen(), AT)[1] == ()


@pytest.mark.parametrize(
    ("kind", "trips", "between", "calm", "given"),
    [
        ("coverage", 0.8, 0.92, 0.99, {"threshold": 0.9, "clear": 0.95}),
        ("stale", 3, 2, 1, {"threshold": 3, "clear": 1}),
        ("quote_age", 900.0, 500.0, 100.0, {}),
        ("liquidity", inf, 4.5, 1.0, {}),
    ],
)
def test_one_number_is_compared_on_its_own_side(kind, trips, between, calm, given):
    """At the threshold or beyond it trips, at the clear level or beyond it is calm, between them neither."""
    field = {"coverage": "coverage", "stale": "price_sessions", "quote_age": "price_seconds"}.get(
        kind, "liquidation_days"
    )
    got = [signal(kind, seen(**{field: value}), **given) for value in (trips, between, calm)]
    assert got == [Signal.TRIP, Signal.BETWEEN, Signal.CALM]


def test_the_band_is_judged_by_probability_and_not_by_the_point():
    """The same beta outside its band is news with a small error and none with a large one."""
    assert signal("band", seen(beta=1.08, stderr=0.01, **BAND)) is Signal.TRIP
    assert signal("band", seen(beta=1.08, stderr=0.10, **BAND)) is Signal.BETWEEN
    assert signal("band", seen(beta=1.00, stderr=0.02, **BAND)) is Signal.CALM


def test_the_edge_rule_warns_before_the_band_is_left():
    """Distance inside counts up, distance outside is negative."""
    near = read_rule(rule("edge", threshold=0.02, clear=0.03), seen(beta=1.04, stderr=0.01, **BAND))
    assert (near.signal, round(near.value, 6)) == (Signal.TRIP, 0.01)
    out = read_rule(rule("edge"), seen(beta=0.90, stderr=0.01, **BAND))
    assert (out.signal, round(out.value, 6)) == (Signal.TRIP, -0.05)


def test_the_noise_of_a_change_is_that_of_overlapping_windows():
    """The formula gives the spread of differences of slopes simulated from windows that share part of their data."""
    rng = np.random.default_rng(5)
    n, apart, runs = 120, 30, 4000
    x = rng.normal(size=(runs, n + apart))
    y = 0.9 * x + rng.normal(size=x.shape)

    def slope(a, b):
        u = a - a.mean(axis=1, keepdims=True)
        return (u * b).sum(axis=1) / (u * u).sum(axis=1)

    before, after = slope(x[:, :n], y[:, :n]), slope(x[:, apart:], y[:, apart:])
    points = [BetaPoint(at=AT + d * DAY, beta=0.9, stderr=float(before.std())) for d in (0, apart)]
    assert change_noise(*points, n * DAY) == pytest.approx((after - before).std(), rel=0.05)


def test_a_change_must_be_large_and_beyond_its_noise():
    """The size asked for is not news while noise alone makes it; once it is beyond noise, it is."""
    trail = [BetaPoint(at=AT - 7 * DAY, beta=1.0, stderr=0.1)]
    moved = {"beta": 1.15, "stderr": 0.1}
    noisy = read_rule(rule("beta_change"), seen(**moved), trail=trail)
    known = read_rule(rule("beta_change"), seen(**moved, memory=250 * DAY), trail=trail)
    assert (noisy.signal, known.signal) == (Signal.BETWEEN, Signal.TRIP)
    assert round(known.value, 6) == 0.15


def test_a_beta_from_long_ago_says_nothing_about_the_change_over_a_window():
    """After a pause of more than four windows the rule has nothing to compare with."""
    trail = [BetaPoint(at=AT - 29 * DAY, beta=1.0, stderr=0.01)]
    assert read_rule(rule("beta_change"), seen(beta=2.0, stderr=0.01), trail=trail).signal is Signal.UNKNOWN


def test_the_book_keeps_the_betas_that_rules_on_change_look_back_to():
    """A slow climb that no single day shows is seen over the window; the trail stays short."""
    book, said = AlertBook(portfolio="growth"), []
    for day in range(30):
        now = AT + day * DAY
        beta = 1.0 + 0.02 * max(0, day - 10)
        book, events = advance(book, [rule("beta_change")], seen(now, beta=beta, stderr=0.01, memory=250 * DAY), now)
        said += [(day, e.kind.value) for e in events]
        assert len(book.trail) <= 9
    assert said == [(15, "raised")]
    assert AlertBook.from_json(book.to_json()) == book


def test_the_trail_keeps_a_point_every_sixty_fourth_of_a_window():
    """Watched every minute, the trail is thinned to that spacing, no wider, and reaches a whole window back."""
    book, window = AlertBook(portfolio="growth"), dt.timedelta(hours=16)
    asked = [rule("beta_change", window=window)]
    for minute in range(0, 40 * 60, 5):
        now = AT + dt.timedelta(minutes=minute)
        book, _ = advance(book, asked, seen(now, beta=1.0, stderr=0.01, memory=250 * DAY), now)
    apart = {b.at - a.at for a, b in zip(book.trail, book.trail[1:], strict=False)}
    assert apart == {window / 64}
    assert book.trail[-1].at - book.trail[0].at >= window


def test_disagreement_is_counted_in_errors():
    """Methods two errors apart are as far apart whatever the unit."""
    two = (MethodBeta(method="ols", value=1.0), MethodBeta(method="huber", value=1.35))
    assert signal("disagreement", seen(beta=1.0, stderr=0.1, methods=two)) is Signal.TRIP
    assert signal("disagreement", seen(beta=1.0, stderr=0.2, methods=two)) is Signal.CALM
    assert signal("disagreement", seen(beta=1.0, stderr=0.0, methods=two)) is Signal.UNKNOWN


@given(st.lists(st.tuples(st.floats(-3, 3), st.floats(0, 1)), min_size=3, max_size=20))
def test_dispersion_without_noise_is_never_more_than_with_it(pairs):
    """Taking noise out can only lower it, and never below zero."""
    betas = [AssetBeta(asset=str(i), value=b, stderr=s) for i, (b, s) in enumerate(pairs)]
    assert 0.0 <= true_dispersion(betas) <= np.std([b for b, _ in pairs], ddof=1) + 1e-12


def test_betas_that_differ_by_noise_alone_have_converged():
    """Planted: equal betas measured with error differ in the sample, and not in truth."""
    rng = np.random.default_rng(11)
    betas = tuple(AssetBeta(asset=str(i), value=float(b), stderr=0.3) for i, b in enumerate(rng.normal(1.0, 0.3, 400)))
    assert np.std([b.value for b in betas]) > 0.25
    assert signal("convergence", seen(assets=betas)) is Signal.TRIP


def test_a_correlation_must_be_beyond_its_noise():
    """The same average is news from many returns and none from few, and the all-clear is the estimate's own."""
    assert signal("correlation", seen(correlation=0.65, correlation_obs=500)) is Signal.TRIP
    assert signal("correlation", seen(correlation=0.65, correlation_obs=30)) is Signal.BETWEEN
    assert signal("correlation", seen(correlation=0.45, correlation_obs=500)) is Signal.CALM


def test_each_contract_has_an_alert_of_its_own():
    """Acknowledging one expiry leaves the next one's alert alone, and a contract that is gone clears."""
    rules, book = [rule("expiry", threshold=5)], AlertBook(portfolio="growth")
    es, spx = Dated(symbol="ESH6", days=4), Dated(symbol="SPX put", days=9)
    book, first = advance(book, rules, seen(expiries=(es, spx)), AT)
    book, _ = command(book, rules, "r/ESH6", Order(verb=Verb.ACKNOWLEDGE), AT)
    near = Dated(symbol="SPX put", days=5)
    book, second = advance(book, rules, seen(AT + 4 * DAY, expiries=(Dated(symbol="ESH6", days=0), near)), AT + 4 * DAY)
    book, third = advance(book, rules, seen(AT + 5 * DAY, expiries=(near,)), AT + 5 * DAY)
    told = [[(e.subject, e.kind.value) for e in events] for events in (first, second, third)]
    assert told == [[("ESH6", "raised")], [("SPX put", "raised")], [("ESH6", "cleared")]]
    assert list(book.states) == ["r", "r/SPX put"]


def test_a_contract_that_comes_up_while_its_rule_is_snoozed_is_snoozed_too():
    """A snooze of the rule holds for contracts not known yet."""
    rules, book = [rule("expiry", threshold=5)], AlertBook(portfolio="growth")
    book, _ = command(book, rules, "r", Order(verb=Verb.SNOOZE, until=AT + 2 * DAY), AT)
    near = (Dated(symbol="ESH6", days=4),)
    book, quiet = advance(book, rules, seen(AT + DAY, expiries=near), AT + DAY)
    book, said = advance(book, rules, seen(AT + 2 * DAY, expiries=near), AT + 2 * DAY)
    assert ([e.kind for e in quiet], [e.kind.value for e in said]) == ([], ["raised"])


def test_the_alert_of_a_deleted_rule_is_closed():
    """Those who were told hear that nothing watches it now."""
    out = seen(coverage=0.1)
    book, _ = advance(AlertBook(portfolio="growth"), [rule("coverage", channels=("desk",))], out, AT)
    book, (event,) = advance(book, [], out, AT)
    assert (event.kind.value, event.channels, dict(book.states)) == ("cleared", ("desk",), {})


def test_an_unknown_alert_is_named_with_those_there_are():
    """A misspelt name changes nothing."""
    with pytest.raises(UnknownSymbolError, match="an alert of growth: r"):
        command(AlertBook(portfolio="growth"), [rule("band")], "q", Order(verb=Verb.ACKNOWLEDGE), AT)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"kind": "bnad"}, "a kind of rule"),
        ({"kind": "band", "threshold": 1.5}, "from 0 to 1"),
        ({"kind": "band", "threshold": 0.8, "clear": 0.9}, "clear at or below"),
        ({"kind": "coverage", "threshold": 0.9, "clear": 0.8}, "clear at or above"),
        ({"kind": "band", "severity": "loud"}, "info, warning or critical"),
        ({"kind": "band", "hold": -DAY}, "zero or more"),
        ({"kind": "band", "repeat": 0 * DAY}, "longer than zero"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(given, message):
    """Mistakes are found when the rule is made, not on the night it should fire."""
    with pytest.raises(InputError, match=message):
        rule_of(StatedRule(name="r", portfolio="growth", **given))


@pytest.mark.parametrize("kind", list(Kind))
def test_defaults_of_every_kind_make_a_rule(kind):
    """Each kind has a threshold, clears on the calm side of it, and keeps doing so when the threshold is moved."""
    terms = KINDS[kind]
    assert rule(kind).threshold == terms.threshold
    moved = rule(kind, threshold=terms.clear)
    assert moved.clear == terms.clear


@given(st.timedeltas(0 * DAY, 366 * DAY))
def test_quiet_hours_and_their_complement_share_the_day(since):
    """From ten to seven and from seven to ten, one or the other covers every moment, summer and winter."""
    now = AT + since
    night = QuietHours(start=dt.time(22), end=dt.time(7), zone="America/New_York")
    day = QuietHours(start=dt.time(7), end=dt.time(22), zone="America/New_York")
    assert night.covers(now) != day.covers(now)


def test_a_night_belongs_to_the_day_on_which_it_began():
    """Quiet hours of Friday last into Saturday morning, and Saturday evening is not quiet."""
    friday = QuietHours(start=dt.time(22), end=dt.time(7), zone="UTC", days=frozenset({4}))
    hours = [dt.datetime(2026, 1, d, h, tzinfo=dt.UTC) for d, h in ((2, 23), (3, 6), (3, 23), (4, 6))]
    assert [friday.covers(h) for h in hours] == [True, True, False, False]


@pytest.mark.parametrize(
    "wrong",
    [
        {"beta": 1.0},
        {"beta": float("nan"), "stderr": 0.1},
        {"coverage": 1.2},
        {"stderr": -1.0, "beta": 1.0},
        {"lower": 1.0},
    ],
)
def test_an_observation_that_cannot_be_is_refused(wrong):
    """Half a number, no number and an impossible number are not observed."""
    with pytest.raises(InputError):
        seen(**wrong)


def test_the_least_a_correlation_can_be_is_fishers():
    """R = 0.5 of 103 returns: tanh(atanh 0.5 - 1.644854 / sqrt(100)) = 0.3669 (R. A. Fisher's z, one side, 95%)."""
    found = read_rule(rule("correlation"), seen(correlation=0.5, correlation_obs=103))
    assert found.value == pytest.approx(tanh(0.5 * log(3.0) - 0.1 * NormalDist().inv_cdf(0.95)), abs=1e-9)
    assert found.value == pytest.approx(0.3669, abs=5e-5)


def test_a_roll_is_due_from_the_first_day_of_its_window_and_says_where_its_order_is():
    """A day before it is not, on the day it is, and words name the contract and the command."""
    due = rule("roll", threshold=0, clear=0)
    days = {1: Signal.CALM, 0: Signal.TRIP, -3: Signal.TRIP}
    read = {n: read_rule(due, seen(rolls=(Dated(symbol="ESH3", days=n),))) for n in days}
    assert {n: one.signal for n, one in read.items()} == days
    assert read[0].words == "ESH3: roll today; see trimtab roll"
