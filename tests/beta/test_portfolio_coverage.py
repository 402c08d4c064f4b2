"""How often the interval of a portfolio's beta holds the truth, in both readings, for few names and for many.

In each world some assets share residuals (three groups, each with a factor of its own), so that errors of a portfolio
neither cancel nor add up by themselves. Truths are known: the mean beta over the days to come for the forecast; for the
fit the slope that these very pairs would have without noise.

    python tests/beta/test_portfolio_coverage.py 100      the table of docs/estimators/errors.md
"""

import sys
from dataclasses import dataclass

import numpy as np
import pytest

from trimtab.beta.estimate import BetaReading, Betas
from trimtab.beta.method import parse_method
from trimtab.market.prices import PriceTable
from trimtab.market.returns import pair_returns

DAYS, AHEAD = 756, 63
SIZES = (5, 50, 300)
WORLDS = ("constant", "moving")
BOOKS = 4


@dataclass(frozen=True)
class World:
    """Prices of one world, and its betas on every day and in the days to come, shape (n_days + ahead, n_assets)."""

    prices: PriceTable
    market: np.ndarray
    paths: np.ndarray


def make_world(kind: str, n_assets: int, rng: np.random.Generator) -> World:
    """Draw a world: betas around 1, constant or moving at two speeds as shares' betas do."""
    total = DAYS + AHEAD
    market = rng.standard_t(5, total) * 0.008
    base = rng.normal(1.0, 0.35, n_assets)
    paths = np.repeat(base[None, :], total, axis=0)
    if kind == "moving":
        for half_life, sd in ((756.0, 0.30), (30.0, 0.25)):
            phi = 2.0 ** (-1.0 / half_life)
            shocks = rng.normal(0.0, sd * np.sqrt(1.0 - phi**2), (total, n_assets))
            shocks[0] = rng.normal(0.0, sd, n_assets)
            part = np.zeros((total, n_assets))
            for t in range(total):
                part[t] = shocks[t] if t == 0 else phi * part[t - 1] + shocks[t]
            paths = paths + part
    groups = rng.normal(0.0, 0.006, (total, 3))[:, np.arange(n_assets) % 3]
    own = rng.standard_t(6, (total, n_assets)) * rng.uniform(0.008, 0.018, n_assets)
    returns = paths * market[:, None] + groups + own
    dates = np.busday_offset(np.datetime64("2015-01-02"), np.arange(DAYS + 1), roll="forward")
    levels = {"M": market[:DAYS], **{f"A{i:03d}": returns[:DAYS, i] for i in range(n_assets)}}
    columns = {name: 100.0 * np.cumprod(np.concatenate([[1.0], 1.0 + r])) for name, r in levels.items()}
    return World(prices=PriceTable.of(columns, dates=dates, currency="USD"), market=market, paths=paths)


def books(n_assets: int, rng: np.random.Generator) -> np.ndarray:
    """Draw weights: equal, random long, long and short, one group against the others; shape (BOOKS, n_assets)."""
    side = np.where(np.arange(n_assets) % 3 == 0, 1.0, -0.5)
    drawn = [np.ones(n_assets), rng.uniform(0.2, 2.0, n_assets), rng.normal(0.3, 1.0, n_assets), side]
    return np.array(drawn) / n_assets


def distances(kind: str, n_assets: int, rng: np.random.Generator, method: str = "default") -> dict[str, list[float]]:
    """Give (estimate - truth) / error of each book, by reading."""
    world = make_world(kind, n_assets, rng)
    betas = parse_method(method).estimate(pair_returns(world.prices, benchmark="M"))
    weights = books(n_assets, rng)
    found: dict[str, list[float]] = {}
    for reading in BetaReading:
        read = betas.reading(reading)
        if read is not None:
            truth = _truth(reading, world, read)
            found[reading.value] = [_distance(read, w, truth) for w in weights]
    return found


def _truth(reading: BetaReading, world: World, read: Betas) -> np.ndarray:
    if reading is BetaReading.FORECAST:
        return np.asarray(world.paths[DAYS : DAYS + AHEAD].mean(axis=0))
    n = read.estimates[1].n_obs
    x = world.market[DAYS - n : DAYS]
    x = x - x.mean()
    moved = world.paths[DAYS - n : DAYS] * world.market[DAYS - n : DAYS, None]
    return np.asarray(x @ moved / (x @ x))


def _distance(read: Betas, weights: np.ndarray, truth: np.ndarray) -> float:
    held = np.array([0.0, *weights])
    value = float(held @ np.nan_to_num(read.values()))
    return (value - float(weights @ truth)) / read.combined_error(held)


def covered(kind: str, n_assets: int, worlds: int, seed: int = 5) -> dict[str, float]:
    """Give the share of 95% intervals that hold the truth, by reading, over worlds x books."""
    rng = np.random.default_rng([seed, n_assets, WORLDS.index(kind)])
    found: dict[str, list[float]] = {}
    for _ in range(worlds):
        for reading, values in distances(kind, n_assets, rng).items():
            found.setdefault(reading, []).extend(values)
    return {reading: float(np.mean(np.abs(values) <= 1.96)) for reading, values in found.items()}


@pytest.mark.parametrize(("n_assets", "worlds"), [(5, 12), (50, 6)])
@pytest.mark.parametrize("kind", WORLDS)
def test_portfolio_intervals_hold_the_truth(kind: str, n_assets: int, worlds: int) -> None:
    """A few worlds of few and of many names: neither reading's intervals miss more than chance allows."""
    found = covered(kind, n_assets, worlds)
    assert set(found) == {"fit", "forecast"}
    # 24 to 48 intervals: at a true coverage of 90% fewer than 75% of them hold the truth once in a few hundred draws.
    assert min(found.values()) >= 0.75, found


def main(worlds: int) -> None:
    """Print the table."""
    print("| names | world | forecast | fit |\n|---|---|---|---|")  # noqa: T201
    for n_assets in SIZES:
        for kind in WORLDS:
            found = covered(kind, n_assets, max(worlds // (1 if n_assets < 300 else 4), 4))
            print(f"| {n_assets} | {kind} | {found['forecast']:.0%} | {found['fit']:.0%} |", flush=True)  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]))
