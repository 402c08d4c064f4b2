"""Many accounts at once give what each gives alone: value to the bit, error to 1e-12, every verdict and coverage."""

from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from fleet_world import Fleet, draw_fleet
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.errors import NotEnoughDataError
from trimtab.exposure.expose import expose
from trimtab.fleet.accounts import measure_accounts
from trimtab.fleet.check import FleetTerms, check_accounts
from trimtab.fleet.units import Units, value_units
from trimtab.fleet.verdicts import STATUSES, MandateArrays, judge_accounts
from trimtab.hedge.verdict import Status, judge
from trimtab.model.mandate import Mandate
from trimtab.stats.normal import interval_probability, outside_probability


@cache
def fleet_of(seed: int) -> tuple[Fleet, Units]:
    fleet = draw_fleet(seed, accounts=250)
    return fleet, value_units(fleet.positions, fleet.setting.market, fleet.setting.betas)


def terms_of(accounts: int, seed: int) -> FleetTerms:
    rng = np.random.default_rng(seed)
    mandates = MandateArrays(
        target=rng.choice([0.0, 0.1, 0.5], accounts),
        band=rng.choice([0.05, 0.3], accounts),
        confidence=rng.choice([0.5, 0.9, 0.99], accounts),
    )
    return FleetTerms(benchmark="IDX", mandates=mandates)


@pytest.mark.parametrize("seed", [1, 2])
def test_accounts_together_are_what_each_is_alone(seed):
    """NAV, beta and status are the same to the last bit, the error and the probability to 1e-12, of every kind."""
    fleet, units = fleet_of(seed)
    terms = terms_of(len(fleet.books.names), seed)
    checks = check_accounts(fleet.books, units, terms)
    assert [c.account for c in checks] == list(fleet.books.names)
    for row, check in enumerate(checks):
        try:
            alone = expose(fleet.books.portfolio(row, units), fleet.setting.market, fleet.setting.betas)
        except NotEnoughDataError:
            assert (check.status, check.flag, check.nav, check.beta) == (Status.UNDECIDED, "no_nav", None, None)
            continue
        verdict = judge(alone, terms.mandate(row))
        if alone.coverage.unpriced:
            # what has no price leaves NAV unknown: no number stands where one would be added up with others
            assert (check.status, check.coverage) == (verdict.status, alone.coverage.share)
            assert check.nav is check.beta is check.stderr is check.probability_inside is None
            continue
        assert (check.nav, check.beta, check.money_per_1pct) == (alone.nav, alone.beta.value, alone.money_per_1pct)
        assert (check.status, check.coverage) == (verdict.status, alone.coverage.share)
        assert check.stderr == pytest.approx(alone.beta.stderr, rel=1e-12)
        assert (check.low, check.high) == pytest.approx((alone.beta.low, alone.beta.high), rel=1e-11, abs=1e-13)
        assert check.probability_inside == pytest.approx(verdict.probability_inside, abs=1e-11)
        assert (check.flag is None) is (check.reason is None) is (check.status is Status.INSIDE)


def test_the_sample_has_every_stratum():
    """The equality above is of accounts together and alone, of every status, of all kinds, and of nothing held."""
    ways, kinds = Counter(), Counter()
    for seed in (1, 2):
        fleet, units = fleet_of(seed)
        checks = check_accounts(fleet.books, units, terms_of(len(fleet.books.names), seed))
        ways.update((c.alone, c.status.value) for c in checks)
        kinds.update(
            (p.instrument.kind, bool(apart))
            for p, apart in zip(units.positions, units.apart.tolist(), strict=True)
        )  # fmt: skip
    assert min(ways[alone, status] for alone in (True, False) for status in ("inside", "outside", "undecided")) > 0
    assert {kind for kind, apart in kinds if not apart} == {"spot", "future", "perpetual", "option", "cash"}
    assert kinds["perpetual", True] > 0
    assert kinds["option", True] > 0


def test_the_same_positions_in_another_company_or_on_more_threads_give_the_same_bits():
    """What one account is does not depend on who stands beside it, nor on how many threads work."""
    fleet, units = fleet_of(1)
    whole = measure_accounts(fleet.books, units, threads=3)
    starts = fleet.books.starts
    for row in range(0, 250, 25):
        part = slice(int(starts[row]), int(starts[row + 1]))
        one = replace(
            fleet.books, names=fleet.books.names[row : row + 1],
            starts=np.array([0, part.stop - part.start]), units=fleet.books.units[part],
            quantities=fleet.books.quantities[part],
        )  # fmt: skip
        single = measure_accounts(one, units)
        for name in ("nav", "beta", "stderr", "low", "high"):
            assert np.array_equal(getattr(single, name), getattr(whole, name)[row : row + 1], equal_nan=True)


@settings(max_examples=60, deadline=None)
@given(
    beta=st.floats(-2, 3), error=st.floats(0, 0.5), target=st.floats(-1, 2), band=st.floats(0, 0.5),
    confidence=st.floats(0.5, 0.999), exact=st.booleans(),
)  # fmt: skip
def test_a_verdict_in_arrays_is_the_verdict(beta, error, target, band, confidence, exact):
    """Also where the confidence asked for is the very probability that there is."""
    mandate = Mandate(benchmark="X", target=target, band=band, confidence=confidence)
    within = mandate.lower <= beta <= mandate.upper
    chance = interval_probability if within else outside_probability
    probability = chance(mandate.lower, mandate.upper, mean=beta, sd=error)
    if exact and 0.5 <= probability < 1:
        confidence = probability
    asked = MandateArrays(target=np.array([target]), band=np.array([band]), confidence=np.array([confidence]))
    judged = judge_accounts(np.array([beta]), np.array([error]), asked)
    sure = confidence == 0.5 or probability >= confidence
    expected = Status.UNDECIDED if not sure else Status.INSIDE if within else Status.OUTSIDE
    assert STATUSES[judged.status[0]] is expected
    inside = interval_probability(mandate.lower, mandate.upper, mean=beta, sd=error)
    assert judged.probability_inside[0] == pytest.approx(inside, abs=1e-12)
