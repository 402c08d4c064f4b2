"""Active beta and active risk: by NumPy alone, as laws, in a review and its document, and what they refuse."""

import numpy as np
import polars as pl
import pytest
from given import planted
from hypothesis import given, settings
from hypothesis import strategies as st

import trimtab as tt
from trimtab.errors import InputError
from trimtab.performance.relative import tracking_error
from trimtab.risk.active import active_risk


@given(seed=st.integers(0, 10_000), beta=st.floats(-1, 3), n=st.integers(20, 400))
@settings(max_examples=40, deadline=None)
def test_the_parts_add_up_and_the_total_is_the_tracking_error(seed, beta, n):
    """Squares of the two parts are the square of the total, which is the deviation of r - m."""
    rng = np.random.default_rng(seed)
    m = rng.normal(0.0003, 0.01, n)
    r = beta * m + rng.normal(0, 0.004, n)
    made = active_risk(r, m, periods_per_year=252)
    assert made.total == pytest.approx(np.std(r - m, ddof=1) * np.sqrt(252), rel=1e-12)
    assert made.total == pytest.approx(tracking_error(r, m, periods_per_year=252), rel=1e-12)
    assert made.by_beta**2 + made.specific**2 == pytest.approx(made.total**2, rel=1e-9)
    slope, intercept = np.polyfit(m, r, 1)
    assert made.by_beta == pytest.approx(abs(slope - 1) * np.std(m, ddof=1) * np.sqrt(252), rel=1e-6, abs=1e-12)
    own = r - intercept - slope * m
    assert made.specific == pytest.approx(np.sqrt(own @ own / (n - 1) * 252), rel=1e-9)


def test_the_error_covers():
    """Of 400 draws with a known active risk about 95% lie within 1.96 errors."""
    rng = np.random.default_rng(1)
    truth = np.sqrt((0.5 * 0.01) ** 2 + 0.004**2) * np.sqrt(252)
    inside = 0
    for _ in range(400):
        m = rng.normal(0, 0.01, 252)
        made = active_risk(1.5 * m + rng.normal(0, 0.004, 252), m, periods_per_year=252)
        inside += abs(made.total - truth) < 1.96 * made.stderr
    assert 0.92 <= inside / 400 <= 0.98


def test_a_review_has_both(capsys):
    """The benchmark itself has neither; a book of A has the active risk of its exposures over the last year."""
    prices = planted({"A": 1.3}, n=400)
    mandate = tt.Mandate(benchmark="M", target=1.0, band=0.1)
    same = tt.review(prices, "10 M", mandate, method="ols")
    assert same.active_beta == 0.0
    assert same.active_risk.total == 0.0
    book = pl.DataFrame({"symbol": ["A", "USD"], "quantity": [100, 2000]})
    done = tt.review(prices, book, mandate, method="ols")
    weight = done.exposure.positions[0].delta_exposure / done.exposure.nav
    a, m = (prices.values[1:, prices.column(s)] / prices.values[:-1, prices.column(s)] - 1 for s in ("A", "M"))
    own = np.std((weight * a - m)[-252:], ddof=1) * np.sqrt(252)
    assert done.active_risk.total == pytest.approx(own, rel=1e-12)
    assert done.active_beta == done.exposure.beta.value - 1.0
    assert (done.active_risk.n_obs, done.active_risk.lacking) == (252, ())
    assert tt.review(prices, book, mandate, method="ols", hidden=False).active_risk is None


def test_what_has_no_past_of_its_own_is_named():
    """A fund with a stated beta adds to the part by beta, and the specific part is a floor."""
    prices = planted({"A": 1.3}, n=300)
    book = pl.DataFrame({"symbol": ["A", "FUND"], "quantity": [100, 50], "price": [None, 200.0]})
    mandate = tt.Mandate(benchmark="M", target=1.0, band=0.1)
    done = tt.review(
        prices, book, mandate, method="ols", stated_betas=["FUND=0.8 +- 0.1 until 2027-06-30: two years of NAVs"]
    )
    assert done.active_risk.lacking == ("FUND",)


def test_too_few_or_unequal_returns_are_refused():
    """In three parts."""
    with pytest.raises(InputError, match="19 and 19"):
        active_risk(np.zeros(19), np.zeros(19), periods_per_year=252)
    with pytest.raises(InputError, match="30 and 31"):
        active_risk(np.zeros(30), np.zeros(31), periods_per_year=252)
