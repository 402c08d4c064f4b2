"""Alerts of a workspace: its channels made, its rules looked at, its messages on their way."""

import datetime as dt
import os
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from trimtab.config.config import Config
from trimtab.config.secrets import reveal
from trimtab.config.settings import TERMINAL, ChannelSettings
from trimtab.desk.answers.known import AsKnown
from trimtab.desk.books.journal import Entry
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.desk.questions.plan import PlanQuestion
from trimtab.desk.watch import checking
from trimtab.desk.watch.alerting import Evaluated
from trimtab.desk.watch.checking import AlertView
from trimtab.desk.watch.outbox import Channel, Delivered, Message
from trimtab.desk.watch.rules import account_of_rule
from trimtab.errors import InputError, TrimtabError, UnknownSymbolError
from trimtab.model.near import nearest
from trimtab.monitor.alerts.quiet import Severity
from trimtab.notify.apprise_urls import AppriseChannel
from trimtab.notify.lines import FileChannel
from trimtab.notify.mail import MailChannel
from trimtab.notify.nobody import NobodyChannel
from trimtab.notify.terminal import TerminalChannel
from trimtab.notify.unready import UnreadyChannel
from trimtab.notify.webhook import WebhookChannel
from trimtab.runner.courier import Courier
from trimtab.wiring.runs import at
from trimtab.wiring.workspace import Workspace

__all__ = [
    "alert_history", "alert_view", "channels_of", "check_alerts", "courier_of", "deliver_alerts", "look_back",
    "portfolio_of_rule",    "send_test",
]  # fmt: skip

_T = TypeVar("_T")

#: A pass of all channels takes no longer, however many messages a slow one has.
_PASS_SECONDS = 120.0


def channels_of(config: Config) -> dict[str, Channel]:
    """Make the channels of a workspace, by name.

    A channel that cannot be set up (a secret that is not in the environment, a missing extra) says so when it is
    used; the others work.
    """
    channels: dict[str, Channel] = {}
    for name, written in config.alerts.channels.items():
        try:
            channels[name] = _channel(name, written)
        except TrimtabError as why:
            channels[name] = UnreadyChannel(why)
    return channels or {TERMINAL: TerminalChannel()}


def portfolio_of_rule(config: Config, name: str, portfolio: str | None) -> str:
    """Give the portfolio that a rule's name means: the one named, else the only one that has such a rule.

    Raises
    ------
    UnknownSymbolError
        If no portfolio has one.
    InputError
        If several do.
    """
    return account_of_rule(config.rules, name) if portfolio is None else config.portfolio_name(portfolio)


def alert_view(workspace: Workspace, portfolio: str | None = None) -> AlertView:
    """Give the alerts of one portfolio or all, as last written down."""
    config = workspace.config
    names = tuple(config.portfolios) if portfolio is None else (config.portfolio_name(portfolio),)
    return checking.alert_view(workspace.journal, config.rules, names)


def alert_history(workspace: Workspace, portfolio: str | None = None, *, limit: int = 20) -> tuple[Entry, ...]:
    """Give what happened to alerts, newest first."""
    subject = None if portfolio is None else workspace.config.portfolio_name(portfolio)
    return workspace.journal.entries("alert", subject=subject, newest=True, limit=limit)


def check_alerts(workspace: Workspace, now: dt.datetime, portfolio: str | None = None) -> tuple[Evaluated, ...]:
    """Measure each portfolio that has rules, and let its rules take a step; a moment gone by knows no later day."""
    config = workspace.config
    return checking.check_accounts(
        workspace.journal, config.rules, lambda name: _known_by(workspace, name, now), now,
        account=None if portfolio is None else config.portfolio_name(portfolio), calendar=config.calendar,
    )  # fmt: skip


def look_back(workspace: Workspace, moments: Iterable[dt.datetime]) -> None:
    """Let every rule take the steps of moments gone by, in order, as if asked at each; nobody hears of them now."""
    nobody = {name: NobodyChannel() for name in channels_of(workspace.config)}
    for moment in moments:
        check_alerts(workspace, moment)
        _deliver_at(workspace, nobody, moment)


def _deliver_at(workspace: Workspace, channels: Mapping[str, Channel], moment: dt.datetime) -> None:
    owner = f"process {os.getpid()}"
    Courier(workspace.journal, lambda: channels, lambda: moment, owner=owner).finish(seconds=_PASS_SECONDS)


def _known_by(workspace: Workspace, account: str, now: dt.datetime) -> AsKnown:
    """Give what an account is measured from, with no price or holding of a later day than the moment's."""
    latest = at(workspace, PlanQuestion(), account=account)
    day = now.astimezone(dt.UTC).date().isoformat()
    if latest.as_of <= day:
        return latest
    return at(workspace, PlanQuestion(measuring=Measuring(as_of=day)), account=account)


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
            try_next=nearest(channel, channels) or "name one of them, or add [alerts.channels.NAME] to trimtab.toml",
        )
    channels[channel].send(
        Message(
            key=f"test-{now:%Y%m%dT%H%M%S.%fZ}", channel=channel, portfolio=workspace.config.title, rule="test",
            trigger="", event="test", severity=Severity.INFO, at=now,
            title=f"[info] {workspace.config.title}: a test of {channel}", text="Alerts sent here arrive.",
        )
    )  # fmt: skip


def _channel(name: str, written: ChannelSettings) -> Channel:
    match written.kind:
        case "terminal":
            return TerminalChannel()
        case "file":
            return FileChannel(_stated(name, "path", written.path))
        case "webhook":
            return WebhookChannel(reveal(_stated(name, "url", written.url)))
        case "apprise":
            return AppriseChannel([reveal(url) for url in written.urls])
        case _:
            return MailChannel(
                host=_stated(name, "host", written.host), port=written.port,
                sender=_stated(name, "sender", written.sender), recipients=written.recipients,
                security=written.security,  # type: ignore[arg-type]  # one of the three: the reader checked it
                username=None if written.username is None else reveal(written.username),
                password=None if written.password is None else reveal(written.password),
            )  # fmt: skip


def _stated(name: str, field: str, value: _T | None) -> _T:
    if value is None:
        raise InputError(
            expected=f"{field} of channel {name}", found="none", try_next=f"set it under [alerts.channels.{name}]"
        )
    return value
