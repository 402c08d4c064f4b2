"""Names of futures: exchange codes, brokers' and vendors' spellings, and words with a month."""

import datetime as dt
import re

from trimtab.model.expiry import MONTH_CODES, resolve_year, third_friday
from trimtab.model.names.days import day_in
from trimtab.model.names.records import FutureName
from trimtab.model.names.shares import SUFFIXES

__all__ = ["looks_like_future", "read_future", "write_future"]

#: Root, month letter, year of one, two or four digits; exchange or word behind.
_CODE = re.compile(
    rf"[/@]?(?P<root>[A-Z0-9]{{1,8}}?)(?P<month>[{MONTH_CODES}])(?P<year>\d{{4}}|\d{{2}}|\d)"
    r"(?:[.:-][A-Z]{2,5}| (?:INDEX|COMDTY|CURNCY|COMB))?"
)
_CONTINUOUS = re.compile(
    r"(?P<root>[A-Z0-9]{1,5})(?:=F|1!|\.[CV]\.0|1 (?:INDEX|COMDTY|CURNCY))|[/@](?P<bare>[A-Z]{1,4})"
)
#: Month and year apart from the root: ES Z6.
_MONTH_APART = re.compile(rf"[{MONTH_CODES}](?:\d{{4}}|\d{{1,2}})")
_COIN = re.compile(r"(?P<root>[A-Z]{2,6})-(?P<day>\d{1,2}[A-Z]{3}\d{2})")
#: thinkorswim describes the contract and gives its code in brackets.
_TOLD = re.compile(r".*\((?:PREV\. )?/?(?P<code>[A-Z0-9]{2,9})\)")


def read_future(text: str, *, roots: frozenset[str] = frozenset(), as_of: dt.date | None = None) -> FutureName | None:
    """Read the name of a futures contract; None if it is not one, or its year cannot be known.

    Parameters
    ----------
    text
        The name.
    roots
        Families that are known. Words of a root and a month (``ES Sep26``) are a contract of these only, and so is a
        code such as HEN3, which could be a share's ticker as well; a slash before it says that it is a contract.
    as_of
        Day of the file: a year of one digit is the first in which the contract has not run out by then.

    Examples
    --------
    >>> day, roots = dt.date(2026, 6, 1), frozenset({"ES", "MES"})
    >>> read_future("ESZ6", roots=roots, as_of=day) == read_future("/ESZ26") == read_future("ESZ26.CME", roots=roots)
    True
    >>> name = read_future("MES 18SEP26", roots=roots)
    >>> name.root, name.month, name.day
    ('MES', 9, datetime.date(2026, 9, 18))
    >>> read_future("MUV2", roots=roots) is None
    True
    """
    plain = " ".join(text.upper().split())
    match = _TOLD.fullmatch(plain)
    if match is not None:
        plain = "/" + match["code"]
    return _coded(plain, roots, as_of) or _continuous(plain, roots) or _worded(plain, roots, as_of)


def _coded(text: str, roots: frozenset[str], as_of: dt.date | None) -> FutureName | None:
    match = None if _is_listed(text) else _CODE.fullmatch(text)
    if match is None or (match["root"] not in roots and text[0] not in "/@"):
        return None
    month = MONTH_CODES.index(match["month"]) + 1
    year = resolve_year(match["year"], month, as_of)
    return None if year is None else FutureName(root=match["root"], year=year, month=month)


def _continuous(text: str, roots: frozenset[str]) -> FutureName | None:
    match = _CONTINUOUS.fullmatch(text)
    root = None if match is None else match["root"] or match["bare"]
    if root is None or (root not in roots and not text.endswith("=F") and text[0] not in "/@"):
        return None
    return FutureName(root=root, year=None, month=None)


def _worded(text: str, roots: frozenset[str], as_of: dt.date | None) -> FutureName | None:
    match = _COIN.fullmatch(text)
    root, _, rest = (match["root"], "", match["day"]) if match is not None else text.partition(" ")
    if match is None and (root not in roots or not rest):
        return None
    if match is None and _MONTH_APART.fullmatch(rest):
        return _coded(root + rest, roots, as_of)
    day = day_in(rest) or _month_number(rest)
    if day is None:
        return None
    expiry, month_only = day
    return FutureName(root=root, year=expiry.year, month=expiry.month, day=None if month_only else expiry)


def _month_number(text: str) -> tuple[dt.date, bool] | None:
    """Read 202609 as the delivery month that German exchanges write."""
    match = re.fullmatch(r"(20\d\d)-?(0[1-9]|1[0-2])", text)
    return None if match is None else (third_friday(int(match[1]), int(match[2])), True)


def looks_like_future(text: str) -> bool:
    """Tell whether a name has the look of a contract, known or not: letters, a month letter, a year.

    Examples
    --------
    >>> [looks_like_future(t) for t in ("ESZ6", "XYZH27", "/NEW", "AAPL", "1COV", "MUV2.DE")]
    [True, True, True, False, False, False]
    """
    plain = " ".join(text.upper().split())
    coded = _CODE.fullmatch(plain)
    contract = coded is not None and not _is_listed(plain) and any(c.isalpha() for c in coded["root"])
    return contract or _CONTINUOUS.fullmatch(plain) is not None


def _is_listed(text: str) -> bool:
    """Tell whether a share's exchange stands behind: MUV2.DE is a share, MUV2 alone could be a contract."""
    return "." in text and text.rpartition(".")[2] in SUFFIXES


def write_future(name: FutureName, *, digits: int = 1) -> str:
    """Write a contract's exchange code, with a year of so many digits; the root alone for a continuous series.

    Examples
    --------
    >>> (
    ...     write_future(FutureName(root="ES", year=2026, month=12)),
    ...     write_future(FutureName(root="ES", year=2026, month=12), digits=4),
    ... )
    ('ESZ6', 'ESZ2026')
    """
    if name.year is None or name.month is None:
        return name.root
    return f"{name.root}{MONTH_CODES[name.month - 1]}{str(name.year)[-digits:]}"
