r"""Blume's adjustment: betas regress towards one over time, by a line fitted once for all.

Equation
    b' = intercept + slope b,   .343 and .677 by default
Assumption
    The regression tendency of American shares between 1948 and 1961 still holds, and is the same for every asset
    however well its beta is known.
Errors
    They speak of the slope over the pairs of the past: slope times the error of b, and the whole of the move b' - b,
    which nothing in the data supports. Moves of several assets add up in a portfolio, or cancel, as they do.
Source
    Blume (1975), "Betas and their regression tendencies", Journal of Finance 30, 785-795: b' = .343 + .677 b.
When not to use it
    On a universe whose mean beta is not one: the line sends a beta of one to 1.02 and extrapolates the drift of the
    mean (Lally 1998, "An examination of Blume and Vasicek betas", Financial Review 33). `vasicek` shrinks each beta by
    how little is known of it.
"""

from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from trimtab.beta.estimate import Betas
from trimtab.errors import InputError
from trimtab.market.prices import Flag

__all__ = ["Blume", "move_betas"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Blume:
    """Move each beta along a fixed line.

    Parameters
    ----------
    intercept, slope
        b' = intercept + slope b.
    """

    intercept: float = 0.343
    slope: float = 0.677

    def __post_init__(self) -> None:
        if not (isfinite(self.intercept) and isfinite(self.slope)):
            raise InputError(
                expected="a finite intercept and slope",
                found=f"{self.intercept} and {self.slope}",
                try_next="give for example blume(intercept=0.343, slope=0.677)",
            )

    @property
    def name(self) -> str:
        """As written on the command line."""
        return "blume"

    def shrink(self, betas: Betas) -> Betas:
        """Give the moved betas; refusals and identities stay as they are."""
        return move_betas(betas, intercept=self.intercept, slope=self.slope, method=f"{betas.method}|{self.name}")


def move_betas(betas: Betas, *, intercept: float, slope: float, method: str) -> Betas:
    """Give intercept + slope x beta, with errors moved along.

    Parameters
    ----------
    betas
        The betas; refusals and identities stay as they are.
    intercept, slope
        The line.
    method
        Name of the result.
    """
    free = np.array([e.reason is None and Flag.IDENTITY not in e.flags for e in betas.estimates], dtype=bool)
    factor = np.where(free, slope, 1.0)
    value = np.nan_to_num(betas.values())
    move = np.where(free, intercept + slope * value - value, 0.0)
    scores = np.vstack([betas.scores * factor, move])
    own_variance = betas.own_variance * factor**2
    error = np.sqrt(np.einsum("ti,ti->i", scores, scores) + own_variance)
    moved = tuple(
        replace(e, value=intercept + slope * e.value, stderr=float(error[i]), method=method)
        if free[i] and e.value is not None
        else e
        for i, e in enumerate(betas.estimates)
    )
    return replace(betas, method=method, estimates=moved, scores=scores, own_variance=own_variance, noise=None)
