"""The names under which methods are known, and the recipes that vendors are known for."""

from collections.abc import Callable
from functools import partial
from typing import Any

from trimtab.beta.adjusted import Adjusted
from trimtab.beta.auto import Auto
from trimtab.beta.blume import Blume
from trimtab.beta.dcc import Dcc
from trimtab.beta.dimson import Dimson
from trimtab.beta.double_shrinkage import DoubleShrinkage
from trimtab.beta.downside import Downside
from trimtab.beta.ewma import Ewma
from trimtab.beta.frazzini_pedersen import FrazziniPedersen
from trimtab.beta.huber import Huber
from trimtab.beta.kalman import Kalman, MeanRevertingKalman
from trimtab.beta.lad import Lad
from trimtab.beta.ols import Ols
from trimtab.beta.realised import Realised
from trimtab.beta.resampled import Resampled
from trimtab.beta.scholes_williams import ScholesWilliams
from trimtab.beta.theil_sen import TheilSen
from trimtab.beta.two_speed import TwoSpeed
from trimtab.beta.vasicek import Vasicek
from trimtab.beta.welch import Welch

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
