"""How many periods make a year, and how many days a period has, on every calendar."""

import ast
import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from trimtab.market.daycount import date_of, years_between
from trimtab.market.frequency import Frequency, frequency_of

_DAYS = np.arange("2020-01-06", "2023-01-02", dtype="datetime64[D]")
_WEEKDAYS = _DAYS[np.is_busday(_DAYS)]
_CASES = {
    "daily": (_WEEKDAYS, 252.0, 1.0, 252),
    "daily-7": (_DAYS, 365.0, 1.0, 365),
    "weekly": (_WEEKDAYS[4::5], 52.0, 252.0 / 52.0, 52),
    "monthly": (_WEEKDAYS[20::21], 12.0, 21.0, 12),
}


@pytest.mark.parametrize("name", _CASES)
def test_a_calendar_says_its_year_its_sessions_and_its_rows(name: str) -> None:
    """A year of trading days is a year of rows, and a period has its days with prices."""
    dates, per_year, sessions, rows = _CASES[name]
    found = frequency_of(dates)
    assert (found.name, found.periods_per_year, found.sessions, found.rows(252)) == (name, per_year, sessions, rows)


@pytest.mark.parametrize("name", _CASES)
def test_a_year_of_days_is_a_year(name: str) -> None:
    """What a day's deviation is over a year, reached through days or at once, is the same."""
    found = frequency_of(_CASES[name][0])
    days_of_year = found.sessions * found.periods_per_year
    assert found.per_session(0.1) * days_of_year**0.5 == pytest.approx(found.per_year(0.1), rel=1e-15)


def test_hours_of_a_seven_day_market_have_its_days() -> None:
    """An hour is a twenty-fourth of a day, of which such a market has 365."""
    hours = np.arange("2024-01-01", "2024-02-01", 60, dtype="datetime64[m]")
    found = frequency_of(hours)
    assert found.periods_per_year == 24 * 365
    assert found.sessions == pytest.approx(1 / 24, rel=1e-15)


def test_daily_scaling_leaves_every_digit() -> None:
    """Nothing measured on daily prices changes by having gone through the calendar."""
    daily = Frequency(name="daily", periods_per_year=252.0, max_gap_days=15.0)
    assert daily.per_session(0.0123456789) == 0.0123456789
    assert [daily.rows(n) for n in (1, 21, 63, 252, 2520)] == [1, 21, 63, 252, 2520]


def test_one_day_count() -> None:
    """A day is the day of its moment, and a year has 365 days."""
    assert date_of(np.datetime64("2024-02-29T23:59:59")) == dt.date(2024, 2, 29)
    assert years_between(dt.date(2023, 1, 1), dt.date(2024, 1, 1)) == 1.0


def scales(path: Path) -> list[int]:
    """Lines on which a number of days or returns in a year stands as a float, or multiplies or divides."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        parts = (node.left, node.right) if isinstance(node, ast.BinOp) else (node,)
        scaling = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div | ast.Pow)
        for part in parts:
            if isinstance(part, ast.Constant) and part.value in {252, 365, 52}:
                found += [part.lineno] if scaling or isinstance(part.value, float) else []
    return found


def test_years_have_one_home() -> None:
    """Above the market nothing scales by a number of returns or days in a year of its own."""
    source = Path(__file__).parents[2] / "src" / "trimtab"
    homes = {"market/daycount.py", "market/frequency.py", "market/resample.py"}
    # A perpetual is funded three times a day, and the betas state their half-lives in trading days themselves.
    own = ("exposure/kinds/perpetual.py", "exposure/perpetual_value.py", "beta/", "stats/", "exposure/pricing/")
    allowed = (*own, "attest/group.py")  # 252 bits are the order of its group
    wrong = [
        f"{name}:{line}"
        for path in sorted(source.rglob("*.py"))
        if (name := path.relative_to(source).as_posix()) not in homes and not name.startswith(allowed)
        for line in scales(path)
    ]
    assert wrong == []


def test_the_day_count_has_one_home() -> None:
    """Outside it nothing below the command line divides days by 365, or takes a date apart by hand."""
    source = Path(__file__).parents[2] / "src" / "trimtab"
    homes = {"market/daycount.py", "market/frequency.py"}
    wrong = [
        f"{path.relative_to(source)}:{n}"
        for path in sorted(source.rglob("*.py"))
        if str(path.relative_to(source)) not in homes
        for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if "/ 365.0" in line or 'astype("datetime64[D]").item()' in line
    ]
    assert wrong == []


def test_fifteen_in_a_hundred_days_on_weekends_are_no_market_of_seven_days():
    """Three weekend days of twenty are stamps that strayed: the year stays one of trading days, hours or days alike."""
    days = np.concatenate([_WEEKDAYS[:17], _DAYS[[5, 12, 19]]])
    days.sort()
    hours = (days[:, None] + np.arange(9, 16).astype("timedelta64[h]")).ravel()
    assert frequency_of(hours).periods_per_year == 252.0 * 7
    assert frequency_of(days).periods_per_year == 252.0
