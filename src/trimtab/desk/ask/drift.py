"""Use case: why a portfolio's beta changed between two days, in one step or over a chain of them.

Each link of the chain is measured with the prices known on its own days and no later ones. Causes add up along the
chain, because the end of one link is the start of the next.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import fsum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from trimtab.beta.estimate import BetaReading, Betas
from trimtab.beta.method import Estimator
from trimtab.desk.ask.drift_skip import LeftOut, leave_out
from trimtab.desk.ask.review import Setting, set_up
from trimtab.desk.moment.blended import with_blend
from trimtab.desk.moment.stated_rates import with_rates
from trimtab.errors import InputError, NotEnoughDataError
from trimtab.exposure.expose import Exposure
from trimtab.market.benchmark import ReturnKind
from trimtab.market.prices import Flag, PriceTable
from trimtab.market.rates.fx import FxRates
from trimtab.market.rates.interest import Interest, interest_of
from trimtab.market.rates.risk_free import RiskFree
from trimtab.model.currencies import whole_currency
from trimtab.model.instrument import Cash, Instrument, Spot
from trimtab.model.portfolio import Portfolio
from trimtab.model.shown import Shown
from trimtab.model.stated_beta import StatedBeta
from trimtab.monitor.drift.causes import CAUSES, Cause, Drift, Orders, Point, PositionDrift, explain_drift
from trimtab.monitor.drift.noise import EstimateNoise, has_influences
from trimtab.performance.cost_basis import Trade

__all__ = [
    "By", "DatedPortfolio", "DriftChain", "EachDay", "Span", "drift", "points_between", "trade_through",
]  # fmt: skip

By = Literal["endpoints", "week", "day", "trade"]
#: The method whose errors can be compared over time, brought as evidence where the chosen one's cannot.
EVIDENCE = "welch"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedPortfolio:
    """What is held at the end of a day, and until another is given.

    Parameters
    ----------
    day
        The day.
    portfolio
        What is held.
    """

    day: dt.date
    portfolio: Portfolio


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DriftChain(Shown):
    """A change of portfolio beta, explained link by link.

    Parameters
    ----------
    links
        Drifts in order of time; the end of one is the start of the next.
    overall
        Noise of the change of betas from first to last day, at the weights of a drift in one step.
    held
        What was held at the end.
    method
        How betas were measured.
    notes
        What was decided on the way, in words.
    left_out
        Positions that could not be measured on some day, and were left out of every day and of NAV.
    """

    links: tuple[Drift, ...]
    overall: EstimateNoise
    held: Portfolio
    method: str
    notes: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @property
    def start(self) -> Exposure:
        """The portfolio as measured at the start."""
        return self.links[0].start

    @property
    def end(self) -> Exposure:
        """The portfolio as measured at the end."""
        return self.links[-1].end

    @property
    def change(self) -> float:
        """Change of portfolio beta."""
        return self.end.beta.value - self.start.beta.value

    @property
    def is_one_day(self) -> bool:
        """Whether start and end are the same moment, so that nothing can have changed."""
        return bool(self.start.as_of == self.end.as_of)

    def total(self, cause: Cause) -> float:
        """Give the part of one cause over all links."""
        return fsum(link.total(cause) for link in self.links)

    def by_cause(self) -> dict[Cause, float]:
        """Give the part of every cause; they add up to `change`."""
        return {cause: self.total(cause) for cause in CAUSES}

    @property
    def explained(self) -> float:
        """Sum of all causes: the change, but for rounding."""
        return fsum(self.by_cause().values())

    @property
    def residual(self) -> float:
        """Change of portfolio beta less all causes: rounding and nothing else."""
        return fsum((self.change, *(-cell for link in self.links for cell in link.cells.ravel().tolist())))

    @property
    def positions(self) -> tuple[PositionDrift, ...]:
        """Each position's part over all links, in the order in which they came."""
        drifts: dict[tuple[str, str, int], PositionDrift] = {}
        for number, link in enumerate(self.links):
            seen: dict[tuple[str, str], int] = {}
            for p in link.positions:
                seen[p.kind, p.asset] = seen.get((p.kind, p.asset), -1) + 1
                key = (p.kind, p.asset, seen[p.kind, p.asset])
                drift_before = drifts.get(key)
                last = p.end if number == len(self.links) - 1 else 0.0
                if drift_before is None:
                    drifts[key] = replace(p, start=p.start if number == 0 else 0.0, end=last)
                else:
                    drifts[key] = replace(drift_before, end=last, by_cause=drift_before.by_cause + p.by_cause)
        return tuple(drifts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The days that a change is explained between.

    Parameters
    ----------
    start, end
        First and last day; the same where nothing but today is known, and nothing has changed yet.
    by
        Links of the chain: "endpoints" takes one step; "trade" one per change of what is held; "week" ends one with
        each calendar week, "day" with each price of the benchmark. Changes of what is held end a link as well.
    """

    start: dt.date
    end: dt.date
    by: By = "endpoints"


@dataclass(frozen=True, slots=True, kw_only=True)
class EachDay:
    """How each day of a drift is measured.

    Parameters
    ----------
    benchmark
        Its symbol.
    method, reading, risk_free, fx, benchmark_returns, stated
        As in `trimtab.desk.moment.setting.set_up`.
    errors
        Standard errors that were asked for beside the method; None where none were.

    Examples
    --------
    >>> EachDay(benchmark="SPX", method="ols").errors is None
    True
    """

    benchmark: str
    method: str | Estimator = "default"
    reading: BetaReading | str | None = None
    errors: str | None = None
    risk_free: RiskFree | Interest | None = None
    fx: FxRates | None = None
    benchmark_returns: ReturnKind | None = None
    stated: tuple[StatedBeta, ...] = ()

    def of(self, prices: PriceTable, portfolio: Portfolio, day: dt.date) -> tuple[Setting, Betas | None]:
        """Measure a day, and its betas by a method whose errors can be compared over time where its own cannot."""
        setting = self._by(self.method, self.reading, prices, portfolio, day)
        own = _judges_itself(setting.betas.method, self.errors)
        return setting, None if own else self._by(EVIDENCE, None, prices, portfolio, day).betas

    def _by(
        self,
        method: str | Estimator,
        reading: BetaReading | str | None,
        prices: PriceTable,
        portfolio: Portfolio,
        day: dt.date,
    ) -> Setting:
        return set_up(
            prices, portfolio, benchmark=self.benchmark, method=method, as_of=np.datetime64(day, "D"),
            risk_free=self.risk_free, fx=self.fx, benchmark_returns=self.benchmark_returns, reading=reading,
            stated=self.stated,
        )  # fmt: skip


def drift(
    prices: PriceTable,
    books: Sequence[DatedPortfolio],
    how: EachDay,
    *,
    span: Span,
    orders: Orders = "two",
    skip: bool = False,
    one_day: bool = False,
) -> DriftChain:
    """Explain the change of portfolio beta from one day to another.

    Parameters
    ----------
    prices
        Checked prices; on each day only those up to it are used.
    books
        What was held, from when on. The first counts before its own day as well.
    how
        How each day is measured.
    span
        From when to when, and in which steps.
    orders
        As in `trimtab.monitor.drift.causes.explain_drift`.
    skip
        Leave a position that was not measured on one of the days out of all of them, and of NAV, and list it; without
        it such a position is refused.
    one_day
        Let start and end be the same day: one link over which nothing changes, to look ahead from.

    Raises
    ------
    InputError
        If the end is not after the start.
    NotEnoughDataError
        If a position was not measured on one of the days, and is not to be skipped.
    """
    books = tuple(sorted(books, key=lambda book: book.day))
    _check(books, span.start, span.end, one_day=one_day)
    interest = interest_of(how.risk_free, books[0].portfolio.base)
    measured: dict[dt.date, tuple[Point, Betas | None, Setting]] = {}
    base = books[0].portfolio.base
    quoted = with_blend(prices, how.benchmark, base=base, fx=how.fx, risk_free=interest.of(base))
    for day in _schedule(quoted, books, benchmark=how.benchmark, start=span.start, end=span.end, by=span.by):
        # each day has its own rate, where the holdings state none
        portfolio = with_rates(_held_on(books, day), interest, day)
        setting, judge = how.of(prices, portfolio, day)
        measured[day] = (Point(portfolio=portfolio, market=setting.market, betas=setting.betas), judge, setting)
    days = list(measured)
    left_out: tuple[LeftOut, ...] = ()
    if skip:
        points, left_out = leave_out([point for point, _, _ in measured.values()])
        measured = {day: (point, *measured[day][1:]) for day, point in zip(days, points, strict=True)}
    links = tuple(
        explain_drift(measured[a][0], measured[b][0], orders=orders, evidence=_pair(measured[a][1], measured[b][1]))
        for a, b in (pairwise(days) if len(days) > 1 else ((days[0], days[0]),))
    )
    first, last = measured[days[0]], measured[days[-1]]
    overall = links[0] if len(links) == 1 else explain_drift(first[0], last[0], evidence=_pair(first[1], last[1]))
    notes = dict.fromkeys(note for link in links for note in link.notes)
    if first[1] is not None and len(days) > 1:
        notes[
            f"errors of {last[0].betas.method} cannot be compared over time: whether betas changed is judged by "
            f"{EVIDENCE}, whose can"
        ] = None
    still = _standing_still(links)
    if still:
        notes[f"prices stated in the holdings stand still, so these moved by no price of their own: {still}"] = None
    return DriftChain(
        links=links,
        overall=overall.noise,
        held=last[0].portfolio,
        method=last[0].betas.method,
        notes=(*last[2].notes, *notes),
        left_out=left_out,
    )


def points_between(dates: NDArray[np.datetime64], *, start: dt.date, end: dt.date, by: By) -> tuple[dt.date, ...]:
    """Give the days that end the links of a chain, start and end included.

    Parameters
    ----------
    dates
        Dates of the benchmark's prices.
    start, end
        First and last day.
    by
        As in `drift`.

    Examples
    --------
    >>> days = np.arange("2024-01-01", "2024-01-20", dtype="datetime64[D]")
    >>> found = points_between(days, start=dt.date(2024, 1, 3), end=dt.date(2024, 1, 17), by="week")
    >>> [d.day for d in found]
    [3, 7, 14, 17]
    """
    days: list[dt.date] = np.unique(dates.astype("datetime64[D]")).tolist()
    inside = [d for d in days if start < d < end]
    if by == "week":
        # The last day with a price in each calendar week; the week of the end ends there.
        inside = list({d.isocalendar()[:2]: d for d in inside if d.isocalendar()[:2] != end.isocalendar()[:2]}.values())
    elif by != "day":
        inside = []
    return (start, *inside, end)


def trade_through(
    book: Portfolio, trades: Mapping[str, tuple[Trade, ...]], *, start: dt.date
) -> tuple[DatedPortfolio, ...]:
    """Carry a portfolio through trades after a day: quantities change, and cash pays for them.

    A trade of a symbol that is not held is one in a share in base currency. A price is as the instrument is quoted: a
    share held in pence is paid for in pounds, a premium in coin in that coin. Futures and perpetuals cost only their
    fee; their gains arrive as cash that the trades do not tell of.

    Parameters
    ----------
    book
        Held at the end of `start`.
    trades
        By symbol, as `trimtab.feeds.records.read_trades` gives them; those on or before `start` are in `book` already.
    start
        The day.

    Examples
    --------
    >>> from decimal import Decimal
    >>> from trimtab.model.portfolio import Position
    >>> cash = Portfolio(positions=(Position(instrument=Cash(currency="USD"), quantity=Decimal(100)),), base="USD")
    >>> buy = Trade(date=dt.date(2024, 1, 3), quantity=Decimal(2), price=Decimal(30))
    >>> after = trade_through(cash, {"A": (buy,)}, start=dt.date(2024, 1, 2))[-1].portfolio
    >>> [(p.symbol, str(p.quantity)) for p in after.positions]
    [('USD', '40'), ('A', '2')]
    """
    dated = sorted(
        ((t.date, symbol, t) for symbol, made in trades.items() for t in made if t.date > start), key=lambda x: x[:2]
    )
    instruments: dict[str, Instrument] = {p.symbol: p.instrument for p in book.positions}
    books = [DatedPortfolio(day=start, portfolio=book)]
    portfolio = book
    for day, symbol, trade in dated:
        instrument = instruments.setdefault(symbol, Spot(symbol=symbol, currency=book.base))
        _check_money(trade, instrument)
        portfolio = portfolio.add(instrument, trade.quantity)
        if not instrument.is_money:
            received = instrument.cash_of_trade(trade.quantity, trade.price, day) - trade.fee
            portfolio = portfolio.add(Cash(currency=instrument.paid_in), received)
        if books[-1].day == day:
            books[-1] = DatedPortfolio(day=day, portfolio=portfolio)
        else:
            books.append(DatedPortfolio(day=day, portfolio=portfolio))
    return tuple(books)


def _check_money(trade: Trade, instrument: Instrument) -> None:
    """Refuse a trade in other money than its instrument is paid in: cash would move in the wrong currency."""
    minor = instrument.is_owned and instrument.minor
    if trade.currency is not None and whole_currency(trade.currency) != (instrument.paid_in, minor):
        raise InputError(
            expected=f"the trade of {instrument.symbol} on {trade.date} in {instrument.paid_in}"
            + (", in hundredths as it is quoted" if minor else ""),
            found=trade.currency,
            try_next="list what is traded in the holdings, in its currency (a quantity of 0 will do)",
        )


def _check(books: Sequence[DatedPortfolio], start: dt.date, end: dt.date, *, one_day: bool) -> None:
    if not books:
        raise InputError(expected="at least one portfolio", found="none", try_next="give what was held at the start")
    if not (start < end or (one_day and start == end)):
        raise InputError(
            expected="an end after the start", found=f"{start} to {end}", try_next="give --from and --to in order"
        )


def _schedule(
    prices: PriceTable, books: Sequence[DatedPortfolio], *, benchmark: str, start: dt.date, end: dt.date, by: By
) -> tuple[dt.date, ...]:
    is_quoted = ~np.isnan(prices.values[:, prices.column(benchmark)])
    dates = prices.dates[is_quoted]
    days = dates.astype("datetime64[D]")
    if not days.size or days[0] > np.datetime64(start) or days[-1] < np.datetime64(end):
        reach = f"from {days[0]} to {days[-1]}" if days.size else "none"
        raise NotEnoughDataError(
            expected=f"prices of {benchmark} from {start} to {end}",
            found=reach,
            try_next="choose days within the prices",
        )
    day_points = set(points_between(dates, start=start, end=end, by=by))
    if by != "endpoints":
        day_points |= {book.day for book in books[1:] if start < book.day < end}
    return tuple(sorted(day_points))


def _held_on(books: Sequence[DatedPortfolio], day: dt.date) -> Portfolio:
    return next((book.portfolio for book in reversed(books) if book.day <= day), books[0].portfolio)


def _standing_still(links: Sequence[Drift]) -> str:
    """Name positions that were valued at one and the same stated price at both ends of a link."""
    still: dict[str, None] = {}
    for link in links:
        ends = [
            {(p.kind, p.asset): p for p in e.positions if Flag.PRICE_STATED in p.flags} for e in (link.start, link.end)
        ]
        still |= {p.asset: None for key, p in ends[1].items() if key in ends[0] and ends[0][key].price == p.price}
    return ", ".join(still)


def _judges_itself(method: str, errors: str | None) -> bool:
    """Tell whether the errors of a method can be compared over time, volatility that wanders included."""
    # Plain least squares takes volatility to be even: in the weeks of a crash it calls half of all betas changed.
    even = method.split("|", maxsplit=1)[0] == "ols" and errors in {None, "classical"}
    return has_influences(method) and not even


def _pair(first: Betas | None, last: Betas | None) -> tuple[Betas, Betas] | None:
    return None if first is None or last is None else (first, last)
