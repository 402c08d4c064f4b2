"""Holdings as they were on a day, and corporate actions: what a file of them would add.

A snapshot is a whole book at the end of a day. It is named by its portfolio and its day, and is the same if it has the
same rows in whatever order. Another snapshot of the same day corrects it; where that would take a position away, a
person should look first, because half a file looks the same as a correction.

An action is named by its symbol, its effective day and its type.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import NotRequired, TypedDict

from trimtab.desk.books.actions import Action, ActionBody, ActionKind
from trimtab.desk.books.intake import CORRECTIONS_LISTED, Correction, Kind, Preview, Records
from trimtab.desk.books.journal import Entry, Fact
from trimtab.desk.books.transactions import plain

__all__ = ["ReadActions", "SnapshotBody", "preview_actions", "preview_holdings"]

#: So many days may lie between the day that an exchange gives an event and the one on which a broker books it.
_NEAR_DAYS = 10
_HEAD = 5
_Row = tuple[tuple[str, str], ...]


class SnapshotBody(TypedDict):
    """What is kept of a snapshot: its rows as texts, the currency it is counted in, and of which account of several."""

    rows: list[dict[str, str]]
    base: str
    part: NotRequired[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadActions:
    """The actions of a file, with what is shown of the reading; see `trimtab.desk.books.intake.Records`."""

    name: str
    rows: tuple[Action, ...]
    columns: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


def preview_holdings(
    entries: Sequence[Entry],
    read: Records,
    days: Sequence[dt.date],
    *,
    portfolio: str,
    base: str,
    source: Mapping[str, str],
    restate: bool = False,
    part: str = "",
) -> Preview:
    """Compare a file of holdings with the snapshots known.

    Parameters
    ----------
    entries
        The journal's entries of kind "holdings" for this portfolio, oldest first.
    read
        The rows.
    days
        The day of each row; each day is a snapshot of its own.
    portfolio, base
        Whose they are, and the currency they are counted in.
    source
        Where the file came from: name, SHA-256, label.
    restate
        Whether a snapshot that was corrected since is right after all.
    part
        The broker's account that it speaks of, one of several that make the portfolio; empty: of all that is held.

    Examples
    --------
    >>> rows = ({"symbol": "A", "quantity": "10"},)
    >>> read = Records(name="h.csv", rows=rows, lines=(2,), columns=())
    >>> day = dt.date(2024, 1, 2)
    >>> preview_holdings([], read, [day], portfolio="growth", base="USD", source={}).new
    1
    """
    bodies_by_day, beside = _said_before(entries, part)
    new = same = corrected = again = 0
    facts: list[Fact] = []
    corrections: list[Correction] = []
    doubts: list[str] = []
    for day in sorted(set(days)):
        rows = [row for row, of in zip(read.rows, days, strict=True) if of == day]
        before = bodies_by_day.get(day.isoformat(), [])
        content = _content(rows, base)
        if before and _content(before[-1]["rows"], before[-1]["base"]) == content:
            same += len(rows)
            continue
        if not restate and any(_content(b["rows"], b["base"]) == content for b in before):
            again += len(rows)
            continue
        facts.append(
            Fact(
                kind="holdings",
                subject=portfolio,
                valid=day.isoformat(),
                body={"rows": [dict(r) for r in rows], "base": base, "source": dict(source), **_named(part)},
            )
        )
        if not before:
            new += len(rows)
            continue
        old = before[-1]
        kept, changes, gone = _changes(old["rows"], rows, day)
        if old["base"] != base:
            changes.append(Correction(where=f"base currency on {day}", old=old["base"], new=base))
        same += kept
        new += sum(1 for c in changes if c.old == "not held")
        corrected += sum(1 for c in changes if c.old != "not held")
        corrections += [c for c in changes if c.old != "not held"]
        if gone:
            doubts.append(
                f"{len(gone)} positions known on {day} are not in this file ({', '.join(gone[:5])}"
                f"{', ...' if len(gone) > 5 else ''}): is it the whole book?"
            )
    if part and not bodies_by_day and facts and beside:
        doubts.append(_new_beside(part, beside, portfolio))
    stays = "rows are a snapshot that was corrected since, which stays so; if this file is right after all"
    notes = (*read.notes, f"{again:,} {stays}, give --restate") if again else read.notes
    return Preview(
        kind=Kind.HOLDINGS,
        name=read.name,
        new=new,
        same=same + again,
        corrected=corrected,
        corrections=tuple(corrections[:CORRECTIONS_LISTED]),
        columns=read.columns,
        head=_head(read.rows, days),
        notes=notes,
        doubts=tuple(doubts),
        facts=tuple(facts),
    )


def _said_before(entries: Sequence[Entry], part: str) -> tuple[dict[str, list[SnapshotBody]], set[str]]:
    """Give what an account said before, by day, and the names of the other accounts."""
    bodies_by_day: dict[str, list[SnapshotBody]] = {}
    beside: set[str] = set()
    for entry in entries:
        body = entry.read_as(SnapshotBody)
        if body.get("part", "") == part:
            bodies_by_day.setdefault(str(entry.valid), []).append(body)
        else:
            beside.add(body.get("part", ""))
    return bodies_by_day, beside


def _new_beside(part: str, beside: set[str], portfolio: str) -> str:
    others = ", ".join(sorted(b for b in beside if b))
    if others:
        return f"account {part} is new: it is added to {others} of {portfolio}"
    return f"account {part} states {portfolio} anew: what was known of it without an account ends"


def _named(part: str) -> dict[str, str]:
    return {"part": part} if part else {}


def _row(row: Mapping[str, str]) -> _Row:
    """Give a row in one spelling: numbers in one way, names in order."""
    return tuple(sorted((name, _number(text)) for name, text in row.items()))


def _number(text: str) -> str:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    return plain(value) if value.is_finite() else text


def _content(rows: Sequence[Mapping[str, str]], base: str) -> tuple[str, Counter[_Row]]:
    return base, Counter(_row(r) for r in rows)


def _changes(
    old: Sequence[Mapping[str, str]], new: Sequence[Mapping[str, str]], day: dt.date
) -> tuple[int, list[Correction], list[str]]:
    """Give how many rows stay, what changes, and the symbols that go, pairing rows by symbol."""
    before, after = Counter(_row(r) for r in old), Counter(_row(r) for r in new)
    kept = sum((before & after).values())
    lost, come = list((before - after).elements()), list((after - before).elements())
    changes: list[Correction] = []
    gone: list[str] = []
    for row in lost:
        symbol = dict(row)["symbol"]
        match = next((r for r in come if dict(r)["symbol"] == symbol), None)
        if match is None:
            gone.append(symbol)
            changes.append(Correction(where=f"{symbol} on {day}", old=_words(row, ()), new="not held"))
        else:
            come.remove(match)
            changes.append(Correction(where=f"{symbol} on {day}", old=_words(row, match), new=_words(match, row)))
    changes += [Correction(where=f"{dict(r)['symbol']} on {day}", old="not held", new=_words(r, ())) for r in come]
    return kept, changes, gone


def _words(row: _Row, other: _Row) -> str:
    """Say what differs from another row."""
    return ", ".join(f"{name} {text}" for name, text in row if (name, text) not in other and name != "symbol") or "less"


def _head(rows: Sequence[Mapping[str, str]], days: Sequence[dt.date]) -> tuple[tuple[str, ...], ...]:
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [("day", *names)]
    lines += [
        (day.isoformat(), *(row.get(name, "") for name in names))
        for row, day in list(zip(rows, days, strict=True))[:_HEAD]
    ]
    return tuple(lines)


def preview_actions(
    entries: Sequence[Entry], read: ReadActions, *, source: Mapping[str, str], restate: bool = False
) -> Preview:
    """Compare a file of corporate actions with those known.

    Parameters
    ----------
    entries
        The journal's entries of kind "action", oldest first.
    read
        What the file says.
    source
        Where the file came from: name, SHA-256, label.
    restate
        Whether an action that was corrected or cancelled since is right after all.
    """
    bodies_by_action: dict[tuple[str, str, str, int], list[ActionBody]] = {}
    for entry in entries:
        body = entry.read_as(ActionBody)
        bodies_by_action.setdefault((entry.subject, str(entry.valid), body["type"], body.get("part", 1)), []).append(
            body
        )
    kept_actions = frozenset(bodies_by_action)
    new = same = again = 0
    facts: list[Fact] = []
    corrections: list[Correction] = []
    doubts: list[str] = []
    for action in _in_parts(read.rows, bodies_by_action):
        body, day = action.body(), action.effective.isoformat()
        before = bodies_by_action.setdefault((action.symbol, day, body["type"], action.part), [])
        if before and _spelled(before[-1]) == _spelled(body):
            same += 1
            continue
        if not restate and (any(_spelled(b) == _spelled(body) for b in before) or (before and before[-1]["cancelled"])):
            again += 1
            continue
        if before:
            where = f"{body['type']} of {action.symbol} on {day}"
            corrections.append(Correction(where=where, old=_said(before[-1]), new=_said(body)))
        else:
            new += 1
            doubts += _near(action, bodies_by_action)
            doubts += _beside(action, {key: bodies_by_action[key] for key in kept_actions})
        before.append(body)
        facts.append(Fact(kind="action", subject=action.symbol, valid=day, body={**body, "source": dict(source)}))
    shown = [("effective", "type", "symbol", "what")]
    shown += [(a.effective.isoformat(), a.kind.value, a.symbol, _said(a.body())) for a in read.rows[:_HEAD]]
    notes = read.notes
    if again:
        notes = (*notes, f"{again:,} rows were corrected or cancelled since and stay so; to undo that give --restate")
    return Preview(
        kind=Kind.ACTIONS,
        name=read.name,
        new=new,
        same=same + again,
        corrected=len(corrections),
        corrections=tuple(corrections[:CORRECTIONS_LISTED]),
        columns=read.columns,
        head=tuple(shown),
        notes=notes,
        doubts=tuple(doubts),
        facts=tuple(facts),
    )


def _beside(action: Action, bodies_by_action: Mapping[tuple[str, str, str, int], Sequence[ActionBody]]) -> list[str]:
    """Doubt a dividend of a day of which another file said one: both count, unless it corrects it."""
    if action.kind is not ActionKind.DIVIDEND or action.cancelled:
        return []
    day = action.effective.isoformat()
    sentences = [
        _said(bodies[-1])
        for (symbol, of, word, _), bodies in bodies_by_action.items()
        if (symbol, of, word) == (action.symbol, day, action.kind.value) and bodies and not bodies[-1]["cancelled"]
    ]
    return [
        f"dividend of {action.symbol} on {day}: {_said(action.body())} beside {' and '.join(sentences)}, which another "
        "file said: both count; if it corrects that, give the old row with the status cancelled as well"
    ][: len(sentences)]


def _near(action: Action, bodies_by_action: Mapping[tuple[str, str, str, int], Sequence[ActionBody]]) -> list[str]:
    """Doubt a split or a new name that is known of a day near it: brokers write down late what exchanges announced."""
    if action.kind not in {ActionKind.SPLIT, ActionKind.SYMBOL} or action.cancelled:
        return []
    others = (
        (day, bodies[-1])
        for (symbol, day, word, _), bodies in bodies_by_action.items()
        if symbol == action.symbol and word == action.kind.value and bodies and not bodies[-1]["cancelled"]
    )
    return [
        f"the {action.kind.value} of {action.symbol} on {action.effective} looks like that of {day}, which is known "
        f"({_said(body)}): with both it counts twice"
        for day, body in others
        if 0 < abs((dt.date.fromisoformat(day) - action.effective).days) <= _NEAR_DAYS
        and _said(body) == _said(action.body())
    ]


def _in_parts(
    rows: Sequence[Action], bodies_by_action: Mapping[tuple[str, str, str, int], Sequence[ActionBody]]
) -> list[Action]:
    """Say which of several dividends of one day each is: a regular and a special one are two, and no correction.

    One of a reference, or of an amount, that is known is the one that is known; any other is one more. What takes one
    back without saying its amount takes back the first.
    """
    parts: dict[tuple[str, dt.date], dict[str, int]] = {}
    for (symbol, day, word, part), bodies in bodies_by_action.items():
        if word == ActionKind.DIVIDEND.value:
            part_of = parts.setdefault((symbol, dt.date.fromisoformat(day)), {})
            part_of |= {_amount(body): part for body in bodies}
            part_of |= {f"id {body['id']}": part for body in bodies if body.get("id")}
    return [_in_part(a, parts.setdefault((a.symbol, a.effective), {})) for a in rows]


def _in_part(action: Action, part_of: dict[str, int]) -> Action:
    """Give a dividend the place of the one that it is, among those known of its day, which learn of it."""
    if action.kind is not ActionKind.DIVIDEND:
        return action
    amount = _amount(action.body())
    names = [f"id {action.id}", amount] if action.id else [amount]
    part = next((part_of[name] for name in names if name in part_of), None)
    if part is None and action.cancelled and action.amount is None and part_of:
        part = min(part_of.values())
    part = part or max(part_of.values(), default=0) + 1
    part_of |= dict.fromkeys(names, part)
    return replace(action, part=part)


def _amount(body: ActionBody) -> str:
    return f"{_number(body.get('amount', ''))} {body.get('currency', '')}"


def _spelled(body: ActionBody) -> dict[str, str]:
    return {name: _number(str(value)) for name, value in body.items() if name not in {"source", "id"}}


def _said(body: ActionBody) -> str:
    if body["cancelled"]:
        return "cancelled"
    return ", ".join(
        f"{name} {value}" for name, value in body.items() if name not in {"type", "cancelled", "source", "part", "id"}
    )
