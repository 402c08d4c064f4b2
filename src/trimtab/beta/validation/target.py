r"""What came true: each asset's least-squares beta over the rows after a date, with the noise in it.

A realised beta is itself an estimate. Its error variance is the heteroskedasticity-consistent one of MacKinnon and
White (1985), called HC2,

    v = sum_t (x_t - xbar)^2 e_t^2 / (1 - l_t) / S_xx^2,   l_t = 1/n + (x_t - xbar)^2 / S_xx

unbiased under equal variances. A forecast's mean squared error against realised betas is its error against the true
ones plus the mean of v, as long as the forecast knows nothing of the noise to come; hence the noise-corrected error.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trimtab.market.returns import PairedReturns
from trimtab.stats.arrays import Floats
from trimtab.stats.linear import fit_lines

__all__ = ["Realised", "realised_betas"]

#: Share of the horizon's returns that must be there.
_MIN_SHARE = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Realised:
    """Realised betas after forecast dates.

    Parameters
    ----------
    beta
        Shape (n_origins, n_assets); NaN where fewer than nine tenths of the returns are there.
    noise
        Error variance of `beta`, same shape.
    """

    beta: Floats
    noise: Floats


def realised_betas(pairs: PairedReturns, rows: NDArray[np.intp], ahead: int) -> Realised:
    """Regress each asset's next returns on the benchmark's.

    Parameters
    ----------
    pairs
        Paired returns.
    rows
        Forecast rows; the row itself is not part of the period.
    ahead
        Length of the period in rows; dates without that many rows after them give NaN.
    """
    shape = (len(rows), len(pairs.symbols))
    beta, noise = np.full(shape, np.nan), np.full(shape, np.nan)
    for k, row in enumerate(rows.tolist()):
        if row + ahead >= len(pairs.dates):
            break
        after = slice(row + 1, row + 1 + ahead)
        lines = fit_lines(pairs.market[after], pairs.asset[after])
        n = np.maximum(lines.n_obs, 1)
        # leverage of the fit is (x - xbar) / S_xx, 0 where there is no pair
        hat = 1.0 / n + lines.leverage**2 * lines.s_xx
        shares = lines.leverage**2 * lines.residual**2 / np.maximum(1.0 - hat, 1e-12)
        enough = lines.n_obs >= max(3, _MIN_SHARE * ahead)
        beta[k] = np.where(enough, lines.slope, np.nan)
        noise[k] = np.where(enough & np.isfinite(lines.slope), shares.sum(axis=0), np.nan)
    return Realised(beta=beta, noise=noise)
