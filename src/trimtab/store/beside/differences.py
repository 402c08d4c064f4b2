"""The files beside a journal held against what its entries name, both ways.

Entries name files: one that is gone or has changed is a fault. Files that no entry names are told of. One or two can be
what a command that was killed left behind, and the next one sweeps that up; prices that are numbered further than the
journal goes mean that the journal is older than the files, as when it alone was put back from a copy.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from trimtab.desk.books.journal import Journal
from trimtab.errors import StorageError
from trimtab.model.json import Json
from trimtab.progress import each, step
from trimtab.store.beside.inputs import InputStore
from trimtab.store.beside.states import StateStore
from trimtab.store.prices import PriceStore

__all__ = ["Difference", "What", "differences"]

_KEPT_NAME = re.compile(r"[0-9a-f]{64}(\.[a-z0-9]+)?")

What = Literal["gone", "unnamed", "older journal", "unguarded", "settings", "clock"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something beside a journal that is not as its entries say.

    Parameters
    ----------
    what
        gone (a file that an entry names is missing or changed), unnamed (no entry names a file), older journal (prices
        are numbered further than the journal goes), unguarded (what keeps entries from being changed is missing),
        settings (they are not those of the last answer), clock (the last entry is stamped with a time to come).
    where
        The file, or what it concerns.
    detail
        In words.
    is_fault
        False where it may be so: it is told, and the workspace holds.
    """

    what: What
    where: str
    detail: str
    is_fault: bool


@step("checking files against the journal")
def differences(journal: Journal, data: Path) -> tuple[int, tuple[Difference, ...]]:
    """Give how many files are as the journal says, and what is not.

    Parameters
    ----------
    journal
        Whose entries.
    data
        The workspace's `data`.
    """
    parts = (_prices(journal, data / "prices"), _inputs(journal, data / "inputs"), _states(journal, data / "watch"))
    return sum(count for count, _ in parts), tuple(d for _, several in parts for d in several)


def _prices(journal: Journal, folder: Path) -> tuple[int, tuple[Difference, ...]]:
    store = PriceStore(folder, journal)
    broken = store.broken()
    unnamed = store.unnamed()
    last = store.last_number()
    beyond = [path for path in unnamed if path.stem.isdigit() and int(path.stem) > last + 1]
    older = (
        _difference(
            "older journal", path, f"batch {int(path.stem)}, and the journal goes to {last}: it is older than its files"
        )
        for path in beyond
    )
    rest = (_unnamed(path) for path in unnamed if path not in beyond)
    gone = [_gone(error) for error in broken]
    return store.count() - len(gone), (*gone, *older, *rest)


def _inputs(journal: Journal, folder: Path) -> tuple[int, tuple[Difference, ...]]:
    store = InputStore(folder)
    names = {name for e in journal.entries("run") for name in _names(e.body.get("settings"))}
    there = {p.name for p in folder.iterdir() if not p.name.startswith(".")} if folder.is_dir() else set()
    gone = []
    for name in each(sorted(names | there), "checking inputs"):
        try:
            store.find(name)
        except StorageError as error:
            gone.append(_gone(error))
    rest = [_unnamed(folder / name) for name in sorted(there - names)]
    return len(names | there) - len(gone), (*gone, *rest)


def _states(journal: Journal, folder: Path) -> tuple[int, tuple[Difference, ...]]:
    """Look at what watches go on from: the newest entry of each must have its state."""
    newest: dict[str, str] = {}
    for entry in journal.entries("watch"):
        kept = entry.body.get("kept")
        if isinstance(kept, str):
            newest[f"{entry.subject}\n{entry.body['source']}"] = kept
    store = StateStore(folder)
    lost = [whose for whose, name in newest.items() if store.find(whose, name) is None]
    notices = tuple(
        Difference(
            what="gone", where=f"{folder.name}, {whose.partition(chr(10))[0]}", is_fault=False,
            detail="what its watch would go on from is gone or changed: it begins anew",
        )
        for whose in lost
    )  # fmt: skip
    return len(newest) - len(lost), notices


def _names(value: Json) -> Iterator[str]:
    """Give the names of kept files in the settings of a run."""
    if isinstance(value, str) and _KEPT_NAME.fullmatch(value):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner)


def _gone(error: StorageError) -> Difference:
    return Difference(what="gone", where=error.expected, detail=error.found, is_fault=True)


def _unnamed(path: Path) -> Difference:
    return Difference(
        what="unnamed", where=str(path), is_fault=False,
        detail="no entry names it: left by a command that was cut off, or put there, or the journal is older",
    )  # fmt: skip


def _difference(what: What, path: Path, detail: str) -> Difference:
    return Difference(what=what, where=str(path), detail=detail, is_fault=True)
