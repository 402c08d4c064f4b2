"""The pages on rolling and on orders show, line for line, what the commands print on the bundled sample."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from trimtab import sample
from trimtab.cli.app import app

DOCS = Path(__file__).parents[2] / "docs"
#: A client order id: its signs are of the plan to the last digit, which differs between processors.
_ID = re.compile(r"\b41-1-[0-9a-f]{6}\b")


def _blocks(page: str) -> list[str]:
    return [part.partition("```")[0] for part in (DOCS / page).read_text(encoding="utf-8").split("```text\n")[1:]]


def _run(*words: object, columns: int = 100) -> str:
    done = CliRunner().invoke(app, [str(w) for w in words], env={"COLUMNS": str(columns)})
    assert done.exit_code in {0, 3}, done.output
    return str(done.stdout)


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


def test_the_page_on_rolling_shows_what_the_command_prints():
    """Order, financing, rich or cheap, and cost of the sample's roll."""
    answer = _run(
        "roll", "--prices", sample.prices_path(), "--prices", sample.futures_path(), "--holdings",
        sample.portfolio_path(), "--benchmark", "SPX", "--risk-free", "0.043", "--hedge-price", "ESM3=3829",
        "--spread-ticks", "0.1",
    )  # fmt: skip
    assert _lines(answer) == _lines(_blocks("roll.md")[1])


def test_the_page_on_orders_shows_what_the_commands_print(tmp_path, monkeypatch):
    """A plan leaves as orders, two of its executions come back, and the table says what is left and what it cost."""
    monkeypatch.chdir(tmp_path)
    _run("init", "desk", "--sample")
    planned = _run("plan", "-w", "desk", "--hedge", "ES")
    assert "Written down as run 41: trimtab replay 41 asks it again." in planned
    _run(
        "orders", "41", "-w", "desk", "--csv", "orders.csv", "--fix", "orders.fix", "--strategy", "overlay",
        "--broker-account", "U12", "--arrival-price", "ESH3=3806", "--sent-at", "2022-12-29T20:00:00Z",
    )  # fmt: skip
    (name,) = set(_ID.findall(Path("orders.csv").read_text(encoding="utf-8")))
    session, fills, *_ = _blocks("orders.md")
    Path("fills.csv").write_text(_ID.sub(name, fills), encoding="utf-8")
    _run("import", "fills.csv", "-w", "desk", "--yes")
    shown = session.partition("$ trimtab orders -w desk\n")[2]
    assert _lines(_run("orders", "-w", "desk", columns=96)) == _lines(_ID.sub(name, shown))


@pytest.mark.parametrize("page", ["roll.md", "orders.md"])
def test_the_pages_have_their_blocks(page):
    """A page that lost what is compared here would pass unseen."""
    assert len(_blocks(page)) >= 2
