r"""First-order autoregressions: what is left of a distance after h steps, on average, and what drift adds.

With x_{t+1} = phi x_t + u, stationary variance 1, so that var(u) = 1 - phi^2:

    average of E[x_{t+1..t+h} | x_t] = x_t (1/h) sum_{k=1..h} phi^k
    variance of the average around it = (1 - phi^2) / h^2 * sum_{j=1..h} ((1 - phi^(h-j+1)) / (1 - phi))^2

since the shock of step j enters steps j..h with weights 1, phi, phi^2, ...
"""

import numpy as np

__all__ = ["average_decay", "average_drift_variance"]


def average_decay(phi: float, horizon: int) -> float:
    """Give (1/h) sum of phi^k for k = 1..h.

    Examples
    --------
    >>> average_decay(0.5, 2), average_decay(1.0, 10)
    (0.375, 1.0)
    """
    return float(np.mean(phi ** np.arange(1.0, horizon + 1.0)))


def average_drift_variance(phi: float, horizon: int, *, shock_variance: float | None = None) -> float:
    """Give the variance of the average of the next h values around its expectation.

    Parameters
    ----------
    phi
        Autoregression, 0 to 1. With 1 (a random walk) `shock_variance` must be given.
    horizon
        h, in steps.
    shock_variance
        Variance of one step's shock; by default 1 - phi^2, which makes the stationary variance 1.

    Examples
    --------
    For one step it is the variance of one shock:

    >>> average_drift_variance(0.6, 1)
    0.64
    """
    shock = 1.0 - phi**2 if shock_variance is None else shock_variance
    # Partial sums 1, 1 + phi, ... : the weight of each step's shock in the sum over the horizon.
    weights = np.cumsum(phi ** np.arange(horizon, dtype=np.float64))
    return float(shock * np.sum(weights**2) / horizon**2)
