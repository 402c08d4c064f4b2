"""Commands on a workspace: the answers, the same answers again, decisions, and mistakes with their way out."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from trimtab.cli.app import app
from trimtab.errors import InputError, TrimtabError, UsageError
from trimtab.wiring.creating import create_workspace
from trimtab.wiring.workspace import open_workspace


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make one sample workspace; what one test writes down, another may read."""
    place = tmp_path_factory.mktemp("desk") / "sample"
    create_workspace(place, sample=True)
    return place


@pytest.fixture(autouse=True)
def no_workspace(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Stand in a folder that is no workspace, and name none."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TRIMTAB_WORKSPACE", raising=False)


def run(*words: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, [str(w) for w in words])
    if isinstance(done.exception, TrimtabError):
        raise done.exception
    return done.exit_code, done.stdout, done.stderr


def test_review_and_its_replay(folder: Path) -> None:
    """A review prints its number; replaying that number says the same to the byte and exits 0."""
    code, out, _ = run("review", "-w", folder)
    assert code == 3
    number = int(out.partition("Written down as run ")[2].split(":")[0])
    code, out, _ = run("replay", number, "-w", folder)
    assert code == 0
    assert "the same to the byte" in out
    code, out, _ = run("replay", number, "-w", folder, "--json")
    assert json.loads(out)["same"] is True
    _, shown, _ = run("runs", "--show", number, "-w", folder)
    assert json.loads(shown)["schema"] == "trimtab.review/1"


def test_json_is_what_was_written_down(folder: Path) -> None:
    """What --json prints is the document that the journal keeps, character for character."""
    _, out, _ = run("plan", "-w", folder, "--json")
    newest = json.loads(run("runs", "-w", folder, "--json", "--limit", 1)[1])["runs"][0]
    assert newest["command"] == "plan"
    assert run("runs", "--show", newest["run"], "-w", folder)[1] == out


@pytest.mark.parametrize(
    "words",
    [
        ("stress", "stress", "--shock", "drop:benchmark=-0.15"),
        ("risk", "risk", "--role", "growth"),
        ("plan", "plan", "--neutral"),
        ("ways", "plan", "--ways", "futures,reallocate,collar", "--option-vol", "0.22", "--max-weight", "0.2"),
        ("targets", "plan", "--also-target", "MTUM=0.3:0.2", "--hedge", "ES,MES"),
    ],
    ids=lambda words: words[0],
)
def test_other_answers_are_the_same_again(folder: Path, words: tuple[str, ...]) -> None:
    """Stress, risk, plans with other targets and ways side by side go through the journal and come back the same."""
    run(*words[1:], "-w", folder)
    newest = json.loads(run("runs", "-w", folder, "--json", "--limit", 1)[1])["runs"][0]
    assert newest["command"] == words[0]
    assert run("replay", newest["run"], "-w", folder)[0] == 0


def test_the_environment_names_the_workspace(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """TRIMTAB_WORKSPACE, or standing anywhere inside the folder, does without -w."""
    monkeypatch.setenv("TRIMTAB_WORKSPACE", str(folder))
    assert "AAPL" in run("holdings")[1]
    monkeypatch.delenv("TRIMTAB_WORKSPACE")
    monkeypatch.chdir(folder / "data")
    found = json.loads(run("holdings", "--json")[1])
    assert found["portfolio"] == "main"
    assert found["positions"][0] == {"asset": "AAPL", "quantity": "8000"}


def test_the_mandate_of_the_workspace_can_be_overruled_for_one_answer(folder: Path) -> None:
    """An option on the command line wins for this answer, and the settings stay as they are."""
    code, out, _ = run("review", "-w", folder, "--target", 1.25, "--json")
    assert code == 0
    assert json.loads(out)["mandate"]["target"] == 1.25
    assert open_workspace(folder).config.mandate().target == 1.0


def test_decide_writes_down_who_decided_what(folder: Path) -> None:
    """A decision is an entry of the journal with its plan's number."""
    run("plan", "-w", folder)
    plan = json.loads(run("runs", "-w", folder, "--json", "--command", "plan", "--limit", 1)[1])["runs"][0]["run"]
    code, out, _ = run("decide", plan, "rejected", "--by", "committee", "--note", "too dear", "-w", folder)
    assert code == 0
    assert f"plan {plan} rejected" in out
    entry = open_workspace(folder).journal.entries("decision", newest=True)[0]
    assert entry.body == {"run": plan, "decision": "rejected", "by": "committee", "note": "too dear"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("review",), "trimtab init"),
        (("review", "--prices", "p.csv"), "holdings (--holdings)"),
        (("review", "--holdings", "1 A"), "prices (--prices)"),
        (("review", "--prices", "p.csv", "--holdings", "1 A"), "benchmark (--benchmark)"),
        (("performance",), "trimtab init"),
    ],
)
def test_what_is_missing_is_a_usage_error(words: tuple[str, ...], said: str) -> None:
    """Neither files nor a workspace, or half of what files need, exits 2 and says what to give."""
    with pytest.raises(UsageError) as told:
        run(*words)
    assert told.value.exit_code == 2
    assert said in str(told.value)


def test_mistakes_name_their_way_out(folder: Path) -> None:
    """A portfolio, a run, a workspace or a base currency that is not there is said with what to do."""
    with pytest.raises(InputError, match="a portfolio of"):
        run("review", "-w", folder, "-p", "other")
    with pytest.raises(InputError, match="trimtab runs"):
        run("replay", 99999, "-w", folder)
    with pytest.raises(InputError, match="trimtab init"):
        run("review", "-w", "nowhere")
    with pytest.raises(InputError, match=r"portfolios\.NAME"):
        run("review", "-w", folder, "--base", "EUR")
