r"""What may be traded in options: a chain of quotes, given by the user or made from a stated volatility.

Equation for a stated volatility with skew: sigma(K) = vol + skew x ln(K / S), not below 1%; the mid is the model's
value, bid and ask lie a stated fraction of it away, rounded to the tick away from the mid.
Source of the margin rule: Cboe margin manual, strategy-based rule for short index options: the option's value plus the
larger of 15% of the underlying less what it is out of the money, and 10% (of the underlying for calls, of the strike
for puts); 20% in place of 15% for shares and narrow funds.
Assumption: a chain made from a volatility is a model, not a market, and every order from it says so.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from math import isfinite, log, log10

import numpy as np

from trimtab.errors import InputError
from trimtab.exposure.pricing.american import american_greeks
from trimtab.exposure.pricing.black import european_greeks
from trimtab.market.daycount import years_between
from trimtab.market.snapshot import Market
from trimtab.model.decimals import exact, take_decimals
from trimtab.model.expiry import third_friday
from trimtab.model.instrument import Exercise, Option, OptionRight, Terms
from trimtab.model.portfolio import Stated

__all__ = [
    "ChainQuote",
    "OptionChain",
    "StatedVolatility",
    "chain_from_volatility",
    "monthly_expiry",
    "quotes_from_rows",
]

_MIN_VOL = 0.01
_RIGHTS = {"put": OptionRight.PUT, "p": OptionRight.PUT, "call": OptionRight.CALL, "c": OptionRight.CALL}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainQuote:
    """One line of a chain.

    Parameters
    ----------
    right, strike
        Which option.
    bid, ask
        Of one unit, in the chain's currency; a bid of 0 means that nobody buys.
    vol
        Stated volatility per square-root year; None takes the one that the middle of bid and ask implies.
    """

    right: OptionRight
    strike: Decimal
    bid: Decimal
    ask: Decimal
    vol: float | None = None

    def __post_init__(self) -> None:
        take_decimals(self, "strike", "bid", "ask")
        numbers = (self.strike, self.bid, self.ask)
        if not all(n.is_finite() for n in numbers) or self.strike <= 0 or not 0 <= self.bid <= self.ask:
            raise InputError(
                expected="a positive strike, and a bid of zero or more that is not above the ask",
                found=f"strike {self.strike}, bid {self.bid}, ask {self.ask}",
                try_next="drop or correct that line of the chain",
            )

    @property
    def can_buy(self) -> bool:
        """Whether there is an ask, and something that says what the option is worth."""
        return self.ask > 0 and (self.bid > 0 or self.vol is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionChain:
    """Options of one expiry on one underlying.

    Parameters
    ----------
    underlying
        Symbol in the price table: the benchmark's index, or a fund or share that the user names.
    currency
        Of strikes and quotes; empty takes that of a holding in the underlying, of its price column, or the base.
    expiry
        Last day.
    quotes
        The lines.
    multiplier
        Units of the underlying per contract.
    tick
        Smallest price step.
    exercise
        European (most index options) or American (options on funds and shares).
    rate, dividend_yield
        Continuously compounded per year; None takes what put-call parity of the quotes says, else what is known.
    source
        Where the quotes come from, in words.
    """

    underlying: str
    currency: str
    expiry: dt.date
    quotes: tuple[ChainQuote, ...]
    multiplier: Decimal = Decimal(100)
    tick: Decimal = Decimal("0.05")
    exercise: Exercise = Exercise.EUROPEAN
    rate: float | None = None
    dividend_yield: float | None = None
    source: str = "given quotes"

    def __post_init__(self) -> None:
        take_decimals(self, "multiplier", "tick")
        lines = [(q.right, q.strike) for q in self.quotes]
        if not lines or len(set(lines)) != len(lines):
            raise InputError(
                expected=f"a chain on {self.underlying} with each right and strike once",
                found=f"{len(lines)} lines, {len(set(lines))} of them different",
                try_next="give one line per right and strike, of one expiry",
            )
        if self.multiplier <= 0 or self.tick <= 0:
            raise InputError(
                expected="a positive multiplier and tick",
                found=f"{self.multiplier} and {self.tick}",
                try_next="look up the contract; index options have multiplier 100",
            )

    def nearest(self, right: OptionRight, strike: float, *, buy: bool) -> ChainQuote:
        """Give the tradable line of a right whose strike is nearest, the lower one on a tie.

        Raises
        ------
        InputError
            If the chain has no tradable line of that right.
        """
        usable = [q for q in self.quotes if q.right is right and (q.can_buy if buy else q.bid >= self.tick)]
        if not usable:
            raise InputError(
                expected=f"a {right.value} on {self.underlying} that can be {'bought' if buy else 'sold'}",
                found=f"none among {len(self.quotes)} lines of the chain",
                try_next="give a chain with that right, or a volatility",
            )
        return min(usable, key=lambda q: (abs(float(q.strike) - strike), q.strike))

    def option(self, quote: ChainQuote) -> Option:
        """Make the instrument of a line, named as in portfolio notation."""
        letter = "P" if quote.right is OptionRight.PUT else "C"
        monthly = self.expiry == third_friday(self.expiry.year, self.expiry.month)
        month = f"{_MONTHS[self.expiry.month - 1]}{self.expiry.year % 100:02d}"
        return Option(
            symbol=f"{self.underlying} {_plain(quote.strike)}{letter} {month if monthly else self.expiry.isoformat()}",
            underlying=self.underlying,
            currency=self.currency,
            right=quote.right,
            strike=quote.strike,
            expiry=self.expiry,
            terms=(Terms(multiplier=self.multiplier, tick=self.tick),),
            exercise=self.exercise,
        )

    def stated(self, quote: ChainQuote) -> Stated:
        """Say what is known of a line, in the form that positions carry."""
        if quote.vol is not None:
            return Stated(vol=quote.vol, rate=self.rate, dividend_yield=self.dividend_yield)
        return Stated(bid=quote.bid, ask=quote.ask, rate=self.rate, dividend_yield=self.dividend_yield)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedVolatility:
    """A volatility in place of quotes.

    Parameters
    ----------
    vol
        At the money, per square-root year (0.2 = 20%).
    skew
        Change of volatility per unit of ln(strike / spot); -0.2 adds 2.1 points at a strike 10% below.
    half_spread
        Assumed half-spread as a fraction of the option's value; at least half a tick results from rounding.
    """

    vol: float
    skew: float = 0.0
    half_spread: float = 0.02

    def __post_init__(self) -> None:
        if not (isfinite(self.vol) and 0 < self.vol < 5 and isfinite(self.skew) and 0 <= self.half_spread < 1):
            raise InputError(
                expected="a volatility from 0 to 5, a finite skew, and a half-spread from 0 up to 1",
                found=f"vol {self.vol}, skew {self.skew}, half-spread {self.half_spread}",
                try_next="write 20% as 0.2",
            )

    def at(self, strike: float, spot: float) -> float:
        """Give the volatility of a strike."""
        return max(_MIN_VOL, self.vol + self.skew * log(strike / spot))


def quotes_from_rows(rows: Iterable[Mapping[str, str]]) -> tuple[ChainQuote, ...]:
    """Read the lines of a table of quotes with the columns right, strike, bid and ask, and if stated vol.

    Parameters
    ----------
    rows
        Texts by column name, such as `csv.DictReader` gives; rights are put and call, or P and C.

    Raises
    ------
    InputError
        If a line cannot be read; it is named by its number, counted from 1 after the heading.

    Examples
    --------
    >>> quotes_from_rows([{"right": "P", "strike": "3600", "bid": "80.1", "ask": "81.0"}])[0].bid
    Decimal('80.1')
    """
    quotes: list[ChainQuote] = []
    for number, row in enumerate(rows, 1):
        try:
            vol = row.get("vol") or None
            quotes.append(
                ChainQuote(
                    right=_RIGHTS[row["right"].strip().lower()],
                    strike=Decimal(row["strike"]),
                    bid=Decimal(row["bid"]),
                    ask=Decimal(row["ask"]),
                    vol=None if vol is None else float(vol),
                )
            )
        except (KeyError, AttributeError, TypeError, ArithmeticError, ValueError) as error:
            raise InputError(
                expected="lines of a chain with right (put or call), strike, bid and ask",
                found=f"{dict(row)} in line {number}" + (f": {error.found}" if isinstance(error, InputError) else ""),
                try_next="correct or drop that line; leave a missing bid as 0",
            ) from error
    return tuple(quotes)


def monthly_expiry(day: dt.date, *, days: int = 60) -> dt.date:
    """Give the first third Friday that is at least `days` away.

    Examples
    --------
    >>> monthly_expiry(dt.date(2022, 12, 28))
    datetime.date(2023, 3, 17)
    """
    month = day.replace(day=1)
    while (expiry := third_friday(month.year, month.month)) < day + dt.timedelta(days=days):
        month = (month + dt.timedelta(days=32)).replace(day=1)
    return expiry


def chain_from_volatility(
    market: Market,
    *,
    underlying: str,
    volatility: StatedVolatility,
    expiry: dt.date | None = None,
    currency: str | None = None,
    multiplier: Decimal = Decimal(100),
    tick: Decimal = Decimal("0.05"),
    step: Decimal | None = None,
    exercise: Exercise = Exercise.EUROPEAN,
    rate: float = 0.0,
    dividend_yield: float = 0.0,
) -> OptionChain:
    """Make a chain from a stated volatility: strikes from half to one and a half times the price.

    Parameters
    ----------
    market
        Holds the underlying's price.
    underlying
        Its symbol.
    volatility
        Level, skew and half-spread.
    expiry
        None takes the first third Friday at least 60 days away.
    currency
        None takes the price table's, or the base.
    step
        Between strikes; None takes a round number of about 1% of the price or less.

    Raises
    ------
    InputError
        If the underlying has no price or the expiry is not ahead.
    """
    quote = market.price(underlying)
    day = market.day
    last = expiry or monthly_expiry(day)
    if quote is None or last <= day:
        raise InputError(
            expected=f"a price of {underlying} and an expiry after {day}",
            found="no price" if quote is None else f"expiry {last}",
            try_next="name an underlying that the price table holds (--option-on) and a later --option-expiry",
        )
    spot, years = quote.value, years_between(day, last)
    spacing = step or _round_step(spot / 100.0)
    first = int((exact(spot) / 2 / spacing).to_integral_value(ROUND_CEILING))
    strikes = [spacing * k for k in range(max(1, first), 3 * max(1, first) + 1)]
    lines: list[ChainQuote] = []
    price = european_greeks if exercise is Exercise.EUROPEAN else american_greeks
    vols = np.array([volatility.at(float(k), spot) for k in strikes])
    for right, sign in ((OptionRight.CALL, 1), (OptionRight.PUT, -1)):
        values = price(
            right=sign, spot=spot, strike=np.array([float(k) for k in strikes]), vol=vols, time=years, rate=rate,
            dividend_yield=dividend_yield,
        ).value  # fmt: skip
        for strike, vol, value in zip(strikes, vols, values, strict=True):
            bid, ask = _around(float(value), volatility.half_spread, tick)
            lines.append(ChainQuote(right=right, strike=strike, bid=bid, ask=ask, vol=float(vol)))
    return OptionChain(
        underlying=underlying, currency=currency or market.currency_of(underlying) or market.base, expiry=last,
        quotes=tuple(lines), multiplier=multiplier, tick=tick, exercise=exercise, rate=rate,
        dividend_yield=dividend_yield,
        source=f"model prices at a stated volatility of {volatility.vol:.1%}, skew {volatility.skew:g}, half-spread "
        f"{volatility.half_spread:.1%} of value",
    )  # fmt: skip


def _around(value: float, half_spread: float, tick: Decimal) -> tuple[Decimal, Decimal]:
    low, high = exact(value * (1 - half_spread)), exact(value * (1 + half_spread))
    bid = (low / tick).to_integral_value(ROUND_FLOOR) * tick
    ask = (high / tick).to_integral_value(ROUND_CEILING) * tick
    return max(bid, Decimal(0)), max(ask, tick)


def _round_step(size: float) -> Decimal:
    """Give the largest of 1, 2.5, 5 times a power of ten that is not above `size`."""
    power = Decimal(10) ** int(np.floor(log10(size)))
    return max(power * m for m in (Decimal(1), Decimal("2.5"), Decimal(5)) if float(power * m) <= size * (1 + 1e-12))


def _plain(number: Decimal) -> str:
    text = f"{number.normalize():f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
