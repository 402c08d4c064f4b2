"""Commands that keep a workspace safe: backup, restore, verify, and the journal as it is."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import click

from trimtab.cli.output import Output, console, leave
from trimtab.cli.records import PLACE, folder_of
from trimtab.desk.questions.fields import check, needed, option
from trimtab.desk.questions.groups.source import Source
from trimtab.desk.questions.values import Text, Whole
from trimtab.errors import UsageError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from rich.console import Console

    from trimtab.desk.books.journal import Entry, Head
    from trimtab.store.journal import SqlJournal
    from trimtab.store.verify import Verification

__all__ = ["backup", "journal", "restore", "verify"]

#: Columns from which a line of the journal shows a body, and those that its other columns take.
_BODY_FROM, _OTHERS_WIDTH = 120, 95


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a copy goes."""

    target: str = needed(
        Text("TARGET", "a new file or folder", "desk.tar.gz"),
        "A new file (NAME.tar.gz) or folder to write.",
        place=True,
    )

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtBack:
    """What is brought back, and where to."""

    archive: str = needed(Text("ARCHIVE", "a backup", "desk.tar.gz"), "What trimtab backup wrote.", place=True)
    into: str = needed(Text("INTO", "a folder", "desk-again"), "An empty or new folder.", place=True)
    journal: str | None = option(
        Text("URL", "the URL of a database", "postgresql://user@host/name"),
        "URL of an empty PostgreSQL database to take the entries.", otherwise="SQLite in the folder",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A head that was noted."""

    head: str | None = option(
        Text("NUMBER:HASH", "a number and a hash", "12:9f..."),
        "Noted earlier: shows entries cut off, or a rewritten journal.", otherwise="none",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """Which entries are listed."""

    kind: str | None = option(
        Text("KIND", "a kind of entry", "run"), "Only of this kind: holdings, prices, run, plan, ...", otherwise="all"
    )
    subject: str | None = option(
        Text("NAME", "an account or a symbol", "growth"), "Only about this account or symbol.", otherwise="all"
    )
    limit: int = option(Whole("COUNT", least=1, example="20"), "How many, newest first.", default=20)

    def __post_init__(self) -> None:
        check(self)


def backup(made: Target, source: Annotated[Source, PLACE], output: Output) -> None:
    """Copy a workspace while it is in use: journal, data and settings, consistent with each other.

    Files of the workspace that the settings name are copied too. The settings are copied with whatever passwords they
    hold.

    Example: trimtab backup desk-copy.tar.gz -w desk
    """
    from trimtab.config.read import read_config
    from trimtab.report.documents.books.workspace import BackupDocument
    from trimtab.store.backup import back_up, left_outside

    target = Path(made.target)
    named = read_config(folder_of(source)).named_files()
    folder, opened = _open(source)
    with opened:
        copy = back_up(opened, folder / "data", target, named=named)
    outside = tuple(str(path) for path in left_outside(folder / "data", named))
    size = sum(kept.size for kept in copy.files)
    if output.json:
        _print_json(
            BackupDocument(
                target=str(target), made=copy.made, head=_written(copy.head), files=len(copy.files), bytes=size,
                outside=outside,
            )
        )  # fmt: skip
        return
    screen = console()
    screen.print(f"{target}: {_count(len(copy.files), 'file')}, {size:,} bytes before compression", soft_wrap=True)
    if outside:
        screen.print(
            f"Not in it, because the settings name it outside the workspace: {', '.join(outside)}. Keep a copy.",
            soft_wrap=True,
        )
    _show_head(copy.head, screen)


def restore(back: BroughtBack, output: Output) -> None:
    """Bring a workspace back, after every file and the whole journal were checked.

    Example: trimtab restore desk-copy.tar.gz desk-again
    """
    from trimtab.config.read import find_mistakes
    from trimtab.report.documents.books.workspace import RestoreDocument
    from trimtab.store.manifest import SETTINGS
    from trimtab.store.restore import SAVED_SETTINGS
    from trimtab.store.restore import restore as bring_back

    done = bring_back(Path(back.archive), Path(back.into), journal=back.journal)
    amiss = tuple(str(m) for m in find_mistakes(done.folder)) if done.settings == SETTINGS else ()
    if output.json:
        _print_json(
            RestoreDocument(
                workspace=str(done.folder), made=done.manifest.made, head=_written(done.manifest.head),
                files=len(done.manifest.files), settings=done.settings, mistakes=amiss,
            )
        )  # fmt: skip
        return
    screen = console()
    kept = done.manifest
    screen.print(
        f"{done.folder}: {_count(len(kept.files), 'file')} as of {kept.made}, every one checked", soft_wrap=True
    )
    if done.settings == SAVED_SETTINGS:
        screen.print(
            f"The settings name the journal of before, and the entries are now in "
            f"{'the database that was named' if back.journal else kept.journal_name}: "
            f"the settings are in {SAVED_SETTINGS}. "
            "Set [journal] url in them to the journal you want, and rename them to trimtab.toml.",
            soft_wrap=True,
        )
    for mistake in amiss:
        screen.print(f"The settings cannot be used here before this is mended: {mistake}", soft_wrap=True)
    _show_head(kept.head, screen)


def verify(noted_head: Noted, source: Annotated[Source, PLACE], output: Output) -> None:
    """Check every entry of the journal against its hash chain, and its files both ways.

    Files that entries name must be there as they were written; files that no entry names, prices that go further than
    the journal, missing guards against changes, and settings that are not those of the last answer are told.

    Exit code 0 everything fits, 1 an entry does not (the first place is named), or the journal is older than its files
    or unguarded, 74 a file is gone or has changed.

    Example: trimtab verify -w desk
    """
    from trimtab.report.documents.books.workspace import FileDifference, JournalFault, VerifyDocument
    from trimtab.wiring.verifying import verify_workspace

    noted = None if noted_head.head is None else _read_head(noted_head.head)
    done = verify_workspace(folder_of(source), head=noted)
    verification = done.chain
    if output.json:
        fault = verification.fault
        _print_json(
            VerifyDocument(
                ok=done.is_whole, entries=verification.entries, head=_written(verification.head), files=done.files,
                fault=None if fault is None else JournalFault(seq=fault.seq, what=fault.what, detail=fault.detail),
                differences=tuple(
                    FileDifference(what=d.what, where=d.where, detail=d.detail, is_fault=d.is_fault)
                    for d in done.differences
                ),
            )
        )  # fmt: skip
    else:
        screen = console()
        _show_verification(verification, noted, screen)
        if done.files:
            screen.print(f"Price files and kept files: {done.files}, each as it was written.")
        for one in done.differences:
            screen.print(
                f"{one.what}: {one.where}: {one.detail}", style="bold red" if one.is_fault else "", soft_wrap=True,
                markup=False,
            )  # fmt: skip
    if any(d.what == "gone" and d.is_fault for d in done.differences):
        leave(74)
    leave(0 if done.is_whole else 1)


def journal(entries: Entries, source: Annotated[Source, ("workspace", "known")], output: Output) -> None:
    """List what a workspace wrote down, newest first.

    Example: trimtab journal --kind plan --limit 5 -w desk
    """
    from trimtab.report.documents.books.workspace import JournalDocument, JournalEntry

    _, opened = _open(source)
    with opened:
        entry_or_time = source.known
        until = None
        if entry_or_time is not None:
            until = int(entry_or_time) if entry_or_time.isdigit() else opened.known_at(entry_or_time)
        shown = opened.entries(entries.kind, subject=entries.subject, known=until, newest=True, limit=entries.limit)
    if output.json:
        listed = tuple(
            JournalEntry(
                seq=e.seq, recorded=e.recorded, kind=e.kind, subject=e.subject, valid=e.valid, body=e.body, hash=e.hash
            )
            for e in shown
        )
        _print_json(JournalDocument(known=until, entries=listed))
    else:
        _show_entries(shown, console())


def _open(source: Source) -> "tuple[Path, SqlJournal]":
    from trimtab.config.read import read_config
    from trimtab.store.journal import LOCK_NAME, open_journal

    folder = folder_of(source)
    return folder, open_journal(read_config(folder).journal_url(), lock=folder / LOCK_NAME)


def _read_head(text: str) -> "Head":
    from trimtab.desk.books.journal import Head

    number, _, noted = text.strip().partition(":")
    if not number.isdigit() or len(noted) != 64 or not set(noted.lower()) <= set("0123456789abcdef"):
        raise UsageError(
            expected="head (--head): NUMBER:HASH, the hash with its 64 digits",
            found=repr(text),
            try_next="copy it whole from what backup or verify printed",
        )
    return Head(seq=int(number), hash=noted.lower())


def _written(head: "Head") -> str:
    return f"{head.seq}:{head.hash}"


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def _show_head(head: "Head", console: "Console") -> None:
    console.print(f"head {_written(head)}", soft_wrap=True)
    console.print("Note the head elsewhere: trimtab verify --head shows later whether anything before it was touched.")


def _show_verification(verification: "Verification", noted: "Head | None", console: "Console") -> None:
    entries = f"{verification.entries:,} {'entry' if verification.entries == 1 else 'entries'}"
    if verification.fault is None:
        against = "" if noted is None else f", and entry {noted.seq} is the one that was noted"
        console.print(f"The journal holds: {entries}, every hash fits{against}.", soft_wrap=True)
        _show_head(verification.head, console)
        return
    console.print(f"The journal does not hold: {verification.fault.what}.", style="bold red", soft_wrap=True)
    console.print(f"{verification.fault.detail}.", soft_wrap=True)
    console.print(f"{entries} before that fit, up to head {_written(verification.head)}", soft_wrap=True)
    console.print("Keep this folder as it is, and restore a backup into another: trimtab restore ARCHIVE DIR")


def _show_entries(listed: "tuple[Entry, ...]", console: "Console") -> None:
    from trimtab.report.tables.sheet import Sheet
    from trimtab.store.chain import canonical

    if not listed:
        console.print("No entries.")
        return
    # A body is cut to what is left of a wide line, and left out of a narrow one; --json has it whole.
    wide = console.width >= _BODY_FROM
    table = Sheet("Journal, newest first", is_narrow=not wide)
    table.add_column("number", justify="right")
    table.add_column("recorded (UTC)", justify="right")
    for name in ("kind", "subject", "valid", *(("body",) if wide else ())):
        table.add_column(name)
    for e in listed:
        recorded, valid = (moment[:19].replace("T", " ") for moment in (e.recorded, e.valid or ""))
        body = (_cut(canonical(e.body), console.width - _OTHERS_WIDTH),) if wide else ()
        table.add_row(str(e.seq), recorded, e.kind, e.subject, valid, *body)
    console.print(table)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _print_json(document: "DataclassInstance") -> None:
    from trimtab.report import documents

    click.echo(documents.dumps(document))
