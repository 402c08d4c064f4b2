"""Copies of statements with columns moved, renamed, taken out, added and rows doubled: read right, asked, or refused.

A number that differs from that of the whole file, and that neither a question nor a refusal speaks of, is the worst
thing a reader can give.
"""

import contextlib
import csv
import io
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statement_files import BESIDE, OURS, is_safe, read
from trimtab.errors import TrimtabError
from trimtab.feeds.statements.cells.shapes import Shape, decode, sniff
from trimtab.feeds.statements.cells.sheets import read_rows
from trimtab.feeds.statements.columns.layout import lay_out
from trimtab.feeds.statements.columns.roles import Role
from trimtab.feeds.statements.columns.tables import split_tables

#: What nothing else in a file can tell once it is gone: a cost beside amounts before it, or that a row was cancelled.
_UNKNOWABLE = {Role.FEE, Role.TAX, Role.BALANCE, Role.STATUS}
Cells = list[list[str]]


def written(rows: Sequence[Sequence[str]]) -> bytes:
    """Write rows as a file between commas."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def tables(path: Path) -> Iterator[tuple[Cells, list[int], Sequence[str]]]:
    """Give for each table of a file all rows at one width, the places of the table's rows, and its header."""
    text = decode(path.read_bytes())[0]
    rows, _ = read_rows(text, name="a file")
    for table in split_tables(rows).tables:
        lines = {table.line, *(r.line for r in table.rows)}
        places = [i for i, r in enumerate(rows) if r.line in lines]
        width = max(len(rows[i].cells) for i in places)
        cells = [[*r.cells, *[""] * (width - len(r.cells) if i in places else 0)] for i, r in enumerate(rows)]
        yield cells, places, table.header


def plain(path: Path) -> bool:
    """Tell files that are tables of text and no file of many sections, whose rows are of one shape."""
    return sniff(path.read_bytes(), name="a")[0] is Shape.DELIMITED and "ibkr_activity" not in path.name


FILES = [path for path in (*OURS, *BESIDE) if plain(path)]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_columns_in_another_order_are_the_same_file(path: Path) -> None:
    """Columns are known by name and content, never by place (but for those without a name)."""
    whole, rng = read(path.read_bytes()), random.Random(3)  # noqa: S311 - it shuffles columns
    for cells, places, header in tables(path):
        if not all(header):
            continue
        order = rng.sample(range(len(cells[places[0]])), len(cells[places[0]]))
        moved = [[row[i] for i in order] if at in places else row for at, row in enumerate(cells)]
        assert is_safe(whole, written(moved))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_column_under_a_name_that_means_nothing_is_never_passed_over(path: Path) -> None:
    """Each column in turn is called Xyzzy: its cells tell what it is, or the file is asked about or refused."""
    whole = read(path.read_bytes())
    for cells, places, header in tables(path):
        for at in [i for i, name in enumerate(header) if name]:
            renamed = [list(row) for row in cells]
            renamed[places[0]][at] = "Xyzzy"
            assert is_safe(whole, written(renamed)), header[at]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_column_that_is_gone_is_missed(path: Path) -> None:
    """Each column in turn is taken out: what it said is asked for, or follows from the others, or is not needed."""
    whole = read(path.read_bytes())
    text = decode(path.read_bytes())[0]
    rows, _ = read_rows(text, name="a file")
    roles = {c.header: c.role for t in split_tables(rows).tables for c in lay_out(t).columns}
    for cells, places, header in tables(path):
        for at in [i for i, name in enumerate(header) if name and roles.get(name) not in _UNKNOWABLE]:
            cut = [row[:at] + row[at + 1 :] if i in places else row for i, row in enumerate(cells)]
            assert is_safe(whole, written(cut)), header[at]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_row_that_stands_twice_is_told(path: Path) -> None:
    """A doubled row is known by its name, asked about, or refused."""
    whole = read(path.read_bytes())
    for cells, places, _ in tables(path):
        for at in places[1:]:
            assert is_safe(whole, written([*cells[: at + 1], cells[at], *cells[at + 1 :]])), cells[at]


SEEDS = [path.read_bytes() for path in OURS]


@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 4000), st.sampled_from(',;"\n\t-0.(€x')), max_size=6))
def test_a_damaged_file_is_read_or_refused_and_never_breaks(data: bytes, damage: list[tuple[int, str]]) -> None:
    """Signs put anywhere into a file end in a statement or in a refusal with its reason."""
    text = data.decode()
    for at, sign in damage:
        text = text[: at % (len(text) + 1)] + sign + text[at % (len(text) + 1) :]
    with contextlib.suppress(TrimtabError):
        assert read(text.encode()).name == "a file"
