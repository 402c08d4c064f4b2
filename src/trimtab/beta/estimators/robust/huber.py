r"""Huber's beta: ordinary days count in full, wild days only as far as the edge.

Equation
    minimise sum rho((y_t - a - b x_t) / s),  rho quadratic within k = 1.345 and linear beyond, s = median |e| / .6745
Assumption
    Wild days are news about the asset, not about its beta; the ordinary days show it.
Errors
    The sandwich of M-estimation, allowing errors that grow with the benchmark's move.
Source
    Huber (1973), "Robust regression: asymptotics, conjectures and Monte Carlo", Annals of Statistics 1, 799-821.
When not to use it
    Where beta lives in the wild days: options, or anything that jumps with the benchmark only. It cuts the asset's
    residuals, not the benchmark's moves: one crash day with a wrong price beside it still has great leverage.
"""

from dataclasses import dataclass

from trimtab.beta.estimate import Betas
from trimtab.beta.sample import MIN_OBS, name_values, take_sample
from trimtab.errors import InputError
from trimtab.market.returns import PairedReturns
from trimtab.stats.robust import huber_lines

__all__ = ["Huber"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Huber:
    """Huber's M-estimator of the slope.

    Parameters
    ----------
    k
        Where residuals begin to be cut, in robust standard deviations; infinity gives ordinary least squares.
    window
        Number of paired returns; None takes all.
    min_obs
        Fewest pairs that give an answer.
    """

    k: float = 1.345
    window: int | None = 252
    min_obs: int = MIN_OBS

    def __post_init__(self) -> None:
        if not self.k > 0:
            raise InputError(expected="k above 0", found=f"{self.k}", try_next="give for example 1.345")

    @property
    def name(self) -> str:
        """As written on the command line."""
        return "huber"

    def estimate(self, pairs: PairedReturns) -> Betas:
        """Estimate the beta of each asset in `pairs`."""
        sample = take_sample(pairs, self.window)
        lines = huber_lines(sample.market, sample.asset, self.k)
        return name_values(
            sample,
            value=lines.slope,
            scores=lines.shares,
            n_eff=lines.n_eff,
            method=self.name,
            min_obs=self.min_obs,
            window=self.window,
        )
