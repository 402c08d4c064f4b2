"""Whether what was not measured could change a verdict: the worst case inside all bounds, tried at both ends."""

from collections.abc import Callable
from dataclasses import dataclass

from trimtab.exposure.coverage import Coverage, PositionBounds

__all__ = ["WorstCase", "worst_case"]

#: Names of positions that a verdict tells.
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstCase:
    """What is left of a verdict at the worst.

    Parameters
    ----------
    stands
        Whether the verdict is the same at both ends of beta.
    low, high
        Least and most beta inside the bounds; None where not even NAV is sure.
    words
        The same in words.
    deciding
        Positions whose bounds change the verdict, the widest first; empty where it stands.
    """

    stands: bool
    low: float | None
    high: float | None
    words: str
    deciding: tuple[str, ...] = ()


def worst_case(coverage: Coverage, beta: float, shift: float, side: Callable[[float], object]) -> WorstCase | None:
    """Try a verdict at both ends of what beta can be; None where everything was measured.

    Parameters
    ----------
    coverage
        What was not measured.
    beta
        The estimate that is judged.
    shift
        That estimate less the one that the bounds were taken around: another reading of the same portfolio.
    side
        Gives the verdict on a beta.
    """
    if not coverage.bounds:
        return None
    widest = sorted(coverage.bounds, key=lambda b: b.beta_exposure_low - b.beta_exposure_high)
    sources = _said(widest)
    if coverage.beta_low is None or coverage.beta_high is None:
        words = f"within the bounds of {sources} not even a positive net asset value is sure"
        return WorstCase(stands=False, low=None, high=None, words=words, deciding=_names(widest))
    low, high = coverage.beta_low + shift, coverage.beta_high + shift
    words = f"within the bounds of {sources}, beta lies between {low:.3f} and {high:.3f}"
    if side(low) == side(beta) == side(high):
        return WorstCase(stands=True, low=low, high=high, words=words)
    return WorstCase(stands=False, low=low, high=high, words=words, deciding=_names(widest))


def _names(widest: list[PositionBounds]) -> tuple[str, ...]:
    return tuple(b.asset for b in widest[:_MOST_NAMED])


def _said(widest: list[PositionBounds]) -> str:
    """Name the widest bounds, and say what is only assumed."""
    named = [f"{b.asset} (beta {b.beta_low:g} to {b.beta_high:g} assumed)" if b.assumed else b.asset
             for b in widest[:_MOST_NAMED]]  # fmt: skip
    more = len(widest) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")
