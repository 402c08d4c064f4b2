"""What every instrument's name, currency and terms must be."""

from typing import TYPE_CHECKING

from trimtab.errors import InputError

if TYPE_CHECKING:
    from trimtab.model.instruments.terms import Terms

__all__ = ["check_currency", "check_symbol", "check_terms", "is_currency"]


def check_symbol(symbol: str) -> None:
    """Refuse a symbol that is empty or stands between blanks.

    Raises
    ------
    InputError
        If it does.
    """
    if not symbol or symbol != symbol.strip():
        raise InputError(
            expected="a symbol without surrounding blanks",
            found=f"{symbol!r}",
            try_next="give the symbol as it stands in the price table",
        )


def is_currency(code: str) -> bool:
    """Tell whether a text can be the code of a currency or coin: 2 to 10 capitals and digits."""
    return 2 <= len(code) <= 10 and code.isalnum() and code == code.upper()


def check_currency(currency: str) -> None:
    """Refuse what cannot be the code of a currency or coin.

    Raises
    ------
    InputError
        If it is not 2 to 10 capitals and digits.
    """
    if not is_currency(currency):
        raise InputError(
            expected="a currency code in capitals such as USD, EUR or BTC",
            found=f"{currency!r}",
            try_next="write the code in capitals; give pence as GBP with prices divided by 100",
        )


def check_terms(symbol: str, terms: "tuple[Terms, ...]") -> None:
    """Refuse a contract without terms.

    Raises
    ------
    InputError
        If there are none.
    """
    if not terms:
        raise InputError(
            expected=f"contract terms for {symbol}", found="none", try_next="give a multiplier in the holdings"
        )
