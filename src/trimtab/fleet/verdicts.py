"""Many verdicts at once, each as `trimtab.hedge.verdict.judge` gives it where everything was measured."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trimtab.hedge.verdict import Status
from trimtab.stats.arrays import Floats
from trimtab.stats.normal import interval_probability, outside_probability
from trimtab.stats.normal_arrays import interval_probabilities

__all__ = ["STATUSES", "MandateArrays", "Verdicts", "judge_accounts"]

#: What the numbers of `Verdicts.status` stand for.
STATUSES = (Status.INSIDE, Status.OUTSIDE, Status.UNDECIDED)
_INSIDE, _OUTSIDE, _UNDECIDED = range(3)
#: A probability nearer to the confidence asked for than this is worked out once more, by the one that `judge` uses.
_CLOSE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateArrays:
    """Mandates of many accounts, shape (n_accounts,): target beta, half-width of the band, and confidence."""

    target: Floats
    band: Floats
    confidence: Floats

    @property
    def lower(self) -> Floats:
        """Lower edge of each band."""
        return self.target - self.band

    @property
    def upper(self) -> Floats:
        """Upper edge of each band."""
        return self.target + self.band


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """Verdicts, shape (n_accounts,).

    Parameters
    ----------
    status
        A row of `STATUSES`.
    probability_inside
        That the true beta lies in the band.
    within
        Whether the point estimate does.
    """

    status: NDArray[np.int8]
    probability_inside: Floats
    within: NDArray[np.bool_]


def judge_accounts(beta: Floats, stderr: Floats, mandates: MandateArrays) -> Verdicts:
    """Judge accounts of which everything was measured; NaN where an account is judged by itself.

    Parameters
    ----------
    beta, stderr
        Portfolio betas and their errors, shape (n_accounts,).
    mandates
        Of the same accounts.

    Examples
    --------
    >>> asked = MandateArrays(target=np.ones(3), band=np.full(3, 0.1), confidence=np.array([0.5, 0.5, 0.95]))
    >>> judged = judge_accounts(np.array([1.05, 1.2, 1.12]), np.full(3, 0.03), asked)
    >>> [STATUSES[k].value for k in judged.status]
    ['inside', 'outside', 'undecided']
    """
    lower, upper = mandates.lower, mandates.upper
    inside, outside = interval_probabilities(lower, upper, mean=beta, sd=stderr)
    within = (lower <= beta) & (beta <= upper)
    chance = np.where(within, inside, outside)
    for row in np.flatnonzero(np.abs(chance - mandates.confidence) < _CLOSE).tolist():
        probability = interval_probability if within[row] else outside_probability
        chance[row] = probability(float(lower[row]), float(upper[row]), mean=float(beta[row]), sd=float(stderr[row]))
    status = np.where(within, _INSIDE, _OUTSIDE)
    unsure = (mandates.confidence > 0.5) & ~(chance >= mandates.confidence)
    status = np.where(unsure | ~np.isfinite(beta), _UNDECIDED, status).astype(np.int8)
    return Verdicts(status=status, probability_inside=inside, within=within)
