"""Small tables column by column: which column is what, and its numbers and days as texts that mean one thing."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import numpy as np
import polars as pl

from trimtab.errors import Failure, FileFormatError, InputError, Reason
from trimtab.market.checks.findings import Findings, Origin
from trimtab.market.reading.fields import spelling
from trimtab.market.reading.numbers import read_cell
from trimtab.market.reading.numerals import find_decimal
from trimtab.market.reading.stamps import read_stamps
from trimtab.market.records import frame_records
from trimtab.model.decimals import is_in_reach

__all__ = [
    "Table",
    "check_currency",
    "decimal_sign",
    "match_columns",
    "plain_number",
    "refused_rows",
    "shown",
    "table_records",
    "write_plainly",
]

_MOST_SHOWN = 10
#: What a fault says: what was found, and in brackets behind it what was expected.
_LACKS = re.compile(r"(?:: | is )no (?P<what>[a-z_]+)$")
_SAID = re.compile(r"(?P<found>.*) \(expected (?P<expected>.*)\)", re.DOTALL)
_EMPTY = ("", "-", "--", "na", "n/a", "nan", "null", "none")
#: Blanks, marks between groups of digits, and signs of currencies.
_BLANKS = re.compile(r"[\s'’_$€£¥]")
_CURRENCY = re.compile(r"[$€£¥]|[A-Z]{3}")
#: Moneys that are written with a dollar sign.
_DOLLARS = frozenset(["USD", "CAD", "AUD", "NZD", "HKD", "SGD", "MXN", "TWD", "BRL", "CLP", "COP", "ARS"])
_GROUPED = {".": re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?"), ",": re.compile(r"\d{1,3}(\.\d{3})+(,\d+)?")}
#: One to 999 thousand or more in groups of three; "0.125" is none, and neither is "1250.125".
_POINT_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+")
_PLAIN = {".": re.compile(r"(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"), ",": re.compile(r"(\d+,?\d*|,\d+)([eE][+-]?\d+)?")}


def shown(text: str, most: int = 60) -> str:
    """Give a cell for a message: quoted, and cut short where it is long.

    Examples
    --------
    >>> shown("1e400"), shown("9" * 5000, most=4)
    ("'1e400'", "'9999'... (5,000 characters)")
    """
    return repr(text) if len(text) <= most else f"{text[:most]!r}... ({len(text):,} characters)"


def plain_number(text: str, decimal: str = ".") -> str:
    """Write a number with a decimal point and without separators, digits as they are.

    Parameters
    ----------
    text
        Such as ``1,250.50``, ``1.250,50``, ``(3)``, ``3-``, ``$5`` or ``USD 1,200``.
    decimal
        Its decimal sign.

    Raises
    ------
    InputError
        If it is no finite number, or one too large or too small to be multiplied.

    Examples
    --------
    >>> plain_number("1.250,50", ","), plain_number("(1,000)"), plain_number("-7")
    ('1250.50', '-1000', '-7')
    >>> plain_number("50-"), plain_number("−100"), plain_number("USD 1,200")
    ('-50', '-100', '1200')
    """
    bare = _BLANKS.sub("", text)
    minus = bare.startswith("(") and bare.endswith(")")
    bare = bare[1:-1] if minus else bare
    minus, bare = minus or bare.startswith("-"), bare[1:] if bare[:1] in {"+", "-"} else bare
    group = "," if decimal == "." else "."
    if _GROUPED[decimal].fullmatch(bare):
        bare = bare.replace(group, "")
    elif not _PLAIN[decimal].fullmatch(bare):
        return _as_statements(text, decimal)
    number = Decimal(bare.replace(",", "."))
    if not is_in_reach(number):
        raise InputError(
            expected="a number",
            found=f"{shown(text)}, beyond 1e-30 to 1e21,",
            try_next="correct it",
        )
    return f"{'-' if minus else ''}{bare.replace(',', '.')}"


def _as_statements(text: str, decimal: str) -> str:
    """Read a number as statements write it: a minus behind it or of another kind, the code of a currency beside it."""
    cell = read_cell(text, decimal)
    if cell is None or cell.percent:
        raise InputError(expected="a number", found=shown(text), try_next="write 1234.5")
    return f"{cell.value:f}"


def check_currency(record: dict[str, str], name: str) -> None:
    """Hold the currency that a cell names against that of its row, which takes it where it states none.

    Raises
    ------
    InputError
        If they are two: the number would be counted in the wrong money.

    Examples
    --------
    >>> row = {"price": "EUR 80.00"}
    >>> check_currency(row, "price"), row["currency"]
    (None, 'EUR')
    """
    cell = _CURRENCY.search(record[name]) and read_cell(record[name], "?" if "," in record[name] else ".")
    cell = cell or (_CURRENCY.search(record[name]) and read_cell(record[name], ","))
    if not cell or cell.currency is None:
        return
    stated = record.get("currency", "").upper()
    if stated and stated != cell.currency and not ("$" in record[name] and stated in _DOLLARS):
        raise InputError(
            expected=f"the currency of its row, {stated},", found=shown(record[name]), try_next="correct one of the two"
        )
    # A dollar sign alone may be that of seven countries: the row stays in the currency of its book.
    if not stated and "$" not in record[name]:
        record["currency"] = cell.currency


def decimal_sign(
    columns: Sequence[pl.Series], *, where: str, delimiter: str | None = None, decimal: str | None = None
) -> str:
    """Decide the decimal sign of a table's numbers, and refuse where 1.500 may be one and a half or 1500.

    Parameters
    ----------
    columns
        Its columns of numbers, as texts.
    where
        The file, for messages.
    delimiter
        Sign between its fields. Spreadsheets put semicolons where the comma is the decimal sign; the point then
        separates thousands.
    decimal
        "." or "," if the user says so.

    Raises
    ------
    FileFormatError
        If the sign cannot be told.

    Examples
    --------
    >>> decimal_sign([pl.Series(["1.500", "12,5"])], where="h.csv", delimiter=";")
    ','
    """
    sign = find_decimal(list(columns), where=where, decimal=decimal)
    if decimal is not None or sign != "." or delimiter != ";":
        return sign
    signed = [text for column in columns for text in column.drop_nulls().to_list() if "." in text or "," in text]
    if signed and all(_POINT_GROUPS.fullmatch(text.strip()) for text in signed):
        raise FileFormatError(
            expected="numbers in which the decimal sign can be told from a thousands separator",
            found=f"{signed[0]!r} and nothing that tells more, between semicolons, in {where}",
            try_next="write thousands without a sign (1500) and fractions with another digit (1.5000); "
            "trimtab import also takes --decimal , or --decimal .",
        )
    return sign


def match_columns(
    header: Sequence[str], spellings: Mapping[str, Sequence[str]], *, needed: Sequence[str], where: str
) -> dict[str, int]:
    """Find the column of each name; headers are compared without regard to case, blanks, dots and underscores.

    Examples
    --------
    >>> match_columns(["Trade Date", "QTY"], {"time": ["tradedate"], "quantity": ["qty"]}, needed=["time"], where="t")
    {'time': 0, 'quantity': 1}
    """
    spelled = {spelling(name): i for i, name in reversed(list(enumerate(header)))}
    places: dict[str, int] = {}
    for name, ways in spellings.items():
        at = next((spelled[way] for way in ways if way in spelled and spelled[way] not in places.values()), None)
        if at is not None:
            places[name] = at
    lacking = [name for name in needed if name not in places]
    if lacking:
        raise FileFormatError(
            expected=f"columns {', '.join(needed)}",
            found=f"no {' and no '.join(lacking)} in {where}, which has: {', '.join(header) or 'no header'}",
            try_next="name the columns so in the first line",
        )
    return places


def write_plainly(
    records: Sequence[tuple[int, dict[str, str]]], names: Sequence[str], *, where: str, delimiter: str | None
) -> list[str]:
    """Write numbers with decimal commas with points, in place; other numbers stay as they are.

    Returns
    -------
    what is wrong, by row

    Examples
    --------
    >>> rows = [(2, {"quantity": "1.250,5"})]
    >>> write_plainly(rows, ["quantity"], where="h.csv", delimiter=";"), rows
    ([], [(2, {'quantity': '1250.5'})])
    """
    texts = [pl.Series([r[n] for _, r in records if n in r], dtype=pl.String) for n in names]
    # Between commas a comma can only stand in quotes, where it separates thousands.
    if delimiter in {None, ","} or decimal_sign(texts, where=where, delimiter=delimiter) == ".":
        return []
    faults = []
    for line, record in records:
        for name in (n for n in names if n in record):
            try:
                record[name] = plain_number(record[name], ",")
            except InputError as error:
                faults.append(f"row {line}: {error.found} (expected a number in {name}, with a decimal comma)")
    return faults


class Table:
    """Rows of a file by name, with what was wrong with them.

    Parameters
    ----------
    name
        The file.
    rows
        (line, cells).
    columns
        Which cell is what.
    delimiter
        Sign between the fields of the file.
    """

    def __init__(
        self,
        name: str,
        rows: Sequence[tuple[int, Sequence[str]]],
        columns: Mapping[str, int],
        *,
        delimiter: str | None = None,
    ) -> None:
        self.name, self.delimiter = name, delimiter
        records = [
            (line, {n: cells[i].strip() for n, i in columns.items() if cells[i].strip().lower() not in _EMPTY})
            for line, cells in rows
        ]
        self.lines = [line for line, record in records if record]
        self.records = [record for _, record in records if record]
        self.faults: list[str] = []
        self.bad: set[int] = set()
        self.notes: list[str] = []

    def fault(self, row: int, error: InputError | str) -> None:
        """Write down what is wrong with a row."""
        sentence = error if isinstance(error, str) else f"{error.found} (expected {error.expected})"
        self.faults.append(f"row {self.lines[row]}: {sentence}")
        self.bad.add(row)

    def plain_numbers(self, names: Sequence[str], decimal: str | None) -> str:
        """Write the numbers of columns plainly; give the decimal sign they came with."""
        texts = [pl.Series([r[n] for r in self.records if n in r], dtype=pl.String) for n in names]
        sign = decimal_sign(texts, where=self.name, delimiter=self.delimiter, decimal=decimal)
        for row, record in enumerate(self.records):
            for name in names:
                if name in record:
                    try:
                        check_currency(record, name)
                        record[name] = plain_number(record[name], sign)
                    except InputError as error:
                        self.fault(row, f"{error.found} in {name} (expected {error.expected})")
        return sign

    def stamps(self, name: str, date_format: str | None) -> tuple[list[str], list[str]]:
        """Give the moment and the calendar day of each row as ISO texts; empty where there is none, which is a fault.

        A moment with a zone is given in UTC; its day is the one on its own clock.
        """
        texts = pl.Series([record.get(name) for record in self.records], dtype=pl.String)
        if texts.null_count() == len(texts):
            raise FileFormatError(
                expected=f"dates in column {name}", found=f"none in {self.name}", try_next="write dates as YYYY-MM-DD"
            )
        stamps = read_stamps(texts, where=f"{self.name}, column {name}", date_format=date_format)
        self.notes += list(stamps.notes)
        moments, days = [], []
        for row in range(len(self.records)):
            if not stamps.ok[row]:
                self.fault(row, f"{texts[row]!r} is no date" if texts[row] is not None else f"no {name}")
                moments.append("")
                days.append("")
                continue
            wall, utc = np.datetime64(int(stamps.wall[row]), "s"), np.datetime64(int(stamps.utc[row]), "s")
            moment = f"{utc}Z" if stamps.aware[row] else str(wall).removesuffix("T00:00:00")
            moments.append(moment)
            days.append(str(wall.astype("datetime64[D]")))
        return moments, days

    def require(self, check: Callable[[Mapping[str, str]], str | None]) -> None:
        """Write down a fault for each row in which something is wrong."""
        for row, record in enumerate(self.records):
            wrong = check(record)
            if wrong is not None:
                self.fault(row, wrong)

    def set_aside(self) -> tuple[Failure, ...]:
        """Give up the rows at fault, and say why; nothing is given up where no row is right."""
        if len(self.bad) >= len(self.records):
            return ()
        failures = tuple(
            Failure(where=f"{self.name} {where}", reason=Reason.MALFORMED_ROW, detail=why)
            for where, _, why in (fault.partition(": ") for fault in dict.fromkeys(self.faults))
        )
        self.faults = []
        return failures

    def settle(self) -> None:
        """Refuse the file if any row is at fault, naming the rows, or if there are no rows.

        Raises
        ------
        FileFormatError
            If so: a record that is missing changes the answer without a sign.
        """
        if not self.faults and self.records:
            return
        raise refused_rows(self.name, self.faults)


def refused_rows(where: str, faults: Sequence[str]) -> FileFormatError:
    """Make the error of rows that cannot be read: what is wrong with the first stands first.

    Parameters
    ----------
    where
        The file.
    faults
        ``row 3: 'abc' (expected a number in price)``, one for each row; none: the file has no rows.

    Examples
    --------
    >>> error = refused_rows("t.csv", ["row 3: 'abc' (expected a number in price)", "row 5: no symbol"])
    >>> error.expected, error.found
    ('a number in price', "in t.csv, row 3: 'abc'; row 5: no symbol")
    """
    distinct = list(dict.fromkeys(faults))
    if not distinct:
        return FileFormatError(
            expected="at least one row under the header", found=f"none in {where}", try_next="give the rows"
        )
    match, lacks = _SAID.fullmatch(distinct[0]), _LACKS.search(distinct[0])
    expected, cause = ("rows that can be read", distinct[0]) if match is None else (match["expected"], match["found"])
    if match is None and lacks is not None:
        expected = f"a {lacks['what']} in each row"
    more = [f"and {len(distinct) - _MOST_SHOWN} more"] if len(distinct) > _MOST_SHOWN else []
    return FileFormatError(
        expected=expected.strip(), found=f"in {where}, " + "; ".join((cause, *distinct[1:_MOST_SHOWN], *more)),
        try_next="correct these rows; nothing was read",
    )  # fmt: skip


def table_records(
    frame: pl.DataFrame, origin: Origin, findings: Findings
) -> tuple[tuple[str, ...], list[tuple[int, list[str]]]]:
    """Give the header and the rows of a file as text, each with its line.

    Raises
    ------
    FileFormatError
        If rows could not be taken apart: a record that is missing changes the answer without a sign.

    Examples
    --------
    >>> table_records(pl.DataFrame({"symbol": ["A"]}), Origin(name="f.csv"), Findings())
    (('symbol',), [(1, ['A'])])
    """
    broken = findings.failures()
    if broken:
        raise FileFormatError(
            expected="as many fields in each row as the header has",
            found="; ".join(str(f) for f in broken[:_MOST_SHOWN]),
            try_next="correct these rows; nothing was read",
        )
    header, rows = frame_records(frame)
    if origin.lines is not None:
        rows = [(int(line), cells) for line, (_, cells) in zip(origin.lines, rows, strict=True)]
    return header, rows
