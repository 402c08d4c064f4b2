"""Verdicts on books made from twenty real option chains, some of whose quotes say little."""

import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "coverage_on_chains.py"


@pytest.fixture(scope="module")
def study():
    spec = importlib.util.spec_from_file_location("coverage_on_chains", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules["coverage_on_chains"] = module
    spec.loader.exec_module(module)
    return module


def test_there_are_twenty_chains_two_of_them_on_their_last_day(study, shared_data):
    """The largest chains of each root, and both that expire on their day."""
    chains = [(root, day, expiry) for root, day, expiry, _, _ in study.chains_of(shared_data)]
    assert len(chains) == study.CHAINS
    assert sum(day == expiry for _, day, expiry in chains) == 2


def test_verdicts_stand_on_thinned_chains(study, shared_data):
    """At least 95% of verdicts stand, and a thinned option's delta at its whole quote lies inside its bounds."""
    found = study.count(shared_data, books=1, options=14, thinned=True, seed=4)
    assert found.stand >= 0.95 * found.books
    assert found.thinned >= 10
    assert found.inside >= 0.98 * found.thinned


@pytest.mark.long
def test_the_table_of_the_decisions_is_what_the_script_finds(study, shared_data):
    """On 400 books of twenty options, whole and thinned, the figures are those that docs/decisions states."""
    page = (SCRIPT.parents[1] / "docs" / "decisions" / "15-tried-at-its-worst.md").read_text(encoding="utf-8")
    for row in study.table(shared_data, books=10):
        assert row in page
