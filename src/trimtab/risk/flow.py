r"""Is someone large selling? Volume indicators, and how often they are wrong.

Equations
    on-balance volume   OBV_t = OBV_{t-1} + sign(C_t - C_{t-1}) volume_t
    Amihud              1e6 mean(|r| / money traded)          price move per million traded
    abnormal volume     z_t = (ln volume_t - mean) / s over the `window` days **before** t
    selling             in the last `days`: abnormal falls (r < 0, z > threshold) less abnormal rises >= `needed`
    alarm               first day of a run of "selling"; false if the price is not lower `horizon` days later
Sources
    Granville (1963); Amihud (2002), Journal of Financial Markets 5; Campbell, Grossman and Wang (1993), "Trading volume
    and serial correlation in stock returns", Quarterly Journal of Economics 108, for volume on falls.
Traps
    None of these sees who sells. Without a false-alarm rate beside the base rate (how often the price is not lower
    after any day) an indicator says nothing: on most data the two are close, and `alarm_record` shows how close.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.stats.arrays import Floats

__all__ = [
    "AlarmRecord",
    "abnormal_volume",
    "alarm_record",
    "alarms",
    "amihud",
    "on_balance_volume",
    "selling_pressure",
]

_Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRecord:
    """How an indicator did.

    Parameters
    ----------
    n_alarms
        Alarms with a full horizon after them.
    false_alarms
        Those after which the price was not lower.
    rate
        false_alarms / n_alarms; None without alarms.
    low, high
        95% interval of the rate (Wilson); None without alarms.
    base_rate
        Share of all days after which the price was not lower: what throwing darts would give.
    mean_after, mean_base
        Mean return over the horizon after alarms (None without), and after all days.
    horizon
        Days.
    """

    n_alarms: int
    false_alarms: int
    rate: float | None
    low: float | None
    high: float | None
    base_rate: float
    mean_after: float | None
    mean_base: float
    horizon: int


def on_balance_volume(closes: ArrayLike, volume: ArrayLike) -> Floats:
    """Add up volume with the sign of each day's price change, shape (n_dates,); starts at 0.

    Examples
    --------
    >>> on_balance_volume([10, 11, 10.5, 10.5], [100, 200, 300, 400]).tolist()
    [0.0, 200.0, -100.0, -100.0]
    """
    c, v = _pair(closes, volume)
    steps = np.sign(np.diff(c)) * v[1:]
    return np.concatenate([[0.0], np.cumsum(steps)])


def amihud(returns: ArrayLike, money_traded: ArrayLike, *, min_obs: int = 60) -> float:
    """Give Amihud's illiquidity, 1e6 x mean(|return| / money traded); days without trade are left out.

    Examples
    --------
    >>> round(amihud([0.01, -0.02] * 30, [1e6] * 60), 4)
    0.015
    """
    r, money = np.asarray(returns, dtype=np.float64), np.asarray(money_traded, dtype=np.float64)
    if r.shape != money.shape or r.ndim != 1:
        raise InputError(
            expected="returns and money traded of one length",
            found=f"{r.shape} and {money.shape}",
            try_next="pair them",
        )
    is_traded = np.isfinite(r) & np.isfinite(money) & (money > 0)
    if np.count_nonzero(is_traded) < min_obs:
        raise NotEnoughDataError(
            expected=f"at least {min_obs} days with a return and trade",
            found=f"{np.count_nonzero(is_traded)}",
            try_next="give a longer history",
        )
    return 1e6 * float(np.mean(np.abs(r[is_traded]) / money[is_traded]))


def abnormal_volume(volume: ArrayLike, *, window: int = 60) -> Floats:
    """Give the z-score of log volume against the days before, shape (n_dates,).

    NaN in the first `window` days, on days without volume, and where the days before had one volume only.

    Examples
    --------
    >>> z = abnormal_volume([100.0, 110.0, 90.0, 100.0, 300.0], window=4)
    >>> np.isnan(z[:4]).all(), z[4] > 10
    (np.True_, np.True_)
    """
    v = np.asarray(volume, dtype=np.float64)
    if v.ndim != 1 or not 2 <= window < len(v):
        raise InputError(
            expected=f"a window from 2 to {v.shape[0] - 1 if v.ndim else 0} days",
            found=f"{window}",
            try_next="60 is three months",
        )
    logs = np.log(np.where(np.isfinite(v) & (v > 0), v, np.nan))
    # (n_dates - window, window): row k holds the days before day k + window.
    past = np.lib.stride_tricks.sliding_window_view(logs, window)[:-1]
    counts = np.isfinite(past).sum(axis=1)
    # Fewer than half the days known is no usual volume to compare with.
    enough = counts >= max(2, window // 2)
    filled = np.where(np.isfinite(past), past, 0.0)
    mean = filled.sum(axis=1) / np.maximum(counts, 1)
    squares = np.where(np.isfinite(past), (past - mean[:, None]) ** 2, 0.0).sum(axis=1)
    sd = np.sqrt(squares / np.maximum(counts - 1, 1))
    z = np.full(len(v), np.nan)
    usable = enough & (sd > 1e-12)
    z[window:][usable] = (logs[window:][usable] - mean[usable]) / sd[usable]
    return z


def selling_pressure(
    closes: ArrayLike,
    volume: ArrayLike,
    *,
    window: int = 60,
    threshold: float = 1.5,
    days: int = 20,
    needed: int = 3,
) -> _Mask:
    """Mark the days on which falls came with abnormal volume clearly more often than rises did.

    Only what was known at each day's close goes in. Days whose volume has no z-score count for neither side.

    Parameters
    ----------
    closes, volume
        Shape (n_dates,).
    window
        Days that say what usual volume is.
    threshold
        z above which volume is abnormal.
    days
        Days that are looked back on.
    needed
        How many more abnormal falls than rises.

    Examples
    --------
    >>> closes, volume = np.full(80, 10.0), np.tile([100.0, 120.0], 40)
    >>> closes[70:] = 9.0 - 0.1 * np.arange(10)
    >>> volume[70:] = 600.0
    >>> int(np.flatnonzero(selling_pressure(closes, volume))[0])
    72
    """
    c, v = _pair(closes, volume)
    if days < 1 or needed < 1:
        raise InputError(
            expected="one day or more to look back on, and one fall or more",
            found=f"{days}, {needed}",
            try_next="20 and 3",
        )
    z = abnormal_volume(v, window=window)
    move = np.concatenate([[0.0], np.sign(np.diff(c))])
    score = np.where(np.isfinite(z) & (z > threshold), -move, 0.0)
    total = np.cumsum(score)
    recent = total - np.concatenate([np.zeros(min(days, len(total))), total[:-days]])
    mask: _Mask = recent >= needed
    return mask


def alarms(marked: ArrayLike, *, quiet: int = 20) -> NDArray[np.intp]:
    """Give the rows at which a run of marked days begins, after at least `quiet` days since the last alarm.

    Examples
    --------
    >>> alarms([False, True, True, False, True], quiet=2).tolist()
    [1, 4]
    """
    mask = np.asarray(marked, dtype=bool)
    starts = np.flatnonzero(mask & ~np.concatenate([[False], mask[:-1]]))
    kept: list[int] = []
    for row in starts.tolist():
        if not kept or row - kept[-1] >= quiet:
            kept.append(row)
    return np.array(kept, dtype=np.intp)


def alarm_record(closes: ArrayLike, marked: ArrayLike, *, horizon: int = 20) -> AlarmRecord:
    """Count how often an alarm was followed by no fall.

    Parameters
    ----------
    closes
        Shape (n_dates,), all known.
    marked
        From `selling_pressure`, same shape.
    horizon
        Days after the alarm; alarms keep that distance, so that no future is counted twice.

    Examples
    --------
    >>> closes = np.array([10.0, 9.0, 8.0, 9.0, 9.5, 10.0])
    >>> record = alarm_record(closes, [False, True, False, False, True, False], horizon=1)
    >>> record.n_alarms, record.false_alarms, record.base_rate
    (2, 1, 0.6)
    """
    c, flags = _pair(closes, np.asarray(marked, dtype=np.float64))
    if not 1 <= horizon < len(c):
        raise InputError(expected=f"a horizon from 1 to {len(c) - 1} days", found=f"{horizon}", try_next="20")
    after = c[horizon:] / c[:-horizon] - 1.0
    rows = alarms(flags > 0.5, quiet=horizon)
    rows = rows[rows < len(after)]
    n, false = len(rows), int(np.count_nonzero(after[rows] >= 0))
    low, high = _wilson(false, n) if n else (None, None)
    return AlarmRecord(
        n_alarms=n,
        false_alarms=false,
        rate=false / n if n else None,
        low=low,
        high=high,
        base_rate=float(np.mean(after >= 0)),
        mean_after=float(np.mean(after[rows])) if n else None,
        mean_base=float(np.mean(after)),
        horizon=horizon,
    )


def _wilson(count: int, n: int) -> tuple[float, float]:
    z, share = 1.959963984540054, count / n
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z * sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return centre - reach, centre + reach


def _pair(closes: ArrayLike, other: ArrayLike) -> tuple[Floats, Floats]:
    c, v = np.asarray(closes, dtype=np.float64), np.asarray(other, dtype=np.float64)
    if c.shape != v.shape or c.ndim != 1 or len(c) < 2:
        raise InputError(
            expected="closes and volume of one length, two days or more",
            found=f"{c.shape} and {v.shape}",
            try_next="pair them by date",
        )
    if not (np.isfinite(c).all() and (c > 0).all()):
        raise InputError(
            expected="closes that are all known and positive",
            found=f"{np.count_nonzero(~(c > 0))} that are not",
            try_next="leave out days without a close",
        )
    return c, v
