r"""Dynamic conditional correlation: beta as tomorrow's covariance over tomorrow's variance.

Equation
    beta_{T+1} = rho_{T+1} sqrt(h_y,T+1 / h_x,T+1),  h by GARCH(1,1), rho by DCC(1,1), fitted to each pair by
    quasi-likelihood, with variances and mean correlation targeted at their sample values
Assumption
    Variances and correlation each revert to a constant level, at speeds of their own, driven by yesterday's news alone.
Errors
    All nine numbers (three levels, three pairs of speeds) are solutions of moment conditions; each day's influence on
    them is carried to beta, Newey-West over days. A speed at the edge of its range counts as known. That the
    model may be wrong is not in there, and it matters: with a beta that stands still beside noise that clusters by
    itself, 95% intervals held half the time.
Source
    Engle (2002), "Dynamic conditional correlation", Journal of Business & Economic Statistics 20, 339-350; Engle
    (2016), "Dynamic conditional beta", Journal of Financial Econometrics 14, 643-667.
When not to use it
    To forecast over months: Hollstein and Prokopczuk (2016) found every GARCH beta beaten by plain history. On less
    than two years of days the speeds are not known. A fit takes about a tenth of a second an asset.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trimtab.beta.estimate import Betas
from trimtab.beta.fit import fit_to_past
from trimtab.beta.sample import name_values, take_sample
from trimtab.market.returns import PairedReturns
from trimtab.stats.arrays import Floats
from trimtab.stats.garch import (
    BOUNDS,
    correlation_likelihood,
    correlation_path,
    fit_correlation,
    fit_variance,
    variance_likelihood,
    variance_path,
)
from trimtab.stats.linear import hac_scores, newey_west_lags

__all__ = ["Dcc"]

#: Order of parameters: levels, then (news, persistence) of y, x and the correlation.
_LEVELS, _SPEEDS = 3, 6
_STEP = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Dcc:
    """Conditional beta of the day after the data.

    Parameters
    ----------
    window
        Number of paired returns; None takes all.
    min_obs
        Fewest pairs that give an answer.
    """

    window: int | None = 1260
    min_obs: int = 250

    @property
    def name(self) -> str:
        """As written on the command line."""
        return "dcc"

    def estimate(self, pairs: PairedReturns) -> Betas:
        """Estimate the beta of each asset in `pairs`."""
        sample = take_sample(pairs, self.window)
        shape = sample.asset.shape
        value, shares = np.full(shape[1], np.nan), np.zeros(shape)
        is_complete = np.isfinite(sample.asset) & np.isfinite(sample.market)
        fits: dict[bytes, tuple[float, float, float]] = {}
        for i, symbol in enumerate(pairs.symbols):
            rows = np.flatnonzero(is_complete[:, i])
            if len(rows) < self.min_obs or symbol == pairs.benchmark:
                continue
            y, x = sample.asset[rows, i], sample.market[rows, i]
            y, x = y - y.mean(), x - x.mean()
            if not (np.ptp(y) > 0 and np.ptp(x) > 0):
                continue
            # Assets that trade on the same days share the benchmark's fit.
            key = rows.tobytes()
            if key not in fits:
                fits[key] = fit_variance(x)
            value[i], shares[rows, i] = _conditional_beta(y, x, fits[key])
        value[[s == pairs.benchmark for s in pairs.symbols]] = 1.0
        n_obs = is_complete.sum(axis=0)
        forecast = name_values(
            sample,
            value=value,
            scores=hac_scores(shares, newey_west_lags(int(n_obs.max(initial=0)))),
            n_eff=n_obs.astype(np.float64),
            method=self.name,
            min_obs=self.min_obs,
            window=self.window,
            horizon=1,
        )
        return replace(forecast, fitted=fit_to_past(pairs, window=self.window, min_obs=self.min_obs))


def _conditional_beta(y: Floats, x: Floats, x_fit: tuple[float, float, float]) -> tuple[float, Floats]:
    """Fit y and the correlation, and give tomorrow's beta with each day's influence on it."""
    y_fit = fit_variance(y)
    z = np.column_stack([y, x]) / np.sqrt(
        np.column_stack([variance_path(y**2, *y_fit)[:-1], variance_path(x**2, *x_fit)[:-1]])
    )
    c_fit = fit_correlation(z)
    theta = np.array([y_fit[0], x_fit[0], c_fit[0], *y_fit[1:], *x_fit[1:], *c_fit[1:]])
    scale = np.array([y_fit[0], x_fit[0], 1.0, *[1.0] * _SPEEDS])
    free = np.concatenate([np.ones(_LEVELS, dtype=bool), _inside(theta[_LEVELS:])])

    def moments(at: Floats) -> Floats:
        return _moments(at, y, x, scale)[:, free]

    # theta - truth = -G^-1 mean(g): each day's influence on theta, then on beta.
    G = np.column_stack(_slopes(lambda at: moments(at).mean(axis=0), theta, scale, free))
    gradient = np.array(_slopes(lambda at: np.array([_beta_of(at, y, x)]), theta, scale, free))[:, 0]
    influence = -moments(theta) @ np.linalg.lstsq(G.T, gradient, rcond=1e-10)[0]
    return _beta_of(theta, y, x), influence / len(y)


def _inside(speeds: Floats) -> NDArray[np.bool_]:
    """Tell which speeds are away from their edges by more than the step of a derivative."""
    low, high = np.array(BOUNDS * 3).T
    inside: NDArray[np.bool_] = (speeds > low + 4 * _STEP) & (speeds < high - 2 * _STEP)
    # Where news has no part, its persistence has no meaning.
    pairs = inside.reshape(-1, 2)
    pairs[:, 1] &= pairs[:, 0]
    return pairs.ravel()


def _standardised(theta: Floats, y: Floats, x: Floats) -> tuple[Floats, Floats, Floats]:
    h_y = variance_path(y**2, theta[0], theta[3], theta[4])
    h_x = variance_path(x**2, theta[1], theta[5], theta[6])
    return np.column_stack([y / np.sqrt(h_y[:-1]), x / np.sqrt(h_x[:-1])]), h_y, h_x


def _beta_of(theta: Floats, y: Floats, x: Floats) -> float:
    z, h_y, h_x = _standardised(theta, y, x)
    rho = correlation_path(z, theta[2], theta[7], theta[8])
    return float(rho[-1] * np.sqrt(h_y[-1] / h_x[-1]))


def _moments(theta: Floats, y: Floats, x: Floats, scale: Floats) -> Floats:
    """Give each day's moment conditions, shape (n, 9): levels, then derivatives of each stage's likelihood."""
    z, _, _ = _standardised(theta, y, x)
    levels = np.column_stack(
        [
            (y**2 - theta[0]) / scale[0],
            (x**2 - theta[1]) / scale[1],
            z[:, 0] * z[:, 1] - 0.5 * theta[2] * (z[:, 0] ** 2 + z[:, 1] ** 2),
        ]
    )
    stages: list[tuple[int, Callable[[float, float], Floats]]] = [
        (3, lambda a, p: variance_likelihood(y, theta[0], a, p)),
        (5, lambda a, p: variance_likelihood(x, theta[1], a, p)),
        (7, lambda a, p: correlation_likelihood(z, theta[2], a, p)),
    ]
    columns = []
    for k, likelihood in stages:
        news, persistence = theta[k], theta[k + 1]
        columns.append((likelihood(news + _STEP, persistence) - likelihood(news - _STEP, persistence)) / (2 * _STEP))
        columns.append((likelihood(news, persistence + _STEP) - likelihood(news, persistence - _STEP)) / (2 * _STEP))
    return np.column_stack([levels, *columns])


def _slopes(f: Callable[[Floats], Floats], theta: Floats, scale: Floats, free: NDArray[np.bool_]) -> list[Floats]:
    """Give central differences of f by each free parameter."""
    slopes = []
    for k in np.flatnonzero(free):
        step = np.zeros(len(theta))
        step[k] = _STEP * scale[k]
        slopes.append((f(theta + step) - f(theta - step)) / (2 * step[k]))
    return slopes
