"""Methods as they are written."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beta_pairs import noisy_pairs
from trimtab.beta.estimators.vasicek import Vasicek
from trimtab.beta.method import DEFAULT_METHOD, Chain, parse_method, written
from trimtab.beta.registry import ESTIMATORS, PRESETS
from trimtab.errors import InputError, UnknownSymbolError

EVERYTHING = [*sorted(ESTIMATORS), *sorted(PRESETS)]


@pytest.mark.parametrize("text", [*EVERYTHING, "welch(half_life=60)|vasicek(mean=1)", "weekly(overlapping=true)|ols"])
def test_what_is_written_is_read_back(text: str) -> None:
    """A method's full text gives the same method again."""
    method = parse_method(text)
    assert parse_method(written(method)) == method


@given(
    half_life=st.floats(1, 1e4),
    window=st.one_of(st.none(), st.integers(2, 10_000)),
    mean=st.one_of(st.none(), st.floats(-3, 3)),
)
def test_any_option_survives_writing(half_life: float, window: int | None, mean: float | None) -> None:
    """Options of any value, none included, survive being written and read."""
    method = parse_method(f"ewma(half_life={half_life!r}, window={window})|vasicek(mean={mean})")
    assert parse_method(written(method)) == method
    assert isinstance(method, Chain)
    assert method.then == (Vasicek(mean=mean),)


def test_options_from_python_reach_the_estimator_behind_steps() -> None:
    """Keyword options belong to the estimator wherever it stands, and None leaves its own."""
    assert parse_method("weekly|ols|adjusted", window=52, lags=None).first.window == 52
    assert parse_method("ibkr", window=None).window == 504


def test_the_default_is_named() -> None:
    """`default` stands for the default method."""
    assert parse_method("default") == parse_method(DEFAULT_METHOD)


@pytest.mark.parametrize(
    ("wrong", "near"),
    [
        ("olz", "ols"),
        ("vasichek|ols", "vasicek"),
        ("bloomburg", "bloomberg"),
        ("two-sped", "two-speed"),
        ("hubert", "huber"),
    ],
)
def test_a_misspelt_name_is_answered_with_near_ones(wrong: str, near: str) -> None:
    """A name that is not known is answered with the ones nearest to it."""
    with pytest.raises(UnknownSymbolError) as caught:
        parse_method(wrong)
    assert near in caught.value.try_next


@pytest.mark.parametrize(
    "wrong",
    [
        "ols(windw=3)", "ols(window=abc)", "ols(errors=hax)", "ols(104)", "ols(", "vasicek|ols", "ols|ewma", "vasicek",
        "ols|weekly", "", "blume(intercept=inf)", "adjusted(weight=2)", "dimson(lags=-1)", "huber(k=0)",
        "theil-sen(window=9999)",
        "two-speed(clip=0)", "kalman(drift=-1)", "kalman-mr(half_life=0)", "double(horizon=0)", "realised(min_days=1)",
        "frazzini-pedersen(weight=2)", "daily(overlapping=true)|ols", "vasicek(sd=0)",
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused(wrong: str) -> None:
    """Wrong options, values and orders are refused with what to do."""
    with pytest.raises(InputError) as caught:
        parse_method(wrong)
    assert caught.value.try_next


def test_overlapping_needs_newey_west() -> None:
    """Overlapping returns before an estimator that cannot widen its errors are refused."""
    with pytest.raises(InputError, match="Newey-West"):
        parse_method("weekly(overlapping=true)|huber").estimate(noisy_pairs((1.0,)))


def test_the_result_names_every_part() -> None:
    """The method named in a result is the chain that made it."""
    betas = parse_method("weekly|ols(window=104)|adjusted").estimate(noisy_pairs((1.0, 0.5)))
    assert betas.method == betas["A0"].method == "weekly|ols|adjusted"
    assert betas.as_of == noisy_pairs((1.0,)).dates[-1]


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_vendor_recipes_run(name: str) -> None:
    """Each vendor's recipe gives a beta near the planted one."""
    pairs = noisy_pairs((1.0,), n=1500, noise=0.005)
    assert np.isclose(parse_method(name).estimate(pairs)["A0"].value, 1.0, atol=0.15)


def test_bloomberg_is_its_own_recipe() -> None:
    """The Bloomberg recipe is .33 plus .67 times the slope of the last 104 weekly returns."""
    pairs = noisy_pairs((1.3,), n=1500)
    raw = parse_method("weekly|ols(window=104)").estimate(pairs)["A0"]
    assert parse_method("bloomberg").estimate(pairs)["A0"].value == pytest.approx(0.33 + 0.67 * raw.value, rel=1e-12)
    assert raw.n_obs == 104
