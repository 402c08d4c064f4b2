"""Hold the default's stated errors against planted betas, and write the tables of docs/estimators/errors.md.

    python scripts/error_grid.py                     print the tables, some minutes
    python scripts/error_grid.py --write             put them into the page

Three parts, all seeded: a grid of true betas, residual sizes, histories and calendars; portfolios of 5, 50 and 300
names; 28 assets whose betas stand still. Two worlds: one whose betas move as the method models (its forecast is judged
by the mean beta that came), one whose betas stand still (its fit is judged by that beta).
"""

import argparse
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trimtab.beta.estimate import BetaReading, Betas
from trimtab.beta.fit import fit_to_past
from trimtab.beta.method import parse_method
from trimtab.market.prices import PriceTable
from trimtab.market.returns import PairedReturns, pair_returns

PAGE = Path(__file__).resolve().parents[1] / "docs" / "estimators" / "errors.md"
BEGIN, END = "<!-- made by: python scripts/error_grid.py -->", "<!-- made -->"
BETAS = (-5.0, -3.0, -1.0, 0.0, 1.0, 2.0, 3.0, 5.0, 10.0)
#: Residual volatility over the benchmark's.
RATIOS = (0.005, 0.1, 0.3, 1.0, 3.0)
#: Returns, and periods in a year.
HISTORIES = ((60, 252), (60, 365), (125, 252), (250, 252), (250, 365), (1300, 252))
DAY = 0.004
WORLDS, ASSETS, HORIZON = 10, 80, 63
SLOW_HALF_LIFE, SLOW_SD, FAST_HALF_LIFE, FAST_SD = 756.0, 0.40, 30.0, 0.25

Array = NDArray[np.float64]


class Cell(NamedTuple):
    """How one cell came out."""

    bias: float
    """Mean error over the mean stated error."""
    coverage: float
    """Share of 95% intervals that held the truth."""

    @property
    def holds(self) -> bool:
        """Whether bias is under half the stated error and coverage from 90% to 98%."""
        return abs(self.bias) < 0.5 and 0.90 <= self.coverage <= 0.98


def benchmark(rng: np.random.Generator, n: int) -> Array:
    """Draw daily returns with t(5) tails, .4% a day: small enough that ten times one is no loss of everything."""
    return DAY * rng.standard_t(5, n) * math.sqrt(0.6)


def wandering(rng: np.random.Generator, n: int, assets: int, per_year: float) -> Array:
    """Give deviations of beta from its mean, shape (n, assets): a slow and a fast part, as the method models them."""
    total = np.zeros((n, assets))
    for half_life, sd in ((SLOW_HALF_LIFE, SLOW_SD), (FAST_HALF_LIFE, FAST_SD)):
        phi = 2.0 ** (-252.0 / (half_life * per_year))
        state = rng.normal(0.0, sd, assets)
        shocks = rng.normal(0.0, sd * math.sqrt(1.0 - phi**2), (n, assets))
        for t in range(n):
            state = phi * state + shocks[t]
            total[t] += state
    return total


def pairs_of(x: Array, y: Array, per_year: float) -> PairedReturns:
    """Pair returns with the benchmark M, on business days or on all days."""
    first = np.datetime64("2015-01-01")
    days = first + np.arange(len(x) + 1)
    if per_year < 300:
        days = np.busday_offset(first, np.arange(len(x) + 1), roll="forward")
    # A product of returns below -1 would change sign; returns of -90% and more do not come into any cell that matters.
    moves = np.maximum(np.column_stack([x, y]), -0.9)
    values = np.vstack([np.ones(moves.shape[1]), np.cumprod(1.0 + moves, axis=0)])
    names = ("M", *(f"A{i}" for i in range(y.shape[1])))
    return pair_returns(PriceTable.of(dict(zip(names, values.T, strict=True)), dates=days), benchmark="M")


def forecast_cell(beta: float, ratio: float, n: int, per_year: int) -> Cell:
    """Judge forecasts of betas that move about a mean, by the mean beta of the days that came."""
    ahead = round(HORIZON * per_year / 252)
    gaps, errors = [], []
    for world in range(WORLDS):
        rng = np.random.default_rng([world, n, per_year, round(10 * beta) + 100, round(1000 * ratio)])
        x, noise = benchmark(rng, n), DAY * ratio * math.sqrt(0.6) * rng.standard_t(5, (n, ASSETS))
        path = beta + wandering(rng, n + ahead, ASSETS, per_year)
        betas = parse_method("auto").estimate(pairs_of(x, path[:n] * x[:, None] + noise, per_year))
        gaps.append(betas.values()[1:] - path[n:].mean(axis=0))
        errors.append(betas.stderrs()[1:])
    return judged(np.concatenate(gaps), np.concatenate(errors))


def fit_cell(beta: float, ratio: float, n: int, per_year: int) -> Cell:
    """Judge fits of betas that stand still."""
    gaps, errors = [], []
    for world in range(WORLDS):
        rng = np.random.default_rng([world, n, per_year, round(10 * beta) + 100, round(1000 * ratio), 1])
        x, noise = benchmark(rng, n), DAY * ratio * math.sqrt(0.6) * rng.standard_t(5, (n, ASSETS))
        fitted = fit_to_past(pairs_of(x, beta * x[:, None] + noise, per_year), window=None, min_obs=30)
        gaps.append(fitted.values()[1:] - beta)
        errors.append(fitted.stderrs()[1:])
    return judged(np.concatenate(gaps), np.concatenate(errors))


def judged(gap: Array, error: Array) -> Cell:
    """Sum up one cell."""
    return Cell(float(gap.mean() / error.mean()), float(np.mean(np.abs(gap) < 1.96 * error)))


def grid_row(n: int, per_year: int) -> tuple[str, list[tuple[float, int, Cell]]]:
    """Give one line of the grid's table, and its cells with beta and history."""
    cells: list[tuple[float, int, Cell]] = []
    text = [f"{n}, {'5' if per_year == 252 else '7'} days"]
    for judge in (forecast_cell, fit_cell):
        for ratio in RATIOS:
            column = [judge(beta, ratio, n, per_year) for beta in BETAS]
            cells += [(beta, n, cell) for beta, cell in zip(BETAS, column, strict=True)]
            worst = max((c.bias for c in column), key=abs)
            low, high = min(c.coverage for c in column), max(c.coverage for c in column)
            text.append(f"{worst:+.2f} {100 * low:.0f}-{100 * high:.0f}")
    return f"| {' | '.join(text)} |", cells


def grid() -> Iterator[str]:
    """Give the grid's table, line by line, and what it adds up to."""
    shown = [f"{100 * r:g}%" for r in RATIOS]
    yield f"| returns | {' | '.join(f'forecast, {r}' for r in shown)} | {' | '.join(f'fit, {r}' for r in shown)} |"
    yield "|---" * (1 + 2 * len(RATIOS)) + "|"
    cells: list[tuple[float, int, Cell]] = []
    for history in HISTORIES:
        line, found = grid_row(*history)
        cells += found
        yield line
    out = [(beta, n) for beta, n, cell in cells if not cell.holds]
    near = sum(abs(beta) <= 3 and n >= 250 for beta, n in out)
    yield ""
    yield (
        f"{len(cells)} cells; {len(out)} lie outside ({100 * len(out) / len(cells):.1f}%), of them {near} with a beta"
        " from -3 to 3 and 250 returns or more."
    )


def book(rng: np.random.Generator, names: int, n: int, *, moving: bool) -> tuple[Array, Array, Array]:
    """Draw shares with a common factor in their residuals; give x, y, and betas by day with those to come."""
    ahead = HORIZON if moving else 0
    x = benchmark(rng, n)
    factor = 0.6 * DAY * rng.standard_t(5, (n, 1)) * math.sqrt(0.6)
    own = DAY * rng.uniform(0.8, 2.0, names) * rng.standard_t(5, (n, names)) * math.sqrt(0.6)
    loading = rng.normal(0.0, 1.0, names)
    # Without movement betas still differ from name to name, as much as the slow part lets them.
    level = 1.0 + (wandering(rng, n + ahead, names, 252) if moving else rng.normal(0.0, SLOW_SD, names))
    path = np.broadcast_to(level, (n + ahead, names))
    return x, path[:n] * x[:, None] + loading * factor + own, path


def fit_of(betas: Betas) -> Betas:
    """Give the fit beside a forecast."""
    fitted = betas.reading(BetaReading.FIT)
    if fitted is None:
        raise LookupError(betas.method)
    return fitted


def portfolio_coverage(names: int, worlds: int, *, moving: bool, n: int = 500, books: int = 10) -> tuple[float, float]:
    """Give how often 95% intervals of random long-short books held their beta, and the deviation of z."""
    z = []
    for world in range(worlds):
        rng = np.random.default_rng([world, names, n, int(moving)])
        x, y, path = book(rng, names, n, moving=moving)
        answer = parse_method("auto").estimate(pairs_of(x, y, 252))
        betas = answer if moving else fit_of(answer)
        truth = path[n:].mean(axis=0) if moving else path[-1]
        for _ in range(books):
            weights = rng.exponential(1.0, names) * rng.choice([1.0, 1.0, 1.0, -1.0], names)
            weights = np.concatenate([[0.0], weights / np.abs(weights).sum()])
            z.append((betas.values() @ weights - weights[1:] @ truth) / betas.combined_error(weights))
    found = np.array(z)
    return float(np.mean(np.abs(found) < 1.96)), float(np.sqrt(np.mean(found**2)))


def portfolios(worlds: int = 40) -> Iterator[str]:
    """Give the portfolios' table."""
    yield "| names | forecast, betas move | deviation of z | fit, betas stand still | deviation of z |"
    yield "|---|---|---|---|---|"
    for names in (5, 50, 300):
        moving, still = (portfolio_coverage(names, worlds, moving=m) for m in (True, False))
        yield f"| {names} | {100 * moving[0]:.0f}% | {moving[1]:.2f} | {100 * still[0]:.0f}% | {still[1]:.2f} |"


def standing(worlds: int = 20) -> Iterator[str]:
    """Give stated against true errors of 28 assets whose betas stand still."""
    rows: dict[str, list[tuple[Array, Array]]] = {"forecast": [], "fit": []}
    for world in range(worlds):
        rng = np.random.default_rng([world, 28])
        x, y, path = book(rng, 28, 500, moving=False)
        answer = parse_method("auto").estimate(pairs_of(x, y, 252))
        for name, betas in (("forecast", answer), ("fit", fit_of(answer))):
            rows[name].append((betas.values()[1:] - path[-1], betas.stderrs()[1:]))
    yield "| reading | stated error, mean | error, root mean square | deviation of z |"
    yield "|---|---|---|---|"
    for name, found in rows.items():
        gap, error = (np.concatenate(part) for part in zip(*found, strict=True))
        z = np.sqrt(np.mean((gap / error) ** 2))
        yield f"| {name} | {error.mean():.3f} | {np.sqrt(np.mean(gap**2)):.3f} | {z:.2f} |"


def block() -> Iterator[str]:
    """Give the page's generated part."""
    yield (
        "**One asset.** True betas -5 to 10; columns: residual volatility over the benchmark's. Each field: the largest"
        " bias over the stated error among the betas, and the coverage of 95% intervals, least to most"
        f" ({WORLDS * ASSETS} assets a cell; the simulation's own error is .05 and one point)."
    )
    yield ""
    yield from grid()
    yield ""
    yield "**Portfolios** of shares with a common factor in their residuals, a quarter of them short, 500 days:"
    yield ""
    yield from portfolios()
    yield ""
    yield "**28 shares whose betas stand still**, 500 days:"
    yield ""
    yield from standing()


def main() -> None:
    """Print the tables, or write them."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    options.add_argument("--write", action="store_true", help="put the tables into docs/estimators/errors.md")
    lines = []
    given = options.parse_args()
    for line in block():
        lines.append(line)
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    if given.write:
        text = PAGE.read_text(encoding="utf-8")
        before, rest = text.split(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n\n" + "\n".join(lines) + f"\n\n{END}" + rest.split(END)[1], encoding="utf-8")


if __name__ == "__main__":
    main()
