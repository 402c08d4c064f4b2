"""American options: value and greeks, with a continuous dividend yield or with cash dividends.

With a yield: spectral collocation of the exercise boundary (`american_kernel`). Against QuantLib's high-precision
engine on random options on 100 (vol 8-80%, up to 2.7 years, rates and yields 0-10%) the price is within 3e-4 and delta
within 1e-4; `benchmarks/options.py` measures it again. Gamma and theta lose digits within about 0.1% of the boundary,
where gamma jumps. With cash dividends: finite differences in the escrowed model (`grid`), price within 2e-3 (5e-3
above vol sqrt(time) = 0.7).

A put with rate <= 0 and yield >= rate, and a call with yield <= 0 and rate >= yield, are worth their European price.
The rare case with two exercise boundaries (put: rate <= 0 and yield < rate; call: yield <= 0 and rate < yield) goes to
the grid as well. Limits are those of `black`, except that an option with no volatility left is exercised at the best
moment of its certain path.
"""

import numpy as np
from numpy.typing import ArrayLike

from trimtab.errors import InputError
from trimtab.exposure.pricing.black import Greeks
from trimtab.exposure.pricing.inputs import broadcast_terms, check_right
from trimtab.stats.arrays import Floats

__all__ = ["american_greeks", "american_greeks_with_dividends", "has_two_boundaries"]


def has_two_boundaries(right: float, rate: float, dividend_yield: float) -> bool:
    """Tell whether exercise is best between two boundaries, which one boundary cannot price.

    Examples
    --------
    >>> has_two_boundaries(-1, -0.01, -0.03), has_two_boundaries(1, -0.03, -0.01), has_two_boundaries(1, 0.05, 0.02)
    (True, True, False)
    """
    earn, lose = (dividend_yield, rate) if right > 0 else (rate, dividend_yield)
    return earn <= 0.0 and lose < earn


def american_greeks(
    *,
    right: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    vol: ArrayLike,
    time: ArrayLike,
    rate: ArrayLike = 0.0,
    dividend_yield: ArrayLike = 0.0,
) -> Greeks:
    """Value and greeks of American options; for options on futures give `dividend_yield` = `rate`.

    Parameters
    ----------
    right
        +1 for a call, -1 for a put.
    spot, strike
        Money per share.
    vol
        Per square-root year.
    time
        Years to expiry.
    rate, dividend_yield
        Continuously compounded per year, either sign.

    Returns
    -------
    Greeks
        Where exercise now is best, value is intrinsic, delta is `right` and the other greeks are 0. NaN where
        `undefined_reason` gives a reason. Vega is a central difference of 1% of the volatility.

    Raises
    ------
    InputError
        When shapes do not fit or `right` is neither +1 nor -1.

    Examples
    --------
    Hull 11e, example 21.1: a five-month put, S = K = 50, r 10%, vol 40%; a tree of 500 steps gives 4.28.

    >>> g = american_greeks(right=-1, spot=50, strike=50, vol=0.4, time=5 / 12, rate=0.1)
    >>> round(float(g.value), 2)
    4.28
    """
    from trimtab.exposure.pricing.american_kernel import american_many  # noqa: PLC0415 - half a second to load

    terms = broadcast_terms(right, spot, strike, vol, time, rate, dividend_yield)
    check_right(terms[0])
    flat = tuple(term.reshape(-1) for term in terms)
    columns = american_many(*flat)
    w, s, k, _, t, r, q = flat
    earn, lose = np.where(w > 0.0, q, r), np.where(w > 0.0, r, q)
    two_boundaries = (earn <= 0.0) & (lose < earn) & np.isnan(columns[0]) & (t > 0.0) & (s > 0.0) & (k > 0.0)
    if np.any(two_boundaries):
        columns[:, two_boundaries] = _on_grid(tuple(term[two_boundaries] for term in flat), np.zeros(0), np.zeros(0))
    return _as_greeks(columns, terms[0].shape)


def american_greeks_with_dividends(
    *,
    right: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    vol: ArrayLike,
    time: ArrayLike,
    rate: ArrayLike = 0.0,
    dividend_yield: ArrayLike = 0.0,
    amounts: ArrayLike,
    ex_times: ArrayLike,
) -> Greeks:
    """Value and greeks of American options on one underlying with known cash dividends (escrowed model).

    Parameters
    ----------
    right, spot, strike, vol, time, rate, dividend_yield
        As in `american_greeks`; `vol` is that of the spot less the present value of the dividends.
    amounts, ex_times
        Shape (n_dividends,): money per share, and years until the ex-date. Those at or before now are left out.

    Returns
    -------
    Greeks
        Delta, gamma and theta are per 1 of the spot, dividends held. NaN where vol x sqrt(time) is below 1e-4 or
        the dividends are worth more than the spot.

    Raises
    ------
    InputError
        When the two dividend lists differ in length, or as in `american_greeks`.

    Examples
    --------
    Hull 11e, section 15.12: the call of example 15.9 exercised early; S = K = 40, .50 in two and five months.

    >>> g = american_greeks_with_dividends(
    ...     right=1, spot=40, strike=40, vol=0.3, time=0.5, rate=0.09, amounts=[0.5, 0.5], ex_times=[2 / 12, 5 / 12]
    ... )
    >>> round(float(g.value), 2)
    3.72
    """
    terms = broadcast_terms(right, spot, strike, vol, time, rate, dividend_yield)
    check_right(terms[0])
    cash = np.atleast_1d(np.asarray(amounts, dtype=np.float64))
    when = np.atleast_1d(np.asarray(ex_times, dtype=np.float64))
    if cash.ndim != 1 or cash.shape != when.shape or not np.all(np.isfinite(cash) & np.isfinite(when)):
        raise InputError(
            expected="one finite amount and one finite ex-time for each dividend",
            found=f"amounts of shape {cash.shape} and ex-times of shape {when.shape}",
            try_next="give two lists of the same length, and call once per underlying",
        )
    columns = _on_grid(tuple(term.reshape(-1) for term in terms), cash, when)
    return _as_greeks(columns, terms[0].shape)


def _on_grid(terms: tuple[Floats, ...], amounts: Floats, times: Floats) -> Floats:
    from trimtab.exposure.pricing.grid import grid_many  # noqa: PLC0415 - compiled, and rarely needed

    return grid_many(terms, amounts, times)


def _as_greeks(columns: Floats, shape: tuple[int, ...]) -> Greeks:
    value, delta, gamma, vega, theta = (column.reshape(shape) for column in columns)
    return Greeks(value=value, delta=delta, gamma=gamma, vega=vega, theta=theta)
