"""Beta through time for many assets at once, compiled: arrays in, arrays out.

=======================  ============================================================================
`rolling_beta`           least squares over the last `window` rows, with alpha, error and count
`weighted_history`       least squares with exponential weights, optionally on slope-winsorised returns
`kalman_history`         a scalar state-space beta: random walk or mean-reverting, optionally robust
`two_speed_history`      a slow and a fast beta together, robust, with a volatility-tilted prior mean
`drift_ladder_history`   a beta without a prior level, under several amounts of drift weighed by evidence
`benchmark_reference`    the reference log-volatility that the two-speed prior needs without a universe
`in_column_blocks`       any of them over tables larger than memory
=======================  ============================================================================

Every kernel reads rows in order and never looks ahead: the value at row t depends on rows up to t, bit for bit.
The recursive ones take a state and return a state, so that one row at a time gives the bits of one long run.
This package alone imports numba; `import trimtab` does not import this package.
"""

from trimtab.stats.kernels.blocks import in_column_blocks
from trimtab.stats.kernels.drift_ladder import (
    DriftLadderHistory,
    DriftLadderParameters,
    DriftLadderState,
    drift_ladder_histories,
    drift_ladder_history,
)
from trimtab.stats.kernels.kalman import KalmanHistory, KalmanStart, KalmanState, kalman_history
from trimtab.stats.kernels.rolling import RollingHistory, rolling_beta
from trimtab.stats.kernels.two_speed import (
    TwoSpeedHistory,
    TwoSpeedParameters,
    TwoSpeedState,
    benchmark_reference,
    two_speed_history,
)
from trimtab.stats.kernels.weighted import WeightedHistory, WeightedState, weighted_history

__all__ = [
    "DriftLadderHistory",
    "DriftLadderParameters",
    "DriftLadderState",
    "KalmanHistory",
    "KalmanStart",
    "KalmanState",
    "RollingHistory",
    "TwoSpeedHistory",
    "TwoSpeedParameters",
    "TwoSpeedState",
    "WeightedHistory",
    "WeightedState",
    "benchmark_reference",
    "drift_ladder_histories",
    "drift_ladder_history",
    "in_column_blocks",
    "kalman_history",
    "rolling_beta",
    "two_speed_history",
    "weighted_history",
]
