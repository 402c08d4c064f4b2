"""Alerts of a workspace: rules and channels from its settings, observations from its reviews, messages on their way."""

import datetime as dt
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from trimtab.config.config import Config
from trimtab.config.secrets import reveal
from trimtab.config.settings import ChannelSettings
from trimtab.desk.ask.review import Review, Setting
from trimtab.desk.books.journal import Entry
from trimtab.desk.watch.alerting import Evaluated, evaluate, observe, read_book
from trimtab.desk.watch.outbox import Channel, Delivered, Message, Outbox, read_outbox
from trimtab.desk.watch.rules import account_of_rule
from trimtab.desk.watch.slow_measures import MomentAgain, measure
from trimtab.errors import InputError, TrimtabError, UnknownSymbolError
from trimtab.model.portfolio import Portfolio
from trimtab.monitor.alerts.book import AlertBook
from trimtab.monitor.alerts.observation import Observation
from trimtab.monitor.alerts.quiet import Severity
from trimtab.monitor.alerts.rules import Rule
from trimtab.notify.apprise_urls import AppriseChannel
from trimtab.notify.lines import FileChannel
from trimtab.notify.mail import MailChannel
from trimtab.notify.terminal import TerminalChannel
from trimtab.notify.unready import UnreadyChannel
from trimtab.notify.webhook import WebhookChannel
from trimtab.runner.courier import Courier
from trimtab.wiring.known import AsKnown
from trimtab.wiring.settling import settle
from trimtab.wiring.workspace import Workspace

__all__ = [
    "AlertView", "ReviewingDesk", "alert_history", "alert_view", "channels_of", "check_alerts", "courier_of",
    "deliver_alerts",
    "moment_again", "observe_portfolio", "portfolio_of_rule", "rules_of", "send_test", "settled",
]  # fmt: skip

_T = TypeVar("_T")

#: Where alerts go if a workspace names no channel.
TERMINAL = "terminal"
#: A pass of all channels takes no longer, however many messages a slow one has.
_PASS_SECONDS = 120.0


class ReviewingDesk(Protocol):
    """A desk that measures the accounts of its workspace."""

    @property
    def workspace(self) -> Workspace:
        """The workspace."""
        ...

    def at(self, *, account: str | None = None) -> AsKnown:
        """Give what is known of an account now."""
        ...

    def review(self, *, account: str | None, known: int, record: bool) -> Review:
        """Measure it as known at a journal number."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """Rules with their alerts, and what is not delivered yet."""

    rules: tuple[Rule, ...]
    books: tuple[AlertBook, ...]
    outbox: Outbox


def rules_of(config: Config) -> tuple[Rule, ...]:
    """Give the rules of a workspace, one for each portfolio they watch.

    A rule that names no portfolio watches every one; a rule that names no channel uses every one, or the terminal if
    there is none.
    """
    quiet = config.alerts.quiet.hours()
    everywhere = tuple(config.alerts.channels) or (TERMINAL,)
    found = []
    for written in config.alerts.rules:
        for portfolio in config.portfolios if written.portfolio is None else (written.portfolio,):
            rule = written.rule(portfolio, quiet)
            found.append(rule if rule.channels else replace(rule, channels=everywhere))
    return tuple(found)


def channels_of(config: Config, environ: Mapping[str, str] | None = None) -> dict[str, Channel]:
    """Make the channels of a workspace, by name.

    A channel that cannot be set up (a secret that is not in the environment, a missing extra) says so when it is
    used; the others work.
    """
    found: dict[str, Channel] = {}
    for name, written in config.alerts.channels.items():
        try:
            found[name] = _channel(name, written, environ)
        except TrimtabError as why:
            found[name] = UnreadyChannel(why)
    return found or {TERMINAL: TerminalChannel()}


def portfolio_of_rule(config: Config, name: str, portfolio: str | None) -> str:
    """Give the portfolio that a rule's name means: the one named, else the only one that has such a rule.

    Raises
    ------
    UnknownSymbolError
        If no portfolio has one.
    InputError
        If several do.
    """
    return account_of_rule(rules_of(config), name) if portfolio is None else config.portfolio_name(portfolio)


def alert_view(workspace: Workspace, portfolio: str | None = None) -> AlertView:
    """Give the alerts of one portfolio or all, as last written down."""
    config = workspace.config
    names = tuple(config.portfolios) if portfolio is None else (config.portfolio_name(portfolio),)
    rules = tuple(r for r in rules_of(config) if r.portfolio in names)
    books = tuple(read_book(workspace.journal, name) for name in names)
    return AlertView(rules=rules, books=books, outbox=read_outbox(workspace.journal))


def alert_history(workspace: Workspace, portfolio: str | None = None, *, limit: int = 20) -> tuple[Entry, ...]:
    """Give what happened to alerts, newest first."""
    subject = None if portfolio is None else workspace.config.portfolio_name(portfolio)
    return workspace.journal.entries("alert", subject=subject, newest=True, limit=limit)


def check_alerts(desk: ReviewingDesk, now: dt.datetime, portfolio: str | None = None) -> tuple[Evaluated, ...]:
    """Measure each portfolio that has rules, and let its rules take a step.

    A portfolio that cannot be measured is not observed: its rules then say so, and time passes for its alerts.
    """
    config, journal = desk.workspace.config, desk.workspace.journal
    rules = rules_of(config)
    names = (config.portfolio_name(portfolio),) if portfolio is not None else dict.fromkeys(r.portfolio for r in rules)
    return tuple(
        evaluate(
            journal, rules, observe_portfolio(desk, name, now, tuple(r for r in rules if r.portfolio == name)), now
        )
        for name in names
    )


def observe_portfolio(desk: ReviewingDesk, portfolio: str, now: dt.datetime, rules: tuple[Rule, ...]) -> Observation:
    """Measure what a portfolio's rules ask for, and no more."""
    try:
        there = desk.at(account=portfolio)
        reviewed = desk.review(account=portfolio, known=there.known, record=False)
        measured = measure(
            moment_again(there), there.held.portfolio, reviewed.exposure, reviewed.betas, rules,
            desk.workspace.config.calendar,
        )  # fmt: skip
    except TrimtabError as error:
        return Observation(at=now, portfolio=portfolio, why=error.found)
    own = reviewed.exposure.beta.value
    return observe(
        reviewed, name=portfolio, at=now, portfolio=there.held.portfolio, rolls=measured.rolls,
        calendar=measured.calendar, correlation=measured.correlation, liquidation_days=measured.liquidation_days,
        methods={method: own + less for method, less in measured.differences.items()},
    )  # fmt: skip


def deliver_alerts(workspace: Workspace, *, now: Callable[[], dt.datetime]) -> Delivered:
    """Send what is due, by all channels at once; what takes too long waits for the next time."""
    return courier_of(lambda: workspace, now=now).finish(seconds=_PASS_SECONDS)


def courier_of(workspace: Callable[[], Workspace], *, now: Callable[[], dt.datetime]) -> Courier:
    """Give what delivers the alerts of a workspace, asked for anew each time because its settings change."""
    return Courier(workspace().journal, lambda: channels_of(workspace().config), now, owner=f"process {os.getpid()}")


def send_test(workspace: Workspace, channel: str, now: dt.datetime) -> None:
    """Send a test message, past the outbox.

    Raises
    ------
    UnknownSymbolError
        If there is no such channel.
    DeliveryError
        If it does not take it.
    """
    channels = channels_of(workspace.config)
    if channel not in channels:
        raise UnknownSymbolError(
            expected=f"a channel of this workspace: {', '.join(channels)}",
            found=repr(channel),
            try_next="name one of them, or add [alerts.channels.NAME] to trimtab.toml",
        )
    channels[channel].send(
        Message(
            key=f"test-{now:%Y%m%dT%H%M%S.%fZ}", channel=channel, portfolio=workspace.config.title, rule="test",
            trigger="", event="test", severity=Severity.INFO, at=now,
            title=f"[info] {workspace.config.title}: a test of {channel}", text="Alerts sent here arrive.",
        )
    )  # fmt: skip


def _channel(name: str, written: ChannelSettings, environ: Mapping[str, str] | None) -> Channel:
    match written.kind:
        case "terminal":
            return TerminalChannel()
        case "file":
            return FileChannel(_stated(name, "path", written.path))
        case "webhook":
            return WebhookChannel(reveal(_stated(name, "url", written.url), environ))
        case "apprise":
            return AppriseChannel([reveal(url, environ) for url in written.urls])
        case _:
            return MailChannel(
                host=_stated(name, "host", written.host), port=written.port,
                sender=_stated(name, "sender", written.sender), recipients=written.recipients,
                security=written.security,  # type: ignore[arg-type]  # one of the three: the reader checked it
                username=None if written.username is None else reveal(written.username, environ),
                password=None if written.password is None else reveal(written.password, environ),
            )  # fmt: skip


def _stated(name: str, field: str, value: _T | None) -> _T:
    if value is None:
        raise InputError(
            expected=f"{field} of channel {name}", found="none", try_next=f"set it under [alerts.channels.{name}]"
        )
    return value


def settled(there: AsKnown, *, method: str | None = None) -> tuple[Setting, Portfolio]:
    """Give the moment with its betas, and what is held; another `method` answers with its own reading."""
    measuring, mandate = there.question.measuring, there.question.mandate
    if method is not None:
        measuring = replace(measuring, method=method, reading=None)
        mandate = replace(mandate, judged=None)
    done = settle(there.inputs, mandate.mandate(reading=measuring.reading), measuring)
    return done.setting, done.held


def moment_again(there: AsKnown) -> MomentAgain:
    """Give what makes the moment of a question again, by its own method or another."""

    def again(method: str | None = None) -> Setting:
        # Another method is asked for the reading that it answers with.
        return settled(there, method=method)[0]

    return again
