"""Every account of a workspace reviewed, or those that are named, one after the other."""

from collections.abc import Sequence

from trimtab.config.config import Config
from trimtab.desk.answers.inputs import Inputs
from trimtab.desk.answers.review import review_of
from trimtab.desk.ask.review import Review
from trimtab.desk.fleet.reviewed import (
    AccountReviewed,
    AccountsReviewed,
    reviewed_account,
    reviewed_accounts,
    unreviewed_account,
)
from trimtab.desk.questions.groups.source import Source
from trimtab.desk.questions.review import ReviewQuestion
from trimtab.errors import TrimtabError, UsageError
from trimtab.progress import each
from trimtab.report.documents.review import review_document
from trimtab.wiring.answers import Answer
from trimtab.wiring.asking import workspace_of
from trimtab.wiring.runs import ask_workspace
from trimtab.wiring.workspace import Workspace, open_workspace

__all__ = ["review_every_account"]


def review_every_account(question: ReviewQuestion, source: Source) -> AccountsReviewed:
    """Review accounts of a workspace, and put the worst first; nothing is written down.

    An account that cannot be reviewed is undecided and says why; the others are reviewed.

    Parameters
    ----------
    question
        What is asked of each; what it leaves open is as the settings of the account say.
    source
        The workspace, as it is or was known; `account` may name several, separated by commas.

    Raises
    ------
    UsageError
        If files are named, which hold one account.
    InputError
        If an account that is named is not there.
    """
    if source.of_files:
        raise UsageError(
            expected="a workspace, whose accounts are reviewed (--all)", found="files of prices or holdings",
            try_next="leave the files out, or check files of many accounts: trimtab fleet check --help",
        )  # fmt: skip
    workspace = open_workspace(workspace_of(source))
    names = _named(workspace.config, source.account)
    return reviewed_accounts(_review(workspace, question, name, source) for name in each(names, "reviewing accounts"))


def _named(config: Config, names: str | None) -> Sequence[str]:
    if names is None:
        return tuple(config.portfolios)
    return tuple(config.portfolio_name(name.strip()) for name in dict.fromkeys(names.split(",")) if name.strip())


def _review(workspace: Workspace, question: ReviewQuestion, name: str, source: Source) -> AccountReviewed:
    try:
        answered = ask_workspace(workspace, question, _plainly, account=name, known=source.known, record=False)
    except TrimtabError as error:
        return unreviewed_account(name, error)
    return reviewed_account(name, answered.answer.result)


def _plainly(question: ReviewQuestion, inputs: Inputs) -> Answer[Review]:
    """Review without looking for what beta hides: beside others it is not shown."""
    result = review_of(question, inputs, hidden=False)
    return Answer(result=result, document=review_document(result))
