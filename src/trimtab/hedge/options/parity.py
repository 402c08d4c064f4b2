r"""What a chain of quotes says about its own rate, yield and currency.

Of a European call and put at one strike, C - P = D (F - K): the middles of a chain give discount factor D and forward F
(`trimtab.exposure.pricing.parity`), and with the spot S and time T

    r = -ln(D) / T,    q = r - ln(F / S) / T.

What the chain states itself is kept. Where quotes do not fix D well (few strikes, wide quotes), the rate that the
caller knows is taken, and one pair of quotes is enough for q. American chains obey parity only as an inequality: they
take what is known. The currency is that of an option or a position held in the same underlying, else of its price
column, else the base: strikes of a foreign index are never in the base currency by default.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import exp, log

import numpy as np

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.exposure.pricing.parity import ParityForward, parity_forward
from trimtab.hedge.options.chain import ChainQuote, OptionChain, monthly_expiry
from trimtab.market.daycount import years_between
from trimtab.market.snapshot import Market
from trimtab.model.instrument import Exercise, OptionRight
from trimtab.model.portfolio import Portfolio, Position

__all__ = ["settle_chain"]

#: Standard error of a rate per year beyond which quotes do not say what it is.
_RATE_ERROR = 0.01
#: Rates per year that a chain may say.
_RATES = (-0.05, 0.5)


def settle_chain(
    chain: OptionChain,
    market: Market,
    portfolio: Portfolio,
    *,
    rate: float | None = None,
    dividend_yield: float | None = None,
) -> OptionChain:
    """Give the chain with its currency, rate and yield: stated, of the holding, or what its quotes say.

    Parameters
    ----------
    chain
        As it was read; a rate or yield of None and an empty currency are not stated.
    market, portfolio
        The moment, and what is held.
    rate, dividend_yield
        What else is known, continuously compounded per year; used where neither quotes nor holding say anything.

    Raises
    ------
    InputError
        If the chain expires on the day of the moment or before it.
    """
    if chain.expiry <= market.day:
        raise InputError(
            expected=f"a chain of options that expire after {market.day}",
            found=f"expiry {chain.expiry}",
            try_next=f"give quotes that live longer, such as --option-expiry {monthly_expiry(market.day)}",
        )
    settled = replace(chain, currency=chain.currency or _currency(chain, market, portfolio))
    if chain.rate is not None and chain.dividend_yield is not None:
        return settled
    stated_terms = [p.stated for p in _on(chain, portfolio) if p.instrument.written_on]
    rate = next((s.rate for s in stated_terms if s.rate is not None), rate)
    dividend_yield = next((s.dividend_yield for s in stated_terms if s.dividend_yield is not None), dividend_yield)
    fit = _of_quotes(chain, market, chain.rate if chain.rate is not None else rate)
    if fit is None:
        return replace(
            settled,
            rate=rate if chain.rate is None else chain.rate,
            dividend_yield=dividend_yield if chain.dividend_yield is None else chain.dividend_yield,
        )
    words = f"rate {fit.rate:.2%} and yield {fit.dividend_yield:.2%} from put-call parity of {fit.pairs} strikes"
    if fit.given:
        words = (
            f"yield {fit.dividend_yield:.2%} from put-call parity of {fit.pairs} strikes at a rate of {fit.rate:.2%}"
        )
    return replace(
        settled,
        rate=fit.rate if chain.rate is None else chain.rate,
        dividend_yield=fit.dividend_yield if chain.dividend_yield is None else chain.dividend_yield,
        source=f"{chain.source}, {words}",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What quotes say: rate and yield per year, from how many pairs, and whether the rate was given to them."""

    rate: float
    dividend_yield: float
    pairs: int
    given: bool


def _of_quotes(chain: OptionChain, market: Market, rate_known: float | None) -> _Said | None:
    """Fit parity: rate and yield where quotes fix both, the yield at a known rate, or None where they say nothing."""
    spot, years = market.price(chain.underlying), years_between(market.day, chain.expiry)
    if spot is None or not years > 0 or chain.exercise is not Exercise.EUROPEAN:
        return None
    pairs = _pairs(chain.quotes)
    fit = None if chain.rate is not None else _fit(pairs, None)
    given = fit is None or not _sure(fit, years)
    if given:
        fit = None if rate_known is None else _fit(pairs, exp(-rate_known * years))
    if fit is None or not fit.forward > 0:
        return None
    rate = rate_known if given and rate_known is not None else -log(fit.discount) / years
    q = rate - log(fit.forward / spot.value) / years
    return _Said(rate=rate, dividend_yield=q, pairs=fit.n_pairs, given=given)


def _fit(pairs: np.ndarray, discount: float | None) -> ParityForward | None:
    try:
        return parity_forward(strike=pairs[:, 0], call=pairs[:, 1], put=pairs[:, 2], discount=discount)
    except NotEnoughDataError:
        return None


def _sure(fit: ParityForward, years: float) -> bool:
    """Tell whether a fitted discount factor says what the rate is."""
    rate = -log(fit.discount) / years
    return fit.discount_stderr <= _RATE_ERROR * years * fit.discount and _RATES[0] < rate < _RATES[1]


def _pairs(quotes: Iterable[ChainQuote]) -> np.ndarray:
    """Give strike and the middles of call and put where both are bid and asked, shape (n, 3)."""
    middles = {(q.strike, q.right): float(q.bid + q.ask) / 2.0 for q in quotes if q.bid > 0 and q.ask > 0}
    strikes = sorted({strike for strike, _ in middles})
    rows = [
        (float(k), middles[k, OptionRight.CALL], middles[k, OptionRight.PUT])
        for k in strikes
        if (k, OptionRight.CALL) in middles and (k, OptionRight.PUT) in middles
    ]
    return np.array(rows, dtype=np.float64).reshape(-1, 3)


def _currency(chain: OptionChain, market: Market, portfolio: Portfolio) -> str:
    currencies = (p.instrument.currency for p in _on(chain, portfolio))
    return next(currencies, None) or market.currency_of(chain.underlying) or market.base


def _on(chain: OptionChain, portfolio: Portfolio) -> list[Position]:
    """Give what is held in the chain's underlying: options on it first, then itself."""
    options = [p for p in portfolio.positions if chain.underlying in p.instrument.written_on]
    return [*options, *(p for p in portfolio.positions if p.symbol == chain.underlying)]
