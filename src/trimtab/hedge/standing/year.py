r"""What a year of holding a book brings while prices stand still: a gain is plus.

Equations, a year, for n units of exposure E each, value V, rate r, yield q:
    roll        - 2 k |n| c                  futures rolled k times at c a unit (commission and half-spread)
    carry       the basis running off where it is known, else -n E (r - q); of a perpetual its funding;
                of a fund with a multiple the interest that it pays; of money V r
    dividends   V q
    decay       - time value / years to expiry of options; a daily reset of a fund with a multiple
"""

from dataclasses import dataclass, field
from math import sqrt

import numpy as np

from trimtab.exposure.expose import PositionExposure
from trimtab.exposure.kinds.of import by_kind
from trimtab.exposure.measured import MeasuredBook
from trimtab.hedge.standing.records import BookTerms
from trimtab.hedge.year_terms import YearTerms
from trimtab.market.daycount import YEAR_DAYS, date_of
from trimtab.market.prices import Flag, PriceTable
from trimtab.market.returns import pair_returns
from trimtab.model.instrument import Instrument
from trimtab.model.portfolio import Position

__all__ = ["HeldYear", "held_year"]

_MIN_PAIRS = 20


@dataclass(slots=True)
class HeldYear:
    """A year of holding, base currency, a gain is plus; None where a part is not known, with what is lacking."""

    roll: float | None = 0.0
    carry: float | None = 0.0
    decay: float | None = 0.0
    dividends: float = 0.0
    borrow: float = 0.0
    lacking: list[str] = field(default_factory=list)


def held_year(book: MeasuredBook, terms: BookTerms, year: YearTerms, history: PriceTable) -> HeldYear:
    """Add up what each position brings in a year while prices stand still.

    Parameters
    ----------
    book
        The book, measured.
    terms, year
        Costs of holding; rates, yields and the calendar.
    history
        Past prices in the base currency, for funds with a multiple.
    """
    total = HeldYear()
    for position, line in zip(book.positions, book.exposure.positions, strict=True):
        if line.value is None:
            total.lacking.append(f"{line.asset} could not be valued")
            continue
        _add_roll(total, position, line, terms)
        _add_holding(total, book, (position, line), terms, year, history)
    return total


def _plus(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other


def _add_roll(total: HeldYear, position: Position, line: PositionExposure, terms: BookTerms) -> None:
    if not position.instrument.rolls:
        return
    each = _cost_of_one(position.instrument, line, terms)
    if each is None:
        total.lacking.append(f"what a trade in {line.asset} costs")
    gain = None if each is None else -2.0 * terms.rolls_per_year * abs(line.quantity) * each
    total.roll = _plus(total.roll, gain)


def _cost_of_one(instrument: Instrument, line: PositionExposure, terms: BookTerms) -> float | None:
    """Give commission and half-spread of one contract, base currency."""
    spec = terms.contracts.spec(instrument.family)
    commission = terms.commission if terms.commission is not None or spec is None else spec.commission
    if commission is None or line.fx is None or line.price_date is None or line.delta_exposure is None:
        return None
    listed = instrument.terms_on(date_of(line.price_date))
    rate = 0.0 if spec is None else float(spec.commission_rate)
    spread = terms.half_spread_ticks * listed.tick * listed.multiplier
    return float(commission + spread) * line.fx + rate * abs(line.delta_exposure / line.quantity)


def _add_holding(
    total: HeldYear,
    book: MeasuredBook,
    held: tuple[Position, PositionExposure],
    terms: BookTerms,
    year: YearTerms,
    history: PriceTable,
) -> None:
    position, line = held
    instrument, value = position.instrument, line.value or 0.0
    if instrument.is_money:
        total.carry = _plus(total.carry, value * year.rate_of(instrument.currency))
    elif instrument.settles_daily:
        total.carry = _plus(total.carry, _contract_carry(total, position, line, terms, year))
    elif instrument.strike is not None:
        total.decay = _plus(total.decay, _time_value_lost(position, line, book))
    else:
        reset = float(instrument.leverage) != 1.0
        volatility = _volatility(line.asset, book, year, history) if reset else 0.0
        upkeep = by_kind(position).upkeep(value, year, volatility)
        total.carry = _plus(total.carry, value * year.rate_of(instrument.currency) - upkeep.carry)
        total.dividends -= upkeep.dividends
        total.decay = _plus(total.decay, None if volatility is None else -upkeep.decay)
        fee = _borrow_fee(instrument, terms)
        total.borrow -= max(0.0, -value) * fee


def _borrow_fee(instrument: Instrument, terms: BookTerms) -> float:
    spec = terms.contracts.spec(instrument.family)
    return terms.borrow_fee if spec is None or spec.borrow is None else spec.borrow


def _contract_carry(
    total: HeldYear, position: Position, line: PositionExposure, terms: BookTerms, year: YearTerms
) -> float | None:
    """Give the carry of a future or perpetual: its basis or funding where known; of a future else rate less yield."""
    stands_in = Flag.PRICE_FROM_UNDERLYING in line.flags or Flag.PRICE_FROM_SIBLING in line.flags
    if line.carry is not None and not stands_in:
        return line.carry
    if line.delta_exposure is None:
        return None
    if not position.instrument.pays_funding:
        return -by_kind(position).upkeep(line.delta_exposure, year, None).carry
    spec = terms.contracts.spec(position.instrument.family)
    if line.carry is not None:
        return line.carry
    if spec is None or spec.funding is None:
        total.lacking.append(f"the funding of {line.asset}")
        return None
    return -line.delta_exposure * spec.funding * 3 * YEAR_DAYS


def _time_value_lost(position: Position, line: PositionExposure, book: MeasuredBook) -> float | None:
    """Give what an option's time value is lost at a year, if it runs off evenly to expiry; a gain is plus."""
    instrument, figures = position.instrument, line.option
    rate = book.market.rate(instrument.currency)
    if figures is None or rate is None or instrument.strike is None or line.value is None:
        return None
    inner = max(0.0, instrument.delta_sign * (figures.underlying_price - float(instrument.strike)))
    time_value = line.value - line.quantity * line.multiplier * rate.value * inner
    return -time_value / max(figures.years, 1.0 / YEAR_DAYS)


def _volatility(name: str, book: MeasuredBook, year: YearTerms, history: PriceTable) -> float | None:
    """Give the volatility of what a fund with a multiple is worth, per square-root year; None without a past."""
    benchmark = book.betas.benchmark
    if name not in history.symbols or benchmark not in history.symbols:
        return None
    pairs = pair_returns(history, benchmark=benchmark, symbols=(name,))
    own = np.where(pairs.joined, np.nan, pairs.asset)[-year.window :, 0]
    if np.count_nonzero(np.isfinite(own)) < _MIN_PAIRS:
        return None
    return float(np.nanstd(own, ddof=1)) * sqrt(year.per_year)
