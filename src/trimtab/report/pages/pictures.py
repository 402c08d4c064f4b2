"""Which charts a report shows; none where the form has none."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trimtab.report.charts.catalogue import charts_of
from trimtab.report.shape.write import Document

if TYPE_CHECKING:
    from trimtab.report.charts.marks.frame import Drawn

__all__ = ["Pictures"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """Charts of a report's documents, or none.

    Parameters
    ----------
    wanted
        False gives none, and asks for no package that draws.
    """

    wanted: bool

    def of(self, document: Document, *names: str) -> "tuple[Drawn, ...]":
        """Give a document's charts, those that are named or all; what cannot be drawn says why in its place.

        Raises
        ------
        MissingExtraError
            If what draws is not installed.
        """
        if not self.wanted:
            return ()
        drawn = {one.name: one for one in charts_of(document)}
        return tuple(drawn[name] for name in names or drawn if name in drawn)
