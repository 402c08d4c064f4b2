r"""Weights of forecasts, learned from their own past losses: a ridge towards prior weights, with fading memory.

Equation
    of each finished period, n names:  x = (K - A, B - A, C - A, 1), y = outcome - A
    S <- S + n / (n + 10) mean of x x',   v <- v + n / (n + 10) mean of x y,   both halved every 60 steps
    theta = theta_0 + (S + L)^-1 (v - S theta_0);  weights below 0 are 0, and scaled to add up to 1 where they exceed it
Prior
    theta_0 = (.20, .25, .25; 0), L = diag(.216, .216, .216; 24): what no data have changed.
Source
    Hoerl, Kennard (1970), Technometrics 12, for the ridge; Bates, Granger (1969), Operational Research Quarterly 20,
    for mixing forecasts by their past errors.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trimtab.stats.arrays import Floats
from trimtab.stats.sums import total_of

__all__ = ["LEAST", "PRIOR", "Lesson", "Lessons", "fade", "learn", "lesson_of", "weights_of"]


#: Weights of K, B and C, and the level, without any lesson.
PRIOR = np.array([0.20, 0.25, 0.25, 0.0])
_STRENGTH = np.diag([0.216, 0.216, 0.216, 24.0])
_MEMORY = 60.0
_NAMES = 10.0
#: Fewest names that teach anything.
LEAST = 3


class Lesson(NamedTuple):
    """What one finished period teaches."""

    products: Floats
    """Mean of x x', by n / (n + 10), shape (4, 4)."""
    outcomes: Floats
    """Mean of x y, by the same, shape (4,)."""


class Lessons(NamedTuple):
    """All that past periods taught, S and v."""

    products: Floats
    outcomes: Floats

    @classmethod
    def none(cls) -> "Lessons":
        """Give the state before the first."""
        return cls(np.zeros((4, 4)), np.zeros(4))


def lesson_of(x: Floats, y: Floats, valid: NDArray[np.bool_]) -> Lesson | None:
    """Give what a period teaches, or None with fewer than three names.

    Parameters
    ----------
    x
        Forecasts less the anchor, and ones, shape (4, n_assets).
    y
        Outcomes less the anchor, shape (n_assets,); NaN where there is none.
    valid
        Which names may teach.

    Examples
    --------
    >>> x = np.array([[0.1, -0.1, 0.2], [0.0, 0.1, 0.1], [0.0, 0.1, 0.2], [1.0, 1.0, 1.0]])
    >>> lesson_of(x, np.array([0.1, 0.0, np.nan]), np.ones(3, dtype=bool)) is None
    True
    """
    used = valid & np.isfinite(y) & np.isfinite(x).all(axis=0)
    n = int(used.sum())
    if n < LEAST:
        return None
    regressors = x[:, used]
    size = n / (n + _NAMES) / n
    # Not by BLAS, whose sums depend on machine and thread count; nor in the order of the names, which must not show.
    products = np.array([[total_of(one * other) for other in regressors] for one in regressors])
    outcomes = np.array([total_of(one * y[used]) for one in regressors])
    return Lesson(size * products, size * outcomes)


def fade(lessons: Lessons) -> Lessons:
    """Let a step pass."""
    keep = float(np.exp2(-1.0 / _MEMORY))
    return Lessons(keep * lessons.products, keep * lessons.outcomes)


def learn(lessons: Lessons, lesson: Lesson) -> Lessons:
    """Add a finished period."""
    return Lessons(lessons.products + lesson.products, lessons.outcomes + lesson.outcomes)


def weights_of(lessons: Lessons, prior: Floats = PRIOR) -> Floats:
    """Give the weights of K, B and C, and the level, shape (4,).

    Parameters
    ----------
    lessons
        All that was taught.
    prior
        Weights that no data have changed.

    Examples
    --------
    >>> weights_of(Lessons.none()).tolist()
    [0.2, 0.25, 0.25, 0.0]
    """
    s, v = lessons
    theta: Floats = prior + np.linalg.solve(s + _STRENGTH, v - s @ prior)
    weights = np.maximum(theta[:3], 0.0)
    total = float(weights.sum())
    return np.array([*(weights / total if total > 1.0 else weights), theta[3]])
