"""Answers that trade futures: a plan back to the mandate, and one for several targets at once."""

from collections.abc import Mapping
from dataclasses import replace

from trimtab.desk.answers.inputs import Inputs
from trimtab.desk.answers.settled import settle
from trimtab.desk.ask.propose import propose
from trimtab.desk.ask.targets import TargetKind, TargetRule, set_target
from trimtab.desk.ask.targets import plan_targets as run_targets
from trimtab.desk.questions.plan import PlanQuestion
from trimtab.desk.questions.targets import OtherTarget, TargetsQuestion
from trimtab.hedge.joint.records import JointPlan, JointTarget
from trimtab.hedge.plan import Plan
from trimtab.hedge.rule import USUAL_AIM, Aim
from trimtab.hedge.ways.targets import VolatilityRule
from trimtab.model.blend import canonical_benchmark
from trimtab.model.decimals import as_decimal
from trimtab.model.mandate import Mandate

__all__ = ["plan_of", "target_rule", "targets_of"]


def plan_of(question: PlanQuestion, inputs: Inputs, *, target: TargetRule | None = None) -> Plan:
    """Plan with futures; a `target` that Python gives as a record goes before the question's."""
    mandate = question.mandate.mandate(reading=question.measuring.reading)
    settled = settle(inputs, mandate, question.measuring, hedge=question.hedge or ())
    asked = target or target_rule(question.target)
    why = None
    if asked is not None:
        mandate, why = set_target(mandate, asked, settled.held, settled.setting)
    done = propose(
        settled.held, mandate, settled.setting, settled.hedges, settled.contracts,
        stated_prices=dict(question.hedge_prices), aim=Aim(question.aim or USUAL_AIM),
    )  # fmt: skip
    return done if why is None else replace(done, notes=(why, *done.notes))


def targets_of(question: TargetsQuestion, inputs: Inputs) -> JointPlan:
    """Plan for several targets at once."""
    mandate = question.mandate.mandate(reading=question.measuring.reading)
    others = {canonical_benchmark(name): ends for name, ends in _ranges(question.several.targets, mandate).items()}
    wanted = tuple((code, *ends) for code, ends in _ranges(question.several.currencies, mandate).items())
    settled = settle(
        inputs, mandate, question.measuring, hedge=question.hedge or (),
        currencies=tuple(code for code, _, _ in wanted if code != inputs.base), also=tuple(others),
    )  # fmt: skip
    asked = {mandate.benchmark: (mandate.target, mandate.band), **others}
    return run_targets(
        settled.held,
        mandate,
        settled.setting,
        tuple(JointTarget(benchmark=name, target=t, band=b) for name, (t, b) in asked.items()),
        hedges=settled.hedges,
        contracts=settled.contracts,
        stated_prices=dict(question.hedge_prices),
        currencies=wanted,
        step=as_decimal(question.several.step, "a step of currency amounts"),
        window=question.several.joint_window or None,
    )


def target_rule(asked: OtherTarget) -> TargetRule | None:
    """Make the target that was asked for in place of a beta; None for the mandate's own."""
    if asked.chosen is None:
        return None
    kind, value = asked.chosen
    rule = None if asked.rule is None else VolatilityRule(asked.rule)
    return TargetRule(kind=TargetKind(kind), value=value, rule=rule)


def _ranges(given: Mapping[str, tuple[float, float | None]], mandate: Mandate) -> dict[str, tuple[float, float]]:
    """Give (wanted, half-width) by name, the mandate's band where none is said."""
    return {name: (value, mandate.band if band is None else band) for name, (value, band) in given.items()}
