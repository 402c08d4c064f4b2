"""The fields of a record as keys of an object: what both the writer and the schema go by.

A record of a document is a frozen dataclass. Each field is a key, in the order of the class; ``from_`` is the key
``from``; a field with the metadata `FLAT` gives its own keys in place of one, and none where it is None; ``SCHEMA``,
where a class has it, comes first under ``schema``. A record is *strict* where a number in it must be one: those of
`trimtab.report.documents` are. In any other record that a document shows, a float that is not finite is not known, and
null.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from types import MappingProxyType
from typing import Any, get_type_hints

from trimtab.model import json

__all__ = ["FLAT", "Key", "is_strict", "keys_of", "schema_name", "types_of"]

#: Metadata of a field whose keys stand in its place.
FLAT: Mapping[str, bool] = MappingProxyType({"flat": True})
_STRICT = "trimtab.report.documents."


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One field of a record.

    Parameters
    ----------
    field
        Name in Python.
    name
        Key in JSON.
    is_flat
        Whether the keys of its value stand in its place.
    """

    field: str
    name: str
    is_flat: bool


@cache
def keys_of(kind: type) -> tuple[Key, ...]:
    """List the keys of a dataclass, in order.

    Examples
    --------
    >>> from dataclasses import field
    >>> @dataclass
    ... class Ends:
    ...     low: float
    ...     high: float
    >>> @dataclass
    ... class Beta:
    ...     value: float
    ...     ends: Ends = field(metadata=FLAT)
    >>> [key.is_flat for key in keys_of(Beta)]
    [False, True]
    """
    return tuple(
        Key(field=f.name, name=f.name.removesuffix("_"), is_flat=bool(f.metadata.get("flat"))) for f in fields(kind)
    )


@cache
def is_strict(kind: type) -> bool:
    """Tell whether a number in such a record must be one."""
    return kind.__module__.startswith(_STRICT)


def schema_name(kind: type) -> str | None:
    """Give the name and number of a document's schema; None for a part of one.

    Examples
    --------
    >>> class Part: ...
    >>> class Whole:
    ...     SCHEMA = "trimtab.whole/1"
    >>> schema_name(Part), schema_name(Whole)
    (None, 'trimtab.whole/1')
    """
    name: str | None = getattr(kind, "SCHEMA", None)
    return name


def types_of(kind: type) -> dict[str, Any]:
    """Give the type of each field of a record as Python knows it at run time, what JSON can say included.

    Examples
    --------
    >>> @dataclass
    ... class Beta:
    ...     value: "float | None"
    >>> types_of(Beta)
    {'value': float | None}
    """
    return get_type_hints(kind, localns=vars(json), include_extras=True)
