"""The page on errors states what the script measures: a part of its grid is measured anew."""

import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "estimators" / "errors.md"


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    """The script's functions."""
    return runpy.run_path(str(ROOT / "scripts" / "error_grid.py"))


def test_a_line_of_the_grid_is_what_the_page_says(script: dict[str, Any]) -> None:
    """Sixty returns, the shortest line: the same digits; in it few cells lie outside."""
    script["grid_row"].__globals__.update(RATIOS=(0.005, 3.0))
    line, cells = script["grid_row"](60, 252)
    measured = [part.strip() for part in line.strip("|").split("|")]
    page = next(
        [part.strip() for part in text.strip("|").split("|")]
        for text in PAGE.read_text(encoding="utf-8").splitlines()
        if text.startswith("| 60, 5 days |")
    )
    assert [page[i] for i in (0, 1, 5, 6, 10)] == measured
    assert sum(not cell.holds for _, _, cell in cells) <= 2


@pytest.mark.parametrize(("beta", "ratio"), [(-3.0, 0.1), (2.0, 1.0), (3.0, 0.3)])
def test_a_year_and_a_beta_near_three_always_hold(script: dict[str, Any], beta: float, ratio: float) -> None:
    """Both readings: bias under half the stated error, 95% intervals that hold 90-98%."""
    assert script["forecast_cell"](beta, ratio, 250, 252).holds
    assert script["fit_cell"](beta, ratio, 250, 365).holds


@pytest.mark.parametrize("names", [5, 50, 300])
def test_portfolios_are_covered_in_both_readings(script: dict[str, Any], names: int) -> None:
    """Books of 5, 50 and 300 names: z has a deviation near 1, whichever reading is asked for."""
    for moving in (True, False):
        coverage, deviation = script["portfolio_coverage"](names, 6, moving=moving, n=300)
        assert coverage >= 0.85, (moving, coverage)
        assert 0.7 < deviation < 1.35, (moving, deviation)
