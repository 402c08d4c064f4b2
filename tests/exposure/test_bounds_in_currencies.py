"""Bounds of what was not measured, in another currency: price and currency both move what it is worth.

The oracle values the option again at many volatilities, or takes every corner by hand; nothing of it is the product's.
"""

import itertools

import numpy as np
import polars as pl
import pytest

import trimtab as tt
from law_world import CURRENCIES, DATES, World, black_scholes
from trimtab.market.rates.fx import FxRates

REACH = 1.959963984540054
MANDATE = tt.Mandate(benchmark="IDX", target=0.0, band=0.5)


def world(base: str = "USD") -> World:
    return World.draw(np.random.default_rng(11), base)


def stderr_of(here: World, series: np.ndarray) -> float:
    """Standard error of the least squares slope."""
    y, x = series[1:] / series[:-1] - 1.0, here.benchmark[1:] / here.benchmark[:-1] - 1.0
    x = x - x.mean()
    left = y - y.mean() - here.slope(series) * x
    return float(np.sqrt(np.sum(left**2) / (len(x) - 2) / np.sum(x**2)))


def measured(here: World, rows: list[dict[str, object]], columns: dict[str, tuple[str, np.ndarray]]):
    """Review holdings beside a million of base money; prices long, each with its currency."""
    frames = [
        pl.DataFrame({"date": DATES, "symbol": [n] * len(DATES), "price": v, "currency": [c] * len(DATES)})
        .filter(pl.col("price").is_not_nan())
        for n, (c, v) in {"IDX": (here.base, here.benchmark), **columns}.items()
    ]  # fmt: skip
    money = {"symbol": here.base, "kind": "cash", "quantity": 1_000_000}
    holdings = pl.DataFrame([*rows, money], infer_schema_length=None)
    fx = FxRates.of({f"{c}USD": here.dollars[c] for c in CURRENCIES if c != "USD"}, dates=DATES)
    return tt.review(pl.concat(frames), holdings, MANDATE, fx=fx, base=here.base, method="ols", window=None)


def only_bounds(review):
    (found,) = review.exposure.coverage.bounds
    return found


PUT = {
    "symbol": "PUT", "kind": "option", "quantity": -7, "underlying": "SAP", "currency": "EUR", "right": "put",
    "strike": 150, "expiry": str(DATES[-1] + np.timedelta64(91, "D")), "multiplier": 100, "rate": 0.0,
    "exercise": "european",
}  # fmt: skip


@pytest.mark.parametrize("base", ["USD", "JPY"])
@pytest.mark.parametrize(("right", "quantity"), [("put", -7), ("put", 7), ("call", 4), ("call", -4)])
def test_a_foreign_option_without_a_price_is_bounded_in_price_and_currency(base, right, quantity):
    """Every corner of delta, value and both betas, by hand: a euro put lies in 0 to K and 0 to K, a call in 0 to S."""
    here = world(base)
    found = only_bounds(
        measured(here, [PUT | {"right": right, "quantity": quantity}], {"SAP": ("EUR", here.home["SAP"])})
    )
    home, rate = here.home["SAP"], here.rate("EUR")
    spot, money = home[-1], quantity * 100 * rate[-1]
    floor = max(0.0, spot - 150.0) if right == "call" else 0.0
    values = (floor, spot) if right == "call" else (max(0.0, 150.0 - spot), 150.0)
    deltas = (floor, spot) if right == "call" else (-(150.0 - values[0]), 0.0)
    local, own = here.slope(home), here.slope(rate)
    betas = [local + k * REACH * stderr_of(here, home) for k in (-1, 1)]
    rates = [own + k * REACH * stderr_of(here, rate) for k in (-1, 1)]
    corners = [money * (d * b + v * f) for d, b, v, f in itertools.product(deltas, betas, values, rates)]
    assert found.beta_exposure_low == pytest.approx(min(corners), rel=1e-6)
    assert found.beta_exposure_high == pytest.approx(max(corners), rel=1e-6)
    assert [found.exposure_low, found.exposure_high] == pytest.approx(sorted(money * d for d in deltas))
    assert [found.value_low, found.value_high] == pytest.approx(sorted(money * v for v in values))
    assert not found.assumed


@pytest.mark.parametrize("quantity", [40, -40])
def test_a_zero_bid_option_in_yen_lies_within_its_bounds_at_every_volatility(quantity):
    """Bid 0, ask 60 yen: at whatever volatility its quote allows the full derivative lies inside, its money too."""
    here = world()
    home, rate = here.home["N225"], here.rate("JPY")
    spot = home[-1]
    put = PUT | {"underlying": "N225", "currency": "JPY", "strike": 30_000, "quantity": quantity, "bid": 0, "ask": 60}
    review = measured(here, [put], {"N225": ("JPY", home)})
    found, line = only_bounds(review), review.exposure.positions[0]
    local, own, money = here.slope(home), here.slope(rate), quantity * 100 * rate[-1]

    def truth(vol: float) -> float:
        one, two, now = (black_scholes("put", s, 30_000, vol, 91 / 365, 0, 0) for s in (spot + 1, spot - 1, spot))
        return money * ((one - two) / 2 * spot * local + now * own)

    vols = [v for v in np.linspace(0.02, 0.6, 59) if black_scholes("put", spot, 30_000, v, 91 / 365, 0, 0) <= 60]
    truths = [truth(v) for v in vols]
    assert found.measured
    assert found.beta_exposure_low <= min(truths)
    assert max(truths) <= found.beta_exposure_high
    assert found.beta_exposure_low <= line.beta_exposure <= found.beta_exposure_high
    ends = sorted(money * 60 * own * k for k in (0, 1))
    width = found.beta_exposure_high - found.beta_exposure_low
    assert width == pytest.approx((found.exposure_high - found.exposure_low) * local + ends[1] - ends[0], rel=1e-9)


def test_a_foreign_share_without_a_beta_moves_with_its_currency_too():
    """A yen share of five days: -1 to 3 is assumed of it at home, and the yen moves on top as it was measured."""
    here = world()
    young = here.home["TM"].copy()
    young[:-5] = np.nan
    held = {"symbol": "TM", "kind": "share", "quantity": 300, "currency": "JPY"}
    review = measured(here, [held], {"TM": ("JPY", young)})
    found, rate = only_bounds(review), here.rate("JPY")
    value, own, error = 300 * young[-1] * rate[-1], here.slope(rate), REACH * stderr_of(here, rate)
    assert found.beta_exposure_low == pytest.approx(value * (-1 + own - error), rel=1e-9)
    assert found.beta_exposure_high == pytest.approx(value * (3 + own + error), rel=1e-9)
    assert (found.exposure_low, found.value_high) == pytest.approx((value, value))
    assert (found.assumed, found.beta_low, found.beta_high) == (True, -1.0, 3.0)
    at_home = only_bounds(measured(here, [held | {"currency": "USD"}], {"TM": ("USD", young)}))
    assert at_home.beta_exposure_high == pytest.approx(3 * 300 * young[-1], rel=1e-12)


def test_an_option_on_a_foreign_share_without_a_beta_has_its_currency_measured():
    """The price of the option is known, the beta of its share is not: delta x -1 to 3, and value x the euro's beta."""
    here = world()
    young = here.home["SAP"].copy()
    young[:-5] = np.nan
    review = measured(here, [PUT | {"quantity": 7, "vol": 0.4}], {"SAP": ("EUR", young)})
    found, rate, line = only_bounds(review), here.rate("EUR"), review.exposure.positions[0]
    spot, step = young[-1], 1e-3
    up, now, down = (black_scholes("put", spot + k * step, 150, 0.4, 91 / 365, 0, 0) for k in (1, 0, -1))
    exposure, worth = 700 * rate[-1] * spot * (up - down) / (2 * step), 700 * rate[-1] * now
    own, error = here.slope(rate), REACH * stderr_of(here, rate)
    assert line.beta_exposure is None
    assert found.beta_exposure_low == pytest.approx(3 * exposure + worth * (own - error), rel=1e-7)
    assert found.beta_exposure_high == pytest.approx(-exposure + worth * (own + error), rel=1e-7)
    assert (found.exposure_low, found.beta_low) == (pytest.approx(exposure, rel=1e-7), -1.0)
    assert found.size == pytest.approx(-exposure, rel=1e-7)
