"""What contracts have in common whose gains are paid as money, and which cost nothing to enter."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Self

from trimtab.model.instruments.kind import HUNDREDTH, InstrumentKind

__all__ = ["Settling"]


class Settling(InstrumentKind):
    """A contract whose gains settle: a trade moves no money, and new terms are published where a share splits."""

    __slots__ = ()

    def holding(self, constituents: tuple[tuple[str, Decimal], ...]) -> Self:  # noqa: ARG002
        """Give it as it is: it is no fund."""
        return self

    def with_own_name(self) -> Self:
        """Give it as it is."""
        return self

    def price_unit(self, day: dt.date, *, minor: bool | None = None) -> Decimal:
        """Give its multiplier; its terms speak of the price as it is quoted."""
        size = self.terms_on(day).multiplier
        return size * HUNDREDTH if minor else size

    def cash_of_trade(self, quantity: Decimal, price: Decimal, day: dt.date) -> Decimal:  # noqa: ARG002
        """Give 0: its gains settle."""
        return Decimal(0)

    def splits_with(self, symbol: str) -> bool:  # noqa: ARG002
        """Tell that it never does: new terms are published for it."""
        return False

    def on_split(self, price: Callable[[Decimal], Decimal], size: Callable[[Decimal], Decimal] | None) -> Self:  # noqa: ARG002
        """Give it as it is."""
        return self
