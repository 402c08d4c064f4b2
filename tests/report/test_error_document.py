"""An error as a document on standard output, where a program asked for JSON."""

import json
import sys

import pytest
from jsonschema import Draft202012Validator

from trimtab.cli import main
from trimtab.errors import InputError
from trimtab.report.documents.catalogue import document_schema
from trimtab.report.documents.error import error_document

WORDS = ("review", "--prices", "nowhere.csv", "--holdings", "100 A", "--benchmark", "M")


def told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Run the command line; give its exit code and what it wrote."""
    monkeypatch.setattr(sys, "argv", ["trimtab", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def test_a_program_reads_the_error_from_standard_output(tmp_path, monkeypatch, capsys):
    """With --json the three parts, kind and exit code are one document; a person's words stay on standard error."""
    monkeypatch.chdir(tmp_path)
    code, out, err = told(monkeypatch, capsys, *WORDS, "--json")
    document = json.loads(out)
    Draft202012Validator(document_schema("trimtab.error/1", closed=True)).validate(document)
    assert document["exit_code"] == code == 74
    assert "nowhere.csv" in document["expected"] + document["found"]
    for part in ("expected", "found", "try_next"):
        assert document[part] in err


def test_a_person_reads_it_from_standard_error(tmp_path, monkeypatch, capsys):
    """Without --json nothing is on standard output."""
    monkeypatch.chdir(tmp_path)
    code, out, err = told(monkeypatch, capsys, *WORDS)
    assert (code, out) == (74, "")
    assert "Try: " in err


@pytest.mark.parametrize("words", [("review", "--nope"), ("nosuch",), ("review",)])
def test_words_that_cannot_be_understood_are_an_error_too(tmp_path, monkeypatch, capsys, words):
    """An option or command that there is not, or one that is missing, gives the same document with exit code 2."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TRIMTAB_WORKSPACE", raising=False)
    code, out, _ = told(monkeypatch, capsys, *words, "--json")
    document = json.loads(out)
    assert (code, document["exit_code"], document["kind"]) == (2, 2, "UsageError")
    assert document["try_next"]


def test_an_answer_keeps_its_exit_code(tmp_path, monkeypatch, capsys):
    """A command that answers prints its own document, and ends as it does without --json."""
    monkeypatch.chdir(tmp_path)
    code, out, _ = told(monkeypatch, capsys, "doctor", "--json")
    assert (code, json.loads(out)["schema"]) == (0, "trimtab.doctor/1")


def test_each_kind_of_error():
    """An error of ours has its parts, a file that cannot be read names it, a defect is not passed off as an answer."""
    ours = error_document(InputError(expected="a day", found="noon", try_next="write 2026-01-05"))
    assert (ours.kind, ours.exit_code, ours.found, ours.file) == ("InputError", 1, "noon", None)
    full = error_document(OSError(28, "No space left on device", "/desk/journal"))
    assert (full.kind, full.exit_code, full.file) == ("OSError", 74, "/desk/journal")
    with pytest.raises(TypeError, match="ZeroDivisionError"):
        error_document(ZeroDivisionError())


@pytest.mark.parametrize(
    ("words", "found", "to_try"),
    [
        (("frobnicate",), "frobnicate", "trimtab --help"),
        (("beta", "--baes"), "--baes", "--base"),
        (("beta", "--prices"), "requires an argument", "trimtab beta --help"),
        (("alerts", "frob"), "frob", "trimtab alerts --help"),
        (("decide", "1", "done", "4"), "4", "trimtab decide --help"),
    ],
)
def test_a_person_reads_three_parts_where_words_are_not_understood(monkeypatch, capsys, words, found, to_try):
    """An option or a command that there is not is told like every other error, and names the command to ask."""
    code, out, err = told(monkeypatch, capsys, *words)
    assert (code, out) == (2, "")
    first, expected, said, advice = err.splitlines()
    assert first == "trimtab: UsageError"
    assert expected.startswith("Expected: words that trimtab")
    assert found in said
    assert advice.startswith("Try: ")
    assert to_try in advice


def test_no_words_at_all_show_the_help(monkeypatch, capsys):
    """The program alone lists its commands, and is no success (exit code 2)."""
    code, out, err = told(monkeypatch, capsys)
    assert code == 2
    assert "Commands:" in out + err
    assert "Error" not in out + err
