"""What somebody says that columns are: read, written, and known again by the header it was said of."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence

from trimtab.errors import InputError
from trimtab.feeds.statements.cells.spelling import plain_words
from trimtab.feeds.statements.columns.roles import Role, candidates
from trimtab.model.near import nearest

__all__ = ["MEANINGS", "find_saved", "fingerprint", "header_key", "read_mapping", "suggest", "write_mapping"]

#: Words for what a column is, as they may be written.
MEANINGS: dict[str, Role] = {
    **{role.value: role for role in Role},
    **{role.value.replace(" ", "_"): role for role in Role},
    "note": Role.INERT, "ignore": Role.INERT, "net": Role.NET, "gross": Role.GROSS, "value": Role.VALUE,
    "fx": Role.FX, "market value": Role.VALUE, "fees": Role.FEE, "direction": Role.SIDE, "ticker": Role.SYMBOL,
    "type": Role.ACTION, "day": Role.DATE, "settle": Role.SETTLE, "average cost": Role.UNIT_COST, "reference": Role.REF,
}  # fmt: skip
_PAIR = re.compile(r'\s*(?:"(?P<quoted>[^"]+)"|(?P<plain>[^=]+?))\s*=\s*(?P<meaning>[^,=]*?)\s*(?:,|$)')
#: A header stands among the first lines of a file.
_HEAD = 300


def header_key(name: str) -> str:
    """Give the spelling under which names of columns are compared.

    Examples
    --------
    >>> header_key(" Stück "), header_key("数量")
    ('stuck', '数量')
    """
    return plain_words(name) or name.strip().casefold()


def read_mapping(text: str) -> dict[str, Role]:
    """Read what columns are: ``Stück=quantity,ISIN=isin``; a name with a comma or an equals sign stands in quotes.

    Raises
    ------
    InputError
        If a pair is not whole, or its meaning is no word for a column.

    Examples
    --------
    >>> {name: role.value for name, role in read_mapping('Stück=quantity,"Kurs, EUR"=price').items()}
    {'stuck': 'quantity', 'kurs eur': 'price'}
    """
    mapped: dict[str, Role] = {}
    at = 0
    while at < len(text):
        pair = _PAIR.match(text, at)
        if pair is None:
            raise InputError(
                expected="pairs NAME=MEANING with commas between them (--map)", found=f"{text[at : at + 60]!r}",
                try_next='write for example "Stück=quantity,Kurs=price"',
            )  # fmt: skip
        name, meaning = pair["quoted"] or pair["plain"] or "", pair["meaning"].lower()
        if meaning not in MEANINGS:
            raise InputError(
                expected=f"what column {name!r} is (--map): {', '.join(_shown())}", found=f"{meaning!r}",
                try_next=nearest(meaning, MEANINGS)
                or "put one of these words behind the equals sign; ignore if the column changes nothing",
            )  # fmt: skip
        mapped[header_key(name)] = MEANINGS[meaning]
        at = pair.end()
    return mapped


def _shown() -> list[str]:
    return [role.value for role in Role if role not in {Role.INERT, Role.LEVEL, Role.LABEL, Role.MARGIN}]


def write_mapping(pairs: Iterable[tuple[str, str]]) -> str:
    """Write names and meanings as `read_mapping` reads them.

    Examples
    --------
    >>> write_mapping([("Stück", "quantity"), ("Kurs, EUR", "price")])
    'Stück=quantity,"Kurs, EUR"=price'
    """
    return ",".join(f'"{n}"={m}' if set(n) & set(',="') else f"{n}={m}" for n, m in pairs if '"' not in n)


def fingerprint(cells: Sequence[str]) -> str:
    """Give the name under which a header is known again: its columns in whatever order, spelling and case.

    Examples
    --------
    >>> fingerprint(["Stück", "ISIN", ""]) == fingerprint(["isin", "stuck"])
    True
    """
    keys = sorted(header_key(c) for c in cells if c.strip())
    return "h" + hashlib.sha256("\n".join(keys).encode()).hexdigest()[:12]


def find_saved(rows: Iterable[Sequence[str]], saved: Mapping[str, str]) -> str:
    """Find what was said before of the header of a file; empty if nothing was.

    Examples
    --------
    >>> find_saved([["Depot 1"], ["isin", "stück"]], {fingerprint(["Stück", "ISIN"]): "Stück=quantity"})
    'Stück=quantity'
    """
    if not saved:
        return ""
    head = (cells for _, cells in zip(range(_HEAD), rows, strict=False))
    return next((saved[name] for cells in head if (name := fingerprint(cells)) in saved), "")


def suggest(headers: Iterable[str], unknown: Iterable[str] = ()) -> str:
    """Write a mapping to fill in: columns as they would be understood, and a question mark for the others.

    Examples
    --------
    >>> suggest(["Ticker", "Xyzzy"])
    'Ticker=symbol,Xyzzy=?'
    """
    doubtful = set(unknown)
    pairs = []
    for name in dict.fromkeys(h for h in headers if h):
        meant = [role.value for role, _ in candidates(name) if role is not Role.INERT]
        pairs.append((name, "?" if name in doubtful or not meant else meant[0]))
    return write_mapping(pairs)
