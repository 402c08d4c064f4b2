"""What every kernel asks of its tables before it starts."""

import numpy as np
from numpy.typing import ArrayLike

from trimtab.errors import InputError
from trimtab.stats.arrays import Floats

__all__ = ["per_asset", "positive", "resumed", "slope_limits", "tables"]


def tables(asset: ArrayLike, benchmark: ArrayLike) -> tuple[Floats, Floats]:
    """Give both return tables as C-ordered float64, refusing shapes that do not pair.

    Parameters
    ----------
    asset
        Returns (n_dates, n_assets), NaN where missing.
    benchmark
        Returns (n_dates,) for all assets, or (n_dates, n_assets) over each asset's own intervals.
    """
    y = np.ascontiguousarray(asset, dtype=np.float64)
    x = np.ascontiguousarray(benchmark, dtype=np.float64)
    if y.ndim != 2:
        raise InputError(
            expected="asset returns of shape (n_dates, n_assets)",
            found=f"an array of shape {y.shape}",
            try_next="give one asset as a table of one column: returns[:, None]",
        )
    if x.shape not in ((y.shape[0],), y.shape):
        raise InputError(
            expected=f"benchmark returns of shape ({y.shape[0]},) or {y.shape}, to pair with the assets",
            found=f"an array of shape {x.shape}",
            try_next="join prices by date before taking returns",
        )
    return y, x


def positive(name: str, value: float, *, least: float = 0.0) -> None:
    """Refuse a parameter that is not a number above `least`."""
    if not value > least:
        raise InputError(
            expected=f"{name} above {least:g}", found=f"{name}={value!r}", try_next=f"choose a larger {name}"
        )


def slope_limits(slopes: tuple[float, float] | None) -> tuple[float, float]:
    """Give the limits between which returns are brought, as multiples of the benchmark's; None is none."""
    low, high = (-np.inf, np.inf) if slopes is None else slopes
    if not low < high:
        raise InputError(expected="slope limits (low, high)", found=f"slopes={slopes}", try_next="slopes=(-2.0, 4.0)")
    return low, high


def resumed(values: Floats | None, n_rows: int, n_assets: int) -> Floats:
    """Give a state of zeros, or a copy of the one to go on from."""
    if values is None:
        return np.zeros((n_rows, n_assets))
    if values.shape != (n_rows, n_assets):
        raise InputError(
            expected=f"a state of shape {(n_rows, n_assets)}, one column per asset",
            found=f"{values.shape}",
            try_next="go on with the assets, in the order, that the state was made with",
        )
    return np.array(values, dtype=np.float64, order="C")


def per_asset(name: str, value: ArrayLike, n_assets: int) -> Floats:
    """Give one number per asset from one for all or one for each, refusing NaN."""
    array = np.asarray(value, dtype=np.float64)
    if array.shape not in ((), (n_assets,)) or np.isnan(array).any():
        raise InputError(
            expected=f"{name} as one number, or {n_assets}, one per asset",
            found=f"shape {array.shape}{' with NaN' if np.isnan(array).any() else ''}",
            try_next="give one value for every asset",
        )
    return np.array(np.broadcast_to(array, (n_assets,)))
