"""Legs in currencies, case by case: the right value of each, whatever else is held and however prices came."""

from decimal import Decimal

import numpy as np
import polars as pl
import pytest

import trimtab as tt
from law_world import ASSETS, CURRENCIES, DATES, World, black_scholes
from trimtab.desk.moment.setting import set_up
from trimtab.errors import InputError, Reason
from trimtab.exposure.expose import expose
from trimtab.exposure.live.book import LiveBook
from trimtab.exposure.measured import measure_book
from trimtab.exposure.moves import revalue_moves
from trimtab.feeds.series.prices import read_prices
from trimtab.market.rates.fx import FxRates
from trimtab.market.snapshot import market_at
from trimtab.model.instrument import Cash, Perpetual, PerpetualPayoff, Terms
from trimtab.model.portfolio import Portfolio, Position
from trimtab.monitor.drift.shift import freeze_book
from trimtab.risk.episodes import Episode

MANDATE = tt.Mandate(benchmark="IDX", target=1.0, band=0.05)


def world(base: str = "USD", seed: int = 5) -> World:
    return World.draw(np.random.default_rng(seed), base)


def fx_of(here: World) -> FxRates:
    return FxRates.of({f"{c}USD": here.dollars[c] for c in CURRENCIES if c != "USD"}, dates=DATES)


def long_prices(here: World, *names: str, **more: tuple[str, np.ndarray]) -> pl.DataFrame:
    """One row for each date and name, with a column for the currency."""
    columns = {"IDX": (here.base, here.benchmark), **{n: (ASSETS[n][0], here.home[n]) for n in names}, **more}
    frames = [
        pl.DataFrame({"date": DATES, "symbol": [name] * len(DATES), "price": values, "currency": [unit] * len(DATES)})
        for name, (unit, values) in columns.items()
    ]
    return pl.concat(frames)


def wide_prices(here: World, *names: str, **more: np.ndarray) -> pl.DataFrame:
    """A column for each name, which states no currency."""
    return pl.DataFrame({"date": DATES, "IDX": here.benchmark, **{n: here.home[n] for n in names}, **more})


def measured(prices: pl.DataFrame, rows: list[dict[str, object]], here: World, **how: object):
    """Review holdings given as rows; a million of base money stands beside them."""
    money = {"symbol": here.base, "kind": "cash", "quantity": 1_000_000}
    holdings = pl.DataFrame([*rows, money], infer_schema_length=None)
    given = {"fx": fx_of(here), "base": here.base, "method": "ols", "window": None, **how}
    return tt.review(prices, holdings, MANDATE, **given)


def line(review, asset: str):
    return next(p for p in review.exposure.positions if p.asset == asset)


FESX = {"symbol": "FESX", "kind": "future", "quantity": -5}


@pytest.mark.parametrize("layout", [long_prices, wide_prices])
def test_a_foreign_future_takes_the_local_beta_of_its_index(layout):
    """FESX through SX5E follows the index in euro, not in dollars, in either layout of prices."""
    here = world()
    found = line(measured(layout(here, "SX5E"), [FESX], here), "FESX")
    exposure = -5 * 10 * here.home["SX5E"][-1] * here.rate("EUR")[-1]
    assert found.beta == pytest.approx(here.slope(here.home["SX5E"]), rel=1e-9)
    assert found.beta_exposure == pytest.approx(exposure * here.slope(here.home["SX5E"]), rel=1e-9)
    assert here.slope(here.home["SX5E"]) < 0.75 * here.slope(here.price("SX5E", "USD"))


def test_a_plan_sells_what_the_local_beta_asks_for():
    """A hedge in FESX sells as many contracts as its local beta needs, as with a column of its own."""
    here = world()
    own = long_prices(here, "SX5E", FESX=("EUR", here.home["SX5E"]))
    holdings = pl.DataFrame({"symbol": ["IDX", "USD"], "kind": ["share", "cash"], "quantity": [200, 500_000]})
    mandate = tt.Mandate(benchmark="IDX", target=0.0, band=0.01)
    how = {"fx": fx_of(here), "method": "ols", "window": None, "hedge": "FESX"}
    through, with_own = (tt.plan(p, holdings, mandate, **how) for p in (long_prices(here, "SX5E"), own))
    one = 10 * here.home["SX5E"][-1] * here.rate("EUR")[-1] * here.slope(here.home["SX5E"])
    needed = 200 * here.benchmark[-1] / one
    assert through.orders[0].quantity == with_own.orders[0].quantity
    assert abs(float(through.orders[0].quantity) - needed) <= 1 + 0.01 * (500_000 + 200 * here.benchmark[-1]) / one


CALL = {
    "symbol": "CALL", "kind": "option", "quantity": 1000, "underlying": "SAP", "currency": "EUR", "right": "call",
    "strike": 180, "expiry": str(DATES[-1] + np.timedelta64(91, "D")), "multiplier": 1, "vol": 0.25, "rate": 0.0,
}  # fmt: skip


def right_call(here: World) -> float:
    """V = FX C(S): FX x (delta x S x local beta + C x beta of the currency)."""
    spot, step = here.home["SAP"][-1], 1e-3
    up, now, down = (black_scholes("call", spot + k * step, 180.0, 0.25, 91 / 365, 0.0, 0.0) for k in (1, 0, -1))
    delta = (up - down) / (2 * step)
    local, rate = here.slope(here.home["SAP"]), here.rate("EUR")
    return 1000 * rate[-1] * (delta * spot * local + now * here.slope(rate))


@pytest.mark.parametrize("layout", [long_prices, wide_prices])
@pytest.mark.parametrize(
    "beside",
    [
        [],
        [{"symbol": "SAP", "kind": "share", "quantity": 0.001, "currency": "EUR"}],
        [{"symbol": "EUR", "kind": "cash", "quantity": 0.001}],
        [FESX | {"quantity": 1}],
    ],
)
def test_a_foreign_option_has_a_currency_leg_whatever_else_is_held(layout, beside):
    """1,000 euro calls on SAP: the same exposure alone, beside SAP, beside euro, beside a euro future."""
    here = world()
    found = line(measured(layout(here, "SAP", "SX5E"), [CALL, *beside], here), "CALL")
    assert found.beta_exposure == pytest.approx(right_call(here), rel=1e-7)
    assert found.follows == "SAP in EUR+EUR"


def test_the_default_method_does_not_see_what_else_is_held_either():
    """Series that positions follow beside the prices enter nobody's prior: betas of shares stay to the last digit."""
    here = world()
    names = ("SAP", "VOD", "AAPL", "NESN", "TM", "FEZ", "DXJ", "BTC", "ETH", "SX5E", "N225")
    prices = long_prices(here, *names)
    shares = [{"symbol": "SAP", "kind": "share", "quantity": 10, "currency": "EUR"}]
    for method in ("auto", "welch|vasicek", "ols|double", "two-speed"):
        alone, beside = (
            measured(prices, rows, here, method=method, window=None)
            for rows in ([*shares], [*shares, CALL, FESX, {"symbol": "JPY", "kind": "cash", "quantity": 5}])
        )
        assert line(alone, "SAP").beta == line(beside, "SAP").beta
        assert line(alone, "SAP").stderr == line(beside, "SAP").stderr


def test_a_share_named_like_a_currency_is_not_the_currency():
    """A share CAD in the prices does not lend its beta to Canadian dollars, nor EUR to a euro option."""
    here = world()
    other = here.home["BTC"]
    plain, clash = (
        measured(long_prices(here, "SAP", **more), [CALL, {"symbol": "EUR", "kind": "cash", "quantity": 1000}], here)
        for more in ({}, {"EUR": ("USD", other)})
    )
    for asset in ("CALL", "EUR"):
        assert line(clash, asset).beta_exposure == pytest.approx(line(plain, asset).beta_exposure, rel=1e-12)


def test_a_perpetual_quoted_in_a_foreign_currency():
    """Two coins of a dollar perpetual in a euro book follow the coin in dollars; a gain moves with the dollar."""
    here = world("EUR")
    perp = {"symbol": "P", "kind": "perpetual", "quantity": 2, "currency": "USD", "underlying": "BTC", "multiplier": 1}
    b, f, rate = here.slope(here.home["BTC"]), here.slope(here.rate("USD")), here.rate("USD")[-1]
    now = here.home["BTC"][-1]
    for layout in (long_prices, wide_prices):
        flat = line(measured(layout(here, "BTC"), [perp], here), "P")
        gained = line(measured(layout(here, "BTC"), [perp | {"entry": 50_000}], here), "P")
        assert flat.beta_exposure == pytest.approx(2 * now * rate * b, rel=1e-9)
        assert gained.beta_exposure == pytest.approx(2 * rate * (now * b + (now - 50_000) * f), rel=1e-9)
        assert gained.value == pytest.approx(2 * (now - 50_000) * rate, rel=1e-12)


def test_a_coin_is_worth_what_it_is_worth_in_another_currency():
    """BTC in dollars and EURUSD give BTC in euro: money in coins and inverse contracts are measured, not refused."""
    here = world("EUR")
    inverse = {
        "symbol": "P", "kind": "perpetual", "quantity": 1000, "currency": "USD", "underlying": "BTC", "multiplier": 100,
        "payoff": "inverse", "settlement": "BTC", "entry": 50_000,
    }  # fmt: skip
    coins = {"symbol": "BTC", "kind": "cash", "quantity": 3}
    found = measured(long_prices(here, "BTC"), [inverse, coins], here)
    in_euro = here.price("BTC", "EUR")
    assert line(found, "BTC").value == pytest.approx(3 * in_euro[-1], rel=1e-12)
    assert line(found, "BTC").beta == pytest.approx(here.slope(in_euro), rel=1e-9)
    gained = 100_000 * (1 / 50_000 - 1 / here.home["BTC"][-1])
    exposure = 100_000 / here.home["BTC"][-1] * in_euro[-1] * here.slope(here.home["BTC"])
    assert line(found, "P").value == pytest.approx(gained * in_euro[-1], rel=1e-12)
    assert line(found, "P").beta_exposure == pytest.approx(
        exposure + gained * in_euro[-1] * here.slope(in_euro), rel=1e-9
    )


def test_a_quanto_gain_moves_with_its_coin_too():
    """N m S C = 1m, the underlying -44%, the coin -42%: x (1 + y) of it, in moves and in replays alike."""
    quanto = Perpetual(
        symbol="Q", currency="USD", settlement="BTC", payoff=PerpetualPayoff.QUANTO,
        terms=(Terms(multiplier=Decimal("0.000001")),), underlying=("ETH",),
    )  # fmt: skip
    here = world()
    n = Decimal(repr(float(1e6 / (1e-6 * here.home["ETH"][-1] * here.home["BTC"][-1]))))
    money = Position(instrument=Cash(currency="USD"), quantity=Decimal(10_000_000))
    book = Portfolio(positions=(Position(instrument=quanto, quantity=n), money), base="USD")
    setting = set_up(read_prices(long_prices(here, "ETH", "BTC")), book, benchmark="IDX", method="ols", fx=None)
    b, c = here.slope(here.home["ETH"]), here.slope(here.home["BTC"])
    (row,) = revalue_moves(measure_book(book, setting.market, setting.betas), moves=(-0.2,))
    assert row.pnl == pytest.approx(1e6 * (-0.2 * b) * (1 - 0.2 * c), rel=1e-9)


def test_pence_are_hundredths_for_every_kind():
    """An option, a future and a share in pence are worth what the same ones in pounds are, in either layout."""
    here = world()
    expiry = CALL["expiry"]
    option = {"symbol": "O", "kind": "option", "quantity": 100, "underlying": "VOD", "right": "put", "expiry": expiry,
              "multiplier": 1000, "vol": 0.3, "rate": 0.0}  # fmt: skip
    future = {"symbol": "F", "kind": "future", "quantity": 4, "multiplier": 1000, "underlying": "VOD"}
    share = {"symbol": "VOD", "kind": "share", "quantity": 900}
    pounds = [{**option, "strike": 0.7, "currency": "GBP"}, {**future, "currency": "GBP"}, {**share, "currency": "GBP"}]
    pence = [{**option, "strike": 70, "currency": "GBX"}, {**future, "currency": "GBX"}, {**share, "currency": "GBX"}]
    whole = measured(long_prices(here, "VOD"), pounds, here)
    stated = measured(long_prices(here, "VOD"), pence, here)
    silent = measured(wide_prices(here, VOD=100.0 * here.home["VOD"]), pence, here)
    for other in (stated, silent):
        for asset in ("O", "F", "VOD"):
            one, two = line(whole, asset), line(other, asset)
            assert two.beta_exposure == pytest.approx(one.beta_exposure, rel=1e-9), asset
            assert two.delta_exposure == pytest.approx(one.delta_exposure, rel=1e-9), asset


def test_a_silent_column_that_two_positions_read_differently_is_refused():
    """A column without a currency cannot be dollars for one position and euro for another."""
    here = world("EUR")
    perp = {"symbol": "P", "kind": "perpetual", "quantity": 2, "currency": "USD", "underlying": "BTC", "multiplier": 1}
    coins = {"symbol": "BTC", "kind": "share", "quantity": 1, "currency": "EUR"}
    with pytest.raises(InputError, match="BTC reads them in EUR, P in USD|P reads them in USD, BTC in EUR"):
        measured(wide_prices(here, "BTC"), [perp, coins], here)


def test_a_foreign_beta_that_was_not_measured_is_refused_not_taken_from_another_currency():
    """Betas of prices in base currency do not stand in for those of a foreign option: no beta, with its reason."""
    here = world()
    prices = read_prices(long_prices(here, "SAP"))
    betas = tt.estimate_betas(prices, benchmark="IDX", base="USD", fx=fx_of(here), method="ols")
    held = tt.read_portfolio(pl.DataFrame([CALL, {"symbol": "USD", "kind": "cash", "quantity": 1000}]))
    found = expose(held, market_at(prices, base="USD", fx=fx_of(here)), betas)
    assert found.positions[0].reason is Reason.NO_BETA


def test_a_shock_moves_a_currency_once():
    """A benchmark fall and a stated currency move: the share's own beta at home, and the stated move on top."""
    here = world()
    prices = long_prices(here, "SAP")
    holdings = pl.DataFrame(
        [{"symbol": "SAP", "kind": "share", "quantity": 100, "currency": "EUR"},
         {"symbol": "EUR", "kind": "cash", "quantity": 1000},
         {"symbol": "USD", "kind": "cash", "quantity": 1_000_000}],
        infer_schema_length=None,
    )  # fmt: skip
    shock = tt.Shock(name="both", benchmark=-0.2, currencies={"EUR": -0.1})
    found = tt.stress(
        prices, holdings, benchmark="IDX", fx=fx_of(here), method="ols", window=None, shocks=[shock], episodes=[]
    )
    rate, local = here.rate("EUR")[-1], here.slope(here.home["SAP"])
    share = 100 * here.home["SAP"][-1] * rate * ((1 - 0.2 * local) * 0.9 - 1)
    (one,) = found.shocks
    assert one.profit == pytest.approx(share + 1000 * rate * -0.1, rel=1e-9)


def storm_of(here: World) -> Episode:
    return Episode(name="storm", start=DATES[60].item(), end=DATES[100].item(), what="planted")


def test_a_replay_of_a_quanto_perpetual_is_its_full_revaluation():
    """The underlying -44% and the coin -42% in a past storm: N m S C (x)(1 + y) = 255,200 and not 440,000 are lost."""
    here = world()
    eth, btc = here.home["ETH"].copy(), here.home["BTC"].copy()
    eth[100:] *= 0.56 * eth[60] / eth[100]
    btc[100:] *= 0.58 * btc[60] / btc[100]
    here = World(base="USD", home=here.home | {"ETH": eth, "BTC": btc}, dollars=here.dollars, benchmark=here.benchmark)
    perp = {
        "symbol": "Q", "kind": "perpetual", "currency": "USD", "underlying": "ETH", "payoff": "quanto",
        "settlement": "BTC", "multiplier": 0.000001, "quantity": 1e6 / (1e-6 * eth[-1] * btc[-1]),
    }  # fmt: skip
    holdings = pl.DataFrame([perp, {"symbol": "USD", "kind": "cash", "quantity": 5_000_000}], infer_schema_length=None)
    found = tt.stress(
        long_prices(here, "ETH", "BTC"), holdings, benchmark="IDX", method="ols", window=None, shocks=[],
        episodes=[storm_of(here)],
    )  # fmt: skip
    (storm,) = found.episodes
    assert storm.profit == pytest.approx(1e6 * -0.44 * 0.58, rel=1e-9)


def test_a_replay_in_currencies_is_full_revaluation():
    """A euro future, a euro call and a yen share through a past storm: prices at home and rates as they moved then."""
    here = world(seed=9)
    rows = [
        FESX,
        CALL,
        {"symbol": "TM", "kind": "share", "quantity": 300, "currency": "JPY"},
        {"symbol": "USD", "kind": "cash", "quantity": 1_000_000},
    ]
    holdings = pl.DataFrame(rows, infer_schema_length=None)
    found = tt.stress(
        long_prices(here, "SX5E", "SAP", "TM"), holdings, benchmark="IDX", fx=fx_of(here), method="ols", window=None,
        shocks=[], episodes=[storm_of(here)],
    )  # fmt: skip

    def moved(series: np.ndarray) -> float:
        return series[100] / series[60] - 1

    euro, rate = moved(here.rate("EUR")), here.rate("EUR")[-1]
    future = -50 * here.home["SX5E"][-1] * rate * moved(here.home["SX5E"]) * (1 + euro)
    spot = here.home["SAP"][-1]
    before, after = (
        black_scholes("call", s, 180.0, 0.25, 91 / 365, 0.0, 0.0) for s in (spot, spot * (1 + moved(here.home["SAP"])))
    )
    call = 1000 * rate * (after * (1 + euro) - before)
    share = 300 * here.price("TM", "USD")[-1] * moved(here.price("TM", "USD"))
    assert found.episodes[0].profit == pytest.approx(future + call + share, rel=1e-9)


def test_drift_revalues_as_moves_do():
    """A book moved by drift's own road gains what `revalue_moves` says, for every kind in a foreign currency."""
    here = world("EUR")
    perp = {
        "symbol": "P", "kind": "perpetual", "quantity": 900, "currency": "USD", "underlying": "BTC", "multiplier": 100,
        "payoff": "inverse", "settlement": "BTC", "entry": 50_000,
    }  # fmt: skip
    rows = [
        FESX | {"quantity": 3},
        CALL | {"quantity": 200},
        perp,
        {"symbol": "AAPL", "kind": "option", "quantity": 5, "underlying": "AAPL", "currency": "USD", "right": "put",
         "strike": 180, "expiry": CALL["expiry"], "vol": 0.4, "rate": 0.02},
        {"symbol": "EUR", "kind": "cash", "quantity": 5_000_000},
    ]  # fmt: skip
    held = tt.read_portfolio(pl.DataFrame(rows, infer_schema_length=None), base="EUR")
    prices = read_prices(long_prices(here, "SX5E", "SAP", "BTC", "AAPL"))
    setting = set_up(prices, held, benchmark="IDX", method="ols", fx=fx_of(here))
    book = freeze_book(held, setting.market, setting.betas)
    for row in revalue_moves(measure_book(held, setting.market, setting.betas), moves=(-0.3, -0.1, 0.15)):
        there = book.shifted(benchmark=row.move)
        assert there.nav == pytest.approx(row.nav, rel=1e-12)
        assert there.beta == pytest.approx(row.beta, rel=1e-10)


MIXED = [
    FESX | {"quantity": 3},
    CALL | {"quantity": 200},
    {"symbol": "I", "kind": "perpetual", "quantity": 900, "currency": "USD", "underlying": "BTC", "multiplier": 100,
     "payoff": "inverse", "settlement": "BTC", "entry": 50_000},
    {"symbol": "L", "kind": "perpetual", "quantity": 3, "currency": "USD", "underlying": "BTC", "multiplier": 1,
     "entry": 50_000},
    {"symbol": "A", "kind": "option", "quantity": 5, "underlying": "AAPL", "currency": "USD", "right": "put",
     "strike": 180, "expiry": CALL["expiry"], "vol": 0.4, "rate": 0.02},
    {"symbol": "C", "kind": "option", "quantity": 5, "underlying": "SAP", "currency": "USD", "right": "call",
     "strike": 190, "expiry": CALL["expiry"], "vol": 0.3, "rate": 0.02},
    {"symbol": "BTC", "kind": "cash", "quantity": 2},
    {"symbol": "TM", "kind": "share", "quantity": 300, "currency": "JPY"},
    {"symbol": "EUR", "kind": "cash", "quantity": 5_000_000},
]  # fmt: skip


@pytest.mark.parametrize("base", ["EUR", "USD", "CHF"])
def test_the_live_book_keeps_every_leg(base):
    """Quotes of prices and rates: the live book equals `expose` after each, for every kind in a foreign currency."""
    here = world(base)
    held = tt.read_portfolio(pl.DataFrame(MIXED, infer_schema_length=None), base=base)
    prices = read_prices(long_prices(here, "SX5E", "SAP", "BTC", "AAPL", "TM"))
    setting = set_up(prices, held, benchmark="IDX", method="ols", fx=fx_of(here))
    book = LiveBook(held, setting.market, setting.betas)
    rng = np.random.default_rng(1)
    moment = DATES[-1].astype("M8[us]").astype(np.int64)
    for k in range(40):
        name = str(rng.choice(["SX5E", "SAP", "BTC", "AAPL", "TM", "EURUSD", "JPYUSD", "CHFUSD"]))
        last = book.last(name)
        assert last is not None
        book.quote(name, last[0] * float(rng.uniform(0.97, 1.03)), int(moment + k + 1))
        now, batch = book.read(), book.exposure()
        assert now.nav == pytest.approx(batch.nav, rel=1e-12)
        assert now.beta.value == pytest.approx(batch.beta.value, rel=1e-12)
        assert now.beta.stderr == pytest.approx(batch.beta.stderr, rel=1e-9)
        for one, other in zip(now.positions, batch.positions, strict=True):
            assert one.beta_exposure == pytest.approx(other.beta_exposure, rel=1e-10, abs=1e-6), (name, one.asset)


def test_the_error_of_a_position_with_a_currency_leg_is_exact():
    """The error is that of one regression of E x local return + V x currency return, least squares by hand."""
    here = world()
    found = line(measured(long_prices(here, "SAP"), [CALL], here), "CALL")
    local, rate = (s[1:] / s[:-1] - 1 for s in (here.home["SAP"], here.rate("EUR")))
    y = found.delta_exposure * local + found.value * rate
    x = here.benchmark[1:] / here.benchmark[:-1] - 1
    centred = x - x.mean()
    slope = centred @ y / (centred @ centred)
    left = y - y.mean() - slope * centred
    error = np.sqrt(left @ left / (len(x) - 2) / (centred @ centred))
    assert found.beta_exposure == pytest.approx(slope, rel=1e-9)
    assert found.stderr * abs(found.delta_exposure) == pytest.approx(error, rel=1e-9)


@pytest.mark.parametrize(
    "beside",
    [
        {"symbol": "CHF", "kind": "cash", "quantity": 1},
        {"symbol": "NESN", "kind": "share", "quantity": 1, "currency": "CHF"},
    ],
)
def test_a_share_without_a_column_takes_no_rate_for_its_beta(beside):
    """A share called CHF, known by its stated price alone, has no beta: that of francs is not its own."""
    here = world()
    share = {"symbol": "CHF", "kind": "share", "quantity": 10, "currency": "USD", "price": 50}
    found = measured(long_prices(here, "NESN"), [share, beside], here)
    one = next(p for p in found.exposure.positions if p.asset == "CHF" and p.kind == "spot")
    assert one.reason is Reason.NO_BETA


@pytest.mark.parametrize("beside", [[], [{"symbol": "BTC", "kind": "cash", "quantity": 0.001}]])
def test_a_coin_in_dollars_is_not_its_rate_in_euro(beside):
    """A coin option reads BTCUSD: money in the coin beside it, whose rate is called BTC, changes nothing."""
    here = world("EUR")
    call = {
        "symbol": "C", "kind": "option", "quantity": 4, "underlying": "BTC", "currency": "USD", "right": "call",
        "strike": 66_000, "expiry": CALL["expiry"], "premium": "coin", "vol": 0.6,
    }  # fmt: skip
    found = line(measured(long_prices(here, BTCUSD=("USD", here.home["BTC"])), [call, *beside], here), "C")
    spot, b, rate = here.home["BTC"][-1], here.slope(here.home["BTC"]), here.rate("USD")
    up, now, down = (black_scholes("call", spot + k, 66_000.0, 0.6, 91 / 365, 0.0, 0.0) for k in (1, 0, -1))
    right = 4 * rate[-1] * ((up - down) / 2 * spot * b + now * here.slope(rate))
    assert found.beta_exposure == pytest.approx(right, rel=1e-7)


def test_a_silent_coin_cannot_be_dollars_for_a_contract_and_euro_as_money():
    """Money in BTC reads its column in base currency, a perpetual in dollars: refused, until somebody says which."""
    here = world("EUR")
    perp = {"symbol": "P", "kind": "perpetual", "quantity": 2, "currency": "USD", "underlying": "BTC", "multiplier": 1}
    coins = {"symbol": "BTC", "kind": "cash", "quantity": 2}
    with pytest.raises(InputError, match="P reads them in USD, BTC in EUR"):
        measured(wide_prices(here, "BTC"), [perp, coins], here)
    share = {"symbol": "BTC", "kind": "share", "quantity": 1, "currency": "USD"}
    told = measured(wide_prices(here, "BTC"), [perp, share | {"symbol": "BTC"}], here)
    assert line(told, "BTC").value == pytest.approx(here.price("BTC", "EUR")[-1], rel=1e-12)
    stated = measured(long_prices(here, "BTC"), [perp, coins], here)
    assert line(stated, "BTC").value == pytest.approx(2 * here.price("BTC", "EUR")[-1], rel=1e-12)
