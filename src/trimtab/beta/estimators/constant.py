"""The same beta for everything: what any estimator must beat.

Equation
    beta = 1
Assumption
    Every asset moves with the benchmark one for one, give or take a stated dispersion.
Errors
    The stated dispersion of true betas about the constant; no data enter.
Source
    The market's own beta; as a yardstick for forecasts, for example in Vasicek (1973), whose prior it is.
When not to use it
    As an estimate. It is the zero mark of the league.
"""

from dataclasses import dataclass
from math import isfinite

import numpy as np

from trimtab.beta.estimate import Betas
from trimtab.beta.sample import name_values, take_sample
from trimtab.errors import InputError
from trimtab.market.returns import PairedReturns

__all__ = ["Constant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """One stated beta for each asset that has a return.

    Parameters
    ----------
    value
        The beta.
    sd
        How far true betas lie from it: given as the error.

    Examples
    --------
    >>> Constant(value=0.9).name
    'constant'
    """

    value: float = 1.0
    sd: float = 0.5

    def __post_init__(self) -> None:
        if not (isfinite(self.value) and isfinite(self.sd) and self.sd >= 0):
            raise InputError(
                expected="a finite beta and a dispersion of 0 or more",
                found=f"value={self.value}, sd={self.sd}",
                try_next="give for example value=1, sd=0.5",
            )

    @property
    def name(self) -> str:
        """As written in a list of methods."""
        return "constant"

    @property
    def min_obs(self) -> int:
        """Fewest pairs that give an answer."""
        return 1

    def estimate(self, pairs: PairedReturns) -> Betas:
        """Give the same beta for each asset in `pairs`."""
        sample = take_sample(pairs, None)
        n_obs = np.count_nonzero(~np.isnan(sample.asset), axis=0)
        return name_values(
            sample,
            value=np.where(n_obs > 0, self.value, np.nan),
            scores=np.zeros((1, len(pairs.symbols))),
            n_eff=n_obs.astype(np.float64),
            method=self.name,
            min_obs=self.min_obs,
            window=None,
            own_variance=np.full(len(pairs.symbols), self.sd**2),
        )
