r"""GARCH(1,1) variances and dynamic conditional correlation, fitted by quasi-likelihood with targeted levels.

    h_t = s^2 (1 - alpha - beta) + alpha e_{t-1}^2 + beta h_{t-1}                       (Bollerslev 1986)
    q_t = Q (1 - a - b) + a z_{t-1} z'_{t-1} + b q_{t-1},   z = e / sqrt(h)              (Engle 2002)
    rho_t = q_xy / sqrt(q_xx q_yy)

Levels s^2 and Q are sample moments, so each stage searches two numbers: the persistence and the share of news in it.
Both recursions are linear filters, which SciPy runs compiled. The last value of each path is the forecast for the day
after the data.
"""

from collections.abc import Callable

import numpy as np

from trimtab.stats.arrays import Floats

__all__ = ["correlation_likelihood", "correlation_path", "fit_correlation", "fit_variance", "variance_likelihood",
           "variance_path"]  # fmt: skip

#: Edges of (news, persistence): alpha or a within the first, alpha + beta or a + b within the second.
BOUNDS = ((1e-4, 0.5), (0.02, 0.9995))
_STARTS = ((0.05, 0.95), (0.1, 0.9), (0.02, 0.99))


def variance_path(squares: Floats, level: float, news: float, persistence: float) -> Floats:
    """Give h_1 .. h_{n+1} from squared residuals e_1^2 .. e_n^2; h_1 is the level.

    Examples
    --------
    >>> variance_path(np.array([4.0]), 1.0, 0.1, 0.9).round(9).tolist()
    [1.0, 1.3]
    """
    return _filtered(squares, level, news, persistence)


def correlation_path(z: Floats, level: float, news: float, persistence: float) -> Floats:
    """Give rho_1 .. rho_{n+1} from standardised residuals, shape (n, 2); `level` is their long-run value.

    Examples
    --------
    >>> correlation_path(np.array([[1.0, 1.0]]), 0.5, 0.1, 0.9).round(9).tolist()
    [0.5, 0.55]
    """
    xy = _filtered(z[:, 0] * z[:, 1], level, news, persistence)
    xx = _filtered(z[:, 0] ** 2, 1.0, news, persistence)
    yy = _filtered(z[:, 1] ** 2, 1.0, news, persistence)
    return xy / np.sqrt(xx * yy)


def _filtered(inputs: Floats, level: float, news: float, persistence: float) -> Floats:
    # SciPy takes half a second to load, and most runs have no use for these two.
    from scipy.signal import lfilter  # noqa: PLC0415

    decay = persistence - news
    driven = level * (1.0 - persistence) + news * inputs
    rest, _ = lfilter([1.0], [1.0, -decay], driven, zi=[decay * level])
    return np.concatenate([[level], rest])


def variance_likelihood(e: Floats, level: float, news: float, persistence: float) -> Floats:
    """Give each day's Gaussian log-likelihood, without constants, shape (n,)."""
    h = variance_path(e**2, level, news, persistence)[:-1]
    return -0.5 * (np.log(h) + e**2 / h)


def correlation_likelihood(z: Floats, level: float, news: float, persistence: float) -> Floats:
    """Give each day's log-likelihood of the correlation, given standardised residuals, shape (n,)."""
    rho = correlation_path(z, level, news, persistence)[:-1]
    left = 1.0 - rho**2
    square = z[:, 0] ** 2 + z[:, 1] ** 2 - 2.0 * rho * z[:, 0] * z[:, 1]
    return -0.5 * (np.log(left) + square / left - z[:, 0] ** 2 - z[:, 1] ** 2)


def fit_variance(e: Floats) -> tuple[float, float, float]:
    """Fit (level, news, persistence) of a GARCH(1,1) to residuals with mean zero, shape (n,)."""
    level = float(np.mean(e**2))
    unit = e / np.sqrt(level)
    news, persistence = _fit(lambda a, p: variance_likelihood(unit, 1.0, a, p))
    return level, news, persistence


def fit_correlation(z: Floats) -> tuple[float, float, float]:
    """Fit (level, news, persistence) of the correlation to standardised residuals, shape (n, 2)."""
    level = float(np.mean(z[:, 0] * z[:, 1]) / (0.5 * np.mean(z[:, 0] ** 2 + z[:, 1] ** 2)))
    news, persistence = _fit(lambda a, p: correlation_likelihood(z, level, a, p))
    return level, news, persistence


def _fit(likelihood: Callable[[float, float], Floats]) -> tuple[float, float]:
    """Search news and persistence from the likeliest of a few starts."""
    from scipy.optimize import minimize  # noqa: PLC0415

    def loss(point: Floats) -> float:
        # News cannot exceed persistence: the rest of it, the decay, would be negative.
        news, persistence = min(point[0], point[1]), point[1]
        return -float(np.mean(likelihood(news, persistence)))

    start = min(_STARTS, key=lambda s: loss(np.array(s)))
    solution = minimize(loss, np.array(start), method="L-BFGS-B", bounds=BOUNDS, options={"ftol": 1e-13, "gtol": 1e-9})
    return float(min(solution.x[0], solution.x[1])), float(solution.x[1])
