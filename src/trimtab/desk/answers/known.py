"""What is or was known, opened for a question: prices up to a day and in its units, the book, the rates."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np

from trimtab.desk.accounts.account import Account
from trimtab.desk.accounts.contract_splits import with_contract_splits
from trimtab.desk.answers.inputs import USUAL_BASE, Inputs
from trimtab.desk.answers.reading import Reader
from trimtab.desk.books.holdings_at import HeldAt
from trimtab.desk.books.journal import Journal
from trimtab.desk.questions.every import PriceQuestion, Question
from trimtab.desk.questions.ledger import LedgerQuestion
from trimtab.errors import InputError, NotEnoughDataError
from trimtab.market.checks.jumps import judge_jumps
from trimtab.market.daycount import as_moment, date_of
from trimtab.market.prices import PriceTable
from trimtab.market.rates.fx import FxRates
from trimtab.market.rates.interest import Interest
from trimtab.market.suspected import suspected_splits
from trimtab.model.blend import lead_of
from trimtab.model.contract import ContractTable
from trimtab.model.json import Json
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio
from trimtab.model.stated_beta import parse_stated_beta

if TYPE_CHECKING:
    from trimtab.desk.accounts.between import HeldBetween
    from trimtab.desk.accounts.extract import LedgerExtract
    from trimtab.desk.accounts.past import Past
    from trimtab.desk.ask.drift import By

__all__ = [
    "Archive", "AsKnown", "KnownPrices", "account_of", "as_known", "demand_whole", "mandate_of", "number_known",
    "on_day",
]  # fmt: skip

Q = TypeVar("Q", bound=Question)


class KnownPrices(Protocol):
    """Prices, as known at a journal number."""

    def table(self, known: int | None = None, *, as_of: np.datetime64 | str | None = None) -> PriceTable:
        """Give them in the units of a day."""
        ...

    def batches(self, known: int | None = None) -> tuple[str, ...]:
        """Name what they rest on."""
        ...


class Archive(Protocol):
    """What was written down, and what reads it."""

    @property
    def journal(self) -> Journal:
        """Facts in their order."""
        ...

    @property
    def prices(self) -> KnownPrices:
        """Prices that the journal names."""
        ...

    @property
    def reader(self) -> Reader:
        """Opens files, and rows that were kept."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AsKnown:
    """What a question is answered from, as it was known at some journal number.

    Parameters
    ----------
    account
        Its name.
    question
        Settled, with files that can be opened, as of that day.
    as_of
        The day asked about.
    known
        Number of the last journal entry that counts.
    inputs
        Prices up to that day and in its units, the book, and what else is opened.
    held
        How the book came about; nothing where prices alone are asked.
    origins
        What the answer comes from: numbers and digests.
    """

    account: str
    question: Question
    as_of: str
    known: int
    inputs: Inputs
    held: HeldAt
    origins: Mapping[str, Json]


def on_day(question: Q, day: str) -> Q:
    """Ask of a day, whether or not the question named one."""
    return replace(question, measuring=replace(question.measuring, as_of=day))


def mandate_of(there: AsKnown) -> Mandate:
    """Give the mandate that a question asks of."""
    return there.question.mandate.mandate(reading=there.question.measuring.reading)


def account_of(
    archive: Archive, name: str, *, base: str, known: int | None, prices: PriceTable | None, contracts: ContractTable
) -> Account:
    """Give an account, as known at a journal number.

    Parameters
    ----------
    archive, name
        Whose.
    base
        Its currency, where no snapshot says one.
    known
        A journal number; None for everything known now.
    prices
        For the gains of futures; None leaves them out and says so.
    contracts
        Contract families.
    """

    def read(records: Sequence[Mapping[str, str]], base: str, day: dt.date) -> Portfolio:
        return archive.reader.rows(records, base=base, contracts=contracts, as_of=day, name=name)

    return Account(journal=archive.journal, name=name, read=read, prices=prices, known=known, base=base)


def as_known(archive: Archive, name: str, question: Question, known: int, *, base: str) -> AsKnown:
    """Open what a settled question is answered from; its files are paths of kept copies.

    Parameters
    ----------
    archive, name
        Of which account.
    question
        Settled.
    known
        Number of the last journal entry that counts.
    base
        Base currency of the account, where the question names none.

    Raises
    ------
    NotEnoughDataError
        If no prices or holdings are known, or the book of that day cannot be worked out in full.
    """
    measuring, instruments, reader = question.measuring, question.instruments, archive.reader
    benchmark, contracts = question.mandate.benchmark or "", reader.contracts(instruments.contracts)
    prices, day = _prices_known(archive, name, question, known, contracts)
    if not isinstance(question, PriceQuestion):
        # Before jumps are judged: a step that a split explains is none.
        contracts_of = account_of(archive, name, base=base, known=known, prices=None, contracts=contracts)
        prices = with_contract_splits(prices, contracts_of, day=day)
    benchmark = lead_of(benchmark)
    if benchmark in prices:
        # Once for all that follows: the book's cash, its past, its betas. A blend is made when betas are measured.
        prices = judge_jumps(prices, benchmark)
    currency = measuring.base or base
    interest, fx = reader.interest(measuring.risk_free, currency), reader.fx(measuring.fx)
    batches: Json = list(archive.prices.batches(known=known))
    if isinstance(question, PriceQuestion):
        alone = Inputs(
            reader=reader, prices=prices, base=currency, contracts=contracts, interest=interest, fx=fx, name=name
        )
        nothing = HeldAt(portfolio=Portfolio(positions=(), base=currency), as_of=day, snapshot=None, entries=())
        return AsKnown(
            account=name, question=on_day(question, str(day)), as_of=str(day), known=known, inputs=alone, held=nothing,
            origins={"prices": batches},
        )  # fmt: skip
    account = account_of(archive, name, base=base, known=known, prices=prices, contracts=contracts)
    holdings = account.held_on(day, start_empty=isinstance(question, LedgerQuestion))
    if not isinstance(question, LedgerQuestion):
        demand_whole(name, holdings)
    inputs = Inputs(
        reader=reader, prices=prices, holdings=holdings.portfolio, base=currency, contracts=contracts,
        funds=reader.funds(instruments.funds), forwards=reader.chain(instruments.chain),
        funding=instruments.funding, interest=interest, fx=fx,
        stated=tuple(parse_stated_beta(line) for line in instruments.stated_betas or ()),
        name=name, books=partial(_between, account, prices, end=day, benchmark=benchmark, rates=interest),
        past=partial(_past, account, prices, fx=fx, rates=interest),
        extract=partial(_extract, account, prices, fx=fx, rates=interest),
    )  # fmt: skip
    return AsKnown(
        account=name, question=on_day(question, str(day)), as_of=str(day), known=known, inputs=inputs, held=holdings,
        origins={"prices": batches, "holdings": list(holdings.entries), "notes": list(holdings.notes)},
    )  # fmt: skip


def demand_whole(name: str, holdings: HeldAt) -> None:
    """Refuse a book that could not be worked out in full.

    Raises
    ------
    NotEnoughDataError
        If something of it is missing, or it rests on transactions alone.
    """
    if holdings.snapshot is None:
        raise NotEnoughDataError(
            expected=f"holdings of {name} on or before {holdings.as_of}", found="none, only transactions",
            try_next="import holdings: trimtab import holdings.csv --as-of DAY; transactions alone are shown by "
            "trimtab ledger",
        )  # fmt: skip
    if holdings.reasons:
        raise NotEnoughDataError(
            expected=f"a whole book of {name} as of {holdings.as_of}",
            found="; ".join(str(r) for r in holdings.reasons[:5]),
            try_next="import what is missing, or a newer snapshot of the holdings",
        )


def _prices_known(
    archive: Archive, name: str, question: Question, known: int, contracts: ContractTable
) -> tuple[PriceTable, dt.date]:
    """Give prices in the units of the day asked about, and that day: a later split divides neither them nor the book.

    A ledger needs no prices, and goes on to its last fact where prices end before it.
    """
    moment = as_moment(question.measuring.as_of)
    if not isinstance(question, LedgerQuestion):
        prices = archive.prices.table(known=known, as_of=moment)
        return prices, date_of(prices.dates[-1] if moment is None else moment)
    base = question.measuring.base or USUAL_BASE
    books = account_of(archive, name, base=base, known=known, prices=None, contracts=contracts)
    last = books.last_recorded() if moment is None else date_of(moment)
    if not archive.prices.batches(known=known):
        return PriceTable.of({}, dates=[]), last
    prices = archive.prices.table(known=known, as_of=moment)
    if moment is None and date_of(prices.dates[-1]) < last:
        prices = archive.prices.table(known=known, as_of=last.isoformat())
    return prices, last if moment is not None else max(last, date_of(prices.dates[-1]))


def _between(
    account: Account, prices: PriceTable, start: str | None, by: "By", *, end: dt.date, benchmark: str, rates: Interest
) -> "HeldBetween":
    from trimtab.desk.accounts.between import held_between  # noqa: PLC0415 - drift alone needs it

    first = None if start is None else dt.date.fromisoformat(str(as_moment(start)))
    return held_between(account, prices, start=first, by=by, end=end, benchmark=benchmark, rates=rates)


def _past(
    account: Account, prices: PriceTable, *, start: dt.date | None, fx: FxRates | None, rates: Interest
) -> "Past":
    from trimtab.desk.accounts.past import past_of  # noqa: PLC0415 - only questions about the past need it

    return past_of(account, prices, start=start, fx=fx, rates=rates)


def _extract(
    account: Account, prices: PriceTable, *, start: dt.date | None, end: dt.date, symbol: str | None,
    fx: FxRates | None, rates: Interest,
) -> "LedgerExtract":  # fmt: skip
    from trimtab.desk.accounts.evening import markets_of, rates_of  # noqa: PLC0415 - the ledger alone needs it
    from trimtab.desk.accounts.extract import extract_of  # noqa: PLC0415 - the ledger alone needs it

    market_on = markets_of(prices, base=account.books().base, fx=fx)
    counted = replace(account, rates=rates_of(market_on))
    splits = suspected_splits(prices)
    return extract_of(
        counted, market_on, start=start, end=end, symbol=symbol, interest=rates, splits=splits, prices=prices
    )


#: No journal has entries of more digits.
_MOST_DIGITS = 18


def number_known(journal: Journal, moment: int | str | dt.datetime | None) -> int:
    """Give the journal number that a moment of knowledge stands for; None is now.

    Raises
    ------
    InputError
        If it is no moment.
    """
    if moment is None:
        return journal.head().seq
    if isinstance(moment, int) or (isinstance(moment, str) and moment.isascii() and moment.isdigit()):
        return journal.head().seq if len(str(moment)) > _MOST_DIGITS else min(int(moment), journal.head().seq)
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
