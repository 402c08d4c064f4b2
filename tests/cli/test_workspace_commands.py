"""init, config show and config check: tables, JSON with the promised keys, errors in three parts."""

import json
import sys
from types import ModuleType

import pytest
from click.testing import CliRunner

from trimtab.cli.app import app
from trimtab.config.read import read_config
from trimtab.config.template import init_workspace
from trimtab.errors import InputError, TrimtabError

SETTINGS = """\
[workspace]
name = "Desk [one]"

[estimation]
window = 504

[alerts.channels.mail]
kind = "email"
recipients = ["a@example.org", "b@example.org"]
sender = "c@example.org"
host = "mail.example.org"
username = "ann"
password = "hunter2"
"""


def run(*args: object) -> tuple[int, str, TrimtabError | None]:
    """Run a command; give exit code, output, and the error that `main` would print."""
    done = CliRunner().invoke(app, [str(a) for a in args])
    error = done.exception if isinstance(done.exception, TrimtabError) else None
    if done.exception is not None and error is None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return (error.exit_code if error else done.exit_code), done.stdout, error


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A workspace's folder, and no variables that name another."""
    monkeypatch.delenv("TRIMTAB_WORKSPACE", raising=False)
    (tmp_path / "trimtab.toml").write_text(SETTINGS)
    return tmp_path


@pytest.fixture
def wiring(monkeypatch):
    """Wiring that makes the settings and records what it was asked for; the real one adds the journal to them."""
    asked = []

    def create_workspace(folder, **terms):
        asked.append(terms)
        init_workspace(folder, **terms)

    module = ModuleType("trimtab.wiring.creating")
    module.create_workspace = create_workspace
    monkeypatch.setitem(sys.modules, "trimtab.wiring.creating", module)
    return asked


def test_init_says_where_and_what_next(tmp_path, wiring):
    """It passes on what was asked for, names the folder and the next command, and what it made has no mistakes."""
    code, out, _ = run("init", tmp_path / "desk", "--benchmark", "SPY", "--base", "EUR")
    assert code == 0
    assert wiring == [{"sample": False, "benchmark": "SPY", "base": "EUR"}]
    assert str(tmp_path / "desk") in out
    assert f"trimtab config show --origin -w {tmp_path / 'desk'}" in out
    code, out, _ = run("config", "check", "-w", tmp_path / "desk")
    assert (code, out) == (0, f"{tmp_path / 'desk/trimtab.toml'}: no mistakes\n")


def test_init_sets_target_and_band(tmp_path, wiring):
    """Both stand in the mandate of the new workspace, and nothing else differs from one without them."""
    code, _, err = run("init", tmp_path / "desk", "--benchmark", "SPY", "--target", "0.5", "--band", "0.02")
    assert (code, err) == (0, None)
    mandate = read_config(tmp_path / "desk").mandates["core"]
    assert (mandate.target, mandate.band) == (0.5, 0.02)


def test_init_json(tmp_path, wiring):
    """trimtab.init/1 names the workspace; without a benchmark none is set."""
    _, out, _ = run("init", tmp_path / "desk", "--json")
    assert json.loads(out) == {"schema": "trimtab.init/1", "workspace": str(tmp_path / "desk"), "sample": False}
    assert wiring == [{"sample": False, "benchmark": None, "base": "USD"}]


def test_init_leaves_a_workspace_alone(desk, wiring):
    """A second init is an error that says what is there."""
    code, _, error = run("init", desk)
    assert code == 1
    assert "which is left as it is" in error.found
    assert wiring


def test_show_is_aligned_and_keeps_brackets(desk):
    """Every value starts in the same column, and texts in brackets are shown as they are."""
    code, out, _ = run("config", "show", "-w", desk)
    rows = [line for line in out.splitlines() if line.startswith("  ") and line.strip()]
    assert code == 0
    assert out.startswith("Desk [one]: ")
    columns = {len(line) - len(line[2:].partition(" ")[2].lstrip()) for line in (row.rstrip() for row in rows)}
    assert len(columns) == 1
    assert "[estimation]" in out
    assert "trimtab.toml:5" not in out


def test_show_origin_says_where_each_setting_comes_from(desk, monkeypatch):
    """Default, file with line, and variable stand beside the values."""
    monkeypatch.setenv("TRIMTAB_ESTIMATION_METHOD", "ols")
    _, out, _ = run("config", "show", "--origin", "-w", desk)
    words = [line.split() for line in out.splitlines()]
    assert ["window", "504", "trimtab.toml:5"] in words
    assert ["method", "ols", "TRIMTAB_ESTIMATION_METHOD"] in words
    assert ["half_life", "-", "default"] in words


def test_show_hides_secrets(desk):
    """Neither table nor JSON holds the password."""
    for form in ([], ["--json"], ["--origin"]):
        _, out, _ = run("config", "show", "-w", desk, *form)
        assert "hunter2" not in out
        assert "(hidden)" in out


def test_show_json_has_the_promised_keys(desk):
    """trimtab.config/1: path, value and origin of each setting."""
    _, out, _ = run("config", "show", "-w", desk, "--json")
    document = json.loads(out)
    assert set(document) == {"schema", "workspace", "file", "settings"}
    assert document["schema"] == "trimtab.config/1"
    values = {s["path"]: (s["value"], s["origin"]["kind"]) for s in document["settings"]}
    assert values["estimation.window"] == (504, "file")
    assert values["watch.poll"] == ("5s", "default")
    assert values["alerts.channels.mail.recipients"] == (["a@example.org", "b@example.org"], "file")


def test_the_workspace_is_found_from_inside_and_by_variable(desk, tmp_path, monkeypatch):
    """Without --workspace the nearest folder above counts, or the one that TRIMTAB_WORKSPACE names."""
    (desk / "deep").mkdir()
    monkeypatch.chdir(desk / "deep")
    assert run("config", "check")[1] == f"{desk / 'trimtab.toml'}: no mistakes\n"
    monkeypatch.chdir("/")
    monkeypatch.setenv("TRIMTAB_WORKSPACE", str(tmp_path))
    assert run("config", "check")[0] == 0


def test_check_tells_every_mistake_with_its_line(desk):
    """Exit code 1, each mistake with file and line; in JSON as a list."""
    (desk / "trimtab.toml").write_text(SETTINGS.replace("window", "windw").replace('"email"', '"mail"'))
    code, _, error = run("config", "check", "-w", desk)
    assert code == 1
    assert isinstance(error, InputError)
    assert f"{desk / 'trimtab.toml'}:5: estimation.windw" in error.found
    assert f"{desk / 'trimtab.toml'}:8: alerts.channels.mail.kind" in error.found
    code, out, _ = run("config", "check", "-w", desk, "--json")
    document = json.loads(out)
    assert code == 1
    assert document["schema"] == "trimtab.config-check/1"
    assert [(m["path"], m["origin"]["line"]) for m in document["mistakes"]] == [
        ("estimation.windw", 5),
        ("alerts.channels.mail.kind", 8),
    ]
    assert document["mistakes"][0]["try_next"] == "did you mean window?"
    assert run("config", "show", "-w", desk)[0] == 1


@pytest.mark.parametrize("command", [["init"], ["config", "show"], ["config", "check"]])
def test_help_ends_with_an_example(command):
    """Each command's help has one example, and it is the last thing said of the command."""
    _, out, _ = run(*command, "--help")
    assert out.count("Example: trimtab") == 1
