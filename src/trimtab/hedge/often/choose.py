r"""How often to hedge, laid side by side: the best band, the best interval, named ones, and the curve they lie on.

The recommended band is the best one watched all the time, less what looking only now and then adds to it by itself:

    recommended = max(h - 0.5826 s sqrt(dt), half a trade)

Its neighbours on the curve are simulated as they would be used, so that a reader sees whether it is the best there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from trimtab.errors import InputError
from trimtab.hedge.often.closed_form import (
    Expected,
    GapModel,
    Kind,
    Policy,
    best_band,
    best_calendar,
    best_centre,
    best_edge,
    evaluate,
)
from trimtab.hedge.often.simulate import CONTINUITY, Effort, Simulated, simulate
from trimtab.market.frequency import TRADING_YEAR

__all__ = ["CurvePoint", "PolicyRow", "PolicyTable", "compare_policies", "for_checks", "in_lots"]

#: Bands of the curve, as multiples of the best one; bands too narrow for whole lots are left out.
_MULTIPLES = (0.35, 0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0, 3.0)

#: Years after which half a lot counts as out of reach.
_LIFETIME = 200.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRow:
    """One policy with its figures.

    Parameters
    ----------
    name
        In words.
    policy
        The rule.
    expected
        Closed form: watched all the time.
    simulated
        The same assumptions simulated; None where nothing is to be simulated.
    practice
        Checked so many times a year, in whole lots; None where that cannot be done, with the reason in `why_not`.
    why_not
        Why there is no simulation; empty if there is one.
    """

    name: str
    policy: Policy
    expected: Expected
    simulated: Simulated | None
    practice: Simulated | None
    why_not: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """A band on the curve of cost against tracking error: closed form and practice."""

    band: float
    expected: Expected
    practice: Simulated
    recommended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTable:
    """Policies side by side.

    Parameters
    ----------
    model
        What went in.
    rows
        The recommended one first.
    curve
        Bands from narrow to wide, around the recommended one.
    recommended
        Half-width of the recommended band, for so many checks a year.
    watched
        Best half-width if the band were watched all the time.
    practice_best
        The band of the curve with the least simulated total in practice.
    seed, checks_per_year
        Of the simulations.
    """

    model: GapModel
    rows: tuple[PolicyRow, ...]
    curve: tuple[CurvePoint, ...]
    recommended: float
    watched: float
    practice_best: float
    seed: int
    checks_per_year: float

    def row(self, name: str) -> PolicyRow:
        """Give the row of a name."""
        row = next((r for r in self.rows if r.name == name), None)
        if row is None:
            raise InputError(
                expected=f"one of {', '.join(r.name for r in self.rows)}", found=name, try_next="choose one of them"
            )
        return row


def in_lots(model: GapModel, band: float) -> Policy:
    """Give the policy that trades at a band as little as lots and tickets allow and advise.

    Raises
    ------
    InputError
        If the band is narrower than half a lot.
    """
    if model.lot == 0.0 and model.ticket == 0.0:
        return Policy(kind=Kind.EDGE, band=band)
    if model.lot == 0.0:
        # With tickets the trade that costs least at this band, by thirds.
        low, high = 1e-6 * band, band
        for _ in range(100):
            a, b = low + (high - low) / 3.0, high - (high - low) / 3.0
            worse = _total(model, band, a) > _total(model, band, b)
            low, high = (a, high) if worse else (low, b)
        return Policy(kind=Kind.INSIDE, band=band, trade=0.5 * (low + high))
    most = max(1, int(2.0 * band / model.lot * (1 + 1e-12)))
    counts = range(1, min(most, 400) + 1)
    return min(
        (Policy(kind=Kind.INSIDE, band=band, trade=n * model.lot) for n in counts),
        key=lambda p: evaluate(model, p).total,
    )


def for_checks(model: GapModel, policy: Policy, checks_per_year: float) -> Policy:
    """Narrow a band by what the gap runs past it between checks, on average; never below half a trade.

    Examples
    --------
    >>> unit = GapModel(cost_per_beta=1.0, gap_vol=1.0, penalty=1.0, market_vol=0.2)
    >>> round(for_checks(unit, best_edge(unit), 100.0).band, 4)  # 0.9086 - 0.0583
    0.8503
    """
    if policy.band is None:
        return policy
    least = 0.5 * policy.trade if policy.trade is not None else 0.25 * policy.band
    narrower = policy.band - CONTINUITY * model.gap_vol / checks_per_year**0.5
    return replace(policy, band=max(narrower, min(least, policy.band)))


def compare_policies(
    model: GapModel,
    *,
    bands: Sequence[float] = (),
    intervals: Sequence[float] = (),
    seed: int = 1,
    checks_per_year: float,
    effort: Effort | None = None,
) -> PolicyTable:
    """Lay the best policies and named ones side by side, in closed form and simulated.

    Parameters
    ----------
    model
        The gap, and what being off and trading cost.
    bands, intervals
        Half-widths in beta, and years between trades, to show as well.
    seed, checks_per_year, effort
        Of the simulations.

    Raises
    ------
    InputError
        If trading costs nothing: the best band is then as narrow as lots allow, and there is nothing to weigh. If a lot
        is so large that drift would not reach half of one in a lifetime: there is nothing to trade.
    """
    _refuse_huge_lot(model)
    if model.cost_per_beta == 0.0 and model.ticket == 0.0:
        raise InputError(
            expected="a cost of trading",
            found="none, neither per unit of beta nor per ticket",
            try_next="state it with --cost or --ticket; without one, trade whenever a lot brings beta nearer",
        )
    watched = best_band(model)
    best = for_checks(model, watched, checks_per_year)
    centre, calendar = best_centre(model), best_calendar(model)
    named = [("recommended", best), ("best, watched", watched)]
    if best.kind is not Kind.EDGE and model.ticket == 0.0:
        named.append(("best to edge", best_edge(model)))
    named += [("best to centre", centre), ("best interval", calendar)]
    named += [(f"band {h:g}", Policy(kind=Kind.EDGE, band=h)) for h in bands]
    named += [(f"every {_days(t)}", Policy(kind=Kind.CALENDAR, years=t)) for t in intervals]
    if model.reversion > 0.0:
        named.append(("never", Policy(kind=Kind.NEVER)))
    rows = tuple(_row(name, policy, model, seed, checks_per_year, effort) for name, policy in named)
    half = best.band or 0.0
    curve = tuple(
        CurvePoint(
            band=h,
            expected=evaluate(model, policy),
            practice=simulate(model, policy, seed=seed, checks_per_year=checks_per_year, effort=effort),
            recommended=h == half,
        )
        for h in (m * half for m in _MULTIPLES)
        if 2.0 * h >= model.lot
        for policy in [best if h == half else in_lots(model, h)]
    )
    return PolicyTable(
        model=model,
        rows=rows,
        curve=curve,
        recommended=half,
        watched=watched.band or 0.0,
        practice_best=min(curve, key=lambda p: p.practice.total).band,
        seed=seed,
        checks_per_year=checks_per_year,
    )


def _row(name: str, policy: Policy, model: GapModel, seed: int, checks: float, effort: Effort | None) -> PolicyRow:
    if policy.kind is Kind.NEVER:
        return PolicyRow(
            name=name, policy=policy, expected=evaluate(model, policy), simulated=None, practice=None,
            why_not="nothing is traded",
        )  # fmt: skip
    why = ""
    if policy.kind is Kind.EDGE and name.startswith("band "):
        try:
            policy = in_lots(model, policy.band or 0.0)
        except InputError:
            why = f"half a lot is {model.lot / 2:.4f}: whole lots cannot end inside this band"
    if policy.kind is Kind.EDGE and model.lot > 2.0 * (policy.band or 0.0):
        why = f"half a lot is {model.lot / 2:.4f}: whole lots cannot end inside this band"
    practice = None if why else simulate(model, policy, seed=seed, checks_per_year=checks, effort=effort)
    return PolicyRow(
        name=name,
        policy=policy,
        expected=evaluate(model, policy),
        simulated=simulate(model, policy, seed=seed, effort=effort),
        practice=practice,
        why_not=why,
    )


def _total(model: GapModel, band: float, trade: float) -> float:
    return evaluate(model, Policy(kind=Kind.INSIDE, band=band, trade=trade)).total


def _days(years: float) -> str:
    days = years * TRADING_YEAR
    if days >= 1.5:
        return f"{days:.0f} days"
    return "day" if days > 0.5 else f"{years:.4f} years"


def _refuse_huge_lot(model: GapModel) -> None:
    # A Brownian gap takes (lot / 2)^2 / gap_vol^2 years on average to reach half a lot.
    if model.gap_vol > 0.0 and (0.5 * model.lot / model.gap_vol) ** 2 > _LIFETIME:
        raise InputError(
            expected="a lot that the drift of beta can reach",
            found=f"one lot moves beta by {model.lot:.3g}, and beta drifts by {model.gap_vol:.3g} a year",
            try_next="hedge with a smaller contract: this one is too large for the portfolio",
        )
