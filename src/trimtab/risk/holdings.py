r"""What kind of things are held: valuation, credit and size, as far as the user's fields say.

Equations
    price ratio of a book  = sum v_i / sum (v_i / ratio_i)            harmonic: what the book's money buys
    spread duration        = sum v_i d_i / NAV                        loss per one point of spread, in points
    market value           = price x supply
Conventions
    Price ratios are over long positions; a negative ratio (a loss) counts as the negative yield that it is. Coverage is
    the share of value whose field is known; nothing is put in for the rest.
Traps
    The arithmetic mean of price ratios is larger, and one huge ratio decides it. An average rating hides the tail: the
    share below investment grade stands beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from trimtab.errors import InputError
from trimtab.risk.series import one_each

__all__ = ["RATINGS", "Credit", "PriceRatio", "SizeBucket", "credit_quality", "price_ratio", "size_buckets"]

#: Long-term ratings from best to worst, the letters of Standard & Poor's and Fitch.
RATINGS: Final = (
    "AAA", "AA+", "AA", "AA-", "A+", "A", "A-", "BBB+", "BBB", "BBB-", "BB+", "BB", "BB-", "B+", "B", "B-",
    "CCC+", "CCC", "CCC-", "CC", "C", "D",
)  # fmt: skip
_LAST_INVESTMENT_GRADE = RATINGS.index("BBB-")


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRatio:
    """A price ratio of the long part of a book.

    Parameters
    ----------
    ratio
        Harmonic; None where the earnings (or book value, ...) are together not positive.
    coverage
        Share of long value whose ratio is known.
    """

    ratio: float | None
    coverage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """Credit of the rated part of a book.

    Parameters
    ----------
    average
        Rating at the value-weighted mean place on the scale; None where nothing is rated.
    below_investment_grade
        Share of rated value below BBB-.
    spread_duration
        Years, of NAV; a rise of spreads by one point costs this many per cent.
    rating_coverage, duration_coverage
        Share of gross value whose field is known.
    """

    average: str | None
    below_investment_grade: float | None
    spread_duration: float
    rating_coverage: float
    duration_coverage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeBucket:
    """Positions of one size.

    Parameters
    ----------
    low, high
        Market value from (included) and to (not included); None at the open ends.
    weight
        Their exposure / NAV, signed.
    beta
        Their beta exposure / exposure; None where they net to nothing or a beta is not known.
    contribution
        Their beta exposure / NAV; None where a beta is not known.
    n_positions
        How many.
    """

    low: float | None
    high: float | None
    weight: float
    beta: float | None
    contribution: float | None
    n_positions: int


def price_ratio(value: ArrayLike, ratios: ArrayLike) -> PriceRatio:
    """Give the price ratio of a book, for example price to earnings.

    Parameters
    ----------
    value
        Market values, signed; shorts are left out. Shape (n_positions,).
    ratios
        Price / earnings or the like; negative for losses, NaN where not known, never zero.

    Examples
    --------
    >>> price_ratio([50.0, 50.0], [10.0, 30.0]).ratio
    15.0
    """
    worth, given = one_each(np.size(value), value=value, ratios=ratios)
    if (given == 0).any():
        raise InputError(expected="ratios other than zero", found="0", try_next="leave an unknown ratio empty")
    long = np.where(worth > 0, worth, 0.0)
    has_ratio = np.isfinite(given)
    total, covered = float(long.sum()), float(long[has_ratio].sum())
    bought = float(np.sum(long[has_ratio] / given[has_ratio]))
    return PriceRatio(ratio=covered / bought if bought > 0 else None, coverage=covered / total if total > 0 else 1.0)


def credit_quality(
    value: ArrayLike, ratings: Sequence[str | None], *, nav: float, spread_duration: ArrayLike = np.nan
) -> Credit:
    """Describe the credit of a book.

    Parameters
    ----------
    value
        Market values, signed, shape (n_positions,).
    ratings
        One of `RATINGS` each; None where there is none.
    nav
        Positive.
    spread_duration
        Years; NaN where not known, 0 where there is no credit.

    Examples
    --------
    >>> held = credit_quality([50.0, 50.0, 100.0], ["AA", "BB", None], nav=200.0, spread_duration=[2.0, 4.0, 0.0])
    >>> held.average, held.below_investment_grade, held.spread_duration, held.rating_coverage
    ('BBB+', 0.5, 1.5, 0.5)
    """
    worth, years = one_each(len(ratings), value=value, spread_duration=spread_duration)
    unknown = sorted({r for r in ratings if r is not None and r not in RATINGS})
    if unknown or not nav > 0:
        raise InputError(
            expected=f"ratings from {RATINGS[0]} to {RATINGS[-1]} and a positive NAV",
            found=f"{', '.join(unknown) or 'no unknown rating'}, NAV {nav}",
            try_next="write ratings as Standard & Poor's does; leave an unrated one empty",
        )
    place = np.array([np.nan if r is None else RATINGS.index(r) for r in ratings], dtype=np.float64)
    size = np.abs(worth)
    rated, timed = np.isfinite(place), np.isfinite(years)
    gross, amount = float(size.sum()), float(size[rated].sum())
    average = float(size[rated] @ place[rated]) / amount if amount > 0 else None
    low = float(size[rated & (place > _LAST_INVESTMENT_GRADE)].sum())
    return Credit(
        # Half-way between two ratings is the worse one.
        average=None if average is None else RATINGS[int(np.floor(average + 0.5))],
        below_investment_grade=low / amount if amount > 0 else None,
        spread_duration=float(worth[timed] @ years[timed]) / nav,
        rating_coverage=amount / gross if gross > 0 else 1.0,
        duration_coverage=float(size[timed].sum()) / gross if gross > 0 else 1.0,
    )


def size_buckets(
    *,
    market_value: ArrayLike,
    exposure: ArrayLike,
    betas: ArrayLike,
    nav: float,
    edges: Sequence[float] = (3e8, 2e9, 1e10, 2e11),
) -> tuple[SizeBucket, ...]:
    """Sort positions by the market value of what they are in.

    Parameters
    ----------
    market_value
        Price x supply (shares or coins outstanding), base currency; positions where it is NaN stand in a last bucket
        without edges.
    exposure, betas
        Of each position, signed money, and beta; shape (n_positions,).
    nav
        Positive.
    edges
        Increasing; the usual ones part micro, small, mid, large and mega.

    Examples
    --------
    >>> parts = size_buckets(market_value=[1e9, 5e11], exposure=[40.0, 60.0], betas=[1.5, 1.0], nav=100.0, edges=[1e10])
    >>> [(p.weight, round(p.beta, 6)) for p in parts]
    [(0.4, 1.5), (0.6, 1.0)]
    """
    cap, money_in, beta = one_each(np.size(market_value), market_value=market_value, exposure=exposure, betas=betas)
    limits = np.asarray(edges, dtype=np.float64)
    if not nav > 0 or len(limits) == 0 or (np.diff(limits) <= 0).any():
        raise InputError(
            expected="a positive NAV and increasing edges", found=f"NAV {nav}, {list(edges)}", try_next="sort the edges"
        )
    place = np.where(np.isfinite(cap), np.searchsorted(limits, np.nan_to_num(cap), side="right"), len(limits) + 1)
    lows, highs = [None, *limits.tolist(), None], [*limits.tolist(), None, None]
    buckets = []
    for number, (low, high) in enumerate(zip(lows, highs, strict=True)):
        inside = place == number
        if not inside.any():
            continue
        weight = float(money_in[inside].sum()) / nav
        money = float(money_in[inside] @ beta[inside]) / nav
        is_known = bool(np.isfinite(money))
        buckets.append(
            SizeBucket(
                low=low,
                high=high,
                weight=weight,
                beta=money / weight if is_known and weight != 0 else None,
                contribution=money if is_known else None,
                n_positions=int(inside.sum()),
            )
        )
    return tuple(buckets)
