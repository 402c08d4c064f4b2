r"""Revaluing a large book at many moves: what is linear in one price at once, the rest by full revaluation.

Equation, for a share or fund of value v in the base currency with beta b, benchmark move x, m = max(0, 1 + b x):
    P/L = v (m - 1)          beta exposure = b v m
which is what full revaluation gives for it, position by position. Everything else (options, futures, perpetuals,
foreign and composed holdings) goes through `trimtab.exposure.moves`. Both add up.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trimtab.beta.estimate import Betas
from trimtab.exposure.expose import Exposure, PositionExposure
from trimtab.exposure.measured import MeasuredBook
from trimtab.exposure.movable import Movable, Scenario
from trimtab.exposure.moves import MoveRow, move_locally
from trimtab.exposure.revalue import Fixed, fix, moves_with
from trimtab.model.instrument import Cash
from trimtab.model.portfolio import Position
from trimtab.stats.arrays import Floats

__all__ = ["MovableBook", "make_movable", "revalue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MovableBook:
    """A measured book taken apart for many moves.

    Parameters
    ----------
    today, betas
        The book, measured, and the betas that everything moves by.
    value, beta
        Of plain holdings in the base currency, which are linear, shape (n_linear,); money in base currency.
    curved
        Everything else that was measured.
    """

    today: Exposure
    betas: Betas
    value: Floats
    beta: Floats
    curved: Movable


def make_movable(book: MeasuredBook) -> MovableBook:
    """Take a measured book apart: what is linear in one price, and what needs full revaluation."""
    base = book.market.base
    linear: list[tuple[float, float]] = []
    curved: list[Fixed] = []
    valuations = book.valuations or (None,) * len(book.positions)
    for position, valued, line in zip(book.positions, valuations, book.exposure.positions, strict=True):
        if position.instrument == Cash(currency=base):
            continue
        if _is_linear(position, line, base):
            linear.append((line.value or 0.0, line.beta or 0.0))
        elif line.reason is None:
            curved.append(fix(position, book.market, valued))
    value, beta = np.array(linear).reshape(-1, 2).T
    return MovableBook(
        today=book.exposure, betas=book.betas, value=value, beta=beta, curved=Movable(fixed=tuple(curved))
    )


def revalue(book: MovableBook, *, moves: Sequence[float]) -> tuple[MoveRow, ...]:
    """Revalue a book in full at several benchmark moves; the numbers of `revalue_moves`, sooner for large books.

    Parameters
    ----------
    book
        From `make_movable`.
    moves
        Relative moves of the benchmark.
    """
    nav, value, beta = book.today.nav, book.value, book.beta
    rows = []
    after = book.curved.after([Scenario(move=moves_with(x, book.betas)) for x in moves], book.betas)
    for x, (curved_pnl, curved_exposure) in zip(moves, after, strict=True):
        curved_local, curved_local_exposure = move_locally(book.curved.fixed, book.betas, x)
        left = np.maximum(0.0, 1.0 + beta * x)
        pnl = float(value @ (left - 1.0)) + curved_pnl
        exposure = float((beta * value) @ left) + curved_exposure
        local = float((beta * value).sum()) * x + curved_local
        local_exposure = float((beta * value) @ (1.0 + beta * x)) + curved_local_exposure
        rows.append(
            MoveRow(
                move=x,
                nav=nav + pnl,
                pnl=pnl,
                beta=exposure / (nav + pnl) if nav + pnl > 0 else None,
                beta_exposure=exposure,
                pnl_local=local,
                beta_local=local_exposure / (nav + local) if nav + local > 0 else None,
            )
        )
    return tuple(rows)


def _is_linear(position: Position, line: PositionExposure, base: str) -> bool:
    """Tell whether a position is a plain holding that follows its own price in the base currency."""
    instrument = position.instrument
    return (
        instrument.is_owned
        and instrument.currency == base
        and not instrument.constituents
        and line.reason is None
        and line.follows == instrument.symbol
    )
