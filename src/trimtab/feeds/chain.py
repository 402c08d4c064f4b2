"""Read an option chain, and take from it what the market says about each forward."""

import datetime as dt
from pathlib import Path

import numpy as np

from trimtab.desk.moment.looked_through import Forwards
from trimtab.errors import FileFormatError, NotEnoughDataError
from trimtab.exposure.pricing.parity import parity_forward
from trimtab.feeds.series.prices import read_frame_file
from trimtab.market.checks.findings import Findings
from trimtab.market.records import frame_records

__all__ = ["read_chain"]

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
    for key, quoted in quotes.items():
        columns = np.array(quoted)
        try:
            forwards[key] = parity_forward(strike=columns[:, 0], call=columns[:, 1], put=columns[:, 2])
        except NotEnoughDataError as error:
            raise NotEnoughDataError(
                expected=error.expected,
                found=f"{error.found}, for {key[0]} {key[1]} in {file.name}",
                try_next=error.try_next,
            ) from error
    return forwards
