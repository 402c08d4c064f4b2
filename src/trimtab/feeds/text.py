"""Delimited text: from bytes to a table of texts, with the line of each row.

Every cell stays text, so that a cell that is no number or date can be reported as it stands, with its line. Lines
with the wrong number of fields are set aside and the rest is read. A line end ends a row even within quotes: one
stray quote then spoils one row, not the rest of the file.
"""

import gzip
import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from trimtab.errors import FileFormatError, Reason, StorageError
from trimtab.market.checks.findings import Findings, Origin
from trimtab.market.reading.fields import is_price_field
from trimtab.market.reading.levels import two_levels
from trimtab.market.reading.numbers import looks_numeric

__all__ = ["TextTable", "inflated", "most_unpacked", "read_bytes", "read_text", "unreadable"]

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
#: A line longer than this is no row of a table: 100,000 symbols with 40 characters each.
_MAX_LINE = 4_000_000
_MAX_BYTES = 4_000_000_000
#: What a packed file may become at least, and so many times its size above that: tables shrink to a tenth or less, a
#: hundredth at the most, and gzip takes zeros to a thousandth.
_FREE_BYTES, _MOST_RATIO = 50_000_000, 250


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTable:
    """A frame of texts, where its rows stood, and which sign parted its fields."""

    frame: pl.DataFrame
    origin: Origin
    delimiter: str


def read_bytes(path: Path) -> bytes:
    """Read a file, unpacking gzip, and stop early where it cannot be text in lines.

    Raises
    ------
    StorageError
        If it is missing, a directory, or may not be read.
    FileFormatError
        If it is not a table of text, or its first line does not end within 4 MB.
    """
    try:
        with path.open("rb") as raw:
            packed = raw.peek(2)[:2] == b"\x1f\x8b"
            with gzip.open(raw) if packed else raw as stream:
                head = stream.read(_MAX_LINE)
                _check_head(head, path)
                most = min(_MAX_BYTES, most_unpacked(path.stat().st_size)) if packed else _MAX_BYTES
                data = head + stream.read(max(0, most - len(head)))
                if stream.read(1):
                    if most < _MAX_BYTES:
                        raise inflated(path.name, path.stat().st_size)
                    raise FileFormatError(
                        expected="at most 4 GB of text", found=f"more in {path}", try_next="convert the file to Parquet"
                    )
                return data
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise FileFormatError(
            expected="a complete gzip file",
            found=f"a damaged one: {path} ({error})",
            try_next="copy or download it again",
        ) from error
    except OSError as error:
        raise unreadable(path, error) from error


def most_unpacked(packed: int) -> int:
    """Give how many bytes a packed file of so many may become before it is taken for one that was made to fill memory.

    Examples
    --------
    >>> most_unpacked(10_000), most_unpacked(10_000_000)
    (50000000, 2500000000)
    """
    return max(_FREE_BYTES, _MOST_RATIO * packed)


def inflated(name: str, packed: int) -> FileFormatError:
    """Make the error of a packed file that unpacks to too much."""
    return FileFormatError(
        expected=f"a packed table, which unpacks to at most {_MOST_RATIO} times its size",
        found=f"{packed:,} bytes that become more than {most_unpacked(packed):,} in {name}",
        try_next="unpack it yourself if it is meant",
    )


def unreadable(path: Path, error: OSError) -> StorageError:
    """Make the error for a file that the system does not let us read."""
    if str(path) == "-":
        return StorageError(
            expected="a file",
            found="-, which means standard input",
            try_next="write it to a file first: an answer names the files it was made from, and they are read again",
        )
    what = {
        FileNotFoundError: ("no such file", "check the path"),
        IsADirectoryError: ("a directory", "give a file in it"),
        PermissionError: ("no permission to read it", "change its permissions, or copy it to where you may read"),
    }.get(type(error), (str(error), "check the disk and the path"))
    return StorageError(expected=f"a readable file at {path}", found=what[0], try_next=what[1])


def _check_head(head: bytes, path: Path) -> None:
    if not head.strip(b"\r\n\t \xef\xbb\xbf"):
        raise FileFormatError(
            expected="a header and rows of prices",
            found=f"an empty file: {path}",
            try_next="check that it was written completely",
        )
    wide = head[:2] in (b"\xff\xfe", b"\xfe\xff")
    binary = {
        b"PK\x03\x04": "a spreadsheet or zip archive",
        b"\xd0\xcf\x11\xe0": "an old spreadsheet",
        b"%PDF": "a PDF",
    }.get(head[:4])
    if binary is None and not wide and _looks_binary(head[:65_536]):
        binary = "binary data"
    if binary is not None:
        raise FileFormatError(
            expected="text with delimiters, or Parquet",
            found=f"{binary} in {path}",
            try_next="export the table as CSV or Parquet",
        )
    if len(head) >= _MAX_LINE and b"\n" not in head and b"\r" not in head:
        raise FileFormatError(
            expected="rows in lines of text",
            found=f"a first line of more than {_MAX_LINE // 1_000_000} MB in {path}",
            try_next="check that the file has line ends",
        )


def _looks_binary(head: bytes) -> bool:
    controls = bytes(c for c in range(32) if c not in (9, 10, 12, 13, 26, 27))
    return b"\x00" in head or len(head.translate(None, controls)) < 0.98 * len(head)


def read_text(data: bytes, *, name: str, findings: Findings, delimiter: str | None = None) -> TextTable:
    r"""Read delimited text.

    Parameters
    ----------
    data
        The file's bytes: UTF-8, UTF-16 with its mark, or Latin-1.
    name
        Its name, for messages.
    findings
        Takes the rows set aside, and notes.
    delimiter
        The sign between fields; None to find out among comma, semicolon, tab and bar.

    Raises
    ------
    FileFormatError
        If there is only one column, or no row.

    Examples
    --------
    >>> table = read_text(b"date;A\n2024-01-02;1,5\n2024-01-03;1,6;?\n", name="p.csv", findings=(found := Findings()))
    >>> table.frame.shape, table.delimiter, str(found.failures()[0])
    ((1, 2), ';', 'p.csv row 3: 3 fields where the header has 2 (malformed_row)')
    """
    data = _as_utf8(data, name, findings)
    shape = _Lines.of(data)
    if shape.count == 0:
        raise FileFormatError(
            expected="a header and rows of prices", found=f"no lines in {name}", try_next="check the file"
        )
    sign = _choose_delimiter(shape, name, delimiter)
    fields = shape.count_fields(sign)
    header = int(np.flatnonzero(~shape.blank)[0])
    width = int(fields[header])
    rows = np.arange(shape.count) > header
    good = rows & ~shape.blank & (fields == width) & ~shape.odd_quotes & (shape.lengths < _MAX_LINE)
    _report_lines(shape, np.flatnonzero(rows & ~shape.blank & ~good), fields, width, name, findings)
    if not good.any():
        raise FileFormatError(
            expected=f"rows with {width} fields below the header",
            found=f"none in {name}",
            try_next="check that the file is complete",
        )
    keep = good.copy()
    keep[header] = True
    body = data if keep.all() else b"\n".join(shape.line(i) for i in np.flatnonzero(keep).tolist())
    names = _header_names(shape.line(header), sign, name, width)
    lines = np.flatnonzero(good)
    lines += 1
    # Where lines start and end is known for each of millions: that memory is for the frame now.
    del data, shape, fields, rows, good, keep
    try:
        frame = pl.read_csv(
            io.BytesIO(body),
            separator=sign,
            has_header=False,
            skip_lines=1,
            schema={f"column {i + 1}": pl.String for i in range(width)},
            quote_char='"',
        )
    except pl.exceptions.PolarsError as error:
        raise FileFormatError(
            expected="delimited text", found=f"{error} in {name}", try_next="check the file"
        ) from error
    if frame.height != len(lines) or frame.width != width:
        raise FileFormatError(
            expected=f"{len(lines):,} rows with {width} fields",
            found=f"{frame.height:,} with {frame.width} in {name}",
            try_next="check the quotes in the file",
        )
    frame, names, lines = _one_header(frame, names, lines)
    origin = Origin(name=name, lines=lines)
    return TextTable(frame=_named(frame, names, origin), origin=origin, delimiter=sign)


def _as_utf8(data: bytes, name: str, findings: Findings) -> bytes:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16", errors="replace").encode()
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not data.isascii():
        try:
            data.decode()
        except UnicodeDecodeError:
            data = data.decode("latin-1").encode()
            findings.note(f"{name} is not UTF-8 and was read as Latin-1")
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return data


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lines:
    """Where lines start and end, found on the whole file at once."""

    data: bytes
    characters: NDArray[np.uint8]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    quoted: NDArray[np.bool_] | None
    odd_quotes: NDArray[np.bool_]
    blank: NDArray[np.bool_]

    @classmethod
    def of(cls, data: bytes) -> "_Lines":
        characters = np.frombuffer(data, dtype=np.uint8)
        ends = np.flatnonzero(characters == ord("\n"))
        if data and data[-1:] != b"\n":
            ends = np.append(ends, len(data))
        starts = np.concatenate([[0], ends[:-1] + 1]).astype(np.int64) if ends.size else ends
        quoted, odd = None, np.zeros(len(ends), dtype=bool)
        if b'"' in data:
            total = np.cumsum(characters == ord('"'), dtype=np.int64)
            before = np.where(starts > 0, total[np.maximum(starts, 1) - 1], 0)
            upto = total[np.minimum(ends, len(data)) - 1] if len(data) else total
            odd = np.maximum(upto - before, 0) % 2 == 1
            line_of = np.repeat(np.arange(len(ends)), np.minimum(ends + 1, len(data)) - starts)
            quoted = (total - before[line_of]) % 2 == 1
        blank = ends <= starts
        for i in np.flatnonzero(
            (ends - starts < 200) & ~blank & np.isin(characters[np.minimum(starts, len(data) - 1)], (32, 9))
        ):
            blank[i] = not data[starts[i] : ends[i]].strip()
        return cls(
            data=data,
            characters=characters,
            starts=starts,
            ends=ends.astype(np.int64),
            quoted=quoted,
            odd_quotes=odd,
            blank=blank,
        )

    @property
    def count(self) -> int:
        return len(self.ends)

    @property
    def lengths(self) -> NDArray[np.int64]:
        return self.ends - self.starts

    def line(self, number: int) -> bytes:
        return self.data[self.starts[number] : self.ends[number]]

    def count_fields(self, sign: str) -> NDArray[np.int64]:
        """Count the fields of each line, delimiters within quotes left out."""
        hits = self.characters == ord(sign)
        if self.quoted is not None:
            hits &= ~self.quoted
        at = np.flatnonzero(hits)
        return np.searchsorted(at, self.ends) - np.searchsorted(at, self.starts) + 1

    def head(self, lines: int) -> "_Lines":
        """Give the first lines only."""
        return _Lines.of(self.data[: int(self.ends[min(lines, self.count) - 1])])


def _choose_delimiter(shape: _Lines, name: str, given: str | None) -> str:
    given = {"tab": "\t", "\\t": "\t"}.get(given or "", given)
    if given is not None and (len(given) != 1 or not given.isascii() or given in '"\n\r'):
        raise FileFormatError(
            expected="one sign as delimiter, such as ; or ,", found=f"{given!r}", try_next="give --delimiter ';'"
        )
    head = shape.head(200)
    best: tuple[float, str] = (0.0, "")
    for sign in (given,) if given is not None else _DELIMITERS:
        fields = head.count_fields(sign)[~head.blank]
        if fields.size and fields[0] > 1:
            # A sign that parts every line into as many fields as the header beats one that appears here and there.
            best = max(best, (float((fields == fields[0]).mean()) + 1e-6, sign), key=lambda b: b[0])
    if not best[1]:
        first = head.line(int(np.flatnonzero(~head.blank)[0])) if (~head.blank).any() else b""
        shown = first[:60].decode(errors="replace")
        others = [s for s in _DELIMITERS if s != given and s.encode() in first]
        raise FileFormatError(
            expected="at least two columns"
            + (f" parted by {given!r}" if given else " parted by comma, semicolon, tab or bar"),
            found=f"one column only, {shown!r}, in {name}",
            try_next=f"leave the delimiter out, or give --delimiter {others[0]!r}"
            if given and others
            else "check the file; trimtab import takes a --delimiter",
        )
    return best[1]


def _header_names(line: bytes, sign: str, name: str, width: int) -> list[str]:
    try:
        row = pl.read_csv(io.BytesIO(line), separator=sign, has_header=False, infer_schema=False).row(0)
    except pl.exceptions.ComputeError:
        row = ()
    if len(row) != width:  # a quote amid a name takes in what stands behind it
        raise FileFormatError(
            expected="column names in one line, each quote in it closed",
            found=f"{line.decode(errors='replace').strip()[:60]!r} in {name}",
            try_next="take the quotes out of the header, or close them",
        )
    return [(cell or "").strip() for cell in row]


def _named(frame: pl.DataFrame, names: list[str], origin: Origin) -> pl.DataFrame:
    """Give the columns their names; a column without name and without content is dropped."""
    kept: dict[str, pl.Series] = {}
    for position, name in enumerate(names):
        column = frame.to_series(position)
        if not name and position > 0:
            if column.null_count() == len(column):
                continue
            raise FileFormatError(
                expected="a name over each column",
                found=f"column {position + 1} of {origin.name} without one, but with {column.drop_nulls()[0]!r} in it",
                try_next="name it, or drop it",
            )
        # A row number that another program wrote has no name: `find_layout` passes over it by this one.
        label = name or "Unnamed: 0"
        if label in kept:
            raise FileFormatError(
                expected="a different name over each column",
                found=f"{label!r} twice in {origin.name}",
                try_next="rename or drop one of them",
            )
        kept[label] = column.alias(label)
    return pl.DataFrame(list(kept.values()))


def _one_header(
    frame: pl.DataFrame, names: list[str], lines: NDArray[np.int64]
) -> tuple[pl.DataFrame, list[str], NDArray[np.int64]]:
    """Name columns by field and symbol where fields stand in one header line and symbols in the next.

    Some download libraries write "Price,Close,Close" above "Ticker,AAPL,MSFT" above "Date,,".
    `trimtab.market.reading.levels` makes such a table long.
    """
    second = [(text or "").strip() for text in frame.row(0)]
    titled = {names[0].lower(), second[0].lower()} == {"price", "ticker"}
    if not titled and not _heads(names[1:], second[1:]):
        return frame, names, lines
    # "Date" may stand alone above the dates.
    dated = frame.height > 1 and not any(frame.row(1)[1:])
    skip = 2 if dated else 1
    date = str(frame.row(1)[0] or "date") if dated else "date"
    pairs = two_levels(list(zip(names[1:], second[1:], strict=True)), [names[0], second[0]])
    return frame[skip:], [date, *(repr(pair) for pair in pairs)], lines[skip:]


def _heads(first: Sequence[str], second: Sequence[str]) -> bool:
    """Tell whether two lines are fields over symbols, or symbols over fields: words alone, and pairs that differ."""
    if len(first) < 2 or not all(second) or any(looks_numeric(text) for text in second):
        return False
    fields = [all(map(is_price_field, line)) for line in (first, second)]
    pairs = set(zip(first, second, strict=True))
    return any(fields) and len(pairs) == len(first) and min(len(set(first)), len(set(second))) < len(first)


def _report_lines(
    shape: _Lines, wrong: NDArray[np.intp], fields: NDArray[np.int64], width: int, name: str, findings: Findings
) -> None:
    def describe(line: int) -> tuple[str, str]:
        where = f"{name} row {line + 1}"
        if shape.odd_quotes[line]:
            return where, "a quote that is not closed"
        if shape.lengths[line] >= _MAX_LINE:
            return where, f"a line of {shape.lengths[line]:,} characters"
        return where, f"{fields[line]} {'field' if fields[line] == 1 else 'fields'} where the header has {width}"

    findings.fail(Reason.MALFORMED_ROW, wrong, describe)
