r"""Margin and funding under a shock: cash needed, and the move at which it runs out.

Equations, for margined positions (futures, perpetuals) with exposure d_i, beta b_i, margin rate k_i; benchmark move x
    variation(x)  = sum d_i b_i x                                      paid out of cash, or into it
    required(x)   = factor sum |d_i (1 + b_i x)| k_i
    funding       = - days sum d_i f_i                                 f_i: rate a day, paid by longs if positive
    free(x)       = cash + variation(x) + funding - required(x);       below zero: a margin call
    break point   = the smallest fall, and the smallest rise, at which free(x) = 0
Conventions
    Money in base currency. One pool of cash for all positions, no netting between venues. Margin rates are of exposure,
    decimal, maintenance unless you pass initial ones. In a stress exchanges raise margins: `factor`.
Traps
    A hedge that is right can still be closed by its broker: the futures lose cash today, and what the shares gained is
    not cash. Betas of one and gaps over night are what a shock assumes, not what will happen.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.risk.series import one_each
from trimtab.stats.arrays import Floats

__all__ = ["MarginState", "Margined", "margin_after", "margin_break_points"]

#: Largest move of the benchmark that is looked at, either way.
_FURTHEST = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Margined:
    """Positions on margin, and the cash behind them.

    Parameters
    ----------
    cash
        Money at hand for margin; zero or more.
    exposure
        Signed money, shape (n_positions,).
    betas
        All known.
    margin
        Rate of exposure, decimal; zero or more.
    funding
        Rate a day that a long pays (negative = receives); 0 for futures.
    """

    cash: float
    exposure: ArrayLike
    betas: ArrayLike
    margin: ArrayLike
    funding: ArrayLike = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginState:
    """Cash after a shock, money in base currency.

    Parameters
    ----------
    variation
        Settled in cash; negative = paid.
    funding
        Negative = paid.
    required
        Margin after the shock.
    free
        Cash left above the requirement; negative = call.
    call
        What must be brought, zero or more.
    to_close
        Share of the positions that must be closed instead, 0 to 1, if no cash comes.
    """

    variation: float
    funding: float
    required: float
    free: float
    call: float
    to_close: float


def margin_after(account: Margined, *, benchmark: float, factor: float = 1.0, days: float = 0.0) -> MarginState:
    """Give cash and margin after a move of the benchmark.

    Parameters
    ----------
    account
        What is held.
    benchmark
        Its move, decimal, -1 or more.
    factor
        Margin rates after over margin rates before.
    days
        Of funding.

    Examples
    --------
    Short one million of futures against shares; the market rises by a tenth:

    >>> account = Margined(cash=120_000, exposure=[-1_000_000], betas=[1.0], margin=[0.05])
    >>> state = margin_after(account, benchmark=0.10)
    >>> round(state.variation), round(state.required), round(state.call)
    (-100000, 55000, 35000)
    """
    exposure, beta, rate, funding = _columns(account)
    if not (benchmark >= -1 and factor >= 0 and days >= 0):
        raise InputError(
            expected="a move of -100% or more, and a factor and days of zero or more",
            found=f"{benchmark}, {factor}, {days}",
            try_next="give decimals: 0.1 for a rise of 10%",
        )
    variation = float(exposure @ beta) * benchmark
    paid = -days * float(exposure @ funding)
    required = factor * float(np.abs(exposure * (1.0 + beta * benchmark)) @ rate)
    free = account.cash + variation + paid - required
    return MarginState(
        variation=variation,
        funding=paid,
        required=required,
        free=free,
        call=max(-free, 0.0),
        to_close=min(max(-free, 0.0) / required, 1.0) if required > 0 else 0.0,
    )


def margin_break_points(
    account: Margined, *, factor: float = 1.0, days: float = 0.0
) -> tuple[float | None, float | None]:
    """Give the nearest fall and the nearest rise of the benchmark at which a margin call comes.

    None where none comes within 100%; 0.0 on both sides if there is one already.

    Examples
    --------
    >>> account = Margined(cash=120_000, exposure=[-1_000_000], betas=[1.0], margin=[0.05])
    >>> fall, rise = margin_break_points(account)
    >>> fall is None, round(rise, 6)
    (True, 0.066667)
    """
    exposure, beta, _, _ = _columns(account)
    if margin_after(account, benchmark=0.0, factor=factor, days=days).free < 0:
        return 0.0, 0.0
    # free(x) is a line between the moves at which an exposure changes sign, and concave over all: one root a side.
    turns = -1.0 / beta[(exposure != 0.0) & (np.abs(beta) * _FURTHEST > 1.0)]
    sides = []
    for sign in (-1.0, 1.0):
        knots = np.unique(np.concatenate([[0.0, _FURTHEST], np.abs(turns[np.sign(turns) == sign])]))
        free = [margin_after(account, benchmark=sign * float(x), factor=factor, days=days).free for x in knots]
        sides.append(_first_zero(knots, np.array(free), sign))
    return sides[0], sides[1]


def _first_zero(knots: Floats, free: Floats, sign: float) -> float | None:
    below = np.flatnonzero(free < 0)
    if below.size == 0:
        return None
    after = int(below[0])
    before = after - 1
    share = free[before] / (free[before] - free[after])
    return sign * float(knots[before] + share * (knots[after] - knots[before]))


def _columns(account: Margined) -> tuple[Floats, Floats, Floats, Floats]:
    exposure, beta, rate, funding = one_each(
        np.size(account.exposure),
        exposure=np.atleast_1d(np.asarray(account.exposure, dtype=np.float64)),
        betas=account.betas,
        margin=account.margin,
        funding=account.funding,
    )
    if not account.cash >= 0 or (rate < 0).any():
        raise InputError(
            expected="cash and margin rates of zero or more", found=f"cash {account.cash}", try_next="correct them"
        )
    if not np.isfinite(np.concatenate([exposure, beta, rate, funding])).all():
        raise NotEnoughDataError(
            expected="exposure, beta, margin and funding of every margined position",
            found="one that is not known",
            try_next="a call cannot be ruled out for a position that is not measured: give its numbers",
        )
    return exposure, beta, rate, funding
