"""A workspace verified: its journal by itself, and everything beside it against the journal, both ways."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from trimtab.config.read import read_config
from trimtab.config.show import config_document
from trimtab.desk.books.journal import Head
from trimtab.model.json import JsonObject
from trimtab.store.beside.differences import Difference, differences
from trimtab.store.chain import canonical
from trimtab.store.journal import LOCK_NAME, SqlJournal, open_journal
from trimtab.store.verify import Verification, verify

__all__ = ["Verified", "verify_workspace"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was found of a workspace.

    Parameters
    ----------
    chain
        Of the journal by itself.
    files
        How many files beside it are as it says.
    differences
        What is not.
    """

    chain: Verification
    files: int
    differences: tuple[Difference, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong; what may be so does not count."""
        return self.chain.ok and not any(d.is_fault for d in self.differences)


def verify_workspace(folder: Path, *, head: Head | None = None, now: dt.datetime | None = None) -> Verified:
    """Verify a workspace. Where the journal does not hold, what it says of files is not asked.

    Parameters
    ----------
    folder
        The workspace.
    head
        Number and hash noted earlier.
    now
        The moment; the clock's if None.

    Raises
    ------
    InputError
        If there is no journal, or the settings have mistakes.
    StorageError
        If the journal cannot be read.
    """
    config = read_config(folder)
    with open_journal(config.journal_url(), lock=folder / LOCK_NAME) as journal:
        chain = verify(journal, head=head)
        guards = tuple(
            Difference(
                what="unguarded", where=name, is_fault=True,
                detail="the trigger that keeps entries from being changed is gone, or is another one",
            )
            for name in journal.missing_guards()
        )  # fmt: skip
        if not chain.ok:
            return Verified(chain=chain, files=0, differences=guards)
        files, beside = differences(journal, folder / "data")
        beside += _ahead(journal, now or dt.datetime.now(dt.UTC))
        settings = _settings(journal, config_document(config))
    return Verified(chain=chain, files=files, differences=(*guards, *beside, *settings))


def _ahead(journal: SqlJournal, now: dt.datetime) -> tuple[Difference, ...]:
    """Tell whether the last entry is stamped with a time to come: the clock was wrong when it, or one before, came."""
    last = journal.entries(newest=True, limit=1)
    if not last or dt.datetime.fromisoformat(last[0].recorded) <= now + dt.timedelta(minutes=5):
        return ()
    return (
        Difference(
            what="clock", where=f"entry {last[0].seq}", is_fault=False,
            detail=f"it is stamped {last[0].recorded[:19]}Z and it is {now:%Y-%m-%dT%H:%M:%SZ}: a clock was wrong, and "
            "entries carry that time until then; ask for what was known by numbers, not by times",
        ),
    )  # fmt: skip


def _settings(journal: SqlJournal, now: JsonObject) -> tuple[Difference, ...]:
    """Tell whether the settings are those that the last answer was made with."""
    last = journal.entries("config", newest=True, limit=1)
    if not last or _values(last[0].body) == _values(now):
        return ()
    return (
        Difference(
            what="settings", where="trimtab.toml", is_fault=False,
            detail=f"not those of entry {last[0].seq}, {last[0].recorded[:10]}, with which answers were made last",
        ),
    )  # fmt: skip


def _values(document: JsonObject) -> dict[str, str]:
    """Give each setting as text, whatever folder the workspace lies in."""
    folder = str(document["workspace"])
    settings = cast("list[JsonObject]", document["settings"])
    return {str(line["path"]): canonical(line["value"]).replace(folder, ".") for line in settings}
