"""The accounts of a workspace beside each other: each as its own review has it, the worst first."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from trimtab.cli.app import app
from trimtab.errors import InputError, UsageError
from trimtab.wiring.creating import create_workspace


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's account, a second whose band holds its beta, and a third that holds nothing yet."""
    folder = tmp_path_factory.mktemp("accounts") / "desk"
    create_workspace(folder, sample=True)
    toml = folder / "trimtab.toml"
    more = (
        '\n[mandates.wide]\nbenchmark = "main"\ntarget = 1.0\nband = 0.9\n'
        '\n[portfolios.calm]\nmandate = "wide"\n\n[portfolios.empty]\nmandate = "core"\n'
    )
    toml.write_text(toml.read_text() + more)
    book = folder / "calm.csv"
    book.write_text("symbol,quantity\nKO,500\nUSD,20000\n")
    done = CliRunner().invoke(
        app, ["import", str(book), "-w", str(folder), "-p", "calm", "--as-of", "2022-12-28", "--yes"]
    )
    assert done.exit_code == 0, done.output
    return folder


def asked(*words: str):
    return CliRunner().invoke(app, [*words], env={"COLUMNS": "80"})


def test_each_account_is_what_its_own_review_says(desk: Path) -> None:
    """To the last digit; the one without holdings is undecided and says why; nothing is written down."""
    before = asked("runs", "-w", str(desk)).stdout
    done = asked("review", "--all", "-w", str(desk), "-m", "ols", "--window", "252", "--json")
    assert done.exit_code == 3, done.output
    accounts = {one["account"]: one for one in json.loads(done.stdout)["accounts"]}
    assert list(accounts) == ["main", "empty", "calm"]
    assert [one["status"] for one in accounts.values()] == ["outside", "undecided", "inside"]
    assert accounts["empty"]["nav"] is accounts["empty"]["beta"] is None
    assert accounts["empty"]["flag"] == "not_reviewed"
    assert "empty" in accounts["empty"]["reason"] or "holdings" in accounts["empty"]["reason"]
    assert asked("runs", "-w", str(desk)).stdout == before
    for name in ("main", "calm"):
        own = json.loads(asked("review", "-w", str(desk), "-p", name, "-m", "ols", "--window", "252", "--json").stdout)
        one = accounts[name]
        assert (one["beta"], one["stderr"]) == (own["beta"]["value"], own["beta"]["stderr"])
        assert one["probability_inside"] == own["mandate"]["probability_inside"]


def test_some_accounts_by_name_fit_eighty_columns(desk: Path) -> None:
    """Those that are named, worst first; the exit code is of those alone."""
    done = asked("review", "--all", "-p", "calm,empty", "-w", str(desk), "-m", "ols", "--window", "252")
    assert done.exit_code == 4, done.output
    table = done.stdout.split("- empty")[0]
    assert max(map(len, table.splitlines())) <= 80
    assert table.index("empty") < table.index("calm")
    assert "main" not in table


def test_all_of_files_and_an_account_that_is_not_there_are_refused(desk: Path) -> None:
    """With what to do instead."""
    with pytest.raises(UsageError, match="fleet check"):
        CliRunner().invoke(
            app, ["review", "--all", "--prices", "p.csv", "--holdings", "1 A", "-b", "A"], catch_exceptions=False
        )
    with pytest.raises(InputError, match="main"):
        CliRunner().invoke(app, ["review", "--all", "-p", "maim", "-w", str(desk)], catch_exceptions=False)
