"""One row of text, read column by column; what cannot be read is refused with the row."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

from trimtab.errors import InputError
from trimtab.ledger.facts.header import Subject
from trimtab.model.currencies import whole_currency
from trimtab.model.decimals import is_in_reach
from trimtab.model.instrument import Instrument

__all__ = ["InstrumentOf", "Row"]

InstrumentOf = Callable[[Mapping[str, str]], Instrument | None]
"""Gives what a row describes; None if it only names a symbol."""
_YES = frozenset(["true", "yes", "1"])


class Row:
    """One row, read column by column."""

    def __init__(self, columns: Mapping[str, str], where: str, instrument_of: InstrumentOf) -> None:
        self.columns, self.where, self.instrument_of = columns, where, instrument_of

    def refuse(self, *, expected: str, found: str, try_next: str) -> InputError:
        """Make the error for this row."""
        return InputError(expected=expected, found=f"{found} ({self.where})", try_next=try_next)

    def text(self, *names: str, default: str | None = None) -> str:
        """Give the first of several columns that is filled."""
        for name in names:
            if name in self.columns:
                return self.columns[name]
        if default is not None:
            return default
        raise self.refuse(expected=f"a {names[0]}", found="none", try_next=f"fill the column {names[0]}")

    def maybe(self, name: str) -> Decimal | None:
        """Give a number, None where the column is empty."""
        text = self.columns.get(name)
        if text is None:
            return None
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not is_in_reach(number):
            raise self.refuse(expected=f"a number as {name}", found=f"{text!r}", try_next="correct the row")
        return number

    def number(self, name: str, default: Decimal | None = None) -> Decimal:
        """Give a number that must be there."""
        value = self.maybe(name)
        if value is None and default is None:
            raise self.refuse(expected=f"a number as {name}", found="none", try_next=f"fill the column {name}")
        return value if value is not None else default or Decimal(0)

    def day(self, name: str) -> dt.date:
        """Give a day."""
        text = self.text(name)
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            raise self.refuse(expected="a day like 2024-01-31", found=f"{text!r}", try_next="correct the row") from None

    def time(self) -> dt.time | None:
        """Give the time of day, None where none is stated."""
        text = self.columns.get("time")
        try:
            return None if text is None else dt.time.fromisoformat(text).replace(tzinfo=None)
        except ValueError:
            raise self.refuse(expected="a time like 15:30:00", found=f"{text!r}", try_next="correct the row") from None

    def flag(self, name: str, default: bool) -> bool:
        """Tell whether a column says yes."""
        return self.columns[name].lower() in _YES if name in self.columns else default

    def currency(self, name: str = "currency") -> tuple[str | None, bool | None]:
        """Give the currency of a column and whether it means hundredths; None where it is empty."""
        code = self.columns.get(name)
        return (None, None) if code is None else whole_currency(code)

    def subject(self) -> Subject:
        """Give what the row is about."""
        currency, minor = self.currency()
        return Subject(
            symbol=self.text("symbol"), instrument=self.instrument_of(self.columns), currency=currency, minor=minor
        )
