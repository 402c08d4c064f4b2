"""How often to hedge, as a document; infinite and unknown numbers are null."""

from dataclasses import dataclass, field
from datetime import date
from math import isfinite
from typing import ClassVar

from trimtab.desk.ask.hedge_policy import HedgePolicy
from trimtab.desk.ask.hedging.policy_inputs import HedgeTerms
from trimtab.hedge.often.bands_simulate import FrontierPoint, Lead, OptionHedge, OptionTable
from trimtab.hedge.often.choose import CurvePoint, PolicyRow
from trimtab.hedge.often.closed_form import Expected, GapModel, Kind
from trimtab.hedge.often.drift import BetaDrift
from trimtab.hedge.often.simulate import Simulated
from trimtab.report.documents.parts import finite
from trimtab.report.documents.trading.rule import RuleFigures, TradeNow, rule_figures, trade_now
from trimtab.report.shape.fields import FLAT

__all__ = [
    "HedgePolicyDocument", "OfNav", "OptionPolicyDocument", "hedge_policy_document", "is_beyond_limit", "mandate_line",
    "of_nav", "option_policy_document",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommended:
    """The band to hedge at, half-widths in beta.

    Parameters
    ----------
    band, exact
        Rounded up to four decimals, and as it is.
    watched_all_the_time
        If it were watched without pause.
    range
        With the drift one standard error lower and higher; null if the drift was stated.
    best_simulated
        Best in practice.
    flat
        Bands in between cost within half a basis point of NAV a year of the best.
    mandate_line
        What to write in a mandate of trimtab.toml; empty where its limit does not allow it.
    mandate_band
        Half-width now in force; null without a mandate.
    hedge
        The contract it is best with.
    """

    band: float | None
    exact: float | None
    watched_all_the_time: float | None
    range: tuple[float, float] | None
    best_simulated: float | None
    flat: tuple[float, float]
    mandate_line: str
    mandate_band: float | None
    hedge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyInputs:
    """Everything that decides how often to hedge.

    Parameters
    ----------
    risk_aversion
        Relative; where a budget was asked for, the one that it stands for.
    tracking_error_budget
        Tracking error a year that missing the target may cause; null where a risk aversion was asked for.
    sources
        Where each came from, in words.
    """

    model: GapModel = field(metadata=FLAT)
    risk_aversion: float | None
    tracking_error_budget: float | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfNav:
    """What a policy costs in practice, beside NAV; by closed form where it was not simulated.

    Parameters
    ----------
    cost, total
        Trading a year, and that with the risk penalty, in basis points of NAV.
    per_ticket
        What one trade costs, base currency; null where nothing or without end is traded.
    """

    cost: float | None
    total: float | None
    per_ticket: float | None


def of_nav(row: PolicyRow, nav: float) -> OfNav:
    """Put a policy's costs beside NAV."""
    done = row.practice or row.expected
    each = done.cost / done.trades if done.trades > 0 else None
    cost, total = done.cost / nav * 1e4, done.total / nav * 1e4
    return OfNav(
        cost=cost if isfinite(cost) else None,
        total=total if isfinite(total) else None,
        per_ticket=each if each is not None and isfinite(each) and isfinite(done.trades) else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFigures:
    """One policy with its figures.

    Parameters
    ----------
    name, kind, band, trade, years
        What it does: trades at a half-width, by how much, or by the calendar.
    expected, simulated, practice
        By closed form, simulated as the closed form assumes, and as it is in practice.
    of_nav
        What it costs in basis points of NAV, and by the ticket.
    why_not
        Why it cannot be used; empty if it can.
    """

    name: str
    kind: Kind
    band: float | None
    trade: float | None
    years: float | None
    expected: Expected
    simulated: Simulated | None
    practice: Simulated | None
    of_nav: OfNav
    why_not: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationTerms:
    """How policies were simulated.

    Parameters
    ----------
    seed
        Same seed, same numbers.
    checks_per_year
        How often the band is looked at in practice.
    """

    seed: int
    checks_per_year: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgePolicyDocument:
    """How often to hedge: the best band, what it costs a year, and what tracking error it leaves.

    Parameters
    ----------
    as_of, benchmark, base_currency, nav
        The portfolio; date and benchmark null if they are not known.
    beta, beta_stderr
        Portfolio beta now; null if not measured.
    recommended
        The answer.
    rule, now, advised
        The rule in force, what it trades now, and what it would with the best trigger; null without a mandate and
        hedges, or where the best trigger lies beyond the limit.
    inputs, hedges, drift
        What went in; drift is null if it was stated.
    policies, curve
        Side by side, and bands from narrow to wide.
    simulation
        How they were simulated.
    notes
        What a reader should know.
    """

    SCHEMA: ClassVar = "trimtab.hedge-policy/1"

    as_of: date | None
    benchmark: str | None
    base_currency: str
    nav: float | None
    beta: float | None
    beta_stderr: float | None
    recommended: Recommended
    rule: RuleFigures | None
    now: TradeNow | None
    advised: TradeNow | None
    inputs: PolicyInputs
    hedges: tuple[HedgeTerms, ...]
    drift: BetaDrift | None
    policies: tuple[PolicyFigures, ...]
    curve: tuple[CurvePoint, ...]
    simulation: SimulationTerms
    notes: tuple[str, ...]


def mandate_line(result: HedgePolicy) -> str:
    """Give the line that makes the recommended band the trigger in a mandate of trimtab.toml; the limit stays.

    Empty where the band lies beyond the limit: a mandate would refuse it.
    """
    return "" if is_beyond_limit(result) else f"trigger = {result.band:g}"


def is_beyond_limit(result: HedgePolicy) -> bool:
    """Tell whether the recommended band is wider than the limit of the mandate asked about, if there is one."""
    return result.rule is not None and result.band > result.rule.mandate.band


def hedge_policy_document(result: HedgePolicy) -> HedgePolicyDocument:
    """Document of `trimtab hedge-policy`: schema trimtab.hedge-policy/1."""
    i, t = result.inputs, result.table
    return HedgePolicyDocument(
        as_of=i.as_of,
        benchmark=i.benchmark,
        base_currency=i.base,
        nav=finite(i.nav),
        beta=finite(i.beta),
        beta_stderr=finite(i.beta_stderr),
        recommended=Recommended(
            band=finite(result.band),
            exact=finite(t.recommended),
            watched_all_the_time=finite(t.watched),
            range=result.band_range,
            best_simulated=finite(t.practice_best),
            flat=(result.best.flat_from, result.best.flat_to),
            mandate_line=mandate_line(result),
            mandate_band=finite(i.mandate_band),
            hedge=i.chosen,
        ),
        rule=None if result.rule is None else rule_figures(result.rule),
        now=trade_now(result.now),
        advised=trade_now(result.advised),
        inputs=PolicyInputs(
            model=t.model,
            risk_aversion=finite(i.risk_aversion),
            tracking_error_budget=finite(i.budget),
            sources=i.sources,
        ),
        hedges=i.terms,
        drift=i.drift,
        policies=tuple(_row(r, i.nav) for r in t.rows),
        curve=t.curve,
        simulation=SimulationTerms(seed=t.seed, checks_per_year=finite(t.checks_per_year)),
        notes=result.notes,
    )


def _row(row: PolicyRow, nav: float) -> PolicyFigures:
    return PolicyFigures(
        name=row.name,
        kind=row.policy.kind,
        band=finite(row.policy.band),
        trade=finite(row.policy.trade),
        years=finite(row.policy.years),
        expected=row.expected,
        simulated=row.simulated,
        practice=row.practice,
        of_nav=of_nav(row, nav),
        why_not=row.why_not,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadFigures:
    """How far one frontier lies above another.

    Parameters
    ----------
    dominates
        Whether it does so everywhere.
    """

    lead: Lead = field(metadata=FLAT)
    dominates: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PathTerms:
    """How paths were simulated.

    Parameters
    ----------
    seed, paths, steps
        Same seed, same numbers; how many paths of how many steps.
    """

    seed: int
    paths: int
    steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionPolicyDocument:
    """How to hedge one option, simulated to expiry.

    Parameters
    ----------
    option, premium
        The option, and its worth.
    points, best
        Each policy with its settings, and the best of them.
    leads
        Which frontier lies above which.
    refused
        What could not be simulated.
    simulation
        How it was done.
    """

    SCHEMA: ClassVar = "trimtab.hedge-policy-option/1"

    option: OptionHedge
    premium: float | None
    points: tuple[FrontierPoint, ...]
    best: FrontierPoint
    leads: tuple[LeadFigures, ...]
    refused: tuple[str, ...]
    simulation: PathTerms


def option_policy_document(table: OptionTable) -> OptionPolicyDocument:
    """Document of `trimtab hedge-policy --strike`: schema trimtab.hedge-policy-option/1."""
    return OptionPolicyDocument(
        option=table.option,
        premium=finite(table.premium),
        points=table.points,
        best=table.best,
        leads=tuple(LeadFigures(lead=lead, dominates=lead.dominates) for lead in table.leads),
        refused=table.refused,
        simulation=PathTerms(seed=table.seed, paths=table.n_paths, steps=table.n_steps),
    )
