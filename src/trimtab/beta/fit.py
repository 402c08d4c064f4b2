r"""The fitted reading of methods that forecast: the plain slope of the past year, with nothing drawn anywhere.

Equation
    least squares of the asset's return on the benchmark's over the last year of pairs, 60 pairs at least
Why
    A statement about the past needs no prior and no bound: the slope over these pairs has no bias, and any portfolio's
    fitted beta is the slope of its own returns.
Errors
    Robust, from raw residuals.
"""

from trimtab.beta.estimate import Betas
from trimtab.beta.ols import Ols
from trimtab.market.returns import PairedReturns

__all__ = ["fit_to_past"]

#: Fewest pairs that a year is taken to have: sixty weeks or months where prices are weekly or monthly.
_LEAST = 60


def fit_to_past(pairs: PairedReturns, *, window: int | None, min_obs: int) -> Betas:
    """Give each asset's slope over the past.

    Parameters
    ----------
    pairs
        Paired returns.
    window
        Number of pairs; None takes a year of them.
    min_obs
        Fewest pairs that give an answer.
    """
    year = max(_LEAST, round(pairs.frequency.periods_per_year))
    return Ols(window=year if window is None else window, errors="robust", min_obs=min_obs).estimate(pairs)
