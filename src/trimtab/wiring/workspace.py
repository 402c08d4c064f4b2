"""A workspace opened: its settings, its journal, its prices, and the files its runs depend on."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from trimtab.config.config import Config
from trimtab.config.find import find_workspace
from trimtab.config.read import read_config
from trimtab.config.toml import Override
from trimtab.desk.answers.reading import Reader
from trimtab.desk.books.journal import Journal
from trimtab.desk.books.renamed import RenamedJournal
from trimtab.model.names.aliases import Alias, Aliases
from trimtab.store.beside.inputs import InputStore
from trimtab.store.journal import open_journal
from trimtab.store.prices import PriceStore
from trimtab.wiring.files import READER

__all__ = ["LOCK", "PRICES", "STATES", "Workspace", "aliases_of", "open_workspace"]

#: Under `data/`: price batches, kept copies of the files that runs depend on, and what watches go on from.
PRICES, _INPUTS, STATES = "prices", "inputs", "watch"
LOCK = ".trimtab.lock"


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
    reader
        Opens files, and rows that were kept.
    """

    folder: Path
    config: Config
    journal: Journal
    prices: PriceStore
    inputs: InputStore
    reader: Reader = field(default=READER, repr=False)


def open_workspace(folder: Path | str | None = None, *, overrides: Mapping[str, Override] | None = None) -> Workspace:
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
    kept: Journal = open_journal(config.journal_url(), lock=place / LOCK)
    journal = RenamedJournal(journal=kept, aliases=aliases_of(config))
    data = place / "data"
    return Workspace(
        folder=place,
        config=config,
        journal=journal,
        prices=PriceStore(data / PRICES, kept),
        inputs=InputStore(data / _INPUTS),
    )


def aliases_of(config: Config) -> Aliases:
    """Give the other names that the settings say."""
    return Aliases(
        tuple(
            Alias(
                name=alias.name or key, symbol=alias.symbol, first=alias.valid_from or dt.date.min,
                last=alias.valid_until or dt.date.max,
            )
            for key, alias in config.aliases.items()
        )
    )  # fmt: skip
