"""Weekly, monthly and quarterly prices beside daily ones: on which session each was made.

Such prices are stamped in several ways: with their own day (a Friday, the last business day of a month), with the last
day of the calendar (a Sunday, the 31st), with the first day of the interval that they close (weekly bars of a Monday,
monthly bars of the 1st), or with the first day after it. Paired as stamped, a bar of a Monday that closed on Friday
loses its beta: of 1.2 a quarter is left, without a word.

Each reading of the stamps puts the prices on sessions of the benchmark; the reading under which the benchmark explains
the returns best is the right one, if it stands out:

    gain = n (log(1 - R2_other) - log(1 - R2_best))

is twice the log of the likelihood ratio of two regressions of the same n returns (Gaussian errors, so that it is n
times the log of the ratio of their residual sums of squares). Columns with the same stamps come
from one hand and are judged together. Stamps at the end of an interval, or within it, mean what they say unless the
benchmark contradicts them strongly; stamps at its beginning (Sundays, Mondays, the first days of a month) are believed
only where the fit tells, and otherwise no return is taken from them and the reason is said.

Nothing is known early: a price that closes an interval which is not over at the last session is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import Reason
from trimtab.market.frequency import Frequency, slow_frequencies
from trimtab.market.prices import PRESENT, Flag, PriceTable, absence, as_cells, code_of
from trimtab.stats.arrays import Floats

__all__ = ["place_slow"]

_FEWEST = 3
#: Share of stamps at the beginning of an interval from which on the stamps count as such.
_MOST = 0.7
#: Twice the log of the likelihood ratio that a reading needs: where stamps tell nothing, and against what they say.
_CLEAR, _AGAINST, _AGAINST_R2 = 9.2, 30.0, 0.3
#: Calendar days from a stamp back to its session; more only across a closure of the market.
_NEAR, _CLOSURE = 4, 11
_OPENING_DAYS = 5
_SUNDAY, _MONDAY = 6, 0
_LISTED = 5

_AS_STAMPED, _CLOSES, _BEFORE = (
    "the session of the stamp",
    "the end of the interval that it begins",
    "the end before it",
)
_EARLIER, _LATER = "a session earlier", "a session later"


@dataclass(frozen=True, slots=True)
class _Sessions:
    """The reference: `days` (n_sessions,) since 1970, `rows` of the table, `logs` of prices (n_sessions, n_columns)."""

    days: NDArray[np.int64]
    rows: NDArray[np.intp]
    logs: Floats


@dataclass(frozen=True, slots=True)
class _Reading:
    """One reading of the stamps of a column: its name, for each stamp a session or -1, and how well it fits."""

    name: str
    sessions: NDArray[np.intp]
    fit: float = 0.0
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class _Group:
    """Slow columns with the same stamps, and the reading that was chosen; None where nobody can tell."""

    columns: list[int]
    rows: NDArray[np.intp]
    frequency: Frequency
    readings: list[_Reading]
    chosen: _Reading | None


def place_slow(table: PriceTable, benchmark: str) -> PriceTable:
    """Put weekly, monthly and quarterly prices on the sessions on which they were made.

    Parameters
    ----------
    table
        Prices up to the moment asked about.
    benchmark
        Symbol of the benchmark; where it is slow itself, the daily columns say what its stamps mean.

    Returns
    -------
    The same table, its slow columns on sessions of the others, with a note on how the stamps were read. A column whose
    stamps cannot be read gives no returns and is flagged.

    Examples
    --------
    Weekly bars stamped with the Monday that they begin on:

    >>> rng = np.random.default_rng(3)
    >>> days = np.busday_offset("2022-01-03", np.arange(400))
    >>> market = 100 * np.cumprod(1 + rng.normal(0, 0.01, 400))
    >>> fund = np.full(400, np.nan)
    >>> fund[0::5] = market[4::5]
    >>> placed = place_slow(PriceTable.of({"SPY": market, "FUND": fund}, dates=days), "SPY")
    >>> np.flatnonzero(~np.isnan(placed.values[:, 1]))[:3].tolist(), bool(placed.values[4, 1] == market[4])
    ([4, 9, 14], True)
    """
    own = table.column(benchmark)
    if table.placed is not None:
        return table
    slow = slow_frequencies(table.dates, ~np.isnan(table.values))
    fast = [] if own not in slow else _fast_columns(table, slow)
    reference = [own] if own not in slow else fast
    if not slow or not reference:
        return table
    sessions = _sessions(table, reference)
    groups = [_read(table, columns, frequency, sessions) for columns, frequency in _grouped(table, slow)]
    placed = _placed(table, groups, sessions, benchmark if own not in slow else "the daily series")
    return replace(placed, placed=benchmark)


def _days(table: PriceTable) -> NDArray[np.int64]:
    return table.dates.astype("datetime64[D]").astype(np.int64)


def _fast_columns(table: PriceTable, slow: dict[int, Frequency]) -> list[int]:
    """Give a few daily columns, the longest first."""
    count = (~np.isnan(table.values)).sum(axis=0)
    daily = [c for c in np.argsort(-count, kind="stable").tolist() if c not in slow and count[c] > _FEWEST]
    return daily[:20]


def _sessions(table: PriceTable, reference: list[int]) -> _Sessions:
    series = table.values[:, reference]
    there = ~np.isnan(series)
    rows = np.flatnonzero(there.any(axis=1))
    has_price = there[rows]
    last = np.maximum.accumulate(np.where(has_price, np.arange(len(rows))[:, None], -1), axis=0)
    values = np.take_along_axis(series[rows], np.maximum(last, 0), axis=0)
    return _Sessions(_days(table)[rows], rows, np.log(np.where(last < 0, np.nan, values)))


def _grouped(table: PriceTable, slow: dict[int, Frequency]) -> list[tuple[list[int], Frequency]]:
    """Put columns with the same stamps together."""
    groups: dict[bytes, list[int]] = {}
    for column in slow:
        groups.setdefault(np.packbits(~np.isnan(table.values[:, column])).tobytes(), []).append(column)
    return [(columns, slow[columns[0]]) for columns in groups.values()]


def _read(table: PriceTable, columns: list[int], frequency: Frequency, sessions: _Sessions) -> _Group:
    rows = np.flatnonzero(~np.isnan(table.values[:, columns[0]]))
    days = _days(table)[rows]
    opening = _is_opening(days, frequency)
    readings = _readings(days, frequency, sessions, opening=opening)
    logs = np.log(table.values[rows][:, columns])
    scored = _scored(readings, logs, sessions)
    return _Group(columns, rows, frequency, scored, _choose(scored, opening=opening))


def _is_opening(days: NDArray[np.int64], frequency: Frequency) -> bool:
    """Tell whether the stamps are first days of intervals, which may mean their close as well as their start."""
    if frequency.name == "weekly":
        weekday = (days + 3) % 7
        return bool(np.isin(weekday, (_SUNDAY, _MONDAY)).mean() >= _MOST)
    return bool((_day_of_month(days) <= _OPENING_DAYS).mean() >= _MOST)


def _day_of_month(days: NDArray[np.int64]) -> NDArray[np.int64]:
    first = days.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]")
    number: NDArray[np.int64] = days - first.astype(np.int64) + 1
    return number


def _readings(days: NDArray[np.int64], frequency: Frequency, sessions: _Sessions, *, opening: bool) -> list[_Reading]:
    """Give the readings that differ, what the stamps say first."""
    own = _last_until(days, sessions)
    ends, starts = _interval(days, frequency)
    closes = np.where(_is_over(ends, sessions), _last_until(ends - 1, sessions), -1)
    named = [_Reading(_AS_STAMPED, own), _Reading(_CLOSES, closes)]
    if opening:
        named.append(_Reading(_BEFORE, _last_until(starts - 1, sessions)))
    else:
        there = own >= 0
        later = np.where(there & (own + 1 < len(sessions.days)), own + 1, -1)
        named += [_Reading(_EARLIER, np.where(there, own - 1, -1)), _Reading(_LATER, later)]
    distinct: list[_Reading] = []
    for reading in named:
        if not any(_alike(reading, other) for other in distinct):
            distinct.append(reading)
    return distinct


def _alike(one: _Reading, other: _Reading) -> bool:
    both = (one.sessions >= 0) & (other.sessions >= 0)
    return bool((one.sessions[both] == other.sessions[both]).mean() > 0.95) if both.any() else True


def _last_until(days: NDArray[np.int64], sessions: _Sessions) -> NDArray[np.intp]:
    """Give the last session on or before each day; -1 where that is too far back to be its own."""
    at = np.searchsorted(sessions.days, days, side="right") - 1
    back = days - sessions.days[np.maximum(at, 0)]
    ended = at >= len(sessions.days) - 1
    return np.where((at >= 0) & (back <= np.where(ended, _NEAR, _CLOSURE)), at, -1)


def _interval(days: NDArray[np.int64], frequency: Frequency) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the day after the interval that each stamp begins, and its first day."""
    if frequency.name == "weekly":
        if ((days + 3) % 7 == _MONDAY).mean() >= 0.5:
            starts = days - (days + 3) % 7
            return starts + 7, starts
        return days + 7, days
    months = {"monthly": 1, "quarterly": 3}.get(frequency.name, 12)
    first = days.astype("datetime64[D]").astype("datetime64[M]")
    starts = first.astype("datetime64[D]").astype(np.int64)
    ends = (first + np.timedelta64(months, "M")).astype("datetime64[D]").astype(np.int64)
    if (days - starts < _OPENING_DAYS).mean() >= 0.5:
        return ends, starts
    return ends + (days - starts), days


def _is_over(ends: NDArray[np.int64], sessions: _Sessions) -> NDArray[np.bool_]:
    """Tell whether no session of the interval can be missing behind the last one."""
    last = int(sessions.days[-1])
    weekends = bool(((sessions.days + 3) % 7 >= 5).mean() > 0.15)
    following = last + 1
    while not weekends and (following + 3) % 7 >= 5:
        following += 1
    over: NDArray[np.bool_] = ends <= following
    return over


def _scored(readings: Sequence[_Reading], logs: Floats, sessions: _Sessions) -> list[_Reading]:
    """Regress the same returns under each reading: R2 pooled over columns, and the score that gains are taken from."""
    whole = np.all([r.sessions >= 0 for r in readings], axis=0)
    at = np.flatnonzero(whole)
    # Neighbours only: an interval over a stamp that was left out would be another interval.
    pairs = at[:-1][np.diff(at) == 1]
    steps = logs[pairs + 1] - logs[pairs]
    scored = []
    for reading in readings:
        market = sessions.logs[reading.sessions[pairs + 1]] - sessions.logs[reading.sessions[pairs]]
        left = _unexplained(steps, market)
        score = -len(pairs) * float(np.log(np.maximum(left, 1e-12)).sum())
        scored.append(replace(reading, fit=1.0 - float(left.mean()) if left.size else 0.0, score=score))
    return scored


def _unexplained(steps: Floats, market: Floats) -> Floats:
    """Give 1 - R2 of each column on the mean of the reference columns, shape (n_columns,)."""
    is_complete = np.isfinite(market).all(axis=1)
    steps, one = steps[is_complete], market[is_complete].mean(axis=1)
    if len(one) < _FEWEST:
        return np.ones(steps.shape[1])
    steps, one = steps - steps.mean(axis=0), one - one.mean()
    scale = (steps**2).sum(axis=0) * (one**2).sum()
    left: Floats = 1.0 - np.divide((one @ steps) ** 2, scale, out=np.zeros_like(scale), where=scale > 0)
    return np.clip(left, 0.0, 1.0)


def _choose(readings: Sequence[_Reading], *, opening: bool) -> _Reading | None:
    best = max(readings, key=lambda r: r.score)
    stamped = readings[0]
    if len(readings) == 1:
        return stamped
    if opening:
        second = max(r.score for r in readings if r is not best)
        return best if best.score - second >= _CLEAR else None
    against = best.score - stamped.score >= _AGAINST and best.fit >= _AGAINST_R2
    return best if against else stamped


def _placed(table: PriceTable, groups: Sequence[_Group], sessions: _Sessions, against: str) -> PriceTable:
    values, why = table.values.copy(), table.why.copy()
    volumes = None if table.volumes is None else table.volumes.copy()
    quoted = None if table.to_quoted is None else table.to_quoted.copy()
    moved: dict[tuple[int, int], int] = {}
    breaks = set(map(tuple, table.breaks.tolist()))
    flags = list(table.flags)
    for group in groups:
        if group.chosen is None:
            for column in group.columns:
                breaks |= {(row, column) for row in group.rows.tolist()}
                flags[column] = (*flags[column], Flag.STAMPS_UNCLEAR)
            continue
        keep = group.chosen.sessions >= 0
        source, target = group.rows[keep], sessions.rows[group.chosen.sessions[keep]]
        for column in group.columns:
            moved |= {(s, column): t for s, t in zip(source.tolist(), target.tolist(), strict=True)}
            for array in (values, volumes):
                if array is not None:
                    taken = array[source, column].copy()
                    array[:, column] = np.nan
                    array[target, column] = taken
            if quoted is not None:
                quoted[target, column] = quoted[source, column].copy()
            aside = ~np.isin(why[:, column], (PRESENT, code_of(Reason.ABSENT), code_of(Reason.NOT_LISTED)))
            why[:, column] = np.where(aside, why[:, column], absence(values[:, [column]])[:, 0])
            why[~np.isnan(values[:, column]), column] = PRESENT
    return replace(
        table, values=values, why=why, volumes=volumes, to_quoted=quoted, flags=tuple(flags),
        breaks=as_cells((moved.get(cell, cell[0]), cell[1]) for cell in breaks),
        vouched=as_cells((moved.get((r, c), r), c) for r, c in table.vouched.tolist()),
        notes=(*table.notes, *(_note(table, group, against) for group in groups)),
    )  # fmt: skip


def _note(table: PriceTable, group: _Group, against: str) -> str:
    """Say how the stamps were read, with the fit of each reading."""
    names = ", ".join(table.symbols[c] for c in group.columns[:_LISTED])
    names += f" and {len(group.columns) - _LISTED} more" if len(group.columns) > _LISTED else ""
    fits = ", ".join(f"{r.name} {r.fit:.2f}" for r in group.readings)
    if group.chosen is None:
        return (
            f"{names}: {group.frequency.name} prices whose stamps may mean {fits} (R2 of their returns on those of "
            f"{against}): no returns are taken; stamp them with the day of the price"
        )
    lost = int((group.chosen.sessions < 0).sum())
    left = f"; {lost} without a session or not closed yet left out" if lost else ""
    return (
        f"{names}: {group.frequency.name} prices taken at {group.chosen.name} "
        f"(R2 of their returns on those of {against}: {fits}){left}"
    )
