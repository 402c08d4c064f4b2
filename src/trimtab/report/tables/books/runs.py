"""Runs, replays and holdings of a workspace, as tables."""

from collections import Counter
from typing import Any

from rich.console import Console

from trimtab.desk.books.holdings_at import HeldAt
from trimtab.desk.books.runs import Replay, Run
from trimtab.report.documents.books.runs import answer_words
from trimtab.report.tables.sheet import Sheet
from trimtab.report.words import cash

__all__ = ["show_holdings", "show_replay", "show_runs"]

_LISTED = 20


def show_runs(runs: tuple[Run, ...], console: Console) -> None:
    """Print runs as a table."""
    if not runs:
        console.print("No runs yet: ask for one with `trimtab review`.")
        return
    table = Sheet("Runs, newest first")
    for name in ("run", "recorded (UTC)", "command", "portfolio", "as of", "knew up to", "answer"):
        table.add_column(name, justify="right" if name in {"run", "knew up to"} else "left")
    for r in runs:
        table.add_row(
            str(r.seq),
            r.recorded[:19].replace("T", " "),
            r.command,
            r.portfolio,
            r.as_of,
            str(r.known),
            answer_words(r),
        )
    console.print(table)
    console.print("Ask one again: trimtab replay RUN. Its answer as given: trimtab runs --show RUN")


def show_replay(replay: Replay, console: Console) -> None:
    """Print whether a run gave the same answer again, and if not, what differs."""
    run = replay.run
    what = f"Run {run.seq}: {run.command} of {run.portfolio} as of {run.as_of}, knowing entries up to {run.known}."
    console.print(what)
    if replay.same:
        console.print(f"Asked again, the answer is the same to the byte ({len(run.document.encode()):,} bytes).")
        if replay.differences:
            console.print("Made with other versions: " + "; ".join(_words(d) for d in replay.differences[:_LISTED]))
        return
    console.print(f"Asked again, the answer differs in {replay.count} places:")
    table = Sheet()
    for name in ("where", "then", "now", "why"):
        table.add_column(name)
    for d in replay.differences[:_LISTED]:
        table.add_row(d.path, d.then, d.now, d.why.value.replace("_", " "))
    console.print(table)
    for because, count in Counter(d.because for d in replay.differences).most_common():
        console.print(f"- {because}: {count}")
    if replay.count > _LISTED:
        console.print(f"and {replay.count - _LISTED} more (--json lists up to 200)")


def show_holdings(portfolio: str, as_of: str, holdings: HeldAt, console: Console) -> None:
    """Print what is held."""
    table = Sheet(f"{portfolio} as of {as_of}, base {holdings.portfolio.base}")
    table.add_column("asset")
    table.add_column("quantity", justify="right")
    for p in holdings.portfolio.positions:
        units = cash(p.quantity, p.instrument.currency) if p.instrument.is_money else f"{p.quantity:,f}"
        table.add_row(p.symbol, units)
    console.print(table)
    console.print("From journal entries " + ", ".join(str(s) for s in holdings.entries))
    for note in holdings.notes:
        console.print(f"- {note}")


def _words(d: Any) -> str:
    return f"{d.path} {d.then} -> {d.now}"
