"""A workspace as it is or was known: its settings for a question, its prices and its book, opened."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from trimtab.desk.books.holdings_at import HeldAt
from trimtab.desk.books.journal import Journal
from trimtab.desk.questions.drift import DriftQuestion
from trimtab.desk.questions.every import Question
from trimtab.desk.questions.files import KeptFile
from trimtab.desk.questions.instruments import Instruments
from trimtab.desk.questions.limits import StandingLimits
from trimtab.desk.questions.mandate import MandateTerms
from trimtab.desk.questions.measuring import Measuring
from trimtab.errors import InputError, NotEnoughDataError, UsageError
from trimtab.market.checks.jumps import judge_jumps
from trimtab.market.daycount import date_of
from trimtab.model.json import Json
from trimtab.model.mandate import Mandate
from trimtab.wiring.accounts import held_at, held_between, past_of
from trimtab.wiring.inputs import as_fx, as_interest, as_moment
from trimtab.wiring.settling import Inputs, open_chain, open_contracts, open_funds
from trimtab.wiring.workspace import Workspace

if TYPE_CHECKING:
    from trimtab.market.benchmark import ReturnKind

__all__ = [
    "AsKnown",
    "Standing",
    "as_known",
    "keep_file",
    "mandate_of",
    "number_known",
    "on_day",
    "opened_file",
    "standing_of",
]


Q = TypeVar("Q", bound=Question)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a workspace's settings say where a question does not.

    Parameters
    ----------
    mandate, measuring, instruments
        Of the account.
    role
        What its money is for.
    hedge
        Contracts that may be traded.
    aim, max_margin, standing
        Of a comparison of ways.
    periods_per_year
        For annualisation; None takes the calendar's.
    """

    mandate: MandateTerms
    measuring: Measuring
    instruments: Instruments
    role: str | None
    hedge: tuple[str, ...]
    aim: str | None
    max_margin: float | None
    standing: StandingLimits
    periods_per_year: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AsKnown:
    """What a question is answered from, as a workspace knew it at some journal number.

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
        How the book came about.
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


def standing_of(workspace: Workspace, account: str, question: Question) -> Standing:
    """Give what the settings say of an account.

    Raises
    ------
    UsageError
        If the question names another base currency: a workspace has its own.
    """
    config = workspace.config
    if isinstance(question, DriftQuestion):
        question.refuse_files()
    if question.measuring.base is not None and question.measuring.base != config.base(account):
        raise UsageError(
            expected=f"the base currency of the account, {config.base(account)}",
            found=f"base (--base) {question.measuring.base}",
            try_next="leave it out, or set base under [portfolios.NAME] in trimtab.toml",
        )
    mandate = MandateTerms.of(config.mandate(account))
    stated = config.mandates[config.portfolios[account].mandate]
    estimation = config.estimation
    returns = {b.symbol: b.returns for b in config.benchmarks.values()}
    measuring = Measuring(
        method=estimation.method, window=estimation.window, half_life=estimation.half_life, errors=estimation.errors,
        risk_free=estimation.risk_free, fx=estimation.fx, base=config.base(account),
        benchmark_returns=cast("ReturnKind | None", returns.get(question.mandate.benchmark or mandate.benchmark or "")),
    )  # fmt: skip
    return Standing(
        mandate=mandate,
        measuring=measuring,
        instruments=Instruments(contracts=config.contracts.files, funds=config.funds.files),
        role=config.portfolios[account].role,
        hedge=tuple(stated.hedge),
        aim=stated.aim,
        max_margin=stated.max_margin,
        standing=StandingLimits(
            long_only=stated.long_only, no_trade=stated.no_trade, max_weight=stated.max_weight,
            max_turnover=stated.max_turnover, half_spread=config.costs.half_spread, impact=config.costs.impact,
            commission_rate=config.costs.commission_rate, commission_per_unit=config.costs.commission_per_unit,
        ),
        periods_per_year=config.periods_per_year,
    )  # fmt: skip


def on_day(question: Q, day: str) -> Q:
    """Ask of a day, whether or not the question named one."""
    return replace(question, measuring=replace(question.measuring, as_of=day))


def mandate_of(there: AsKnown) -> Mandate:
    """Give the mandate that a question asks of."""
    return there.question.mandate.mandate(reading=there.question.measuring.reading)


def keep_file(workspace: Workspace, file: str | KeptFile) -> KeptFile:
    """Keep a copy of a file that an answer depends on."""
    if isinstance(file, KeptFile):
        return file
    path = Path(file)
    return KeptFile(file=workspace.inputs.keep(path), name=path.name)


def opened_file(workspace: Workspace, file: str | KeptFile) -> str:
    """Give the path of a kept copy."""
    return str(workspace.inputs.find(file.file)) if isinstance(file, KeptFile) else file


def as_known(workspace: Workspace, account: str, question: Question, known: int) -> AsKnown:
    """Open what a settled question is answered from; its files are paths of kept copies.

    Raises
    ------
    NotEnoughDataError
        If no prices or holdings are known, or the book of that day cannot be worked out in full.
    """
    measuring, benchmark = question.measuring, question.mandate.benchmark or ""
    moment = as_moment(measuring.as_of)
    # In the units of that day: a later split divides neither the prices nor what was held.
    prices = workspace.prices.table(known=known, as_of=moment)
    if benchmark in prices:
        # Once for all that follows: the book's cash, its past, its betas.
        prices = judge_jumps(prices, benchmark)
    day = date_of(prices.dates[-1] if moment is None else moment)
    contracts = open_contracts(question.instruments.contracts)
    held = held_at(workspace, account, day, known=known, prices=prices, contracts=contracts)
    if held.reasons:
        raise NotEnoughDataError(
            expected=f"a whole book of {account} as of {day}",
            found="; ".join(str(r) for r in held.reasons[:5]),
            try_next="import what is missing, or a newer snapshot of the holdings",
        )
    base = measuring.base or workspace.config.base(account)
    interest, fx = as_interest(measuring.risk_free, base), as_fx(measuring.fx)
    inputs = Inputs(
        prices=prices, holdings=held.portfolio, base=base, contracts=contracts,
        funds=open_funds(question.instruments.funds), forwards=open_chain(question.instruments.chain),
        interest=interest, fx=fx, name=account,
        books=partial(
            held_between, workspace, account, end=day, prices=prices, benchmark=benchmark, contracts=contracts,
            known=known, rates=interest,
        ),
        past=partial(
            past_of, workspace, account, prices=prices, contracts=contracts, known=known, fx=fx, rates=interest
        ),
    )  # fmt: skip
    return AsKnown(
        account=account, question=on_day(question, str(day)), as_of=str(day), known=known, inputs=inputs, held=held,
        origins={
            "prices": list(workspace.prices.batches(known=known)),
            "holdings": list(held.entries),
            "notes": list(held.notes),
        },
    )  # fmt: skip


def number_known(journal: Journal, moment: int | str | dt.datetime | None) -> int:
    """Give the journal number that a moment of knowledge stands for; None is now."""
    if moment is None:
        return journal.head().seq
    if isinstance(moment, int) or (isinstance(moment, str) and moment.isdigit()):
        return min(int(moment), journal.head().seq)
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
