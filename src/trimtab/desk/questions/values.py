"""What a field of a question may hold: read from words, checked, and written down as JSON.

A value that cannot be used raises `ValueError`; the field that it was for makes the error of it, the same for words of
the command line, arguments in Python and JSON.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Generic, TypeVar

from trimtab.errors import InputError, UsageError
from trimtab.model.blend import canonical_benchmark
from trimtab.model.decimals import as_decimal, is_in_reach
from trimtab.model.instruments.checks import is_currency
from trimtab.model.json import Json

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "BenchmarkName", "Choice", "Currency", "DayValue", "Exact", "Names", "Number", "Numbers", "Pairs", "Switch", "Text",
    "Value", "Whole", "Wholes", "several",
]  # fmt: skip

T = TypeVar("T")
W = TypeVar("W", bound=str)


class Value(Generic[T]):
    """What a field may hold.

    Parameters
    ----------
    unit
        Stands for the value in help: BETA, DAYS, FILE.
    expects
        What would be right, for errors: "a number above zero".
    example
        A value in words, as the command line takes it.
    """

    __slots__ = ("example", "expects", "unit")
    #: Whether the option may be given more than once.
    repeats = False

    def __init__(self, unit: str, expects: str, example: str) -> None:
        self.unit, self.expects, self.example = unit, expects, example

    def read(self, words: Sequence[str]) -> T:
        """Read the words of the command line: one, or each that was given where the option `repeats`."""
        raise NotImplementedError

    def take(self, given: T) -> T:
        """Check what Python or JSON gave, and give it in its one form."""
        raise NotImplementedError

    def write(self, value: T) -> Json:
        """Write it as JSON that `take` accepts."""
        raise NotImplementedError


class Text(Value[str]):
    """Words as they stand, not empty."""

    __slots__ = ()

    def read(self, words: Sequence[str]) -> str:
        """Take the words."""
        return self.take(words[-1])

    def take(self, given: str) -> str:
        """Refuse what is empty or no text."""
        text = given.strip() if hasattr(given, "strip") else ""
        if not text:
            raise ValueError(given)
        return given

    def write(self, value: str) -> Json:
        """Write the words."""
        return value


class BenchmarkName(Text):
    """A symbol in the prices, or a blend of several in words, which is brought into its one form."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("SYMBOL|BLEND", "a symbol in the prices, or a blend such as 0.6*SPX + 0.4*AGG", "SPX")

    def take(self, given: str) -> str:
        """Refuse a blend that cannot be read, or whose weights do not add up to 1."""
        try:
            return canonical_benchmark(super().take(given))
        except InputError as error:
            raise UsageError(
                expected=f"benchmark (--benchmark): {error.expected}", found=error.found, try_next=error.try_next
            ) from None


class Currency(Text):
    """The code of a currency, in capitals."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("CURRENCY", "a currency code in capitals such as USD, EUR or BTC", "USD")

    def take(self, given: str) -> str:
        """Refuse what is no code; pence are no currency of their own."""
        if not is_currency(super().take(given)):
            raise ValueError(given)
        return given


class Choice(Value[W]):
    """One of a few words."""

    __slots__ = ("names",)

    def __init__(self, *names: W) -> None:
        listed = f"{', '.join(names[:-1])} or {names[-1]}"
        super().__init__("|".join(names), listed, names[0])
        self.names = names

    def read(self, words: Sequence[str]) -> W:
        """Take the word."""
        return self.take(words[-1])

    def take(self, given: W | str) -> W:
        """Refuse another word."""
        for name in self.names:
            if given == name:
                return name
        raise ValueError(given)

    def write(self, value: W) -> Json:
        """Write the word."""
        return value


class Switch(Value[bool]):
    """True or false: an option without a value."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("", "true or false", "true")

    def read(self, words: Sequence[str]) -> bool:
        """Read true or false."""
        return {"true": True, "false": False}[words[-1]]

    def take(self, given: bool) -> bool:
        """Refuse what is neither."""
        if not isinstance(given, bool):
            raise ValueError(given)  # noqa: TRY004 - one kind of error, whatever is wrong
        return given

    def write(self, value: bool) -> Json:
        """Write it."""
        return value


class Whole(Value[int]):
    """A whole number from `least` to `most`."""

    __slots__ = ("least", "most")

    def __init__(self, unit: str, *, least: int | None = None, most: int | None = None, example: str = "21") -> None:
        super().__init__(unit, f"a whole number{_between(least, most)}", example)
        self.least, self.most = least, most

    def read(self, words: Sequence[str]) -> int:
        """Read digits."""
        return self.take(int(words[-1]))

    def take(self, given: int) -> int:
        """Refuse fractions, truth values, and what lies outside."""
        if isinstance(given, bool) or not hasattr(given, "__index__"):
            raise ValueError(given)
        number = int(given)
        if (self.least is not None and number < self.least) or (self.most is not None and number > self.most):
            raise ValueError(given)
        return number

    def write(self, value: int) -> Json:
        """Write it."""
        return value


class Number(Value[float]):
    """A number below 1e21 in size: from `least` or above `above`, up to `most` or below `below`."""

    __slots__ = ("above", "below", "least", "most")

    def __init__(
        self, unit: str, *, least: float | None = None, above: float | None = None, most: float | None = None,
        below: float | None = None, example: str = "0.1",
    ) -> None:  # fmt: skip
        super().__init__(unit, f"a number{_between(least, most, above, below)}", example)
        self.least, self.most, self.above, self.below = least, most, above, below

    def read(self, words: Sequence[str]) -> float:
        """Read a number."""
        return self.take(float(words[-1]))

    def take(self, given: float) -> float:
        """Refuse texts, truth values, what is not finite or beyond reach, and what lies outside."""
        if isinstance(given, bool | str) or not hasattr(given, "__float__"):
            raise ValueError(given)
        number = float(given)
        if (
            not is_in_reach(number)
            or (self.least is not None and number < self.least)
            or (self.above is not None and number <= self.above)
            or (self.most is not None and number > self.most)
            or (self.below is not None and number >= self.below)
        ):
            raise ValueError(given)
        return number

    def write(self, value: float) -> Json:
        """Write it."""
        return value


class Exact(Value[Decimal]):
    """Money or ticks, zero or more, exact to the last digit; JSON keeps it as text."""

    __slots__ = ()

    def __init__(self, unit: str, *, example: str) -> None:
        super().__init__(unit, "a number of zero or more", example)

    def read(self, words: Sequence[str]) -> Decimal:
        """Read digits."""
        return self.take(Decimal(words[-1]) if words[-1].strip() else Decimal("NaN"))

    def take(self, given: Decimal | float | str) -> Decimal:
        """Refuse what is negative, not finite or no number; a float is the decimal that it is written as."""
        if isinstance(given, bool):
            raise ValueError(given)  # noqa: TRY004 - one kind of error, whatever is wrong
        try:
            number = Decimal(given) if isinstance(given, str) else as_decimal(given, "an amount")
        except (InvalidOperation, InputError):
            raise ValueError(given) from None
        if not is_in_reach(number) or number < 0:
            raise ValueError(given)
        return number

    def write(self, value: Decimal) -> Json:
        """Write its digits."""
        return str(value)


class DayValue(Value[str]):
    """A day, kept as YYYY-MM-DD."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("DAY", "a date like 2022-12-28", "2022-12-28")

    def read(self, words: Sequence[str]) -> str:
        """Read YYYY-MM-DD."""
        return self.take(words[-1])

    def take(self, given: "str | dt.date | np.datetime64") -> str:
        """Give a date of any library as text; a time of day is left away."""
        text = given.isoformat() if isinstance(given, dt.date) else str(given)
        return dt.date.fromisoformat(text[:10] if text[10:11] in {"T", " "} else text).isoformat()

    def write(self, value: str) -> Json:
        """Write it."""
        return value


class Names(Value[tuple[str, ...]]):
    """Names separated by commas."""

    __slots__ = ()

    def read(self, words: Sequence[str]) -> tuple[str, ...]:
        """Cut at commas."""
        return self.take(words[-1])

    def take(self, given: str | Sequence[str]) -> tuple[str, ...]:
        """Take one text with commas, or several."""
        parts = given.split(",") if isinstance(given, str) else given
        if not all(hasattr(part, "strip") for part in parts):
            raise ValueError(given)
        return tuple(part.strip() for part in parts if part.strip())

    def write(self, value: tuple[str, ...]) -> Json:
        """Write a list."""
        return list(value)


class Numbers(Value[tuple[float, ...]]):
    """Numbers separated by commas, each as `of` wants it."""

    __slots__ = ("of",)

    def __init__(self, of: Number, example: str) -> None:
        super().__init__(f"{of.unit},...", f"numbers separated by commas, each {of.expects}", example)
        self.of = of

    def read(self, words: Sequence[str]) -> tuple[float, ...]:
        """Cut at commas."""
        return tuple(self.of.read([part]) for part in words[-1].split(","))

    def take(self, given: Sequence[float]) -> tuple[float, ...]:
        """Take a sequence."""
        return tuple(self.of.take(one) for one in several(given))

    def write(self, value: tuple[float, ...]) -> Json:
        """Write a list."""
        return list(value)


class Wholes(Value[tuple[int, ...]]):
    """Whole numbers separated by commas, each as `of` wants it."""

    __slots__ = ("of",)

    def __init__(self, of: Whole, example: str) -> None:
        super().__init__(f"{of.unit},...", f"whole numbers separated by commas, each {of.expects}", example)
        self.of = of

    def read(self, words: Sequence[str]) -> tuple[int, ...]:
        """Cut at commas."""
        return tuple(self.of.read([part]) for part in words[-1].split(","))

    def take(self, given: Sequence[int]) -> tuple[int, ...]:
        """Take a sequence."""
        return tuple(self.of.take(one) for one in several(given))

    def write(self, value: tuple[int, ...]) -> Json:
        """Write a list."""
        return list(value)


class Pairs(Value[Mapping[str, float]]):
    """NAME=number, each name once; the option may be given more than once."""

    __slots__ = ("of",)
    repeats = True
    _PAIR = re.compile(r"(?P<name>.+)=(?P<number>[^=]*)")

    def __init__(self, of: Number, name: str, example: str) -> None:
        super().__init__(f"{name}={of.unit}", f"{name}=number, each name once, {of.expects}", example)
        self.of = of

    def read(self, words: Sequence[str]) -> Mapping[str, float]:
        """Cut each at its last equals sign."""
        numbers: dict[str, float] = {}
        for word in words:
            cut = self._PAIR.fullmatch(word)
            if cut is None or not cut["name"].strip() or cut["name"].strip() in numbers:
                raise ValueError(word)
            numbers[cut["name"].strip()] = self.of.read([cut["number"]])
        return numbers

    def take(self, given: Mapping[str, float] | Sequence[str]) -> Mapping[str, float]:
        """Take a mapping, or words as `read` does."""
        if isinstance(given, str):
            raise ValueError(given)  # noqa: TRY004 - one kind of error, whatever is wrong
        if not isinstance(given, Mapping):
            return self.read(given)
        if not hasattr(given, "items") or not all(hasattr(name, "strip") for name in given):
            raise ValueError(given)
        return {name: self.of.take(number) for name, number in given.items()}

    def write(self, value: Mapping[str, float]) -> Json:
        """Write an object."""
        return dict(value)


def several(given: Sequence[T]) -> Sequence[T]:
    """Refuse one thing where several are wanted, a text among them."""
    if isinstance(given, str | bytes | Mapping) or not hasattr(given, "__iter__"):
        raise ValueError(given)
    return given


def _between(
    least: float | None, most: float | None, above: float | None = None, below: float | None = None
) -> str:  # fmt: skip
    low = "" if above is None else f" above {above:g}"
    if least is not None:
        low = f" from {least:g}"
    if most is not None:
        return f"{low} to {most:g}" if least is not None else f"{low} and at most {most:g}".replace("  ", " ")
    if below is not None:
        return f"{low} and below {below:g}" if low else f" below {below:g}"
    return f" of {least:g} or more" if least is not None else low
