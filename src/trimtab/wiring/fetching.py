"""Which service a name of the settings means, and what it gave into the workspace, as any other file."""

import datetime as dt
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from trimtab.config.secrets import reveal_key
from trimtab.config.settings import FetchSettings
from trimtab.desk.books.intake import Imported, Kind, Outcome
from trimtab.desk.watch.fetching import Fetched, Service
from trimtab.errors import InputError, TrimtabError, UnknownSymbolError
from trimtab.feeds.venues.ccxt import CoinAccount, CoinPrices, Keys, open_exchange
from trimtab.feeds.venues.flex import FlexService
from trimtab.feeds.venues.kept import Kept, ask_or_take
from trimtab.feeds.venues.web import Web
from trimtab.model.near import nearest
from trimtab.progress import each
from trimtab.wiring.importing import import_files
from trimtab.wiring.workspace import Workspace

__all__ = ["fetch_all", "fetch_into", "fetched_names"]

#: Under `data/`: the last answer of each service.
_FETCHED = "fetched"


def fetched_names(workspace: Workspace, names: tuple[str, ...]) -> tuple[str, ...]:
    """Give the services that are meant: those named, else every one of the settings.

    Raises
    ------
    UnknownSymbolError, InputError
        If one is not in the settings, or there is none at all.
    """
    services = workspace.config.fetch
    if not services:
        raise InputError(
            expected="a service in trimtab.toml: [fetch.NAME]", found="none",
            try_next="add one, such as kind, exchange and symbols under [fetch.coins]",
        )  # fmt: skip
    for name in names:
        if name not in services:
            raise UnknownSymbolError(
                expected=f"a service of [fetch.NAME] in trimtab.toml: {', '.join(services)}",
                found=repr(name),
                try_next=nearest(name, services) or f"add [fetch.{name}] to the file",
            )
    return names or tuple(services)


def fetch_all(
    workspace: Workspace,
    names: tuple[str, ...] = (),
    *,
    clock: Callable[[], dt.datetime],
    accept: bool = False,
    dry_run: bool = False,
    restate: bool = False,
    again: bool = False,
) -> tuple[Fetched, ...]:
    """Ask services one after the other; one that fails leaves the others as they are.

    Parameters
    ----------
    workspace
        Where to.
    names
        As in the settings; empty takes every one.
    clock
        Gives the time.
    accept, dry_run, restate, again
        As for `fetch_into`.

    Raises
    ------
    UnknownSymbolError, InputError
        If one is not in the settings, or there is none at all.
    """
    done = []
    for name in each(fetched_names(workspace, names), "asking services"):
        now = clock()
        try:
            done.append(
                fetch_into(workspace, name, now=now, accept=accept, dry_run=dry_run, restate=restate, again=again)
            )
        except TrimtabError as error:
            unread = Imported(source=name, outcome=Outcome.FAILED, error=error)
            done.append(
                Fetched(
                    name=name, label=name, at=now, age=dt.timedelta(), was_kept=False, notes=(), doubts=(),
                    imported=unread,
                )
            )  # fmt: skip
    return tuple(done)


def fetch_into(
    workspace: Workspace,
    name: str,
    *,
    now: dt.datetime,
    accept: bool = False,
    dry_run: bool = False,
    restate: bool = False,
    again: bool = False,
    environ: Mapping[str, str] | None = None,
    library: Any = None,
    pause: Callable[[float], None] = time.sleep,
) -> Fetched:
    """Ask a service of the settings, and take its answer in.

    Parameters
    ----------
    workspace
        Where to.
    name
        As in the settings.
    now
        The moment, with its zone.
    accept
        Keep it although the format is new, history has changed, or something is odd.
    dry_run
        Keep nothing in the journal; the answer stays on disk.
    restate
        What it says is right, even where it was corrected since.
    again
        Ask, however fresh the last answer is.
    environ
        Variables with keys; the process's own if None.
    library
        ccxt; None loads it.
    pause
        Waits so many seconds.

    Raises
    ------
    TrimtabError
        If there is no such service, its keys are not there, or it does not answer as it should.
    """
    (named,) = fetched_names(workspace, (name,))
    stated = workspace.config.fetch[named]
    service = _service(workspace, stated, environ, library, pause)
    kept = ask_or_take(
        service, workspace.folder / "data" / _FETCHED / named, _question(stated), now=now, fresh=stated.fresh,
        again=again,
    )  # fmt: skip
    imported = _take(workspace, stated, kept, service.label, accept=accept, dry_run=dry_run, restate=restate)
    return Fetched(
        name=named, label=service.label, at=kept.at, age=now - kept.at, was_kept=kept.was_kept,
        notes=kept.answer.notes, doubts=kept.answer.doubts, imported=imported,
    )  # fmt: skip


def _question(stated: FetchSettings) -> str:
    """Say what is asked, without a key: another question has another answer on disk."""
    parts = (
        stated.kind, stated.wanted, stated.exchange, stated.symbols, stated.since, stated.currency, stated.query,
        stated.url, stated.key,
    )  # fmt: skip
    return repr(parts)


def _service(
    workspace: Workspace,
    stated: FetchSettings,
    environ: Mapping[str, str] | None,
    library: Any,
    pause: Callable[[float], None],
) -> Service:
    """Make a service ready: its keys looked up, its deadline running."""

    def key(value: str | None) -> str:
        return "" if value is None else reveal_key(value, workspace.folder, environ)

    token = key(stated.token)
    keys = Keys(key=key(stated.key), secret=key(stated.secret), password=key(stated.password))
    web = Web(
        what=stated.exchange or "the Flex web service", seconds=stated.deadline.total_seconds(), base=stated.url,
        secrets=(*keys.secrets, token), pause=pause,
    )  # fmt: skip
    if stated.kind == "flex":
        return FlexService(query=stated.query or "", token=token, web=web)
    exchange = open_exchange(stated.exchange or "", keys, web, library)
    if stated.wanted == "positions":
        return CoinAccount(exchange=exchange, web=web, currency=stated.currency)
    return CoinPrices(exchange=exchange, web=web, symbols=stated.symbols, since=stated.since, currency=stated.currency)


def _take(
    workspace: Workspace,
    stated: FetchSettings,
    kept: Kept,
    label: str,
    *,
    accept: bool,
    dry_run: bool,
    restate: bool,
) -> Imported:
    """Import an answer; one that is doubted, or says that history was otherwise, is shown and not kept."""

    def take(*, show: bool) -> Imported:
        holdings = kept.answer.kind is Kind.HOLDINGS
        return import_files(
            [kept.path], workspace=workspace, kind=kept.answer.kind, portfolio=stated.portfolio,
            as_of=kept.at.date() if holdings else None, source=label, accept=accept, dry_run=show, restate=restate,
        )[0]  # fmt: skip

    if dry_run or accept:
        return take(show=dry_run)
    shown = take(show=True)
    if shown.preview is None:
        return shown
    changed = shown.preview.corrected
    doubts = kept.answer.doubts + (
        (f"{label} now says otherwise of {changed} days that are known; look at the corrections",) if changed else ()
    )
    if not doubts:
        return take(show=False)
    preview = replace(shown.preview, doubts=(*shown.preview.doubts, *doubts))
    return replace(shown, outcome=Outcome.DOUBTFUL, preview=preview)
