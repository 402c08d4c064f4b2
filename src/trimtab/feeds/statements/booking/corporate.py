"""What companies do, booked: splits, other names, mergers, spin-offs and dividends in units.

Rows of one event are read together: units that went and units that came. A ratio in words is held against them; where
no words state it the units do, if they can mean one ratio only. What the rows do not say is refused by name.

A merger for money is booked as the sale that it is, of the units and for the money that the row states. A spin-off is
booked as units that came for nothing: a statement does not say which part of the parent's cost goes with them.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from trimtab.errors import InputError
from trimtab.feeds.statements.booking.amounts import currency_of, start_fact
from trimtab.feeds.statements.booking.context import File, Remarks
from trimtab.feeds.statements.booking.moves import Move
from trimtab.feeds.statements.cells.events import Event
from trimtab.feeds.statements.cells.spelling import plain_words
from trimtab.feeds.statements.cells.words import is_in_lieu
from trimtab.feeds.statements.records import Ask, Fact, FactReading, Fault, Identity, LeftOut, NameKind

__all__ = ["HeldBefore", "booked_events", "with_fractions_sold"]

#: Gives the units of a row's thing that were held before it; None where nothing says it.
HeldBefore = Callable[[Move], Decimal | None]
#: Ratios of splits: so many for one, one for so many, or both small (3 for 2).
_MOST_FOR_ONE, _MOST_OF_BOTH = 1000, 12

_ZERO, _ONE = Decimal(0), Decimal(1)
_CLOSE_HOUR = 16
#: What is left of an exchange in fractions is paid out some weeks later.
_IN_LIEU_DAYS = 60
_AS_ACTION = "leave the row out, and give it as a row of its own kind (docs/import.md: split, merger, spin_off)"


def booked_events(
    moves: Sequence[Move], file: File, remarks: Remarks, held: HeldBefore
) -> tuple[list[FactReading], dict[str, tuple[dt.date, Decimal]]]:
    """Book what companies did.

    Parameters
    ----------
    moves
        Rows of events.
    file, remarks
        What is known of the file, and what takes questions and faults.
    held
        Gives what was held before a row.

    Returns
    -------
    facts; and by symbol the day and the fractions of units that an exchange left and the rows do not have
    """
    facts: list[FactReading] = []
    left: dict[str, tuple[dt.date, Decimal]] = {}
    for group in _groups(moves):
        try:
            facts += _booked(group, file, remarks, left, held)
        except InputError as error:
            remarks.faults += [
                Fault(line=move.line, why=f"{error.found} (expected {error.expected})", try_next=error.try_next)
                for move in group
            ]
    return facts, left


def _groups(moves: Sequence[Move]) -> list[list[Move]]:
    """Lay the rows of one event together: by the company where it is named, by the thing, else what went and came."""
    buckets: dict[tuple[object, ...], list[Move]] = {}
    for move in moves:
        kind = move.event.kind if move.event is not None else None
        buckets.setdefault((move.account, _effective(move), kind), []).append(move)
    groups: list[list[Move]] = []
    for bucket in buckets.values():
        named: dict[str, list[Move]] = {}
        for move in bucket:
            named.setdefault((move.event.of if move.event is not None else "") or _label(move), []).append(move)
        alone = [group[0] for group in named.values() if len(group) == 1]
        paired = len(alone) == len(named) == 2 and _units(alone[0]) * _units(alone[1]) < 0
        groups += [alone] if paired else list(named.values())
    return groups


def _effective(move: Move) -> dt.date:
    """Give the first day on which it holds: the later one stated; the next one for what came after the close."""
    if move.reported is not None and move.reported > move.day:
        return move.reported
    hour = 0 if move.second is None else move.second % 86_400 // 3_600
    if hour < _CLOSE_HOUR:
        return move.day
    ahead = {4: 3, 5: 2}.get(move.day.weekday(), 1)
    return move.day + dt.timedelta(days=ahead)


def _label(move: Move) -> str:
    return move.what.label if move.what is not None else ""


def _units(move: Move) -> Decimal:
    """Give the units that a row moved, signed: by their sign, by a direction, by the words; else they came."""
    stated = _ZERO if move.quantity is None else move.quantity.value
    if move.removed:
        return -abs(stated)
    way = move.side or (move.event.way if move.event is not None else 0)
    return stated if stated < 0 or way == 0 else stated * way


def _paid(group: Sequence[Move]) -> Decimal:
    """Give the money of an event: proceeds before amounts; a value beside them is that of units."""
    cells = [next((c for c in (m.gross, m.net, m.amount, m.value) if c is not None), None) for m in group]
    return sum((c.value for c in cells if c is not None), _ZERO)


def _booked(
    group: Sequence[Move], file: File, remarks: Remarks, left: dict[str, tuple[dt.date, Decimal]], held: HeldBefore
) -> list[FactReading]:
    first = group[0]
    kind = first.event.kind if first.event is not None else None
    if kind is None:
        raise InputError(
            expected="a split, another name, a merger, a spin-off or a dividend in units",
            found=f"{first.words!r}", try_next=_AS_ACTION,
        )  # fmt: skip
    made = replace(
        start_fact(first, kind, currency_of(first, file, remarks) if _paid(group) else None), day=_effective(first),
        lines=tuple(move.line for move in group), fee=None, tax=None, id=first.id if len(group) == 1 else None,
    )  # fmt: skip
    if kind is Fact.SPLIT:
        return [_split(group, made, remarks, left, held)]
    if kind is Fact.SYMBOL_CHANGE:
        return _renamed(group, made, remarks)
    if kind is Fact.MERGER:
        return [_merged(group, made, remarks, left)]
    return [_received(group, made, remarks)]


def _both_sides(group: Sequence[Move]) -> tuple[list[Move], list[Move]]:
    """Give the rows of the units that were held before, and of those that are held after."""
    return [m for m in group if _units(m) < 0], [m for m in group if _units(m) > 0]


def _exact(new: Decimal, old: Decimal) -> tuple[Decimal, Decimal] | None:
    """Give the ratio of units if one side is a whole number of times the other: no other ratio is likelier."""
    if new >= old:
        return (new / old, _ONE) if new % old == 0 else None
    return (_ONE, old / new) if old % new == 0 else None


def _ways(event: Event) -> list[tuple[Decimal, Decimal]]:
    """Give the ways in which a stated ratio may be meant: 4 for 1 in one, 1:4 in two unless it is called reverse."""
    if event.ratio is None:
        return []
    few, many = sorted(event.ratio)
    if event.is_reverse:
        return [(few, many)]
    return [event.ratio] if event.is_plain else [event.ratio, event.ratio[::-1]]


def _agreeing(event: Event, old: Decimal, new: Decimal) -> tuple[Decimal, Decimal] | None:
    """Give a stated ratio as it makes of the old units the new ones but for a fraction; None if it does not."""
    return next((way for way in _ways(event) if _ZERO <= old * way[0] / way[1] - new < _ONE), None)


def _disagreeing(ratio: tuple[Decimal, Decimal], symbol: str, old: Decimal, new: Decimal) -> InputError:
    return InputError(
        expected=f"{ratio[0]} for {ratio[1]} of {old} {symbol}", found=f"{new} units of {symbol}",
        try_next="correct the ratio or the units",
    )  # fmt: skip


def _split(
    group: Sequence[Move], made: FactReading, remarks: Remarks, left: dict[str, tuple[dt.date, Decimal]],
    held: HeldBefore,
) -> FactReading:  # fmt: skip
    went, came = _both_sides(group)
    if went and came:
        ratio = _ratio_of_both(went, came, remarks)
        old, new = -sum((_units(m) for m in went), _ZERO), sum((_units(m) for m in came), _ZERO)
        short = old * ratio[0] / ratio[1] < new
        before, after = (new, old) if short else (old, new)
        _leave(left, made, _label(came[0]), before * ratio[0] / ratio[1] - after, remarks)
        made = replace(made, what=_one_thing(came))
        if {_label(m) for m in went} & {m.what.symbol for m in came if m.what} == set() and _tickers(went, came):
            raise InputError(
                expected="a split of one thing", found=f"{_label(went[0])} that became {_label(came[0])}",
                try_next="write the split and the change of symbol as two rows",
            )  # fmt: skip
    else:
        ratio = _ratio_by_books(group, held, remarks) or _ratio_in_words(group[0])
    if _paid(group):
        raise InputError(
            expected="a split without money", found=f"{_paid(group)}", try_next="write the money as a row of its own"
        )
    _ask_day(made, remarks)
    return replace(made, cash=None, ratio=ratio, shares=sum((_units(m) for m in group), _ZERO) or None)


def _tickers(went: Sequence[Move], came: Sequence[Move]) -> bool:
    """Tell whether both sides have names of letters: a code stands for a share that has another one now."""
    return all(m.what is not None and m.what.symbol and m.what.symbol.isalpha() for m in (*went, *came))


def _one_thing(moves: Sequence[Move]) -> Identity | None:
    if len({_label(m) for m in moves}) > 1:
        raise InputError(
            expected="units of one thing", found=" and ".join(_label(m) for m in moves), try_next=_AS_ACTION
        )
    return moves[0].what


def _name_of(moves: Sequence[Move]) -> str:
    what = _one_thing(moves) if moves else None
    return "" if what is None else what.label


def _ratio_of_both(went: Sequence[Move], came: Sequence[Move], remarks: Remarks) -> tuple[Decimal, Decimal]:
    old, new = -sum((_units(m) for m in went), _ZERO), sum((_units(m) for m in came), _ZERO)
    event = went[0].event
    if event is not None and event.ratio is not None:
        # Of what was sold short the units that came close, and those that went open.
        stated = _agreeing(event, old, new) or _agreeing(event, new, old)
        if stated is None:
            raise _disagreeing(event.ratio, _label(came[0]), old, new)
        return stated
    short = event is not None and event.is_reverse and new > old
    exact = _exact(old, new) if short else _exact(new, old)
    if exact is None:
        raise InputError(
            expected=f"the ratio of the split of {_label(came[0])}",
            found=f"{old} units that became {new}, which could be several",
            try_next=f"add it to the description (1 for 8); or {_AS_ACTION}",
        )
    remarks.note(f"{_label(came[0])}: {old} units became {new}, so its split is {exact[0]} for {exact[1]}")
    return exact


def _ratio_by_books(group: Sequence[Move], held: HeldBefore, remarks: Remarks) -> tuple[Decimal, Decimal] | None:
    """Give the ratio that units which were added or taken make of what books say was held; None if that tells none."""
    move = group[0]
    if len(group) > 1 or move.event is None or move.event.ratio is not None:
        return None
    old, units = held(move), _units(move)
    if not old or not units or old * (old + units) <= 0:
        return None
    ratio = Fraction(old + units) / Fraction(old)
    few, many = sorted((ratio.numerator, ratio.denominator))
    if many > (_MOST_FOR_ONE if few == 1 else _MOST_OF_BOTH):
        return None
    terms = (Decimal(ratio.numerator), Decimal(ratio.denominator))
    remarks.ask(
        Ask("ratio", f"{_label(move)}: {units} units beside the {old} that books say were held: which split is that?",
            taken=f"{terms[0]} for {terms[1]}", lines=(move.line,))
    )  # fmt: skip
    return terms


def _ratio_in_words(move: Move) -> tuple[Decimal, Decimal]:
    """Give the ratio of a split of which one row tells: units that were added or taken do not say it."""
    event, units = move.event, _units(move)
    if event is None or event.ratio is None:
        raise InputError(
            expected=f"the ratio of the split of {_label(move)}",
            found=f"{move.words!r} and {units} units, which do not say how many were held",
            try_next=f"add it to the description (10 for 1); or {_AS_ACTION}",
        )
    ways = _ways(event)
    if len(ways) == 1:
        return ways[0]
    if units > 0 or event.ratio[0] > event.ratio[1]:
        return max(ways)  # more units came: 1:10 and 10:1 both say ten for one
    raise InputError(
        expected=f"a ratio that can be read one way for {_label(move)}",
        found=f"{event.ratio[0]}:{event.ratio[1]}, and {units} units",
        try_next="write 10 for 1, or 1 for 10",
    )


def _leave(
    left: dict[str, tuple[dt.date, Decimal]], made: FactReading, symbol: str, fraction: Decimal, remarks: Remarks
) -> None:
    """Note the fraction that an exchange leaves and the rows do not have: it is paid out in another row."""
    if fraction > _ZERO:
        left[symbol] = (made.day, fraction)
        remarks.ask(
            Ask("fraction", f"the exchange into {symbol} leaves {fraction.normalize():f} units that its rows do not "
                "have", taken="they are paid out in another row", lines=made.lines)
        )  # fmt: skip


def _ask_day(made: FactReading, remarks: Remarks) -> None:
    what = made.what.label if made.what is not None else "?"
    remarks.ask(
        Ask("effective", f"the {made.fact.value.replace('_', ' ')} of {what} is taken to hold from the opening of "
            f"{made.day} on; a broker may write it down a day late", lines=made.lines)
    )  # fmt: skip


def _renamed(group: Sequence[Move], made: FactReading, remarks: Remarks) -> list[FactReading]:
    went, came = _both_sides(group)
    event = group[0].event
    old = _name_of(went) or (event.of if event is not None else "")
    new = _name_of(came)
    if not old or not new:
        raise InputError(
            expected="the name before and the name after", found=f"{old or new or group[0].words} alone",
            try_next="write it as a symbol_change with new_symbol (trimtab import takes that)",
        )  # fmt: skip
    more = sum((_units(m) for m in group), _ZERO) if went else _ZERO
    if more:
        raise InputError(
            expected=f"as many units of {new} as there were of {old}", found=f"{more} more", try_next=_AS_ACTION
        )
    if old == new:
        remarks.left_out.append(LeftOut(made.lines, f"{old} has another code, and the same name"))
        return []
    made = replace(made, what=went[0].what if went else Identity(kind=NameKind.SHARE, symbol=old), cash=None, into=new)
    _ask_day(made, remarks)
    return [made]


def _merged(
    group: Sequence[Move], made: FactReading, remarks: Remarks, left: dict[str, tuple[dt.date, Decimal]]
) -> FactReading:
    event = group[0].event
    company = event.of if event is not None else ""
    old = [m for m in group if (_label(m) == company if company else _units(m) < 0)]
    new = [m for m in group if m not in old]
    units, paid = sum((_units(m) for m in old), _ZERO), _paid(group)
    if not old or units == 0:
        raise InputError(expected="units that were taken over", found=f"{_label(group[0])} alone", try_next=_AS_ACTION)
    what = _one_thing(old)
    if not new:
        return _sold_out(made, old, paid)
    into = _one_thing(new)
    received = sum((_units(m) for m in new), _ZERO)
    stated = event.ratio if event is not None else None
    ratio: tuple[Decimal, Decimal] | None = (abs(received), abs(units))
    if event is not None and stated is not None:
        ratio = _agreeing(event, abs(units), abs(received))
    if ratio is None or received * units > 0:
        raise _disagreeing(stated or (_ONE, _ONE), _label(new[0]), abs(units), received)
    _leave(left, made, _label(new[0]), abs(units) * ratio[0] / ratio[1] - abs(received), remarks)
    _ask_day(replace(made, what=what), remarks)
    return replace(
        made, what=what, into=into.label if into is not None else None, ratio=ratio, shares=units,
        cash=paid or None,
    )  # fmt: skip


def _sold_out(made: FactReading, old: Sequence[Move], paid: Decimal) -> FactReading:
    """Book units that were taken over for money alone as their sale."""
    units = sum((_units(m) for m in old), _ZERO)
    ends = plain_words(old[0].words)
    if paid == 0 and not any(word in ends for word in ("worthless", "delisted")):
        raise InputError(
            expected=f"what was given for {abs(units)} {_label(old[0])}", found="neither money nor units",
            try_next=_AS_ACTION,
        )  # fmt: skip
    if paid * units > 0:
        raise InputError(
            expected=f"money for the {abs(units)} {_label(old[0])} that went", found=f"{paid}",
            try_next="correct the sign of the row",
        )  # fmt: skip
    return replace(made, what=old[0].what, quantity=units, cash=paid, price=None, price_derived=abs(paid / units))


def _received(group: Sequence[Move], made: FactReading, remarks: Remarks) -> FactReading:
    """Book units that came for nothing: of another company, or of the same one."""
    what, units, event = _one_thing(group), sum((_units(m) for m in group), _ZERO), group[0].event
    if units == 0 or _paid(group):
        raise InputError(
            expected=f"units of {_label(group[0])} that came, and no money",
            found=f"{units} units and {_paid(group)}", try_next=_AS_ACTION,
        )  # fmt: skip
    company = event.of if event is not None else ""
    own = made.fact is Fact.STOCK_DIVIDEND and units > 0 and company in {"", _label(group[0])}
    if not own:
        remarks.ask(
            Ask("cost", f"which part of the cost of {company or 'the parent'} goes with {units} {_label(group[0])}: "
                "the file does not say", taken="none: a gain counts them as bought for nothing", lines=made.lines)
        )  # fmt: skip
        made = replace(made, fact=Fact.SPIN_OFF)
    return replace(made, what=what, quantity=units, price=None if own else _ZERO, cash=_ZERO)


def with_fractions_sold(facts: Sequence[FactReading], left: dict[str, tuple[dt.date, Decimal]]) -> list[FactReading]:
    """Take money in lieu of a fraction as the sale of that fraction, where an exchange in the file left it."""
    made = []
    for fact in facts:
        day, fraction = left.get(fact.what.label if fact.what is not None else "", (None, _ZERO))
        paid = fact.fact is Fact.DIVIDEND and is_in_lieu(fact.action) and (fact.cash or _ZERO) > 0
        if paid and day is not None and 0 <= (fact.day - day).days <= _IN_LIEU_DAYS:
            left.pop(fact.what.label if fact.what is not None else "")
            fact = replace(fact, fact=Fact.SELL, quantity=-fraction, shares=None)  # noqa: PLW2901 - the same row
        made.append(fact)
    return made
