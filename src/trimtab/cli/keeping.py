"""Commands that keep a workspace safe: backup, restore, verify, and the journal as it is."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trimtab.cli import options as o
from trimtab.cli import reading as r
from trimtab.cli.workspace import Workspace
from trimtab.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from trimtab.desk.books.journal import Entry, Head
    from trimtab.store.journal import SqlJournal
    from trimtab.store.verify import Verification

__all__ = ["add_commands"]

_SUBJECT_WIDTH = 20


def add_commands(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(backup)
    app.command()(restore)
    app.command()(verify)
    app.command()(journal)


def backup(
    target: Annotated[Path, typer.Argument(help="A new file (NAME.tar.gz) or folder to write.", show_default=False)],
    workspace: Workspace = None,
    json: o.Json = False,
) -> None:
    """Copy a workspace while it is in use: journal, data and settings, consistent with each other.

    Files of the workspace that the settings name are copied too. The settings are copied with whatever passwords they
    hold.

    Example: trimtab backup desk-copy.tar.gz -w desk
    """
    from trimtab.config.find import find_workspace
    from trimtab.config.read import read_config
    from trimtab.report.documents.workspace import BackupDocument
    from trimtab.store.backup import back_up, left_outside

    named = read_config(find_workspace(workspace)).named_files()
    folder, opened = _open(workspace)
    with opened:
        made = back_up(opened, folder / "data", target, named=named)
    outside = tuple(str(path) for path in left_outside(folder / "data", named))
    size = sum(kept.size for kept in made.files)
    if json:
        _print_json(
            BackupDocument(
                target=str(target), made=made.made, head=_written(made.head), files=len(made.files), bytes=size,
                outside=outside,
            )
        )  # fmt: skip
        return
    console = r.console()
    console.print(f"{target}: {_count(len(made.files), 'file')}, {size:,} bytes before compression", soft_wrap=True)
    if outside:
        console.print(
            f"Not in it, because the settings name it outside the workspace: {', '.join(outside)}. Keep a copy.",
            soft_wrap=True,
        )
    _show_head(made.head, console)


def restore(
    archive: Annotated[Path, typer.Argument(help="What trimtab backup wrote.", show_default=False)],
    into: Annotated[Path, typer.Argument(help="An empty or new folder.", show_default=False)],
    journal: Annotated[
        str | None, typer.Option("--journal", help="URL of an empty PostgreSQL database to take the entries.")
    ] = None,
    json: o.Json = False,
) -> None:
    """Bring a workspace back, after every file and the whole journal were checked.

    Example: trimtab restore desk-copy.tar.gz desk-again
    """
    from trimtab.config.read import find_mistakes
    from trimtab.report.documents.workspace import RestoreDocument
    from trimtab.store.manifest import SETTINGS
    from trimtab.store.restore import SAVED_SETTINGS
    from trimtab.store.restore import restore as bring_back

    done = bring_back(archive, into, journal=journal)
    amiss = tuple(str(m) for m in find_mistakes(done.folder)) if done.settings == SETTINGS else ()
    if json:
        _print_json(
            RestoreDocument(
                workspace=str(done.folder), made=done.manifest.made, head=_written(done.manifest.head),
                files=len(done.manifest.files), settings=done.settings, mistakes=amiss,
            )
        )  # fmt: skip
        return
    console = r.console()
    kept = done.manifest
    console.print(
        f"{done.folder}: {_count(len(kept.files), 'file')} as of {kept.made}, every one checked", soft_wrap=True
    )
    if done.settings == SAVED_SETTINGS:
        console.print(
            f"The settings name the journal of before, and the entries are now in "
            f"{'the database that was named' if journal else kept.journal_name}: the settings are in {SAVED_SETTINGS}. "
            "Set [journal] url in them to the journal you want, and rename them to trimtab.toml.",
            soft_wrap=True,
        )
    for mistake in amiss:
        console.print(f"The settings cannot be used here before this is mended: {mistake}", soft_wrap=True)
    _show_head(kept.head, console)


def verify(
    workspace: Workspace = None,
    head: Annotated[
        str | None,
        typer.Option("--head", help="NUMBER:HASH noted earlier: shows entries cut off, or a rewritten journal."),
    ] = None,
    json: o.Json = False,
) -> None:
    """Check every entry of the journal against its hash chain, and every price file and kept file against its hash.

    Exit code 0 everything fits, 1 an entry does not (the first place is named), 74 a file is gone or has changed.

    Example: trimtab verify -w desk
    """
    from trimtab.report.documents.workspace import JournalFault, VerifyDocument
    from trimtab.store.inputs import InputStore
    from trimtab.store.prices import PriceStore
    from trimtab.store.verify import verify as check

    noted = None if head is None else _read_head(head)
    folder, opened = _open(workspace)
    with opened:
        found = check(opened, head=noted)
        files = 0
        if found.ok:
            files = (
                PriceStore(folder / "data" / "prices", opened).check() + InputStore(folder / "data" / "inputs").check()
            )
    if json:
        fault = found.fault
        _print_json(
            VerifyDocument(
                ok=found.ok, entries=found.entries, head=_written(found.head), files=files,
                fault=None if fault is None else JournalFault(seq=fault.seq, what=fault.what, detail=fault.detail),
            )
        )  # fmt: skip
    else:
        _show_verification(found, noted, r.console())
        if found.ok and files:
            r.console().print(f"Price files and kept files: {files}, each as it was written.")
    raise typer.Exit(0 if found.ok else 1)


def journal(
    workspace: Workspace = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="Only of this kind: holdings, prices, run, plan, ...")
    ] = None,
    subject: Annotated[str | None, typer.Option("--subject", help="Only about this portfolio or symbol.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many, newest first.")] = 20,
    known: Annotated[
        str | None, typer.Option("--known", help="As it was known then: a UTC time, a day, or a journal number.")
    ] = None,
    json: o.Json = False,
) -> None:
    """List what a workspace wrote down, newest first.

    Example: trimtab journal --kind plan --limit 5 -w desk
    """
    from trimtab.report.documents.workspace import JournalDocument, JournalEntry

    _, opened = _open(workspace)
    with opened:
        until = None if known is None else int(known) if known.isdigit() else opened.known_at(known)
        found = opened.entries(kind, subject=subject, known=until, newest=True, limit=limit)
    if json:
        entries = tuple(
            JournalEntry(
                seq=e.seq, recorded=e.recorded, kind=e.kind, subject=e.subject, valid=e.valid, body=e.body, hash=e.hash
            )
            for e in found
        )
        _print_json(JournalDocument(known=until, entries=entries))
    else:
        _show_entries(found, r.console())


def _open(workspace: Path | None) -> "tuple[Path, SqlJournal]":
    from trimtab.config.find import find_workspace
    from trimtab.config.read import read_config
    from trimtab.store.journal import LOCK_NAME, open_journal

    folder = find_workspace(workspace)
    return folder, open_journal(read_config(folder).journal_url(), lock=folder / LOCK_NAME)


def _read_head(text: str) -> "Head":
    from trimtab.desk.books.journal import Head

    number, _, noted = text.strip().partition(":")
    if not number.isdigit() or len(noted) != 64 or not set(noted.lower()) <= set("0123456789abcdef"):
        raise InputError(
            expected="--head NUMBER:HASH, the hash with its 64 digits",
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


def _show_verification(found: "Verification", noted: "Head | None", console: "Console") -> None:
    entries = f"{found.entries:,} {'entry' if found.entries == 1 else 'entries'}"
    if found.fault is None:
        against = "" if noted is None else f", and entry {noted.seq} is the one that was noted"
        console.print(f"The journal holds: {entries}, every hash fits{against}.", soft_wrap=True)
        _show_head(found.head, console)
        return
    console.print(f"The journal does not hold: {found.fault.what}.", style="bold red", soft_wrap=True)
    console.print(f"{found.fault.detail}.", soft_wrap=True)
    console.print(f"{entries} before that fit, up to head {_written(found.head)}", soft_wrap=True)
    console.print("Keep this folder as it is, and restore a backup into another: trimtab restore ARCHIVE DIR")


def _show_entries(found: "tuple[Entry, ...]", console: "Console") -> None:
    from rich.table import Table

    from trimtab.store.chain import canonical

    if not found:
        console.print("No entries.")
        return
    # The body is cut to what is left of the line; --json has it whole.
    table = Table(title="Journal, newest first", title_justify="left", expand=True)
    table.add_column("number", justify="right", no_wrap=True)
    for name in ("recorded (UTC)", "kind"):
        table.add_column(name, no_wrap=True)
    table.add_column("subject", no_wrap=True, overflow="ellipsis", max_width=_SUBJECT_WIDTH)
    table.add_column("valid", no_wrap=True)
    table.add_column("body", no_wrap=True, overflow="ellipsis", ratio=1)
    for e in found:
        recorded = e.recorded[:19].replace("T", " ")
        table.add_row(str(e.seq), recorded, e.kind, e.subject, e.valid or "", canonical(e.body))
    console.print(table)


def _print_json(document: object) -> None:
    from trimtab.report import documents

    typer.echo(documents.dumps(document))
