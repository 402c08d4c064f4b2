"""JSON Schema (2020-12) of a record, from its fields, their types and the docstring that says what they mean.

Objects stay open: a key may be added to a schema, so a reader must let pass what it does not know. `closed` gives the
same schema with every object shut, which is what tests hold documents to.
"""

import datetime as dt
import types
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, is_dataclass
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import numpy as np

from trimtab.model.json import Json
from trimtab.report.shape.fields import is_strict, keys_of, schema_name, types_of
from trimtab.report.shape.meanings import Meaning, meaning_of

__all__ = ["DIALECT", "Schema", "schema_of"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

#: A schema, itself JSON.
Schema = dict[str, Json]


def schema_of(kind: type, *, closed: bool = False) -> Schema:
    """Give the JSON Schema of a document.

    Parameters
    ----------
    kind
        Its record class.
    closed
        Whether a key that the schema does not name is an error.

    Raises
    ------
    TypeError
        If a field has a type of which nothing can be said.

    Examples
    --------
    >>> @dataclass(frozen=True)
    ... class Point:
    ...     '''One point.
    ...
    ...     Parameters
    ...     ----------
    ...     x
    ...         How far to the right.
    ...     '''
    ...
    ...     SCHEMA = "trimtab.point/1"
    ...     x: int | None
    >>> schema = schema_of(Point)
    >>> schema["title"], schema["properties"]["x"], schema["required"]
    ('trimtab.point/1', {'description': 'How far to the right.', 'type': ['integer', 'null']}, ['schema', 'x'])
    """
    walk = _Walk(closed=closed)
    root = walk.of_record(kind)
    name = schema_name(kind) or kind.__name__
    head: Schema = {"$schema": DIALECT, "$id": "urn:" + name.replace(".", ":").replace("/", ":"), "title": name}
    return {**head, **root, **({"$defs": dict(sorted(walk.defined.items()))} if walk.defined else {})}


@dataclass(slots=True, kw_only=True)
class _Walk:
    """A walk over types, with what it has defined so far."""

    closed: bool
    defined: dict[str, Schema] = field(default_factory=dict)
    homes: dict[str, type] = field(default_factory=dict)

    def of_record(self, kind: type) -> Schema:
        properties, required = self._keys(kind)
        made: Schema = {"type": "object", "properties": properties, "required": required}
        if self.closed:
            made["additionalProperties"] = False
        meaning = meaning_of(kind).whole
        return {"description": meaning, **made} if meaning else made

    def _keys(self, kind: type) -> tuple[Schema, list[str]]:
        """Give the properties of a record, those of flat fields in their place, and which are always there."""
        name, meaning = schema_name(kind), meaning_of(kind)
        properties: Schema = {} if name is None else {"schema": {"const": name}}
        required = list(properties)
        hints = types_of(kind)
        for key in keys_of(kind):
            hint = hints[key.field]
            if key.is_flat:
                inner, always = self._keys(_record_in(hint))
                properties |= inner
                required += [] if _may_be_none(hint) else [k for k in always if k not in required]
            else:
                properties[key.name] = _described(self._of(hint, strict=is_strict(kind)), key.field, meaning)
                required.append(key.name)
        return properties, required

    def _of(self, hint: Any, *, strict: bool) -> Schema:
        if hint is Any or _is_any_json(hint):
            return {}
        origin = get_origin(hint)
        if origin is Annotated:
            base, *notes = get_args(hint)
            return next((n for n in notes if isinstance(n, dict)), None) or self._of(base, strict=strict)
        if origin in (Union, types.UnionType):
            return _either([self._of(part, strict=strict) for part in get_args(hint)])
        if origin is Literal:
            return {"enum": list(get_args(hint))}
        if origin is not None:
            return self._of_container(origin, get_args(hint), strict=strict)
        if isinstance(hint, type):
            return self._of_class(hint, strict=strict)
        raise TypeError(f"no schema can be given for {hint!r}")

    def _of_container(self, origin: Any, parts: tuple[Any, ...], *, strict: bool) -> Schema:
        def of(hint: Any) -> Schema:
            return self._of(hint, strict=strict)

        if origin is np.ndarray:
            return {"type": "array", "items": _of_scalar(get_args(parts[1])[0])}
        if origin is tuple and parts[-1:] != (Ellipsis,):
            return {"type": "array", "prefixItems": [of(p) for p in parts], "items": False, "minItems": len(parts)}
        if issubclass(origin, Mapping):
            keys, values = parts
            made: Schema = {"type": "object", "additionalProperties": of(values)}
            return {**made, "propertyNames": of(keys)} if isinstance(keys, type) and issubclass(keys, Enum) else made
        if issubclass(origin, Sequence | AbstractSet):
            return {"type": "array", "items": of(parts[0])}
        raise TypeError(f"no schema can be given for {origin!r}")

    def _of_class(self, kind: type, *, strict: bool) -> Schema:
        if is_dataclass(kind):
            return self._defined(kind, self.of_record)
        if issubclass(kind, Enum):
            return self._defined(kind, _of_enum)
        if kind is float:
            return {"type": "number"} if strict else {"type": ["number", "null"]}
        if issubclass(kind, np.generic):
            return _of_scalar(kind)
        if kind in _PLAIN:
            return dict(_PLAIN[kind])
        raise TypeError(f"no schema can be given for {kind!r}")

    def _defined(self, kind: type, make: Callable[[type], Schema]) -> Schema:
        """Define a class once, under its name, and refer to it."""
        name = kind.__name__
        if self.homes.setdefault(name, kind) is not kind:
            name = f"{kind.__module__.rsplit('.', 1)[-1]}.{name}"
            self.homes[name] = kind
        if name not in self.defined:
            self.defined[name] = {}
            self.defined[name] = make(kind)
        return {"$ref": f"#/$defs/{name}"}


_PLAIN: Mapping[type, Schema] = {
    type(None): {"type": "null"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    str: {"type": "string"},
    Decimal: {"type": "number"},
    dt.date: {"type": "string", "format": "date"},
    dt.datetime: {"type": "string", "format": "date-time"},
}


def _of_enum(kind: type) -> Schema:
    assert issubclass(kind, Enum)  # noqa: S101 - the caller looked
    made: Schema = {"enum": [member.value for member in kind]}
    meaning = meaning_of(kind).whole
    return {"description": meaning, **made} if meaning else made


def _of_scalar(kind: type) -> Schema:
    """Give the schema of an array's values: a number there may be missing."""
    if issubclass(kind, np.datetime64):
        return {"type": "string", "format": "date"}
    if issubclass(kind, np.bool_):
        return {"type": "boolean"}
    return {"type": "integer"} if issubclass(kind, np.integer) else {"type": ["number", "null"]}


def _either(options: list[Schema]) -> Schema:
    """Join what a value may be: plain types in one list, anything else side by side."""
    if all(set(option) == {"type"} for option in options):
        named: list[str] = []
        for option in options:
            kinds = option["type"]
            listed = [kinds] if isinstance(kinds, str) else kinds
            assert isinstance(listed, list)  # noqa: S101 - `type` is one name, or a list of them
            named += [name for name in listed if name not in named]
        if "number" in named and "integer" in named:
            named.remove("integer")
        return {"type": named if len(named) > 1 else named[0]}
    return {"anyOf": options}


def _described(schema: Schema, name: str, meaning: Meaning) -> Schema:
    words = meaning.of_fields.get(name)
    return {"description": words, **schema} if words else schema


def _is_any_json(hint: Any) -> bool:
    """Tell whether anything that JSON can say may stand there, about which a schema has nothing to add."""
    return {bool, str, Sequence, Mapping} <= {get_origin(part) or part for part in get_args(hint)}


def _record_in(hint: Any) -> type:
    """Give the record that a flat field holds."""
    records = [part for part in (get_args(hint) or (hint,)) if is_dataclass(part)]
    assert len(records) == 1  # noqa: S101 - a flat field holds one record, or none
    assert isinstance(records[0], type)  # noqa: S101
    return records[0]


def _may_be_none(hint: Any) -> bool:
    return type(None) in get_args(hint)
