"""Whether the cells of a column can be what its name says, and what they say where the name means nothing."""

import re
from collections import Counter
from collections.abc import Callable
from functools import lru_cache

from trimtab.feeds.statements.cells.words import direction, kind_word, looks_like_action, read_margin
from trimtab.feeds.statements.columns.roles import COUNTED, Role
from trimtab.market.reading.numbers import looks_numeric, read_cell
from trimtab.model.currencies import CURRENCIES, whole_currency

__all__ = ["by_cells", "currency_code", "fits", "is_day", "type_column"]

_DAY = re.compile(
    r"\d{4}[-/.]?\d\d?[-/.]?\d\d?([T ,;].*)?|\d\d?[-/.]\d\d?[-/.]\d{2,4}\b.*"
    r"|\d{1,2}[-/. ]*[^\W\d]{3,9}\.?[-/, ]*\d{2,4}\b.*"
    r"|[^\W\d]{3,9}\.?[- ]\d{1,2},?[- ]+'?\d{2,4}\b.*|[1-9]\d{9}(?:\d{3})?"
)
_SERIAL = re.compile(r"[34]\d{4}(?:\.\d+)?")
_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?(?: ?[AaPp][Mm])?")
_ISIN = re.compile(r"[A-Z]{2}[A-Z0-9]{9}\d")
_CUSIP, _SEDOL = re.compile(r"[0-9A-Z]{3}[0-9A-Z*@#]{5}\d"), re.compile(r"[0-9B-DF-HJ-NP-TV-Z]{6}\d")
_RIGHT = re.compile(r"c|p|call|put|calls|puts", re.IGNORECASE)
_COUNT = re.compile(r"\d+S")
_LOOKED_AT = 2_000


@lru_cache(maxsize=50_000)
def currency_code(text: str) -> str:
    """Give a cell that is a currency's code, pence and the like among them; empty if it is none.

    Examples
    --------
    >>> currency_code("EUR"), currency_code("GBX"), currency_code("usd"), currency_code("BASE_SUMMARY")
    ('EUR', 'GBX', 'USD', '')
    """
    plain = text.strip()
    if whole_currency(plain)[1]:
        return "GBX" if plain in {"GBX", "GBp"} else plain
    upper = plain.upper()
    return upper if upper in CURRENCIES or re.fullmatch(r"[A-Z]{3}", plain) else ""


def type_column(cells: list[str]) -> Role:
    """Tell what a column named Type holds: what happened, what it is, or in which sort of account."""
    if read_margin(cells):
        return Role.MARGIN
    counts = Counter(cells)
    acts = sum(n for c, n in counts.items() if looks_like_action([c]))
    kinds = sum(n for c, n in counts.items() if kind_word(c) is not None)
    return Role.ACTION if acts >= kinds else Role.KIND


def by_cells(cells: list[str]) -> Role | None:
    """Tell a column whose name means nothing by what is in it."""
    if all(direction(c) is not None for c in cells):
        return Role.SIDE
    if sum(bool(_ISIN.fullmatch(c)) for c in cells) >= 0.8 * len(cells):
        return Role.ISIN
    if all(currency_code(c) in CURRENCIES or whole_currency(c)[1] for c in cells):
        return Role.CURRENCY
    if all(_DAY.fullmatch(c) and not c.isdigit() for c in cells):
        return Role.DATE
    return None


def fits(role: Role, cells: list[str]) -> bool:
    """Tell whether the cells of a column can be what its name says."""
    if not cells or role is Role.INERT:
        return True
    if role in COUNTED:
        fitting = sum(
            looks_numeric(c) or read_cell(c) is not None or bool(_COUNT.fullmatch(c)) for c in _looked_at(cells)
        )
        return fitting >= 0.6 * len(_looked_at(cells))
    test = _TESTS.get(role)
    return test is None or test(cells)


def _mostly(test: Callable[[str], object], share: float) -> Callable[[list[str]], bool]:
    def told(cells: list[str]) -> bool:
        if share == 1:
            return all(test(c) for c in dict.fromkeys(cells))
        some = _looked_at(cells)
        return sum(bool(test(c)) for c in some) >= share * len(some)

    return told


def _looked_at(cells: list[str]) -> list[str]:
    """Give cells from all over a column: what most of them are, some thousand show."""
    return cells[:: max(1, len(cells) // _LOOKED_AT)]


def is_day(cell: str) -> bool:
    """Tell whether a cell has the look of a day, or of a spreadsheet's day count.

    Examples
    --------
    >>> is_day("30-Jun-2026"), is_day("45471"), is_day("12.50")
    (True, True, False)
    """
    return bool(_DAY.fullmatch(cell) or _SERIAL.fullmatch(cell))


def _is_side(cell: str) -> bool:
    return direction(cell) is not None or looks_like_action([cell])


#: What the cells of a column must look like for its name to be believed, and how many of them.
_TESTS: dict[Role, Callable[[list[str]], bool]] = {
    **dict.fromkeys((Role.DATE, Role.SETTLE, Role.BOOKED, Role.AS_OF, Role.EXPIRY), _mostly(is_day, 0.8)),
    **dict.fromkeys(
        (Role.SYMBOL, Role.NAME, Role.ACTION, Role.NOTE, Role.STATUS, Role.LABEL),
        _mostly(lambda c: not looks_numeric(c), 0.5),
    ),
    Role.CLOCK: _mostly(_CLOCK.fullmatch, 1.0),
    Role.CURRENCY: _mostly(currency_code, 0.5),
    Role.ISIN: _mostly(_ISIN.match, 0.5),
    Role.CUSIP: _mostly(_CUSIP.fullmatch, 0.5),
    Role.SEDOL: _mostly(_SEDOL.fullmatch, 0.5),
    Role.RIGHT: _mostly(_RIGHT.fullmatch, 1.0),
    Role.SIDE: _mostly(_is_side, 0.8),
    Role.KIND: _mostly(kind_word, 0.5),
    Role.MARGIN: read_margin,
}
