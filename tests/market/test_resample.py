"""Returns over longer intervals, against prices at the ends of periods picked by hand."""

import numpy as np
import pandas as pd
import pytest
from given import price_path

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.market.prices import PriceTable
from trimtab.market.resample import overlap_returns, resample_returns
from trimtab.market.returns import pair_returns

CODES = {"weekly": "W-SUN", "monthly": "M", "quarterly": "Q"}


def table(days, seed=3, late=0):
    rng = np.random.default_rng(seed)
    prices = price_path(rng.normal(0.0005, 0.01, (len(days) - 1, 3)))
    prices[:late, 2] = np.nan
    return PriceTable.of({name: prices[:, k] for k, name in enumerate("MAB")}, dates=days)


def weekdays(first, last):
    days = np.arange(first, last, dtype="datetime64[D]")
    return days[np.is_busday(days)]


@pytest.mark.parametrize("frequency", CODES)
@pytest.mark.parametrize(
    ("days", "whole"),
    [
        (weekdays("2023-01-02", "2023-12-30"), True), (weekdays("2023-01-02", "2023-12-28"), False),
        (np.arange("2023-01-01", "2024-01-01", dtype="datetime64[D]"), True),
        (np.arange("2023-01-01", "2023-12-30", dtype="datetime64[D]"), False),
    ],
    ids=["weekdays to the last", "weekdays short of it", "all days to the last", "all days short of it"],
)  # fmt: skip
def test_a_period_is_the_return_between_its_ends(frequency, days, whole):
    """From the last price of one period to that of the next; the first, and a last that is not over, are left out."""
    prices = table(days)
    told = resample_returns(pair_returns(prices, benchmark="M"), frequency)
    frame = pd.DataFrame(prices.values, columns=list("MAB"), index=pd.DatetimeIndex(days))
    ends = frame.groupby(frame.index.to_period(CODES[frequency])).tail(1)
    exact = ends.pct_change().dropna()
    # The year ends on a Sunday: its last Friday, and its last day, end a week, a month and a quarter.
    exact = exact if whole else exact.iloc[:-1]
    assert told.dates.astype("datetime64[D]").tolist() == [d.date() for d in exact.index]
    order = ["MAB".index(s) for s in told.symbols]
    np.testing.assert_allclose(told.asset, exact.to_numpy()[:, order], rtol=1e-9)
    np.testing.assert_allclose(told.market, np.repeat(exact[["M"]].to_numpy(), 3, axis=1)[:, : told.market.shape[1]])
    assert told.frequency.periods_per_year == {"weekly": 52.0, "monthly": 12.0, "quarterly": 4.0}[frequency]


def test_an_asset_listed_midway_has_no_return_for_that_month():
    """Its first month is not whole, but where the first return falls on the month's first row it is."""
    days = weekdays("2023-01-02", "2023-07-01")
    opens = {int(np.searchsorted(days, np.datetime64(f"2023-{m:02}-01"))) for m in range(2, 7)}
    for late in (30, min(opens) - 1, min(opens)):
        told = resample_returns(pair_returns(table(days, late=late), benchmark="M"), "monthly")
        b = told.asset[:, told.symbols.index("B")]
        first_return = late + 1
        whole = [k for k, start in enumerate(sorted(opens)) if start >= first_return]
        assert np.isfinite(b).tolist() == [k in whole for k in range(len(b))]


def test_overlapping_intervals_end_on_every_row():
    """Each is the return over the last five rows, once the asset has so many; a missing row adds nothing."""
    days = weekdays("2023-01-02", "2023-04-01")
    prices = table(days, late=10)
    pairs = pair_returns(prices, benchmark="M")
    told = overlap_returns(pairs, 5)
    for k, name in enumerate(told.symbols):
        column = prices.values[:, "MAB".index(name)]
        for t in range(len(days)):
            there = t - 5 >= (10 if name == "B" else 0)
            exact = column[t] / column[t - 5] - 1 if there else np.nan
            assert told.asset[t, k] == pytest.approx(exact, rel=1e-9, nan_ok=True)
    with pytest.raises(InputError, match="at least 2 rows"):
        overlap_returns(pairs, 1)
    assert np.isfinite(overlap_returns(pairs, 2).asset[:, 0]).sum() == len(days) - 2


def test_what_cannot_be_compounded_is_refused():
    """A higher frequency than the data's, a name that is none, and a history without a whole period."""
    days = weekdays("2023-01-02", "2023-12-30")
    pairs = pair_returns(table(days), benchmark="M")
    weekly = resample_returns(pairs, "weekly")
    for wrong, words in (("daily", "at least as frequent"), ("hourly", "a frequency")):
        with pytest.raises(InputError, match=words):
            resample_returns(weekly, wrong)
    assert len(resample_returns(weekly, "weekly").dates) > 40
    with pytest.raises(NotEnoughDataError, match="one complete monthly"):
        resample_returns(pair_returns(table(days[:15]), benchmark="M"), "monthly")
