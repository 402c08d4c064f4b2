"""A price table as bytes, exactly: what a review was made from, so that an auditor can make it again.

    "trimtab.attest.prices/1" newline, a line of canonical JSON (names, currencies, notes, shapes), then the arrays

Arrays are little-endian, NaN always in the same bits, so that one table has one record and one hash.
"""

import json
import math
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trimtab.attest.canonical import canonical_bytes
from trimtab.errors import Failure, FileFormatError, Reason
from trimtab.market.asset_facts import AssetFacts, AssetKind
from trimtab.market.prices import Flag, PriceTable
from trimtab.model.json import Json

__all__ = ["RECORD_MARK", "read_price_record", "write_price_record"]

RECORD_MARK = b"trimtab.attest.prices/1\n"
_ARRAYS = {
    "dates": "<i8", "values": "<f8", "why": "|u1", "breaks": "<i8", "vouched": "<i8", "suspected": "<i8",
    "volumes": "<f8", "to_quoted": "<f8",
}  # fmt: skip


def write_price_record(table: PriceTable) -> bytes:
    """Write a table as its record.

    Examples
    --------
    >>> table = PriceTable.of({"A": [10.0, np.nan]}, dates=["2024-01-02", "2024-01-03"], currency="USD")
    >>> again = read_price_record(write_price_record(table), "prices")
    >>> again.symbols, float(again.values[0, 0]), write_price_record(again) == write_price_record(table)
    (('A',), 10.0, True)
    """
    arrays = {name: _bytes_of(name, getattr(table, name)) for name in _ARRAYS if getattr(table, name) is not None}
    head: dict[str, Json] = {
        "symbols": list(table.symbols),
        "currencies": list(table.currencies),
        "flags": [[flag.value for flag in flags] for flags in table.flags],
        "notes": list(table.notes),
        "failures": [[one.where, one.reason.value, one.detail] for one in table.failures],
        "frame": table.frame,
        "judged": table.judged,
        "kinds": [[symbol, kind.value] for symbol, kind in table.facts.kinds],
        "multiples": [[symbol, repr(multiple)] for symbol, multiple in table.facts.multiples],
        "arrays": {name: list(getattr(table, name).shape) for name in arrays},
    }
    return b"".join([RECORD_MARK, canonical_bytes(head), b"\n", *arrays.values()])


def _bytes_of(name: str, array: NDArray[Any]) -> bytes:
    if name == "dates":
        array = array.astype("datetime64[s]").astype(np.int64)
    made = np.ascontiguousarray(array, dtype=_ARRAYS[name])
    if made.dtype.kind == "f":
        made = np.where(np.isnan(made), struct.unpack("<d", struct.pack("<Q", 0x7FF8000000000000))[0], made)
    return made.tobytes()


def read_price_record(content: bytes, name: str) -> PriceTable:
    """Read a table from its record.

    Parameters
    ----------
    content
        What `write_price_record` made.
    name
        Of the file, for errors.

    Raises
    ------
    FileFormatError
        If it is no such record, or not whole.
    """
    try:
        table = _read(content)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError):
        raise FileFormatError(
            expected=f"{name}: the prices of an attested review, as trimtab attest open --prices-to writes them",
            found="another file, or one that was changed or cut off", try_next="ask for the file again",
        ) from None  # fmt: skip
    return table


def _read(content: bytes) -> PriceTable:
    if not content.startswith(RECORD_MARK):
        raise ValueError(RECORD_MARK)
    line, _, rest = content[len(RECORD_MARK) :].partition(b"\n")
    head = json.loads(line)
    arrays: dict[str, NDArray[Any]] = {}
    at = 0
    for name, kind in _ARRAYS.items():
        if name not in head["arrays"]:
            continue
        shape = tuple(int(n) for n in head["arrays"][name])
        size = math.prod(shape)
        arrays[name] = np.frombuffer(rest, dtype=kind, count=size, offset=at).reshape(shape)
        at += size * np.dtype(kind).itemsize
    if at != len(rest):
        raise ValueError(at)
    whole = {name: array.astype(array.dtype.newbyteorder("=")) for name, array in arrays.items()}
    return PriceTable(
        dates=whole["dates"].astype("datetime64[s]"),
        symbols=tuple(head["symbols"]),
        values=whole["values"],
        why=whole["why"],
        currencies=tuple(head["currencies"]),
        breaks=whole["breaks"].astype(np.intp),
        flags=tuple(tuple(Flag(flag) for flag in flags) for flags in head["flags"]),
        volumes=whole.get("volumes"),
        notes=tuple(head["notes"]),
        failures=tuple(Failure(where=w, reason=Reason(r), detail=d) for w, r, d in head["failures"]),
        frame=head["frame"],
        to_quoted=whole.get("to_quoted"),
        vouched=whole["vouched"].astype(np.intp),
        suspected=whole["suspected"].astype(np.intp),
        judged=head["judged"],
        facts=AssetFacts(
            kinds=tuple((symbol, AssetKind(kind)) for symbol, kind in head["kinds"]),
            multiples=tuple((symbol, float(multiple)) for symbol, multiple in head["multiples"]),
        ),
    )
