r"""What moves a portfolio's beta while prices move, by cause, each over its own life.

With betas fixed, and to first order in the assets' returns r_i = l_i + c_i (local price and currency):

    x_t = sum_i (beta_i delta_i - beta delta_i) l_it                        weights
        + sum_i (beta_i delta_i + beta_i gamma_i - beta delta_i) c_it       currency
        + sum_e sum_i beta_i gamma_ie l_it          for each life e         gamma

Gamma ends with its option. Over a year beta therefore drifts by the mean of what is alive in each part of it:

    s^2 = sum_p length_p x var(x | what is alive in p)

and a band that stays where it is for a year costs what it would cost at that mean: risk penalty does not depend on s,
and turnover is linear in s^2 (`trimtab.hedge.often.closed_form`).
Assumption
    Options are not renewed. Today's gamma stands for that of the whole life.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt

import numpy as np

from trimtab.stats.arrays import Floats

__all__ = ["DriftPart", "DriftPhase", "PriceMoves", "price_moves"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftPart:
    """One cause of drift.

    Parameters
    ----------
    cause
        weights, gamma, betas or currency.
    vol
        Beta per square-root year that it makes alone while it lasts. Causes are not unrelated, so that their squares do
        not add up.
    years
        How long it lasts; infinite unless it ends with an option.
    """

    cause: str
    vol: float
    years: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftPhase:
    """A part of the year to come in which the same options are alive.

    Parameters
    ----------
    start, end
        Years from now.
    vol
        Drift of beta per square-root year in it, all causes together.
    """

    start: float
    end: float
    vol: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceMoves:
    """Moves of beta that moves of prices would have made, by cause.

    Parameters
    ----------
    weights, currency
        Shape (n_rows,).
    gamma
        Shape (n_lives, n_rows).
    lives
        Years that each row of `gamma` lasts, ascending.
    """

    weights: Floats
    currency: Floats
    gamma: Floats
    lives: tuple[float, ...]

    def alive_after(self, years: float) -> Floats:
        """Give the moves of all that lasts longer than so many years, shape (n_rows,)."""
        lasting = [row for row, life in zip(self.gamma, self.lives, strict=True) if life > years]
        return self.weights + self.currency + sum(lasting, np.zeros_like(self.weights))

    def spans(self) -> tuple[tuple[float, float], ...]:
        """Give the parts of the year to come in which the same options are alive, as (start, end) in years."""
        ends = sorted({life for life in self.lives if life < 1.0})
        return tuple(zip((0.0, *ends), (*ends, 1.0), strict=True))

    def mean_squares(self) -> Floats:
        """Give the squares of moves over the year to come, each day's mean over its parts, shape (n_rows,)."""
        squares = np.zeros_like(self.weights)
        for start, end in self.spans():
            squares = squares + (end - start) * self.alive_after(start) ** 2
        return squares

    def parts(self, per_year: float) -> tuple[DriftPart, ...]:
        """Give what each cause makes alone; gamma once for each life."""
        causes = [("weights", self.weights, inf)]
        causes += [("gamma", row, life) for row, life in zip(self.gamma, self.lives, strict=True)]
        causes += [("currency", self.currency, inf)]
        return tuple(
            DriftPart(cause=cause, vol=sqrt(float(np.mean(x**2)) * per_year), years=years) for cause, x, years in causes
        )


def price_moves(
    returns: Floats, currency: Floats, *, delta: Floats, gamma: Floats, lives: Sequence[float], betas: Floats
) -> PriceMoves:
    """Take the moves of beta apart by cause.

    Parameters
    ----------
    returns, currency
        Returns in the base currency, and the part of them that exchange rates made, shape (n_rows, n_assets).
    delta, betas
        Shape (n_assets,).
    gamma, lives
        Gamma exposure over NAV by life and asset, shape (n_lives, n_assets), and the years that each lasts.

    Examples
    --------
    >>> r = np.array([[0.01, 0.0], [-0.02, 0.01]])
    >>> moves = price_moves(
    ...     r,
    ...     np.zeros_like(r),
    ...     delta=np.array([0.5, 0.5]),
    ...     gamma=np.array([[4.0, 0.0]]),
    ...     lives=(0.25,),
    ...     betas=np.array([1.0, 1.0]),
    ... )
    >>> moves.weights.tolist(), moves.gamma[0].tolist(), moves.spans()
    ([0.0, 0.0], [0.04, -0.08], ((0.0, 0.25), (0.25, 1.0)))
    """
    order = np.argsort(np.asarray(lives, dtype=np.float64), kind="stable")
    gamma = gamma[order] if len(order) else gamma
    local, total_beta = returns - currency, float(betas @ delta)
    by_weight = betas * delta - total_beta * delta
    return PriceMoves(
        weights=local @ by_weight,
        currency=currency @ (by_weight + betas * gamma.sum(axis=0)),
        gamma=(betas * gamma) @ local.T,
        lives=tuple(float(lives[k]) for k in order),
    )
