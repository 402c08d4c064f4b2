"""Which way an order goes: apart from plans, so that reading orders and fills needs nothing that prices or measures."""

from enum import StrEnum

__all__ = ["Side"]


class Side(StrEnum):
    """Which way an order goes."""

    BUY = "buy"
    SELL = "sell"
