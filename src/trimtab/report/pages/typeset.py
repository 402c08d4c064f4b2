"""A report as a print: PDF by typst, tagged for screen readers (PDF/UA-1), the same bytes for the same report."""

import json
from functools import partial
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

import typst

from trimtab.model.json import Json, JsonObject
from trimtab.report.pages.parts import Cell, Column, Front, Section, Story, Table

if TYPE_CHECKING:
    from trimtab.report.charts.marks.frame import Drawn

__all__ = ["page_images", "pdf_print"]

#: Letters of a word after which it may be broken, so that no name is cut.
_BREAK = 14
#: Letters from which a column of words takes what is left of the page.
_LONG = 40
#: From here on a letter may be in no font that is shipped: East Asian scripts, pictures.
_FAR = 0x2E80
_STANDARD = "ua-1"


def pdf_print(story: Story) -> bytes:
    """Write a report as a PDF.

    Latin, Greek, Cyrillic, Hebrew and Arabic letters are set in the font that is shipped. Others (Chinese, Japanese)
    need a font of the machine; where it has none, a letter stands as its number in brackets, and a note says so.
    """
    with as_file(files("trimtab.report.pages")) as folder:
        source = (folder / "report.typ").read_bytes()
        compiled = partial(
            typst.compile, source, format="pdf", font_paths=[str(folder / "fonts")], pdf_standards=_STANDARD,
            timestamp=0,
        )  # fmt: skip
        try:
            return _bytes(compiled(ignore_system_fonts=True, sys_inputs=_inputs(story, numbered=False)))
        except typst.TypstError as error:
            if "displayed" not in str(error):
                raise
        try:
            return _bytes(compiled(ignore_system_fonts=False, sys_inputs=_inputs(story, numbered=False)))
        except typst.TypstError as error:
            if "displayed" not in str(error):
                raise
        return _bytes(compiled(ignore_system_fonts=True, sys_inputs=_inputs(story, numbered=True)))


def page_images(story: Story, dots_per_inch: float) -> list[bytes]:
    """Draw the pages of the PDF as PNG: what the documentation shows."""
    with as_file(files("trimtab.report.pages")) as folder:
        compiled = partial(
            typst.compile, (folder / "report.typ").read_bytes(), format="png", ppi=dots_per_inch,
            font_paths=[str(folder / "fonts")], ignore_system_fonts=True,
        )  # fmt: skip
        drawn: bytes | list[bytes] | None = compiled(sys_inputs=_inputs(story, numbered=True))
    return drawn if isinstance(drawn, list) else [_bytes(drawn)]


def _bytes(written: bytes | list[bytes] | None) -> bytes:
    assert isinstance(written, bytes)  # noqa: S101 - a PDF without a file to go to is bytes
    return written


def _inputs(story: Story, *, numbered: bool) -> dict[str, str]:
    words = _Words(numbered=numbered)
    year, month, day = (int(part) for part in story.day.split("-"))
    whole: JsonObject = {
        "title": words(f"{story.title}, {story.subtitle}"), "heading": words(story.title),
        "subtitle": words(story.subtitle), "year": year, "month": month, "day": day,
        "front": _front(story.front, words),
        "sections": [_section(s, _Words(numbered=numbered)) for s in story.sections],
    }  # fmt: skip
    return {"story": json.dumps(whole, ensure_ascii=False)}


class _Words:
    """Words as they can be set: long ones may be broken, and letters without a font stand as numbers if need be."""

    def __init__(self, *, numbered: bool) -> None:
        self._numbered = numbered
        self._has_numbers = False

    def __call__(self, words: str) -> str:
        return " ".join(_breakable(word) for word in self.letters(words).split(" "))

    def letters(self, words: str) -> str:
        """Give words in letters that can be set."""
        if not self._numbered:
            return words
        numbered = "".join(f"[U+{ord(c):04X}]" if ord(c) >= _FAR else c for c in words)
        self._has_numbers = self._has_numbers or numbered != words
        return numbered

    def notes(self, notes: tuple[str, ...]) -> list[Json]:
        """Give notes, and say what numbers in brackets are where any stand in words given so far."""
        given: list[Json] = [self(note) for note in dict.fromkeys(notes)]
        more = ["[U+4E2D] is the number of a letter that no font of this machine has."] if self._has_numbers else []
        return [*given, *more]


def _breakable(word: str) -> str:
    if len(word) <= _BREAK:
        return word
    return "\u200b".join(word[k : k + _BREAK] for k in range(0, len(word), _BREAK))


def _front(front: Front, words: _Words) -> JsonObject:
    return {
        "beta": front.beta, "error": front.error, "verdict": front.verdict, "sure": front.sure,
        "sentence": words(front.sentence),
        "figures": [[words(name), cell.text] for name, cell in front.figures],
        "answers": [{"label": a.label, "sentences": [words(s) for s in a.sentences]} for a in front.answers],
        "picture": None if front.picture is None else _picture(front.picture, words),
    }  # fmt: skip


def _section(section: Section, words: _Words) -> JsonObject:
    from trimtab.report.charts.marks.frame import Picture  # noqa: PLC0415 - Altair is an extra

    undrawn = tuple(f"Not drawn: {one.title}: {one.why}." for one in section.pictures if not isinstance(one, Picture))
    return {
        "title": section.title, "lead": [words(sentence) for sentence in section.lead],
        "pictures": [_picture(one, words) for one in section.pictures if isinstance(one, Picture)],
        "tables": [_table(table, words) for table in section.tables],
        "notes": words.notes((*section.notes, *undrawn)),
    }  # fmt: skip


def _picture(drawn: "Drawn", words: _Words) -> JsonObject | None:
    from trimtab.report.charts.marks.frame import Picture  # noqa: PLC0415 - Altair is an extra
    from trimtab.report.charts.render import svg_for_print  # noqa: PLC0415

    if not isinstance(drawn, Picture):
        return None
    svg = svg_for_print(drawn, words.letters)
    return {"title": words(drawn.title), "finding": words(drawn.finding), "svg": svg}


def _table(table: Table, words: _Words) -> JsonObject:
    return {
        "title": words(table.title), "note": words(table.page_note),
        "columns": [_column(column, k, table) for k, column in enumerate(table.columns)],
        "rows": [[_cell(cell, column, words) for cell, column in zip(row, table.columns, strict=True)]
                 for row in table.on_page],
    }  # fmt: skip


def _column(column: Column, place: int, table: Table) -> JsonObject:
    longest = max((len(row[place].text) for row in table.on_page), default=0)
    return {"heading": column.heading, "number": column.is_number, "wide": not column.is_number and longest > _LONG}


def _cell(cell: Cell, column: Column, words: _Words) -> str:
    return cell.text if column.is_number else words(cell.text)
