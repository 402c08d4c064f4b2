r"""The shares' prior and the evidence, side by side, and how far the one may pull the other.

Equation
    S   the two-speed forecast, drawn towards the shares' prior mean mu
    F   the forecast of the same drift without any prior level, started from the data (`drift_ladder`), of error e
    u = (S - F) / e;  the prior may pull by at most `limit` e:
        forecast = S - sign(u) max(|u| - limit, 0) e,     e and u those over 63 days, whatever the horizon
    and where it is refuted, it does not pull at all: from |u| = 3 to 5 the forecast goes over to F
Why
    Shrinkage gains on the many and can be badly wrong on the one that does not belong: a -3x fund, an asset near 0, a
    coin. Limiting the pull to a fraction of the error keeps nearly all of the gain (on S&P 500 names 0.5% of RMSE is
    lost at 252 days, and 0.1 to 0.4% won at 63 and 21), and bounds what the one can lose.
Errors
    Those of S and F in the shares in which they enter. The prior mean's own error is not in there.
Source
    Efron, Morris (1972), "Limiting the risk of Bayes and empirical Bayes estimators - Part II: the empirical Bayes
    case", Journal of the American Statistical Association 67, 130-139, for limited translation; Dawid (1973),
    Biometrika 60, 664-667, for priors whose pull vanishes when they are refuted.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trimtab.stats.arrays import Floats
from trimtab.stats.autoregression import average_decay

if TYPE_CHECKING:
    from trimtab.stats.kernels import (
        DriftLadderParameters,
        DriftLadderState,
        TwoSpeedHistory,
        TwoSpeedParameters,
        TwoSpeedState,
    )

__all__ = [
    "REACH",
    "Evidence",
    "Pull",
    "Pulled",
    "Speeds",
    "SpeedsSetting",
    "SpeedsState",
    "decay_between",
    "pull_within",
    "run_speeds",
]

#: Horizon in trading days at which prior and evidence are compared.
REACH = 63
#: Distance of prior and evidence, in errors, at which the prior begins to be dropped, and at which it is gone.
_DOUBT, _REFUTED = 3.0, 5.0
#: Distance from which on it is told.
_FAR = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedsSetting:
    """Constants of one run, in rows of the data.

    Parameters
    ----------
    prior, ladder
        Constants of both filters.
    horizon, reach
        Rows over which a forecast is wanted, and those at which prior and evidence are compared.
    limit
        Most that the prior may pull, in errors of the forecast without it; infinity leaves S as it is.
    universe
        Take the prior's reference from the assets at hand where there are enough.
    """

    prior: "TwoSpeedParameters"
    ladder: "DriftLadderParameters"
    horizon: int
    reach: int
    limit: float
    universe: bool


class SpeedsState(NamedTuple):
    """What both filters leave behind."""

    prior: "TwoSpeedState"
    ladder: "DriftLadderState"


class Speeds(NamedTuple):
    """Forecasts at the rows asked for, each (n_rows, n_assets); NaN where there is none."""

    value: Floats
    """Of an asset that drifts as shares do."""
    stderr: Floats
    """Its standard deviation."""
    measured: Floats
    """The part of its variance that measurement left."""
    calm: Floats
    """Of the same asset if it drifts less, without any prior level."""
    calm_stderr: Floats
    """Its standard deviation."""
    calm_measured: Floats
    """As `measured`."""
    weight: Floats
    """Probability that it drifts as shares do."""
    far: NDArray[np.bool_]
    """True where the prior lies more than an error from what the data say without it."""
    n_obs: NDArray[np.int32]
    """Pairs seen."""
    state: SpeedsState | None
    """After the last row; None where something else keeps it."""

    def mixed(self) -> tuple[Floats, Floats, Floats]:
        """Give value, error and measured variance when it is not known how much an asset drifts."""
        w = self.weight
        gap = np.where(w < 1.0, self.value - self.calm, 0.0)
        value = np.where(w < 1.0, self.calm + w * gap, self.value)
        # The variance of a mixture: the mean of the variances, and that of the means.
        calm = np.where(w < 1.0, self.calm_stderr, 0.0)
        error = np.sqrt(w * self.stderr**2 + (1.0 - w) * (calm**2 + w * gap**2))
        measured = w * self.measured + (1.0 - w) * np.where(w < 1.0, self.calm_measured, 0.0)
        return value, error, measured


def run_speeds(
    y: Floats,
    x: Floats,
    *,
    setting: SpeedsSetting,
    reference: Floats,
    drawn: NDArray[np.bool_],
    counted: NDArray[np.bool_],
    rows: NDArray[np.intp],
    state: SpeedsState | None = None,
) -> Speeds:
    """Run both filters and hold the prior's pull within its limit.

    Parameters
    ----------
    y, x
        Returns of assets, each divided by its stated multiple, and of the benchmark; shape (n_dates, n_assets).
    setting
        Constants.
    reference
        The prior's reference where the universe is too small, shape (n_dates,).
    drawn, counted
        Who may be drawn towards the prior, and who counts in it, shape (n_assets,).
    rows
        Increasing row numbers at which forecasts are wanted.
    state
        Where to go on from; None starts afresh.
    """
    # Compiled code is loaded when it is first needed, so that naming a method costs nothing.
    from trimtab.stats.kernels import drift_ladder_histories, two_speed_history  # noqa: PLC0415

    def drawn_over(horizon: int) -> "TwoSpeedHistory":
        return two_speed_history(
            y, x, horizon=horizon, reference=reference, universe=setting.universe, members=counted,
            parameters=setting.prior, state=None if state is None else state.prior,
        )  # fmt: skip

    prior = drawn_over(setting.horizon)
    near = prior if setting.horizon == setting.reach else drawn_over(setting.reach)
    ladders = drift_ladder_histories(
        y, x, horizons=tuple(dict.fromkeys((setting.horizon, setting.reach))), rows=rows, parameters=setting.ladder,
        state=None if state is None else state.ladder,
    )  # fmt: skip
    ladder, near_ladder = ladders[0], ladders[-1]
    pulled = pull_within(
        Pull(prior.beta[rows], prior.stderr[rows], near.beta[rows]),
        Evidence(ladder.moving, ladder.moving_error, near_ladder.moving, near_ladder.moving_error),
        limit=setting.limit,
        decay=decay_between(setting.prior.slow_half_life, setting.reach, setting.horizon),
        drawn=drawn,
    )
    return Speeds(
        value=pulled.value,
        stderr=pulled.error,
        measured=ladder.moving_measured,
        calm=ladder.calm,
        calm_stderr=ladder.calm_error,
        calm_measured=ladder.calm_measured,
        weight=ladder.weight,
        far=pulled.far,
        n_obs=ladder.n_obs,
        state=SpeedsState(prior.state, ladder.state),
    )


class Pull(NamedTuple):
    """Forecasts drawn towards a prior, each (n_rows, n_assets)."""

    value: Floats
    """Over the horizon asked for."""
    error: Floats
    near: Floats
    """Over the reach at which prior and evidence are compared."""


class Evidence(NamedTuple):
    """Forecasts without any prior level, each (n_rows, n_assets)."""

    value: Floats
    error: Floats
    near: Floats
    near_error: Floats


class Pulled(NamedTuple):
    """What the prior may do, each (n_rows, n_assets)."""

    value: Floats
    error: Floats
    far: NDArray[np.bool_]
    """Where prior and evidence lie more than an error apart."""


def pull_within(
    pull: Pull, evidence: Evidence, *, limit: float, decay: float, drawn: NDArray[np.bool_], free: Floats | float = 0.0
) -> Pulled:
    """Hold a prior's pull within its limit, and drop it where it is refuted.

    Parameters
    ----------
    pull, evidence
        Forecasts with the prior and without.
    limit
        Most that the prior may pull, in errors of the evidence; infinity leaves the pull as it is.
    decay
        How much of a distance over the reach is left over the horizon.
    drawn
        Who may be drawn at all, shape (n_assets,).
    free
        Share of the pull that no limit holds, 0 to 1.
    """
    e = evidence.near_error
    distance = pull.near - evidence.near
    size = np.abs(distance) / np.where(e > 0, e, 1.0)
    if np.isinf(limit):
        kept, excess, share = np.ones(size.shape), np.zeros(size.shape), np.ones(size.shape)
    else:
        kept = np.clip((_REFUTED - size) / (_REFUTED - _DOUBT), 0.0, 1.0)
        excess = (1.0 - free) * np.sign(distance) * np.maximum(size - limit, 0.0) * e
        share = kept * (free + (1.0 - free) * np.minimum(1.0, limit / np.maximum(size, limit)))
    kept, share = np.where(drawn, kept, 0.0), np.where(drawn, share, 0.0)
    pulled = pull.value - decay * excess
    return Pulled(
        value=np.where(kept > 0, kept * pulled, 0.0) + np.where(kept < 1, (1.0 - kept) * evidence.value, 0.0),
        error=np.sqrt(share * pull.error**2 + (1.0 - share) * evidence.error**2),
        far=drawn & (size > _FAR),
    )


def decay_between(slow_half_life: float, reach: int, horizon: int) -> float:
    """Give how much of a distance over the reach is left over the horizon.

    A level held back from the prior comes nearer to it by itself, the more the longer the horizon.

    Examples
    --------
    >>> decay_between(756.0, 63, 63)
    1.0
    """
    phi = float(np.exp2(-1.0 / slow_half_life))
    return _decay(phi, horizon) / _decay(phi, reach)


def _decay(phi: float, horizon: int) -> float:
    return average_decay(phi, horizon) if horizon else 1.0
