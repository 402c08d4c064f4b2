"""Which limits keep a reallocation from its band: each is lifted in turn, and what that alone would change is told."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from trimtab.exposure.expose import Exposure
from trimtab.hedge.reallocate.solve import Frame, Span, least_miss, problem_of
from trimtab.hedge.reallocate.terms import ReallocationLimits
from trimtab.model.mandate import Mandate

__all__ = ["name_conflicts"]

_SMALL = 1e-9


def name_conflicts(frame: Frame, with_all: Frame, mandate: Mandate, before: Exposure, after: Exposure) -> list[str]:
    """Say in words which limits are in the way, and what the nearest plan reaches.

    Parameters
    ----------
    frame
        The book as it may be traded.
    with_all
        The same without its no-trade list.
    mandate
        What was to be reached.
    before, after
        The portfolio, and the nearest one.
    """
    notes = [
        f"no reallocation within the limits brings beta into [{mandate.lower:.3f}, {mandate.upper:.3f}]; the nearest "
        f"one reaches {after.beta.value:.3f} from {before.beta.value:.3f}"
    ]
    miss = _miss(frame)
    if miss <= _SMALL:
        return [
            *notes,
            "with fractions of lots it could be reached: whole lots, the smallest ticket or the band's width are in "
            "the way; allow smaller lots and tickets, or widen the band",
        ]
    lifted = []
    for name, advice, other in (*_lifted(frame), ("the no-trade list", "shorten it", with_all)):
        rest = _miss(other)
        if rest < miss - _SMALL:
            what = "enough by itself" if rest <= _SMALL else f"would close {1.0 - rest / miss:.0%} of the gap"
            lifted.append(f"in the way: {name}; to {advice} {'is ' if rest <= _SMALL else ''}{what}")
    if not lifted:
        lifted.append(
            "no single limit is to blame: what may be sold and bought does not hold enough beta; lift several limits, "
            "allow other instruments, or hedge with futures"
        )
    return notes + lifted


def _miss(frame: Frame) -> float:
    if not frame.book.lines:
        return float(np.maximum(frame.beta - frame.high, 0.0) + np.maximum(frame.low - frame.beta, 0.0))
    return least_miss(problem_of(frame, Span(low=0.0, high=0.0)))[1]


def _lifted(frame: Frame) -> Iterator[tuple[str, str, Frame]]:
    limits = frame.limits

    def having(changed: ReallocationLimits) -> Frame:
        return replace(frame, limits=changed)

    if limits.max_turnover is not None:
        yield f"turnover of at most {limits.max_turnover:.1%}", "allow more", having(replace(limits, max_turnover=None))
    if limits.cash_neutral:
        yield "cash neutrality", "let cash change", having(replace(limits, cash_neutral=False))
    if limits.min_cash is not None:
        yield f"cash of at least {limits.min_cash:,.0f}", "allow less", having(replace(limits, min_cash=None))
    if limits.max_cash is not None:
        yield f"cash of at most {limits.max_cash:,.0f}", "allow more", having(replace(limits, max_cash=None))
    if limits.max_weight is not None:
        yield (
            f"positions of at most {limits.max_weight:.1%} of NAV",
            "allow more",
            having(replace(limits, max_weight=None)),
        )
    if limits.max_participation is not None:
        yield (
            f"orders of at most {limits.max_participation:.1%} of daily volume", "allow more",
            having(replace(limits, max_participation=None)),
        )  # fmt: skip
    if limits.long_only:
        yield "no shorts", "allow them", having(replace(limits, long_only=False))
    yield from _sectors(frame, limits)


def _sectors(frame: Frame, limits: ReallocationLimits) -> Iterator[tuple[str, str, Frame]]:
    for i, sector in enumerate(limits.sectors):
        wide = tuple(
            replace(s, low=-float("inf"), high=float("inf")) if k == i else s for k, s in enumerate(limits.sectors)
        )
        yield f"the limits of {sector.name}", "widen them", replace(frame, limits=replace(limits, sectors=wide))
