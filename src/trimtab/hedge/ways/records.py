"""Ways of bringing beta back, side by side: the records, and how a plan of any kind becomes one."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from math import isfinite
from typing import Protocol

from trimtab.errors import InputError
from trimtab.exposure.expose import Exposure
from trimtab.exposure.moves import MoveRow
from trimtab.hedge.doing_nothing import DoingNothing
from trimtab.hedge.futures.figures import FuturesFigures
from trimtab.hedge.plan import PlanStatus
from trimtab.hedge.rule import HedgeRule
from trimtab.hedge.standing.records import Standing, StandingChange
from trimtab.hedge.verdict import Verdict
from trimtab.hedge.ways.figures import CostNow, CostPerYear, HoldRange, TakenOn
from trimtab.hedge.year_terms import YearTerms
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio
from trimtab.model.shown import Shown

__all__ = ["WAY_MOVES", "Assumptions", "Proposal", "RankBy", "Ticket", "Way", "Ways"]

#: Benchmark moves at which every way is revalued in full.
WAY_MOVES = (-0.2, -0.1, -0.05, 0.0, 0.05, 0.1)


class Proposal(Protocol):
    """What a plan of any kind can do; its applied portfolio, measured again, is its own `after`."""

    @property
    def status(self) -> PlanStatus:
        """What became of the request."""
        ...

    @property
    def after(self) -> Exposure:
        """The portfolio measured with the trades done."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """Reasons, assumptions and limits in words."""
        ...

    def apply(self, portfolio: Portfolio) -> Portfolio:
        """Give the portfolio with the trades done."""
        ...


class RankBy(StrEnum):
    """What "cheapest" means; either way cost now counts in full and a year's cost for the horizon."""

    FRICTION = "friction"  # costs that are lost in every future
    STANDING_STILL = "standing_still"  # also carry, dividends and time decay, as if prices did not move


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """What the comparison assumes; all of it is shown with the result.

    Parameters
    ----------
    rate, dividend_yield
        Interest of the base currency and yield per year; None takes what the moment knows, and where it knows none an
        assumed 3% and 1.5%, which the result says.
    horizon_years
        How long a way is meant to be held: its yearly cost counts for so long.
    rank_by
        What "cheapest" means.
    rolls_per_year
        How often futures are rolled.
    margin_share, margins
        Initial margin of futures: share of notional, or money per contract by contract or root.
    funding_spread
        Interest per year on margin above what margin earns.
    borrow_fee
        Per year on the value of shares sold short.
    max_margin
        Most initial margin of the whole book after a way, base currency; None for no limit. A way that adds no margin
        is never refused for it.
    must_hold
        Benchmark moves (low, high) over which beta must stay in the band; None asks for none.
    risk_aversion, gap_vol
        Of the no-trade reasoning, see `doing_nothing`; None takes the drift of beta that was measured.
    window, per_year
        Returns looked at for volatility, tracking error and R2, and returns in a year; None takes a year of the
        benchmark's calendar (60 returns at least), and that calendar.
    expires_days
        A plan expires so many days after its prices.

    Examples
    --------
    >>> import trimtab as tt
    >>> a_year = tt.Assumptions(horizon_years=1.0, rate=0.04, dividend_yield=0.015)
    >>> a_year.horizon_years, a_year.rolls_per_year
    (1.0, 4.0)
    """

    rate: float | None = None
    dividend_yield: float | None = None
    horizon_years: float = 0.25
    rank_by: RankBy = RankBy.FRICTION
    rolls_per_year: float = 4.0
    margin_share: float = 0.06
    margins: tuple[tuple[str, float], ...] = ()
    funding_spread: float = 0.01
    borrow_fee: float = 0.005
    max_margin: float | None = None
    must_hold: tuple[float, float] | None = None
    risk_aversion: float = 3.0
    gap_vol: float | None = None
    window: int | None = None
    per_year: float | None = None
    expires_days: int = 1

    def __post_init__(self) -> None:
        numbers = {
            "horizon_years": self.horizon_years, "rolls_per_year": self.rolls_per_year, "gap_vol": self.gap_vol,
            "margin_share": self.margin_share, "funding_spread": self.funding_spread, "borrow_fee": self.borrow_fee,
            "risk_aversion": self.risk_aversion, "window": self.window, "per_year": self.per_year,
            "expires_days": self.expires_days,
        }  # fmt: skip
        for name, value in (*numbers.items(), *(("a margin per contract", m) for _, m in self.margins)):
            if value is not None and not (isfinite(value) and value >= 0):
                raise InputError(
                    expected=f"{name} of zero or more", found=f"{value}", try_next="correct the assumption"
                )
        yearly = [x for x in (self.rate, self.dividend_yield) if x is not None]
        if not (all(map(isfinite, yearly)) and self.risk_aversion > 0 and (self.gap_vol is None or self.gap_vol > 0)):
            raise InputError(
                expected="finite rates, and a positive risk aversion and gap volatility",
                found=f"{self.rate}, {self.dividend_yield}, {self.risk_aversion}, {self.gap_vol}",
                try_next="write 3% as 0.03",
            )
        if self.must_hold is not None and not -1 < self.must_hold[0] <= 0 <= self.must_hold[1] < 1:
            raise InputError(
                expected="moves from a fall to a rise over which beta must hold, such as -0.05 and 0.05",
                found=f"{self.must_hold}",
                try_next="give the fall first",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One order, of whatever kind, as it can be sent.

    Parameters
    ----------
    asset, kind
        Symbol, and spot, future or option.
    side, quantity
        buy or sell; positive.
    price
        Limit (reference for futures), a multiple of the tick, in `currency`.
    multiplier, notional, cost
        Units per contract; base currency, of the underlying for options; what the order takes from NAV.
    expiry
        Of the contract; None for spot.
    """

    asset: str
    kind: str
    side: str
    quantity: Decimal
    price: Decimal
    currency: str
    multiplier: Decimal
    notional: float
    cost: float
    expiry: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way, with everything it is compared by.

    Parameters
    ----------
    name
        do_nothing, futures, reallocate, a strategy of options, or two of them joined by +.
    id, inputs_hash, expires
        Name of the proposal, hash of what it was made from, and the last day it may be used.
    plans
        Applied one after the other; none for doing nothing.
    status, satisfies, why
        What became of it; whether beta lies in the band and every limit of the comparison is kept; in words.
    tickets
        All orders.
    after, verdict_after, residual
        Beta after with its error; against the mandate; minus target.
    now, year
        Costs.
    price
        What it is ranked by: cost now and cost per year over the horizon, base currency.
    standing, change
        Figures of the whole book with the trades done, and what the trades make of them: a gain is plus.
    margin, cash_used, cash_after
        Initial margin of the book after minus before, netted, less than 0 where it is freed, None where that is not
        known; base cash that the trades take (negative = bring); base cash afterwards.
    risks
        What the trades add.
    moves
        Beta and P/L after benchmark moves, by full revaluation with the trades done.
    holds
        Moves over which beta stays in the band.
    futures
        Further figures of its futures orders.
    notes
        Assumptions and limits in words.
    """

    name: str
    id: str
    inputs_hash: str
    expires: dt.date
    plans: tuple[Proposal, ...] = field(repr=False)
    status: PlanStatus
    satisfies: bool
    why: str
    tickets: tuple[Ticket, ...]
    after: Exposure = field(repr=False)
    verdict_after: Verdict
    residual: float
    now: CostNow
    year: CostPerYear
    price: float
    standing: Standing
    change: StandingChange
    margin: float | None
    cash_used: float
    cash_after: float
    risks: TakenOn
    moves: tuple[MoveRow, ...]
    holds: HoldRange
    futures: tuple[FuturesFigures, ...] = ()
    notes: tuple[str, ...] = ()

    def apply(self, portfolio: Portfolio) -> Portfolio:
        """Give the portfolio with all trades done; measured again it has exactly the numbers of `after`."""
        book = portfolio
        for plan in self.plans:
            book = plan.apply(book)
        return book


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Ways(Shown):
    """All ways side by side.

    Parameters
    ----------
    mandate, as_of, assumptions
        What was asked, when, and under which assumptions, as they were used.
    terms
        The calendar, the rate of each currency and the yield of each asset that a year was counted at.
    before, verdict, standing
        The portfolio as it is, and the figures of the whole book.
    moves
        Beta and P/L of the portfolio as it is.
    ways
        In the order asked for, doing nothing first, mixes last.
    cheapest, reason
        Name of the cheapest that satisfies the mandate, None if none does; why, in a sentence.
    nothing
        The case for doing nothing.
    refused
        Ways that could not be planned, with what was missing.
    inputs_hash, expires
        As in `Way`.
    rule
        When is traded and how far, with the best trigger beside it.
    notes
        Which rates and yields were assumed, in words.
    """

    mandate: Mandate
    as_of: dt.date
    assumptions: Assumptions
    before: Exposure = field(repr=False)
    verdict: Verdict
    standing: Standing
    moves: tuple[MoveRow, ...]
    ways: tuple[Way, ...]
    cheapest: str | None
    reason: str
    nothing: DoingNothing
    refused: tuple[tuple[str, str], ...]
    inputs_hash: str
    expires: dt.date
    terms: YearTerms
    rule: HedgeRule
    notes: tuple[str, ...] = ()

    def way(self, name: str) -> Way:
        """Give a way by name.

        Raises
        ------
        KeyError
            If there is none of that name.
        """
        for named in self.ways:
            if named.name == name:
                return named
        raise KeyError(name)

    @property
    def best(self) -> Way | None:
        """The marked way."""
        return None if self.cheapest is None else self.way(self.cheapest)
