"""Review the rolls of a book: orders, implied financing, and the cost of two ways to do them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from trimtab.errors import InputError
from trimtab.exposure.kinds.future import future_quote
from trimtab.exposure.kinds.root_column import are_its_own
from trimtab.hedge.roll.due import DayFrom, Due, RollNeed, dated_options, roll_needs
from trimtab.hedge.roll.financing import implied_financing
from trimtab.hedge.roll.records import Financing, RollCost, RollCosts, RollLine, Rolls
from trimtab.market.daycount import date_of, years_between
from trimtab.market.facts import Facts
from trimtab.market.snapshot import Market
from trimtab.model.contract import ContractTable
from trimtab.model.expiry import MONTH_CODES
from trimtab.model.instrument import Future
from trimtab.model.instruments.terms import terms_on
from trimtab.model.portfolio import Portfolio

__all__ = ["review_rolls"]

_BASIS_POINTS = 1e4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moment:
    """What every line is measured with."""

    portfolio: Portfolio
    market: Market
    facts: Facts
    contracts: ContractTable
    costs: RollCosts
    stated: Mapping[str, float]


def review_rolls(
    portfolio: Portfolio,
    market: Market,
    facts: Facts,
    contracts: ContractTable,
    costs: RollCosts,
    *,
    window_days: int,
    stated_prices: Mapping[str, float] | None = None,
) -> Rolls:
    """Say of each future that is held when it ends, what to trade, what the next month costs, and what changing costs.

    Parameters
    ----------
    portfolio, market, facts, contracts
        What is held; prices, rates and yields; families of contracts.
    costs
        Assumptions.
    window_days
        Days before the last trading day from which on a contract is to be rolled.
    stated_prices
        Prices by contract, used where the price table has none of that month's own.

    Raises
    ------
    InputError
        If a price is stated of a contract that is neither held nor the next one.
    """
    day = market.day
    needs = roll_needs(portfolio, contracts, day, window=dt.timedelta(days=window_days))
    stated = dict(stated_prices or {})
    _check_stated(stated, needs)
    moment = _Moment(
        portfolio=portfolio, market=market, facts=facts, contracts=contracts, costs=costs, stated=stated
    )  # fmt: skip
    lines = tuple(_line(need, moment) for need in needs)
    undated = [
        p.symbol for p in portfolio.positions if p.instrument.rolls and p.instrument.expiry is None and p.quantity != 0
    ]
    notes = [f"{name}: its month is not known, so neither is its end; hold it under a name such as ESH3 or state its "
             "expiry" for name in undated]  # fmt: skip
    return Rolls(
        as_of=day, base=market.base, window=window_days, lines=lines, options=dated_options(portfolio),
        notes=(*notes, *_opposites(needs)),
    )  # fmt: skip


def _check_stated(stated: Mapping[str, float], needs: tuple[RollNeed, ...]) -> None:
    names = {name for n in needs for f in (n.near, n.far) if f is not None for name in _spellings(f)}
    unused = sorted(set(stated) - names)
    if unused:
        listed = [f.symbol for n in needs for f in (n.near, n.far) if f is not None]
        raise InputError(
            expected=f"prices of contracts that are held or follow them ({', '.join(listed) or 'none'})",
            found=f"a price of {', '.join(unused)}",
            try_next="correct the name, or leave its --hedge-price out",
        )


def _opposites(needs: tuple[RollNeed, ...]) -> list[str]:
    """Say where contracts of another size on the same index offset each other: less needs to be rolled."""
    notes = []
    for at, one in enumerate(needs):
        for other in needs[at + 1 :]:
            is_sibling = other.near.root in one.near.siblings and other.last_day == one.last_day
            if is_sibling and one.quantity * other.quantity < 0:
                notes.append(
                    f"{one.near.symbol} and {other.near.symbol} offset each other: close one against the other "
                    "before rolling what is left"
                )
    return notes


def _line(need: RollNeed, moment: _Moment) -> RollLine:
    notes = list(_day_notes(need))
    financing = _financing(need, moment, notes)
    terms = terms_on(need.near.terms, moment.market.day)
    quote = moment.market.rate(need.near.currency)
    fx = None if quote is None else quote.value
    notional, price = None, _any_price(need.near, financing, moment.market)
    if price is not None and fx is not None:
        notional = float(need.lots * terms.multiplier) * price * fx
    outright, spread = (None, None) if fx is None else _costs(need, moment, fx, notional)
    gain = None
    if financing.rich is not None and notional is not None and financing.years is not None:
        gain = -(1 if need.quantity > 0 else -1) * notional * financing.rich / _BASIS_POINTS * financing.years
    near_volume, far_volume = _volume(need.near, moment.market), _volume(need.far, moment.market)
    if near_volume is not None and far_volume is not None and far_volume > near_volume and need.far is not None:
        notes.append(f"{need.far.symbol} trades more than {need.near.symbol} already")
    return RollLine(
        need=need, financing=financing, fx=fx, notional=notional, advantage=gain, outright=outright, spread=spread,
        near_volume=near_volume, far_volume=far_volume, notes=tuple(notes),
    )  # fmt: skip


def _any_price(future: Future, financing: Financing, market: Market) -> float | None:
    """Give the price that a size is counted with: its own, else what its position is valued at, such as its index."""
    if financing.near_price is not None:
        return financing.near_price
    quote = future_quote(future, market)[0]
    return None if quote is None else quote.value


def _day_notes(need: RollNeed) -> Iterable[str]:
    name = need.near.symbol
    if need.day_from is DayFrom.ASSUMED:
        yield (
            f"{name}: its last trading day is not known; the third Friday stands in. A contract that delivers is left "
            "before its first notice day, which may be weeks earlier: ask the broker, and state expiry in the holdings"
        )
    if need.due is Due.EXPIRED:
        yield f"{name}: it traded for the last time on {need.last_day}; import its settlement, or correct the holdings"
    if need.far is None:
        yield f"{name}: the contract table does not say what follows it; add its family with --contracts"
    if need.lots != abs(need.quantity):
        yield f"{name}: {abs(need.quantity) - need.lots} is less than a lot and is not rolled"
    if need.far is not None and need.far_held * need.quantity < 0:
        count = f"{need.far_held.normalize():f}"
        yield f"{need.far.symbol}: {count} are held the other way, and the roll closes them first"


def _financing(need: RollNeed, moment: _Moment, notes: list[str]) -> Financing:
    near, far = need.near, need.far
    tick = float(terms_on(near.terms, moment.market.day).tick)
    first = _own_price(near, moment, need, notes)
    second = None if far is None else _own_price(far, moment, None, notes)
    if first is not None and second is not None and first[1] != second[1]:
        notes.append(
            f"{near.symbol} has a price of {first[1]} and its next month one of {second[1]}: of two days they imply "
            "nothing"
        )
        second = None
    years = None if need.far_last_day is None else years_between(need.last_day, need.far_last_day)
    yields = moment.facts.dividend_yield(near.underlying) if near.underlying and not near.quanto else None
    if near.quanto:
        notes.append(f"{near.symbol}: a quanto contract has no plain cost of carry; its financing is not known")
    rate = moment.facts.interest.continuous(near.currency, moment.facts.day)
    financing = implied_financing(
        near_price=None if first is None else first[0], far_price=None if second is None else second[0],
        years=years, rate=rate, dividend_yield=yields, tick=tick,
    )  # fmt: skip
    lacking = {
        f"a price of {near.symbol}": first is None,
        "a price of the month that follows": second is None,
        f"a rate of {near.currency} (--risk-free)": rate is None,
        f"the dividend yield of {near.underlying[0] if near.underlying else 'its underlying'} (--dividend-yield)":
            yields is None and not near.quanto,
    }  # fmt: skip
    wanted = [what for what, is_so in lacking.items() if is_so]
    if wanted and far is not None:
        notes.append(f"{near.symbol}: rich or cheap is not known without {', '.join(wanted)}")
    return financing


def _spellings(future: Future) -> tuple[str, ...]:
    """Give the names of one contract: its own, and years of one, two and four digits."""
    expiry = future.expiry
    if expiry is None:
        return (future.symbol,)
    code = f"{future.root}{MONTH_CODES[expiry.month - 1]}"
    return tuple(dict.fromkeys((future.symbol, *(f"{code}{str(expiry.year)[-n:]}" for n in (1, 2, 4)))))


def _own_names(future: Future) -> tuple[str, ...]:
    """Give the names under which prices of this very month may stand: its own, and those of other sizes."""
    own = _spellings(future)
    return (*own, *(root + name.removeprefix(future.root) for root in future.siblings for name in own))


def _own_price(
    future: Future, moment: _Moment, need: RollNeed | None, notes: list[str]
) -> tuple[float, dt.date] | None:
    """Give a contract's own price and its day; never that of an index, nor of a series that may be another month's."""
    day = moment.market.day
    for name in _spellings(future):
        if name in moment.stated:
            return moment.stated[name], day
    for position in moment.portfolio.positions:
        if position.symbol in _spellings(future) and position.stated.price is not None:
            return float(position.stated.price), day
    for name in _own_names(future):
        quote = moment.market.price(name)
        if quote is not None:
            return quote.value, date_of(quote.date)
    # A series without a month is that of the front contract, until it changes on a day that nobody states.
    root = are_its_own((future.root,), future, moment.market)
    series = moment.market.price(future.root) if root else None
    spec = moment.contracts.spec(future.root)
    if need is None or series is None or spec is None:
        return None
    if need.due is not Due.LATER or spec.front(day).expiry != future.expiry:
        notes.append(
            f"{future.symbol}: the column {future.root} names no month and may be another's; state its price with "
            f"--hedge-price {future.symbol}=PRICE"
        )
        return None
    notes.append(f"{future.symbol}: its price is that of {future.root}, taken as the front month's")
    return series.value, date_of(series.date)


def _costs(
    need: RollNeed, moment: _Moment, fx: float, notional: float | None
) -> tuple[RollCost | None, RollCost | None]:
    spec, costs = moment.contracts.spec(need.near.root), moment.costs
    each = costs.commission if costs.commission is not None or spec is None else spec.commission
    if each is None:
        return None, None
    terms = terms_on(need.near.terms, moment.market.day)
    point = terms.tick * terms.multiplier
    both = costs.spread_commission if costs.spread_commission is not None else 2 * each

    def cost(commission: Decimal, half_ticks: Decimal) -> RollCost:
        paid = float(need.lots * commission) * fx, float(need.lots * half_ticks * point) * fx
        return RollCost(
            commission=paid[0], half_spread=paid[1],
            basis_points=sum(paid) / notional * _BASIS_POINTS if notional else None,
        )  # fmt: skip

    return cost(2 * each, 2 * costs.half_spread_ticks), cost(both, costs.spread_half_ticks)


def _volume(future: Future | None, market: Market) -> float | None:
    """Give the volume of a contract's own column on the last day that has one."""
    prices = market.prices
    if future is None or prices.volumes is None:
        return None
    column = next((name for name in _spellings(future) if name in prices), None)
    if column is None:
        return None
    own = prices.volumes[:, prices.column(column)]
    seen = np.flatnonzero(np.isfinite(own))
    return float(own[seen[-1]]) if len(seen) else None
