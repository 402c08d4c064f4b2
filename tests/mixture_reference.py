"""The learned mixture again, asset by asset and day by day in plain Python: shares no code with the product.

For panels without holes of under five years, all of whose assets are shares.
"""

import math
from typing import NamedTuple

import numpy as np

THETA = np.array([0.20, 0.25, 0.25, 0.0])
RIDGE = np.diag([0.216, 0.216, 0.216, 24.0])


class Told(NamedTuple):
    """Forecasts at the last row of each month, (n_months, n_assets), and the weights behind them, (n_months, 4)."""

    rows: list[int]
    value: np.ndarray
    anchor: np.ndarray
    theta: np.ndarray


class OneFilter:
    """A two-speed filter of one asset, in matrices."""

    def __init__(self, sd: float) -> None:
        self.step = np.diag([2 ** (-1 / 756), 2 ** (-1 / 30)])
        self.drift = np.diag([sd**2 * (1 - 2 ** (-2 / 756)), 0.25**2 * (1 - 2 ** (-2 / 30))])
        self.state, self.cov = np.zeros(2), np.diag([0.16, 0.25**2])
        self.mean, self.size, self.weight, self.first = 1.0, 0.0, 0.0, []

    def take(self, y: float, x: float) -> None:
        """Take one pair."""
        self.weight = self.weight * 2 ** (-1 / 126) + 1
        if len(self.first) < 21:
            self.first.append((y - x) ** 2)
            self.size = float(np.mean(self.first))
            return
        self.state, self.cov = self.step @ self.state, self.step @ self.cov @ self.step + self.drift
        h = np.array([x, x])
        variance = float(h @ self.cov @ h) + self.size
        surprise = y - (self.mean + self.state.sum()) * x
        cut = max(min(surprise, 2 * math.sqrt(variance)), -2 * math.sqrt(variance))
        gain = self.cov @ h / variance
        self.state = self.state + gain * cut
        self.cov = self.cov - np.outer(gain, h @ self.cov)
        left = y - (self.mean + self.state.sum()) * x
        self.size += (min(left**2, 16 * self.size) - self.size) / self.weight

    def ahead(self, horizon: int) -> float:
        """Give the mean beta over the days to come."""
        days = np.arange(1, horizon + 1)
        return self.mean + sum(s * float(np.mean(self.step[i, i] ** days)) for i, s in enumerate(self.state))


def anchors(y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Give bswa + Vasicek of every asset, from the rows given."""
    w = np.exp(-2 * np.arange(len(x) - 1, -1, -1) / 252)
    n = w.sum() ** 2 / (w**2).sum()
    x_mean = (w @ x) / w.sum()
    spread = (w @ (x - x_mean) ** 2) / w.sum()
    b, v = [], []
    for column in y.T:
        cut = np.minimum(np.maximum(column, np.minimum(-2 * x, 4 * x)), np.maximum(-2 * x, 4 * x))
        slope = np.polyfit(x, cut, 1, w=np.sqrt(w))
        e = cut - np.polyval(slope, x)
        b.append(slope[0])
        v.append((w @ e**2) / w.sum() * n / (n - 2) / (n * spread))
    b, v = np.array(b), np.array(v)
    mu, q = b.mean(), max(b.var(ddof=1) - v.mean(), 1e-4)
    return (b / v + mu / q) / (1 / v + 1 / q)


def mixture(y: np.ndarray, x: np.ndarray, months: np.ndarray, horizon: int) -> Told:
    """Run the recipe over a panel."""
    n_days, n = y.shape
    ends = [t for t in range(n_days) if t == n_days - 1 or months[t + 1] != months[t]]
    sds = {"P": 0.4, "K": 0.5, "B": 0.4, "C": 0.4}
    filters = {name: [OneFilter(sd) for _ in range(n)] for name, sd in sds.items()}
    s, v, asked = np.zeros((4, 4)), np.zeros(4), []
    told = Told([], np.full((len(ends), n), np.nan), np.full((len(ends), n), np.nan), np.zeros((len(ends), 4)))
    for t in range(n_days):
        for group in filters.values():
            for i in range(n):
                group[i].take(y[t, i], x[t])
        if t not in ends:
            continue
        k = ends.index(t)
        if t >= 20:
            decay = 2.0 ** (-np.arange(t, -1, -1) / 1260)
            market = 0.5 * math.log((decay @ x[: t + 1] ** 2) / decay.sum()) + 0.11
            ln = [0.5 * math.log(f.size) for f in filters["P"]]
            crowd = (n * np.mean(ln) + 25 * market) / (n + 25) if n >= 3 else market
            for i in range(n):
                filters["B"][i].mean = 1 + 0.3 * (ln[i] - market)
                filters["C"][i].mean = 1 + 0.3 * (ln[i] - crowd)
        s, v = s * 0.5 ** (1 / 60), v * 0.5 ** (1 / 60)
        for j, forecasts, a in [item for item in asked if item[0] + 21 <= t]:
            outcome = np.array([np.polyfit(x[j + 1 : j + 22], y[j + 1 : j + 22, i], 1)[0] for i in range(n)]) - a
            s = s + n / (n + 10) * sum(np.outer(f, f) for f in forecasts) / n
            v = v + n / (n + 10) * sum(f * o for f, o in zip(forecasts, outcome, strict=True)) / n
        asked = [item for item in asked if item[0] + 21 > t]
        theta = THETA + np.linalg.inv(s + RIDGE) @ (v - s @ THETA)
        weights = np.maximum(theta[:3], 0)
        theta = np.array([*(weights / max(weights.sum(), 1)), theta[3]])
        told.rows.append(t)
        if t + 1 < 252:
            continue
        a = anchors(y[: t + 1], x[: t + 1])
        told.theta[k], told.anchor[k] = theta, a
        now = np.array([[filters[name][i].ahead(horizon) - a[i] for name in "KBC"] for i in range(n)])
        told.value[k] = a + now @ theta[:3] + theta[3]
        month = [np.array([filters[name][i].ahead(21) - a[i] for name in "KBC"] + [1.0]) for i in range(n)]
        asked.append((t, month, a))
    return told
