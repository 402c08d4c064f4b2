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
    The filter's variance and the drift to come over the horizon. Assets whose residuals move together share the part
    that measurement left. The prior mean's own error is not in there.
Source
    The recipe and its evidence on American shares, 1999-2017, are in this project's documentation; the parts are Harvey
    (1989) and, for the cut, Masreliez and Martin (1977), IEEE Transactions on Automatic Control 22.
When not to use it
    For assets whose beta is known to lie far from one (inverse and leveraged funds, options): the prior pulls them
    there. Universes of fewer than 25 names take the benchmark's own volatility for `ref`, which needs ten years of it;
    with less there is no tilt.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from trimtab.beta.estimate import Betas
from trimtab.beta.fit import fit_to_past
from trimtab.beta.sample import MIN_OBS, name_values, take_sample
from trimtab.errors import InputError
from trimtab.market.returns import PairedReturns
from trimtab.stats.filtering import shared_scores, two_speed_contributions

if TYPE_CHECKING:
    from trimtab.stats.kernels import TwoSpeedHistory, TwoSpeedParameters, TwoSpeedState

__all__ = ["TwoSpeed", "benchmark_series"]

Array = NDArray[np.float64]

#: Rows whose contributions to the error are followed one by one; older ones count as the asset's own.
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
    universe: bool = True
    window: int | None = None
    min_obs: int = MIN_OBS

    def __post_init__(self) -> None:
        sizes = (self.slow_half_life, self.slow_sd, self.fast_half_life, self.fast_sd, self.clip)
        if self.horizon < 0 or not all(size > 0 for size in sizes):
            raise InputError(
                expected="positive half-lives, deviations and clip, and a horizon of 0 or more",
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
        return 0 if self.horizon == 0 else max(1, round(self.horizon * periods_per_year / 252.0))

    def estimate(self, pairs: PairedReturns) -> Betas:
        """Estimate the beta of each asset in `pairs`."""
        # Compiled code is loaded when it is first needed, so that naming a method costs nothing.
        from trimtab.stats.kernels import benchmark_reference, two_speed_history  # noqa: PLC0415

        sample = take_sample(pairs, self.window)
        per_year = pairs.frequency.periods_per_year
        parameters = self.parameters(per_year)
        rows = self.rows_ahead(per_year)
        # The benchmark has no residual: it must not enter the universe's mean volatility.
        others = np.array([s != pairs.benchmark for s in pairs.symbols], dtype=bool)
        members = [s not in pairs.outside for s in pairs.symbols if s != pairs.benchmark]
        y = np.ascontiguousarray(sample.asset[:, others])
        x = np.where(np.isfinite(y), sample.market[:, others], np.nan)
        years = per_year / 252.0
        reference, _ = benchmark_reference(
            benchmark_series(pairs)[sample.rows], half_life=1260.0 * years, min_obs=round(2520 * years)
        )
        split = max(len(y) - _FOLLOWED, 0)

        def run(part: slice, state: "TwoSpeedState | None") -> "TwoSpeedHistory":
            return two_speed_history(
                y[part], x[part], reference=reference[part], state=state,
                horizon=rows, universe=self.universe, parameters=parameters, members=members,
            )  # fmt: skip

        first = run(slice(0, split), None) if split else None
        state = None if first is None else first.state
        path = []
        last = first
        for t in range(split, len(y)):
            last = run(slice(t, t + 1), state)
            path.append(state)
            state = last.state
        path.append(state)
        n_assets = y.shape[1]
        value, error = np.full(n_assets, np.nan), np.full(n_assets, np.nan)
        if last is not None:
            value, error = last.beta[-1], last.stderr[-1]
        weight, surprise, noise, n_eff = _followed(y[split:], x[split:], path, parameters, rows)
        measured = np.minimum(np.einsum("ti,ti,ti->i", weight, weight, noise), np.nan_to_num(error) ** 2)
        scores = shared_scores(x[split:], surprise, measured)
        forecast = name_values(
            sample,
            value=_spread(value, others, 1.0),
            scores=_spread(scores, others, 0.0),
            n_eff=_spread(n_eff, others, 0.0),
            own_variance=_spread(error**2 - measured, others, 0.0),
            method=self.name,
            min_obs=self.min_obs,
            window=self.window,
            horizon=self.horizon,
        )
        return replace(forecast, fitted=fit_to_past(pairs, window=self.window, min_obs=self.min_obs))


def benchmark_series(pairs: PairedReturns) -> Array:
    """Give the benchmark's own returns row by row, shape (n_dates,); NaN where none can be told.

    Beside an asset that missed days, the benchmark's return spans those days too; the benchmark's own column, or that
    of the asset that missed least, has it session by session.
    """
    if pairs.benchmark in pairs.symbols:
        return pairs.asset[:, pairs.symbols.index(pairs.benchmark)]
    fullest = int(np.argmax(np.count_nonzero(np.isfinite(pairs.market) & np.isfinite(pairs.asset), axis=0)))
    return pairs.market[:, fullest]


def _followed(
    y: Array, x: Array, path: list[Any], parameters: "TwoSpeedParameters", horizon: int
) -> tuple[Array, Array, Array, Array]:
    """Give each day's weight in the forecast, its surprise, the noise it was measured against, and the n_eff.

    Parameters
    ----------
    y, x
        Returns of the days that are followed, shape (n_rows, n_assets).
    path
        State before each of these days and after the last; None before any.
    parameters, horizon
        As the filter had them.

    Returns
    -------
    Weights, surprises scaled to the residual's own size, noise variances, each (n_rows, n_assets); and (n_assets,).
    """
    from trimtab.stats.kernels.horizon import average_ahead  # noqa: PLC0415
    from trimtab.stats.kernels.two_speed import MU, PDD, PZD, PZZ, D, N, V, Z  # noqa: PLC0415

    empty = np.zeros((10, y.shape[1]))
    # (n_rows + 1, n_states, n_assets)
    states = np.stack([empty if state is None else state.values for state in path])
    before, after = states[:-1], states[1:]
    noise, count = before[:, V], before[:, N]
    phi = (float(np.exp2(-1.0 / parameters.slow_half_life)), float(np.exp2(-1.0 / parameters.fast_half_life)))
    ready = np.isfinite(x) & (count >= parameters.warmup) & (noise > 0)
    x0, safe = np.where(ready, x, 0.0), np.where(ready, noise, 1.0)
    # Gains from the filtered covariance: K = P h / R, h = (x, x).
    slow = np.where(ready, (after[:, PZZ] + after[:, PZD]) * x0 / safe, 0.0)
    fast = np.where(ready, (after[:, PZD] + after[:, PDD]) * x0 / safe, 0.0)
    ahead = (average_ahead(phi[0], horizon)[0], average_ahead(phi[1], horizon)[0])
    parts = two_speed_contributions(np.where(ready, x, np.nan), slow, fast, phi=phi, ahead=ahead)
    expected = before[:, MU] + phi[0] * before[:, Z] + phi[1] * before[:, D]
    left = np.maximum(1.0 - (slow + fast) * x0, 1e-12)
    limit = parameters.clip * np.sqrt(safe / left)
    surprise = np.where(ready, np.clip(np.nan_to_num(y) - expected * x0, -limit, limit), 0.0)
    # A surprise carries the state's own uncertainty as well; scaled back, it carries the residual's alone.
    return parts.weight, surprise * np.sqrt(left), np.where(ready, noise, 0.0), parts.n_eff


def _spread(values: Array, others: NDArray[np.bool_], fill: float) -> Array:
    """Put the benchmark's column back among the others."""
    full = np.full((*values.shape[:-1], len(others)), fill)
    full[..., others] = values
    return full
