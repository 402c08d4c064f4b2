r"""Rules for hedging folded over days: each rule keeps its own count of lots and its own cash beside one book.

A day has three steps, in this order. What was ordered yesterday is done with numbers of today (`Tradable`); the
contract's gain is settled into cash before, and a position that is carried into the next contract pays for it. Then
the gap is measured with numbers of today's close (`Known`), and what is wanted is ordered for tomorrow. Nothing of
`Tradable` is read where an order is decided, unless fills at the same close are asked for.

    cash_t = cash_(t-1) + lots_(t-1) gain_t - |lots_(t-1)| roll_t - |filled_t| cost_t
    NAV_t  = assets_t + cash_t,        gap_t = (exposure_t + lots_t lot_t) / NAV_t - target

The whole lots are those of `trimtab.hedge.search` with one contract: least cost plus price of what is left, for the
NAV that is left after their own cost.
"""

import math
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from trimtab.stats.arrays import Floats

__all__ = ["CALENDAR", "CENTRE", "EDGE", "NEVER", "Folded", "Known", "Rules", "Terms", "Tradable", "fold_rules"]

NEVER, CALENDAR, EDGE, CENTRE = 0, 1, 2, 3

Ints = NDArray[np.int64]


class Known(NamedTuple):
    """What a decision at a close may look at; each of shape (n_days,)."""

    assets: Floats
    """Worth of the book without its hedge."""
    exposure: Floats
    """Beta exposure of the book without its hedge, with betas of the past."""
    lot: Floats
    """Beta exposure of one lot of the hedge."""
    cost: Floats
    """Cost of trading one lot, as it is assumed."""
    due: NDArray[np.bool_]
    """Days on which a calendar is due, (n_calendars, n_days)."""
    best: Floats
    """Half-width of the best band, as far as the past says it; infinite where it does not yet."""


class Tradable(NamedTuple):
    """What happens to lots on a day; each of shape (n_days,)."""

    gain: Floats
    """Money that one lot held the night before gains."""
    roll: Floats
    """Money to carry one lot into the next contract; 0 on days without a roll."""
    cost: Floats
    """Money to trade one lot."""


class Rules(NamedTuple):
    """One entry for each rule."""

    kind: Ints
    """NEVER, CALENDAR, EDGE or CENTRE."""
    width: Floats
    """Half-width of a band; NaN takes the best one of the day."""
    calendar: Ints
    """Row of `Known.due`."""


class Terms(NamedTuple):
    """What holds for all rules."""

    target: float
    near: float
    """Price of one unit of beta exposure off target within the band, and in addition beyond it."""
    far: float
    same_close: bool
    """Fill at the close that decided."""


class Folded(NamedTuple):
    """What became of each rule; (n_rules, n_days) but for `ended`."""

    lots: Floats
    """Held after the day's fills."""
    filled: Floats
    """Traded on the day, signed; rolls apart."""
    cash: Floats
    """Of the hedge since the start."""
    exact: Floats
    """Lots that the last decision would have held had lots no size."""
    gap: Floats
    """As measured at the close, after the day's fills."""
    ended: Ints
    """Day on which NAV was no longer positive, (n_rules,); -1 if it stayed so."""


def fold_rules(known: Known, tradable: Tradable, rules: Rules, terms: Terms) -> Folded:
    """Fold every rule over the days.

    Parameters
    ----------
    known, tradable
        The days.
    rules, terms
        What is done.

    Examples
    --------
    >>> flat, ones = np.zeros(3), np.ones(3)
    >>> known = Known(100.0 * ones, 130.0 * ones, 10.0 * ones, flat, np.zeros((1, 3), np.bool_), flat)
    >>> rule = Rules(np.array([CENTRE]), np.array([0.05]), np.array([0]))
    >>> fold_rules(known, Tradable(flat, flat, flat), rule, Terms(1.0, 0.001, 1.0, False)).lots.tolist()
    [[0.0, -3.0, -3.0]]
    """
    shape = (len(rules.kind), len(known.assets))
    out = Folded(
        lots=np.zeros(shape), filled=np.zeros(shape), cash=np.zeros(shape), exact=np.zeros(shape), gap=np.zeros(shape),
        ended=np.full(shape[0], -1, dtype=np.int64),
    )  # fmt: skip
    for k in range(shape[0]):
        _fold(known, tradable, rules, terms, out, k)
    return out


@numba.njit(nogil=True, cache=True)
def _fold(known: Known, tradable: Tradable, rules: Rules, terms: Terms, out: Folded, k: int) -> None:
    lots, ordered, cash, exact = 0.0, 0.0, 0.0, 0.0
    for t in range(known.assets.size):
        if t > 0:
            cash += lots * tradable.gain[t] - abs(lots) * tradable.roll[t]
        filled = ordered
        cash -= abs(filled) * tradable.cost[t]
        lots += filled
        ordered = 0.0
        nav = known.assets[t] + cash
        if nav <= 0.0:
            out.ended[k] = t
            return
        money = known.exposure[t] + lots * known.lot[t]
        lot, cost = known.lot[t], known.cost[t]
        width = _width(known, rules, k, t)
        if width < np.inf and _is_off(money, nav, terms.target, width):
            wanted, to = _wanted(rules.kind[k], money, nav, lot, cost, width, terms)
            ordered = wanted
            exact = lots + to
            if terms.same_close and wanted != 0.0:
                cash -= abs(wanted) * tradable.cost[t]
                lots += wanted
                filled += wanted
                ordered = 0.0
                nav = known.assets[t] + cash
                money = known.exposure[t] + lots * lot
        out.lots[k, t], out.filled[k, t], out.cash[k, t], out.exact[k, t] = lots, filled, cash, exact
        out.gap[k, t] = money / nav - terms.target


@numba.njit(nogil=True, cache=True)
def _width(known: Known, rules: Rules, k: int, t: int) -> float:
    """Give the half-width in force; infinite where nothing is to be done whatever the gap."""
    kind = rules.kind[k]
    if kind == NEVER:
        return np.inf
    if kind == CALENDAR:
        return 0.0 if known.due[rules.calendar[k], t] else np.inf
    return known.best[t] if np.isnan(rules.width[k]) else rules.width[k]


@numba.njit(nogil=True, cache=True)
def _is_off(money: float, nav: float, target: float, width: float) -> bool:
    beta = money / nav
    return not (target - width <= beta <= target + width)


@numba.njit(nogil=True, cache=True)
def _wanted(
    kind: int, money: float, nav: float, lot: float, cost: float, width: float, terms: Terms
) -> tuple[float, float]:
    """Give whole lots to trade, and what they would be had lots no size."""
    target = terms.target
    centre = _lots(money, nav, lot, cost, target, width, terms)
    if kind != EDGE:
        return centre, (target * nav - money) / lot
    above = money / nav > target
    edge = target + width if above else target - width
    # Half a lot inside the edge, so that whole lots land in the band.
    inset = min(abs(lot) / nav / 2.0 * (1.0 + 1e-6), width)
    point = edge - inset if above else edge + inset
    fewer = _lots(money, nav, lot, cost, point, 0.0, terms)
    after = (money + fewer * lot) / (nav - abs(fewer) * cost)
    reaches = target - width <= after <= target + width
    lands = (money + centre * lot) / (nav - abs(centre) * cost)
    missed = not (target - width <= lands <= target + width)
    chosen = fewer if reaches and (missed or abs(fewer) * cost < abs(centre) * cost) else centre
    return chosen, (edge * nav - money) / lot


@numba.njit(nogil=True, cache=True)
def _lots(money: float, nav: float, lot: float, cost: float, target: float, width: float, terms: Terms) -> float:
    gap = target * nav - money
    along = 1.0 if gap * lot > 0.0 else -1.0
    less = target * cost * along
    size = abs(lot + less) if abs(less) < abs(lot) else abs(lot)
    gap = abs(gap)
    most = math.ceil(gap / size)
    left_nav, chosen = nav, -1.0
    for _ in range(5):
        slack = width * left_nav
        candidate = _cheapest(gap, size, cost, slack, most, terms)
        if candidate == chosen:
            break
        chosen = candidate
        left_nav = nav - cost * chosen
    return along * chosen


@numba.njit(nogil=True, cache=True)
def _cheapest(gap: float, size: float, cost: float, slack: float, most: float, terms: Terms) -> float:
    """Give the lots along the gap whose cost and rest are least; among equals the fewest."""
    exact, edge = gap / size, slack / size
    best, chosen = np.inf, 0.0
    for bend in (0.0, exact - edge, exact, exact + edge):
        for whole in (math.floor(bend), math.ceil(bend)):
            n = min(max(whole, 0.0), most)
            left = abs(gap - n * size)
            total = cost * n + terms.near * left + terms.far * max(0.0, left - slack)
            room = 0.0 if best == np.inf else 1e-9 * max(1.0, abs(best))
            if total < best - room or (total <= best + room and n < chosen):
                best, chosen = min(total, best), n
    return chosen
