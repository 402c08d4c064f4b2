"""Reading rates and exchange rates from files."""

import numpy as np
import polars as pl
import pytest

from trimtab.errors import FileFormatError, InputError, StorageError
from trimtab.feeds.series.interest import as_risk_free, read_currency_rates
from trimtab.feeds.series.rates import read_fx, read_rates

DATES = ["2024-01-02", "2024-01-03", "2024-01-04"]


@pytest.mark.parametrize("source", [0.05, "0.05", " 0.05 "])
def test_a_number_is_a_yearly_rate(source):
    """A decimal holds for all time."""
    assert read_rates(source).annual.tolist() == [0.05]


@pytest.mark.parametrize("source", [5, "5", "4.25", "5%", -0.5])
def test_a_number_in_percent_is_refused(source):
    """5 would be 500% a year."""
    with pytest.raises(InputError, match=r"0\.05|decimal"):
        read_rates(source)


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("rate", ["0.0525", "", "0.05"]),
        ("rate_pct", ["5.25", "", "5"]),
        ("DFF", ["5.25", ".", "5.00"]),
        ("Percent", ["5.25", "NA", "5"]),
    ],
)
def test_decimals_and_percent_are_told_apart(tmp_path, header, cells):
    """By header or by size; an empty cell lets the rate before it hold."""
    path = tmp_path / "rf.csv"
    path.write_text(f"date,{header}\n" + "".join(f"{d},{c}\n" for d, c in zip(DATES, cells, strict=True)))
    rates = read_rates(path)
    assert rates.annual.tolist() == pytest.approx([0.0525, 0.05])
    assert rates.dates.astype(str).tolist() == [DATES[0], DATES[2]]
    assert header in rates.note


def test_rates_that_could_be_either_are_refused():
    """0.25 may be a quarter of a percent or 25%."""
    frame = pl.DataFrame({"date": DATES, "rate": [0.25, 0.2, 0.25]})
    with pytest.raises(InputError, match="percent"):
        read_rates(frame)


def test_percent_near_zero_is_not_read_as_decimals():
    """A year of 0.04 to 0.09 in steps of 0.01 is percent in a header that does not say so: refused."""
    days = np.arange("2020-06-01", "2020-07-01", dtype="datetime64[D]")
    frame = pl.DataFrame({"date": days, "EFFR": np.tile([0.08, 0.09, 0.1], 10)})
    with pytest.raises(InputError, match="percent"):
        read_rates(frame)


def test_several_columns_and_two_rates_for_a_day_are_refused():
    """Which of them is the risk-free rate must be said."""
    with pytest.raises(FileFormatError, match="one column"):
        read_rates(pl.DataFrame({"date": DATES, "1m": [0.05] * 3, "3m": [0.05] * 3}))
    with pytest.raises(FileFormatError, match="one rate"):
        read_rates(pl.DataFrame({"date": DATES[:1] * 2, "rate": [0.05, 0.04]}))
    with pytest.raises(StorageError, match="no such file"):
        read_rates("nowhere.csv")


@pytest.mark.parametrize("name", ["EURUSD", "EUR/USD", "EURUSD=X", "eur_usd"])
def test_pairs_in_columns(name):
    """The usual ways of writing a pair all mean dollars for one euro."""
    rates = read_fx(pl.DataFrame({"date": DATES, name: [1.1, None, 1.12]}))
    assert rates.pairs == (("EUR", "USD"),)
    assert rates.values[[0, 2], 0].tolist() == [1.1, 1.12]


def test_pairs_in_rows():
    """A long table of date, pair and rate."""
    frame = pl.DataFrame({"date": DATES[:2] * 2, "pair": ["EURUSD"] * 2 + ["USDJPY"] * 2, "rate": [1.1, 1.2, 140, 141]})
    rates = read_fx(frame)
    assert rates.pairs == (("EUR", "USD"), ("USD", "JPY"))
    assert rates.values.tolist() == [[1.1, 140], [1.2, 141]]


def test_columns_of_currencies_need_their_unit():
    """USD and JPY alone do not say of what: per='EUR' does."""
    frame = pl.DataFrame({"date": DATES, "USD": [1.1, 1.1, 1.1], "JPY": [155.0, 156, 157]})
    with pytest.raises(FileFormatError, match="per="):
        read_fx(frame)
    assert read_fx(frame, per="EUR").pairs == (("EUR", "USD"), ("EUR", "JPY"))


def test_the_central_banks_table_gives_known_rates(shared_data):
    """The euro's first fixing was 1.1789 dollars and 133.73 yen; the dollar's price in yen follows."""
    rates = read_fx(shared_data / "fx_ecb_daily_1999_2021.parquet", per="EUR")
    day = np.datetime64("1999-01-04")
    assert rates.rate("EUR", "USD", day)[0] == 1.1789
    assert rates.rate("USD", "JPY", day)[0] == pytest.approx(133.73 / 1.1789)


def test_rates_by_currency_come_in_words_columns_and_rows():
    """The same two rates, however they are written; a single rate names no currency."""
    wide = pl.DataFrame({"date": DATES[:2], "USD": [0.051, 0.052], "EUR": [0.031, 0.032]})
    long = pl.DataFrame(
        {"date": [*DATES[:2]] * 2, "ccy": ["USD", "USD", "eur", "eur"], "rate": [0.051, 0.052, 0.031, 0.032]}
    )
    for source in (wide, long):
        found = read_currency_rates(source)
        assert {c: r.annual.tolist() for c, r in found.items()} == {"USD": [0.051, 0.052], "EUR": [0.031, 0.032]}
    words = read_currency_rates("USD=0.05, EUR=0.03")
    assert {c: r.annual.tolist() for c, r in words.items()} == {"USD": [0.05], "EUR": [0.03]}
    assert read_currency_rates("0.04").annual.tolist() == [0.04]
    assert read_currency_rates(pl.DataFrame({"date": DATES[:1], "rate": [0.04]})).annual.tolist() == [0.04]


def test_a_column_of_another_currency_is_no_rate_of_the_base():
    """A file of euro rates is refused for a book in dollars, and so are words without the base."""
    euro = pl.DataFrame({"date": DATES[:1], "EUR": [0.03]})
    assert as_risk_free(euro, "EUR").annual.tolist() == [0.03]
    for source in (euro, "EUR=0.03"):
        with pytest.raises(InputError, match="a rate of USD"):
            as_risk_free(source, "USD")
    with pytest.raises(InputError, match="a base currency"):
        as_risk_free("EUR=0.03", None)


@pytest.mark.parametrize("text", ["USD=0.05,USD=0.04", "USD=", "USD=0.05,EURO=0.03", "USD=5"])
def test_bad_words_of_rates_are_refused(text):
    """A currency twice, without a rate, by a wrong name, or with a rate in percent."""
    with pytest.raises(InputError):
        read_currency_rates(text)
