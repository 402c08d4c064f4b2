"""What the use cases ask of a journal: facts in, entries out, nothing ever changed. `trimtab.store` fills it."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol, TypeVar, cast

from trimtab.model.json import JsonObject

__all__ = ["Entry", "Fact", "Head", "Journal"]

B = TypeVar("B")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something to be written down.

    Parameters
    ----------
    kind
        What it is: "holdings", "transactions", "prices", "action", "config", "run", "plan", "decision", "alert", ...
    subject
        What it is about: a portfolio, a symbol; empty if nothing in particular.
    valid
        The moment it is about, ISO 8601 (a day, or a UTC time); None if it has none.
    body
        What is to be kept: JSON values only, no NaN.
    """

    kind: str
    subject: str = ""
    valid: str | None = None
    body: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A fact as it was written down.

    Parameters
    ----------
    seq
        Its number: 1, 2, 3, ... without gaps.
    recorded
        When it was written, UTC, ISO 8601 with microseconds and Z; never earlier than the entry before it.
    kind, subject, valid, body
        The fact.
    hash
        SHA-256 over the hash before it and everything above, in hexadecimal.
    """

    seq: int
    recorded: str
    kind: str
    subject: str
    valid: str | None
    body: JsonObject
    hash: str

    def read_as(self, shape: type[B]) -> B:
        """Give the body as the table that whoever wrote this kind of entry wrote.

        Nothing is looked at: the shape of a kind stays, and the hash says that what is kept is what was written.
        """
        del shape
        return cast("B", self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of the chain: its number (0 = empty) and hash."""

    seq: int
    hash: str


class Journal(Protocol):
    """An append-only list of entries, shared by several processes."""

    def append(self, facts: Sequence[Fact]) -> tuple[Entry, ...]:
        """Write facts, all or none; when this returns they outlive a crash."""
        ...

    def entries(
        self,
        kind: str | None = None,
        *,
        subject: str | None = None,
        after: int = 0,
        known: int | None = None,
        valid_until: str | None = None,
        newest: bool = False,
        limit: int | None = None,
    ) -> tuple[Entry, ...]:
        """Give entries in order of `seq` (newest first if asked): those with after < seq <= known.

        `valid_until` keeps those with valid <= it, compared as text.
        """
        ...

    def head(self) -> Head:
        """Give the last number and hash."""
        ...

    def known_at(self, moment: str) -> int:
        """Give the last number recorded at or before a UTC moment: what was known then."""
        ...

    def writing(self) -> AbstractContextManager[None]:
        """Keep every other writer out while something is read, decided and appended; may be nested."""
        ...
