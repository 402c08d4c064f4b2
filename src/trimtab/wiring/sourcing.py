"""The folders of `[sources]` in which files of a workspace arrive."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from trimtab.desk.books.intake import Imported
from trimtab.feeds.intake.arrivals import ArrivalFolder, Arrivals
from trimtab.wiring.importing import import_files
from trimtab.wiring.workspace import Workspace

__all__ = ["SourceFolders"]


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
                source=folder.label,
            )[0]  # fmt: skip

        return self._arrivals.look(folders, workspace.journal, take)
