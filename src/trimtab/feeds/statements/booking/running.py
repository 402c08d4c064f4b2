"""Running balances prove the rows between them: a row that is missing, doubled or short of a cost shows."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from trimtab.feeds.statements.booking.context import Remarks
from trimtab.feeds.statements.records import Ask

__all__ = ["Step", "follow_balances"]


@dataclass(frozen=True, slots=True)
class Step:
    """A change of something that has a balance, and the balance after it."""

    line: int
    of: Hashable
    moved: Decimal
    balance: Decimal


def follow_balances(steps: Sequence[Step], remarks: Remarks) -> None:
    """Ask where a balance is not the one before it and what moved.

    Parameters
    ----------
    steps
        In the order of time.
    remarks
        Takes the question.

    Examples
    --------
    >>> remarks = Remarks()
    >>> steps = [Step(2, "EUR", Decimal(5), Decimal(5)), Step(3, "EUR", Decimal(-2), Decimal("2.9"))]
    >>> follow_balances(steps, remarks)
    >>> remarks.asks[0].why
    'line 3: the balance moved by -2.1, the row by -2: a row is missing, or a cost was not read'
    """
    before: dict[Hashable, Decimal] = {}
    wrong = []
    for step in steps:
        last = before.get(step.of)
        if last is not None and last + step.moved != step.balance:
            wrong.append((step, step.balance - last))
        before[step.of] = step.balance
    if wrong:
        step, moved = wrong[0]
        more = f" (and {len(wrong) - 1} rows more)" if len(wrong) > 1 else ""
        remarks.ask(
            Ask("balance", f"line {step.line}: the balance moved by {moved}, the row by {step.moved}: "
                f"a row is missing, or a cost was not read{more}", lines=tuple(s.line for s, _ in wrong))
        )  # fmt: skip
