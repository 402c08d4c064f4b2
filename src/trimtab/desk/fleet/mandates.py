"""The mandates of many accounts, as a table: what cannot be one keeps its account, with what is wrong."""

import polars as pl

from trimtab.errors import FileFormatError

__all__ = ["FAULT", "NEEDED", "mandate_table"]

NEEDED = ("account", "benchmark", "target", "band")
#: What is wrong with a mandate, in words.
FAULT = "fault"
_NUMBERS = ("target", "band", "confidence")


def mandate_table(frame: pl.DataFrame, *, base: str, where: str) -> pl.DataFrame:
    """Give one row an account: account, benchmark, base, target, band, confidence, and what is wrong with it.

    Parameters
    ----------
    frame
        As it was read.
    base
        Base currency of accounts that state none.
    where
        The file, for messages.

    Raises
    ------
    FileFormatError
        If a column is missing, or a row names no account.

    Examples
    --------
    >>> rows = pl.DataFrame({"account": ["K1", "K2"], "benchmark": "SPX", "target": [1.0, None], "band": 0.05})
    >>> mandate_table(rows, base="USD", where="m.csv")[FAULT].to_list()
    [None, 'target is missing or no number']
    """
    frame = frame.rename({name: name.strip().lower() for name in frame.columns})
    lacking = [name for name in NEEDED if name not in frame.columns]
    if lacking:
        raise FileFormatError(
            expected=f"columns {', '.join(NEEDED)} in {where}",
            found=f"{', '.join(frame.columns)}",
            try_next=f"add {', '.join(lacking)}",
        )
    table = frame.select(
        _text(frame, "account", None), _text(frame, "benchmark", None), _text(frame, "base", base),
        *(_number(frame, name) for name in _NUMBERS)
    )  # fmt: skip
    if table["account"].null_count():
        row = int(table["account"].is_null().arg_true()[0])
        raise FileFormatError(
            expected=f"an account in each row of {where}",
            found=f"none in row {row + 1} of the data",
            try_next="name it, or remove the row",
        )
    stated = table["confidence"].is_not_null() | _is_written(frame, "confidence")
    table = table.with_columns(pl.when(stated).then("confidence").otherwise(0.5).alias("confidence"))
    repeated = pl.col("account").is_duplicated()
    faults = pl.coalesce(
        _said(repeated, "it has more than one mandate"),
        _said(pl.col("benchmark").is_null(), "benchmark is missing"),
        *(_said(~pl.col(n).is_finite().fill_null(value=False), f"{n} is missing or no number") for n in _NUMBERS),
        _said(pl.col("band") < 0, "band is below zero"),
        _said(~pl.col("confidence").is_between(0.5, 1, closed="left"), "confidence is not from 0.5 up to 1"),
    )
    return table.with_columns(faults.alias(FAULT)).unique("account", keep="first", maintain_order=True)


def _said(wrong: pl.Expr, words: str) -> pl.Expr:
    return pl.when(wrong).then(pl.lit(words))


def _text(frame: pl.DataFrame, name: str, usual: str | None) -> pl.Expr:
    if name not in frame.columns:
        return pl.lit(usual, dtype=pl.String).alias(name)
    cells = pl.col(name).cast(pl.String).str.strip_chars()
    return pl.when(cells != "").then(cells).otherwise(pl.lit(usual, dtype=pl.String)).alias(name)


def _number(frame: pl.DataFrame, name: str) -> pl.Expr:
    if name not in frame.columns:
        return pl.lit(None, dtype=pl.Float64).alias(name)
    return pl.col(name).cast(pl.Float64, strict=False).alias(name)


def _is_written(frame: pl.DataFrame, name: str) -> pl.Series:
    """Tell where something stands, be it no number."""
    if name not in frame.columns:
        return pl.repeat(value=False, n=frame.height, eager=True)
    return (frame[name].cast(pl.String).str.strip_chars() != "").fill_null(value=False)
