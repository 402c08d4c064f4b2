"""Every question by its name, written as JSON with its version, and read back; those of older runs too."""

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from trimtab.desk.questions.backtest import BacktestQuestion
from trimtab.desk.questions.beta import BetaQuestion, DiagnosisQuestion, ExplainQuestion, LeagueQuestion
from trimtab.desk.questions.drift import DriftQuestion
from trimtab.desk.questions.fields import options_of, parts_of, taken, wrong
from trimtab.desk.questions.ledger import LedgerQuestion
from trimtab.desk.questions.old import read_old
from trimtab.desk.questions.performance import PerformanceQuestion
from trimtab.desk.questions.plan import PlanQuestion, WaysQuestion
from trimtab.desk.questions.policy import PolicyQuestion
from trimtab.desk.questions.review import ReviewQuestion
from trimtab.desk.questions.roll import RollQuestion
from trimtab.desk.questions.stress import RiskQuestion, StressQuestion
from trimtab.desk.questions.targets import TargetsQuestion
from trimtab.errors import UsageError
from trimtab.model.json import Json

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["QUESTIONS", "PriceQuestion", "Question", "read_question", "read_record", "write_question", "write_record"]

P = TypeVar("P", bound="DataclassInstance")

#: What is asked of prices alone, whatever is held.
PriceQuestion: TypeAlias = BetaQuestion | DiagnosisQuestion | LeagueQuestion
#: What can be asked, written down, and asked again.
Question: TypeAlias = (
    ReviewQuestion | PlanQuestion | WaysQuestion | TargetsQuestion | StressQuestion | RiskQuestion | DriftQuestion
    | RollQuestion | BacktestQuestion
    | PerformanceQuestion | PolicyQuestion | ExplainQuestion | LedgerQuestion | PriceQuestion
)  # fmt: skip
#: By name.
QUESTIONS: Final[Mapping[str, type[Question]]] = {
    kind.ask: kind
    for kind in (
        ReviewQuestion, PlanQuestion, WaysQuestion, TargetsQuestion, StressQuestion, RiskQuestion, DriftQuestion,
        PerformanceQuestion, PolicyQuestion, ExplainQuestion, LedgerQuestion, RollQuestion, BetaQuestion,
        DiagnosisQuestion, BacktestQuestion,
        LeagueQuestion,
    )
}  # fmt: skip
_VERSION: Final = 1


def write_question(question: Question) -> dict[str, Json]:
    """Write a question as JSON.

    Examples
    --------
    >>> written = write_question(ReviewQuestion(vol_shift=0.05))
    >>> written["question"], written["vol_shift"]
    ('trimtab.question.review/1', 0.05)
    >>> read_question(written) == ReviewQuestion(vol_shift=0.05)
    True
    """
    return {"question": f"trimtab.question.{question.ask}/{_VERSION}", **write_record(question)}


def read_question(written: Json, *, of: str | None = None) -> Question:
    """Read a question from JSON.

    Parameters
    ----------
    written
        What `write_question` made; or, with `of`, what a run of earlier code kept.
    of
        The command of the run.

    Raises
    ------
    UsageError
        If it is no question of this version, or a field cannot be used.
    """
    if not isinstance(written, Mapping):
        raise UsageError(expected="a question as a JSON object", found=repr(written), try_next="write {...}")
    if "question" not in written and of is not None:
        if of not in QUESTIONS:
            raise UsageError(
                expected=f"a run of {', '.join(QUESTIONS)}", found=f"a run of {of}", try_next="show it as it was given"
            )
        return read_record(QUESTIONS[of], read_old(of, written))
    names = {f"trimtab.question.{name}/{_VERSION}": kind for name, kind in QUESTIONS.items()}
    kind = names.get(str(written.get("question")))
    if kind is None:
        raise UsageError(
            expected=f"question: one of {', '.join(names)}", found=repr(written.get("question")),
            try_next="choose one of these",
        )  # fmt: skip
    return read_record(kind, {name: value for name, value in written.items() if name != "question"})


def write_record(record: "DataclassInstance") -> dict[str, Json]:
    """Write a record and its groups as JSON, every field of them.

    Raises
    ------
    UsageError
        If a value is open already (a frame, a table) and cannot be written.
    """
    written: dict[str, Json] = {}
    for name, kind, _ in parts_of(record):
        del kind
        written[name] = write_record(getattr(record, name))
    for name, asked in options_of(record):
        value = getattr(record, name)
        try:
            written[name] = None if value is None else asked.value.write(value)
        except ValueError as error:
            mistake = wrong(name, asked, value)
            raise UsageError(
                expected=f"{mistake.expected}, so that it can be asked again", found=str(error),
                try_next="write it to a file and give its path",
            ) from None  # fmt: skip
    return written


def read_record(kind: type[P], written: Json, *, where: str = "") -> P:
    """Read a record from JSON; what is left out is left open.

    Raises
    ------
    UsageError
        If a field is not known or a value of the wrong kind; it is named.
    """
    if not isinstance(written, Mapping):
        raise UsageError(
            expected=f"{where or 'a question'} as a JSON object", found=repr(written), try_next="write {...}"
        )
    names = [one.name for one in fields(kind)]
    strange = [name for name in written if name not in names]
    if strange:
        raise UsageError(
            expected=f"only these fields{f' in {where}' if where else ''}: {', '.join(names)}",
            found=", ".join(repr(name) for name in strange), try_next="correct the name, or leave it out",
        )  # fmt: skip
    values: dict[str, Any] = {
        name: read_record(inner, written[name], where=f"{where}.{name}" if where else name)
        for name, inner, _ in parts_of(kind)
        if name in written
    }
    for name, asked in options_of(kind):
        if name in written and written[name] is not None:
            values[name] = taken(name, asked, written[name])
    return kind(**values)
