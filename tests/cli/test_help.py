"""Help: what it says is there, and nothing of it is cut."""

import re
from typing import Annotated

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

import trimtab.cli.app
from trimtab.cli.draw import Group
from trimtab.desk.questions.beta import BetaQuestion
from trimtab.desk.questions.groups.source import Source

APP = trimtab.cli.app.app
GROUPS = ("alerts", "attest", "config")


def helped(*words: str) -> str:
    """Show the help of a command on eighty columns."""
    done = CliRunner().invoke(APP, [*words, "--help"], env={"COLUMNS": "80"})
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("group", [(), *((name,) for name in GROUPS)])
def test_no_sentence_of_a_list_of_commands_is_cut(group):
    """On eighty columns each command's sentence stands whole, on one line."""
    lines = helped(*group).split("Commands:\n")[1].splitlines()
    assert len(lines) >= 3
    for line in lines:
        assert re.fullmatch(r"  [a-z-]+ +[A-Z].*[^.]\.", line), line
        assert len(line) <= 80


@pytest.mark.parametrize("name", [*trimtab.cli.app.app.places])
def test_an_example_calls_a_command_that_is_there(name):
    """The example in a command's help names a command of the program."""
    text = " ".join(helped(name).split())
    for called in re.findall(r"Example: trimtab ([a-z-]+)", text):
        assert called in APP.places
    assert "--help" in text
    assert "__" not in text.replace("__main__", "")


def test_a_command_of_files_alone_names_no_workspace():
    """Where no workspace can be asked, no default is said to be the workspace's."""

    def toy(question: BetaQuestion, source: Annotated[Source, ("prices",)]) -> None:
        """Ask files alone."""

    group = Group("toys", help="Toys.")
    group.draw(toy)
    done = CliRunner().invoke(group, ["toy", "--help"], env={"COLUMNS": "80"})
    text = " ".join(done.output.split())
    assert "workspace" not in text
    assert "may be given more than once. [needed]" in text


@pytest.mark.parametrize("name", ["beta", "league", "review"])
def test_a_command_that_may_ask_a_workspace_says_what_is_the_workspaces(name):
    """Its defaults are, and the folder can be named."""
    text = " ".join(helped(name).split())
    assert "[default: the workspace's]" in text
    assert "--workspace FOLDER" in text


def test_files_are_completed_where_they_stand_without_an_option():
    """`trimtab import` asks the shell for files."""
    offered = ShellComplete(APP, {}, "trimtab", "_TRIMTAB_COMPLETE").get_completions(["import"], "pri")
    assert [(item.value, item.type) for item in offered] == [("pri", "file")]


def test_usage_brackets_what_may_be_left_out_and_nothing_else():
    """`orders` goes without a number; `replay` and `import` do not go without theirs."""
    first = {name: helped(name).splitlines()[0] for name in ("orders", "replay", "import", "decide")}
    assert first["orders"] == "Usage: trimtab orders [OPTIONS] [NUMBER]"
    assert first["replay"] == "Usage: trimtab replay [OPTIONS] NUMBER"
    assert first["import"] == "Usage: trimtab import [OPTIONS] FILES..."
    assert first["decide"] == "Usage: trimtab decide [OPTIONS] NUMBER DECISION"
