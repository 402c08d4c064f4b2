"""The script of many panels: what was judged is kept, what others made does not count, a part is called a part."""

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "docs/data/pseudo_panels.csv"
SCRIPT = runpy.run_path(str(Path(__file__).parents[2] / "scripts" / "pseudo_panels.py"))
RESULTS = {
    "first": SCRIPT["Result"]("window", (5.0, 2.0, 1.0), (0.9, 0.91, 0.92)),
    "second": SCRIPT["Result"]("third", (-1.5, 0.5, 0.25), (0.88, 0.9, 0.9)),
}


def test_a_run_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    """Lines come back as they were written, but for those of another method or of other sources."""
    out = tmp_path / "gains.csv"
    assert SCRIPT["earlier"](out, "auto 1") == {}
    for name, result in RESULTS.items():
        SCRIPT["write_line"](out, "auto 1", name, result)
    SCRIPT["write_line"](out, "auto 2", "third", RESULTS["first"])
    assert SCRIPT["earlier"](out, "auto 1") == RESULTS
    assert list(SCRIPT["earlier"](out, "auto 2")) == ["third"]


def test_what_made_a_line_is_the_method_and_the_sources() -> None:
    """Another method is another maker; the same one asked twice is the same."""
    assert SCRIPT["made_with"]("auto") == SCRIPT["made_with"]("auto") != SCRIPT["made_with"]("two-speed")


@pytest.mark.parametrize(("total", "said"), [(2, "2 of 2 panels"), (90, "2 of 90 panels: not the full run")])
def test_a_part_is_called_a_part(total: int, said: str) -> None:
    """Mean, worst and losers by kind; the first line says how much of the whole it is."""
    lines = SCRIPT["summary"](list(RESULTS.values()), total).splitlines()
    assert lines[0] == said
    assert "| all | 252 | 2 | +1.8 | -1.5 | 1 | 0.890 (0.88-0.90) |" in lines


def test_the_page_has_the_table_of_the_kept_run() -> None:
    """All ninety panels are in it, its table stands on the page, and so do the mean and the worst of its sentence."""
    results = SCRIPT["kept"](KEPT)
    assert len(results) == SCRIPT["PANELS"] == 90
    page = (ROOT / "docs/league.md").read_text(encoding="utf-8")
    assert SCRIPT["summary"](results, 90) in page
    year = [r.gains[0] for r in results]
    assert f"gains {sum(year) / 90:.1f}% on average over 252 days, {min(year):.1f}% at the worst" in page
    assert f"worst over 63 is {min(r.gains[1] for r in results):.1f}%" in page


def test_lines_of_two_makers_are_no_run(tmp_path: Path) -> None:
    """What two versions wrote is not added up."""
    out = tmp_path / "gains.csv"
    for maker in ("auto 1", "auto 2"):
        SCRIPT["write_line"](out, maker, "first", RESULTS["first"])
    with pytest.raises(SystemExit, match=r"holds 2 runs \(auto 1, auto 2\)"):
        SCRIPT["kept"](out)


@pytest.mark.long
def test_a_panel_judged_again_has_the_line_of_the_kept_run(shared_data: Path) -> None:
    """One of the ninety, through reading, checks and league as they are now."""
    panel = next(p for p in SCRIPT["panels"]("gone", shared_data) if p.name == "gone draw 1")
    (line,) = [row for row in KEPT.read_text(encoding="utf-8").splitlines() if ",gone draw 1," in row]
    again = SCRIPT["judged"](panel, "auto")
    told = [float(cell) for cell in line.split(",")[3:]]
    assert [*again.gains, *again.coverage] == pytest.approx(told, abs=1e-3)
