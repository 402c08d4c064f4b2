"""Drift: why a portfolio's beta changed, and where it is going."""

import datetime as dt
from typing import TYPE_CHECKING, Any, Unpack

from trimtab.desk.answers.drift import ahead_of, drift_of
from trimtab.desk.answers.inputs import Inputs
from trimtab.desk.answers.settled import read_book
from trimtab.desk.ask.drift import By, DatedPortfolio, DriftChain, trade_through
from trimtab.desk.ask.drift_ahead import Ahead
from trimtab.desk.questions.drift import Ahead as AheadAsked
from trimtab.desk.questions.drift import DriftQuestion
from trimtab.desk.questions.groups.mandate import MandateTerms
from trimtab.errors import UsageError
from trimtab.feeds.records import read_trades
from trimtab.market.daycount import as_moment, date_of
from trimtab.model.mandate import Mandate
from trimtab.monitor.drift.causes import Orders
from trimtab.python.how import How, groups_of
from trimtab.wiring.files import open_inputs

if TYPE_CHECKING:
    from trimtab.desk.answers.reading import HoldingsLike

__all__ = ["drift", "drift_ahead"]


def _book(inputs: Inputs, holdings: "HoldingsLike", day: dt.date) -> DatedPortfolio:
    return DatedPortfolio(day=day, portfolio=read_book(inputs, holdings, day))


def _day(day: "dt.date | str | None", what: str) -> dt.date:
    moment = as_moment(day)
    if moment is None:
        raise UsageError(
            expected=f"{what}: a date like 2022-12-28", found="none", try_next="give for example 2022-12-28"
        )
    return date_of(moment)


def drift(
    prices: Any,
    holdings: Any,
    mandate: Mandate | str,
    *,
    start: dt.date | str,
    end: dt.date | str,
    holdings_end: Any = None,
    trades: Any = None,
    by: By = "endpoints",
    skip: bool = False,
    orders: Orders = "two",
    **how: Unpack[How],
) -> DriftChain:
    """Say why a portfolio's beta changed between two days, by cause and by position, adding up exactly.

    Parameters
    ----------
    prices
        Path, frame or `PriceTable`.
    holdings
        What was held at the start: path, frame, `Portfolio` or one line of text; or several of these with the day from
        which each was held, as (day, holdings) pairs.
    mandate
        The mandate, or the symbol of the benchmark.
    start, end
        First and last day.
    holdings_end
        What was held at the end, if it is known.
    trades
        What was traded in between (path or frame: date, symbol, quantity, price, fee).
    by
        "endpoints" in one step, "trade", "week" or "day": links of a chain, along which causes add up.
    skip
        Leave a position that cannot be measured on one of the days out of all of them, and of NAV, and list it in
        `left_out`; without it such a position is refused.
    orders
        Over which orders of the causes the mean is taken: "two" that mirror each other, or "all".
    **how
        As in `review`.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> found = tt.drift(sample.prices_path(), "100 AAPL, 5000 USD", "SPX", start="2022-06-01", end="2022-12-28")
    >>> round(found.change, 3), round(sum(found.by_cause().values()), 3)
    (0.008, 0.008)
    """
    measuring, instruments = groups_of({**how, "as_of": end})
    stated = Mandate(benchmark=mandate, target=1.0, band=0.05) if isinstance(mandate, str) else mandate
    question = DriftQuestion(
        mandate=MandateTerms.of(stated), measuring=measuring, instruments=instruments, start=start, by=by, skip=skip,
        orders=orders,
    )  # fmt: skip
    inputs = open_inputs(prices, holdings if not isinstance(holdings, list | tuple) else "", measuring, instruments)
    first, last = _day(start, "start"), _day(end, "end")
    books = (
        [_book(inputs, portfolio, _day(day, "holdings")) for day, portfolio in holdings]
        if isinstance(holdings, list | tuple)
        else [_book(inputs, holdings, first)]
    )
    if trades is not None:
        books = list(trade_through(books[0].portfolio, read_trades(trades), start=books[0].day))
    if holdings_end is not None:
        books = [b for b in books if b.day < last] + [_book(inputs, holdings_end, last)]
    return drift_of(question, inputs, books).chain


def drift_ahead(
    prices: Any,
    holdings: Any,
    mandate: Mandate,
    *,
    tolerance: float = 0.1,
    horizons: tuple[int, ...] = (1, 5, 21),
    paths: int = 4000,
    seed: int = 0,
    **how: Unpack[How],
) -> Ahead:
    """Say how fast a portfolio's beta drifts, and when it is likely to leave its band, at current volatility.

    Parameters
    ----------
    prices, holdings, mandate, **how
        As in `review`.
    tolerance
        On the delta of one option.
    horizons
        Trading days.
    paths, seed
        Of the simulation.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> mandate = tt.Mandate(benchmark="SPX", target=1.2, band=0.1)
    >>> found = tt.drift_ahead(sample.prices_path(), "100 AAPL, 500 USD", mandate, method="ols", paths=200)
    >>> [line.days for line in found.projection.horizons]
    [1, 5, 21]
    """
    measuring, instruments = groups_of(how)
    ahead = AheadAsked(project=True, tolerance=tolerance, horizons=horizons, paths=paths, seed=seed)
    question = DriftQuestion(
        mandate=MandateTerms.of(mandate), measuring=measuring, instruments=instruments, ahead=ahead
    )
    return ahead_of(question, open_inputs(prices, holdings, measuring, instruments))
