"""What a user says about a holding beyond its price: group, credit, valuation, size, and how it trades."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trimtab.errors import InputError
from trimtab.stats.arrays import Floats

__all__ = ["HoldingFields", "numbers_of", "words_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingFields:
    """Fields of one holding; None is not known, and is never taken for zero.

    Parameters
    ----------
    sector, issuer, rating
        Words; ratings as Standard & Poor's writes them.
    duration, spread_duration
        Years; 0 where there truly is none.
    price_earnings, price_book
        Ratios; negative for losses.
    supply
        Shares or coins outstanding.
    daily_value
        Money traded on a usual day, base currency; used where the price table has no volumes.
    half_spread
        Half the bid-ask spread, decimal of price.
    margin
        Margin rate of exposure, decimal.
    """

    sector: str | None = None
    issuer: str | None = None
    rating: str | None = None
    duration: float | None = None
    spread_duration: float | None = None
    price_earnings: float | None = None
    price_book: float | None = None
    supply: float | None = None
    daily_value: float | None = None
    half_spread: float | None = None
    margin: float | None = None

    def __post_init__(self) -> None:
        for name in ("supply", "daily_value", "half_spread", "margin"):
            value = getattr(self, name)
            if value is not None and value < 0:
                raise InputError(
                    expected=f"{name} of zero or more", found=f"{value}", try_next="leave an unknown field empty"
                )


def numbers_of(fields: Mapping[str, HoldingFields], assets: Sequence[str], name: str) -> Floats:
    """Give one numeric field of each asset, NaN where not known, shape (n_assets,)."""
    values = [getattr(fields[a], name) if a in fields else None for a in assets]
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def words_of(fields: Mapping[str, HoldingFields], assets: Sequence[str], name: str) -> tuple[str | None, ...]:
    """Give one field in words of each asset."""
    return tuple(getattr(fields[a], name) if a in fields else None for a in assets)
