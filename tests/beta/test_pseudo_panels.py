"""The script of many panels: what was judged is kept, what others made does not count, a part is called a part."""

import runpy
from pathlib import Path

import pytest

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
