"""One road from a question to its answer: of files that are named, or of a workspace, which writes it down."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from trimtab.config.find import find_workspace
from trimtab.desk.answers.inputs import Inputs
from trimtab.desk.questions.every import PriceQuestion, Question
from trimtab.desk.questions.fields import usual
from trimtab.desk.questions.groups.source import Source
from trimtab.desk.questions.performance import PerformanceQuestion
from trimtab.desk.questions.policy import PolicyQuestion
from trimtab.errors import InputError, UsageError
from trimtab.feeds.series.returns import read_returns
from trimtab.progress import step
from trimtab.wiring.answers import Answer, Told, answer_policy
from trimtab.wiring.files import open_inputs, open_prices

if TYPE_CHECKING:
    from trimtab.desk.answers.reading import PriceSource
    from trimtab.desk.ask.hedge_policy import HedgePolicy

__all__ = ["ask", "ask_nav", "ask_policy", "ask_prices", "prices_of", "workspace_of"]

Q = TypeVar("Q", bound=Question)
P = TypeVar("P", bound=PriceQuestion)
R = TypeVar("R")


@step("working out the answer")
def ask(question: Q, source: Source, answer: Callable[[Q, Inputs], Answer[R]], *, record: bool = True) -> Told[R]:
    """Ask files, or a workspace.

    Parameters
    ----------
    question
        What is asked.
    source
        Of what.
    answer
        Works it out, such as `trimtab.wiring.answers.answer_review`.
    record
        False writes nothing down in a workspace.

    Raises
    ------
    UsageError
        If neither files nor a workspace are there.
    """
    if source.of_files:
        settled = usual(question)
        book = source.book()
        settled.mandate.mandate()  # what is missing is said before a file is read
        inputs = open_inputs(_prices(source), book, settled.measuring, settled.instruments)
        return Told(answer=answer(settled, inputs))
    return _of_workspace(question, source, answer, record=record)


@step("working out the answer")
def ask_nav(
    question: PerformanceQuestion, source: Source, answer: Callable[[PerformanceQuestion, Inputs], Answer[R]]
) -> Told[R]:
    """Ask what a column of NAV earned, or a workspace's account.

    Raises
    ------
    UsageError
        If something is stated that only the other of the two can answer.
    """
    of_workspace = not source.prices and not question.returns
    _refuse_others(question, source, of_workspace=of_workspace)
    if of_workspace:
        return _of_workspace(question, source, answer, holdings=False)
    settled = usual(question)
    returns = settled.returns if isinstance(settled.returns, tuple) else ()
    tables: list[PriceSource] = [*(read_returns(str(file)) for file in returns), *map(str, source.files)]
    return Told(answer=answer(settled, open_prices(tables, settled.measuring)))


def _refuse_others(question: PerformanceQuestion, source: Source, *, of_workspace: bool) -> None:
    """Refuse what the other kind of question has: dropped in silence it would seem to be answered."""
    measuring, hedge = question.measuring, question.hedge
    of_files = {
        "--base": measuring.base, "--fx": measuring.fx, "--benchmark-returns": measuring.benchmark_returns,
        "--flows": question.flows, "--transactions": question.transactions, "--weights": question.weights,
        "--nav": question.nav,
        "--hedge-file": hedge.file, "--instrument": hedge.instrument, "--planned-book-beta": hedge.book_beta,
        "--hedge-cost": hedge.yearly_cost, "--cash-flows": question.worth.flows, "--hedge-nav": question.worth.money,
    }  # fmt: skip
    of_accounts = {"--workspace": source.workspace, "--from": question.start}
    others = of_files if of_workspace else of_accounts
    strange = [name for name, value in others.items() if value is not None]
    if not strange:
        return
    if of_workspace:
        raise UsageError(
            expected="files of prices (--prices) or returns (--returns) together with these options",
            found=f"{', '.join(strange)} and no file: the workspace's own rates, transactions and weights are used",
            try_next="leave them out, or give the files: trimtab performance --prices prices.csv ...",
        )
    raise UsageError(
        expected="a workspace together with these options",
        found=f"{', '.join(strange)} and files of prices or returns, which are measured as they are",
        try_next="leave them out, or leave the files out to ask the workspace",
    )


@step("working out the answer")
def ask_prices(question: P, source: Source, answer: Callable[[P, Inputs], Answer[R]]) -> Told[R]:
    """Ask files of prices, or the prices of a workspace; the arguments are those of `ask`."""
    if not source.prices:
        return _of_workspace(question, source, answer, holdings=False)
    settled = usual(question)
    settled.mandate.mandate()  # what is missing is said before a file is read
    return Told(answer=answer(settled, open_prices(prices_of(source), settled.measuring)))


@step("working out the answer")
def ask_policy(question: PolicyQuestion, source: Source) -> Told["HedgePolicy"]:
    """Ask how often to hedge a book of files or of a workspace, or stated numbers alone."""
    if not source.of_files and question.stated.nav is None:
        return _of_workspace(question, source, answer_policy)
    inputs = None
    if source.of_files:
        inputs = open_inputs(_prices(source), source.book(), question.measuring, question.instruments)
    return Told(answer=answer_policy(question, inputs))


def prices_of(source: Source) -> str | list[str]:
    """Give the files of prices.

    Raises
    ------
    UsageError
        If none are named.
    """
    if not source.prices:
        raise UsageError(
            expected="prices (--prices): files of them", found="none", try_next="give for example prices.csv"
        )
    return _prices(source)


def _of_workspace(
    question: Q,
    source: Source,
    answer: Callable[[Q, Inputs], Answer[R]],
    *,
    record: bool = True,
    holdings: bool = True,
) -> Told[R]:
    from trimtab.wiring.runs import ask_workspace  # noqa: PLC0415 - files need no journal
    from trimtab.wiring.workspace import open_workspace  # noqa: PLC0415

    opened = open_workspace(workspace_of(source, holdings=holdings))
    return ask_workspace(opened, question, answer, account=source.account, known=source.known, record=record)


def workspace_of(source: Source, *, holdings: bool = True) -> Path:
    """Find the workspace that is meant, where files of prices, and of `holdings` if those count, were not named.

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
            expected=f"prices (--prices){' and holdings (--holdings)' if holdings else ''}, or a workspace",
            found="no prices, and no workspace in this folder or above",
            try_next=f"give --prices{', --holdings' if holdings else ''} and --benchmark, or make a workspace with "
            "`trimtab init`",
        ) from None


def _prices(source: Source) -> str | list[str]:
    files = [str(file) for file in source.files]
    return files[0] if len(files) == 1 else files
