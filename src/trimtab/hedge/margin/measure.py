"""Measure the venue accounts of a book: now, and after a shock."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from trimtab.exposure.measured import MeasuredBook
from trimtab.hedge.margin.account import Account
from trimtab.hedge.margin.build import MarginTerms, accounts_of
from trimtab.hedge.margin.records import AccountAfter, AccountMargin, CashNeed

__all__ = ["Sigmas", "accounts_after", "measure_accounts", "needed_cash"]

_NOTHING = 0.0
#: Points of the way to a shock at which an account is looked at.
_STEPS = 41


@dataclass(frozen=True, slots=True, kw_only=True)
class Sigmas:
    """How far a move is looked at for the cash that it takes.

    Parameters
    ----------
    sigmas, days
        Deviations, over so many trading days.
    per_year
        Trading days of a year.
    volatility
        Gives the volatility of a name per square-root year with what it was measured from; None where it is not known.
    """

    sigmas: float
    days: int
    per_year: float
    volatility: Callable[[str], tuple[float, str] | None]


def measure_accounts(
    book: MeasuredBook, terms: MarginTerms, *, sigmas: Sigmas | None = None
) -> tuple[AccountMargin, ...]:
    """Measure the venue accounts of a book.

    Parameters
    ----------
    book
        What is held, measured.
    terms
        Rules and margins.
    sigmas
        Asks for the cash that a move of some deviations takes; None does not.
    """
    return tuple(_measured(account, sigmas) for account in accounts_of(book, terms))


def _measured(account: Account, sigmas: Sigmas | None) -> AccountMargin:
    path = account.path(np.zeros(1))
    now, parts = account.at(path), account.parts(path)
    is_known = now.maintenance is not None and not account.unplaced
    fall, rise = account.sides() if is_known else (None, None)
    sources = dict.fromkeys(p.source for p in parts if p.source)
    rules = account.rules
    notes = account.notes
    if rules is not None and rules.approximation and any(s.endswith(rules.venue) for s in sources):
        notes = (*notes, f"{rules.venue}: {rules.approximation}")
    measured = AccountMargin(
        venue=account.venue,
        currency=account.currency,
        collateral=sum(float(c.worth(path)[0]) for c in (*account.collateral, *account.shares)),
        equity=None if account.lacking or account.unplaced else float(now.equity[0]),
        initial=None if now.initial is None else float(now.initial[0]),
        maintenance=None if now.maintenance is None else float(now.maintenance[0]),
        parts=parts,
        of=account.of,
        fall=fall,
        rise=rise,
        reason=now.reason or account.unplaced,
        source=", ".join(sources),
        notes=notes,
    )
    return measured if sigmas is None or not is_known else replace(measured, cash=needed_cash(account, sigmas))


def needed_cash(account: Account, sigmas: Sigmas) -> CashNeed | None:
    """Give the cash that an account lacks after a move of some deviations either way; None without a volatility."""
    volatility = sigmas.volatility(account.of)
    if volatility is None:
        return None
    move = sigmas.sigmas * volatility[0] * sqrt(sigmas.days / sigmas.per_year)
    there = account.at(account.path(np.array([max(-move, -1.0), move])))
    if there.maintenance is None:
        return None
    lacking = np.maximum(there.maintenance - there.equity, _NOTHING)
    return CashNeed(
        sigmas=sigmas.sigmas, days=sigmas.days, volatility=volatility[0], source=volatility[1], move=move,
        fall=float(lacking[0]), rise=float(lacking[1]),
    )  # fmt: skip


def accounts_after(
    accounts: Sequence[Account], benchmark: float, *, volatility: float = 0.0
) -> tuple[AccountAfter, ...]:
    """Give venue accounts after a move of the benchmark, everything by its own beta.

    An account that is liquidated on the way there is liquidated, whatever it would be at the end.

    Parameters
    ----------
    accounts
        As of `trimtab.hedge.margin.build.accounts_of`.
    benchmark
        Its relative move.
    volatility
        Added to that of every option there (0.05 = five points); on the way in proportion.
    """
    return tuple(_after(account, benchmark, volatility) for account in accounts)


def _after(account: Account, benchmark: float, volatility: float) -> AccountAfter:
    shares = np.linspace(0.0, 1.0, _STEPS)
    gone_before = False
    if volatility:
        on_way = account.shifted(volatility * shares).at(account.of_benchmark(benchmark * shares))
        gone_before = on_way.maintenance is not None and bool((on_way.equity < on_way.maintenance).any())
    shifted = account.shifted(volatility)
    way = shifted.of_benchmark(benchmark * (shares[-1:] if volatility else shares[::-1]))
    there = shifted.at(way)
    is_known = there.maintenance is not None and not account.unplaced
    gone = (
        None
        if there.maintenance is None or account.unplaced
        else gone_before or bool((there.equity < there.maintenance).any())
    )
    fall, rise = shifted.sides(shifted.where(way)) if is_known else (None, None)
    return AccountAfter(
        venue=account.venue,
        currency=account.currency,
        equity=None if account.lacking or account.unplaced else float(there.equity[0]),
        initial=None if there.initial is None else float(there.initial[0]),
        maintenance=None if there.maintenance is None else float(there.maintenance[0]),
        liquidated=gone,
        fall=fall,
        rise=rise,
    )
