"""Runs are kept as they were given, and a replay says exactly what differs."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.desk.ask.drift import EVIDENCE
from trimtab.desk.books.changes import ALSO_BY, ANSWERS, CHANGES, Why, method_version
from trimtab.desk.books.journal import Fact
from trimtab.desk.books.runs import Run, compare_run, find_run, list_runs, record_run
from trimtab.errors import InputError
from trimtab.store.memory import MemoryJournal


def a_run(document: str = '{\n  "beta": 1.0\n}', **changed: object) -> Run:
    given = {
        "command": "review", "portfolio": "core", "as_of": "2022-12-28", "known": 3, "settings": {"window": 252},
        "inputs": {"prices": ["ab"]}, "made_with": {"numpy": "2.0"}, "document": document,
    }  # fmt: skip
    return Run(**{**given, **changed})  # type: ignore[arg-type]


def test_a_run_comes_back_as_it_was_written() -> None:
    """The document keeps its very characters, because replay compares bytes."""
    journal = MemoryJournal()
    text = '{\n  "b": 1.0,\n  "a": 0.1\n}'
    written = record_run(journal, a_run(text))
    found = find_run(journal, written.seq)
    assert found == written
    assert found.document == text


def test_only_runs_are_found() -> None:
    """Another entry's number, or none, is refused with what stands there."""
    journal = MemoryJournal()
    journal.append([Fact(kind="config", body={})])
    with pytest.raises(InputError, match="a config entry"):
        find_run(journal, 1)
    with pytest.raises(InputError, match="nothing"):
        find_run(journal, 7)


def test_runs_are_listed_newest_first_and_by_command() -> None:
    """The list is in the order a person looks for things."""
    journal = MemoryJournal()
    for command in ("review", "plan", "review"):
        record_run(journal, a_run(command=command))
    assert [r.seq for r in list_runs(journal)] == [3, 2, 1]
    assert [r.seq for r in list_runs(journal, command="review")] == [3, 1]
    assert [r.seq for r in list_runs(journal, limit=1)] == [3]
    assert list_runs(journal, portfolio="other") == ()


def test_the_same_answer_is_the_same() -> None:
    """Nothing differs between a run and itself."""
    replay = compare_run(a_run(), a_run())
    assert replay.same
    assert replay.count == 0


def test_another_version_is_told_though_the_answer_is_the_same() -> None:
    """Versions are named even where they made no difference."""
    replay = compare_run(a_run(), a_run(made_with={"numpy": "2.1"}))
    assert replay.same
    assert [(d.path, d.then, d.now) for d in replay.differences] == [("made_with.numpy", '"2.0"', '"2.1"')]


def test_a_number_written_otherwise_is_not_the_same() -> None:
    """The same value in other characters is a difference, and is called one."""
    replay = compare_run(a_run('{"a": 1.0}'), a_run('{"a":1.0}'))
    assert not replay.same
    assert replay.differences[0].now == "written otherwise"


_leaves = st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.floats(allow_nan=False), st.text(max_size=3))
_documents = st.recursive(
    _leaves, lambda c: st.lists(c, max_size=3) | st.dictionaries(st.text(max_size=2), c, max_size=3), max_leaves=8
)


@given(_documents, _documents)
def test_differences_are_found_if_and_only_if_there_are_any(then: object, now: object) -> None:
    """Two answers have a difference listed exactly when their texts differ."""
    replay = compare_run(a_run(json.dumps(then)), a_run(json.dumps(now)))
    assert replay.same == (json.dumps(then) == json.dumps(now))
    assert bool(replay.differences) == (not replay.same)


def test_each_difference_has_a_reason() -> None:
    """More keys, last digits, other versions and known changes are told apart; what nobody knows of is unexplained."""
    then = {"nav": 100.0, "beta": 1.25, "gap": None, "mandate": {"why": "a"}, "schema": "trimtab.review/1"}
    now = {
        "nav": 101.0, "beta": 1.25 * (1 + 1e-12), "gap": 0.5, "mandate": {"why": "b"}, "new": 1,
        "schema": "trimtab.review/2",
    }  # fmt: skip
    known = {"answers": str(ANSWERS)}  # made after every change that is known, so that none of them speaks
    replay = compare_run(
        a_run(json.dumps(then), made_with={"numpy": "2.0", **known}),
        a_run(json.dumps(now), made_with={"numpy": "2.1", **known}, inputs={"prices": ["cd"]}),
    )
    found = {d.path: d.why for d in replay.differences}
    assert found == {
        "result.nav": Why.UNEXPLAINED,
        "result.beta": Why.ROUNDING,
        "result.gap": Why.UNEXPLAINED,
        "result.mandate.why": Why.UNEXPLAINED,
        "result.new": Why.KEY_ADDED,
        "result.schema": Why.SCHEMA,
        "inputs.prices[0]": Why.INPUTS,
        "made_with.numpy": Why.VERSIONS,
    }
    assert not replay.explained
    assert dict(replay.reasons)[Why.UNEXPLAINED] == 3


def test_a_change_explains_only_runs_from_before_it() -> None:
    """A run that was made after a change is not excused by it."""
    pair = ('{"mandate": {"why": "a"}}', '{"mandate": {"why": "b"}}')
    known = {"answers": str(ANSWERS)}
    replay = compare_run(a_run(pair[0], made_with=known), a_run(pair[1], made_with=known))
    assert [d.why for d in replay.differences] == [Why.UNEXPLAINED]


def test_a_method_counts_its_versions() -> None:
    """A version goes up with each change that names the method, and other methods keep theirs."""
    for name in ("auto", "ols", "welch"):
        changed = sum(name in change.methods for change in CHANGES)
        assert method_version(name) == f"{name}/{1 + changed}"
    assert all((change.why is Why.METHOD) == bool(change.methods) for change in CHANGES)


def test_a_drift_answers_for_the_method_that_it_judges_by() -> None:
    """Whatever betas are measured with, whether they changed is judged by one method: its versions count."""
    assert ALSO_BY == {"drift": (EVIDENCE,)}
