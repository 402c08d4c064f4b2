"""Sums and products of decimals that are never rounded: two books that differ are not made equal by arithmetic."""

from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow, Underflow

from trimtab.errors import InputError

__all__ = ["exact_product", "exact_sum"]

#: Enough for any quantity and unit that a claim takes; Python's own twenty-eight are not.
_DIGITS = 100


def exact_sum(left: Decimal, right: Decimal) -> Decimal:
    """Add two quantities.

    Raises
    ------
    InputError
        If the sum has more than a hundred digits.

    Examples
    --------
    >>> exact_sum(exact_sum(Decimal("1e40"), Decimal(5)), Decimal("-1e40"))
    Decimal('5')
    """
    context = _context()
    try:
        return context.add(left, right)
    except (Inexact, InvalidOperation, Overflow, Underflow):
        raise _too_long(left, right) from None


def exact_product(left: Decimal, right: Decimal) -> Decimal:
    """Multiply a number of units by the size of one.

    Raises
    ------
    InputError
        If the product has more than a hundred digits.
    """
    context = _context()
    try:
        return context.multiply(left, right)
    except (Inexact, InvalidOperation, Overflow, Underflow):
        raise _too_long(left, right) from None


def _context() -> Context:
    return Context(prec=_DIGITS, traps=[Inexact, InvalidOperation, Overflow, Underflow])


def _too_long(left: Decimal, right: Decimal) -> InputError:
    return InputError(
        expected=f"quantities that need no more than {_DIGITS} digits together",
        found=f"{left:.3e} and {right:.3e}", try_next="correct them: no book holds such",
    )  # fmt: skip
