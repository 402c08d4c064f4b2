"""A stated price beside the price table: far ones are refused in a hedge and told in holdings, with both numbers."""

import numpy as np
import pandas as pd
import pytest

import trimtab as tt
from trimtab.errors import InputError

N = 300
DATES = np.busday_offset(np.datetime64("2024-01-02"), np.arange(N), roll="forward")
LAST = DATES[-1].item()
MANDATE = tt.Mandate(benchmark="SPX", target=0.5, band=0.02)


def prices(**more: float) -> pd.DataFrame:
    """An index at 4,000 on the last day, a share that follows it, and further columns that do."""
    rng = np.random.default_rng(1)
    path = np.concatenate([[1.0], np.cumprod(1 + rng.normal(0, 0.01, N - 1))])
    level = path / path[-1]
    noise = np.cumprod(1 + rng.normal(0, 0.008, N))
    columns = {"SPX": 4000 * level, "ABC": 100 * level * noise / noise[-1], **{k: v * level for k, v in more.items()}}
    return pd.DataFrame({"date": DATES, **columns})


def planned(stated: float, **more: float) -> tt.Plan:
    return tt.plan(prices(**more), "100000 ABC", MANDATE, hedge="ES", hedge_prices={"ES": stated}, method="ols")


@pytest.mark.parametrize("stated", [40.0, 400_000.0, 5_400.0, 2_900.0])
def test_a_hedge_price_far_from_its_index_is_refused_with_both_numbers(stated):
    """ES at 40 with the index at 4,000 would sell a hundred times too many contracts."""
    with pytest.raises(InputError) as told:
        planned(stated)
    assert "SPX, 4,000 USD" in str(told.value)
    assert f"{stated:,.6g} stated" in str(told.value)


def test_a_hedge_price_that_no_carry_explains_is_told_and_used():
    """4,400 on an index of 4,000 in a contract of three months: used, and both numbers are said."""
    plan = planned(4_400.0)
    assert plan.orders[0].mark == 4_400.0
    assert any("4,400 USD is stated, its index SPX is at 4,000" in note for note in plan.notes)


def test_a_hedge_price_within_carry_says_nothing():
    """4,060 is a basis of 1.5%: nobody asks."""
    assert not any("is stated" in note for note in planned(4_060.0).notes)


def test_a_price_column_goes_before_a_stated_price_and_says_so():
    """Its own column at 4,020: a stated 4,300 is not used and told, a stated 40 is refused."""
    plan = planned(4_300.0, ES=4020.0)
    assert plan.orders[0].mark == pytest.approx(4_020.0)
    assert any("its own column is at 4,020" in note and "the column is used" in note for note in plan.notes)
    with pytest.raises(InputError, match="its own column"):
        planned(40.0, ES=4020.0)


def test_a_price_of_a_name_that_is_no_contract_is_refused():
    """A typing error would leave the plan at another price in silence; other contracts may have prices stated."""
    with pytest.raises(InputError, match="a price of ESS"):
        tt.plan(prices(), "100000 ABC", MANDATE, hedge="ES", hedge_prices={"ESS": 4000.0}, method="ols")
    plan = tt.plan(prices(), "100000 ABC", MANDATE, hedge="ES", hedge_prices={"MES": 4000.0}, method="ols")
    assert any("no futures price was given, so the index level stands in" in note for note in plan.notes)


def test_a_future_in_the_holdings_at_a_hundredth_of_its_index_is_told():
    """Ten ES at a stated 40: the review keeps the price its owner states, and says both numbers first."""
    held = pd.DataFrame(
        {"symbol": ["ESM25", "USD"], "kind": ["future", "cash"], "quantity": [10, 1e6], "price": [40.0, None]}
    )
    review = tt.review(prices(), held, MANDATE, method="ols")
    assert "a price of 40 USD is stated, its index SPX is at 4,000" in review.notes[0]
    fine = held.assign(price=[4010.0, None])
    assert not any("is stated" in note for note in tt.review(prices(), fine, MANDATE, method="ols").notes)


def test_a_share_in_the_holdings_far_from_its_column_is_told():
    """The column is used, whatever the holdings say."""
    held = pd.DataFrame({"symbol": ["ABC", "USD"], "quantity": [10, 1e6], "price": [1000.0, None]})
    review = tt.review(prices(), held, MANDATE, method="ols")
    assert "its own column is at 100" in review.notes[0]
    assert next(p for p in review.exposure.positions if p.asset == "ABC").value == pytest.approx(1000.0)
