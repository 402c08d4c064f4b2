r"""How much of a portfolio was measured, by money, and what the rest could do to its beta.

A position that was not measured still has bounds: an option from arbitrage and its quote (`bound_option`), a position
with a price and without a beta from its exposure, known to the cent, times a range of betas. Its beta exposure lies in

    [min, max] of {e b : e in its delta exposure's ends, b in its beta's ends}

and portfolio beta, with B and N what was measured of beta exposure and NAV, between the least and the most of

    (B + sum of beta exposures) / (N + sum of values)

The beta of a known underlying counts with its 95% interval. Where there is none, a range is *assumed*, and said to be:
see `ASSUMED_BETAS`. What is assumed of a share is its beta at home: its currency counts beside it, and so does that of
whatever an option can be worth. A position without a price has no bounds: nothing says how large it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from trimtab.beta.estimate import BetaEstimate, Betas
from trimtab.errors import Reason
from trimtab.exposure.valuation import Basis, BoundedLeg, Leg, Valuation
from trimtab.market.snapshot import Market
from trimtab.model.currencies import CURRENCIES
from trimtab.model.instrument import Instrument
from trimtab.model.portfolio import Position
from trimtab.stats.arrays import Floats
from trimtab.stats.normal import normal_quantile

__all__ = [
    "ASSUMED_BETAS",
    "LEVEL",
    "Coverage",
    "Covered",
    "Missing",
    "PositionBounds",
    "bound_exposure",
    "bound_position",
    "cover",
]

#: The interval shown beside a portfolio beta.
LEVEL = 0.95
#: Least and most beta assumed of what has none, by kind of position; those of a leveraged fund times its multiple.
#: An assumption, not a measurement, and wide on purpose; an option on a share counts as its share.
ASSUMED_BETAS: Mapping[str, tuple[float, float]] = {"spot": (-1.0, 3.0), "cash": (-1.0, 1.0)}
#: Of futures, options on them, perpetuals and coins, which may follow anything: a volatility future, a coin.
_ASSUMED_OTHERS = (-5.0, 5.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionBounds:
    """What one position can add to NAV and to beta exposure, base currency.

    Parameters
    ----------
    asset
        Symbol.
    value_low, value_high
        Ends of its value.
    exposure_low, exposure_high
        Ends of its delta exposure.
    beta_exposure_low, beta_exposure_high
        Ends of its beta exposure.
    measured
        Whether it was: then only what its quote leaves open is uncertain.
    value, beta_exposure
        What the totals hold of it, 0 where they hold nothing.
    basis
        What its delta exposure rests on.
    beta_low, beta_high
        Ends of the beta used.
    assumed
        Whether that range of betas is assumed, because none was measured.
    """

    asset: str
    value_low: float
    value_high: float
    exposure_low: float
    exposure_high: float
    beta_exposure_low: float
    beta_exposure_high: float
    measured: bool
    value: float
    beta_exposure: float
    basis: Basis
    beta_low: float
    beta_high: float
    assumed: bool

    @property
    def size(self) -> float:
        """Largest delta exposure that was left unmeasured."""
        if self.measured:
            return self.exposure_high - self.exposure_low
        return max(abs(self.exposure_low), abs(self.exposure_high))


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A position that was not measured, and why."""

    asset: str
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of the portfolio was measured.

    Parameters
    ----------
    share
        Measured share of gross delta exposure by money, 0 to 1: what was not measured counts at its largest. A position
        without bounds is assumed to be as large as the average one, because nothing says how large it is.
    missing
        What was not measured.
    unpriced
        How many of those have neither a price nor bounds, so that NAV itself is not known.
    bounds
        What each position that was not measured, or that its quote leaves open, can be.
    stated, stated_assets
        Part of `share` whose betas are stated and not measured, proxies among them, and of which positions.
    beta_low, beta_high
        Least and most portfolio beta inside all bounds, as far as the estimate goes; None where it is not known.
    """

    share: float
    missing: tuple[Missing, ...]
    unpriced: int
    bounds: tuple[PositionBounds, ...] = ()
    stated: float = 0.0
    stated_assets: tuple[str, ...] = ()
    beta_low: float | None = None
    beta_high: float | None = None

    @property
    def nav_known(self) -> bool:
        """Whether everything held has a value."""
        return all_valued(self.unpriced, self.bounds)


def all_valued(unpriced: int, bounds: Sequence[PositionBounds]) -> bool:
    """Tell whether everything held has a value: nothing is without a price, and no bound leaves a value open."""
    return not unpriced and all(b.measured or b.value_low == b.value_high for b in bounds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """One position, as coverage counts it.

    Parameters
    ----------
    asset
        Symbol.
    delta_exposure
        Base currency; None where not known.
    reason
        Why it was not measured; None if it was.
    bounds
        What it can be; None where there is nothing to say.
    stated
        Whether its beta is stated and not measured.
    """

    asset: str
    delta_exposure: float | None
    reason: Reason | None
    bounds: PositionBounds | None
    stated: bool = False


def bound_exposure(
    exposure_low: ArrayLike, exposure_high: ArrayLike, beta_low: ArrayLike, beta_high: ArrayLike
) -> tuple[Floats, Floats]:
    """Give the ends of beta x delta exposure, each between its own two ends; arrays broadcast.

    Examples
    --------
    >>> low, high = bound_exposure([-100.0, 0.0], [0.0, 50.0], -1.0, 3.0)
    >>> low.tolist(), high.tolist()
    ([-300.0, -50.0], [100.0, 150.0])
    """
    e, f, b, c = (np.asarray(x, dtype=np.float64) for x in (exposure_low, exposure_high, beta_low, beta_high))
    products = np.stack(np.broadcast_arrays(e * b, e * c, f * b, f * c))
    return products.min(axis=0), products.max(axis=0)


def bound_position(
    position: Position, valued: Valuation, betas: Betas, market: Market, *, beta_exposure: float | None
) -> PositionBounds | None:
    """Bound one position; None if it was measured and leaves nothing open, or if nothing is known of it.

    Parameters
    ----------
    position, valued
        The position and its valuation.
    betas
        What was measured.
    market
        Names the currencies that a position without a beta moves with.
    beta_exposure
        What the totals hold of it; None if it was not measured.
    """
    instrument, open_ = position.instrument, valued.bounds
    if open_ is None and (beta_exposure is not None or valued.legs is None or valued.value is None):
        return None
    if open_ is None:
        legs = tuple(_as_it_is(leg) for leg in valued.legs or ())
        value_ends = (valued.value or 0.0, valued.value or 0.0)
        basis = Basis.VALUE
    else:
        legs, value_ends, basis = open_.legs, (open_.value_low, open_.value_high), open_.basis
    ranges = [_range(instrument, leg, betas, exact=beta_exposure is not None) for leg in legs]
    prices = [k for k, leg in enumerate(legs) if leg.money is None or not instrument.written_on]
    shown = [k for k, r in enumerate(ranges) if r[2]] or prices
    moved = [*zip(legs, ranges, strict=True), *_in_currencies(position, legs, ranges, betas, market)]
    low, high = bound_exposure(
        [leg.low for leg, _ in moved],
        [leg.high for leg, _ in moved],
        [r[0] for _, r in moved],
        [r[1] for _, r in moved],
    )
    return PositionBounds(
        asset=instrument.symbol,
        value_low=value_ends[0],
        value_high=value_ends[1],
        exposure_low=sum(legs[k].low for k in prices),
        exposure_high=sum(legs[k].high for k in prices),
        beta_exposure_low=float(low.sum()),
        beta_exposure_high=float(high.sum()),
        measured=beta_exposure is not None,
        value=valued.value or 0.0,
        beta_exposure=beta_exposure or 0.0,
        basis=basis,
        beta_low=min((ranges[k][0] for k in shown), default=0.0),
        beta_high=max((ranges[k][1] for k in shown), default=0.0),
        assumed=any(r[2] for r in ranges),
    )


def _as_it_is(leg: Leg) -> BoundedLeg:
    exposure = leg.delta_exposure
    return BoundedLeg(follows=leg.follows, low=exposure, high=exposure, stand_ins=leg.stand_ins, money=leg.money)


def _in_currencies(
    position: Position, legs: Sequence[BoundedLeg], ranges: "Sequence[_Ends]", betas: Betas, market: Market
) -> "list[tuple[BoundedLeg, _Ends]]":
    """Give the currencies of shares without a beta: what is assumed of a share holds at home, its money moves apart."""
    instrument = position.instrument
    if not instrument.is_owned:
        return []
    money_ranges = []
    symbols = (*(symbol for symbol, _ in instrument.constituents), instrument.symbol)
    for symbol, leg, (_, _, assumed) in zip(symbols, legs, ranges, strict=False):
        own = instrument.currency if symbol == instrument.symbol else market.base
        unit = market.currency_of(symbol) or own
        if assumed and unit != market.base:
            money = replace(leg, follows=market.money_names(unit), stand_ins=(), money=unit)
            money_ranges.append((money, _range(instrument, money, betas, exact=False)))
    return money_ranges


def cover(lines: Sequence[Covered], *, nav: float, beta_exposure: float) -> Coverage:
    """Tell how much of a portfolio was measured, and between which ends its beta lies.

    Parameters
    ----------
    lines
        Every position.
    nav, beta_exposure
        What was measured, base currency.
    """
    missing = tuple(Missing(asset=line.asset, reason=line.reason) for line in lines if line.reason is not None)
    bounds = tuple(line.bounds for line in lines if line.bounds is not None)
    unpriced = sum(line.delta_exposure is None and line.bounds is None for line in lines)
    measured = sum(abs(x.delta_exposure) for x in lines if x.delta_exposure is not None and x.reason is None)
    bounded = measured + sum(b.size for b in bounds)
    share = (measured / bounded if bounded > 0 else 1.0) * (1.0 - unpriced / len(lines) if lines else 1.0)
    ends = (None, None) if unpriced else _worst(bounds, nav, beta_exposure)
    claimed = [x for x in lines if x.stated and x.reason is None and x.delta_exposure is not None]
    stated = sum(abs(x.delta_exposure or 0.0) for x in claimed)
    return Coverage(
        share=share, missing=missing, unpriced=unpriced, bounds=bounds, beta_low=ends[0], beta_high=ends[1],
        stated=share * stated / measured if measured > 0 else 0.0, stated_assets=tuple(x.asset for x in claimed),
    )  # fmt: skip


def _worst(
    bounds: tuple[PositionBounds, ...], nav: float, beta_exposure: float
) -> tuple[float, float] | tuple[None, None]:
    """Give the least and most portfolio beta inside all bounds; none where NAV may not be positive."""
    money = [beta_exposure + sum(b.beta_exposure_low - b.beta_exposure for b in bounds),
             beta_exposure + sum(b.beta_exposure_high - b.beta_exposure for b in bounds)]  # fmt: skip
    worth = [nav + sum(b.value_low - b.value for b in bounds), nav + sum(b.value_high - b.value for b in bounds)]
    if not worth[0] > 0:
        return None, None
    betas = [m / w for m in money for w in worth]
    return min(betas), max(betas)


#: Least and most beta, and whether they are assumed.
_Ends = tuple[float, float, bool]


def _range(instrument: Instrument, leg: BoundedLeg, betas: Betas, *, exact: bool) -> _Ends:
    """Give the ends of a beta, and whether they are assumed; a position in the totals has its error there."""
    estimate = _estimate(leg.follows, leg.stand_ins, betas)
    if estimate is not None and estimate.value is not None:
        reach = 0.0 if exact else normal_quantile(0.5 + LEVEL / 2.0) * (estimate.stderr or 0.0)
        return estimate.value - reach, estimate.value + reach, False
    if leg.money is not None:
        low, high = ASSUMED_BETAS["cash"] if leg.money in CURRENCIES else _ASSUMED_OTHERS
        return low, high, True
    low, high = ASSUMED_BETAS.get(instrument.assumed_as, _ASSUMED_OTHERS)
    ends = sorted((low * float(instrument.leverage), high * float(instrument.leverage)))
    return ends[0], ends[1], True


def _estimate(follows: tuple[str, ...], stand_ins: tuple[str, ...], betas: Betas) -> BetaEstimate | None:
    named = (betas[s] for s in (*follows, *stand_ins) if s in betas)
    return next((e for e in named if e.value is not None), None)
