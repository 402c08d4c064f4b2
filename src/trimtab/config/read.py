"""Read trimtab.toml, the environment and the command line into one `Config`, or say everything that is wrong.

Each setting is looked up in four places, and the last one that has it wins: its default, the file, the environment
variable ``TRIMTAB_SECTION_KEY``, the command line. A value that is overruled is checked all the same.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from trimtab.config import settings as s
from trimtab.config.config import Config
from trimtab.config.gather import Gathered, gather
from trimtab.config.measures.betas import StatedBetaSettings
from trimtab.config.measures.report import ReportSettings
from trimtab.config.mistakes import Mistake, error_of
from trimtab.config.origin import Origin, OriginKind
from trimtab.config.scan import key_lines
from trimtab.config.toml import Override
from trimtab.errors import InputError, StorageError

__all__ = ["FILE_NAME", "find_mistakes", "read_config"]

FILE_NAME: Final = "trimtab.toml"
_PLACE: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_NOTHING: Final[Mapping[str, Override]] = MappingProxyType({})


def read_config(
    folder: Path, *, environ: Mapping[str, str] | None = None, overrides: Mapping[str, Override] = _NOTHING
) -> Config:
    r"""Read the settings of a workspace.

    Parameters
    ----------
    folder
        The workspace: a folder with ``trimtab.toml``.
    environ
        Environment variables; the process's own if None. An empty variable counts as not set.
    overrides
        Values by dotted path (``{"mandates.core.band": 0.1}``), from the command line; text is read as what the
        setting is, and None counts as not given. Relative paths in them start at the current folder, all others at
        the workspace.

    Raises
    ------
    InputError
        If there is no such file, or for every mistake in the settings: one error that lists them all.
    StorageError
        If the file cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "trimtab.toml").write_text("[estimation]\nwindow = 252")
    >>> config = read_config(folder, environ={"TRIMTAB_ESTIMATION_METHOD": "ols"})
    >>> config.estimation.window, str(config.origin("estimation.window"))
    (252, 'trimtab.toml:2')
    >>> config.estimation.method, str(config.origin("estimation.method"))
    ('ols', 'TRIMTAB_ESTIMATION_METHOD')
    """
    file, gathered, mistakes = _read(folder, environ, overrides)
    if mistakes:
        raise error_of(mistakes)
    assert gathered is not None  # noqa: S101 - without mistakes there is a result
    return Config(
        folder=file.parent,
        file=file,
        workspace=gathered.one("workspace", s.WorkspaceSettings),
        journal=gathered.one("journal", s.JournalSettings),
        estimation=gathered.one("estimation", s.EstimationSettings),
        costs=gathered.one("costs", s.CostSettings),
        contracts=gathered.one("contracts", s.ContractSettings),
        funds=gathered.one("funds", s.FundSettings),
        watch=gathered.one("watch", s.WatchSettings),
        report=gathered.one("report", ReportSettings),
        alerts=s.AlertSettings(
            quiet=gathered.one("alerts.quiet", s.QuietSettings),
            channels=gathered.by_name("alerts.channels", s.ChannelSettings),
            rules=gathered.every("alerts.rules", s.RuleSettings),
        ),
        stated_betas=gathered.by_name("stated_betas", StatedBetaSettings),
        benchmarks=gathered.by_name("benchmarks", s.BenchmarkSettings),
        portfolios=gathered.by_name("portfolios", s.PortfolioSettings),
        mandates=gathered.by_name("mandates", s.MandateSettings),
        sources=gathered.by_name("sources", s.SourceSettings),
        fetch=gathered.by_name("fetch", s.FetchSettings),
        calendars=gathered.by_name("calendars", s.CalendarSettings),
        mappings=gathered.by_name("mappings", s.MappingSettings),
        aliases=gathered.by_name("aliases", s.AliasSettings),
        origins=MappingProxyType(gathered.origins),
    )


def find_mistakes(
    folder: Path, *, environ: Mapping[str, str] | None = None, overrides: Mapping[str, Override] = _NOTHING
) -> tuple[Mistake, ...]:
    """Find everything that is wrong with the settings: those of the file by line, then the others.

    Parameters
    ----------
    folder, environ, overrides
        As for `read_config`.

    Raises
    ------
    InputError
        If there is no such file.
    StorageError
        If it cannot be read.
    """
    return _read(folder, environ, overrides)[2]


def _read(
    folder: Path, environ: Mapping[str, str] | None, overrides: Mapping[str, Override]
) -> tuple[Path, Gathered | None, tuple[Mistake, ...]]:
    file = Path(folder).expanduser().absolute() / FILE_NAME
    text = _text(file)
    if isinstance(text, Mistake):
        return file, None, (text,)
    try:
        raw = tomllib.loads(text)
        lines = key_lines(text.replace("\r\n", "\n"))
    except (ValueError, RecursionError) as error:
        return file, None, (_syntax(file, text, error),)
    gathered = gather(
        raw,
        lines,
        file=file,
        environ=os.environ if environ is None else environ,
        overrides=overrides,
    )
    return file, gathered, tuple(sorted(gathered.mistakes, key=_in_order))


def _in_order(mistake: Mistake) -> tuple[int, int, str]:
    return list(OriginKind).index(mistake.origin.kind), mistake.origin.line or 0, mistake.path


def _text(file: Path) -> str | Mistake:
    try:
        data = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(
            expected=f"a workspace: a folder with {FILE_NAME}",
            found=f"no {file}",
            try_next=f"make one with: trimtab init {file.parent}",
        ) from None
    except OSError as error:
        raise StorageError(
            expected=f"to read {file}", found=error.strerror or str(error), try_next="check its permissions"
        ) from None
    try:
        return data.decode("utf-8-sig")  # some editors begin a file with a byte order mark
    except UnicodeDecodeError as error:
        return Mistake(
            origin=Origin(kind=OriginKind.FILE, file=file, line=data.count(b"\n", 0, error.start) + 1),
            path="",
            expected="text in UTF-8",
            found=_bad_byte(data, error.start),
            try_next="save the file as UTF-8",
        )


def _bad_byte(data: bytes, at: int) -> str:
    column = at - data.rfind(b"\n", 0, at)
    return f"byte {data[at]:#04x} in column {column}"


def _syntax(file: Path, text: str, error: Exception) -> Mistake:
    """Say where the text stops being TOML; never quote the line, which may hold a secret."""
    position = _PLACE.search(str(error))
    last = text.count("\n") + 1
    line, column = (int(position[1]), f", column {position[2]}") if position and position[1] else (last, "")
    reason = "a number of too many digits"
    if isinstance(error, tomllib.TOMLDecodeError):
        reason = _PLACE.sub("", str(error))
    elif isinstance(error, RecursionError):
        reason = "brackets nested too deeply"
    return Mistake(
        origin=Origin(kind=OriginKind.FILE, file=file, line=line),
        path="",
        expected="TOML",
        found=f"{reason[:1].lower()}{reason[1:]} (line {line}{column})",
        try_next='write key = value; texts stand in quotes: name = "..."',
    )
