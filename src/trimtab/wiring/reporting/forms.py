"""A report as a file: what its name ends in says which form."""

# ruff: noqa: PLC0415 - what draws and sets type is an extra, loaded when it is asked for
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from trimtab.errors import MissingExtraError, StorageError, UsageError
from trimtab.report.documents.composed.report import ReportDocument
from trimtab.report.shape.write import dumps
from trimtab.wiring.shown.places import refuse_place

__all__ = ["ENDINGS", "refuse_form", "report_bytes", "write_form"]

#: What a report's file may end in.
ENDINGS = (".html", ".pdf", ".xlsx", ".md", ".json")


#: What a form needs beyond the program itself.
_NEEDS = {".html": ("altair", "vl_convert"), ".pdf": ("altair", "vl_convert", "typst"),
          ".xlsx": ("altair", "xlsxwriter")}  # fmt: skip


def refuse_form(path: str | Path) -> None:
    """Refuse a file that could not be written, before anything is measured and written down.

    Raises
    ------
    UsageError
        If its name ends in something else than the forms there are.
    StorageError
        If its folder does not exist or takes no files, or it is a folder itself.
    MissingExtraError
        If the form needs an extra that is not installed.
    """
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        raise UsageError(
            expected=f"a file for the report (--out) that ends in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}",
            found=repr(str(path)),
            try_next="name it for example report.html",
        )
    refuse_place(path)
    for package in _NEEDS.get(ending, ()):
        try:
            import_module(package)
        except ImportError as error:
            raise _missing(package, ending) from error


def _missing(package: str, ending: str) -> MissingExtraError:
    return MissingExtraError(
        expected=f"the package {package}, for a report as {ending}",
        found="not installed",
        try_next="install the extra: pip install 'trimtab[report]'; .md and .json need none",
    )


def report_bytes(document: ReportDocument, ending: str) -> bytes:
    """Write a report in a form.

    Parameters
    ----------
    document
        The report.
    ending
        One of `ENDINGS`.

    Raises
    ------
    MissingExtraError
        If the form needs an extra that is not installed.
    """
    write: dict[str, Callable[[ReportDocument], bytes]] = {
        ".html": _html,
        ".pdf": _pdf,
        ".xlsx": _xlsx,
        ".md": _markdown,
        ".json": lambda d: (dumps(d) + "\n").encode(),
    }
    try:
        return write[ending](document)
    except ImportError as error:
        raise _missing(error.name or "altair", ending) from error


def write_form(document: ReportDocument, path: str | Path) -> None:
    """Write a report as a file: whole, or not at all.

    Raises
    ------
    UsageError
        If the file's name does not say the form.
    StorageError
        If it cannot be written.
    MissingExtraError
        If the form needs an extra that is not installed.
    """
    refuse_form(path)
    target = Path(path)
    content = report_bytes(document, target.suffix.lower())
    half = target.with_name(f".{target.name}.new")
    try:
        half.write_bytes(content)
        half.replace(target)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise StorageError(
            expected=f"to write {path}", found=str(error.strerror or error), try_next="choose another path"
        ) from error


def _html(document: ReportDocument) -> bytes:
    from trimtab.report.pages.html import html_page
    from trimtab.report.pages.story import story_of

    return html_page(story_of(document, pictured=True)).encode()


def _pdf(document: ReportDocument) -> bytes:
    from trimtab.report.pages.story import story_of
    from trimtab.report.pages.typeset import pdf_print

    return pdf_print(story_of(document, pictured=True))


def _xlsx(document: ReportDocument) -> bytes:
    from trimtab.report.pages.story import story_of
    from trimtab.report.pages.workbook import workbook_bytes

    return workbook_bytes(story_of(document, pictured=True))


def _markdown(document: ReportDocument) -> bytes:
    from trimtab.report.pages.markdown import markdown_text
    from trimtab.report.pages.story import story_of

    return markdown_text(story_of(document, pictured=False)).encode()
