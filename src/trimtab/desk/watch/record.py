"""What the watch writes down: what was seen, and, in a state beside the journal, what is needed to go on.

A book of 1,000 symbols has a state of 35 kB. A journal is never thinned, so an entry holds only the hash of it.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NotRequired, Protocol, TypedDict, cast

from trimtab.desk.books.journal import Entry, Fact, Journal
from trimtab.desk.watch.alerting import STATE
from trimtab.desk.watch.quotes import Cursor
from trimtab.desk.watch.watching import Sight, WatchState
from trimtab.model.json import JsonObject

__all__ = ["KIND", "Going", "Resume", "States", "alerted_since", "read_resume", "watch_fact", "whose_state"]

KIND = "watch"
#: A state written in another form is not read.
_INLINE, _BESIDE = 1, 2
_PAGE = 10
#: So many entries are tried whose states are gone.
_TRIED = 3


class States(Protocol):
    """Where states are kept, each by the hash of what is in it."""

    def keep(self, whose: str, state: JsonObject) -> str:
        """Keep a state of a watch, and give its SHA-256."""
        ...

    def find(self, whose: str, name: str) -> JsonObject | None:
        """Give a state by its SHA-256; None if it is not kept any more."""
        ...

    def thin(self, whose: str, names: Collection[str]) -> None:
        """Forget every state of a watch but some."""
        ...


class Going(TypedDict):
    """What a watch needs to go on: where its feed stands, and what it knows."""

    cursor: Cursor | None
    state: WatchState


class _Kept(TypedDict):
    """What is read of an evaluation as it is kept; it says more."""

    form: int
    source: str
    written: str | None
    due: str | None
    status: str | None
    cursor: NotRequired[Cursor | None]
    state: NotRequired[WatchState]
    kept: NotRequired[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """Where a watch stopped.

    Parameters
    ----------
    at
        Moment of its last evaluation.
    written
        Moment of the last entry that was not the trace of a stop; None if there was none.
    due
        Moment of the next evaluation; None if the clock decides.
    status
        Verdict of the last evaluation; None if there was none.
    source
        Which feed it read; the cursor is of no use to another.
    cursor
        Where that feed stood.
    state
        Of the watch.
    alerted
        Moments after it at which alerts were written down, while the evaluation itself no longer was: it will be made
        again, and its alerts will then be no news.
    """

    at: dt.datetime
    written: dt.datetime | None
    due: dt.datetime | None
    status: str | None
    source: str
    cursor: Cursor | None
    state: WatchState
    alerted: frozenset[dt.datetime]


def watch_fact(
    sight: Sight,
    *,
    source: str,
    going: Going | str,
    due: dt.datetime | None,
    written: dt.datetime | None,
    status: str | None,
    why: str,
    because: Sequence[str] = (),
) -> Fact:
    """Make the entry of an evaluation.

    Parameters
    ----------
    going
        What is needed to go on, or the hash under which it was kept.
    why
        Why it is written: "start", "verdict", "alert", "interval", "reload" or "stop".
    because
        For a reload: what came, or why it could not be used.
    """
    reading, drift = sight.reading, sight.drift
    kept = {"form": _BESIDE, "kept": going} if isinstance(going, str) else {"form": _INLINE, **going}
    return Fact(
        kind=KIND,
        subject=sight.portfolio,
        valid=_text(sight.at),
        body={
            **kept,
            "why": why,
            "because": list(because),
            "due": None if due is None else _text(due),
            "written": None if written is None else _text(written),
            "source": source,
            "beta": reading.beta.value,
            "stderr": reading.beta.stderr,
            "nav": reading.nav,
            "status": status,
            "coverage": reading.coverage.share,
            "quotes": reading.quotes,
            "rejected": dict(sight.rejected),
            "trouble": sight.trouble,
            "unused": sight.unused,
            "drift": {
                "total": drift.total,
                "currency": drift.currency,
                "price": drift.price,
                "gamma": drift.gamma,
                "estimates": drift.estimates,
                "trades": drift.trades,
            },
        },
    )


def alerted_since(journal: Journal, portfolio: str, seq: int) -> frozenset[dt.datetime]:
    """Give the moments of the alert entries after a number."""
    times = (e.valid for e in journal.entries(STATE, subject=portfolio, after=seq))
    return frozenset(dt.datetime.fromisoformat(valid) for valid in times if valid is not None)


def whose_state(portfolio: str, source: str) -> str:
    """Name the watch of a portfolio on a feed."""
    return f"{portfolio}\n{source}"


def read_resume(journal: Journal, portfolio: str, source: str, states: States | None = None) -> Resume | None:
    """Give where the last watch of a portfolio on a feed stopped; None if there was none, or its state is gone."""
    last_entry, tried = journal.head().seq, 0
    while last_entry > 0 and tried < _TRIED:
        page = journal.entries(KIND, subject=portfolio, newest=True, known=last_entry, limit=_PAGE)
        for entry in page:
            if entry.body.get("form") not in {_INLINE, _BESIDE} or entry.body["source"] != source:
                continue
            going = _going(entry, states)
            if going is not None and entry.valid is not None:
                return _resume(journal, entry, going)
            tried += 1
        last_entry = page[-1].seq - 1 if page else 0
    return None


def _going(entry: Entry, states: States | None) -> Going | None:
    """Give what an entry says is needed to go on, wherever it is kept."""
    body = entry.read_as(_Kept)
    if "kept" not in body:
        return {"cursor": body["cursor"], "state": body["state"]}
    if states is None:
        return None
    return cast("Going | None", states.find(whose_state(entry.subject, body["source"]), body["kept"]))


def _resume(journal: Journal, entry: Entry, going: Going) -> Resume:
    body = entry.read_as(_Kept)
    return Resume(
        at=dt.datetime.fromisoformat(str(entry.valid)),
        written=_moment(body["written"]),
        due=_moment(body["due"]),
        status=body["status"],
        source=body["source"],
        cursor=going["cursor"],
        state=going["state"],
        alerted=alerted_since(journal, entry.subject, entry.seq),
    )


def _moment(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)


def _text(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")
