r"""Currencies: how much is held in each, and their share of the book's risk and beta.

Equations, with e_c exposure / NAV in currency c and f_c its return against base
    currency part of return  = sum_c e_c f_c
    share of variance of c   = cov(e_c f_c, r) / var(r)           r: the book's return in base currency
    beta of c's part         = e_c cov(f_c, m) / var(m)
Conventions
    Shares add up with that of the rest to one. A negative share means that the currency offset other risk. Sample
    moments over rows in which everything is known.
Source
    Any book on risk budgeting; component shares as in Litterman (1996), "Hot spots and hedges".
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.risk.series import complete_rows, one_each

__all__ = ["CurrencyRisk", "currency_risk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencyRisk:
    """Currencies of a book.

    Parameters
    ----------
    currencies
        Without the base currency.
    exposures
        Share of NAV in each, signed.
    variance_shares
        Share of the book's variance that comes from each.
    betas
        Part of the book's beta that comes from each.
    total_share, total_beta
        Over all currencies.
    n_obs
        Rows used.
    """

    currencies: tuple[str, ...]
    exposures: tuple[float, ...]
    variance_shares: tuple[float, ...]
    betas: tuple[float, ...]
    total_share: float
    total_beta: float
    n_obs: int


def currency_risk(
    *,
    currencies: Sequence[str],
    exposures: ArrayLike,
    currency_returns: ArrayLike,
    book: ArrayLike,
    market: ArrayLike,
) -> CurrencyRisk:
    """Take the part of currencies out of a book's risk.

    Parameters
    ----------
    currencies
        Codes other than base.
    exposures
        Money in each / NAV, signed, shape (n_currencies,).
    currency_returns
        Of each against base, shape (n_periods, n_currencies).
    book, market
        Returns of today's book and of the benchmark in base currency, shape (n_periods,).

    Examples
    --------
    A book that is all in one foreign currency's cash has all its risk from there:

    >>> euro = 0.01 * np.sin(np.arange(40.0))
    >>> risk = currency_risk(
    ...     currencies=["EUR"],
    ...     exposures=[1.0],
    ...     currency_returns=euro[:, None],
    ...     book=euro,
    ...     market=np.cos(np.arange(40.0)),
    ... )
    >>> round(risk.total_share, 12)
    1.0
    """
    n = len(currencies)
    if np.shape(currency_returns)[1:] != (n,):
        raise InputError(
            expected=f"returns of {n} currencies",
            found=f"shape {np.shape(currency_returns)}",
            try_next="give one column per currency",
        )
    (exposure,) = one_each(n, exposures=exposures)
    fx, r, m = complete_rows(20, currency_returns=currency_returns, book=book, market=market)
    r_dev, m_dev = r - r.mean(), m - m.mean()
    variance, spread = float(r_dev @ r_dev), float(m_dev @ m_dev)
    if not (variance > 0 and spread > 0):
        raise NotEnoughDataError(
            expected="a book and a benchmark that move", found="a constant one", try_next="check the prices"
        )
    shares = exposure * (fx.T @ r_dev) / variance
    betas = exposure * (fx.T @ m_dev) / spread
    return CurrencyRisk(
        currencies=tuple(currencies),
        exposures=tuple(exposure.tolist()),
        variance_shares=tuple(shares.tolist()),
        betas=tuple(betas.tolist()),
        total_share=float(shares.sum()),
        total_beta=float(betas.sum()),
        n_obs=len(r),
    )
