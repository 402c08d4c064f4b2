"""Positions and mandates of many accounts, read from files that need not fit in memory."""

from dataclasses import dataclass
from hashlib import file_digest
from itertools import pairwise
from pathlib import Path

import polars as pl

from trimtab.desk.fleet.mandates import mandate_table
from trimtab.errors import FileFormatError, InputError
from trimtab.feeds.holdings import NAMES
from trimtab.feeds.series.prices import read_frame_file
from trimtab.market.checks.findings import Findings

__all__ = ["PositionFile", "list_positions", "read_mandates", "read_positions", "read_written_rows", "sha256_of"]

_NEEDED = ("account", "symbol", "quantity")
#: Columns of a holdings file that say what is held; tax lots take no part in a check.
_BESIDE = tuple(name for name in NAMES if name not in {"symbol", "quantity", "lots"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionFile:
    """One file of positions: a chunk.

    Parameters
    ----------
    path
        Where it lies.
    rows
        How many positions it has.
    first, last
        Its first and its last account, as text or as a number; None where it is empty.
    columns
        Those that say what is held, beside symbol.
    dtype
        Of the accounts.
    """

    path: Path
    rows: int
    first: str | int | None
    last: str | int | None
    columns: tuple[str, ...]
    dtype: str

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def layout(self) -> str:
        """What its rows are, in words."""
        return f"account ({self.dtype}), {', '.join(('symbol', *self.columns))}"

    @property
    def ends(self) -> tuple[tuple[int, str], tuple[int, str]]:
        """Its first and its last account as they are compared: numbers by size, text by its signs."""
        return _place(self.first), _place(self.last)


def list_positions(source: Path) -> tuple[PositionFile, ...]:
    """List the files of positions, in the order of their accounts.

    Raises
    ------
    FileFormatError
        If there are none, one is no Parquet, or lacks a column.
    InputError
        If an account may stand in two of them.
    """
    paths = sorted(source.glob("*.parquet")) if source.is_dir() else [source]
    if not paths:
        raise FileFormatError(
            expected=f"Parquet files of positions in {source}", found="none", try_next="write them as NAME.parquet"
        )
    files = [_open(path) for path in paths]
    if len({one.layout for one in files}) > 1:
        odd = next(one for one in files if one.layout != files[0].layout)
        raise FileFormatError(
            expected=f"the same columns in every file of {source}",
            found=f"{odd.layout} in {odd.name}, {files[0].layout} in {files[0].name}",
            try_next="write them alike; a column may be null",
        )
    full = sorted((one for one in files if one.rows), key=lambda one: one.ends)
    for one, other in pairwise(full):
        if one.ends[1] >= other.ends[0]:
            raise InputError(
                expected="each account in one file, and files that do not overlap",
                found=f"{one.name} ends with {one.last}, {other.name} begins with {other.first}",
                try_next="sort all positions by account before they are cut into files",
            )
    return tuple(full)


def read_positions(file: PositionFile) -> pl.DataFrame:
    """Read one file: account, symbol, quantity, and what else says what is held.

    Raises
    ------
    FileFormatError
        If it cannot be read, is not sorted by account, or a row names none.
    """
    try:
        with file.path.open("rb") as stream:
            frame = pl.read_parquet(stream, columns=[*_NEEDED, *file.columns])
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise _unreadable(file.path, error) from error
    _check_order(frame["account"], file.name)
    return frame.with_columns(pl.col("account", "symbol").cast(pl.String))


def read_written_rows(files: tuple[PositionFile, ...]) -> pl.DataFrame:
    """Give every distinct row that says what is held, of all files, in an order that they do not decide."""
    keys = ["symbol", *(files[0].columns if files else ())]
    try:
        distinct = [_distinct(one.path, keys) for one in files]
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise _unreadable(files[0].path.parent, error) from error
    return pl.concat(distinct).unique().sort(keys) if distinct else pl.DataFrame(schema={"symbol": pl.String})


def _distinct(path: Path, keys: list[str]) -> pl.DataFrame:
    with path.open("rb") as stream:
        rows = pl.scan_parquet(stream).select(keys).unique().collect()
    return rows.with_columns(pl.col("symbol").cast(pl.String))


def read_mandates(path: Path, *, base: str) -> pl.DataFrame:
    """Read mandates: one row an account, as `mandate_table` gives them.

    Raises
    ------
    FileFormatError
        If it cannot be read, or lacks a column.
    """
    findings = Findings()
    frame, _, _ = read_frame_file(path, findings=findings)
    broken = findings.failures()
    if broken:
        raise FileFormatError(
            expected=f"rows of equal length in {path.name}",
            found=f"{broken[0].where}: {broken[0].detail}",
            try_next="correct the row: an account without its mandate is not checked",
        )
    return mandate_table(frame, base=base, where=path.name)


def sha256_of(path: Path) -> str:
    """Give the digest of a file's content, in hexadecimal."""
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _check_order(accounts: pl.Series, where: str) -> None:
    if accounts.null_count():
        raise FileFormatError(
            expected=f"an account in each row of {where}",
            found=f"none in row {int(accounts.is_null().arg_true()[0]) + 1}",
            try_next="name the account, or remove the row",
        )
    if not accounts.is_sorted():
        row = int((accounts < accounts.shift(1)).arg_true()[0])
        raise FileFormatError(
            expected=f"positions sorted by account in {where}",
            found=f"{accounts[row]} in row {row + 1} after {accounts[row - 1]}",
            try_next="sort the file by account",
        )


def _place(account: str | int | None) -> tuple[int, str]:
    return (account, "") if isinstance(account, int) else (0, account or "")


def _open(path: Path) -> PositionFile:
    try:
        with path.open("rb") as stream:
            lazy = pl.scan_parquet(stream)
            schema = lazy.collect_schema()
            lacking = [name for name in _NEEDED if name not in schema]
            if lacking:
                raise FileFormatError(
                    expected=f"columns {', '.join(_NEEDED)} in {path.name}",
                    found=f"{', '.join(schema)}",
                    try_next=f"add {', '.join(lacking)}",
                )
            rows = int(lazy.select(pl.len()).collect().item())
            ends = [lazy.select("account").slice(at, 1).collect() for at in (0, max(0, rows - 1))]
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise _unreadable(path, error) from error
    dtype = schema["account"]
    if not (dtype.is_integer() or dtype == pl.String):
        raise FileFormatError(
            expected=f"accounts as text or whole numbers in {path.name}",
            found=str(dtype),
            try_next="write them as text",
        )
    first, last = (None, None) if rows == 0 else (ends[0].item(), ends[1].item())
    return PositionFile(
        path=path,
        rows=rows,
        first=first,
        last=last,
        dtype=str(dtype),
        columns=tuple(name for name in schema if name in _BESIDE),
    )


def _unreadable(path: Path, error: BaseException) -> FileFormatError:
    return FileFormatError(
        expected=f"a Parquet file of positions: {path}",
        found=str(error).splitlines()[0] if str(error) else type(error).__name__,
        try_next="write it again; with --resume what was finished is kept",
    )
