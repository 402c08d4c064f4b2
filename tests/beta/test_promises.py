"""A stated multiple against what the returns did: told where the two contradict each other, and only there."""

import numpy as np
import pandas as pd
import pytest

import trimtab as tt
from trimtab.market.prices import Flag, PriceTable
from trimtab.model.mandate import Mandate

N = 300
DATES = np.busday_offset(np.datetime64("2024-01-02"), np.arange(N + 1), roll="forward").astype(str).tolist()


def table(**slopes: tuple[float, float]) -> PriceTable:
    """Prices of a market and of funds that move so many times as much, with noise of .2% a day."""
    rng = np.random.default_rng(3)
    market = rng.standard_t(5, N) * 0.009
    columns = {"M": market, **{name: b * market + rng.normal(0, s, N) for name, (b, s) in slopes.items()}}
    return PriceTable.of(
        {name: 100 * np.concatenate([[1.0], np.cumprod(1 + r)]) for name, r in columns.items()}, dates=DATES
    )


@pytest.mark.parametrize("method", ["default", "ols", "welch|vasicek", "weekly|ols"])
@pytest.mark.parametrize(("stated", "told"), [(3, True), (-1, True), (1, True), (-2, True), (-3, False)])
def test_a_multiple_that_the_returns_contradict_is_told_with_both_numbers(method, stated, told):
    """A fund of -3 that somebody states as 3, -1, 1 or -2: a flag on its beta, and a note with both numbers."""
    betas = tt.estimate_betas(table(I3=(-3, 0.002)), benchmark="M", method=method, multiples={"I3": stated})
    notes = [note for note in betas.notes if "times its index" in note]
    assert (Flag.MULTIPLE_CONTRADICTED in betas["I3"].flags) is told
    assert len(notes) == told
    if told:
        assert notes[0].startswith(
            f"I3 is stated as {stated} times its index, but its last 252 returns moved -2.99 +- 0.01 times M"
        )


def test_the_default_beta_is_what_was_measured_whatever_is_stated():
    """A wrong multiple of a fund that nothing else resembles changes its default beta by nothing."""
    prices = table(I3=(-3, 0.002))
    right, wrong = (tt.estimate_betas(prices, benchmark="M", multiples={"I3": m})["I3"].value for m in (-3, 3))
    assert right == pytest.approx(-3, abs=0.05)
    assert wrong == pytest.approx(right, abs=1e-9)


@pytest.mark.parametrize(
    ("slope", "noise", "stated"),
    [
        (3 * 1.2, 3 * 0.004, 3),  # three times the Nasdaq, beside the S&P
        (-0.3, 0.02, 3),  # three times bonds: the benchmark says nothing of them
        (0.1, 0.02, 2),  # twice gold
        (2.0, 0.001, 2),
    ],
)
def test_a_fund_on_another_index_is_not_accused(slope, noise, stated):
    """Where the benchmark explains little of the fund, or about as much as its index would, nothing is said."""
    betas = tt.estimate_betas(table(F=(slope, noise)), benchmark="M", multiples={"F": stated})
    assert Flag.MULTIPLE_CONTRADICTED not in betas["F"].flags


def test_a_review_says_it_too():
    """The multiple stands in the holdings: the flag is on the position, and the note in the review."""
    held = pd.DataFrame({"symbol": ["I3", "USD"], "quantity": [1000, 1e5], "leverage": [3, None]})
    found = tt.review(table(I3=(-3, 0.002)), held, Mandate(target=1.0, band=0.2, benchmark="M"))
    assert any(note.startswith("I3 is stated as 3 times its index") for note in found.notes)
    line = next(p for p in found.exposure.positions if p.asset == "I3")
    assert Flag.MULTIPLE_CONTRADICTED in line.flags


def test_too_few_returns_accuse_nobody():
    """Thirty-nine returns are not enough to speak."""
    short = table(I3=(-3, 0.002))
    betas = tt.estimate_betas(short, benchmark="M", multiples={"I3": 3}, method="ols", as_of=DATES[39])
    assert not any("times its index" in note for note in betas.notes)
