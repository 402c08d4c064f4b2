"""The accounts of a workspace beside each other, as a person reads them."""

from rich.console import Console

from trimtab.desk.fleet.reviewed import AccountReviewed, AccountsReviewed
from trimtab.hedge.verdict import Status
from trimtab.report.tables.sheet import Sheet

__all__ = ["show_accounts"]


def show_accounts(reviewed: AccountsReviewed, console: Console) -> None:
    """Print one table, worst first, and say why each is not inside."""
    counts = ", ".join(f"{reviewed.count(s)} {s.value}" for s in (Status.OUTSIDE, Status.UNDECIDED, Status.INSIDE))
    sheet = Sheet(f"Accounts, worst first: {counts}")
    sheet.add_column("account")
    for name in ("beta", "+/-", "band", "inside", "per 1%", "covered"):
        sheet.add_column(name, justify="right")
    sheet.add_column("verdict")
    for one in reviewed.accounts:
        sheet.add_row(*_row(one))
    console.print(sheet)
    for one in reviewed.accounts:
        if one.check.reason is not None:
            console.print(f"- {one.check.account}: {one.check.reason}")


def _row(one: AccountReviewed) -> tuple[str, ...]:
    check = one.check
    band = "" if one.lower is None or one.upper is None else f"{one.lower:.2f}-{one.upper:.2f}"
    return (
        check.account,
        _number(check.beta, ".3f"),
        _number(check.stderr, ".3f"),
        band,
        _number(check.probability_inside, ".1%"),
        _number(check.money_per_1pct, ",.0f"),
        _number(check.coverage, ".1%"),
        check.status.value,
    )


def _number(value: float | None, form: str) -> str:
    return "" if value is None else f"{value:{form}}"
