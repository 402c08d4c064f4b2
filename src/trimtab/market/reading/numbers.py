r"""Numbers as files write them, with the sign before, behind or around, grouped, with the currency glued on.

The decimal sign is decided per column over the whole file: a cell such as ``1.200,50`` or ``3,5`` tells, a cell such as
``1.200`` does not. Where nothing tells, the cell is no number: nothing is guessed.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from trimtab.model.currencies import CURRENCIES
from trimtab.model.decimals import is_in_reach
from trimtab.model.names.coins import COINS

__all__ = ["Cell", "DecimalSign", "decide_sign", "is_empty", "looks_numeric", "read_cell"]

_EMPTY = frozenset(["", "-", "--", "---", "n/a", "na", "nan", "null", "none", "not available", "nicht verfügbar", "."])
_EMPTY_BEGINS = frozenset("-.nN")
#: With spaces around it.
_LONGEST_EMPTY = 40
_ZERO = frozenset(["free", "kostenlos", "gratis"])
_SIGNS = {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "C$": "CAD", "A$": "AUD", "HK$": "HKD"}
_CODE = r"[A-Z]{3,4}|[A-Z]{0,2}\$|[€£¥]"
_SHAPE = re.compile(
    rf"(?P<open>\()?\s*(?P<s1>[+-])?\s*(?P<c1>{_CODE})?\s*(?P<s2>[+-])?\s*"
    r"(?P<body>\d[\d.,'’_ ]*|[.,]\d+)(?P<exp>[eE][+-]?\d+)?\s*"
    rf"(?P<c2>{_CODE}|%)?\s*(?P<s3>[+-])?\s*(?P<close>\))?"
)
#: The usual cell: a sign, a sign of dollars, digits and one separator. Every other way of writing goes through _SHAPE.
_USUAL = re.compile(r"[+-]?\$?\d+(?:[.,]\d+)?")
_USUAL_PARTS = re.compile(r"([+-]?)(\$?)(\d+)(?:([.,])(\d+))?")
#: So many digits are neither too large nor too small.
_SURELY_IN_REACH = 20
_GROUPS = re.compile(r"\d{1,3}(?:[^\d]\d{3})+")
_INDIAN = re.compile(r"\d{1,2}(?:,\d{2})+,\d{3}")
DecimalSign = str
"""``.`` or ``,``; ``both`` where cells of one column tell both; ``?`` where nothing tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A number that was read.

    Parameters
    ----------
    value
        With its sign.
    currency
        That the cell itself names; None if none.
    percent
        Whether a percent sign stands behind it.
    digits
        Digits behind the decimal sign: how far it was rounded.
    """

    value: Decimal
    currency: str | None = None
    percent: bool = False
    digits: int = 0


def is_empty(text: str) -> bool:
    """Tell whether a cell says nothing.

    Examples
    --------
    >>> is_empty(" -- "), is_empty("N/A"), is_empty("0")
    (True, True, False)
    """
    # Nearly every cell begins as no empty one does: they are asked one by one.
    return not text or (
        (text[0] in _EMPTY_BEGINS or text[0].isspace())
        and len(text) < _LONGEST_EMPTY
        and text.strip().lower() in _EMPTY
    )


@lru_cache(maxsize=20_000)
def _parts(text: str) -> re.Match[str] | None:
    plain = text.strip().replace("\u2212", "-").replace("\u00a0", " ").replace("\u202f", " ")
    match = _SHAPE.fullmatch(plain)
    if match is None or bool(match["open"]) != bool(match["close"]):
        return None
    codes = [c for c in (match["c1"], match["c2"]) if c is not None and c != "%"]
    if any(c not in _SIGNS and c not in CURRENCIES and c not in COINS for c in codes):
        return None
    return match


def looks_numeric(text: str) -> bool:
    """Tell whether a cell has the look of a number, whatever its decimal sign.

    Examples
    --------
    >>> [looks_numeric(t) for t in ("($428.40)", "1.200,50", "USD 1,200", "12 May", "A1JX52")]
    [True, True, True, False, False]
    """
    return _USUAL.fullmatch(text) is not None or _parts(text) is not None


def _tells(body: str) -> str | None:
    """Say which decimal sign a body of digits shows; empty where it has none; None where it could be either."""
    points, commas = body.count("."), body.count(",")
    if points == 0 and commas == 0:
        return ""
    if points and commas:
        return "." if body.rfind(".") > body.rfind(",") else ","
    sign = "." if points else ","
    if points + commas > 1:
        return "," if sign == "." else "."
    head, _, tail = body.partition(sign)
    if len(tail) != 3 or head in {"", "0"} or len(head) > 3 or head.startswith("0"):
        return sign
    return None


def decide_sign(
    texts: Iterable[str], *, hint: DecimalSign = "?", unless: Callable[[str], bool] | None = None
) -> DecimalSign:
    """Decide the decimal sign of a column.

    Parameters
    ----------
    texts
        Its cells.
    hint
        What the rest of the file tells, for a column that does not.
    unless
        Tells cells that are no numbers, whatever their look.

    Examples
    --------
    >>> decide_sign(["1.200", "3,5"]), decide_sign(["1.200"]), decide_sign(["-3548,04", "31.2"])
    (',', '?', 'both')
    """
    signs: set[str] = set()
    for text in texts:
        points, commas = text.count("."), text.count(",")
        # One separator can say nothing but what was said already, unless it stands for groups: then it tells nothing.
        if points + commas == 0 or (points + commas == 1 and ("." if points else ",") in signs):
            continue
        match = _parts(text)
        sign = None if match is None or (unless is not None and unless(text)) else _tells(_bare(match["body"]))
        if sign:
            signs.add(sign)
        if len(signs) > 1:
            return "both"
    return signs.pop() if signs else hint


def _bare(body: str) -> str:
    return re.sub(r"['’_ ]", "", body)


def read_cell(text: str, sign: DecimalSign = ".", currency: str | None = None) -> Cell | None:
    """Read a number; None if the cell is none, or could be two.

    Parameters
    ----------
    text
        Such as ``(1,234.50)``, ``50-``, ``-€180.22``, ``1'000``, ``USD 1,200``, ``+210``, ``Free``.
    sign
        Decimal sign of its column.
    currency
        Of the number, where the cell names none.

    Examples
    --------
    >>> read_cell("(1,234.50)").value, read_cell("50-").value, read_cell("-€180.22").currency
    (Decimal('-1234.50'), Decimal('-50'), 'EUR')
    >>> read_cell("1.200", ",").value, read_cell("1.200", "?") is None
    (Decimal('1200'), True)
    >>> read_cell("-$0.41 -0.37%") is None
    True
    """
    usual = _USUAL_PARTS.fullmatch(text)
    if usual is not None and usual[4] in {None, sign}:
        return _usual_cell(usual, currency)
    return _read_unusual(text, sign, currency)


def _read_unusual(text: str, sign: DecimalSign, currency: str | None) -> Cell | None:
    if text.strip().lower() in _ZERO:
        return Cell(value=Decimal(0), currency=currency)
    match = _parts(text)
    if match is None:
        return None
    plain = _plain(match["body"].strip(), sign)
    if plain is None:
        return None
    value = Decimal(plain + (match["exp"] or ""))
    marks = [match[s] for s in ("s1", "s2", "s3") if match[s]]
    if len(marks) > 1 or (marks and match["open"]):
        return None
    negative = bool(match["open"]) or "-" in marks
    code = match["c1"] or (match["c2"] if match["c2"] != "%" else None)
    if not is_in_reach(value):
        return None
    return Cell(
        value=-value if negative else value,
        currency=currency if code is None else _SIGNS.get(code, code),
        percent=match["c2"] == "%",
        digits=len(plain.partition(".")[2]),
    )


def _usual_cell(parts: re.Match[str], currency: str | None) -> Cell | None:
    minus, dollar, whole, _, rest = parts.groups()
    text = f"{whole}.{rest}" if rest else whole
    value = Decimal(text)
    if len(text) > _SURELY_IN_REACH and not is_in_reach(value):
        return None
    return Cell(
        value=-value if minus == "-" else value, currency="USD" if dollar else currency,
        digits=len(rest) if rest else 0,
    )  # fmt: skip


def _plain(body: str, sign: DecimalSign) -> str | None:
    """Write a body of digits with a decimal point and without groups."""
    if re.search(r"['’_ ]", body):
        whole = re.split(r"[.,]", body, maxsplit=1)[0]
        if not _GROUPS.fullmatch(whole):
            return None
        body = _bare(body)
    tells = _tells(body)
    if tells is None:
        tells = sign if sign in {".", ","} else None
    if tells is None or (sign in {".", ","} and tells not in {"", sign}):
        return None
    if tells == "":
        return body
    group = "," if tells == "." else "."
    whole, _, rest = body.partition(tells)
    if group in rest or tells in rest:
        return None
    if group in whole:
        if not (_GROUPS.fullmatch(whole) or (group == "," and _INDIAN.fullmatch(whole))):
            return None
        whole = whole.replace(group, "")
    return f"{whole or '0'}.{rest}" if rest else whole
