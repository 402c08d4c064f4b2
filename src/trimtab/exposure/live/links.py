"""Which price touches what, laid out for the compiled loop."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trimtab.exposure.kinds.row import Row
from trimtab.exposure.live.market import Board
from trimtab.exposure.pricing import live_columns as k
from trimtab.model.portfolio import Position

__all__ = ["lay_links"]


def lay_links(
    board: Board, positions: Sequence[Position], made: Sequence[Row], ways: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Lay out, for each slot, the currencies and rows it touches (see `live_kernel`)."""
    size = len(board.px)
    money: list[list[int]] = [[] for _ in range(size)]
    touched: list[dict[int, int]] = [{} for _ in range(size)]
    for c in range(len(board.currencies)):
        for slot in {int(s) for s in ways[c, ::2] if s >= 0}:
            money[slot].append(c)
    for i, position in enumerate(positions):
        # A price that is converted moves with the currency of its column as well.
        slow = made[i].kind == k.SLOW or made[i].slow is not None
        stated = (board.currency_of(name) for name in position.instrument.price_names) if slow else ()
        money_in = {*position.instrument.moneys, *(c for c in stated if c is not None)}
        for slot in {s for c in money_in for s, _ in board.way(c) or ()}:
            touched[slot].setdefault(i, k.PLAIN)
        slots = {board.slots[name] for name in position.instrument.price_names}
        price = made[i].ints.get(k.PRICE, -1)
        for slot in slots if slow else slots & {price}:
            touched[slot][i] = k.PLAIN
        if position.instrument.written_on and price >= 0:
            touched[price][i] = k.UNDERLYING
            own = board.slots[position.symbol]
            if own != price:
                touched[own][i] = k.OWN_QUOTE
    ends: list[int] = []
    flat: list[int] = []
    for slot in range(size):
        begin = 3 * size + len(flat)
        flat += money[slot]
        middle = 3 * size + len(flat)
        flat += [number for pair in touched[slot].items() for number in pair]
        ends += [begin, middle, 3 * size + len(flat)]
    return np.array([*ends, *flat], dtype=np.int64)
