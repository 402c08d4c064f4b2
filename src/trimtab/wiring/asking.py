"""One road from a question to its answer: of files that are named, or of a workspace, which writes it down."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from trimtab.config.find import find_workspace
from trimtab.desk.questions.every import Question
from trimtab.desk.questions.fields import usual
from trimtab.desk.questions.source import Source
from trimtab.errors import InputError, UsageError
from trimtab.wiring.answers import Answer
from trimtab.wiring.settling import Inputs, open_inputs

__all__ = ["Told", "ask", "workspace_of"]

Q = TypeVar("Q", bound=Question)
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(Generic[R]):
    """An answer, under which number it was written down, and what was decided about the holdings."""

    answer: Answer[R]
    run: int | None = None
    notes: tuple[str, ...] = ()


def ask(question: Q, source: Source, answer: Callable[[Q, Inputs], Answer[R]]) -> Told[R]:
    """Ask files, or a workspace.

    Parameters
    ----------
    question
        What is asked.
    source
        Of what.
    answer
        Works it out, such as `trimtab.wiring.answers.answer_review`.

    Raises
    ------
    UsageError
        If neither files nor a workspace are there.
    """
    if source.of_files:
        settled = usual(question)
        inputs = open_inputs(_prices(source), source.holdings or "", settled.measuring, settled.instruments)
        return Told(answer=answer(settled, inputs))
    from trimtab.wiring.desk import Desk  # noqa: PLC0415 - files need no journal

    return Desk(workspace_of(source)).ask(question, answer, account=source.account, known=source.known)


def workspace_of(source: Source) -> Path:
    """Find the workspace that is meant.

    Raises
    ------
    UsageError
        If none was named and there is none above this folder.
    """
    folder = source.workspace
    try:
        return find_workspace(None if folder is None else Path(str(folder)))
    except InputError:
        if folder is not None:
            raise
        raise UsageError(
            expected="prices (--prices) and holdings (--holdings), or a workspace",
            found="no prices, and no workspace in this folder or above",
            try_next="give --prices, --holdings and --benchmark, or make a workspace with `trimtab init`",
        ) from None


def _prices(source: Source) -> str | list[str]:
    files = [str(file) for file in source.files]
    return files[0] if len(files) == 1 else files
