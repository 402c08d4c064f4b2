"""What the checks catch and cost on real prices: the script's own figures, on the sample and on part of the panels."""

import importlib.util
import sys
from pathlib import Path

import polars as pl
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def script():
    """Load scripts/price_checks.py."""
    spec = importlib.util.spec_from_file_location("price_checks", ROOT / "scripts" / "price_checks.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["price_checks"] = module
    spec.loader.exec_module(module)
    return module


def test_the_page_says_what_the_script_finds_on_the_sample(script):
    """The table of the bundled sample is computed again, line by line."""
    page = script.PAGE.read_text(encoding="utf-8")
    for line in script.markdown(script.bundled(), 20).splitlines():
        assert line in page


def test_planted_splits_and_prints_are_caught_in_real_prices(script, shared_data):
    """Sixty S&P members, one of each planted in each: at least 98 of 100, on a small draw; crashes stay."""
    whole = script.sp500(shared_data)
    names = sorted(whole.frame["ticker"].unique().to_list())[::8]
    panel = script.Panel("part", whole.frame.filter(pl.col("ticker").is_in([*names, "SPY"])), "SPY")
    for found in (script.caught_splits(panel, 1), script.caught_prints(panel, 1)):
        hits, planted = (sum(v[i] for v in found.values()) for i in (0, 1))
        assert planted > 200
        assert hits >= 0.98 * planted
    costs = script.cost(panel)
    assert costs.jumps <= 2
    assert costs.near >= 0.998
    assert abs(costs.dearer) <= 0.001
