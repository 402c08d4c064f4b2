"""Rolling least squares of many assets on a benchmark, at about the speed of memory.

Over the last `window` rows, with the n pairs (x, y) where both returns are known, and deviations from any fixed shift
(k_x, k_y), dx = x - k_x and dy = y - k_y:

    S_xx = sum dx^2 - (sum dx)^2 / n        beta  = S_xy / S_xx
    S_xy = sum dx dy - sum dx sum dy / n    alpha = mean(y) - beta mean(x)
    S_yy = sum dy^2 - (sum dy)^2 / n        error = sqrt((S_yy - beta S_xy) / (n - 2) / S_xx)

The error is the classical one (independent residuals of equal variance). Not for overlapping returns or for volatility
that moves much inside the window: use robust errors there.

How the sums stay accurate. Adding the new row and taking off the old one is fast, and wrong in three cases: the mean
is large beside the deviations; a huge value has left and its rounding error stays behind; or errors pile up over many
rows. So each asset has its own shift, near its mean; and each sum remembers its largest value since it was last
computed afresh. Rounding errors are proportional to that largest value, so while the current S_xx and S_yy are above a
hundredth of it, no more than two digits are lost beyond the usual rounding. Below, the asset's sums and shift are
computed afresh from the window's rows (two passes: mean, then deviations); and every few thousand rows in any case.
The rule looks at rows up to the current one only.
"""

from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trimtab.errors import InputError
from trimtab.stats.arrays import Floats
from trimtab.stats.kernels.blocks import spread
from trimtab.stats.kernels.checks import tables
from trimtab.stats.kernels.compiling import njit
from trimtab.stats.kernels.prefetch import prefetch

__all__ = ["RollingHistory", "rolling_beta"]

N, SX, SY, SXX, SXY, SYY, PEAK_X, PEAK_Y, KX, KY, STILL = range(11)  # rows of the running state
LOST = 0.01  # compute afresh when a sum of squares is below this share of its own peak
FLOOR = 1e-24  # a standard deviation below 1e-12 of the mean is no variation
CLOSE_FIT = 1e-5  # below this unexplained share of variance, residuals are summed one by one


class RollingHistory(NamedTuple):
    """Rolling estimates, each (n_dates, n_assets); NaN where there is none."""

    beta: Floats
    """Slope of the asset's return on the benchmark's."""
    alpha: Floats | None
    """Intercept, in return per row."""
    stderr: Floats | None
    """Classical standard error of beta; needs three pairs."""
    n_obs: NDArray[np.int32] | None
    """Pairs in the window, also where beta is NaN."""


def rolling_beta(
    asset: ArrayLike,
    benchmark: ArrayLike,
    *,
    window: int,
    min_obs: int,
    beta_only: bool = False,
    out: RollingHistory | None = None,
    threads: int | None = None,
) -> RollingHistory:
    """Regress each asset on the benchmark over the last `window` rows, at every row.

    Parameters
    ----------
    asset
        Returns (n_dates, n_assets); NaN or infinite is missing.
    benchmark
        Returns (n_dates,), or (n_dates, n_assets) when each asset has its own paired intervals.
    window
        Length in rows of the table, missing ones included (calendar rows, not pairs).
    min_obs
        Fewest pairs that give a value; at least 2.
    beta_only
        Leave out alpha, error and count: half the time.
    out
        Arrays to fill instead of new ones (C-ordered; float64, n_obs int32); memory maps are welcome.
    threads
        By default as many as the machine has.

    Returns
    -------
    RollingHistory
        NaN where there are fewer than `min_obs` pairs or where the benchmark did not move: a standard deviation below
        1e-12 of its mean. A copy of the benchmark has error 0; a multiple of it, an error of the size of rounding.

    Examples
    --------
    >>> import numpy as np
    >>> m = np.array([0.01, -0.02, 0.03, 0.01, -0.01])
    >>> y = 0.001 + 1.5 * m[:, None]
    >>> y[2] = np.nan
    >>> history = rolling_beta(y, m, window=4, min_obs=3)
    >>> history.beta[:, 0].round(12), history.n_obs[:, 0]
    (array([nan, nan, nan, 1.5, 1.5]), array([1, 2, 2, 3, 3], dtype=int32))
    """
    y, x = tables(asset, benchmark)
    if window < 2 or not 2 <= min_obs <= window:
        raise InputError(
            expected="a window of 2 rows or more, and min_obs from 2 to the window",
            found=f"window={window}, min_obs={min_obs}",
            try_next="two thirds of the window is a usual min_obs",
        )
    if out is None:
        more = () if beta_only else (np.empty_like(y), np.empty_like(y), np.empty(y.shape, np.int32))
        out = RollingHistory(np.empty_like(y), *(more or (None, None, None)))
    _refuse_unfit(out, y.shape)
    # narrow tables take narrow blocks: a block is always computed whole
    width = 128 if y.shape[1] > 64 else 16
    empty = np.empty((0, 0))
    full = out.stderr is not None
    alpha, stderr = (out.alpha, out.stderr) if full else (empty, empty)
    count = out.n_obs if full else np.empty((0, 0), np.int32)
    work = partial(_SPANS[width, full], y, x, int(window), int(min_obs), np.asarray(out.beta))
    spread(
        lambda first, last: work(np.asarray(alpha), np.asarray(stderr), np.asarray(count), first, last),
        y.shape[1],
        granule=width,
        threads=threads,
    )
    return out


def _refuse_unfit(out: RollingHistory, shape: tuple[int, ...]) -> None:
    """Refuse output arrays that the compiled loop cannot fill."""
    present = [table for table in out if table is not None]
    fit = all(table.shape == shape and table.flags.c_contiguous and table.flags.writeable for table in present)
    typed = all(
        t is None or t.dtype == (np.int32 if name == "n_obs" else np.float64)
        for name, t in zip(out._fields, out, strict=True)
    )
    if not (fit and typed and len(present) in (1, 4)):
        raise InputError(
            expected=f"writable C-ordered outputs of shape {shape}, float64 (n_obs int32): beta alone or all four",
            found=f"{[None if t is None else (t.shape, t.dtype.name) for t in out]}",
            try_next="leave `out` away, or allocate with numpy.empty",
        )


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def _afresh(
    asset: Floats,
    benchmark: Floats,
    start: int,
    stop: int,
    column: int,
    state: Floats,
    lane: int,
) -> None:
    """Compute one asset's shift and sums from its rows start..stop-1, in two passes."""
    n, mean_x, mean_y = 0, 0.0, 0.0
    low_x, high_x, low_y, high_y = np.inf, -np.inf, np.inf, -np.inf
    for t in range(start, stop):
        y = asset[t, column]
        x = benchmark[t] if benchmark.ndim == 1 else benchmark[t, column]
        if abs(x) < np.inf and abs(y) < np.inf:
            n += 1
            mean_x += (x - mean_x) / n
            mean_y += (y - mean_y) / n
            low_x, high_x, low_y, high_y = min(low_x, x), max(high_x, x), min(low_y, y), max(high_y, y)
    # the mean of equal values may differ from them in the last bit: take the value, so that the variance is 0
    kx = low_x if low_x == high_x else mean_x
    ky = low_y if low_y == high_y else mean_y
    sx, sy, sxx, sxy, syy = 0.0, 0.0, 0.0, 0.0, 0.0
    for t in range(start, stop):
        y = asset[t, column]
        x = benchmark[t] if benchmark.ndim == 1 else benchmark[t, column]
        if abs(x) < np.inf and abs(y) < np.inf:
            dx, dy = x - kx, y - ky
            sx, sy = sx + dx, sy + dy
            sxx, sxy, syy = sxx + dx * dx, sxy + dx * dy, syy + dy * dy
    state[N, lane], state[SX, lane], state[SY, lane] = n, sx, sy
    state[SXX, lane], state[SXY, lane], state[SYY, lane] = sxx, sxy, syy
    state[PEAK_X, lane], state[PEAK_Y, lane], state[KX, lane], state[KY, lane] = sxx, syy, kx, ky
    state[STILL, lane] = FLOOR * kx * kx * (stop - start)  # S_xx of a benchmark that does not move


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def _rest(
    asset: Floats,
    benchmark: Floats,
    start: int,
    stop: int,
    column: int,
    state: Floats,
    lane: int,
    slope: float,
) -> float:
    """Sum squared residuals one by one: S_yy - beta S_xy has no digits left when the fit is close.

    The slope is itself rounded, so what the residuals still explain along the benchmark is taken off again.
    """
    n, kx, ky = state[N, lane], state[KX, lane], state[KY, lane]
    middle = (state[SY, lane] - slope * state[SX, lane]) / n
    se, sex, see = 0.0, 0.0, 0.0
    for t in range(start, stop):
        y = asset[t, column]
        x = benchmark[t] if benchmark.ndim == 1 else benchmark[t, column]
        if abs(x) < np.inf and abs(y) < np.inf:
            dx = x - kx
            e = (y - ky) - slope * dx - middle
            se, sex, see = se + e, sex + e * dx, see + e * e
    sxx = state[SXX, lane] - state[SX, lane] ** 2 / n
    along = sex - se * state[SX, lane] / n
    return float(max(see - se * se / n - along * along / sxx, 0.0))


def _compile(width: int, full: bool) -> Any:  # noqa: C901, PLR0915
    """Compile the loop for blocks of `width` assets, with or without alpha, error and count.

    A constant width and small local arrays let the compiler prove that nothing overlaps, and so use vector
    instructions without checks; hence one function body rather than several.
    """

    @njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
    def span(  # noqa: C901, PLR0912, PLR0915
        asset: Floats,
        benchmark: Floats,
        window: int,
        min_obs: int,
        beta: Floats,
        alpha: Floats,
        stderr: Floats,
        count: NDArray[np.int32],
        first: int,
        last: int,
    ) -> None:
        n_dates = asset.shape[0]
        period = max(4096, 16 * window)
        s = np.empty((11, width))  # running state, by the names above
        pair = np.empty((4, width))  # y and x coming in, y and x going out
        result = np.empty((4, width))
        for lo in range(first, last, width):
            used = min(width, last - lo)
            for a in range(width):
                for c in range(11):
                    s[c, a] = 0.0
                for c in range(4):
                    pair[c, a] = np.nan
            for t in range(n_dates):
                ahead = min(t + 1, n_dates - 1)
                for a in range(lo, lo + used, 8):
                    prefetch(asset, ahead, a)
                    prefetch(beta, ahead, a)
                    if full:
                        prefetch(alpha, ahead, a)
                        prefetch(stderr, ahead, a)
                y_in = asset[t, lo : lo + used]
                for a in range(used):
                    pair[0, a] = y_in[a]
                x_now, x_then = np.nan, np.nan
                if benchmark.ndim == 1:
                    x_now = benchmark[t]
                else:
                    x_in = benchmark[t, lo : lo + used]
                    for a in range(used):
                        pair[1, a] = x_in[a]
                if t >= window:
                    y_out = asset[t - window, lo : lo + used]
                    for a in range(used):
                        pair[2, a] = y_out[a]
                    if benchmark.ndim == 1:
                        x_then = benchmark[t - window]
                    else:
                        x_out = benchmark[t - window, lo : lo + used]
                        for a in range(used):
                            pair[3, a] = x_out[a]
                x_comes, x_goes = abs(x_now) < np.inf, abs(x_then) < np.inf
                spoilt = 0
                for a in range(width):
                    y, v = pair[0, a], pair[2, a]
                    if benchmark.ndim == 1:
                        x, u = x_now, x_then
                        enters = (abs(y) < np.inf) & x_comes
                        leaves = (abs(v) < np.inf) & x_goes
                    else:
                        x, u = pair[1, a], pair[3, a]
                        enters = (abs(y) < np.inf) & (abs(x) < np.inf)
                        leaves = (abs(v) < np.inf) & (abs(u) < np.inf)
                    dx = (x - s[KX, a]) if enters else 0.0
                    dy = (y - s[KY, a]) if enters else 0.0
                    ex = (u - s[KX, a]) if leaves else 0.0
                    ey = (v - s[KY, a]) if leaves else 0.0
                    n = s[N, a] + 1.0 if enters else s[N, a]
                    n = n - 1.0 if leaves else n
                    sx = s[SX, a] + dx - ex
                    sy = s[SY, a] + dy - ey
                    sxx = s[SXX, a] + dx * dx
                    syy = s[SYY, a] + dy * dy
                    peak_x = max(s[PEAK_X, a], sxx)
                    peak_y = max(s[PEAK_Y, a], syy)
                    sxx -= ex * ex
                    syy -= ey * ey
                    sxy = s[SXY, a] + dx * dy - ex * ey
                    s[N, a], s[SX, a], s[SY, a], s[SXX, a], s[SXY, a], s[SYY, a] = n, sx, sy, sxx, sxy, syy
                    s[PEAK_X, a], s[PEAK_Y, a] = peak_x, peak_y
                    nsxx = n * sxx - sx * sx
                    lost = LOST * n
                    spoilt |= (
                        1 if (n >= min_obs) & ((nsxx < lost * peak_x) | (n * syy - sy * sy < lost * peak_y)) else 0
                    )
                    if not full:
                        slope = (n * sxy - sx * sy) / nsxx
                        defined = (n >= min_obs) & (nsxx > n * s[STILL, a])
                        result[0, a] = slope if defined else np.nan
                if spoilt or t % period == period - 1:
                    for a in range(used):
                        n = s[N, a]
                        lost_x = n * s[SXX, a] - s[SX, a] ** 2 < LOST * n * s[PEAK_X, a]
                        lost_y = n * s[SYY, a] - s[SY, a] ** 2 < LOST * n * s[PEAK_Y, a]
                        if (n >= min_obs and (lost_x or lost_y)) or t % period == period - 1:
                            _afresh(asset, benchmark, max(0, t - window + 1), t + 1, lo + a, s, a)
                close = 0
                for a in range(width if full or spoilt or t % period == period - 1 else 0):
                    n, sx = s[N, a], s[SX, a]
                    nsxx = n * s[SXX, a] - sx * sx
                    nsxy = n * s[SXY, a] - sx * s[SY, a]
                    slope = nsxy / nsxx
                    defined = (n >= min_obs) & (nsxx > n * s[STILL, a])
                    result[0, a] = slope if defined else np.nan
                    if full:
                        nsyy = n * s[SYY, a] - s[SY, a] * s[SY, a]
                        rest = nsyy - slope * nsxy
                        close |= 1 if defined & (rest < CLOSE_FIT * nsyy) else 0
                        rest = max(rest, 0.0)
                        offset = s[KY, a] - slope * s[KX, a] + (s[SY, a] - slope * sx) / n
                        result[1, a] = offset if defined else np.nan
                        result[2, a] = np.sqrt(rest / (nsxx * (n - 2.0))) if defined & (n > 2.0) else np.nan
                if close:
                    for a in range(used):
                        n = s[N, a]
                        nsyy = n * s[SYY, a] - s[SY, a] ** 2
                        nsxx = n * s[SXX, a] - s[SX, a] ** 2
                        nsxy = n * s[SXY, a] - s[SX, a] * s[SY, a]
                        if n > 2.0 and nsyy - result[0, a] * nsxy < CLOSE_FIT * nsyy:
                            rest = _rest(asset, benchmark, max(0, t - window + 1), t + 1, lo + a, s, a, result[0, a])
                            result[2, a] = np.sqrt(rest / (nsxx / n * (n - 2.0)))
                row = beta[t, lo : lo + used]
                for a in range(used):
                    row[a] = result[0, a]
                if full:
                    row = alpha[t, lo : lo + used]
                    for a in range(used):
                        row[a] = result[1, a]
                    row = stderr[t, lo : lo + used]
                    for a in range(used):
                        row[a] = result[2, a]
                    counts = count[t, lo : lo + used]
                    for a in range(used):
                        counts[a] = int(s[N, a])

    return span


_SPANS = {(width, full): _compile(width, full) for width in (16, 128) for full in (False, True)}
