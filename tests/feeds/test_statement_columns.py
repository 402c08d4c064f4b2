"""No column is passed over: one more in a file of any format is read, refused, or named."""

import csv
import io
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import pytest

from statement_files import BESIDE, OURS, numbers, read
from trimtab.errors import TrimtabError
from trimtab.feeds.statements.cells.shapes import decode
from trimtab.feeds.statements.cells.sheets import Row, read_rows
from trimtab.feeds.statements.columns.tables import split_tables
from trimtab.feeds.statements.records import Statement

#: Header and the cells that alternate under it: what changes sign, currency, cost, unit, kind or size of a row.
TELLING = {
    "a direction": ("Zzz", ("sell", "buy")),
    "another direction": ("Zzz", ("buy", "sell")),
    "long and short": ("Richtung", ("short", "long")),
    "short and long": ("Richtung", ("long", "short")),
    "currencies under a name of their own": ("Qwerty", ("USD", "CHF")),
    "currencies": ("Ccy", ("CHF", "SEK")),
    "numbers": ("Foo", ("12.5", "13.7")),
    "a cost": ("Gebührx", ("1.50", "2.00")),
    "a size": ("Contract size", ("100", "50")),
    "a unit": ("Unit", ("thousands", "thousands")),
    "a kind": ("Instrumenttyp", ("Zzz", "Yyy")),
}


#: Of two orders of one direction one may be that of each row anyway: the other must have been seen.
TURNED = ({"a direction", "another direction"}, {"long and short", "short and long"})


def book(statement: Statement) -> tuple[object, ...]:
    """Give everything that is booked, with the currencies of what is held and of prices."""
    held = [(p.line, p.currency, p.price) for p in statement.positions]
    return *numbers(statement), held, [(f.price_currency, f.fee, f.price) for f in statement.facts]


@lru_cache(maxsize=200)
def taken_apart(path: Path) -> tuple[list[Row], str, frozenset[int], int, Statement]:
    """Give the rows of a file, their sign, the lines of its longest table, where a column goes, and its book."""
    data = path.read_bytes()
    rows, sign = read_rows(decode(data)[0], name="a file")
    table = max(split_tables(rows).tables, key=lambda t: len(t.rows))
    inside = frozenset([table.line, *(row.line for row in table.rows)])
    return rows, sign, inside, 3 if table.section else 1, read(data)


def with_column(path: Path, header: str, cells: Sequence[str]) -> bytes:
    """Give a file with one column more in its longest table."""
    rows, sign, inside, place, _ = taken_apart(path)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=sign, lineterminator="\n")
    first = min(inside)
    for n, row in enumerate(rows):
        whole = list(row.cells)
        if row.line in inside:
            whole.insert(min(place, len(whole)), header if row.line == first else cells[n % 2])
        writer.writerow(whole)
    return out.getvalue().encode()


@pytest.mark.parametrize("path", [*OURS, *BESIDE], ids=lambda path: path.stem)
def test_a_column_more_is_read_refused_or_named(path: Path) -> None:
    """The book is another one, the file is refused, or somebody is told of the column by its name."""
    before = taken_apart(path)[4]
    silent = []
    for what, (header, cells) in TELLING.items():
        try:
            after = read(with_column(path, header, cells))
        except TrimtabError:
            continue
        named = any(repr(header) in told.why for told in (*after.faults, *after.asks))
        if not (named or len(after.faults) > len(before.faults) or book(after) != book(before)):
            silent.append((what, dict(after.columns).get(header)))
    allowed = [turned for turned in TURNED if len(turned & {what for what, _ in silent}) == 1]
    assert [one for one in silent if not any(one[0] in turned for turned in allowed)] == []
