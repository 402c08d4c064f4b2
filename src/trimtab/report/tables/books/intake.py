"""What importing files did, as tables."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from trimtab.desk.books.intake import Imported, Outcome, Preview
from trimtab.desk.watch.fetching import Fetched
from trimtab.report.tables.sheet import Sheet

__all__ = ["show_fetched", "show_imports"]

_LISTED = 10


_WORDS = {
    Outcome.KEPT: ("kept", "green"),
    Outcome.NOTHING_NEW: ("nothing new", "dim"),
    Outcome.SHOWN: ("not kept (dry run)", "yellow"),
    Outcome.NEW_FORMAT: ("not kept (new format)", "yellow"),
    Outcome.DOUBTFUL: ("not kept (see below)", "yellow"),
    Outcome.FAILED: ("failed", "red"),
}


def show_fetched(fetched: Sequence[Fetched], console: Console) -> None:
    """Print where each answer is from and how old it is, then what became of it."""
    for one in fetched:
        if one.imported.error is None:
            used = f", used again {_ago(one.age.total_seconds())} later" if one.was_kept else ""
            console.print(Text(f"{one.name}: {one.label}, {one.at:%Y-%m-%d %H:%M:%S} UTC{used}", style="bold"))
        for note in one.notes:
            console.print(Text(f"  {note}", style="dim"))
        shown = () if one.imported.preview is None else one.imported.preview.doubts
        for doubt in one.doubts:
            if doubt not in shown:
                console.print(Text(f"  {doubt}", style="yellow"))
    show_imports([one.imported for one in fetched], console)


def _ago(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def show_imports(imported: Sequence[Imported], console: Console) -> None:
    """Print what was read of each file that a person should look at, then one line for each file."""
    for one in imported:
        if one.preview is not None and one.outcome in {Outcome.SHOWN, Outcome.NEW_FORMAT, Outcome.DOUBTFUL}:
            _show_reading(one.source, one.preview, console)
        elif one.preview is not None:
            _show_odd(one.source, one.preview, console)
    _show_summary(imported, console)
    for one in imported:
        if one.error is not None:
            console.print(Text(f"\n{_short(one.source)}", style="bold"))
            console.print(Text(str(one.error)))
    waiting = {one.outcome for one in imported}
    if Outcome.NEW_FORMAT in waiting:
        console.print(Text("\nA format is shown before it is kept for the first time. To keep it: the same with --yes"))
    if Outcome.DOUBTFUL in waiting:
        console.print(Text("\nTo keep it all the same: the same with --yes"))


def _show_summary(imported: Sequence[Imported], console: Console) -> None:
    table = Sheet(is_narrow=True)
    table.add_column("file")
    table.add_column("holds")
    for name in ("new", "same", "corrected", "set aside"):
        table.add_column(name, justify="right")
    table.add_column("outcome")
    for one in imported:
        words, style = _WORDS[one.outcome]
        holds = (
            "" if one.preview is None else one.preview.kind.value + (f" of {one.portfolio}" if one.portfolio else "")
        )
        counts = ("", "", "", "")
        if one.preview is not None:
            p = one.preview
            counts = (f"{p.new:,}", f"{p.same:,}", f"{p.corrected:,}", f"{p.aside:,}")
        table.add_row(Text(_short(one.source)), Text(holds), *counts, Text(words, style=style))
    console.print(table)


def _show_reading(source: str, preview: Preview, console: Console) -> None:
    """Show how a file was read, its first rows, and what it would change."""
    console.print(Text(f"{_short(source)}: {preview.kind.value}", style="bold"))
    if preview.columns:
        console.print(Text(_columns(preview)))
    header, *rows = preview.head or ((),)
    if rows:
        table = Sheet("First rows as read", is_narrow=True)
        for name in header:
            table.add_column(name, justify="right" if name in {"quantity", "price", "fee"} else "left")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        console.print(table)
    _show_odd(None, preview, console)


def _columns(preview: Preview) -> str:
    symbols = [head for head, what in preview.columns if what.startswith("symbol ")]
    others = [
        f"{head} -> {what}" if what else f"{head} (not read)" for head, what in preview.columns if head not in symbols
    ]
    if symbols:
        shown = ", ".join(symbols[:4]) + (", ..." if len(symbols) > 4 else "")
        others.append(f"{len(symbols):,} columns of prices ({shown})")
    return "Columns: " + ", ".join(others)


def _show_odd(source: str | None, preview: Preview, console: Console) -> None:
    """Show corrections, what was set aside, notes and doubts."""
    prefix = "" if source is None else f"{_short(source)}: "
    for doubt in preview.doubts:
        console.print(Text(f"{prefix}{doubt}", style="yellow"))
    for note in preview.notes:
        console.print(Text(f"{prefix}{note}", style="dim"))
    if preview.corrections:
        table = Sheet(f"{prefix}corrections", is_narrow=True)
        for name in ("what", "known", "now"):
            table.add_column(name)
        for c in preview.corrections[:_LISTED]:
            table.add_row(Text(c.where), Text(c.old), Text(c.new))
        console.print(table)
        if preview.corrected > _LISTED:
            console.print(Text(f"and {preview.corrected - _LISTED:,} more corrections", style="dim"))
    for failure in preview.failures[:_LISTED]:
        console.print(Text(f"set aside: {failure}", style="dim"))
    if preview.aside > _LISTED:
        console.print(Text(f"and {preview.aside - _LISTED:,} more set aside", style="dim"))


def _short(source: str) -> str:
    return source.replace("\\", "/").rsplit("/", 1)[-1]
