r"""A stated price beside what the prices say: its own column, a sibling of another size, its index.

    gap = log(stated / reference)

Interest and dividends carry a future away from its index, by a few per cent a year; nothing else does for long:

    worth telling   |gap| > 5% + 10% a year to expiry
    far             |gap| > 25% + 10% a year: another unit, another contract, or an old price
"""

from dataclasses import dataclass, replace
from math import log

from trimtab.exposure.value import value_position
from trimtab.market.daycount import years_between
from trimtab.market.prices import Flag
from trimtab.market.snapshot import Market, Quote
from trimtab.model.portfolio import Position

__all__ = ["StatedPrice", "compare_stated"]

_TOLD, _FAR, _PER_YEAR = 0.05, 0.25, 0.10


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedPrice:
    """A price that somebody stated beside the one that the price table gives.

    Parameters
    ----------
    symbol, currency
        Of what it is the price.
    stated
        In that currency.
    reference
        What the table gives in its place.
    source
        Where that comes from, in words: "its own column".
    used
        Whether the stated price is used; a column of its own goes before it.
    years
        To expiry; 0 for what does not expire, or is compared with its own prices.
    """

    symbol: str
    currency: str
    stated: float
    reference: Quote
    source: str
    used: bool
    years: float

    @property
    def gap(self) -> float:
        """Distance of both, either way, as a logarithm."""
        return abs(log(self.stated / self.reference.value))

    @property
    def worth_telling(self) -> bool:
        """Whether no carry explains the distance."""
        return self.gap > _TOLD + _PER_YEAR * self.years

    @property
    def far(self) -> bool:
        """Whether one of both must be of something else."""
        return self.gap > _FAR + _PER_YEAR * self.years

    def __str__(self) -> str:
        """Say both numbers, and which is used."""
        used = "the stated one is used" if self.used else "the column is used"
        day = self.reference.date.astype("datetime64[D]")
        return (
            f"{self.symbol}: a price of {self.stated:,.6g} {self.currency} is stated, {self.source} is at "
            f"{self.reference.value:,.6g} on {day}: {used}; check unit, contract and day"
        )


def compare_stated(position: Position, market: Market) -> StatedPrice | None:
    """Compare a position's stated price with what the prices say of it; None where nothing can be compared.

    Parameters
    ----------
    position
        Any; an option only beside a column of its own.
    market
        The moment.
    """
    instrument, stated = position.instrument, position.stated.price
    if stated is None or not stated > 0 or instrument.is_money:
        return None
    bare = value_position(replace(position, stated=replace(position.stated, price=None, bid=None, ask=None)), market)
    if bare.price is None or not bare.price.value > 0 or Flag.MODEL_PRICE in bare.flags:
        return None
    source = "its own column"
    if Flag.PRICE_FROM_SIBLING in bare.flags:
        source = "a contract of another size"
    elif Flag.PRICE_FROM_UNDERLYING in bare.flags:
        source = f"its index {_index(position, market)}".rstrip()
    elif instrument.written_on and market.price(instrument.symbol) is None:
        return None
    expiry = instrument.expiry if instrument.settles_daily and source != "its own column" else None
    return StatedPrice(
        symbol=position.symbol,
        currency=instrument.currency,
        stated=float(stated),
        reference=bare.price,
        source=source,
        used=source != "its own column",
        years=0.0 if expiry is None else max(0.0, years_between(market.day, expiry)),
    )


def _index(position: Position, market: Market) -> str:
    """Name the column that stands in for a contract's own prices."""
    return next((name for name in position.instrument.underlyings if market.price(name) is not None), "")
