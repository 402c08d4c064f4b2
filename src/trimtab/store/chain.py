"""The hash chain: how a fact becomes an entry, and what of it is sealed.

    hash(n) = SHA-256( JSON array [hash(n-1), n, recorded, kind, subject, valid, body] )

where `body` is the fact's body as canonical JSON text (keys sorted, no spaces, ASCII, floats by `repr`, no NaN), the
array is written the same way, and hash(0) is sixty-four zeros. Whoever holds hash(n) holds, in one line, a check of
every entry up to n: changing, removing, adding or moving one changes every hash after it (Haber and Stornetta 1991,
"How to time-stamp a digital document", section 5).

Nothing here reads a clock, a file or a database.
"""

import hashlib
import json
import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any, cast

from trimtab.desk.books.journal import Entry, Fact, Head
from trimtab.errors import InputError, StorageError
from trimtab.model.json import JsonObject

__all__ = ["EMPTY", "Row", "canonical", "checked", "entry_of", "moment_text", "read_moment", "row_hash", "seal"]

#: The head of a journal without entries.
EMPTY = Head(seq=0, hash="0" * 64)
_NAMES = ("kind", "subject", "valid")


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as it is stored: the body is still text."""

    seq: int
    recorded: str
    kind: str
    subject: str
    valid: str | None
    body: str
    hash: str


def canonical(value: Any) -> str:
    """Write JSON values as the one text that stands for them.

    Raises
    ------
    InputError
        If a value is not JSON: NaN, an infinity, a key that is not text, a date, a decimal, ...

    Examples
    --------
    >>> canonical({"b": (1, 0.1), "a": None})
    '{"a":null,"b":[1,0.1]}'
    """
    return _written(_plain(value))


def _written(value: Any) -> str:
    try:
        return json.dumps(value, sort_keys=True, allow_nan=False, ensure_ascii=True, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(
            expected="a body of JSON values: text, finite numbers, true, false, null, lists, objects",
            found=str(error),
            try_next="write dates and decimals as text, and leave out what has no value",
        ) from None


def seal(head: Head, recorded: str, facts: Sequence[tuple[Fact, str]]) -> tuple[Row, ...]:
    """Chain facts (each with its canonical body) onto a head, all recorded at one moment."""
    rows: list[Row] = []
    previous = head.hash
    for seq, (fact, body) in enumerate(facts, start=head.seq + 1):
        bare = Row(seq, recorded, fact.kind, fact.subject, fact.valid, body, "")
        previous = row_hash(previous, bare)
        rows.append(Row(seq, recorded, fact.kind, fact.subject, fact.valid, body, previous))
    return tuple(rows)


def row_hash(previous: str, row: Row, *, seq: int | None = None) -> str:
    """Hash a row's fields after the hash before it; `seq` if it is to be tried at another place."""
    fields = [previous, row.seq if seq is None else seq, row.recorded, row.kind, row.subject, row.valid, row.body]
    # A database may hand back what no journal wrote (bytes, numbers): such a row has some hash too, which does not fit.
    text = json.dumps(fields, ensure_ascii=True, separators=(",", ":"), default=repr)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def checked(facts: Iterable[Fact]) -> tuple[tuple[Fact, str], ...]:
    """Check facts before anything is locked or written; give each, its body in plain JSON values, with its text."""
    plain_facts = (replace(fact, body=_checked_body(fact)) for fact in facts)
    return tuple((fact, _written(fact.body)) for fact in plain_facts)


def entry_of(row: Row, written: Fact | None = None) -> Entry:
    """Read a stored row as an entry; `written` is the fact, as `checked` gave it, where it was written just now."""
    try:
        body = json.loads(row.body) if written is None else written.body
    except (TypeError, ValueError) as error:
        raise StorageError(
            expected="an entry with a JSON body",
            found=f"entry {row.seq} of the journal: {error}",
            try_next="run trimtab verify, and restore a backup",
        ) from None
    return Entry(
        seq=row.seq,
        recorded=row.recorded,
        kind=row.kind,
        subject=row.subject,
        valid=row.valid,
        body=cast("JsonObject", body),
        hash=row.hash,
    )


def moment_text(moment: datetime) -> str:
    """Write a moment as the journal does: UTC, microseconds, Z.

    Examples
    --------
    >>> from datetime import timezone, timedelta
    >>> moment_text(datetime(2026, 1, 5, 9, 30, tzinfo=timezone(timedelta(hours=-5))))
    '2026-01-05T14:30:00.000000Z'
    """
    if moment.tzinfo is None:
        raise InputError(
            expected="a time with its zone", found=f"{moment.isoformat()}", try_next="give datetime.now(UTC)"
        )
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def read_moment(text: str) -> str:
    """Read a moment as a person writes it, and write it as the journal does.

    Parameters
    ----------
    text
        ISO 8601. A time without a zone is UTC; a day alone means the end of that day in UTC.

    Examples
    --------
    >>> read_moment("2026-01-05T09:30:00-05:00"), read_moment("2026-01-05")
    ('2026-01-05T14:30:00.000000Z', '2026-01-05T23:59:59.999999Z')
    """
    text = text.strip()
    try:
        try:
            moment = datetime.combine(date.fromisoformat(text), time.max, UTC)
        except ValueError:
            moment = datetime.fromisoformat(text)
        return moment_text(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            expected="a moment in ISO 8601", found=repr(text), try_next="write 2026-01-05 or 2026-01-05T14:30:00Z"
        ) from None


def _checked_body(fact: Fact) -> JsonObject:
    if not fact.kind:
        raise InputError(expected="a fact with a kind", found="an empty one", try_next='say for example kind="plan"')
    for name in _NAMES:
        value = getattr(fact, name)
        if value is None and name == "valid":
            continue
        if not isinstance(value, str) or not _storable(value):
            raise InputError(
                expected=f"a fact whose {name} is text without control characters",
                found=repr(value),
                try_next="write it as plain text",
            )
    if not isinstance(fact.body, Mapping):
        raise InputError(expected="a body that is a mapping", found=type(fact.body).__name__, try_next="give a dict")
    return cast("JsonObject", _plain(fact.body))


def _storable(text: str) -> bool:
    """Say whether every database keeps a text as it is: no control characters, no half of a surrogate pair."""
    return not any(c < " " or "\ud800" <= c <= "\udfff" for c in text)


#: What holds nothing: most of a long body.
_LEAVES = frozenset([str, int, float, bool, type(None)])


def _plain(value: Any) -> Any:
    """Turn other mappings into dicts, which `json` can write; refuse a key that it would silently turn into text."""
    if type(value) in _LEAVES:
        return value
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise InputError(
                    expected="JSON objects with text as keys",
                    found=f"the key {key!r}",
                    try_next="write the key as text",
                )
        inside = {key: inner for key, inner in value.items() if type(inner) not in _LEAVES}
        changed = {key: plain for key, inner in inside.items() if (plain := _plain(inner)) is not inner}
        # A long body is looked through, and not copied where nothing in it is to be written in another way.
        return value if type(value) is dict and not changed else {**value, **changed}
    if isinstance(value, list | tuple):
        plain_items = [_plain(inner) for inner in value]
        same = type(value) is list and all(map(operator.is_, plain_items, value))
        return value if same else plain_items
    return value
