"""Drift: why a portfolio's beta changed, and where it is going."""

import datetime as dt
from typing import Any

from trimtab.desk.ask.drift import By, DatedPortfolio, DriftChain, trade_through
from trimtab.desk.ask.drift import drift as run_drift
from trimtab.desk.ask.drift_ahead import Ahead, look_ahead
from trimtab.errors import InputError
from trimtab.feeds.funds import look_through, read_funds
from trimtab.feeds.holdings import read_holdings
from trimtab.feeds.prices import read_prices
from trimtab.feeds.records import read_trades
from trimtab.market.daycount import date_of
from trimtab.model.contract import ContractTable
from trimtab.model.mandate import Mandate
from trimtab.model.notation import parse_portfolio
from trimtab.model.portfolio import Portfolio
from trimtab.wiring.inputs import as_fx, as_interest, as_moment, is_notation, load_contracts, settle

__all__ = ["drift", "drift_ahead"]

_BY = ("endpoints", "week", "day", "trade")


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
    base: str = "USD",
    risk_free: Any = None,
    fx: Any = None,
    contracts: Any = None,
    funds: Any = None,
    **options: Any,
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
    base, risk_free, fx, contracts, funds
        As in `review`.
    **options
        ``method``, ``window`` and others of `review`; ``orders``.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> found = tt.drift(sample.prices_path(), "100 AAPL, 5000 USD", "SPX", start="2022-06-01", end="2022-12-28")
    >>> round(found.change, 3), round(sum(found.by_cause().values()), 3)
    (0.022, 0.022)
    """
    if by not in _BY:
        raise InputError(expected=f"by one of {', '.join(_BY)}", found=f"{by!r}", try_next="choose one of these")
    table = read_prices(prices)
    first, last = _date(start, "start"), _date(end, "end")
    families = load_contracts(contracts)
    held = {"base": base, "families": families, "funds": funds}
    if isinstance(holdings, list | tuple):
        books = [
            DatedPortfolio(day=_date(d, "holdings"), portfolio=_book(h, _date(d, ""), **held)) for d, h in holdings
        ]
    else:
        books = [DatedPortfolio(day=first, portfolio=_book(holdings, first, **held))]
    if trades is not None:
        opening = books[0].portfolio
        books = list(trade_through(opening, read_trades(trades), start=books[0].day))
    if holdings_end is not None:
        books = [b for b in books if b.day < last]
        books.append(DatedPortfolio(day=last, portfolio=_book(holdings_end, last, **held)))
    if isinstance(mandate, Mandate):
        options.setdefault("reading", mandate.reading)
    rates = as_interest(risk_free, base)
    return run_drift(
        table,
        books,
        benchmark=mandate if isinstance(mandate, str) else mandate.benchmark,
        start=first,
        end=last,
        by=by,
        skip=skip,
        risk_free=rates,
        fx=as_fx(fx),
        **options,
    )


def drift_ahead(
    prices: Any,
    holdings: Any,
    mandate: Mandate,
    *,
    base: str = "USD",
    as_of: dt.date | str | None = None,
    risk_free: Any = None,
    fx: Any = None,
    contracts: Any = None,
    funds: Any = None,
    method: Any = "default",
    tolerance: float = 0.1,
    horizons: tuple[int, ...] = (1, 5, 21),
    paths: int = 4000,
    seed: int = 0,
    **options: Any,
) -> Ahead:
    """Say how fast a portfolio's beta drifts, and when it is likely to leave its band, at current volatility.

    Parameters
    ----------
    prices, holdings, mandate, base, as_of, risk_free, fx, contracts, funds, method, **options
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
    _, setting, held, _ = settle(
        prices, holdings, mandate, base=base, as_of=as_of, risk_free=risk_free, fx=fx, contracts=contracts, hedge=(),
        funds=funds, method=method, **options,
    )  # fmt: skip
    options.pop("reading", None)
    return look_ahead(
        held, mandate, setting, method=method, tolerance=tolerance, horizons=horizons, paths=paths, seed=seed,
        **options,
    )  # fmt: skip


def _book(source: Any, day: dt.date, *, base: str, families: ContractTable, funds: Any) -> Portfolio:
    if is_notation(source):
        held = parse_portfolio(source, base=base, contracts=families, as_of=day)
    else:
        held = read_holdings(source, base=base, contracts=families, as_of=day)
    return held if funds is None else look_through(held, funds if isinstance(funds, dict) else read_funds(funds))


def _date(day: dt.date | str, what: str) -> dt.date:
    moment = as_moment(day)
    if moment is None:
        raise InputError(expected=f"a day for {what}", found="none", try_next="write YYYY-MM-DD")
    return date_of(moment)
