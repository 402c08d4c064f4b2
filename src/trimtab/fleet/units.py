"""Everything that accounts hold, valued once per unit: what a million positions are then multiplied with.

What is not in proportion to its quantity (an inverse contract with its entry), has no price or no beta, or leaves
something open, stands apart: an account that holds it is measured by itself, by `expose`, so that its coverage, its
bounds and its verdict come from the same code as ever.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from trimtab.beta.estimate import Betas
from trimtab.exposure.expose import find_beta
from trimtab.exposure.kinds.of import by_kind
from trimtab.exposure.kinds.per_unit import MOST_FACTORS
from trimtab.exposure.value import value_position
from trimtab.market.snapshot import Market
from trimtab.model.portfolio import Position
from trimtab.stats.kernels.accounts import VALUE, EntryTable

__all__ = ["Units", "value_units"]

#: Factors of an entry, and the row of the beta it moves with; `VALUE` for a part of NAV.
_Entry = tuple[tuple[float, ...], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """One unit of each thing that accounts hold.

    Parameters
    ----------
    positions
        Each as its account would hold it, of one unit.
    market, betas
        The moment that they are valued in.
    table
        What each is worth and moves with; nothing where it stands apart.
    apart
        Whether accounts with it are measured one by one, shape (n_units,).
    base_cash
        Whether it is money in the base currency, shape (n_units,).
    """

    positions: tuple[Position, ...]
    market: Market
    betas: Betas
    table: EntryTable
    apart: NDArray[np.bool_]
    base_cash: NDArray[np.bool_]


def value_units(positions: tuple[Position, ...], market: Market, betas: Betas) -> Units:
    """Value one unit of each.

    Parameters
    ----------
    positions
        What is held, each once; quantities do not matter.
    market, betas
        The moment.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> prices = tt.read_prices(sample.prices_path())
    >>> betas = tt.estimate_betas(prices, benchmark="SPX")
    >>> units = value_units(tt.portfolio("1 AAPL, 1 USD").positions, tt.market_at(prices, base="USD"), betas)
    >>> units.apart.tolist(), units.base_cash.tolist()
    ([False, False], [False, True])
    """
    ones = tuple(replace(p, quantity=Decimal(1), lots=()) for p in positions)
    entries = [_entries(position, market, betas) for position in ones]
    flat = [entry for one in entries for entry in one or ()]
    factors = np.ones((len(flat), MOST_FACTORS))
    for row, (numbers, _) in enumerate(flat):
        factors[row, : len(numbers)] = numbers
    values = betas.values()
    return Units(
        positions=ones,
        market=market,
        betas=betas,
        table=EntryTable(
            starts=np.cumsum([0, *(len(one or ()) for one in entries)], dtype=np.int64),
            factors=factors,
            assets=np.array([asset for _, asset in flat], dtype=np.int64),
            betas=np.where(np.isfinite(values), values, 0.0),
            scores=np.ascontiguousarray(betas.scores.T),
            own_variance=np.ascontiguousarray(betas.own_variance),
        ),
        apart=np.array([one is None for one in entries], dtype=np.bool_),
        base_cash=np.array(
            [p.instrument.is_money and p.instrument.currency == market.base for p in ones], dtype=np.bool_
        ),
    )


def _entries(position: Position, market: Market, betas: Betas) -> tuple[_Entry, ...] | None:
    """Give what one unit is worth and moves with; None where it stands apart."""
    valued = value_position(position, market)
    if valued.reason is not None or valued.bounds is not None or valued.legs is None or valued.value is None:
        return None
    factors = by_kind(position).per_unit(valued)
    estimates = [find_beta(leg.follows, leg.stand_ins, betas)[0] for leg in valued.legs]
    assets = [betas.row(e.asset) for e in estimates if e is not None]
    # Two legs that move with the same thing are added up before its beta: a different rounding.
    if factors is None or len(assets) < len(valued.legs) or len(set(assets)) < len(assets):
        return None
    return ((factors.value, VALUE), *_legs(factors.legs, assets))


def _legs(legs: tuple[tuple[float, ...], ...], assets: list[int]) -> Iterator[_Entry]:
    yield from zip(legs, assets, strict=True)
