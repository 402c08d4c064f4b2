r"""The best trigger for a book: with the cheapest hedge, for how often it is looked at, and where costs are flat.

Costs near the best trigger hardly differ. A range is called flat where cost and risk penalty together are within
half a basis point of NAV a year of the best: a desk may choose any trigger in it for other reasons.

A tracking-error budget says the same as a risk aversion: the wider a band, the less is traded and the more is missed,
and for every risk aversion one band is the best. `budget_penalty` finds the penalty L whose best band misses the target
by as much as the budget allows.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import ceil

from trimtab.errors import InfeasibleError, InputError
from trimtab.hedge.often.choose import for_checks, in_lots
from trimtab.hedge.often.closed_form import GapModel, Policy, best_band, evaluate
from trimtab.hedge.rule import BestTrigger

__all__ = ["FLAT", "best_of", "budget_penalty", "flat_range", "up_to_four"]

#: What counts as no difference: half a basis point of NAV a year.
FLAT = 5e-5
_HALVINGS = 24
#: No band is looked at beyond.
_WIDEST = 4.0


def up_to_four(band: float) -> float:
    """Round a band up to four decimals, so that whole lots still fit into it."""
    return ceil(band * 1e4 - 1e-9) / 1e4


def best_of(models: Mapping[str, GapModel], *, checks_per_year: float, nav: float, risk_aversion: float) -> BestTrigger:
    """Give the best trigger with the hedge that it is cheapest with.

    Parameters
    ----------
    models
        The gap with each hedge, by its name.
    checks_per_year
        How often the band is looked at.
    nav
        Net asset value.
    risk_aversion
        What the penalty of the models was made with.

    Raises
    ------
    InputError
        If trading costs nothing with any hedge: then there is nothing to weigh.

    Examples
    --------
    >>> unit = GapModel(cost_per_beta=300.0, gap_vol=0.1, penalty=6e5, market_vol=0.2, lot=0.01)
    >>> best = best_of({"ES": unit}, checks_per_year=252, nav=1e7, risk_aversion=3.0)
    >>> best.trigger, round(best.step, 12), best.flat_from < best.trigger < best.flat_to
    (0.0169, 0.01, True)
    """
    costly = {name: m for name, m in models.items() if m.cost_per_beta > 0.0 or m.ticket > 0.0}
    if not costly:
        raise InputError(
            expected="a cost of trading",
            found="none, neither per unit of beta nor per ticket",
            try_next="state it with --cost or --ticket; without one, trade whenever a lot brings beta nearer",
        )
    name = min(costly, key=lambda n: evaluate(costly[n], best_band(costly[n])).total)
    model = costly[name]
    watched = best_band(model)
    looked_at = for_checks(model, watched, checks_per_year)
    flat_from, flat_to = flat_range(model, watched, looked_at, nav=nav)
    return BestTrigger(
        trigger=up_to_four(looked_at.band or 0.0),
        step=looked_at.trade,
        hedge=name,
        cost_per_beta=model.cost_per_beta,
        lot=model.lot,
        ticket=model.ticket,
        drift=model.gap_vol,
        market_vol=model.market_vol,
        risk_aversion=risk_aversion,
        flat_from=flat_from,
        flat_to=flat_to,
    )


def flat_range(model: GapModel, watched: Policy, looked_at: Policy, *, nav: float) -> tuple[float, float]:
    """Give the triggers between which cost and penalty are within half a basis point of NAV of the best.

    Parameters
    ----------
    model
        The gap.
    watched, looked_at
        The best policy if it were watched all the time, and the same for so many looks.
    nav
        Net asset value.
    """
    best, shift = watched.band or 0.0, (watched.band or 0.0) - (looked_at.band or 0.0)
    most = evaluate(model, watched).total + FLAT * nav

    def is_flat(band: float) -> bool:
        return evaluate(model, in_lots(model, band)).total <= most

    least = max(0.5 * model.lot, 1e-6)
    low = least if is_flat(least) else _edge(is_flat, best, least)
    wide = best
    while wide < _WIDEST and is_flat(wide):
        wide *= 1.5
    high = _edge(is_flat, best, wide) if wide < _WIDEST else wide
    return max(least, low - shift), max(looked_at.band or 0.0, high - shift)


def _edge(holds: Callable[[float], bool], inside: float, outside: float) -> float:
    for _ in range(_HALVINGS):
        middle = 0.5 * (inside + outside)
        inside, outside = (middle, outside) if holds(middle) else (inside, middle)
    return inside


def budget_penalty(model: GapModel, budget: float) -> float:
    """Give the penalty whose best band leaves a tracking error of so much, watched all the time.

    Parameters
    ----------
    model
        The gap; its own penalty is not used.
    budget
        Tracking error a year that missing the target may cause, as a fraction of NAV; positive.

    Raises
    ------
    InfeasibleError
        If a lot is so large that even the narrowest band leaves more.

    Examples
    --------
    >>> unit = GapModel(cost_per_beta=300.0, gap_vol=0.1, penalty=1.0, market_vol=0.2, lot=0.01)
    >>> penalty = budget_penalty(unit, 0.003)
    >>> round(evaluate(unit, best_band(replace(unit, penalty=penalty))).tracking_error, 6)
    0.003
    """

    def left(penalty: float) -> float:
        asked = replace(model, penalty=penalty)
        return evaluate(asked, best_band(asked)).tracking_error

    low, high = 1e-9, 1e15
    if left(high) > budget:
        raise InfeasibleError(
            expected=f"a tracking error of {budget:.3%} a year within reach",
            found=f"{left(high):.3%} at the narrowest band that lots of {model.lot:.4f} allow",
            try_next="allow more (--tracking-error-budget), or hedge with a smaller contract (--hedge MES)",
        )
    for _ in range(120):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if left(middle) > budget else (low, middle)
    return high
