"""A table that fits: numbers are never cut or broken, words are wrapped, and columns that do not fit go below.

It takes columns and rows as a table of rich does, and is laid out when its width is known: with rules and blanks where
everything fits on one line; with words wrapped; with thin rules; without its bars; without the columns that may be left
out, in the order in which they are named, which is said below; and at last as several tables under one title, each of
which begins with the columns that say what a row is of. A name of more than sixty cells is cut in its middle.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from rich import box
from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.measure import Measurement
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from trimtab.errors import printable

__all__ = ["Screen", "Sheet"]

Cell = str | Text
Justify = Literal["left", "right"]
#: Least width of words: of the first column, and of others.
_KEY, _WORDS = 10, 14
#: A word longer than this is broken.
_LONGEST = 24
#: A name wider than this is cut in the middle.
_LONGEST_NAME = 60


class Screen(Console):
    r"""A console whose own colours are the only ones: what a terminal would obey instead of show is written out.

    Examples
    --------
    >>> Screen(width=40).print("a\x1b[31mb")
    a\x1b[31mb
    """

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Give what is drawn, with every text of it printable."""
        for part in super().render(renderable, options):
            yield part if part.control else Segment(printable(part.text), part.style)


def _printable(cell: Cell) -> Cell:
    """Write out what a terminal would obey, before widths are measured."""
    plain = printable(str(cell))
    if plain == str(cell):
        return cell
    return plain if isinstance(cell, str) else Text(plain, style=cell.style)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """One column, with all its cells."""

    header: str
    justify: Justify
    style: str
    cells: list[Cell] = field(default_factory=list)

    @property
    def natural(self) -> int:
        """Width at which nothing is wrapped."""
        return max(map(_width, (self.header, *self.cells)), default=0)

    def cut(self, most: int) -> "_Column":
        """Give the column with its very long names cut in the middle: both ends tell names apart."""
        if self.justify == "right" or self.natural <= _LONGEST_NAME:
            return self
        return replace(self, cells=[_cut(c, most) for c in self.cells])

    @property
    def is_bar(self) -> bool:
        """Whether it only draws what another column says."""
        drawn = "".join(map(str, self.cells))
        return not self.header.strip() and bool(drawn.strip()) and not any(c.isalnum() for c in drawn)

    def least(self, *, is_key: bool) -> int:
        """Width below which a number would be broken, or words become unreadable."""
        if self.is_bar:
            return self.natural
        heading = max(map(cell_len, self.header.split()), default=0)
        if self.justify == "right":
            return max(heading, max(map(_width, self.cells), default=0))
        longest = max((cell_len(word) for cell in self.cells for word in str(cell).split()), default=0)
        wanted = max(min(longest, _LONGEST), _KEY if is_key else _WORDS)
        return min(self.natural, max(heading, wanted))


class Sheet:
    """A table that fits the width it is shown in.

    Parameters
    ----------
    title
        Above it.
    is_narrow
        Whether it has thin rules from the start.
    keys
        How many columns say what a row is of: each part of a table that must be split begins with them.
    less_needed
        Headers of columns that are left out where not all fit, the first named first.

    Examples
    --------
    >>> sheet = Sheet("Weights")
    >>> sheet.add_column("asset")
    >>> sheet.add_column("weight", justify="right")
    >>> sheet.add_row("AAPL", "12.5%")
    >>> Console(width=40).print(sheet)
    Weights...
    """

    def __init__(
        self, title: str = "", *, is_narrow: bool = False, keys: int = 1, less_needed: Sequence[str] = ()
    ) -> None:
        self.title, self.is_narrow, self._keys = title, is_narrow, keys
        self._less_needed = tuple(less_needed)
        self.caption = ""
        self._columns: list[_Column] = []
        self._styles: list[str | None] = []
        self._sections: set[int] = set()

    @property
    def headers(self) -> tuple[str, ...]:
        """What stands above each column."""
        return tuple(c.header for c in self._columns)

    @property
    def written(self) -> tuple[tuple[str, bool, tuple[str, ...]], ...]:
        """Each column's header, whether it stands to the right, and its cells; bars, which repeat one, are left out."""
        return tuple((c.header, c.justify == "right", tuple(map(str, c.cells))) for c in self._columns if not c.is_bar)

    def add_column(self, header: str, *, justify: Justify = "left", style: str | None = None) -> None:
        """Add a column; numbers stand to the right and are never broken."""
        self._columns.append(_Column(header=printable(header), justify=justify, style=style or ""))

    def add_row(self, *cells: Cell, style: str | None = None) -> None:
        """Add a row with a cell for each column."""
        for column, cell in zip(self._columns, cells, strict=True):
            column.cells.append(_printable(cell))
        self._styles.append(style)

    def add_section(self) -> None:
        """Draw a line under the last row."""
        self._sections.add(len(self._styles) - 1)

    def first(self, count: int | None) -> "Sheet":
        """Keep the first rows, and say under the table how many there are beside; None keeps all.

        Examples
        --------
        >>> sheet = Sheet()
        >>> sheet.add_column("asset")
        >>> for name in ("AAPL", "MSFT", "XOM"):
        ...     sheet.add_row(name)
        >>> Console(width=40).print(sheet.first(2))
        ┏━━━━━━━┓
        ...
        1 row more: --top COUNT, or --full
        """
        more = 0 if count is None else len(self._styles) - count
        if more <= 0:
            return self
        for column in self._columns:
            del column.cells[count:]
        del self._styles[count:]
        left_out = f"{more} row{'s' * (more > 1)} more: --top COUNT, or --full"
        self.caption = f"{self.caption}\n{left_out}".lstrip()
        return self

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement.get(console, options, self._table(self._columns, is_narrow=self.is_narrow))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if self.title:
            yield Text(self.title, style="bold")
        tables = list(self._laid_out(options.max_width))
        shown = {str(column.header) for table in tables for column in table.columns}
        for k, table in enumerate(tables):
            if k:
                yield Text()
            yield table
        if left_out := [name for name in self._less_needed if name in self.headers and name not in shown]:
            yield Text(f"not at this width: {', '.join(left_out)}", style="dim italic")
        if self.caption:
            yield Text(self.caption, style="dim italic")
        if tables[-1].box is box.SIMPLE_HEAD:
            # Thin rules leave nothing that would part this table from what comes next.
            yield Text()

    def _laid_out(self, width: int) -> Iterator[Table]:
        most = max(_LONGEST, min(_LONGEST_NAME, width // 3))
        whole = [c.cut(most) if k < self._keys else c for k, c in enumerate(self._columns)]
        if not self.is_narrow:
            if sum(c.natural for c in whole) + _rules(len(whole), is_narrow=False) <= width:
                yield self._table(whole, is_narrow=False)
                return
            if self._fits(whole, width, is_narrow=False):
                yield self._table(whole, is_narrow=False, width=width)
                return
        plain = [c for c in whole if not c.is_bar]
        for columns in (whole, plain, *self._fewer(plain)):
            if self._fits(columns, width, is_narrow=True):
                yield self._table(columns, is_narrow=True, width=width)
                return
        for group in self._groups(plain, width):
            yield self._table(group, is_narrow=True, width=width)

    def _fewer(self, columns: Sequence[_Column]) -> Iterator[list[_Column]]:
        """Leave out one column more each time, in the order stated."""
        left = list(columns)
        for name in self._less_needed:
            left = [c for c in left if c.header != name]
            yield left

    def _fits(self, columns: Sequence[_Column], width: int, *, is_narrow: bool) -> bool:
        return sum(_leasts(columns)) + _rules(len(columns), is_narrow=is_narrow) <= width

    def _groups(self, columns: Sequence[_Column], width: int) -> list[list[_Column]]:
        """Share columns out to tables that fit, each with the keys and as many more as it can hold."""
        keys, rest = list(columns[: self._keys]), columns[self._keys :]
        groups = [list(keys)]
        for column in rest:
            if len(groups[-1]) > len(keys) and not self._fits([*groups[-1], column], width, is_narrow=True):
                groups.append(list(keys))
            groups[-1].append(column)
        return groups

    def _table(self, columns: Sequence[_Column], *, is_narrow: bool, width: int | None = None) -> Table:
        table = Table()
        if is_narrow:
            table.box, table.pad_edge, table.padding, table.show_edge = box.SIMPLE_HEAD, False, (0, 1, 0, 0), False
        widths = [None] * len(columns) if width is None else _shared_out(columns, width, is_narrow=is_narrow)
        for column, fixed in zip(columns, widths, strict=True):
            table.add_column(
                column.header, justify=column.justify, style=column.style, width=fixed, overflow="fold",
                no_wrap=fixed is None,
            )  # fmt: skip
        for i, style in enumerate(self._styles):
            table.add_row(*(c.cells[i] for c in columns), style=style, end_section=i in self._sections)
        return table


def _width(cell: Cell) -> int:
    return max(map(cell_len, str(cell).splitlines()), default=0)


def _cut(cell: Cell, most: int) -> Cell:
    """Take out the middle of a name that is too wide, counting cells of the terminal."""
    plain = str(cell)
    if "\n" in plain or cell_len(plain) <= _LONGEST_NAME:
        return cell
    end = set_cell_size(plain[::-1], most // 2)[::-1].lstrip()
    short = f"{set_cell_size(plain, most - 1 - cell_len(end)).rstrip()}…{end}"
    return short if isinstance(cell, str) else Text(short, style=cell.style)


def _leasts(columns: Sequence[_Column]) -> list[int]:
    return [c.least(is_key=k == 0) for k, c in enumerate(columns)]


def _rules(count: int, *, is_narrow: bool) -> int:
    """Give the width that rules and blanks take."""
    return 2 * (count - 1) if is_narrow else 3 * count + 1


def _shared_out(columns: Sequence[_Column], width: int, *, is_narrow: bool) -> list[int]:
    """Give each column its least width, and what is left to those that would have to wrap most."""
    widths = _leasts(columns)
    left = width - _rules(len(columns), is_narrow=is_narrow) - sum(widths)
    naturals = [c.natural for c in columns]
    while left > 0:
        k = max(range(len(columns)), key=lambda i: naturals[i] - widths[i])
        if naturals[k] <= widths[k]:
            break
        widths[k] += 1
        left -= 1
    return widths
