"""Liquidation against a brute-force search that values random accounts anew, in code of its own."""

from math import erf, log, sqrt

import numpy as np
import pytest
from margin_books import accounts, coin_option, coins, measured, money, perpetual

from trimtab.hedge.margin.liquidation import affine_sides, nearest_sides
from trimtab.hedge.margin.measure import accounts_after

S0, YEARS = 80_000.0, 30 / 365


def normal(x):
    return (1 + erf(x / sqrt(2))) / 2


def premium(right, spot, strike, vol):
    """Price of an option in dollars, Black's formula without a rate, one number at a time."""
    sd = vol * sqrt(YEARS)
    d = log(spot / strike) / sd + sd / 2
    sign = 1 if right == "call" else -1
    return sign * (spot * normal(sign * d) - strike * normal(sign * (d - sd)))


def free(spot, held, contracts, entry, options):
    """Equity less maintenance margin in dollars, written out from Deribit's published rules."""
    coins_there = held + contracts * (1 / entry - 1 / spot)
    size = abs(contracts) / spot
    margin = size * min(1.0, 0.01 + 0.00005 * size)
    for count, right, strike, vol in options:
        mark = premium(right, spot, strike, vol) / spot
        coins_there += count * mark
        if count < 0:
            floor = max(0.075, 0.075 * mark) if right == "put" else 0.075
            margin += -count * (floor + mark)
    return (coins_there - margin) * spot


def brute(*account):
    """The first crossings on a grid of a tenth of a per cent; None where none comes."""
    if free(S0, *account) < 0:
        return 0.0, 0.0
    down = next((x for x in np.arange(0, 0.9991, 0.001) if free(S0 * (1 - x), *account) < 0), None)
    up = next((x for x in np.arange(0, 10, 0.005) if free(S0 * (1 + x), *account) < 0), None)
    return down, up


def test_liquidation_of_random_accounts_is_that_of_a_fine_grid():
    """Coins, an inverse perpetual with an entry, and up to three options: both sides, or none."""
    random = np.random.default_rng(5)
    kinds = set()
    for _ in range(25):
        held = float(random.uniform(1, 40))
        contracts = int(random.integers(-3_000_000, 3_000_000))
        entry = int(random.integers(60_000, 100_000))
        options = [
            (int(random.integers(-25, 25)) or 1, str(random.choice(["call", "put"])),
             int(random.integers(45, 130)) * 1000, float(np.round(random.uniform(0.4, 1.2), 3)))
            for _ in range(random.integers(0, 4))
        ]  # fmt: skip
        rows = [coins(held, venue="Deribit"), perpetual(contracts, venue="Deribit", entry=str(entry))]
        rows += [coin_option(n, k, right=r, vol=v, symbol=f"O{i}") for i, (n, r, k, v) in enumerate(options)]
        (account,) = measured(*rows, money(1e8, venue="Bank"))
        down, up = brute(held, contracts, entry, options)
        kinds.add((down is None, up is None))
        if down == 0.0:
            assert (account.fall, account.rise) == (0.0, 0.0)
            continue
        assert account.fall == (None if down is None else pytest.approx(-down, abs=0.0011))
        assert account.rise == (None if up is None else pytest.approx(up, abs=0.0051))
        if account.fall is not None:
            there = free(S0 * (1 + account.fall), held, contracts, entry, options)
            assert there == pytest.approx(0, abs=1e-6 * abs(free(S0, held, contracts, entry, options)) + 5)
    assert len(kinds) >= 3


def test_a_dip_between_two_points_is_found():
    """An account that is short of margin only between 10.1% and 10.4% down is liquidated at 10.1%."""
    fall, rise = nearest_sides(lambda x: (x + 0.101) * (x + 0.104))
    assert fall == pytest.approx(-0.101, abs=1e-9)
    assert rise is None
    assert nearest_sides(lambda x: np.where(x > 2, -1.0, 1.0))[1] == pytest.approx(2.0, abs=1e-9)
    assert nearest_sides(lambda x: -np.ones_like(x)) == (0.0, 0.0)


def test_lines_have_one_root_or_none():
    """A + b f: the root where it lies on the way, none where free money grows or stands."""
    assert affine_sides(lambda x: 5.0 + 0.0 * x) == (None, None)
    assert affine_sides(lambda x: 5.0 - 10.0 * x) == (None, pytest.approx(0.5))
    assert affine_sides(lambda x: 5.0 + 5.0 * x) == (None, None)  # at -100%, beyond what is looked at
    assert affine_sides(lambda x: -1.0 + x) == (0.0, 0.0)


def test_a_shock_is_where_the_account_is_then():
    """After a fall of a tenth coins of beta 1.5 are 15% lower, and what is left is counted from there."""
    rows = (coins(6, venue="Deribit"), perpetual(400_000, venue="Deribit"))
    (after,) = accounts_after(accounts(*rows), -0.10)
    assert after.equity == pytest.approx((6 + 400_000 * (1 / S0 - 1 / (S0 * 0.85))) * S0 * 0.85)
    (now,) = measured(*rows)
    assert not after.liquidated
    assert (1 - 0.15) * (1 + after.fall) == pytest.approx(1 + now.fall, rel=1e-9)
    (gone,) = accounts_after(accounts(*rows), now.fall / 1.5 - 0.01)
    assert gone.liquidated


def test_volatility_alone_liquidates_who_sold_options():
    """Marks rise with volatility at the same price: margin grows and equity falls."""
    rows = (coins(5, venue="Deribit"), coin_option(-50, 60_000))
    calm, wild = (accounts_after(accounts(*rows), 0.0, volatility=v)[0] for v in (0.0, 0.3))
    assert not calm.liquidated
    assert wild.liquidated
    put = premium("put", S0, 60_000, 0.742 + 0.3)
    assert wild.equity == pytest.approx(5 * S0 - 50 * put, rel=1e-6)
