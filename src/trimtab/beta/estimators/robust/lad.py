r"""Least absolute deviations: the median's beta.

Equation
    minimise sum |y_t - a - b x_t|
Assumption
    The middle of the asset's returns, given the benchmark's, moves along a line.
Errors
    Powell's sandwich: the density of residuals at zero by a kernel, so that errors may grow with the benchmark's move.
Source
    Bassett, Koenker (1978), "Asymptotic theory of least absolute error regression", Journal of the American Statistical
    Association 73, 618-622; Powell (1991) for the errors.
When not to use it
    With calm residuals it wastes a third of the data; `huber` loses a twentieth. With many unchanged prices the median
    sticks at zero.
"""

from dataclasses import dataclass

from trimtab.beta.estimate import Betas
from trimtab.beta.sample import MIN_OBS, name_values, take_sample
from trimtab.market.returns import PairedReturns
from trimtab.stats.robust import lad_lines

__all__ = ["Lad"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lad:
    """Slope of the line with the least sum of absolute residuals.

    Parameters
    ----------
    window
        Number of paired returns; None takes all.
    min_obs
        Fewest pairs that give an answer.
    """

    window: int | None = 252
    min_obs: int = MIN_OBS

    @property
    def name(self) -> str:
        """As written on the command line."""
        return "lad"

    def estimate(self, pairs: PairedReturns) -> Betas:
        """Estimate the beta of each asset in `pairs`."""
        sample = take_sample(pairs, self.window)
        lines = lad_lines(sample.market, sample.asset)
        return name_values(
            sample,
            value=lines.slope,
            scores=lines.shares,
            n_eff=lines.n_eff,
            method=self.name,
            min_obs=self.min_obs,
            window=self.window,
        )
