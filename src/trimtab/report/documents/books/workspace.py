"""What commands on a workspace as a whole say: made, set, kept safe, examined.

The command line fills them in, but for the settings: those are written down in the journal as well, so `trimtab.config`
writes them, and tests hold what it writes to the schema that is given here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from trimtab.model.json import Json

__all__ = [
    "BackupDocument", "ConfigCheckDocument", "ConfigDocument", "DoctorDocument", "DoctorFinding", "FileDifference",
    "InitDocument",
    "JournalDocument", "JournalEntry", "JournalFault", "RestoreDocument", "SettingLine", "SettingMistake",
    "SettingOrigin", "VerifyDocument",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class InitDocument:
    """A workspace that was made.

    Parameters
    ----------
    workspace
        Its folder.
    sample
        Whether it holds the bundled sample.
    """

    SCHEMA: ClassVar = "trimtab.init/1"

    workspace: str
    sample: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingOrigin:
    """Where a setting came from.

    Parameters
    ----------
    kind
        default, file, environment or command_line.
    file, line, variable
        The file and its line, or the environment variable.
    """

    kind: str
    file: str | None
    line: int | None
    variable: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingLine:
    """One setting as it is in force.

    Parameters
    ----------
    path, value
        Dotted path; a text, number, truth value, or list of them; null if it is not set.
    origin
        Where it came from.
    """

    path: str
    value: Json
    origin: SettingOrigin


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigDocument:
    """Every setting as it is in force; secrets are hidden.

    Parameters
    ----------
    workspace, file
        The folder, and its settings.
    settings
        Section by section, defaults included.
    """

    SCHEMA: ClassVar = "trimtab.config/1"

    workspace: str
    file: str
    settings: tuple[SettingLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingMistake:
    """One mistake in the settings.

    Parameters
    ----------
    path, origin
        Which setting, and where it stands.
    expected, found, try_next
        What would have been right, what was there, what to try.
    """

    path: str | None
    origin: SettingOrigin
    expected: str
    found: str
    try_next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigCheckDocument:
    """Mistakes in the settings of a workspace.

    Parameters
    ----------
    workspace
        Its folder.
    mistakes
        Empty if there are none.
    """

    SCHEMA: ClassVar = "trimtab.config-check/1"

    workspace: str
    mistakes: tuple[SettingMistake, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupDocument:
    """A copy of a workspace that was made while it was in use.

    Parameters
    ----------
    target, made
        What was written, and when, UTC.
    head
        NUMBER:HASH of the journal's last entry.
    files, bytes
        How much was copied, before compression.
    outside
        Files that the settings name outside the workspace: not copied.
    """

    SCHEMA: ClassVar = "trimtab.backup/1"

    target: str
    made: str
    head: str
    files: int
    bytes: int
    outside: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreDocument:
    """A workspace brought back from a copy.

    Parameters
    ----------
    workspace, made, head, files
        Its folder; when the copy was made; NUMBER:HASH of the last entry; how many files came back.
    settings
        Name of the file with the settings; null if the copy had none.
    mistakes
        What keeps those settings from being used where they are now, such as a file that is not there.
    """

    SCHEMA: ClassVar = "trimtab.restore/1"

    workspace: str
    made: str
    head: str
    files: int
    settings: str | None
    mistakes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalFault:
    """The first place where the journal is not what it was.

    Parameters
    ----------
    seq, what, detail
        Number of the entry (0 if none in particular), what happened to it, and in words.
    """

    seq: int
    what: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDifference:
    """Something beside the journal that is not as its entries say.

    Parameters
    ----------
    what
        gone, unnamed, older journal, unguarded, settings or clock.
    where, detail
        The file or what it concerns, and in words.
    is_fault
        False where it may be so.
    """

    what: str
    where: str
    detail: str
    is_fault: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyDocument:
    """Whether the journal and every file are as they were written.

    Parameters
    ----------
    ok, entries, head
        Whether everything fits, how many entries do, and NUMBER:HASH of the last of them.
    files
        Price files and kept files that fit.
    fault
        What is wrong with the journal itself; null if nothing.
    differences
        What beside it is not as its entries say.
    """

    SCHEMA: ClassVar = "trimtab.verify/1"

    ok: bool
    entries: int
    head: str
    files: int
    fault: JournalFault | None
    differences: tuple[FileDifference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """Something as it was written down.

    Parameters
    ----------
    seq, recorded
        Its number, and when it was written, UTC.
    kind, subject, valid
        What it is, what it is about, and the moment it is about.
    body
        What was kept.
    hash
        SHA-256 over the hash before it and everything above.
    """

    seq: int
    recorded: str
    kind: str
    subject: str
    valid: str | None
    body: Mapping[str, Json]
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalDocument:
    """What a workspace wrote down.

    Parameters
    ----------
    known
        Up to which entry was asked for; null for all.
    entries
        Newest first.
    """

    SCHEMA: ClassVar = "trimtab.journal/1"

    known: int | None
    entries: tuple[JournalEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorFinding:
    """One thing looked at.

    Parameters
    ----------
    topic, level
        What was looked at, and how it is.
    found, advice
        What is there, and what to do about it (empty if nothing).
    """

    topic: str
    level: Literal["ok", "note", "warning", "error"]
    found: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorDocument:
    """Whether an installation is fit for work.

    Parameters
    ----------
    worst
        The worst level among the findings.
    findings
        One for each thing looked at.
    """

    SCHEMA: ClassVar = "trimtab.doctor/1"

    worst: Literal["ok", "note", "warning", "error"]
    findings: tuple[DoctorFinding, ...]
