"""What the watch writes down: enough to go on from, and what was seen."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from trimtab.desk.books.journal import Entry, Fact, Journal
from trimtab.desk.watch.alerting import STATE
from trimtab.desk.watch.quotes import Cursor
from trimtab.desk.watch.watching import Sight, WatchState

__all__ = ["KIND", "Resume", "alerted_since", "read_resume", "watch_fact"]

KIND = "watch"
#: A state written in another form is not read.
_FORM = 1
_PAGE = 10


class _Kept(TypedDict):
    """What is read of an evaluation as it is kept; it says more."""

    form: int
    source: str
    written: str | None
    due: str | None
    status: str | None
    cursor: Cursor | None
    state: WatchState


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
    cursor: Cursor | None,
    due: dt.datetime | None,
    written: dt.datetime | None,
    status: str | None,
    state: WatchState,
    why: str,
    because: Sequence[str] = (),
) -> Fact:
    """Make the entry of an evaluation.

    Parameters
    ----------
    why
        Why it is written: "start", "verdict", "alert", "interval", "reload" or "stop".
    because
        For a reload: what came, or why it could not be used.
    """
    reading, drift = sight.reading, sight.drift
    return Fact(
        kind=KIND,
        subject=sight.portfolio,
        valid=_text(sight.at),
        body={
            "form": _FORM,
            "why": why,
            "because": list(because),
            "due": None if due is None else _text(due),
            "written": None if written is None else _text(written),
            "source": source,
            "cursor": None if cursor is None else dict(cursor),
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
            "state": state,
        },
    )


def alerted_since(journal: Journal, portfolio: str, seq: int) -> frozenset[dt.datetime]:
    """Give the moments of the alert entries after a number."""
    times = (e.valid for e in journal.entries(STATE, subject=portfolio, after=seq))
    return frozenset(dt.datetime.fromisoformat(valid) for valid in times if valid is not None)


def read_resume(journal: Journal, portfolio: str, source: str) -> Resume | None:
    """Give where the last watch of a portfolio on the same feed stopped; None if there was none."""
    last_entry = journal.head().seq
    while last_entry > 0:
        page = journal.entries(KIND, subject=portfolio, newest=True, known=last_entry, limit=_PAGE)
        for entry in page:
            if entry.body.get("form") == _FORM and entry.body["source"] == source and entry.valid is not None:
                return _resume(journal, entry, portfolio)
        last_entry = page[-1].seq - 1 if page else 0
    return None


def _resume(journal: Journal, entry: Entry, portfolio: str) -> Resume:
    body = entry.read_as(_Kept)
    return Resume(
        at=dt.datetime.fromisoformat(str(entry.valid)),
        written=_moment(body["written"]),
        due=_moment(body["due"]),
        status=body["status"],
        source=body["source"],
        cursor=body["cursor"],
        state=body["state"],
        alerted=alerted_since(journal, portfolio, entry.seq),
    )


def _moment(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)


def _text(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")
