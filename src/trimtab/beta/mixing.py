r"""The learned mixture: bswa + Vasicek and three two-speed filters, weighed by the panel's own past losses.

Equation
    f = A + theta_1 (K - A) + theta_2 (B - A) + theta_3 (C - A) + theta_4
    A    published bswa + Vasicek:  (b / V + mu / q) / (1 / V + 1 / q),  mu the mean of b, q = max(var b - mean V, 1e-4)
    K    two-speed, mean 1, slow deviation .5;   B, C  mean 1 + .3 (ln s - ref), deviation .4
    ref  B: ln of the benchmark's volatility + .11;   C: the mean of ln s, weighed n to 25 against that of B
    theta  from the losses of 21-day forecasts made at past month-ends (`trimtab.stats.mixing`), one for all horizons
Who counts
    In mu, q and the lessons: names of the population with a year of returns, four fifths of the last year's and one in
    the last week, that are no copies of the benchmark; in ref from 21 returns on. With fewer than three: theta as
    before any lesson, C = B, mu = 1 and q = .16.
Coins
    On a calendar of seven days theta_0 is (.20, .35, .35; 0) and C is B: most coins are riskier than the one that is
    their market, and their own mean would hide that their betas are above 1.
Steps
    Means move, and lessons are taken, at month-ends: the last row of a month, which is known when the next month's
    first row comes. A reading at any row is what a month-end there would give, and changes nothing.
Source
    This project's league page; Welch (2022), Critical Finance Review 11; Vasicek (1973), Journal of Finance 28.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trimtab.stats import mixing
from trimtab.stats.arrays import Floats
from trimtab.stats.sums import mean_of, variance_of

if TYPE_CHECKING:
    from trimtab.stats.kernels.mixture import MixtureParameters, MixtureRows, Outlook
    from trimtab.stats.kernels.two_speed import ReferenceState

__all__ = ["Mixed", "MixingSetting", "MixingState", "run_mixture"]

Flags = NDArray[np.bool_]

_TILT, _TILT_LIMIT, _CROWD, _OFFSET = 0.3, 1.5, 25.0, 0.11
_FEW_MEAN, _FEW_SPREAD, _LEAST_SPREAD = 1.0, 0.16, 1e-4
#: ln of the residual volatility over the benchmark's below which a name is a copy of it.
_COPY = float(np.log(0.10))
_FRESH, _MAX_GAP = 5, 252
#: theta without any lesson on a calendar of seven days.
_COINS = (0.20, 0.35, 0.35, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class MixingSetting:
    """Constants of one run, in rows of the data.

    Parameters
    ----------
    parameters
        Of the kernel.
    horizon, reach
        Rows over which forecasts are wanted: those asked for, and those at which prior and evidence are compared.
    lesson
        Rows of the periods that weights are learned from.
    reference_half_life
        Of the benchmark's volatility.
    weights
        theta before any lesson: weights of K, B and C, and the level.
    crowd
        Names that the benchmark's reference counts for in that of C; infinity makes C the same as B.
    """

    parameters: "MixtureParameters"
    horizon: int
    reach: int
    lesson: int
    reference_half_life: float
    weights: tuple[float, ...] = tuple(mixing.PRIOR.tolist())
    crowd: float = _CROWD

    @classmethod
    def on_calendar(
        cls, periods_per_year: float, horizon: int, reach: int | None = None, *, coins: bool = False
    ) -> "MixingSetting":
        """Scale the recipe, which is stated for 252 periods a year; horizon and reach are in rows already."""
        from trimtab.stats.kernels.mixture import MixtureParameters  # noqa: PLC0415

        k, p = periods_per_year / 252.0, MixtureParameters()
        return cls(
            parameters=p._replace(
                year=max(12, round(periods_per_year)),
                slow_half_life=p.slow_half_life * k,
                fast_half_life=p.fast_half_life * k,
                variance_half_life=p.variance_half_life * k,
            ),
            horizon=horizon,
            reach=horizon if reach is None else reach,
            # A line through fewer points tells nothing of a beta: slower prices learn from longer periods.
            lesson=max(12, round(21 * k)),
            reference_half_life=1260.0 * k,
            weights=_COINS if coins else tuple(mixing.PRIOR.tolist()),
            crowd=np.inf if coins else _CROWD,
        )


class Waiting(NamedTuple):
    """Forecasts of a month-end whose period has not ended."""

    end: int
    """Number of the last row of the period, counted from the first row ever."""
    forecasts: Floats
    """x of the lesson, (4, n_assets)."""
    anchor: Floats
    valid: Flags
    sums: Floats
    """Of the period's pairs so far: n, x, y, x^2, x y; (5, n_assets)."""


class MixingState(NamedTuple):
    """Everything that the past leaves behind."""

    rows: "MixtureRows"
    reference: "ReferenceState | None"
    level: float
    """ref of B after the last row."""
    month: int
    """Of the last row; -1 before the first."""
    lessons: mixing.Lessons
    ended: tuple[mixing.Lesson, ...]
    """Of periods that ended since the last month-end."""
    waiting: tuple[Waiting, ...]


class Mixed(NamedTuple):
    """Forecasts at the rows asked for, each (n_rows, n_assets); NaN where there is none."""

    value: Floats
    near: Floats
    """The same over the reach."""
    error: Floats
    """Standard deviation of the true mean beta over the horizon about C's forecast."""
    anchor: Floats
    """A."""
    n_obs: Floats
    """Pairs seen."""
    weights: Floats
    """theta, (n_rows, 4)."""
    state: MixingState
    """After the last row."""


class _Look(NamedTuple):
    """What a month-end at the last row would find, each (n_assets,)."""

    valid: Flags
    anchor: Floats
    mean_own: Floats
    mean_crowd: Floats


def run_mixture(
    y: Floats,
    x: Floats,
    benchmark: Floats,
    months: NDArray[np.int64],
    *,
    setting: MixingSetting,
    counted: Flags,
    rows: NDArray[np.intp],
    state: MixingState | None = None,
    threads: int | None = None,
) -> Mixed:
    """Take rows in, and forecast at some of them.

    Parameters
    ----------
    y, x
        Returns of the assets, (n_rows, n_assets), and of the benchmark beside them, (n_rows,) or the same shape.
    benchmark
        The benchmark's own returns row by row.
    months
        A number that changes from month to month, (n_rows,).
    setting
        Constants.
    counted
        Who counts in priors and lessons, (n_assets,).
    rows
        Increasing row numbers at which forecasts are wanted.
    state
        Where to go on from; None starts afresh.
    threads
        By default as many as the machine has.
    """
    from trimtab.stats.kernels.checks import tables  # noqa: PLC0415
    from trimtab.stats.kernels.mixture import advance  # noqa: PLC0415

    y, x = tables(y, x)
    now = _begun(state, y.shape[1], setting)
    levels, left = _levels(benchmark, now.reference, setting)
    now = now._replace(reference=left)
    figures = [np.full((len(rows), y.shape[1]), np.nan) for _ in range(5)]
    theta = np.full((len(rows), 4), np.nan)
    wanted = rows.tolist()
    t = k = 0
    while t < len(y):
        if now.month not in {-1, int(months[t])}:
            now = _close(now, setting, counted)
        stop = _next_stop(now, months, t, wanted[k] if k < len(wanted) else len(y) - 1)
        span = slice(t, stop + 1)
        waiting = tuple(_observed(w, y[span], x[span]) for w in now.waiting)
        after = advance(now.rows, y[span], x[span], setting.parameters, threads=threads)
        now = _ended(
            now._replace(rows=after, month=int(months[stop]), level=float(levels[stop]), waiting=waiting), setting
        )
        if k < len(wanted) and wanted[k] == stop:
            for part, values in zip((*figures, theta), _read(now, setting, counted), strict=True):
                part[k] = values
            k += 1
        t = stop + 1
    value, near, error, anchor, n_obs = figures
    return Mixed(value, near, error, anchor, n_obs, theta, now)


def _begun(state: MixingState | None, n_assets: int, setting: MixingSetting) -> MixingState:
    from trimtab.stats.kernels.mixture import MixtureRows  # noqa: PLC0415

    if state is not None:
        return state._replace(rows=state.rows.copy())
    rows = MixtureRows.begin(n_assets, setting.parameters.year)
    return MixingState(rows, None, np.nan, -1, mixing.Lessons.none(), (), ())


def _levels(
    benchmark: Floats, before: "ReferenceState | None", setting: MixingSetting
) -> "tuple[Floats, ReferenceState]":
    """Give ref of B at each row."""
    from trimtab.stats.kernels import benchmark_reference  # noqa: PLC0415

    return benchmark_reference(
        benchmark, half_life=setting.reference_half_life, min_obs=1, offset=_OFFSET, state=before
    )


def _next_stop(now: MixingState, months: NDArray[np.int64], t: int, wanted: int) -> int:
    """Give the next row after which something is to be done: a month's last, a period's last, or one asked for."""
    in_month = int(np.searchsorted(months[t:], months[t], side="right")) + t - 1
    ends = (w.end - now.rows.n_rows + t for w in now.waiting)
    return min(in_month, wanted, *ends) if now.waiting else min(in_month, wanted)


def _observed(waiting: Waiting, y: Floats, x: Floats) -> Waiting:
    """Add a period's pairs to its sums."""
    from trimtab.stats.kernels.mixture import add_pairs  # noqa: PLC0415

    sums = waiting.sums.copy()
    add_pairs(y, x, sums)
    return waiting._replace(sums=sums)


def _ended(now: MixingState, setting: MixingSetting) -> MixingState:
    """Turn periods that have ended into lessons."""
    done = [w for w in now.waiting if w.end < now.rows.n_rows]
    if not done:
        return now
    taught = (_lesson(w, setting.lesson) for w in done)
    return now._replace(
        ended=(*now.ended, *(lesson for lesson in taught if lesson is not None)),
        waiting=tuple(w for w in now.waiting if w.end >= now.rows.n_rows),
    )


def _lesson(w: Waiting, length: int) -> mixing.Lesson | None:
    n, s_x, s_y, s_xx, s_xy = w.sums
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = (s_xy - s_x * s_y / n) / (s_xx - s_x * s_x / n)
    outcome = np.where((n >= 0.9 * length) & (s_xx * n > s_x * s_x), slope, np.nan)
    return mixing.lesson_of(w.forecasts, outcome - w.anchor, w.valid)


def _close(now: MixingState, setting: MixingSetting, counted: Flags) -> MixingState:
    """Hold a month-end after the last row: lessons are taken, means move, and new forecasts begin to wait."""
    from trimtab.stats.kernels.mixture import MU_B, MU_C, outlook_of  # noqa: PLC0415

    look = _look(now, setting, counted)
    values = now.rows.values
    values[MU_B], values[MU_C] = look.mean_own, look.mean_crowd
    waiting = now.waiting
    if int(look.valid.sum()) >= mixing.LEAST:
        o = outlook_of(now.rows, setting.parameters, setting.lesson, look.mean_own, look.mean_crowd)
        a = look.anchor
        forecasts = np.stack([o.wide - a, o.own - a, o.crowd - a, np.ones(len(a))])
        end = now.rows.n_rows + setting.lesson - 1
        waiting = (*waiting, Waiting(end, forecasts, a, look.valid, np.zeros((5, len(a)))))
    return now._replace(lessons=_taken(now), ended=(), waiting=waiting)


def _taken(now: MixingState) -> mixing.Lessons:
    lessons = mixing.fade(now.lessons)
    for lesson in now.ended:
        lessons = mixing.learn(lessons, lesson)
    return lessons


def _read(now: MixingState, setting: MixingSetting, counted: Flags) -> tuple[Floats, ...]:
    """Give both forecasts, error, anchor, pairs seen and weights as a month-end after the last row would."""
    from trimtab.stats.kernels.mixture import GAP, N, outlook_of  # noqa: PLC0415

    look = _look(now, setting, counted)
    theta, a = mixing.weights_of(_taken(now), np.array(setting.weights)), look.anchor
    gone = now.rows.values[GAP] > _MAX_GAP

    def mix(o: "Outlook") -> Floats:
        value = a + theta[0] * (o.wide - a) + theta[1] * (o.own - a) + theta[2] * (o.crowd - a) + theta[3]
        return np.where(gone, np.nan, value)

    far = outlook_of(now.rows, setting.parameters, setting.horizon, look.mean_own, look.mean_crowd)
    near = far
    if setting.reach != setting.horizon:
        near = outlook_of(now.rows, setting.parameters, setting.reach, look.mean_own, look.mean_crowd)
    return mix(far), mix(near), far.crowd_error, a, now.rows.values[N], theta


def _look(now: MixingState, setting: MixingSetting, counted: Flags) -> _Look:
    from trimtab.stats.kernels.mixture import GAP, RECENT, N, anchor_of, log_size  # noqa: PLC0415

    s, year = now.rows.values, setting.parameters.year
    size = log_size(now.rows, setting.parameters)
    counts_now = counted & (s[GAP] < _FRESH) & np.isfinite(size)
    if np.isfinite(now.level):
        counts_now &= size > _COPY + now.level - _OFFSET
    line = anchor_of(now.rows)
    valid = counts_now & (s[N] >= year) & (s[RECENT] >= round(0.8 * year)) & np.isfinite(line.variance)
    mu, q = _FEW_MEAN, _FEW_SPREAD
    if int(valid.sum()) >= mixing.LEAST:
        mu = mean_of(line.slope[valid])
        q = max(variance_of(line.slope[valid]) - mean_of(line.variance[valid]), _LEAST_SPREAD)
    with np.errstate(divide="ignore", invalid="ignore"):
        keep = q / (q + line.variance)
    # Before the line has three pairs' worth nothing is known but the population.
    anchor = np.where(np.isfinite(keep), keep * np.nan_to_num(line.slope) + (1.0 - keep) * mu, mu)
    n = int(counts_now.sum())
    crowd = now.level
    if n >= mixing.LEAST and np.isfinite(setting.crowd):
        crowd = (n * mean_of(size[counts_now]) + setting.crowd * now.level) / (n + setting.crowd)
    return _Look(valid, anchor, _mean(size, now.level), _mean(size, crowd))


def _mean(size: Floats, reference: float) -> Floats:
    """Give the mean that an asset's beta returns to."""
    tilt = np.clip(size - reference, -_TILT_LIMIT, _TILT_LIMIT)
    return np.where(np.isfinite(tilt), 1.0 + _TILT * tilt, 1.0)
