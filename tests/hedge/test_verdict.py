"""Verdicts: inside, outside and undecided, with probabilities that can be checked by hand."""

import pytest
from given import given_betas, given_market
from scipy.stats import norm

from trimtab.exposure.expose import expose
from trimtab.hedge.verdict import Status, judge
from trimtab.model.mandate import Mandate
from trimtab.model.notation import parse_portfolio


def verdict(
    beta: float, error: float, *, confidence: float = 0.5, band: float = 0.05, text: str = "100 P", cover: float = 0.95
):
    betas = given_betas("I", {"P": (beta, error)})
    market = given_market({"P": 1.0, "Q": 1.0, "I": 1.0})
    mandate = Mandate(benchmark="I", target=1.0, band=band, confidence=confidence, min_coverage=cover)
    return judge(expose(parse_portfolio(text), market, betas), mandate)


@pytest.mark.parametrize(
    ("beta", "status"), [(1.049, "inside"), (1.051, "outside"), (0.951, "inside"), (0.9, "outside")]
)
def test_the_point_estimate_decides_by_default(beta, status):
    """At confidence 0.5 the estimate alone says on which side it is, however wide its error."""
    assert verdict(beta, 0.5).status == status


@pytest.mark.parametrize(("beta", "error"), [(1.0, 0.02), (1.1, 0.05), (0.7, 0.3)])
def test_probability_inside_is_the_normal_one(beta, error):
    """The probability equals the normal distribution's, worked out by another library."""
    expected = norm.cdf(1.05, beta, error) - norm.cdf(0.95, beta, error)
    assert verdict(beta, error).probability_inside == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("beta", "error", "status"),
    [
        (1.0, 0.02, Status.INSIDE),  # inside with probability .988
        (1.0, 0.05, Status.UNDECIDED),  # .68
        (1.2, 0.05, Status.OUTSIDE),  # outside with .999
        (1.1, 0.05, Status.UNDECIDED),  # outside with .84
        (1.0, 5.0, Status.UNDECIDED),  # the estimate is inside, though hardly anything is known
    ],
)
def test_confidence_asks_for_more_than_the_point(beta, error, status):
    """At confidence 0.95 a verdict is given only when its side is that probable."""
    assert verdict(beta, error, confidence=0.95).status is status


def test_an_exact_beta_needs_no_probability():
    """With no error the probability is 1 or 0."""
    assert verdict(1.02, 0.0).probability_inside == 1.0
    assert verdict(1.2, 0.0).probability_inside == 0.0


def test_too_little_coverage_is_undecided_and_says_what_is_missing():
    """A beta of exactly 1 measured on three quarters of the book is no verdict."""
    found = verdict(1.0, 0.01, text="75 P, 25 Q")
    assert found.status is Status.UNDECIDED
    assert "75.0%" in found.why
    assert "Q" in found.why
    assert verdict(4 / 3, 0.01, text="75 P, 25 Q", cover=0.7).status is Status.INSIDE


def test_a_position_without_a_price_is_undecided_whatever_the_coverage():
    """An unpriced position could be of any size, so no verdict is given even with no coverage asked for."""
    found = verdict(1.0, 0.01, text="100 P, 1 NOSUCH", cover=0.0)
    assert found.status is Status.UNDECIDED
    assert "NOSUCH" in found.why
