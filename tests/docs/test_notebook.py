"""The notebook of examples/ shows what its cells give, without script or another host; the page is that notebook."""

import json
import re
import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = runpy.run_path(str(ROOT / "scripts/notebook.py"))
CELLS = json.loads((ROOT / "examples/review.ipynb").read_text(encoding="utf-8"))["cells"]


def test_cells_show_what_stands_in_the_notebook():
    """Every cell runs, in order, and its words and figures are those that were kept."""
    shown = SCRIPT["texts"](SCRIPT["run_cells"](CELLS))
    assert len(shown) > 10
    assert shown == SCRIPT["texts"](CELLS)


def test_the_page_is_the_notebook():
    """Words, code and outputs of docs/notebook.md are the notebook's."""
    page = (ROOT / "docs/notebook.md").read_text(encoding="utf-8")
    assert page == SCRIPT["write_page"](CELLS)
    assert not re.search(r"<script|(src|href)=[\"']?https?:", page)
    assert page.count("<svg") >= 5
