"""The watch put together: a book from a workspace or from files, a feed, alerts, and somewhere to show it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from trimtab.desk.alerting import evaluate
from trimtab.desk.journal import Journal
from trimtab.desk.quotes import Feed
from trimtab.desk.watch import Sight, Watch
from trimtab.desk.watch_observation import observation_of
from trimtab.errors import InputError
from trimtab.exposure.live import LiveBook
from trimtab.feeds.folder import FolderFeed
from trimtab.feeds.replay import ReplayFeed, parse_speed
from trimtab.model.mandate import Mandate
from trimtab.monitor.alert_state import AlertEvent
from trimtab.monitor.rules import Rule
from trimtab.runner.watch import Timing, WatchEnd, run_watch
from trimtab.wiring.inputs import settle

__all__ = ["Source", "make_watch", "open_source", "rehearsed", "watch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A feed with the name it has in the journal.

    Parameters
    ----------
    feed
        Gives quotes.
    name
        "folder:" with its path, "replay:" with the file's name, or what the caller says.
    by_quotes
        Whether time is that of its quotes.
    """

    feed: Feed
    name: str
    by_quotes: bool


def open_source(
    *, folder: str | Path | None, replay: str | Path | None, speed: str, clock: Callable[[], dt.datetime]
) -> Source:
    """Open the folder or the file that quotes come from.

    Raises
    ------
    InputError
        If both or neither is given, or it cannot be used.
    """
    if (folder is None) == (replay is None):
        raise InputError(
            expected="one source of quotes",
            found="none" if folder is None else "both --folder and --replay",
            try_next="give --folder DIR for files that arrive, or --replay FILE for a recorded one",
        )
    if replay is not None:
        feed = ReplayFeed(replay, speed=parse_speed(speed), clock=clock)
        return Source(feed=feed, name=f"replay:{Path(replay).name}", by_quotes=True)
    assert folder is not None  # noqa: S101 - one of the two is given
    return Source(feed=FolderFeed(folder, clock=clock), name=f"folder:{Path(folder).resolve()}", by_quotes=False)


def make_watch(
    prices: Any, holdings: Any, mandate: Mandate, *, name: str = "portfolio", jump: float = 0.25, **arguments: Any
) -> Watch:
    """Make a watch from prices and holdings.

    Parameters
    ----------
    prices, holdings, mandate
        As for `trimtab.review`.
    name
        What the portfolio is called in the journal.
    jump
        Relative move of one quote beyond which a second must confirm it.
    **arguments
        ``base``, ``as_of``, ``method``, ``risk_free``, ``fx``, ``contracts``, ``funds``, ...
    """
    given = {"base": "USD", "as_of": None, "risk_free": None, "fx": None, "contracts": None, **arguments}
    _, setting, held, _ = settle(prices, holdings, mandate, hedge=(), **given)
    return Watch(LiveBook(held, setting.market, setting.betas), held, mandate, name=name, jump=jump)


def watch(
    watched: Watch,
    source: Source,
    journal: Journal,
    ports: Any,
    *,
    rules: tuple[Rule, ...] = (),
    deliver: Callable[[], None] = lambda: None,
    show: Callable[[Sight, tuple[str, ...]], None] = lambda _sight, _alerts: None,
    timing: Timing,
) -> WatchEnd:
    """Watch until stopped.

    Parameters
    ----------
    rules
        Alert rules of the portfolio.
    deliver
        Sends what is due; called at each evaluation, after its alerts are written down.
    show
        Is shown each sight with the titles of the alerts it raised.
    """
    raised: list[str] = []

    def tell(sight: Sight) -> bool:
        raised.clear()
        if not rules:
            return False
        done = evaluate(journal, rules, observation_of(sight, watched.portfolio), sight.at)
        raised.extend(_title(event) for event in done.events)
        # at each evaluation, because messages may be waiting: for quiet hours to end, or for another attempt
        deliver()
        return done.written

    return run_watch(
        watched, source.feed, journal, tell, ports, source=source.name, timing=timing,
        show=lambda sight: show(sight, tuple(raised)),
    )  # fmt: skip


def _title(event: AlertEvent) -> str:
    subject = f" {event.subject}" if event.subject else ""
    return f"{event.rule}{subject}: {event.kind.value.replace('_', ' ')}. {event.words}".strip()


def rehearsed(rules: tuple[Rule, ...], name: str) -> tuple[Rule, ...]:
    """Give rules for a replay: under its own name, apart from the portfolio's own alerts, and told to nobody."""
    return tuple(replace(rule, portfolio=name, channels=(), escalate_channels=()) for rule in rules)
