r"""Search lots so that a plan leaves no opposite contracts on one index.

A book that is long 8 of a large contract may be brought down by selling 6 of them and 5 small ones: it then holds both
a long and a short on one index, with margin, rolls and fees on either side for nothing. For every index on which one of
the hedges has to be closed, there are two ways that leave none:

    close        the contracts that are held against the gap are closed in part or in full, and no other is touched
    close, open  they are closed in full, and what is left of the gap is opened in any of them

Both are searched exactly for every such index, and the better is taken; opposite contracts are left only where nothing
else reaches the band. Where one contract alone may be traded and its
sibling is held the other way, that was asked for, and nothing forbids it.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import product
from math import ceil, copysign

from trimtab.hedge.futures.hedge import Hedge
from trimtab.hedge.search import Distance, LotChoice, LotRange, search_lots

__all__ = ["leaves_opposites", "search_one_way"]


def search_one_way(
    gap: float, ranges: tuple[LotRange, ...], hedges: tuple[Hedge, ...], *, distance: Distance, cash: float
) -> LotChoice:
    """Find the best lots that leave no opposite contracts on one index.

    Parameters
    ----------
    gap, ranges, distance, cash
        As for `trimtab.hedge.search.search_lots`.
    hedges
        What each range trades, with what is held of it.
    """
    closing = tuple(_lots_to_close(h, gap) for h in hedges)
    indices = tuple(dict.fromkeys(_index(h) for h, n in zip(hedges, closing, strict=True) if n is not None and n > 0))
    crowded = tuple(i for i in indices if _is_crowded(i, hedges))
    if not crowded:
        return search_lots(gap, ranges, distance=distance, cash=cash)
    choices = []
    for opened in product((False, True), repeat=len(crowded)):
        through = dict(zip(crowded, opened, strict=True))
        choice = _search(gap, ranges, hedges, closing, through, distance=distance, cash=cash)
        if choice is not None:
            choices.append(choice)
    best = min(choices, key=lambda c: c.objective)
    if abs(best.remaining) > distance.slack:
        # Opposite contracts are better than a mandate that is missed; the plan says that it holds them.
        freely = search_lots(gap, ranges, distance=distance, cash=cash)
        return freely if abs(freely.remaining) <= distance.slack else best
    return best


def _is_crowded(index: str | None, hedges: tuple[Hedge, ...]) -> bool:
    """Tell whether several hedges are on an index, and none of them is held against another already."""
    on = [h for h in hedges if _index(h) == index]
    sides = {float(h.held) * h.beta_per_lot > 0 for h in on if h.held != 0}
    return len(on) > 1 and len(sides) < 2


def leaves_opposites(hedges: tuple[Hedge, ...], traded: Mapping[str, Decimal]) -> bool:
    """Tell whether trades, by symbol, leave a long and a short of one index where there was none before.

    Parameters
    ----------
    hedges
        All that may be traded, with what is held of each.
    traded
        Signed units.
    """
    before: set[tuple[str, bool]] = set()
    after: set[tuple[str, bool]] = set()
    for hedge in hedges:
        index = _index(hedge)
        for sides, units in ((before, hedge.held), (after, hedge.held + traded.get(hedge.symbol, Decimal(0)))):
            if index is not None and units != 0:
                sides.add((index, float(units) * hedge.beta_per_lot > 0))
    return any((i, True) in after and (i, False) in after and not {(i, True), (i, False)} <= before for i, _ in after)


def _index(hedge: Hedge) -> str | None:
    """Give the index of a contract; None for what is owned: shares of two funds are no opposite legs."""
    if not hedge.instrument.settles_daily:
        return None
    return next(iter(hedge.instrument.underlyings), hedge.instrument.family)


def _lots_to_close(hedge: Hedge, gap: float) -> int | None:
    """Give the lots that close what is held against the gap, rounded up; None of what is owned."""
    if _index(hedge) is None:
        return None
    against = float(hedge.held) * hedge.beta_per_lot * gap < 0
    return ceil(abs(hedge.held) / hedge.lot) if against else 0


def _search(
    gap: float,
    ranges: tuple[LotRange, ...],
    hedges: tuple[Hedge, ...],
    closing: tuple[int | None, ...],
    through: dict[str | None, bool],
    *,
    distance: Distance,
    cash: float,
) -> LotChoice | None:
    """Search with some indices closed in full and opened again, and the others only closed; None if it overshoots."""
    done, limited, rest = [0] * len(ranges), list(ranges), gap
    for k, (one, hedge, lots) in enumerate(zip(ranges, hedges, closing, strict=True)):
        index = _index(hedge)
        if index not in through or lots is None:
            continue
        if not through[index]:
            whole = int(abs(hedge.held) // hedge.lot) if lots else 0
            limited[k] = replace(one, most=whole if one.most is None else min(whole, one.most))
        elif lots > 0:
            if one.most is not None and one.most < lots:
                return None
            done[k] = int(copysign(lots, gap * one.beta_per_lot))
            limited[k] = replace(one, most=None if one.most is None else one.most - lots)
            rest -= done[k] * one.beta_per_lot
    if rest * gap <= 0:
        return None
    choice = search_lots(rest, tuple(limited), distance=distance, cash=cash)
    spent = sum(one.cost_per_lot * abs(n) for one, n in zip(ranges, done, strict=True))
    return replace(
        choice,
        lots=tuple(a + b for a, b in zip(choice.lots, done, strict=True)),
        objective=choice.objective + spent,
    )
