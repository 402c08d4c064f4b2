"""One moment, ready to measure portfolios in: prices and betas in the portfolio's base currency."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from trimtab.beta.estimate import BetaReading, Betas
from trimtab.beta.method import Estimator
from trimtab.desk.moment.asset_facts import asset_facts
from trimtab.desk.moment.blended import with_blends
from trimtab.desk.moment.doubts import doubted, suspicions
from trimtab.desk.moment.followed import check_readings, with_followed
from trimtab.desk.moment.measure import measure_betas
from trimtab.desk.moment.quoted_units import proven_units, quoted_in_hundredths
from trimtab.desk.moment.silent import silent_columns
from trimtab.desk.moment.stated_betas import gather_stated, with_stated_betas
from trimtab.desk.moment.stated_rates import stated_yields, unrated_currencies
from trimtab.desk.moment.todays_book import TodaysBook, todays_book
from trimtab.errors import Failure, InputError
from trimtab.exposure.kinds.shared_columns import refuse_shared_columns
from trimtab.exposure.measured import MeasuredBook, measure_book
from trimtab.exposure.stated_prices import compare_stated
from trimtab.market.benchmark import Benchmark, ReturnKind
from trimtab.market.checks.jumps import judge_jumps
from trimtab.market.facts import Facts, facts_at
from trimtab.market.prices import PriceTable
from trimtab.market.rates.fx import FxRates
from trimtab.market.rates.in_prices import with_rates_in
from trimtab.market.rates.interest import Interest, interest_of
from trimtab.market.rates.risk_free import RiskFree
from trimtab.market.snapshot import Market, market_at
from trimtab.model.instrument import Instrument
from trimtab.model.portfolio import Portfolio
from trimtab.model.stated_beta import StatedBeta

__all__ = ["Setting", "set_up", "with_stated_currencies"]


# No slots: what was measured once is kept in the record itself, and goes with it.
@dataclass(frozen=True, kw_only=True)
class Setting:
    """One moment, and the book it was made ready for: measured when first asked for, and only then.

    Parameters
    ----------
    portfolio
        The book.
    market
        Prices and rates as of the moment.
    betas
        Betas measured with data up to it.
    benchmark
        What they were measured against.
    facts
        Day, base currency, calendar, rates by currency and yields: what everything scales, discounts and converts by.
    converted, risk_free
        Prices in base currency up to the moment, with what positions follow beside them, and the rate, for whatever
        else is to be measured from them.
    failures, notes
        What was set aside and decided on the way.
    """

    portfolio: Portfolio
    market: Market
    betas: Betas
    benchmark: Benchmark
    facts: Facts
    converted: PriceTable
    risk_free: RiskFree | None
    failures: tuple[Failure, ...]
    notes: tuple[str, ...]

    @cached_property
    def book(self) -> MeasuredBook:
        """The book, measured.

        Raises
        ------
        NotEnoughDataError
            If NAV is not positive.
        """
        return measure_book(self.portfolio, self.market, self.betas)

    @cached_property
    def past_prices(self) -> PriceTable:
        """Prices in base currency up to the moment, with what the positions of this book follow beside them."""
        return with_followed(self.converted, self.market, (p.instrument for p in self.portfolio.positions))[0]

    @cached_property
    def past(self) -> TodaysBook:
        """Today's exposures beside the past returns of what they follow.

        Raises
        ------
        NotEnoughDataError
            As `todays_book` does, or if NAV is not positive.
        """
        return todays_book(self.book.exposure, self.past_prices, self.betas)

    def of(self, portfolio: Portfolio) -> "Setting":
        """Give the same moment for a book; itself, with what was measured, if it is the very book it was made for."""
        return self if portfolio is self.portfolio else replace(self, portfolio=portfolio)


def set_up(
    prices: PriceTable,
    portfolio: Portfolio,
    *,
    benchmark: str,
    extra: tuple[Instrument, ...] = (),
    method: str | Estimator = "default",
    as_of: np.datetime64 | str | None = None,
    risk_free: RiskFree | Interest | None = None,
    fx: FxRates | None = None,
    benchmark_returns: ReturnKind | None = None,
    reading: BetaReading | str | None = None,
    also: tuple[str, ...] = (),
    stated: tuple[StatedBeta, ...] = (),
) -> Setting:
    """Take the moment and measure all betas in the portfolio's base currency.

    Parameters
    ----------
    extra
        Instruments that may be traded though they are not held, such as hedges.
    reading
        "fit" or "forecast": which beta everything is measured with; None takes what the method answers with.
    also
        Further benchmarks: blends among them get their series.
    stated
        Betas and proxies stated beside the holdings.
    risk_free
        Rates by currency, or the rate of the base currency alone.
    """
    interest = interest_of(risk_free, portfolio.base)
    instruments = (*(p.instrument for p in portfolio.positions), *extra)
    check_readings(prices, instruments, portfolio.base)
    # By name, whatever order the files came in: the same prices give the same sums to the last digit.
    prices = prices.select(sorted(prices.symbols))
    units = proven_units(prices, portfolio)
    prices = with_stated_currencies(prices, portfolio, beside=extra)
    quoted = prices.until(as_of)
    fx, rate = with_rates_in(quoted, fx), interest.of(portfolio.base)
    made = with_blends(quoted, (benchmark, *also), base=portfolio.base, fx=fx, risk_free=rate)
    prices = judge_jumps(made, benchmark)
    market = doubted(market_at(prices, base=portfolio.base, as_of=as_of, fx=fx), quoted, portfolio.stated_on)
    refuse_shared_columns(instruments, market)
    measured = measure_betas(
        prices,
        benchmark=benchmark,
        method=method,
        as_of=as_of,
        risk_free=rate,
        base=portfolio.base,
        fx=fx,
        beside=lambda converted: with_followed(converted, market, instruments),
        benchmark_returns=benchmark_returns,
        reading=reading,
        assets=asset_facts(portfolio, instruments),
    )
    betas, told_of = with_stated_betas(measured.betas, gather_stated(portfolio, stated), day=market.day)
    return Setting(
        portfolio=portfolio,
        market=market,
        betas=betas,
        benchmark=measured.benchmark,
        facts=facts_at(market, benchmark, interest=interest, yields=stated_yields(portfolio)),
        converted=measured.prices,
        risk_free=rate,
        failures=measured.failures,
        notes=(
            *suspicions(prices, portfolio, market),
            *portfolio.remarks,
            *units,
            *_stated_prices(portfolio, market),
            *silent_columns(prices, instruments, benchmark=benchmark, base=portfolio.base),
            *measured.notes,
            *told_of,
            *_unrated(portfolio, interest),
        ),
    )


def _stated_prices(portfolio: Portfolio, market: Market) -> tuple[str, ...]:
    """Say which prices in the holdings lie where nothing in the price table explains it."""
    beside = (compare_stated(position, market) for position in portfolio.positions)
    return tuple(str(one) for one in beside if one is not None and one.worth_telling)


def _unrated(portfolio: Portfolio, interest: Interest) -> tuple[str, ...]:
    """Say which options have no rate though others have: a rate of another currency is never taken for theirs."""
    lacking = [c for c in unrated_currencies(portfolio) if interest.by_currency and interest.of(c) is None]
    return tuple(f"no risk-free rate of {c} is known: options in {c} are valued at a rate of 0" for c in lacking)


def with_stated_currencies(
    prices: PriceTable, portfolio: Portfolio, *, beside: tuple[Instrument, ...] = ()
) -> PriceTable:
    """Let the holdings say in which currency a price is quoted, where the price table does not.

    Parameters
    ----------
    prices, portfolio
        Prices, and what is held.
    beside
        What may be traded; it speaks of a price that nothing held speaks of.

    Raises
    ------
    InputError
        If both say it and differ, or nothing says whether a column is in pounds or in pence.
    """
    stated = {i.symbol: i.currency for i in beside if i.is_owned}
    stated |= {p.symbol: p.instrument.currency for p in portfolio.positions if p.instrument.is_owned}
    for symbol, currency in zip(prices.symbols, prices.currencies, strict=True):
        if currency is not None and stated.get(symbol, currency) != currency:
            raise InputError(
                expected=f"one currency for {symbol}",
                found=f"{currency} in the prices and {stated[symbol]} in the holdings",
                try_next="correct one of them",
            )
    # A column whose currency the table states is in whole units already; a silent one may be in pence.
    minor = quoted_in_hundredths(prices, portfolio)
    unit = [0.01 if c is None and s in minor else 1.0 for s, c in zip(prices.symbols, prices.currencies, strict=True)]
    currencies = tuple(c or stated.get(s) for s, c in zip(prices.symbols, prices.currencies, strict=True))
    values = prices.values if all(u == 1.0 for u in unit) else prices.values * np.array(unit)
    return replace(prices, currencies=currencies, values=values)
