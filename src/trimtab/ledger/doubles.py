"""Dividends that look like one dividend written down twice: announced for each unit, and paid as a whole amount."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from trimtab.ledger.facts.income import Payout
from trimtab.ledger.finding import Finding, FindingKind
from trimtab.ledger.fold import Entry
from trimtab.ledger.posting import Account

__all__ = ["doubled_payouts"]

#: From the ex-date to the payment; longer, and the next quarter's would be found.
_APART = dt.timedelta(days=60)
_ALIKE = Decimal("0.02")


def doubled_payouts(entries: Sequence[Entry]) -> tuple[Finding, ...]:
    """Tell where a dividend for each unit and a whole amount on the same thing lie near one another and are alike.

    A file of corporate actions announces a dividend on its ex-date; a broker's statement has the money on the day of
    payment. With both a dividend counts twice, and nothing in the facts themselves says so.

    Parameters
    ----------
    entries
        As `Ledger.entries` gives them.
    """
    announced: list[tuple[Payout, str, Decimal]] = []
    paid: list[tuple[Payout, str, Decimal]] = []
    for entry in entries:
        if not isinstance(entry.fact, Payout):
            continue
        income = [p for p in entry.postings if p.account is Account.INCOME]
        if income:
            made = (entry.fact, income[0].key, -income[0].amount)
            (announced if entry.fact.total is None else paid).append(made)
    findings = []
    for fact, key, amount in paid:
        for other, at, expected in announced:
            days = fact.day - other.day
            # Withheld tax may have been taken off the one and not the other; that is told by nobody here.
            if at == key and dt.timedelta(0) <= days <= _APART and abs(amount - expected) <= _ALIKE:
                announced.remove((other, at, expected))
                findings.append(
                    Finding(
                        kind=FindingKind.TWICE,
                        day=fact.day,
                        symbol=fact.of.symbol,
                        detail=f"{amount.normalize():f} looks like the {other.kind.value} of {other.day} again"
                        + (f" ({other.source})" if other.source else "")
                        + ": cancel one of them",
                        source=fact.source,
                    )
                )
                break
    return tuple(findings)
