"""Judging prices one column at a time: repeated prices that mean no trade, without looking ahead.

Stale prices bias beta towards zero, because a price that did not trade shows a return of 0 beside the benchmark's
(Scholes and Williams 1977; Dimson 1979). So a price that repeats for the fifth time in a row and more, and each
repeated price of a column that repeated more than a quarter of its last 60 prices, is taken as "no trade": the next
return spans the gap and is paired with the benchmark over the same days.

Prices that trade on a coarse tick repeat too: shares in eighths before 2001, shares of a few cents. There the price
moves by one tick about as often as by none, while a price that was not traded leaps by many ticks when it is. So where
most of the last 120 small steps are whole numbers of a tick (the smallest usual step), and steps of one tick are no
rarity and at least a fifth as frequent as repeats, repeats are taken as trades, unless a run of them is longer than
chance gives once in 10,000 times. A repeat with units traded beside it is a trade.

Each rule asks only whether the return that *ends* at a row can be used, and answers with that row and earlier ones.
Jumps are judged where the benchmark is known: `trimtab.market.checks.jumps`.
"""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import Reason
from trimtab.market.checks.findings import Findings
from trimtab.market.prices import PRESENT, Flag, PriceTable, code_of
from trimtab.stats.arrays import Floats

__all__ = ["check_prices"]

#: The price of a money market fund of constant value; no share stands at it for ever.
_PAR = 1.0
_RUN = 5
_SHARE, _SHARE_WINDOW, _SHARE_MIN = 0.25, 60, 20
#: Repeats may be so many times as frequent as steps of one tick.
_TO_ONE_TICK = 5.0
#: A step of one tick, but for rounding.
_ONE_TICK = 1.5
_CHANCE = math.log(1e-4)
#: Steps over which repeats are compared with steps of one tick, which is the third smallest of them: an adjusted price
#: has a few smaller ones where its factor changes.
_TICK_WINDOW, _FEW = 120, 3
#: On a tick, most steps of up to four of it are whole numbers of it, and those of one are no rarity.
_LATTICE, _OFF_LATTICE, _ON_LATTICE, _ONE_TICK_SHARE = 4.5, 0.12, 0.5, 0.1


def check_prices(table: PriceTable) -> PriceTable:
    """Mask prices that only repeat an old one.

    Parameters
    ----------
    table
        Prices as read.

    Returns
    -------
    The same table with more cells missing (stale), flags and notes. No price is changed.

    Examples
    --------
    >>> table = PriceTable.of(
    ...     {"A": [10.0, 11, 12, 12, 12, 12, 12, 12]}, dates=np.arange("2024-01-01", "2024-01-09", dtype="M8[D]")
    ... )
    >>> check_prices(table).values[:, 0].tolist()
    [10.0, 11.0, 12.0, 12.0, 12.0, 12.0, 12.0, nan]
    """
    findings = Findings()
    by_column = table.values.T.copy(order="C")  # (n_assets, n_dates)
    why = table.why.T.copy(order="C")
    repeats: dict[str, int] = {}
    flat: list[str] = []
    par: list[str] = []
    for column, symbol in enumerate(table.symbols):
        rows = np.flatnonzero(why[column] == PRESENT)
        prices = by_column[column, rows]
        if prices.size < 2:
            continue
        if (prices == _PAR).all():
            par.append(symbol)
        stale = _stale(prices, None if table.volumes is None else table.volumes[rows, column])
        if stale.size:
            findings.flag(symbol, Flag.STALE)
            repeats[symbol] = stale.size
            flat += [symbol] if (prices == prices[0]).all() else []
            why[column, rows[stale]] = code_of(Reason.STALE)
            by_column[column, rows[stale]] = np.nan
    if par:
        findings.note(
            f"{_listed(par)}: the price is 1 throughout: taken for a fund of constant value, and no stale one"
        )
    if not repeats and not par:
        return table
    _note_stale(repeats, flat, findings)
    return replace(
        table,
        values=np.ascontiguousarray(by_column.T),
        why=np.ascontiguousarray(why.T),
        flags=tuple(_merged(old, findings.flags_of(s)) for s, old in zip(table.symbols, table.flags, strict=True)),
        notes=(*table.notes, *findings.notes()),
    )


def _merged(old: tuple[Flag, ...], new: tuple[Flag, ...]) -> tuple[Flag, ...]:
    return tuple(flag for flag in Flag if flag in old or flag in new)


def _stale(prices: Floats, volumes: Floats | None) -> NDArray[np.intp]:
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
    suspected = same & ((run >= _RUN) | often)
    if volumes is not None:
        suspected &= ~(volumes > 0)
    # As long as it never stood elsewhere it is a fund of constant value.
    suspected &= ~np.logical_and.accumulate(prices == _PAR)
    at = np.flatnonzero(suspected)
    return at[~_coarse(prices, at, run[at])] if at.size else at


def _coarse(prices: Floats, at: NDArray[np.intp], run: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Tell at which positions repeats are no more than a coarse tick explains."""
    steps = np.concatenate([np.full(_TICK_WINDOW, np.nan), np.abs(np.diff(prices))])
    # The last steps up to each position; those before the first price are unknown.
    window = np.lib.stride_tricks.sliding_window_view(steps, _TICK_WINDOW)[at]
    moved = np.where(window > 0, window, np.inf)
    tick = np.partition(moved, _FEW - 1, axis=1)[:, _FEW - 1]
    repeats = np.count_nonzero(window == 0, axis=1)
    by_one = np.count_nonzero(moved <= _ONE_TICK * tick[:, None], axis=1)
    count = np.count_nonzero(np.isfinite(moved), axis=1)
    few = np.isfinite(moved) & (moved <= _LATTICE * tick[:, None])
    ticks = np.where(few, window, 0.0) / np.where(np.isfinite(tick), tick, 1.0)[:, None]
    whole = np.count_nonzero(few & (np.abs(ticks - np.round(ticks)) < _OFF_LATTICE), axis=1)
    share = repeats / np.maximum(repeats + count, 1)
    longest = np.maximum(_CHANCE / np.log(np.clip(share, 1e-9, 1 - 1e-9)), _RUN - 1)
    on_tick = (
        np.isfinite(tick) & (whole >= _ON_LATTICE * np.count_nonzero(few, axis=1)) & (by_one >= _ONE_TICK_SHARE * count)
    )
    coarse: NDArray[np.bool_] = on_tick & (repeats <= _TO_ONE_TICK * by_one) & (run <= longest)
    return coarse


def _note_stale(stale: dict[str, int], flat: list[str], findings: Findings) -> None:
    """Sum up what was taken for stale: in a table of thousands of columns one note each would hide the others."""
    if flat:
        findings.note(
            f"{_listed(flat)}: the price never changes; only the first {_RUN} prices are kept (hold what "
            "is money, at another price than 1, as cash in its currency)"
        )
    most = [s for s in sorted(stale, key=lambda s: -stale[s]) if s not in flat]
    if most:
        findings.note(
            f"{sum(stale[s] for s in most):,} prices of {len(most):,} symbols repeat an old one so often that no trade "
            f"is assumed; most of them: {_listed([f'{s} ({stale[s]:,})' for s in most])}"
        )


def _listed(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5:,} more" if len(names) > 5 else "")
