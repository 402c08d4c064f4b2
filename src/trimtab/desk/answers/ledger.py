"""Answers about what happened to an account."""

import datetime as dt

from trimtab.desk.accounts.extract import LedgerExtract
from trimtab.desk.answers.inputs import Inputs
from trimtab.desk.questions.ledger import LedgerQuestion
from trimtab.errors import UsageError

__all__ = ["ledger_of"]


def ledger_of(question: LedgerQuestion, inputs: Inputs) -> LedgerExtract:
    """Give the extract of an account's ledger that is asked for.

    Raises
    ------
    UsageError
        If files are asked, which have no account, or the first day is after the last.
    """
    if inputs.extract is None:
        raise UsageError(
            expected="a workspace, whose accounts have ledgers", found="files",
            try_next="import them into a workspace: trimtab init, then trimtab import",
        )  # fmt: skip
    start = None if question.start is None else dt.date.fromisoformat(str(question.start))
    end = dt.date.fromisoformat(str(question.measuring.as_of))
    if start is not None and start > end:
        raise UsageError(
            expected="a first day (--from) that is not after the last (--to)", found=f"{start} and {end}",
            try_next="give them in order",
        )  # fmt: skip
    return inputs.extract(start=start, end=end, symbol=question.symbol)
