"""The scripts that build the bundled sample: the model future, the joins, the refusals, and rebuilding."""

import hashlib
import io
import math
import re
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from trimtab import sample

SPECS = Path(__file__).resolve().parents[3] / "shared" / "data" / "contract_specs_lean.parquet"
STOCKS_CSV = b"Date,AAA,BBB\n2020-01-02,1.5,10\n2020-01-03,1.6,11\n2020-01-06,1.7,12\n"
INDEX_CSV = b"Date,SP500\n2020-01-02,100.25\n2020-01-03,101\n2020-01-06,102\n"
FUNDS_CSV = b"Date,FFF\n2020-01-03,50.5\n2020-01-06,51\n"

# --- the model future -----------------------------------------------------------------------------------------------


def test_future_dates_are_the_index_dates_from_2013(prices: pl.DataFrame, futures: pl.DataFrame) -> None:
    """The future has a price on each date of the index from 2013 on, and on no other date."""
    expected = prices.filter(pl.col("date") >= date(2013, 1, 1))["date"]
    assert futures.columns == ["date", sample.FUTURE_ROOT]
    assert futures["date"].to_list() == expected.to_list()


def test_future_prices_lie_on_the_tick_and_near_the_index(prices: pl.DataFrame, futures: pl.DataFrame) -> None:
    """Each model price is a multiple of 0.25 and within 1% of the index: a quarter's carry is no more than that."""
    joined = futures.join(prices.select("date", "SPX"), on="date")
    quarters = joined["ES"].to_numpy() * 4.0
    assert np.array_equal(quarters, np.round(quarters))
    assert np.abs(joined["ES"].to_numpy() / joined["SPX"].to_numpy() - 1.0).max() < 0.01


def test_the_bundled_future_is_the_model_of_the_bundled_prices(
    build_sample: ModuleType, prices: pl.DataFrame, futures: pl.DataFrame
) -> None:
    """Computing the future again from the bundled index gives the bundled file."""
    assert_frame_equal(build_sample.build_futures(prices), futures, check_exact=True)


def test_the_last_model_price_by_hand(futures: pl.DataFrame) -> None:
    """On 2022-12-28: 79 days to 2023-03-17, 4.375% less 1.8%, on 3783.22: 3804.36, which is 3804.25 on the tick."""
    fair = Decimal("3783.22") * (Decimal("0.02575") * 79 / 365).exp()
    assert Decimal("3804.36") < fair < Decimal("3804.37")
    assert futures["ES"][-1] == 3804.25


@pytest.mark.parametrize(
    ("day", "expiry"),
    [
        (date(2022, 12, 9), date(2022, 12, 16)),  # the Friday before the last week
        (date(2022, 12, 12), date(2023, 3, 17)),  # the Monday of the last week
        (date(2022, 12, 30), date(2023, 3, 17)),  # over the end of a year
        (date(2013, 1, 2), date(2013, 3, 15)),
        (date(2020, 6, 15), date(2020, 9, 18)),
    ],
)
def test_the_front_contract_changes_on_the_monday_of_its_last_week(
    build_sample: ModuleType, day: date, expiry: date
) -> None:
    """Published last trading days of the E-mini, and the roll four days before each."""
    assert build_sample.front_expiry(day) == expiry


@given(year=st.integers(1990, 2100), month=st.integers(1, 12))
def test_a_third_friday_has_two_fridays_before_it_in_its_month(build_sample: ModuleType, year: int, month: int) -> None:
    """The third Friday of any month is a Friday between the 15th and the 21st."""
    day = build_sample.third_friday(year, month)
    assert (day.year, day.month, day.isoweekday()) == (year, month, 5)
    assert 15 <= day.day <= 21


@given(
    spot=st.floats(100.0, 10_000.0),
    day=st.dates(date(2013, 1, 1), date(2022, 12, 31)),
)
def test_rounding_moves_a_model_price_by_half_a_tick_at_most(build_sample: ModuleType, spot: float, day: date) -> None:
    """A model price is the cost-of-carry price to within half a tick, and its expiry is 5 to 102 days away."""
    days = (build_sample.front_expiry(day) - day).days
    fair = spot * math.exp((build_sample.funds_rate(day) - 0.018) * days / 365.0)
    assert 5 <= days <= 102
    assert abs(build_sample.model_future(spot, day) - fair) <= 0.125 + 1e-9


def test_the_rate_schedule_moves_forward_in_quarter_points(build_sample: ModuleType) -> None:
    """Decisions are in date order and each rate is the middle of a quarter-point range between 0 and 4.5%."""
    days = [day for day, _ in build_sample.FUNDS_RATE]
    assert days == sorted(set(days))
    assert all(
        (rate - 0.00125) / 0.0025 == pytest.approx(round((rate - 0.00125) / 0.0025))
        for _, rate in build_sample.FUNDS_RATE
    )
    assert build_sample.funds_rate(date(2022, 12, 14)) == 0.03875
    assert build_sample.funds_rate(date(2022, 12, 15)) == 0.04375


def test_the_bundled_table_is_what_the_source_gives(build_contracts: ModuleType) -> None:
    """Building the contract table again from the source gives the bundled text, byte for byte."""
    if not SPECS.exists():
        pytest.skip("the symbol-properties database is not beside this repository")
    text = build_contracts.build_contracts(pl.read_parquet(SPECS))
    assert text.encode() == sample.contracts_path().read_bytes()


def test_a_contract_that_the_source_does_not_have_stops_the_build(build_contracts: ModuleType) -> None:
    """A missing contract is refused by name, so that the table is never built with a hole."""
    specs = pl.DataFrame(schema={"market": pl.String, "symbol": pl.String, "type": pl.String})
    with pytest.raises(SystemExit, match="one future ES on cme in the source, found 0"):
        build_contracts.build_contracts(specs)


def test_small_numbers_are_written_plainly(build_contracts: ModuleType) -> None:
    """Ticks keep all their digits and have no exponent; a number that does not fit is refused."""
    assert [build_contracts.plain(value) for value in (5e-07, 0.25, 1.25e7, 1.0)] == [
        "0.0000005",
        "0.25",
        "12500000",
        "1",
    ]
    with pytest.raises(SystemExit, match="12 decimals"):
        build_contracts.plain(1e-13)


# --- rebuilding -----------------------------------------------------------------------------------------------------


def test_prices_are_joined_on_the_dates_of_the_index(build_sample: ModuleType) -> None:
    """The index is renamed, columns keep their order, and a fund that starts later is null before."""
    expected = pl.DataFrame(
        {
            "date": [date(2020, 1, 2), date(2020, 1, 3), date(2020, 1, 6)],
            "SPX": [100.25, 101.0, 102.0],
            "AAA": [1.5, 1.6, 1.7],
            "BBB": [10.0, 11.0, 12.0],
            "FFF": [None, 50.5, 51.0],
        }
    )
    assert_frame_equal(build_sample.build_prices(STOCKS_CSV, INDEX_CSV, FUNDS_CSV), expected, check_exact=True)


def test_the_order_of_the_source_rows_does_not_matter(build_sample: ModuleType) -> None:
    """A source with its rows reversed gives the same table."""
    header, *rows = INDEX_CSV.splitlines(keepends=True)
    reversed_index = header + b"".join(reversed(rows))
    assert_frame_equal(
        build_sample.build_prices(STOCKS_CSV, reversed_index, FUNDS_CSV),
        build_sample.build_prices(STOCKS_CSV, INDEX_CSV, FUNDS_CSV),
        check_exact=True,
    )


@pytest.mark.parametrize("bad", [b"0", b"-1.5", b"inf", b"nan", b""])
def test_a_price_that_cannot_be_stops_the_build(build_sample: ModuleType, bad: bytes) -> None:
    """Zero, negative, infinite, not-a-number and missing prices are refused with the name of the series."""
    with pytest.raises(SystemExit, match="AAA"):
        build_sample.build_prices(STOCKS_CSV.replace(b"1.6", bad), INDEX_CSV, FUNDS_CSV)


def test_a_repeated_date_stops_the_build(build_sample: ModuleType) -> None:
    """A date that comes twice in the index is refused: a join would otherwise repeat every price on it."""
    with pytest.raises(SystemExit, match="repeated dates"):
        build_sample.build_prices(STOCKS_CSV, INDEX_CSV + b"2020-01-06,103\n", FUNDS_CSV)


@pytest.mark.parametrize("stocks", [STOCKS_CSV + b"2020-01-07,2,13\n", STOCKS_CSV.replace(b"2020-01-03,1.6,11\n", b"")])
def test_dates_that_only_one_side_has_stop_the_build(build_sample: ModuleType, stocks: bytes) -> None:
    """A share with a day that the index does not have, or without one that it has, is refused, not cut or left null."""
    with pytest.raises(SystemExit, match=r"AAA .* found 1 dates"):
        build_sample.build_prices(stocks, INDEX_CSV, FUNDS_CSV)


def test_vix_days_without_a_value_are_left_out(build_sample: ModuleType) -> None:
    """The source's dot means that there was no trading; it becomes no row, not a zero."""
    vix = build_sample.build_vix(b"Date,vix\n1/17/2014,12.44\n1/20/2014,.\n1/21/2014,12.87\n")
    assert vix.rows() == [(date(2014, 1, 17), 12.44), (date(2014, 1, 21), 12.87)]


def test_the_bundled_prices_survive_their_own_build(build_sample: ModuleType, prices: pl.DataFrame) -> None:
    """Written out as the source has them and built again, the bundled prices come back exactly, and as equal bytes."""
    funds = [name for name in prices.columns if prices[name].null_count() > 1000]
    shares = [name for name in prices.columns if name not in {"date", "SPX", *funds}]

    def as_source(columns: list[str]) -> bytes:
        # What the source has of RRC before the day from which it is usable.
        table = prices.with_columns(pl.col("RRC").fill_null(3.322)).select(pl.col("date").alias("Date"), *columns)
        return table.drop_nulls().rename({"SPX": "SP500"}, strict=False).write_csv().encode()

    def built() -> pl.DataFrame:
        frame = build_sample.build_prices(as_source(shares), as_source(["SPX"]), as_source(funds))
        assert isinstance(frame, pl.DataFrame)
        return frame

    assert_frame_equal(built(), prices, check_exact=True)
    first = build_sample.to_parquet(built())
    assert first == build_sample.to_parquet(built())
    assert_frame_equal(pl.read_parquet(io.BytesIO(first)), prices, check_exact=True)


def make_wheel(folder: Path, source: Any, content: bytes) -> None:
    """Write a wheel that holds one file where the source expects it."""
    with zipfile.ZipFile(folder / f"{source.package}-{source.version}-py3-none-any.whl", "w") as archive:
        archive.writestr(source.member, content)


def test_a_source_with_the_right_sum_is_read(build_sample: ModuleType, tmp_path: Path) -> None:
    """A file inside a wheel is found by its path and handed over when its sha256 is the expected one."""
    source = build_sample.Source(
        package="thing", version="1.0", member="thing/data.csv", sha256=hashlib.sha256(b"x").hexdigest()
    )
    make_wheel(tmp_path, source, b"x")
    assert build_sample.read_source(source, tmp_path) == b"x"


def test_a_source_that_has_changed_stops_the_build(build_sample: ModuleType, tmp_path: Path) -> None:
    """A file with another sha256 than the pinned one is refused before anything is read from it."""
    make_wheel(tmp_path, build_sample.STOCKS, STOCKS_CSV)
    with pytest.raises(SystemExit, match="the source has changed"):
        build_sample.read_source(build_sample.STOCKS, tmp_path)


def test_a_missing_wheel_or_file_stops_the_build(build_sample: ModuleType, tmp_path: Path) -> None:
    """An empty folder and a wheel without the file are each refused with what was looked for."""
    with pytest.raises(SystemExit, match=r"a wheel of skfolio 1\.12\.2"):
        build_sample.read_source(build_sample.STOCKS, tmp_path)
    make_wheel(tmp_path, build_sample.INDEX_LEVELS, b"")
    with pytest.raises(SystemExit, match="has the package moved it"):
        build_sample.read_source(build_sample.STOCKS, tmp_path)


def test_findings_name_a_gap_and_a_jump(build_sample: ModuleType, prices: pl.DataFrame) -> None:
    """What the build prints is read from the data: the closure of 2001, the start of RRC, the cross-check."""
    cross_check = prices.select(
        pl.col("date").dt.strftime("%-m/%-d/%Y").alias("Date"), (pl.col("SPX") + 0.5).alias("Close")
    )
    vix = pl.read_parquet(sample.vix_path())
    lines = build_sample.findings(prices, vix, cross_check.write_csv().encode())
    text = "\n".join(lines)
    assert "7 calendar days between 2001-09-17" in text
    assert re.search(
        r"RRC: from 1990-04-10, .*same price for up to 61 days, largest change \+53\.5% on 1998-10-19", text
    )
    assert f"{prices.height} of {prices.height} dates shared, largest gap 0.5" in text
