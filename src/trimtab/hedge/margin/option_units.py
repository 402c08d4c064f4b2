r"""Model values of many options at many prices of what they are on, in one pass.

European, and American no less than exercise: max(V(S - PV, vol), exercise). Without a volatility exercise is left.
"""

from collections.abc import Sequence

import numpy as np

from trimtab.exposure.options.model import OptionTerms
from trimtab.exposure.pricing.reprice import Kind
from trimtab.exposure.pricing.reprice_kernel import reprice_many
from trimtab.stats.arrays import Floats

__all__ = ["option_units"]


def option_units(terms: Sequence[OptionTerms | None], vols: Sequence[Floats | float | None], spots: Floats) -> Floats:
    """Give the model value of one unit of each, money of the strike's currency, shape (n_options, n_moves).

    Parameters
    ----------
    terms
        Each option with all but its volatility; None has no model, and is worth nothing here.
    vols
        Volatility of each, one or one for each move; None leaves exercise.
    spots
        Prices of what they are on, shape (n_options, n_moves).
    """
    units = np.zeros(spots.shape)
    modelled = [i for i, (one, vol) in enumerate(zip(terms, vols, strict=True)) if one is not None and vol is not None]
    for i, one in enumerate(terms):
        if one is not None and vols[i] is None:
            units[i] = np.maximum(one.right * (spots[i] - one.strike), 0.0)
    if modelled:
        vol = np.stack([np.broadcast_to(np.asarray(vols[i], dtype=np.float64), spots.shape[1:]) for i in modelled])
        with_model = [one for i in modelled if (one := terms[i]) is not None]
        units[modelled] = _values(with_model, vol, spots[modelled])
    return units


def _values(terms: Sequence[OptionTerms], vol: Floats, spots: Floats) -> Floats:
    """Value options that have a model and a volatility."""
    table = np.array(
        [
            (t.right, t.strike, t.carry.rate, t.carry.dividend_yield, t.years, t.carry.escrow, t.in_coin, t.american)
            for t in terms
        ],
        dtype=np.float64,
    )
    right, strike, rate, carry, years, escrow, in_coin, american = table.T
    # Dividends that are taken off stay what they are, whatever the price does.
    left = np.where(in_coin[:, None] > 0.0, spots, np.maximum(spots - escrow[:, None], 0.0))
    kind = np.where(in_coin > 0.0, float(Kind.COIN), float(Kind.EUROPEAN))
    times = np.broadcast_to(years[:, None], spots.shape)
    value, _ = reprice_many(kind, (right, strike, rate, carry), left, vol, times)
    value = np.where(in_coin[:, None] > 0.0, value * spots, value)
    early = (american[:, None] > 0.0) & (in_coin[:, None] == 0.0)
    units: Floats = np.where(early, np.maximum(value, right[:, None] * (spots - strike[:, None])), value)
    return units
