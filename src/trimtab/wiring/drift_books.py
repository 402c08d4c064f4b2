"""What a portfolio of a workspace held on the days that a drift compares, in the units of the last."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from trimtab.desk.ask.drift import By, DatedPortfolio, points_between
from trimtab.desk.books.actions import known_actions
from trimtab.desk.books.holdings_at import flows
from trimtab.desk.moment.stated_rates import with_rates
from trimtab.errors import InputError, NotEnoughDataError
from trimtab.market.prices import PRESENT, PriceTable
from trimtab.market.rates.interest import Interest
from trimtab.model.contract import ContractTable
from trimtab.wiring.importing import held_at
from trimtab.wiring.inputs import as_moment
from trimtab.wiring.past import later_units
from trimtab.wiring.workspace import Workspace

__all__ = ["BooksBetween", "HeldBetween", "held_between"]

BooksBetween = Callable[[str | None, By], "HeldBetween"]
"""Gives what was held from a first day (None: that of the first snapshot) in steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBetween:
    """What was held on some days.

    Parameters
    ----------
    books
        One for each day that ends a step, the first and the last among them.
    notes
        What was decided while they were worked out, in words.
    """

    books: tuple[DatedPortfolio, ...]
    notes: tuple[str, ...]


def held_between(
    workspace: Workspace,
    portfolio: str,
    start: str | None,
    by: By,
    *,
    end: dt.date,
    prices: PriceTable,
    benchmark: str,
    contracts: ContractTable,
    known: int | None = None,
    rates: Interest,
) -> HeldBetween:
    """Work out what a portfolio held on the first and last day of a drift and on those in between.

    Quantities, strikes and names from before a split or a change of symbol are those after it, as prices are.

    Parameters
    ----------
    workspace, portfolio
        Whose book.
    start
        First day, YYYY-MM-DD; None takes that of the first snapshot.
    by
        As in `trimtab.desk.ask.drift.drift`; days with transactions or a new snapshot count as changes of what is held.
    end
        Last day.
    prices
        As known, up to the last day and in its units.
    rates
        Risk-free rates by currency, for options that state none.
    benchmark
        The symbol whose prices say which days there are.
    contracts
        Contract families.
    known
        A journal number; None for everything known now.

    Raises
    ------
    InputError
        If the end is not after the start.
    NotEnoughDataError
        If no snapshot is known by the first day, or a day's book could not be worked out.
    """
    journal = workspace.journal
    snapshots = sorted({str(e.valid) for e in journal.entries("holdings", subject=portfolio, known=known)})
    first = _first(snapshots, portfolio, start)
    if not first < end:
        raise InputError(
            expected="an end after the start",
            found=f"{first} to {end}" + ("" if start else f"; the first holdings of {portfolio} are of {first}"),
            try_next="give --from and --to in order; import holdings of an earlier day if there are none",
        )
    dates = prices.dates[prices.why[:, prices.column(benchmark)] == PRESENT]
    days = set(points_between(dates, start=first, end=end, by=by))
    if by != "endpoints":
        told = {t.day for t in flows(journal, portfolio, first, end, known)}
        told |= {dt.date.fromisoformat(s) for s in snapshots}
        days |= {day for day in told if first < day < end}
    actions = [a for a in known_actions(journal, known) if a.effective <= end]
    books: list[DatedPortfolio] = []
    notes: dict[str, None] = {}
    for day in sorted(days):
        found = held_at(workspace, portfolio, day, known=known, prices=prices, contracts=contracts)
        if found.reasons:
            raise NotEnoughDataError(
                expected=f"a whole book of {portfolio} on {day}",
                found="; ".join(str(r) for r in found.reasons[:3]),
                try_next="import what is missing, or choose other days",
            )
        notes.update(dict.fromkeys(found.notes))
        books.append(
            DatedPortfolio(
                day=day, portfolio=with_rates(later_units(found.portfolio, day, actions, contracts), rates, day)
            )
        )
    return HeldBetween(books=tuple(books), notes=tuple(notes))


def _first(snapshots: Sequence[str], portfolio: str, start: str | None) -> dt.date:
    if start is not None:
        return dt.date.fromisoformat(str(as_moment(start)))
    if not snapshots:
        raise NotEnoughDataError(
            expected=f"holdings of {portfolio}", found="none", try_next="import holdings with trimtab import"
        )
    return dt.date.fromisoformat(snapshots[0])
