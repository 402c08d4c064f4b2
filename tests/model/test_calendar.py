"""Sessions that were missed are those whose prices are due."""

import datetime as dt
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
