"""The rows of a live book: made from positions, tried against `expose`, made again when their make-up changes."""

from collections import Counter
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from trimtab.beta.estimate import Betas
from trimtab.exposure.carry import settle_forward
from trimtab.exposure.kinds.row import Row
from trimtab.exposure.live.links import lay_links
from trimtab.exposure.live.market import Board, LiveMarket
from trimtab.exposure.live.rows import compile_row, make_slow
from trimtab.exposure.pricing import live_columns as k
from trimtab.exposure.pricing import live_kernel as kernel
from trimtab.market.snapshot import Market
from trimtab.model.portfolio import Portfolio, Position
from trimtab.stats.arrays import Floats

__all__ = ["LiveRows"]

_DAY = 86_400_000_000
_AGREE = 1e-10
"""A row is used if it finds the value and exposure of its position to this share of them."""


class LiveRows:
    """Positions as arrays for the compiled loop.

    Parameters
    ----------
    portfolio, market, betas
        As for `expose`.
    """

    def __init__(self, portfolio: Portfolio, market: Market, betas: Betas) -> None:
        self._given = portfolio
        self._held = [p for p in portfolio.positions if p.quantity != 0]
        self._betas = betas
        self._board = Board(market, (p.instrument for p in self._held))
        # named by symbol and number among those in it, so that the names outlive other holdings
        seen: Counter[str] = Counter()
        self._keys: list[str] = []
        for position in self._held:
            self._keys.append(f"{seen[position.symbol]} {position.symbol}")
            seen[position.symbol] += 1
        self._live = np.zeros(len(self._held), dtype=bool)
        self._kept: dict[int, float] = {}
        self.quotes_taken = 0
        self.quotes_late = 0
        self._build()

    def _apply(self, slots: NDArray[np.int64], prices: Floats, stamps: NDArray[np.int64]) -> None:
        late, by_hand = kernel.apply(slots, prices, stamps, *self._arrays)
        self.quotes_late += late
        if by_hand:
            self._by_hand(self._rows[:by_hand].tolist())

    def _rebuild_with(self, slot: int, price: float, stamp: int) -> None:
        """Take a quote that changes what prices what: the first of its symbol, or the first of a new day."""
        board = self._board
        if stamp < board.stamp[slot]:
            self.quotes_late += 1
            return
        first = bool(np.isnan(board.px[slot]))
        self._remember()
        if stamp >= self._midnight:
            board.as_of = np.datetime64(stamp // _DAY, "D").astype("datetime64[s]")
            self._keep_all()
        if first:
            ways = [board.way(c) for c in board.currencies]
            for name in (slot, int(board.twins[slot])):
                if name >= 0:
                    board.px[name], board.stamp[name] = price, stamp
            self._build(None if stamp >= self._midnight else self._named(slot, ways))
            return
        self._build()
        self._apply(np.array([slot]), np.array([price]), np.array([stamp]))

    def _named(self, slot: int, ways: list[tuple[tuple[int, int], ...] | None]) -> list[int]:
        """Give the rows that a first price may change: those that name it, and those in a currency it gives a rate."""
        board = self._board
        name = next((n for n, s in board.slots.items() if s == slot), "")
        money = {c for c, way in zip(board.currencies, ways, strict=True) if board.way(c) != way}
        instruments = [p.instrument for p in self._held]
        return [i for i, one in enumerate(instruments) if name in one.price_names or money & set(one.moneys)]

    def _remember(self) -> None:
        """Keep what the rows know beyond prices: which options were quoted, and which volatilities are held."""
        self._live |= self._ints[:, k.LIVE] == 1
        for i, position in enumerate(self._held):
            if self._ints[i, k.KIND] != k.OPTION:
                continue
            if self._ints[i, k.MODE] == k.MODELLED and position.stated.vol is None:
                self._kept[i] = float(self._floats[i, k.VOL])
            else:
                self._kept.pop(i, None)

    def _keep_all(self) -> None:
        """Hold every option at its volatility: a price of yesterday is not one of today."""
        for i, position in enumerate(self._held):
            if self._ints[i, k.KIND] == k.OPTION and position.stated.vol is None:
                self._kept[i] = float(self._floats[i, k.VOL])

    def _as_held(self, i: int) -> tuple[Position, str | None]:
        """Give a position as `expose` is to see it, and the price it is not to see."""
        position = self._held[i] = self._settled(self._held[i])
        if i in self._kept:
            stated = replace(position.stated, vol=self._kept[i], price=None, bid=None, ask=None)
            return replace(position, stated=stated), position.symbol
        if self._live[i] and position.instrument.written_on:
            return replace(position, stated=replace(position.stated, bid=None, ask=None)), None
        return position, None

    def _settled(self, position: Position) -> Position:
        """Write a stated forward as the yield it means, once its underlying has a price: from there it moves along."""
        names = position.instrument.written_on
        if position.stated.forward is None or not names:
            return position
        spot = next((q.value for q in map(self._board.quote, names) if q is not None), None)
        return settle_forward(position, spot, LiveMarket.of(self._board).day)

    def _compile(self, i: int) -> Row:
        position, hidden = self._as_held(i)
        return compile_row(position, LiveMarket.of(self._board, hidden=hidden), self._betas)

    def _build(self, only: list[int] | None = None) -> None:
        """Make arrays from positions, board and what was remembered: all rows, or some with the others as they are."""
        count = len(self._held)
        board = self._board
        if only is None:
            self._made = [self._compile(i) for i in range(count)]
            self._floats = np.zeros((count, k.N_FLOATS))
            self._ints = np.zeros((count, k.N_INTS), dtype=np.int64)
            self._edges = np.full((count, kernel.N_BOUNDARY), np.nan)
            self._marks = np.zeros(count, dtype=np.int64)
            self._rows = np.arange(max(count, 1), dtype=np.int64)
            self._trees = np.zeros((k.N_TREES, 2 << max(1, (count - 1).bit_length())))
        rows = list(range(count)) if only is None else only
        for i in rows if only is not None else ():
            self._made[i] = self._compile(i)
        self._ways = board.currency_ways()
        rates = [board.rate(c) for c in board.currencies]
        self._fx = np.array([np.nan if r is None else r.value for r in rates])
        self._midnight = (int(board.as_of.astype("datetime64[us]").astype(np.int64)) // _DAY + 1) * _DAY
        self._unpriced = bool(np.isnan(board.px).any())
        self._links = lay_links(board, self._held, self._made, self._ways)
        self._one = (np.zeros(1, dtype=np.int64), np.zeros(1), np.zeros(1, dtype=np.int64))
        self._arrays = (
            board.px, board.stamp, self._fx, self._ways, self._links, board.twins,
            self._floats, self._ints, self._edges, self._marks, self._rows, self._trees,
        )  # fmt: skip
        for i in rows:
            self._lay(i, self._made[i])
        self._trees[:, self._trees.shape[1] // 2 + np.array(rows, dtype=np.intp)] = 0.0
        self._settle(rows)

    def _lay(self, i: int, row: Row) -> None:
        """Write a row into the arrays."""
        self._made[i] = row
        self._floats[i], self._ints[i] = 0.0, 0
        self._floats[i, k.ENTRY] = np.nan
        for column, number in row.floats.items():
            self._floats[i, column] = number
        for column, code in row.ints.items():
            self._ints[i, column] = code
        self._ints[i, k.KIND], self._ints[i, k.LIVE] = row.kind, int(self._live[i])
        self._edges[i] = np.nan
        if row.slow and row.kind != k.SLOW:
            self._slow_down(i, row.slow)

    def _slow_down(self, i: int, why: str) -> None:
        self._lay(i, make_slow(self._made[i], self._betas, why))

    def _settle(self, rows: list[int]) -> None:
        """Value rows, try them against their valuations, and value what disagrees by hand."""
        fast = [i for i in rows if self._made[i].kind not in {k.SLOW, k.NOTHING}]
        self._run(fast, k.TOUCHED | k.REFRESH)
        for i in fast:
            valued = self._made[i].valuation
            principal = (valued.legs or ())[:1]
            exposure = valued.value if self._made[i].kind == k.SPOT else sum(leg.delta_exposure for leg in principal)
            if self._made[i].kind == k.MONEY:
                exposure = valued.value
            if not (_close(self._floats[i, k.VALUE], valued.value) and _close(self._floats[i, k.EXPOSURE], exposure)):
                self._slow_down(i, "its row does not agree with its valuation")
        for i in rows:
            self._plant(i)
        if rows:
            self._rows[: len(rows)] = rows
            kernel.climb(self._trees, self._rows, len(rows))

    def _run(self, rows: list[int], mark: int) -> None:
        self._rows[: len(rows)] = rows
        self._marks[rows] = mark
        kernel.revalue(
            self._rows,
            len(rows),
            self._floats,
            self._ints,
            self._edges,
            self._board.px,
            self._fx,
            self._marks,
            self._trees,
        )

    def _plant(self, i: int) -> None:
        """Set the leaves of a row that the loop does not value."""
        row = self._made[i]
        if row.kind not in {k.SLOW, k.NOTHING}:
            return
        leaf = self._trees.shape[1] // 2 + i
        valued = row.valuation
        self._trees[:, leaf] = 0.0
        self._trees[k.NAV, leaf] = valued.value or 0.0
        total = valued.delta_exposure or 0.0
        self._trees[k.KNOWN, leaf] = abs(total)
        if row.reason is None:
            per_exposure, per_value = self._floats[i, [k.BETA_PER_EXPOSURE, k.BETA_PER_VALUE]]
            beta = per_exposure * total + per_value * (valued.value or 0.0)
            self._trees[[k.BETA, k.GROSS_BETA], leaf] = beta, abs(beta)
            self._trees[[k.NET, k.GROSS], leaf] = total, abs(total)
            self._trees[k.GAMMA_TOTAL, leaf] = valued.gamma_exposure or 0.0

    def _by_hand(self, rows: list[int]) -> None:
        """Value rows by `expose`'s own path; those that one row can hold again are given one."""
        self._remember()
        for i in rows:
            self._kept.pop(i, None)
            self._lay(i, self._compile(i))
            leaf = self._trees.shape[1] // 2 + i
            self._trees[:, leaf] = 0.0
        if len(self._board.px) != len(self._arrays[0]):
            self._build(rows)  # a stated price has been given a slot
        else:
            self._settle(rows)


def _close(measured: float, wanted: float | None) -> bool:
    return wanted is not None and abs(measured - wanted) <= _AGREE * max(1.0, abs(wanted))
