"""Betas through time: what an estimator would have said at each date, with data up to that date only."""

from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from trimtab.errors import InputError, Reason
from trimtab.market.frequency import Frequency
from trimtab.market.prices import unknown_symbol
from trimtab.market.records import frame_kind
from trimtab.model.shown import Shown
from trimtab.stats.arrays import Floats

__all__ = ["REFUSALS", "BetaHistory", "refusal_code"]

#: Codes in `BetaHistory.reason`: 0 means that there is a beta, k > 0 means REFUSALS[k - 1].
REFUSALS: tuple[Reason, ...] = tuple(Reason)


def refusal_code(reason: Reason) -> int:
    """Give the code of a reason in `BetaHistory.reason`."""
    return REFUSALS.index(reason) + 1


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class BetaHistory(Shown):
    """Betas of several assets to one benchmark, at many dates.

    The row of a date holds what the estimator says with data up to that date: the last row is what `estimate_betas`
    gives, and cutting the data off after a date changes no row up to it.

    Parameters
    ----------
    benchmark
        Symbol of the benchmark.
    method
        The estimator, as it is written on the command line.
    dates
        datetime64[s], shape (n_dates,).
    symbols
        Assets, length n_assets.
    beta, stderr
        Betas and their standard errors, shape (n_dates, n_assets); NaN where refused. The benchmark has 1 and 0.
    alpha
        Intercept of the method's straight line, as a return per interval of the data (not annualised), same shape.
        Shrinking a beta leaves it as it was; NaN where refused and where the method has no intercept or walks forward.
    n_obs
        int32, same shape: paired returns used.
    reason
        uint8, same shape: 0 where there is a beta, otherwise a code of `REFUSALS`.
    frequency
        Spacing of the data.
    risk_free
        What was subtracted from returns, in words.
    notes
        What was decided on the way, in words.
    frame
        The kind of frame that `to_frame` gives.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> history = tt.beta_history(sample.prices_path(), benchmark="SPX", method="ols", step="year-end")
    >>> print(repr(history).splitlines()[0])
    Beta history
    """

    benchmark: str
    method: str
    dates: NDArray[np.datetime64]
    symbols: tuple[str, ...]
    beta: Floats
    stderr: Floats
    alpha: Floats
    n_obs: NDArray[np.int32]
    reason: NDArray[np.uint8]
    frequency: Frequency
    risk_free: str = "none"
    notes: tuple[str, ...] = ()
    frame: str = "polars"

    def __post_init__(self) -> None:
        shape = self.shape
        for name in ("beta", "stderr", "alpha", "n_obs", "reason"):
            got = getattr(self, name).shape
            if got != shape:
                raise InputError(
                    expected=f"{name} of shape {shape}",
                    found=f"{got}",
                    try_next="give one row per date and one column per asset",
                )

    @property
    def shape(self) -> tuple[int, int]:
        """(n_dates, n_assets)."""
        return (len(self.dates), len(self.symbols))

    def column(self, asset: str) -> int:
        """Give the column number of an asset."""
        if asset not in self.symbols:
            raise unknown_symbol(asset, self.symbols)
        return self.symbols.index(asset)

    def why(self, row: int, asset: str) -> Reason | None:
        """Give the reason why there is no beta in a row; None if there is one."""
        code = int(self.reason[row, self.column(asset)])
        return None if code == 0 else REFUSALS[code - 1]

    def to_frame(self, kind: str | None = None) -> Any:
        """Give a long frame of the kind the prices came in: date, asset, beta, stderr, alpha, n_obs, reason.

        Rows run through the assets of the first date, then of the second. A missing beta is null in Polars and Arrow.
        """
        n_dates, n_assets = self.shape
        words = pl.Series("reason", [None, *(r.value for r in REFUSALS)], dtype=pl.String)
        numbers = {"beta": self.beta, "stderr": self.stderr, "alpha": self.alpha}
        table = pl.DataFrame(
            {
                "date": np.repeat(self.dates.astype("datetime64[us]"), n_assets),
                "asset": pl.Series(self.symbols, dtype=pl.String).gather(np.tile(np.arange(n_assets), n_dates)),
                **{name: pl.Series(values.ravel()).fill_nan(None) for name, values in numbers.items()},
                "n_obs": self.n_obs.ravel(),
                "reason": words.gather(self.reason.ravel()),
            }
        )
        kind = self.frame if kind is None else frame_kind(kind)
        if kind == "pandas":
            # Through numpy columns: no Arrow bridge is needed, and a missing number is NaN there.
            columns = {name: table[name].to_numpy() for name in table.columns}
            return nw.from_dict(columns, backend="pandas").to_native()
        return table.to_arrow() if kind == "pyarrow" else table
