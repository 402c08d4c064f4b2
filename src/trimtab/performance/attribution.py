r"""Where each period's return came from: market, timing, selection, currency, hedge; it adds up.

Equations, per period t, all in shares of NAV at its start
    b_t        = sum_i w_it beta_it               beta of the unhedged book, known **before** the period
    market     = B m_t + (b_t - B) E              B: beta held on average, by mandate; E: expected benchmark return
    timing     = (b_t - B)(m_t - E)
    selection  = sum_i w_it (l_it - (beta_it - c_it) m_t)      l: local-currency return; c: beta of the currency's own
    currency   = sum_i w_it ((1 + l_it) f_it - c_it m_t)       f: return of the currency in base; the cross term is here
    income     = earned beside prices: dividends, interest, funding;   expense = paid, negative
    hedge      = beta hedged h_t m_t + basis + roll + funding + cost,   basis = what of the hedge's result is left
    residual   = total - all of these             trading within the period, positions not listed
    total      = market + timing + selection + currency + income + expense + hedge + residual
Conventions
    Arithmetic per period. Components of one period add up to its total to rounding (1e-12). Components summed over
    periods do not add up to the compound return; `link` scales them so that they do (Carino 1999).
    Betas are those of base-currency returns on the benchmark, so what a currency does *with* the benchmark is market;
    it is market once, and leaves currency what the rate did beside it, and selection what the asset did at home.
Traps
    A beta estimated with the period's own return makes selection look better than it was: pass betas that were known
    before. E = 0 calls all the return that extra beta earned "timing"; a positive E calls the expected part market.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike

from trimtab.errors import InputError
from trimtab.stats.arrays import Floats

__all__ = ["Attribution", "Hedge", "attribute", "link"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hedge:
    """What the hedge did, per period, in shares of NAV at the period's start, shape (n_periods,).

    Parameters
    ----------
    beta
        Beta exposure of the hedge / NAV before the period; negative for a short hedge.
    result
        The hedge's whole result: price changes, roll, funding and cost together.
    roll
        Gained (+) or paid (-) by moving from one contract to the next; part of `result`.
    funding
        Received (+) or paid (-) as interest, funding or margin cost; part of `result`.
    cost
        Commissions and spreads; zero or negative; part of `result`.
    """

    beta: ArrayLike
    result: ArrayLike
    roll: ArrayLike = 0.0
    funding: ArrayLike = 0.0
    cost: ArrayLike = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Components of return by period, shares of NAV at the period's start, shape (n_periods,).

    Parameters
    ----------
    market, timing, selection, currency, income, expense
        See the module.
    beta_hedged, basis, roll, funding, cost
        The hedge.
    residual
        What is left of the total.
    total
        Return of NAV.
    selection_by_asset
        Shape (n_periods, n_assets); rows add up to `selection`.
    book_beta
        b_t.
    """

    market: Floats
    timing: Floats
    selection: Floats
    currency: Floats
    income: Floats
    expense: Floats
    beta_hedged: Floats
    basis: Floats
    roll: Floats
    funding: Floats
    cost: Floats
    residual: Floats
    total: Floats
    selection_by_asset: Floats
    book_beta: Floats

    def components(self) -> dict[str, Floats]:
        """Give the twelve components by name, in reading order."""
        names = [f.name for f in fields(self)][:12]
        return {name: getattr(self, name) for name in names}

    @property
    def hedge(self) -> Floats:
        """The hedge's whole result."""
        return self.beta_hedged + self.basis + self.roll + self.funding + self.cost


def attribute(
    *,
    total: ArrayLike,
    benchmark: ArrayLike,
    weights: ArrayLike,
    local: ArrayLike,
    betas: ArrayLike,
    beta_held: float,
    currency: ArrayLike = 0.0,
    currency_betas: ArrayLike = 0.0,
    income: ArrayLike = 0.0,
    expense: ArrayLike = 0.0,
    hedge: Hedge | None = None,
    expected_benchmark: float = 0.0,
) -> Attribution:
    """Take each period's return apart.

    Parameters
    ----------
    total
        Return of NAV, shape (n_periods,), excess of the risk-free rate if `benchmark` is.
    benchmark
        Shape (n_periods,).
    weights
        Delta exposure / NAV at the start of each period, shape (n_periods, n_assets), without the hedge.
    local
        Returns in each asset's own currency, same shape.
    betas
        Known before each period, same shape.
    beta_held
        B, usually the mandate's target.
    currency
        Return of each asset's currency against base, same shape; 0 where it is the base currency.
    currency_betas
        Betas of those returns, known before each period, same shape: the part of `betas` that is the currency's.
    income, expense
        Earned beside prices (+), and paid (-), shape (n_periods,); what the returns of assets hold already is neither.
    hedge
        What the hedge did; None for no hedge.
    expected_benchmark
        E per period.

    Raises
    ------
    InputError
        If shapes differ, a number is missing, or costs are positive.

    Examples
    --------
    >>> parts = attribute(
    ...     total=[0.021], benchmark=[0.02], weights=[[1.0]], local=[[0.021]], betas=[[1.1]], beta_held=1.0
    ... )
    >>> {name: round(float(part[0]), 6) for name, part in parts.components().items() if part[0]}
    {'market': 0.02, 'timing': 0.002, 'selection': -0.001}
    """
    r = _finite("total", total)
    shape = np.shape(weights)
    if r.ndim != 1 or len(shape) != 2 or shape[0] != len(r):
        raise InputError(
            expected=f"total of shape (n_periods,) and weights of shape ({len(r) if r.ndim else 0}, n_assets)",
            found=f"{r.shape} and {shape}",
            try_next="give one row of weights per period",
        )
    m = _finite("benchmark", benchmark, (len(r),))
    given = {"weights": weights, "local": local, "betas": betas, "currency": currency, "currency betas": currency_betas}
    w, own, beta, fx, fx_beta = (_finite(name, values, shape) for name, values in given.items())
    # (n_periods,): betas of the book before each period.
    book = np.einsum("ti,ti->t", w, beta)
    by_asset = w * (own - (beta - fx_beta) * m[:, None])
    extra = book - beta_held
    parts = {
        "market": beta_held * m + extra * expected_benchmark,
        "timing": extra * (m - expected_benchmark),
        "selection": by_asset.sum(axis=1),
        "currency": np.einsum("ti,ti->t", w, (1.0 + own) * fx - fx_beta * m[:, None]),
        "income": _finite("income", income, (len(r),)),
        "expense": _finite("expense", expense, (len(r),)),
        **_hedge_parts(hedge or Hedge(beta=0.0, result=0.0), m),
    }
    explained = np.sum(list(parts.values()), axis=0)
    return Attribution(**parts, residual=r - explained, total=r, selection_by_asset=by_asset, book_beta=book)


def link(parts: Attribution) -> dict[str, float]:
    """Add components over periods so that they sum to the compound return.

    Each period's components are scaled by k_t / k, with k_t = ln(1 + r_t) / r_t and k = ln(1 + R) / R.

    Source
    ------
    Carino (1999), "Combining attribution effects over time", Journal of Performance Measurement 3.

    Examples
    --------
    >>> parts = attribute(
    ...     total=[0.1, -0.05],
    ...     benchmark=[0.1, -0.05],
    ...     weights=[[1.0], [1.0]],
    ...     local=[[0.1], [-0.05]],
    ...     betas=[[1.0], [1.0]],
    ...     beta_held=1.0,
    ... )
    >>> round(link(parts)["market"], 12)
    0.045
    """
    if np.any(parts.total <= -1.0):
        raise InputError(
            expected="period returns above -100%",
            found=f"{float(parts.total.min()):.4f}",
            try_next="a lost NAV cannot be compounded: look at the single periods",
        )
    whole = float(np.prod(1.0 + parts.total) - 1.0)
    scale = _carino(parts.total) / _carino(np.array([whole]))[0]
    return {name: float(np.sum(part * scale)) for name, part in parts.components().items()}


def _carino(returns: Floats) -> Floats:
    safe = np.where(returns == 0.0, 1.0, returns)
    factor: Floats = np.where(returns == 0.0, 1.0, np.log1p(returns) / safe)
    return factor


def _hedge_parts(hedge: Hedge, m: Floats) -> dict[str, Floats]:
    shape = (len(m),)
    beta, result, roll, funding, cost = (
        _finite(f"hedge {f.name}", getattr(hedge, f.name), shape) for f in fields(hedge)
    )
    if np.any(cost > 0):
        raise InputError(
            expected="hedge costs of zero or less",
            found=f"{float(cost.max())}",
            try_next="give what was paid as a negative number",
        )
    hedged = beta * m
    return {
        "beta_hedged": hedged,
        "basis": result - hedged - roll - funding - cost,
        "roll": roll,
        "funding": funding,
        "cost": cost,
    }


def _finite(name: str, given: ArrayLike, shape: tuple[int, ...] | None = None) -> Floats:
    array = np.asarray(given, dtype=np.float64)
    if shape is not None and array.ndim == 0:
        array = np.full(shape, float(array))
    if shape is not None and array.shape != shape:
        raise InputError(
            expected=f"{name} of shape {shape}", found=f"{array.shape}", try_next="give one value per period and asset"
        )
    if not np.isfinite(array).all():
        raise InputError(
            expected=f"{name} known in every period",
            found=f"{int(np.count_nonzero(~np.isfinite(array)))} missing or infinite values",
            try_next="leave such positions out of the weights: their return then stands in the residual",
        )
    return array
