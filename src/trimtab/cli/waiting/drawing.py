"""The bar itself: one line on a terminal, which looks at what goes on whenever it is drawn."""

from collections.abc import Callable, Iterable
from typing import TextIO

from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from trimtab.progress import Work

__all__ = ["Drawing"]


class Drawing(Progress):
    """A bar.

    Parameters
    ----------
    file
        Where it is drawn.
    last
        Gives the piece of work to show; None leaves the last one.
    """

    def __init__(self, file: TextIO, last: Callable[[], Work | None]) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(24), TextColumn("{task.fields[of]}"))
        super().__init__(
            *columns, TimeElapsedColumn(), console=Console(file=file, markup=False, emoji=False, highlight=False),
            transient=True, redirect_stdout=False, redirect_stderr=False,
        )  # fmt: skip
        self.last = last
        self.task = self.add_task("", total=None, of="")

    def get_renderables(self) -> Iterable[RenderableType]:
        """Look at what goes on, and give the bar of it."""
        work = self.last() if hasattr(self, "task") else None
        if work is not None:
            of = "" if work.total is None else f"{work.done:,} of {work.total:,}"
            self.update(self.task, description=work.what, total=work.total, completed=work.done, of=of)
        yield from super().get_renderables()
