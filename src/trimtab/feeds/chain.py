"""Read an option chain, and take from it what the market says about each forward."""

import datetime as dt
from dataclasses import replace
from math import log
from pathlib import Path

import numpy as np

from trimtab.errors import FileFormatError, NotEnoughDataError
from trimtab.exposure.pricing.parity import ParityForward, parity_forward
from trimtab.feeds.series.prices import read_frame_file
from trimtab.market.checks.findings import Findings
from trimtab.market.daycount import years_between
from trimtab.market.records import frame_records
from trimtab.model.portfolio import Portfolio, Position

__all__ = ["Forwards", "read_chain", "with_forwards"]

Forwards = dict[tuple[str, dt.date], ParityForward]
_COLUMNS = ("underlying", "expiry", "strike", "call", "put")


def read_chain(path: str | Path) -> Forwards:
    """Read a chain and fit the forward of each underlying and expiry from put-call parity.

    Columns: underlying, expiry, strike, call, put (middle prices; empty where there is none).

    Raises
    ------
    FileFormatError
        If a column is missing or a row cannot be read; the row is named.
    NotEnoughDataError
        If an expiry has fewer than three strikes with both prices.
    """
    file = Path(path)
    findings = Findings()
    frame, _, _ = read_frame_file(file, findings=findings)
    header, rows = frame_records(frame)
    place = {name.strip().lower(): i for i, name in enumerate(header)}
    lacking = [name for name in _COLUMNS if name not in place]
    if lacking:
        raise FileFormatError(
            expected=f"columns {', '.join(_COLUMNS)} in {file.name}",
            found=f"no {', '.join(lacking)}",
            try_next="write one row per strike, with the middle prices of call and put",
        )
    quotes: dict[tuple[str, dt.date], list[tuple[float, float, float]]] = {}
    for number, cells in rows:
        record = {name: cells[place[name]].strip() for name in _COLUMNS}
        try:
            key = record["underlying"], dt.date.fromisoformat(record["expiry"][:10])
            strike, call, put = (float(record[n]) if record[n] else float("nan") for n in ("strike", "call", "put"))
        except ValueError:
            raise FileFormatError(
                expected=f"a date and three numbers in row {number} of {file.name}",
                found=", ".join(record.values()),
                try_next="write dates as 2026-12-18 and numbers with a decimal point",
            ) from None
        quotes.setdefault(key, []).append((strike, call, put))
    forwards = {}
    for key, found in quotes.items():
        columns = np.array(found)
        try:
            forwards[key] = parity_forward(strike=columns[:, 0], call=columns[:, 1], put=columns[:, 2])
        except NotEnoughDataError as error:
            raise NotEnoughDataError(
                expected=error.expected,
                found=f"{error.found}, for {key[0]} {key[1]} in {file.name}",
                try_next=error.try_next,
            ) from error
    return forwards


def with_forwards(portfolio: Portfolio, forwards: Forwards, day: dt.date) -> Portfolio:
    """Give European options of the portfolio the forward and the rate that their chain implies.

    A forward or rate that a row states itself is kept. American chains do not obey parity and are left alone, as are
    premiums in coin, whose underlying is the forward already.
    """
    return replace(portfolio, positions=tuple(_with_forward(p, forwards, day) for p in portfolio.positions))


def _with_forward(position: Position, forwards: Forwards, day: dt.date) -> Position:
    option = position.instrument
    if not option.obeys_parity or option.expiry is None:
        return position
    fit = forwards.get((option.written_on[0], option.expiry))
    years = years_between(day, option.expiry)
    if fit is None or years <= 0:
        return position
    stated = position.stated
    return replace(
        position,
        stated=replace(
            stated,
            forward=fit.forward if stated.forward is None else stated.forward,
            rate=-log(fit.discount) / years if stated.rate is None else stated.rate,
        ),
    )
