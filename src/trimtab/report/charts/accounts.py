"""The chart of many accounts: each beta with its interval, against its own band."""

from trimtab.report.charts.marks.dots import Dot, dots
from trimtab.report.charts.marks.frame import Drawn, Picture, Undrawn
from trimtab.report.documents.accounts import AccountDocument, AccountsDocument

__all__ = ["pictures"]

_MOST = 40


def pictures(document: AccountsDocument) -> tuple[Drawn, ...]:
    """Give the chart of accounts, worst first."""
    title = "Accounts against their mandates"
    measured = [a for a in document.accounts if a.beta is not None and a.lower is not None and a.upper is not None]
    if not measured:
        return (Undrawn(name="accounts", title=title, why="no account has a beta and a band"),)
    shown = measured[:_MOST]
    finding = (
        f"{document.outside} outside, {document.undecided} undecided, {document.inside} inside; worst is"
        f" {shown[0].account} at {shown[0].beta:.3f}."
        + (f" The first {_MOST} are drawn." if len(measured) > _MOST else "")
    )
    drawn = [_dot(a) for a in shown]
    return (
        Picture(
            name="accounts",
            title=title,
            finding=finding,
            draw=lambda ink: dots(drawn, title="portfolio beta", ink=ink, mark=ink.alarm),
        ),
    )


def _dot(a: AccountDocument) -> Dot:
    assert a.beta is not None  # noqa: S101 - only accounts with a beta and a band are drawn
    assert a.lower is not None  # noqa: S101
    assert a.upper is not None  # noqa: S101
    return Dot(
        name=a.account, beta=a.beta, low=a.low, high=a.high, band=(a.lower, a.upper), marked=a.status == "outside"
    )
