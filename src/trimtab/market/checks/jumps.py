"""Judging jumps against the market: bad prints, unrecorded splits, and moves that are real.

A day is set aside only when the market, the ratio and what follows agree. A large step is looked at as

    e = log(1 + r) - log(1 + beta x M)

the asset's own part: its return r less what the benchmark's return M of the same interval explains. beta is a pilot,
the median slope of the 250 steps before the day (the weighted median of r / M with weights |M|), so that neither a
crash of the market nor a threefold fund on that day looks like a jump. Its usual size is the larger of two medians,
of the last 250 and the last 10 steps (days are loud in company), and half the market's own move that day is added.

* **Bad print**: a jump of more than five usual sizes (eight below 45%) that one of the next three prices takes back:
  no more than a sixth of it is left, or one and a half usual sizes, and never more than a quarter.
* **Suspected split**: a step that stays, where a split explains e better than a real move does. The two are weighed as
  likelihoods: a usual day around the log of n:m for ratios that shares do split by (2:1, 3:2, 10:1, 1:8, ...), each
  with its frequency, against Student's t with 2.5 degrees of freedom for real moves; with it how loud the next five
  days are (a real fall by a third is followed by loud days, a split is not) and, where volumes are there, whether
  trading rose by the ratio or far beyond it. Never on a column stated as adjusted.
* **Unconfirmed**: a jump in the last price, which nothing yet can tell from a bad print or a split. It waits: no return
  ends there until the next price.
* Anything else was real, and counts for its own day.

Decisions use up to five later prices of the table that was given. This is cleaning of data, no forecast; whoever asks
as of a day gives a table that ends there, and a decision is final five prices later. What a history says at a date
may thus hold a real jump of that very date, which had to wait a day when it happened.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import Reason
from trimtab.market.checks.findings import Findings
from trimtab.market.checks.slow import place_slow
from trimtab.market.checks.splits import FOLLOWING, Evidence, nearest_ratio, suspects
from trimtab.market.prices import Flag, PriceTable, as_cells, code_of
from trimtab.stats.arrays import Floats

__all__ = ["judge_jumps"]

#: Smallest log step that is looked at; a bad print or a split of less hardly moves a beta.
_SCREEN = 0.18
_WINDOW, _RECENT = 250, 10
#: Steps that the usual size of 3% and the beta of 1 stand in for while there are few.
_PRIOR_STEPS, _PRIOR_SIZE, _PRIOR_WEIGHT = 10, 0.03, 0.05
_LEAST_SIZE = 0.003
_MARKET_SHARE = 0.5
_MEDIAN_TO_SD = 1.4826
#: A print is bad beyond so many usual sizes, below a log step of the last number beyond the second; several in a row
#: only beyond both the third and the last.
_TIMES, _TIMES_SMALL, _TIMES_SEVERAL, _SEVERAL = 5.0, 8.0, 10.0, math.log(1.45)
#: It is taken back if no more than a sixth of it is left within three prices, or one and a half usual sizes, which a
#: volatile share moves in between, but never more than a quarter.
_BACK, _BACK_MOST, _BACK_USUAL, _BACK_WITHIN = 1.0 / 6.0, 0.25, 1.5, 3
_UNCONFIRMED = math.log(1.35)
#: A benchmark's jump is real if the other columns show at least this part of it.
_SHARED = 0.5


@dataclass(frozen=True, slots=True)
class _Series:
    """One column without its gaps: prices, their rows, log steps, the market's simple returns over the same steps."""

    rows: NDArray[np.intp]
    prices: Floats
    steps: Floats
    market: Floats
    volumes: Floats | None
    adjusted: bool


@dataclass(frozen=True, slots=True)
class _Own:
    """A step's own part and what is usual for it."""

    parts: Floats
    usual: float
    quiet: float
    beta: float


def judge_jumps(table: PriceTable, benchmark: str) -> PriceTable:
    """Set aside bad prints, mark suspected splits, and hold back a jump in the last price; once for a table.

    Weekly and monthly prices are first put on their sessions (`trimtab.market.checks.slow`).

    Parameters
    ----------
    table
        Prices up to the moment asked about: nothing later is looked at.
    benchmark
        Symbol of the benchmark in it.

    Returns
    -------
    The same table with more cells missing (bad_print, unconfirmed_jump), more `breaks` (suspected splits), flags and
    failures, and `judged` set. No price is changed.

    Raises
    ------
    UnknownSymbolError
        If the benchmark is not in the table.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> market, asset = 100 * np.cumprod(1 + rng.normal(0, 0.01, (2, 99)), axis=1)
    >>> asset[60:] /= 2
    >>> days = np.arange("2024-01-02", "2024-04-10", dtype="M8[D]")
    >>> checked = judge_jumps(PriceTable.of({"A": asset, "M": market}, dates=days), "M")
    >>> checked.breaks.tolist(), checked.flags[0][0].value
    ([[60, 0]], 'split_suspected')
    """
    at = table.column(benchmark)
    if table.judged is not None:
        return table
    judge = _Judge(place_slow(table, benchmark))
    judge.column(at, None)
    judge.confirm_market(at)
    level = judge.level(at)
    for column in range(len(table.symbols)):
        if column != at:
            judge.column(column, level)
    return judge.result(benchmark)


class _Judge:
    """Judges the columns of a table one by one and gathers what was found."""

    def __init__(self, table: PriceTable) -> None:
        self._table = table
        self._aside: dict[tuple[int, int], Reason] = {}
        self._breaks: dict[tuple[int, int], str] = {}
        self._vouched = {tuple(cell) for cell in table.vouched.tolist()} | {tuple(b) for b in table.breaks.tolist()}
        self._describe: dict[tuple[int, int], str] = {}

    def column(self, column: int, level: Floats | None) -> None:
        """Judge one column beside the benchmark's level; the benchmark itself stands alone (None)."""
        series = self._series(column, level)
        if series is not None:
            for k in np.flatnonzero(np.abs(series.steps) >= _SCREEN).tolist():
                self._step(series, column, k)

    def level(self, column: int) -> Floats:
        """Give what is left of a column, each price carried over what is missing; no return crosses a split."""
        values = self._table.values[:, column].copy()
        rows = [row for row, at in self._aside if at == column]
        values[rows] = np.nan
        row = np.maximum.accumulate(np.where(np.isnan(values), -1, np.arange(values.size)))
        level = np.where(row >= 0, values[np.maximum(row, 0)], np.nan)
        for at in (row for row, c in self._breaks if c == column):
            level[:at] *= level[at] / level[at - 1]
        return level

    def _series(self, column: int, level: Floats | None) -> _Series | None:
        table = self._table
        values = table.values[:, column]
        rows = np.flatnonzero(~np.isnan(values))
        if rows.size < 2:
            return None
        prices = values[rows]
        steps = np.log(prices[1:] / prices[:-1])
        if not (np.abs(steps) >= _SCREEN).any():
            return None
        moves = np.zeros(steps.size) if level is None else level[rows[1:]] / level[rows[:-1]] - 1.0
        return _Series(
            rows=rows,
            prices=prices,
            steps=steps,
            market=np.where(np.isfinite(moves), moves, 0.0),
            volumes=None if table.volumes is None else table.volumes[rows, column],
            adjusted=Flag.ADJUSTED_CHOSEN in table.flags[column],
        )

    def _step(self, series: _Series, column: int, k: int) -> None:
        """Judge the step that ends at position k + 1 of a series."""
        cell = (int(series.rows[k + 1]), column)
        if cell in self._vouched or cell in self._aside or (int(series.rows[k]), column) in self._aside:
            return
        own = _own_part(series, k)
        size = abs(float(own.parts[0]))
        if size < _SCREEN:
            return
        back = _taken_back(own)
        if back:
            for i in range(back):
                self._aside[int(series.rows[k + 1 + i]), column] = Reason.BAD_PRINT
            self._say(series, cell, k, own, f"{'they go' if back > 1 else 'it goes'} back at the next price")
            return
        last = own.parts.size == 1
        if last and size >= _UNCONFIRMED and size > _TIMES * own.usual:
            self._aside[cell] = Reason.UNCONFIRMED_JUMP
            self._say(series, cell, k, own, "nothing follows yet that could confirm it")
            return
        if not series.adjusted and not last and suspects(_evidence(series, own, k)):
            ratio = nearest_ratio(float(own.parts[0]))
            self._breaks[cell] = ratio
            self._say(series, cell, k, own, f"an unrecorded split {ratio}?")

    def _say(self, series: _Series, cell: tuple[int, int], k: int, own: _Own, verdict: str) -> None:
        after = f" and {series.prices[k + 2]:.6g}" if k + 2 < series.prices.size else " and nothing yet"
        explained = math.expm1(math.log(max(1.0 + own.beta * series.market[k], 0.05)))
        self._describe[cell] = (
            f"{series.prices[k + 1]:.6g} between {series.prices[k]:.6g}{after}: {math.expm1(series.steps[k]):+.1%} "
            f"where the benchmark's move explains {explained:+.1%} and {own.usual:.1%} is usual; {verdict}"
        )

    def confirm_market(self, column: int) -> None:
        """Take back what was set aside of the benchmark where the other columns show the same move."""
        for cells in (self._aside, self._breaks):
            for cell in [c for c in cells if c[1] == column and self._others_moved(c)]:
                del cells[cell]

    def _others_moved(self, cell: tuple[int, int]) -> bool:
        row, column = cell
        values = self._table.values
        if row == 0 or values.shape[1] < 2:
            return False
        others = np.delete(np.arange(values.shape[1]), column)
        moves = np.log(values[row, others] / values[row - 1, others])
        moves = moves[np.isfinite(moves)]
        own = math.log(values[row, column] / values[row - 1, column]) if values[row - 1, column] > 0 else math.nan
        return bool(moves.size and own * np.median(moves) > 0 and abs(np.median(moves)) >= _SHARED * abs(own))

    def result(self, benchmark: str) -> PriceTable:
        """Give the table with everything that was found."""
        table = self._table
        if not self._aside and not self._breaks:
            return replace(table, judged=benchmark)
        values, why = table.values.copy(), table.why.copy()
        for cell, reason in self._aside.items():
            values[cell], why[cell] = np.nan, code_of(reason)
        findings = Findings()
        for cell, reason in sorted((*self._aside.items(), *((c, Reason.SPLIT_SUSPECTED) for c in self._breaks))):
            findings.flag(table.symbols[cell[1]], Flag(reason.value))
            findings.fail(reason, [0], lambda _, c=cell: (self._where(c), self._words(c)))  # type: ignore[misc]
        if self._breaks or Reason.UNCONFIRMED_JUMP in self._aside.values():
            findings.note(
                "a split is recorded, and a day declared real, by a row of a file beside the prices (or imported): "
                f"effective,symbol,ratio, such as {self._example()}; ratio 1 says that the day is real"
            )
        return replace(
            table,
            values=values,
            why=why,
            breaks=as_cells([*map(tuple, table.breaks.tolist()), *self._breaks]),
            suspected=as_cells(self._breaks),
            flags=tuple(
                tuple(f for f in Flag if f in old or f in findings.flags_of(s))
                for s, old in zip(table.symbols, table.flags, strict=True)
            ),
            notes=(*table.notes, *findings.notes()),
            failures=(*table.failures, *findings.failures()),
            judged=benchmark,
        )

    def _where(self, cell: tuple[int, int]) -> str:
        return f"{self._table.symbols[cell[1]]} on {_day(self._table, cell[0])}"

    def _words(self, cell: tuple[int, int]) -> str:
        symbol, day = self._table.symbols[cell[1]], _day(self._table, cell[0])
        description = self._describe.get(cell, "part of a stretch that the price after it takes back")
        if cell in self._breaks:
            description += (
                f" no return is taken across it; record the split ({day},{symbol},{self._breaks[cell]}) or say that "
                f"the day is real ({day},{symbol},1)"
            )
        return description

    def _example(self) -> str:
        cell = min(self._breaks or self._aside)
        return f"{_day(self._table, cell[0])},{self._table.symbols[cell[1]]},{self._breaks.get(cell, '1')}"


def _day(table: PriceTable, row: int) -> str:
    return str(table.dates[row]).removesuffix("T00:00:00")


def _own_part(series: _Series, k: int) -> _Own:
    """Give what the market leaves unexplained of step k and of the steps after it, and what is usual before it."""
    start = max(0, k - _WINDOW)
    moves, returns = series.market[start:k], np.expm1(series.steps[start:k])
    there = np.abs(moves) > 1e-6
    beta = _weighted_median(
        np.append(returns[there] / moves[there], 1.0), np.append(np.abs(moves[there]), _PRIOR_WEIGHT)
    )
    stop = min(k + 1 + FOLLOWING, series.steps.size)
    explained = np.log(np.maximum(1.0 + beta * series.market[start:stop], 0.05))
    parts = series.steps[start:stop] - explained
    before, after = np.abs(parts[: k - start]), parts[k - start :]
    count = before.size
    quiet = _MEDIAN_TO_SD * float(np.median(before)) if count else 0.0
    if count < _WINDOW:
        quiet = math.sqrt((count * quiet**2 + _PRIOR_STEPS * _PRIOR_SIZE**2) / (count + _PRIOR_STEPS))
    quiet = math.hypot(quiet, _LEAST_SIZE)
    recent = _MEDIAN_TO_SD * float(np.median(before[-_RECENT:])) if count >= _RECENT else quiet
    usual = math.hypot(max(quiet, min(recent, 3.0 * quiet)), _MARKET_SHARE * series.market[k])
    return _Own(parts=after, usual=usual, quiet=quiet, beta=beta)


def _weighted_median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, total[-1] / 2.0)])


def _taken_back(own: _Own) -> int:
    """Give how many prices in a row are bad, because the one after them is back where it was; 0 if none."""
    first = abs(float(own.parts[0]))
    if first <= (_TIMES if first >= _SEVERAL else _TIMES_SMALL) * own.usual:
        return 0
    level = np.cumsum(own.parts[: _BACK_WITHIN + 1])
    left = max(first * _BACK, min(first * _BACK_MOST, _BACK_USUAL * own.usual))
    for j in range(1, level.size):
        several = first >= max(_SEVERAL, _TIMES_SEVERAL * own.usual) and (np.abs(level[:j]) >= 0.6 * first).all()
        if j > 1 and not several:
            return 0
        if abs(float(level[j])) <= left:
            return j
    return 0


def _evidence(series: _Series, own: _Own, k: int) -> Evidence:
    surge = None
    if series.volumes is not None:
        before = series.volumes[max(0, k - 20) : k + 1]
        usual = float(np.nanmedian(before)) if np.isfinite(before).any() else math.nan
        traded = float(series.volumes[k + 1])
        surge = traded / usual if usual > 0 and traded > 0 else None
    return Evidence(
        move=float(own.parts[0]),
        usual=own.usual,
        following=float(np.mean(np.abs(own.parts[1:]))) / own.quiet,
        surge=surge,
    )
