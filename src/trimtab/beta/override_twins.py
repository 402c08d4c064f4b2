r"""The other series of an asset whose beta a user states: its price in another currency, which positions may follow.

Equation, with the stated beta b of A (price in the base currency) and the beta f of the currency C:
    beta of "A in C" = b - f,    because the base price moves by (1 + b_C x)(1 + f x) - 1
A future is never converted: its stated beta is that of its own price in the contract's currency, "A in C" itself. Where
a column states no currency, A and "A in C" are one series, and have one beta.
    A root states the beta of all its contracts: FESX that of FESXZ6, though that month has prices of its own. A month
that is stated itself keeps what is stated of it. Where a root may be a share's ticker as well (ES) and nobody says
which it is, its contracts keep their own betas, and that is said.
Errors
    The stated error is one error, shared by A and all that follows from it; that of f comes on top.
"""

from collections.abc import Collection
from typing import NamedTuple

import numpy as np

from trimtab.beta.estimate import BetaEstimate, Betas
from trimtab.errors import InputError
from trimtab.market.asset_facts import AssetKind, origin_of
from trimtab.market.daycount import date_of
from trimtab.model.currencies import CURRENCIES
from trimtab.model.names.futures import read_future
from trimtab.stats.arrays import Floats

__all__ = ["Twin", "is_twin", "root_in_doubt", "twins_of"]


class Twin(NamedTuple):
    """A series that follows from a stated beta."""

    name: str
    rate: str | None
    """The currency whose beta comes off; None where the stated beta is that of the series itself."""

    def value(self, stated: float, betas: Betas) -> float:
        """Give its beta."""
        return stated if self.rate is None else stated - (betas[self.rate].value or 0.0)

    def scores(self, betas: Betas) -> Floats:
        """Give what it takes over of the rate's errors, shape (n_scores,)."""
        return np.zeros(len(betas.scores)) if self.rate is None else -betas.scores[:, betas.row(self.rate)]

    def own_variance(self, betas: Betas) -> float:
        """Give the variance of the rate that no other asset shares."""
        return 0.0 if self.rate is None else float(betas.own_variance[betas.row(self.rate)])


def is_twin(asset: str, betas: Betas) -> bool:
    """Tell whether a name is that of an asset in another currency, as betas have it."""
    return origin_of(asset, betas.outside) != asset


def twins_of(asset: str, betas: Betas, stated: Collection[str] = ()) -> tuple[Twin, ...]:
    """Give the series that follow from the stated beta of an asset, held or yet to be added.

    Parameters
    ----------
    asset
        Whose beta is stated.
    betas
        As estimated.
    stated
        All whose betas are stated: a contract among them does not follow its root.

    Raises
    ------
    InputError
        If the beta of the currency between the two was not measured.
    """
    if is_twin(asset, betas) or asset in _money(betas):
        return ()
    names = [name for name in betas.assets if name != asset and origin_of(name, betas.outside) == asset]
    if asset not in betas:
        # It may be followed in any currency that positions are in; prices of its own it has none.
        names += [f"{asset} in {currency}" for currency in dict.fromkeys(_money(betas).values())]
    months = _months(asset, betas) if _is_root(asset, betas) else ()
    future = bool(months) or betas.facts.kind(asset) is AssetKind.FUTURE
    reached = set(months) - set(stated)
    names += [name for name in betas.assets if origin_of(name, betas.outside) in reached]
    return tuple(
        Twin(name, None if future or _same(asset, name, betas) else _rate(asset, name, betas))
        for name in names
        if name not in stated
    )


def root_in_doubt(asset: str, betas: Betas) -> tuple[str, ...]:
    """Name the contracts that an asset is the root of, where it may be a share's ticker as well."""
    return () if _is_root(asset, betas) else _months(asset, betas)


def _is_root(asset: str, betas: Betas) -> bool:
    """Tell whether a name is certainly that of a family of futures: stated as one, or without prices of its own."""
    return asset not in betas or betas.facts.kind(asset) is AssetKind.FUTURE


def _months(root: str, betas: Betas) -> tuple[str, ...]:
    """Name the contracts of a family among the assets: known as futures, and named root, month and year."""
    if betas.facts.kind(root) not in {None, AssetKind.FUTURE}:
        return ()
    day, roots = date_of(betas.as_of), frozenset({root})
    futures = (a for a in betas.assets if a != root and betas.facts.kind(a) is AssetKind.FUTURE)
    return tuple(a for a in futures if (name := read_future(a, roots=roots, as_of=day)) and name.root == root)


def _money(betas: Betas) -> dict[str, str]:
    """Give the rates among the series, and the currency of each."""
    rates = ((name, origin_of(name, betas.outside)) for name in betas.outside)
    return {name: code for name, code in sorted(rates) if code in CURRENCIES}


def _same(asset: str, name: str, betas: Betas) -> bool:
    """Tell whether two names have one series: the column states no currency."""
    if asset not in betas or name not in betas:
        return False
    one, other = _numbers(betas[asset]), _numbers(betas[name])
    return one is not None and other is not None and bool(np.allclose(one, other, rtol=1e-12, atol=1e-14))


def _numbers(estimate: BetaEstimate) -> tuple[float, float] | None:
    return None if estimate.value is None else (estimate.value, estimate.stderr or 0.0)


def _rate(asset: str, name: str, betas: Betas) -> str:
    currency = name.rpartition(" in ")[2]
    for rate, code in _money(betas).items():
        if code == currency and betas[rate].value is not None:
            return rate
    raise InputError(
        expected=f"the beta of {currency}, to tell that of {name} from the one stated of {asset}",
        found=f"none among the betas, and positions may follow {name}",
        try_next=f"state the beta of {name!r} itself",
    )
