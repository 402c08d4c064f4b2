"""Dates: every way of writing them gives the session that was meant, or a refusal."""

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pytest

from panels import TRUE_BETA, business_days, iso, measured_beta, panel
from trimtab.errors import FileFormatError, Reason
from trimtab.feeds.series.prices import read_prices
from trimtab.market.prices import Flag

DAYS = ["2024-01-12", "2024-01-15", "2024-01-16"]


def dates_of(column, **options):
    """Read a one-symbol table with this date column and give its dates as texts."""
    table = read_prices(pl.DataFrame({"date": column, "A": [10.0, 11.0, 12.0, 13.0, 14.0][: len(column)]}), **options)
    return table.dates.astype("datetime64[D]").astype(str).tolist()


@pytest.mark.parametrize(
    "column",
    [
        DAYS,
        ["2024/01/12", "2024/1/15", "2024.01.16"],
        ["2024-01-12 00:00:00", "2024-01-15 16:00:00", "2024-01-16T00:00"],
        ["2024-01-12T00:00:00-05:00", "2024-01-15T00:00:00-05:00", "2024-01-16T16:00:00-05:00"],
        ["2024-01-12 21:00:00Z", "2024-01-15 21:00:00 UTC", "2024-01-16 21:00:00+0000"],
        [20240112, 20240115, 20240116],
        [20240112.0, 20240115.0, 20240116.0],
        ["20240112", "20240115", "20240116"],
        ["12/01/2024", "15/01/2024", "16/01/2024"],
        ["1/12/2024", "1/15/2024", "1/16/2024"],
        ["12.01.2024", "15.01.2024", "16.01.2024"],
        ["12-Jan-2024", "15 Jan 2024", "16-january-2024"],
        ["Jan 12, 2024", "January 15, 2024", "Jan 16 2024"],
        ["01/12/24", "01/15/24", "1/16/24"],
        ["12/01/24", "15/01/24", "16/01/24"],
        ["12.01.24", "15.01.24", "16.01.24"],
        ["12-Jan-24", "15-Jan-24", "16 Jan 24"],
        ["12JAN24", "15JAN24", "16JAN24"],
        ["12. Januar 2024", "15 janv. 2024", "16-ene-2024"],
        ["20240112;101502", "20240115;101502", "20240116;101502"],
        ["20240112 10:15:02", "2024-01-15, 10:15:02", "1/16/2024, 10:15"],
        [45303, 45306, 45307],
        [45303.0, 45306.0, 45307.0],
        ["45303", "45306", "45307"],
        [dt.date(2024, 1, 12), dt.date(2024, 1, 15), dt.date(2024, 1, 16)],
        [dt.datetime(2024, 1, 12), dt.datetime(2024, 1, 15, 16), dt.datetime(2024, 1, 16)],  # noqa: DTZ001
    ],
)
def test_dates_are_read_however_they_are_written(column):
    """ISO, zoned, whole-number, day-first, month-first and named-month dates all give the same days."""
    assert dates_of(column) == DAYS


@pytest.mark.parametrize("unit", [1, 10**3, 10**6, 10**9])
@pytest.mark.parametrize("as_text", [False, True])
def test_time_since_1970_is_read_in_every_unit(unit, as_text):
    """Seconds, milliseconds, microseconds and nanoseconds are told apart by their size."""
    seconds = [int(np.datetime64(d, "s").astype(int)) * unit for d in DAYS]
    assert dates_of([str(s) for s in seconds] if as_text else seconds) == DAYS


def test_day_and_month_that_cannot_be_told_apart_are_refused():
    """03/04/2024 alone could be two days: the refusal names --date-format, which settles it."""
    column = ["03/04/2024", "04/04/2024", "05/04/2024"]
    with pytest.raises(FileFormatError, match="--date-format"):
        dates_of(column)
    assert dates_of(column, date_format="DD/MM/YYYY")[0] == "2024-04-03"
    assert dates_of(column, date_format="%m/%d/%Y")[0] == "2024-03-04"


def test_both_orders_in_one_column_are_refused():
    """A column that must be day-first in one row and month-first in another is refused."""
    with pytest.raises(FileFormatError, match="order of day and month"):
        dates_of(["13/01/2024", "01/16/2024", "01/17/2024"])


@pytest.mark.parametrize(
    "column",
    [
        [4529, 4530, 4531],
        ["soon", "later", "never"],
        # Tuesday to Saturday as 1900 counts, Monday to Friday, 2020-01-13 to 17, as 1904 does.
        [42381, 42382, 42383, 42384, 42385],
    ],
)
def test_what_is_no_date_is_refused(column):
    """Words, small numbers, and days of a workbook that counts from 1904 are refused rather than guessed."""
    with pytest.raises(FileFormatError, match="Try"):
        dates_of(column)


@pytest.mark.parametrize("text", ["01/02/03", "24/06/03", "24-06-03", "99-06-28"])
def test_a_year_of_two_digits_that_may_stand_first_is_refused(text):
    """One of 24/06/03 is the year, and nothing says which: it is not read; three words of advice that exist."""
    with pytest.raises(FileFormatError, match="trimtab import also takes --date-format"):
        dates_of([text, "24/06/04"])


def test_a_workbooks_count_with_a_time_of_day_is_read():
    """45303.6875 is 2024-01-12 at half past four, as number and as text."""
    for column in ([45303.6875, 45306.6875], ["45303.6875", "45306.6875"]):
        assert dates_of(column) == DAYS[:2]


def test_how_short_years_and_counted_days_were_read_is_said():
    """Both are conventions: the notes name them."""
    short = read_prices(pl.DataFrame({"date": ["01/12/24", "01/15/24"], "A": [10.0, 11.0]}))
    counted = read_prices(pl.DataFrame({"date": [45303, 45306], "A": [10.0, 11.0]}))
    assert any("two digits" in note for note in short.notes)
    assert any("1899-12-30" in note for note in counted.notes)


def test_a_bad_date_costs_its_row_only():
    """One unreadable date becomes a failure with its row; the other rows are read."""
    table = read_prices(pl.DataFrame({"date": ["2024-01-12", "2024-13-45", None], "A": [10.0, 11.0, 12.0]}))
    assert table.shape == (1, 1)
    assert [(f.reason, f.where) for f in table.failures] == [
        (Reason.UNPARSABLE, "polars frame row 1, column date"),
        (Reason.MALFORMED_ROW, "polars frame row 2"),
    ]


@pytest.mark.parametrize("zone", ["America/New_York", "UTC", "Asia/Tokyo", "Europe/Berlin"])
def test_an_aware_asset_beside_a_naive_benchmark_keeps_its_beta(zone):
    """Midnights with a zone on one side and plain dates on the other pair day by day: beta 1.50, not 0.09."""
    made = panel()
    asset = pd.Series(made["A"], index=pd.DatetimeIndex(made["dates"]).tz_localize(zone), name="A")
    market = pd.DataFrame({"M": made["M"]}, index=pd.DatetimeIndex(made["dates"]))
    table = read_prices([asset, market])
    assert table.shape == (750, 2)
    assert measured_beta(table) == pytest.approx(TRUE_BETA, abs=0.05)
    assert Flag.TIMEZONE_DROPPED in table.flags[0]
    assert Flag.TIMEZONE_DROPPED not in table.flags[1]


def test_aware_and_naive_rows_in_one_long_table_pair_by_day():
    """A long table whose symbols write their dates differently still pairs day by day."""
    made = panel(300)
    texts = iso(made["dates"])
    frame = pl.DataFrame(
        {
            "date": [f"{t}T00:00:00-05:00" for t in texts] + texts,
            "symbol": ["A"] * 300 + ["M"] * 300,
            "price": np.concatenate([made["A"], made["M"]]),
        }
    )
    table = read_prices(frame)
    assert table.shape == (300, 2)
    assert not np.isnan(table.values).any()


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Europe/Berlin", "Europe/London", "Pacific/Auckland"])
def test_midnights_of_an_eastern_zone_written_in_utc_are_moved_to_their_own_day(zone):
    """Sunday..Thursday evenings in UTC are Monday..Friday: moved, noted, and beta stays right."""
    made = panel()
    utc = pd.DatetimeIndex(made["dates"]).tz_localize(zone).tz_convert("UTC")
    assert (utc.day_of_week == 6).any()
    for index in (utc, utc.tz_localize(None)):
        asset = pd.DataFrame({"A": made["A"]}, index=index)
        table = read_prices([asset, pd.DataFrame({"M": made["M"]}, index=pd.DatetimeIndex(made["dates"]))])
        assert table.shape == (750, 2)
        assert (table.dates.astype("datetime64[D]") == made["dates"]).all()
        assert measured_beta(table) == pytest.approx(TRUE_BETA, abs=0.05)
        assert any("moved to the next day" in note for note in table.notes)


@pytest.mark.parametrize(("clock", "moved"), [("11:59:59", 0), ("11:15:00", 0), ("11:00:00", 1), ("12:00:00", 1)])
def test_where_evening_begins(clock, moved):
    """Weeks from Sunday stay where closes before noon stand, but for the midnight of a clock 13 hours ahead."""
    days = np.busday_offset("2023-01-01", np.arange(60), roll="forward", weekmask="1111001")
    stamps = pd.DatetimeIndex([f"{day} {clock}" for day in days])
    table = read_prices(pd.DataFrame({"A": np.linspace(10, 12, 60)}, index=stamps))
    assert (table.dates.astype("datetime64[D]") == days + moved).all()


def test_ends_of_sessions_written_as_the_next_midnight_are_moved_back():
    """Tuesday..Saturday stamps with a clock are Monday..Friday."""
    made = panel(200)
    index = (pd.DatetimeIndex(made["dates"]) + pd.Timedelta(days=1)).tz_localize("UTC")
    table = read_prices(pd.DataFrame({"A": made["A"]}, index=index))
    assert (table.dates.astype("datetime64[D]") == made["dates"]).all()


def test_plain_dates_from_sunday_to_thursday_are_taken_as_they_stand_and_noted():
    """Some exchanges keep that week: plain dates are not moved, but the reader is told."""
    days = np.busday_offset("2023-01-01", np.arange(60), roll="forward", weekmask="1111001")
    table = read_prices(pl.DataFrame({"date": days, "A": np.linspace(10, 12, 60)}))
    assert (table.dates.astype("datetime64[D]") == days).all()
    assert any("Sunday to Thursday" in note for note in table.notes)


def test_a_seven_day_asset_and_a_five_day_benchmark_share_one_table():
    """The table holds the union of dates; pairing over the benchmark's intervals then finds beta 1.50, not 1.12."""
    made = panel(500)
    first, last = made["dates"][0], made["dates"][-1]
    every = np.arange(first, last + 1)
    rng = np.random.default_rng(3)
    log = np.interp(every.astype(int), made["dates"].astype(int), np.log(made["A"]))
    weekend = ~np.isin(every, made["dates"])
    coin = np.exp(log + weekend * rng.normal(0, 0.01, every.size))
    table = read_prices(
        [pl.DataFrame({"date": every, "A": coin}), pl.DataFrame({"date": made["dates"], "M": made["M"]})]
    )
    assert table.shape[0] == every.size
    assert np.isnan(table.values[:, 1]).sum() == weekend.sum()
    assert measured_beta(table) == pytest.approx(TRUE_BETA, abs=0.05)


def test_close_hours_that_differ_between_symbols_are_flagged():
    """A coin stamped at midnight UTC beside shares stamped at their close is flagged."""
    days = iso(business_days(30))
    frame = pl.DataFrame(
        {
            "timestamp": [f"{d}T00:00:00+00:00" for d in days] + [f"{d}T21:00:00+00:00" for d in days] * 2,
            "symbol": ["BTC"] * 30 + ["SPY"] * 30 + ["QQQ"] * 30,
            "price": np.tile(np.linspace(10, 12, 30), 3),
        }
    )
    table = read_prices(frame)
    assert table.shape == (30, 3)
    assert [Flag.CLOSE_HOURS_DIFFER in flags for flags in table.flags] == [True, False, False]


def test_intraday_moments_are_kept_in_utc():
    """Several prices a day keep their moments: in UTC where a zone is given."""
    stamps = [f"2024-01-0{d}T{h}:30:00-05:00" for d in (2, 3) for h in (10, 11, 12)]
    table = read_prices(pl.DataFrame({"date": stamps, "A": [10.0, 11, 12, 13, 14, 15]}))
    assert table.shape == (6, 1)
    assert str(table.dates[0]) == "2024-01-02T15:30:00"


def test_intraday_with_and_without_a_zone_is_refused():
    """Moments with and without a zone cannot be put on one line of time."""
    stamps = [f"2024-01-0{d}T{h}:30:00{z}" for d, z in ((2, "-05:00"), (3, "")) for h in (10, 11, 12)]
    with pytest.raises(FileFormatError, match="time zone"):
        read_prices(pl.DataFrame({"date": stamps, "A": [10.0, 11, 12, 13, 14, 15]}))


def test_date_and_time_in_two_columns_are_one_moment(tmp_path):
    """A date column beside a time column gives intraday moments."""
    path = tmp_path / "x.csv"
    rows = [f"2024-01-0{d},{h}:30,{10 + d + h / 10}" for d in (2, 3) for h in (10, 11, 12)]
    path.write_text("date,time,close\n" + "\n".join(rows) + "\n")
    table = read_prices(path)
    assert table.symbols == ("x",)
    assert str(table.dates[0]) == "2024-01-02T10:30:00"


@pytest.mark.parametrize(
    ("days", "found"),
    [
        (
            ["2024-01-02T00:00-05:00", "2024-01-03T00:00+09:00", "2024-01-04T00:00-05:00"],
            r"-05:00 .*row 0.*\+09:00 .*row 1",
        ),
        (["2024-01-02", "2024-01-03T00:00-05:00", "2024-01-04T00:00-05:00"], "no time zone .*row 0.*-05:00 .*row 1"),
    ],
)
@pytest.mark.parametrize("long", [True, False])
def test_days_of_several_zones_in_one_column_are_refused_with_their_rows(days, found, long):
    """Midnight in Tokyo and in New York of one date are two sessions, and a bare date may be either."""
    frame = pl.DataFrame({"date": days, "symbol": "A", "close": [1.0, 2.0, 3.0]})
    with pytest.raises(FileFormatError, match=found):
        read_prices(frame if long else frame.select("date", A="close"))


def test_summer_time_and_a_zone_for_each_symbol_are_no_mixture():
    """A clock moves by an hour twice a year, and each symbol of a long table may have its own."""
    summer = ["2024-03-07T00:00-05:00", "2024-03-08T00:00-05:00", "2024-03-11T00:00-04:00"]
    tokyo = ["2024-03-07T00:00+09:00", "2024-03-08T00:00+09:00", "2024-03-11T00:00+09:00"]
    frame = pl.DataFrame({"date": summer + tokyo, "symbol": ["A"] * 3 + ["B"] * 3, "close": [1.0, 2, 3, 4, 5, 6]})
    np.testing.assert_array_equal(read_prices(frame).values, [[1, 4], [2, 5], [3, 6]])
