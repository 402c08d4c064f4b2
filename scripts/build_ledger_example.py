"""Draw the prices of `examples/ledger`: invented paths that go through the prices its page works with.

    python scripts/build_ledger_example.py

Between two stated prices a path is a random one, drawn from a fixed seed and bent so that it ends where it must. All
are raw: a split is a step in them. A test compares what this writes with the file that is kept.
"""

import csv
import datetime as dt
import io
import itertools
import math
from pathlib import Path

import numpy as np

PLACE = Path(__file__).parents[1] / "examples" / "ledger" / "prices.csv"
FIRST, LAST = dt.date(2023, 12, 29), dt.date(2024, 12, 31)
CLOSED = {dt.date(2024, 1, 1), dt.date(2024, 3, 29), dt.date(2024, 7, 4), dt.date(2024, 11, 28), dt.date(2024, 12, 25)}

Stated = dict[str, float]
#: Prices that are worked with, by day, as month-day of 2024 (12-29 of 2023 is written 00-00): in units of the last day.
STATED: dict[str, Stated] = {
    "SPX": {"00-00": 4770.0, "03-11": 5118.0, "03-21": 5240.25, "03-28": 5254.0, "06-28": 5460.0, "09-30": 5762.0,
            "12-31": 5882.0},
    "ABC": {"00-00": 29.5, "02-16": 27.0, "03-15": 31.25, "03-28": 31.0, "06-07": 32.75, "06-10": 32.8, "06-28": 34.0,
            "09-30": 36.0, "12-31": 38.0},
    "PAR": {"00-00": 58.0, "03-28": 61.0, "04-01": 58.25, "06-28": 57.5, "09-30": 59.0, "12-31": 56.0},
    "KID": {"04-01": 27.5, "04-15": 28.0, "06-28": 29.0, "09-30": 30.0, "12-31": 31.5},
    "OLD": {"00-00": 26.0, "03-28": 26.5, "06-28": 27.5, "09-13": 27.2},
    "NEW": {"09-16": 48.0, "09-30": 49.0, "12-31": 47.0},
    "VOD": {"00-00": 68.0, "03-28": 69.5, "06-28": 71.0, "09-30": 74.0, "10-07": 72.0, "10-21": 75.0, "12-31": 73.0},
    "RSP": {"00-00": 39.0, "01-08": 40.0, "03-28": 42.0, "06-28": 40.0, "08-05": 42.0, "09-30": 41.5, "12-31": 39.0},
    "TSL": {"00-00": 172.0, "05-06": 180.0, "06-28": 175.0, "07-08": 170.0, "12-31": 190.0},
    "GLB": {"00-00": 84.0, "09-30": 90.0, "11-04": 95.0, "12-31": 97.0},
    "BTC-PERP": {"00-00": 42500.0, "04-22": 64000.0, "04-30": 60000.0, "06-28": 61500.0, "07-15": 63000.0,
                 "12-31": 93500.0},
    "EURUSD": {"00-00": 1.1, "02-12": 1.08, "03-28": 1.08, "06-28": 1.07, "09-30": 1.115, "12-31": 1.04},
    "GBPUSD": {"00-00": 1.27, "03-28": 1.26, "06-28": 1.265, "09-30": 1.34, "12-10": 1.27, "12-31": 1.25},
}  # fmt: skip
#: Slope on the index, deviation a day of what is its own, digits that are quoted.
LOOKS: dict[str, tuple[float, float, int]] = {
    "SPX": (1.0, 0.0, 2), "ABC": (1.2, 0.012, 2), "PAR": (0.9, 0.009, 2), "KID": (1.1, 0.012, 2), "OLD": (0.8, 0.01, 2),
    "NEW": (0.9, 0.01, 2), "VOD": (0.6, 0.009, 2), "RSP": (0.7, 0.012, 2), "TSL": (1.6, 0.018, 2),
    "GLB": (0.5, 0.006, 2), "BTC-PERP": (1.3, 0.022, 1), "EURUSD": (0.05, 0.003, 4), "GBPUSD": (0.1, 0.003, 4),
}  # fmt: skip
#: Prices as they were before a day: so many times those of the units of the last day.
SPLITS = {"ABC": (dt.date(2024, 6, 10), 4.0), "RSP": (dt.date(2024, 8, 5), 0.1)}
#: Columns of contracts while they live: prices stated day by day.
CONTRACTS: dict[str, Stated] = {
    "MESH4": {"03-11": 5148.25, "03-12": 5170.5, "03-13": 5165.0, "03-14": 5160.0, "03-15": 5126.5},
    "MESM4": {"03-11": 5208.0, "03-12": 5230.25, "03-13": 5225.0, "03-14": 5215.5, "03-15": 5180.25, "03-18": 5205.0,
              "03-19": 5230.5, "03-20": 5282.0, "03-21": 5296.0},
    "ABC 110P Feb24": {"01-22": 2.5, "01-29": 1.9, "02-05": 2.4, "02-12": 1.6, "02-15": 2.3, "02-16": 2.0},
    "ABC 130C Mar24": {"02-05": 1.2, "02-16": 0.35, "03-01": 0.9, "03-14": 0.02, "03-15": 0.01},
    "SPX 5300P Mar24": {"03-04": 30.0, "03-11": 182.0, "03-19": 70.0, "03-21": 59.75},
}  # fmt: skip
#: Contracts whose price is drawn as a line between those that are stated; of the others every day is.
LINES = ("ABC 110P Feb24", "ABC 130C Mar24", "SPX 5300P Mar24")


def day_of(text: str) -> dt.date:
    """Give the day that is written as month-day."""
    return FIRST if text == "00-00" else dt.date(2024, int(text[:2]), int(text[3:]))


def days() -> list[dt.date]:
    """Give the days with prices."""
    all_days = (FIRST + dt.timedelta(days=i) for i in range((LAST - FIRST).days + 1))
    return [day for day in all_days if day.weekday() < 5 and day not in CLOSED]


def path(name: str, dates: list[dt.date], index: np.ndarray, rng: np.random.Generator) -> dict[dt.date, float]:
    """Draw a path through the stated prices of a name, in logarithms: a random walk bent between each two of them."""
    slope, own, digits = LOOKS[name]
    steps = slope * index + own * rng.standard_normal(len(dates))
    walk = np.cumsum(steps)
    stated = sorted((dates.index(day_of(at)), math.log(price)) for at, price in STATED[name].items())
    drawn: dict[dt.date, float] = {}
    for (a, low), (b, high) in itertools.pairwise(stated):
        for i in range(a, b + 1):
            share = (i - a) / (b - a)
            bend = (low - walk[a]) * (1 - share) + (high - walk[b]) * share
            drawn[dates[i]] = round(math.exp(walk[i] + bend), digits)
    if name in SPLITS:
        on, size = SPLITS[name]
        drawn = {day: round(price * size, digits) if day < on else price for day, price in drawn.items()}
    return drawn


def line(name: str, dates: list[dt.date]) -> dict[dt.date, float]:
    """Draw straight lines between the stated prices of an option; give those of a future as they are."""
    stated = sorted((dates.index(day_of(at)), price) for at, price in CONTRACTS[name].items())
    if name not in LINES:
        return {dates[i]: price for i, price in stated}
    drawn = {}
    for (a, low), (b, high) in itertools.pairwise(stated):
        drawn |= {dates[i]: round(low + (high - low) * (i - a) / (b - a), 2) for i in range(a, b + 1)}
    return drawn


def text() -> str:
    """Give the file."""
    dates, rng = days(), np.random.default_rng(13)
    index = rng.standard_normal(len(dates)) * 0.008
    columns = {name: path(name, dates, index, rng) for name in STATED}
    # The name changed on 13 May, and the column with it.
    kid = columns.pop("KID")
    columns["KID"] = {day: price for day, price in kid.items() if day < dt.date(2024, 5, 13)}
    columns["KDZ"] = {day: price for day, price in kid.items() if day >= dt.date(2024, 5, 13)}
    columns |= {name: line(name, dates) for name in CONTRACTS}
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["date", *columns])
    for day in dates:
        rows.writerow([day, *(f"{column[day]:.10g}" if day in column else "" for column in columns.values())])
    return out.getvalue()


if __name__ == "__main__":
    PLACE.write_text(text())
