"""What pages and docstrings name is there: modules, files, and names between backticks."""

import ast
import builtins
import importlib
import keyword
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "src/trimtab"
ROOMS = {room.name for room in HOUSE.iterdir() if room.is_dir()}
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))
MODULES = sorted(HOUSE.rglob("*.py"))
#: Made by the recipes, which another test applies to a copy of the source.
BY_RECIPE = frozenset(
    re.findall(r'^```\w+ title="(?:src/)?([^"]+?)(?:\.py)?"$', (ROOT / "docs/recipes.md").read_text(), re.MULTILINE)
)
#: Not ours: codes of formats that are read, and what a shell calls its completion.
FOREIGN = frozenset(
    {"BASE_SUMMARY", "NC", "RC", "PRN", "fish_source", "zsh_source", "CHANGELOG.md", "zensical.toml", "desk1"}
    | {
        "TRIMTAB_ALERTS_RULES_OUT_OF_BAND_FOR",
        "SPY_Volume",
        "DISTRIBUTION",
        "Ca",
        "Co",
    }  # the last two: codes of Interactive Brokers
)


def docstrings(path: Path) -> str:
    """Give all docstrings of a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = (n for n in ast.walk(tree) if isinstance(n, ast.Module | ast.ClassDef | ast.FunctionDef))
    return "\n".join(filter(None, map(ast.get_docstring, nodes)))


def names_of(path: Path) -> set[str]:
    """Give every name that a module's code uses, and the words of its short strings."""
    names = {path.stem, *path.parent.parts}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                names.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.alias(name=name):
                names.update(name.split("."))
            case ast.Constant(value=str(text)) if len(text) < 60:
                names.update(re.findall(r"[A-Za-z_]\w*", text))
    return names


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Every page, and the docstrings of every module, by path."""
    pages = {str(page.relative_to(ROOT)): page.read_text(encoding="utf-8") for page in PAGES}
    return pages | {str(module.relative_to(ROOT)): docstrings(module) for module in MODULES}


def is_there(dotted: str) -> bool:
    """Whether a module, or a name in one, can be reached."""
    parts = dotted.split(".")
    for end in range(len(parts), 0, -1):
        try:
            reached = importlib.import_module(".".join(parts[:end]))
        except ImportError:
            continue
        for name in parts[end:]:
            if not hasattr(reached, name):
                return False
            reached = getattr(reached, name)
        return True
    return False


def test_modules_that_are_named_are_there(texts):
    """`trimtab.room.module`, and a name behind it, can be imported; `trimtab.toml` and `trimtab.beta/1` are none."""
    gone = {
        (where, dotted)
        for where, text in texts.items()
        for dotted in re.findall(r"\btrimtab(?:\.[A-Za-z_]\w*)+(?![\w/])", text)
        if dotted.split(".")[1] in ROOMS and dotted.replace(".", "/") not in BY_RECIPE and not is_there(dotted)
    }
    assert not gone


def test_files_that_are_named_are_there(texts):
    """`room/module.py`, `docs/page.md` and folders of the house are where a text says."""
    first = ROOMS | {"src", "tests", "docs", "scripts"}
    gone = set()
    for where, text in texts.items():
        for named in re.findall(r"(?<![\w./<-])[\w.-]+(?:/[\w*.-]+)+", text):
            path = named.rstrip(".")
            made = path.removeprefix("src/").removesuffix(".py") in BY_RECIPE
            roots = (ROOT, HOUSE, ROOT / "tests", ROOT / "docs")
            if path.split("/")[0] in first and not made and path.split("/")[-1] != "trimtab.toml":
                reached = any(any(root.glob(path)) or any(root.glob(f"{path}.py")) for root in roots)
                gone |= set() if reached else {(where, path)}
    assert not gone


def test_names_between_backticks_are_there(texts):
    """A name in backticks is one that the code, the tests or the scripts know; old ones are renamed with the code."""
    used = set(dir(builtins)) | set(keyword.kwlist) | FOREIGN
    for folder in ("src", "tests", "scripts"):
        for path in (ROOT / folder).rglob("*.py"):
            if path != Path(__file__):
                used |= names_of(path)
    gone = {
        (where, name)
        for where, text in texts.items()
        for name in re.findall(r"(?<!`)`([A-Za-z_][\w.]*)`(?!`)", text)
        if name not in FOREIGN and not used.issuperset(filter(None, name.split(".")))
    }
    assert not gone
