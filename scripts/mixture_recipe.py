"""The mixture's recipe once more, in code of its own: what its open choices move, and what variants of it gain.

    python scripts/mixture_recipe.py choices --data ../shared/data     how far each choice moves the learned weights
    python scripts/mixture_recipe.py variants --data ../shared/data    what each variant gains on both development sets

It shares nothing with the package but the reading of the files in `scripts/league.py`, and takes prices as the files
have them, without the package's checks. A minute or two each.
"""

import argparse
import math
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numba
import numpy as np
import polars as pl
from numpy.typing import NDArray

LEAGUE = runpy.run_path(str(Path(__file__).with_name("league.py")))
Floats = NDArray[np.float64]
DATES = ("2002-12-31", "2008-12-31", "2017-11-30")
HORIZONS = (252, 63, 21)
THETA = np.array([0.20, 0.25, 0.25, 0.0])
SLOW, FAST = 2 ** (-1 / 756), 2 ** (-1 / 30)


class Choice(NamedTuple):
    """What the recipe in words leaves open; the defaults are the package's, which holds `tilt` within 1.5, though."""

    plain: bool = False
    """Residuals' variance starts as a plain mean of 21 squares; else with weights that add up to one."""
    fast: float = 0.0625
    """Variance that the fast part starts with."""
    wide: float = 0.16
    """Variance that the slow part of K starts with."""
    running: bool = False
    """Variances of the state grow while nothing is seen yet."""
    before: bool = False
    """Residuals before the update, not after."""
    tilt: float = math.inf
    """Limit of ln s less its reference."""
    since: str = "1993-01-01"
    """First day of the benchmark that counts in its own volatility."""
    crowd: str = "names"
    """Whose ln s is averaged in the reference of C: names, seasoned (a year of returns), or their median."""
    ridge: float = 0.216


class Panel(NamedTuple):
    """Returns on the days on which shares have prices, and the benchmark's own from its first day on."""

    y: Floats
    x: Floats
    days: NDArray[np.datetime64]
    long_days: NDArray[np.datetime64]
    long_x: Floats


class Parts(NamedTuple):
    """All that weights are learned from, each with a row a month-end."""

    days: NDArray[np.datetime64]
    ends: NDArray[np.intp]
    valid: NDArray[np.bool_]
    anchor: Floats
    experts: dict[int, list[Floats]]
    """K, B and C by horizon."""
    outcome: dict[int, Floats]
    ridge: float


def panel(which: str, folder: Path) -> Panel:
    """Read one development set as the files have it; returns that the source marks as defects are left out."""
    rows: pl.DataFrame = LEAGUE["_members"](folder) if which == "sp500" else LEAGUE["gone_rows"](folder)
    wide = rows.with_columns(pl.col("date").dt.date()).pivot(on="ticker", index="date", values="adj_close").sort("date")
    days = wide["date"].to_numpy().astype("datetime64[D]")
    names = sorted(set(wide.columns) - {"date", LEAGUE["BENCHMARK"]})
    price = wide.select(*names, LEAGUE["BENCHMARK"]).to_numpy().astype(float)
    returns = np.vstack([np.full((1, price.shape[1]), np.nan), price[1:] / price[:-1] - 1])
    for name, day in LEAGUE["DEFECTS"]:
        if name in names:
            returns[np.searchsorted(days, np.datetime64(day)), names.index(name)] = np.nan
    on = np.isfinite(price[:, :-1]).any(axis=1)
    return Panel(returns[on, :-1], returns[on, -1], days[on], days, returns[:, -1])


@numba.njit(cache=True)
def filtered(
    y: Floats, x: Floats, means: Floats, ends: NDArray[np.intp], sd: float, start: Floats, plain: bool, before: bool
) -> tuple[Floats, Floats, Floats]:
    """Give slow part, fast part and residual variance at month-ends; `start`: both variances, and 1 if they run on."""
    n_rows, n_assets = y.shape
    out = np.full((3, len(ends), n_assets), np.nan)
    phi_z, phi_d, keep = 2 ** (-1 / 756.0), 2 ** (-1 / 30.0), 2 ** (-1 / 126.0)
    drift_z, drift_d = sd * sd * (1 - phi_z * phi_z), 0.0625 * (1 - phi_d * phi_d)
    for a in range(n_assets):
        n, k, z, d, v, weight = 0, 0, 0.0, 0.0, 0.0, 0.0
        zz, zd, dd = start[0], 0.0, start[1]
        for t in range(n_rows):
            seen = np.isfinite(y[t, a]) and np.isfinite(x[t])
            if n >= 21 or start[2] > 0:
                z, d = phi_z * z, phi_d * d
                zz, zd, dd = phi_z * phi_z * zz + drift_z, phi_z * phi_d * zd, phi_d * phi_d * dd + drift_d
            if seen and n < 21:
                n += 1
                weight = keep * weight + 1
                v += ((y[t, a] - x[t]) ** 2 - v) / n
            elif seen:
                with_z, with_d = zz + zd, zd + dd
                variance = x[t] * x[t] * (with_z + with_d) + v
                surprise = y[t, a] - (means[k, a] + z + d) * x[t]
                limit = 2 * math.sqrt(variance)
                held = min(max(surprise, -limit), limit) * x[t] / variance
                z, d = z + with_z * held, d + with_d * held
                known = x[t] * x[t] / variance
                zz, zd, dd = zz - with_z * with_z * known, zd - with_z * with_d * known, dd - with_d * with_d * known
                left = surprise if before else y[t, a] - (means[k, a] + z + d) * x[t]
                weight = keep * weight + 1
                v += (min(left * left, 16 * v) - v) * (1 - keep if plain else 1 / weight)
            if k < len(ends) and t == ends[k]:
                if n >= 21:
                    out[0, k, a], out[1, k, a], out[2, k, a] = z, d, v
                k += 1
    return out[0], out[1], out[2]


def line(x: Floats, y: Floats, w: Floats) -> tuple[Floats, Floats, Floats]:
    """Give weighted slopes, their variances (bswa + Vasicek's), and numbers of pairs."""
    known = np.isfinite(y) & np.isfinite(x)[:, None]
    w, y, x = w[:, None] * known, np.where(known, y, 0.0), np.where(known, x[:, None], 0.0)
    with np.errstate(all="ignore"):
        total, n = w.sum(axis=0), w.sum(axis=0) ** 2 / (w**2).sum(axis=0)
        mean_x, mean_y = (w * x).sum(axis=0) / total, (w * y).sum(axis=0) / total
        spread = (w * x * x).sum(axis=0) / total - mean_x**2
        slope = ((w * x * y).sum(axis=0) / total - mean_x * mean_y) / spread
        left = (w * y * y).sum(axis=0) / total - mean_y**2 - slope**2 * spread
        return slope, left / (n - 2) / spread, known.sum(axis=0)


def anchors(p: Panel, ends: NDArray[np.intp], year: float = 252 / 2) -> tuple[Floats, NDArray[np.bool_]]:
    """Give bswa + Vasicek at month-ends with weights exp(-age / year), and who is valid."""
    anchor = np.full((len(ends), p.y.shape[1]), np.nan)
    valid = np.zeros(anchor.shape, dtype=bool)
    low, high = np.minimum(-2 * p.x, 4 * p.x)[:, None], np.maximum(-2 * p.x, 4 * p.x)[:, None]
    cut, seen = np.clip(p.y, low, high), np.isfinite(p.y)
    for k, end in enumerate(ends):
        span = slice(max(0, end - 1259), end + 1)
        slope, variance, _ = line(p.x[span], cut[span], np.exp(-np.arange(end - span.start, -1, -1) / year))
        recent = seen[max(0, end - 251) : end + 1].sum(axis=0)
        who = (seen[: end + 1].sum(axis=0) >= 252) & (recent >= 202) & seen[end] & np.isfinite(variance)
        if who.sum() < 3:
            continue
        mean, apart = slope[who].mean(), max(slope[who].var(ddof=1) - variance[who].mean(), 1e-4)
        with np.errstate(all="ignore"):
            anchor[k] = (slope / variance + mean / apart) / (1 / variance + 1 / apart)
        valid[k] = who
    return anchor, valid


def outcomes(p: Panel, ends: NDArray[np.intp], days: int) -> Floats:
    """Give least-squares betas over the days after each month-end; nine tenths of the returns are needed."""
    out = np.full((len(ends), p.y.shape[1]), np.nan)
    for k, end in enumerate(ends):
        if end + days < len(p.y):
            span = slice(end + 1, end + 1 + days)
            slope, _, n = line(p.x[span], p.y[span], np.ones(days))
            out[k] = np.where(n >= 0.9 * days, slope, np.nan)
    return out


def references(
    p: Panel, ends: NDArray[np.intp], size: Floats, valid: NDArray[np.bool_], choice: Choice
) -> tuple[Floats, Floats]:
    """Give the reference of B, and that of C, at each month-end."""
    x = np.where(p.long_days >= np.datetime64(choice.since), p.long_x, np.nan)
    own, crowd = np.full(len(ends), np.nan), np.full(len(ends), np.nan)
    for k, end in enumerate(ends):
        past = x[: np.searchsorted(p.long_days, p.days[end], side="right")]
        past = past[np.isfinite(past)]
        w = 2.0 ** (-np.arange(len(past) - 1, -1, -1) / 1260)
        own[k] = 0.5 * math.log((w @ past**2) / w.sum()) + 0.11
        known = np.isfinite(size[k]) & np.isfinite(p.y[end]) & (valid[k] if choice.crowd == "seasoned" else True)
        n = int(known.sum())
        middle = np.median if choice.crowd == "median" else np.mean
        crowd[k] = (n * middle(size[k][known]) + 25 * own[k]) / (n + 25) if n else own[k]
    return own, crowd


def parts_of(p: Panel, choice: Choice, horizons: tuple[int, ...]) -> Parts:
    """Run anchor and filters over a panel."""
    months = p.days.astype("datetime64[M]")
    ends = np.flatnonzero(np.append(months[1:] != months[:-1], True))
    anchor, valid = anchors(p, ends)

    def run(means: Floats, sd: float, slow: float) -> tuple[Floats, Floats, Floats]:
        start = np.array([slow, choice.fast, 1.0 if choice.running else 0.0])
        z, d, v = filtered(p.y, p.x, means, ends, sd, start, choice.plain, choice.before)
        return z, d, v

    ones = np.ones((len(ends) + 1, p.y.shape[1]))
    size = 0.5 * np.log(run(ones, 0.4, 0.16)[2])
    states = [(ones, *run(ones, 0.5, choice.wide)[:2])]
    for reference in references(p, ends, size, valid, choice):
        tilt = 0.3 * np.clip(size - reference[:, None], -choice.tilt, choice.tilt)
        means = np.vstack([ones[:1], np.where(np.isfinite(tilt), 1 + tilt, 1.0)])
        states.append((means, *run(means, 0.4, 0.16)[:2]))
    ahead = {h: (np.mean(SLOW ** np.arange(1, h + 1)), np.mean(FAST ** np.arange(1, h + 1))) for h in {21, *horizons}}
    experts = {h: [m[1:] + a * z + b * d for m, z, d in states] for h, (a, b) in ahead.items()}
    outcome = {h: outcomes(p, ends, h) for h in ahead}
    return Parts(p.days[ends], ends, valid, anchor, experts, outcome, choice.ridge)


class Learner(NamedTuple):
    """How weights are learned."""

    memory: float = 60.0
    level: float = 24.0
    ridge: float | None = None
    """None takes the panel's."""


def learned(p: Parts, extra: Floats | None = None, how: Learner | None = None) -> tuple[Floats, Floats]:
    """Give the weights and the level at each month-end, and the slope of past outcomes on forecasts."""
    how = Learner() if how is None else how
    moves = [f - p.anchor for f in (*p.experts[21], *(() if extra is None else (extra,)))]
    start = THETA if extra is None else np.array([*THETA[:3], 0.0, 0.0])
    size, keep = len(start), 2 ** (-1 / how.memory)
    ridge = np.diag([p.ridge if how.ridge is None else how.ridge] * (size - 1) + [how.level])
    s, v, stretch, done = np.zeros((size, size)), np.zeros(size), np.array([2.16, 2.16]), 0
    theta, slope = np.zeros((len(p.ends), size)), np.ones(len(p.ends))
    made = np.full(p.anchor.shape, np.nan)
    for k in range(len(p.ends)):
        s, v, stretch = keep * s, keep * v, 2.16 + keep * (stretch - 2.16)
        while done < k and p.ends[done] + 21 <= p.ends[k]:
            x = np.stack([*(f[done] for f in moves), np.ones(p.anchor.shape[1])])
            known = p.valid[done] & np.isfinite(p.outcome[21][done]) & np.isfinite(x).all(axis=0)
            n, x = int(known.sum()), x[:, known]
            if n >= 3:
                y = p.outcome[21][done][known]
                s, v = s + x @ x.T / (n + 10), v + x @ (y - p.anchor[done][known]) / (n + 10)
                f = made[done][known] - made[done][known].mean()
                stretch = stretch + np.array([f @ (y - y.mean()), f @ f]) / (n + 10)
            done += 1
        raw = start + np.linalg.solve(s + ridge, v - s @ start)
        weights = np.maximum(raw[:-1], 0)
        theta[k] = [*(weights / max(weights.sum(), 1)), raw[-1]]
        made[k] = p.anchor[k] + sum(w * f[k] for w, f in zip(theta[k], moves, strict=False)) + theta[k, -1]
        slope[k] = stretch[0] / stretch[1]
    return theta, slope


def forecast(p: Parts, theta: Floats, days: int, extra: Floats | None = None, level: float = 1.0) -> Floats:
    """Mix anchor and experts."""
    experts = [*p.experts[days], *(() if extra is None else (extra,))]
    moves: Floats = sum(theta[:, [i]] * (f - p.anchor) for i, f in enumerate(experts))  # type: ignore[assignment]
    return p.anchor + moves + level * theta[:, [-1]]


def gain(p: Parts, made: Floats, days: int) -> float:
    """Give what forecasts gain on the anchor in root mean squared error, dates averaged equally, in %."""
    known = p.valid & np.isfinite(p.outcome[days]) & np.isfinite(made)
    rows = [k for k in range(len(known)) if known[k].sum() >= 3]
    ours, theirs = (
        np.mean([np.mean((f[k] - p.outcome[days][k])[known[k]] ** 2) for k in rows]) for f in (made, p.anchor)
    )
    return 100 * (1 - math.sqrt(ours / theirs))


def stretched(p: Parts, made: Floats, by: Floats) -> Floats:
    """Stretch the spread of each month-end's forecasts about their mean."""
    out = made.copy()
    for k in range(len(made)):
        if p.valid[k].sum() >= 20:
            middle = made[k][p.valid[k]].mean()
            out[k] = middle + (made[k] - middle) * by[k]
    return out


def widening(p: Parts, panel_: Panel, made: Floats, window: int, *, up_only: bool) -> Floats:
    """Give how far apart betas of the last days lie against forecasts, over its mean of 60 months, to the power .25."""
    log = np.full(len(p.ends), np.nan)
    by = np.ones(len(p.ends))
    for k, end in enumerate(p.ends):
        if end < window:
            continue
        slope, variance, n = line(
            panel_.x[end - window + 1 : end + 1], panel_.y[end - window + 1 : end + 1], np.ones(window)
        )
        known = p.valid[k] & (n >= 0.9 * window) & np.isfinite(made[k])
        if known.sum() < 20:
            continue
        apart = math.sqrt(max(slope[known].var() - variance[known].mean(), 0.01))
        log[k] = math.log(apart / made[k][known].std())
        past = log[max(0, k - 60) : k + 1]
        if np.isfinite(past).sum() > 12:
            by[k] = np.clip(math.exp(log[k] - np.nanmean(past)), 1.0 if up_only else 0.7, 1.5) ** 0.25
    return by


CHOICES = {
    "residuals' variance starts as the plain mean of 21 squares, not with weights that add up to one": Choice(
        plain=True
    ),
    "fast part starts known": Choice(fast=0.0),
    "fast part starts with the variance .16": Choice(fast=0.16),
    "slow part of K starts with the variance .25": Choice(wide=0.25),
    "variances run on while nothing is seen": Choice(running=True),
    "residuals before the update, not after": Choice(before=True),
    "ln s held within 1.5 of its reference": Choice(tilt=1.5),
    "benchmark from November 1999 on, not from 1993": Choice(since="1999-11-01"),
    "reference of C from names with a year of returns alone": Choice(crowd="seasoned"),
    "reference of C from the median of ln s": Choice(crowd="median"),
    "ridge .2155": Choice(ridge=0.2155),
    "ridge .2165": Choice(ridge=0.2165),
}


def choices(folder: Path) -> None:
    """Print how far each open choice moves the weights, and what the mixture gains with it."""
    p = panel("sp500", folder)
    usual = parts_of(p, Choice(), (252,))
    at = np.searchsorted(usual.days, np.array(DATES, dtype="datetime64[D]"))
    theta = learned(usual)[0]
    judged = int((usual.valid & np.isfinite(usual.outcome[252])).sum())
    print(f"{judged:,} name-dates over 252 days; gain {gain(usual, forecast(usual, theta, 252), 252):.1f}%\n")
    print(f"| choice | weights of {', '.join(d[:4] for d in DATES)} moved by, at most | gain over 252 days, % |")
    print("|---|---|---|")
    for name, choice in CHOICES.items():
        parts = parts_of(p, choice, (252,))
        other = learned(parts)[0]
        moved = ", ".join(f"{m:.4f}" for m in np.abs(other[at] - theta[at]).max(axis=1))
        print(f"| {name} | {moved} | {gain(parts, forecast(parts, other, 252), 252):.1f} |", flush=True)


def variants_of(p: Parts, q: Panel) -> dict[str, Callable[[int], Floats]]:
    """Give each variant's forecasts by horizon."""
    theta, slope = learned(p)
    slope = np.clip(slope, 0.7, 1.4)
    usual = {h: forecast(p, theta, h) for h in HORIZONS}
    slower, faster = (anchors(q, p.ends, days / math.log(2))[0] for days in (504, 60))

    def taught(how: Learner | None = None, extra: Floats | None = None) -> Callable[[int], Floats]:
        other = learned(p, extra, how)[0]
        return lambda h: forecast(p, other, h, extra)

    def spread(by: Floats) -> Callable[[int], Floats]:
        return lambda h: stretched(p, usual[h], by)

    def levelled(times: float) -> Callable[[int], Floats]:
        return lambda h: forecast(p, theta, h, level=1.0 if h == 21 else times)

    return {
        "as it is": lambda h: usual[h],
        "losses fade faster: 36 months": taught(Learner(memory=36)),
        "losses fade faster: 24 months": taught(Learner(memory=24)),
        "fourth expert: bswa + Vasicek of half-life 504 days": taught(extra=slower),
        "fourth expert: of half-life 60 days": taught(extra=faster),
        "spread stretched by the slope of past 21-day outcomes": spread(slope),
        "the same over 21 days alone": lambda h: stretched(p, usual[h], slope) if h == 21 else usual[h],
        "spread stretched by how far apart betas of the last 63 days lie": spread(
            widening(p, q, usual[252], 63, up_only=False)
        ),
        "the same by 126 days, widening only": spread(widening(p, q, usual[252], 126, up_only=True)),
        "no level over 63 and 252 days": levelled(0.0),
        "half of the level there": levelled(0.5),
        "1.5 times the level there": levelled(1.5),
        "ridge of the weights .1": taught(Learner(ridge=0.1)),
        "ridge of the weights .4": taught(Learner(ridge=0.4)),
        "ridge of the level 12": taught(Learner(level=12.0)),
        "ridge of the level 48": taught(Learner(level=48.0)),
    }


def variants(folder: Path) -> None:
    """Print what each variant gains on bswa + Vasicek."""
    table: dict[str, list[str]] = {}
    for which in ("sp500", "gone"):
        q = panel(which, folder)
        p = parts_of(q, Choice(), HORIZONS)
        for name, made in variants_of(p, q).items():
            table.setdefault(name, []).append(" / ".join(f"{gain(p, made(h), h):.2f}" for h in HORIZONS))
    print("| variant | *sp500* 252 / 63 / 21 days | *gone* 252 / 63 / 21 days |\n|---|---|---|")
    print("\n".join(f"| {name} | {' | '.join(cells)} |" for name, cells in table.items()))


def main() -> None:
    """Print one table."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    options.add_argument("table", choices=("choices", "variants"))
    options.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the Parquet files")
    given = options.parse_args()
    {"choices": choices, "variants": variants}[given.table](given.data)


if __name__ == "__main__":
    main()
