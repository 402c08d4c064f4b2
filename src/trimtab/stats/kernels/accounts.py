"""Value, beta and its error of many accounts at once: each an ordered list of quantities of a few thousand things.

    x      = (((quantity a) b) c) d                       one for each entry of the thing held
    NAV    = sum of the entries that are values
    beta   = sum beta_j x_j / NAV                         over the entries that move with an asset j
    error  = | sum_j x_j scores_j | / NAV, and what is an asset's own error beside

Sums are taken in the order of the positions, as Python's `sum` takes them on the version that runs: plainly up to 3.11,
compensated (Neumaier) from 3.12 on. Value and beta are then those of one account measured by itself, to the last bit.
The error adds the score rows of what is held, a row of all scores at a time; no covariance of assets is built.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trimtab.stats.arrays import Floats
from trimtab.stats.kernels.blocks import spread
from trimtab.stats.kernels.compiling import njit

__all__ = ["VALUE", "AccountSums", "EntryTable", "sum_accounts"]

#: The asset of an entry that is a part of NAV.
VALUE = -1
#: Accounts in a share of the work of one thread.
_GRANULE = 1024
#: Whether this Python sums floats with what was rounded off.
_COMPENSATED = sum([1e16, 1.0, -1e16]) == 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryTable:
    """What one unit of each thing is worth and moves with.

    Parameters
    ----------
    starts
        First entry of each thing, and one past the last, shape (n_things + 1,).
    factors
        Of each entry, shape (n_entries, 4); 1 where there is none.
    assets
        What each entry moves with, a row of `betas`; `VALUE` for a part of NAV. Shape (n_entries,).
    betas
        Shape (n_assets,).
    scores
        Error scores by asset, shape (n_assets, n_scores), in rows.
    own_variance
        Error variance that no other asset shares, shape (n_assets,).
    """

    starts: NDArray[np.int64]
    factors: Floats
    assets: NDArray[np.int64]
    betas: Floats
    scores: Floats
    own_variance: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSums:
    """Sums of each account, shape (n_accounts,).

    Parameters
    ----------
    nav
        Net asset value.
    beta_exposure
        Money that moves with the benchmark.
    beta_error
        Standard error of `beta_exposure`, in money.
    """

    nav: Floats
    beta_exposure: Floats
    beta_error: Floats


def sum_accounts(
    starts: NDArray[np.int64],
    things: NDArray[np.int64],
    quantities: Floats,
    table: EntryTable,
    *,
    threads: int | None = 1,
) -> AccountSums:
    """Sum up every account.

    Parameters
    ----------
    starts
        First position of each account, and one past the last, shape (n_accounts + 1,).
    things, quantities
        What each position holds, a row of `table`, and how much; shape (n_positions,).
    table
        What one unit of each is.
    threads
        How many threads share the accounts; None takes numba's number. The numbers do not depend on it.

    Examples
    --------
    Of two accounts the first holds 10 and -4 of two things worth 2 and 5, which both move with one asset of beta 1.5:

    >>> import numpy as np
    >>> table = EntryTable(
    ...     starts=np.array([0, 2, 4]),
    ...     factors=np.array([[2.0, 1, 1, 1]] * 2 + [[5.0, 1, 1, 1]] * 2),
    ...     assets=np.array([VALUE, 0, VALUE, 0]),
    ...     betas=np.array([1.5]),
    ...     scores=np.array([[0.3, 0.4]]),
    ...     own_variance=np.zeros(1),
    ... )
    >>> starts, quantities = np.array([0, 2, 3]), np.array([10.0, -4.0, 1.0])
    >>> sums = sum_accounts(starts, np.array([0, 1, 1]), quantities, table)
    >>> sums.nav.tolist(), sums.beta_exposure.tolist(), sums.beta_error.tolist()
    ([0.0, 5.0], [0.0, 7.5], [0.0, 2.5])
    """
    out = np.zeros((3, len(starts) - 1))

    def work(first: int, last: int) -> None:
        _sum(
            starts[first : last + 1], things, quantities, table.starts, table.factors, table.assets, table.betas,
            table.scores, table.own_variance, _COMPENSATED, out[:, first:last],
        )  # fmt: skip

    spread(work, len(starts) - 1, granule=_GRANULE, threads=threads)
    return AccountSums(nav=out[0], beta_exposure=out[1], beta_error=out[2])


@njit(nogil=True, cache=True)
def _sum(starts, things, quantities, entries, factors, assets, betas, scores, own, compensated, out):  # type: ignore[no-untyped-def] # pragma: no cover # noqa: ANN001, ANN202
    exposures, seen = np.zeros(betas.size), np.full(betas.size, -1, np.int64)
    used, shared = np.empty(betas.size, np.int64), np.empty(scores.shape[1])
    for account in range(starts.size - 1):
        nav, nav_lost, money, money_lost, n_used = 0.0, 0.0, 0.0, 0.0, 0
        for position in range(starts[account], starts[account + 1]):
            quantity, thing, moved = quantities[position], things[position], 0.0
            if quantity == 0.0:
                continue
            for entry in range(entries[thing], entries[thing + 1]):
                f = factors[entry]
                x = quantity * f[0] * f[1] * f[2] * f[3]
                asset = assets[entry]
                if asset < 0:
                    nav, nav_lost = _add(nav, nav_lost, x)
                    continue
                moved += betas[asset] * x
                if seen[asset] != account:
                    seen[asset], exposures[asset], used[n_used] = account, 0.0, asset
                    n_used += 1
                exposures[asset] += x
            money, money_lost = _add(money, money_lost, moved)
        shared[:] = 0.0
        variance = 0.0
        for k in range(n_used):
            asset = used[k]
            x = exposures[asset]
            variance += own[asset] * x * x
            row = scores[asset]
            for s in range(shared.size):
                shared[s] += x * row[s]
        for s in range(shared.size):
            variance += shared[s] * shared[s]
        out[0, account] = nav + nav_lost if compensated else nav
        out[1, account] = money + money_lost if compensated else money
        out[2, account] = np.sqrt(variance)


@njit(nogil=True, cache=True, inline="always")
def _add(total, lost, x):  # type: ignore[no-untyped-def] # pragma: no cover # noqa: ANN001, ANN202
    """Add, and keep what rounding lost (Neumaier 1974)."""
    added = total + x
    if abs(total) >= abs(x):
        return added, lost + ((total - added) + x)
    return added, lost + ((x - added) + total)
