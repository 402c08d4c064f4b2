"""The page on risk holds the tables and charts that its own code gives."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/risk.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("risk_page", ROOT / "scripts/risk_page.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def names(script):
    return script.run_page()


@pytest.mark.parametrize("part", ["episodes", "regime", "years"])
def test_a_table_is_what_the_page_s_code_gives(script, names, part):
    """Row by row, at the digits that are shown."""
    table = "\n".join(getattr(script, f"tell_{part}")(names))
    assert f"<!-- made by: python scripts/risk_page.py {part} -->\n\n{table}\n\n<!-- made -->" in PAGE


@pytest.mark.parametrize("episode", ["2008", "2020"])
def test_a_chart_is_what_the_page_s_code_gives(script, names, episode):
    """Point by point, in whole pixels."""
    chart = "\n".join(script.draw(names, episode))
    assert f"<!-- made by: python scripts/risk_page.py chart {episode} -->\n\n{chart}\n\n<!-- made -->" in PAGE


def test_the_account_of_correlations_is_the_table_s(script, names):
    """The jump that is spoken of stands between the two rows."""
    calm, stress = (f"{part.correlation:.3f}".lstrip("0") for part in (names["large"].calm, names["large"].stress))
    assert f"The jump from {calm} to {stress} is the conditioning" in PAGE


def test_the_square_root_of_time_is_the_code_s(names):
    """Variance ratios, robust z and the error of the root, as the sentence says."""
    ratios = ", ".join(f"{r.ratio:.2f}".lstrip("0") for r in names["ratios"])
    tests = ", ".join(f"{r.z_robust:.1f}" for r in names["ratios"]).replace("-", "−")
    sentence = " ".join(PAGE.partition("## The square root of time")[2].partition("```")[0].split())
    first, second, third = ratios.split(", ")
    assert f"is {first}, {second} and {third} (robust z {tests})" in sentence
    errors = [f"{r.root_time_error:.0%}" for r in names["ratios"]]
    assert "of a week by {}, of a month by {} and of a quarter by {}".format(*errors) in sentence
