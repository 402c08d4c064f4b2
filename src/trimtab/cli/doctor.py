"""`trimtab doctor`: is this installation fit for work, and if not, what to do about it."""

import datetime as dt
import hashlib
import importlib.util
import os
import platform
import sqlite3
import tempfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from trimtab import sample
from trimtab.cli.waiting.compile_ahead import compile_ahead
from trimtab.config.exchanges.table import exchanges
from trimtab.feeds.venues.known import SERVICES
from trimtab.report.documents.books.workspace import DoctorDocument, DoctorFinding
from trimtab.stats.kernels.compiling import kept_in
from trimtab.version import VERSION

__all__ = ["Finding", "examine", "findings_document", "show_findings"]

Level = Literal["ok", "note", "warning", "error"]
#: From best to worst.
_LEVELS: tuple[Level, ...] = ("ok", "note", "warning", "error")
#: Sessions that a calendar should still be known for.
_SESSIONS_LEFT = 60
_PARTS = ("numpy", "polars", "narwhals", "scipy", "numba", "rich", "click", "sqlalchemy", "filelock")
#: Extra by name: the module that shows that it is there.
_EXTRAS = {
    "alerts": "apprise", "attest": "rbcl", "conic": "clarabel", "fetch": "ccxt", "postgres": "psycopg",
    "web": "fastapi",
}  # fmt: skip
_COLOUR = {"ok": "green", "note": "dim", "warning": "yellow", "error": "red"}
#: Versions of SQLite whose write-ahead log can be reset under several writers (fixed in 3.51.3).
_WAL_BUG_FIRST, _WAL_BUG_LAST = (3, 7, 0), (3, 51, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at.

    Parameters
    ----------
    topic
        What was looked at.
    level
        ok, note, warning or error.
    found
        What is there.
    advice
        What to do about it; empty if nothing.
    """

    topic: str
    level: Level
    found: str
    advice: str = ""


def examine() -> tuple[Finding, ...]:
    """Look at everything a user depends on."""
    return (
        _python(),
        Finding(topic="trimtab", level="ok", found=VERSION),
        *(_part(name) for name in _PARTS),
        *(_extra(name, module) for name, module in _EXTRAS.items()),
        _sqlite(),
        _writable("working folder", Path.cwd()),
        _writable("temporary folder", Path(tempfile.gettempdir())),
        _kernel_cache(),
        *_sample(),
        _calendars(dt.datetime.now(dt.UTC).date()),
        _services(),
    )


def compiled_ahead() -> tuple[Finding, ...]:
    """Compile what the main commands need, and say what was done."""
    done, failed = compile_ahead()
    findings = [Finding(topic="compiled ahead", level="ok", found=", ".join(done))] if done else []
    advice = "nothing is lost: it compiles at its first use"
    return (*findings, *(Finding(topic="compiled ahead", level="note", found=why, advice=advice) for why in failed))


def findings_document(findings: tuple[Finding, ...]) -> DoctorDocument:
    """Document of `trimtab doctor`: schema trimtab.doctor/1."""
    rows = tuple(DoctorFinding(topic=f.topic, level=f.level, found=f.found, advice=f.advice) for f in findings)
    return DoctorDocument(worst=max((f.level for f in findings), key=_LEVELS.index), findings=rows)


def show_findings(findings: tuple[Finding, ...], console: Console) -> None:
    """Print the findings as a table, and a closing line."""
    table = Table(title="trimtab doctor", title_justify="left")
    for name in ("", "topic", "found", "what to do"):
        table.add_column(name)
    for f in findings:
        table.add_row(Text(f.level, style=_COLOUR[f.level]), f.topic, f.found, f.advice)
    console.print(table)
    errors = sum(f.level == "error" for f in findings)
    warnings = sum(f.level == "warning" for f in findings)
    console.print("Fit for work." if not errors else f"{errors} error(s) to mend.", end=" ")
    console.print(f"{warnings} warning(s)." if warnings else "No warnings.")


def _python() -> Finding:
    release = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return Finding(topic="Python", level="ok", found=release)


def _part(name: str) -> Finding:
    try:
        return Finding(topic=name, level="ok", found=metadata.version(name))
    except metadata.PackageNotFoundError:
        return Finding(
            topic=name, level="error", found="not installed", advice="install trimtab again: pip install trimtab"
        )


def _extra(name: str, module: str) -> Finding:
    topic = f"extra [{name}]"
    if importlib.util.find_spec(module) is None:
        return Finding(
            topic=topic,
            level="note",
            found=f"{module} not installed",
            advice=f"if wanted: pip install 'trimtab[{name}]'",
        )
    return Finding(topic=topic, level="ok", found=f"{module} installed")


def _sqlite() -> Finding:
    version = sqlite3.sqlite_version_info
    release = sqlite3.sqlite_version
    if _WAL_BUG_FIRST <= version <= _WAL_BUG_LAST:
        return Finding(
            topic="SQLite",
            level="note",
            found=f"{release}: the write-ahead log of 3.7.0 to 3.51.2 can be reset under several writers",
            advice="nothing: journals are written and checkpointed under a lock of their own, which keeps clear of it",
        )
    return Finding(topic="SQLite", level="ok", found=release)


def _writable(topic: str, folder: Path) -> Finding:
    try:
        with tempfile.NamedTemporaryFile(dir=folder) as probe:
            probe.write(b"trimtab")
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        return Finding(
            topic=topic,
            level="warning",
            found=f"{folder}: {error.strerror}",
            advice="free disk space or permissions there",
        )
    return Finding(topic=topic, level="ok", found=f"{folder} can be written")


def _kernel_cache() -> Finding:
    """Compiled kernels are kept beside the package, or in the user's cache where that cannot be written."""
    folder = kept_in()
    if folder is not None:
        return Finding(topic="kernel cache", level="ok", found=f"compiled code is kept in {folder}")
    return Finding(
        topic="kernel cache",
        level="note",
        found="compiled code cannot be kept: each command compiles what it needs anew",
        advice="set NUMBA_CACHE_DIR to a folder of yours that can be written",
    )


def _sample() -> list[Finding]:
    folder = sample.prices_path().parent
    findings = []
    for name, digest in sample.checksums().items():
        path = folder / name
        if not path.is_file():
            fault = "missing"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            fault = "changed since it was published"
        else:
            continue
        findings.append(Finding(topic=f"sample {name}", level="error", found=fault, advice="install trimtab again"))
    if not findings:
        count = len(sample.checksums())
        findings.append(Finding(topic="bundled sample", level="ok", found=f"{count} files, each as published"))
    return findings


def _services() -> Finding:
    """Say which services of `trimtab fetch` nobody has asked for real yet."""
    untried = [service.name for service in SERVICES if service.tried_live is None]
    if not untried:
        return Finding(topic="services", level="ok", found="each was tried live")
    return Finding(
        topic="services",
        level="note",
        found=f"{', '.join(untried)}: as documented, not tried live",
        advice="compare a first fetch with what the service's own pages show",
    )


def _calendars(today: dt.date) -> Finding:
    """Look at how far the table of exchanges goes: a warning where most end soon, a note where few do."""
    left = {code: one.calendar.left(today) for code, one in exchanges().items()}
    short = {code: days for code, days in left.items() if days is not None and days < _SESSIONS_LEFT}
    if not short:
        return Finding(topic="calendars", level="ok", found=f"{len(left)} exchanges, each known for 60 sessions more")
    ends = ", ".join(f"{code} ({days} left)" for code, days in short.items())
    most = 2 * len(short) > len(left)
    return Finding(
        topic="calendars",
        level="warning" if most else "note",
        found=f"fewer than {_SESSIONS_LEFT} sessions are known of {ends}",
        advice="install a newer trimtab; until then state their days under [calendars.NAME]",
    )
