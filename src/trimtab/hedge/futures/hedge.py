r"""What may be traded as a hedge, of whatever kind: its price, its beta, and what trading and holding it takes.

One unit (a contract, a share) is valued as a position of one, so a hedge moves with what a position of its kind moves
with, in its own currency: the index of a future, the coin of a perpetual at what its gains are paid in, a fund's own
returns.

    beta exposure of a lot = lot x sum over legs (beta of what the leg follows) x (delta exposure of the leg)
    cost of a lot          = lot x (commission + half-spread x tick x money per point) x FX + commission rate x exposure
"""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from math import sqrt

import numpy as np

from trimtab.beta.estimate import BetaEstimate, Betas
from trimtab.errors import InputError, Reason
from trimtab.exposure.expose import find_beta
from trimtab.exposure.kinds.upkeep import reset_decay
from trimtab.exposure.stated_prices import compare_stated
from trimtab.exposure.valuation import Valuation
from trimtab.exposure.value import value_position
from trimtab.market.facts import calendar_of
from trimtab.market.prices import Flag
from trimtab.market.snapshot import Market
from trimtab.model.contract import ContractSpec
from trimtab.model.decimals import exact
from trimtab.model.expiry import ROLL_BEFORE
from trimtab.model.instrument import Instrument, Terms
from trimtab.model.instruments.terms import terms_on
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Position, Stated

__all__ = ["MIN_BETA", "Hedge", "price_hedge"]

#: A hedge must move with the benchmark at least this much to be of use.
MIN_BETA = 0.1
#: Decimals of a share's price below its leading digit where no tick is stated; two at least.
_DIGITS = 3
#: Returns from which a volatility is taken.
_LEAST_RETURNS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Hedge:
    """Something that may be traded, with everything the search needs.

    Parameters
    ----------
    instrument
        What: a future, a perpetual, a share, fund or coin.
    mark
        Its price, in its currency.
    fx, paid_fx
        Base currency per unit of the currency of its price, and of what its gains are paid in.
    multiplier, tick, lot
        Terms in force; of a share its scale, 0.01 and 1 unless a contract table says otherwise.
    commission, commission_rate, half_spread_ticks
        Cost assumptions: per unit in its currency, as a share of what is traded, and in ticks.
    exposure
        Delta exposure of one unit bought, base currency.
    beta, stderr
        Of its return to the benchmark.
    flags, notes
        What a reader should know about price and beta; and about the instrument, in words.
    held
        Units held before any trade.
    funding
        Of a perpetual, per eight hours; None for everything else.
    margin, borrow
        Initial margin as a share of exposure, and what borrowing shares costs a year; None where not known.
    shortable
        Whether it may be sold short.
    reset
        What the daily reset of a fund with a multiple costs in a year in which its index stands still, as a share of
        its value; None where there is none, or its past is not known.
    """

    instrument: Instrument
    mark: float
    fx: float
    paid_fx: float
    multiplier: Decimal
    tick: Decimal
    lot: Decimal
    commission: Decimal
    commission_rate: Decimal
    half_spread_ticks: Decimal
    exposure: float
    beta: float
    stderr: float
    flags: tuple[Flag, ...]
    notes: tuple[str, ...] = ()
    held: Decimal = Decimal(0)
    funding: float | None = None
    margin: float | None = None
    borrow: float | None = None
    shortable: bool = True
    reset: float | None = None

    @property
    def symbol(self) -> str:
        """The instrument's symbol."""
        return self.instrument.symbol

    @property
    def beta_per_lot(self) -> float:
        """Beta exposure of one lot bought, base currency."""
        return self.beta * self.exposure * float(self.lot)

    @property
    def point(self) -> Decimal:
        """Money of its currency that one unit gains per 1 of its price."""
        if self.instrument.paid_in == self.instrument.currency:
            return self.multiplier
        return exact(self.exposure / (self.mark * self.fx))

    @property
    def cost_per_lot(self) -> float:
        """Commission and half-spread of one lot, base currency."""
        each = (self.commission + self.half_spread_ticks * self.tick * self.point) * self.lot
        return float(each) * self.fx + float(self.commission_rate * self.lot) * abs(self.exposure)

    @property
    def cash_per_lot(self) -> float:
        """Base cash that buying one lot takes: its price and cost where it is owned, 0 where it is on margin."""
        if not self.instrument.is_owned:
            return 0.0
        return float(self.multiplier * self.lot) * self.mark * self.fx + self.cost_per_lot


def price_hedge(
    instrument: Instrument,
    spec: ContractSpec | None,
    market: Market,
    betas: Betas,
    mandate: Mandate,
    *,
    stated: float | None,
    min_beta: float = MIN_BETA,
    funding: float | None = None,
    held: Decimal = Decimal(0),
) -> Hedge:
    """Find price, exchange rates and beta of a hedge, or say which of them is missing.

    Parameters
    ----------
    instrument, spec
        What may be traded, and what the contract table says of it; None if it is not there.
    stated
        Price that the user states.
    min_beta
        Least beta, either way, to be of use against one benchmark; 0 where it hedges another.
    funding
        Of a perpetual, per eight hours, where it is stated; else the contract table's.
    held
        Units held already.

    Raises
    ------
    InputError
        If there is no price, no rate, no funding, no beta, or a beta too small to hedge with; if the contract has
        expired, or the stated price is far from what the prices say.
    """
    notes = (*_check_life(instrument, spec, market), *_check_stated(instrument, market, stated))
    rate = funding if funding is not None or spec is None else spec.funding
    _check_funding(instrument, rate)
    price = None if stated is None else exact(stated)
    one = Position(instrument=instrument, quantity=Decimal(1), stated=Stated(price=price, funding=rate))
    valued = value_position(one, market)
    _check_valued(instrument, valued, market)
    assert valued.price is not None and valued.fx is not None  # noqa: S101, PT018 - checked
    beta, stderr, flags = _beta(instrument, valued, betas, min_beta)
    mark, paid = valued.price.value, market.rate(instrument.paid_in, silent=instrument.currency)
    terms = _terms(instrument, spec, market.day, mark)
    usual = Decimal(0) if spec is None else spec.commission
    asked = mandate.costs.commission if instrument.rolls else None
    return Hedge(
        instrument=instrument,
        mark=mark,
        fx=valued.fx.value,
        paid_fx=valued.fx.value if paid is None else paid.value,
        multiplier=terms.multiplier,
        tick=terms.tick,
        lot=terms.lot,
        commission=usual if asked is None else asked,
        commission_rate=Decimal(0) if spec is None else spec.commission_rate,
        half_spread_ticks=mandate.costs.half_spread_ticks,
        exposure=valued.delta_exposure or 0.0,
        beta=beta,
        stderr=stderr,
        flags=tuple(dict.fromkeys((*valued.flags, *flags))),
        notes=notes,
        held=held,
        funding=rate if instrument.pays_funding else None,
        margin=None if spec is None else spec.margin,
        borrow=None if spec is None else spec.borrow,
        shortable=spec is None or spec.shortable,
        reset=_reset(instrument, market),
    )


def _reset(instrument: Instrument, market: Market) -> float | None:
    """Give what a daily reset costs a year, at the volatility of the last year of the fund's own prices."""
    leverage, prices = float(instrument.leverage), market.prices
    if leverage == 1.0 or instrument.symbol not in prices:
        return None
    closes = prices.values[:, prices.column(instrument.symbol)]
    closes = closes[np.isfinite(closes)]
    if len(closes) <= _LEAST_RETURNS:
        return None
    frequency = calendar_of(prices, instrument.symbol)
    returns = (closes[1:] / closes[:-1] - 1.0)[-frequency.rows(252, least=_LEAST_RETURNS) :]
    own = float(returns.std(ddof=1)) * sqrt(frequency.periods_per_year)
    return reset_decay(leverage, own / abs(leverage))


def _terms(instrument: Instrument, spec: ContractSpec | None, day: dt.date, mark: float) -> Terms:
    """Give a contract's own terms; of a share the table's, else one unit at a tick of two decimals or a thousandth.

    A position may say its multiplier and neither tick nor lot: then it is traded at those of the table.
    """
    if instrument.is_contract:
        own, silent = instrument.terms_on(day), Terms(multiplier=Decimal(1))
        if spec is None or instrument.terms == spec.terms:
            return own
        listed = terms_on(spec.terms, day)
        return replace(
            own,
            tick=listed.tick if own.tick == silent.tick else own.tick,
            lot=listed.lot if own.lot == silent.lot else own.lot,
        )
    scale = instrument.price_unit(day, minor=False)
    if spec is not None:
        listed = terms_on(spec.terms, day)
        return Terms(multiplier=scale, tick=listed.tick, lot=listed.lot)
    return Terms(multiplier=scale, tick=Decimal(1).scaleb(min(-2, exact(mark).adjusted() - _DIGITS)))


def _check_life(instrument: Instrument, spec: ContractSpec | None, market: Market) -> tuple[str, ...]:
    """Refuse a contract that has expired; say so of one that is about to, and of one that stands for such a one."""
    day, expiry = market.day, instrument.expiry
    if expiry is None:
        return ()
    following = None if spec is None else spec.to_trade(day).symbol
    if expiry < day:
        raise InputError(
            expected="a hedge contract that still trades",
            found=f"{instrument.symbol}, which expired on {expiry}",
            try_next=f"hedge with {following}" if following else "choose a later month",
        )
    if day >= expiry - ROLL_BEFORE:
        later = f"; {following} lives longer" if following not in {None, instrument.symbol} else ""
        return (
            f"{instrument.symbol} expires on {expiry}, {_days(expiry - day)}: what it hedges is open again then{later}",
        )
    front = None if spec is None else spec.front(day)
    if front is None or front.expiry is None or front.symbol == instrument.symbol or front.expiry >= expiry:
        return ()
    if day < front.expiry - ROLL_BEFORE:
        return ()
    return (
        f"{instrument.symbol} is traded, not {front.symbol}, which expires on {front.expiry}: new trades are made in "
        f"the next month from {ROLL_BEFORE.days} days before expiry on",
    )


def _days(left: dt.timedelta) -> str:
    return {0: "today", 1: "tomorrow"}.get(left.days, f"in {left.days} days")


def _check_stated(instrument: Instrument, market: Market, stated: float | None) -> tuple[str, ...]:
    """Refuse a stated price that is far from what the prices say; tell one that no carry explains."""
    if stated is None:
        return ()
    position = Position(instrument=instrument, quantity=Decimal(1), stated=Stated(price=exact(stated)))
    beside = compare_stated(position, market)
    if beside is not None and beside.far:
        raise InputError(
            expected=f"a price of {instrument.symbol} near {beside.source}, {beside.reference.value:,.6g} "
            f"{beside.currency} on {beside.reference.date.astype('datetime64[D]')}",
            found=f"{stated:,.6g} stated",
            try_next="correct the price (--hedge-price or the holdings), or the price table",
        )
    return () if beside is None or not beside.worth_telling else (str(beside),)


def _check_funding(instrument: Instrument, funding: float | None) -> None:
    """Refuse a perpetual whose funding nobody states: what it costs to hold is not known, and is never taken as 0."""
    if instrument.pays_funding and funding is None:
        raise InputError(
            expected=f"the funding of {instrument.symbol} per eight hours, such as 0.0001 (longs pay)",
            found="none",
            try_next=f"state it with --funding {instrument.symbol}=0.0001 or --funding FILE, in the column funding of "
            "the contract table, or in the holdings",
        )


def _check_valued(instrument: Instrument, valued: Valuation, market: Market) -> None:
    """Refuse a hedge without a price or a rate, or whose price is in doubt, and say which it is."""
    name, day = instrument.symbol, market.as_of.astype("datetime64[D]")
    if valued.price is None or not valued.price.value > 0:
        own = " or ".join(dict.fromkeys((name, instrument.family)))
        on = instrument.underlyings
        raise InputError(
            expected=f"a price of {name}: a column {own}" + (f", or its index ({', '.join(on[:3])})" if on else ""),
            found=f"none of them in the price table on {day}",
            try_next=f"add the column, or state the price with --hedge-price {instrument.family}=PRICE",
        )
    if valued.reason is Reason.NO_RATE:
        lacking = [m for m in instrument.moneys if market.rate(m, silent=instrument.currency) is None]
        raise InputError(
            expected=f"an exchange rate from {' and '.join(lacking)} to {market.base} for {name}",
            found="none",
            try_next="give rates with --fx FILE, or a column with the price of the coin",
        )
    if valued.reason is not None or valued.legs is None or valued.fx is None:
        reason = "unknown" if valued.reason is None else valued.reason.value
        raise InputError(
            expected=f"a price of {name} that can be relied on, on {day}",
            found=reason.replace("_", " "),
            try_next="correct the price table or record the split, or leave this hedge out",
        )


def _beta(
    instrument: Instrument, valued: Valuation, betas: Betas, min_beta: float
) -> tuple[float, float, tuple[Flag, ...]]:
    """Give the beta of a hedge, its error and what a reader should know; of several legs by their exposures."""
    joined: list[tuple[float, BetaEstimate]] = []
    flags: list[Flag] = []
    for leg in valued.legs or ():
        estimate, doubts = find_beta(leg.follows, leg.stand_ins, betas)
        if estimate is None or estimate.value is None or estimate.stderr is None:
            raise InputError(
                expected=f"a beta of {instrument.symbol} to {betas.benchmark}: its own past prices, or its index in "
                "the table",
                found="neither",
                try_next=f"add a column {instrument.family} with past prices, or hedge with a future on "
                f"{betas.benchmark}",
            )
        joined.append((leg.delta_exposure, estimate))
        flags += doubts
    total = sum(money for money, _ in joined)
    if len(joined) == 1:
        value, stderr = joined[0][1].value or 0.0, joined[0][1].stderr or 0.0
    else:
        vector = np.zeros(len(betas.estimates))
        for money, estimate in joined:
            vector[betas.row(estimate.asset)] += money / total
        value = sum(money * (estimate.value or 0.0) for money, estimate in joined) / total
        stderr = betas.combined_error(vector)
    if abs(value) < min_beta:
        raise InputError(
            expected=f"a hedge that moves with {betas.benchmark} (beta of at least {min_beta} either way)",
            found=f"beta {value:.3f} of {instrument.symbol}",
            try_next="choose a future on the benchmark or on something close to it",
        )
    return value, stderr, tuple(flags)
