"""Every command line in the README and the documentation runs as it stands."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from trimtab import sample

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "examples/mixed/README.md", *sorted((ROOT / "docs").rglob("*.md"))]
#: Inside or outside a mandate, undecided and infeasible are answers; anything else is a broken example.
ANSWERS = {0, 3, 4, 5}


def commands() -> list[tuple[str, str]]:
    found = []
    for page in PAGES:
        for block in re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL):
            for line in block.replace("\\\n", " ").splitlines():
                command = line.partition("#")[0].strip().removeprefix("$ ")
                if command.startswith("trimtab "):
                    found.append((page.relative_to(ROOT).as_posix(), command))
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A user's folder: prices and a book under the names that the documentation uses, and the examples."""
    home = tmp_path_factory.mktemp("user")
    prices = pl.read_parquet(sample.prices_path()).select(
        "date", pl.col("SPX").alias("SPY"), "AAPL", "MSFT", "WMT", "KO"
    )
    prices.tail(1300).write_csv(home / "prices.csv")
    (home / "book.csv").write_text("symbol,quantity\nAAPL,400\nMSFT,150\nUSD,20000\n")
    (home / "examples").symlink_to(ROOT / "examples")
    return home


def test_there_are_commands_to_run():
    """The search for examples finds them."""
    assert len(commands()) >= 6


@pytest.mark.parametrize(("page", "command"), commands())
def test_the_command_runs(folder, page, command):
    """It answers, with nothing but the answer's own exit code."""
    words = shlex.split(command)
    done = subprocess.run(
        [sys.executable, "-m", *words], capture_output=True, text=True, check=False, cwd=folder, timeout=300
    )
    assert done.returncode in ANSWERS, f"{page}: {command}\n{done.stderr}"
    assert done.stdout, page
