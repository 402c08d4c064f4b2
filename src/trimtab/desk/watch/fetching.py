"""What services are asked for and give: the port that `trimtab.feeds.venues` fills.

What comes back is a file's content. It is taken in as any other file is: previewed, compared with what is known,
written down once.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from trimtab.desk.books.intake import Imported, Kind

__all__ = ["Answer", "Fetched", "Service"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a service gave.

    Parameters
    ----------
    content
        Of the file.
    suffix
        Of its name: ``.csv`` or ``.xml``.
    kind
        What it holds; None: that is told from it.
    notes
        What was decided, in words.
    doubts
        Why a person should look before it is kept.
    """

    content: bytes
    suffix: str
    kind: Kind | None
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


class Service(Protocol):
    """A service that can be asked."""

    @property
    def label(self) -> str:
        """Where its facts come from, in a word that is written down with each."""
        ...

    def ask(self, now: dt.datetime) -> Answer:
        """Ask it, as of a moment (with its zone).

        Raises
        ------
        ServiceError
            If it does not answer as it should.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What became of one service's answer.

    Parameters
    ----------
    name, label
        As in the settings, and where its facts come from.
    at
        When the service answered.
    age
        How long ago that was.
    was_kept
        Whether it is an answer of before, used again.
    notes, doubts
        Of the service.
    imported
        What became of it in the workspace.
    """

    name: str
    label: str
    at: dt.datetime
    age: dt.timedelta
    was_kept: bool
    notes: tuple[str, ...]
    doubts: tuple[str, ...]
    imported: Imported
