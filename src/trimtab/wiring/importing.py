"""Files into a workspace, one after the other: each recognised, compared with what is known, and kept if accepted."""

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from trimtab.config.change import set_setting
from trimtab.desk.books.intake import Imported, Kind, Outcome
from trimtab.errors import DefectError, InputError
from trimtab.feeds.intake.arrivals import ArrivalFolder, Arrivals
from trimtab.feeds.intake.files import Reading, import_into
from trimtab.feeds.intake.statements import header_of
from trimtab.feeds.statements.doorway import Hints
from trimtab.feeds.statements.sweeps import few_sweeps
from trimtab.market.daycount import as_moment
from trimtab.progress import each
from trimtab.wiring.accounts import contracts_of_workspace
from trimtab.wiring.defects import defect
from trimtab.wiring.sources import named_sources
from trimtab.wiring.workspace import Workspace, aliases_of

__all__ = ["SourceFolders", "import_files"]


def import_files(
    sources: Sequence[str | Path | bytes],
    *,
    workspace: Workspace,
    kind: Kind | str | None = None,
    portfolio: str | None = None,
    as_of: dt.date | str | None = None,
    base: str | None = None,
    source: str = "",
    accept: bool = False,
    dry_run: bool = False,
    restate: bool = False,
    progress: Callable[[Path], None] | None = None,
    reading: Reading | None = None,
) -> tuple[Imported, ...]:
    """Import files into a workspace, one after the other.

    Parameters
    ----------
    sources
        Files of prices, holdings, transactions or corporate actions (CSV, also gzip, Parquet, statements); folders of
        them; and bytes, which are what came over standard input.
    workspace
        Where to.
    kind
        What they hold; told from their columns if None.
    portfolio
        Whose holdings or transactions they are; the workspace's default if None.
    as_of
        Day of holdings that do not say it.
    base
        Base currency of holdings; the portfolio's if None.
    source
        Where the files come from, in a word; formats are remembered for each source.
    accept
        Keep files although their format was not seen before, or something is odd.
    dry_run
        Keep nothing.
    restate
        What a file says is right, even where it was corrected since.
    progress
        Called with each file of several before it is read.
    reading
        How files are read that do not say it themselves; None finds out. What it says of columns (``Stück=quantity``)
        is remembered, once a file is kept, in the settings for files with this header.

    Returns
    -------
    what became of each file, in their order
    """
    if kind is not None and kind not in list(Kind):
        raise InputError(
            expected=f"a kind among {', '.join(Kind)}", found=repr(kind), try_next="choose one, or leave it out"
        )
    moment = as_moment(as_of)
    day = None if moment is None else dt.date.fromisoformat(str(moment))
    asked = reading or Reading()
    mapping = asked.hints.mapping
    saved = {name: mapping_kept.columns for name, mapping_kept in workspace.config.mappings.items()}
    hints = replace(asked.hints, aliases=aliases_of(workspace.config), saved=saved)
    how = replace(asked, kind=None if kind is None else Kind(kind), hints=hints)
    contracts = contracts_of_workspace(workspace)

    def taken(path: Path) -> Imported:
        before = workspace.journal.head().seq
        done = import_into(
            path, journal=workspace.journal, prices=workspace.prices, contracts=contracts,
            whose=partial(_whose, workspace, portfolio, base), as_of=day, source=source, accept=accept,
            dry_run=dry_run, restate=restate, how=how,
        )  # fmt: skip
        if isinstance(done.error, DefectError):
            return replace(done, error=_reported(done.error, path, workspace, before))
        if mapping and done.outcome in {Outcome.KEPT, Outcome.NOTHING_NEW}:
            _remember(workspace, path, mapping)
        return done

    imported = []
    with named_sources(sources) as files, few_sweeps():
        for file in each(files, "importing files"):
            if progress is not None and len(files) > 1:
                progress(file.path)
            imported.append(file.failed if file.error is not None else file.named(taken(file.path)))
    return tuple(imported)


def _reported(error: DefectError, path: Path, workspace: Workspace, before: int) -> DefectError:
    """Write a report of how reading a file broke, and say what became of the file."""
    after = workspace.journal.head().seq
    kept = "Nothing of it was kept." if after == before else f"Journal entries {before + 1} to {after} were written."
    return defect(error.__cause__ or error, doing=f"reading {path.name}", kept=kept)


def _remember(workspace: Workspace, path: Path, mapping: str) -> None:
    """Write down what was said of a header, so that the next file with it is read so."""
    header = header_of(path, mapping)
    kept = workspace.config.mappings.get(header)
    if header and (kept is None or kept.columns != mapping):
        set_setting(workspace.config.folder, f"mappings.{header}.columns", json.dumps(mapping, ensure_ascii=False))


def _whose(workspace: Workspace, portfolio: str | None, base: str | None, account: str = "") -> tuple[str, str]:
    """Give the portfolio that is named, else the one whose settings list the account, else the usual one."""
    listed = (name for name, one in workspace.config.portfolios.items() if account and account in one.accounts)
    name = workspace.config.portfolio_name(portfolio or next(listed, None))
    return name, base or workspace.config.base(name)


class SourceFolders:
    """The folders of `[sources]`, looked at again and again.

    Parameters
    ----------
    clock
        Gives the time.
    """

    def __init__(self, clock: Callable[[], dt.datetime]) -> None:
        self._arrivals = Arrivals(clock)

    @property
    def notices(self) -> tuple[str, ...]:
        """Why files wait, and what failed; for the screen."""
        return self._arrivals.notices

    def look(self, workspace: Workspace) -> tuple[str, ...]:
        """Import what is new, and give what was kept, a sentence for each file."""
        sources = {name: s for name, s in workspace.config.sources.items() if s.kind != "quotes"}
        folders = [
            ArrivalFolder(name=name, folder=s.folder, pattern=s.pattern, kind=s.kind, label=s.label or name)
            for name, s in sources.items()
        ]

        def take(path: Path, folder: ArrivalFolder) -> Imported:
            return import_files(
                [path], workspace=workspace, kind=folder.kind, portfolio=sources[folder.name].portfolio,
                source=folder.label, reading=Reading(hints=Hints(mapping=sources[folder.name].mapping or "")),
            )[0]  # fmt: skip

        return self._arrivals.look(folders, workspace.journal, take)
