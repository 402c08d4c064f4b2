"""A figure on a page is backed by a test, a script or a source, or is a chosen number; changing a digit fails."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _load():
    spec = importlib.util.spec_from_file_location("figures", ROOT / "scripts/figures.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


FIGURES = _load()
LEDGER = FIGURES.ledger()
#: Pages whose figures are still to be traced to what backs them. This only shrinks.
NOT_YET: set[str] = set()


@pytest.mark.parametrize("page", FIGURES.pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_figure_of_a_page_is_backed(page):
    """Each block with figures has its line in docs/figures.toml, under the digest of its digits."""
    if page.relative_to(ROOT).as_posix() in NOT_YET:
        pytest.skip("not traced yet")
    missing = [f"line {block.line}: {block.key} ({', '.join(block.figures[:6])})" for block in FIGURES.unbacked(page)]
    assert not missing, "measure again, then name what backs it in docs/figures.toml:\n" + "\n".join(missing)
    assert not FIGURES.idle(page), "these lines of docs/figures.toml back nothing any more"


def test_each_backing_exists():
    """A test that is named is there, a script is there, a source has its year, and nothing else backs a figure."""
    wrong = []
    for page, lines in LEDGER.items():
        for key, backing in lines.items():
            kind, _, what = backing.partition(": ")
            path, _, name = what.partition("::")
            good = {
                "test": lambda path=path, name=name: (
                    (ROOT / path).is_file() and f"def {name}(" in (ROOT / path).read_text(encoding="utf-8")
                ),
                "script": lambda what=what: any(
                    (ROOT / word).is_file() for word in what.split() if word.endswith(".py")
                ),
                "source": lambda what=what: re.search(r"\b(1[89]|20)\d\d\b", what) is not None,
                "definition": lambda: True,
                "example": lambda: True,
            }.get(kind, lambda: False)
            if not good():
                wrong.append(f"{page}: {key}: {backing}")
    assert not wrong, "\n".join(wrong)


def test_a_changed_digit_is_noticed(tmp_path, monkeypatch):
    """A page whose figure is another by one digit has a block that nothing backs, and a line that backs nothing."""
    monkeypatch.setattr(FIGURES, "ROOT", tmp_path)
    monkeypatch.setattr(FIGURES, "LEDGER", tmp_path / "docs/figures.toml")
    page = tmp_path / "docs/page.md"
    page.parent.mkdir()
    text = "It gained 4.5% in 1,000 runs, each of which began where the last one ended, see `x=0.3`."
    page.write_text(f"# Page\n\n{text}\n\n| a | b |\n|---|---|\n| x | .25 |\n")
    keys = [block.key for block in FIGURES.blocks(page)]
    assert len(keys) == 2
    lines = "\n".join(f'"{key}" = "definition"' for key in keys)
    FIGURES.LEDGER.write_text(f'["docs/page.md"]\n{lines}\n')
    assert not FIGURES.unbacked(page)
    assert not FIGURES.idle(page)
    page.write_text(page.read_text().replace("see", "as in"))
    assert not FIGURES.unbacked(page)
    page.write_text(page.read_text().replace("4.5%", "4.6%"))
    assert [block.line for block in FIGURES.unbacked(page)] == [3]
    assert len(FIGURES.idle(page)) == 1


def test_a_made_block_is_what_its_command_prints(tmp_path, monkeypatch):
    """The command's output replaces what stands between the two marks, and nothing else."""
    monkeypatch.setattr(FIGURES, "ROOT", tmp_path)
    (tmp_path / "say.py").write_text("print('| n |')\nprint('|---|')\nprint('| 42 |')\n")
    page = tmp_path / "page.md"
    page.write_text("before\n\n<!-- made by: python say.py -->\nold\n<!-- made -->\n\nafter\n")
    assert FIGURES.make(page)
    text = "before\n\n<!-- made by: python say.py -->\n\n| n |\n|---|\n| 42 |\n\n<!-- made -->\n\nafter\n"
    assert page.read_text() == text
    assert not FIGURES.make(page)
