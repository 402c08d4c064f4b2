"""The accounts of a workspace beside each other, worst first: what a desk reads in the morning."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

from trimtab.desk.ask.review import Review
from trimtab.errors import TrimtabError
from trimtab.fleet.check import Check, check_of
from trimtab.hedge.verdict import Status
from trimtab.model.shown import Shown

__all__ = ["AccountReviewed", "AccountsReviewed", "reviewed_account", "reviewed_accounts", "unreviewed_account"]

_ORDER = {Status.OUTSIDE: 0, Status.UNDECIDED: 1, Status.INSIDE: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountReviewed:
    """One account.

    Parameters
    ----------
    check
        What was measured and said of it.
    base, benchmark
        Its base currency, and what its beta is to; None where it could not be reviewed.
    lower, upper
        Edges of its band; None where it could not be reviewed.
    as_of
        The day, as text; None where it could not be reviewed.
    """

    check: Check
    base: str | None = None
    benchmark: str | None = None
    lower: float | None = None
    upper: float | None = None
    as_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AccountsReviewed(Shown):
    """All accounts, worst first."""

    accounts: tuple[AccountReviewed, ...]

    def count(self, status: Status) -> int:
        """Give how many have a verdict."""
        return sum(one.check.status is status for one in self.accounts)


def reviewed_account(name: str, review: Review) -> AccountReviewed:
    """Take out of a review what stands beside those of other accounts."""
    mandate, exposure = review.mandate, review.exposure
    return AccountReviewed(
        check=check_of(name, exposure, review.verdict, mandate), base=exposure.base, benchmark=exposure.benchmark,
        lower=mandate.lower, upper=mandate.upper, as_of=str(exposure.as_of.astype("datetime64[D]")),
    )  # fmt: skip


def unreviewed_account(name: str, error: TrimtabError) -> AccountReviewed:
    """Give an account that could not be reviewed: undecided, with what was found."""
    return AccountReviewed(check=Check(account=name, flag="not_reviewed", reason=f"{error.found}: {error.try_next}"))


def reviewed_accounts(accounts: Iterable[AccountReviewed]) -> AccountsReviewed:
    """Put accounts in order: outside, undecided, inside; in each the least probable to be inside first.

    Of which nothing is known stands before what is; of equally improbable ones the further from the band comes first.

    Examples
    --------
    >>> far = AccountReviewed(check=Check(account="A", status=Status.OUTSIDE, probability_inside=0.01, beta=2.0))
    >>> lost = AccountReviewed(check=Check(account="B"))
    >>> [one.check.account for one in reviewed_accounts([lost, far]).accounts]
    ['A', 'B']
    """

    def place(one: AccountReviewed) -> tuple[int, float, float, str]:
        check = one.check
        chance = -1.0 if check.probability_inside is None else check.probability_inside
        return _ORDER[check.status], chance, -_beyond(one), check.account

    return AccountsReviewed(accounts=tuple(sorted(accounts, key=place)))


def _beyond(one: AccountReviewed) -> float:
    """Give how far beta lies beyond the nearer edge of its band."""
    if one.check.beta is None or one.lower is None or one.upper is None:
        return inf
    return max(one.check.beta - one.upper, one.lower - one.check.beta)
