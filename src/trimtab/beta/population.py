"""Who belongs to a shrinkage prior: the rule, in one place.

A prior is a statement about a population, and an asset may be drawn towards it only if it was taken from there.

    drawn, and counted         shares, funds and coins that promise no multiple
    drawn, not counted         funds that promise a multiple m: their prior is m times the population's, mean, spread;
                               an asset that stands there a second time, in another currency
    neither                    the benchmark and its copies (residual volatility under a tenth of the benchmark's, by
                               whatever name), futures, exchange rates and money, interest rates
    season                     a prior is estimated from assets with a year of returns, four fifths of the last year's
                               and one in the last week, where there are `SEASONED` of them; else from all that count
    too few                    with fewer than `LEAST` of those the prior is stated (mean 1) and results say so

Kinds come from what is known of an asset (`AssetFacts`: holdings, fund and contract tables); else from its name, for
currency pairs, rates and continuous futures; else from its returns, for copies. So a book gives the same betas whether
its exchange rates came in a file of their own or as columns among the prices.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trimtab.market.asset_facts import AssetFacts, AssetKind, origin_of
from trimtab.model.currencies import CURRENCIES
from trimtab.stats.arrays import Floats

__all__ = ["COPY", "LEAST", "SEASONED", "Population", "are_copies", "population_of"]

#: Fewest counted assets from which a prior is estimated, where they have a year's history and where they have less.
SEASONED, LEAST = 3, 10
#: Residual volatility over the benchmark's below which an asset counts as a copy of it.
COPY = 0.10
_APART = frozenset({AssetKind.FUTURE, AssetKind.CURRENCY, AssetKind.RATE})


class Population(NamedTuple):
    """What each asset is to a prior, before returns are looked at; arrays of shape (n_assets,)."""

    drawn: NDArray[np.bool_]
    """May be drawn towards the prior."""
    counted: NDArray[np.bool_]
    """Counts in the prior."""
    multiple: Floats
    """What the prior is multiplied by; 1 for most."""


def population_of(
    symbols: tuple[str, ...], benchmark: str, facts: AssetFacts, outside: frozenset[str] = frozenset()
) -> Population:
    """Apply the rule to names and facts; copies of the benchmark are told by `are_copies`.

    Parameters
    ----------
    symbols, benchmark
        Names.
    facts
        What is known of them.
    outside
        Those that are another asset in another currency: drawn as it is, and not counted a second time.

    Examples
    --------
    >>> facts = AssetFacts(kinds=(("ES", AssetKind.FUTURE),), multiples=(("SSO", 2.0),))
    >>> split = population_of(("AAPL", "EURUSD", "ES", "SSO", "SPX"), "SPX", facts)
    >>> split.drawn.tolist(), split.counted.tolist(), split.multiple.tolist()
    ([True, False, False, True, False], [True, False, False, False, False], [1.0, 1.0, 1.0, 2.0, 1.0])
    """
    multiples = dict(facts.multiples)
    # An asset in another currency is what it is in its own: "SX5E in EUR" is SX5E.
    origins = [origin_of(s, outside) for s in symbols]
    kinds = facts.kinds_of(symbols, outside)
    money = [s in outside and s in CURRENCIES for s in symbols]
    drawn = np.array(
        [o != benchmark and not m and k not in _APART for o, m, k in zip(origins, money, kinds, strict=True)],
        dtype=bool,
    )
    multiple = np.array([multiples.get(o, 1.0) for o in origins])
    own = np.array([s not in outside for s in symbols], dtype=bool)
    return Population(drawn=drawn, counted=drawn & own & (multiple == 1.0), multiple=multiple)


def are_copies(stderr: Floats, n_eff: Floats) -> NDArray[np.bool_]:
    """Tell which assets are copies of the benchmark, from errors of their slopes and effective numbers of pairs.

    A line's error is s_e / (s_m sqrt(n)): times sqrt(n) it is the residual volatility over the benchmark's.

    Examples
    --------
    >>> are_copies(np.array([0.003, 0.08]), np.array([250.0, 250.0])).tolist()
    [True, False]
    """
    copies: NDArray[np.bool_] = np.nan_to_num(stderr) * np.sqrt(n_eff) < COPY
    return copies
