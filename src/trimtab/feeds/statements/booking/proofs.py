"""Second numbers prove the first: what unit a price is in, and how many units a contract has, by the stated value."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from trimtab.market.reading.numbers import Cell

__all__ = ["Reading", "agrees", "ratio_to", "rounding", "written"]

_CLOSE = Decimal("0.005")


_ZERO, _HALF_CENT, _BIT = Decimal(0), Decimal("0.005"), Decimal("0.0001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading of a row under which its numbers agree.

    Parameters
    ----------
    scale
        Units that one quantity stands for.
    gross
        Whether the amount is before costs.
    rate
        From the price's currency into that of the amount.
    implied
        Costs that no column states.
    tight
        Whether it agrees to the digits that were written.
    """

    scale: Decimal
    gross: bool
    rate: Decimal
    implied: Decimal
    tight: bool


@lru_cache(maxsize=64)
def _half(digits: int) -> Decimal:
    """Give half a unit of the last digit that was written."""
    return Decimal(1).scaleb(-digits) / 2


def rounding(quantity: Cell, price: Cell, amount: Cell, multiplier: Decimal = Decimal(1)) -> Decimal:
    """Give how far quantity times price may lie from a stated amount because price and amount were rounded.

    Examples
    --------
    >>> from decimal import Decimal
    >>> rounding(Cell(value=Decimal(3)), Cell(value=Decimal("2.5"), digits=1), Cell(value=Decimal("7.50"), digits=2))
    Decimal('0.1551')
    """
    price_part = abs(quantity.value * multiplier) * _half(price.digits) if price.digits else _ZERO
    return price_part + _written(amount.digits)


def written(amount: Cell) -> Decimal:
    """Give how far a number may lie from a stated amount because that was rounded to a cent, or to its digits.

    Examples
    --------
    >>> from decimal import Decimal
    >>> written(Cell(value=Decimal("7.5"), digits=1))
    Decimal('0.0051')
    """
    return _written(amount.digits)


@lru_cache(maxsize=64)
def _written(digits: int) -> Decimal:
    return min(_half(digits), _HALF_CENT) + _BIT


def agrees(first: Decimal, second: Decimal, tolerance: Decimal) -> bool:
    """Tell whether two numbers are one number within rounding, or within half a percent."""
    gap = abs(first - second)
    return gap <= tolerance or gap <= _CLOSE * max(abs(first), abs(second))


def ratio_to(value: Decimal, product: Decimal) -> Decimal | None:
    """Give the power of ten, or contract size, that a value is of a product; None if it is none.

    Examples
    --------
    >>> ratio_to(Decimal("-1970"), Decimal("-19.7")), ratio_to(Decimal("17682"), Decimal("1768200"))
    (Decimal('100'), Decimal('0.01'))
    >>> ratio_to(Decimal("150"), Decimal("100")) is None
    True
    """
    if product == 0 or value == 0:
        return None
    raw = abs(value / product)
    usual = (
        "1",
        "100",
        "0.01",
        "10",
        "1000",
        "0.1",
        "0.001",
        "5",
        "50",
        "20",
        "2",
        "25",
        "500",
        "250",
        "12500",
        "125000",
    )
    for text in usual:
        size = Decimal(text)
        if abs(raw / size - 1) <= _CLOSE:
            return size
    return None
