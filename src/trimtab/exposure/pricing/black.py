r"""European options: Black-Scholes-Merton and Black-76, value and greeks.

With A_S = S exp(-qT), A_K = K exp(-rT), s = vol sqrt(T), d1 = ln(A_S/A_K)/s + s/2, d2 = d1 - s, theta = +1 for a call
and -1 for a put:

    value = theta [A_S Phi(theta d1) - A_K Phi(theta d2)]

An option on a future is the case S = F, q = r (Black 1976). Known cash dividends are handled by the escrowed model:
the lognormal variable is the spot less the present value of the dividends paid before expiry (Hull, Options, Futures
and Other Derivatives, 11e, ch. 15.12), see `escrowed_spot`. Greeks: Hull ch. 19; E. G. Haug, The Complete Guide to
Option Pricing Formulas, 2e, ch. 2.

Limits. No variance left (time 0 or vol 0): value is the discounted intrinsic value of the forward, delta is 0 or
theta exp(-qT), gamma and vega are 0. Exactly at the kink (A_S = A_K) delta is the mean of both sides, gamma is +inf,
vega is its limit A_S sqrt(T) phi(0), and theta is -inf when time is 0: no finite number is right there. Strike 0: the
call is A_S, the put is 0. Expired (time < 0) or outside the model: NaN, and `undefined_reason` says why.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trimtab.errors import InputError
from trimtab.exposure.pricing.inputs import broadcast_terms, check_right, undefined_reason
from trimtab.exposure.pricing.normalised import log_moneyness, normalised_legs
from trimtab.stats.arrays import Floats

__all__ = [
    "COMPILED_FROM",
    "FurtherGreeks",
    "Greeks",
    "escrowed_spot",
    "european_further_greeks",
    "european_greeks",
    "futures_option_further_greeks",
    "futures_option_greeks",
    "theta_per_day",
]

COMPILED_FROM = 20_000
"""Number of options from which the compiled kernel is loaded and used."""

_INV_SQRT_2PI = 0.3989422804014326779


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeks:
    """Value and first greeks of one unit of each option (one share), long.

    Parameters
    ----------
    value
        Money per share.
    delta
        Change of value per 1 of spot (per 1 of futures price for an option on a future).
    gamma
        Change of delta per 1 of spot; +inf exactly at the kink when no variance is left.
    vega
        Change of value per 1.00 of volatility (divide by 100 for one volatility point).
    theta
        Change of value per year of passing time, usually negative for a long option.
    """

    value: Floats
    delta: Floats
    gamma: Floats
    vega: Floats
    theta: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherGreeks:
    """Greeks that say how the first ones move, per one unit of each option, long.

    Parameters
    ----------
    delta_forward
        Number of forwards to the option's expiry that hold the same delta: theta Phi(theta d1).
    rho
        Change of value per 1.00 of the interest rate, spot (or the futures price) held.
    vanna
        Change of delta per 1.00 of volatility, and of vega per 1 of spot.
    charm
        Change of delta per year of passing time, spot held.
    """

    delta_forward: Floats
    rho: Floats
    vanna: Floats
    charm: Floats


class _State(NamedTuple):
    """What every greek is made of; money legs are discounted."""

    right: Floats
    spot: Floats
    vol: Floats
    time: Floats
    rate: Floats
    carry: Floats  # dividend yield
    yield_factor: Floats  # exp(-qT)
    value: Floats
    spot_leg: Floats  # theta A_S Phi(theta d1)
    strike_leg: Floats  # theta A_K Phi(theta d2)
    probability: Floats  # Phi(theta d1)
    density: Floats  # A_S phi(d1)
    d2: Floats
    live: NDArray[np.bool_]  # variance left
    kink: NDArray[np.bool_]  # no variance left and exactly at the money
    undefined: NDArray[np.bool_]


def european_greeks(
    *,
    right: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    vol: ArrayLike,
    time: ArrayLike,
    rate: ArrayLike = 0.0,
    dividend_yield: ArrayLike = 0.0,
) -> Greeks:
    """Value and first greeks of European options, one entry per option.

    From `COMPILED_FROM` options on, a compiled kernel does the same steps on all processors; it agrees with the
    NumPy path to 1e-14 of each greek's scale.

    Parameters
    ----------
    right
        +1 for a call, -1 for a put.
    spot, strike
        Money per share.
    vol
        Per square-root year, 0.2 = 20%.
    time
        Years to expiry.
    rate, dividend_yield
        Continuously compounded per year, either sign.

    Raises
    ------
    InputError
        When shapes do not fit or `right` is neither +1 nor -1.

    Examples
    --------
    Hull 11e, ch. 19: S 49, K 50, r 5%, vol 20%, 20 weeks.

    >>> g = european_greeks(right=1, spot=49, strike=50, vol=0.2, time=20 / 52, rate=0.05)
    >>> [round(float(x), 3) for x in (g.value, g.delta, g.gamma, g.vega, g.theta)]
    [2.401, 0.522, 0.066, 12.105, -4.305]
    """
    terms = broadcast_terms(right, spot, strike, vol, time, rate, dividend_yield)
    check_right(terms[0])
    if terms[0].size >= COMPILED_FROM:
        from trimtab.exposure.pricing.european_kernel import european_many  # noqa: PLC0415 - half a second to load

        shape = terms[0].shape
        columns = european_many(*(term.reshape(-1) for term in terms))
        value, delta, gamma, vega, theta = (column.reshape(shape) for column in columns)
        return Greeks(value=value, delta=delta, gamma=gamma, vega=vega, theta=theta)
    return _first_greeks(_state(*terms))


def european_further_greeks(
    *,
    right: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    vol: ArrayLike,
    time: ArrayLike,
    rate: ArrayLike = 0.0,
    dividend_yield: ArrayLike = 0.0,
) -> FurtherGreeks:
    """Forward delta, rho, vanna and charm of European options; the parameters are those of `european_greeks`.

    Examples
    --------
    >>> g = european_further_greeks(right=1, spot=49, strike=50, vol=0.2, time=20 / 52, rate=0.05)
    >>> round(float(g.rho), 2)
    8.91
    """
    terms = broadcast_terms(right, spot, strike, vol, time, rate, dividend_yield)
    check_right(terms[0])
    return _further_greeks(_state(*terms))


def futures_option_greeks(
    *, right: ArrayLike, futures: ArrayLike, strike: ArrayLike, vol: ArrayLike, time: ArrayLike, rate: ArrayLike = 0.0
) -> Greeks:
    """Black-76: European options on a future or forward; delta and gamma are per 1 of the futures price.

    Examples
    --------
    >>> g = futures_option_greeks(right=-1, futures=20, strike=20, vol=0.25, time=4 / 12, rate=0.09)
    >>> round(float(g.value), 2)  # Hull 11e, example 18.6
    1.12
    """
    return european_greeks(right=right, spot=futures, strike=strike, vol=vol, time=time, rate=rate, dividend_yield=rate)


def futures_option_further_greeks(
    *, right: ArrayLike, futures: ArrayLike, strike: ArrayLike, vol: ArrayLike, time: ArrayLike, rate: ArrayLike = 0.0
) -> FurtherGreeks:
    """Black-76 forward delta, rho (futures price held: -T x value), vanna and charm.

    Examples
    --------
    >>> g = futures_option_further_greeks(right=1, futures=20, strike=20, vol=0.25, time=0.5, rate=0.09)
    >>> v = futures_option_greeks(right=1, futures=20, strike=20, vol=0.25, time=0.5, rate=0.09).value
    >>> bool(abs(g.rho + 0.5 * v) < 1e-15)
    True
    """
    terms = broadcast_terms(right, futures, strike, vol, time, rate, rate)
    check_right(terms[0])
    state = _state(*terms)
    spot_held = _further_greeks(state)
    return FurtherGreeks(
        delta_forward=spot_held.delta_forward,
        rho=-state.time * state.value,  # only the discounting depends on the rate once the future is given
        vanna=spot_held.vanna,
        charm=spot_held.charm,
    )


def escrowed_spot(
    *, spot: ArrayLike, amounts: ArrayLike, pay_times: ArrayLike, rate: ArrayLike, time: ArrayLike
) -> Floats:
    """Spot less the present value of the cash dividends that go ex before expiry (escrowed dividend model).

    Parameters
    ----------
    spot, rate, time
        One entry per option.
    amounts, pay_times
        Shape (n_dividends,): money per share, and years from now until the ex-date. Dividends at or before now and
        after expiry are left out.

    Examples
    --------
    Hull 11e, example 15.9: 40 with dividends of .50 in two and five months at 9% is worth 39.0258 without them.

    >>> s = escrowed_spot(spot=40, amounts=[0.5, 0.5], pay_times=[2 / 12, 5 / 12], rate=0.09, time=0.5)
    >>> round(float(s), 4)
    39.0258
    """
    s, r, t = broadcast_terms(spot, rate, time)
    cash, when = broadcast_terms(amounts, pay_times)
    if cash.ndim > 1:
        raise InputError(
            expected="dividend amounts and times as one list each",
            found=f"an array of shape {cash.shape}",
            try_next="call once per underlying with that underlying's dividends",
        )
    cash, when = np.atleast_1d(cash), np.atleast_1d(when)
    # shape (..., n_dividends)
    counts = (when > 0.0) & (when <= t[..., None])
    present = np.where(counts, cash * np.exp(-r[..., None] * when), 0.0).sum(axis=-1)
    return np.asarray(s - present)


def theta_per_day(theta: ArrayLike, *, days_per_year: float = 365.0) -> Floats:
    """Theta of one day, from theta of one year: calendar days of a 365-day year unless said otherwise.

    Use the day count that `time` was measured with; 252 gives theta per trading day.

    Examples
    --------
    >>> round(float(theta_per_day(-4.305)), 4)
    -0.0118
    """
    return np.asarray(theta, dtype=np.float64) / days_per_year


def _state(
    right: Floats,
    spot: Floats,
    strike: Floats,
    vol: Floats,
    time: Floats,
    rate: Floats,
    carry: Floats,
) -> _State:
    undefined = undefined_reason(spot=spot, strike=strike, vol=vol, time=time, rate=rate, dividend_yield=carry) != 0
    if np.any(undefined):  # computed as nothing, and set to NaN at the end
        spot, strike, vol, time, rate, carry = (
            np.where(undefined, 0.0, term) for term in (spot, strike, vol, time, rate, carry)
        )
    yield_factor = np.exp(-carry * time)
    spot_now = spot * yield_factor
    strike_now = strike * np.exp(-rate * time)
    deviation = vol * np.sqrt(time)
    live = (deviation > 0.0) & (spot_now > 0.0) & (strike_now > 0.0)

    s = np.where(live, deviation, 1.0)
    x = log_moneyness(np.where(live, spot, 1.0), np.where(live, strike, 1.0)) + np.where(
        live, (rate - carry) * time, 0.0
    )
    legs = normalised_legs(x, s)
    scale = np.sqrt(spot_now * strike_now)
    call_is_out = x <= 0.0
    # the leg on the spot and the leg on the strike, of the option that is out of the money
    out_spot = scale * np.where(call_is_out, legs.near, legs.far)
    out_strike = scale * np.where(call_is_out, legs.far, legs.near)
    out_right = np.where(call_is_out, 1.0, -1.0)
    gap = spot_now - strike_now
    intrinsic = np.maximum(right * gap, 0.0)
    is_out = right == out_right
    spot_leg = np.where(is_out, right * out_spot, right * (spot_now - out_spot))
    strike_leg = np.where(is_out, right * out_strike, right * (strike_now - out_strike))

    # no variance left: the option is its forward or nothing, half of each at the kink
    side = np.where(strike_now == 0.0, np.where(right > 0.0, 1.0, 0.0), 0.5 * (1.0 + np.sign(right * gap)))
    kink = ~live & (gap == 0.0) & (spot_now > 0.0)
    probability = np.where(live, spot_leg * right / np.where(live, spot_now, 1.0), side)
    return _State(
        right=right,
        spot=spot,
        vol=vol,
        time=time,
        rate=rate,
        carry=carry,
        yield_factor=yield_factor,
        value=np.where(live, np.where(is_out, 0.0, right * gap) + scale * legs.time_value, intrinsic),
        spot_leg=np.where(live, spot_leg, right * side * spot_now),
        strike_leg=np.where(live, strike_leg, right * side * strike_now),
        probability=probability,
        density=np.where(live, scale * legs.gauss, np.where(kink, _INV_SQRT_2PI * spot_now, 0.0)),
        d2=np.where(live, x / s - 0.5 * s, 0.0),
        live=live,
        kink=kink,
        undefined=undefined,
    )


def _first_greeks(state: _State) -> Greeks:
    root = np.sqrt(state.time)
    spot = np.where(state.live, state.spot, 1.0)
    deviation = np.where(state.live, state.vol * root, 1.0)
    gamma = np.where(state.kink, np.inf, np.where(state.live, state.density / deviation / spot / spot, 0.0))
    decay = np.where(state.live, -state.density * state.vol / np.where(state.live, 2.0 * root, 1.0), 0.0)
    decay = np.where(state.kink & (state.time == 0.0) & (state.vol > 0.0), -np.inf, decay)
    hole = np.where(state.undefined, np.nan, 0.0)
    carried = state.carry * state.spot_leg - state.rate * state.strike_leg
    return Greeks(
        value=state.value + hole,
        delta=state.right * state.yield_factor * state.probability + hole,
        gamma=gamma + hole,
        vega=state.density * root + hole,
        theta=decay + carried + hole,
    )


def _further_greeks(state: _State) -> FurtherGreeks:
    hole = np.where(state.undefined, np.nan, 0.0)
    t = np.where(state.live, state.time, 1.0)
    vol = np.where(state.live, state.vol, 1.0)
    slope = np.where(state.live, state.density / np.where(state.live, state.spot, 1.0), 0.0)  # exp(-qT) phi(d1)
    deviation = vol * np.sqrt(t)
    drift = np.where(state.live, 2.0 * (state.rate - state.carry) * t, 0.0)
    moving = slope * (drift - state.d2 * deviation) / (2.0 * t * deviation)
    carried_delta = state.right * state.carry * state.yield_factor * state.probability
    # at the kink the delta jumps: its speed is not a number
    broken = np.where(state.kink, np.nan, 0.0) + hole
    return FurtherGreeks(
        delta_forward=state.right * state.probability + hole,
        rho=state.time * state.strike_leg + hole,
        vanna=-slope * state.d2 / vol + broken,
        charm=carried_delta - moving + broken,
    )
