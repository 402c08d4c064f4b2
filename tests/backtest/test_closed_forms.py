"""Rules on a gap that wanders: what the closed forms say it leaves and costs, and Leland's saving of a band.

Beta of the book does a random walk of s per square-root year, the book's worth stands still, and lots are so small
that they are no matter. Looked at once a day a band acts like one wider by 0.5826 s sqrt(dt) (Broadie, Glasserman and
Kou, 1997), to first order in a day's step: the second order is allowed for with a hundredth.
"""

from math import pi, sqrt

import numpy as np
import pytest

from trimtab.backtest.rule import parse_rule
from trimtab.backtest.run import run_rules
from trimtab.backtest.tape import Tape
from trimtab.hedge.often.simulate import CONTINUITY

YEAR = 252
NAV, LOT = 1e9, 1e3
S = 0.12
STEP = S / sqrt(YEAR)
H = 0.08
WIDER = H + CONTINUITY * STEP
#: Weekdays in a month.
MONTH = 261.0 / 12.0


def wandering(seed: int, years: int, lot: float) -> Tape:
    """Make a book of constant worth whose beta wanders, and a future that costs next to nothing and stands still."""
    n = YEAR * years
    rng = np.random.default_rng(seed)
    beta = 1.0 + STEP * np.concatenate([[0.0], np.cumsum(rng.normal(size=n - 1))])
    ones = np.ones(n)
    return Tape(
        benchmark="M",
        base="USD",
        method="planted",
        dates=np.busday_offset("1990-01-01", np.arange(n)).astype("M8[s]"),
        level=100.0 * ones,
        assets=NAV * ones,
        exposure=NAV * beta,
        error=0.0 * ones,
        lot=lot * ones,
        cost=1e-6 * ones,
        best=np.inf * ones,
        price=100.0 * ones,
        gain=0.0 * ones,
        roll=0.0 * ones,
        commission=0.0 * ones,
        contracts=("MH0",),
        contract=np.zeros(n, dtype=np.intp),
        multiplier=10.0,
        beta=ones,
        is_model=True,
        source="",
    )


def averages(words: str, seeds: int, years: int, lot: float = LOT) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give mean square of the gap, turnover a year and trades a year of each seed, after a year of warming up."""
    out = []
    for seed in range(seeds):
        runs = run_rules(wandering(seed, years, lot), [parse_rule(words)], target=1.0, same_close=True)
        gap, moved = runs.gap[0, YEAR:], np.abs(runs.filled[0, YEAR:]) * lot / NAV
        span = years - 1
        out.append((float((gap**2).mean()), moved.sum() / span, np.count_nonzero(moved) / span))
    return tuple(np.array(column) for column in zip(*out, strict=True))


def near(values: np.ndarray, expected: float, room: float) -> None:
    """Assert a mean within three standard errors, and what discrete looks are known to leave of the closed form."""
    error = values.std(ddof=1) / sqrt(len(values))
    assert abs(values.mean() - expected) < 3.0 * error + room * expected, (values.mean(), expected, error)


def check(seeds: int, years: int) -> None:
    square, turnover, _ = averages(f"band:{H}:edge", seeds, years)
    near(square, WIDER**2 / 3.0, 0.01)
    near(turnover, S**2 / (2.0 * WIDER), 0.01)
    square, turnover, trades = averages(f"band:{H}:centre", seeds, years)
    near(square, WIDER**2 / 6.0, 0.01)
    near(trades, S**2 / WIDER**2, 0.01)
    near(turnover, S**2 / WIDER, 0.01)
    # Inside: one lot of 0.05 at the edge, from h to h - d.
    d = 0.05
    square, _, trades = averages(f"band:{H}:edge", seeds, years, lot=d * NAV)
    near(square, (WIDER**2 + (WIDER - d) ** 2) / 6.0, 0.01)
    near(trades, S**2 / (d * (2.0 * WIDER - d)), 0.02)
    square, turnover, _ = averages("monthly", seeds, years)
    near(square, STEP**2 * (MONTH - 1.0) / 2.0, 0.0)
    near(turnover, STEP * sqrt(2.0 * MONTH / pi) * YEAR / MONTH, 0.0)


def test_averages_are_those_of_the_closed_forms():
    """Edge, centre and calendar over a few seeds."""
    check(40, 21)


@pytest.mark.long
def test_averages_are_those_of_the_closed_forms_over_many_seeds():
    """The same over four hundred."""
    check(400, 41)


def leland(seeds: int, years: int) -> np.ndarray:
    """Give the turnover that a band to its edge saves against a calendar of the same mean square gap, by seed."""
    saved = []
    for seed in range(seeds):
        tape = wandering(seed, years, LOT)
        calendar = run_rules(tape, [parse_rule("monthly")], target=1.0, same_close=True)
        goal = float((calendar.gap[0, YEAR:] ** 2).mean())
        low, high = 0.01, 0.3
        for _ in range(20):
            middle = (low + high) / 2.0
            band = run_rules(tape, [parse_rule(f"band:{middle}:edge")], target=1.0, same_close=True)
            low, high = (middle, high) if (band.gap[0, YEAR:] ** 2).mean() < goal else (low, middle)
        turnover = [np.abs(r.filled[0, YEAR:]).sum() for r in (band, calendar)]
        saved.append(1.0 - turnover[0] / turnover[1])
    return np.array(saved)


#: Leland's 1 - sqrt(pi/12) = 48.8%, of a calendar that is looked at once a day: on the day it trades it has no gap.
SAVED = 1.0 - sqrt(pi / 12.0 / (1.0 - 1.0 / MONTH))


def test_a_band_saves_what_leland_says():
    """At equal accuracy a band to its edge saves 48.8% of a calendar's turnover; 47.6% looked at once a day."""
    assert (round(1.0 - sqrt(pi / 12.0), 3), round(SAVED, 3)) == (0.488, 0.476)
    near(leland(20, 21), SAVED, 0.0)


@pytest.mark.long
def test_a_band_saves_what_leland_says_over_many_seeds():
    """The same over four hundred seeds."""
    near(leland(400, 21), SAVED, 0.0)
