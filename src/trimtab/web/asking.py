"""A question asked by address: answered as the command line answers it, or refused with its reason."""

import hashlib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from threading import BoundedSemaphore
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

from trimtab.desk.questions.every import QUESTIONS, Question, read_record
from trimtab.errors import DefectError, TrimtabError, UsageError
from trimtab.report.documents.error import error_document
from trimtab.report.shape.write import Document, dumps
from trimtab.wiring.answers import answer
from trimtab.wiring.runs import ask_workspace
from trimtab.wiring.workspace import open_workspace

__all__ = ["Asked", "Asker", "needs_of", "pages_of", "status_of", "which_of"]

#: HTTP status by exit code; what is in no row is the server's own fault.
_STATUS: Final = MappingProxyType({1: 422, 2: 400, 4: 422, 5: 422, 69: 503, 74: 503})
_JOBS: Final = 2
_WHICH: Final = ("account", "known")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An answer and what it was answered from.

    Parameters
    ----------
    document
        The answer.
    text
        The same as the command line writes it with --json.
    journal
        Last number of the journal when it was asked.
    result
        What the document was made of.
    notes
        What was decided about the holdings.
    which
        What links to other pages carry on: the account and the moment that were named, as the end of an address.
    """

    document: Document
    result: object
    notes: tuple[str, ...]
    text: str
    journal: int
    which: str = ""

    @property
    def etag(self) -> str:
        """Changes when a byte of the answer does."""
        return f'"{hashlib.sha256(self.text.encode()).hexdigest()[:32]}"'


class Asker:
    """Asks one workspace, a few questions at a time.

    Parameters
    ----------
    folder
        Of the workspace.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._jobs = BoundedSemaphore(_JOBS)

    def free(self) -> bool:
        """Take a place for a question, if there is one; `done` gives it back."""
        return self._jobs.acquire(blocking=False)

    def done(self) -> None:
        """Give a place back."""
        self._jobs.release()

    def ask(self, kind: type[Question], words: Mapping[str, str]) -> Asked:
        """Answer a question that leaves what it can open as the settings say; nothing is written down.

        Parameters
        ----------
        kind
            Of the question.
        words
            `account` and `known`, as `--portfolio` and `--known`; and each field that the question cannot do without.

        Raises
        ------
        UsageError
            If one is missing, or there is one that says nothing: a number without it would answer something else.
        """
        needs = needs_of(kind)
        strange = [name for name in words if name not in (*_WHICH, *needs)]
        if strange:
            raise UsageError(
                expected=f"only these: {', '.join((*_WHICH, *needs))}", found=", ".join(map(repr, strange)),
                try_next="leave it out, or ask the command line, where every option is",
            )  # fmt: skip
        missing = [name for name in needs if not words.get(name)]
        if missing:
            raise UsageError(
                expected=f"a value for {', '.join(missing)}",
                found="none",
                try_next=f"add ?{missing[0]}=... to the address",
            )
        question = read_record(kind, {name: words[name] for name in needs})
        workspace = open_workspace(self._folder)
        head = workspace.journal.head()
        answered = ask_workspace(
            workspace, question, answer, account=words.get("account"), known=words.get("known"), record=False
        )
        done = answered.answer
        return Asked(
            document=done.document, text=done.text + "\n", journal=head.seq, result=done.result, notes=answered.notes,
            which=which_of(words),
        )  # fmt: skip


def which_of(words: Mapping[str, str]) -> str:
    """Write the account and the moment of an address again, for links to other pages of the same.

    Examples
    --------
    >>> which_of({"account": "K 1", "asset": "AAPL"})
    '?account=K+1'
    """
    named = {name: words[name] for name in _WHICH if words.get(name)}
    return f"?{urlencode(named)}" if named else ""


def needs_of(kind: type[Question]) -> tuple[str, ...]:
    """Name the fields that a question cannot do without.

    Examples
    --------
    >>> from trimtab.desk.questions.beta import ExplainQuestion
    >>> needs_of(ExplainQuestion)
    ('asset',)
    """
    return tuple(one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING)


def pages_of() -> tuple[str, ...]:
    """Name the questions that have a page: those that need no further field, and are not the overview."""
    return tuple(name for name, kind in QUESTIONS.items() if name != "review" and not needs_of(kind))


def status_of(error: Exception) -> tuple[int, str]:
    """Give the HTTP status of an error and its document."""
    if isinstance(error, TrimtabError | OSError) and not isinstance(error, DefectError):
        written = error_document(error)
        return _STATUS.get(written.exit_code, 500), dumps(written) + "\n"
    defect = DefectError(
        expected="an answer or a reason why there is none", found=f"a defect: {type(error).__name__}",
        try_next="ask the same on the command line, which writes a report of it",
    )  # fmt: skip
    return 500, dumps(error_document(defect)) + "\n"
