r"""Revaluing a large book at many moves: what is linear in one price at once, the rest by full revaluation.

Equation, for a share or fund of value v in the base currency with beta b, benchmark move x, m = max(0, 1 + b x):
    P/L = v (m - 1)          beta exposure = b v m
which is what full revaluation gives for it, position by position. Everything else (options, futures, perpetuals,
foreign and composed holdings) goes through `trimtab.exposure.moves`. Both add up.
"""

from collections.abc import Sequence

import numpy as np

from trimtab.beta.estimate import Betas
from trimtab.exposure.expose import Exposure, PositionExposure, expose
from trimtab.exposure.moves import MoveRow, revalue_moves
from trimtab.market.snapshot import Market
from trimtab.model.decimals import exact
from trimtab.model.instrument import Cash
from trimtab.model.portfolio import Portfolio, Position

__all__ = ["revalue"]


def revalue(
    portfolio: Portfolio, market: Market, betas: Betas, *, moves: Sequence[float], today: Exposure | None = None
) -> tuple[MoveRow, ...]:
    """Revalue a portfolio in full at several benchmark moves; the numbers of `revalue_moves`, sooner for large books.

    Parameters
    ----------
    portfolio, market, betas, moves
        As for `trimtab.exposure.moves.revalue_moves`.
    today
        The portfolio measured, if that is known already.
    """
    now = today or expose(portfolio, market, betas)
    held = [p for p in portfolio.positions if p.quantity != 0]
    linear: list[tuple[float, float]] = []
    rest: list[Position] = []
    for position, line in zip(held, now.positions, strict=True):
        if position.instrument == Cash(currency=market.base):
            continue
        if _is_linear(position, line, market.base):
            linear.append((line.value or 0.0, line.beta or 0.0))
        elif line.reason is None:
            rest.append(position)
    value, beta = np.array(linear).reshape(-1, 2).T
    curved = _curved(rest, portfolio, market, betas, moves, now)
    rows = []
    for x, other in zip(moves, curved, strict=True):
        left = np.maximum(0.0, 1.0 + beta * x)
        pnl = float(value @ (left - 1.0)) + other[0]
        exposure = float((beta * value) @ left) + other[1]
        local = float((beta * value).sum()) * x + other[2]
        local_exposure = float((beta * value) @ (1.0 + beta * x)) + other[3]
        rows.append(
            MoveRow(
                move=x,
                nav=now.nav + pnl,
                pnl=pnl,
                beta=exposure / (now.nav + pnl) if now.nav + pnl > 0 else None,
                beta_exposure=exposure,
                pnl_local=local,
                beta_local=local_exposure / (now.nav + local) if now.nav + local > 0 else None,
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


def _curved(
    rest: list[Position], portfolio: Portfolio, market: Market, betas: Betas, moves: Sequence[float], now: Exposure
) -> list[tuple[float, float, float, float]]:
    """Give P/L, beta exposure, and the local ones, of the positions that need full revaluation, for each move."""
    if not rest:
        return [(0.0, 0.0, 0.0, 0.0)] * len(moves)
    # Money beside them keeps NAV positive; it does not move, and profit and beta exposure do not see it.
    money = exact(round(10.0 * (now.nav + now.gross), 2))
    beside = Position(instrument=Cash(currency=market.base), quantity=money)
    small = Portfolio(positions=(*rest, beside), base=portfolio.base)
    start = expose(small, market, betas).nav
    found = []
    for row in revalue_moves(small, market, betas, moves=moves):
        local_nav = start + row.pnl_local
        found.append((row.pnl, row.beta_exposure, row.pnl_local, (row.beta_local or 0.0) * max(0.0, local_nav)))
    return found
