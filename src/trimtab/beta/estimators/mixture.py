r"""The learned mixture: published bswa + Vasicek and three two-speed filters, weighed by the panel's own past losses.

Equation
    f = A + theta_1 (K - A) + theta_2 (B - A) + theta_3 (C - A) + theta_4          (`trimtab.beta.mixing`)
Assumption
    What forecast best over the past months of this panel goes on doing so; what no loss has shown stays as it was on
    American shares, 1999-2017. Constants are pooled over assets, and scaled to the calendar of the data.
Errors
    They speak of the mean beta over the horizon: .9 of the variance of C and of the drift to come, all of it where the
    pull is limited; on American shares 90% intervals then hold 89 to 94%. Assets whose residuals move together share
    the part that measurement left. On a calendar of seven days it is 1.1 of that variance.
Prior
    The pull of the mixture away from what the data say without any prior level is limited as in `two-speed` where the
    prior does not fit: with less than a year of returns (until a year and a quarter), and from 2.5 to 3.5 deviations of
    a share's beta on, sqrt(.5^2 + e^2) from 1, e the error without a prior. A
    stated multiple scales it all.
    With fewer than three names of a year's history nothing can be learned: theta is (.20, .25, .25; 0), the anchor is
    drawn towards 1 with a spread of .4, and the benchmark's own volatility is the reference.
Source
    The recipe and its evidence are on this project's league page; its parts are Welch (2022), Vasicek (1973), Harvey
    (1989) and Masreliez and Martin (1977).
When not to use it
    For assets that no population of shares holds: futures, copies of the benchmark, funds whose multiple is not stated.
    `auto` takes this where it fits, and something else where it does not.
"""

from dataclasses import dataclass, replace
from math import isnan
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trimtab.beta.estimate import Betas
from trimtab.beta.estimators.two_speed import benchmark_series, flag_speeds, name_speeds, rows_ahead
from trimtab.beta.fit import fit_to_past
from trimtab.beta.mixing import Mixed, MixingSetting, MixingState, run_mixture
from trimtab.beta.population import Population, population_of
from trimtab.beta.sample import MIN_OBS, take_sample
from trimtab.beta.speeds import REACH, Evidence, Pull, Pulled, Speeds, decay_between, pull_within
from trimtab.errors import InputError
from trimtab.market.returns import PairedReturns
from trimtab.stats.arrays import Floats

if TYPE_CHECKING:
    from trimtab.stats.kernels import DriftLadderHistory, DriftLadderState

__all__ = ["Mixture", "MixtureState", "months_of"]


#: Part of C's variance that the mixture's errors have where no limit holds the pull: of shares, and of coins.
_VARIANCE, _COINS = 0.9, 1.1
#: Deviation of a share's beta about 1, and the deviations from which on an asset is held to be none, and surely none.
_SHARES, _UNLIKELY = 0.5, (2.5, 3.5)
#: Years over which the limit is lifted after the first.
_SEASON = 0.25


class MixtureState(NamedTuple):
    """What a run leaves behind."""

    mixing: MixingState | None
    ladder: "DriftLadderState | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """Anchor and filters, mixed by weights that the panel teaches.

    Parameters
    ----------
    horizon
        Trading days over which the beta is wanted; 0 is today's.
    limit
        Most that the prior may pull where it does not fit, in errors of the forecast without it; infinity lets it pull
        as it likes everywhere, which is the recipe as it was found.
    window
        Most pairs looked at; None takes all there are.
    min_obs
        Fewest pairs that give an answer.
    """

    horizon: int = 63
    limit: float = 0.4
    window: int | None = None
    min_obs: int = MIN_OBS

    def __post_init__(self) -> None:
        if self.horizon < 0 or isnan(self.limit) or self.limit < 0:
            raise InputError(
                expected="a horizon and limit of 0 or more",
                found=f"{self}",
                try_next="leave an option out to have its default",
            )

    @property
    def name(self) -> str:
        """As written on the command line."""
        return "mixture"

    def estimate(self, pairs: PairedReturns) -> Betas:
        """Estimate the beta of each asset in `pairs`."""
        sample = take_sample(pairs, self.window)
        last = np.array([len(sample.asset) - 1], dtype=np.intp)
        speeds, _ = self.run(pairs, sample.asset, sample.market, sample.rows, last)
        forecast = name_speeds(
            sample, speeds.value[-1], speeds.stderr[-1], speeds.measured[-1],
            method=self.name, horizon=self.horizon, min_obs=self.min_obs, window=self.window,
        )  # fmt: skip
        forecast = flag_speeds(forecast, speeds.far[-1])
        return replace(forecast, fitted=fit_to_past(pairs, window=self.window, min_obs=self.min_obs))

    def run(
        self,
        pairs: PairedReturns,
        y: Floats,
        x: Floats,
        span: slice,
        rows: NDArray[np.intp],
        state: MixtureState | None = None,
    ) -> tuple[Speeds, MixtureState]:
        """Give forecasts at rows with the returns up to each, and what the last row leaves.

        Parameters
        ----------
        pairs
            Names, calendar and facts.
        y, x
            Returns of assets and benchmark on the rows of `span`, shape (n_rows, n_assets).
        span
            The rows of `pairs` that are looked at.
        rows
            Increasing row numbers within them.
        state
            What an earlier run left; None starts afresh.
        """
        before = MixtureState(None, None) if state is None else state
        split = population_of(pairs.symbols, pairs.benchmark, pairs.facts, pairs.outside)
        benchmark = benchmark_series(pairs)[span]
        # One series where all share it: a table of equal columns would only cost memory.
        lean = x[:, 0] if x.shape[1] and x.strides[1] == 0 else x
        scaled = np.ascontiguousarray(y / split.multiple) if (split.multiple != 1.0).any() else y
        mixed = run_mixture(
            scaled, lean, benchmark, months_of(pairs.dates[span]),
            setting=self._setting(pairs), counted=split.counted, rows=rows, state=before.mixing,
        )  # fmt: skip
        ladder, near = self._evidence(pairs, scaled, lean, rows, before.ladder)
        speeds = _scaled(self._pulled(pairs, mixed, ladder, near, split), ladder, pairs, split.multiple)
        return speeds, MixtureState(mixed.state, ladder.state)

    def _setting(self, pairs: PairedReturns) -> MixingSetting:
        per_year = pairs.frequency.periods_per_year
        return MixingSetting.on_calendar(
            per_year, rows_ahead(self.horizon, per_year), rows_ahead(REACH, per_year), coins=_are_coins(pairs)
        )

    def _evidence(
        self,
        pairs: PairedReturns,
        y: Floats,
        x: Floats,
        rows: NDArray[np.intp],
        state: "DriftLadderState | None",
    ) -> "tuple[DriftLadderHistory, DriftLadderHistory]":
        """Give what the data say without a prior level, over the horizon and over the reach."""
        from trimtab.stats.kernels import DriftLadderParameters, drift_ladder_histories  # noqa: PLC0415

        setting = self._setting(pairs)
        parameters: DriftLadderParameters = DriftLadderParameters().for_calendar(pairs.frequency.periods_per_year)
        horizons = tuple(dict.fromkeys((setting.horizon, setting.reach)))
        ladders = drift_ladder_histories(y, x, horizons=horizons, rows=rows, parameters=parameters, state=state)
        return ladders[0], ladders[-1]

    def _pulled(
        self,
        pairs: PairedReturns,
        mixed: Mixed,
        ladder: "DriftLadderHistory",
        near: "DriftLadderHistory",
        split: Population,
    ) -> Pulled:
        """Hold the mixture's pull where the prior does not fit."""
        setting = self._setting(pairs)
        year = setting.parameters.year
        seasoned = np.clip((mixed.n_obs / year - 1.0) / _SEASON, 0.0, 1.0)
        away = np.abs(near.moving - 1.0) / np.hypot(_SHARES, near.moving_error)
        low, high = _UNLIKELY
        part = _COINS if _are_coins(pairs) else _VARIANCE
        free = seasoned * np.clip((high - np.nan_to_num(away)) / (high - low), 0.0, 1.0)
        return pull_within(
            Pull(mixed.value, np.sqrt(1.0 - (1.0 - part) * free) * mixed.error, mixed.near),
            Evidence(ladder.moving, ladder.moving_error, near.moving, near.moving_error),
            limit=self.limit,
            decay=decay_between(setting.parameters.slow_half_life, setting.reach, setting.horizon),
            drawn=split.drawn,
            free=free,
        )


def _are_coins(pairs: PairedReturns) -> bool:
    """Tell whether prices come on every day of the week, as nothing but coins' do."""
    return pairs.frequency.name == "daily-7"


def months_of(dates: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """Give the month of each date as a number."""
    return dates.astype("datetime64[M]").astype(np.int64)


def _scaled(pulled: Pulled, ladder: "DriftLadderHistory", pairs: PairedReturns, multiple: Floats) -> Speeds:
    """Scale by the stated multiples, and make the benchmark 1."""
    size = np.abs(multiple)
    speeds = Speeds(
        value=pulled.value * multiple,
        stderr=pulled.error * size,
        measured=ladder.moving_measured * size**2,
        calm=ladder.calm * multiple,
        calm_stderr=ladder.calm_error * size,
        calm_measured=ladder.calm_measured * size**2,
        weight=ladder.weight,
        far=pulled.far,
        n_obs=ladder.n_obs,
        state=None,
    )
    if pairs.benchmark in pairs.symbols:
        own = pairs.symbols.index(pairs.benchmark)
        for values, constant in zip(speeds[:8], (1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, False), strict=True):
            values[:, own] = constant
    return speeds
