"""The mixed example, worked out again by hand: textbook formulas, plain numpy, QuantLib for the American option."""

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import QuantLib as ql
from scipy.stats import norm

import trimtab as tt

FOLDER = Path(__file__).parents[2] / "examples" / "mixed"
DAY = date(2026, 11, 20)


def columns(name: str) -> dict[str, np.ndarray]:
    with (FOLDER / name).open() as handle:
        rows = list(csv.DictReader(handle))
    return {key: np.array([float(r[key]) for r in rows]) for key in rows[0] if key != "date"}


PRICES, FX = columns("prices.csv"), columns("fx.csv")
LAST = {name: path[-1] for name, path in {**PRICES, **FX}.items()}


def slope(path: np.ndarray) -> float:
    r, m = path[1:] / path[:-1] - 1, PRICES["SPX"][1:] / PRICES["SPX"][:-1] - 1
    return float(np.cov(r, m)[0, 1] / np.var(m, ddof=1))


BETA = {name: slope(PRICES[name]) for name in ("AAPL", "SSO", "ES", "BTC", "ETH")} | {
    "SAP": slope(PRICES["SAP"] * FX["EURUSD"]),
    "VOD": slope(PRICES["VOD"] * FX["GBPUSD"]),
    "GLOBAL": slope(PRICES["GLOBAL"]),
    "EUR": slope(FX["EURUSD"]),
    "SPX": 1.0,
}


def years(y: int, m: int, d: int) -> float:
    return (date(y, m, d) - DAY).days / 365


def black(right: int, spot: float, strike: float, vol: float, t: float, rate: float) -> tuple[float, float]:
    d1 = (np.log(spot / strike) + (rate + vol**2 / 2) * t) / (vol * np.sqrt(t))
    d2 = d1 - vol * np.sqrt(t)
    value = right * (spot * norm.cdf(right * d1) - strike * np.exp(-rate * t) * norm.cdf(right * d2))
    return float(value), float(right * norm.cdf(right * d1))


def implied(price: float, *terms: float) -> float:
    low, high = 1e-4, 5.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if black(-1, *terms[:2], middle, *terms[2:])[0] < price else (low, middle)
    return (low + high) / 2


def american_call(spot: float, strike: float, vol: float, rate: float) -> tuple[float, float]:
    today = ql.Date(20, 11, 2026)
    ql.Settings.instance().evaluationDate = today
    day = ql.Actual365Fixed()
    process = ql.BlackScholesMertonProcess(
        ql.QuoteHandle(ql.SimpleQuote(spot)),
        ql.YieldTermStructureHandle(ql.FlatForward(today, 0.0, day)),
        ql.YieldTermStructureHandle(ql.FlatForward(today, rate, day)),
        ql.BlackVolTermStructureHandle(ql.BlackConstantVol(today, ql.NullCalendar(), vol, day)),
    )
    option = ql.VanillaOption(
        ql.PlainVanillaPayoff(ql.Option.Call, strike), ql.AmericanExercise(today, ql.Date(15, 1, 2027))
    )
    option.setPricingEngine(ql.FdBlackScholesVanillaEngine(process, 800, 1600))
    return option.NPV(), option.delta()


def by_hand() -> dict[str, tuple[float, float]]:
    """Give (value, beta exposure) of each position."""
    spx, aapl, btc, eth = LAST["SPX"], LAST["AAPL"], LAST["BTC"], LAST["ETH"]
    t_put, t_coin = years(2027, 3, 19), years(2026, 12, 25)
    vol = implied(119.5, spx, 6200.0, t_put, 0.038)
    put_delta = black(-1, spx, 6200.0, vol, t_put, 0.038)[1]
    call, call_delta = american_call(aapl, 260.0, 0.27, 0.038)
    coin, coin_delta = black(1, btc, 100_000.0, 0.55, t_coin, 0.0)
    perp = -40_000 * (1 / 92_000 - 1 / btc) * btc
    quanto = 200 * 1e-6 * (eth - 3_050) * btc
    fund = 1000 * LAST["GLOBAL"]
    fund_beta = 0.25 * BETA["AAPL"] + 0.15 * BETA["SAP"] + 0.40 + 0.20 * BETA["GLOBAL"]
    share = {
        "AAPL": 500 * aapl,
        "SAP": 400 * LAST["SAP"] * LAST["EURUSD"],
        "VOD": 20_000 * LAST["VOD"] / 100 * LAST["GBPUSD"],
        "SSO": 300 * LAST["SSO"],
    }
    return {
        **{name: (value, BETA[name] * value) for name, value in share.items()},
        "GLOBAL": (fund, fund * fund_beta),
        "ESZ6": (0.0, -50 * LAST["ES"] * BETA["ES"]),
        "SPX 6200P Mar27": (300 * 119.5, 300 * put_delta * spx),
        "AAPL 260C Jan27": (-500 * call, -500 * call_delta * aapl * BETA["AAPL"]),
        "BTC 100000C Dec26": (2 * coin, 2 * coin_delta * btc * BETA["BTC"]),
        "BTC-PERP": (perp, (-40_000 + perp) * BETA["BTC"]),
        "ETH-QUANTO": (quanto, 200 * 1e-6 * eth * btc * BETA["ETH"] + quanto * BETA["BTC"]),
        "BTC": (1.5 * btc, 1.5 * btc * BETA["BTC"]),
        "EUR": (25_000 * LAST["EURUSD"], 25_000 * LAST["EURUSD"] * BETA["EUR"]),
        "USD": (60_000.0, 0.0),
    }


@pytest.fixture(scope="module")
def reviewed():
    mandate = tt.Mandate(benchmark="SPX", target=0.8, band=0.05)
    return tt.review(
        FOLDER / "prices.csv",
        FOLDER / "book.csv",
        mandate,
        fx=FOLDER / "fx.csv",
        funds=FOLDER / "funds.csv",
        method="ols",
        window=10_000,
    )


def test_every_position_equals_the_hand_calculation(reviewed):
    """Values and beta exposures agree line by line: 1e-9, and the American option to a tenth of a tick."""
    wanted = by_hand()
    assert {p.asset for p in reviewed.exposure.positions} == set(wanted)
    for line in reviewed.exposure.positions:
        value, exposure = wanted[line.asset]
        loose = line.asset == "AAPL 260C Jan27"
        assert line.reason is None, line.asset
        assert line.value == pytest.approx(value, rel=1e-9, abs=0.5 if loose else 1e-6), line.asset
        assert line.beta_exposure == pytest.approx(exposure, rel=1e-3 if loose else 1e-8, abs=1e-6), line.asset


def test_totals_equal_the_hand_calculation(reviewed):
    """NAV, beta and money per 1% are the sums of the lines."""
    wanted = by_hand()
    nav = sum(value for value, _ in wanted.values())
    exposure = sum(e for _, e in wanted.values())
    assert reviewed.exposure.nav == pytest.approx(nav, abs=1.0)
    assert reviewed.exposure.beta.value == pytest.approx(exposure / nav, rel=1e-4)
    assert reviewed.exposure.money_per_1pct == pytest.approx(exposure / 100, rel=1e-4)
    assert reviewed.exposure.coverage.share == 1.0


def test_groups_add_up(reviewed):
    """By currency, kind and underlying, parts of beta sum to portfolio beta."""
    for groups in (reviewed.breakdown.by_currency, reviewed.breakdown.by_kind, reviewed.breakdown.by_underlying):
        assert sum(g.beta for g in groups) == pytest.approx(reviewed.exposure.beta.value, rel=1e-12)
        assert sum(g.value for g in groups) == pytest.approx(reviewed.exposure.nav, rel=1e-12)


def test_the_quote_gives_a_band(reviewed):
    """Bid and ask of the index put allow a beta on both sides of the measured one."""
    b = reviewed.breakdown
    assert b.vol_low < reviewed.exposure.beta.value < b.vol_high
    assert b.vol_high - b.vol_low < 0.01


def test_every_number_can_be_explained(reviewed):
    """Each position has a formula, its inputs with source, and steps that end in its contribution."""
    for line in reviewed.exposure.positions:
        told = tt.explain(reviewed, line.asset)
        assert told.steps[-1].endswith(f"{line.contribution:.6f}")
        assert all(i.source for i in told.inputs)


def test_the_base_currency_scales_money_and_leaves_beta_alone():
    """Counted in euro with the same returns in euro the money changes and contributions keep their signs."""
    mandate = tt.Mandate(benchmark="SPX", target=0.8, band=0.05)
    book = tt.portfolio("500 AAPL, 25000 EUR", base="USD")
    dollars = tt.review(FOLDER / "prices.csv", book, mandate, fx=FOLDER / "fx.csv", method="ols")
    assert dollars.exposure.nav == pytest.approx(500 * LAST["AAPL"] + 25_000 * LAST["EURUSD"])


def test_wrong_or_missing_terms_name_the_row(tmp_path):
    """An option without a strike is refused with its row, and nothing is read."""
    text = (
        (FOLDER / "book.csv").read_text().replace("SPX 6200P Mar27,", "the put,").replace("SPX,put,6200,", "SPX,put,,")
    )
    (tmp_path / "book.csv").write_text(text)
    with pytest.raises(tt.TrimtabError, match=r"row 8.*strike"):
        tt.read_portfolio(tmp_path / "book.csv")
