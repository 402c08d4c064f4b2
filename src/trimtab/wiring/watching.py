"""The watch put together: a book from a workspace or from files, a feed, alerts, and somewhere to show it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trimtab.config.config import Config
from trimtab.desk.books.journal import Journal
from trimtab.desk.watch.alerting import evaluate
from trimtab.desk.watch.observation import observation_of
from trimtab.desk.watch.quotes import Batch, Cursor, Feed
from trimtab.desk.watch.rules import title_of
from trimtab.desk.watch.watching import Sight, Watch
from trimtab.errors import InputError
from trimtab.feeds.folder.feed import FolderFeed
from trimtab.feeds.replay import ReplayFeed, parse_speed
from trimtab.monitor.alerts.rules import Rule
from trimtab.runner.watch import Timing, WatchEnd, run_watch
from trimtab.store.beside.states import MemoryStates, StateStore
from trimtab.wiring.renewing import WorkspaceInputs
from trimtab.wiring.workspace import STATES

__all__ = ["Source", "open_source", "watch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A feed with the name it has in the journal.

    Parameters
    ----------
    feed
        Gives quotes.
    name
        "folder:" with its path, "replay:" with the file's name, "imports" for no quotes, or what the caller says.
    by_quotes
        Whether time is that of its quotes.
    """

    feed: Feed
    name: str
    by_quotes: bool


class _NoQuotes:
    """A feed for a watch that only follows what is imported: nothing, for ever."""

    ended = False

    def read(self, cursor: Cursor | None) -> Batch | None:  # noqa: ARG002 - what every feed is asked
        """Give nothing."""
        return None


def open_source(
    *,
    folder: str | Path | None,
    replay: str | Path | None,
    speed: str,
    clock: Callable[[], dt.datetime],
    config: Config | None = None,
) -> Source:
    """Open the folder or the file that quotes come from; else the folder of quotes that a workspace names.

    Parameters
    ----------
    config
        Settings of the workspace that is watched. One without a source of quotes is watched for its imports alone.

    Raises
    ------
    InputError
        If both are given, or neither where there is no workspace, or several folders are set, or one cannot be used.
    """
    if (folder is not None and replay is not None) or (folder is None and replay is None and config is None):
        raise InputError(
            expected="one source of quotes",
            found="none" if folder is None else "both --folder and --replay",
            try_next="give --folder DIR for files that arrive, or --replay FILE for a recorded one",
        )
    if replay is not None:
        feed = ReplayFeed(replay, speed=parse_speed(speed), clock=clock)
        return Source(feed=feed, name=f"replay:{Path(replay).name}", by_quotes=True)
    pattern = "*"
    if folder is None and config is not None:
        named = {name: source for name, source in config.sources.items() if source.kind == "quotes"}
        if len(named) > 1:
            raise InputError(
                expected="one folder of quotes", found=f"{len(named)} in [sources]: {', '.join(named)}",
                try_next="say which with --folder DIR",
            )  # fmt: skip
        if not named:
            return Source(feed=_NoQuotes(), name="imports", by_quotes=False)
        (chosen,) = named.values()
        folder, pattern = chosen.folder, chosen.pattern
    place = Path(str(folder))
    feed_of_folder = FolderFeed(place, clock=clock, pattern=pattern)
    return Source(feed=feed_of_folder, name=f"folder:{place.resolve()}", by_quotes=False)


def watch(
    watched: Watch,
    source: Source,
    journal: Journal,
    ports: Any,
    *,
    inputs: WorkspaceInputs | None = None,
    rules: Callable[[], tuple[Rule, ...]] = tuple,
    deliver: Callable[[], None] = lambda: None,
    show: Callable[[Sight, tuple[str, ...]], None] = lambda _sight, _alerts: None,
    timing: Timing,
) -> WatchEnd:
    """Watch until stopped.

    Parameters
    ----------
    inputs
        The workspace that it is made of; None for plain files.
    rules
        Gives the alert rules of the portfolio as they are now.
    deliver
        Sends what is due; called at each evaluation, after its alerts are written down.
    show
        Is shown each sight with the titles of the alerts it raised.
    """
    raised: list[str] = []

    def tell(sight: Sight) -> bool:
        raised.clear()
        now = rules()
        if not now:
            return False
        seen = observation_of(sight, watched.portfolio) if inputs is None else inputs.observe(watched, sight)
        done = evaluate(journal, now, seen, sight.at)
        raised.extend(title_of(event) for event in done.events)
        # at each evaluation, because messages may be waiting: for quiet hours to end, or for another attempt
        deliver()
        return done.written

    return run_watch(
        watched, source.feed, journal, tell, ports, source=source.name, timing=timing,
        show=lambda sight: show(sight, tuple(raised)),
        look=tuple if inputs is None else lambda: inputs.look(watched),
        states=MemoryStates() if inputs is None else StateStore(inputs.workspace.folder / "data" / STATES),
    )  # fmt: skip
