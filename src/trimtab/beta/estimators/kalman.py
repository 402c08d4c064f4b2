r"""Kalman-filtered beta: a random walk, or a return to the asset's own mean.

Equation
    y_t = b_t x_t + e_t,   e of variance R
    b_t = mean + phi (b_{t-1} - mean) + u_t,   u of variance Q; phi = 1 is the random walk
    forecast over h days: mean + (b_T - mean) (1/h) sum of phi^k
Assumption
    Betas drift in small steps, day by day; residuals have one size. There is no intercept: a day's mean return is
    nothing against its spread.
Errors
    The filter's variance, and the drift to come over the horizon. Assets whose residuals move together share the part
    that measurement left. That Q and R are estimated is not in there.
Source
    Harvey (1989), Forecasting, Structural Time Series Models and the Kalman Filter; Faff, Hillier, Hillier (2000),
    "Time varying beta risk: an analysis of alternative modelling techniques", Journal of Business Finance & Accounting
    27, 523-554. Q and R by maximum likelihood where they are not given.
When not to use it
    The random walk as a forecast over months: it never expects a beta to come back, and lost to plain OLS on American
    shares. Filtered values only: a smoother would use the future.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trimtab.beta.estimate import Betas
from trimtab.beta.fit import fit_to_past
from trimtab.beta.sample import MIN_OBS, Sample, name_values, take_sample
from trimtab.errors import InputError
from trimtab.market.returns import PairedReturns
from trimtab.stats.arrays import Floats
from trimtab.stats.filtering import one_speed_contributions, shared_scores
from trimtab.stats.linear import error_scores, fit_lines

if TYPE_CHECKING:
    from trimtab.stats.kernels import KalmanHistory

__all__ = ["Kalman", "MeanRevertingKalman", "likely_variances", "rows_ahead"]

#: Drift of a day, as a share of what one day tells of beta (R / var x), over which the likelihood is searched.
_LEAST, _MOST, _STEPS = -7.0, 0.0, 15
_GOLDEN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Kalman:
    """Random-walk beta, filtered.

    Parameters
    ----------
    drift
        Standard deviation of beta's step in one trading day; None takes the likeliest for each asset, 0 never moves.
    start, start_sd
        Beta and its standard deviation before the first day.
    clip
        Limit of a day's surprise in its standard deviations; infinity leaves it alone.
    horizon
        Trading days over which the beta is wanted; 0 is today's. A random walk's value is the same, its error is not.
    window
        Most pairs looked at; None takes all.
    min_obs
        Fewest pairs that give an answer.
    """

    drift: float | None = None
    start: float = 1.0
    start_sd: float = 1.0
    clip: float = float("inf")
    horizon: int = 0
    window: int | None = 1260
    min_obs: int = MIN_OBS

    def __post_init__(self) -> None:
        _refuse_unfit(self.drift, self.start_sd, self.clip, self.horizon)

    @property
    def name(self) -> str:
        """As written on the command line."""
        return "kalman"

    def estimate(self, pairs: PairedReturns) -> Betas:
        """Estimate the beta of each asset in `pairs`."""
        sample = take_sample(pairs, self.window)
        own_mean = np.full(len(pairs.symbols), self.start)
        return _filtered(sample, self, phi=1.0, mean=own_mean, mean_shares=None, start_variance=self.start_sd**2)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanRevertingKalman:
    """Beta that returns to the asset's own mean, filtered.

    Parameters
    ----------
    half_life
        Trading days in which a deviation from the mean halves.
    mean
        What betas return to; None takes each asset's least-squares beta over the window.
    drift
        Standard deviation of beta's step in one trading day; None takes the likeliest for each asset.
    horizon
        Trading days over which the beta is wanted; 0 is today's.
    clip, window, min_obs
        As in `Kalman`.
    """

    half_life: float = 126.0
    mean: float | None = None
    drift: float | None = None
    horizon: int = 63
    clip: float = float("inf")
    window: int | None = 1260
    min_obs: int = MIN_OBS

    def __post_init__(self) -> None:
        _refuse_unfit(self.drift, 1.0, self.clip, self.horizon)
        if not self.half_life > 0:
            raise InputError(
                expected="a positive half-life", found=f"{self.half_life}", try_next="give for example 126"
            )

    @property
    def name(self) -> str:
        """As written on the command line."""
        return "kalman-mr"

    def estimate(self, pairs: PairedReturns) -> Betas:
        """Estimate the beta of each asset in `pairs`."""
        sample = take_sample(pairs, self.window)
        scale = pairs.frequency.periods_per_year / 252.0
        phi = float(np.exp2(-1.0 / (self.half_life * scale)))
        lines = fit_lines(sample.market, sample.asset)
        mean = np.nan_to_num(lines.slope) if self.mean is None else np.full(len(pairs.symbols), self.mean)
        return _filtered(
            sample,
            self,
            phi=phi,
            mean=mean,
            mean_shares=error_scores(lines, "robust") if self.mean is None else None,
            start_variance=None,
        )


def _refuse_unfit(drift: float | None, start_sd: float, clip: float, horizon: int) -> None:
    if (drift is not None and not drift >= 0) or not start_sd > 0 or not clip > 0 or horizon < 0:
        raise InputError(
            expected="drift and horizon of 0 or more, start_sd and clip above 0",
            found=f"drift={drift}, start_sd={start_sd}, clip={clip}, horizon={horizon}",
            try_next="leave an option out to have its default",
        )


def rows_ahead(horizon: int, scale: float) -> int:
    """Give a horizon in trading days as rows of data, at least one for any horizon above 0."""
    return 0 if horizon == 0 else max(1, round(horizon * scale))


def _filtered(
    sample: Sample,
    estimator: "Kalman | MeanRevertingKalman",
    *,
    phi: float,
    mean: Floats,
    mean_shares: Floats | None,
    start_variance: float | None,
) -> Betas:
    """Choose the variances, run the filter, and split its error into shared scores and the asset's own drift."""
    # Compiled code is loaded when it is first needed, so that naming a method costs nothing.
    from trimtab.stats.kernels import KalmanStart, kalman_history  # noqa: PLC0415
    from trimtab.stats.kernels.horizon import average_ahead  # noqa: PLC0415

    scale = sample.pairs.frequency.periods_per_year / 252.0
    drift = None if estimator.drift is None else estimator.drift**2 / scale
    horizon = rows_ahead(estimator.horizon, scale)
    # A random walk starts where the estimator says, a beta that reverts at what it reverts to.
    start = mean
    y = np.ascontiguousarray(sample.asset)
    if not len(y):
        return _before_any_return(sample, estimator)
    x = np.where(np.isfinite(y), sample.market, np.nan)
    noise, drifts, variances = likely_variances(
        y, x, phi=phi, mean=mean, drift=drift, start=start, fixed=start_variance
    )

    def run(ahead: int) -> "KalmanHistory":
        return kalman_history(
            y, x, noise=noise, drift=drifts, phi=phi, mean=mean, start=KalmanStart(start, variances),
            clip=estimator.clip, horizon=ahead,
        )  # fmt: skip

    today, final = run(0), run(horizon)
    persistence, _ = average_ahead(phi, horizon)
    variance = today.stderr**2
    parts = one_speed_contributions(x, variance, noise=noise, phi=phi, ahead=persistence)
    before = np.vstack([start[None, :], today.beta[:-1]])
    expected = mean + phi * (before - mean)
    # F = P x^2 + R, with P x^2 / F = K x and the gain from the filtered variance.
    share = np.nan_to_num(variance * x**2 / noise)
    spread = np.sqrt(noise / np.maximum(1.0 - share, 1e-12))
    surprise = np.nan_to_num(np.clip(y - expected * x, -estimator.clip * spread, estimator.clip * spread))
    # Innovations carry the state's own uncertainty as well; scaled back, they carry the residual's alone.
    residual = surprise * np.sqrt(np.maximum(1.0 - share, 0.0))
    measured = np.einsum("ti,ti,i->i", parts.weight, parts.weight, noise)
    scores = shared_scores(x, residual, measured)
    own = np.maximum(final.stderr[-1] ** 2 - measured, 0.0)
    if mean_shares is not None:
        # A constant beta comes out whole: what the days and the start do not carry comes from the mean.
        carried = np.einsum("ti,ti->i", parts.weight, np.nan_to_num(x))
        scores = scores + (1.0 - carried) * mean_shares
    forecast = name_values(
        sample,
        value=np.where(_moves(x), final.beta[-1], np.nan),
        scores=scores,
        n_eff=parts.n_eff,
        own_variance=own,
        method=estimator.name,
        min_obs=estimator.min_obs,
        window=estimator.window,
        horizon=estimator.horizon,
    )
    return replace(forecast, fitted=fit_to_past(sample.pairs, window=estimator.window, min_obs=estimator.min_obs))


def _before_any_return(sample: Sample, estimator: "Kalman | MeanRevertingKalman") -> Betas:
    """Refuse every asset: a history asks for the day of the first price as well, which has no return."""
    nothing = np.zeros(sample.asset.shape[1])
    refused = name_values(
        sample, value=np.full(len(nothing), np.nan), scores=np.zeros_like(sample.asset), n_eff=nothing,
        own_variance=nothing, method=estimator.name, min_obs=estimator.min_obs, window=estimator.window,
        horizon=estimator.horizon,
    )  # fmt: skip
    return replace(refused, fitted=fit_to_past(sample.pairs, window=estimator.window, min_obs=estimator.min_obs))


def _moves(x: Floats) -> NDArray[np.bool_]:
    x0 = np.nan_to_num(x)
    moves: NDArray[np.bool_] = np.einsum("ti,ti->i", x0, x0) > 0
    return moves


def likely_variances(
    y: Floats, x: Floats, *, phi: float, mean: Floats, drift: float | None, start: Floats, fixed: float | None
) -> tuple[Floats, Floats, Floats]:
    """Give the variances of residual, drift and start for each asset: given, or the likeliest.

    Parameters
    ----------
    y, x
        Returns of assets and benchmark, shape (n_dates, n_assets).
    phi
        Persistence per day; 1 for the random walk.
    mean, start
        Level that beta returns to, and beta before the first day, shape (n_assets,).
    drift
        Variance of a day's step; None takes the likeliest.
    fixed
        Variance of the start; None takes the stationary one.
    """
    residual = fit_lines(x, y)
    n = np.maximum(residual.n_obs, 1)
    s2 = np.einsum("ti,ti->i", residual.residual, residual.residual) / n
    x0 = np.nan_to_num(x)
    power = np.einsum("ti,ti->i", x0, x0) / n
    # A copy of the benchmark leaves no residual; the filter still needs a positive noise.
    least = 1e-12 * np.where(power > 0, power, 1.0)
    s2 = np.maximum(s2, least)
    unit = s2 / np.where(power > 0, power, 1.0)

    def start_variance(drifts: Floats) -> Floats:
        if fixed is not None:
            return np.full(len(s2), fixed)
        # A mean-reverting beta starts as uncertain as it is in the long run.
        return drifts / (1.0 - phi**2) if phi < 1.0 else np.ones(len(s2))

    if drift is not None:
        drifts = np.full(len(s2), drift)
        return s2, drifts, start_variance(drifts)

    def likelihood(log_ratio: Floats) -> tuple[Floats, Floats]:
        drifts = unit * 10.0**log_ratio
        return _likelihood(y, x, s2, drifts, start_variance(drifts), phi=phi, mean=mean, start=start)

    grid = np.linspace(_LEAST, _MOST, _STEPS)
    values = np.array([likelihood(np.full(len(s2), g))[0] for g in grid])
    best = grid[np.argmax(values, axis=0)]
    step = grid[1] - grid[0]
    low, high = best - step, best + step
    golden = 0.5 * (np.sqrt(5.0) - 1.0)
    for _ in range(_GOLDEN):
        left, right = high - golden * (high - low), low + golden * (high - low)
        better = likelihood(left)[0] > likelihood(right)[0]
        low, high = np.where(better, low, left), np.where(better, right, high)
    chosen = 0.5 * (low + high)
    top, scale = likelihood(chosen)
    # At the lower edge the data show no drift at all: then there is none.
    still, still_scale = _likelihood(
        y, x, s2, np.zeros(len(s2)), start_variance(unit * 1e-7), phi=phi, mean=mean, start=start
    )
    moving = top > still + 1e-9
    drifts = np.where(moving, unit * 10.0**chosen, 0.0)
    factor = np.where(moving, scale, still_scale)
    start_at = start_variance(np.where(moving, drifts, unit * 1e-7))
    return np.maximum(s2 * factor, least), drifts * factor, start_at if fixed is not None else start_at * factor


def _likelihood(
    y: Floats,
    x: Floats,
    noise: Floats,
    drifts: Floats,
    start_variance: Floats,
    *,
    phi: float,
    mean: Floats,
    start: Floats,
) -> tuple[Floats, Floats]:
    """Give the log-likelihood with the scale of all variances at its best, and that scale.

    With all variances times c, log L = -(n log c + sum log 2 pi F + S / c) / 2, S = sum v^2 / F: two runs, with c = 1
    and c = 2, tell both sums, and the best c is S / n.
    """
    from trimtab.stats.kernels import KalmanStart, kalman_history  # noqa: PLC0415

    def run(c: float) -> tuple[Floats, Floats]:
        state = kalman_history(
            y, x, noise=c * noise, drift=c * drifts, phi=phi, mean=mean, start=KalmanStart(start, c * start_variance)
        ).state.values
        return state[3], np.maximum(state[2], 1.0)

    one, n = run(1.0)
    two, _ = run(2.0)
    # log L(2) - log L(1) = (S / 2 - n log 2) / 2
    squares = np.maximum(4.0 * (two - one + 0.5 * n * np.log(2.0)), 1e-300)
    logs = -2.0 * one - squares
    scale = squares / n
    return -0.5 * (n * np.log(scale) + logs + n), scale
