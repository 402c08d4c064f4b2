"""`trimtab watch`: follow quotes, judge, alert, write down; on files, or in a workspace."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trimtab.cli import given as g
from trimtab.cli import options as o
from trimtab.cli import reading as r

if TYPE_CHECKING:
    import datetime as dt

    from trimtab.desk.journal import Journal
    from trimtab.monitor.rules import Rule

__all__ = ["add_commands"]

Folder = Annotated[
    str | None, typer.Option("--folder", help="Folder in which files of quotes arrive (time, symbol, price).")
]
Replay = Annotated[str | None, typer.Option("--replay", help="Recorded file of quotes to play, in its own time.")]
Speed = Annotated[str, typer.Option("--speed", help="Of a replay: 1x, 60x, max.")]
Every = Annotated[str, typer.Option("--every", help="Between evaluations: 5s, 1m. In a replay, of its own time.")]
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
    every: Every = "5s",
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

    It goes on where it left off. Exit code 0 when stopped; with --once 0 inside, 3 outside, 4 undecided.

    Example: trimtab watch --folder quotes --every 5s
    """
    from trimtab.runner.signals import SystemPorts
    from trimtab.runner.watch import Timing
    from trimtab.wiring import watching

    given = g.gather(
        prices=prices, holdings=holdings, workspace=workspace, portfolio=portfolio, known=None, benchmark=benchmark,
        target=target, band=band, confidence=confidence, min_coverage=min_coverage, base=base, contracts=contracts,
        funds=funds, **r.measuring(method, window, None, None, as_of, risk_free, benchmark_returns, fx),
    )  # fmt: skip
    with SystemPorts() as ports:
        source = watching.open_source(folder=folder, replay=replay, speed=speed, clock=ports.now)
        name, journal, rules, deliver = _desk(None if prices else (workspace, portfolio), replay)
        watched = watching.make_watch(
            given.prices, given.holdings, given.mandate, name=name, jump=jump, as_of=given.as_of, **given.arguments
        )
        timing = Timing(
            every=_length("--every", every),
            by_quotes=source.by_quotes,
            once=once,
            until=None if lasting is None else ports.now() + _length("--for", lasting),
        )
        with _shown(json) as screen:
            end = watching.watch(
                watched, source, journal, ports, rules=rules, deliver=deliver, show=screen.show, timing=timing
            )
    _say(end, json)
    if once and end.sight is not None:
        raise typer.Exit({"inside": 0, "outside": 3, "undecided": 4}[end.sight.verdict.status.value])


def _desk(
    asked: tuple[str | None, str | None] | None, replay: str | None
) -> "tuple[str, Journal, tuple[Rule, ...], Any]":
    """Give the portfolio's name, its journal, its rules and how its alerts are sent."""
    if asked is None:
        from trimtab.store.memory import MemoryJournal

        return "portfolio", MemoryJournal(), (), lambda: None
    from trimtab.wiring.alarming import deliver_alerts, rules_of
    from trimtab.wiring.watching import rehearsed
    from trimtab.wiring.workspace import open_workspace

    opened = open_workspace(asked[0])
    name = opened.config.portfolio_name(asked[1])
    rules = tuple(rule for rule in rules_of(opened.config) if rule.portfolio == name)
    if replay is not None:
        # what is only played again is written down under its own name, and sent to nobody
        name = f"{name} (replay {Path(replay).name})"
        return name, opened.journal, rehearsed(rules, name), lambda: None
    last = [deliver_alerts(opened, now=_now)]

    def deliver() -> None:
        last[0] = deliver_alerts(opened, now=_now, outbox=last[0].outbox)

    return name, opened.journal, rules, deliver


def _now() -> "dt.datetime":
    import datetime as dt

    return dt.datetime.now(dt.UTC)


def _shown(json: bool) -> Any:
    from trimtab.report.live import JsonLines, LiveScreen, PlainLines

    if json:
        return JsonLines()
    console = r.console()
    return LiveScreen(console) if console.is_terminal else PlainLines(console)


def _length(option: str, text: str) -> "dt.timedelta":
    import datetime as dt

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
