r"""The separable problem as a cone programme, solved by Clarabel: the second opinion, and the fallback.

Variables: bought and sold parts of every piece, trades x, impact costs t, factor sums z, distances from priced rows.
    t_i >= |x_i|^(1 + p)     is the power cone  t_i^alpha 1^(1 - alpha) >= |x_i|,  alpha = 1 / (1 + p)
Everything else is linear, and the objective has a diagonal quadratic part in x and z.
Source
    Goulart and Chen (2024), "Clarabel: an interior-point solver for conic programs with quadratic objectives".
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from trimtab.errors import MissingExtraError, NotEnoughDataError
from trimtab.stats.arrays import Floats
from trimtab.stats.kernels.separable import Pieces
from trimtab.stats.separable import SeparableProblem

__all__ = ["solve_conic"]

#: Variables of the programme, in the order of their columns.
_Part = Literal["x", "bought", "sold", "t", "z", "above", "below"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Columns of the cone programme, in order."""

    n: int
    bought: int
    sold: int
    impacted: NDArray[np.intp]
    factors: int
    priced: NDArray[np.intp]

    @property
    def sizes(self) -> tuple[int, ...]:
        """x, bought pieces, sold pieces, t, z, distances above and below."""
        return (
            self.n, self.bought, self.sold, len(self.impacted), self.factors, len(self.priced), len(self.priced)
        )  # fmt: skip

    def block(self, parts: Mapping[_Part, Any]) -> sparse.csc_matrix:
        """Lay matrices side by side, zero where none is given."""
        rows = next(iter(parts.values())).shape[0]
        return sparse.hstack(
            [
                sparse.csc_matrix(parts[name]) if name in parts else sparse.csc_matrix((rows, size))
                for name, size in zip(get_args(_Part), self.sizes, strict=True)
            ],
            format="csc",
        )


def solve_conic(problem: SeparableProblem, *, tolerance: float = 1e-10) -> Floats:
    """Give the best trades by an interior-point method, shape (n,).

    Raises
    ------
    MissingExtraError
        If Clarabel is not installed.
    NotEnoughDataError
        If the solver finds no answer.
    """
    try:
        clarabel = import_module("clarabel")  # an optional part
    except ImportError:
        raise MissingExtraError(
            expected="the package clarabel, which solves reallocations that have no closed form",
            found="it is not installed",
            try_next="pip install clarabel; or give every position a risk above zero, so that it is not needed",
        ) from None
    scale = float(max(1, len(problem.lower)))
    problem = _scaled(problem, scale)
    layout = _Layout(
        n=len(problem.lower),
        bought=len(problem.buy[1]),
        sold=len(problem.sell[1]),
        impacted=np.flatnonzero(problem.impact > 0),
        factors=problem.factors.shape[1],
        priced=np.flatnonzero(np.isfinite(problem.row_price)),
    )
    quadratic, linear = _objective(problem, layout)
    matrix, right, equal, above = _constraints(problem, layout)
    power = 1.0 / (1.0 + problem.exponent)
    cones = [clarabel.ZeroConeT(equal), clarabel.NonnegativeConeT(above)]
    cones += [clarabel.PowerConeT(power)] * len(layout.impacted)
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = tolerance
    solution = clarabel.DefaultSolver(quadratic, linear, matrix, right, cones, settings).solve()
    if str(solution.status) not in ("Solved", "AlmostSolved"):
        raise NotEnoughDataError(
            expected="a reallocation that the conic solver can solve",
            found=f"it stopped with {solution.status}",
            try_next="check that limits leave room, and that costs and risks are of a sensible size",
        )
    trades = np.array(solution.x[: layout.n], dtype=np.float64)
    return np.clip(trades, problem.lower, problem.upper) / scale


def _scaled(problem: SeparableProblem, scale: float) -> SeparableProblem:
    """Count trades and costs in units of 1 / scale: in shares of the whole, tolerances would be as large as trades."""
    buy, sell = ((begin, end * scale, rate) for begin, end, rate in (problem.buy, problem.sell))
    return replace(
        problem,
        lower=problem.lower * scale,
        upper=problem.upper * scale,
        buy=buy,
        sell=sell,
        impact=problem.impact / scale**problem.exponent,
        quad=problem.quad / scale,
        factors=problem.factors / np.sqrt(scale),
        row_lower=problem.row_lower * scale,
        row_upper=problem.row_upper * scale,
        turnover=problem.turnover * scale,
    )


def _objective(problem: SeparableProblem, layout: _Layout) -> tuple[sparse.csc_matrix, Floats]:
    zeros = [np.zeros(size) for size in layout.sizes]
    curve = [problem.quad, *zeros[1:4], np.ones(layout.factors), *zeros[5:]]
    price = problem.row_price[layout.priced]
    linear = [
        zeros[0], problem.buy[2], problem.sell[2], problem.impact[layout.impacted], zeros[4], price, price,
    ]  # fmt: skip
    return sparse.diags(np.concatenate(curve), format="csc"), np.concatenate(linear)


def _constraints(problem: SeparableProblem, layout: _Layout) -> tuple[sparse.csc_matrix, Floats, int, int]:
    """Give A, b of A v + s = b with s in the cones: equalities, inequalities, power cones."""
    n, eye = layout.n, sparse.identity(layout.n, format="csc")
    bought, sold = _by_position(problem.buy, n), _by_position(problem.sell, n)
    rows = sparse.csc_matrix(problem.rows)
    pick = sparse.csc_matrix(
        (np.ones(len(layout.priced)), (layout.priced, np.arange(len(layout.priced)))),
        shape=(len(problem.row_lower), len(layout.priced)),
    )
    equal = [
        (layout.block({"x": eye, "bought": -bought, "sold": sold}), np.zeros(n)),
        (layout.block({"x": problem.factors.T, "z": -sparse.identity(layout.factors)}), np.zeros(layout.factors)),
    ]
    above = [
        (layout.block({"x": eye}), problem.upper),
        (layout.block({"x": -eye}), -problem.lower),
        (layout.block({"x": rows, "above": -pick}), problem.row_upper),
        (layout.block({"x": -rows, "below": -pick}), -problem.row_lower),
        *_piece_bounds(problem, layout),
    ]
    if np.isfinite(problem.turnover):
        ones: dict[_Part, Floats] = {"bought": np.ones((1, layout.bought)), "sold": np.ones((1, layout.sold))}
        above.append((layout.block(ones), np.array([problem.turnover])))
    priced: tuple[_Part, ...] = ("above", "below")
    for name in priced:
        size = len(layout.priced)
        above.append((layout.block({name: -sparse.identity(size)}), np.zeros(size)))
    parts = [*equal, *above, *_power_rows(layout)]
    heights = [sum(len(b) for _, b in group) for group in (equal, above)]
    matrix = sparse.vstack([a for a, _ in parts if a.shape[0]], format="csc")
    return matrix, np.concatenate([b for _, b in parts]), heights[0], heights[1]


def _by_position(pieces: Pieces, n: int) -> sparse.csc_matrix:
    """Give the (n, n_pieces) matrix that adds pieces up by position."""
    count = len(pieces[1])
    owner = np.repeat(np.arange(n), np.diff(pieces[0]))
    return sparse.csc_matrix((np.ones(count), (owner, np.arange(count))), shape=(n, count))


def _piece_bounds(problem: SeparableProblem, layout: _Layout) -> list[tuple[sparse.csc_matrix, Floats]]:
    bounds = []
    sides: dict[_Part, Pieces] = {"bought": problem.buy, "sold": problem.sell}
    for name, pieces in sides.items():
        begin, end, _ = pieces
        start = np.concatenate([[0.0], end[:-1]])
        start[begin[:-1]] = 0.0
        length = end - start
        eye = sparse.identity(len(end), format="csc")
        finite = np.flatnonzero(np.isfinite(length))
        bounds.append((layout.block({name: -eye}), np.zeros(len(end))))
        bounds.append((layout.block({name: eye[finite]}), length[finite]))
    return bounds


def _power_rows(layout: _Layout) -> list[tuple[sparse.csc_matrix, Floats]]:
    """Give s = (t_i, 1, x_i) for each position with impact."""
    m = len(layout.impacted)
    if m == 0:
        return []
    at = np.arange(m)
    t = sparse.csc_matrix((-np.ones(m), (3 * at, at)), shape=(3 * m, m))
    x = sparse.csc_matrix((-np.ones(m), (3 * at + 2, layout.impacted)), shape=(3 * m, layout.n))
    return [(layout.block({"x": x, "t": t}), np.tile([0.0, 1.0, 0.0], m))]
