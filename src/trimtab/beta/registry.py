"""The names under which methods are known, and the recipes that vendors are known for."""

from collections.abc import Callable
from functools import partial
from typing import Any

from trimtab.beta.adjusted import Adjusted
from trimtab.beta.estimators.auto import Auto
from trimtab.beta.estimators.blume import Blume
from trimtab.beta.estimators.dcc import Dcc
from trimtab.beta.estimators.dimson import Dimson
from trimtab.beta.estimators.double_shrinkage import DoubleShrinkage
from trimtab.beta.estimators.downside import Downside
from trimtab.beta.estimators.ewma import Ewma
from trimtab.beta.estimators.frazzini_pedersen import FrazziniPedersen
from trimtab.beta.estimators.kalman import Kalman, MeanRevertingKalman
from trimtab.beta.estimators.mixture import Mixture
from trimtab.beta.estimators.ols import Ols
from trimtab.beta.estimators.realised import Realised
from trimtab.beta.estimators.robust.huber import Huber
from trimtab.beta.estimators.robust.lad import Lad
from trimtab.beta.estimators.robust.theil_sen import TheilSen
from trimtab.beta.estimators.scholes_williams import ScholesWilliams
from trimtab.beta.estimators.two_speed import TwoSpeed
from trimtab.beta.estimators.vasicek import Vasicek
from trimtab.beta.estimators.welch import Welch
from trimtab.beta.resampled import Resampled

__all__ = ["ESTIMATORS", "PRESETS", "SHRINKERS", "STEPS"]

STEPS: dict[str, Callable[[], Any]] = {
    name: partial(Resampled, frequency=name) for name in ("daily", "weekly", "monthly", "quarterly")
}

ESTIMATORS: dict[str, Callable[[], Any]] = {
    "auto": Auto,
    "ols": Ols,
    "ewma": Ewma,
    "welch": Welch,
    "dimson": Dimson,
    "scholes-williams": ScholesWilliams,
    "huber": Huber,
    "lad": Lad,
    "theil-sen": TheilSen,
    "frazzini-pedersen": FrazziniPedersen,
    "kalman": Kalman,
    "kalman-mr": MeanRevertingKalman,
    "two-speed": TwoSpeed,
    "mixture": Mixture,
    "dcc": Dcc,
    "downside": Downside,
    "realised": Realised,
}

SHRINKERS: dict[str, Callable[[], Any]] = {
    "vasicek": Vasicek,
    "blume": Blume,
    "adjusted": Adjusted,
    "double": DoubleShrinkage,
}

#: What vendors say they do; price or total returns, and the benchmark, are the data's and not the method's.
PRESETS: dict[str, str] = {
    # Two years of weekly price returns, adjusted by .67 and .33.
    "bloomberg": "weekly|ols(window=104)|blume(intercept=0.33, slope=0.67)",
    # Five years of monthly returns.
    "yahoo": "monthly|ols(window=60)",
    # Five years of weekly returns, adjusted by .35 and .67.
    "value-line": "weekly|ols(window=260)|blume(intercept=0.35, slope=0.67)",
    # Two years of daily returns.
    "ibkr": "ols(window=504)",
}
