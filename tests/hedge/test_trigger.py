"""A limit apart from a trigger: what is a breach, what is traded, and how far."""

import datetime as dt
from dataclasses import replace

import pytest
from given import demo_inputs, settle
from hypothesis import given
from hypothesis import strategies as st

import trimtab as tt
from trimtab.cli.hedge_policy import _save_trigger
from trimtab.config.read import read_config
from trimtab.desk.ask.propose import propose
from trimtab.desk.ask.ways import compare_ways
from trimtab.desk.questions.fields import filled, usual
from trimtab.desk.questions.groups.source import Source
from trimtab.errors import InputError
from trimtab.hedge.plan import PlanStatus
from trimtab.hedge.verdict import Status, judge
from trimtab.hedge.ways.identity import hash_inputs
from trimtab.monitor.alerts.observation import Observation
from trimtab.monitor.alerts.readings import Signal, read_rule
from trimtab.monitor.alerts.rules import StatedRule, rule_of
from trimtab.wiring.standing import standing_of


@pytest.fixture(scope="module")
def desk():
    """The bundled sample: setting, holdings, hedges, contract table, mandate; its beta is about 0.2 off the target."""
    inputs = demo_inputs()
    table, setting, held, hedges = settle(
        inputs["prices"], inputs["holdings"], inputs["mandate"], base="USD", as_of=None, risk_free=None, fx=None,
        contracts=None, hedge=("ES", "MES"),
    )  # fmt: skip
    return setting, held, hedges, table, replace(inputs["mandate"], band=0.3)


@pytest.fixture(scope="module")
def exposure(desk):
    return desk[0].of(desk[1]).book.exposure


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({"trigger": 0.31}, "a trigger above 0 and within the limit, a band of 0.3"),
        ({"trigger": 0.0}, "a trigger above 0"),
        ({"trigger": float("nan")}, "finite|above 0"),
        ({"step": 0.1}, "a step together with a trigger"),
        ({"trigger": 0.1, "step": 0.2}, "a step above 0 and within the trigger of 0.1"),
    ],
)
def test_a_trigger_lies_within_its_limit_and_a_step_within_the_trigger(terms, expected):
    with pytest.raises(InputError, match=expected):
        tt.Mandate(benchmark="SPX", target=1.0, band=0.3, **terms)


def test_between_trigger_and_limit_nothing_is_breached_and_a_plan_trades(desk):
    """Beta 1.2 in a band of .3: nothing to do without a trigger, traded back into one of .1."""
    setting, held, hedges, table, mandate = desk
    assert propose(held, mandate, setting, hedges, table).status is PlanStatus.NOTHING_TO_DO
    soft = replace(mandate, trigger=0.1)
    plan = propose(held, soft, setting, hedges, table)
    assert (plan.status, plan.mandate) == (PlanStatus.PLANNED, soft)
    assert plan.verdict_before.status is plan.verdict_after.status is Status.INSIDE
    assert (plan.verdict_before.trigger_reached, plan.verdict_after.trigger_reached) == (True, False)
    assert "beyond the trigger of 0.100: a plan trades" in plan.verdict_before.why
    assert abs(plan.after.beta.value - 1.0) <= 0.1
    wide = propose(held, replace(mandate, trigger=0.25), setting, hedges, table)
    assert (wide.status, wide.orders) == (PlanStatus.NOTHING_TO_DO, ())


def test_a_step_says_how_far_within_the_trigger(desk):
    """With a trigger of .15 and a step of .05 a plan ends at 1.10, to half a step: it pays nothing to shave a lot."""
    setting, held, hedges, table, mandate = desk
    plan = propose(held, replace(mandate, trigger=0.15, step=0.05), setting, hedges, table)
    assert plan.after.beta.value == pytest.approx(1.10, abs=0.025)


def test_ways_are_judged_by_limit_and_trigger(desk):
    """Doing nothing keeps the limit and not the trigger; futures keep both, and the reason names the trigger's band."""
    setting, held, hedges, table, mandate = desk
    ways = compare_ways(
        held,
        replace(mandate, trigger=0.1, step=0.04),
        setting,
        ways=("futures",),
        hedges=hedges,
        contracts=table,
        mix=False,
    )
    assert ways.verdict.status is Status.INSIDE
    assert not ways.way("do_nothing").satisfies
    assert ways.cheapest == "futures"
    assert "[0.900, 1.100]" in ways.reason
    assert abs(ways.way("futures").residual) <= 0.1
    assert ways.nothing.gap == pytest.approx(ways.before.beta.value - 1.0)
    assert "this mandate's is 0.1" in ways.nothing.why


@given(off=st.floats(0.0, 0.5), trigger=st.floats(0.01, 0.3))
def test_the_trigger_never_changes_the_verdict(desk, exposure, off, trigger):
    """Whatever the trigger, status and probability are the limit's; it is reached where beta is beyond it."""
    *_, mandate = desk
    limit = replace(mandate, target=exposure.beta.value - off)
    hard, soft = judge(exposure, limit), judge(exposure, replace(limit, trigger=trigger))
    assert (hard.status, hard.probability_inside) == (soft.status, soft.probability_inside)
    assert hard.trigger_reached is None
    assert soft.trigger_reached is (abs(exposure.beta.value - limit.target) > trigger * (1 + 1e-9))


def test_a_mandate_without_a_trigger_has_the_hash_that_it_had():
    """What a newer version can say besides, and this mandate does not, is no part of its hash."""
    plain = tt.Mandate(benchmark="SPX", target=1.0, band=0.3)
    assert hash_inputs(None, None, None, plain) == hash_inputs(None, None, None, replace(plain, trigger=None))
    assert hash_inputs(None, None, None, plain) != hash_inputs(None, None, None, replace(plain, trigger=0.1))


def test_an_alert_says_that_the_trigger_is_reached():
    """It fires at the trigger, is calm within it, and says so where the mandate has none."""
    rule = rule_of(StatedRule(name="trade", kind="trigger", portfolio="growth"))
    at = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
    seen = Observation(
        at=at, portfolio="growth", beta=1.04, stderr=0.02, lower=0.9, upper=1.1, target=1.0, trigger=0.03
    )
    beyond = read_rule(rule, seen)
    assert (beyond.signal, beyond.value) == (Signal.TRIP, pytest.approx(0.01))
    assert beyond.words == "beta 1.040 is 0.040 off its target of 1.000, beyond the trigger of 0.030; a plan trades"
    assert read_rule(rule, replace(seen, beta=0.99)).signal is Signal.CALM
    assert read_rule(rule, replace(seen, trigger=None)).signal is Signal.UNKNOWN


TOML = """[benchmarks.us]
symbol = "SPX"
[mandates.core]
benchmark = "us"
target = 1.0
band = 0.05
{more}
[portfolios.main]
mandate = "core"
"""


def test_the_settings_hold_trigger_and_step(tmp_path):
    """They reach the mandate; beyond the limit they are refused with the line, and with edges the band is theirs."""
    file = tmp_path / "trimtab.toml"
    file.write_text(TOML.format(more="trigger = 0.03\nstep = 0.02"))
    mandate = read_config(tmp_path).mandate()
    assert (mandate.band, mandate.trigger, mandate.step) == (0.05, 0.03, 0.02)
    for more, words in (
        ("trigger = 0.06", "within the band of 0.05"),
        ("step = 0.01", "trigger beside it"),
        ("trigger = 0.03\nstep = 0.04", "within the trigger of 0.03"),
    ):
        file.write_text(TOML.format(more=more))
        with pytest.raises(tt.TrimtabError, match=words):
            read_config(tmp_path)
    file.write_text(TOML.format(more="trigger = 0.06").replace("target = 1.0\nband = 0.05", "lower = 0.9\nupper = 1.1"))
    assert read_config(tmp_path).mandate().trigger == 0.06


def test_saving_a_policy_sets_the_trigger_and_never_the_limit(tmp_path):
    """Trigger and step are written under the mandate, all else stays; one that is wider than the limit is refused."""
    file = tmp_path / "trimtab.toml"
    before = TOML.format(more="# mine")
    file.write_text(before)
    source = Source(workspace=str(tmp_path))
    assert _save_trigger(source, 0.0329, 0.0278).startswith("trigger = 0.0329 and step = 0.0278 under [mandates.core]")
    mandate = read_config(tmp_path).mandate()
    assert (mandate.target, mandate.band, mandate.trigger, mandate.step) == (1.0, 0.05, 0.0329, 0.0278)
    assert set(before.splitlines()) <= set(file.read_text().splitlines())
    kept = file.read_bytes()
    with pytest.raises(InputError, match=r"within the limit of \[mandates.core\], a band of 0.05"):
        _save_trigger(source, 0.06, None)
    assert file.read_bytes() == kept
    # A policy without a size of trade keeps the step, as far as the new trigger lets it.
    _save_trigger(source, 0.02, None)
    mandate = read_config(tmp_path).mandate()
    assert (mandate.trigger, mandate.step) == (0.02, 0.02)


def test_a_band_that_is_asked_for_leaves_the_trigger_of_another_out(tmp_path):
    """A workspace's trigger counts where its limit does; asked with a limit of its own, a question has none."""
    (tmp_path / "trimtab.toml").write_text(TOML.format(more="trigger = 0.03"))
    config = read_config(tmp_path)
    for band, trigger in ((None, 0.03), (0.02, None)):
        question = tt.ReviewQuestion(mandate=tt.MandateTerms(band=band))
        mandate = usual(filled(question, standing_of(config, "main", question))).mandate.mandate()
        assert (mandate.band, mandate.trigger) == (band or 0.05, trigger)
