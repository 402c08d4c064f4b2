"""One method at one horizon, judged."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trimtab.beta.validation.basket import Baskets, extreme_residuals, random_residuals
from trimtab.beta.validation.measure import long_run_error, mincer_zarnowitz, relative_gain, row_means
from trimtab.beta.validation.schedule import Horizon
from trimtab.beta.validation.target import Realised
from trimtab.stats.arrays import Floats
from trimtab.stats.normal import normal_quantile

__all__ = ["AssetScore", "Score", "judge", "score_assets"]

_LEVEL = 0.90


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How good a method's forecasts were over one horizon; NaN where the data cannot say.

    Parameters
    ----------
    method
        As it was written.
    days
        Horizon in trading days.
    n_dates, n_forecasts
        Dates, and names times dates, that it was judged on; the same for all methods that are ranked.
    answered
        Share of the forecasts that both baselines gave which this method gave too.
    ranked
        False where it answered too seldom to be compared on the common sample: then only its gains are comparable.
    rmse
        Root mean squared error against realised betas; dates weigh equally.
    noise
        Mean error variance of the realised betas.
    rmse_corrected
        Root of (rmse^2 - noise): the error against true betas. NaN where noise exceeds the squared error.
    bias, bias_error
        Mean of forecast less realised, positive = too high; and its standard error.
    gain_ols, gain_ols_error
        1 - rmse / rmse of ``ols``, positive = better, and its standard error, clustered by date.
    gain_shrunk, gain_shrunk_error
        The same against ``welch|vasicek``.
    intercept, slope, slope_error
        Mincer-Zarnowitz line of realised on forecast; slope 1 is right, below 1 spread too far.
    coverage
        Share of realised betas inside the 90% interval of forecast error and realised noise together.
    high_low, high_low_error
        Residual beta of the highest less the lowest forecasts, equal weights; 0 is right.
    random_rms
        Root mean square of the residual betas of random baskets, realised noise included.
    removed
        Mean share of random baskets' variance that hedging with the forecast removed.
    """

    method: str
    days: int
    n_dates: int
    n_forecasts: int
    answered: float
    ranked: bool
    rmse: float
    noise: float
    rmse_corrected: float
    bias: float
    bias_error: float
    gain_ols: float
    gain_ols_error: float
    gain_shrunk: float
    gain_shrunk_error: float
    intercept: float
    slope: float
    slope_error: float
    coverage: float
    high_low: float
    high_low_error: float
    random_rms: float
    removed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetScore:
    """How good a method's forecasts of one asset were.

    Parameters
    ----------
    method, days
        As in `Score`.
    asset
        Symbol.
    n_forecasts
        Dates judged.
    rmse, rmse_corrected, bias
        As in `Score`, over the asset's own dates.
    """

    method: str
    days: int
    asset: str
    n_forecasts: int
    rmse: float
    rmse_corrected: float
    bias: float


def judge(
    method: str,
    horizon: Horizon,
    *,
    forecast: Floats,
    stderr: Floats,
    realised: Realised,
    keep: NDArray[np.bool_],
    baskets: Baskets,
    answered: float,
    ranked: bool,
    removed: float,
    ols: Floats,
    shrunk: Floats,
) -> Score:
    """Judge one method's forecasts.

    Parameters
    ----------
    method, horizon
        Who, and how far.
    forecast, stderr
        Shape (n_origins, n_assets).
    realised
        What came true.
    keep
        Which forecasts count, same shape; for a fair comparison the same for every method.
    baskets
        Random baskets among the kept.
    answered
        Share of the possible forecasts that the method gave.
    ranked
        Whether `keep` is the common sample.
    removed
        From `variance_removed`.
    ols, shrunk
        Mean squared error of the two baselines at each date with a kept forecast.
    """
    gap = forecast - realised.beta
    mse, noise = row_means(gap**2, keep), float(row_means(realised.noise, keep).mean())
    bias = row_means(gap, keep)
    corrected = float(mse.mean()) - noise
    gain_ols, gain_ols_error = relative_gain(mse, ols, horizon.lag)
    gain_shrunk, gain_shrunk_error = relative_gain(mse, shrunk, horizon.lag)
    intercept, slope, slope_error = mincer_zarnowitz(forecast, realised.beta, keep, horizon.lag)
    reach = normal_quantile(0.5 + _LEVEL / 2.0) * np.sqrt(stderr**2 + realised.noise)
    extremes = extreme_residuals(baskets.size, forecast, realised.beta, keep)
    random = random_residuals(baskets, forecast, realised.beta)
    return Score(
        method=method,
        days=horizon.days,
        n_dates=len(mse),
        n_forecasts=int(keep.sum()),
        answered=answered,
        ranked=ranked,
        rmse=float(np.sqrt(mse.mean())),
        noise=noise,
        rmse_corrected=float(np.sqrt(corrected)) if corrected >= 0 else float("nan"),
        bias=float(bias.mean()),
        bias_error=long_run_error(bias, horizon.lag),
        gain_ols=gain_ols,
        gain_ols_error=gain_ols_error,
        gain_shrunk=gain_shrunk,
        gain_shrunk_error=gain_shrunk_error,
        intercept=intercept,
        slope=slope,
        slope_error=slope_error,
        coverage=float(row_means((np.abs(gap) <= reach).astype(np.float64), keep).mean()),
        high_low=float(extremes.mean()) if extremes.size else float("nan"),
        high_low_error=long_run_error(extremes, horizon.lag),
        random_rms=float(np.sqrt(np.mean(random**2))) if random.size else float("nan"),
        removed=removed,
    )


def score_assets(
    method: str,
    horizon: Horizon,
    symbols: tuple[str, ...],
    forecast: Floats,
    realised: Realised,
    keep: NDArray[np.bool_],
) -> tuple[AssetScore, ...]:
    """Judge one method asset by asset; assets without a forecast are left out."""
    gap = np.where(keep, forecast - realised.beta, 0.0)
    noise = np.where(keep, realised.noise, 0.0)
    count = keep.sum(axis=0)
    scores = []
    for i in np.flatnonzero(count).tolist():
        n = int(count[i])
        mse = float(gap[:, i] @ gap[:, i]) / n
        corrected = mse - float(noise[:, i].sum()) / n
        scores.append(
            AssetScore(
                method=method,
                days=horizon.days,
                asset=symbols[i],
                n_forecasts=n,
                rmse=float(np.sqrt(mse)),
                rmse_corrected=float(np.sqrt(corrected)) if corrected >= 0 else float("nan"),
                bias=float(gap[:, i].sum()) / n,
            )
        )
    return tuple(scores)
