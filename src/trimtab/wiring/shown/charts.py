"""Charts of answers, as files: what a name ends in says what is written."""

# ruff: noqa: PLC0415 - Altair and what renders are extras, loaded when a chart is drawn
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.errors import StorageError, UsageError
from trimtab.report.charts.catalogue import charts_of, missing, the_chart
from trimtab.wiring.shown.places import refuse_place

if TYPE_CHECKING:
    from trimtab.report.charts.marks.frame import Picture
    from trimtab.report.shape.write import Document

__all__ = ["refuse_ending", "write_chart"]

_ENDINGS = (".svg", ".png", ".pdf", ".html")


def write_chart(document: "Document", path: str | Path, name: str | None = None) -> tuple[str, ...]:
    """Draw a chart of a document into a file.

    Parameters
    ----------
    document
        What is drawn.
    path
        The file: one chart as .svg, .png or .pdf; all of them as .html.
    name
        Which chart; None is the first.

    Returns
    -------
    What was drawn, and what could not be, in words.

    Raises
    ------
    UsageError
        If the file's name ends in something else.
    StorageError
        If it cannot be written.
    MissingExtraError
        If the extra is not installed.
    """
    refuse_ending(path)
    target = Path(path)
    ending = target.suffix.lower()
    content, words = _page(document) if ending == ".html" and name is None else _one(document, name, ending)
    try:
        target.write_bytes(content)
    except OSError as error:
        raise StorageError(
            expected=f"to write {path}", found=str(error.strerror or error), try_next="choose another path"
        ) from error
    return (f"Drawn: {path}", *words)


def refuse_ending(path: str | Path) -> None:
    """Refuse a file that could not be drawn or written, before anything is measured.

    Raises
    ------
    UsageError
        If it ends in something else than what can be drawn.
    StorageError
        If its folder does not exist or takes no files, or it is a folder itself.
    """
    if Path(path).suffix.lower() not in _ENDINGS:
        raise UsageError(
            expected=f"a file for the chart (--chart) that ends in {', '.join(_ENDINGS[:-1])} or {_ENDINGS[-1]}",
            found=repr(str(path)),
            try_next="name it for example beta.svg",
        )
    refuse_place(path)


def _one(document: "Document", name: str | None, ending: str) -> tuple[bytes, tuple[str, ...]]:
    picture = the_chart(document, name)
    others = [d.name for d in charts_of(document) if d.name != picture.name]
    more = (f"Other charts of this answer, by --chart-name: {', '.join(others)}",) if others and name is None else ()
    return _drawn(picture, ending), more


def _drawn(picture: "Picture", ending: str) -> bytes:
    render: dict[str, Callable[[Picture], bytes]]
    try:
        from trimtab.report.charts.render import page, pdf, png, svg

        render = {
            ".svg": lambda p: svg(p).encode(),
            ".png": png,
            ".pdf": pdf,
            ".html": lambda p: page((p,), p.title).encode(),
        }
        return render[ending](picture)
    except ImportError as error:
        raise missing(error) from error


def _page(document: "Document") -> tuple[bytes, tuple[str, ...]]:
    drawn = charts_of(document)
    from trimtab.report.charts.marks.frame import Picture, Undrawn

    pictures = tuple(d for d in drawn if isinstance(d, Picture))
    left_out = tuple(f"Not drawn: {d.title}: {d.why}" for d in drawn if isinstance(d, Undrawn))
    first = the_chart(document)
    try:
        from trimtab.report.charts.render import page

        return page(pictures, first.title).encode(), left_out
    except ImportError as error:
        raise missing(error) from error
