"""A report as a file: what its name ends in says which form."""

# ruff: noqa: PLC0415 - what draws and sets type is an extra, loaded when it is asked for
from collections.abc import Callable
from pathlib import Path

from trimtab.errors import MissingExtraError, StorageError, UsageError
from trimtab.report.documents.composed.report import ReportDocument
from trimtab.report.shape.write import dumps

__all__ = ["ENDINGS", "refuse_form", "report_bytes", "write_form"]

#: What a report's file may end in.
ENDINGS = (".html", ".pdf", ".xlsx", ".md", ".json")


def refuse_form(path: str | Path) -> None:
    """Refuse a name that does not say the form, before anything is measured.

    Raises
    ------
    UsageError
        If it ends in something else than the forms there are.
    """
    if Path(path).suffix.lower() not in ENDINGS:
        raise UsageError(
            expected=f"a file for the report (--out) that ends in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}",
            found=repr(str(path)),
            try_next="name it for example report.html",
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
        raise MissingExtraError(
            expected=f"the package {error.name or 'altair'}, for a report as {ending}",
            found="not installed",
            try_next="install the extra: pip install 'trimtab[report]'; .md and .json need none",
        ) from error


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
