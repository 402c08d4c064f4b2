"""Use case: what a portfolio earned apart from its beta, and whether its hedge was right."""

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from trimtab.beta.method import Estimator
from trimtab.desk.ask.learned import (
    Attributed,
    BookHeld,
    HedgeHeld,
    HedgeRecord,
    HedgeTerms,
    Paid,
    Performance,
    Trials,
    WeightHistory,
)
from trimtab.desk.moment.blended import with_blend
from trimtab.desk.moment.history import beta_history
from trimtab.desk.moment.one_currency import to_base
from trimtab.errors import InputError, NotEnoughDataError
from trimtab.market.benchmark import ReturnKind, describe_benchmark
from trimtab.market.checks.jumps import judge_jumps
from trimtab.market.checks.worthless import worthless_days
from trimtab.market.frequency import frequency_of
from trimtab.market.prices import PriceTable, absence
from trimtab.market.rates.fx import FxRates
from trimtab.market.rates.risk_free import RiskFree
from trimtab.market.returns import PairedReturns, pair_returns
from trimtab.performance.alpha import annual_return, annualised_alpha, jensen_alpha
from trimtab.performance.attribution import Hedge, attribute, link
from trimtab.performance.basis_lines import basis_lines
from trimtab.performance.capture import capture
from trimtab.performance.deflated import deflated_sharpe, probabilistic_sharpe
from trimtab.performance.hedge_review import HedgePlan, HedgeReview, review_hedge
from trimtab.performance.ratios import calmar_ratio, largest_drawdown, sharpe_ratio, sortino_ratio
from trimtab.performance.relative import relative_performance
from trimtab.performance.rolling import alpha_path
from trimtab.performance.timing import ConditionalAlpha, Timing, conditional_alpha, henriksson_merton, treynor_mazuy
from trimtab.risk.drawdown import DrawdownReview, drawdown_review
from trimtab.stats.arrays import Floats

__all__ = ["review_performance"]

_Dates = NDArray[np.datetime64]
#: Trading days of benchmark volatility that the conditional alpha takes as what was known before, and fewest periods.
_SIGNAL, _LEAST_SIGNAL = 21, 6
#: Fewest periods with a beta known before them that make a benchmark-neutral part worth showing.
_MIN_NEUTRAL = 20
_ONE_TRIAL, _NOTHING_KNOWN = Trials(), BookHeld()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Series:
    """Total and excess returns over common periods, shape (n_periods,), with the start of each period."""

    dates: _Dates
    starts: _Dates
    r: Floats
    m: Floats
    excess: Floats
    market_excess: Floats
    pairs: PairedReturns
    n_joined: int


def review_performance(
    prices: PriceTable,
    *,
    portfolio: str,
    benchmark: str,
    risk_free: RiskFree | None = None,
    base: str | None = None,
    fx: FxRates | None = None,
    benchmark_returns: ReturnKind | None = None,
    periods_per_year: float | None = None,
    method: str | Estimator = "default",
    trials: Trials = _ONE_TRIAL,
    hedge: HedgeHeld | None = None,
    book_held: BookHeld = _NOTHING_KNOWN,
) -> Performance:
    """Take apart what a portfolio earned.

    Parameters
    ----------
    prices
        Holds the portfolio's NAV (or any index of it) and the benchmark, and what the options below need.
    portfolio, benchmark
        Their symbols.
    risk_free, base, fx, benchmark_returns
        As in `measure_betas`.
    periods_per_year
        For annualisation; None takes the calendar's.
    method
        Estimates the betas that were known before each period, for the neutral part and for attribution.
    trials
        How many variants were tried before this one was chosen.
    hedge
        What a hedge held and what was believed of it; None without one.
    book_held
        What the book weighed and traded, for attribution and the cost basis.

    Raises
    ------
    NotEnoughDataError
        With fewer than 12 common periods.

    Examples
    --------
    >>> market = 100 * np.cumprod(1 + 0.01 * np.sin(np.arange(200.0)))
    >>> nav = 100 * np.cumprod(1 + 0.0002 + 0.008 * np.sin(np.arange(200.0)))
    >>> days = np.busday_offset(np.datetime64("2023-01-02"), np.arange(200), roll="forward")
    >>> done = review_performance(PriceTable.of({"NAV": nav, "M": market}, dates=days), portfolio="NAV", benchmark="M")
    >>> round(done.alpha.per_period.value, 8), round(done.alpha.beta.value, 8)
    (0.0002, 0.8)
    """
    if portfolio == benchmark:
        raise InputError(
            expected="a portfolio and a benchmark that differ",
            found=f"{portfolio} as both",
            try_next="name two columns",
        )
    worthless = worthless_days(prices, portfolio)
    prices = with_blend(prices, benchmark, base=base, fx=fx, risk_free=risk_free)
    judged_prices = judge_jumps(prices, benchmark)
    described = describe_benchmark(judged_prices, benchmark, returns=benchmark_returns)
    converted = to_base(judged_prices, base=base, fx=fx)
    s = _series(converted, portfolio, benchmark, risk_free)
    calendar = frequency_of(s.dates)
    year = calendar.periods_per_year if periods_per_year is None else periods_per_year
    before = _betas_before(converted, s, (portfolio,), benchmark, method, risk_free)[:, 0]
    free = s.r - s.excess
    sharpe = sharpe_ratio(s.excess, periods_per_year=year)
    spread = trials.spread if trials.spread is not None or trials.count == 1 else 1.0 / sqrt(len(s.r))
    has_beta = np.isfinite(before)
    book = None if hedge is None else _unhedged(converted, s, hedge.record, hedge.terms)
    return Performance(
        portfolio=portfolio,
        benchmark=benchmark,
        first=s.dates[0],
        last=s.dates[-1],
        n_obs=len(s.r),
        calendar=calendar.name,
        periods_per_year=year,
        risk_free=s.pairs.risk_free,
        alpha=jensen_alpha(s.excess, s.market_excess, periods_per_year=year),
        alpha_annualised=annualised_alpha(s.r, s.m, periods_per_year=year, risk_free=free),
        relative=(
            relative_performance(s.r, s.m, periods_per_year=year, risk_free=free, convention="arithmetic"),
            relative_performance(s.r, s.m, periods_per_year=year, risk_free=free, convention="geometric"),
        ),
        sharpe=sharpe,
        probabilistic_sharpe=probabilistic_sharpe(sharpe),
        trials=trials.count,
        trials_spread=spread,
        deflated_sharpe=None if spread is None else deflated_sharpe(sharpe, trials=trials.count, spread=spread),
        sortino=sortino_ratio(s.excess, periods_per_year=year),
        annual_return=annual_return(s.r, periods_per_year=year),
        calmar=calmar_ratio(s.r, periods_per_year=year),
        largest_drawdown=largest_drawdown(s.r),
        capture=capture(s.r, s.m, periods_per_year=year, risk_free=free),
        timing=_timing(s),
        conditional=_conditional(s, calendar.rows(_SIGNAL, least=_LEAST_SIGNAL)),
        drawdowns=_drawdowns(s, before, has_beta),
        drawdown_dates=s.dates[has_beta],
        hedge=None if hedge is None else _hedge(converted, s, hedge.record, hedge.terms, year),
        attributed=None
        if book_held.weights is None
        else _attribute(judged_prices, converted, s, book_held.weights, book_held, method, risk_free, hedge),
        basis=basis_lines(judged_prices, book_held.trades or {}, base=base, fx=fx),
        dates=s.dates,
        returns=s.r,
        market=s.m,
        neutral=np.where(has_beta, s.excess - before * s.market_excess, np.nan),
        alpha_path=alpha_path(s.dates, s.excess, s.market_excess, book, periods_per_year=year),
        notes=_notes(converted, s, (described.note(), worthless), spread, trials),
    )


def _notes(
    prices: PriceTable, s: _Series, others: tuple[str | None, ...], spread: float | None, trials: Trials
) -> tuple[str, ...]:
    notes = [*prices.notes, *(note for note in others if note)]
    if s.n_joined:
        notes.append(f"{s.n_joined} returns span a missing price, and count as one period each")
    if trials.count > 1 and trials.spread is None:
        notes.append(
            f"the Sharpe ratios of the {trials.count} variants are taken to spread by {spread:.4f} per period, the "
            "error of a worthless one; give --trials-spread if you know it"
        )
    return tuple(notes)


def _series(prices: PriceTable, portfolio: str, benchmark: str, risk_free: RiskFree | None) -> _Series:
    total = pair_returns(prices, benchmark=benchmark, symbols=(portfolio,))
    pairs = pair_returns(prices, benchmark=benchmark, symbols=(portfolio,), risk_free=risk_free)
    r, m, excess, market = total.asset[:, 0], total.market[:, 0], pairs.asset[:, 0], pairs.market[:, 0]
    keep = np.isfinite(r) & np.isfinite(m) & np.isfinite(excess) & np.isfinite(market)
    if np.count_nonzero(keep) < 12:
        raise NotEnoughDataError(
            expected=f"at least 12 periods in which {portfolio} and {benchmark} both have prices at both ends",
            found=f"{np.count_nonzero(keep)}",
            try_next="give a longer history, or check that the dates of both overlap",
        )
    own = np.isfinite(prices.values[:, prices.column(portfolio)])
    both = own & np.isfinite(prices.values[:, prices.column(benchmark)])
    ends = prices.dates[both]
    # A period begins at the last day before its end on which both were known.
    starts = ends[np.searchsorted(ends, pairs.dates[keep], side="left") - 1]
    return _Series(
        dates=pairs.dates[keep],
        starts=starts,
        r=r[keep],
        m=m[keep],
        excess=excess[keep],
        market_excess=market[keep],
        pairs=pairs,
        n_joined=int(np.count_nonzero(pairs.joined[keep, 0])),
    )


def _betas_before(
    prices: PriceTable,
    s: _Series,
    symbols: tuple[str, ...],
    benchmark: str,
    method: str | Estimator,
    risk_free: RiskFree | None,
    outside: frozenset[str] = frozenset(),
) -> Floats:
    """Give betas estimated with data up to each period's start, shape (n_periods, n_symbols); NaN where none."""
    table = prices.select(tuple(dict.fromkeys((*symbols, benchmark))))
    history = beta_history(
        table, benchmark=benchmark, method=method, risk_free=risk_free, outside=outside, days=s.starts
    ).history
    rows = np.searchsorted(history.dates, s.starts, side="right") - 1
    columns = [history.column(name) for name in symbols]
    betas_at_rows = history.beta[np.maximum(rows, 0)][:, columns]
    return np.where((rows >= 0)[:, None], betas_at_rows, np.nan)


def _drawdowns(s: _Series, before: Floats, has_beta: NDArray[np.bool_]) -> DrawdownReview | None:
    """Review the falls of the part that was neutral to the benchmark; None where it is too short."""
    if np.count_nonzero(has_beta) < _MIN_NEUTRAL:
        return None
    return drawdown_review(s.excess[has_beta], s.market_excess[has_beta], before[has_beta])


def _timing(s: _Series) -> tuple[Timing, ...]:
    if len(s.r) < 24:
        return ()
    return treynor_mazuy(s.excess, s.market_excess), henriksson_merton(s.excess, s.market_excess)


def _conditional(s: _Series, span: int) -> ConditionalAlpha | None:
    if len(s.m) < span + 36:
        return None
    before = np.full(len(s.m), np.nan)
    before[span:] = np.lib.stride_tricks.sliding_window_view(s.m, span)[:-1].std(axis=1, ddof=1)
    return None if np.nanstd(before) == 0.0 else conditional_alpha(s.excess, s.market_excess, before)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hedged:
    """What the hedge held before each period, and what it paid and gained beside price changes, shape (n_periods,)."""

    held: Floats
    paid: Floats
    roll: Floats
    funding: Floats


def _held(record: HedgeRecord, s: _Series) -> _Hedged:
    starts, ends = s.starts.astype("datetime64[D]"), s.dates.astype("datetime64[D]")
    rows = np.searchsorted(record.dates, starts, side="right") - 1
    first, last = (np.searchsorted(record.dates, days, side="right") for days in (starts, ends))

    def within(amounts: Floats | None) -> Floats:
        amounts_by_day = np.zeros(len(record.dates)) if amounts is None else amounts
        # Summed within each period on its own: a difference of running totals would carry rounding from far away.
        return np.array([amounts_by_day[a:b].sum() for a, b in zip(first, last, strict=True)])

    return _Hedged(
        held=np.where(rows >= 0, record.held[np.maximum(rows, 0)], 0.0),
        paid=within(record.cost),
        roll=within(record.roll),
        funding=within(record.funding),
    )


def _instrument(prices: PriceTable, s: _Series, symbol: str) -> Floats:
    """Give the instrument's returns, NaN where missing; a future pays no interest: they are excess returns already.

    They are of NAV's periods: a monthly NAV beside daily prices has the instrument's months.
    """
    ends = np.isin(prices.dates, np.unique(np.concatenate([s.starts, s.dates])))
    pairs = pair_returns(prices.at(np.flatnonzero(ends)), benchmark=s.pairs.benchmark, symbols=(symbol,))
    instrument_returns: Floats = pairs.asset[np.searchsorted(pairs.dates, s.dates), 0]
    return instrument_returns


def _hedge(prices: PriceTable, s: _Series, record: HedgeRecord, terms: HedgeTerms, year: float) -> HedgeReview:
    hedged = _held(record, s)
    instrument = _instrument(prices, s, terms.instrument)
    during = s.dates > record.dates[0].astype("datetime64[s]")
    plan = HedgePlan(
        target=terms.target,
        tolerance=terms.tolerance,
        book_beta=terms.book_beta,
        instrument_beta=terms.instrument_beta,
        hedge=float(record.held[0]),
        yearly_cost=terms.yearly_cost,
    )
    return review_hedge(
        book=_unhedged(prices, s, record, terms)[during],
        instrument=instrument[during],
        benchmark=s.market_excess[during],
        held=hedged.held[during],
        cost=hedged.paid[during],
        roll=hedged.roll[during],
        funding=hedged.funding[during],
        plan=plan,
        periods_per_year=year,
    )


def _unhedged(prices: PriceTable, s: _Series, record: HedgeRecord, terms: HedgeTerms) -> Floats:
    """Give the book without its hedge: the NAV had the hedge in it, and its result is taken out again."""
    hedged, instrument = _held(record, s), _instrument(prices, s, terms.instrument)
    book = s.excess - hedged.held * np.nan_to_num(instrument) + hedged.paid - hedged.roll - hedged.funding
    return np.where(np.isfinite(instrument) | (hedged.held == 0.0), book, np.nan)


def _attribute(
    own: PriceTable,
    converted: PriceTable,
    s: _Series,
    history: WeightHistory,
    book_held: BookHeld,
    method: str | Estimator,
    risk_free: RiskFree | None,
    hedge: HedgeHeld | None,
) -> Attributed:
    benchmark = s.pairs.benchmark
    table, rates = _with_rates(own, converted, history.symbols)
    outside = history.outside | frozenset(rates)
    every = _betas_before(table, s, (*history.symbols, *rates), benchmark, method, risk_free, outside)
    betas, of_rates = np.hsplit(every, [len(history.symbols)])
    places = [list(rates).index(name) if name else None for name in _rate_names(own, converted, history.symbols)]
    none = np.zeros(len(s.r))
    currency_betas = np.column_stack([none if k is None else of_rates[:, k] for k in places])
    local, total = (_returns_between(table, s, history.symbols) for table in (own, converted))
    weights = _drifted(history, s, total)
    # Money whose rate has no past yet stays in the residual, and a rate without a beta known before counts as currency.
    unknown = np.zeros(weights.shape, dtype=np.bool_)
    for part in (betas, local, total):
        unknown |= ~np.isfinite(part)
    weights = np.where(unknown & np.array([name in history.outside for name in history.symbols]), 0.0, weights)
    currency_betas = np.nan_to_num(currency_betas)
    used = (s.starts.astype("datetime64[D]") >= history.dates[0]) & _known(weights, betas, local, total)
    if not used.any():
        raise NotEnoughDataError(
            expected="at least one period in which every asset held has a price and a beta known before",
            found="none",
            try_next="give weights from a later date, or a longer history of prices before the first weights",
        )
    w, b, inside, t, c = (
        np.where(weights[used] != 0.0, part[used], 0.0) for part in (weights, betas, local, total, currency_betas)
    )
    paid = _paid_within(book_held.paid, s)
    parts = attribute(
        total=s.r[used],
        benchmark=s.m[used],
        weights=w,
        local=inside,
        betas=b,
        beta_held=book_held.beta,
        currency=(1.0 + t) / (1.0 + inside) - 1.0,
        currency_betas=c,
        income=paid.income[used],
        expense=paid.expense[used],
        hedge=None if hedge is None else _hedge_part(converted, s, hedge.record, hedge.terms, used, method, risk_free),
    )
    by_asset = zip(history.symbols, parts.selection_by_asset.sum(axis=0).tolist(), strict=True)
    ends = s.dates[used]
    return Attributed(
        parts=parts,
        linked=link(parts),
        by_asset=tuple(sorted(by_asset, key=lambda pair: -abs(pair[1]))),
        beta_held=book_held.beta,
        first=ends[0],
        last=ends[-1],
    )


def _paid_within(paid: Paid | None, s: _Series) -> Paid:
    """Give what was earned and paid within each period, shape (n_periods,)."""
    ends = s.dates.astype("datetime64[D]")
    if paid is None:
        none = np.zeros(len(ends))
        return Paid(dates=ends, income=none, expense=none)
    starts = s.starts.astype("datetime64[D]")
    first, last = (np.searchsorted(paid.dates, days, side="right") for days in (starts, ends))
    income, expense = (
        np.array([amounts[a:b].sum() for a, b in zip(first, last, strict=True)])
        for amounts in (paid.income, paid.expense)
    )
    return Paid(dates=ends, income=income, expense=expense)


def _rate_names(own: PriceTable, converted: PriceTable, symbols: tuple[str, ...]) -> list[str]:
    """Name the series of the rate that each symbol was converted with; empty where it was not."""
    pairs_of_rates = []
    for symbol in symbols:
        stated, base = own.currencies[own.column(symbol)], converted.currencies[converted.column(symbol)]
        pairs_of_rates.append("" if stated is None or base is None or stated == base else f"{stated} into {base}")
    return pairs_of_rates


def _with_rates(own: PriceTable, converted: PriceTable, symbols: tuple[str, ...]) -> tuple[PriceTable, tuple[str, ...]]:
    """Add the rates that symbols were converted with to converted prices, and name them."""
    rates: dict[str, Floats] = {}
    for name, symbol in zip(_rate_names(own, converted, symbols), symbols, strict=True):
        if name:
            rate = converted.values[:, converted.column(symbol)] / own.values[:, own.column(symbol)]
            rates[name] = rate if name not in rates else np.where(np.isnan(rates[name]), rate, rates[name])
    if not rates:
        return converted, ()
    values = np.column_stack(list(rates.values()))
    table = replace(
        converted,
        symbols=(*converted.symbols, *rates),
        values=np.hstack([converted.values, values]),
        why=np.hstack([converted.why, absence(values)]),
        currencies=(*converted.currencies, *(converted.currencies[0],) * len(rates)),
        flags=(*converted.flags, *((),) * len(rates)),
        volumes=None,
        to_quoted=None if converted.to_quoted is None else np.hstack([converted.to_quoted, np.ones(values.shape)]),
    )
    return table, tuple(rates)


def _hedge_part(
    prices: PriceTable,
    s: _Series,
    record: HedgeRecord,
    terms: HedgeTerms,
    used: NDArray[np.bool_],
    method: str | Estimator,
    risk_free: RiskFree | None,
) -> Hedge:
    hedged = _held(record, s)
    hedge_exposure = hedged.held
    instrument = _instrument(prices, s, terms.instrument)
    beta = _betas_before(prices, s, (terms.instrument,), s.pairs.benchmark, method, risk_free)[:, 0]
    moved = np.where(hedge_exposure == 0.0, 0.0, hedge_exposure * instrument)
    result = moved + hedged.roll + hedged.funding - hedged.paid
    return Hedge(
        beta=np.where(hedge_exposure == 0.0, 0.0, hedge_exposure * beta)[used],
        result=result[used],
        roll=hedged.roll[used],
        funding=hedged.funding[used],
        cost=-hedged.paid[used],
    )


def _returns_between(prices: PriceTable, s: _Series, symbols: tuple[str, ...]) -> Floats:
    """Give returns from the start to the end of each period, shape (n_periods, n_symbols); NaN where one is missing."""
    values = prices.values[:, [prices.column(name) for name in symbols]]
    rows = (np.searchsorted(prices.dates, days) for days in (s.starts, s.dates))
    start, end = (values[row] for row in rows)
    returns: Floats = end / start - 1.0
    return returns


def _drifted(history: WeightHistory, s: _Series, total: Floats) -> Floats:
    """Give weights at each period's start: stated ones, or those before grown by their returns over NAV's."""
    weights = np.zeros((len(s.r), len(history.symbols)))
    starts = s.starts.astype("datetime64[D]")
    row, current = -1, np.zeros(len(history.symbols))
    for t in range(len(s.r)):
        latest = int(np.searchsorted(history.dates, starts[t], side="right")) - 1
        if latest > row:
            row, current = latest, history.weights[latest]
        weights[t] = current
        current = np.where(current == 0.0, 0.0, current * (1.0 + total[t]) / (1.0 + s.r[t]))
    return weights


def _known(weights: Floats, *columns: Floats) -> NDArray[np.bool_]:
    has_weight = weights != 0.0
    is_complete = np.ones(len(weights), dtype=np.bool_)
    for column in columns:
        is_complete &= (np.isfinite(column) | ~has_weight).all(axis=1)
    return is_complete & np.isfinite(weights).all(axis=1)
