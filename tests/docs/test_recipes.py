"""The recipes work: each is applied to a copy of the source as the page has it, and its commands are run."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from trimtab import sample

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/recipes.md"
#: A fenced block: its language, the path in its title, whether it is added at the end, and what it holds.
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)"( add)?)?\n(.*?)^```$', re.DOTALL | re.MULTILINE)


def recipes() -> dict[str, str]:
    """Give the text of each recipe by its heading."""
    parts = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return dict(part.split("\n", 1) for part in parts)


@pytest.fixture
def copy(tmp_path) -> Path:
    """A copy of the source, its compiled kernels with it, and a user's files beside it."""
    shutil.copytree(ROOT / "src/trimtab", tmp_path / "src/trimtab")
    for name in ("pyproject.toml", "conftest.py"):
        shutil.copy2(ROOT / name, tmp_path / name)
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    prices = pl.read_parquet(sample.prices_path()).select("date", pl.col("SPX").alias("SPY"), "AAPL", "MSFT")
    prices.tail(600).write_csv(tmp_path / "prices.csv")
    return tmp_path


def apply(folder: Path, path: str, language: str, text: str, *, add: bool) -> None:
    """Write a block's file, or change the one that is there."""
    target = folder / path
    if target.is_relative_to(folder / "tests"):  # never the tests themselves: a copy of that file
        target = folder / "changed_tests" / path.removeprefix("tests/")
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() and (ROOT / path).exists():
            shutil.copy2(ROOT / path, target)
    if add:
        target.write_text(target.read_text(encoding="utf-8") + "\n" + text, encoding="utf-8")
    elif language == "diff":
        lines = text.splitlines(keepends=True)
        old, new = ("".join(line[1:] for line in lines if line[0] in keep) for keep in (" -", " +"))
        before = target.read_text(encoding="utf-8")
        assert before.count(old) == 1, f"{path}: what the recipe changes stands {before.count(old)} times there:\n{old}"
        target.write_text(before.replace(old, new), encoding="utf-8")
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def run(folder: Path, line: str) -> None:
    """Run a command of the page with the copy in place of the source; it must end well."""
    for path in re.findall(r"tests/(\S+)", line):
        if (folder / "changed_tests" / path).exists():
            line = line.replace(f"tests/{path}", f"changed_tests/{path}")
    for program in ("trimtab", "pytest", "mypy", "ruff"):
        line = re.sub(rf"(^|\$\(){program} ", rf"\1{shlex.quote(sys.executable)} -m {program} ", line)
    paths = os.pathsep.join([str(folder / "src"), *(str(ROOT / "tests" / part) for part in ("", "beta"))])
    done = subprocess.run(  # noqa: S602 - our own page
        line, shell=True, cwd=folder, capture_output=True, text=True, check=False, timeout=500,
        env={**os.environ, "PYTHONPATH": paths},
    )  # fmt: skip
    assert done.returncode == 0, f"{line}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"


#: Recipes that cost most and touch least of what others do not: they are followed in `make long`.
_LONG = frozenset({"A new alert rule", "A new import format"})
_HEADINGS = [pytest.param(name, marks=pytest.mark.long) if name in _LONG else name for name in recipes()]


@pytest.mark.parametrize("heading", _HEADINGS)
def test_a_recipe_works_from_the_page_alone(copy, heading):
    """Its blocks fit the source as it is, and its commands end well."""
    steps = 0
    for language, path, add, text in BLOCK.findall(recipes()[heading]):
        if path:
            apply(copy, path, language, text, add=bool(add))
        elif language == "sh":
            for line in text.splitlines():
                run(copy, line)
                steps += 1
    assert steps, "a recipe shows how to see that it works"
    floors = Counter(file.parent for file in (copy / "src").rglob("*.py") if file.name != "__init__.py")
    assert [floor for floor, files in floors.items() if files > 20] == [], "a recipe leaves room for what it adds"
