"""Words and numbers as tables, charts and order sheets write them."""

from collections.abc import Sequence
from decimal import Decimal
from math import isfinite, isnan
from typing import Protocol

import numpy as np

from trimtab.exposure.coverage import PositionBounds, all_valued
from trimtab.exposure.expose import BothReadings, Exposure
from trimtab.exposure.live.reading import LiveReading
from trimtab.market.prices import Flag
from trimtab.model.currencies import minor_digits

__all__ = [
    "cash",
    "companion_words",
    "day",
    "flag_words",
    "is_measured",
    "money",
    "number",
    "part_of",
    "part_valued",
    "price",
    "quantity",
    "signed",
]

#: Half of the last decimal that betas are shown with.
_SHOWN = 0.0005

#: Flags that say how a number came about, not that something is wrong with it; left out of narrow tables.
_QUIET = frozenset(
    {
        Flag.ADJUSTED_CHOSEN,
        Flag.IDENTITY,
        Flag.PRIOR_STATED,
        Flag.CONVERTED,
        Flag.VOL_STATED,
        Flag.VOL_IMPLIED,
        Flag.MODEL_PRICE,
    }
)


def money(amount: float | None, currency: str = "") -> str:
    """Write money with thousands separators, without cents.

    Examples
    --------
    >>> money(-1234567.4, "USD"), money(None)
    ('-1,234,567 USD', '-')
    """
    if amount is None:
        return "-"
    return f"{amount:,.0f} {currency}".strip()


def cash(amount: Decimal, currency: str) -> str:
    """Write money in the smallest units of its currency, thousands parted: an account holds no less than a cent.

    Examples
    --------
    >>> cash(Decimal("-180.22000000000004"), "EUR"), cash(Decimal("-0.00000000000004"), "EUR")
    ('-180.22', '0')
    >>> cash(Decimal("2000"), "EUR"), cash(Decimal("1234.5"), "JPY"), cash(Decimal("0.10240119"), "BTC")
    ('2,000', '1,234', '0.10240119')
    """
    amount = round(amount, minor_digits(currency))
    if not amount:
        return "0"  # Without a sign.
    return f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,f}"


def number(value: float | None, digits: int = 3) -> str:
    """Write a number, or a dash where there is none."""
    return "-" if value is None or isnan(value) else f"{value:.{digits}f}"


def price(value: float | None) -> str:
    """Write a price: two decimals, or four leading digits of what is below one, as a premium in coin.

    Examples
    --------
    >>> price(3804.254), price(0.00748), price(None)
    ('3804.25', '0.00748', '-')
    """
    if value is None or isnan(value) or value == 0.0 or abs(value) >= 1.0:
        return number(value, 2)
    return f"{value:.4g}"


def signed(value: float | None, digits: int = 2) -> str:
    """Write a number with its sign, or a dash where there is none.

    Examples
    --------
    >>> signed(0.5), signed(float("nan"))
    ('+0.50', '-')
    """
    return "-" if value is None or not isfinite(value) else f"{value:+.{digits}f}"


def quantity(value: float) -> str:
    """Write a quantity with as many decimals as it has, up to eight."""
    text = f"{value:,.8f}".rstrip("0").rstrip(".")
    return text or "0"


def flag_words(flags: tuple[Flag, ...]) -> str:
    """Write flags, without those that only say how a number came about."""
    return ", ".join(f.value.replace("_", " ") for f in flags if f not in _QUIET)


def day(stamp: np.datetime64 | None) -> str:
    """Write a stamp as a date, a dash where there is none."""
    return "-" if stamp is None else str(stamp)[:10]


def companion_words(measured: BothReadings) -> tuple[str, str, str] | None:
    """Give the other reading as a line: what it is, its value, and what it speaks of; None where there is none."""
    other = measured.companion
    if other is None:
        return None
    return other.speaks_of.brief, f"{other.value:.3f} +/- {other.stderr:.3f}", str(other.speaks_of)


def part_valued(measured: Exposure | LiveReading) -> str:
    """Say what figures are of where a position has no value; nothing where they are, as shown, of the whole portfolio.

    One that is valued within bounds counts as one that has none, unless no bound moves the third decimal of beta.
    """
    return part_of(measured.coverage, measured.beta.value)


class Counted(Protocol):
    """How much of a portfolio was measured, of a result or of its document."""

    @property
    def unpriced(self) -> int:
        """Positions without a price and without bounds."""

    @property
    def bounds(self) -> tuple[PositionBounds, ...]:
        """What each position that was not measured can be."""

    @property
    def beta_low(self) -> float | None:
        """Least beta inside all bounds."""

    @property
    def beta_high(self) -> float | None:
        """Most beta inside all bounds."""


class Measured(Protocol):
    """How much of a portfolio has a beta."""

    @property
    def share(self) -> float:
        """Share of gross exposure with a beta."""

    @property
    def missing(self) -> Sequence[object]:
        """Positions without one."""


def is_measured(coverage: Measured, beta: float) -> bool:
    """Say whether there is a beta to show: a sum over nothing that was measured is nought, and looks like a hedge."""
    return isfinite(beta) and not (coverage.missing and coverage.share == 0)


def part_of(coverage: Counted, beta: float) -> str:
    """Say the same of a document, by its coverage and its beta: every face that shows a beta asks this."""
    if coverage.unpriced:
        return " of the rest"
    ends = (coverage.beta_low, coverage.beta_high)
    moves = any(end is None or abs(end - beta) >= _SHOWN for end in ends)
    return " of the rest" if moves and not all_valued(coverage.unpriced, coverage.bounds) else ""
