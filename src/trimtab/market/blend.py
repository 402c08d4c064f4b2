r"""The series of a blended benchmark: from the closes of what it holds and the weights set before, and nothing later.

Equation, with a the last close at which weights w were set before day t, P the closes of what the blend holds in one
currency, and C what cash has grown to at the risk-free rate:

    V_t = V_a (sum_i w_i P_it / P_ia + w_cash C_t / C_a)

Weights are set at every close (daily), at the last close of each month (monthly), or once (none); later weights at the
last close before their day. A blend that is rebalanced daily thus returns the weighted sum of the day's returns.

A day counts on which everything held then has a price; on another day the blend is missing, for the reason that the
price is. The next return spans such days. Across a suspected split of anything held, and where something new has no
price at the close before its day, no return is taken: the step is marked as a break, the level stays, and weights are
set anew. Dividends are in the blend as they are in the series it is made of. With weights that add up to 1 the blend of
prices in another currency is this blend in that currency, cash excepted, which is money of the currency measured in.

Source
    Any book on performance measurement; monthly is the usual rule of policy benchmarks (Bacon, Practical Portfolio
    Performance Measurement and Attribution, 2nd ed., 2008, on blended and rebalanced benchmarks).
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import InputError, NotEnoughDataError, Reason
from trimtab.market.prices import PRESENT, PriceTable, as_cells, code_of
from trimtab.market.rates.risk_free import RiskFree
from trimtab.model.blend import CASH, Blend
from trimtab.stats.arrays import Floats

__all__ = ["add_blend"]

#: Level at the first close; only ratios of it count.
_START = 100.0


@dataclass(frozen=True, slots=True)
class _Held:
    """What a blend holds, on all dates: `values` and `why` (n_dates, n_parts), `piece` (n_dates,), -1 before any."""

    symbols: tuple[str, ...]
    values: Floats
    why: NDArray[np.uint8]
    piece: NDArray[np.intp]
    weights: Floats  # (n_pieces, n_parts)

    @property
    def used(self) -> NDArray[np.bool_]:
        """Which parts count on each date, shape (n_dates, n_parts)."""
        return np.asarray(self.weights != 0.0)[self.piece]

    @property
    def is_whole(self) -> NDArray[np.bool_]:
        """On which dates everything that counts has a price, shape (n_dates,)."""
        missing: NDArray[np.bool_] = (self.used & (self.why != PRESENT)).any(axis=1)
        return (self.piece >= 0) & ~missing


def add_blend(prices: PriceTable, parts: PriceTable, blend: Blend, *, risk_free: RiskFree | None = None) -> PriceTable:
    """Add the series of a blend to a table, under the blend's own words.

    Parameters
    ----------
    prices
        The table that it is added to.
    parts
        What the blend holds, judged and in one currency, on the same dates.
    blend
        What it holds when.
    risk_free
        What cash earns; None lets it earn nothing.

    Raises
    ------
    UnknownSymbolError
        If the blend holds what has no prices.
    NotEnoughDataError
        If there are not two days on which all that it holds has prices.
    InputError
        If a blend with short legs loses all its worth.

    Examples
    --------
    >>> from trimtab.model.blend import parse_blend
    >>> table = PriceTable.of(
    ...     {"A": [10.0, 11.0, 11.0], "B": [20.0, 20.0, 22.0]}, dates=["2024-01-02", "2024-01-03", "2024-01-04"]
    ... )
    >>> blend = parse_blend("0.5*A + 0.5*B rebalanced daily")
    >>> add_blend(table, table, blend).values[:, 2].round(9).tolist()
    [100.0, 105.0, 110.25]
    """
    held = _holding(parts, blend, risk_free)
    rows = np.flatnonzero(held.is_whole)
    if rows.size < 2:
        raise NotEnoughDataError(
            expected=f"two days on which all of {', '.join(blend.symbols)} have prices",
            found=f"{rows.size} among {len(parts.dates)} dates",
            try_next="give prices that overlap, or leave one out of the blend",
        )
    broken = _broken(held, rows, _break_rows(parts, blend))
    level = _level(held, rows, broken, _set_anew(held, parts.dates[rows], rows, blend, broken))
    fallen = np.flatnonzero(~(level > 0))
    if fallen.size:
        raise InputError(
            expected=f"a blend that keeps some worth: {blend}",
            found=f"it lost all of it on {parts.dates[rows[fallen[0]]].astype('datetime64[D]')}",
            try_next="lower the short weights, or rebalance more often",
        )
    values, why = np.full(len(parts.dates), np.nan), _why(held)
    values[rows], why[rows] = level, PRESENT
    return _with_column(prices, str(blend), values, why, rows[broken], parts.currencies[0])


def _holding(parts: PriceTable, blend: Blend, risk_free: RiskFree | None) -> _Held:
    columns = [parts.column(symbol) for symbol in blend.symbols]
    shares = [blend.shares(k) for k in range(len(blend.pieces))]
    starts = [np.datetime64("0001-01-01" if p.start is None else p.start, "D") for p in blend.pieces]
    piece = np.searchsorted(np.array(starts), parts.dates.astype("datetime64[D]"), side="right") - 1
    weights = np.array([[share.get(symbol, 0.0) for symbol in blend.symbols] for share in shares])
    held = _Held(blend.symbols, parts.values[:, columns], parts.why[:, columns], piece, weights)
    if not blend.has_cash:
        return held
    cash = _cash(parts.dates, np.flatnonzero(held.is_whole), risk_free)
    lacking = np.where(np.isnan(cash), code_of(Reason.NO_RATE), PRESENT).astype(np.uint8)
    return _Held(
        (*held.symbols, CASH), np.column_stack([held.values, cash]), np.column_stack([held.why, lacking]), piece,
        np.column_stack([weights, [share.get(CASH, 0.0) for share in shares]]),
    )  # fmt: skip


def _cash(dates: NDArray[np.datetime64], rows: NDArray[np.intp], risk_free: RiskFree | None) -> Floats:
    """Give what 1 of cash has grown to at the days that count; NaN before the first rate is known."""
    grown = np.full(len(dates), np.nan)
    earned = np.zeros(max(rows.size - 1, 0))
    if risk_free is not None and rows.size > 1:
        earned = risk_free.interval(dates[rows[:-1]], dates[rows[1:]])
    start = int(np.argmax(np.isfinite(earned))) if earned.size else 0
    grown[rows[start:]] = np.cumprod(np.concatenate([[1.0], 1.0 + earned[start:]]))[: rows.size - start]
    return grown


def _break_rows(parts: PriceTable, blend: Blend) -> list[tuple[int, int]]:
    """Give (row, part) of steps of what is held that must not become returns."""
    places = {parts.column(symbol): k for k, symbol in enumerate(blend.symbols)}
    return [(row, places[column]) for row, column in parts.breaks.tolist() if column in places]


def _broken(held: _Held, rows: NDArray[np.intp], breaks: list[tuple[int, int]]) -> NDArray[np.bool_]:
    """Tell which of the days that count end a step that is no return, shape (n_rows,)."""
    used = held.used[rows]
    before = held.why[rows[:-1]] != PRESENT
    broken = np.concatenate([[False], (used[1:] & before).any(axis=1)])
    for row, part in breaks:
        at = int(np.searchsorted(rows, row))
        if 0 < at < rows.size and used[at, part]:
            broken[at] = True
    return broken


def _set_anew(
    held: _Held, dates: NDArray[np.datetime64], rows: NDArray[np.intp], blend: Blend, broken: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tell of which days that count the weights were set at the close before, shape (n_rows,)."""
    piece = held.piece[rows]
    anew = np.concatenate([[False], piece[1:] != piece[:-1]]) | broken
    anew[1:] |= broken[:-1]
    if blend.rebalance == "daily":
        anew[:] = True
    elif blend.rebalance == "monthly":
        month = dates.astype("datetime64[M]")
        anew[1:] |= month[1:] != month[:-1]
    anew[:2] = False, True
    return anew


def _level(held: _Held, rows: NDArray[np.intp], broken: NDArray[np.bool_], anew: NDArray[np.bool_]) -> Floats:
    """Chain the growth since weights were last set, shape (n_rows,)."""
    place = np.arange(rows.size)
    since = np.maximum.accumulate(np.where(anew, place - 1, 0))
    growth = np.zeros(rows.size)
    # Part by part and not as a product of matrices, whose last digits depend on how many rows there are.
    for part in range(len(held.symbols)):
        weight = held.weights[held.piece[rows], part]
        value = held.values[rows, part]
        with np.errstate(invalid="ignore"):
            growth += np.where(weight != 0.0, weight * (value / value[since]), 0.0)
    growth = np.where(broken, 1.0, growth)
    growth[0] = 1.0
    anchors = np.unique(since)
    chained = np.full(rows.size, np.nan)
    chained[anchors] = _START * np.cumprod(growth[anchors])
    return np.asarray(np.where(place == 0, _START, chained[since] * growth))


def _why(held: _Held) -> NDArray[np.uint8]:
    """Give for each day without a price the reason of the first part that lacks one."""
    first = (held.used & (held.why != PRESENT)).argmax(axis=1)
    why = held.why[np.arange(len(first)), first]
    return np.where(held.piece < 0, np.uint8(code_of(Reason.NOT_LISTED)), why).astype(np.uint8)


def _with_column(
    prices: PriceTable,
    name: str,
    values: Floats,
    why: NDArray[np.uint8],
    breaks: NDArray[np.intp],
    currency: str | None,
) -> PriceTable:
    at, nothing = len(prices.symbols), np.full(len(values), np.nan)
    return replace(
        prices,
        symbols=(*prices.symbols, name),
        values=np.column_stack([prices.values, values]),
        why=np.column_stack([prices.why, why]),
        currencies=(*prices.currencies, currency),
        flags=(*prices.flags, ()),
        volumes=None if prices.volumes is None else np.column_stack([prices.volumes, nothing]),
        to_quoted=None if prices.to_quoted is None else np.column_stack([prices.to_quoted, np.ones(len(values))]),
        breaks=as_cells([*map(tuple, prices.breaks.tolist()), *((row, at) for row in breaks.tolist())]),
    )
