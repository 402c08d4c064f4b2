"""Books for the separable problem."""

import numpy as np

from trimtab.stats.separable import SeparableProblem, pack_pieces


def book(n: int, seed: int, **changes) -> SeparableProblem:
    """Make a book with spreads, taxes in pieces, impact, factors, and limits on beta, cash and sectors."""
    rng = np.random.default_rng(seed)
    w, beta, vol = rng.dirichlet(np.ones(n)), rng.normal(1.2, 0.4, n), rng.uniform(0.2, 0.6, n)
    ends, rates = [], []
    for i in range(n):
        count = rng.integers(1, 4)
        ends.append([*np.sort(rng.uniform(0, w[i], count - 1)).tolist(), np.inf])
        rates.append((rng.uniform(0.0002, 0.002) + np.sort(rng.uniform(0, 0.12, count))).tolist())
    sector = rng.integers(0, 5, n)
    rows = np.array([beta, np.ones(n)] + [(sector == s).astype(float) for s in range(5)])
    fields = {
        "lower": -w,
        "upper": np.maximum(4 * w, 2.0 / n) - w,
        "buy": pack_pieces([[np.inf]] * n, [[r] for r in rng.uniform(0.0002, 0.002, n)]),
        "sell": pack_pieces(ends, rates),
        "offset": np.zeros(n),
        "impact": vol / 16 / np.sqrt(w.clip(1e-7) * rng.uniform(0.5, 20, n)),
        "exponent": 0.5,
        "quad": 5 * rng.uniform(0.1, 0.4, n) ** 2,
        "factors": np.sqrt(5) * np.column_stack([beta * 0.16, rng.normal(0, 0.06, (n, 3))]),
        "rows": rows,
        "row_lower": np.array([-0.16, -0.02, *[-0.02] * 5]),
        "row_upper": np.array([-0.15, 0.0, *[0.02] * 5]),
        "row_price": np.array([1e3, *[np.inf] * 6]),
        "turnover": np.inf,
    }
    return SeparableProblem(**(fields | changes))
