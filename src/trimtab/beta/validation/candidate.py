"""The estimators that play, and their forecasts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trimtab.beta.estimators.constant import Constant
from trimtab.beta.history import BetaHistory
from trimtab.beta.method import DEFAULT_METHOD, Chain, Estimator, parse_method
from trimtab.beta.registry import ESTIMATORS, SHRINKERS
from trimtab.beta.walk import walk
from trimtab.errors import InputError
from trimtab.market.returns import PairedReturns

__all__ = ["BASELINES", "Candidate", "candidates", "default_field", "forecast"]

#: What skill is measured against: the beta that everyone knows, and the best of the published recipes.
BASELINES = ("ols", "welch|vasicek")
_FIELD = (
    "auto",
    "mixture",
    "two-speed",
    "welch|double",
    "welch|vasicek",
    "welch",
    "ewma",
    "ols|vasicek",
    "ols",
    "frazzini-pedersen",
    "constant",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An estimator under the name that it is listed by.

    Parameters
    ----------
    name
        As it was written.
    estimator
        What makes its forecasts.
    """

    name: str
    estimator: Estimator

    @property
    def by_horizon(self) -> bool:
        """True if the forecast depends on how far it looks."""
        return any(_has_horizon(part) for part in _parts(self.estimator))

    def over(self, days: int) -> Estimator:
        """Give the estimator for a horizon in trading days."""
        if not isinstance(self.estimator, Chain):
            return _looking(self.estimator, days)  # type: ignore[no-any-return]
        chain = self.estimator
        then = tuple(_looking(s, days) for s in chain.then)
        return replace(chain, first=_looking(chain.first, days), then=then)


def default_field() -> tuple[str, ...]:
    """Give the methods that play when none are named: those of the list that this version has."""
    names = {*ESTIMATORS, *SHRINKERS, "constant"}
    return tuple(m for m in _FIELD if all(part in names for part in m.split("|")))


def candidates(methods: Sequence[str | Estimator] | None) -> tuple[Candidate, ...]:
    """Read the methods that play; the two baselines are added if they are not among them.

    Parameters
    ----------
    methods
        As `parse_method` reads them, "constant", or estimator objects; None takes `default_field`.

    Examples
    --------
    >>> [c.name for c in candidates(["ewma(half_life=42)"])]
    ['ewma(half_life=42)', 'ols', 'welch|vasicek']
    """
    named = (methods,) if isinstance(methods, str) else methods
    given = default_field() if named is None else tuple(named)
    by_name: dict[str, Candidate] = {}
    for method in (*given, *BASELINES):
        name = method if isinstance(method, str) else method.name
        name = DEFAULT_METHOD if name == "default" else name
        if name in by_name and not isinstance(method, str):
            raise InputError(
                expected="estimators with different names",
                found=f"{name!r} twice",
                try_next="give each a name of its own, or write it as text with its options",
            )
        estimator = Constant() if name == "constant" else parse_method(method)
        by_name.setdefault(name, Candidate(name=name, estimator=estimator))
    return tuple(by_name.values())


def forecast(
    candidate: Candidate,
    pairs: PairedReturns,
    rows: NDArray[np.intp],
    days: int,
    progress: Callable[[int, int], None] | None = None,
) -> BetaHistory:
    """Make a candidate's forecasts at rows, each with returns up to that row only."""
    return walk(pairs, candidate.over(days), rows=rows, progress=progress)


def _parts(estimator: Any) -> tuple[Any, ...]:
    return (*estimator.before, estimator.first, *estimator.then) if isinstance(estimator, Chain) else (estimator,)


def _has_horizon(part: Any) -> bool:
    return is_dataclass(part) and any(f.name == "horizon" for f in fields(part))


def _looking(part: Any, days: int) -> Any:
    return replace(part, horizon=days) if _has_horizon(part) else part
