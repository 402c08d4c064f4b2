r"""Returns of a book that money comes into and goes out of, each by its name.

Time-weighted
    1 + R = product of NAV_i / (NAV_{i-1} + flow_i), flows taken at the beginning of their interval, or of
    (NAV_i - flow_i) / NAV_{i-1}, taken at its end. It does not depend on when money came.
Money-weighted (XIRR)
    the rate r for which   sum of flow_i (1 + r)^(-(day_i - day_0) / 365) = 0,
    flows as the investor sees them: what is put in is negative, what is taken out (the last value too) positive.
    There may be none or several. With y = ln(1 + r) the sum is  f(y) = sum c_i exp(-t_i y).  Multiplying by
    exp(s y) and differentiating turns the signs of all terms after s: one change of sign less. Its roots therefore
    part those of f, and by recursion every root is found (Rolle; Pólya and Szegő, part V).
Modified Dietz
    R = (NAV_1 - NAV_0 - sum F) / (NAV_0 + sum w F),   w = share of the period the flow was there.
    Dietz, P. (1966), Pension Funds: Measuring Investment Performance; GIPS.
Signs
    In all but XIRR a flow is positive when money comes in.
"""

import datetime as dt
import math
from collections.abc import Sequence
from itertools import pairwise

from scipy.optimize import brentq

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.market.daycount import years_between

__all__ = ["modified_dietz", "money_weighted", "time_weighted"]

#: Rates nearer to one another than this, in logarithms, are one.
_SAME = 1e-6
#: Rates from -99.9999% to a thousandfold a year, in logarithms: beyond them money is lost or made, not returned.
_LOWEST, _HIGHEST = math.log(1e-6), math.log(1e3)


def time_weighted(navs: Sequence[float], flows: Sequence[float], *, at_end: bool = True) -> float:
    """Give the return of a book over all its intervals, whatever money came or went.

    Parameters
    ----------
    navs
        Net asset value at the end of each interval, the first being the start; shape (n,).
    flows
        Money that came in (positive) during each interval; shape (n - 1,).
    at_end
        Whether flows count as come at the end of their interval (they earn nothing in it) or at its beginning.

    Raises
    ------
    NotEnoughDataError
        If an interval begins with nothing, or less.

    Examples
    --------
    >>> round(time_weighted([100.0, 160.0, 176.0], [50.0, 0.0]), 6)
    0.21
    """
    if len(flows) != len(navs) - 1 or len(navs) < 2:
        raise InputError(
            expected="one flow for each interval between net asset values",
            found=f"{len(flows)} flows, {len(navs)} values",
            try_next="give 0 where no money came",
        )
    grown = 1.0
    for (before, after), flow in zip(pairwise(navs), flows, strict=True):
        start, end = (before, after - flow) if at_end else (before + flow, after)
        if not start > 0:
            raise NotEnoughDataError(
                expected="something to earn a return on",
                found=f"a net asset value of {start:g} at the beginning of an interval",
                try_next="begin with the first deposit, or count flows at the beginning of their interval",
            )
        grown *= end / start
    return grown - 1.0


def modified_dietz(start: float, end: float, flows: Sequence[tuple[float, float]]) -> float:
    """Give the modified Dietz return of a period.

    Parameters
    ----------
    start, end
        Net asset values.
    flows
        (share of the period that had passed when it came, 0 to 1; money, positive = in) pairs.

    Raises
    ------
    NotEnoughDataError
        If on average nothing, or less, was at work.

    Examples
    --------
    >>> round(modified_dietz(100.0, 115.0, [(0.5, 10.0)]), 6)
    0.047619
    """
    if any(not 0 <= passed <= 1 for passed, _ in flows):
        raise InputError(
            expected="shares of the period from 0 to 1", found="others", try_next="divide the days passed by all days"
        )
    at_work = start + sum((1 - passed) * amount for passed, amount in flows)
    if not at_work > 0:
        raise NotEnoughDataError(
            expected="capital at work above zero", found=f"{at_work:g} on average", try_next="use shorter periods"
        )
    return (end - start - sum(amount for _, amount in flows)) / at_work


def money_weighted(flows: Sequence[tuple[dt.date, float]]) -> float:
    """Give the yearly rate at which flows are worth nothing together (XIRR, actual/365).

    Parameters
    ----------
    flows
        (day, money) pairs in any order: put in negative, taken out positive, the last value among them.

    Raises
    ------
    NotEnoughDataError
        If no rate, or more than one, does it: then there is no such thing as the return.

    Examples
    --------
    >>> round(money_weighted([(dt.date(2023, 1, 1), -100.0), (dt.date(2024, 1, 1), 110.0)]), 9)
    0.1
    """
    terms = _terms(flows)
    if not terms or _changes([amount for _, amount in terms]) == 0:
        raise NotEnoughDataError(
            expected="money put in and money taken out",
            found="flows of one sign" if terms else "no flows",
            try_next="put in as negative, taken out and the last value as positive",
        )
    roots = _roots(terms)
    if len(roots) != 1:
        rates = ", ".join(f"{math.expm1(y):.4%}" for y in roots)
        raise NotEnoughDataError(
            expected="one rate at which the flows are worth nothing",
            found=f"{len(roots)}: {rates}" if roots else "none between -99.9999% and 100,000% a year",
            try_next="use the time-weighted return, or modified Dietz over shorter periods",
        )
    return math.expm1(roots[0])


def _terms(flows: Sequence[tuple[dt.date, float]]) -> list[tuple[float, float]]:
    """Give (years since the first, money) by day, each day once, zeros left out."""
    if any(not math.isfinite(amount) for _, amount in flows):
        raise InputError(expected="finite flows", found="one that is not", try_next="correct the flows")
    days: dict[dt.date, float] = {}
    for day, amount in flows:
        days[day] = days.get(day, 0.0) + amount
    largest = max((abs(a) for a in days.values()), default=0.0)
    kept = sorted((day, amount) for day, amount in days.items() if abs(amount) > 1e-14 * largest)
    return [(years_between(kept[0][0], day), amount / largest) for day, amount in kept]


def _changes(amounts: Sequence[float]) -> int:
    return sum(1 for one, other in pairwise([a for a in amounts if a]) if one * other < 0)


def _worth(terms: Sequence[tuple[float, float]], y: float) -> float:
    """Give the sum at a rate, times a positive factor that keeps it from overflowing."""
    top = max(-t * y for t, _ in terms)
    return math.fsum(c * math.exp(-t * y - top) for t, c in terms)


def _roots(terms: list[tuple[float, float]]) -> list[float]:
    """Give every root between the limits, in order."""
    amounts = [c for _, c in terms]
    if _changes(amounts) == 0:
        return []
    # s lies where the sign first changes: after the derivative all terms before it keep their sign, the others turn.
    first = next(i for i, (one, other) in enumerate(pairwise(amounts)) if one * other < 0)
    s = (terms[first][0] + terms[first + 1][0]) / 2
    turned = [(t, c * (s - t)) for t, c in terms]
    marks = [_LOWEST, *_roots(turned), _HIGHEST]
    values = [_worth(terms, y) for y in marks]
    roots: list[float] = []
    for (low, high), (one, other) in zip(pairwise(marks), pairwise(values), strict=True):
        if one * other < 0:
            roots.append(float(brentq(lambda y: _worth(terms, y), low, high, xtol=1e-14, rtol=1e-14)))
    # A root that only touches zero lies at a root of the derivative, where the value is nothing but rounding.
    roots += [y for y, value in zip(marks[1:-1], values[1:-1], strict=True) if abs(value) < 1e-13]
    # Rounding makes two or three roots of one that touches.
    parted: list[float] = []
    for y in sorted(roots):
        if not parted or y - parted[-1] > _SAME:
            parted.append(y)
    return parted
