"""One set of prices, many containers: the table must not depend on how it was delivered."""

import io

import numpy as np
import pandas as pd
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from panels import business_days, iso
from trimtab.feeds.series.prices import read_prices
from trimtab.market.checks.findings import Origin
from trimtab.market.reading.tables import read_table

NAMES = ["A", "BRK B", "Ünï"]


@st.composite
def prices(draw):
    """Draw a small table of prices with holes, at least one price in each row and column."""
    rows = draw(st.integers(4, 12))
    cell = st.one_of(st.floats(0.01, 1e5).map(lambda x: float(f"{x:.6g}")), st.just(float("nan")))
    values = np.array(draw(st.lists(st.lists(cell, min_size=3, max_size=3), min_size=rows, max_size=rows)))
    values[np.isnan(values).all(axis=1), 0] = 10.0
    values[0] = np.where(np.isnan(values[0]), 5.0, values[0])
    return values


def in_every_container(values, folder):
    """Give the same prices as wide and long frames of three libraries and as files."""
    days = business_days(len(values))
    wide = pl.DataFrame({"date": days, **{n: values[:, i] for i, n in enumerate(NAMES)}})
    long = pl.DataFrame({"date": np.repeat(days, 3), "symbol": np.tile(NAMES, len(days)), "price": values.ravel()})
    texts = long.with_columns(date=pl.Series(np.repeat(iso(days), 3)))
    yield from (wide, long, texts, wide.to_arrow(), long.to_arrow(), wide.lazy())
    yield from (wide.to_pandas(), long.to_pandas(), texts.to_pandas())
    yield pd.DataFrame(values, columns=NAMES, index=pd.DatetimeIndex(days))
    for name, frame in (("wide", wide), ("long", long)):
        clean = frame.fill_nan(None)
        clean.write_csv(folder / f"{name}.csv")
        clean.write_csv(folder / f"{name}.tsv", separator="\t")
        clean.write_parquet(folder / f"{name}.parquet")
        yield from (folder / f"{name}.csv", str(folder / f"{name}.tsv"), folder / f"{name}.parquet")
    comma = io.StringIO()
    wide.to_pandas().to_csv(comma, sep=";", decimal=",", index=False)
    (folder / "comma.csv").write_text(comma.getvalue())
    if any("," in line for line in comma.getvalue().splitlines()):
        yield (folder / "comma.csv", {"decimal": ","})


@given(prices())
def test_pandas_polars_arrow_csv_and_parquet_give_the_identical_table(tmp_path_factory, values):
    """Dates, symbols, prices, reasons, breaks and flags are the same to the last bit."""
    folder = tmp_path_factory.getbasetemp()
    first = None
    for given_ in in_every_container(values, folder):
        source, options = given_ if isinstance(given_, tuple) else (given_, {})
        table = read_prices(source, **options)
        if first is None:
            first = table
        assert table.symbols == first.symbols == tuple(NAMES)
        np.testing.assert_array_equal(table.dates, first.dates)
        np.testing.assert_array_equal(table.values, first.values)
        np.testing.assert_array_equal(table.why, first.why)
        np.testing.assert_array_equal(table.breaks, first.breaks)
        assert table.flags == first.flags
        assert [f.reason for f in table.failures] == [f.reason for f in first.failures]


@given(prices(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(values, random):
    """Shuffled long rows give the same prices, whatever the order."""
    days = business_days(len(values))
    rows = [(d, n, float(values[i, j])) for i, d in enumerate(iso(days)) for j, n in enumerate(NAMES)]
    straight = read_prices(pl.DataFrame(rows, schema=["date", "symbol", "price"], orient="row"))
    random.shuffle(rows)
    shuffled = read_prices(pl.DataFrame(rows, schema=["date", "symbol", "price"], orient="row")).select(
        straight.symbols
    )
    np.testing.assert_array_equal(straight.dates, shuffled.dates)
    np.testing.assert_array_equal(straight.values, shuffled.values)
    np.testing.assert_array_equal(straight.why, shuffled.why)


def test_frames_remember_their_kind():
    """Results can be given back in the library the prices came in."""
    frame = pl.DataFrame({"date": ["2024-01-02", "2024-01-03"], "A": [1.0, 2.0]})
    assert read_prices(frame).frame == "polars"
    assert read_prices(frame.to_pandas()).frame == "pandas"
    assert read_prices(frame.to_arrow()).frame == "pyarrow"


def test_a_frame_that_may_be_emptied_reads_as_one_that_may_not_and_another_stays_whole() -> None:
    rows = {
        "date": ["2024-01-03", " 2024-01-02", "", None, "2024-01-04", "soon", "2024-01-03"],
        "symbol": ["A", "A", "A", "B", "B", "B", "B"],
        "close": ["10.5", "0", "11", "3", "halted", "4", "inf"],
    }
    given = pl.DataFrame(rows)
    kept = read_table(given, origin=Origin(name="p"))
    assert given.to_dict(as_series=False) == rows
    emptied = read_table(pl.DataFrame(rows), origin=Origin(name="p"), owned=True)
    np.testing.assert_array_equal(kept.table.values, [[np.nan, np.nan], [10.5, np.nan], [np.nan, np.nan]])
    np.testing.assert_array_equal(emptied.table.values, kept.table.values)
    np.testing.assert_array_equal(emptied.table.why, kept.table.why)
    said = [str(failure) for failure in emptied.table.failures]
    assert said == [str(failure) for failure in kept.table.failures]
    assert {
        "p row 1, column close (A): a price of 0 (not_positive)",
        "p row 4, column close (B): 'halted' is not a number (unparsable)",
        "p row 6, column close (B): a price of inf (not_finite)",
        "p row 5, column date: 'soon' is not a date (unparsable)",
    } <= set(said)
