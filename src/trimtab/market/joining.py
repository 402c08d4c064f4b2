"""Joining several price tables into one over the union of their dates."""

from collections.abc import Sequence
from functools import reduce

import numpy as np

from trimtab.errors import FileFormatError, InputError, Reason
from trimtab.market.asset_facts import AssetFacts
from trimtab.market.checks.findings import Findings
from trimtab.market.prices import PRESENT, Flag, PriceTable, absence, as_cells, code_of
from trimtab.market.reading.cells import carry_quoted
from trimtab.market.reading.sessions import flag_close_hours
from trimtab.market.reading.tables import Reading

__all__ = ["join_readings"]


def join_readings(readings: Sequence[Reading]) -> PriceTable:
    """Join price tables.

    A symbol may come in parts (one file for each year). Where two sources give one cell the same price, one is
    dropped; where they differ, the cell is missing as a conflict.

    Raises
    ------
    FileFormatError
        If daily and intraday prices come together, or intraday ones with and without a zone.
    InputError
        If two sources give one symbol in two currencies.
    """
    _check_alike(readings)
    tables = [r.table for r in readings]
    findings = Findings()
    symbols = list(dict.fromkeys(s for t in tables for s in t.symbols))
    place = {s: i for i, s in enumerate(symbols)}
    dates = np.unique(np.concatenate([t.dates.astype("datetime64[s]") for t in tables]))
    values = np.full((len(dates), len(symbols)), np.nan)
    why = np.zeros(values.shape, dtype=np.uint8)
    volumes = np.full(values.shape, np.nan) if any(t.volumes is not None for t in tables) else None
    hours, aware = np.full(len(symbols), np.nan), np.zeros(len(symbols), dtype=bool)
    currencies: list[str | None] = [None] * len(symbols)
    breaks: set[tuple[int, int]] = set()
    vouched: set[tuple[int, int]] = set()
    quoted = np.full(values.shape, np.nan) if any(t.to_quoted is not None for t in tables) else None
    outside = (PRESENT, code_of(Reason.ABSENT), code_of(Reason.NOT_LISTED))
    for reading, table in zip(readings, tables, strict=True):
        rows = np.searchsorted(dates, table.dates)
        columns = np.array([place[s] for s in table.symbols], dtype=np.intp)
        at = np.ix_(rows, columns)
        old, old_why, new = values[at], why[at], table.values
        new_why = np.where(np.isin(table.why, outside), PRESENT, table.why)
        said_old, said_new = ~np.isnan(old) | (old_why != PRESENT), ~np.isnan(new) | (new_why != PRESENT)
        same = (old == new) | (np.isnan(old) & np.isnan(new) & (old_why == new_why))
        conflict = said_old & said_new & ~same
        _report(table, said_old & said_new & same, conflict, old, findings)
        values[at] = np.where(conflict, np.nan, np.where(said_new, new, old))
        why[at] = np.where(conflict, code_of(Reason.CONFLICT), np.where(said_new, new_why, old_why))
        if volumes is not None and table.volumes is not None:
            volumes[at] = np.where(np.isnan(table.volumes), volumes[at], table.volumes)
        if quoted is not None and table.to_quoted is not None:
            quoted[at] = np.where(np.isnan(new), quoted[at], table.to_quoted)
        breaks |= {(int(rows[r]), int(columns[c])) for r, c in table.breaks.tolist()}
        vouched |= {(int(rows[r]), int(columns[c])) for r, c in table.vouched.tolist()}
        hours[columns], aware[columns] = reading.hours, reading.aware
        for symbol, currency, flags in zip(table.symbols, table.currencies, table.flags, strict=True):
            currencies[place[symbol]] = _one_currency(symbol, currencies[place[symbol]], currency)
            for flag in flags:
                findings.flag(symbol, flag)
        for note in table.notes:
            findings.note(note)
    flag_close_hours(symbols, hours, aware, findings)
    failures = tuple(f for t in tables for f in t.failures) + findings.failures()
    return PriceTable(
        dates=dates,
        symbols=tuple(symbols),
        values=values,
        why=np.where(why == PRESENT, absence(values), why),
        currencies=tuple(currencies),
        breaks=as_cells(breaks),
        vouched=as_cells(vouched),
        to_quoted=None if quoted is None else carry_quoted(quoted),
        flags=tuple(findings.flags_of(s) for s in symbols),
        volumes=volumes,
        notes=findings.notes(),
        failures=failures,
        frame=tables[0].frame,
        facts=reduce(AssetFacts.with_, (t.facts for t in tables)),
    )


def _check_alike(readings: Sequence[Reading]) -> None:
    if len({r.intraday for r in readings}) > 1:
        raise FileFormatError(
            expected="sources that are all daily or all intraday",
            found=f"{sum(r.intraday for r in readings)} intraday of {len(readings)}",
            try_next="read them apart, or give daily closes for all",
        )
    if readings[0].intraday and len({bool(r.aware.any()) for r in readings}) > 1:
        raise FileFormatError(
            expected="intraday stamps all with a time zone, or all without",
            found="some sources with and some without one",
            try_next="write all stamps in UTC with +00:00 at the end",
        )


def _report(table: PriceTable, repeated: np.ndarray, conflict: np.ndarray, old: np.ndarray, findings: Findings) -> None:
    for column in np.flatnonzero(repeated.any(axis=0)).tolist():
        findings.flag(table.symbols[column], Flag.DUPLICATES_DROPPED)
    for column in np.flatnonzero(conflict.any(axis=0)).tolist():
        findings.flag(table.symbols[column], Flag.CONFLICT)
    at, columns = np.nonzero(conflict)

    def describe(i: int) -> tuple[str, str]:
        r, c = int(at[i]), int(columns[i])
        day = str(table.dates[r].astype("datetime64[D]"))
        return (
            f"{table.symbols[c]} on {day}",
            f"different prices {old[r, c]:.10g} and {table.values[r, c]:.10g} in two sources",
        )

    findings.fail(Reason.CONFLICT, range(at.size), describe)


def _one_currency(symbol: str, old: str | None, new: str | None) -> str | None:
    if old is not None and new is not None and old != new:
        raise InputError(
            expected=f"one currency for {symbol}",
            found=f"{old} in one source and {new} in another",
            try_next="rename one of the two, or correct its currency",
        )
    return old if new is None else new
