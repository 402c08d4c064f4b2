"""Rolled or traded: which part of each change of quantity replaced one expiry by another.

A contract that expired, and a contract that was given up while another expiry of the same family was taken up with the
same sign, is a roll; everything else is a trade. Families: futures of one root; options of one underlying and right.
Within a family the rolled amount is the smaller of what was given up and what was taken up, spread in proportion.
"""

import datetime as dt
from collections.abc import Sequence

import numpy as np

from trimtab.model.instrument import Instrument
from trimtab.stats.arrays import Floats

__all__ = ["expired_by", "split_roll"]


def expired_by(instrument: Instrument, day: dt.date) -> bool:
    """Tell whether a contract's last day is before a day."""
    return instrument.expiry is not None and instrument.expiry < day


def split_roll(instruments: Sequence[Instrument], start: Floats, end: Floats, *, last_day: dt.date) -> Floats:
    """Give the part of each change of quantity that is roll or expiry.

    Parameters
    ----------
    instruments
        One per row.
    start, end
        Signed quantities, shape (n_rows,); 0 where not held.
    last_day
        The later of the two days.

    Returns
    -------
    Shape (n_rows,), signed like end - start; the rest of the change is trade.

    Examples
    --------
    Six contracts move to the next expiry, two are closed:

    >>> from decimal import Decimal
    >>> from trimtab.model.instrument import Future, Terms
    >>> es = {"root": "ES", "currency": "USD", "terms": (Terms(multiplier=Decimal(50)),)}
    >>> pair = [Future(symbol=s, **es) for s in ("ESZ6", "ESH7")]
    >>> split_roll(pair, np.array([-8.0, 0.0]), np.array([0.0, -6.0]), last_day=dt.date(2026, 12, 1)).tolist()
    [6.0, -6.0]
    """
    change = end - start
    rolled = np.zeros(len(change))
    families: dict[tuple[object, ...], list[int]] = {}
    for i, instrument in enumerate(instruments):
        if instrument.rolls_with:
            families.setdefault(instrument.rolls_with, []).append(i)
    for members in families.values():
        for sign in (1.0, -1.0):
            _match(members, instruments, sign, start, end, rolled)
    for i, instrument in enumerate(instruments):
        # What ran out was not traded away, whether or not another expiry took its place.
        if (start[i] == 0.0) != (end[i] == 0.0) and expired_by(instrument, last_day):
            rolled[i] = change[i]
    return rolled


def _match(
    members: list[int],
    instruments: Sequence[Instrument],
    sign: float,
    start: Floats,
    end: Floats,
    rolled: Floats,
) -> None:
    given, taken = {}, {}
    for i in members:
        before, after = max(0.0, sign * start[i]), max(0.0, sign * end[i])
        if after < before:
            given[i] = before - after
        elif after > before:
            taken[i] = after - before
    # Another strike of the same expiry is a trade, so an expiry that stands on both sides rolls nothing.
    both = {instruments[i].expiry_place for i in given} & {instruments[i].expiry_place for i in taken}
    given = {i: a for i, a in given.items() if instruments[i].expiry_place not in both}
    taken = {i: a for i, a in taken.items() if instruments[i].expiry_place not in both}
    out, into = sum(given.values()), sum(taken.values())
    amount = min(out, into)
    if amount > 0:
        for i, part in given.items():
            rolled[i] -= sign * amount * part / out
        for i, part in taken.items():
            rolled[i] += sign * amount * part / into
