"""A workspace made: a folder with settings, an empty journal and room for data, and the bundled sample if asked."""

import os
from pathlib import Path

from trimtab import sample as bundled
from trimtab.config.read import FILE_NAME, read_config
from trimtab.config.template import init_workspace
from trimtab.errors import InputError
from trimtab.store.journal import create_journal, has_journal
from trimtab.store.prices import BatchBody
from trimtab.wiring.importing import import_files
from trimtab.wiring.workspace import LOCK, PRICES, Workspace, open_workspace

__all__ = ["create_workspace"]

#: The day of the sample's portfolio: the last with prices.
_SAMPLE_DAY = "2022-12-28"
#: What the settings name unless they, or this variable, name another database.
_JOURNAL, _JOURNAL_VARIABLE = "journal.db", "TRIMTAB_JOURNAL_URL"


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
    return _half_imported(open_workspace(folder))


def _half_imported(workspace: Workspace) -> bool:
    """Tell whether the sample was begun in a workspace and not ended: the portfolio of its last day comes last."""
    journal = workspace.journal
    labels = {e.read_as(BatchBody).get("source", {}).get("label") for e in journal.entries("prices")}
    if not labels:
        # Nothing was ever written down; but an empty workspace of somebody's own is not for the sample.
        return journal.head().seq == 0 and workspace.config.workspace.name == "Sample"
    newest = journal.entries("holdings", newest=True, limit=1)
    ended = bool(newest) and (newest[0].valid or "")[:10] >= _SAMPLE_DAY
    return labels == {"bundled sample"} and not ended


def _prepare(folder: Path) -> None:
    if not os.environ.get(_JOURNAL_VARIABLE):
        _make_journal(folder, str(folder / _JOURNAL))


def _make_journal(folder: Path, url: str) -> None:
    """Make the journal of a workspace where there is none."""
    if has_journal(url):
        return
    if any((folder / "data" / PRICES).glob("*.parquet")):
        raise InputError(
            expected="no prices in a workspace whose journal is to be made",
            found=f"some in {folder / 'data' / PRICES}, which another journal names",
            try_next="set [journal] url to that journal, or take it over from a backup: "
            "trimtab restore ARCHIVE DIR --journal URL",
        )
    create_journal(url, lock=folder / LOCK).close()


def _import_sample(workspace: Workspace) -> None:
    for sources, day in (
        ([bundled.prices_path(), bundled.futures_path()], None),
        *(([bundled.year_path(name)], day) for name, day in bundled.YEAR_HOLDINGS.items()),
        ([bundled.year_path(name) for name in ("trades", "dividends", "settlements")], None),
        ([bundled.portfolio_path()], _SAMPLE_DAY),
    ):
        done = import_files(sources, workspace=workspace, as_of=day, source="bundled sample", accept=True)
        failed = next((d.error for d in done if d.error is not None), None)
        if failed is not None:
            raise failed
