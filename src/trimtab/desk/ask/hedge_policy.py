"""Use case: how often to hedge a portfolio, from its own drift, the market's volatility and what its hedge costs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite

from trimtab.desk.ask.hedging.policy_inputs import PolicyInputs
from trimtab.hedge.futures.by_rule import plan_by_rule
from trimtab.hedge.often.best import best_of, budget_penalty, up_to_four
from trimtab.hedge.often.choose import PolicyTable, compare_policies, for_checks
from trimtab.hedge.often.closed_form import GapModel, best_band
from trimtab.hedge.often.simulate import Effort, simulate
from trimtab.hedge.plan import Plan
from trimtab.hedge.rule import BestTrigger, HedgeRule
from trimtab.model.shown import Shown

__all__ = ["HedgePolicy", "hedge_policy"]

#: How near the simulated tracking error comes to a budget, and how often it is tried.
_CLOSE, _TRIES = 0.01, 6


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HedgePolicy(Shown):
    """The answer: policies side by side, the recommended band, and what a reader should know.

    Parameters
    ----------
    inputs
        What went in.
    table
        Policies and curve.
    band
        Recommended half-width, rounded up to four decimals: what goes into a mandate.
    band_range
        The same with the drift one standard error lower and higher; None if the drift was stated.
    best
        The same as plans, ways and alerts show it.
    rule
        The rule in force; None without a mandate.
    now, advised
        What the rule in force trades now, and what it would with the best trigger; None where that is not known, or
        the best trigger lies beyond the limit.
    notes
        In words.
    """

    inputs: PolicyInputs
    table: PolicyTable
    band: float
    band_range: tuple[float, float] | None
    best: BestTrigger
    rule: HedgeRule | None
    now: Plan | None
    advised: Plan | None
    notes: tuple[str, ...]


def hedge_policy(
    inputs: PolicyInputs,
    *,
    bands: Sequence[float] = (),
    intervals: Sequence[float] = (),
    seed: int = 1,
    checks_per_year: float | None = None,
    effort: Effort | None = None,
) -> HedgePolicy:
    """Say how often to hedge.

    Parameters
    ----------
    inputs
        Measured or stated.
    bands, intervals
        Half-widths, and years between trades, to show beside the best ones; the mandate's band is added.
    seed, checks_per_year, effort
        Of the simulations; None looks at the band on every day that has prices (252 or 365 a year).
    """
    checks = inputs.days_per_year if checks_per_year is None else checks_per_year
    within = _within_budget(inputs, checks, seed, effort)
    shown = dict.fromkeys((*bands, *((within.mandate_band,) if within.mandate_band else ())))
    table = compare_policies(
        within.model, bands=tuple(shown), intervals=intervals, seed=seed, checks_per_year=checks,
        effort=effort,
    )  # fmt: skip
    best = best_of(
        {within.chosen: within.model}, checks_per_year=checks, nav=within.nav, risk_aversion=within.risk_aversion
    )
    rule, now, advised = _traded(within, best)
    return HedgePolicy(
        inputs=within,
        table=table,
        band=best.trigger,
        band_range=_with_error(within, checks),
        best=best,
        rule=rule,
        now=now,
        advised=advised,
        notes=tuple(_notes(within, table)),
    )


def _traded(inputs: PolicyInputs, best: BestTrigger) -> tuple[HedgeRule | None, Plan | None, Plan | None]:
    """Give the rule in force, what it trades now, and what it would trade with the best trigger."""
    if inputs.mandate is None or inputs.book is None or not inputs.hedges or not inputs.mandate_band:
        return None, None, None
    rule = HedgeRule(mandate=inputs.mandate, aim=inputs.aim, best=best)
    book, hedges, then = inputs.book, inputs.hedges, rule.as_advised
    return rule, plan_by_rule(book, rule, hedges), None if then is None else plan_by_rule(book, then, hedges)


def _with_error(inputs: PolicyInputs, checks: float) -> tuple[float, float] | None:
    """Give the best trigger with the drift one standard error lower and higher; None if it was stated."""
    drift = inputs.drift
    if drift is None or not isfinite(drift.year_stderr):
        return None
    vols = [max(0.05 * drift.year_vol, drift.year_vol + z * drift.year_stderr) for z in (-1.0, 1.0)]
    models = [replace(inputs.model, gap_vol=v) for v in vols]
    low, high = (up_to_four(for_checks(m, best_band(m), checks).band or 0.0) for m in models)
    return low, high


def _within_budget(inputs: PolicyInputs, checks: float, seed: int, effort: Effort | None) -> PolicyInputs:
    """Choose the penalty so that the best band, as it is used in practice, misses the target by what the budget allows.

    Looking only now and then and trading whole lots misses more than the closed form says; what it aims at is lowered
    by as much.
    """
    if inputs.budget is None:
        return inputs
    aimed, model = inputs.budget, inputs.model
    for _ in range(_TRIES):
        model = replace(model, penalty=budget_penalty(model, aimed))
        policy = for_checks(model, best_band(model), checks)
        done = simulate(model, policy, seed=seed, checks_per_year=checks, effort=effort).tracking_error
        if abs(done / inputs.budget - 1.0) <= _CLOSE:
            break
        aimed *= inputs.budget / done
    implied = model.penalty / GapModel.penalty_of(risk_aversion=1.0, market_vol=model.market_vol, nav=inputs.nav)
    return replace(inputs, model=model, risk_aversion=implied)


def _notes(inputs: PolicyInputs, table: PolicyTable) -> list[str]:
    m, notes = inputs.model, []
    if inputs.beta_stderr is not None and inputs.beta_stderr > table.recommended:
        notes.append(
            f"beta is known to +/- {inputs.beta_stderr:.3f} only, wider than the best band: some of the trades "
            "would follow estimation noise; a smoother estimate of beta helps more than a narrower band"
        )
    if m.lot > 0 and m.lot / 2 > 0.5 * table.recommended:
        notes.append(
            f"half a lot ({m.lot / 2:.4f}) makes up most of the band: a smaller contract would track more closely"
        )
    if m.reversion > 0 and table.recommended > 3 * m.still_sd:
        notes.append(
            f"the gap goes back by itself so fast (standard deviation {m.still_sd:.3f} untouched) that never trading "
            "is about as good"
        )
    if inputs.drift is not None and inputs.drift.beta_variance <= 0:
        notes.append("changes of the assets' betas were not found beyond noise; the drift is that of weights alone")
    return notes
