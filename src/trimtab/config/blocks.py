"""The tables of a new trimtab.toml in their order, with examples where a setting has no default."""

from dataclasses import dataclass, field
from typing import Final

from trimtab.config.settings import RULE_KINDS
from trimtab.config.toml import TomlTable

__all__ = ["BLOCKS", "Block"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A table of the template.

    Parameters
    ----------
    section, name
        Section, and the name that the table has if there are several.
    intro
        Lines above it.
    examples
        Values for settings that have no default, or a better example than it.
    only
        Settings to write; all if empty.
    prose
        Settings that are mentioned but do not go with the others.
    """

    section: str
    intro: tuple[str, ...]
    name: str = ""
    examples: TomlTable = field(default_factory=dict)
    only: tuple[str, ...] = ()
    prose: tuple[str, ...] = ()


BLOCKS: Final = (
    Block(
        section="workspace",
        intro=("What holds for the whole workspace.",),
        examples={"name": "My desk", "portfolio": "main", "calendar": "XNYS", "periods_per_year": 252},
    ),
    Block(section="journal", intro=("The record of everything that was imported, measured, planned and alerted.",)),
    Block(
        section="benchmarks",
        name="main",
        intro=("What beta is measured against. Any number of them, each under a name that mandates refer to.",),
        examples={
            "symbol": "SPX",
            "returns": "price",
            "weights": {"SPX": 0.6, "AGG": 0.4},
            "rebalance": "monthly",
            "from": "2015-01-01",
            "later": ["from 2020-01-01: 0.5*SPX + 0.5*AGG"],
        },
        prose=("weights", "rebalance", "from", "later"),
    ),
    Block(
        section="stated_betas",
        name="fund",
        intro=("Betas of what has no prices (pooled funds, bonds, private assets), or another series in their place.",),
        examples={
            "asset": "FUND",
            "beta": 0.8,
            "stderr": 0.1,
            "proxy": "AGG",
            "factor": 0.9,
            "source": "two years of NAVs",
            "expires": "2027-06-30",
        },
        prose=("proxy", "factor"),
    ),
    Block(
        section="mandates",
        name="core",
        intro=("What a portfolio's beta should be, how sure a verdict must be, and what plans may do.",),
        examples={
            "benchmark": "main",
            "hedge": ["ES", "MES"],
            "trigger": 0.03,
            "step": 0.02,
            "max_contracts": 50,
            "reading": "forecast",
            "max_margin": 250_000,
            "calendar": "XNYS",
            "max_weight": 0.1,
            "max_turnover": 0.2,
            "no_trade": ["KO"],
            "lower": 0.95,
            "upper": 1.05,
        },
        prose=("lower", "upper"),
    ),
    Block(
        section="portfolios",
        name="main",
        intro=("Portfolios, each with the mandate it is reviewed against.",),
        examples={
            "title": "Main portfolio",
            "role": "growth",
            "mandate": "core",
            "base": "USD",
            "accounts": ["...123"],
        },
    ),
    Block(
        section="estimation",
        intro=("How betas are measured. See: trimtab beta --help",),
        examples={"window": 252, "half_life": 63, "errors": "robust", "risk_free": 0.04, "fx": "fx.csv"},
    ),
    Block(section="costs", intro=("What trading is assumed to cost.",), examples={"commission": 2.25}),
    Block(
        section="contracts",
        intro=("Futures contracts beyond the bundled table.",),
        examples={"files": ["contracts.csv"]},
    ),
    Block(section="funds", intro=("What funds hold, to look through them.",), examples={"files": ["funds.csv"]}),
    Block(
        section="sources",
        name="prices",
        intro=("Folders that are watched: new files in them are imported.",),
        examples={
            "folder": "incoming/prices",
            "kind": "prices",
            "label": "data vendor",
            "portfolio": "main",
            "mapping": "Stück=quantity,Kurs=price",
        },
    ),
    Block(
        section="mappings",
        name="header",
        intro=("What the columns of files are, by their header. Written by: trimtab import FILE --map NAME=MEANING",),
        examples={"columns": "Stück=quantity,Kurs=price"},
    ),
    Block(
        section="aliases",
        name="US0378331005",
        intro=(
            "Other names of instruments. Set with: trimtab config set aliases.US0378331005.symbol AAPL",
            "or, where the name has a dot or a blank: trimtab config set aliases.BRK.B.symbol BRK-B",
        ),
        examples={
            "symbol": "AAPL",
            "name": "APPLE INC",
            "source": "custodian",
            "valid_from": "2024-01-31",
            "valid_until": "2026-12-31",
        },
    ),
    Block(
        section="fetch",
        name="coins",
        intro=("Services that trimtab fetch asks. Keys stand elsewhere: env:NAME, or file:PATH of mode 0600.",),
        examples={
            "kind": "ccxt",
            "exchange": "deribit",
            "symbols": ["BTC/USDT"],
            "since": "2024-01-01",
            "currency": "USD",
            "url": "https://test.deribit.com",
            "key": "env:DERIBIT_KEY",
            "secret": "env:DERIBIT_SECRET",
            "password": "env:OKX_PASSPHRASE",
            "portfolio": "main",
        },
        only=(
            "kind",
            "wanted",
            "exchange",
            "symbols",
            "since",
            "currency",
            "url",
            "key",
            "secret",
            "password",
            "portfolio",
            "deadline",
            "fresh",
        ),
    ),
    Block(
        section="fetch",
        name="broker",
        intro=(),
        examples={"kind": "flex", "query": "123456", "token": "file:flex.token"},
        only=("kind", "query", "token"),
    ),
    Block(
        section="calendars",
        name="exchange",
        intro=(
            "When prices are to be expected. [workspace] and mandates may name an exchange at once (XNYS, XETR, ...);",
            "here are calendars with days that differ from it, and those of no exchange.",
        ),
        examples={"exchange": "XNYS", "overrides": "closures.csv", "holidays": ["2026-12-25"]},
        only=("exchange", "overrides", "holidays"),
    ),
    Block(
        section="calendars",
        name="own",
        intro=(),
        examples={"time_zone": "America/New_York", "close": "16:00", "periods_per_year": 252},
        only=("time_zone", "close", "seven_days", "holidays", "periods_per_year"),
    ),
    Block(section="watch", intro=("How the watching service paces itself.",)),
    Block(
        section="report",
        intro=(
            "Reports that are made and sent by themselves: by `trimtab watch`, or by `trimtab report --deliver`",
            "from cron. Nothing is sent while there are no recipients.",
        ),
        examples={"portfolios": ["main"], "recipients": ["log"], "folder": "reports"},
    ),
    Block(
        section="alerts.quiet",
        intro=("Quiet hours: alerts wait for their end, save those that cannot.",),
        examples={"start": "22:00", "end": "07:00", "time_zone": "Europe/London"},
    ),
    Block(
        section="alerts.channels",
        name="log",
        intro=("Where alerts go. Kinds: terminal, file, email, webhook, apprise.",),
        examples={"kind": "file", "path": "alerts.log"},
        only=("kind", "path"),
    ),
    Block(
        section="alerts.channels",
        name="mail",
        intro=("Secrets are best written env:NAME: they are then read from that environment variable.",),
        examples={
            "kind": "email",
            "recipients": ["desk@example.org"],
            "sender": "trimtab@example.org",
            "host": "mail.example.org",
            "username": "trimtab",
            "password": "env:MAIL_PASSWORD",
        },
        only=("kind", "recipients", "sender", "host", "port", "security", "username", "password"),
    ),
    Block(
        section="alerts.channels",
        name="hook",
        intro=(),
        examples={"kind": "webhook", "url": "env:HOOK_URL"},
        only=("kind", "url"),
    ),
    Block(
        section="alerts.channels",
        name="phone",
        intro=(),
        examples={"kind": "apprise", "urls": ["env:PHONE_URL"]},
        only=("kind", "urls"),
    ),
    Block(
        section="alerts.rules",
        intro=(
            "What is worth an alert. Any number of tables like this one, each with a name of its own. Kinds:",
            ", ".join(RULE_KINDS) + ".",
        ),
        examples={
            "name": "out of band",
            "kind": "band",
            "portfolio": "main",
            "threshold": 0.9,
            "clear": 0.5,
            "for": "15m",
            "clear_for": "1h",
            "repeat": "1d",
            "escalate_after": "4h",
            "escalate_channels": ["phone"],
            "channels": ["log", "mail"],
            "window": "7d",
        },
    ),
)
