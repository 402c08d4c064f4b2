"""A file opened once: unpacked, its shape told, and its text taken apart for whoever asks of it."""

import hashlib
from collections.abc import Iterable

from trimtab.feeds.statements.cells.shapes import Shape, decode, sniff, unpack
from trimtab.feeds.statements.cells.sheets import Row, read_rows
from trimtab.feeds.statements.columns.tables import Sheet, split_tables

__all__ = ["Opened"]


class Opened:
    r"""A file whose kind is told and which is then read: both ask for its rows, and get the same.

    Parameters
    ----------
    data
        Its bytes, packed or not.
    name
        For messages.

    Raises
    ------
    FileFormatError
        If it is empty, damaged, or holds neither text nor a workbook.

    Examples
    --------
    >>> file = Opened(b"Symbol;Quantity\nA;5\n", name="a")
    >>> file.shape.value, file.sheet().tables[0].header
    ('delimited text', ('Symbol', 'Quantity'))
    """

    def __init__(self, data: bytes, *, name: str) -> None:
        self.name = name
        self.sha256 = hashlib.sha256(data).hexdigest()
        self.plain = unpack(data, name=name)
        self.shape: Shape
        self.shape, self.why = sniff(self.plain, name=name)
        self._text: tuple[str, str] | None = None
        self._rows: dict[str | None, tuple[list[Row], str]] = {}
        self._sheets: dict[tuple[str | None, frozenset[str]], Sheet] = {}

    def let_go(self) -> None:
        """Forget what was taken apart: whoever has read a long file needs its rows no more."""
        self._text = None
        self._rows.clear()
        self._sheets.clear()

    @property
    def text(self) -> str:
        """Its text."""
        return self._decoded[0]

    @property
    def encoding(self) -> str:
        """What its text was written in."""
        return self._decoded[1]

    @property
    def _decoded(self) -> tuple[str, str]:
        if self._text is None:
            self._text = decode(self.plain)
        return self._text

    def rows(self, delimiter: str | None = None) -> tuple[list[Row], str]:
        """Give its rows and the sign between their fields; None finds the sign out."""
        if delimiter not in self._rows:
            self._rows[delimiter] = read_rows(self.text, name=self.name, delimiter=delimiter)
        return self._rows[delimiter]

    def sheet(self, delimiter: str | None = None, mapped: Iterable[str] = ()) -> Sheet:
        """Give its tables, where headers of these keys are known to mean something."""
        key = (delimiter, frozenset(mapped))
        if key not in self._sheets:
            self._sheets[key] = split_tables(self.rows(delimiter)[0], mapped=key[1])
        return self._sheets[key]
