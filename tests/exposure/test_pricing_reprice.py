"""A book over scenarios equals each option priced alone."""

import numpy as np
import pytest

from trimtab.errors import InputError
from trimtab.exposure.pricing.american import american_greeks
from trimtab.exposure.pricing.black import european_greeks
from trimtab.exposure.pricing.coin import coin_option
from trimtab.exposure.pricing.reprice import Kind, reprice

MOVES = np.array([-0.4, -0.2, 0.0, 0.1, 0.2])
VOLS = np.array([0.2, 0.1, 0.0, 0.0, -0.05])
TIMES = np.array([0.0, 0.0, 0.0, 0.1, 0.1])


def book(n=300):
    rng = np.random.default_rng(4)
    return {
        "right": rng.choice([-1.0, 1.0], n),
        "spot": rng.uniform(60, 140, n),
        "strike": np.full(n, 100.0),
        "vol": rng.uniform(0.1, 0.7, n),
        "time": rng.uniform(0.15, 2.0, n),
        "rate": rng.uniform(-0.01, 0.08, n),
        "dividend_yield": rng.uniform(0.0, 0.05, n),
    }


@pytest.mark.parametrize("shape", ["by scenario", "by option and scenario"])
def test_every_kind_equals_the_option_priced_alone(shape):
    """European, American and coin options in every scenario are what their own functions give."""
    terms = book()
    beta = np.ones((300, 1)) if shape == "by scenario" else np.linspace(0.2, 1.8, 300)[:, None]
    moves = MOVES if shape == "by scenario" else beta * MOVES
    kind = np.arange(300) % 3
    after = reprice(kind=kind, **terms, spot_move=moves, vol_shift=VOLS, time_shift=TIMES)
    assert after.value.shape == after.delta.shape == (300, 5)
    for j in range(5):
        shocked = terms | {
            "spot": terms["spot"] * (1 + beta[:, 0] * MOVES[j]),
            "vol": terms["vol"] + VOLS[j],
            "time": terms["time"] - TIMES[j],
        }
        for code, price in ((Kind.EUROPEAN, european_greeks), (Kind.AMERICAN, american_greeks)):
            alone = price(**shocked)
            mine = kind == code
            np.testing.assert_allclose(after.value[mine, j], alone.value[mine], rtol=1e-11, atol=1e-11)
            np.testing.assert_allclose(after.delta[mine, j], alone.delta[mine], rtol=1e-11, atol=1e-11)
        coin = coin_option(
            right=terms["right"], forward=shocked["spot"], strike=100, vol=shocked["vol"], time=shocked["time"]
        )
        mine = kind == Kind.COIN
        np.testing.assert_allclose(after.value[mine, j], coin.value[mine], rtol=1e-11, atol=1e-13)
        np.testing.assert_allclose(after.delta[mine, j], coin.net_delta[mine], rtol=1e-11, atol=1e-13)


def test_scenarios_at_the_edge_are_defined():
    """A spot of zero, a volatility shifted below zero, and an option that has expired by then."""
    after = reprice(
        kind=[0, 1],
        right=-1,
        spot=100,
        strike=100,
        vol=0.2,
        time=0.5,
        rate=0.02,
        spot_move=[-1.5, -0.5, 0.0],
        vol_shift=[0.0, -1.0, 0.0],
        time_shift=[0.0, 0.0, 0.6],
    )
    np.testing.assert_allclose(after.value[0, :2], [100 * np.exp(-0.01), 100 * np.exp(-0.01) - 50], rtol=1e-12)
    assert after.value[1, 1] == pytest.approx(50.0)
    assert np.all(np.isnan(after.value[:, 2]))


@pytest.mark.parametrize("term", ["vol", "spot", "strike", "time"])
def test_a_wrong_term_stays_missing_in_every_scenario(term):
    """A NaN term, or a negative volatility that a shift would hide, is NaN in all scenarios."""
    terms = {name: column[:6] for name, column in book().items()}
    for bad in (np.nan, -0.1):
        broken = terms | {term: np.full(6, bad)}
        after = reprice(kind=[0, 1, 2, 0, 1, 2], **broken, spot_move=MOVES, vol_shift=0.5)
        assert np.all(np.isnan(after.value))
        assert np.all(np.isnan(after.delta))


def test_wrong_shapes_and_kinds_are_refused_in_words():
    """Unknown kinds, two-dimensional terms and shifts for another number of options raise the three-part error."""
    good = {"right": 1, "spot": [100.0, 101.0], "strike": 100, "vol": 0.2, "time": 1}
    with pytest.raises(InputError, match="codes of Kind"):
        reprice(kind=7, **good)
    with pytest.raises(InputError, match="one-dimensional"):
        reprice(kind=0, **(good | {"spot": [[100.0]]}))
    with pytest.raises(InputError, match="options in rows"):
        reprice(kind=0, **good, spot_move=np.zeros((3, 4)))
