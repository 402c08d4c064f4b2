"""Numbers into exact decimals: the one home of every such step.

Records take what a caller has: a `Decimal`, a Python number, or a NumPy scalar, which prints unlike it reads
(``repr(np.float64(0.1))`` is ``np.float64(0.1)``). What is no number is refused with its name; nothing is guessed.
"""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from numbers import Integral, Real
from typing import TYPE_CHECKING

from trimtab.errors import InputError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = [
    "HIGHEST",
    "LOWEST",
    "as_decimal",
    "as_float",
    "as_whole",
    "exact",
    "is_in_reach",
    "take_decimals",
    "take_floats",
    "take_pairs",
]


#: No price, quantity, fee or weight is larger, and none but 0 is smaller: beyond them a value (price times quantity
#: times multiplier), or its square, could leave what a double holds.
LOWEST, HIGHEST = 1e-30, 1e21


def is_in_reach(number: Decimal | float) -> bool:
    """Tell whether a number may be one of a portfolio: 0, or finite and of a size that can be multiplied.

    Examples
    --------
    >>> [is_in_reach(Decimal(text)) for text in ("0", "-1e-18", "1E+1000000", "1e400", "5e-324", "NaN")]
    [True, True, False, False, False, False]
    """
    if isinstance(number, Decimal):
        # The exponent is looked at first: an arithmetic with a million digits takes as long as it sounds.
        return number.is_finite() and (not number or -30 <= number.adjusted() < 21)
    return number == 0.0 or LOWEST <= abs(number) < HIGHEST


def exact(number: float) -> Decimal:
    """Give the shortest decimal that reads back as a number: for numbers that were computed.

    Examples
    --------
    >>> exact(0.1), exact(3)
    (Decimal('0.1'), Decimal('3.0'))
    """
    return Decimal(repr(float(number)))


def as_decimal(value: object, name: str) -> Decimal:
    """Read a number that a caller gave as a decimal.

    Parameters
    ----------
    value
        A `Decimal`, or a Python or NumPy number. Its shortest written form counts: 0.1 is a tenth.
    name
        What it is, for the message.

    Raises
    ------
    InputError
        If it is no number: text, a truth value, an array.

    Examples
    --------
    >>> as_decimal(0.1, "a band"), as_decimal(2, "a lot")
    (Decimal('0.1'), Decimal('2'))
    """
    if isinstance(value, Decimal):
        return value
    if isinstance(value, bool) or not isinstance(value, Real):
        raise InputError(
            expected=f"{name} as a number",
            found=f"{value!r}, a {type(value).__name__}",
            try_next="give a number, a Decimal or a NumPy scalar such as 0.05",
        )
    if isinstance(value, Integral):
        return Decimal(int(value))
    try:
        # A NumPy number is written with the digits of its own precision: float32(0.1) is a tenth as well.
        return Decimal(str(value))
    except InvalidOperation:
        return exact(float(value))


def as_float(value: object, name: str) -> float:
    """Read a number that a caller gave as a plain float; see `as_decimal`.

    Examples
    --------
    >>> as_float(Decimal("0.05"), "a band")
    0.05
    """
    return value if type(value) is float else float(as_decimal(value, name))


def as_whole(value: object, name: str) -> int:
    """Read a whole number that a caller gave.

    Examples
    --------
    >>> as_whole(3.0, "a limit")
    3
    """
    number = as_decimal(value, name)
    if not number.is_finite() or number != number.to_integral_value():
        raise InputError(expected=f"{name} as a whole number", found=f"{value}", try_next="give for example 10")
    return int(number)


def take_decimals(record: "DataclassInstance", *names: str) -> None:
    """Make fields of a record under construction decimals; None stays None."""
    for name in names:
        value = getattr(record, name)
        if value is not None and not isinstance(value, Decimal):
            object.__setattr__(record, name, as_decimal(value, _words(record, name)))


def take_floats(record: "DataclassInstance", *names: str) -> None:
    """Make fields of a record under construction plain floats; None stays None."""
    for name in names:
        value = getattr(record, name)
        if value is not None and type(value) is not float:
            object.__setattr__(record, name, as_float(value, _words(record, name)))


def take_pairs(record: "DataclassInstance", name: str) -> None:
    """Make the numbers in a field of (name, number) pairs decimals."""
    pairs: Iterable[tuple[str, object]] = getattr(record, name)
    if not all(isinstance(number, Decimal) for _, number in pairs):
        words = _words(record, name)
        taken = tuple((key, as_decimal(number, f"{words} of {key}")) for key, number in pairs)
        object.__setattr__(record, name, taken)


def _words(record: "DataclassInstance", name: str) -> str:
    return f"{name.replace('_', ' ')} of a {type(record).__name__}"
