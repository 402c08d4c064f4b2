"""Judging prices: jumps, missing splits and stale stretches, without looking ahead.

Each rule asks only whether the return that *ends* at a row can be used, and answers with that row and earlier ones:
cutting the table after any row leaves all returns up to it as they were. So a price that jumps is held back until the
next one tells what it was:

* the next price goes back: it was a bad print, and the next return spans over it;
* it stays, at a simple ratio such as 1/2 or 1/10: an unadjusted split is suspected, and no return crosses it;
* it stays otherwise: the move was real, and the return up to the next price carries it.

A jump is suspicious above a factor of 1.5 (or at 3/2 but for 2%), if it is also more than ten times the usual size of
the column's own moves (1.4826 x the median of up to 250 earlier absolute log returns; with fewer than 20 of them, from
threefold on). Prices alone cannot tell a fall by half on bad news from a two-for-one split: both are reported as a
suspected split, and that one return is left out.

Stale prices bias beta towards zero, because a price that did not trade shows a return of 0 beside the benchmark's
(Scholes and Williams 1977; Dimson 1979). So a price that repeats for the fifth time in a row and more, and each
repeated price of a column that repeated more than 20% of its last 60 prices, is taken as "no trade": the next return
spans the gap and is paired with the benchmark over the same days.
"""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import Reason
from trimtab.market.findings import Findings
from trimtab.market.prices import PRESENT, Flag, PriceTable, code_of

__all__ = ["check_prices"]

_JUMP = math.log(1.5)
_JUMP_SHORT = math.log(3.0)
_TIMES_SCALE = 10.0
_SCALE_WINDOW, _SCALE_MIN = 250, 20
_BACK = 0.25
_RATIOS = np.log([1.5, 2.0, 3, 4, 5, 7, 10, 15, 20, 25, 30, 50])
_RATIO_TOLERANCE, _RATIO_TOLERANCE_MAX = 0.02, 0.10
_RUN = 5
_SHARE, _SHARE_WINDOW, _SHARE_MIN = 0.20, 60, 20


def check_prices(table: PriceTable) -> PriceTable:
    """Mask prices that cannot be trusted, and mark steps that must not become returns.

    Parameters
    ----------
    table
        Prices as read.

    Returns
    -------
    The same table with more cells missing (bad_print, unconfirmed_jump, stale), more `breaks` (suspected splits),
    flags, notes and failures. No price is changed.

    Examples
    --------
    >>> import numpy as np
    >>> table = PriceTable.of({"A": [10, 10.1, 101, 10.2]}, dates=np.arange("2024-01-02", "2024-01-06", dtype="M8[D]"))
    >>> checked = check_prices(table)
    >>> checked.values[:, 0].tolist(), str(checked.failures[0])
    ([10.0, 10.1, nan, 10.2], 'A on 2024-01-04: 101 between 10.1 and 10.2 (bad_print)')
    """
    findings = Findings()
    by_column = table.values.T.copy(order="C")  # (n_assets, n_dates)
    why = table.why.T.copy(order="C")
    breaks: list[tuple[int, int]] = []
    repeats: dict[str, int] = {}
    flat: list[str] = []
    for column, symbol in enumerate(table.symbols):
        rows = np.flatnonzero(why[column] == PRESENT)
        prices = by_column[column, rows]
        if prices.size < 2:
            continue
        marks = np.zeros(prices.size, dtype=np.uint8)
        splits = _judge_jumps(prices, marks)
        if marks.any() or splits:
            _report_jumps(table, symbol, rows, prices, marks, splits, findings)
            breaks += [(int(rows[i]), column) for i in splits]
        kept = np.flatnonzero(marks == PRESENT)
        stale = kept[_stale(prices[kept])]
        if stale.size:
            marks[stale] = code_of(Reason.STALE)
            findings.flag(symbol, Flag.STALE)
            repeats[symbol] = stale.size
            flat += [symbol] if (prices == prices[0]).all() else []
        if marks.any():
            why[column, rows] = marks
            by_column[column, rows[marks != PRESENT]] = np.nan
    _note_stale(repeats, flat, findings)
    if not (breaks or findings.notes() or findings.failures()) and np.array_equal(why.T, table.why):
        return table
    return replace(
        table,
        values=np.ascontiguousarray(by_column.T),
        why=np.ascontiguousarray(why.T),
        breaks=np.array(sorted({*map(tuple, table.breaks.tolist()), *breaks}), dtype=np.intp).reshape(-1, 2),
        flags=tuple(_merged(old, findings.flags_of(s)) for s, old in zip(table.symbols, table.flags, strict=True)),
        notes=(*table.notes, *findings.notes()),
        failures=(*table.failures, *findings.failures()),
    )


def _merged(old: tuple[Flag, ...], new: tuple[Flag, ...]) -> tuple[Flag, ...]:
    return tuple(flag for flag in Flag if flag in old or flag in new)


def _judge_jumps(prices: NDArray[np.float64], marks: NDArray[np.uint8]) -> list[int]:
    """Mark jumps in one column of prices without gaps, and give the positions of suspected splits.

    Only positions whose step is near a factor of 1.5 or above are looked at one by one; from there on, prices are
    followed until one settles the question.
    """
    # Logs of ratios, not differences of logs: the unit of the price then cancels to the last bit.
    steps = np.abs(np.log(prices[1:] / prices[:-1]))
    splits: list[int] = []
    settled = 0
    for start in (np.flatnonzero(steps >= _JUMP - _RATIO_TOLERANCE) + 1).tolist():
        if start > settled:
            settled = _follow_jump(prices, steps, start, marks, splits)
    return splits


def _follow_jump(
    prices: NDArray[np.float64], steps: NDArray[np.float64], start: int, marks: NDArray[np.uint8], splits: list[int]
) -> int:
    """Follow prices from one that may be a jump until the question is settled; give the last position believed.

    `anchor` is the last price believed before, `pending` the one that waits for the next price to tell what it was.
    """
    anchor, pending, at = start - 1, -1, start
    while at < prices.size:
        scale = _scale(steps, at)
        move = math.log(prices[at] / prices[anchor])
        if pending >= 0:
            jump = math.log(prices[pending] / prices[anchor])
            if abs(move) < _BACK * abs(jump):
                marks[pending] = code_of(Reason.BAD_PRINT)
            elif not _suspicious(math.log(prices[at] / prices[pending]), scale):
                if _near_ratio(jump, scale):
                    marks[pending] = PRESENT
                    splits.append(pending)
                return at
        if not _suspicious(move, scale):
            return at
        pending, marks[at] = at, code_of(Reason.UNCONFIRMED_JUMP)
        at += 1
    return at


def _scale(steps: NDArray[np.float64], at: int) -> float:
    """Give the usual size of the moves before a position; NaN with fewer than 20 of them."""
    before = steps[max(0, at - 1 - _SCALE_WINDOW) : at - 1]  # steps[i] ends at position i + 1
    return 1.4826 * float(np.median(before)) if before.size >= _SCALE_MIN else math.nan


def _suspicious(move: float, scale: float) -> bool:
    if math.isnan(scale):
        return abs(move) > _JUMP_SHORT
    # Three for two lies on the edge: a day's own move must not hide it.
    return (abs(move) > _JUMP or abs(abs(move) - _JUMP) <= _RATIO_TOLERANCE) and abs(move) > _TIMES_SCALE * scale


def _near_ratio(move: float, scale: float) -> bool:
    """Tell whether a move is a simple ratio but for one usual day's move.

    3/2 is held to the smallest tolerance, because real moves of that size are much more common than of the others.
    """
    usual = _RATIO_TOLERANCE if math.isnan(scale) else min(max(3 * scale, _RATIO_TOLERANCE), _RATIO_TOLERANCE_MAX)
    tolerance = np.where(_RATIOS > _JUMP + 1e-9, usual, _RATIO_TOLERANCE)
    return bool((np.abs(_RATIOS - abs(move)) <= tolerance).any())


def _stale(prices: NDArray[np.float64]) -> NDArray[np.intp]:
    """Give the positions of prices that only repeat an old one, in a column without gaps."""
    same = np.concatenate([[False], prices[1:] == prices[:-1]])
    if int(same.sum()) < 4:
        return np.empty(0, dtype=np.intp)
    position = np.arange(prices.size)
    # Length of the run of repetitions that ends at each position: the distance to the last change.
    run = position - np.maximum.accumulate(np.where(same, 0, position))
    seen = np.concatenate([[0], np.cumsum(same)])
    first = np.maximum(1, position - _SHARE_WINDOW + 1)
    steps = position - first + 1
    share = (seen[position + 1] - seen[first]) / np.maximum(steps, 1)
    often = (steps >= _SHARE_MIN) & (share > _SHARE)
    return np.flatnonzero(same & ((run >= _RUN) | often))


def _report_jumps(
    table: PriceTable,
    symbol: str,
    rows: NDArray[np.intp],
    prices: NDArray[np.float64],
    marks: NDArray[np.uint8],
    splits: list[int],
    findings: Findings,
) -> None:
    def around(position: int) -> str:
        following = f" and {prices[position + 1]:.6g}" if position + 1 < prices.size else " and nothing yet"
        return f"{prices[position]:.6g} between {prices[position - 1]:.6g}{following}"

    def where(position: int) -> str:
        return f"{symbol} on {str(table.dates[rows[position]]).removesuffix('T00:00:00')}"

    for reason, flag in ((Reason.BAD_PRINT, Flag.BAD_PRINT), (Reason.UNCONFIRMED_JUMP, Flag.UNCONFIRMED_JUMP)):
        at = np.flatnonzero(marks == code_of(reason))
        if at.size:
            findings.flag(symbol, flag)
            findings.fail(reason, at, lambda i: (where(i), around(i)))
    if splits:
        findings.flag(symbol, Flag.SPLIT_SUSPECTED)
        findings.fail(
            Reason.SPLIT_SUSPECTED,
            splits,
            lambda i: (where(i), f"{around(i)}: an unadjusted split? no return is taken across it"),
        )


def _note_stale(stale: dict[str, int], flat: list[str], findings: Findings) -> None:
    """Sum up what was taken for stale: in a table of thousands of columns one note each would hide the others."""
    if flat:
        findings.note(f"{_listed(flat)}: the price never changes; only the first {_RUN} prices are kept")
    most = [s for s in sorted(stale, key=lambda s: -stale[s]) if s not in flat]
    if most:
        findings.note(
            f"{sum(stale[s] for s in most):,} prices of {len(most):,} symbols repeat an old one so often that no trade "
            f"is assumed; most of them: {_listed([f'{s} ({stale[s]:,})' for s in most])}"
        )


def _listed(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5:,} more" if len(names) > 5 else "")
