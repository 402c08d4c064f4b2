"""Contract terms with the day from which they hold, because exchanges change them."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from trimtab.errors import InputError
from trimtab.model.decimals import take_decimals

__all__ = ["Terms", "terms_on"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Contract terms that hold from a date on.

    Parameters
    ----------
    multiplier
        Money (in the contract's currency) per contract for a price change of 1. Positive.
    tick
        Smallest price step, in price units. Positive.
    lot
        Smallest number of contracts that can be traded. Positive.
    valid_from
        First day these terms hold; None means since ever.
    """

    multiplier: Decimal
    tick: Decimal = Decimal("0.01")
    lot: Decimal = Decimal(1)
    valid_from: dt.date | None = None

    def __post_init__(self) -> None:
        take_decimals(self, "multiplier", "tick", "lot")
        for name in ("multiplier", "tick", "lot"):
            value = getattr(self, name)
            if not value.is_finite() or value <= 0:
                raise InputError(
                    expected=f"a positive {name}", found=f"{value}", try_next=f"look up the contract's {name}"
                )


def terms_on(terms: tuple[Terms, ...], day: dt.date | None) -> Terms:
    """Give the terms in force on a day: the last whose `valid_from` is not after it.

    Raises
    ------
    InputError
        If none are in force.
    """
    in_force = [t for t in terms if t.valid_from is None or (day is not None and t.valid_from <= day)]
    if not in_force:
        raise InputError(
            expected=f"contract terms in force on {day}",
            found=f"terms from {terms[0].valid_from} on only" if terms else "no terms",
            try_next="give terms with an earlier valid_from",
        )
    return max(in_force, key=lambda t: t.valid_from or dt.date.min)
