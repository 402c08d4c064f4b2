"""Measured figures in sentences: what an estimator's page says of its coverage, what the league's page says of data."""

import re
from pathlib import Path

import polars as pl
import pytest

PAGES = Path(__file__).parents[2] / "docs/estimators"
#: Two rows of one method, told apart by its options.
ROW = re.compile(r"^\| `(?P<method>[a-z-]+)(?P<options>\([^`]*\))?` \|(?P<cells>[ \d|]+)\|$", re.MULTILINE)
STATED = re.compile(r"covers\s+(\d+)(?:-(\d+))?%\s+in\s+\[simulation\]\(errors\.md\)", re.IGNORECASE)


def table() -> dict[str, list[int]]:
    """Give the coverage of each method without options, in the three worlds."""
    text = (PAGES / "errors.md").read_text(encoding="utf-8")
    return {m["method"]: [int(c) for c in m["cells"].split("|")] for m in ROW.finditer(text) if m["options"] is None}


def stating() -> list[Path]:
    return [page for page in sorted(PAGES.glob("*.md")) if STATED.search(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("page", stating(), ids=lambda page: page.stem)
def test_a_page_states_the_least_and_the_most_of_the_table(page):
    """Covers 94-95% where the three worlds say 94, 95 and 94; 95% where all three say the same."""
    (stated,) = STATED.finditer(page.read_text(encoding="utf-8"))
    row = table()[page.stem]
    assert (int(stated[1]), int(stated[2] or stated[1])) == (min(row), max(row))


def test_there_are_pages_that_state_it():
    """The pattern still finds what it is meant to find."""
    assert {"huber", "kalman", "dimson"} <= {page.stem for page in stating()}


def test_the_league_says_how_far_its_broken_series_moved(shared_data):
    """The largest move, up or down, between two prices of a series that the league leaves out."""
    prices = pl.read_parquet(shared_data / "us_equity_daily_delisted_later_and_etf.parquet")
    prices = prices.filter(pl.col("ticker").is_in(["BEL", "VER", "WETF"])).sort("ticker", "date")
    ratio = pl.col("close") / pl.col("close").shift(1).over("ticker")
    most = prices.select(pl.max_horizontal(ratio.max(), (1 / ratio).max())).item()
    page = (PAGES.parent / "league.md").read_text(encoding="utf-8")
    (stated,) = re.findall(r"moves of up to ([\d,]+)-fold", page)
    assert round(most) == int(stated.replace(",", ""))
