"""Totals beyond the headline: by currency, kind and underlying, on invested capital, and the band of quotes.

Every group adds up to the portfolio's own totals.
"""

from collections.abc import Callable
from dataclasses import dataclass

from trimtab.exposure.expose import Exposure, PositionExposure

__all__ = ["Breakdown", "Group", "break_down"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Some positions together.

    Parameters
    ----------
    name
        Currency, kind or underlying.
    value, delta_exposure, beta_exposure
        Sums over what was measured, base currency.
    beta
        beta_exposure / NAV of the portfolio: the group's part of portfolio beta.
    """

    name: str
    value: float
    delta_exposure: float
    beta_exposure: float
    beta: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """A portfolio taken apart.

    Parameters
    ----------
    by_currency, by_kind, by_underlying
        Groups, largest absolute beta exposure first.
    currency_hedge
        By foreign currency, the money (base currency) that would have to be sold forward so that the value held in it
        does not move with its exchange rate; apart from beta, which has the currency in it already.
    leverage
        Gross delta exposure / NAV.
    invested
        Sum of absolute values of everything but cash, base currency.
    beta_on_invested
        Beta exposure / invested; None if nothing is invested.
    vol_low, vol_high
        Portfolio beta if every option's volatility were at the worse end of its own quote; None without quotes.
    """

    by_currency: tuple[Group, ...]
    by_kind: tuple[Group, ...]
    by_underlying: tuple[Group, ...]
    currency_hedge: tuple[tuple[str, float], ...]
    leverage: float
    invested: float
    beta_on_invested: float | None
    vol_low: float | None
    vol_high: float | None


def break_down(exposure: Exposure) -> Breakdown:
    """Take a measured portfolio apart.

    Parameters
    ----------
    exposure
        From `trimtab.exposure.expose.expose`.
    """
    lines = exposure.positions
    invested = sum(abs(p.value) for p in lines if p.value is not None and not p.is_money)
    low, high = _vol_band(exposure)
    foreign: dict[str, float] = {}
    for p in lines:
        if p.currency != exposure.base and p.value is not None:
            foreign[p.currency] = foreign.get(p.currency, 0.0) - p.value
    return Breakdown(
        by_currency=_group(exposure, lambda p: p.currency),
        by_kind=_group(exposure, lambda p: p.kind),
        by_underlying=_group(exposure, lambda p: p.follows or p.asset),
        currency_hedge=tuple(sorted(foreign.items())),
        leverage=exposure.gross / exposure.nav,
        invested=invested,
        beta_on_invested=exposure.beta_exposure / invested if invested > 0 else None,
        vol_low=low,
        vol_high=high,
    )


def _group(exposure: Exposure, key: Callable[[PositionExposure], str]) -> tuple[Group, ...]:
    sums: dict[str, list[float]] = {}
    for p in exposure.positions:
        total = sums.setdefault(key(p), [0.0, 0.0, 0.0])
        for i, amount in enumerate((p.value, p.delta_exposure if p.reason is None else None, p.beta_exposure)):
            total[i] += amount or 0.0
    groups = [
        Group(name=name, value=v, delta_exposure=d, beta_exposure=b, beta=b / exposure.nav)
        for name, (v, d, b) in sums.items()
    ]
    return tuple(sorted(groups, key=lambda g: (-abs(g.beta_exposure), g.name)))


def _vol_band(exposure: Exposure) -> tuple[float | None, float | None]:
    """Move each option's delta to the end of its quote that lowers, and that raises, portfolio beta."""
    low, high, quoted = exposure.beta.value, exposure.beta.value, False
    for p in exposure.positions:
        option = p.option
        if option is None or not p.delta or p.beta_exposure is None:
            continue
        ends = [d for d in (option.delta_low, option.delta_high) if d is not None]
        if not ends:
            continue
        quoted = True
        # Delta concerns what moves with the underlying; what the value is in moves with its currency either way.
        by_delta = p.beta_exposure - p.currency_beta_exposure
        changes = [by_delta * (end / p.delta - 1.0) / exposure.nav for end in ends]
        low += min(0.0, *changes)
        high += max(0.0, *changes)
    return (low, high) if quoted else (None, None)
