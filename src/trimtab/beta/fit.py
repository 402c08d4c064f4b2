r"""The fitted reading of methods that forecast: the plain slope of the past year, with nothing drawn anywhere.

Equation
    least squares of the asset's return on the benchmark's over the last year of pairs, 60 pairs at least
Why
    A statement about the past needs no prior and no bound: the slope over these pairs has no bias, and any portfolio's
    fitted beta is the slope of its own returns.
Errors
    They speak of that slope: robust, from raw residuals, each as it is when its own day is left out, so that sixty
    pairs are enough (HC3; MacKinnon, White 1985). A portfolio's is that of its own regression, to the last digit.
"""

from trimtab.beta.estimate import Betas
from trimtab.beta.sample import name_values, take_sample
from trimtab.market.returns import PairedReturns
from trimtab.stats.linear import fit_lines, leave_one_out_scores

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
    sample = take_sample(pairs, year if window is None else window)
    lines = fit_lines(sample.market, sample.asset)
    return name_values(
        sample,
        value=lines.slope,
        scores=leave_one_out_scores(lines),
        n_eff=lines.n_eff,
        method="ols",
        min_obs=min_obs,
        window=None,
    )
