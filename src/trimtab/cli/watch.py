"""`trimtab watch`: follow quotes, judge, alert, write down; on files, or in a workspace."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
import datetime as dt
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trimtab.cli import given as g
from trimtab.cli import options as o
from trimtab.cli import reading as r

if TYPE_CHECKING:
    from trimtab.desk.books.journal import Journal
    from trimtab.desk.watch.watching import Watch
    from trimtab.monitor.alerts.rules import Rule
    from trimtab.wiring.renewing import WorkspaceInputs
    from trimtab.wiring.watching import Source
    from trimtab.wiring.workspace import Workspace

__all__ = ["add_commands"]

#: Where no settings say it: between evaluations, and between looks at folders.
_EVERY, _POLL = dt.timedelta(seconds=5), dt.timedelta(seconds=1)
#: Seconds between looks at a replay that keeps its own pace.
_PACE = 0.2
#: Seconds that messages on their way are waited for: little after a stop (they are sent by the next run), longer when
#: the watch ended by itself.
_STOPPED, _ENDED = 5.0, 60.0

Folder = Annotated[
    str | None, typer.Option("--folder", help="Folder in which files of quotes arrive (time, symbol, price).")
]
Replay = Annotated[str | None, typer.Option("--replay", help="Recorded file of quotes to play, in its own time.")]
Speed = Annotated[str, typer.Option("--speed", help="Of a replay: 1x, 60x, max.")]
Every = Annotated[
    str | None,
    typer.Option(
        "--every", help="Between evaluations: 5s, 1m; [watch] evaluate if not given. A replay has its own time."
    ),
]
Poll = Annotated[
    str | None,
    typer.Option("--poll", help="Between looks at folders and at what was imported; [watch] poll if left out."),
]
Once = Annotated[bool, typer.Option("--once", help="Take what is new, evaluate, and end: for cron.")]
For = Annotated[str | None, typer.Option("--for", help="End after so long: 60s, 8h.")]
Jump = Annotated[
    float, typer.Option("--jump", help="A quote that moves further than this (0.25 = 25%) waits for a second one.")
]
JsonLines = Annotated[bool, typer.Option("--json", help="Write each evaluation as a line of JSON.")]


def add_commands(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(watch)


def watch(
    folder: Folder = None,
    replay: Replay = None,
    speed: Speed = "max",
    every: Every = None,
    poll: Poll = None,
    once: Once = False,
    lasting: For = None,
    jump: Jump = 0.25,
    prices: o.PricesOrNone = None,
    holdings: o.HoldingsOrNone = None,
    benchmark: o.BenchmarkOrNone = None,
    target: o.TargetOrNone = None,
    band: o.BandOrNone = None,
    confidence: o.ConfidenceOrNone = None,
    min_coverage: o.MinCoverageOrNone = None,
    base: o.BaseOrNone = None,
    method: o.MethodOrNone = None,
    reading: o.Reading = None,
    window: o.Window = None,
    as_of: o.AsOf = None,
    risk_free: o.RiskFree = None,
    benchmark_returns: o.BenchmarkReturns = None,
    fx: o.Fx = None,
    contracts: o.Contracts = None,
    funds: o.Funds = None,
    workspace: g.WorkspaceFolder = None,
    portfolio: g.PortfolioName = None,
    json: JsonLines = False,
) -> None:
    """Watch a portfolio while quotes come in: beta, band, drift and alerts, until stopped (Ctrl-C or SIGTERM).

    What other commands import meanwhile is taken in. It goes on where it left off. Exit code 0 when stopped; with
    --once 0 inside, 3 outside, 4 undecided.

    Example: trimtab watch --folder quotes --every 5s
    """
    from trimtab.runner.signals import SystemPorts
    from trimtab.runner.watch import Timing
    from trimtab.wiring import watching

    def ask(day: str | None) -> g.Asked:
        when = day if as_of is None else as_of
        return g.gather(
            prices=prices, holdings=holdings, workspace=workspace, portfolio=portfolio, known=None,
            benchmark=benchmark, target=target, band=band, confidence=confidence, min_coverage=min_coverage, base=base,
            contracts=contracts, funds=funds,
            **r.measuring(method, window, None, None, when, risk_free, benchmark_returns, fx, reading),
        )  # fmt: skip

    with SystemPorts() as ports:
        files = bool(prices or holdings)
        opened = None if files else _workspace(workspace)
        config = None if opened is None else opened.config
        source = watching.open_source(folder=folder, replay=replay, speed=speed, clock=ports.now, config=config)
        desk = (
            _of_files(ask(None), jump)
            if opened is None
            else _of_workspace(opened, portfolio, ask, source, replay, jump, ports.now, fixed=as_of is not None)
        )
        usual = (_EVERY, _POLL) if config is None else (config.watch.evaluate, config.watch.poll)
        look = usual[1] if poll is None else _length("--poll", poll)
        timing = Timing(
            every=usual[0] if every is None else _length("--every", every),
            by_quotes=source.by_quotes,
            once=once,
            until=None if lasting is None else ports.now() + _length("--for", lasting),
            poll=look,
            idle=_PACE if source.by_quotes else look.total_seconds(),
        )
        with _shown(json) as screen:
            end = watching.watch(
                desk.watched, source, desk.journal, ports, inputs=desk.inputs, rules=desk.rules, deliver=desk.deliver,
                show=screen.show, timing=timing,
            )  # fmt: skip
        desk.finish(_STOPPED if end.why == "stopped" else _ENDED)
    _say(end, json)
    if once and end.sight is not None:
        raise typer.Exit({"inside": 0, "outside": 3, "undecided": 4}[end.sight.verdict.status.value])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """What is watched, where it is written down, and by which rules."""

    watched: "Watch"
    journal: "Journal"
    inputs: "WorkspaceInputs | None" = None
    rules: "Callable[[], tuple[Rule, ...]]" = tuple
    deliver: Callable[[], None] = lambda: None
    finish: Callable[[float], object] = lambda _: None


def _workspace(folder: str | None) -> "Workspace":
    from trimtab.wiring.workspace import open_workspace

    return open_workspace(g.found_workspace(folder))


def _of_files(asked: g.Asked, jump: float) -> _Desk:
    from trimtab.store.memory import MemoryJournal
    from trimtab.wiring.watching import make_watch

    watched = make_watch(asked.prices, asked.holdings, asked.mandate, jump=jump, as_of=asked.as_of, **asked.arguments)
    return _Desk(watched=watched, journal=MemoryJournal())


def _of_workspace(
    opened: "Workspace",
    portfolio: str | None,
    ask: Callable[[str | None], g.Asked],
    source: "Source",
    replay: str | None,
    jump: float,
    clock: Callable[[], dt.datetime],
    *,
    fixed: bool,
) -> _Desk:
    """Watch a workspace: what it is made of, its journal, its rules and how its alerts are sent."""
    from trimtab.desk.watch.rules import rehearsed
    from trimtab.wiring.alarming import courier_of
    from trimtab.wiring.answers import Question
    from trimtab.wiring.renewing import WorkspaceInputs

    def question(day: str | None) -> Question:
        asked = ask(day)
        return Question(
            prices=asked.prices, holdings=asked.holdings, mandate=asked.mandate, as_of=asked.as_of,
            arguments=asked.arguments,
        )  # fmt: skip

    name = opened.config.portfolio_name(portfolio)
    # what is only played again stands still: nothing that is imported meanwhile, and no other day
    inputs = WorkspaceInputs(opened, name, question, clock=clock, fixed=fixed or replay is not None)
    if replay is not None:
        # it is written down under its own name, and sent to nobody
        shown = f"{name} (replay {Path(replay).name})"
        watched = inputs.start(shown, source.name, jump=jump)
        return _Desk(
            watched=watched, journal=opened.journal, inputs=inputs, rules=lambda: rehearsed(inputs.rules, shown)
        )
    watched = inputs.start(name, source.name, jump=jump)
    courier = courier_of(lambda: inputs.workspace, now=clock)
    courier.wake()
    return _Desk(
        watched=watched, journal=opened.journal, inputs=inputs, rules=lambda: inputs.rules, deliver=courier.wake,
        finish=lambda seconds: courier.finish(seconds=seconds),
    )  # fmt: skip


def _shown(json: bool) -> Any:
    from trimtab.report.tables.live import JsonLines, LiveScreen, PlainLines

    if json:
        return JsonLines()
    console = r.console()
    return LiveScreen(console) if console.is_terminal else PlainLines(console)


def _length(option: str, text: str) -> dt.timedelta:
    from trimtab.config.durations import read_duration
    from trimtab.errors import InputError

    try:
        found = read_duration(text)
    except ValueError:
        found = dt.timedelta(0)
    if found <= dt.timedelta(0):
        raise InputError(
            expected=f"{option} with a length of time", found=f"{text!r}", try_next=f"write {option} 5s, 1m or 8h"
        )
    return found


def _say(end: Any, json: bool) -> None:
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
