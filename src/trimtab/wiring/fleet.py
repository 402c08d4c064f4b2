"""Many accounts from files to a folder: positions chunk by chunk, checks written whole, the manifest last."""

import json
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import polars as pl

from trimtab.desk.answers.inputs import USUAL_BASE, Inputs
from trimtab.desk.fleet.chunk import Fleet, check_positions, unheld_accounts
from trimtab.desk.fleet.mandates import FAULT
from trimtab.desk.fleet.moment import FleetMoment, open_moment
from trimtab.desk.fleet.summary import (
    ChunkResult,
    FleetRun,
    InputFile,
    add_counts,
    count_checks,
    worst_first,
)
from trimtab.desk.questions.every import write_record
from trimtab.desk.questions.fields import usual
from trimtab.desk.questions.fleet import FleetQuestion
from trimtab.errors import StorageError, TrimtabError
from trimtab.feeds.many.files import (
    PositionFile,
    list_positions,
    read_mandates,
    read_positions,
    read_written_rows,
    sha256_of,
)
from trimtab.progress import each, step
from trimtab.report.documents.fleet import fleet_document
from trimtab.report.shape.write import dumps
from trimtab.runner.executors import Executor, Inline, Processes
from trimtab.store.many.folder import FleetFolder, open_folder
from trimtab.version import VERSION
from trimtab.wiring.files import open_inputs

__all__ = ["check_fleet"]

F = TypeVar("F")
#: Of a question: where and how it is worked, which changes no number.
_NOT_ASKED = ("out", "executor", "workers", "resume")
#: Exceptions that a run shows.
_SHOWN = 20


@step("opening the fleet")
def check_fleet(asked: FleetQuestion) -> FleetRun:
    """Hold every account of the files against its mandate, and write what comes of it.

    Raises
    ------
    InputError
        If positions are not sorted, an account stands in two files, or no benchmark can be measured.
    StorageError
        If the folder is another run's, or cannot be written.
    """
    question = usual(asked)
    files = list_positions(Path(str(question.positions)))
    base = question.measuring.base or USUAL_BASE
    mandates = read_mandates(Path(str(question.mandates)), base=base)
    rows = read_written_rows(files)
    beside = _inputs(question)
    folder = open_folder(Path(str(question.out)), _name(question, beside, rows), resume=question.resume)
    fleet = _open_fleet(question, rows, mandates)
    work = partial(_work, fleet=fleet, folder=folder)
    chunks = [(file, sha256_of(file.path)) for file in files]
    results = [*each(_executor(question).map_chunks(work, chunks), "checking files of accounts", len(chunks))]
    inputs = (*(InputFile(file=file.name, sha256=digest) for file, digest in chunks), *beside)
    results += _unheld(folder, fleet, results)
    checks = pl.concat([_checks(folder, one.key) for one in results]) if results else None
    run = _finished(folder, fleet, inputs, tuple(results), checks)
    _hold_counts(run, files, checks)
    folder.finish(dumps(fleet_document(run)))
    return run


def _executor(question: FleetQuestion) -> Executor:
    return Inline() if question.executor == "inline" else Processes(workers=question.workers)


def _inputs(question: FleetQuestion) -> tuple[InputFile, ...]:
    """Give every file that the run comes from beside the positions, with its digest."""
    more = (*_paths(question.prices), *_paths(question.instruments.contracts), *_paths(question.instruments.funds))
    fx, rates = question.measuring.fx, question.measuring.risk_free
    funding = question.instruments.funding
    paths = [Path(str(question.mandates)), *more]
    paths += [Path(str(one)) for one in (fx, rates, funding) if isinstance(one, str) and Path(one).is_file()]
    return tuple(InputFile(file=path.name, sha256=sha256_of(path)) for path in paths)


def _paths(given: F) -> Iterator[Path]:
    if isinstance(given, str | Path):
        yield Path(given)
    elif isinstance(given, tuple):
        yield from (Path(str(one)) for one in given)


def _name(question: FleetQuestion, beside: tuple[InputFile, ...], rows: pl.DataFrame) -> str:
    """Name a run by all that a chunk's numbers come from but the chunk: another file of positions may be mended."""
    words = {name: value for name, value in write_record(question).items() if name not in _NOT_ASKED}
    instruments = sha256(rows.write_csv().encode()).hexdigest()
    parts = {
        "question": words, "inputs": [[one.file, one.sha256] for one in beside], "held": instruments, "version": VERSION
    }  # fmt: skip
    return sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _open_fleet(question: FleetQuestion, rows: pl.DataFrame, mandates: pl.DataFrame) -> Fleet:
    """Value everything held once for each benchmark and base currency."""
    prices = [str(path) for path in _paths(question.prices)]
    inputs = open_inputs(prices, "", question.measuring, question.instruments)
    usable = mandates.filter(pl.col(FAULT).is_null()).select("benchmark", "base").unique().sort("benchmark", "base")
    moments: dict[tuple[str, str], FleetMoment] = {}
    failures: dict[tuple[str, str], TrimtabError] = {}
    for benchmark, base in usable.iter_rows():
        try:
            moments[benchmark, base] = _moment(question, rows, inputs, benchmark, base)
        except TrimtabError as error:
            failures[benchmark, base] = error
    if failures and not moments:
        raise next(iter(failures.values()))
    words = {
        key: f"{key[0]} in {key[1]} cannot be measured: expected {error.expected}; found {error.found}"
        for key, error in failures.items()
    }
    return Fleet(mandates=mandates, moments=moments, failures=words)


def _moment(question: FleetQuestion, rows: pl.DataFrame, inputs: Inputs, benchmark: str, base: str) -> FleetMoment:
    return open_moment(rows, inputs, question.measuring, benchmark=benchmark, base=base, hedge=question.hedge)


def _work(chunk: tuple[PositionFile, str], *, fleet: Fleet, folder: FleetFolder) -> ChunkResult:
    """Check one chunk, unless that was done before; the second time gives the same file."""
    file, digest = chunk
    key = folder.key(digest)
    checks = folder.read(key)
    if checks is None:
        checks = check_positions(read_positions(file), fleet)
        folder.write(key, checks)
    return ChunkResult(key=key, rows=checks.height, sha256=folder.digest(key), counts=count_checks(checks))


def _unheld(folder: FleetFolder, fleet: Fleet, results: list[ChunkResult]) -> list[ChunkResult]:
    """Give accounts that have a mandate and no position a row as well."""
    chunks = [_checks(folder, one.key).select("account") for one in results]
    accounts = pl.concat(chunks) if chunks else pl.DataFrame(schema={"account": pl.String})
    unheld = fleet.mandates.join(accounts, on="account", how="anti", maintain_order="left").sort("account")
    if not unheld.height:
        return []
    key, checks = folder.key("without-positions"), unheld_accounts(unheld)
    folder.write(key, checks)
    return [ChunkResult(key=key, rows=checks.height, sha256=folder.digest(key), counts=count_checks(checks))]


def _checks(folder: FleetFolder, key: str) -> pl.DataFrame:
    checks = folder.read(key)
    if checks is None:
        raise StorageError(
            expected=f"{key} in {folder.folder}", found="it was removed while the run went on", try_next="run it again"
        )
    return checks


def _finished(
    folder: FleetFolder,
    fleet: Fleet,
    inputs: tuple[InputFile, ...],
    results: tuple[ChunkResult, ...],
    checks: pl.DataFrame | None,
) -> FleetRun:
    """Write the exceptions, and put together what came of the run."""
    exceptions = unheld_accounts(fleet.mandates.clear()) if checks is None else worst_first(checks, fleet.mandates)
    folder.write_exceptions(exceptions)
    return FleetRun(
        folder=str(folder.folder),
        run=folder.run,
        version=VERSION,
        inputs=inputs,
        chunks=results,
        counts=add_counts(one.counts for one in results),
        worst=exceptions.head(_SHOWN),
    )


def _hold_counts(run: FleetRun, files: tuple[PositionFile, ...], checks: pl.DataFrame | None) -> None:
    """Hold what came out to what went in: every position counted once, every account with one row.

    Raises
    ------
    StorageError
        If they differ: a file changed while it was read.
    """
    counts, rows = run.counts, sum(one.rows for one in files)
    accounts = 0 if checks is None else checks["account"].n_unique()
    parts = counts.inside + counts.outside + counts.undecided
    if counts.positions != rows or not counts.accounts == accounts == parts:
        raise StorageError(
            expected=f"{rows:,} positions and one row for each account",
            found=f"{counts.positions:,} positions and {counts.accounts:,} rows of {accounts:,} accounts",
            try_next="a file changed while it was read: run it again with a new folder",
        )
