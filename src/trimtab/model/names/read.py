"""One parser for the names of what is held.

The law it holds: **a name that looks like a derivative is never a share.** What has the look of an option or a futures
contract and cannot be read whole is `Unread`, with what is missing; so is a code whose check digit fails. A file that
states a kind beside the name (share, bond) overrules the look, because then somebody said it.
"""

import datetime as dt
import re

from trimtab.model.currencies import CURRENCIES
from trimtab.model.expiry import MONTH_CODES
from trimtab.model.names.codes import read_code
from trimtab.model.names.coins import COINS, coin_of, read_pair, read_perpetual
from trimtab.model.names.days import day_in
from trimtab.model.names.futures import looks_like_future, read_future
from trimtab.model.names.options import read_option
from trimtab.model.names.records import CashName, CodeName, CodeScheme, Name, PairName, ShareName, Unread
from trimtab.model.names.shares import read_share

__all__ = ["looks_like_derivative", "read_name"]

_CASH = re.compile(
    r"(?:(?P<before>[A-Z]{3}) )?(?:CASH|MONEY)(?: BALANCE| AND CASH INVESTMENTS| & CASH INVESTMENTS| POSITION)?"
    r"(?: \(?(?P<after>[A-Z]{3})\)?)?"
)
_OPTION_WORDS = re.compile(r"\b(?:CALLS?|PUTS?|WARRANTS?|STRADDLE|STRANGLE|COLLAR|OPTIONS?)\b")
_OTHER_WORDS = re.compile(r"\b(?:FUTURES?|PERP|PERPETUAL|SWAP|FORWARD|CFD)\b")
_BOND_WORDS = re.compile(r"%|\b(?:BOND|NOTE|BILL|CD|UST|TREASURY|GILT|BUND|OAT|BTP)\b")
#: Letters, a day of six or eight digits and a right in one word.
_COMPACT_LOOK = re.compile(r"[A-Z][ _-]?(?:\d{6}|\d{8})[ _-]?[CP](?:\d|\b)")
#: A clearing house's name in which a letter stands for a digit, or digits are missing.
_OCC_LOOK = re.compile(r"[A-Z.]{1,6}\d? *[\dOIL]{4,7}[CP][\dOIL]{6,9}")
#: A ticker or contract and a number with a right, without a day: ESU4 P5000, X 500P, T 12 C, SPY-P500.
_TERM_ALONE = re.compile(
    r"[/.]?[A-Z0-9./^]{1,7}[ -](?:\$?\d[\d.,]* ?[CP]|[CP] ?\d\d[\d.,]*|[CP]\d\.\d+)"
    rf"|[A-Z0-9]{{1,5}}[{MONTH_CODES}]\d{{1,2}}[CP]\d{{2,}}"
)
#: A day inside one word, behind a mark: BTC_USDC-29MAR24, BTCUSDT_240628.
_DAY_PIECE = re.compile(r"[ _:-](\d{6}|\d{8}|\d{1,2}[A-Z]{3}\d{2})(?=[ _:-]|$)")
#: A day at the end of a ticker, of years in which contracts live: SPY240920. A Korean code is A and six digits.
_DAY_BEHIND = re.compile(r"[A-Z.]{2,6}([1-4]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))")
#: A number with a right at either end, as a word of its own: 560P, C4500, $560.
_TERM_LOOK = re.compile(r"(?:^| )\$?\d[\d.,]*[CP](?: |$)|(?:^| )[CP]\d[\d.,]*(?: |$)|(?:^| )[CP](?: |$)")


def read_name(
    text: str, *, roots: frozenset[str] = frozenset(), as_of: dt.date | None = None, under: str | None = None
) -> Name:
    """Say what a name is the name of.

    Parameters
    ----------
    text
        As written in a file.
    roots
        Families of futures that are known.
    as_of
        Day of the file, for contract years of one digit.
    under
        The underlying where the file states it above the name.

    Examples
    --------
    >>> type(read_name("SPY 18SEP26 560 P")).__name__, type(read_name("AAPL")).__name__
    ('OptionName', 'ShareName')
    >>> read_name("SPY 18SEP26 560").why
    'it looks like an option, but has no call or put'
    """
    plain = " ".join(text.upper().replace("\u2212", "-").split())
    if not plain:
        return Unread(text=text, why="it is empty")
    code = read_code(plain)
    # A WKN has no check digit: anything else that it could be goes first.
    sure = code if isinstance(code, CodeName) and code.scheme is not CodeScheme.WKN else None
    read = (
        _cash(plain)
        or read_option(plain, under=under)
        or read_perpetual(plain)
        or read_future(plain, roots=roots, as_of=as_of)
        or sure
        or read_pair(plain)
    )
    if read is not None:
        return read
    why = _why_derivative(plain)
    # A cut option looks like a code whose check digit fails; a bond's code looks like a contract of no known family.
    if why is not None and not (isinstance(code, Unread) and looks_like_future(plain)):
        return Unread(text=text, why=why)
    return code if code is not None and any(c.isdigit() for c in plain) else _share(text, plain)


def looks_like_derivative(text: str) -> bool:
    """Tell whether a name has the look of an option, a futures contract or a perpetual, whether or not it can be read.

    Examples
    --------
    >>> [looks_like_derivative(t) for t in ("SPY 560 put", "AAPL240719C00080000", "/MES", "XYZH27", "BRK B", "MUV2.DE")]
    [True, True, True, True, False, False]
    """
    plain = " ".join(text.upper().replace("\u2212", "-").split())
    return (
        read_option(plain) is not None
        or read_perpetual(plain) is not None
        or read_future(plain) is not None
        or _why_derivative(plain) is not None
    )


def _cash(text: str) -> CashName | None:
    if text in CURRENCIES:
        return CashName(currency=text)
    match = _CASH.fullmatch(text)
    if match is None:
        return None
    currency = match["before"] or match["after"]
    return CashName(currency=currency) if currency is None or currency in CURRENCIES else None


def _share(text: str, plain: str) -> ShareName | PairName | Unread:
    if coin_of(plain) in COINS and coin_of(plain) != plain:
        return ShareName(symbol=coin_of(plain))
    share = read_share(text)
    return Unread(text=text, why="it is no ticker, code, pair or contract that is known") if share is None else share


def _why_derivative(plain: str) -> str | None:
    """Say what a name that cannot be read looks like, and what is missing; None if it looks like no derivative."""
    if _BOND_WORDS.search(plain):
        return "it looks like a bond or a certificate of deposit, which is known by its code and stated kind"
    option = _COMPACT_LOOK.search(plain) or _OPTION_WORDS.search(plain)
    option = option or _OCC_LOOK.fullmatch(plain) or _TERM_ALONE.fullmatch(plain)
    words = plain.split()
    # A day and a number beside it is an option without its right, or a contract of an unknown family.
    dated = any(_is_day(" ".join(words[i : i + n])) for n in (1, 2, 3) for i in range(1, len(words)))
    piece = _DAY_PIECE.search(plain) or _DAY_BEHIND.fullmatch(plain)
    dated = dated or (piece is not None and day_in(piece[1]) is not None)
    if option is None and len(words) > 2 and dated:
        option = _TERM_LOOK.search(plain)
        if option is None and any(re.fullmatch(r"\$?\d[\d.,]*", word) for word in words[1:]):
            return "it looks like an option, but has no call or put"
    if option is not None:
        return "it looks like an option, but underlying, day, strike or right cannot be told"
    if _OTHER_WORDS.search(plain) or dated:
        return "it looks like a contract with an expiry, but its family or month cannot be told"
    if looks_like_future(plain):
        return "it looks like a futures contract of a family that is not known, or of a decade that is not told"
    return None


def _is_day(text: str) -> bool:
    return not re.fullmatch(r"\d+", text) and day_in(text) is not None
