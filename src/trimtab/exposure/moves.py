r"""Beta after the move: the portfolio revalued in full when the benchmark moves.

For a benchmark move x everything that a position follows moves by its own beta times x, exchange rates included:
options are priced again at the new level with the volatility they have now (plus a shift, if asked), and the portfolio
is measured anew (`trimtab.exposure.revalue`):

    NAV(x)  = NAV + sum of profits and losses
    beta(x) = sum_i beta_i x delta_exposure_i(x) / NAV(x)

Beside it the local numbers, to show how far they reach, with x_i = beta_i x for each leg i of a position:

    P/L     ~ sum_i  delta_exposure_i x_i + gamma_exposure_i x_i^2 / 2
    beta$   ~ sum_i  beta_i (delta_exposure_i + (gamma_exposure_i + delta_exposure_i) x_i)

They leave out what price and currency do together, which full revaluation holds.

Assumption
    Betas stay as they are, and nothing moves for reasons of its own. A share in a foreign currency follows its price in
    base currency. Positions that were not measured do not move.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from trimtab.beta.estimate import Betas
from trimtab.exposure.measured import MeasuredBook
from trimtab.exposure.movable import Scenario
from trimtab.exposure.revalue import Fixed, beta_of, moves_with

__all__ = ["MOVES", "MoveRow", "move_locally", "revalue_moves"]

#: Benchmark moves that are shown unless others are asked for.
MOVES = (-0.4, -0.3, -0.2, -0.1, -0.05, -0.01, 0.0, 0.01, 0.05, 0.1, 0.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRow:
    """The portfolio after one benchmark move.

    Parameters
    ----------
    move
        Relative move of the benchmark.
    nav, pnl
        Base currency, after the move; profit and loss.
    beta
        Portfolio beta after the move; None if NAV is not positive any more.
    beta_exposure
        Base currency, after the move.
    pnl_local, beta_local
        The same from delta and gamma at today's prices.
    """

    move: float
    nav: float
    pnl: float
    beta: float | None
    beta_exposure: float
    pnl_local: float
    beta_local: float | None


def revalue_moves(book: MeasuredBook, *, moves: Sequence[float] = MOVES, vol_shift: float = 0.0) -> tuple[MoveRow, ...]:
    """Revalue a portfolio in full at several benchmark moves.

    Parameters
    ----------
    book
        The portfolio, measured (`trimtab.exposure.measured.measure_book`).
    moves
        Relative moves of the benchmark, for example -0.2.
    vol_shift
        Added to every option's volatility at each move other than 0 (0.05 = five points).
    """
    betas, today = book.betas, book.exposure
    rows = []
    scenarios = [Scenario(move=moves_with(x, betas), vol_shift=vol_shift if x else 0.0) for x in moves]
    for x, (pnl, exposure) in zip(moves, book.movable.after(scenarios, betas), strict=True):
        nav = today.nav + pnl
        local_pnl, local_exposure = move_locally(book.fixed, betas, x)
        local_nav = today.nav + local_pnl
        rows.append(
            MoveRow(
                move=x,
                nav=nav,
                pnl=pnl,
                beta=exposure / nav if nav > 0 else None,
                beta_exposure=exposure,
                pnl_local=local_pnl,
                beta_local=local_exposure / local_nav if local_nav > 0 else None,
            )
        )
    return tuple(rows)


def move_locally(fixed: Sequence[Fixed], betas: Betas, move: float) -> tuple[float, float]:
    """Give P/L and beta exposure from delta and gamma at today's prices."""
    pnl, exposure = 0.0, 0.0
    for one in fixed:
        for leg in one.valued.legs or ():
            beta = beta_of(leg, betas) or 0.0
            x = beta * move
            pnl += leg.delta_exposure * x + leg.gamma_exposure * x * x / 2.0
            exposure += beta * (leg.delta_exposure + (leg.gamma_exposure + leg.delta_exposure) * x)
    return pnl, exposure
