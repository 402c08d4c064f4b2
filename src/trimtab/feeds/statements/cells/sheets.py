"""Text into rows of cells with their lines: delimiters, quotes, line breaks in quotes, spaces before commas."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from sys import intern
from typing import TYPE_CHECKING

from trimtab.errors import FileFormatError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Row", "read_rows", "workbook_rows"]

_DELIMITERS = (",", ";", "\t", "|")
#: No quoted cell of a statement is longer; a quote that is never closed would swallow the file.
_LONGEST_CELL = 5_000


@dataclass(frozen=True, slots=True)
class Row:
    """A row of cells, and the line it begins on."""

    line: int
    cells: tuple[str, ...]

    @property
    def is_blank(self) -> bool:
        """Whether it holds nothing."""
        return not any(self.cells)

    @property
    def first(self) -> str:
        """Its first cell that holds something; empty if none does."""
        cells = self.cells
        return cells[0] if cells and cells[0] else next((c for c in cells if c), "")

    @property
    def filled(self) -> tuple[str, ...]:
        """Its cells that hold something."""
        return tuple(filter(None, self.cells))


def read_rows(text: str, *, name: str, delimiter: str | None = None) -> tuple[list[Row], str]:
    r"""Take delimited text apart.

    Parameters
    ----------
    text
        The file.
    name
        For messages.
    delimiter
        Sign between fields; None to find out among comma, semicolon, tab and bar.

    Raises
    ------
    FileFormatError
        If a quote is opened and never closed.

    Examples
    --------
    >>> rows, sign = read_rows('a;b\n1,5;"x\ny"\n2;z\n', name="p.csv")
    >>> [(row.line, row.cells) for row in rows], sign
    ([(1, ('a', 'b')), (2, ('1,5', 'x\ny')), (4, ('2', 'z'))], ';')
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    sign = delimiter or _find_delimiter(plain)
    return list(_split(plain, sign, name)), sign


def _split(text: str, sign: str, name: str) -> Iterator[Row]:
    # A space before or behind a quote is no part of the cell: "a" ,"b".
    reader = csv.reader(_tidied(text, sign), delimiter=sign, skipinitialspace=True)
    before = 0
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num
            # Most cells of a long file say what another said: they are one text, and found again by being it.
            yield Row(line, tuple(map(intern, map(str.strip, cells))))
            if before > line and any(len(cell) > _LONGEST_CELL and "\n" in cell for cell in cells):
                raise _open_quote(f"a quote that is opened in line {line} and not closed", name)
    except csv.Error as error:
        raise _open_quote(str(error), name) from None


def _open_quote(what: str, name: str) -> FileFormatError:
    return FileFormatError(
        expected="rows of cells with each quote closed",
        found=f"{what}, in {name}",
        try_next="close the quote, or take it out",
    )


def _tidied(text: str, sign: str) -> Iterator[str]:
    spaced = f'" {sign}' in text
    for line in io.StringIO(text):
        yield line.replace(f'" {sign}', f'"{sign}') if spaced else line


def _find_delimiter(text: str) -> str:
    """Choose the sign that parts the most lines into the same number of fields, more than one."""
    head = text[:100_000]
    best, chosen = -1.0, ","
    for sign in _DELIMITERS:
        if sign not in head:
            continue
        try:
            widths = [len(r) for r in csv.reader(io.StringIO(head), delimiter=sign, skipinitialspace=True) if any(r)]
        except csv.Error:
            continue
        if not widths:
            continue
        wide = Counter(w for w in widths if w > 1)
        if not wide:
            continue
        # A few tables of different width are usual; a sign of prose gives every line another width.
        steady = sum(n for w, n in wide.items() if n > 1 or len(wide) <= 2)
        score = steady / len(widths) + 0.01 * max(wide)
        if score > best:
            best, chosen = score, sign
    return chosen


def workbook_rows(data: bytes, *, name: str) -> list[tuple[str, list[Row]]]:
    """Read the sheets of a workbook (.xlsx, .xls, .ods) as rows of texts.

    Returns
    -------
    (name of the sheet, its rows) of every sheet that holds anything

    Raises
    ------
    FileFormatError
        If it cannot be read.
    """
    import polars as pl  # noqa: PLC0415
    from polars.exceptions import PolarsError  # noqa: PLC0415

    try:
        sheets = pl.read_excel(
            io.BytesIO(data), sheet_id=0, engine="calamine", has_header=False, raise_if_empty=False,
            infer_schema_length=0, read_options={"dtypes": "string"},
        )  # fmt: skip
    except ImportError as error:
        raise FileFormatError(
            expected="a statement as text", found=f"a workbook: {name}", try_next="install fastexcel, or save it as CSV"
        ) from error
    except (PolarsError, ValueError, TypeError, RuntimeError, OSError) as error:
        raise _no_workbook(name, error) from error
    except Exception as error:
        # The reader of workbooks has errors of its own that share no base with the library's.
        if type(error).__module__.split(".")[0] in {"fastexcel", "_fastexcel", "builtins"}:
            raise _no_workbook(name, error) from error
        raise
    return [(title, _frame_rows(frame)) for title, frame in sheets.items() if frame.height]


def _no_workbook(name: str, error: Exception) -> FileFormatError:
    return FileFormatError(
        expected="a workbook that can be read",
        found=f"{name}: {str(error)[:120]}",
        try_next="open it and save it as XLSX or CSV",
    )


def _frame_rows(frame: "pl.DataFrame") -> list[Row]:
    rows = frame.rows()
    return [Row(i, tuple("" if c is None else str(c).strip() for c in cells)) for i, cells in enumerate(rows, start=1)]
