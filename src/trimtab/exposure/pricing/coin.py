r"""Crypto contracts: inverse, quanto and linear futures and perpetuals, coin-premium options, funding.

Signed contract counts throughout: long is positive. `coin` means the currency a contract is margined and settled in.

    inverse   P/L in coin = N m (1/entry - 1/exit),  m in money (1 USD): exposure to the coin is N m / S coins
    quanto    P/L in coin = N m (exit - entry),      m in coin per 1 of the quoted price (1e-6 BTC)
    linear    P/L in money = N m (exit - entry),     m in units of the underlying
    option    value in coin = Black value of the forward / F; its net transaction delta is the Black-Scholes delta
              less that value, because the premium itself is coin (Deribit, Inverse options and Portfolio margin pages)

Sign of the inverse delta: a long contract is long coins. Coin delta of the whole account = equity in coin + N m / S;
a short of N m = S x equity therefore leaves its money value fixed at every price.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from trimtab.exposure.pricing.black import european_further_greeks, european_greeks
from trimtab.exposure.pricing.inputs import broadcast_terms
from trimtab.stats.arrays import Floats

__all__ = [
    "CoinOption",
    "coin_option",
    "funding_payment",
    "funding_rate",
    "inverse_coin_delta",
    "inverse_pnl",
    "linear_pnl",
    "quanto_deltas",
    "quanto_pnl",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoinOption:
    """One unit (1 coin of underlying) of a long coin-premium option.

    Parameters
    ----------
    value
        Coin.
    delta
        Black-Scholes delta: change of the money value per 1 of the forward, 0 to 1 for a call.
    net_delta
        Net transaction delta, in coin: delta less value. What must be shorted so that equity counted in coin does not
        move; add the equity in coin to get the exposure of equity counted in money.
    gamma
        Change of `delta` per 1 of the forward.
    vega
        Coin per 1.00 of volatility.
    theta
        Coin per year of passing time.
    """

    value: Floats
    delta: Floats
    net_delta: Floats
    gamma: Floats
    vega: Floats
    theta: Floats


def coin_option(
    *, right: ArrayLike, forward: ArrayLike, strike: ArrayLike, vol: ArrayLike, time: ArrayLike
) -> CoinOption:
    """Value and deltas of European options quoted and paid in coin.

    No rate enters: the forward carries it, and the premium is not discounted (Deribit's convention).

    Parameters
    ----------
    right
        +1 for a call, -1 for a put.
    forward, strike
        Money per coin; the forward of the option's own expiry.
    vol, time
        Per square-root year, and years.

    Examples
    --------
    >>> o = coin_option(right=1, forward=60_000, strike=60_000, vol=0.7, time=0.25)
    >>> [round(float(x), 6) for x in (o.delta, o.value, o.net_delta)]
    [0.56946, 0.13892, 0.43054]
    """
    greeks = european_greeks(right=right, spot=forward, strike=strike, vol=vol, time=time)
    further = european_further_greeks(right=right, spot=forward, strike=strike, vol=vol, time=time)
    f = np.broadcast_to(np.asarray(forward, dtype=np.float64), greeks.value.shape)
    per_coin = np.divide(1.0, f, out=np.full(f.shape, np.nan), where=f > 0.0)
    value = greeks.value * per_coin
    return CoinOption(
        value=value,
        delta=further.delta_forward,
        net_delta=further.delta_forward - value,
        gamma=greeks.gamma,
        vega=greeks.vega * per_coin,
        theta=greeks.theta * per_coin,
    )


def inverse_pnl(*, contracts: ArrayLike, multiplier: ArrayLike, entry: ArrayLike, exit_price: ArrayLike) -> Floats:
    """Profit in coin of an inverse contract.

    Parameters
    ----------
    contracts
        Signed count.
    multiplier
        Money per contract (1 USD, 10 USD, 100 USD).
    entry, exit_price
        Money per coin.

    Examples
    --------
    >>> round(float(inverse_pnl(contracts=100_000, multiplier=1, entry=10_000, exit_price=10_500)), 5)
    0.47619
    """
    n, m, a, b = broadcast_terms(contracts, multiplier, entry, exit_price)
    # one quotient instead of two: no cancellation between two nearly equal inverses
    return np.asarray(n * m * (b - a) / (a * b))


def inverse_coin_delta(*, contracts: ArrayLike, multiplier: ArrayLike, price: ArrayLike) -> Floats:
    """Coins that an inverse position is long: N m / S, negative when short.

    Equity in coin plus this is the change of the account's money value per 1 of price.

    Examples
    --------
    Two coins and a short of 16,000 one-dollar contracts at 8,000: nothing is left exposed.

    >>> 2.0 + float(inverse_coin_delta(contracts=-16_000, multiplier=1, price=8_000))
    0.0
    """
    n, m, s = broadcast_terms(contracts, multiplier, price)
    return np.asarray(n * m / s)


def quanto_pnl(*, contracts: ArrayLike, multiplier: ArrayLike, entry: ArrayLike, exit_price: ArrayLike) -> Floats:
    """Profit in coin of a quanto contract; times the coin's price at exit it is money.

    Parameters
    ----------
    contracts
        Signed count.
    multiplier
        Coin per contract and per 1 of the quoted price (1e-6 BTC for ETHUSD).
    entry, exit_price
        The quoted price, in money per unit of the underlying.

    Examples
    --------
    >>> round(float(quanto_pnl(contracts=-100_000, multiplier=1e-6, entry=500, exit_price=750)), 9)
    -25.0
    """
    n, m, a, b = broadcast_terms(contracts, multiplier, entry, exit_price)
    return np.asarray(n * m * (b - a))


def quanto_deltas(
    *, contracts: ArrayLike, multiplier: ArrayLike, entry: ArrayLike, price: ArrayLike, coin_price: ArrayLike
) -> tuple[Floats, Floats]:
    """Money deltas of a quanto position: per 1 of the quoted price, and per 1 of the coin's price.

    Returns
    -------
    underlying_delta
        N m C: units of the underlying held in effect; it moves with the coin's price C.
    coin_delta
        N m (price - entry): the profit so far, which is coin. Their cross derivative is N m.

    Examples
    --------
    >>> deltas = quanto_deltas(contracts=-100_000, multiplier=1e-6, entry=500, price=500, coin_price=10_000)
    >>> [round(float(d), 9) for d in deltas]
    [-1000.0, -0.0]
    """
    n, m, a, s, c = broadcast_terms(contracts, multiplier, entry, price, coin_price)
    return np.asarray(n * m * c), np.asarray(n * m * (s - a))


def linear_pnl(*, contracts: ArrayLike, multiplier: ArrayLike, entry: ArrayLike, exit_price: ArrayLike) -> Floats:
    """Profit in money of a linear contract: N m (exit - entry), m in units of the underlying.

    Examples
    --------
    >>> float(linear_pnl(contracts=-2, multiplier=50, entry=6_000, exit_price=5_900))
    10000.0
    """
    n, m, a, b = broadcast_terms(contracts, multiplier, entry, exit_price)
    return np.asarray(n * m * (b - a))


def funding_rate(premium: ArrayLike, *, damper: float = 0.00025, cap: float | None = None) -> Floats:
    """Funding rate of one interval from the premium (mark - index) / index; positive = longs pay shorts.

    max(damper, p) + min(-damper, p): zero inside the damper, and the excess over it outside (Deribit's formula).

    Parameters
    ----------
    premium
        Fraction, .001 = .1%.
    damper
        Half width of the band in which nothing is paid; .00025 at Deribit, others differ.
    cap
        Largest absolute rate, when the venue has one.

    Examples
    --------
    >>> funding_rate([0.001, 0.0002, -0.001]).round(8).tolist()
    [0.00075, 0.0, -0.00075]
    """
    p = np.asarray(premium, dtype=np.float64)
    rate = np.maximum(damper, p) + np.minimum(-damper, p)
    return np.asarray(rate if cap is None else np.clip(rate, -cap, cap))


def funding_payment(
    *, exposure: ArrayLike, rate: ArrayLike, hours: ArrayLike, interval_hours: ArrayLike = 8.0
) -> Floats:
    """Amount received for holding a perpetual, in the unit of `exposure`: negative when it is paid.

    Parameters
    ----------
    exposure
        Signed size, in money or coin: long positive.
    rate
        Rate of one interval, positive = longs pay.
    hours, interval_hours
        Time held, and the interval that the rate is for.

    Examples
    --------
    >>> float(funding_payment(exposure=10_000, rate=0.00075, hours=8))
    -7.5
    """
    e, r, h, i = broadcast_terms(exposure, rate, hours, interval_hours)
    return np.asarray(-e * r * h / i)
