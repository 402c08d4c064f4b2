r"""When everything moves together: how far betas and correlations are from one, over time, and pushed there.

Equations
    dispersion            cross-section s(b_i);  true: sqrt(max(var(b_i) - mean(se_i^2), 0))
    average correlation   mean of rho_ij, i < j
    absorption ratio      variance of the first k principal components / whole variance, k = n / 5 rounded up
    effective bets        exp(-sum p_k ln p_k), p_k share of the book's variance on principal component k
    pushed towards one    rho' = rho + (1 - rho) c;  beta_i' = rho'_im s_i / s_m                     0 <= c <= 1
    from measured betas   beta_i' = b_i + max(s_i / s_m - b_i, 0) c: the correlation that b_i means, pushed the same way
Sources
    Kritzman, Li, Page and Rigobon (2011), "Principal components as a measure of systemic risk", Journal of Portfolio
    Management 37; Meucci (2009), "Managing diversification", Risk 22.
Conventions
    Sample covariance (n - 1). Correlations pushed by c stay a correlation matrix: a mix of one with a matrix of ones.
Traps
    Correlation rises with volatility by itself: see `regime`. Betas do not converge to one when correlations do, but to
    the ratio of volatilities. Raw dispersion of betas is partly their error; compare the true one. Where two principal
    components have the same variance, their directions, and with them the effective bets, are not determined.
"""

from dataclasses import dataclass
from math import ceil, exp, sqrt

import numpy as np
from numpy.typing import ArrayLike

from trimtab.errors import InputError
from trimtab.risk.series import complete_rows
from trimtab.stats.arrays import Floats
from trimtab.stats.linear import error_scores, fit_lines

__all__ = ["Convergence", "Pushed", "convergence", "convergence_history", "effective_bets", "push"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Convergence:
    """How alike assets move.

    Parameters
    ----------
    betas, stderrs
        Shape (n_assets,), to the benchmark, robust errors.
    dispersion
        Sample standard deviation across betas.
    true_dispersion
        The same with the part that is estimation error taken off.
    average_correlation
        Mean pairwise correlation.
    absorption, n_components
        Share of variance of the first `n_components` principal components.
    n_obs
        Complete rows.
    """

    betas: Floats
    stderrs: Floats
    dispersion: float
    true_dispersion: float
    average_correlation: float
    absorption: float
    n_components: int
    n_obs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """Correlations pushed towards one.

    Parameters
    ----------
    degree
        c: 0 = as it is, 1 = all correlations one.
    measured, volatility
        Correlations before, shape (n_assets, n_assets), and deviations per period, shape (n_assets,).
    betas
        Shape (n_assets,).
    portfolio_beta, portfolio_sd
        Of the weights given, per period.
    """

    degree: float
    measured: Floats
    volatility: Floats
    betas: Floats
    portfolio_beta: float
    portfolio_sd: float

    @property
    def correlation(self) -> Floats:
        """Correlations between assets, pushed, shape (n_assets, n_assets)."""
        return self.measured + (1.0 - self.measured) * self.degree

    @property
    def covariance(self) -> Floats:
        """Covariances between assets with them, same shape."""
        return self.correlation * np.outer(self.volatility, self.volatility)


def convergence(returns: ArrayLike, market: ArrayLike, *, n_components: int | None = None) -> Convergence:
    """Measure how alike assets move.

    Parameters
    ----------
    returns
        Shape (n_periods, n_assets), at least two assets; rows with a missing return are left out.
    market
        Shape (n_periods,).
    n_components
        For the absorption ratio; None takes a fifth of the assets, rounded up.

    Examples
    --------
    >>> market = 0.01 * np.sin(np.arange(50.0))
    >>> alike = convergence(np.column_stack([market, 2 * market]), market)
    >>> round(alike.average_correlation, 6), round(alike.absorption, 6), round(alike.dispersion, 6)
    (1.0, 1.0, 0.707107)
    """
    r, m = complete_rows(10, returns=returns, market=market)
    if r.ndim != 2 or r.shape[1] < 2:
        raise InputError(expected="two assets or more", found=f"shape {r.shape}", try_next="give one column per asset")
    n_assets = r.shape[1]
    centred = r - r.mean(axis=0)
    variance = np.sum(centred * centred, axis=0) / (len(r) - 1)
    if not (variance > 0).all():
        raise InputError(
            expected="assets that move",
            found=f"column {int(np.argmin(variance))} does not",
            try_next="leave out cash and constant prices",
        )
    # The sum of all correlations is the variance of the sum of standardised returns: no matrix of n x n is needed.
    together = (centred / np.sqrt(variance)).sum(axis=1)
    correlations = float(together @ together) / (len(r) - 1)
    lines = fit_lines(np.broadcast_to(m[:, None], r.shape), r)
    errors = np.linalg.norm(error_scores(lines, "robust"), axis=0)
    count = ceil(n_assets / 5) if n_components is None else n_components
    # Returns and their transpose have the same eigenvalues but for zeros: the smaller of both products is taken.
    product = centred.T @ centred if n_assets <= len(r) else centred @ centred.T
    values = np.sort(np.linalg.eigvalsh(product))[::-1]
    spread = float(np.var(lines.slope, ddof=1))
    return Convergence(
        betas=lines.slope,
        stderrs=errors,
        dispersion=sqrt(spread),
        true_dispersion=sqrt(max(spread - float(np.mean(errors**2)), 0.0)),
        average_correlation=(correlations - n_assets) / (n_assets * (n_assets - 1)),
        absorption=float(values[:count].sum() / values.sum()),
        n_components=count,
        n_obs=len(r),
    )


def convergence_history(
    returns: ArrayLike, market: ArrayLike, *, window: int = 252, step: int = 21
) -> tuple[tuple[int, Convergence], ...]:
    """Measure over trailing windows: pairs of (last row of the window, measures); nothing looks ahead.

    Examples
    --------
    >>> clock = np.arange(120.0)
    >>> table = np.column_stack([np.sin(clock), np.cos(clock)])
    >>> [row for row, _ in convergence_history(table, np.sin(clock), window=60, step=30)]
    [59, 89, 119]
    """
    r, m = np.asarray(returns, dtype=np.float64), np.asarray(market, dtype=np.float64)
    if window < 10 or step < 1:
        raise InputError(
            expected="a window of 10 or more and a step of 1 or more",
            found=f"{window}, {step}",
            try_next="252 and 21 look back a year every month",
        )
    ends = range(window - 1, len(m), step)
    return tuple((end, convergence(r[end - window + 1 : end + 1], m[end - window + 1 : end + 1])) for end in ends)


def effective_bets(weights: ArrayLike, covariance: ArrayLike) -> float:
    """Give the effective number of uncorrelated bets in a book, 1 to n.

    Examples
    --------
    Equal weights in four uncorrelated assets of risk 1, 2, 3 and 4 are fewer than four bets:

    >>> round(effective_bets([1, 1, 1, 1], np.diag([1.0, 4.0, 9.0, 16.0])), 3)
    2.94
    """
    w, cov = np.asarray(weights, dtype=np.float64), np.asarray(covariance, dtype=np.float64)
    values, vectors = np.linalg.eigh(cov)
    variance = np.maximum(values, 0.0) * (vectors.T @ w) ** 2
    total = float(variance.sum())
    if not total > 0:
        raise InputError(
            expected="a book with some variance", found="none", try_next="check the weights and the covariance"
        )
    shares = variance[variance > 0] / total
    return exp(-float(np.sum(shares * np.log(shares))))


def push(
    degree: float,
    *,
    weights: ArrayLike,
    correlation: ArrayLike,
    with_market: ArrayLike,
    volatility: ArrayLike,
    market_volatility: float,
    betas: ArrayLike | None = None,
    portfolio_beta: float | None = None,
) -> Pushed:
    """Push every correlation the same share of the way to one.

    With measured betas the move starts from them, and not from what this window's correlations say: pushed by nothing,
    the portfolio has the beta that was measured, to the last digit. A beta above the ratio of volatilities means a
    correlation of one already, and stays.

    Parameters
    ----------
    degree
        c, 0 to 1.
    weights
        Exposure / NAV, shape (n_assets,).
    correlation
        Between assets, shape (n_assets, n_assets).
    with_market
        Of each asset with the benchmark, shape (n_assets,).
    volatility, market_volatility
        Standard deviations in the stress, per period.
    betas
        Measured betas, shape (n_assets,); None takes those of `with_market`.
    portfolio_beta
        Beta of the whole portfolio, of which these assets are a part; None takes the sum over these assets.

    Examples
    --------
    A defensive share at full convergence has the beta of its volatility:

    >>> for c in (0.0, 0.5, 1.0):
    ...     pushed = push(
    ...         c, weights=[1.0], correlation=[[1.0]], with_market=[0.3], volatility=[0.02], market_volatility=0.01
    ...     )
    ...     print(round(pushed.portfolio_beta, 6))
    0.6
    1.3
    2.0
    """
    w, rho = np.asarray(weights, dtype=np.float64), np.asarray(correlation, dtype=np.float64)
    rho_m, sd = np.asarray(with_market, dtype=np.float64), np.asarray(volatility, dtype=np.float64)
    if not 0 <= degree <= 1 or not market_volatility > 0 or not (sd >= 0).all():
        raise InputError(
            expected="a degree from 0 to 1, and volatilities of zero or more",
            found=f"{degree}, {market_volatility}",
            try_next="0.5 goes half the way to correlations of one",
        )
    ratio = sd / market_volatility
    start = rho_m * ratio if betas is None else np.asarray(betas, dtype=np.float64)
    change = degree * np.maximum(ratio - start, 0.0)
    whole = float(w @ start) if portfolio_beta is None else portfolio_beta
    risk = w * sd
    variance = (1.0 - degree) * float(risk @ rho @ risk) + degree * float(risk.sum()) ** 2
    return Pushed(
        degree=degree,
        measured=rho,
        volatility=sd,
        betas=start + change,
        portfolio_beta=whole + float(w @ change),
        portfolio_sd=sqrt(max(variance, 0.0)),
    )
