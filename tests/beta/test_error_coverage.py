"""How often 95% intervals hold the truth, in worlds with fat tails and changing volatility.

Run as a script it prints the table of docs/estimators/errors.md:

    PYTHONPATH=tests python tests/beta/test_error_coverage.py 40
"""

import sys

import numpy as np
import pytest

from beta_pairs import pairs_of
from trimtab.beta.method import parse_method

ASSETS, DAYS, BURN = 25, 1300, 500
#: Methods whose intervals are meant to hold for one day's beta that does not change.
METHODS = (
    "ols",
    "ols(errors=robust)",
    "ols(errors=hac)",
    "ewma",
    "welch",
    "dimson",
    "scholes-williams",
    "huber",
    "lad",
    "theil-sen",
    "downside",
    "downside(definition=bawa-lindenberg)",
    "frazzini-pedersen(weight=1)",
    "weekly|ols(window=104)",
    "weekly|ols(window=104,errors=robust)",
    "weekly(overlapping=true)|ols(window=504)",
    "kalman",
    "two-speed(horizon=0)",
)
#: Those that are held to 93-97% in every world.
HELD = ("ols(errors=robust)", "ewma", "welch", "dimson", "huber", "lad", "theil-sen", "kalman")


def fat(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Draw from t(5), scaled to variance 1."""
    return rng.standard_t(5, shape) / np.sqrt(5 / 3)


def world(kind: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Give benchmark returns and noise of each asset.

    "normal": neither tails nor clusters. "own": each series has GARCH(1,1) clusters (.08, .90) and t(5) tails of its
    own. "common": one volatility drives the benchmark and every asset's noise, which is how markets behave.
    """
    rng = np.random.default_rng(seed)
    n = DAYS + BURN
    if kind == "normal":
        return rng.normal(0, 0.01, DAYS), rng.normal(0, 0.015, (DAYS, ASSETS))
    z, h, sizes = fat(rng, (n, ASSETS + 1)), np.ones(ASSETS + 1), np.empty((n, ASSETS + 1))
    for t in range(n):
        sizes[t] = np.sqrt(h)
        h = 0.02 + 0.90 * h + 0.08 * h * z[t] ** 2
    if kind == "common":
        sizes[:] = sizes[:, :1]
    moves = (sizes * z)[BURN:]
    return 0.01 * moves[:, 0], 0.015 * moves[:, 1:]


def coverage(kind: str, methods: tuple[str, ...], worlds: int) -> dict[str, float]:
    """Give the share of 95% intervals that hold the planted beta of 1."""
    inside: dict[str, list[float]] = {m: [] for m in methods}
    for seed in range(worlds):
        x, e = world(kind, seed)
        pairs = pairs_of(x, np.maximum(x[:, None] + e, -0.9))
        for method in methods:
            betas = parse_method(method).estimate(pairs)
            inside[method].append(float(np.mean(np.abs(betas.values()[1:] - 1.0) < 1.96 * betas.stderrs()[1:])))
    return {m: float(np.mean(v)) for m, v in inside.items()}


def two_speed_coverage(horizon: int, worlds: int) -> float:
    """Give the share of two-speed intervals that hold the average beta to come, where betas move as it assumes."""
    inside = []
    for seed in range(worlds):
        x, e = world("common", seed)
        rng = np.random.default_rng(1000 + seed)
        slow, fast = 2 ** (-1 / 756), 2 ** (-1 / 30)
        state = [rng.normal(0, 0.4, ASSETS), rng.normal(0, 0.25, ASSETS)]
        beta = np.empty((DAYS, ASSETS))
        for t in range(DAYS):
            state[0] = slow * state[0] + rng.normal(0, 0.4 * np.sqrt(1 - slow**2), ASSETS)
            state[1] = fast * state[1] + rng.normal(0, 0.25 * np.sqrt(1 - fast**2), ASSETS)
            beta[t] = 1.0 + state[0] + state[1]
        past = DAYS - horizon
        truth = beta[past:].mean(axis=0) if horizon else beta[-1]
        returns = np.maximum(beta * x[:, None] + e, -0.9)[:past]
        betas = parse_method(f"two-speed(horizon={horizon}, tilt=0)").estimate(pairs_of(x[:past], returns))
        inside.append(np.mean(np.abs(betas.values()[1:] - truth) < 1.96 * betas.stderrs()[1:]))
    return float(np.mean(inside))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["normal", "own", "common"])
def test_intervals_hold_what_they_say(kind: str) -> None:
    """Robust errors cover 93-97%, give or take the simulation's own error, also with fat tails and clusters."""
    for method, share in coverage(kind, HELD, 24).items():
        assert 0.92 < share < 0.98, (method, share)


@pytest.mark.slow
def test_classical_errors_fail_where_volatility_is_shared() -> None:
    """Where one volatility drives benchmark and noise, the textbook error covers too little, the robust one enough."""
    shares = coverage("common", ("ols", "ols(errors=robust)"), 40)
    assert shares["ols"] < 0.935
    assert shares["ols(errors=robust)"] > shares["ols"] + 0.015


@pytest.mark.slow
@pytest.mark.parametrize("horizon", [0, 63, 252])
def test_two_speed_intervals_hold_for_betas_that_move(horizon: int) -> None:
    """Where betas move at two speeds, 95% intervals hold today's beta and the average to come."""
    assert 0.92 < two_speed_coverage(horizon, 16) < 0.98


def main(worlds: int) -> None:
    """Print the table."""
    for kind in ("normal", "own", "common"):
        for method, share in coverage(kind, (*METHODS, "dcc"), worlds).items():
            sys.stdout.write(f"{kind:8s} {method:45s} {share:.3f}\n")
    for horizon in (0, 21, 63, 252):
        sys.stdout.write(f"two-speed, moving betas, horizon {horizon}: {two_speed_coverage(horizon, worlds):.3f}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
