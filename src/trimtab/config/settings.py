"""The settings, section by section: each field with its default, what it may be, and what it means.

These classes are the one definition: the reader, the template, `trimtab config show` and the tables in the
documentation are made from them. A field's metadata hold its `Check`, its description, whether it is a secret, and
its key in the file where that differs from the field (``for`` is a word of Python).
"""

# ruff: noqa: RUF009 - what _setting gives is a field, and fields are values
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from trimtab.config import checks as c
from trimtab.config.measures.benchmarks import BenchmarkSettings
from trimtab.config.measures.field import setting as _setting
from trimtab.model.mandate import READINGS, Reading
from trimtab.monitor.alerts.quiet import QuietHours, Severity, severity_of
from trimtab.monitor.alerts.rules import Kind, Rule, StatedRule, rule_of

__all__ = [
    "CHANNEL_KINDS",
    "ROLES",
    "RULE_KINDS",
    "SEVERITIES",
    "SOURCE_KINDS",
    "TERMINAL",
    "WEEKDAYS",
    "AlertSettings",
    "AliasSettings",
    "BenchmarkSettings",
    "CalendarSettings",
    "ChannelSettings",
    "ContractSettings",
    "CostSettings",
    "EstimationSettings",
    "FetchSettings",
    "FundSettings",
    "JournalSettings",
    "MandateSettings",
    "MappingSettings",
    "PortfolioSettings",
    "QuietSettings",
    "RuleSettings",
    "SourceSettings",
    "WatchSettings",
    "WorkspaceSettings",
]  # fmt: skip

ROLES: Final = ("spending", "growth", "trading")
RULE_KINDS: Final = tuple(kind.value for kind in Kind)
SEVERITIES: Final = tuple(str(severity) for severity in Severity)
#: Where alerts go if a workspace names no channel.
TERMINAL: Final = "terminal"
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SOURCE_KINDS: Final = ("prices", "holdings", "transactions", "quotes")
CHANNEL_KINDS: Final = ("terminal", "file", "email", "webhook", "apprise")

_MAY_REFER: Final = "; may be env:NAME"
CALENDAR_NAME: Final = "an exchange such as XNYS, or the name of a calendar in this file"
_SOME_TIME: Final = dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceSettings:
    """What the workspace is called, and what holds where nothing nearer says otherwise."""

    name: str | None = _setting(c.text(), "Name in reports and alerts; the folder's if left out", None)
    base: str = _setting(c.currency(), "Base currency", "USD")
    portfolio: str | None = _setting(
        c.text("the name of a portfolio in this file", refers="portfolios"),
        "Portfolio that commands mean when none is named; the only one if left out",
        None,
    )
    calendar: str | None = _setting(
        c.text(CALENDAR_NAME, refers="calendars"),
        "Calendar that prices keep; weekdays if left out",
        None,
    )
    periods_per_year: float | None = _setting(
        c.number("a number above zero", low=0, open_low=True),
        "For annualisation of performance; that of the prices (252, 365, 52, 12) if left out",
        None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalSettings:
    """Where the journal is kept."""

    url: str = _setting(
        c.url("a database URL such as sqlite:///journal.db or postgresql://user@host/name", "sqlite", "postgresql"),
        "Database of the journal; a relative SQLite path starts at the workspace" + _MAY_REFER,
        "sqlite:///journal.db",
        secret=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimationSettings:
    """How betas are measured."""

    method: str = _setting(c.method(), "Estimator or composition, as for --method", "default")
    window: int | None = _setting(
        c.whole("a whole number of returns, 3 or more", low=3),
        "Paired returns looked at; each method has its own if left out",
        None,
    )
    half_life: float | None = _setting(
        c.number("a number of trading days above zero", low=0, open_low=True),
        "Half-life of the weights in trading days; each method has its own if left out",
        None,
    )
    errors: str | None = _setting(
        c.choice("classical", "robust", "hac"), "Standard errors; each method has its own if left out", None
    )
    risk_free: float | Path | None = _setting(
        c.rate("an annual rate as a decimal (0.04), or a file of dated rates"),
        "Annual rate as a decimal, or a file of dated rates; excess returns are taken over it",
        None,
    )
    fx: Path | None = _setting(c.path("a file of exchange rates", on_disk=True), "File of exchange rates", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioSettings:
    """A portfolio by name."""

    title: str | None = _setting(c.text(), "Title in reports; its name if left out", None)
    role: str | None = _setting(c.choice(*ROLES), "What the money is for", None)
    mandate: str = _setting(
        c.text("the name of a mandate in this file", refers="mandates"), "Mandate it is reviewed against"
    )
    base: str | None = _setting(c.currency(), "Base currency; the workspace's if left out", None)
    accounts: tuple[str, ...] = _setting(
        c.texts('a list of accounts such as ["...123"]'), "Accounts as statements name them, that are part of it", ()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateSettings:
    """A mandate by name. `band` and `target` hold what `lower` and `upper` amount to where those are written."""

    benchmark: str = _setting(
        c.text("the name of a benchmark in this file", refers="benchmarks"), "Benchmark that beta is measured against"
    )
    target: float = _setting(c.number("a finite number such as 1.0"), "Beta the mandate asks for", 1.0)
    band: float = _setting(
        c.number("a half-width of zero or more", low=0), "Half-width of the band around the target", 0.05
    )
    trigger: float | None = _setting(
        c.number("a half-width of zero or more", low=0),
        "Half-width within the band at which plans trade; at the band if left out",
        None,
    )
    step: float | None = _setting(
        c.number("a beta of zero or more", low=0), "How far within the trigger trades go; as aim says if left out", None
    )
    lower: float | None = _setting(
        c.number("a finite number such as 0.95"), "Lower edge, with upper, in place of target and band", None
    )
    upper: float | None = _setting(
        c.number("a finite number such as 1.05"), "Upper edge, with lower, in place of target and band", None
    )
    confidence: float = _setting(
        c.number("a probability from 0.5 up to, not including, 1", low=0.5, high=1, open_high=True),
        "How sure a verdict must be; at 0.5 the point estimate decides",
        0.5,
    )
    min_coverage: float = _setting(
        c.number("a share from 0 to 1", low=0, high=1),
        "Share of gross exposure, by money, from which a verdict is given though the rest could change it",
        1.0,
    )
    hedge: tuple[str, ...] = _setting(
        c.texts('a list of futures such as ["ES", "MES"]'), "Futures that plans may trade", ()
    )
    max_contracts: int | None = _setting(
        c.whole("a whole number, 0 or more", low=0),
        "Most contracts to trade in each future; no limit if left out",
        None,
    )
    reading: Reading | None = _setting(
        c.choice(*READINGS),
        "Beta that is measured and judged: fit (to the past) or forecast; what the method answers with if left out",
        None,
    )
    aim: str = _setting(c.choice("edge", "target"), "Trade to the target, or to the near edge of the band", "target")
    max_margin: float | None = _setting(
        c.number("an amount of money, 0 or more", low=0),
        "Most margin of the whole book after a way, base currency",
        None,
    )
    max_weight: float | None = _setting(
        c.number("a share of 0 or more", low=0), "Largest weight of one holding after a reallocation (0.1 = 10%)", None
    )
    max_turnover: float | None = _setting(
        c.number("a share of 0 or more", low=0), "Most traded in a reallocation, share of NAV", None
    )
    long_only: bool = _setting(c.switch(), "Whether a reallocation may hold no short positions", True)
    no_trade: tuple[str, ...] = _setting(
        c.texts("a list of symbols"), "Symbols that a reallocation leaves as they are", ()
    )
    calendar: str | None = _setting(
        c.text(CALENDAR_NAME, refers="calendars"), "Calendar of its prices; the workspace's if left out", None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CostSettings:
    """What trading is assumed to cost."""

    commission: Decimal | None = _setting(
        c.money("money of zero or more"),
        "Futures: per contract and side, contract currency; the contract table's if left out",
        None,
    )
    half_spread_ticks: Decimal = _setting(
        c.money("ticks, zero or more"), "Futures: half the bid-ask spread, in ticks", Decimal("0.5")
    )
    commission_rate: float = _setting(c.number("a share of 0 or more", low=0), "Shares: share of the money traded", 0.0)
    commission_per_unit: float = _setting(
        c.number("money of zero or more", low=0), "Shares: per unit, in the instrument's currency", 0.0
    )
    half_spread: float = _setting(
        c.number("a share of 0 or more", low=0), "Shares: half the bid-ask spread, share of the price", 0.0005
    )
    impact: float = _setting(
        c.number("a factor of 0 or more", low=0), "Shares: factor of the square-root law of impact", 1.0
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractSettings:
    """Contract tables, and margin rules of venues, that add to the bundled ones."""

    files: tuple[Path, ...] = _setting(
        c.paths("a list of files"), "CSV of contracts, or TOML of a venue's margin rules; later ones win", ()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FundSettings:
    """What funds hold."""

    files: tuple[Path, ...] = _setting(c.paths("a list of files"), "CSV: fund, symbol, weight", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """A watched folder by name."""

    folder: Path = _setting(
        c.path("the path of a folder"), "Folder whose new files `trimtab watch` imports, or reads as quotes"
    )
    kind: str = _setting(c.choice(*SOURCE_KINDS), "What its files hold")
    label: str | None = _setting(
        c.text(), "Where the files come from, kept with every fact; the name if left out", None
    )
    pattern: str = _setting(c.text("a file pattern such as *.csv"), "Which files are taken", "*")
    portfolio: str | None = _setting(
        c.text("the name of a portfolio in this file", refers="portfolios"),
        "Portfolio that holdings or transactions belong to; the workspace's if left out",
        None,
    )
    mapping: str | None = _setting(
        c.text('what columns are, such as "Stück=quantity,Kurs=price"'),
        "What columns of its files are, as for --map",
        None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSettings:
    """A service that is asked over the network, by name."""

    kind: str = _setting(c.choice("ccxt", "flex"), "ccxt (exchanges of coins) or flex (Interactive Brokers)")
    wanted: str = _setting(c.choice("prices", "positions"), "ccxt: daily closes, or what an account holds", "prices")
    exchange: str | None = _setting(c.text("an exchange as ccxt calls it"), "ccxt: exchange such as deribit", None)
    symbols: tuple[str, ...] = _setting(
        c.texts('a list of markets such as ["BTC/USDT"]'), "ccxt: markets whose closes are wanted", ()
    )
    since: dt.date | None = _setting(c.day(), "ccxt: first day of prices; two years back if left out", None)
    currency: str | None = _setting(
        c.currency(), "ccxt: currency that USDT, USDC and the like count as; themselves if left out", None
    )
    query: str | None = _setting(c.text('the number of a Flex query, "123456"'), "flex: query that is run", None)
    url: str | None = _setting(
        c.url("an address such as https://host", "https", "http"), "Address in place of the service's own", None
    )
    key: str | None = _setting(c.key(), "ccxt: API key, to be read from there", None, secret=True)
    secret: str | None = _setting(c.key(), "ccxt: API secret, to be read from there", None, secret=True)
    password: str | None = _setting(c.key(), "ccxt: passphrase (OKX), to be read from there", None, secret=True)
    token: str | None = _setting(c.key(), "flex: token, to be read from there", None, secret=True)
    portfolio: str | None = _setting(
        c.text("the name of a portfolio in this file", refers="portfolios"),
        "Portfolio that positions belong to; the workspace's if left out",
        None,
    )
    deadline: dt.timedelta = _setting(
        c.duration(least=_SOME_TIME), "How long a fetch may take altogether", dt.timedelta(minutes=1)
    )
    fresh: dt.timedelta = _setting(
        c.duration(), "How old an answer may be to be used again without asking", dt.timedelta(minutes=10)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingSettings:
    """What the columns of files with one header are; written by `trimtab import --map`."""

    columns: str = _setting(
        c.text('what columns are, such as "Stück=quantity,Kurs=price"'), "What columns are, as for --map"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasSettings:
    """Another name of an instrument: a security code's ticker, or what a file calls an index."""

    symbol: str = _setting(c.text("a symbol in the prices"), "Symbol that is meant")
    name: str | None = _setting(c.text(), "Name in files, where it cannot be a name of a table; that if left out", None)
    source: str | None = _setting(c.text(), "Who says so", None)
    valid_from: dt.date | None = _setting(c.day(), "First day it holds; always if left out", None)
    valid_until: dt.date | None = _setting(c.day(), "Last day it holds; always if left out", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietSettings:
    """Hours in which only what cannot wait is delivered."""

    start: dt.time | None = _setting(c.time_of_day(), "Start, local time; no quiet hours if left out", None)
    end: dt.time | None = _setting(c.time_of_day(), "End, local time; before the start means the next morning", None)
    time_zone: ZoneInfo = _setting(c.time_zone(), "IANA time zone of both", ZoneInfo("UTC"))
    passes: str = _setting(c.choice(*SEVERITIES), "Least severity that is delivered all the same", "critical")
    days: tuple[str, ...] = _setting(
        c.texts('a list of weekdays such as ["sat", "sun"]', each=c.choice(*WEEKDAYS)),
        "Weekdays on which they begin",
        WEEKDAYS,
    )

    def hours(self) -> QuietHours | None:
        """Give the quiet hours; None if there are none."""
        if self.start is None or self.end is None:
            return None
        return QuietHours(
            start=self.start,
            end=self.end,
            zone=self.time_zone.key,
            passes=severity_of(self.passes),
            days=frozenset(WEEKDAYS.index(day) for day in self.days),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSettings:
    """A way an alert leaves the house, by name."""

    kind: str = _setting(c.choice(*CHANNEL_KINDS), "How it is delivered")
    path: Path | None = _setting(c.path("the path of a file"), "file: file that lines are appended to", None)
    url: str | None = _setting(
        c.url("a URL such as https://example.org/hook", "https", "http"),
        "webhook: address that is posted to" + _MAY_REFER,
        None,
        secret=True,
    )
    urls: tuple[str, ...] = _setting(
        c.texts("a list of Apprise URLs"), "apprise: addresses" + _MAY_REFER, (), secret=True
    )
    recipients: tuple[str, ...] = _setting(c.texts("a list of addresses"), "email: to whom", ())
    sender: str | None = _setting(c.text("an address"), "email: from whom", None)
    host: str | None = _setting(c.text("a host name"), "email: SMTP server", None)
    port: int = _setting(c.whole("a port from 1 to 65535", low=1, high=65535), "email: its port", 587)
    security: str = _setting(c.choice("starttls", "tls", "none"), "email: how the line is protected", "starttls")
    username: str | None = _setting(c.text(), "email: account" + _MAY_REFER, None)
    password: str | None = _setting(c.text("a password"), "email: its password" + _MAY_REFER, None, secret=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSettings:
    """An alert rule, as written. What `threshold` and `clear` measure depends on the kind."""

    name: str = _setting(c.text("a name of its own"), "Name in alerts")
    kind: str = _setting(c.choice(*RULE_KINDS), "What is watched")
    portfolio: str | None = _setting(
        c.text("the name of a portfolio in this file", refers="portfolios"), "Portfolio; every one if left out", None
    )
    threshold: float | None = _setting(c.number("a finite number"), "Where it fires; the kind's own if left out", None)
    clear: float | None = _setting(
        c.number("a finite number"), "Where it clears (hysteresis); the kind's own if left out", None
    )
    hold: dt.timedelta = _setting(c.duration(), "How long it must last before it fires", dt.timedelta(), key="for")
    clear_hold: dt.timedelta = _setting(
        c.duration(), "How long it must be gone before it clears", dt.timedelta(), key="clear_for"
    )
    severity: str = _setting(c.choice(*SEVERITIES), "How much it matters", "warning")
    repeat: dt.timedelta | None = _setting(
        c.duration(least=_SOME_TIME), "Say it again after this while nobody acknowledges it; never if left out", None
    )
    escalate_after: dt.timedelta | None = _setting(
        c.duration(least=_SOME_TIME), "Escalate it if unanswered for this long; never if left out", None
    )
    escalate_severity: str = _setting(c.choice(*SEVERITIES), "Severity that it is escalated to", "critical")
    escalate_channels: tuple[str, ...] = _setting(
        c.texts("a list of channels in this file", refers="alerts.channels"), "Further channels when it is", ()
    )
    channels: tuple[str, ...] = _setting(
        c.texts("a list of channels in this file", refers="alerts.channels"),
        "Where it is delivered; every channel if left out",
        (),
    )
    window: dt.timedelta | None = _setting(
        c.duration(least=_SOME_TIME), "beta_change: over how long the change is taken; a week if left out", None
    )
    confidence: float = _setting(
        c.number("a probability from 0.5 up to, not including, 1", low=0.5, high=1, open_high=True),
        "beta_change, correlation: how sure it must be that this is no noise",
        0.95,
    )

    def rule(self, portfolio: str, quiet: QuietHours | None = None) -> Rule:
        """Give the rule for one portfolio, with the kind's own terms where none are written.

        Raises
        ------
        InputError
            If the terms contradict each other or the kind.
        """
        return rule_of(StatedRule(
            name=self.name, kind=self.kind, portfolio=portfolio, threshold=self.threshold, clear=self.clear,
            hold=self.hold, clear_hold=self.clear_hold, severity=self.severity, repeat=self.repeat,
            escalate_after=self.escalate_after, escalate_severity=self.escalate_severity,
            escalate_channels=self.escalate_channels, channels=self.channels, quiet=quiet, window=self.window,
            confidence=self.confidence,
        ))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings:
    """Quiet hours, channels by name, and rules in the order of the file."""

    quiet: QuietSettings = field(default_factory=QuietSettings)
    channels: Mapping[str, ChannelSettings] = field(default_factory=dict)
    rules: tuple[RuleSettings, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSettings:
    """How the watching service paces itself."""

    poll: dt.timedelta = _setting(
        c.duration(least=_SOME_TIME), "How often folders are looked at", dt.timedelta(seconds=5)
    )
    evaluate: dt.timedelta = _setting(
        c.duration(least=_SOME_TIME), "How often rules are evaluated", dt.timedelta(minutes=1)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarSettings:
    """When prices are to be expected, by name."""

    exchange: str | None = _setting(
        c.text("an exchange such as XNYS"), "Exchange whose days it has, from the table that trimtab ships", None
    )
    overrides: Path | None = _setting(
        c.path("a file of days", on_disk=True), "CSV of days that differ: date, session (closed, open or 13:00)", None
    )
    time_zone: ZoneInfo = _setting(c.time_zone(), "IANA time zone of the close", ZoneInfo("UTC"))
    close: dt.time | None = _setting(c.time_of_day(), "Close, local time; the end of the day if left out", None)
    seven_days: bool = _setting(c.switch(), "Whether there are prices on Saturday and Sunday", False)
    holidays: tuple[dt.date, ...] = _setting(c.dates("a list of dates such as [2026-12-25]"), "Days without prices", ())
    periods_per_year: float | None = _setting(
        c.number("a number above zero", low=0, open_low=True),
        "For annualisation of performance; that of the prices if left out",
        None,
    )
