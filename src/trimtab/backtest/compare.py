r"""Rules compared on the same days: paired differences, with intervals that hold for all comparisons at once.

What is compared is the day's total: cost, and half the risk aversion times the square of what missing the target made
of the day. Blocks of 63 days are drawn around the circle of all days, the same for all rules, so that a storm that hits
every rule does not pass for a difference between them. The intervals are difference -/+ c s, with s the spread over
draws and c the 95% point of the largest |t| over all pairs in a draw: with more rules tried, c grows.

Source
    Politis and Romano (1992), A circular block-resampling procedure for stationary data; Romano and Wolf (2005),
    Econometrica 73, 1237-1282, for the largest statistic over all comparisons.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from trimtab.backtest.measure import Measured
from trimtab.backtest.tape import Tape
from trimtab.stats.arrays import Floats
from trimtab.stats.normal import normal_quantile

__all__ = ["Compared", "Comparison", "Regime", "compare_runs"]

_BLOCK, _CONFIDENCE = 63, 0.95
_BP = 1e4
#: Up to so many rules every pair is compared; beyond, each with the one of the lowest total.
_PAIRED = 8
#: Up to so many rules the largest |t| is drawn over all pairs; beyond, Bonferroni's bound stands in.
_DRAWN = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two rules on the same days.

    Parameters
    ----------
    a, b
        Their policies, as in the outcomes.
    regime
        "all", "calm" or "stormy".
    difference
        Total of a less that of b, basis points of NAV a year.
    low, high
        95% interval, for all comparisons of the regime at once.
    cost_difference
        The part of the difference that is cost.
    """

    a: str
    b: str
    regime: str
    difference: float
    low: float
    high: float
    cost_difference: float

    @property
    def differs(self) -> bool:
        """Whether the difference is beyond noise."""
        return self.low > 0.0 or self.high < 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """What rules did on some of the days.

    Parameters
    ----------
    name, days
        Which days, and how many.
    policies, total_bp_year, rms_gap
        One entry for each rule.
    """

    name: str
    days: int
    policies: tuple[str, ...]
    total_bp_year: tuple[float, ...]
    rms_gap: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """All comparisons.

    Parameters
    ----------
    comparisons
        Over all days first.
    regimes
        Calm and stormy days.
    tried
        How many rules the intervals allow for.
    lowest
        The rule of the lowest total over all days.
    alike
        Rules whose total is not beyond noise of it, itself among them, the cheapest first.
    conclusion
        In words.
    """

    comparisons: tuple[Comparison, ...]
    regimes: tuple[Regime, ...]
    tried: int
    lowest: str
    alike: tuple[str, ...]
    conclusion: str


def compare_runs(measured: Measured, tape: Tape, names: tuple[str, ...], *, seed: int, draws: int = 999) -> Compared:
    """Compare rules over all days, and over calm and stormy ones.

    Parameters
    ----------
    measured
        What they did.
    tape
        The days.
    names
        Of the rules, each once.
    seed, draws
        Of the bootstrap.
    """
    weights, year = _drawn(len(measured.cost), seed, draws), tape.per_year * _BP
    stormy = _stormy(tape)
    spans = {"all": np.ones(len(stormy), dtype=np.bool_), "calm": ~stormy, "stormy": stormy}
    lowest = int(np.argmin((measured.cost + measured.miss).mean(axis=0)))
    comparisons = [
        c for name, days in spans.items() for c in _compare(measured, names, lowest, weights, (name, days), year)
        if days.any()
    ]  # fmt: skip
    against = {c.a if c.b == names[lowest] else c.b for c in comparisons if _is_beyond(c, names[lowest])}
    costs = {name: o.cost_bp_year for name, o in zip(names, measured.outcomes, strict=True)}
    alike = tuple(sorted((n for n in names if n not in against), key=lambda n: (costs[n], n)))
    return Compared(
        comparisons=tuple(comparisons),
        regimes=tuple(_regime(measured, names, (name, days), year) for name, days in spans.items() if name != "all"),
        tried=len(names),
        lowest=names[lowest],
        alike=alike,
        conclusion=_conclude(names, alike, costs),
    )


def _is_beyond(one: Comparison, lowest: str) -> bool:
    return one.regime == "all" and lowest in {one.a, one.b} and one.differs


def _conclude(names: tuple[str, ...], alike: tuple[str, ...], costs: dict[str, float]) -> str:
    cheapest = f"{alike[0]}, at {costs[alike[0]]:.2f} bp of NAV a year"
    if len(names) == 1:
        return "one policy: nothing to compare it with"
    if len(alike) == len(names):
        return f"nothing differs beyond noise; the cheapest is {cheapest}"
    worse = ", ".join(n for n in names if n not in alike)
    if len(alike) == 1:
        return f"{alike[0]} is better than {worse}, beyond noise"
    return f"{worse}: worse beyond noise; among {', '.join(alike)} nothing differs, and the cheapest is {cheapest}"


def _drawn(n_days: int, seed: int, draws: int) -> Floats:
    """Give how often each day was drawn, as shares that sum to 1, shape (draws, n_days)."""
    length = min(_BLOCK, max(1, n_days // 4))
    n_blocks = -(-n_days // length)
    starts = np.random.default_rng(seed).integers(0, n_days, size=(draws, n_blocks))
    rows = (starts[:, :, None] + np.arange(length)) % n_days + n_days * np.arange(draws)[:, None, None]
    counts = np.bincount(rows.ravel(), minlength=draws * n_days).reshape(draws, n_days)
    weights: Floats = counts / (n_blocks * length)
    return weights


def _stormy(tape: Tape) -> NDArray[np.bool_]:
    """Mark the returns before which the benchmark's last 63 were louder than on the median day."""
    squares = np.diff(np.log(tape.level)) ** 2
    sums = np.concatenate([[0.0], np.cumsum(squares)])
    rows = np.arange(len(squares))
    first = np.maximum(0, rows - _BLOCK)
    loud = (sums[rows] - sums[first]) / np.maximum(1, rows - first)
    stormy: NDArray[np.bool_] = loud > np.median(loud)
    return stormy


def _compare(
    measured: Measured,
    names: tuple[str, ...],
    lowest: int,
    weights: Floats,
    span: tuple[str, NDArray[np.bool_]],
    year: float,
) -> list[Comparison]:
    regime, days = span
    share = days.mean()
    total = np.where(days[:, None], measured.cost + measured.miss, 0.0) / share
    mean = total.mean(axis=0)
    cost = np.where(days[:, None], measured.cost, 0.0).mean(axis=0) / share
    draws = weights @ (total - mean)
    n_rules = len(names)
    pairs = list(combinations(range(n_rules), 2))
    shown = pairs if n_rules <= _PAIRED else [(k, lowest) for k in range(n_rules) if k != lowest]
    width = _critical(draws, pairs) if n_rules <= _DRAWN else _bonferroni(len(pairs))
    made = []
    for a, b in shown:
        room = width * float((draws[:, a] - draws[:, b]).std()) * year
        difference = float(mean[a] - mean[b]) * year
        made.append(
            Comparison(
                a=names[a],
                b=names[b],
                regime=regime,
                difference=difference,
                low=difference - room,
                high=difference + room,
                cost_difference=float(cost[a] - cost[b]) * year,
            )
        )
    return made


def _critical(draws: Floats, pairs: list[tuple[int, int]]) -> float:
    """Give the 95% point of the largest |t| over all pairs."""
    largest = np.zeros(len(draws))
    for a, b in pairs:
        apart = draws[:, a] - draws[:, b]
        spread = float(apart.std())
        if spread > 0.0:
            largest = np.maximum(largest, np.abs(apart) / spread)
    return float(np.quantile(largest, _CONFIDENCE))


def _bonferroni(comparisons: int) -> float:
    return normal_quantile(1.0 - (1.0 - _CONFIDENCE) / (2.0 * comparisons))


def _regime(measured: Measured, names: tuple[str, ...], span: tuple[str, NDArray[np.bool_]], year: float) -> Regime:
    name, days = span
    some = days if days.any() else np.ones_like(days)
    totals = (measured.cost + measured.miss)[some].mean(axis=0) * year
    gaps = np.sqrt((measured.gap[1:][some] ** 2).mean(axis=0))
    return Regime(
        name=name, days=int(days.sum()), policies=names, total_bp_year=tuple(totals.tolist()),
        rms_gap=tuple(gaps.tolist()),
    )  # fmt: skip
