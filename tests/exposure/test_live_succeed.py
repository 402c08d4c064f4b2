"""A live book that goes on from another one: the same state where nothing changed, and never what `expose` denies."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from live_books import PRICES, mixed_book

from trimtab.exposure.live.book import LiveBook
from trimtab.exposure.live.drift import join_drifts, split_live_drift, split_renewal

START = 1_709_251_200_000_000
DAY = 86_400_000_000
NAMES = (*PRICES, "EURUSD", "GBPEUR")
LEVELS = {**PRICES, "EURUSD": 1.085, "GBPEUR": 1.168}
MOVES = st.lists(st.tuples(st.sampled_from(NAMES), st.floats(-0.05, 0.05)), max_size=15)


def quoted(moves, *, first=START):
    portfolio, market, betas = mixed_book()
    book = LiveBook(portfolio, market, betas)
    for i, (name, move) in enumerate(moves):
        book.quote(name, LEVELS[name] * float(np.exp(move)), first + i)
    return book, portfolio, market, betas


@settings(max_examples=8, deadline=None)
@given(moves=MOVES, later=st.booleans())
def test_a_book_made_of_the_same_goes_on_as_the_same(moves, later):
    """Made from the same inputs and given the other's state, a book has the same beta, value and gamma."""
    old, *made = quoted(moves, first=START + DAY * later)
    new = LiveBook(*made)
    new.succeed(old.state(), old)
    ours, theirs = new.read(), old.read()
    assert ours.beta.value == pytest.approx(theirs.beta.value, rel=1e-11)
    assert ours.nav == pytest.approx(theirs.nav, rel=1e-11)
    assert ours.gamma_exposure == pytest.approx(theirs.gamma_exposure, rel=1e-8)
    assert (ours.quotes, ours.as_of) == (theirs.quotes, theirs.as_of)


@settings(max_examples=8, deadline=None)
@given(moves=MOVES, gone=st.sets(st.integers(0, 30), max_size=5))
def test_with_other_holdings_it_is_what_expose_finds_and_drift_adds_up(moves, gone):
    """Whatever was sold, the new book agrees with `expose`, and quotes, estimates and trades add up by cause."""
    old, portfolio, market, betas = quoted(moves)
    first = LiveBook(portfolio, market, betas).read()
    kept = tuple(p for i, p in enumerate(portfolio.positions) if i not in gone or p.symbol == "USD")
    other = replace(
        betas, estimates=tuple(replace(e, value=None if e.value is None else 1.1 * e.value) for e in betas.estimates)
    )
    new = LiveBook(replace(portfolio, positions=kept), market, other)
    was = old.state()
    new.succeed(was, old)
    before, after = old.read(), new.read()
    assert after.beta.value == pytest.approx(new.exposure().beta.value, rel=1e-12, abs=1e-14)
    assert after.nav == pytest.approx(new.exposure().nav, rel=1e-12)
    still = LiveBook(portfolio, market, other)
    still.succeed(was, old)
    old.with_betas(other)
    step = split_renewal(before, old.read(), still.read(), after)
    whole = join_drifts(split_live_drift(first, before), step)
    parts = whole.currency + whole.price + whole.gamma + whole.estimates + whole.trades
    assert whole.total == pytest.approx(after.beta.value - first.beta.value, abs=1e-12)
    assert parts == pytest.approx(whole.total, abs=1e-12)
    assert sum(m.change for m in whole.movers) == pytest.approx(whole.total, abs=1e-11)
    assert step.estimates == pytest.approx(0.1 * before.beta.value, rel=1e-9)
    assert step.price == pytest.approx(0.0, abs=1e-9)
    assert (step.trades != 0.0) == (len(kept) < len(portfolio.positions)) or abs(step.trades) < 1e-9


@pytest.mark.parametrize("spelling", ["EURUSD", "EUR/USD", "EUR-USD"])
def test_a_rate_is_known_by_each_spelling_of_its_pair(spelling):
    """A quote of a pair reprices what is held in its currency, however the pair is written."""
    portfolio, market, betas = mixed_book()
    book = LiveBook(portfolio, market, betas)
    before = book.nav()
    book.quote(spelling, 1.2, START)
    assert abs(book.nav() - before) > 1000
    assert book.nav() == pytest.approx(book.exposure().nav, rel=1e-12)


def test_quotes_in_other_units_do_not_count():
    """The quote of a symbol stays over the price it was made from, unless its units are others now."""
    old, *made = quoted([("AAPL", 0.01)])
    new, third = LiveBook(*made), LiveBook(*made)
    new.succeed(old.state(), old)
    third.succeed(old.state(), old, without={"AAPL"})
    assert new.last("AAPL")[0] == old.last("AAPL")[0] != LEVELS["AAPL"]
    assert third.last("AAPL")[0] == LEVELS["AAPL"]
