"""What a terminal shows, as a page: a console whose tables come out as tables of HTML, number for number.

Whatever shows a result on a terminal shows it here, so that a page cannot say another number.
"""

from html import escape
from io import StringIO
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from trimtab.report.tables.sheet import Screen, Sheet

__all__ = ["Paper"]

#: Cells of what is drawn in letters, or framed.
_WIDE = 100


class Paper(Screen):
    """A console that writes HTML: sheets become tables, lines paragraphs, and what is drawn in letters stays as drawn.

    Examples
    --------
    >>> paper, sheet = Paper(), Sheet("Weights")
    >>> sheet.add_column("asset")
    >>> sheet.add_column("weight", justify="right")
    >>> sheet.add_row("A<B", "12.5%")
    >>> paper.print(sheet)
    >>> "<h2>Weights</h2>" in paper.html, '<th scope="row">A&lt;B</th><td>12.5%</td>' in paper.html
    (True, True)
    """

    def __init__(self) -> None:
        super().__init__(file=StringIO(), width=_WIDE, force_terminal=False, no_color=True)
        self._parts: list[str] = []

    @property
    def html(self) -> str:
        """All that was printed."""
        return "".join(self._parts)

    def print(self, *objects: Any, **how: Any) -> None:
        """Take what is printed; how it is coloured says nothing of its own."""
        for one in objects:
            if isinstance(one, Sheet):
                self._parts.append(_table(one))
            else:
                self._parts.append(self._words(one, is_markup=how.get("markup") is not False))

    def _words(self, one: RenderableType, *, is_markup: bool) -> str:
        if isinstance(one, Padding):
            return self._words(one.renderable, is_markup=is_markup)
        if isinstance(one, str | Text):
            plain = one.plain if isinstance(one, Text) else self.render_str(one, markup=is_markup).plain
            if "\n" not in plain.strip("\n"):
                return f"<p>{escape(plain.strip())}</p>" if plain.strip() else ""
        with self.capture() as taken:
            super().print(one, highlight=False, markup=is_markup)
        drawn = taken.get().strip("\n")
        if drawn.startswith("note:"):
            return f"<p>{escape(' '.join(drawn.split()))}</p>"
        return f'<pre tabindex="0">{escape(drawn)}</pre>'


def _table(sheet: Sheet) -> str:
    name = escape(sheet.title)
    columns = sheet.written
    heads = "".join(f'<th scope="col"{_side(right)}>{escape(header)}</th>' for header, right, _ in columns)
    sides = [_side(right) for _, right, _ in columns]
    rows = "".join(
        "<tr>" + "".join(_cell(k, text, sides[k]) for k, text in enumerate(row)) + "</tr>"
        for row in zip(*(cells for _, _, cells in columns), strict=True)
    )
    head = f"<h2>{name}</h2>" if name else ""
    caption = f"<p>{escape(sheet.caption)}</p>" if sheet.caption else ""
    return (
        f'{head}<div class="scroll" tabindex="0" role="region" aria-label="{name or "Table"}">'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>{caption}"
    )


def _side(is_number: bool) -> str:
    return "" if is_number else ' class="words"'


def _cell(k: int, text: str, side: str) -> str:
    return f'<th scope="row">{escape(text)}</th>' if k == 0 else f"<td{side}>{escape(text)}</td>"
