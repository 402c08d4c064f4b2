"""Many accounts measured: positions in arrays, one row of numbers for each account."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trimtab.exposure.expose import LEVEL
from trimtab.exposure.measured import MeasuredBook, measure_book
from trimtab.fleet.units import Units
from trimtab.model.decimals import exact
from trimtab.model.portfolio import Portfolio
from trimtab.stats.arrays import Floats
from trimtab.stats.kernels.accounts import sum_accounts
from trimtab.stats.normal import normal_quantile

__all__ = ["AccountBooks", "AccountNumbers", "measure_accounts", "measure_alone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountBooks:
    """What many accounts hold.

    Parameters
    ----------
    names
        Of the accounts.
    starts
        First position of each, and one past the last, shape (n_accounts + 1,).
    units
        What each position holds, a row of `Units`, shape (n_positions,).
    quantities
        Signed, shape (n_positions,); finite.
    """

    names: tuple[str, ...]
    starts: NDArray[np.int64]
    units: NDArray[np.int64]
    quantities: Floats

    def each(self, of_positions: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Tell of each account whether something holds of any position that is not zero, shape (n_accounts,)."""
        counted = np.concatenate([[0], np.cumsum(of_positions & (self.quantities != 0.0))])
        return counted[self.starts[1:]] > counted[self.starts[:-1]]

    def portfolio(self, row: int, units: Units) -> Portfolio:
        """Give one account as a portfolio."""
        part = slice(self.starts[row], self.starts[row + 1])
        positions = (
            replace(units.positions[unit], quantity=exact(quantity))
            for unit, quantity in zip(self.units[part].tolist(), self.quantities[part].tolist(), strict=True)
        )
        return Portfolio(positions=tuple(positions), base=units.market.base, name=self.names[row])


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountNumbers:
    """Numbers of each account, shape (n_accounts,); NaN where an account is measured by itself, or NAV is not positive.

    Parameters
    ----------
    nav
        Net asset value, base currency.
    beta, stderr, low, high
        Portfolio beta on NAV, its standard error and its 95% interval.
    beta_exposure
        Money that moves with the benchmark, base currency.
    cash
        Base cash, base currency.
    apart
        Whether an account is measured by itself: it holds what stands apart, or its NAV is not positive.
    """

    nav: Floats
    beta: Floats
    stderr: Floats
    low: Floats
    high: Floats
    beta_exposure: Floats
    cash: Floats
    apart: NDArray[np.bool_]


def measure_accounts(books: AccountBooks, units: Units, *, threads: int | None = 1) -> AccountNumbers:
    """Measure every account that is in proportion to its quantities: as `expose` would, each by itself.

    Value and beta are the same to the last bit, the error to 1e-12 of itself.

    Parameters
    ----------
    books
        What they hold.
    units
        What one unit of each thing is.
    threads
        How many share the work; the numbers do not depend on it.

    Examples
    --------
    >>> import numpy as np
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> from trimtab.fleet.units import value_units
    >>> prices = tt.read_prices(sample.prices_path())
    >>> betas = tt.estimate_betas(prices, benchmark="SPX")
    >>> market = tt.market_at(prices, base="USD")
    >>> units = value_units(tt.portfolio("1 AAPL, 1 USD").positions, market, betas)
    >>> books = AccountBooks(
    ...     names=("K1",), starts=np.array([0, 2]), units=np.array([0, 1]), quantities=np.array([100.0, 5000.0])
    ... )
    >>> measured = measure_accounts(books, units)
    >>> alone = tt.expose(tt.portfolio("100 AAPL, 5000 USD"), market, betas)
    >>> float(measured.beta[0]) == alone.beta.value
    True
    """
    sums = sum_accounts(books.starts, books.units, books.quantities, units.table, threads=threads)
    apart = books.each(units.apart[books.units]) | ~(sums.nav > 0.0)
    nav = np.where(apart, np.nan, sums.nav)
    beta, stderr = sums.beta_exposure / nav, sums.beta_error / nav
    reach = normal_quantile(0.5 + LEVEL / 2.0) * stderr
    return AccountNumbers(
        nav=nav,
        beta=beta,
        stderr=stderr,
        low=beta - reach,
        high=beta + reach,
        beta_exposure=np.where(apart, np.nan, sums.beta_exposure),
        cash=_base_cash(books, units),
        apart=apart,
    )


def measure_alone(books: AccountBooks, row: int, units: Units) -> MeasuredBook:
    """Measure one account by itself.

    Raises
    ------
    NotEnoughDataError
        If its NAV is not positive.
    """
    return measure_book(books.portfolio(row, units), units.market, units.betas)


def _base_cash(books: AccountBooks, units: Units) -> Floats:
    """Give the base cash that purchases may take: what is there, none if it is borrowed."""
    money = np.where(units.base_cash[books.units], books.quantities, 0.0)
    owner = np.repeat(np.arange(len(books.names)), np.diff(books.starts))
    # in the order of the positions, plainly
    return np.maximum(0.0, np.bincount(owner, weights=money, minlength=len(books.names)))
