"""Answers about how often to hedge: a book, stated numbers, or one option."""

from dataclasses import replace

from trimtab.desk.answers.inputs import USUAL_BASE, Inputs
from trimtab.desk.answers.settled import settle
from trimtab.desk.ask.hedge_policy import HedgePolicy
from trimtab.desk.ask.hedge_policy import hedge_policy as run_policy
from trimtab.desk.ask.hedging.policy_inputs import Stated, measure_inputs, state_inputs
from trimtab.desk.questions.fields import usual
from trimtab.desk.questions.policy import OneOption, PolicyQuestion, StatedInputs
from trimtab.errors import UsageError
from trimtab.hedge.often.bands_simulate import OptionHedge, OptionTable, compare_option_policies
from trimtab.hedge.often.simulate import Effort
from trimtab.hedge.rule import USUAL_AIM, Aim
from trimtab.market.daycount import YEAR_DAYS
from trimtab.market.frequency import TRADING_YEAR

__all__ = ["option_policy", "policy_of"]


def policy_of(
    question: PolicyQuestion, inputs: Inputs | None, *, stated: Stated | None = None, effort: Effort | None = None
) -> HedgePolicy:
    """Say how often to hedge: of a book, or without `inputs` of stated numbers."""
    given = stated or _stated(question.stated)
    asked = question.mandate
    if inputs is None:
        if question.stated.nav is None:
            raise UsageError(
                expected="nav (--nav), where there are neither prices and holdings nor a workspace", found="none",
                try_next="give for example 1000000, with drift_vol, market_vol and cost",
            )  # fmt: skip
        measured = state_inputs(
            nav=question.stated.nav, risk_aversion=question.risk_aversion, budget=question.tracking_error_budget,
            stated=given, base=question.measuring.base or USUAL_BASE, mandate_band=asked.band,
        )  # fmt: skip
    else:
        if question.stated.nav is not None:
            raise UsageError(
                expected="nav (--nav) of holdings alone, or no holdings",
                found=f"{question.stated.nav:g} beside holdings",
                try_next="leave it out",
            )  # fmt: skip
        # Where no band is in force, a band of zero is not shown beside the others.
        mandate = usual(replace(asked, band=0.0 if asked.band is None else asked.band)).mandate()
        settled = settle(inputs, mandate, question.measuring, hedge=question.hedge or ())
        measured = measure_inputs(
            settled.held, mandate, settled.setting, hedges=settled.hedges, contracts=settled.contracts,
            risk_aversion=question.risk_aversion, budget=question.tracking_error_budget,
            aim=Aim(question.aim or USUAL_AIM), stated=given, stated_prices=question.hedge_prices,
        )  # fmt: skip
    return run_policy(
        measured, bands=question.bands, intervals=tuple(days / TRADING_YEAR for days in question.intervals),
        seed=question.seed, checks_per_year=question.checks, effort=effort or Effort(paths=question.paths),
    )  # fmt: skip


def _stated(asked: StatedInputs) -> Stated:
    return Stated(
        drift_vol=asked.drift_vol, market_vol=asked.market_vol, cost_per_beta=asked.cost, ticket=asked.ticket,
        lot=asked.lot, half_life_years=asked.gap_half_life,
    )  # fmt: skip


def option_policy(option: OneOption, seed: int) -> OptionTable:
    """Hedge one option: Leland, Whalley-Wilmott, Zakamouline and fixed intervals, simulated to expiry."""
    hedge = OptionHedge(
        strike=option.strike or 0.0, spot=option.spot or 0.0, volatility=option.vol or 0.0,
        years=(option.days or 0.0) / YEAR_DAYS, right=option.right, rate=option.rate, cost=option.cost_rate,
        risk_aversion=option.absolute_risk_aversion, short=not option.bought,
    )  # fmt: skip
    return compare_option_policies(hedge, seed=seed)
