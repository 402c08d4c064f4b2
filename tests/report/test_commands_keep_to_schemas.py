"""What the commands print with --json keeps to the published schema, from a workspace that is made, used and copied."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from report_answers import answer

from trimtab.cli.app import app
from trimtab.config.mistakes import Mistake
from trimtab.config.origin import Origin
from trimtab.config.show import check_document
from trimtab.report.documents.alerts import alert_document
from trimtab.report.documents.catalogue import document_schema
from trimtab.report.shape.write import plain
from trimtab.wiring.creating import create_workspace


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make one workspace of the bundled sample."""
    folder = tmp_path_factory.mktemp("schemas") / "desk"
    create_workspace(folder, sample=True)
    return folder


def keeps_to_its_schema(text: str) -> str:
    """Hold a document to its schema, with no key beside those it names; give the schema's name."""
    document = json.loads(text)
    shut = Draft202012Validator(document_schema(document["schema"], closed=True))
    assert [f"{e.json_path}: {e.message}" for e in shut.iter_errors(document)] == []
    return str(document["schema"])


def test_a_day_at_a_desk(desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made, set, reviewed, planned, asked again, copied, brought back: each document is what its schema says."""
    monkeypatch.chdir(tmp_path)
    copy, again = tmp_path / "copy.tar.gz", tmp_path / "again"
    said = [
        ("init", tmp_path / "new", "--benchmark", "SPX"), ("config", "show", "-w", desk),
        ("config", "check", "-w", desk),
        ("review", "-w", desk), ("plan", "-w", desk), ("holdings", "-w", desk), ("runs", "-w", desk), ("doctor",),
        ("alerts", "-w", desk), ("alerts", "check", "-w", desk), ("alerts", "history", "-w", desk),
        ("journal", "-w", desk), ("verify", "-w", desk), ("backup", copy, "-w", desk), ("restore", copy, again),
    ]  # fmt: skip
    seen = set()
    for words in said:
        done = CliRunner().invoke(app, [*(str(w) for w in words), "--json"])
        assert done.stdout, (words, done.exception)
        seen.add(keeps_to_its_schema(done.stdout))
    assert len(seen) == len(said)


def test_a_mistake_in_the_settings(tmp_path: Path) -> None:
    """What config check says of a mistake keeps to its schema."""
    mistake = Mistake(path="desk.base", origin=Origin(), expected="a currency", found="'US'", try_next="write USD")
    assert keeps_to_its_schema(json.dumps(check_document(tmp_path, (mistake,)))) == "trimtab.config-check/1"


def test_what_a_web_address_is_sent() -> None:
    """A message as a channel posts it is, key by key in order, the document of its schema."""
    (message,) = answer("trimtab.alert/1").words
    posted = {"schema": "trimtab.alert/1", **message.to_json()}
    assert json.dumps(posted) == json.dumps(plain(alert_document(message)))
    keeps_to_its_schema(json.dumps(posted))
