"""What a report is made of, whatever it is written as: sections of sentences, tables and charts.

A cell holds the text that every form shows, and the number behind it with a number format for a workbook; no form works
out a number or rounds one anew.
"""

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, TypeAlias

from trimtab.report import words

if TYPE_CHECKING:
    from trimtab.report.charts.marks.frame import Drawn

__all__ = [
    "Cell", "Column", "Fact", "Front", "Row", "Section", "Story", "Table", "change", "error_bar", "figure", "limit",
    "money", "share", "signed", "text", "whole",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell.

    Parameters
    ----------
    text
        As it is printed.
    value
        The number behind it; None where it is words, or not known.
    form
        Number format of a workbook, under which the number prints as the text does.
    """

    text: str
    value: float | None = None
    form: str = "General"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: what stands above it, and its unit; `is_number` aligns it to the right."""

    name: str
    unit: str = ""
    is_number: bool = True

    @property
    def heading(self) -> str:
        """Name and unit."""
        return f"{self.name}, {self.unit}" if self.unit else self.name


Row: TypeAlias = tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: the first cell of a row says what the row is.

    Parameters
    ----------
    title, columns, rows
        What it holds.
    note
        How it is to be read.
    most
        Rows that a page shows; a workbook has all. None: a page has all too.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""
    most: int | None = None

    @property
    def on_page(self) -> tuple[Row, ...]:
        """The rows that a page shows."""
        return self.rows if self.most is None else self.rows[: self.most]

    @property
    def page_note(self) -> str:
        """How it is to be read on a page: what is left out there, and where it is."""
        more = len(self.rows) - len(self.on_page)
        if not more:
            return self.note
        return (
            f"{more:,} more rows are in the workbook (--out report.xlsx) and the document (.json). {self.note}".strip()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section.

    Parameters
    ----------
    key, title
        Its name in links and sheets, and above it.
    lead
        What it says, in sentences.
    tables, pictures, notes
        What shows it, and what should be known with it.
    """

    key: str
    title: str
    lead: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    pictures: "tuple[Drawn, ...]" = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A question a committee asks, answered in a sentence or two."""

    label: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The first page.

    Parameters
    ----------
    beta, error
        As printed; words where it is not known.
    verdict, sure
        The verdict's word, and how probable.
    sentence
        What beta means, in plain words.
    figures
        The few figures beside it.
    answers
        Questions answered.
    picture
        The gauge; None without charts.
    """

    beta: str
    error: str
    verdict: str
    sure: str
    sentence: str
    figures: tuple[tuple[str, Cell], ...]
    answers: tuple[Fact, ...]
    picture: "Drawn | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A report from its first page to its last.

    Parameters
    ----------
    title, subtitle
        Whose, and of when.
    day
        Its last day: what files are dated with.
    front, sections
        What it says.
    """

    title: str
    subtitle: str
    day: str
    front: Front
    sections: tuple[Section, ...]


def text(words_: str | None) -> Cell:
    """Give a cell of words; a dash where there are none."""
    return Cell(text=words_ or "-")


def _known(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None


def figure(value: float | None, digits: int = 3) -> Cell:
    """Give a number with decimals, as `words.number` prints it."""
    return Cell(text=words.number(_known(value), digits), value=_known(value), form=f"0{_decimals(digits)}")


def signed(value: float | None, digits: int = 3) -> Cell:
    """Give a number with its sign."""
    places = _decimals(digits)
    return Cell(text=words.signed(value, digits), value=_known(value), form=f"+0{places};-0{places};+0{places}")


def change(value: float) -> Cell:
    """Give a change of beta as drift tables print it: four decimals, and 0 where there is none to see."""
    if abs(value) < 5e-5:
        return Cell(text="0", value=0.0, form="0")
    return signed(value, 4)


def money(amount: float | None, *, sign: bool = False) -> Cell:
    """Give money without cents, its currency stands above."""
    finite = _known(amount)
    if finite is None:
        return Cell(text="-")
    if sign and not round(finite):
        return Cell(text="0", value=0.0, form="0")
    if sign:
        return Cell(text=f"{finite:+,.0f}", value=finite, form="+#,##0;-#,##0;+0")
    return Cell(text=words.money(finite), value=finite, form="#,##0")


def limit(price: float, currency: str = "") -> Cell:
    """Give a price with the decimals it has, two at least; a currency stands behind it where it is another."""
    whole_part, _, decimals = f"{price:,.8f}".partition(".")
    printed = f"{whole_part}.{decimals.rstrip('0'):0<2}"
    return Cell(text=f"{printed} {currency}".strip(), value=price, form="#,##0.00######")


def share(value: float | None, digits: int = 1, *, sign: bool = False) -> Cell:
    """Give a share as percent."""
    finite = _known(value)
    if finite is None:
        return Cell(text="-")
    form = f"0{_decimals(digits)}%"
    if sign:
        return Cell(text=f"{finite:+.{digits}%}", value=finite, form=f"+{form};-{form};+{form}")
    return Cell(text=f"{finite:.{digits}%}", value=finite, form=form)


def whole(value: float) -> Cell:
    """Give a quantity with as many decimals as it has."""
    return Cell(text=words.quantity(value), value=value, form="#,##0.########" if value % 1 else "#,##0")


def error_bar(value: float | None, stderr: float | None, digits: int = 3) -> str:
    """Write a number with its error, as the terminal does."""
    return f"{words.number(_known(value), digits)} +/- {words.number(_known(stderr), digits)}"


def _decimals(digits: int) -> str:
    return f".{'0' * digits}" if digits else ""
