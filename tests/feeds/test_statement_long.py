"""Long files: what repeats is read once, and what is read once means what it means when it is read alone."""

import datetime as dt
import subprocess
import sys
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.feeds.statements.cells.days import Days
from trimtab.feeds.statements.columns import layout
from trimtab.feeds.statements.read import read_statement

_CLOCKS = ("{:%Y-%m-%d %H:%M:%S}", "{:%Y-%m-%dT%H:%M:%SZ}", "{:%Y-%m-%d, %H:%M:%S}", "{:%Y%m%d;%H%M%S}",
           "{:%Y-%m-%d %H:%M:%S}.250", "{:%Y-%m-%d %H:%M:%S} UTC")  # fmt: skip


@given(st.integers(-600_000_000, 4_000_000_000), st.sampled_from(_CLOCKS))
def test_a_moment_with_its_year_first_is_the_one_its_digits_say(second, clock):
    moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=second)
    days = Days([clock.format(moment)], where="t")
    assert days.day(clock.format(moment)) == moment.date()
    assert days.second(clock.format(moment)) == second


@pytest.mark.parametrize("text", ["2026-02-30 10:00:00", "2026-01-02 24:01:00", "2026-13-01 10:00:00"])
def test_a_moment_that_no_calendar_or_clock_has_is_none(text):
    days = Days([text, "2026-01-02 10:00:00"], where="t")
    assert (days.day(text), days.second(text)) == (None, None)


def test_moments_beside_dates_leave_the_order_of_day_and_month_to_these():
    days = Days(["2026-01-02 10:00:00", "2026-01-03 10:00:00", "03/04/2026", "25/04/2026"], where="t")
    assert days.day("03/04/2026") == dt.date(2026, 4, 3)


def test_a_number_is_read_once_however_often_a_column_writes_it(monkeypatch):
    texts = []
    read = layout.read_cell

    def counted(text, *how):
        texts.append(text)
        return read(text, *how)

    monkeypatch.setattr(layout, "read_cell", counted)
    rows = [f"2026-01-{1 + n % 28:02d},buy,A,{1 + n % 7},2.50,{-2.5 * (1 + n % 7):.2f},USD" for n in range(400)]
    file = "\n".join(["Date,Action,Symbol,Quantity,Price,Amount,Currency", *rows]).encode()
    facts = read_statement(file, name="t.csv").facts
    assert sum(f.cash for f in facts) == sum(Decimal("-2.5") * (1 + n % 7) for n in range(400))
    assert len(texts) == 7 + 1 + 7  # quantities, the price, amounts


def test_importing_takes_in_nothing_that_compiles_or_prices():
    """Half the memory of an import went into libraries that no file needs."""
    asked = (
        "import sys, trimtab.wiring.importing; print(*{'numba', 'llvmlite', 'sklearn', 'pandas'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
