"""Is a step that stays an unrecorded split or a real move? Weighed as likelihoods.

The ratio must be met within one percent and four usual moves, from 2:1 on six; then

    log odds = log sum_r w_r t3((|e| - log r) / .7 s) / .7 s  -  log t2.5(e / .9 s) / .9 s
               - 2 log((a + .2) / .87)  [+ volumes]

e is the step's own part, s its usual size, r the ratios with their weights w, t_v Student's density with v degrees of
freedom, a the mean size of the next five steps' own parts over the usual one. The numbers were set on
2.6 million cells of US shares 1999-2017; `docs/price-checks.md` shows what they catch and what they cost.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

__all__ = ["FOLLOWING", "Evidence", "log_odds", "nearest_ratio", "suspects"]

#: Steps after the one in question that are looked at.
FOLLOWING = 5

#: Units after for units before, with how usual each is. A price falls in a forward split and rises in a reverse one.
_FORWARD = {
    (2, 1): 1.0, (3, 2): 0.6, (3, 1): 0.2, (5, 2): 0.03, (4, 1): 0.1, (5, 1): 0.07, (6, 1): 0.03, (7, 1): 0.03,
    (8, 1): 0.02, (10, 1): 0.06, (12, 1): 0.02, (15, 1): 0.02, (20, 1): 0.04, (25, 1): 0.01, (30, 1): 0.01,
    (40, 1): 0.01, (50, 1): 0.01, (100, 1): 0.01,
}  # fmt: skip
_REVERSE = {
    (1, 2): 0.25, (1, 3): 0.25, (1, 4): 0.2, (1, 5): 0.2, (1, 6): 0.1, (1, 7): 0.1, (1, 8): 0.1, (1, 10): 0.3,
    (1, 12): 0.05, (1, 15): 0.05, (1, 20): 0.1, (1, 25): 0.05, (1, 30): 0.03, (1, 40): 0.03, (1, 50): 0.03,
    (1, 100): 0.03,
}  # fmt: skip
_ODDS = 4.3
#: A ratio must be met within one percent and four usual moves, from 2:1 on, which news seldom reach, within six; never
#: further than the last but one.
_WITHIN, _WITHIN_USUAL, _WITHIN_USUAL_LARGE, _WITHIN_MOST, _LARGE = 0.01, 4.0, 6.0, 0.15, 2
_SPLIT_FREEDOM, _SPLIT_SCALE = 3.0, 0.7
_REAL_FREEDOM, _REAL_SCALE = 2.5, 0.9
_CALM, _CALM_SHIFT, _CALM_WEIGHT = 0.67, 0.2, 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What speaks for or against a split.

    Parameters
    ----------
    move
        The step's own part, a log return.
    usual
        Its usual size on such a day, as a standard deviation.
    following
        Mean size of the own parts of the next steps over the usual size before.
    surge
        Units traded on the day over the median of the days before; None without volumes.
    """

    move: float
    usual: float
    following: float
    surge: float | None


def suspects(step: Evidence) -> bool:
    """Tell whether a step is a split's ratio, but for a usual day's move, and a split explains it well enough."""
    new, old = _nearest(step.move)
    beside = abs(abs(step.move) - abs(math.log(new / old)))
    large = max(new, old) >= _LARGE * min(new, old)
    moves = _WITHIN_USUAL_LARGE if large else _WITHIN_USUAL
    return beside <= min(_WITHIN + moves * step.usual, _WITHIN_MOST) and log_odds(step) > _ODDS


def log_odds(step: Evidence) -> float:
    """Give the log of how much better a split explains a step than a real move does.

    Examples
    --------
    >>> calm = Evidence(move=-0.70, usual=0.02, following=0.7, surge=None)
    >>> loud = Evidence(move=-0.55, usual=0.06, following=2.5, surge=None)
    >>> round(log_odds(calm), 1), round(log_odds(loud), 1)
    (11.3, 1.9)
    """
    size = abs(step.move)
    ratios = _FORWARD if step.move < 0 else _REVERSE
    scale = _SPLIT_SCALE * step.usual
    logs = [
        math.log(weight) + _log_t((size - abs(math.log(new / old))) / scale, _SPLIT_FREEDOM) - math.log(scale)
        for (new, old), weight in ratios.items()
    ]
    split = float(np.logaddexp.reduce(logs))
    real = _log_t(size / (_REAL_SCALE * step.usual), _REAL_FREEDOM) - math.log(_REAL_SCALE * step.usual)
    calm = -_CALM_WEIGHT * math.log((step.following + _CALM_SHIFT) / (_CALM + _CALM_SHIFT))
    return split - real + calm + _of_volume(step)


def _of_volume(step: Evidence) -> float:
    """Weigh the units traded: in a split they rise by its ratio, on great news by far more.

    Against a split they speak only up to `_NEWS_MOST`: no news moves a price further, and a market that is new to a
    reverse split of 1:20, or whose volumes were adjusted though its prices were not, trades otherwise than the ratio.
    """
    if step.surge is None:
        return 0.0
    new, old = _nearest(step.move)
    beyond = math.log(step.surge) - math.log(new / old)
    split = -0.5 * (beyond / _SPLIT_TRADE) ** 2 - math.log(_SPLIT_TRADE)
    real = -0.5 * ((math.log(step.surge) - _NEWS_TRADE) / _NEWS_SPREAD) ** 2 - math.log(_NEWS_SPREAD)
    least = -4.0 if max(new, old) <= _NEWS_MOST * min(new, old) else 0.0
    return max(least, min(4.0, split - real))


#: Spread of log volume on a usual day, and mean and spread on a day of great news.
_SPLIT_TRADE, _NEWS_TRADE, _NEWS_SPREAD = 0.7, 1.7, 1.0
#: Factor by which news may move a price in a day.
_NEWS_MOST = 4.0


def _log_t(x: float, freedom: float) -> float:
    constant = gammaln((freedom + 1) / 2) - gammaln(freedom / 2) - 0.5 * math.log(freedom * math.pi)
    return float(constant) - (freedom + 1) / 2 * math.log1p(x * x / freedom)


def _nearest(move: float) -> tuple[int, int]:
    ratios = _FORWARD if move < 0 else _REVERSE
    return min(ratios, key=lambda r: abs(abs(move) - abs(math.log(r[0] / r[1]))))


def nearest_ratio(move: float) -> str:
    """Give the ratio nearest to a step's own part, units after to units before.

    Examples
    --------
    >>> nearest_ratio(-0.70), nearest_ratio(2.1)
    ('2:1', '1:8')
    """
    new, old = _nearest(move)
    return f"{new}:{old}"
