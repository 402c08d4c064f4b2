"""The ladder of drifts: a textbook filter in matrices gives the same numbers, and nothing later changes them."""

import numpy as np
import pytest

from trimtab.errors import InputError
from trimtab.stats.kernels import DriftLadderParameters, drift_ladder_histories, drift_ladder_history

HORIZON = 20


def world(seed: int = 1, n: int = 260) -> tuple[np.ndarray, np.ndarray]:
    """Benchmark and four assets, with betas from -3 to 10, one of which drifts; some days are missing."""
    rng = np.random.default_rng(seed)
    x = 0.01 * rng.standard_t(5, n)
    y = np.array([-3.0, 0.0, 1.5, 10.0]) * x[:, None] + rng.normal(0, [0.001, 0.004, 0.015, 0.03], (n, 4))
    y[:, 1] += np.cumsum(rng.normal(0, 0.02, n)) * x
    y[40:44, 2] = np.nan
    y[rng.integers(60, n, 5), 3] = np.nan
    return x, y


def filtered(x: np.ndarray, y: np.ndarray, rung: float, p: DriftLadderParameters) -> tuple[float, float, float, float]:
    """Run one rung in matrix form; give value, variance, what of it is measurement's, and log-likelihood."""
    known = np.isfinite(y)
    first = np.flatnonzero(known)[: p.warmup]
    X, Y = x[first], y[first]
    slope = X @ Y / (X @ X)
    v = np.sum((Y - slope * X) ** 2) / (p.warmup - 1)
    power, share = np.mean(X**2), 1 - 2 ** (-1 / p.variance_half_life)
    phi, memory = 2 ** (-1 / p.fast_half_life), 2 ** (-1 / p.memory_half_life)
    F, h = np.diag([1.0, phi]), np.ones(2)
    drift = np.diag([p.slow_sd**2 * (1 - 2 ** (-2 / p.slow_half_life)), p.fast_sd**2 * (1 - phi**2)])

    def size() -> float:
        return 1.0 if np.isinf(rung) else min(1.0, rung**2 * v / power)

    k = np.arange(p.warmup)
    fast = p.fast_sd**2 * size()
    corner = -np.mean(phi**k) * fast
    start = v / (X @ X) * (p.warmup - 1) / (p.warmup - 3) + np.mean(phi ** np.abs(k[:, None] - k)) * fast
    state, P, likelihood = np.array([slope, 0.0]), np.array([[start, corner], [corner, fast]]), 0.0
    M = np.diag([v / (X @ X) * (p.warmup - 1) / (p.warmup - 3), 0.0])
    for t in range(first[-1] + 1, len(x)):
        if known[t]:
            power += share * (x[t] ** 2 - power)
        state, P, M = F @ state, F @ P @ F.T + drift * size(), F @ M @ F.T
        if known[t]:
            H = h * x[t]
            S = H @ P @ H + v
            K = P @ H / S
            e = y[t] - H @ state
            likelihood = memory * likelihood - 0.5 * np.log(S) - 3 * np.log1p(e**2 / S / 3)
            state = state + K * np.clip(e, -p.clip * np.sqrt(S), p.clip * np.sqrt(S))
            P = P - np.outer(K, H @ P)
            M = (np.eye(2) - np.outer(K, H)) @ M @ (np.eye(2) - np.outer(K, H)).T + v * np.outer(K, K)
            v += share * (min(e**2 / S, p.cap) * v - v)
    # The average over the horizon, step by step.
    mean, spread, total, joint = state.copy(), P.copy(), np.zeros(2), np.zeros((2, 2))
    cross = np.zeros((2, 2))
    for _ in range(HORIZON):
        mean, spread = F @ mean, F @ spread @ F.T + drift * size()
        cross = cross @ F.T + spread
        total, joint = total + mean, joint + cross + cross.T - spread
    weights = np.mean([np.linalg.matrix_power(F, k).T @ h for k in range(1, HORIZON + 1)], axis=0)
    return float(h @ total / HORIZON), float(h @ joint @ h / HORIZON**2), float(weights @ M @ weights), likelihood


@pytest.mark.parametrize("asset", range(4))
def test_matrices_give_the_same(asset: int) -> None:
    """Each rung by itself, their likelihoods, and the mixture of the lower ones."""
    x, y = world()
    # No asset is held to drift as shares do: then the lower rungs keep an answer of their own.
    p = DriftLadderParameters(close=(1e8, 1e9))
    history = drift_ladder_history(y, x, horizon=HORIZON, parameters=p)
    found = [filtered(x, y[:, asset], rung, p) for rung in (*p.rungs, np.inf)]
    value, variance, measured, _ = found[-1]
    assert history.moving[-1, asset] == pytest.approx(value, rel=1e-9)
    assert history.moving_error[-1, asset] ** 2 == pytest.approx(variance, rel=1e-9)
    assert history.moving_measured[-1, asset] == pytest.approx(measured, rel=1e-9)
    assert 0 < measured < variance
    odds = np.array(p.prior) * np.exp([f[3] - found[0][3] for f in found[:-1]])
    odds /= odds.sum()
    assert history.calm_measured[-1, asset] == pytest.approx(odds @ [f[2] for f in found[:-1]], rel=1e-9)
    means, variances = np.array([f[0] for f in found[:-1]]), np.array([f[1] for f in found[:-1]])
    assert history.calm[-1, asset] == pytest.approx(odds @ means, rel=1e-9)
    spread = odds @ (variances + means**2) - (odds @ means) ** 2
    assert history.calm_error[-1, asset] ** 2 == pytest.approx(spread, rel=1e-6)


def test_row_by_row_is_all_at_once_and_later_rows_change_nothing() -> None:
    """A state carries everything, to the bit."""
    x, y = world()
    whole = drift_ladder_history(y, x, horizon=HORIZON)
    state = None
    for t in range(len(x)):
        piece = drift_ladder_history(y[t : t + 1], x[t : t + 1], horizon=HORIZON, state=state)
        state = piece.state
        assert np.array_equal(piece.calm[0], whole.calm[t], equal_nan=True)
        assert np.array_equal(piece.weight[0], whole.weight[t], equal_nan=True)
    some = drift_ladder_history(y[:200], x[:200], horizon=HORIZON, rows=np.array([99, 199]))
    assert np.array_equal(some.moving, whole.moving[[99, 199]], equal_nan=True)


def test_horizons_of_one_pass_are_those_of_passes_of_their_own() -> None:
    """Three horizons at once: the bits of three runs."""
    x, y = world()
    horizons = (5, HORIZON, 0)
    for horizon, one in zip(horizons, drift_ladder_histories(y, x, horizons=horizons), strict=True):
        alone = drift_ladder_history(y, x, horizon=horizon)
        for name in alone._fields[:-1]:
            assert np.array_equal(getattr(one, name), getattr(alone, name), equal_nan=True), name
        assert np.array_equal(one.state.values, alone.state.values)


@pytest.mark.parametrize("factor", [-3.0, 0.5, 10.0])
def test_multiples_come_out_as_multiples(factor: float) -> None:
    """Without a prior level, k times the returns have k times the calm forecast while drift goes with the residual."""
    x, y = world()
    p = DriftLadderParameters(floor=0.0, early=0.0, rungs=(0.0,), prior=(1.0,), close=(1e8, 1e9))
    one, many = (drift_ladder_history(k * y, x, horizon=HORIZON, parameters=p) for k in (1.0, factor))
    assert many.calm[-1] == pytest.approx(factor * one.calm[-1], rel=1e-9)
    assert many.calm_error[-1] == pytest.approx(abs(factor) * one.calm_error[-1], rel=1e-9)


def test_a_copy_of_the_benchmark_is_one() -> None:
    """No residual at all: the value is exact, and the weight of a share's drift nothing."""
    x, _ = world()
    history = drift_ladder_history(np.column_stack([x, -2.0 * x]), x, horizon=HORIZON)
    assert history.calm[-1] == pytest.approx([1.0, -2.0], abs=1e-9)
    assert (history.calm_error[-1] < 1e-6).all()
    assert (history.weight[-1] < 1e-6).all()


def test_the_drift_is_told_from_the_data() -> None:
    """A beta that stands still and one that wanders, with the same residuals, are told apart."""
    rng = np.random.default_rng(4)
    x, e = 0.01 * rng.standard_t(5, 800), rng.normal(0, 0.002, 800)
    path = np.zeros(800)
    for t in range(1, 800):
        path[t] = 2 ** (-1 / 30) * path[t - 1] + rng.normal(0, 0.25 * np.sqrt(1 - 2 ** (-2 / 30)))
    history = drift_ladder_history(np.column_stack([2 * x + e, (2 + path) * x + e]), x, horizon=63)
    assert history.weight[-1, 0] < 1e-6
    assert history.weight[-1, 1] > 0.9


def test_unfit_constants_are_refused() -> None:
    """Each rung needs a prior weight."""
    x, y = (part[:40] for part in world())
    with pytest.raises(InputError, match="one prior weight"):
        drift_ladder_history(y, x, horizon=1, parameters=DriftLadderParameters(prior=(1.0,)))
    with pytest.raises(InputError, match="warmup"):
        drift_ladder_history(y, x, horizon=1, parameters=DriftLadderParameters(warmup=3))
