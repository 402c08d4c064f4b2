"""A run over many accounts as a document, which is its manifest as well."""

from dataclasses import dataclass
from typing import ClassVar

from trimtab.desk.fleet.summary import FleetRun

__all__ = ["FleetDocument", "fleet_document"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetInput:
    """A file that a run came from.

    Parameters
    ----------
    file
        Its name.
    sha256
        Of its content, in hexadecimal.
    """

    file: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetChunk:
    """A file of checks.

    Parameters
    ----------
    key
        Its path in the folder of the run.
    rows
        Accounts in it.
    sha256
        Of its content, in hexadecimal.
    """

    key: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetCountsDocument:
    """How many there were.

    Parameters
    ----------
    positions
        Rows read.
    accounts
        Accounts: `inside` + `outside` + `undecided`.
    inside, outside, undecided
        Accounts by verdict.
    exceptions
        Accounts with a flag: the rows of exceptions.parquet.
    alone
        Accounts measured one by one, because they hold what is not in proportion to its quantity or was not measured.
    """

    positions: int
    accounts: int
    inside: int
    outside: int
    undecided: int
    exceptions: int
    alone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetDocument:
    """A run over many accounts: what it came from, and what belongs to it.

    Parameters
    ----------
    run
        What names it: the same question of the same files by the same version has the same name.
    version
        Of trimtab.
    inputs
        Files it came from.
    chunks
        Files of checks, in the order of the accounts.
    counts
        How many there were.
    """

    SCHEMA: ClassVar = "trimtab.fleet.check/1"

    run: str
    version: str
    inputs: tuple[FleetInput, ...]
    chunks: tuple[FleetChunk, ...]
    counts: FleetCountsDocument


def fleet_document(run: FleetRun) -> FleetDocument:
    """Make the document of a run."""
    c = run.counts
    return FleetDocument(
        run=run.run,
        version=run.version,
        inputs=tuple(FleetInput(file=one.file, sha256=one.sha256) for one in run.inputs),
        chunks=tuple(FleetChunk(key=one.key, rows=one.rows, sha256=one.sha256) for one in run.chunks),
        counts=FleetCountsDocument(
            positions=c.positions, accounts=c.accounts, inside=c.inside, outside=c.outside, undecided=c.undecided,
            exceptions=c.exceptions, alone=c.alone,
        ),
    )  # fmt: skip
