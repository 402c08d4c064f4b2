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
from trimtab.feeds.holding_cells import KINDS
from trimtab.feeds.venues.margin import bundled_venues, is_venue_file, read_venue
from trimtab.model.contract import FAMILY_KINDS, ContractSpec, ContractTable
from trimtab.model.instrument import PerpetualPayoff, Terms

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
    return replace(read_contracts(sample.contracts_path()), venues=bundled_venues())


def read_contracts(path: str | Path) -> ContractTable:
    """Read a contract table from CSV.

    Columns: root, multiplier, currency, tick; optional: name, exchange, lot, underlying, underlying_aliases and
    trackers (lists with semicolons), months, commission, source, as_of, valid_from, kind (future; quanto for points of
    an index that is quoted in another currency; perpetual; fund). Of a perpetual also payoff, settlement (its coin) and
    funding (per eight hours); of a fund leverage, borrow and shortable; of either and of futures commission_rate and
    margin. Several rows of one root with different valid_from are terms that changed: of the rest the first row counts.

    Raises
    ------
    FileFormatError
        If a column is missing or a number cannot be read; the message names the row.
    StorageError
        If the file cannot be read.
    """
    file = Path(path)
    if file.exists() and not file.is_file():
        # A pipe would be waited for, for ever.
        raise StorageError(
            expected="a file of contracts",
            found=f"a folder, a pipe or a device: {file}",
            try_next="write it to a file, and give that",
        )
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
        if None in row:  # where csv puts what stands beyond the header
            raise FileFormatError(
                expected=f"{len(header)} cells, as the header of {file.name} has", found=f"more in row {line}",
                try_next="correct the row, or quote a cell that has a comma in it",
            )  # fmt: skip
        spec = _spec(row, file.name, line)
        family = families.get(spec.root)
        if family is not None:
            spec = replace(family, terms=(*family.terms, *spec.terms))
        families[spec.root] = spec
    return ContractTable(specs=tuple(families.values()))


def open_contracts(source: "ContractsLike | None") -> ContractTable:
    """Give the bundled contracts and margin rules with each file on top; an open table stands for itself.

    A file is a CSV of contracts, or a TOML of the margin rules of a venue: what it says of itself decides.
    """
    if isinstance(source, ContractTable):
        return source
    files = (source,) if isinstance(source, str | PathLike) else source or ()
    table = bundled_contracts()
    for file in files:
        more = _venue_table(str(file)) if is_venue_file(str(file)) else read_contracts(str(file))
        table = table.merged(more)
    return table


def _venue_table(path: str) -> ContractTable:
    return ContractTable(venues=(read_venue(path),))


def _spec(row: dict[str, str], file: str, line: int) -> ContractSpec:
    cells = {name: (text or "").strip() for name, text in row.items()}
    try:
        return _made(cells, file)
    except InputError as error:
        raise FileFormatError(
            expected=error.expected, found=f"{error.found} in row {line} of {file}", try_next=error.try_next
        ) from error
    except (InvalidOperation, ValueError, KeyError) as error:
        raise FileFormatError(
            expected="numbers in multiplier, tick, lot, commission and the other terms, and a date in valid_from",
            found=f"row {line} of {file}: {row}",
            try_next="write numbers with a decimal point and dates as YYYY-MM-DD",
        ) from error


def _made(cells: dict[str, str], file: str) -> ContractSpec:
    def number(name: str, otherwise: str = "") -> Decimal | None:
        text = cells.get(name) or otherwise
        return Decimal(text) if text else None

    aliases = tuple(a for a in (cells.get("underlying_aliases") or cells.get("underlying") or "").split(";") if a)
    since, word = cells.get("valid_from", ""), cells.get("kind", "").lower()
    root = cells["root"]
    terms = Terms(
        multiplier=Decimal(cells["multiplier"]),
        tick=Decimal(cells["tick"]),
        lot=Decimal(cells.get("lot") or "1"),
        valid_from=dt.date.fromisoformat(since) if since else None,
    )
    return ContractSpec(
        root=root,
        name=cells.get("name") or root,
        exchange=cells.get("exchange", ""),
        terms=(terms,),
        currency=cells["currency"],
        underlying=aliases,
        trackers=tuple(t for t in cells.get("trackers", "").split(";") if t),
        months=cells.get("months") or "HMUZ",
        commission=number("commission", "0") or Decimal(0),
        quanto=word == "quanto",
        kind=_kind(word, root),
        payoff=_payoff(cells.get("payoff", ""), root),
        settlement=cells.get("settlement", "").upper() or None,
        leverage=number("leverage", "1") or Decimal(0),
        commission_rate=number("commission_rate", "0") or Decimal(0),
        margin=number("margin"),  # type: ignore[arg-type]
        funding=number("funding"),  # type: ignore[arg-type]
        borrow=number("borrow"),  # type: ignore[arg-type]
        shortable=_yes(cells.get("shortable", ""), root),
        source=f"{cells.get('source') or file}, {cells.get('as_of') or 'no date'}",
    )


def _kind(word: str, root: str) -> str:
    """Give the kind of instrument that a word of the column kind means."""
    if word in {"", "quanto"}:
        return "future"
    if KINDS.get(word) not in FAMILY_KINDS:
        raise InputError(
            expected=f"a kind of {root}: future, quanto, perpetual or fund", found=repr(word),
            try_next="leave it empty for a future",
        )  # fmt: skip
    return KINDS[word]


def _payoff(word: str, root: str) -> PerpetualPayoff:
    payoffs = [payoff.value for payoff in PerpetualPayoff]
    if word.lower() not in {"", *payoffs}:
        raise InputError(
            expected=f"a payoff of {root}: {', '.join(payoffs)}", found=repr(word), try_next="leave it empty for linear"
        )
    return PerpetualPayoff(word.lower() or "linear")


def _yes(word: str, root: str) -> bool:
    answer = {"": True, "yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}.get(word.lower())
    if answer is None:
        raise InputError(
            expected=f"yes or no: may {root} be sold short (shortable)",
            found=repr(word),
            try_next="leave it empty for yes",
        )
    return answer
