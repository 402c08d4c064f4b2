"""A workspace opened: its settings, its journal, its prices, and the files its runs depend on."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trimtab.config.config import Config
from trimtab.config.find import find_workspace
from trimtab.config.read import FILE_NAME, read_config
from trimtab.config.template import init_workspace
from trimtab.desk.books.journal import Journal
from trimtab.errors import InputError
from trimtab.store.inputs import InputStore
from trimtab.store.journal import create_journal, has_journal, open_journal
from trimtab.store.prices import PriceStore

__all__ = ["Workspace", "create_workspace", "open_workspace"]

#: Under `data/`: price batches, and kept copies of the files that runs depend on.
_PRICES, _INPUTS = "prices", "inputs"
_LOCK = ".trimtab.lock"
#: The day of the sample's portfolio: the last with prices.
_SAMPLE_DAY = "2022-12-28"
#: What the settings name unless they, or this variable, name another database.
_JOURNAL, _JOURNAL_VARIABLE = "journal.db", "TRIMTAB_JOURNAL_URL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """A workspace opened.

    Parameters
    ----------
    folder
        Where it lies.
    config
        Its settings.
    journal
        What was written down.
    prices
        What prices are known, and were known when.
    inputs
        Copies of files that runs depend on.
    """

    folder: Path
    config: Config
    journal: Journal
    prices: PriceStore
    inputs: InputStore


def open_workspace(folder: Path | str | None = None, *, overrides: Mapping[str, Any] | None = None) -> Workspace:
    """Open a workspace.

    Parameters
    ----------
    folder
        Where it lies; None takes TRIMTAB_WORKSPACE, else the nearest parent folder with a trimtab.toml.
    overrides
        Settings that the command line gives, by dotted path.

    Raises
    ------
    InputError
        If there is none, or its settings have mistakes (all of them are named).
    StorageError
        If its journal or data cannot be used.
    """
    place = find_workspace(None if folder is None else Path(folder))
    config = read_config(place, overrides=overrides or {})
    journal = open_journal(config.journal_url(), lock=place / _LOCK)
    data = place / "data"
    return Workspace(
        folder=place,
        config=config,
        journal=journal,
        prices=PriceStore(data / _PRICES, journal),
        inputs=InputStore(data / _INPUTS),
    )


def create_workspace(
    folder: Path | str, *, sample: bool = False, benchmark: str | None = None, base: str = "USD"
) -> Workspace:
    """Make a workspace: a folder with settings, an empty journal and room for data.

    One that was left half made is made whole, and so is one whose settings name a database without a journal: the
    journal is made there.

    Parameters
    ----------
    folder
        Where; it may exist, but holds no whole workspace yet.
    sample
        Set it up for the bundled sample, and import that.
    benchmark
        Symbol of the benchmark that the settings start with.
    base
        Base currency.

    Raises
    ------
    InputError
        If there is a workspace already.
    StorageError
        If the folder cannot be written.
    """
    place = Path(folder).expanduser().absolute()
    if not _half_made(place, sample=sample):
        # The journal comes before trimtab.toml, so that a folder is either a whole workspace or none.
        init_workspace(place, sample=sample, benchmark=benchmark, base=base, prepare=_prepare)
    _make_journal(place, read_config(place).journal_url())
    opened = open_workspace(place)
    if sample:
        _import_sample(opened)
    return opened


def _half_made(folder: Path, *, sample: bool) -> bool:
    """Tell whether a workspace is to be completed.

    Its settings are there, but not the journal that they name: it was moved to a server, or `init` was killed. Or the
    sample was not imported to its end.
    """
    if not (folder / FILE_NAME).is_file():
        return False
    try:
        config = read_config(folder)
    except InputError:
        return False  # for whoever wrote the settings to mend
    if not has_journal(config.journal_url()):
        return True
    if not sample:
        return False
    journal = open_workspace(folder).journal
    labels = {e.body.get("source", {}).get("label") for e in journal.entries("prices")}
    if not labels:
        # Nothing was ever written down; but an empty workspace of somebody's own is not for the sample.
        return journal.head().seq == 0 and config.workspace.name == "Sample"
    return labels == {"bundled sample"} and not journal.entries("holdings", limit=1)


def _prepare(folder: Path) -> None:
    if not os.environ.get(_JOURNAL_VARIABLE):
        _make_journal(folder, str(folder / _JOURNAL))


def _make_journal(folder: Path, url: str) -> None:
    """Make the journal of a workspace where there is none."""
    if has_journal(url):
        return
    if any((folder / "data" / _PRICES).glob("*.parquet")):
        raise InputError(
            expected="no prices in a workspace whose journal is to be made",
            found=f"some in {folder / 'data' / _PRICES}, which another journal names",
            try_next="set [journal] url to that journal, or take it over from a backup: "
            "trimtab restore ARCHIVE DIR --journal URL",
        )
    create_journal(url, lock=folder / _LOCK).close()


def _import_sample(workspace: Workspace) -> None:
    from trimtab import sample  # noqa: PLC0415
    from trimtab.wiring.importing import import_files  # noqa: PLC0415

    for sources, day in (
        ([sample.prices_path(), sample.futures_path()], None),
        ([sample.portfolio_path()], _SAMPLE_DAY),
    ):
        done = import_files(sources, workspace=workspace, as_of=day, source="bundled sample", accept=True)
        failed = next((d.error for d in done if d.error is not None), None)
        if failed is not None:
            raise failed
