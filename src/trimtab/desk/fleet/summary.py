"""What came of a run over many accounts: how many of each kind, and the exceptions, worst first."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl

from trimtab.hedge.verdict import Status
from trimtab.market.records import build_frame, frame_kind
from trimtab.model.shown import Shown

__all__ = ["FleetCounts", "add_counts", "count_checks", "worst_first"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetCounts:
    """Counts of a run, each over accounts but for `positions`.

    Parameters
    ----------
    positions
        Rows that were read.
    accounts
        Rows that came out: `inside` + `outside` + `undecided`.
    inside, outside, undecided
        By verdict.
    exceptions
        With a flag.
    alone
        Measured one by one.
    """

    positions: int
    accounts: int
    inside: int
    outside: int
    undecided: int
    exceptions: int
    alone: int


def count_checks(checks: pl.DataFrame) -> FleetCounts:
    """Count a table of checks."""

    def of(status: Status) -> int:
        return int((checks["status"] == status.value).sum())

    return FleetCounts(
        positions=int(checks["positions"].sum()),
        accounts=checks.height,
        inside=of(Status.INSIDE),
        outside=of(Status.OUTSIDE),
        undecided=of(Status.UNDECIDED),
        exceptions=checks.height - checks["flag"].null_count(),
        alone=int(checks["alone"].sum()),
    )


def add_counts(counts: Iterable[FleetCounts]) -> FleetCounts:
    """Add up the counts of chunks, each once."""
    listed = list(counts)
    return FleetCounts(
        positions=sum(c.positions for c in listed),
        accounts=sum(c.accounts for c in listed),
        inside=sum(c.inside for c in listed),
        outside=sum(c.outside for c in listed),
        undecided=sum(c.undecided for c in listed),
        exceptions=sum(c.exceptions for c in listed),
        alone=sum(c.alone for c in listed),
    )


def worst_first(checks: pl.DataFrame, mandates: pl.DataFrame) -> pl.DataFrame:
    """Give the accounts with a flag, worst first.

    Those outside come first: the less probable it is that they are inside the worse, and of equally improbable ones
    the further beta lies from the target, in half-widths of the band. Then the undecided, those of which nothing is
    known before the others. What stands inside and has something told of it comes last.
    """
    order = pl.col("status").replace_strict(
        {Status.OUTSIDE.value: 0, Status.UNDECIDED.value: 1, Status.INSIDE.value: 2}, return_dtype=pl.Int8
    )
    beside = mandates.select("account", "target", "band")
    flagged = checks.filter(pl.col("flag").is_not_null())
    ranked = flagged.join(beside, on="account", how="left", maintain_order="left").with_columns(
        order.alias("_order"),
        ((pl.col("beta") - pl.col("target")).abs() / pl.max_horizontal("band", 1e-9)).alias("_far"),
    )
    by = ["_order", "probability_inside", "_far", "account"]
    sorted_rows = ranked.sort(by, descending=[False, False, True, False], nulls_last=[False, False, True, False])
    return sorted_rows.select(checks.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class InputFile:
    """A file that a run came from: its name, and the SHA-256 of its content in hexadecimal."""

    file: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkResult:
    """What came of one chunk.

    Parameters
    ----------
    key
        Its file in the folder of the run.
    rows
        Accounts in it.
    sha256
        Of the file's content, in hexadecimal.
    counts
        Of its accounts.
    """

    key: str
    rows: int
    sha256: str
    counts: FleetCounts


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FleetRun(Shown):
    """A run over many accounts.

    Parameters
    ----------
    folder
        Where it lies: ``checks/*.parquet`` with a row an account, ``exceptions.parquet`` and ``manifest.json``.
    run
        What names it: the same question of the same files by the same version has the same name.
    version
        Of trimtab.
    inputs
        The files it came from.
    chunks
        What came of each chunk, in the order of the accounts.
    counts
        Of all accounts.
    worst
        The first exceptions, as a table of checks.
    """

    folder: str
    run: str
    version: str
    inputs: tuple[InputFile, ...]
    chunks: tuple[ChunkResult, ...]
    counts: FleetCounts
    worst: pl.DataFrame

    def to_frame(self, kind: str | None = None) -> Any:
        """Give the first exceptions, worst first, as a frame; all of them are in ``exceptions.parquet``."""
        if kind is None or frame_kind(kind) == "polars":
            return self.worst
        return build_frame(self.worst.to_dict(as_series=False), kind=kind)
