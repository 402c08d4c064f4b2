"""Betas through time as a document."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from trimtab.beta.history import REFUSALS, BetaHistory
from trimtab.stats.arrays import Floats

__all__ = ["AssetHistory", "BetaHistoryDocument", "history_document"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetHistory:
    """One asset's beta at each date; null where there is none.

    Parameters
    ----------
    asset
        Symbol.
    beta, stderr
        What the method says with data up to that date only, and its standard error.
    n_obs
        Paired returns used.
    reasons
        Why there was none, each once, in the order in which they first came.
    """

    asset: str
    beta: Floats
    stderr: Floats
    n_obs: NDArray[np.int32]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BetaHistoryDocument:
    """Betas of assets to one benchmark, at many dates.

    Parameters
    ----------
    benchmark, method, risk_free
        Against what, and how they were measured.
    days
        The dates.
    assets
        Each with as many values as there are dates.
    notes
        What was decided on the way.
    """

    SCHEMA: ClassVar = "trimtab.beta-history/1"

    benchmark: str
    method: str
    risk_free: str
    days: NDArray[np.datetime64]
    assets: tuple[AssetHistory, ...]
    notes: tuple[str, ...]


def history_document(history: BetaHistory) -> BetaHistoryDocument:
    """Document of `beta_history`: schema trimtab.beta-history/1."""
    return BetaHistoryDocument(
        benchmark=history.benchmark,
        method=history.method,
        risk_free=history.risk_free,
        days=history.dates.astype("datetime64[D]"),
        assets=tuple(
            AssetHistory(
                asset=symbol,
                beta=history.beta[:, i],
                stderr=history.stderr[:, i],
                n_obs=history.n_obs[:, i],
                reasons=_reasons(history.reason[:, i]),
            )
            for i, symbol in enumerate(history.symbols)
        ),
        notes=history.notes,
    )


def _reasons(codes: NDArray[np.uint8]) -> tuple[str, ...]:
    different, first = np.unique(codes, return_index=True)
    return tuple(REFUSALS[code - 1].value for code in different[np.argsort(first)].tolist() if code > 0)
