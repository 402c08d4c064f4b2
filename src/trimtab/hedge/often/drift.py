r"""How far a portfolio's beta drifts by itself: from its own holdings and past prices, without estimation noise.

Two parts, each a volatility per square-root year, added as variances:

    prices   with betas fixed, beta moves because weights move: to first order in the assets' returns r_i
                 x_t = sum_i beta_i (delta_i + gamma_i) r_it - beta sum_i delta_i r_it         (exposures over NAV)
             Its variance is observed as it is: nothing in it is estimated twice. Weights, gamma and currency, each
             with its own life: `trimtab.hedge.often.drift_parts`.
    betas    with weights fixed at today's, the return sum_i delta_i r_it has a beta that wanders. In blocks of T years
             its least-squares slopes b_j have error variances v_j (White, HC2). For a Brownian beta the
             averages over neighbouring blocks differ by variance 2/3 s^2 T, so
                 s^2 = mean( (b_{j+1} - b_j)^2 - v_j - v_{j+1} ) / (2/3 T)
             Left uncorrected, noise of estimation alone would pass for drift. The figure may come out negative: then
             no drift beyond noise was found, and it counts as 0.

Errors: of a variance, from the spread of its terms with the overlap of neighbouring ones; of a volatility, by the
delta method, error(s^2) / (2 s).
Assumption
    Both parts are unrelated. Exposures of today stand for the whole past. Volatility of the past stands for today's.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, expm1, inf, log, nan, sqrt

import numpy as np
from numpy.typing import ArrayLike

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.hedge.often.drift_parts import DriftPart, DriftPhase, PriceMoves, price_moves
from trimtab.stats.arrays import Floats

__all__ = ["MIN_BLOCKS", "BetaDrift", "beta_drift", "reversion_of"]

MIN_BLOCKS = 8
_FAR_LAG = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class BetaDrift:
    """Volatility of a portfolio's beta, by cause.

    Parameters
    ----------
    vol, stderr
        Both parts together as they are today, beta per square-root year, and its standard error; infinite error where
        vol is 0.
    year_vol, year_stderr
        The same over the year to come, in which options expire: what a policy that stays for a year is chosen by.
    price_vol, price_stderr
        From moving weights and from gamma.
    beta_vol, beta_stderr
        From changing betas; 0 if none was found beyond noise. The error is infinite then.
    beta_variance, beta_variance_stderr
        s^2 of changing betas as estimated, which may be negative, and its standard error.
    noise_share
        Share of the variance of differences between blocks that was estimation noise.
    half_life_years
        Time in which changing betas go half-way back, from differences over one and over four blocks; infinite if
        they show no way back. A rough figure: it has no error because it has no good one.
    n_prices, n_blocks, block
        Rows behind the price part; blocks and rows in a block behind the other.
    parts
        What weights, gamma, changing betas and currency make alone, and how long each lasts.
    phases
        Parts of the year to come in which the same options are alive.
    """

    vol: float
    stderr: float
    year_vol: float
    year_stderr: float
    price_vol: float
    price_stderr: float
    beta_vol: float
    beta_stderr: float
    beta_variance: float
    beta_variance_stderr: float
    noise_share: float
    half_life_years: float
    n_prices: int
    n_blocks: int
    block: int
    parts: tuple[DriftPart, ...]
    phases: tuple[DriftPhase, ...]


def beta_drift(
    returns: ArrayLike,
    market: ArrayLike,
    *,
    delta: ArrayLike,
    gamma: ArrayLike,
    betas: ArrayLike,
    periods_per_year: float,
    block: int = 63,
    recent: int = 252,
    lives: Sequence[float] | None = None,
    currency: ArrayLike | None = None,
) -> BetaDrift:
    """Measure how far the beta of fixed holdings drifts by itself.

    Parameters
    ----------
    returns, market
        Simple returns of assets, shape (n_rows, n_assets), and of the benchmark, shape (n_rows,), without gaps.
    delta, gamma
        Delta and gamma exposure over NAV by asset, shape (n_assets,); with `lives` gamma is of shape
        (n_lives, n_assets).
    betas
        Shape (n_assets,).
    periods_per_year
        Rows per year.
    block
        Rows in a block for the slopes, at least 20.
    recent
        Latest rows that the price part uses.
    lives
        Years that each row of gamma lasts; None lasts for good.
    currency
        The part of `returns` that exchange rates made, same shape; None for none.

    Raises
    ------
    NotEnoughDataError
        With fewer than eight blocks.

    Examples
    --------
    Two assets whose betas stay, one of which wins or loses weight:

    >>> rng = np.random.default_rng(4)
    >>> m = rng.normal(0, 0.01, 2520)
    >>> r = np.column_stack([0.5 * m, 1.5 * m]) + rng.normal(0, 0.01, (2520, 2))
    >>> found = beta_drift(r, m, delta=[0.5, 0.5], gamma=[0, 0], betas=[0.5, 1.5], periods_per_year=252, recent=2520)
    >>> bool(abs(found.price_vol - 0.25 * 0.01 * np.sqrt(3 * 252)) < 3 * found.price_stderr)
    True
    """
    r, m = np.asarray(returns, dtype=np.float64), np.asarray(market, dtype=np.float64)
    d, b = (np.asarray(v, dtype=np.float64) for v in (delta, betas))
    ends = (inf,) if lives is None else tuple(lives)
    g = np.asarray(gamma, dtype=np.float64).reshape(len(ends), -1) if ends else np.zeros((0, len(d)))
    shapes_fit = g.shape == (len(ends), len(d)) and m.shape == (len(r),) and d.shape == b.shape == r.shape[1:]
    if block < 20 or r.ndim != 2 or not shapes_fit:
        raise InputError(
            expected="returns (n_rows, n_assets), market (n_rows,), exposures and betas (n_assets,), blocks of 20 rows",
            found=f"{r.shape}, {m.shape}, {d.shape}, {g.shape}, {b.shape}, blocks of {block}",
            try_next="give one column for each exposure",
        )
    n_blocks = len(r) // block
    if n_blocks < MIN_BLOCKS:
        raise NotEnoughDataError(
            expected=f"at least {MIN_BLOCKS} blocks of {block} rows on which every asset has a return",
            found=f"{len(r)} rows",
            try_next="give a longer history or prices at shorter intervals, or state the drift with --drift-vol",
        )
    foreign = np.zeros_like(r) if currency is None else np.asarray(currency, dtype=np.float64)
    moves = price_moves(r[-recent:], foreign[-recent:], delta=d, gamma=g, lives=ends, betas=b)
    slopes, errors = _slopes(r @ d, m, block, n_blocks)
    return _put_together(moves, slopes, errors, periods_per_year, block)


def _put_together(moves: PriceMoves, slopes: Floats, errors: Floats, per_year: float, block: int) -> BetaDrift:
    """Add the part of prices and the part of changing betas as variances, today and over the year to come."""
    price, price_error = _variance(moves.alive_after(0.0) ** 2, per_year)
    year_price, year_price_error = _variance(moves.mean_squares(), per_year)
    years = block / per_year
    raw = np.diff(slopes) ** 2
    noise = errors[1:] + errors[:-1]
    scale = 2.0 / 3.0 * years
    beta, beta_error = float((raw - noise).mean()) / scale, _overlapping_error(raw - noise) / scale
    lasting = max(0.0, beta)
    total, error = price + lasting, sqrt(price_error**2 + beta_error**2)
    year, year_error = year_price + lasting, sqrt(year_price_error**2 + beta_error**2)
    near, far = float((raw - noise).mean()), _lagged(slopes, errors, _FAR_LAG)
    rate = reversion_of(near, far, years=years, lag=_FAR_LAG) if near > 0 else 0.0
    *at_home, abroad = moves.parts(per_year)
    changing = DriftPart(cause="betas", vol=sqrt(lasting), years=inf)
    phases = tuple(
        DriftPhase(start=start, end=end, vol=sqrt(_variance(moves.alive_after(start) ** 2, per_year)[0] + lasting))
        for start, end in moves.spans()
    )
    return BetaDrift(
        vol=sqrt(total),
        stderr=_root_error(total, error),
        year_vol=sqrt(year),
        year_stderr=_root_error(year, year_error),
        price_vol=sqrt(price),
        price_stderr=_root_error(price, price_error),
        beta_vol=sqrt(lasting),
        beta_stderr=_root_error(beta, beta_error),
        beta_variance=beta,
        beta_variance_stderr=beta_error,
        noise_share=float(noise.sum() / raw.sum()) if raw.sum() > 0 else nan,
        half_life_years=log(2.0) / rate if rate > 0 else inf,
        n_prices=len(moves.weights),
        n_blocks=len(slopes),
        block=block,
        parts=(*at_home, changing, abroad),
        phases=phases,
    )


def reversion_of(near: float, far: float, *, years: float, lag: int) -> float:
    """Give kappa of an Ornstein-Uhlenbeck process from variances of differences between its block averages.

    Parameters
    ----------
    near, far
        Variance of the difference between neighbouring blocks, and between blocks `lag` apart.
    years
        Length of a block.
    lag
        At least 2.

    Returns
    -------
    Per year; 0 if the differences grow as those of a Brownian motion or faster, infinite if they do not grow at all.

    Examples
    --------
    >>> reversion_of(2 / 3, 11 / 3, years=1.0, lag=4)
    0.0
    """

    def ratio(x: float) -> float:
        if x < 1e-3:
            return (lag - 1 / 3) / (2 / 3) * (1 - 0.5 * x * (lag - 1))
        variance = 2.0 * (x + expm1(-x)) / (x * x)
        shared = (expm1(-x) / x) ** 2
        return (variance - shared * exp(-(lag - 1) * x)) / (variance - shared)

    wanted = far / near
    if wanted >= ratio(0.0) * (1 - 1e-12):
        return 0.0
    if wanted <= ratio(50.0):
        return inf
    return _falling_root(ratio, wanted, 50.0) / years


def _falling_root(function: Callable[[float], float], wanted: float, high: float) -> float:
    low = 0.0
    for _ in range(100):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if function(middle) > wanted else (low, middle)
    return 0.5 * (low + high)


def _slopes(y: Floats, x: Floats, block: int, n_blocks: int) -> tuple[Floats, Floats]:
    """Give least-squares slopes and their error variances block by block, counted from the end."""
    used = n_blocks * block
    y, x = (v[-used:].reshape(n_blocks, block) for v in (y, x))
    y, x = y - y.mean(axis=1, keepdims=True), x - x.mean(axis=1, keepdims=True)
    square = (x * x).sum(axis=1)
    if not (square > 0).all():
        raise NotEnoughDataError(
            expected="a benchmark that moves in every block of the history",
            found=f"{int((square <= 0).sum())} blocks in which it stands still",
            try_next="check the benchmark's prices, or state the drift with --drift-vol",
        )
    slope = (x * y).sum(axis=1) / square
    residual = y - slope[:, None] * x
    # Residuals are too small where the line was pulled most (leverage); this makes them right again on average.
    leverage = 1.0 / block + x * x / square[:, None]
    variance = (x * x * residual**2 / np.maximum(1.0 - leverage, 1.0 / block)).sum(axis=1) / square**2
    return slope, variance


def _variance(squares: Floats, per_year: float) -> tuple[float, float]:
    yearly = squares * per_year
    return float(yearly.mean()), float(yearly.std(ddof=1)) / sqrt(len(yearly))


def _overlapping_error(terms: Floats) -> float:
    """Give the standard error of the mean of terms of which neighbours share a block."""
    centred = terms - terms.mean()
    own, next_ = float(centred @ centred), float(centred[1:] @ centred[:-1])
    n = len(terms)
    return sqrt(max(own, own + 2.0 * next_) / (n - 1) / n)


def _lagged(slopes: Floats, errors: Floats, lag: int) -> float:
    return float(((slopes[lag:] - slopes[:-lag]) ** 2 - errors[lag:] - errors[:-lag]).mean())


def _root_error(variance: float, error: float) -> float:
    return error / (2.0 * sqrt(variance)) if variance > 0 else inf
