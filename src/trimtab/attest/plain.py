"""Records as plain values and back, by the types of their fields: strict in both directions.

Decimals and floating-point numbers become text that reads back as the same number, days ISO text, a record whose field
may hold one of several kinds says which it is.
"""

import datetime as dt
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from trimtab.errors import FileFormatError
from trimtab.model.json import Json

__all__ = ["plain_of", "record_of"]

R = TypeVar("R")
_IS = "is"


class _WrongError(Exception):
    """A value that is not of its kind; `record_of` makes a message of it."""


def plain_of(record: object) -> dict[str, Json]:
    """Write a record as a plain object, every field of it.

    Of a field that came later, one that says nothing is left out: a record is then written as it was before there was
    such a field, and what was committed to then still holds.

    Examples
    --------
    >>> from trimtab.model.instrument import Cash
    >>> from trimtab.model.portfolio import Position
    >>> held = Position(instrument=Cash(currency="USD"), quantity=Decimal("2.50"))
    >>> plain_of(held)["quantity"], record_of(Position, plain_of(held), "a position") == held
    ('2.50', True)
    """
    kind: Any = type(record)
    hints = _hints(kind)
    return {
        one.name: _write(getattr(record, one.name), hints[one.name])
        for one in fields(kind)
        if one.init and not (one.metadata.get("later") and getattr(record, one.name) == one.default)
    }


def _write(value: Any, hint: Any) -> Json:  # noqa: PLR0911 - one line for each kind of value
    if isinstance(value, Enum):
        return str(value.value)
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple):
        inner = get_args(_only(hint, tuple))
        if len(inner) == 2 and inner[1] is Ellipsis:
            return [_write(one, inner[0]) for one in value]
        return [_write(one, what) for one, what in zip(value, inner, strict=True)]
    several = len(_records_in(hint)) > 1
    return {**({_IS: type(value).__name__} if several else {}), **plain_of(value)}


def record_of(kind: type[R], plain: Json, where: str) -> R:
    """Read a record from a plain object; nothing may be missing, nothing may be there beside it.

    Parameters
    ----------
    kind
        Of the record.
    plain
        What `plain_of` wrote.
    where
        What it is and where it stands, for errors.

    Raises
    ------
    FileFormatError
        If it is not such a record.
    """
    try:
        made: R = _record(kind, plain)
    except _WrongError as error:
        raise FileFormatError(
            expected=f"{where} as trimtab attest writes it", found=str(error), try_next="ask for the file again"
        ) from None
    return made


def _record(kind: Any, plain: Json) -> Any:
    if not isinstance(plain, Mapping):
        raise _WrongError(f"{plain!r} in place of an object")
    later = {one.name: one.default for one in fields(kind) if one.init and one.metadata.get("later")}
    names = [one.name for one in fields(kind) if one.init and (one.name not in later or one.name in plain)]
    if set(plain) - {_IS} != set(names) or list(plain)[-len(names) :] != names:
        strange, missing = set(plain) - set(names) - {_IS}, set(names) - set(plain)
        raise _WrongError(
            f"extra {', '.join(sorted(map(str, strange))) or 'none'}; missing {', '.join(sorted(missing)) or 'none'}"
        )
    hints = _hints(kind)
    values = {name: _read(plain[name], hints[name], name) for name in names}
    silent = [name for name in names if name in later and values[name] == later[name]]
    if silent:
        raise _WrongError(f"extra {', '.join(silent)}; missing none")
    return kind(**values)


def _read(value: Any, hint: Any, name: str) -> Any:
    options = get_args(hint) if get_origin(hint) in {types.UnionType, Union} else (hint,)
    if value is None:
        if type(None) not in options:
            raise _WrongError(f"nothing for {name}")
        return None
    rest = tuple(one for one in options if one is not type(None))
    records = [one for one in rest if is_dataclass(one)]
    if records:
        return _record(_named(records, value), _without(value) if len(records) > 1 else value)
    (one,) = rest
    if get_origin(one) is tuple:
        return _tuple(value, get_args(one), name)
    return _leaf(value, one, name)


def _named(records: list[Any], value: Any) -> Any:
    if len(records) == 1:
        return records[0]
    by_name = {kind.__name__: kind for kind in records}
    word = value.get(_IS) if isinstance(value, Mapping) else None
    if not isinstance(word, str) or word not in by_name:
        raise _WrongError(f"{value!r} in place of one of {', '.join(by_name)}")
    return by_name[word]


def _without(value: Any) -> dict[str, Json]:
    return {key: inner for key, inner in value.items() if key != _IS}


def _tuple(value: Any, inner: tuple[Any, ...], name: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise _WrongError(f"{value!r} in place of a list for {name}")
    kinds = [inner[0]] * len(value) if inner[1:] == (Ellipsis,) else list(inner)
    if len(kinds) != len(value):
        raise _WrongError(f"{len(value)} values in place of {len(kinds)} for {name}")
    return tuple(_read(one, what, name) for one, what in zip(value, kinds, strict=True))


def _leaf(value: Any, kind: Any, name: str) -> Any:
    if kind in {bool, int}:
        if type(value) is not kind:
            raise _WrongError(f"{value!r} for {name}")
        return value
    if not isinstance(value, str):
        raise _WrongError(f"{value!r} in place of text for {name}")
    try:
        read: Any = dt.date.fromisoformat(value) if kind is dt.date else kind(value)
    except (ValueError, InvalidOperation, TypeError):
        raise _WrongError(f"{value!r} for {name}") from None
    if isinstance(read, Decimal) and not read.is_finite():
        raise _WrongError(f"{value!r} for {name}, which is no number")
    if _write(read, kind) != value:
        raise _WrongError(f"{value!r} for {name}, which is written {_write(read, kind)!r}")
    return read


@cache
def _hints(kind: Any) -> dict[str, Json]:
    return get_type_hints(kind)


def _records_in(hint: Any) -> list[Any]:
    options = get_args(hint) if get_origin(hint) in {types.UnionType, Union} else (hint,)
    return [one for one in options if is_dataclass(one)]


def _only(hint: Any, kind: Any) -> Any:
    options = get_args(hint) if get_origin(hint) in {types.UnionType, Union} else (hint,)
    (one,) = (option for option in options if get_origin(option) is kind)
    return one
