"""Stress as a use case: planted books through planted storms, equal to the numerics and to revaluation in full."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from given import business_days, price_path

import trimtab as tt
from trimtab.desk.ask.fields import HoldingFields
from trimtab.desk.ask.review import set_up
from trimtab.desk.ask.stress.run import run_stress
from trimtab.exposure.expose import expose
from trimtab.exposure.measured import measure_book
from trimtab.exposure.moves import revalue_moves
from trimtab.market.prices import PriceTable
from trimtab.model.instrument import Perpetual, PerpetualPayoff, Terms
from trimtab.model.portfolio import Position, Stated
from trimtab.risk.episodes import Episode, replay
from trimtab.risk.regime import falls, regime_review
from trimtab.risk.shocks import Shock

RNG = np.random.default_rng(11)
N = 700
DAYS = business_days(N + 1)
MARKET = RNG.normal(0.0003, 0.01, N)
STORM = Episode(name="storm", start=DAYS[100].item(), end=DAYS[160].item(), what="planted")


def table(**returns: np.ndarray) -> PriceTable:
    columns = {name: price_path(r) for name, r in {"M": MARKET, **returns}.items()}
    return PriceTable.of(columns, dates=DAYS, currency="USD")


A = 0.6 * MARKET + RNG.normal(0, 0.006, N)
B = 1.7 * MARKET + RNG.normal(0, 0.006, N)


def stressed(text: str, prices: PriceTable, **options: object):
    held = tt.portfolio(text)
    setting = set_up(prices, held, benchmark="M", method="ols")
    return run_stress(held, setting, **{"episodes": (STORM,), **options}), held, setting


def test_an_episode_is_what_replay_says():
    """The use case's episode equals `replay` called on the same exposures, prices and betas."""
    prices = table(A=A, B=B)
    done, held, setting = stressed("100 A, 50 B, 3000 USD", prices)
    lines = expose(held, setting.market, setting.betas).positions[:2]
    rows = slice(100, 161)
    same = replay(
        exposure=[p.delta_exposure for p in lines],
        prices=prices.values[rows, 1:],
        benchmark=prices.values[rows, 0],
        nav=done.exposure.nav,
        betas=[p.beta for p in lines],
    )
    (e,) = done.episodes
    assert (e.profit, e.by_beta, e.worst) == (same.profit, same.by_beta, same.worst / done.exposure.nav)
    assert np.array_equal(e.path, same.path / done.exposure.nav)


def test_options_in_an_episode_are_priced_anew():
    """A deep put's profit in a fall of half is its intrinsic value, where delta and gamma would be far off."""
    storm = MARKET.copy()
    storm[100:160] = -0.012
    prices = PriceTable.of({"M": price_path(storm)}, dates=DAYS, currency="USD")
    last = float(prices.values[-1, 0])
    expiry = (dt.date.fromisoformat(str(DAYS[-1].astype("datetime64[D]"))) + dt.timedelta(days=30)).isoformat()
    import polars as pl

    from trimtab.feeds.contracts import open_contracts as load_contracts
    from trimtab.feeds.holdings import read_holdings

    rows = pl.DataFrame(
        {
            "symbol": ["M", "PUT", "USD"], "kind": ["spot", "option", "cash"], "quantity": ["100", "1", "0"],
            "underlying": [None, "M", None], "right": [None, "put", None], "strike": [None, f"{last:.4f}", None],
            "expiry": [None, expiry, None], "multiplier": [None, "100", None], "vol": [None, "0.2", None],
            "rate": [None, "0", None],
        }
    )  # fmt: skip
    held = read_holdings(rows, base="USD", contracts=load_contracts(None))
    setting = set_up(prices, held, benchmark="M", method="ols")
    (e,) = run_stress(held, setting, episodes=(STORM,)).episodes
    fall = 0.988**60 - 1
    premium = expose(held, setting.market, setting.betas).positions[1].value
    assert e.replay.benchmark_return == pytest.approx(fall)
    # 100 units held and the right to sell 100 at today's price: what is lost is the premium.
    assert e.profit == pytest.approx(-premium, rel=1e-3)
    assert e.beyond_beta > 0
    # Shares of the index are what beta says of them: all that is beyond it is the put's.
    put = expose(held, setting.market, setting.betas).positions[1]
    assert e.options_beyond == pytest.approx(e.options - put.beta_exposure * fall, rel=1e-9)
    assert e.options_beyond == pytest.approx(e.beyond_beta, rel=1e-6)


def test_prices_that_do_not_reach_back_are_skipped_by_name():
    """Episodes before the first price are named, not replaced by anything."""
    early = Episode(name="before", start=dt.date(2001, 1, 1), end=dt.date(2001, 6, 1), what="no prices")
    done, _, _ = stressed("100 A, 3000 USD", table(A=A), episodes=(early, STORM))
    assert done.skipped == ("before",)
    assert [e.episode.name for e in done.episodes] == ["storm"]


def test_an_asset_without_prices_then_is_stood_in_for_and_named():
    """A late listing follows beta x benchmark in the episode, and the share with own prices says so."""
    late = price_path(B)
    late[:200] = np.nan
    prices = PriceTable.of({"M": price_path(MARKET), "A": price_path(A), "B": late}, dates=DAYS, currency="USD")
    (e,) = stressed("100 A, 50 B", prices)[0].episodes
    assert e.proxied == ("B",)
    assert 0 < e.replay.observed < 1
    assert e.replay.coverage == 1


def test_a_shock_is_a_full_revaluation_plus_rates_and_currencies():
    """Benchmark and volatility go through revaluation, a stated duration through its own column."""
    crash = Shock(name="crash", benchmark=-0.3, rates=0.01)
    done, held, setting = stressed(
        "100 A, 50 B, 3000 USD", table(A=A, B=B), shocks=(crash,), fields={"A": HoldingFields(duration=5.0)}
    )
    (row,) = revalue_moves(measure_book(held, setting.market, setting.betas), moves=(-0.3,))
    (line,) = done.shocks
    value = done.exposure.positions[0].value
    assert line.profit == pytest.approx(row.pnl - 5.0 * 0.01 * value)
    assert line.by_beta == pytest.approx(-0.3 * done.exposure.beta_exposure)
    # B's duration is not known: the column says so, and cash has none to know.
    assert line.local.coverage["rates"] < 1


def test_beta_that_rises_in_falls_is_found():
    """A planted beta of 2 on the worst days and 1 on others shows as changed; a steady one does not."""
    bad = falls(MARKET)
    steady = MARKET + RNG.normal(0, 0.002, N)
    rising = np.where(bad, 2.0, 1.0) * MARKET + RNG.normal(0, 0.002, N)
    worst, *_ = stressed("100 A, 1000 USD", table(A=rising))[0].regimes
    calm, *_ = stressed("100 A, 1000 USD", table(A=steady))[0].regimes
    assert worst.review.changed
    assert not calm.review.changed


def test_regimes_are_those_of_the_numerics():
    """The regime table equals `regime_review` on today's exposures times past returns."""
    prices = table(A=A, B=B)
    done, held, setting = stressed("100 A, 50 B", prices)
    book = setting.of(held).past
    assert done.regimes[0].review == regime_review(book.book, book.market, falls(book.market))
    returns = prices.values[1:, 1:] / prices.values[:-1, 1:] - 1
    exposure = np.array([p.delta_exposure for p in done.exposure.positions])
    assert np.allclose(book.book, returns @ exposure / done.exposure.nav, atol=1e-12)


def test_correlations_pushed_to_one_give_the_ratio_of_volatilities():
    """At the end of the way each beta is volatility over the benchmark's."""
    done, _, _ = stressed("100 A, 50 B", table(A=A, B=B))
    end = done.pushed[-1]
    recent = np.column_stack([A, B, MARKET])[-504:]
    sd = recent.std(axis=0, ddof=1)
    assert np.allclose(end.betas, sd[:2] / sd[2], rtol=1e-9)


def test_a_short_future_is_called_by_a_rise():
    """Cash behind a short future runs out when the benchmark rises, and never when it falls."""
    prices = PriceTable.of({"SPX": 40 * price_path(MARKET)}, dates=DAYS, currency="USD")
    held = tt.portfolio("-1 MESH8, 100 SPX, 3000 USD", as_of=DAYS[-1].item())
    setting = set_up(prices, held, benchmark="SPX", method="ols")
    done = run_stress(held, setting, episodes=())
    assert done.margins.fall is None or done.margins.fall < -0.5
    assert 0 < done.margins.rise < 0.5


def test_a_coin_margined_carry_trade_is_never_called():
    """20 coins behind an inverse short of what they are worth: P/L 0 at every move and no call; 10 coins are called."""
    prices = PriceTable.of({"BTC": 800 * price_path(4 * MARKET)}, dates=DAYS, currency="USD")
    worth = float(prices.values[-1, 0])
    coin = Perpetual(
        symbol="XBTUSD", currency="USD", settlement="BTC", payoff=PerpetualPayoff.INVERSE,
        terms=(Terms(multiplier=Decimal(1)),), underlying=("BTC",),
    )  # fmt: skip
    short = Position(instrument=coin, quantity=Decimal(-round(20 * worth)), stated=Stated(funding=0.0001))

    def shocked(coins: int):
        money = tt.portfolio(f"{coins} BTC, 1000 USD", as_of=DAYS[-1].item())
        held = replace(money, positions=(*money.positions, short))
        setting = set_up(prices, held, benchmark="BTC", method="ols")
        moves = tuple(Shock(name=f"{x:+.0%}", benchmark=x) for x in (-0.4, 0.0, 0.5, 0.9))
        return run_stress(held, setting, episodes=(), shocks=moves)

    done = shocked(20)
    assert (done.margins.fall, done.margins.rise) == (None, None)
    assert [s.margin.call for s in done.shocks] == [0.0] * 4
    assert [s.profit for s in done.shocks] == pytest.approx([0.0] * 4, abs=2 * worth)
    # Half the coins: 10 w (1 + x) - 20 w x = 1.5 x 6% x 20 w (1 + x), so x = (10 - 1.8) / (10 + 1.8).
    half = shocked(10)
    assert half.margins.fall is None
    assert half.margins.rise == pytest.approx(8.2 / 11.8, rel=1e-3)
