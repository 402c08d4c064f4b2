"""The tables of the page on reliability and of the README are those of what was measured."""

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KEPT = json.loads((ROOT / "docs/data/reliability.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def tables():
    spec = importlib.util.spec_from_file_location("reliability_table", ROOT / "scripts/reliability_parts/table.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_shows_everything_that_was_measured(tables):
    page = (ROOT / "docs/reliability.md").read_text(encoding="utf-8")
    assert f"<!-- made by: python scripts/reliability.py -->\n\n{tables.table(KEPT)}\n\n<!-- made -->" in page


def test_the_readme_shows_kills_points_flips_seeds_and_inputs(tables):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(tables.SHORT) <= set(KEPT)
    assert (
        f"<!-- made by: python scripts/reliability.py short -->\n\n{tables.short_table(KEPT)}\n\n<!-- made -->"
        in readme
    )
