r"""Weighted straight lines through many columns at once, with the pieces their errors are made of.

For column i with weights w and pairs (x, y)

    slope = S_xy / S_xx,   S_xy = sum w (x - xbar)(y - ybar),   xbar, ybar weighted means.

The slope is linear in y, so each observation has a share in its error. With k_t = w_t (x_t - xbar) / S_xx and residual
e_t, three estimates of the error are built as *scores*, one number per observation and column, whose squares add up to
the squared error, and whose products between two columns add up to the covariance of the two errors:

- classical  score_t = e_t * sqrt(s2 / S_xx) / |e|,            s2 = sum e^2 / (n - 2), equal weights only
- robust     score_t = k_t e_t * sqrt(n_eff / (n_eff - 2))      (HC1; White 1980)
- HAC        moving sums of L + 1 robust shares / sqrt(L + 1)   (Bartlett kernel; Newey and West 1987)

The last line is the Newey-West estimator exactly: the average outer product of moving sums of length L + 1, zeros
beyond both ends, weighs a product at lag l by 1 - l / (L + 1).

The error of any combination of columns, such as a portfolio, is then the norm of the same combination of scores:
errors that are correlated neither cancel by assumption nor need an n x n matrix.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from trimtab.stats.arrays import Floats

__all__ = ["ErrorKind", "Lines", "error_scores", "fit_lines", "hac_scores", "leave_one_out_scores", "newey_west_lags"]

ErrorKind = Literal["classical", "robust", "hac"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Straight lines fitted to columns.

    Parameters
    ----------
    slope, intercept
        Shape (n_assets,); NaN where x does not vary or there are no pairs.
    residual
        y - intercept - slope x, shape (n_dates, n_assets), 0 where there is no pair.
    leverage
        k_t: derivative of the slope by y_t, same shape, 0 where there is no pair.
    n_obs
        Number of pairs with a positive weight.
    n_eff
        Effective number of observations, (sum w)^2 / sum w^2 (Kish).
    s_xx
        Weighted sum of squares of x about its mean.
    """

    slope: Floats
    intercept: Floats
    residual: Floats
    leverage: Floats
    n_obs: NDArray[np.intp]
    n_eff: Floats
    s_xx: Floats


def fit_lines(x: Floats, y: Floats, weights: Floats | None = None) -> Lines:
    """Fit y = intercept + slope x to each column by weighted least squares.

    Parameters
    ----------
    x, y
        Shape (n_dates, n_assets); a pair counts where both are finite.
    weights
        Non-negative, broadcastable to the same shape; None means equal weights.

    Examples
    --------
    >>> x = np.array([[1.0], [2.0], [4.0]])
    >>> lines = fit_lines(x, 3.0 + 2.0 * x)
    >>> lines.slope.round(12).tolist(), lines.intercept.round(12).tolist()
    ([2.0], [3.0])
    """
    paired = np.isfinite(x) & np.isfinite(y)
    # (n_dates, n_assets); a zero weight takes a row out of every sum below.
    w = paired.astype(np.float64) if weights is None else np.where(paired, weights, 0.0)
    x0 = np.where(paired, x, 0.0)
    y0 = np.where(paired, y, 0.0)
    total = w.sum(axis=0)
    safe = np.where(total > 0, total, 1.0)
    x_mean = np.einsum("ti,ti->i", w, x0) / safe
    y_mean = np.einsum("ti,ti->i", w, y0) / safe
    # Centre before squaring: the textbook sum of squares minus n times the squared mean loses all digits when the
    # mean is large against the spread.
    x_dev = np.where(paired, x0 - x_mean, 0.0)
    y_dev = np.where(paired, y0 - y_mean, 0.0)
    s_xx = np.einsum("ti,ti,ti->i", w, x_dev, x_dev)
    s_xy = np.einsum("ti,ti,ti->i", w, x_dev, y_dev)
    largest = np.max(np.abs(x0), axis=0, initial=0.0)
    # Below this, the spread of x is rounding noise and a slope would be one too.
    varies = s_xx > total * (8 * np.finfo(float).eps * largest) ** 2
    slope = np.where(varies, s_xy / np.where(varies, s_xx, 1.0), np.nan)
    intercept = y_mean - slope * x_mean
    usable = np.where(varies, slope, 0.0)
    return Lines(
        slope=slope,
        intercept=np.where(varies, intercept, np.nan),
        residual=np.where(paired, y_dev - usable * x_dev, 0.0),
        leverage=w * x_dev / np.where(varies, s_xx, 1.0),
        n_obs=np.count_nonzero(w > 0, axis=0),
        n_eff=total**2 / np.where(total > 0, np.einsum("ti,ti->i", w, w), 1.0),
        s_xx=s_xx,
    )


def error_scores(lines: Lines, kind: ErrorKind, *, lags: int | None = None) -> Floats:
    """Build the scores of the slopes' errors: the norm of a column is the slope's standard error.

    Parameters
    ----------
    lines
        A fit.
    kind
        "classical", "robust" or "hac" (see the module).
    lags
        For "hac": how many lags; None takes `newey_west_lags` of the longest column.

    Returns
    -------
    Shape (n_scores, n_assets), n_scores = n_dates (+ lags for "hac").

    Examples
    --------
    >>> x = np.array([[1.0], [2.0], [3.0], [4.0]])
    >>> scores = error_scores(fit_lines(x, np.array([[1.0], [2.0], [2.0], [4.0]])), "classical")
    >>> float(np.sqrt((scores**2).sum()).round(6))
    0.264575
    """
    if kind == "classical":
        squares = np.einsum("ti,ti->i", lines.residual, lines.residual)
        freedom = np.maximum(lines.n_obs - 2, 1)
        size = np.sqrt(1.0 / (freedom * np.where(lines.s_xx > 0, lines.s_xx, 1.0)))
        # A perfect fit has no residuals: its error is 0 and so are its scores.
        return lines.residual * np.where(squares > 0, size, 0.0)
    shares = lines.leverage * lines.residual * np.sqrt(lines.n_eff / np.maximum(lines.n_eff - 2.0, 1.0))
    if kind == "robust":
        return shares
    return hac_scores(shares, newey_west_lags(int(lines.n_obs.max(initial=0))) if lags is None else lags)


def leave_one_out_scores(lines: Lines) -> Floats:
    """Build robust scores for few pairs: each residual as it is when its own pair is left out (HC3).

    One day far out draws the line to itself, and its residual is small for that reason alone. With equal weights the
    residual without it is e / (1 - h), h = 1 / n + k^2 S_xx its leverage (MacKinnon, White 1985, Journal of
    Econometrics 29, 305-325).

    Parameters
    ----------
    lines
        A fit with equal weights.

    Examples
    --------
    >>> lines = fit_lines(np.array([[1.0], [2.0], [3.0], [9.0]]), np.array([[1.0], [2.0], [2.0], [7.0]]))
    >>> few, plain = (float(np.linalg.norm(s)) for s in (leave_one_out_scores(lines), error_scores(lines, "robust")))
    >>> few > plain
    True
    """
    h = 1.0 / np.maximum(lines.n_obs, 1) + lines.leverage**2 * lines.s_xx
    scores: Floats = lines.leverage * lines.residual / np.maximum(1.0 - h, 1e-6)
    return scores


def hac_scores(shares: Floats, lags: int) -> Floats:
    """Turn each observation's share in an estimate's error into Newey-West scores.

    Parameters
    ----------
    shares
        Shape (n_dates, n_assets).
    lags
        L, 0 or more.

    Returns
    -------
    Moving sums of L + 1 shares over sqrt(L + 1), shape (n_dates + L, n_assets).

    Examples
    --------
    Shares that repeat add up, shares that alternate cancel:

    >>> [round(float((hac_scores(np.array(s)[:, None], 1) ** 2).sum()), 9) for s in ([1.0, 1.0], [1.0, -1.0])]
    [3.0, 1.0]
    """
    padded = np.vstack([shares, np.zeros((lags, shares.shape[1]))])
    sums = padded.copy()
    for lag in range(1, lags + 1):
        sums[lag:] += padded[:-lag]
    scores: Floats = sums / np.sqrt(lags + 1.0)
    return scores


def newey_west_lags(n_obs: int) -> int:
    """Give the usual number of Newey-West lags, floor(4 (n / 100)^(2/9)).

    Examples
    --------
    >>> newey_west_lags(252)
    4
    """
    return int(4.0 * (n_obs / 100.0) ** (2.0 / 9.0)) if n_obs > 0 else 0
