"""Sessions that were missed are those whose prices are due."""

import datetime as dt
import time
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.model.calendar import EVERY_DAY, Calendar

DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2026, 12, 31))


@given(DAYS, DAYS, st.lists(DAYS, max_size=9))
def test_missed_sessions_are_numpy_business_days(last: dt.date, today: dt.date, holidays: list[dt.date]) -> None:
    """Without a close, the sessions after a day and before today are what numpy counts."""
    now = dt.datetime(today.year, today.month, today.day, 12, tzinfo=dt.UTC)
    expected = max(0, int(np.busday_count(last + dt.timedelta(days=1), today, holidays=sorted(holidays))))
    if last >= today:
        expected = 0
    assert Calendar(holidays=tuple(holidays)).missed(last, now) == expected


@pytest.mark.parametrize(("clock", "missed"), [("20:59", 0), ("21:00", 1)])
def test_a_price_is_due_from_the_close_on(clock: str, missed: int) -> None:
    """At the New York close in winter, 21:00 UTC, the day's price is due, and not a minute before."""
    calendar = Calendar(time_zone=ZoneInfo("America/New_York"), close=dt.time(16))
    now = dt.datetime.fromisoformat(f"2026-01-07T{clock}:00+00:00")
    assert calendar.missed(dt.date(2026, 1, 6), now) == missed


def test_coins_have_prices_every_day() -> None:
    """With seven days Saturday and Sunday count."""
    now = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)
    assert Calendar(week=EVERY_DAY).missed(dt.date(2026, 1, 2), now) == 2
    assert Calendar().missed(dt.date(2026, 1, 2), now) == 0


@given(
    week=st.sets(st.integers(0, 6)),
    named=st.lists(st.dates(dt.date(2026, 1, 1), dt.date(2026, 3, 1)), max_size=12),
    after=st.dates(dt.date(2026, 1, 1), dt.date(2026, 3, 1)),
    days=st.integers(-3, 60),
)
def test_sessions_counted_by_weeks_are_those_counted_day_by_day(week, named, after, days):
    half = len(named) // 2
    calendar = Calendar(week=tuple(week), holidays=tuple(named[:half]), extra=tuple(named[half:]), last=dt.date.max)
    each = [after + dt.timedelta(days=i) for i in range(1, days + 1)]
    end = dt.datetime.combine(after + dt.timedelta(days=days + 1), dt.time(), dt.UTC)
    assert calendar.missed(after, end) == sum(calendar.is_session(day) for day in each)


def test_a_clock_of_the_year_9999_is_answered_at_once():
    """Found by the simulation: each evaluation of a watch counted three million days."""
    began = time.process_time()
    assert Calendar().missed(dt.date(2024, 3, 1), dt.datetime(9999, 12, 31, 23, tzinfo=dt.UTC)) > 2_000_000
    assert time.process_time() - began < 0.05
