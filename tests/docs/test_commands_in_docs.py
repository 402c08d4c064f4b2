"""Every command line in the README and the documentation runs as it stands, page by page in its order."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from trimtab import sample
from trimtab.cli.app import app

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "examples/mixed/README.md",
    ROOT / "examples/ledger/README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
#: Inside or outside a mandate, undecided and infeasible are answers; anything else is a broken example.
ANSWERS = {0, 3, 4, 5}


TRADES = (
    "date,symbol,quantity,price,fee\n2022-03-15,AAPL,-50,150.1,5\n2022-06-21,USD,10000,,\n2022-09-12,KO,300,56.4,5\n"
)


def commands(page: Path) -> list[str]:
    found = []
    for block in re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            command = line.partition("#")[0].strip().removeprefix("$ ")
            if command.startswith("trimtab "):
                found.append(command)
    return found


@pytest.fixture
def folder(tmp_path) -> Path:
    """A user's folder: prices, a book and trades under the names that the documentation uses, and the examples."""
    prices = pl.read_parquet(sample.prices_path()).select(
        "date", pl.col("SPX").alias("SPY"), "AAPL", "MSFT", "WMT", "KO"
    )
    prices.tail(1300).write_csv(tmp_path / "prices.csv")
    (tmp_path / "book.csv").write_text("symbol,quantity\nAAPL,400\nMSFT,150\nUSD,20000\n")
    held = {"account": ["K1", "K1", "K2"], "symbol": ["AAPL", "USD", "KO"], "quantity": [400.0, 5e4, 9e3]}
    pl.DataFrame(held).write_parquet(tmp_path / "positions.parquet")
    (tmp_path / "mandates.csv").write_text("account,benchmark,target,band\nK1,SPY,0.7,0.1\nK2,SPY,1.0,0.1\n")
    (tmp_path / "trades.csv").write_text(TRADES)
    (tmp_path / "flows.csv").write_text("date,amount,kind\n2022-06-21,5,deposit\n")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    return tmp_path


WITH_COMMANDS = [page for page in PAGES if commands(page)]


def test_there_are_commands_to_run():
    """The search for examples finds them."""
    assert sum(len(commands(page)) for page in WITH_COMMANDS) >= 20


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_commands_of_a_page_run(folder, page, monkeypatch):
    """Each answers, with nothing but the answer's own exit code; the next finds what it left."""
    monkeypatch.chdir(folder)
    for number, command in enumerate(commands(page)):
        alone = number == 0  # a start of its own for one command of a page: the others would spend most of theirs on it
        code, told, wrong = (in_a_process if alone else in_this_process)(shlex.split(command))
        assert code in ANSWERS, f"{command}\n{wrong}"
        assert told, command


def in_a_process(words: list[str]) -> tuple[int, str, str]:
    """Run a command as a user does."""
    done = subprocess.run(
        [sys.executable, "-m", *words], capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def in_this_process(words: list[str]) -> tuple[int, str, str]:
    """Run a command without a start of its own."""
    done = CliRunner().invoke(app, words[1:], prog_name="trimtab")
    return done.exit_code, done.stdout, f"{done.stderr}\n{done.exception!r}"
