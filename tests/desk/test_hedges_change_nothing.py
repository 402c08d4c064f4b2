"""What is held is measured alike whatever is named as a hedge: a law over books, hedges and methods."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import trimtab as tt
from trimtab import sample

#: What a contract table calls an inverse fund, one that doubles, and a plain one.
FUNDS = "root,multiplier,currency,tick,kind,leverage\n" + "".join(
    f"{name},1,USD,0.01,fund,{multiple}\n" for name, multiple in (("INV", -1), ("TWO", 2), ("MTUM", 1))
)
MANDATE = tt.Mandate(benchmark="SPX", target=0.3, band=0.02)
HELD = ("AAPL", "MSFT", "JPM", "XOM")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A year and a half of the sample, with two funds on its index that wander a little."""
    prices = pl.read_parquet(sample.prices_path()).tail(380)
    rng = np.random.default_rng(3)
    index = (prices["SPX"] / prices["SPX"].shift(1) - 1).fill_null(0.0).to_numpy()
    funds = {
        name: 50 * np.cumprod(1 + multiple * index + rng.normal(0, 0.004, len(index)))
        for name, multiple in (("INV", -1), ("TWO", 2))
    }
    file: Path = tmp_path_factory.mktemp("funds") / "contracts.csv"
    file.write_text(FUNDS)
    return tt.read_prices(prices.with_columns(**{name: pl.Series(path) for name, path in funds.items()})), file


@settings(max_examples=6, deadline=None)
@given(
    held=st.lists(st.sampled_from(HELD), min_size=1, max_size=3, unique=True),
    hedges=st.lists(st.sampled_from(["ES", "MES", "INV", "TWO", "MTUM"]), min_size=1, max_size=3, unique=True),
    method=st.sampled_from(["default", "welch|vasicek"]),
)
def test_what_is_held_does_not_depend_on_what_is_named_as_hedge(world, held, hedges, method):
    """Beta and its error before any trade are those of a review, to the last digit; the plan done gives its after."""
    prices, contracts = world
    book = ", ".join(f"{1000 * (k + 1)} {name}" for k, name in enumerate(held)) + ", 900000 USD"
    how = {"method": method, "contracts": contracts}
    alone = tt.review(prices, book, MANDATE, **how).exposure
    plan = tt.plan(prices, book, MANDATE, hedge=",".join(hedges), **how)
    assert (plan.before.beta.value, plan.before.beta.stderr) == (alone.beta.value, alone.beta.stderr)
    assert [p.beta for p in plan.before.positions] == [p.beta for p in alone.positions]
    done = tt.review(prices, plan.apply(tt.portfolio(book)), MANDATE, **how).exposure
    assert done.beta.value == pytest.approx(plan.after.beta.value, rel=1e-9, abs=1e-12)


def test_the_law_looks_at_a_book_that_a_fund_could_shift(world):
    """Without the multiples of the table the same funds count among the others, and shares have other betas."""
    prices, contracts = world
    with_table, without = (
        tt.review(prices, "1000 AAPL, 10000 USD", MANDATE, method="welch|vasicek", **more).exposure.beta.value
        for more in ({"contracts": contracts}, {})
    )
    assert abs(with_table - without) > 1e-4
