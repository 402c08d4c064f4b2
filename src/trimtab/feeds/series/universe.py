"""A universe of names with public prices and betas, and quantities by symbol, from CSV; digits as they stand."""

import csv
import io
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation, localcontext
from pathlib import Path

from trimtab.attest.exact import exact_sum
from trimtab.attest.universe import Row
from trimtab.errors import FileFormatError, StorageError

__all__ = ["read_quantities", "read_universe"]

#: Enough for a product of any price and multiplier that a claim takes: nothing is rounded.
_DIGITS = 100
_FUNDED: Mapping[str, bool] = {"": True, "yes": True, "no": False}


def read_universe(path: Path) -> tuple[Row, ...]:
    """Read a universe: columns symbol, price, beta, and optionally multiplier and funded.

    Parameters
    ----------
    path
        CSV. `funded` is yes, or no for what has no value of its own, such as a future.

    Raises
    ------
    FileFormatError
        If a row is none, or a symbol stands twice.
    """
    rows: dict[str, Row] = {}
    for line, cells in _records(path, ("symbol", "price", "beta")):
        symbol, funded = cells["symbol"], cells.get("funded", "")
        if not symbol or symbol in rows or funded not in _FUNDED:
            raise _wrong(path, line, "a symbol that stands once, and funded: yes, no or nothing", repr(cells))
        numbers = {name: _number(path, line, name, cells[name]) for name in ("price", "beta")}
        multiplier = _number(path, line, "multiplier", cells.get("multiplier", "") or "1")
        with localcontext(prec=_DIGITS):
            price = numbers["price"] * multiplier
        rows[symbol] = Row(symbol=symbol, price=price, beta=numbers["beta"], funded=_FUNDED[funded])
    return tuple(rows.values())


def read_quantities(path: Path) -> dict[str, Decimal]:
    """Read quantities by symbol: columns symbol and quantity; the same symbol twice adds up.

    Raises
    ------
    FileFormatError
        If a row is none.
    """
    quantities: dict[str, Decimal] = {}
    for line, cells in _records(path, ("symbol", "quantity")):
        quantity = _number(path, line, "quantity", cells["quantity"])
        quantities[cells["symbol"]] = exact_sum(quantities.get(cells["symbol"], Decimal(0)), quantity)
    return quantities


def _records(path: Path, needed: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise StorageError(
            expected=f"to read {path}", found=str(error.strerror or error), try_next="correct the path"
        ) from error
    except UnicodeDecodeError:
        raise FileFormatError(
            expected=f"{path}: CSV in UTF-8", found="other bytes", try_next="save it as CSV"
        ) from None
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip().lower() for name in reader.fieldnames or ()]
        missing = [name for name in needed if name not in header]
        if missing or len(set(header)) != len(header):
            raise FileFormatError(
                expected=f"{path}: columns {', '.join(needed)}", found=", ".join(header) or "none",
                try_next=f"write a first line such as {','.join(needed)}",
            )  # fmt: skip
        reader.fieldnames = header
        for cells in reader:
            if None in cells or None in cells.values():
                raise _wrong(path, reader.line_num, f"{len(header)} cells", "more or fewer")
            yield reader.line_num, {name: cell.strip() for name, cell in cells.items()}
    except csv.Error as error:
        raise _wrong(path, reader.line_num, "a row of CSV", str(error)) from None


def _number(path: Path, line: int, name: str, words: str) -> Decimal:
    try:
        number = Decimal(words)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise _wrong(path, line, f"a number for {name}", repr(words))
    return number


def _wrong(path: Path, line: int, expected: str, found: str) -> FileFormatError:
    return FileFormatError(expected=f"{path}, row {line}: {expected}", found=found, try_next=f"correct row {line}")
