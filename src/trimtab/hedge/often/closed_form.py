r"""How often to hedge, in closed form: what each rule for closing a gap of beta costs a year, and what it leaves.

The gap b of portfolio beta from its target wanders, db = -kappa b dt + s dW. Being off costs L b^2 a year, with
L = 1/2 x risk aversion x variance of the market x NAV; trading costs k per unit of beta and c per ticket. A band of
half-width h with trades of size d at its edge (from h to h - d) leads, for kappa = 0, to

    E[b^2] = (h^2 + (h - d)^2) / 6          trades a year = s^2 / (d (2h - d))
    with h = d/2 + y:   total = L d^2 / 12 + L y^2 / 3 + (k + c/d) s^2 / (2y)

so the best band for trades of size d is h = d/2 + y*, y* = (3 (k + c/d) s^2 / (4L))^(1/3): half a trade wider than the
band that trades to its edge at cost k + c/d. d -> 0 is trading to the edge, d = h back to the centre, d = one lot what
whole contracts allow: a band is never narrower than half a lot. Without lots the best d solves c = L d^3 y / (3 s^2);
with k = 0 that is the fixed-cost law h = d = (6 c s^2 / L)^(1/4).
For kappa > 0 the same averages come from Green's function of the process on the band (trading to the edge: from the
truncated normal law), and the best band is found by search.

Source
    L b^2 + proportional cost: `trimtab.hedge.doing_nothing`. With L = gamma sigma^2 S^2 / 2, s = Gamma S sigma and
    k = lambda S it is Whalley and Wilmott (1997). The fourth root for fixed costs: Atkinson and Wilmott (1995),
    Mathematical Finance 5. The formula with both costs and lots follows from the exit time (h^2 - a^2) / s^2 and the
    exit integral (h^4 - a^4) / (6 s^2) of Brownian motion from a in [-h, h].
Assumption
    The band is watched all the time. How checking once a day and whole lots change this: `simulate`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, erf, exp, floor, inf, isfinite, log, pi, sqrt

import numpy as np

from trimtab.errors import InputError
from trimtab.hedge.doing_nothing import no_trade_band
from trimtab.stats.arrays import Floats

__all__ = [
    "Expected", "GapModel", "Kind", "Policy", "best_band", "best_calendar", "best_centre", "best_edge", "evaluate",
]  # fmt: skip

#: Beyond so many standard deviations of a reverting gap a band is never reached.
_FAR = 6.0
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(96)


class Kind(StrEnum):
    """When a policy trades, and how far."""

    EDGE = "edge"  # at the band, just back to its edge
    INSIDE = "inside"  # at the band, a trade of fixed size towards the target
    CENTRE = "centre"  # at the band, back to the target
    CALENDAR = "calendar"  # at fixed times, back to the target
    NEVER = "never"  # no trades


@dataclass(frozen=True, slots=True, kw_only=True)
class GapModel:
    """The gap of beta, what it costs to be off, and what it costs to trade.

    Parameters
    ----------
    cost_per_beta
        k: money to move portfolio beta by 1; not negative.
    gap_vol
        s: how far beta drifts by itself, per square-root year; positive.
    penalty
        L: money per year and squared gap; positive.
    market_vol
        Volatility of the benchmark per square-root year, positive: turns a gap into tracking error.
    ticket
        c: money per trade whatever its size; not negative.
    lot
        Beta step of one contract; 0 if any amount can be traded.
    reversion
        kappa: per year, how fast the gap goes back by itself; 0 if it does not.
    """

    cost_per_beta: float
    gap_vol: float
    penalty: float
    market_vol: float
    ticket: float = 0.0
    lot: float = 0.0
    reversion: float = 0.0

    def __post_init__(self) -> None:
        positive = (self.gap_vol, self.penalty, self.market_vol)
        others = (self.cost_per_beta, self.ticket, self.lot, self.reversion)
        if not all(isfinite(x) and x > 0 for x in positive) or not all(isfinite(x) and x >= 0 for x in others):
            raise InputError(
                expected="a positive drift, penalty and market volatility; costs, lot and reversion of 0 or more",
                found=f"drift {self.gap_vol}, penalty {self.penalty}, market volatility {self.market_vol}, cost "
                f"{self.cost_per_beta}, ticket {self.ticket}, lot {self.lot}, reversion {self.reversion}",
                try_next="give a positive risk aversion, NAV, drift and volatility",
            )

    @staticmethod
    def penalty_of(*, risk_aversion: float, market_vol: float, nav: float) -> float:
        """Give L = 1/2 x risk aversion x variance of the market x NAV, money per year and squared gap."""
        return 0.5 * risk_aversion * market_vol**2 * nav

    @property
    def still_sd(self) -> float:
        """Standard deviation of the gap if nothing is ever traded; infinite unless it reverts."""
        return inf if self.reversion == 0.0 else self.gap_vol / sqrt(2.0 * self.reversion)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A rule for when to trade and how much.

    Parameters
    ----------
    kind
        What sort of rule.
    band
        Half-width in beta; None for `calendar` and `never`.
    trade
        Size d of one trade in beta, for `inside`; None otherwise.
    years
        Time between trades, for `calendar`; None otherwise.
    """

    kind: Kind
    band: float | None = None
    trade: float | None = None
    years: float | None = None

    def __post_init__(self) -> None:
        banded = self.kind in {Kind.EDGE, Kind.INSIDE, Kind.CENTRE}
        fits = (
            (self.band is not None) == banded
            and (self.trade is not None) == (self.kind is Kind.INSIDE)
            and (self.years is not None) == (self.kind is Kind.CALENDAR)
            and all(x is None or x >= 0 for x in (self.band, self.trade, self.years))
        )
        if not fits:
            raise InputError(
                expected="a band for edge, inside and centre; a trade size for inside; years for calendar",
                found=f"{self.kind.value} with band {self.band}, trade {self.trade}, years {self.years}",
                try_next="give what the kind of policy needs, none of it negative",
            )
        if self.trade is not None and self.band is not None and not 0 < self.trade <= 2 * self.band * (1 + 1e-12):
            raise InputError(
                expected="a trade that ends inside the band: at most its whole width",
                found=f"a trade of {self.trade:.4g} at a band of +/- {self.band:.4g}",
                try_next="widen the band to at least half a lot, or trade a smaller contract",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a policy is expected to do, in the long run.

    Parameters
    ----------
    cost
        Trading cost, money per year.
    gap_sd
        Root mean square gap of beta from target.
    tracking_error
        Annualised volatility that the gap causes: market volatility x gap_sd.
    total
        Cost and risk penalty together, money per year.
    turnover
        Beta traded a year, absolute.
    trades
        Trades a year; infinite for trading to the edge, which goes in steps as small as can be.
    """

    cost: float
    gap_sd: float
    tracking_error: float
    total: float
    turnover: float
    trades: float


def evaluate(model: GapModel, policy: Policy) -> Expected:
    """Give what a policy costs and leaves, watched all the time and in amounts of any size.

    Trading to the edge with a ticket costs without end, so `cost` and `total` are infinite then.

    Examples
    --------
    >>> unit = GapModel(cost_per_beta=1.0, gap_vol=1.0, penalty=1.0, market_vol=0.2)
    >>> for best in (best_edge, best_centre, best_calendar):
    ...     print(round(evaluate(unit, best(unit)).total, 4))
    0.8255
    1.04
    1.2904
    """
    square, turnover, trades = _averages(model, policy)
    tickets = 0.0 if model.ticket == 0.0 or trades == 0.0 else model.ticket * trades
    cost = (model.cost_per_beta * turnover if model.cost_per_beta > 0.0 else 0.0) + tickets
    return Expected(
        cost=cost,
        gap_sd=sqrt(square),
        tracking_error=model.market_vol * sqrt(square),
        total=cost + model.penalty * square,
        turnover=turnover,
        trades=trades,
    )


def best_edge(model: GapModel) -> Policy:
    """Find the best band if trades go just to its edge: any size, tickets and lots left out of account."""
    return Policy(kind=Kind.EDGE, band=_best_half(model, model.cost_per_beta, 0.0))


def best_centre(model: GapModel) -> Policy:
    """Find the best band if each trade goes back to the target, in any size; tickets count."""
    if model.ticket == 0.0 and model.reversion == 0.0:
        band = no_trade_band(cost_per_beta=model.cost_per_beta, gap_vol=model.gap_vol, penalty=model.penalty)
        return Policy(kind=Kind.CENTRE, band=band.centre)
    scale = _scale(model, model.cost_per_beta, model.ticket)
    if scale == 0.0:
        return Policy(kind=Kind.CENTRE, band=0.0)
    best = _search(lambda h: evaluate(model, Policy(kind=Kind.CENTRE, band=h)).total, scale, _widest(model))
    return Policy(kind=Kind.CENTRE, band=best)


def best_calendar(model: GapModel) -> Policy:
    """Find the best time between trades back to the target, in any size; each trade is a ticket."""
    k, c, s, big = model.cost_per_beta, model.ticket, model.gap_vol, model.penalty
    if c == 0.0 and model.reversion == 0.0:
        band = no_trade_band(cost_per_beta=k, gap_vol=s, penalty=big)
        return Policy(kind=Kind.CALENDAR, years=band.calendar_years)
    first = (k * sqrt(2 / pi) / (big * s)) ** (2 / 3) + sqrt(2.0 * c / (big * s * s))
    if first == 0.0:
        return Policy(kind=Kind.CALENDAR, years=0.0)
    longest = inf if model.reversion == 0.0 else 100.0 / model.reversion
    years = _search(lambda t: evaluate(model, Policy(kind=Kind.CALENDAR, years=t)).total, first, longest)
    return Policy(kind=Kind.CALENDAR, years=years)


def best_band(model: GapModel) -> Policy:
    """Find the best band with trades towards the target: lots and tickets as they are.

    With neither lots nor tickets it trades to the edge. With lots a trade is a whole number of them, and the band is
    never narrower than half a trade.

    Examples
    --------
    >>> unit = GapModel(cost_per_beta=1.0, gap_vol=1.0, penalty=1.0, market_vol=0.2, lot=2.0)
    >>> found = best_band(unit)
    >>> round(found.band, 4), found.trade  # half a lot and (3/4)^(1/3)
    (1.9086, 2.0)
    """
    if model.lot == 0.0:
        if model.ticket == 0.0:
            return best_edge(model)
        return _with_trade(model, _best_trade(model))
    ideal = _best_trade(model) / model.lot if model.ticket > 0.0 else 0.0
    counts = sorted({max(1, n) for n in (floor(ideal) - 1, floor(ideal), ceil(ideal), ceil(ideal) + 1)})
    choices = [_with_trade(model, n * model.lot) for n in counts]
    return min(choices, key=lambda p: evaluate(model, p).total)


def _with_trade(model: GapModel, trade: float) -> Policy:
    half = _best_half(model, model.cost_per_beta + model.ticket / trade, trade)
    return Policy(kind=Kind.INSIDE, band=trade / 2.0 + half, trade=trade)


def _best_trade(model: GapModel) -> float:
    """Give the best size of a trade when any size is possible and each costs a ticket."""
    c, s2, big = model.ticket, model.gap_vol**2, model.penalty
    if model.reversion == 0.0:
        # With p = 2y and q = d:  L p q^3 = 6 c s^2 and L p (p^2 - q^2) = 6 k s^2.
        goal = 6.0 * model.cost_per_beta * s2 / big
        fixed = 6.0 * c * s2 / big
        low, high = fixed**0.25, fixed**0.25 + goal ** (1 / 3)
        for _ in range(200):
            p = 0.5 * (low + high)
            low, high = (low, p) if p * (p * p - (fixed / p) ** (2 / 3)) > goal else (p, high)
        return float((fixed / (0.5 * (low + high))) ** (1 / 3))
    start = (6.0 * c * s2 / big) ** 0.25
    return _search(lambda d: evaluate(model, _with_trade(model, d)).total, start, 2.0 * _widest(model))


def _best_half(model: GapModel, cost: float, trade: float) -> float:
    """Give y, the best half-width beyond half a trade, at a cost per unit of beta."""
    closed = no_trade_band(cost_per_beta=cost, gap_vol=model.gap_vol, penalty=model.penalty).edge
    if model.reversion == 0.0 or closed == 0.0:
        return closed

    def total(half: float) -> float:
        kind = Kind.INSIDE if trade > 0.0 else Kind.EDGE
        policy = Policy(kind=kind, band=trade / 2.0 + half, trade=trade if trade > 0.0 else None)
        square, turnover, _ = _averages(model, policy)
        return cost * turnover + model.penalty * square

    return _search(total, closed, max(_widest(model), 2 * closed))


def _averages(model: GapModel, policy: Policy) -> tuple[float, float, float]:
    """Give E[b^2], |beta| traded a year, and trades a year."""
    s2 = model.gap_vol**2
    match policy.kind:
        case Kind.NEVER:
            return model.still_sd**2, 0.0, 0.0
        case Kind.CALENDAR:
            return _calendar(model, policy.years or 0.0)
        case Kind.EDGE:
            h = policy.band or 0.0
            if h == 0.0:
                return 0.0, inf, inf
            square, turnover = (h * h / 3.0, s2 / (2.0 * h)) if model.reversion == 0.0 else _reflected(model, h)
            return square, turnover, inf
        case Kind.INSIDE | Kind.CENTRE:
            h = policy.band or 0.0
            d = h if policy.trade is None else policy.trade
            if h == 0.0:
                return 0.0, inf, inf
            if model.reversion == 0.0:
                time, integral = d * (2.0 * h - d) / s2, d * (2.0 * h - d) * (h * h + (h - d) ** 2) / (6.0 * s2)
            else:
                time, integral = _until_exit(model, h, h - d)
            return (h * h / 3.0, inf, inf) if time <= 0.0 else (integral / time, d / time, 1.0 / time)


def _calendar(model: GapModel, years: float) -> tuple[float, float, float]:
    if years == 0.0:
        return 0.0, inf, inf
    s2, rate = model.gap_vol**2, model.reversion
    x = 2.0 * rate * years
    # Series where the difference would cancel.
    share = 1.0 - x / 2.0 + x * x / 6.0 - x**3 / 24.0 if x < 1e-3 else -np.expm1(-x) / x
    variance = s2 * years * share
    square = (
        s2 * years * (0.5 - x / 6.0 + x * x / 24.0 - x**3 / 120.0) if x < 1e-3 else s2 / (2.0 * rate) * (1.0 - share)
    )
    return float(square), float(sqrt(2.0 * variance / pi) / years), 1.0 / years


def _reflected(model: GapModel, h: float) -> tuple[float, float]:
    """Give E[b^2] and turnover of a reverting gap that is reflected at the band: a truncated normal law."""
    c = model.reversion / model.gap_vol**2
    mass = 2.0 * float(_inner(np.array([h]), c, 0)[0])
    square = 2.0 * float(_inner(np.array([h]), c, 2)[0]) / mass
    return square, model.gap_vol**2 * exp(-c * h * h) / mass


def _until_exit(model: GapModel, h: float, start: float) -> tuple[float, float]:
    """Give the mean time until a reverting gap leaves [-h, h], and the mean integral of b^2 until then."""
    s2 = model.gap_vol**2
    c = model.reversion / s2
    low = abs(start)
    x = low + 0.5 * (h - low) * (_NODES + 1.0)
    weight = 0.5 * (h - low) * _WEIGHTS * 2.0 / s2 * np.exp(np.minimum(c * x * x, 700.0))
    return float(weight @ _inner(x, c, 0)), float(weight @ _inner(x, c, 2))


def _inner(x: Floats, c: float, power: int) -> Floats:
    """Give the integral of y^power exp(-c y^2) from 0 to x, for power 0 or 2."""
    z = c * x * x
    if power == 0:
        root = sqrt(c)
        full = np.array([sqrt(pi) / (2.0 * root) * erf(root * v) for v in x])
        return np.where(z < 1e-4, x * (1.0 - z / 3.0 + z * z / 10.0), full)
    full = (_inner(x, c, 0) - x * np.exp(-z)) / (2.0 * c)
    near = x**3 * (1 / 3 - z / 5 + z * z / 14 - z**3 / 54 + z**4 / 264)
    return np.where(z < 0.05, near, full)


def _widest(model: GapModel) -> float:
    return inf if model.reversion == 0.0 else _FAR * model.still_sd


def _scale(model: GapModel, cost: float, ticket: float) -> float:
    s2, big = model.gap_vol**2, model.penalty
    return float((3.0 * cost * s2 / big) ** (1 / 3) + (6.0 * ticket * s2 / big) ** 0.25)


def _search(total: Callable[[float], float], start: float, most: float) -> float:
    """Minimise a function with one valley over (0, most], by golden sections in the logarithm."""
    low, high = log(min(start, most)) - 5.0, min(log(start) + 5.0, log(most)) if isfinite(most) else log(start) + 5.0
    low = min(low, high - 1.0)
    ratio = (sqrt(5.0) - 1.0) / 2.0
    a, b = high - ratio * (high - low), low + ratio * (high - low)
    fa, fb = total(exp(a)), total(exp(b))
    for _ in range(80):
        if fa <= fb:
            high, b, fb = b, a, fa
            a = high - ratio * (high - low)
            fa = total(exp(a))
        else:
            low, a, fa = a, b, fb
            b = low + ratio * (high - low)
            fb = total(exp(b))
    return exp(0.5 * (low + high))
