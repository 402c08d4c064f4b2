r"""Today's book in yesterday's storms: replay past prices on present exposures.

Equation, for position i from the episode's first close to each later one
    profit_it = exposure_i x_it + 1/2 gamma_i x_it^2,     x_it = P_it / P_i0 - 1
    what beta would have said = sum_i beta_i exposure_i (M_t / M_0 - 1)
Conventions
    Exposures are held as they are today: no rebalancing, no new money. Money in base currency. Between first and last
    close a missing price means that the position is carried at its last one.
    A position without prices in the episode is replaced by beta x benchmark, named as such, or left out, lowering
    coverage; it is never counted as zero.
Traps
    Exposure and gamma are a local picture of options: in a fall of half, revalue them instead. History repeats neither
    its size nor its pattern: an episode shows what has been possible, not what is probable.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.risk.series import one_each
from trimtab.stats.arrays import Floats

__all__ = ["EPISODES", "Episode", "Replay", "replay"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """A stretch of history with a name.

    Parameters
    ----------
    name
        Short, for tables.
    start, end
        First and last close; for a fall the benchmark's high before it and its low.
    what
        What happened, in a few words.
    """

    name: str
    start: dt.date
    end: dt.date
    what: str

    def __post_init__(self) -> None:
        if not self.start < self.end:
            raise InputError(
                expected="an episode that ends after it starts",
                found=f"{self.name}: {self.start} to {self.end}",
                try_next="exchange the dates",
            )


#: Falls of the S&P 500, from its highest close to its lowest.
EPISODES: Final = (
    Episode(name="1998", start=dt.date(1998, 7, 17), end=dt.date(1998, 8, 31), what="Russia's default, LTCM"),
    Episode(name="2000-02", start=dt.date(2000, 3, 24), end=dt.date(2002, 10, 9), what="end of the dot-com boom"),
    Episode(name="2008", start=dt.date(2007, 10, 9), end=dt.date(2009, 3, 9), what="financial crisis"),
    Episode(name="2011", start=dt.date(2011, 4, 29), end=dt.date(2011, 10, 3), what="euro debt, US downgrade"),
    Episode(name="2020", start=dt.date(2020, 2, 19), end=dt.date(2020, 3, 23), what="pandemic"),
    Episode(name="2022", start=dt.date(2022, 1, 3), end=dt.date(2022, 10, 12), what="inflation and rates"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A book through an episode; money in base currency, shares of NAV.

    Parameters
    ----------
    profit
        From first close to last, negative = lost.
    profit_by_position
        Shape (n_positions,); NaN where not covered.
    path
        Profit at each close, shape (n_dates,).
    worst, worst_row
        Lowest point of the path and its row.
    benchmark_return
        First close to last, decimal.
    by_beta
        What the book's beta alone would have said, over the positions that are covered and have a beta.
    beyond_beta
        profit of those same positions less by_beta: what beta missed.
    proxied
        Rows of positions that were replaced by beta x benchmark.
    missing
        Rows of positions that are not covered.
    coverage
        Covered share of gross exposure; proxied ones count as covered.
    observed
        Share of gross exposure with prices of its own.
    nav
        NAV today.
    """

    profit: float
    profit_by_position: Floats
    path: Floats
    worst: float
    worst_row: int
    benchmark_return: float
    by_beta: float
    beyond_beta: float
    proxied: tuple[int, ...]
    missing: tuple[int, ...]
    coverage: float
    observed: float
    nav: float


def replay(
    *,
    exposure: ArrayLike,
    prices: ArrayLike,
    benchmark: ArrayLike,
    nav: float,
    betas: ArrayLike,
    gamma: ArrayLike = 0.0,
    proxy: bool = True,
) -> Replay:
    """Replay an episode.

    Parameters
    ----------
    exposure
        Delta exposure today, signed money, shape (n_positions,).
    prices
        Prices of what each position follows, in base currency, shape (n_dates, n_positions); row 0 is the episode's
        first close. NaN means missing.
    benchmark
        Its prices, shape (n_dates,), all known.
    nav
        Positive.
    betas
        Today's, shape (n_positions,); NaN where there is none.
    gamma
        Money of exposure gained per 100% move (quantity x multiplier x gamma x price^2), signed.
    proxy
        True replaces positions without prices by beta x benchmark; False leaves them out.

    Examples
    --------
    >>> result = replay(
    ...     exposure=[60.0, 40.0],
    ...     prices=[[10.0, np.nan], [8.0, np.nan], [9.0, np.nan]],
    ...     benchmark=[100.0, 85.0, 90.0],
    ...     nav=100.0,
    ...     betas=[1.2, 0.5],
    ... )
    >>> round(result.profit, 6), round(result.worst, 6), result.proxied, result.observed
    (-8.0, -15.0, (1,), 0.6)
    """
    level = np.asarray(benchmark, dtype=np.float64)
    table = np.asarray(prices, dtype=np.float64)
    if table.ndim != 2 or table.shape[0] != len(level) or not nav > 0:
        raise InputError(
            expected=f"prices of shape ({len(level)}, n_positions) and a positive NAV",
            found=f"{table.shape}, NAV {nav}",
            try_next="give one row of prices per close of the benchmark",
        )
    if len(level) < 2 or not (np.isfinite(level).all() and (level > 0).all()):
        raise NotEnoughDataError(
            expected="at least two closes of the benchmark, all known",
            found=f"{np.count_nonzero(np.isfinite(level))} of {len(level)}",
            try_next="give a benchmark whose history reaches back to the episode",
        )
    money, beta, convexity = one_each(table.shape[1], exposure=exposure, betas=betas, gamma=gamma)
    market = level / level[0] - 1.0
    observed = np.isfinite(table[0]) & np.isfinite(table[-1])
    moves = _moves(table, observed)
    # A position of size zero needs neither price nor beta.
    stand_in = ~observed & np.isfinite(beta) & (money != 0.0) if proxy else np.zeros(len(money), dtype=bool)
    moves[:, stand_in] = market[:, None] * beta[stand_in]
    covered = observed | stand_in | (money == 0.0)
    profit = np.where(covered, money * moves + 0.5 * convexity * moves**2, np.nan)
    path = np.nansum(profit, axis=0 if profit.ndim == 1 else 1)
    has_beta = covered & np.isfinite(beta)
    by_beta = float(np.sum(money[has_beta] * beta[has_beta]) * market[-1])
    gross = float(np.abs(money).sum())
    worst = int(np.argmin(path))
    return Replay(
        profit=float(path[-1]),
        profit_by_position=profit[-1],
        path=path,
        worst=float(path[worst]),
        worst_row=worst,
        benchmark_return=float(market[-1]),
        by_beta=by_beta,
        beyond_beta=float(profit[-1, has_beta].sum()) - by_beta,
        proxied=tuple(np.flatnonzero(stand_in).tolist()),
        missing=tuple(np.flatnonzero(~covered).tolist()),
        coverage=float(np.abs(money[covered]).sum()) / gross if gross > 0 else 1.0,
        observed=float(np.abs(money[observed]).sum()) / gross if gross > 0 else 1.0,
        nav=nav,
    )


def _moves(table: Floats, observed: NDArray[np.bool_]) -> Floats:
    """Give moves since the first close, shape (n_dates, n_positions), gaps carried; 0 where not observed."""
    rows = np.where(np.isfinite(table), np.arange(len(table))[:, None], 0)
    latest = np.maximum.accumulate(rows, axis=0)
    carried = np.take_along_axis(table, latest, axis=0)
    first = np.where(observed, table[0], 1.0)
    moves: Floats = np.where(observed, carried / first - 1.0, 0.0)
    return moves
