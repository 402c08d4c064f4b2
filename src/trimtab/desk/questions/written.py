"""Questions as JSON, and back: what a run keeps, and what is asked over a wire."""

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

from trimtab.desk.questions.fields import options_of, parts_of, taken, wrong
from trimtab.desk.questions.values import Json
from trimtab.errors import UsageError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["read_record", "write_record"]

P = TypeVar("P", bound="DataclassInstance")


def write_record(record: "DataclassInstance") -> dict[str, Json]:
    """Write a record and its groups as JSON, every field of them.

    Raises
    ------
    UsageError
        If a value is open already (a frame, a table) and cannot be written.
    """
    found: dict[str, Json] = {}
    for name, kind, _ in parts_of(record):
        del kind
        found[name] = write_record(getattr(record, name))
    for name, asked in options_of(record):
        value = getattr(record, name)
        try:
            found[name] = None if value is None else asked.value.write(value)
        except ValueError as error:
            told = wrong(name, asked, value)
            raise UsageError(
                expected=f"{told.expected}, so that it can be asked again", found=str(error),
                try_next="write it to a file and give its path",
            ) from None  # fmt: skip
    return found


def read_record(kind: type[P], written: Json, *, where: str = "") -> P:
    """Read a record from JSON; what is left out is left open.

    Raises
    ------
    UsageError
        If a field is not known or a value of the wrong kind; it is named.
    """
    if not isinstance(written, Mapping):
        raise UsageError(
            expected=f"{where or 'a question'} as a JSON object", found=repr(written), try_next="write {...}"
        )
    known = [one.name for one in fields(kind)]
    strange = [name for name in written if name not in known]
    if strange:
        raise UsageError(
            expected=f"only these fields{f' in {where}' if where else ''}: {', '.join(known)}",
            found=", ".join(repr(name) for name in strange), try_next="correct the name, or leave it out",
        )  # fmt: skip
    found: dict[str, Any] = {
        name: read_record(inner, written[name], where=f"{where}.{name}" if where else name)
        for name, inner, _ in parts_of(kind)
        if name in written
    }
    for name, asked in options_of(kind):
        if name in written and written[name] is not None:
            found[name] = taken(name, asked, written[name])
    return kind(**found)
