r"""Hypothetical shocks: what a book loses if benchmark, volatility, currencies, rates or credit spreads jump.

Equations, per position, money in base currency
    market    = beta d x + 1/2 gamma (beta x)^2         d: delta exposure, x: the benchmark's move
    volatility = vega dv                                vega: money per 1.00 of volatility; dv = 0.10 is ten points
    currency  = value f                                 f: move of the position's currency against base; betas given
                                                        beside it are then those that leave that currency out
    rates     = -duration value dy                      modified duration in years; dy = 0.01 is one point
    credit    = -spread duration value ds
    total     = market + volatility + currency + rates + credit
Conventions
    First order but for gamma; cross terms are left out. A position that names no duration (NaN) is not rate-free, it is
    unknown: it adds nothing to that column and lowers the column's coverage. Give 0 where it truly has none.
Traps
    A beta shock assumes that betas hold in the shock; `regime` and `convergence` ask whether they do. Revalue options
    for large moves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite

import numpy as np
from numpy.typing import ArrayLike

from trimtab.errors import InputError
from trimtab.risk.series import one_each
from trimtab.stats.arrays import Floats

__all__ = ["Shock", "ShockResult", "apply_shock"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shock:
    """A jump in what prices depend on.

    Parameters
    ----------
    name
        For tables.
    benchmark
        Return of the benchmark, decimal; -0.20 = a fall of a fifth.
    volatility
        Change of implied volatility; 0.10 = ten points.
    currencies
        Move of each currency against base, decimal, by code.
    rates
        Change of yields; 0.01 = one percentage point.
    credit_spread
        Change of credit spreads; 0.01 = one percentage point.

    Examples
    --------
    >>> import trimtab as tt
    >>> tt.Shock(name="fall", benchmark=-0.20, volatility=0.10, currencies={"EUR": -0.05}).benchmark
    -0.2
    """

    name: str
    benchmark: float = 0.0
    volatility: float = 0.0
    currencies: Mapping[str, float] = field(default_factory=dict)
    rates: float = 0.0
    credit_spread: float = 0.0

    def __post_init__(self) -> None:
        numbers = (self.benchmark, self.volatility, self.rates, self.credit_spread, *self.currencies.values())
        if (
            not all(isfinite(n) for n in numbers)
            or self.benchmark < -1
            or min(self.currencies.values(), default=0) < -1
        ):
            raise InputError(
                expected="finite moves, none below -100%",
                found=f"{self}",
                try_next="give decimals: -0.2 for a fall of 20%",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShockResult:
    """Profit under a shock, money in base currency; positive = gained.

    Parameters
    ----------
    shock
        What was assumed.
    market, volatility, currency, rates, credit
        By position, shape (n_positions,); NaN where the sensitivity is not known.
    total
        Sum of what is known.
    total_share
        total / NAV.
    coverage
        For each shocked factor, the share of gross value (market: gross exposure) whose sensitivity is known.
    """

    shock: Shock
    market: Floats
    volatility: Floats
    currency: Floats
    rates: Floats
    credit: Floats
    total: float
    total_share: float
    coverage: Mapping[str, float]

    @property
    def least_coverage(self) -> float:
        """Coverage of the shocked factor that is known least; 1 where none is shocked."""
        return min(self.coverage.values(), default=1.0)


def apply_shock(
    shock: Shock,
    *,
    nav: float,
    value: ArrayLike,
    exposure: ArrayLike,
    betas: ArrayLike,
    currencies: Sequence[str],
    base: str,
    gamma: ArrayLike = 0.0,
    vega: ArrayLike = 0.0,
    duration: ArrayLike = np.nan,
    spread_duration: ArrayLike = np.nan,
    currency_profit: ArrayLike | None = None,
) -> ShockResult:
    """Apply one shock to a book.

    Parameters
    ----------
    shock
        The shock.
    nav
        Positive.
    value, exposure
        Market value and delta exposure, signed money, shape (n_positions,).
    betas
        NaN where unknown.
    currencies, base
        Currency of each position, and of the book.
    gamma, vega
        Money of exposure per 100% move; money per 1.00 of volatility.
    duration, spread_duration
        Years; NaN where unknown, 0 where there is none.
    currency_profit
        What the currencies' moves do to each position, money; None takes value x move of the position's currency.

    Examples
    --------
    >>> result = apply_shock(
    ...     Shock(name="crash", benchmark=-0.2, currencies={"EUR": -0.1}),
    ...     nav=200.0,
    ...     value=[100.0, 100.0],
    ...     exposure=[100.0, 100.0],
    ...     betas=[1.5, 0.5],
    ...     currencies=["USD", "EUR"],
    ...     base="USD",
    ... )
    >>> round(result.total, 6), result.market.round(6).tolist(), result.currency.tolist()
    (-50.0, [-30.0, -10.0], [0.0, -10.0])
    """
    n = len(currencies)
    worth, exposures, beta, convexity, sensitivity, years, spread_years = one_each(
        n,
        value=value,
        exposure=exposure,
        betas=betas,
        gamma=gamma,
        vega=vega,
        duration=duration,
        spread_duration=spread_duration,
    )
    if not nav > 0:
        raise InputError(expected="a positive NAV", found=f"{nav}", try_next="shares of NAV need one")
    x = shock.benchmark
    # A position without exposure has no market risk, known beta or not.
    beta = np.where(exposures == 0.0, 0.0, beta)
    fx = np.array([0.0 if c == base else shock.currencies.get(c, 0.0) for c in currencies])
    parts = {
        "market": beta * exposures * x + 0.5 * convexity * (beta * x) ** 2,
        "volatility": sensitivity * shock.volatility,
        "currency": worth * fx if currency_profit is None else np.asarray(currency_profit, dtype=np.float64),
        "rates": -years * worth * shock.rates if shock.rates else np.zeros(n),
        "credit": -spread_years * worth * shock.credit_spread if shock.credit_spread else np.zeros(n),
    }
    shocked = {
        "market": x,
        "volatility": shock.volatility,
        "currency": float(np.any(fx)),
        "rates": shock.rates,
        "credit": shock.credit_spread,
    }
    sizes = {name: np.abs(exposures if name == "market" else worth) for name in parts}
    total = float(sum(np.nansum(part) for part in parts.values()))
    return ShockResult(
        shock=shock,
        **parts,
        total=total,
        total_share=total / nav,
        coverage={name: _known_share(part, sizes[name]) for name, part in parts.items() if shocked[name]},
    )


def _known_share(part: Floats, size: Floats) -> float:
    gross = float(size.sum())
    return float(size[np.isfinite(part)].sum()) / gross if gross > 0 else 1.0
