"""The loop of the live book, compiled: quotes in, positions touched by them revalued, totals kept as trees.

Each position is one row: its value, its delta exposure, and what follows from them in a straight line (see
`trimtab.exposure.live.rows`). Totals are sums over a binary tree of the rows, of which only the branches above a
changed row are added again: a total depends on the rows as they are and on nothing that happened before, so no rounding
can build up however many quotes come.

An option's own quote is kept with the price of its underlying at that moment, and its volatility is found once, when
the batch is through: of several quotes of one option only the last counts, and that one counts exactly.
"""

# mypy: disallow-untyped-decorators=False
from math import isfinite, isnan, sqrt

import numpy as np
from numpy.typing import NDArray

from trimtab.exposure.pricing.american_kernel import american_one, boundary_of_put, put_from_boundary
from trimtab.exposure.pricing.european_kernel import european_one
from trimtab.exposure.pricing.implied_kernel import (
    BELOW_INTRINSIC,
    SOLVED,
    implied_american_one,
    implied_european_one,
)
from trimtab.exposure.pricing.live_columns import (
    AMERICAN,
    BETA,
    BETA_PER_EXPOSURE,
    BETA_PER_VALUE,
    CURRENCY,
    DELTA,
    ENTRY,
    EXPOSURE,
    FUTURE,
    GAMMA,
    GAMMA_TOTAL,
    GROSS,
    GROSS_BETA,
    IN_COIN,
    INVERSE,
    KIND,
    KNOWN,
    LINEAR,
    LIVE,
    MEASURED,
    MODE,
    MODELLED,
    MOST_VOL,
    MOVED,
    N_TREES,
    NAV,
    NET,
    NOTHING,
    OPTION,
    OWN,
    OWN_QUOTE,
    OWN_SPOT,
    PENDING,
    PER_EXPOSURE,
    PER_VALUE,
    PRICE,
    QUANTO,
    QUOTED,
    RATE,
    REFRESH,
    RIGHT,
    SETTLEMENT,
    SHIFT,
    SIZE,
    SLOW,
    SPOT,
    STRIKE,
    TOUCHED,
    UNDERLYING,
    UNIT,
    VALUE,
    VOL,
    YEARS,
    YIELD,
)
from trimtab.stats.arrays import Floats
from trimtab.stats.kernels.compiling import njit

__all__ = ["apply", "climb", "revalue"]

Ints = NDArray[np.int64]

# Boundary of an American option: nine coefficients, its top, where it is now, and the terms it was made for.
N_BOUNDARY = 14
_TOP, _NOW, _FOR_VOL, _FOR_EARN, _FOR_LOSE = 9, 10, 11, 12, 13


@njit(cache=True, nogil=True, error_model="numpy")
def _american(f: Floats, n: Ints, edge: Floats, spot: float, rate: float, carry: float) -> tuple[float, float, float]:
    """Value, delta and gamma of an American option; its boundary is kept while its terms stay as they are."""
    right, strike, vol, time = float(n[RIGHT]), f[STRIKE], f[VOL], f[YEARS]
    earn, lose = (rate, carry) if right < 0.0 else (carry, rate)
    plain = spot > 0.0 and strike > 0.0 and earn > 0.0 and time > 0.0 and isfinite(spot + vol + rate + carry)
    if not (plain and vol * sqrt(time) >= 1e-5):
        value, delta, gamma, _, _ = american_one(right, spot, strike, vol, time, rate, carry, False)
        return value, delta, gamma
    if not (edge[_FOR_VOL] == vol and edge[_FOR_EARN] == earn and edge[_FOR_LOSE] == lose):
        coefficients, top, now = boundary_of_put(earn, lose, vol, time)
        edge[:9] = coefficients
        edge[_TOP], edge[_NOW], edge[_FOR_VOL], edge[_FOR_EARN], edge[_FOR_LOSE] = top, now, vol, earn, lose
    # a call is a put with spot and strike, and rate and yield, exchanged
    z = spot / strike if right < 0.0 else strike / spot
    value, delta, gamma = put_from_boundary(z, earn, lose, vol, time, edge[:9], edge[_TOP], edge[_NOW])
    if right < 0.0:
        return strike * value, delta, gamma / strike
    return spot * value, value - z * delta, z * z * gamma / spot


@njit(cache=True, nogil=True, error_model="numpy")
def _reprice(f: Floats, n: Ints, edge: Floats, spot: float) -> bool:
    """Set delta and gamma of an option, and its unit price where the model gives it; False where it cannot."""
    rate, carry = f[RATE], f[YIELD]
    if n[AMERICAN] == 1:
        value, delta, gamma = _american(f, n, edge, spot, rate, carry)
    else:
        lognormal = spot - f[SHIFT]
        value, delta, gamma, _, _ = european_one(float(n[RIGHT]), lognormal, f[STRIKE], f[VOL], f[YEARS], rate, carry)
    if not (isfinite(value) and isfinite(delta)):
        return False
    f[DELTA] = delta
    f[GAMMA] = gamma if isfinite(gamma) else 0.0
    if n[MODE] == MODELLED:
        f[UNIT] = value
    return True


@njit(cache=True, nogil=True, error_model="numpy")
def _imply(f: Floats, n: Ints) -> bool:
    """Set volatility and unit price of an option from its own quote; False where there is none."""
    spot = f[OWN_SPOT]
    rate, carry = f[RATE], f[YIELD]
    # a premium in coin is worth the coin's price
    price = f[OWN] * (spot if n[IN_COIN] == 1 else 1.0)
    if n[AMERICAN] == 1:
        vol, code = implied_american_one(price, float(n[RIGHT]), spot, f[STRIKE], f[YEARS], rate, carry, f[VOL])
    else:
        vol, code = implied_european_one(price, float(n[RIGHT]), spot - f[SHIFT], f[STRIKE], f[YEARS], rate, carry)
    if code == BELOW_INTRINSIC:
        vol = 0.0  # worth exercise and no more: any volatility would be invented
    elif code != SOLVED:
        return False
    if not vol < MOST_VOL:
        return False
    f[VOL] = vol
    f[UNIT] = f[OWN]
    return True


@njit(cache=True, nogil=True, error_model="numpy")
def _renew(f: Floats, n: Ints, edge: Floats, spot: float, mark: int) -> bool:
    """Bring an option up to its marks; False where it must be done by hand."""
    if mark & PENDING:
        n[MODE] = QUOTED
        if not _imply(f, n):
            return False
    if mark & MOVED:
        n[MODE] = MODELLED
    return not mark & (PENDING | MOVED | REFRESH) or _reprice(f, n, edge, spot)


@njit(cache=True, nogil=True, error_model="numpy")
def _value(f: Floats, n: Ints, edge: Floats, px: Floats, fx: Floats, mark: int) -> bool:
    """Set value and delta exposure of one row, base currency; False where it must be done by hand."""
    kind, size, rate = n[KIND], f[SIZE], fx[n[CURRENCY]]
    price = px[n[PRICE]] if n[PRICE] >= 0 else 1.0
    if not (price >= 0.0 and rate > 0.0):
        return False
    if kind <= SPOT:
        f[VALUE] = f[EXPOSURE] = size * price * rate
    elif kind == FUTURE:
        f[VALUE], f[EXPOSURE] = 0.0, size * price * rate
    elif kind == LINEAR:
        gain = 0.0 if isnan(f[ENTRY]) else size * (price - f[ENTRY])
        f[VALUE], f[EXPOSURE] = gain * rate, size * price * rate
    elif kind == INVERSE:
        coins = 0.0 if isnan(f[ENTRY]) else size * (price - f[ENTRY]) / (f[ENTRY] * price)
        f[VALUE], f[EXPOSURE] = coins * fx[n[SETTLEMENT]], size / price * fx[n[SETTLEMENT]]
    elif kind == QUANTO:
        coins = 0.0 if isnan(f[ENTRY]) else size * (price - f[ENTRY])
        f[VALUE], f[EXPOSURE] = coins * fx[n[SETTLEMENT]], size * fx[n[SETTLEMENT]] * price
    else:
        if not _renew(f, n, edge, price, mark):
            return False
        worth = f[UNIT] * (price if n[IN_COIN] == 1 and n[MODE] == QUOTED else 1.0)
        f[VALUE] = size * rate * worth
        f[EXPOSURE] = size * rate * f[DELTA] * price
    # a gain of exactly nothing moves with no currency: which legs there are has changed
    return isfinite(f[VALUE]) and isfinite(f[EXPOSURE]) and not (f[PER_VALUE] != 0.0 and f[VALUE] == 0.0)


@njit(cache=True, nogil=True, error_model="numpy")
def _plant(f: Floats, n: Ints, trees: Floats, leaf: int, px: Floats, fx: Floats) -> None:
    """Set the leaves of one row."""
    value, exposure = f[VALUE], f[EXPOSURE]
    total = f[PER_EXPOSURE] * exposure + f[PER_VALUE] * value
    beta = f[BETA_PER_EXPOSURE] * exposure + f[BETA_PER_VALUE] * value
    trees[NAV, leaf] = value
    trees[KNOWN, leaf] = abs(total)
    if n[MEASURED] == 1:
        trees[BETA, leaf], trees[GROSS_BETA, leaf] = beta, abs(beta)
        trees[NET, leaf], trees[GROSS, leaf] = total, abs(total)
        if n[KIND] == OPTION:
            spot = px[n[PRICE]]
            trees[GAMMA_TOTAL, leaf] = f[SIZE] * fx[n[CURRENCY]] * f[GAMMA] * spot * spot


@njit(cache=True, nogil=True, error_model="numpy")
def climb(trees: Floats, rows: Ints, count: int) -> None:
    """Add up again what lies above the changed rows."""
    half = trees.shape[1] // 2
    if count * 8 > half:
        for node in range(half - 1, 0, -1):
            for k in range(N_TREES):
                trees[k, node] = trees[k, 2 * node] + trees[k, 2 * node + 1]
        return
    for j in range(count):
        node = (half + rows[j]) // 2
        while node > 0:
            for k in range(N_TREES):
                trees[k, node] = trees[k, 2 * node] + trees[k, 2 * node + 1]
            node //= 2


@njit(cache=True, nogil=True, error_model="numpy")
def revalue(
    rows: Ints, count: int, f: Floats, n: Ints, edges: Floats, px: Floats, fx: Floats, marks: Ints, trees: Floats
) -> int:
    """Value the marked rows and the totals; rows to be done by hand are moved to the front and counted."""
    half = trees.shape[1] // 2
    by_hand = 0
    for j in range(count):
        i = rows[j]
        mark, marks[i] = marks[i], 0
        if n[i, KIND] == NOTHING:
            continue
        if n[i, KIND] == SLOW or not _value(f[i], n[i], edges[i], px, fx, mark):
            rows[j], rows[by_hand] = rows[by_hand], i
            by_hand += 1
            continue
        _plant(f[i], n[i], trees, half + i, px, fx)
    climb(trees, rows, count)
    return by_hand


@njit(cache=True, nogil=True, error_model="numpy")
def _rate(ways: Ints, px: Floats, c: int) -> float:
    """Give base units for one unit of a currency: some legs, each a price or one over it."""
    rate = 1.0
    for leg in range(ways.shape[1] // 2):
        slot = ways[c, 2 * leg]
        if slot >= 0:
            rate *= px[slot] if ways[c, 2 * leg + 1] > 0 else 1.0 / px[slot]
    return rate


@njit(cache=True, nogil=True, error_model="numpy")
def _touch(
    slot: int, px: Floats, fx: Floats, ways: Ints, links: Ints, f: Floats, n: Ints, marks: Ints, rows: Ints, count: int
) -> int:
    """Mark every row that a changed price touches; gives how many rows are marked so far."""
    # links: for each slot where its currencies begin, where its rows begin, and where they end; then pairs
    for k in range(links[3 * slot], links[3 * slot + 1]):
        fx[links[k]] = _rate(ways, px, links[k])
    for k in range(links[3 * slot + 1], links[3 * slot + 2], 2):
        i, role = links[k], links[k + 1]
        if marks[i] == 0:
            rows[count] = i
            count += 1
        if role == OWN_QUOTE:
            # what the underlying did before its own quote no longer matters
            f[i, OWN], f[i, OWN_SPOT] = px[slot], px[n[i, PRICE]]
            n[i, LIVE] = 1
            marks[i] = (marks[i] & ~MOVED) | TOUCHED | PENDING
        elif role == UNDERLYING:
            marks[i] |= TOUCHED | MOVED
        else:
            marks[i] |= TOUCHED
    return count


# Its arrays are handed over one by one: records of them cost a tenth of the time from a quote to beta, and plain tuples
# a microsecond of four each call.
@njit(cache=True, nogil=True, error_model="numpy")
def apply(
    slots: Ints,
    prices: Floats,
    stamps: Ints,
    px: Floats,
    stamp: Ints,
    fx: Floats,
    ways: Ints,
    links: Ints,
    twins: Ints,
    f: Floats,
    n: Ints,
    edges: Floats,
    marks: Ints,
    rows: Ints,
    trees: Floats,
) -> tuple[int, int]:
    """Take a batch of quotes; gives how many were late (older than what is known) and how many rows are by hand."""
    late, count = 0, 0
    for q in range(slots.shape[0]):
        slot = slots[q]
        if stamps[q] < stamp[slot]:
            late += 1
            continue
        while slot >= 0:
            px[slot], stamp[slot] = prices[q], stamps[q]
            count = _touch(slot, px, fx, ways, links, f, n, marks, rows, count)
            slot = twins[slot] if slot == slots[q] else -1
    return late, revalue(rows, count, f, n, edges, px, fx, marks, trees)
