"""Which method to use, and where differences are within noise.

At each horizon the method with the lowest error leads. Another is *behind* where its squared error exceeds the
leader's by more than its date-clustered standard error times the 97.5% point of Student's t, with as many degrees of
freedom as there are periods that do not overlap, less one; and *within noise* otherwise. The leader was chosen by
looking, so a difference that is just significant should be read with care. Where there are too few periods that do not
overlap, no error can be given and nothing is said.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from trimtab.beta.validation.measure import long_run_error
from trimtab.beta.validation.schedule import Horizon
from trimtab.stats.arrays import Floats

__all__ = ["Recommendation", "Verdict", "decide", "recommend"]

_LEVEL = 0.975


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Who leads at one horizon.

    Parameters
    ----------
    days
        Horizon in trading days.
    leader
        Method with the lowest error; None where no forecast could be judged.
    within_noise
        Methods whose difference from the leader is within noise.
    behind
        Methods that are measurably worse.
    periods
        Number of periods of this length in the dates judged that do not overlap.
    conclusive
        False where there are too few such periods to tell methods apart.
    text
        The same in words.
    """

    days: int
    leader: str | None
    within_noise: tuple[str, ...]
    behind: tuple[str, ...]
    periods: float
    conclusive: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """The method to use.

    Parameters
    ----------
    method
        None where the data cannot say.
    equals
        Other methods that are nowhere measurably worse than the best.
    text
        The same in words.
    """

    method: str | None
    equals: tuple[str, ...]
    text: str


def decide(horizon: Horizon, errors: dict[str, Floats]) -> Verdict:
    """Compare the methods at one horizon.

    Parameters
    ----------
    horizon
        How far forecasts look.
    errors
        For each method its mean squared error at each date, shape (n_dates,), dates in common.
    """
    n_dates = len(next(iter(errors.values()))) if errors else 0
    periods = n_dates / horizon.lag
    if n_dates == 0:
        return _silent(horizon, periods, f"{horizon.days} days: no forecast could be judged.")
    leader = min(errors, key=lambda name: (float(errors[name].mean()), list(errors).index(name)))
    reach = float(stdtrit(max(periods - 1.0, 1.0), _LEVEL))
    near: list[str] = []
    behind: list[str] = []
    is_clear = True
    for name, series in errors.items():
        if name == leader:
            continue
        difference = series - errors[leader]
        error = long_run_error(difference, horizon.lag)
        is_clear = is_clear and bool(np.isfinite(error))
        (behind if np.isfinite(error) and difference.mean() > reach * error else near).append(name)
    if not is_clear:
        text = (
            f"{horizon.days} days: only {periods:.1f} periods that do not overlap; too few to tell methods apart"
            f" ({leader} had the lowest error)."
        )
        return _silent(horizon, periods, text, leader=leader, near=tuple(near))
    tied = f"; within noise of it: {', '.join(near)}" if near else ""
    worse = f"; measurably worse: {', '.join(behind)}" if behind else ""
    return Verdict(
        days=horizon.days,
        leader=leader,
        within_noise=tuple(near),
        behind=tuple(behind),
        periods=periods,
        conclusive=True,
        text=f"{horizon.days} days: {leader} leads{tied}{worse}.",
    )


def recommend(verdicts: tuple[Verdict, ...], errors: dict[int, dict[str, Floats]], default: str) -> Recommendation:
    """Choose over all horizons at which methods can be told apart.

    The default is kept where it is nowhere measurably worse than the leader: a change needs a reason. Otherwise the
    method with the lowest error on average over horizons is chosen from those that are nowhere measurably worse, or
    from all if there is none.

    Parameters
    ----------
    verdicts
        From `decide`.
    errors
        By horizon and method, as for `decide`.
    default
        The method used when nothing is said.
    """
    clear = [v for v in verdicts if v.conclusive]
    if not clear:
        return Recommendation(
            method=None,
            equals=(),
            text=f"These data cannot tell the methods apart; the default, {default}, rests on evidence from elsewhere.",
        )
    names = list(errors[clear[0].days])
    level = {n: _relative_error(n, [v.days for v in clear], errors) for n in names}
    contenders = [n for n in names if all(n == v.leader or n in v.within_noise for v in clear)]
    best = min(contenders or names, key=lambda n: level[n])
    if default in contenders and default != best:
        gap = 100.0 * (1.0 - level[best] / level[default])
        text = f"Keep the default, {default}: {best} had {gap:.1f}% less error here, which is within noise."
        best = default
    elif not contenders:
        text = f"Use {best}: the lowest error on average, though measurably behind at some horizon; see each horizon."
    elif len(contenders) > 1:
        others = ", ".join(n for n in contenders if n != best)
        text = f"Use {best}. Within noise of it at every horizon: {others}."
    else:
        text = f"Use {best}: every other method is measurably worse at some horizon."
    return Recommendation(method=best, equals=tuple(n for n in contenders if n != best), text=text)


def _relative_error(name: str, days: list[int], errors: dict[int, dict[str, Floats]]) -> float:
    """Give the root mean squared error against that of the best, averaged over horizons."""
    ratios = []
    for d in days:
        lowest = min(float(e.mean()) for e in errors[d].values())
        ratios.append(float(np.sqrt(errors[d][name].mean() / lowest)) if lowest > 0 else 1.0)
    return float(np.mean(ratios))


def _silent(
    horizon: Horizon, periods: float, text: str, *, leader: str | None = None, near: tuple[str, ...] = ()
) -> Verdict:
    return Verdict(
        days=horizon.days, leader=leader, within_noise=near, behind=(), periods=periods, conclusive=False, text=text
    )
