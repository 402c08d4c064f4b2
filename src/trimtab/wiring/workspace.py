"""A workspace opened: its settings, its journal, its prices, and the files its runs depend on."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trimtab.config.config import Config
from trimtab.config.find import find_workspace
from trimtab.config.read import read_config
from trimtab.config.template import init_workspace
from trimtab.desk.journal import Journal
from trimtab.store.inputs import InputStore
from trimtab.store.journal import create_journal, open_journal
from trimtab.store.prices import PriceStore

__all__ = ["Workspace", "create_workspace", "open_workspace"]

#: Under `data/`: price batches, and kept copies of the files that runs depend on.
_PRICES, _INPUTS = "prices", "inputs"
_LOCK = ".trimtab.lock"
#: The day of the sample's portfolio: the last with prices.
_SAMPLE_DAY = "2022-12-28"
#: What the settings name unless they name another database.
_JOURNAL = "journal.db"


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

    Parameters
    ----------
    folder
        Where; it may exist, but holds no workspace yet.
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
    place = Path(folder)
    # The journal comes before trimtab.toml, so that a folder is either a whole workspace or none.
    if not (sample and _half_made(place)):
        init_workspace(place, sample=sample, benchmark=benchmark, base=base, prepare=_prepare)
    opened = open_workspace(place)
    if sample:
        _import_sample(opened)
    return opened


def _half_made(folder: Path) -> bool:
    """Tell whether a sample workspace was killed while its data were imported: then that goes on."""
    if not (folder / "trimtab.toml").is_file() or not (folder / _JOURNAL).is_file():
        return False
    opened = open_workspace(folder)
    labels = {e.body.get("source", {}).get("label") for e in opened.journal.entries("prices")}
    return labels == {"bundled sample"} and not opened.journal.entries("holdings", limit=1)


def _prepare(folder: Path) -> None:
    (folder / "data").mkdir(exist_ok=True)
    if not (folder / _JOURNAL).exists():
        create_journal(folder / _JOURNAL, lock=folder / _LOCK)


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
