"""`trimtab watch`: follow quotes, judge, alert, write down; on files, or in a workspace."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
import datetime as dt
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from trimtab.cli.output import Output, console, leave
from trimtab.desk.questions.groups.source import Source
from trimtab.desk.questions.watch import Watching, WatchQuestion
from trimtab.progress import told_to

if TYPE_CHECKING:
    from trimtab.desk.books.journal import Journal
    from trimtab.desk.watch.watching import Watch
    from trimtab.monitor.alerts.rules import Rule
    from trimtab.report.tables.live import JsonLines, LiveScreen, PlainLines
    from trimtab.runner.watch import WatchEnd
    from trimtab.wiring.renewing import WorkspaceInputs
    from trimtab.wiring.watching import Source as QuoteSource
    from trimtab.wiring.workspace import Workspace

__all__ = ["watch"]

#: What of a source counts: a watch knows what is known now.
NOW = ("prices", "holdings", "workspace", "account")
#: Where no settings say it: between evaluations, and between looks at folders.
_EVERY, _POLL = dt.timedelta(seconds=5), dt.timedelta(seconds=1)
#: Seconds between looks at a replay that keeps its own pace.
_PACE = 0.2
#: Seconds that messages on their way are waited for: little after a stop (they are sent by the next run), longer when
#: the watch ended by itself.
_STOPPED, _ENDED = 5.0, 60.0


def watch(watching: Watching, question: WatchQuestion, source: Annotated[Source, NOW], output: Output) -> None:
    """Watch a portfolio while quotes come in: beta, band, drift and alerts, until stopped (Ctrl-C or SIGTERM).

    What other commands import meanwhile is taken in. It goes on where it left off. Exit code 0 when stopped; with
    --once 0 inside, 3 outside, 4 undecided. With --json each evaluation is a line.

    Example: trimtab watch --folder quotes --every 5s
    """
    from trimtab.runner.signals import SystemPorts
    from trimtab.runner.watch import Timing
    from trimtab.wiring import watching as run

    with SystemPorts() as ports:
        opened = None if source.of_files else _workspace(source)
        config = None if opened is None else opened.config
        quotes = run.open_source(
            folder=watching.folder, replay=watching.replay, speed=watching.speed, clock=ports.now, config=config
        )
        desk = (
            _of_files(question, source)
            if opened is None
            else _of_workspace(opened, question, source, quotes, watching.replay, ports.now)
        )
        usual = (_EVERY, _POLL) if config is None else (config.watch.evaluate, config.watch.poll)
        look = _length(watching.poll) or usual[1]
        lasting = _length(watching.lasting)
        timing = Timing(
            every=_length(watching.every) or usual[0],
            by_quotes=quotes.by_quotes,
            once=watching.once,
            until=None if lasting is None else ports.now() + lasting,
            poll=look,
            idle=_PACE if quotes.by_quotes else look.total_seconds(),
        )
        # the screen draws by itself: a bar would be drawn into it
        with told_to(None), _shown(output.json) as screen:
            end = run.watch(
                desk.watched, quotes, desk.journal, ports, inputs=desk.inputs, rules=desk.rules, deliver=desk.deliver,
                show=screen.show, timing=timing,
            )  # fmt: skip
        desk.finish(_STOPPED if end.why == "stopped" else _ENDED)
    _say(end, json=output.json)
    if watching.once and end.sight is not None:
        leave({"outside": 3, "undecided": 4}.get(end.sight.verdict.status.value, 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """What is watched, where it is written down, and by which rules."""

    watched: "Watch"
    journal: "Journal"
    inputs: "WorkspaceInputs | None" = None
    rules: "Callable[[], tuple[Rule, ...]]" = tuple
    deliver: Callable[[], None] = lambda: None
    finish: Callable[[float], object] = lambda _: None


def _workspace(source: Source) -> "Workspace":
    from trimtab.wiring.asking import workspace_of
    from trimtab.wiring.workspace import open_workspace

    return open_workspace(workspace_of(source))


def _of_files(question: WatchQuestion, source: Source) -> _Desk:
    from trimtab.desk.questions.fields import usual
    from trimtab.desk.watch.renewal import watch_of
    from trimtab.store.memory import MemoryJournal
    from trimtab.wiring.asking import prices_of
    from trimtab.wiring.files import open_inputs

    settled = usual(question)
    book = source.book()
    inputs = open_inputs(prices_of(source), book, settled.measuring, settled.instruments)
    return _Desk(watched=watch_of(settled, inputs), journal=MemoryJournal())


def _of_workspace(
    opened: "Workspace",
    question: WatchQuestion,
    source: Source,
    quotes: "QuoteSource",
    replay: str | None,
    clock: Callable[[], dt.datetime],
) -> _Desk:
    """Watch a workspace: what it is made of, its journal, its rules and how its alerts are sent."""
    from trimtab.desk.watch.rules import rehearsed
    from trimtab.wiring.alarming import courier_of
    from trimtab.wiring.renewing import watched_account
    from trimtab.wiring.reporting.sending import ReportClerk

    # what is only played again stands still: nothing that is imported meanwhile, and no other day
    inputs = watched_account(opened, question, account=source.account, clock=clock, replayed=replay is not None)
    name = inputs.portfolio
    if replay is not None:
        # it is written down under its own name, and sent to nobody
        shown = f"{name} (replay {Path(replay).name})"
        watched = inputs.start(shown, quotes.name, jump=question.jump)
        return _Desk(
            watched=watched, journal=opened.journal, inputs=inputs, rules=lambda: rehearsed(inputs.rules, shown)
        )
    watched = inputs.start(name, quotes.name, jump=question.jump)
    courier = courier_of(lambda: inputs.workspace, now=clock)
    courier.wake()
    clerk = ReportClerk()

    def deliver() -> None:
        """Make what [report] says is due, and send whatever waits."""
        for one in clerk.queue(inputs.workspace, clock()):
            if one.paper is None:
                sys.stderr.write(f"No report of {one.account}: {one.why}\n")
        courier.wake()

    return _Desk(
        watched=watched, journal=opened.journal, inputs=inputs, rules=lambda: inputs.rules, deliver=deliver,
        finish=lambda seconds: courier.finish(seconds=seconds),
    )  # fmt: skip


def _shown(json: bool) -> "JsonLines | LiveScreen | PlainLines":
    from trimtab.report.tables.live import JsonLines, LiveScreen, PlainLines

    if json:
        return JsonLines()
    screen = console()
    return LiveScreen(screen) if screen.is_terminal else PlainLines(screen)


def _length(given: dt.timedelta | str | None) -> dt.timedelta | None:
    return given if isinstance(given, dt.timedelta) else None


def _say(end: "WatchEnd", *, json: bool) -> None:
    """Tell, beside the data, how the watch ended."""
    if json:
        return
    words = {
        "stopped": "Stopped; started again it goes on from here.",
        "ended": "The replay is through.",
        "time": "The time is over; started again it goes on from here.",
        "once": "Evaluated once.",
    }
    if end.why == "ended" and end.resumed and not end.fresh:
        sys.stderr.write("This replay was through already; to see it again, give a copy of the file another name.\n")
        return
    sys.stderr.write(words[end.why] + (" It went on from an earlier run." if end.resumed else "") + "\n")
