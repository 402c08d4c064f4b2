r"""Falls from a former height: of the book, and of what is left of it when its benchmark is taken out.

Equations
    wealth_t   = prod(1 + r);  depth_t = 1 - wealth_t / max(wealth before and at t), the start counting as 1
    neutral_t  = r_t - b_t m_t,  b_t known **before** the period
Conventions
    Depths are positive decimals. Lengths are counted in periods. Returns compound; for the neutral part that is a book
    hedged anew each period, without costs.
Traps
    The largest drawdown grows with the length of the record: compare only records of one length.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from trimtab.errors import InputError
from trimtab.risk.series import complete_rows
from trimtab.stats.arrays import Floats

__all__ = ["Drawdown", "DrawdownReview", "drawdown_path", "drawdown_review", "drawdowns"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawdown:
    """One fall.

    Parameters
    ----------
    depth
        From the height before to the trough, positive decimal.
    peak, trough, recovery
        Rows of returns: the last period at the height (-1 = the start), the deepest, and the first back at the height;
        recovery is None while it lasts.
    periods
        From peak to recovery, or to the end of the record.
    """

    depth: float
    peak: int
    trough: int
    recovery: int | None
    periods: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawdownReview:
    """Drawdowns of the book and of its benchmark-neutral part.

    Parameters
    ----------
    book, neutral
        Falls, deepest first.
    under_water
        Share of periods that the book ended below a former height.
    neutral_in_worst
        Compound return of the neutral part from the peak to the trough of the book's deepest fall.
    benchmark_in_worst
        Compound return of the benchmark in the same time.
    """

    book: tuple[Drawdown, ...]
    neutral: tuple[Drawdown, ...]
    under_water: float
    neutral_in_worst: float | None
    benchmark_in_worst: float | None


def drawdown_path(returns: ArrayLike) -> Floats:
    """Give the depth after each period, positive decimal, shape (n_periods,).

    Examples
    --------
    >>> drawdown_path([0.1, -0.1, -0.1, 0.3]).round(4).tolist()
    [0.0, 0.1, 0.19, 0.0]
    """
    (r,) = complete_rows(1, returns=returns)
    wealth = np.cumprod(1.0 + r)
    path: Floats = 1.0 - wealth / np.maximum(np.maximum.accumulate(wealth), 1.0)
    return path


def drawdowns(returns: ArrayLike, *, most: int = 5) -> tuple[Drawdown, ...]:
    """List falls, deepest first.

    Examples
    --------
    >>> [(round(d.depth, 4), d.peak, d.trough, d.recovery) for d in drawdowns([0.1, -0.1, 0.2, -0.3, 0.1])]
    [(0.3, 2, 3, None), (0.1, 0, 1, 2)]
    """
    depth = drawdown_path(returns)
    # Rounding must not make a fall out of a return to the very same height.
    below = depth > 1e-12
    edges = np.flatnonzero(np.diff(np.concatenate([[False], below, [False]]).astype(np.int8)))
    falls = []
    for first, after in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        trough = first + int(np.argmax(depth[first:after]))
        recovered = after < len(depth)
        falls.append(
            Drawdown(
                depth=float(depth[trough]),
                peak=first - 1,
                trough=trough,
                recovery=after if recovered else None,
                periods=(after if recovered else after - 1) - (first - 1),
            )
        )
    return tuple(sorted(falls, key=lambda fall: (-fall.depth, fall.peak))[:most])


def drawdown_review(returns: ArrayLike, market: ArrayLike, betas: ArrayLike, *, most: int = 5) -> DrawdownReview:
    """Set the book's falls beside those of its benchmark-neutral part.

    Parameters
    ----------
    returns, market
        Shape (n_periods,); rows with a missing number are left out.
    betas
        Beta of the book known before each period, shape (n_periods,), or one number.
    most
        Falls to list.

    Examples
    --------
    >>> review = drawdown_review([0.01, -0.12, 0.02], [0.01, -0.10, 0.02], 1.0)
    >>> round(review.book[0].depth, 4), round(review.neutral_in_worst, 4), round(review.benchmark_in_worst, 4)
    (0.12, -0.02, -0.1)
    """
    if most < 1:
        raise InputError(expected="at least one fall to list", found=f"{most}", try_next="five is usual")
    beta_rows = np.broadcast_to(np.asarray(betas, dtype=np.float64), np.shape(returns))
    r, m, b = complete_rows(1, returns=returns, market=market, betas=beta_rows)
    own = r - b * m
    falls = drawdowns(r, most=most)
    span = slice(falls[0].peak + 1, falls[0].trough + 1) if falls else None
    return DrawdownReview(
        book=falls,
        neutral=drawdowns(own, most=most),
        under_water=float(np.mean(drawdown_path(r) > 1e-12)),
        neutral_in_worst=None if span is None else float(np.prod(1.0 + own[span]) - 1.0),
        benchmark_in_worst=None if span is None else float(np.prod(1.0 + m[span]) - 1.0),
    )
