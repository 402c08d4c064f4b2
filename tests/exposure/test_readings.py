"""Portfolio beta in both readings: exact errors, one choice that everything follows, live equal to batch."""

from dataclasses import replace

import numpy as np
import pytest
from given import given_betas, planted
from live_books import BETAS, mixed_book

import trimtab as tt
from trimtab.beta.estimate import BetaReading, Betas, SpeaksOf
from trimtab.errors import InputError
from trimtab.exposure.live.book import LiveBook
from trimtab.hedge.verdict import judge
from trimtab.market.snapshot import market_at

FORECAST = SpeaksOf(reading=BetaReading.FORECAST, horizon=63)


def with_companion(betas: Betas, *, shift: float = 0.1, seed: int = 1) -> Betas:
    """Give the betas a fit beside them: other values, and errors that are shared between assets."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(0.0, 0.02, (40, len(betas.estimates)))
    scores[:, [e.stderr == 0.0 for e in betas.estimates]] = 0.0
    estimates = tuple(
        replace(e, value=None if e.value is None else e.value + (shift if e.stderr else 0.0), method="fit")
        for e in betas.estimates
    )
    fitted = replace(betas, estimates=estimates, scores=scores, own_variance=np.zeros(len(estimates)))
    return replace(betas, speaks_of=FORECAST, fitted=fitted)


def by_hand(exposure: tt.Exposure, betas: Betas) -> tuple[float, float]:
    """Sum weights x betas in plain Python, and the error from the whole covariance matrix."""
    weights = np.zeros(len(betas.estimates))
    for line in exposure.positions:
        for asset, money in line.weights if line.beta_exposure is not None else ():
            weights[betas.row(asset)] += money / exposure.nav
    total = sum(w * (e.value or 0.0) for w, e in zip(weights.tolist(), betas.estimates, strict=True))
    return total, float(np.sqrt(weights @ betas.covariance() @ weights))


def test_both_readings_are_exact_for_a_book_of_every_kind() -> None:
    """Shares, funds, futures, perpetuals, options, pence and currencies: either reading is its own sum, own error."""
    portfolio, market, _ = mixed_book()
    betas = with_companion(given_betas("SPY", BETAS))
    measured = tt.expose(portfolio, market, betas)
    assert measured.forecast is measured.beta
    assert measured.fitted is measured.companion
    for reading, of in ((measured.forecast, betas), (measured.fitted, betas.fitted)):
        assert reading is not None
        assert of is not None
        value, error = by_hand(measured, of)
        assert reading.value == pytest.approx(value, rel=1e-12)
        assert reading.stderr == pytest.approx(error, rel=1e-12)
        assert reading.speaks_of == of.speaks_of


def test_either_may_stand_in_front_to_the_last_digit() -> None:
    """Asking for the fit swaps the two, and changes no digit of either."""
    portfolio, market, _ = mixed_book()
    betas = with_companion(given_betas("SPY", BETAS))
    one, other = (tt.expose(portfolio, market, betas.answering(wanted)) for wanted in ("forecast", "fit"))
    assert one.beta == other.companion
    assert one.companion == other.beta
    for mine, theirs in zip(one.positions, other.positions, strict=True):
        if mine.companion is not None:
            assert (theirs.beta, theirs.stderr, theirs.beta_exposure) == (
                mine.companion.beta, mine.companion.stderr, mine.companion.beta_exposure,
            )  # fmt: skip


def test_without_a_companion_there_is_none() -> None:
    """A method with one reading gives one; the other is None and not the same number again."""
    portfolio, market, _ = mixed_book()
    measured = tt.expose(portfolio, market, given_betas("SPY", BETAS))
    assert measured.fitted is measured.beta
    assert measured.forecast is None
    assert all(p.companion is None for p in measured.positions)


def test_an_asset_without_a_fit_leaves_the_companion_out() -> None:
    """One held asset that was refused in the other reading: that reading has no portfolio beta, rather than a part."""
    portfolio, market, _ = mixed_book()
    betas = with_companion(given_betas("SPY", BETAS))
    assert betas.fitted is not None
    gone = tuple(
        replace(e, value=None, stderr=None) if e.asset == "AAPL" else e for e in betas.fitted.estimates
    )  # fmt: skip
    betas = replace(betas, fitted=replace(betas.fitted, estimates=gone))
    measured = tt.expose(portfolio, market, betas)
    assert measured.companion is None
    assert measured.beta.value == tt.expose(portfolio, market, given_betas("SPY", BETAS)).beta.value
    assert LiveBook(portfolio, market, betas).read().companion is None


def test_the_live_book_has_both_readings_of_the_batch() -> None:
    """After quotes of shares, a currency and an option, each reading is what `expose` finds of the same state."""
    portfolio, market, _ = mixed_book()
    betas = with_companion(given_betas("SPY", BETAS))
    book = LiveBook(portfolio, market, betas)
    for symbol, price in (("AAPL", 185.0), ("EURUSD", 1.12), ("SPY P", 12.5), ("SPY", 497.0), ("BTCUSD", 63_000.0)):
        if book.knows(symbol):
            book.quote(symbol, price, "2024-03-01T15:00")
        live, batch = book.read(), tt.expose(book.portfolio(), book.market(), betas)
        for mine, theirs in ((live.fitted, batch.fitted), (live.forecast, batch.forecast)):
            assert mine is not None
            assert theirs is not None
            assert mine.value == pytest.approx(theirs.value, rel=1e-12)
            assert mine.stderr == pytest.approx(theirs.stderr, rel=1e-12)
            assert mine.speaks_of == theirs.speaks_of


def test_a_verdict_speaks_of_the_reading_that_was_asked_for() -> None:
    """By default the one in front; by the mandate's word the other, with its own probability."""
    prices = planted({"A": 1.2, "B": 0.7}, n=600)
    betas = tt.estimate_betas(prices, benchmark="M")
    measured = tt.expose(tt.portfolio("100 A, 100 B, 100 USD"), market_at(prices, base="USD"), betas)
    usual = tt.Mandate(benchmark="M", target=0.9, band=0.1)
    assert judge(measured, usual).speaks_of.reading is BetaReading.FORECAST
    by_fit = judge(measured, replace(usual, reading="fit"))
    assert by_fit.speaks_of.reading is BetaReading.FIT
    assert measured.fitted is not None
    assert f"{measured.fitted.value:.3f} +/- {measured.fitted.stderr:.3f} (fitted to the past)" in by_fit.why
    assert by_fit.probability_inside != judge(measured, usual).probability_inside


def test_a_reading_that_the_method_lacks_is_refused() -> None:
    """Least squares does not forecast; the message says what it gives and what to do."""
    prices = planted({"A": 1.2}, n=300)
    mandate = tt.Mandate(benchmark="M", target=1.0, band=0.1, reading="forecast")
    with pytest.raises(InputError, match="ols, which gives the slope over the pairs of the past"):
        tt.review(prices, "100 A, 100 USD", mandate, method="ols")
    with pytest.raises(InputError, match="a reading of beta: fit or forecast"):
        tt.Mandate(benchmark="M", target=1.0, band=0.1, reading="guess")  # type: ignore[arg-type]


def test_the_mandate_chooses_for_all_that_is_asked() -> None:
    """Review, plan, ways, stress, risk and drift of a mandate on the fit all start from the fitted beta."""
    prices = planted({"A": 1.4, "B": 0.7}, n=700)
    book, mandate = "100 A, 100 B, 100 USD", tt.Mandate(benchmark="M", target=0.9, band=0.1, reading="fit")
    review = tt.review(prices, book, mandate)
    assert review.exposure.beta.speaks_of.reading is BetaReading.FIT
    plain = tt.review(prices, book, replace(mandate, reading=None))
    assert plain.exposure.fitted == review.exposure.beta
    day = str(prices.dates[-1])[:10]
    others = (
        tt.stress(prices, book, benchmark="M", reading="fit").exposure,
        tt.review_risk(prices, book, benchmark="M", reading="fit").exposure,
        tt.drift(prices, book, mandate, start=str(prices.dates[-60])[:10], end=day).end,
    )
    assert [x.beta for x in others] == [review.exposure.beta] * 3
