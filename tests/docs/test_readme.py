"""The README shows what `trimtab demo` prints."""

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_readme_shows_the_demonstration():
    """Line by line; `python scripts/update_readme.py` renews it."""
    block = runpy.run_path(str(ROOT / "scripts/update_readme.py"))["shown"]()
    assert block in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_first_page_leads_to_every_page():
    """Whoever starts at docs/index.md reaches each page of docs/ from it."""
    docs = ROOT / "docs"
    first = (docs / "index.md").read_text(encoding="utf-8")
    pages = {page.name for page in docs.glob("*.md")} - {"index.md"}
    assert not sorted(name for name in pages if f"({name}" not in first)
