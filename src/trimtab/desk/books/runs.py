"""Runs: what was asked, of which data, with which result, so that it can be asked again and compared byte by byte."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypedDict

from trimtab.beta.method import Estimator, parse_method
from trimtab.desk.books.changes import ABSENT, ANSWERS, Absent, Why, explain_difference, method_version
from trimtab.desk.books.journal import Entry, Fact, Journal
from trimtab.errors import InputError
from trimtab.model.json import Json, JsonObject

__all__ = [
    "Difference",
    "Replay",
    "Run",
    "compare_run",
    "decide",
    "digest",
    "find_run",
    "list_runs",
    "record_run",
    "versions_of",
]

_MOST_DIFFERENCES = 200
_DECISIONS = frozenset({"accepted", "rejected", "done"})


class _Kept(TypedDict):
    """A run as it is kept."""

    command: str
    known: int
    settings: JsonObject
    inputs: JsonObject
    made_with: Mapping[str, str]
    document: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One answer as it was given.

    Parameters
    ----------
    seq
        Its number in the journal; 0 before it is written down.
    recorded
        When it was written down, UTC; empty before.
    command
        "review", "plan", ...
    portfolio
        Whose.
    as_of
        The day asked about.
    known
        Number of the last journal entry it knew.
    settings
        Everything that decides the answer beside the data: mandate, method, window, rates, ...
    inputs
        What it was computed from: digests of price batches and files, numbers of holdings entries.
    made_with
        Versions of trimtab, Python and the libraries that compute; of the answers and of the method (`versions_of`).
    document
        The answer, JSON text exactly as it was given.
    """

    seq: int = 0
    recorded: str = ""
    command: str
    portfolio: str
    as_of: str
    known: int
    settings: JsonObject
    inputs: JsonObject
    made_with: Mapping[str, str]
    document: str

    @property
    def result(self) -> JsonObject:
        """The answer, parsed."""
        parsed: JsonObject = json.loads(self.document)
        return parsed

    @property
    def method(self) -> str:
        """The method by its parts, as the settings name it; empty if they name none."""
        measuring = self.settings.get("measuring", self.settings)
        named = measuring.get("method") if isinstance(measuring, Mapping) else None
        if not isinstance(named, str):
            return ""
        try:
            return parse_method(named).name
        except InputError:
            return named  # a method that this code does not have: its own name says which it was

    @property
    def answers(self) -> int:
        """How many changes of answers the code knew that made it; 0 before that was recorded."""
        return int(self.made_with.get("answers", 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One value that is not what it was.

    Parameters
    ----------
    path
        Where, such as ``result.positions[3].beta`` or ``made_with.numpy``.
    then, now
        As JSON text; "nothing" where there is none.
    why
        The reason, a code of `trimtab.desk.books.changes`.
    because
        The same in a sentence.
    """

    path: str
    then: str
    now: str
    why: Why = Why.UNEXPLAINED
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A run asked again.

    Parameters
    ----------
    run
        As it was.
    same
        Whether the answer is the same, byte for byte.
    differences
        What differs, the answer first, then inputs, then versions (at most 200).
    count
        How many differ in all.
    reasons
        How many of them for each reason, most first.
    """

    run: Run
    same: bool
    differences: tuple[Difference, ...]
    count: int
    reasons: tuple[tuple[Why, int], ...] = ()

    @property
    def explained(self) -> bool:
        """Whether every difference has a reason that is known."""
        return all(why is not Why.UNEXPLAINED for why, _ in self.reasons)


def digest(text: str) -> str:
    """Give the SHA-256 of a text in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def versions_of(method: str | Estimator) -> dict[str, str]:
    """Give what a run records beside the versions of programs: of the answers, and of the parts of its method.

    Examples
    --------
    >>> sorted(versions_of("yahoo"))
    ['answers', 'method']
    """
    return {"answers": str(ANSWERS), "method": method_version(parse_method(method).name)}


def record_run(journal: Journal, run: Run) -> Run:
    """Write a run down, and give it with its number.

    The body keeps the document as text, because two texts that parse alike may still differ.
    """
    body: _Kept = {
        "command": run.command,
        "known": run.known,
        "settings": dict(run.settings),
        "inputs": dict(run.inputs),
        "made_with": dict(run.made_with),
        "document": run.document,
        "digest": digest(run.document),
    }
    (entry,) = journal.append([Fact(kind="run", subject=run.portfolio, valid=run.as_of, body=body)])
    return _run_of(entry)


def find_run(journal: Journal, number: int) -> Run:
    """Give a run by its number.

    Raises
    ------
    InputError
        If that entry is not a run.
    """
    entries = journal.entries(after=number - 1, known=number)
    if not entries or entries[0].kind != "run":
        what = f"a {entries[0].kind} entry" if entries else "nothing"
        raise InputError(
            expected=f"a run under number {number}", found=what, try_next="list the runs with `trimtab runs`"
        )
    return _run_of(entries[0])


def list_runs(
    journal: Journal, *, portfolio: str | None = None, command: str | None = None, limit: int = 20
) -> tuple[Run, ...]:
    """Give the newest runs, newest first."""
    runs = (_run_of(e) for e in journal.entries("run", subject=portfolio, newest=True))
    kept = [r for r in runs if command is None or r.command == command]
    return tuple(kept[:limit])


def decide(journal: Journal, number: int, decision: str, *, by: str, note: str = "") -> int:
    """Write down what was decided about a plan, and give the number of the decision.

    Parameters
    ----------
    journal
        Where it is written down.
    number
        Of the plan's run.
    decision
        "accepted", "rejected" or "done".
    by, note
        Who, and why.

    Raises
    ------
    InputError
        If it is no decision, or no plan's run.
    """
    if decision not in _DECISIONS:
        raise InputError(
            expected="a decision: accepted, rejected or done", found=f"{decision!r}", try_next="choose one"
        )
    run = find_run(journal, number)
    if run.command not in {"plan", "ways"}:
        raise InputError(
            expected="the number of a plan", found=f"run {number} is a {run.command}",
            try_next="list plans with `trimtab runs --command plan`",
        )  # fmt: skip
    body = {"run": number, "decision": decision, "by": by, "note": note}
    (entry,) = journal.append([Fact(kind="decision", subject=run.portfolio, valid=run.as_of, body=body)])
    return entry.seq


def compare_run(run: Run, again: Run) -> Replay:
    """Lay a run beside the same question asked again; each difference has its reason."""
    same = run.document == again.document
    differences: list[Difference] = []
    if not same:
        differences += _differences("result", run.result, again.result)
        if not differences:
            differences.append(Difference(path="result", then="the same values", now="written otherwise"))
    differences += _differences("inputs", dict(run.inputs), dict(again.inputs))
    differences += _differences("made_with", dict(run.made_with), dict(again.made_with))
    differences = [_explained(difference, run) for difference in differences]
    counted = Counter(difference.why for difference in differences)
    return Replay(
        run=run,
        same=same,
        differences=tuple(differences[:_MOST_DIFFERENCES]),
        count=len(differences),
        reasons=tuple(counted.most_common()),
    )


def _explained(difference: Difference, run: Run) -> Difference:
    then, now = _read(difference.then), _read(difference.now)
    why, because = explain_difference(
        difference.path, then, now, command=run.command, method=run.method, since=run.answers
    )
    return replace(difference, why=why, because=because)


def _read(text: str) -> Json | Absent:
    """Read a value back; words that are no JSON stay words."""
    if text == ABSENT.value:
        return ABSENT
    try:
        value: Json = json.loads(text)
    except json.JSONDecodeError:
        return text
    return value


def _run_of(entry: Entry) -> Run:
    body = entry.read_as(_Kept)
    return Run(
        seq=entry.seq,
        recorded=entry.recorded,
        command=body["command"],
        portfolio=entry.subject,
        as_of=entry.valid or "",
        known=body["known"],
        settings=body["settings"],
        inputs=body["inputs"],
        made_with=body["made_with"],
        document=body["document"],
    )


def _differences(path: str, then: Json | Absent, now: Json | Absent) -> Iterator[Difference]:
    """Walk two parsed documents together, and give each leaf that differs."""
    if isinstance(then, dict) and isinstance(now, dict):
        for key in [*then, *(k for k in now if k not in then)]:
            yield from _differences(f"{path}.{key}", then.get(key, ABSENT), now.get(key, ABSENT))
    elif isinstance(then, list) and isinstance(now, list):
        for i in range(max(len(then), len(now))):
            yield from _differences(
                f"{path}[{i}]", then[i] if i < len(then) else ABSENT, now[i] if i < len(now) else ABSENT
            )
    elif then is ABSENT or now is ABSENT or type(then) is not type(now) or then != now:
        yield Difference(path=path, then=_text(then), now=_text(now))


def _text(value: Json | Absent) -> str:
    return ABSENT.value if value is ABSENT else json.dumps(value, ensure_ascii=False)
