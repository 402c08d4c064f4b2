"""The page on drift says what its script computes."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/drift.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def study():
    spec = importlib.util.spec_from_file_location("drift_study", ROOT / "scripts/drift_study.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture(scope="module")
def chain(study):
    return study.study(study.read_prices(study.sample.prices_path()), study.WINDOWS[1])


def test_the_page_says_what_the_script_computes(study, chain):
    """The tables of 2020 on the page are computed again, number by number."""
    for line in study.tell(study.NAMES[1], chain):
        if line.startswith("| ") or "weeks: beta" in line:
            # Rounding left over differs between processors; everything else may not.
            assert line.partition("Left over")[0] in PAGE


def test_every_week_adds_up(chain):
    """No week of 2020 leaves anything over, and the weeks add up to the change of the window."""
    assert max(abs(link.residual) for link in chain.links) < 1e-12
    assert sum(link.change for link in chain.links) == pytest.approx(chain.change, abs=1e-12)


@pytest.mark.slow
def test_the_test_of_changed_betas_keeps_its_level_through_a_crash(study):
    """On the returns of early 2020 welch calls 3% to 8% of constant betas changed, as the page says; plain ols more."""
    prices = study.read_prices(study.sample.prices_path())
    days, level = study.calibrate(prices, study.WINDOWS[1], "welch")
    _, plain = study.calibrate(prices, study.WINDOWS[1], "ols")
    assert 0.03 <= level <= 0.08 < plain
    assert f"| {days} | {level:.1%} | {plain:.1%} |" in PAGE


def test_the_chart_draws_every_window(study, chain):
    """The chart has beta and each cause that moved it, in each window."""
    drawn = study.draw([chain, chain, chain])
    used = int(np.count_nonzero([chain.total(c) for c in study.CAUSES]))
    assert drawn.count("<polyline") == 3 * (used + 1)


def test_orders_hardly_matter_on_the_sample():
    """Two orders and all orders differ by less than 0.0001 in any cell of the sample, as the page says."""
    from trimtab import read_portfolio, sample
    from trimtab.python.drifting import drift

    prices = [sample.prices_path(), sample.futures_path()]
    book = read_portfolio(sample.portfolio_path())
    two, every = (
        drift(prices, book, "SPX", start="2022-09-28", end="2022-12-28", orders=orders) for orders in ("two", "all")
    )
    assert np.abs(two.links[0].cells - every.links[0].cells).max() < 1e-4
