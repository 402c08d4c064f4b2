"""Records as JSON: keys in the order of their fields, numbers in full, and what is not known null."""

import json
import re
from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from math import isfinite
from typing import Any, ClassVar, Protocol

import numpy as np

from trimtab.model.json import Json
from trimtab.report.shape.fields import is_strict, keys_of, schema_name

__all__ = ["Document", "dumps", "plain"]


class Document(Protocol):
    """A typed record with a named schema."""

    SCHEMA: ClassVar[str]


_OBEYED = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def dumps(record: object) -> str:
    r"""Write a record as JSON text: keys in a fixed order, numbers in full, never NaN.

    Raises
    ------
    ValueError
        If a number that must be one is not finite.

    Examples
    --------
    >>> dumps({"a": 0.1})
    '{\n  "a": 0.1\n}'
    """
    text = json.dumps(plain(record), indent=2, ensure_ascii=False, allow_nan=False)
    # JSON lets these stand as they are, and a terminal would obey them.
    return _OBEYED.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


def plain(value: object) -> Json:
    """Make a record plain: records to objects, arrays to lists, dates to text, what is not known to null.

    A record of `trimtab.report.documents` says itself which of its numbers may be missing, so there a number that is
    not finite stays, and is refused by `dumps`. In an array NaN is what is missing, wherever the array stands.

    Examples
    --------
    >>> plain({"a": (1.0, float("nan")), "b": np.datetime64("2024-01-31")})
    {'a': [1.0, None], 'b': '2024-01-31'}
    """
    return _plain(value, strict=False)


def _plain(value: Any, *, strict: bool) -> Json:  # noqa: PLR0911 - one line for each kind of value
    if isinstance(value, Enum):
        written: Json = value.value
        return written
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return float(value) if strict or isfinite(value) else None
    if is_dataclass(value) and not isinstance(value, type):
        return _object(value)
    if isinstance(value, Mapping):
        return {str(_plain(k, strict=True)): _plain(v, strict=strict) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v, strict=strict) for v in value]
    if isinstance(value, np.ndarray | np.generic | Decimal | date):
        return _of_library(value)
    raise TypeError(f"a document cannot hold a {type(value).__name__}")


def _object(record: Any) -> dict[str, Json]:
    kind: type = type(record)
    strict, name = is_strict(kind), schema_name(kind)
    made: dict[str, Json] = {} if name is None else {"schema": name}
    for key in keys_of(kind):
        value = getattr(record, key.field)
        if not key.is_flat:
            made[key.name] = _plain(value, strict=strict)
        elif value is not None:
            made |= _object(value)
    return made


def _of_library(value: Any) -> Json:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if np.issubdtype(value.dtype, np.datetime64):
        days = np.asarray(value).astype("datetime64[D]").astype(str)
        text: Json = days.item() if days.ndim == 0 else days.tolist()
        return text
    return _plain(value.tolist(), strict=False)
