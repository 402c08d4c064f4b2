"""The accounts of a workspace beside each other, as a document."""

from dataclasses import dataclass
from typing import ClassVar

from trimtab.desk.fleet.reviewed import AccountReviewed, AccountsReviewed
from trimtab.hedge.verdict import Status

__all__ = ["AccountsDocument", "accounts_document"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDocument:
    """One account; null where it could not be measured.

    Parameters
    ----------
    account
        Its name.
    as_of, base, benchmark
        The day, its base currency, and what its beta is to.
    nav, money_per_1pct
        Net asset value, and gain when the benchmark rises by 1%, base currency.
    beta, stderr, low, high
        Portfolio beta on NAV, its standard error and its 95% interval.
    lower, upper
        Edges of the band of its mandate.
    probability_inside
        That the true beta lies in the band.
    status
        inside, outside or undecided.
    coverage
        Share of gross exposure that was measured, 0 to 1.
    flag, reason
        Why it is not inside, in a word and in a sentence; null if it is.
    """

    account: str
    as_of: str | None
    base: str | None
    benchmark: str | None
    nav: float | None
    money_per_1pct: float | None
    beta: float | None
    stderr: float | None
    low: float | None
    high: float | None
    lower: float | None
    upper: float | None
    probability_inside: float | None
    status: str
    coverage: float | None
    flag: str | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsDocument:
    """The accounts of a workspace, worst first.

    Parameters
    ----------
    inside, outside, undecided
        How many accounts have which verdict.
    accounts
        Outside first, then undecided, then inside; in each the least probable to be inside first.
    """

    SCHEMA: ClassVar = "trimtab.review-all/1"

    inside: int
    outside: int
    undecided: int
    accounts: tuple[AccountDocument, ...]


def accounts_document(reviewed: AccountsReviewed) -> AccountsDocument:
    """Make the document of the accounts of a workspace."""
    return AccountsDocument(
        inside=reviewed.count(Status.INSIDE),
        outside=reviewed.count(Status.OUTSIDE),
        undecided=reviewed.count(Status.UNDECIDED),
        accounts=tuple(_account(one) for one in reviewed.accounts),
    )


def _account(one: AccountReviewed) -> AccountDocument:
    check = one.check
    return AccountDocument(
        account=check.account, as_of=one.as_of, base=one.base, benchmark=one.benchmark, nav=check.nav,
        money_per_1pct=check.money_per_1pct, beta=check.beta, stderr=check.stderr, low=check.low, high=check.high,
        lower=one.lower, upper=one.upper, probability_inside=check.probability_inside, status=check.status.value,
        coverage=check.coverage, flag=check.flag, reason=check.reason,
    )  # fmt: skip
