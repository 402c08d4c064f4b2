"""One chunk of positions checked: a table of positions in, a table with one row an account out.

What cannot be checked keeps its row, undecided, with a flag and a reason; positions and accounts are counted, and none
is lost. What is not known is null, never NaN.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from trimtab.desk.fleet.mandates import FAULT
from trimtab.desk.fleet.moment import FleetMoment
from trimtab.fleet.accounts import AccountBooks
from trimtab.fleet.check import FLAGS, Check, Checks, FleetTerms, check_accounts
from trimtab.fleet.verdicts import STATUSES, MandateArrays
from trimtab.model.decimals import HIGHEST, LOWEST

__all__ = ["CHECKS", "Fleet", "check_positions", "unheld_accounts"]

_TRADE = pl.Struct({"symbol": pl.String, "quantity": pl.Float64})
#: Columns of a table of checks.
CHECKS: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "account": pl.String, "nav": pl.Float64, "beta": pl.Float64, "stderr": pl.Float64, "low": pl.Float64,
    "high": pl.Float64, "probability_inside": pl.Float64, "status": pl.String, "coverage": pl.Float64,
    "money_per_1pct": pl.Float64, "contracts": pl.List(_TRADE), "flag": pl.String, "reason": pl.String,
    "base": pl.String, "benchmark": pl.String, "positions": pl.Int64, "alone": pl.Boolean,
}  # fmt: skip
#: Those that come from the mandate and the positions.
_BESIDE = ("base", "benchmark", "positions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """What every chunk is checked with.

    Parameters
    ----------
    mandates
        From `mandate_table`.
    moments
        By benchmark and base currency.
    failures
        Why a benchmark and base currency have no moment, in words.
    """

    mandates: pl.DataFrame
    moments: Mapping[tuple[str, str], FleetMoment]
    failures: Mapping[tuple[str, str], str]


def check_positions(positions: pl.DataFrame, fleet: Fleet) -> pl.DataFrame:
    """Check the accounts of one chunk, in their order.

    Parameters
    ----------
    positions
        Those of an account together, with symbol, quantity and further columns of a holdings file.
    fleet
        Mandates, and everything held valued once.
    """
    accounts = positions.group_by("account", maintain_order=True).agg(pl.len().cast(pl.Int64).alias("positions"))
    accounts = accounts.join(fleet.mandates, on="account", how="left", maintain_order="left")
    accounts = accounts.with_row_index("order")
    rows = positions.with_columns(pl.col("quantity").cast(pl.Float64, strict=False))
    parts = []
    for (benchmark, base), group in accounts.group_by("benchmark", "base", maintain_order=True):
        moment = fleet.moments.get((str(benchmark), str(base)))
        usable = group.filter(pl.col(FAULT).is_null()) if moment is not None else group.clear()
        if usable.height < group.height:
            parts.append(_refused(group.join(usable, on="account", how="anti"), fleet.failures, (benchmark, base)))
        if moment is not None and usable.height:
            every = usable.height == accounts.height
            mine = rows if every else rows.filter(pl.col("account").is_in(usable["account"].implode()))
            parts.append(_checked(mine, usable, moment))
    return pl.concat(parts).sort("order").select(*CHECKS) if parts else pl.DataFrame(schema=dict(CHECKS))


def unheld_accounts(mandates: pl.DataFrame) -> pl.DataFrame:
    """Give accounts that have a mandate and no position: undecided, for nothing of them is known."""
    words = "it has a mandate and no position in the files"
    plain = [
        Check(account=name, flag="no_positions", reason=fault or words)
        for name, fault in zip(mandates["account"], mandates[FAULT], strict=True)
    ]
    return _table(plain, mandates.with_columns(pl.lit(0, dtype=pl.Int64).alias("positions"))).select(*CHECKS)


def _refused(group: pl.DataFrame, failures: Mapping[tuple[str, str], str], asked: tuple[object, ...]) -> pl.DataFrame:
    """Give accounts whose mandate cannot be used."""
    benchmark, base = asked
    failure = failures.get((str(benchmark), str(base)))
    checks = [_without(name, fault, failure) for name, fault in zip(group["account"], group[FAULT], strict=True)]
    return _table(checks, group)


def _without(name: str, fault: str | None, failure: str | None) -> Check:
    if fault is not None:
        return Check(account=name, flag="bad_mandate", reason=f"its mandate cannot be used: {fault}")
    if failure is not None:
        return Check(account=name, flag="bad_mandate", reason=failure)
    return Check(account=name, flag="no_mandate", reason="it has no mandate in the file of mandates")


def _checked(positions: pl.DataFrame, group: pl.DataFrame, moment: FleetMoment) -> pl.DataFrame:
    """Check accounts of one benchmark and base currency, all of which have a mandate."""
    keys = [name for name in moment.rows.columns if name not in {"unit", "unread"}]
    rows = positions.join(moment.rows, on=keys, how="left", nulls_equal=True, maintain_order="left")
    starts = np.concatenate([[0], np.cumsum(group["positions"].to_numpy())]).astype(np.int64)
    refused = _faults(rows, group)
    books = AccountBooks(
        names=tuple(group["account"]),
        starts=starts,
        units=rows["unit"].fill_null(0).to_numpy(),
        quantities=rows["quantity"].fill_null(0.0).fill_nan(0.0).to_numpy(),
    )
    numbers = MandateArrays(
        target=group["target"].to_numpy(), band=group["band"].to_numpy(), confidence=group["confidence"].to_numpy()
    )
    terms = FleetTerms(
        benchmark=moment.benchmark, mandates=numbers, hedges=moment.hedges, price_hedges=moment.price_hedges
    )
    checks = check_accounts(books, moment.units, terms, refused=refused)
    _tell_repeats(checks, _repeats(rows, group))
    return _columns(checks, group)


def _faults(rows: pl.DataFrame, group: pl.DataFrame) -> dict[int, tuple[str, str]]:
    """Give accounts that hold what cannot be counted, by their row: flag and reason."""
    size = pl.col("quantity").abs()
    countable = (size == 0.0) | ((size >= LOWEST) & (size < HIGHEST))
    bad = pl.col("quantity").is_null() | ~countable.fill_null(value=False) | pl.col("quantity").is_nan()
    written = pl.col("quantity").cast(pl.String).fill_null("nothing readable")
    words = pl.format("{} is no quantity of {}", written, pl.col("symbol").fill_null("a row without a symbol"))
    unread = pl.col("unread").is_not_null()
    faulty = rows.filter(bad | unread).select(
        "account",
        pl.when(unread).then(pl.lit("unreadable")).otherwise(pl.lit("bad_quantity")).alias("flag"),
        pl.coalesce("unread", words).alias("reason"),
    )
    first = faulty.unique("account", keep="first", maintain_order=True)
    placed = group.select("account").with_row_index("row").join(first, on="account", how="inner")
    return {row: (flag, reason) for row, flag, reason in placed.select("row", "flag", "reason").iter_rows()}


def _repeats(rows: pl.DataFrame, group: pl.DataFrame) -> dict[int, str]:
    """Name what stands more than once in an account, by the account's row."""
    twice = rows.filter(pl.struct("account", "unit").is_duplicated())
    named = twice.group_by("account").agg(pl.col("symbol").unique(maintain_order=True).head(3).str.join(", "))
    placed = group.select("account").with_row_index("row").join(named, on="account", how="inner")
    return dict(placed.select("row", "symbol").iter_rows())


def _tell_repeats(checks: Checks, repeats: Mapping[int, str]) -> None:
    """Say what was added up because it stands twice: two lots, or the same lot told twice."""
    for row, names in repeats.items():
        flag = int(checks.flags[row])
        if flag >= 0 and FLAGS[flag] in {"bad_quantity", "unreadable"}:
            continue
        reason, words = checks.reasons.get(row), f"{names} stands more than once, and was added up"
        checks.reasons[row] = f"{reason}; {words}" if reason else words
        checks.flags[row] = flag if flag >= 0 else FLAGS.index("repeated")


def _columns(checks: Checks, group: pl.DataFrame) -> pl.DataFrame:
    """Lay checked accounts out beside what is known of them."""
    rows = range(len(checks))
    flagged = pl.Series(checks.flags, dtype=pl.Int64)
    trades = {row: [{"symbol": s, "quantity": q} for s, q in orders] for row, orders in checks.contracts.items()}
    columns = {name: pl.Series(name, column) for name, column in checks.numbers.items()}
    columns |= {
        "account": pl.Series(checks.accounts, dtype=pl.String),
        "status": pl.Series([s.value for s in STATUSES]).gather(pl.Series(checks.status, dtype=pl.Int64)),
        "flag": pl.Series(FLAGS).gather(flagged.set(flagged < 0, None)),
        "reason": pl.Series([checks.reasons.get(row) for row in rows], dtype=pl.String),
        "contracts": pl.Series([trades.get(row) for row in rows], dtype=pl.List(_TRADE)),
        "alone": pl.Series(checks.alone),
    }
    return _beside(columns, group)


def _table(checks: Sequence[Check], group: pl.DataFrame) -> pl.DataFrame:
    """Lay accounts that were not checked out beside what is known of them."""
    columns = {
        name: pl.Series([getattr(c, name) for c in checks], dtype=kind)
        for name, kind in CHECKS.items()
        if name not in _BESIDE and name != "status"
    }
    columns["status"] = pl.Series([c.status.value for c in checks], dtype=pl.String)
    return _beside(columns, group)


def _beside(columns: Mapping[str, pl.Series], group: pl.DataFrame) -> pl.DataFrame:
    order = group["order"] if "order" in group.columns else pl.int_range(0, group.height, eager=True)
    laid = {name: group[name] if name in _BESIDE else columns[name] for name in CHECKS}
    numbers = pl.col(pl.Float64)
    return pl.DataFrame(laid, schema=dict(CHECKS)).with_columns(
        pl.when(numbers.is_finite()).then(numbers), order.cast(pl.UInt32).alias("order")
    )
