"""Average of an autoregressive state over the days to come."""

import numpy as np

__all__ = ["average_ahead"]


def average_ahead(phi: float, horizon: int) -> tuple[float, float]:
    """Give the weight of today's deviation, and the variance still to come, in the average over a horizon.

    For z_{t+k} = phi z_{t+k-1} + shock with unit shocks, the average over k = 1..h has the conditional mean a z_t and
    the variance v of shocks still to come:

        a = (1/h) sum_{k=1..h} phi^k,    v = (1/h^2) sum_{i=1..h} (1 + phi + ... + phi^(i-1))^2

    Parameters
    ----------
    phi
        Persistence per row, 0 to 1; 1 is a random walk.
    horizon
        h in rows; 0 means today's state itself: (1, 0).

    Examples
    --------
    >>> average_ahead(1.0, 2)  # two steps of a random walk: shocks weigh 1 and 1/2
    (1.0, 1.25)
    """
    if horizon == 0:
        return 1.0, 0.0
    powers = phi ** np.arange(horizon + 1, dtype=np.float64)
    steps = np.cumsum(powers[:-1])
    return float(powers[1:].mean()), float(np.sum(steps**2) / horizon**2)
