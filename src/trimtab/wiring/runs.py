"""A workspace asked: an answer worked out from what is or was known, written down, and asked again."""

import datetime as dt
import platform
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from trimtab.config.show import config_document
from trimtab.desk.answers.inputs import Inputs
from trimtab.desk.answers.known import AsKnown, as_known, number_known, on_day
from trimtab.desk.books.journal import Fact
from trimtab.desk.books.runs import Replay, Run, compare_run, digest, find_run, record_run, versions_of
from trimtab.desk.questions.every import QUESTIONS, Question, read_question, write_question
from trimtab.desk.questions.fields import filled, usual, with_files
from trimtab.desk.questions.groups.files import KeptFile
from trimtab.errors import InputError, TrimtabError
from trimtab.model.json import Json
from trimtab.progress import step
from trimtab.report import documents
from trimtab.version import VERSION
from trimtab.wiring.answers import Answer, Told
from trimtab.wiring.answers import answer as answer_any
from trimtab.wiring.standing import standing_of, with_named_blend
from trimtab.wiring.workspace import Workspace

if TYPE_CHECKING:
    from trimtab.beta.method import Estimator
    from trimtab.wiring.answers import Result

__all__ = ["ask_workspace", "asked_again", "at", "replay", "settled"]

Q = TypeVar("Q", bound=Question)
R = TypeVar("R")
_COMPUTING = ("numpy", "numba", "polars", "scipy")


def ask_workspace(
    workspace: Workspace,
    question: Q,
    answer: Callable[[Q, Inputs], Answer[R]],
    *,
    account: str | None = None,
    known: int | str | dt.datetime | None = None,
    record: bool = True,
) -> Told[R]:
    """Answer a question from what a workspace knows or knew, and write the answer down.

    Parameters
    ----------
    workspace
        Which.
    question
        What is asked; what it leaves open is as the settings say.
    answer
        Works it out, such as `trimtab.wiring.answers.answer_review`.
    account
        Its name in the settings; None takes the default.
    known
        What was known when: a journal number or a UTC time; None takes everything.
    record
        False leaves the journal as it is.
    """
    name = workspace.config.portfolio_name(account)
    kept = _kept(workspace, name, question)
    with _files_by_their_names(workspace, kept):
        there = _there(workspace, name, kept, number_known(workspace.journal, known))
        made = answer(on_day(_opened(workspace, kept), there.as_of), there.inputs)
    run = _record(workspace, on_day(kept, there.as_of), there, made.text) if record else None
    return Told(answer=made, run=None if run is None else run.seq, notes=tuple(there.held.notes))


def at(
    workspace: Workspace,
    question: Question,
    *,
    account: str | None = None,
    known: int | str | dt.datetime | None = None,
) -> AsKnown:
    """Give what a question would be answered from: prices, book and rates as known, opened.

    Parameters
    ----------
    workspace, question, account, known
        As in `ask_workspace`.
    """
    name = workspace.config.portfolio_name(account)
    kept = _kept(workspace, name, question)
    with _files_by_their_names(workspace, kept):
        return _there(workspace, name, kept, number_known(workspace.journal, known))


def settled(workspace: Workspace, question: Q, *, account: str | None = None) -> Q:
    """Give a question with everything decided, its files as paths: as it is answered."""
    return _opened(workspace, _kept(workspace, workspace.config.portfolio_name(account), question))


def asked_again(workspace: Workspace, run: Run) -> tuple["Answer[Result]", Mapping[str, Json]]:
    """Ask a run's question again, of what was known then, and give the answer and what it comes from.

    Parameters
    ----------
    workspace, run
        Which.

    Raises
    ------
    InputError
        If it is a kind that cannot be asked again.
    """
    if run.command not in QUESTIONS:
        raise InputError(
            expected=f"a run of {' or '.join(QUESTIONS)}",
            found=f"run {run.seq} is a {run.command}",
            try_next="its answer as it was given is in the journal: trimtab runs --show " + str(run.seq),
        )
    question = on_day(read_question(run.settings, of=run.command), run.as_of)
    there = _there(workspace, run.portfolio, question, run.known)
    return answer_any(_opened(workspace, question), there.inputs), there.origins


@step("asking the run again")
def replay(workspace: Workspace, number: int) -> Replay:
    """Ask a run's question again, of what was known then, with the settings of then, and compare.

    Parameters
    ----------
    workspace
        Which.
    number
        Of the run in the journal.

    Raises
    ------
    InputError
        If it is no run, or a kind that cannot be asked again.
    """
    run = find_run(workspace.journal, number)
    made, origins = asked_again(workspace, run)
    question = read_question(run.settings, of=run.command)
    again = Run(
        command=run.command, portfolio=run.portfolio, as_of=run.as_of, known=run.known, settings=run.settings,
        inputs=origins, made_with=_made_with(question.measuring.method or "default"), document=made.text,
    )  # fmt: skip
    return compare_run(run, again)


def _kept(workspace: Workspace, name: str, question: Q) -> Q:
    """Decide everything. Files are kept first, and answers made from the kept copies: what a replay will read."""
    question = with_named_blend(workspace.config, question)
    decided = usual(filled(question, standing_of(workspace.config, name, question)))
    return with_files(decided, partial(_keep, workspace))


def _opened(workspace: Workspace, question: Q) -> Q:
    return with_files(question, partial(_open, workspace))


def _keep(workspace: Workspace, file: str | KeptFile) -> KeptFile:
    """Keep a copy of a file that an answer depends on."""
    if isinstance(file, KeptFile):
        return file
    path = Path(file)
    return KeptFile(file=workspace.inputs.keep(path), name=path.name)


def _open(workspace: Workspace, file: str | KeptFile) -> str:
    """Give the path of a kept copy."""
    return str(workspace.inputs.find(file.file)) if isinstance(file, KeptFile) else file


@contextmanager
def _files_by_their_names(workspace: Workspace, kept: Question) -> Iterator[None]:
    """Let an error call a kept copy as the file was called that somebody gave: its digest tells nobody which it is."""
    try:
        yield
    except TrimtabError as error:
        names: dict[str, str] = {}

        def note(file: str | KeptFile) -> str | KeptFile:
            if isinstance(file, KeptFile):
                names.update({str(workspace.inputs.folder / file.file): file.name, file.file: file.name})
            return file

        with_files(kept, note)
        error.call(names)
        raise


def _there(workspace: Workspace, name: str, kept: Question, number: int) -> AsKnown:
    return as_known(workspace, name, _opened(workspace, kept), number, base=workspace.config.base(name))


def _record(workspace: Workspace, question: Question, there: AsKnown, document: str) -> Run:
    """Write an answer down with all it came from, and the settings file if that has changed."""
    run = Run(
        command=question.ask, portfolio=there.account, as_of=there.as_of, known=there.known,
        settings=write_question(question), inputs=there.origins,
        made_with=_made_with(question.measuring.method or "default"), document=document,
    )  # fmt: skip
    with workspace.journal.writing():
        _record_config(workspace)
        return record_run(workspace.journal, run)


def _record_config(workspace: Workspace) -> None:
    """Write the settings down where they are not what the journal has last; secrets are masked in them."""
    document = config_document(workspace.config)
    name = digest(documents.dumps(document))
    last = workspace.journal.entries("config", newest=True, limit=1)
    if not last or last[0].body["digest"] != name:
        workspace.journal.append([Fact(kind="config", body={**document, "digest": name})])


def _made_with(method: "str | Estimator") -> dict[str, str]:
    programs = {"trimtab": VERSION, "python": platform.python_version(), "machine": platform.machine()}
    return programs | {name: metadata.version(name) for name in _COMPUTING} | versions_of(method)
