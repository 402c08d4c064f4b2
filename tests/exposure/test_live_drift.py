"""Drift of a live book: by cause and by position, adding up exactly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from live_books import PRICES, mixed_book

from trimtab.exposure.live.book import LiveBook
from trimtab.exposure.live.drift import split_live_drift

START = 1_709_251_200_000_000
NAMES = (*PRICES, "EURUSD", "GBPEUR")
LEVELS = {**PRICES, "EURUSD": 1.085, "GBPEUR": 1.168}


@settings(max_examples=10, deadline=None)
@given(moves=st.lists(st.tuples(st.sampled_from(NAMES), st.floats(-0.1, 0.1)), max_size=12))
def test_causes_and_positions_add_up(moves):
    """Whatever moves, causes add up to the change of beta, and so do positions."""
    portfolio, market, betas = mixed_book()
    book = LiveBook(portfolio, market, betas)
    first = book.read()
    for i, (name, move) in enumerate(moves):
        book.quote(name, LEVELS[name] * float(np.exp(move)), START + i)
    drift = split_live_drift(first, book.read())
    assert drift.currency + drift.price + drift.gamma + drift.estimates == pytest.approx(drift.total, abs=1e-13)
    assert sum(m.change for m in drift.movers) == pytest.approx(drift.total, abs=1e-12)


def test_each_cause_alone_is_named():
    """A rate alone is currency, a share alone is price; an option's own quote alone has deltas in it."""
    portfolio, market, betas = mixed_book()
    book = LiveBook(portfolio, market, betas)
    first = book.read()
    book.quote("GBPEUR", 1.25, START)
    drift = split_live_drift(first, book.read())
    assert drift.currency == pytest.approx(drift.total, abs=1e-14)
    assert drift.total != 0.0
    other = LiveBook(portfolio, market, betas)
    other.quote("SAP", 190.0, START)
    drift = split_live_drift(first, other.read())
    assert drift.price == pytest.approx(drift.total, abs=1e-14)
    third = LiveBook(portfolio, market, betas)
    third.quote("AAPL", 190.0, START)
    drift = split_live_drift(first, third.read())
    assert abs(drift.gamma) > 1e-4
    assert drift.currency == 0.0
