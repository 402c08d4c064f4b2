"""Positions that cannot be measured on every day of a drift, left out of all of its days.

A position left out of one day only would come and go, and its coming and going would look like trades. So it is out of
every day of the chain, with its value: NAV is that of the rest, and so is every beta on it.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import fsum

from trimtab.errors import Reason
from trimtab.exposure.expose import Exposure, expose
from trimtab.market.daycount import date_of
from trimtab.monitor.drift.causes import Point

__all__ = ["LeftOut", "leave_out"]

_Name = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A position that was left out.

    Parameters
    ----------
    asset, kind
        Symbol, and kind of instrument.
    reason
        Why it could not be measured on the first day on which it could not.
    day
        That day.
    days
        On how many days of the chain it could not be measured.
    share
        Its |delta exposure| over the gross delta exposure of the whole book, itself included, decimal; the largest of
        the chain's days on which it is known. None if it never is.
    """

    asset: str
    kind: str
    reason: Reason
    day: dt.date
    days: int
    share: float | None


def leave_out(points: Sequence[Point]) -> tuple[tuple[Point, ...], tuple[LeftOut, ...]]:
    """Take what was not measured at one of several points out of all of them.

    Parameters
    ----------
    points
        In order of time.

    Returns
    -------
    tuple
        The points without these positions, and what was left out. What has expired is not missing, it is gone.

    Raises
    ------
    NotEnoughDataError
        If a whole book has no positive NAV.
    """
    measured = [expose(p.portfolio, p.market, p.betas) for p in points]
    missing: dict[_Name, list[tuple[dt.date, Reason]]] = {}
    for exposure in measured:
        day = date_of(exposure.as_of)
        # Several lines of one name on one day are one day.
        here = {
            (line.kind, line.asset): line.reason
            for line in exposure.positions
            if line.reason is not None and line.reason is not Reason.EXPIRED
        }
        for name, reason in here.items():
            missing.setdefault(name, []).append((day, reason))
    shares = [_shares(exposure) for exposure in measured]
    left_out = tuple(
        LeftOut(
            kind=name[0], asset=name[1], day=days[0][0], reason=days[0][1], days=len(days),
            share=max((s[name] for s in shares if name in s), default=None),
        )
        for name, days in missing.items()
    )  # fmt: skip
    kept = tuple(
        replace(
            point,
            portfolio=replace(
                point.portfolio,
                positions=tuple(p for p in point.portfolio.positions if (p.instrument.kind, p.symbol) not in missing),
            ),
        )
        for point in points
    )
    return kept, left_out


def _shares(exposure: Exposure) -> dict[_Name, float]:
    """Give |delta exposure| over their sum for every name whose exposure is known, with or without a beta."""
    sizes: dict[_Name, float] = {}
    unknown: set[_Name] = set()
    for line in exposure.positions:
        name = (line.kind, line.asset)
        if line.delta_exposure is None:
            unknown.add(name)
        else:
            sizes[name] = sizes.get(name, 0.0) + abs(line.delta_exposure)
    gross = fsum(sizes.values())
    return {name: e / gross for name, e in sizes.items() if name not in unknown} if gross > 0 else {}
