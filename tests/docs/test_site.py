"""The documentation site asks nothing of other hosts, and its equations are those of their LaTeX."""

import re
import runpy
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
#: Words by which an equation in plain letters is known where it stands as a block of code.
_PLAIN = re.compile(r"^ {4}\S.*(\bsum\b|\bsqrt\(|_t\b|\^2|b' =|beta =)", re.MULTILINE)


def _settings():
    return tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]


def test_equations_are_typeset_from_their_latex():
    """What the browser shows is what the comment above says; running the script changes nothing."""
    pytest.importorskip("latex2mathml")
    typeset = runpy.run_path(str(ROOT / "scripts/equations.py"))["typeset"]
    texts = [page.read_text(encoding="utf-8") for page in PAGES]
    assert sum(text.count("<!-- math ") for text in texts) > 20
    assert [text for text in texts if typeset(text) != text] == []
    assert typeset("<!-- math a^2 -->\n") != "<!-- math a^2 -->\n"


def test_no_equation_of_an_estimator_stands_as_a_block_of_code():
    """Outside fences, no line of plain letters that is an equation."""
    for page in (ROOT / "docs/estimators").glob("*.md"):
        text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not _PLAIN.search(text), page.name


def test_pages_ask_no_other_host():
    """No font from elsewhere is configured, no page embeds one, and the style sheet imports nothing."""
    assert _settings()["theme"]["font"] is False
    style = (ROOT / "docs/assets/site.css").read_text(encoding="utf-8")
    assert not re.search(r"@import|url\(", style)
    for page in PAGES:
        text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not re.search(r"!\[[^\]]*\]\(https?:|<(img|script|link|iframe)[^>]+https?:", text), page.name


def test_the_navigation_has_four_groups_that_hold_every_page():
    """Start, how to, explanation, reference; decisions are reached from their overview."""
    nav = _settings()["nav"]
    assert [next(iter(group)) for group in nav] == ["Start", "How to", "Explanation", "Reference"]
    named: list[str] = []

    def walk(item):
        for value in item.values() if isinstance(item, dict) else item:
            if isinstance(value, str):
                named.append(value)
            else:
                walk(value)

    walk(nav)
    assert len(named) == len(set(named))
    pages = {page.relative_to(ROOT / "docs").as_posix() for page in PAGES}
    assert {page for page in pages if not page.startswith("decisions/")} - set(named) == set()
    assert set(named) <= pages
