"""What a workspace gives to a question: prices, book, mandate and settings, as known at a moment."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from trimtab.desk.books.holdings_at import HeldAt
from trimtab.desk.books.journal import Journal
from trimtab.errors import InputError, NotEnoughDataError
from trimtab.market.checks.jumps import judge_jumps
from trimtab.market.prices import PriceTable
from trimtab.model.mandate import Mandate
from trimtab.wiring.accounts import held_at, held_between, past_of
from trimtab.wiring.answers import Question
from trimtab.wiring.inputs import as_moment
from trimtab.wiring.settings import arguments_of, contracts_of, mandate_of
from trimtab.wiring.workspace import Workspace

if TYPE_CHECKING:
    from trimtab.desk.accounts.between import BooksBetween
    from trimtab.desk.accounts.past import Past

__all__ = ["Given", "give", "number_known"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the use cases take, as a workspace knew it at some journal number.

    Parameters
    ----------
    portfolio
        Its name.
    as_of
        The day asked about.
    known
        Number of the last journal entry that counts.
    prices, held, mandate
        As of then, up to that day and in its units.
    settings
        What decides the answer beside them, as JSON.
    arguments
        The same as arguments.
    inputs
        What the answer comes from: numbers and digests.
    books
        Gives what was held on earlier days.
    past
        Gives what was earned from a day on (`start`).
    """

    portfolio: str
    as_of: str
    known: int
    prices: PriceTable
    held: HeldAt
    mandate: Mandate
    settings: Mapping[str, Any]
    arguments: Mapping[str, Any]
    inputs: Mapping[str, Any]
    books: "BooksBetween"
    past: "Callable[..., Past]"

    @property
    def question(self) -> Question:
        """The same as what `trimtab.wiring.answers` takes."""
        return Question(
            prices=self.prices, holdings=self.held.portfolio, mandate=self.mandate, as_of=self.as_of,
            arguments=self.arguments, role=self.settings["role"], books=self.books, past=self.past,
            portfolio=self.portfolio,
        )  # fmt: skip


def give(
    workspace: Workspace, name: str, as_of: dt.date | str | None, known: int, settings: Mapping[str, Any]
) -> Given:
    """Gather what the use cases take, for a portfolio, a day, a moment of knowledge and settings as JSON.

    Raises
    ------
    NotEnoughDataError
        If no prices or holdings are known, or the book of that day cannot be worked out in full.
    """
    # Only questions about the past need these.

    moment = as_moment(as_of)
    # In the units of that day: a later split divides neither the prices nor what was held.
    prices = workspace.prices.table(known=known, as_of=moment)
    benchmark = settings["mandate"]["benchmark"]
    if benchmark in prices:
        # Once for all that follows: the book's cash, its past, its betas.
        prices = judge_jumps(prices, benchmark)
    day = str((prices.dates[-1] if moment is None else moment).astype("datetime64[D]"))
    contracts = contracts_of(workspace, settings)
    held = held_at(workspace, name, dt.date.fromisoformat(day), known=known, prices=prices, contracts=contracts)
    if held.reasons:
        raise NotEnoughDataError(
            expected=f"a whole book of {name} as of {day}",
            found="; ".join(str(r) for r in held.reasons[:5]),
            try_next="import what is missing, or a newer snapshot of the holdings",
        )
    arguments = arguments_of(workspace, settings)
    return Given(
        portfolio=name,
        as_of=day,
        known=known,
        prices=prices,
        held=held,
        mandate=mandate_of(settings["mandate"]),
        settings=settings,
        arguments=arguments,
        inputs={
            "prices": list(workspace.prices.batches(known=known)),
            "holdings": list(held.entries),
            "notes": list(held.notes),
        },
        books=partial(
            held_between, workspace, name, end=dt.date.fromisoformat(day), prices=prices,
            benchmark=benchmark, contracts=contracts, known=known,
            rates=arguments["risk_free"],
        ),
        past=partial(
            past_of, workspace, name, prices=prices, contracts=contracts, known=known, fx=arguments["fx"],
            rates=arguments["risk_free"]
        ),
    )  # fmt: skip


def number_known(journal: Journal, moment: int | str | dt.datetime | None) -> int:
    """Give the journal number that a moment of knowledge stands for; None is now."""
    if moment is None:
        return journal.head().seq
    if isinstance(moment, int):
        return min(moment, journal.head().seq)
    return journal.known_at(_utc_text(moment))


def _utc_text(moment: str | dt.datetime) -> str:
    """Write a moment as the journal does; a day alone means its end, a time without a zone is UTC."""
    try:
        if isinstance(moment, str) and len(moment) == 10:
            dt.date.fromisoformat(moment)
            return f"{moment}T23:59:59.999999Z"
        read = dt.datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    except ValueError:
        raise InputError(
            expected="a moment such as 2022-07-01 or 2022-07-01T12:00:00Z",
            found=f"{moment!r}",
            try_next="write the day, or the UTC time",
        ) from None
    aware = read if read.tzinfo is not None else read.replace(tzinfo=dt.UTC)
    return aware.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
