"""What a watch takes, sets aside, sees, and tells."""

import datetime as dt
import json
from math import nan

import pytest
from watch_parts import SECOND, START, UTC, recorded, small_watch

from trimtab.desk.watch.observation import observation_of
from trimtab.desk.watch.quotes import Tick

NOON = dt.datetime(2024, 3, 1, 12, 40, tzinfo=UTC)


def tick(symbol, price, after=1, fault=None):
    return Tick(symbol=symbol, price=price, at=START + after * SECOND, fault=fault)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (tick("A", -100.0), "not_a_price"),
        (tick("A", 0.0), "not_a_price"),
        (tick("A", nan), "not_a_price"),
        (tick("A", float("inf")), "not_a_price"),
        (tick("APPL", 100.0), "unknown_symbol"),
        (tick("A", 126.0), "jump"),
        (tick("A", 74.0), "jump"),
        (tick("A", 100.0, after=-100_000), "late"),
        (tick("A", 100.0, after=120), "future"),
        (tick("A", nan, fault="row 3: price 'x'"), "unreadable"),
    ],
)
def test_a_bad_quote_is_set_aside_with_its_reason(bad, reason):
    """A quote that cannot be right is counted by its reason, shown, and changes no number."""
    watch = small_watch()
    beta = watch.book.beta()
    watch.take([bad], now=START)
    sight = watch.evaluate(NOON)
    assert watch.book.beta() == beta
    assert sight.rejected == {reason: 1}
    assert sight.last_rejected[0].reason == reason
    assert sight.reading.quotes == 0


def test_a_jump_that_a_second_quote_confirms_is_taken():
    """A real jump waits for one more quote near it; a stray print never gets in."""
    watch = small_watch()
    watch.take([tick("A", 140.0, 1), tick("A", 141.0, 2)])
    assert watch.book.last("A")[0] == 141.0
    other = small_watch()
    other.take([tick("A", 140.0, 1), tick("A", 100.5, 2), tick("A", 141.0, 3)])
    assert other.book.last("A")[0] == 100.5
    assert other.rejected == {"jump": 2}


def test_a_wrong_print_that_comes_twice_does_not_confirm_itself():
    """The same price again, at its time or later, is the same print; after a minute it is the price."""
    watch = small_watch()
    watch.take(
        [tick("A", 140.0, 1), tick("A", 140.0, 1), tick("A", 140.0, 2), tick("A", 140.5, 1), tick("A", 100.5, 3)]
    )
    assert watch.book.last("A")[0] == 100.5
    other = small_watch()
    other.take([tick("A", 140.0, 1), tick("A", 140.0, 30)])
    other.restore(json.loads(json.dumps(other.state())))
    other.take([tick("A", 140.0, 60)])
    assert other.rejected == {"jump": 3}
    other.take([tick("A", 140.0, 61)])
    assert other.book.last("A")[0] == 140.0


def test_quotes_within_a_batch_are_judged_by_those_before_them():
    """A batch is screened in order: a small step after a small step is no jump, and an older quote is late."""
    watch = small_watch()
    watch.take([tick("A", 120.0, 1), tick("A", 140.0, 2), tick("A", 141.0, 1)])
    assert watch.book.last("A")[0] == 140.0
    assert watch.rejected == {"late": 1}


def test_drift_by_cause_and_by_position_adds_up():
    """Causes add up to the change of beta, and so do positions; a put gains delta when the index falls."""
    watch = small_watch()
    first = watch.book.beta()
    watch.take([tick("M", 470.0, 1), tick("A", 93.0, 2), tick("PUT", 19.0, 3)])
    sight = watch.evaluate(NOON)
    drift = sight.drift
    assert drift.total == pytest.approx(sight.reading.beta.value - first, abs=1e-15)
    assert drift.price + drift.gamma + drift.currency + drift.estimates == pytest.approx(drift.total, abs=1e-15)
    assert sum(m.change for m in drift.movers) == pytest.approx(drift.total, abs=1e-14)
    assert drift.gamma < 0
    assert drift.currency == 0.0


def test_a_watch_goes_on_from_its_state_to_the_last_bit():
    """A state written as JSON and read back gives the same beta, bit for bit, now and after further quotes."""
    ticks = recorded(200)
    whole, first = small_watch(), small_watch()
    whole.take(ticks)
    first.take(ticks[:90])
    second = small_watch()
    second.restore(json.loads(json.dumps(first.state())))
    assert second.book.beta() == first.book.beta()
    second.take(ticks[90:])
    assert second.book.beta() == whole.book.beta()
    assert second.book.nav() == whole.book.nav()
    assert second.rejected == whole.rejected


def test_rules_see_the_age_of_prices_and_the_dates_ahead():
    """An observation has beta with its error, the band, the oldest price with its age, and days to expiry."""
    watch = small_watch()
    watch.take([tick("A", 101.0, 60), tick("B", 40.1, 90), tick("M", 501.0, 90)])
    seen = observation_of(watch.evaluate(NOON), watch.portfolio)
    assert seen.beta == watch.book.beta()
    assert (seen.lower, seen.upper) == (pytest.approx(0.67), pytest.approx(0.73))
    assert seen.oldest == "A"
    assert seen.price_seconds == 540.0
    assert seen.price_sessions == 0
    assert [(e.symbol, e.days) for e in seen.expiries] == [("PUT", 112)]
