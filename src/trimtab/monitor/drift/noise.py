r"""Was it beta that changed, or its estimate? The error of the difference of two overlapping estimates.

Two estimates that share most of their observations err together, and their difference errs far less than either. With
s_t the scores of an estimate (each observation's share in its error) laid out by date,

    var( sum_k w1_k b1_k - sum_k w0_k b0_k ) = sum_t ( w1's1_t - w0's0_t )^2 + sum_k ( w1_k o1_k - w0_k o0_k )^2

Observations in both cancel but for the change of their weight; those in one remain. o is the error that an asset has to
itself (what shrinkage assumes of it): it is the same unknown at both points, and cancels as well.
Assumption
    True betas did not change: that is what is tested. Scores of the later estimate reach h rows further, h the number
    of the benchmark's prices between the two. It holds for `INFLUENCE` methods, whose scores are influences of single
    days; scores of filters (two-speed, kalman, and so the default) are not. For these, and for methods that resample or
    changed, the errors count as unrelated, which makes the error too large, and `aligned` is False. Betas of another
    method can be brought as evidence instead: see `trimtab.monitor.drift.causes.explain_drift`.
Measured
    Under constant betas |z| > 1.96 came in 4% to 6% of cases for ols, welch, ewma, huber and welch|vasicek from 21 new
    days on. With 5 new days robust errors are cautious (below 2%: ten squares say little about a variance). Errors of
    the classical kind assume even volatility: where it wanders at random they reject in 11%, and on the benchmark's own
    returns of early 2020 in 25%, where welch rejects in 6%.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from trimtab.beta.estimate import Betas
from trimtab.market.snapshot import Market
from trimtab.stats.arrays import Floats

__all__ = ["INFLUENCE", "AssetNoise", "EstimateNoise", "estimate_noise", "has_influences"]

Verdict = Literal["within noise", "beyond noise", "no change"]

#: Methods whose scores are influences of single observations, and shrinkages that keep them so.
INFLUENCE = frozenset({"ols", "ewma", "welch", "huber", "lad"})
_KEEP = frozenset({"vasicek", "blume", "adjusted"})
#: Two-sided 5% of the normal distribution.
CRITICAL = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetNoise:
    """A beta that changed.

    Parameters
    ----------
    asset
        Whose beta.
    start, end
        The estimates.
    stderr
        Of their difference, if true beta did not change.
    part
        What the change added to portfolio beta.
    """

    asset: str
    start: float
    end: float
    stderr: float
    part: float

    @property
    def z(self) -> float | None:
        """Difference over its error; None where there is no error."""
        return _ratio(self.end - self.start, self.stderr)

    @property
    def verdict(self) -> Verdict:
        """Say whether the change is beyond noise."""
        return _judge(self.end - self.start, self.stderr)


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateNoise:
    """The part of a drift that comes from changed betas, against its noise.

    Parameters
    ----------
    part
        Change of portfolio beta from changed betas at the weights of the drift.
    stderr
        Its standard error, if true betas did not change.
    method
        Whose betas these are: those of the drift, or those brought as evidence.
    observations
        New rows of returns between the two estimates.
    aligned
        False where the two estimates could not be laid over one another and count as unrelated.
    assets
        One line per beta that was used at both points, largest part first.
    """

    part: float
    stderr: float
    method: str
    observations: int
    aligned: bool
    assets: tuple[AssetNoise, ...]

    @property
    def z(self) -> float | None:
        """The part over its error; None where there is no error."""
        return _ratio(self.part, self.stderr)

    @property
    def verdict(self) -> Verdict:
        """Say whether the part is beyond noise: |z| > 1.96."""
        return _judge(self.part, self.stderr)


def estimate_noise(
    start: Betas,
    end: Betas,
    start_weights: dict[str, float],
    end_weights: dict[str, float],
    *,
    market: Market,
    earlier: Market,
) -> EstimateNoise:
    """Give the part from changed betas, with the error it would have under constant true betas.

    Parameters
    ----------
    start, end
        The estimates at both points.
    start_weights, end_weights
        Delta exposure / NAV by symbol, with which each set of betas counts.
    market, earlier
        The moments of `end` and `start`; the later one's prices count the rows between the two.
    """
    rows = _rows_between(start, end, market, earlier)
    laid = _aligned(start, end, rows)
    named = dict.fromkeys((*start_weights, *end_weights))
    names = [n for n in named if n in start and n in end and None not in (start[n].value, end[n].value)]
    assets = []
    for name in names:
        before, after = start[name].value, end[name].value
        if before is None or after is None or name not in start_weights or name not in end_weights:
            continue
        size = end_weights[name]
        error = _difference_error(start, end, {name: 1.0}, {name: 1.0}, laid)
        assets.append(AssetNoise(asset=name, start=before, end=after, stderr=error, part=size * (after - before)))
    start_weights = {n: w for n, w in start_weights.items() if n in names}
    end_weights = {n: w for n, w in end_weights.items() if n in names}
    part = _sum(end, end_weights) - _sum(start, start_weights)
    return EstimateNoise(
        part=part,
        stderr=_difference_error(start, end, start_weights, end_weights, laid),
        method=end.method,
        observations=abs(rows),
        aligned=laid is not None,
        assets=tuple(sorted(assets, key=lambda a: -abs(a.part))),
    )


def has_influences(method: str) -> bool:
    """Tell whether a method's scores are influences of single observations.

    Examples
    --------
    >>> has_influences("welch|vasicek"), has_influences("auto"), has_influences("weekly|ols")
    (True, False, False)
    """
    first, *rest = (step.partition("(")[0] for step in method.split("|"))
    return first in INFLUENCE and all(step in _KEEP for step in rest)


def _rows_between(start: Betas, end: Betas, market: Market, earlier: Market) -> int:
    """Count the benchmark's prices between two estimates; negative where the second is the earlier one."""
    later = market if market.as_of >= earlier.as_of else earlier
    if end.benchmark not in later.prices:
        return 0
    is_quoted = ~np.isnan(later.prices.values[:, later.prices.column(end.benchmark)])
    low, high = min(start.as_of, end.as_of), max(start.as_of, end.as_of)
    count = int(np.count_nonzero(is_quoted & (later.prices.dates > low) & (later.prices.dates <= high)))
    return count if end.as_of >= start.as_of else -count


def _aligned(start: Betas, end: Betas, rows: int) -> tuple[Floats, Floats] | None:
    """Lay the scores of both estimates over one another by date, shape (n_rows, n_assets) each; None if impossible."""
    if rows < 0:
        swapped = _aligned(end, start, -rows)
        return None if swapped is None else (swapped[1], swapped[0])
    steps = start.method.split("|")
    if start.method != end.method or not has_influences(start.method):
        return None
    # After the rows of the observations each of these adds one: what bounds or a fixed move pulled, or the error of an
    # estimated prior mean.
    extra = sum(step.partition("(")[0] in {"welch", *_KEEP} for step in steps)
    first, last = start.scores, end.scores
    n0, n1 = len(first) - extra, len(last) - extra
    if n1 == n0:
        shift = rows
    elif n1 == n0 + rows:
        shift = 0
    else:
        return None
    length = max(n0, n1 + shift)
    old, new = np.zeros((length + extra, first.shape[1])), np.zeros((length + extra, last.shape[1]))
    old[:n0], old[length:] = first[:n0], first[n0:]
    new[shift : shift + n1], new[length:] = last[:n1], last[n1:]
    return old, new


def _difference_error(
    start: Betas, end: Betas, w0: dict[str, float], w1: dict[str, float], laid: tuple[Floats, Floats] | None
) -> float:
    before, after = _vector(start, w0), _vector(end, w1)
    if laid is None:
        return float(np.hypot(start.combined_error(before), end.combined_error(after)))
    shared = laid[1] @ after - laid[0] @ before
    own: dict[str, float] = {}
    for sign, betas, weights in ((1.0, end, after), (-1.0, start, before)):
        for i in np.flatnonzero(weights).tolist():
            name = betas.assets[i]
            own[name] = own.get(name, 0.0) + sign * float(weights[i]) * float(np.sqrt(betas.own_variance[i]))
    return float(np.sqrt(shared @ shared + sum(o * o for o in own.values())))


def _vector(betas: Betas, weights: dict[str, float]) -> Floats:
    vector = np.zeros(len(betas.estimates))
    for name, weight in weights.items():
        vector[betas.row(name)] += weight
    return vector


def _sum(betas: Betas, weights: dict[str, float]) -> float:
    return float(sum(weight * (betas[name].value or 0.0) for name, weight in weights.items()))


def _ratio(change: float, stderr: float) -> float | None:
    return change / stderr if stderr > 0 else None


def _judge(change: float, stderr: float) -> Verdict:
    if change == 0.0:
        return "no change"
    return "beyond noise" if abs(change) > CRITICAL * stderr else "within noise"
