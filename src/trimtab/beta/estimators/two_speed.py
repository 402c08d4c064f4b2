r"""The two-speed beta: a slow part and a fast part, robust to wild days, with a prior that knows risk.

Equation
    y_t = (mu_t + z_t + d_t) x_t + e_t
    z: AR(1) about 0, half-life 756 days, standard deviation .40;   d: AR(1) about 0, half-life 30 days, .25
    mu = 1 + .3 (ln s - ref),  s the asset's residual volatility, ref the universe's mean of ln s
    surprises beyond 2 standard deviations are cut before they enter; the variance of e follows its own average
Assumption
    What a day tells of beta fades at two speeds; riskier names return to higher betas. The constants are pooled over
    assets, and scaled to the calendar of the data.
Errors
    They speak of the mean beta over the horizon: the filter's variance and the drift to come. Assets whose residuals
    move together share the part that measurement left. The prior mean's own error is not in there.
Prior
    How far it may pull is limited by what the data say without it (`trimtab.beta.speeds`), and only assets that belong
    to its population are drawn at all (`trimtab.beta.population`); a stated multiple scales it.
Source
    The recipe and its evidence on American shares, 1999-2017, are in this project's documentation; the parts are Harvey
    (1989) and, for the cut, Masreliez and Martin (1977), IEEE Transactions on Automatic Control 22.
When not to use it
    For assets that move less than shares do (futures, index funds): their error is then that of a share's drift; `auto`
    lets the data say how much an asset drifts. Universes of fewer than 25 names take the benchmark's own volatility for
    `ref`, which needs ten years of it; with less there is no tilt.
"""

from dataclasses import dataclass, replace
from math import isnan
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trimtab.beta.estimate import Betas
from trimtab.beta.fit import fit_to_past
from trimtab.beta.population import Population, population_of
from trimtab.beta.sample import MIN_OBS, Sample, name_values, take_sample
from trimtab.beta.speeds import REACH, Speeds, SpeedsSetting, SpeedsState, run_speeds
from trimtab.errors import InputError
from trimtab.market.prices import Flag
from trimtab.market.returns import PairedReturns
from trimtab.stats.arrays import Floats
from trimtab.stats.filtering import shared_scores

if TYPE_CHECKING:
    from trimtab.stats.kernels import TwoSpeedParameters
    from trimtab.stats.kernels.two_speed import ReferenceState

__all__ = ["TwoSpeed", "benchmark_series", "flag_speeds", "name_speeds", "rows_ahead"]

#: Rows over which it is read off how residuals of assets go together.
_FOLLOWED = 756


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoSpeed:
    """Slow and fast beta together, filtered and forecast.

    Parameters
    ----------
    horizon
        Trading days over which the beta is wanted; 0 is today's.
    slow_half_life, slow_sd, fast_half_life, fast_sd
        The two parts, half-lives in trading days.
    tilt
        How much the prior mean rises with the log of residual volatility; 0 switches it off.
    clip
        Limit of a day's surprise in its standard deviations.
    limit
        Most that the prior may pull, in errors of the forecast without it; infinity lets it pull as it likes.
    universe
        False compares with the benchmark's volatility even if 25 names or more are at hand.
    window
        Most pairs looked at; None takes all there are.
    min_obs
        Fewest pairs that give an answer.
    """

    horizon: int = 63
    slow_half_life: float = 756.0
    slow_sd: float = 0.40
    fast_half_life: float = 30.0
    fast_sd: float = 0.25
    tilt: float = 0.3
    clip: float = 2.0
    limit: float = 0.4
    universe: bool = True
    window: int | None = None
    min_obs: int = MIN_OBS

    def __post_init__(self) -> None:
        sizes = (self.slow_half_life, self.slow_sd, self.fast_half_life, self.fast_sd, self.clip)
        if self.horizon < 0 or isnan(self.limit) or self.limit < 0 or not all(size > 0 for size in sizes):
            raise InputError(
                expected="positive half-lives, deviations and clip, and a horizon and limit of 0 or more",
                found=f"{self}",
                try_next="leave an option out to have its default",
            )

    @property
    def name(self) -> str:
        """As written on the command line."""
        return "two-speed"

    def parameters(self, periods_per_year: float) -> "TwoSpeedParameters":
        """Give the filter's constants on a calendar of so many periods a year."""
        from trimtab.stats.kernels import TwoSpeedParameters  # noqa: PLC0415

        return TwoSpeedParameters(
            slow_half_life=self.slow_half_life,
            slow_sd=self.slow_sd,
            fast_half_life=self.fast_half_life,
            fast_sd=self.fast_sd,
            fast_start_variance=self.fast_sd**2,
            tilt=self.tilt,
            clip=self.clip,
        ).for_calendar(periods_per_year)

    def rows_ahead(self, periods_per_year: float) -> int:
        """Give the horizon in rows of data, at least one for any horizon above 0."""
        return rows_ahead(self.horizon, periods_per_year)

    def estimate(self, pairs: PairedReturns) -> Betas:
        """Estimate the beta of each asset in `pairs`."""
        sample = take_sample(pairs, self.window)
        last = np.array([len(sample.asset) - 1], dtype=np.intp)
        speeds, _ = self.run(pairs, sample.asset, sample.market, benchmark_series(pairs)[sample.rows], last)
        now = speeds.value[-1], speeds.stderr[-1], speeds.measured[-1]
        forecast = name_speeds(
            sample, *now, method=self.name, horizon=self.horizon, min_obs=self.min_obs, window=self.window
        )
        forecast = flag_speeds(forecast, speeds.far[-1])
        return replace(forecast, fitted=fit_to_past(pairs, window=self.window, min_obs=self.min_obs))

    def run(
        self,
        pairs: PairedReturns,
        y: Floats,
        x: Floats,
        benchmark: Floats,
        rows: NDArray[np.intp],
        state: "tuple[SpeedsState, ReferenceState] | None" = None,
    ) -> "tuple[Speeds, ReferenceState]":
        """Give forecasts at rows with the returns up to each, and the reference's state after the last.

        Parameters
        ----------
        pairs
            Names, calendar and facts.
        y, x
            Returns of assets and benchmark, shape (n_dates, n_assets).
        benchmark
            The benchmark's own returns row by row, shape (n_dates,).
        rows
            Increasing row numbers of these arrays.
        state
            What an earlier run left; None starts afresh.

        Returns
        -------
        Forecasts of all assets; the benchmark's column is 1 with error 0.
        """
        from trimtab.stats.kernels import benchmark_reference  # noqa: PLC0415

        years = pairs.frequency.periods_per_year / 252.0
        reference, left = benchmark_reference(
            benchmark,
            half_life=1260.0 * years,
            min_obs=round(2520 * years),
            state=None if state is None else state[1],
        )
        split = population_of(pairs.symbols, pairs.benchmark, pairs.facts, pairs.outside)
        # The benchmark has no residual: it must not enter the universe's mean volatility.
        others = np.array([s != pairs.benchmark for s in pairs.symbols], dtype=bool)
        multiple = split.multiple[others]
        speeds = run_speeds(
            np.ascontiguousarray(y[:, others] / multiple if (multiple != 1.0).any() else y[:, others]),
            np.ascontiguousarray(x[:, others]),
            setting=self._setting(pairs.frequency.periods_per_year),
            reference=reference,
            drawn=split.drawn[others],
            counted=split.counted[others],
            rows=rows,
            state=None if state is None else state[0],
        )
        return _spread(speeds, others, multiple), left

    def _setting(self, periods_per_year: float) -> SpeedsSetting:
        from trimtab.stats.kernels import DriftLadderParameters  # noqa: PLC0415

        return SpeedsSetting(
            prior=self.parameters(periods_per_year),
            ladder=DriftLadderParameters(
                slow_half_life=self.slow_half_life,
                slow_sd=self.slow_sd,
                fast_half_life=self.fast_half_life,
                fast_sd=self.fast_sd,
                clip=self.clip,
            ).for_calendar(periods_per_year),
            horizon=self.rows_ahead(periods_per_year),
            reach=rows_ahead(REACH, periods_per_year),
            limit=self.limit,
            universe=self.universe,
        )


def benchmark_series(pairs: PairedReturns) -> Floats:
    """Give the benchmark's own returns row by row, shape (n_dates,); NaN where none can be told.

    Beside an asset that missed days, the benchmark's return spans those days too; the benchmark's own column, or that
    of the asset that missed least, has it session by session.
    """
    if pairs.benchmark in pairs.symbols:
        return pairs.asset[:, pairs.symbols.index(pairs.benchmark)]
    fullest = int(np.argmax(np.count_nonzero(np.isfinite(pairs.market) & np.isfinite(pairs.asset), axis=0)))
    return pairs.market[:, fullest]


def name_speeds(
    sample: Sample,
    value: Floats,
    stderr: Floats,
    measured: Floats,
    *,
    method: str,
    horizon: int,
    min_obs: int,
    window: int | None,
) -> Betas:
    """Put names and scores to forecasts: assets share what measurement left as far as their residuals go together.

    Parameters
    ----------
    sample
        The rows used.
    value, stderr, measured
        Forecasts, their errors, and the part of the variance that measurement left, shape (n_assets,).
    """
    y, x = sample.asset[-_FOLLOWED:], sample.market[-_FOLLOWED:]
    is_complete = np.isfinite(y) & np.isfinite(x)
    residual = np.where(is_complete, y - np.nan_to_num(value) * x, 0.0)
    power = np.where(is_complete, x, 0.0)
    part = np.nan_to_num(np.minimum(measured, stderr**2))
    ratio = np.einsum("ti,ti->i", residual, residual) / np.maximum(np.einsum("ti,ti->i", power, power), 1e-300)
    n_obs = np.count_nonzero(np.isfinite(sample.asset), axis=0)
    return name_values(
        sample,
        value=value,
        scores=shared_scores(power, residual, part),
        # As many equal pairs would measure as well.
        n_eff=np.where(part > 0, np.minimum(ratio / np.where(part > 0, part, 1.0), n_obs), n_obs),
        own_variance=stderr**2 - part,
        method=method,
        min_obs=min_obs,
        window=window,
        horizon=horizon,
    )


def flag_speeds(betas: Betas, far: NDArray[np.bool_]) -> Betas:
    """Say from which assets the prior lies far, and which belong to no prior."""
    split: Population = population_of(betas.assets, betas.benchmark, betas.facts, betas.outside)
    flagged = []
    for i, estimate in enumerate(betas.estimates):
        if estimate.reason is None and Flag.IDENTITY not in estimate.flags:
            prior_flags = (Flag.PRIOR_FAR,) if far[i] else ()
            flagged.append(estimate.with_flags(*prior_flags, *(() if split.drawn[i] else (Flag.NO_PRIOR,))))
        else:
            flagged.append(estimate)
    return replace(betas, estimates=tuple(flagged))


def rows_ahead(horizon: int, periods_per_year: float) -> int:
    """Give a horizon in trading days as rows of data, at least one for any above 0."""
    return 0 if horizon == 0 else max(1, round(horizon * periods_per_year / 252.0))


def _spread(speeds: Speeds, others: NDArray[np.bool_], multiple: Floats) -> Speeds:
    """Scale by the multiples, and put the benchmark's column back among the others."""

    def full(values: Floats, fill: float) -> Floats:
        whole = np.full((len(values), len(others)), fill)
        whole[:, others] = values
        return whole

    size = np.abs(multiple)
    far = np.zeros((len(speeds.value), len(others)), dtype=np.bool_)
    n_obs = np.zeros(far.shape, dtype=np.int32)
    far[:, others], n_obs[:, others] = speeds.far, speeds.n_obs
    return speeds._replace(
        value=full(speeds.value * multiple, 1.0),
        stderr=full(speeds.stderr * size, 0.0),
        measured=full(speeds.measured * size**2, 0.0),
        calm=full(speeds.calm * multiple, 1.0),
        calm_stderr=full(speeds.calm_stderr * size, 0.0),
        calm_measured=full(speeds.calm_measured * size**2, 0.0),
        weight=full(speeds.weight, 0.0),
        far=far,
        n_obs=n_obs,
    )
