"""A report as a workbook: typed cells with their number formats, units above, and the data of its charts.

Text is written as text: a name that begins with = is a name and no formula. A number that is not known is a dash.
"""

import datetime as dt
import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import xlsxwriter

from trimtab.report.pages.parts import Cell, Section, Story, Table

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from trimtab.report.charts.marks.frame import Picture, Row

__all__ = ["workbook_bytes"]

#: Letters of the widest column, and of a sentence before it wraps.
_WIDEST, _SENTENCE = 46, 100
_DATA = "Chart data"


def workbook_bytes(story: Story) -> bytes:
    """Write a report as a workbook: the first page, a sheet for each section, and what the charts draw."""
    kept = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
               "nan_inf_to_errors": False}  # fmt: skip
    with xlsxwriter.Workbook(kept, options) as book:
        year, month, day = (int(part) for part in story.day.split("-"))
        book.set_properties(
            {"title": f"{story.title}, {story.subtitle}", "author": "trimtab",
             "created": dt.datetime(year, month, day, tzinfo=dt.UTC).replace(tzinfo=None)}
        )  # fmt: skip
        styles = _Styles(book)
        _front(book, styles, story)
        for section in story.sections:
            _section(book, styles, section)
        _chart_data(book, styles, story)
    return kept.getvalue()


class _Styles:
    """Formats of a workbook, each made once."""

    def __init__(self, book: "Workbook") -> None:
        self._book = book
        self._kept: dict[tuple[tuple[str, str | int | bool], ...], Format] = {}

    def __call__(self, **wanted: str | int | bool) -> "Format":
        key = tuple(sorted(wanted.items()))
        if key not in self._kept:
            self._kept[key] = self._book.add_format(dict(wanted))
        return self._kept[key]

    @property
    def title(self) -> "Format":
        return self(bold=True, font_size=14)

    @property
    def heading(self) -> "Format":
        return self(bold=True, font_size=11)

    @property
    def words(self) -> "Format":
        return self(text_wrap=True, valign="top")

    @property
    def muted(self) -> "Format":
        return self(text_wrap=True, valign="top", font_color="#55606E")

    @property
    def head(self) -> "Format":
        return self(bold=True, text_wrap=True, valign="bottom", bottom=1, bg_color="#E9EEF4")


def _front(book: "Workbook", styles: _Styles, story: Story) -> None:
    sheet = book.add_worksheet("Summary")
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, 1, 22)
    sheet.set_column(2, 2, 60)
    front = story.front
    row = 0
    for text, style in (
        (story.title, styles.title),
        (story.subtitle, styles.muted),
        (f"{front.beta} {front.error}  {front.verdict.upper()}, {front.sure}", styles.heading),
    ):
        sheet.write_string(row, 0, text, style)
        row += 1
    row += 1
    for name, cell in front.figures:
        sheet.write_string(row, 0, name)
        _write(sheet, styles, row, 1, cell)
        row += 1
    row += 1
    sheet.merge_range(row, 0, row, 2, "")
    sheet.write_string(row, 0, front.sentence, styles.words)
    sheet.set_row(row, 32)
    row += 2
    for fact in front.answers:
        sheet.write_string(row, 0, fact.label, styles.heading)
        row += 1
        row = _sentences(sheet, styles, row, fact.sentences)
        row += 1
    sheet.freeze_panes(2, 0)
    _paper(sheet)


def _sentences(sheet: "Worksheet", styles: _Styles, row: int, sentences: Sequence[str]) -> int:
    for sentence in sentences:
        sheet.merge_range(row, 0, row, 2, "")
        sheet.write_string(row, 0, sentence, styles.words)
        sheet.set_row(row, 15 * (1 + len(sentence) // _SENTENCE))
        row += 1
    return row


def _section(book: "Workbook", styles: _Styles, section: Section) -> None:
    """Write a section: its main table first, so that its head stays in sight; sentences and notes below all tables."""
    sheet = book.add_worksheet(section.title[:31])
    sheet.write_string(0, 0, section.title, styles.title)
    row = 2
    widths: dict[int, int] = {}
    for number, table in enumerate(section.tables):
        if number == 0:
            sheet.freeze_panes(row + 2, 1)
        row = _table(sheet, styles, row, table, widths)
    for text in (*section.lead, *dict.fromkeys(section.notes)):
        sheet.write_string(row, 0, text)
        row += 1
    for column, width in widths.items():
        sheet.set_column(column, column, width)
    _paper(sheet)


def _table(sheet: "Worksheet", styles: _Styles, row: int, table: Table, widths: dict[int, int]) -> int:
    sheet.write_string(row, 0, table.title, styles.heading)
    for place, column in enumerate(table.columns):
        sheet.write_string(row + 1, place, column.heading, styles.head)
        longest = max((len(cells[place].text) for cells in table.rows), default=0)
        fitting = min(_WIDEST, max(longest, len(column.heading) // 2, 9) + 2)
        widths[place] = max(widths.get(place, 0), fitting)
    for offset, cells in enumerate(table.rows, start=row + 2):
        for place, cell in enumerate(cells):
            _write(sheet, styles, offset, place, cell)
    after = row + 2 + len(table.rows)
    if table.note:
        sheet.write_string(after, 0, table.note, styles(font_color="#55606E", italic=True))
        after += 1
    return after + 1


def _write(sheet: "Worksheet", styles: _Styles, row: int, column: int, cell: Cell) -> None:
    if cell.value is None:
        sheet.write_string(row, column, cell.text)
    else:
        sheet.write_number(row, column, cell.value, styles(num_format=cell.form))


def _chart_data(book: "Workbook", styles: _Styles, story: Story) -> None:
    """Write what each chart draws, one below the other."""
    from trimtab.report.charts.marks.frame import Picture  # noqa: PLC0415 - Altair is an extra

    drawn = [story.front.picture, *(one for section in story.sections for one in section.pictures)]
    pictures = [one for one in drawn if isinstance(one, Picture)]
    if not pictures:
        return
    sheet = book.add_worksheet(_DATA)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 12, 14)
    row = 0
    for picture in pictures:
        sheet.write_string(row, 0, picture.title, styles.heading)
        sheet.write_string(row + 1, 0, picture.finding, styles(font_color="#55606E"))
        row += 2
        for rows in _series(picture):
            row = _rows(sheet, styles, row, rows)
        row += 1


def _series(picture: "Picture") -> "Iterator[Sequence[Row]]":
    """Give the rows behind each mark of a chart, each set once."""
    from trimtab.report.charts.marks.ink import LIGHT  # noqa: PLC0415 - Altair is an extra

    drawn = picture.draw(LIGHT).to_dict(validate=False)
    inline = [(layer.get("data") or {}).get("values") for layer in (drawn, *drawn.get("layer", ()))]
    seen: list[Sequence[Row]] = []
    for rows in (*drawn.get("datasets", {}).values(), *inline):
        if rows and rows not in seen:
            seen.append(rows)
            yield rows


def _rows(sheet: "Worksheet", styles: _Styles, row: int, rows: "Sequence[Row]") -> int:
    names = list(dict.fromkeys(name for one in rows for name in one))
    for place, name in enumerate(names):
        sheet.write_string(row, place, name, styles.head)
    for offset, one in enumerate(rows, start=row + 1):
        for place, name in enumerate(names):
            value = one.get(name)
            if isinstance(value, bool) or value is None or isinstance(value, str):
                sheet.write_string(offset, place, "" if value is None else str(value))
            elif isinstance(value, int | float):
                sheet.write_number(offset, place, value)
    return row + 1 + len(rows) + 1


def _paper(sheet: "Worksheet") -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
