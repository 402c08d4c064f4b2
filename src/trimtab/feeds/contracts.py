"""Read contract tables: the bundled one, and a user's own that adds to it or overrides it."""

import csv
import datetime as dt
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab import sample
from trimtab.desk.questions.groups.files import PathLike
from trimtab.errors import FileFormatError, InputError, StorageError
from trimtab.model.contract import ContractSpec, ContractTable
from trimtab.model.instrument import Terms

if TYPE_CHECKING:
    from trimtab.desk.questions.groups.instruments import ContractsLike

__all__ = ["bundled_contracts", "open_contracts", "read_contracts"]

_REQUIRED = ("root", "multiplier", "currency", "tick")


@lru_cache(maxsize=1)
def bundled_contracts() -> ContractTable:
    """Give the contract table that comes with trimtab.

    Examples
    --------
    >>> bundled_contracts().root("ES").terms[0].multiplier
    Decimal('50')
    """
    return read_contracts(sample.contracts_path())


def read_contracts(path: str | Path) -> ContractTable:
    """Read a contract table from CSV.

    Columns: root, multiplier, currency, tick; optional: name, exchange, lot, underlying, underlying_aliases and
    trackers (lists with semicolons), months, commission, source, as_of, valid_from, kind (quanto for points of an index
    that is quoted in another currency). Several rows of one root
    with different valid_from are terms that changed.

    Raises
    ------
    FileFormatError
        If a column is missing or a number cannot be read; the message names the row.
    StorageError
        If the file cannot be read.
    """
    file = Path(path)
    try:
        with file.open(newline="", encoding="utf-8-sig") as handle:
            reader = csv.DictReader(handle)
            header = tuple(reader.fieldnames or ())
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise StorageError(
            expected="a readable CSV file of contracts",
            found=f"{file}: {error}",
            try_next="check path and encoding (UTF-8)",
        ) from error
    lacking = [name for name in _REQUIRED if name not in header]
    if lacking:
        raise FileFormatError(
            expected=f"columns {', '.join(_REQUIRED)} in {file.name}",
            found=f"no {', '.join(lacking)} among {', '.join(header)}",
            try_next="add the columns; the bundled table shows the form",
        )
    families: dict[str, ContractSpec] = {}
    for line, row in enumerate(rows, start=2):
        spec = _spec(row, file.name, line)
        family = families.get(spec.root)
        if family is not None:
            spec = replace(family, terms=(*family.terms, *spec.terms))
        families[spec.root] = spec
    return ContractTable(specs=tuple(families.values()))


def open_contracts(source: "ContractsLike | None") -> ContractTable:
    """Give the bundled contracts with each file on top; an open table stands for itself."""
    if isinstance(source, ContractTable):
        return source
    files = (source,) if isinstance(source, str | PathLike) else source or ()
    table = bundled_contracts()
    for file in files:
        table = table.merged(read_contracts(str(file)))
    return table


def _spec(row: dict[str, str], file: str, line: int) -> ContractSpec:
    aliases = tuple(a for a in (row.get("underlying_aliases") or row.get("underlying") or "").split(";") if a)
    since = (row.get("valid_from") or "").strip()
    try:
        terms = Terms(
            multiplier=Decimal(row["multiplier"].strip()),
            tick=Decimal(row["tick"].strip()),
            lot=Decimal((row.get("lot") or "1").strip()),
            valid_from=dt.date.fromisoformat(since) if since else None,
        )
        commission = Decimal((row.get("commission") or "0").strip())
    except InputError as error:
        raise FileFormatError(
            expected=error.expected, found=f"{error.found} in row {line} of {file}", try_next=error.try_next
        ) from error
    except (InvalidOperation, ValueError, AttributeError) as error:
        raise FileFormatError(
            expected="numbers in multiplier, tick, lot and commission, and a date in valid_from",
            found=f"row {line} of {file}: {row}",
            try_next="write numbers with a decimal point and dates as YYYY-MM-DD",
        ) from error
    return ContractSpec(
        root=row["root"].strip(),
        name=(row.get("name") or row["root"]).strip(),
        exchange=(row.get("exchange") or "").strip(),
        terms=(terms,),
        currency=row["currency"].strip(),
        underlying=aliases,
        trackers=tuple(t for t in (row.get("trackers") or "").split(";") if t),
        months=(row.get("months") or "HMUZ").strip(),
        commission=commission,
        quanto=(row.get("kind") or "").strip().lower() == "quanto",
        source=f"{row.get('source') or file}, {row.get('as_of') or 'no date'}",
    )
