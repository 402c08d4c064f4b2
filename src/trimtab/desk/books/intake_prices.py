"""What a file of prices would add to the prices that are known.

A price is named by its symbol, its stamp and its field (close, or adjusted). It is known if that name has the same
price and, where both say it, the same volume; it corrects if it differs. Comparison is exact.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from trimtab.desk.books.intake import CORRECTIONS_LISTED, Correction, Kind, Preview
from trimtab.errors import Failure, InputError

__all__ = ["KEY", "KnownPrices", "PriceChange", "ReadPrices", "SymbolFacts", "preview_prices"]

#: What names a price.
KEY = ("symbol", "stamp", "field")
_HEAD = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolFacts:
    """What is known of a column of prices as a whole.

    Parameters
    ----------
    currency
        Of its prices; None where nobody said.
    fields
        The fields in which its prices came: "close", "adjusted".
    hour
        Usual hour of its stamps; None where there are only dates.
    aware
        Whether that hour is UTC.
    moved
        Whether its stamps were midnights of another zone, or ends of sessions, and were moved to their own day.
    """

    currency: str | None = None
    fields: tuple[str, ...] = ()
    hour: float | None = None
    aware: bool = False
    moved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPrices:
    """Prices as a file says them.

    Parameters
    ----------
    name
        The file.
    rows
        symbol (text), stamp (whole seconds since 1970-01-01), field, price, volume (null where unknown); each name
        once.
    symbols
        What the file says of each symbol.
    intraday, aware
        Whether there are several prices a day, and whether their stamps are UTC.
    columns, failures, notes
        As in `Preview`.
    """

    name: str
    rows: pl.DataFrame
    symbols: Mapping[str, SymbolFacts]
    intraday: bool = False
    aware: bool = False
    columns: tuple[tuple[str, str], ...] = ()
    failures: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPrices:
    """Prices as they are known: all statements about the stamps a file speaks of, with the number of their batch.

    Parameters
    ----------
    rows
        As in `ReadPrices`, with `batch`; a later batch corrects an earlier one.
    symbols
        All symbols, not only those in `rows`.
    intraday, aware
        None if nothing is known.
    """

    rows: pl.DataFrame
    symbols: Mapping[str, SymbolFacts]
    intraday: bool | None = None
    aware: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChange:
    """What is to be kept of a file of prices: rows new or corrected, and symbols of which more is known than before."""

    preview: Preview
    rows: pl.DataFrame
    symbols: Mapping[str, SymbolFacts]


def preview_prices(kept: KnownPrices, read: ReadPrices, *, restate: bool = False) -> PriceChange:
    """Compare a file of prices with those known.

    Parameters
    ----------
    known, read
        What is known, and what the file says.
    restate
        Whether a price that was corrected since is right after all.

    Raises
    ------
    InputError
        If it gives a symbol another currency, or mixes daily and intraday prices.

    Examples
    --------
    >>> rows = pl.DataFrame({"symbol": ["A"], "stamp": [86400], "field": ["close"], "price": [10.0], "volume": [None]})
    >>> rows = rows.cast({"volume": pl.Float64})
    >>> read = ReadPrices(name="p.csv", rows=rows, symbols={"A": SymbolFacts(fields=("close",))})
    >>> nothing = KnownPrices(rows=rows.clear().with_columns(batch=pl.lit(0)), symbols={})
    >>> preview_prices(nothing, read).preview.new
    1
    >>> known = KnownPrices(rows=rows.with_columns(batch=pl.lit(1)), symbols=read.symbols, intraday=False, aware=False)
    >>> preview_prices(known, read).preview.same
    1
    """
    _check_alike(kept, read)
    symbols, notes = _learnt(kept, read)
    rows = read.rows
    fresh, changed, older = rows, rows.clear(), 0
    corrections: tuple[Correction, ...] = ()
    if kept.rows.height:
        fresh, changed, older, corrections = _compare(kept.rows, rows, restate=restate)
    if older:
        notes = (
            *notes,
            f"{older:,} prices were corrected since and stay so; if this file is right after all, give --restate",
        )
    preview = Preview(
        kind=Kind.PRICES,
        name=read.name,
        new=fresh.height,
        same=rows.height - fresh.height - changed.height,
        corrected=changed.height,
        aside=len(read.failures),
        corrections=corrections,
        failures=read.failures,
        columns=read.columns,
        head=_head(rows, read.intraday),
        notes=(*read.notes, *notes),
    )
    keep = fresh if not changed.height else pl.concat([fresh, changed])
    return PriceChange(preview=preview, rows=keep, symbols=symbols)


def _check_alike(kept: KnownPrices, read: ReadPrices) -> None:
    if kept.intraday is None:
        return
    if kept.intraday != read.intraday:
        words = {True: "several prices a day", False: "one price a day"}
        raise InputError(
            expected=f"{words[kept.intraday]}, as in the prices kept so far",
            found=f"{words[read.intraday]} in {read.name}",
            try_next="keep daily and intraday prices in two workspaces",
        )
    if read.intraday and kept.aware != read.aware:
        raise InputError(
            expected="intraday stamps " + ("with" if kept.aware else "without") + " a time zone, as kept so far",
            found=f"the other in {read.name}",
            try_next="write all stamps in UTC with +00:00 at the end",
        )


def _learnt(kept: KnownPrices, read: ReadPrices) -> tuple[dict[str, SymbolFacts], tuple[str, ...]]:
    """Give the symbols of which more is known now, and what is odd about them."""
    learnt: dict[str, SymbolFacts] = {}
    other_field: list[str] = []
    for symbol, facts in read.symbols.items():
        old = kept.symbols.get(symbol)
        if old is None:
            learnt[symbol] = facts
            continue
        if None not in (old.currency, facts.currency) and old.currency != facts.currency:
            raise InputError(
                expected=f"prices of {symbol} in {old.currency}, as kept so far",
                found=f"{facts.currency} in {read.name}",
                try_next="rename the symbol, or correct its currency in the file",
            )
        if None not in (old.hour, facts.hour) and old.moved != facts.moved:
            words = {True: "moved to the day of their session", False: "on the day they show"}
            raise InputError(
                expected=f"stamps of {symbol} {words[old.moved]}, as kept so far",
                found=f"stamps that stay {words[facts.moved]} in {read.name}"
                if old.moved
                else f"stamps that were {words[facts.moved]} in {read.name}",
                try_next="give the date of the session alone, or at least five days in one file",
            )
        if not set(facts.fields) <= set(old.fields):
            other_field.append(symbol)
        both = SymbolFacts(
            currency=old.currency or facts.currency,
            fields=tuple(sorted({*old.fields, *facts.fields})),
            hour=old.hour if facts.hour is None else facts.hour,
            aware=old.aware if facts.hour is None else facts.aware,
            moved=old.moved or facts.moved,
        )
        if both != old:
            learnt[symbol] = both
    if not other_field:
        return learnt, ()
    shown = ", ".join(other_field[:5]) + (f" and {len(other_field) - 5} more" if len(other_field) > 5 else "")
    return learnt, (
        f"{shown}: closes and adjusted prices are kept apart, and only the adjusted ones are used where there are any",
    )


def _compare(
    kept: pl.DataFrame, read: pl.DataFrame, *, restate: bool
) -> tuple[pl.DataFrame, pl.DataFrame, int, tuple[Correction, ...]]:
    """Give the new rows, the corrected ones, how many repeat what was corrected since, and the corrections."""
    # Numbers in place of names: millions of rows are compared in a second.
    names = pl.Enum(pl.concat([kept["symbol"].unique(), read["symbol"].unique()]).unique().sort())
    fields = pl.Enum(pl.concat([kept["field"].unique(), read["field"].unique()]).unique().sort())
    coded = {"symbol": pl.col("symbol").cast(names), "field": pl.col("field").cast(fields)}
    coded_rows = kept.with_columns(**coded).sort("batch", maintain_order=True)
    joined = (
        read.with_columns(**coded)
        .join(_last(coded_rows, "price"), on=KEY, how="left", maintain_order="left")
        .join(_last(coded_rows, "volume"), on=KEY, how="left", maintain_order="left")
    )
    is_kept = joined["old_price"].is_not_null()
    other_price = pl.col("price") != pl.col("old_price")
    other_volume = pl.col("volume").is_not_null() & pl.col("volume").ne_missing(pl.col("old_volume"))
    differs = joined.filter(is_kept).filter(other_price | other_volume)
    again = 0
    if not restate and differs.height:
        before = (
            coded_rows.join(differs.select(KEY), on=KEY, how="semi")
            .group_by(KEY)
            .agg(prices=pl.col("price"), volumes=pl.col("volume"))
        )
        said_once = (
            pl.when(other_price)
            .then(pl.col("prices").list.contains(pl.col("price")))
            .otherwise(pl.col("volumes").list.contains(pl.col("volume")))
        )
        count = differs.height
        differs = differs.join(before, on=KEY, how="left", maintain_order="left").filter(~said_once)
        again = count - differs.height
    fresh = joined.filter(~is_kept)
    columns = [pl.col(name).cast(kind) for name, kind in read.schema.items()]
    listed = tuple(_correction(row) for row in differs.head(CORRECTIONS_LISTED).iter_rows(named=True))
    return fresh.select(columns), differs.select(columns), again, listed


def _last(rows: pl.DataFrame, what: str) -> pl.DataFrame:
    """Give the last thing said of each price, batches in order."""
    there = rows.filter(pl.col(what).is_not_null()).select(*KEY, pl.col(what).alias(f"old_{what}"))
    return there.unique(KEY, keep="last") if rows["batch"][0] != rows["batch"][-1] else there


def _correction(row: Mapping[str, str | int | float | None]) -> Correction:
    parts = [("price", "old_price"), ("volume", "old_volume")]
    changed = [(new, old) for new, old in parts if row[new] is not None and row[new] != row[old]]
    return Correction(
        where=f"{row['symbol']} on {_stamp(int(str(row['stamp'])))}, {row['field']}",
        old=", ".join("no volume" if row[old] is None else f"{new} {row[old]:.10g}" for new, old in changed),
        new=", ".join(f"{new} {row[new]:.10g}" for new, _ in changed),
    )


def _head(rows: pl.DataFrame, intraday: bool) -> tuple[tuple[str, ...], ...]:
    """Show the first rows as they were read."""
    lines = [("time" if intraday else "date", "symbol", "field", "price")]
    for symbol, stamp, field, price in rows.head(_HEAD).select("symbol", "stamp", "field", "price").iter_rows():
        lines.append((_stamp(stamp), symbol, field, f"{price:.10g}"))
    return tuple(lines)


def _stamp(seconds: int) -> str:
    return str(np.datetime64(seconds, "s")).removesuffix("T00:00:00")
