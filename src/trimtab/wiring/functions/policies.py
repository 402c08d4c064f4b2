"""How often to hedge: a portfolio, stated numbers, or one option."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Unpack

from trimtab.desk.ask.hedge_policy import HedgePolicy, Stated, measure_inputs, state_inputs
from trimtab.desk.ask.hedge_policy import hedge_policy as run_policy
from trimtab.desk.questions.fields import usual
from trimtab.desk.questions.mandate import MandateTerms
from trimtab.desk.questions.policy import OneOption, PolicyQuestion, StatedInputs
from trimtab.errors import InputError, UsageError
from trimtab.hedge.often.bands_simulate import OptionHedge, OptionTable, compare_option_policies
from trimtab.hedge.often.simulate import Effort
from trimtab.market.daycount import YEAR_DAYS
from trimtab.market.frequency import TRADING_YEAR
from trimtab.model.mandate import Mandate
from trimtab.wiring.functions.how import PolicyHow, groups_of, how_of
from trimtab.wiring.functions.planning import listed
from trimtab.wiring.settling import USUAL_BASE, Inputs, open_inputs, settle

__all__ = ["hedge_policy", "option_policy", "policy_of"]


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
            nav=question.stated.nav, risk_aversion=question.risk_aversion, stated=given,
            base=question.measuring.base or USUAL_BASE, mandate_band=asked.band,
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
            risk_aversion=question.risk_aversion, stated=given, stated_prices=question.hedge_prices,
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


def hedge_policy(
    prices: Any = None,
    holdings: Any = None,
    mandate: Mandate | None = None,
    *,
    hedge: str | Sequence[str] = (),
    risk_aversion: float = 3.0,
    nav: float | None = None,
    stated: Stated | None = None,
    bands: Sequence[float] = (),
    intervals: Sequence[float] = (),
    **how: Unpack[PolicyHow],
) -> HedgePolicy:
    """Say how often to hedge: the best band and interval, what each costs a year and what tracking error it leaves.

    Parameters
    ----------
    prices, holdings, mandate, **how
        As in `review`, and ``hedge_prices``, ``seed``, ``checks_per_year`` and ``effort`` (below); without prices and
        holdings every input must be stated.
    hedge, hedge_prices
        Futures that may be traded, as in `plan`: they set the cost and the lot.
    risk_aversion
        Relative; 3 is a usual figure.
    nav
        Base currency; needed without holdings.
    stated
        Inputs that are stated instead of measured.
    bands, intervals
        Half-widths, and years between trades, to show beside the best ones.
    seed, checks_per_year, effort
        Of the simulations.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab.desk.ask.hedge_policy import Stated
    >>> from trimtab.hedge.often.simulate import Effort
    >>> from trimtab.wiring.functions.policies import hedge_policy
    >>> known = Stated(drift_vol=0.1, market_vol=0.2, cost_per_beta=50.0)
    >>> hedge_policy(nav=1e6, stated=known, effort=Effort(paths=8, cycles=20)).band
    0.0148
    """
    measuring, instruments = groups_of(how_of(how))
    inputs = None
    if prices is None and holdings is None:
        terms = MandateTerms(band=None if mandate is None else mandate.band)
    elif prices is None or holdings is None or mandate is None:
        raise InputError(
            expected="prices, holdings and a mandate together",
            found="only some of them",
            try_next="give all three, or none and the net asset value",
        )
    else:
        terms = MandateTerms.of(mandate)
        inputs = open_inputs(prices, holdings, measuring, instruments)
    question = PolicyQuestion(
        mandate=terms, measuring=measuring, instruments=instruments,
        hedge=listed(hedge), hedge_prices=how.get("hedge_prices") or {},
        risk_aversion=risk_aversion, stated=StatedInputs(nav=nav), bands=tuple(bands),
        intervals=tuple(years * TRADING_YEAR for years in intervals), checks=how.get("checks_per_year"),
        seed=how.get("seed", 1),
    )  # fmt: skip
    return policy_of(question, inputs, stated=stated, effort=how.get("effort") or Effort())
