"""Wide files state no currencies: what nobody holds is read as base money, and that is said where it may be wrong."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

import trimtab as tt

N = 120
DATES = np.busday_offset(np.datetime64("2024-01-02"), np.arange(N), roll="forward")


def prices(*names: str) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    market = rng.normal(0, 0.01, N)
    moves = {name: market + (k > 0) * rng.normal(0, 0.01, N) for k, name in enumerate(names)}
    return pd.DataFrame({"date": DATES, **{name: 100 * np.cumprod(1 + r) for name, r in moves.items()}})


def notes(names: tuple[str, ...], rows: list[dict[str, object]], base: str = "USD", **how: object) -> list[str]:
    euro = pd.DataFrame({"date": DATES, "EURUSD": 1.1 + 0.001 * np.sin(np.arange(N))})
    mandate = tt.Mandate(benchmark=names[0], target=1.0, band=0.2)
    held = pd.DataFrame([*rows, {"symbol": base, "quantity": 1e4}])
    found = tt.review(prices(*names), held, mandate, base=base, method="ols", fx=euro, **how)
    return [note for note in found.notes if "no currency" in note]


ABC = {"symbol": "ABC", "quantity": 10}


@pytest.mark.parametrize(("base", "count"), [("USD", 1), ("EUR", 0)])
def test_an_index_known_in_another_currency_is_told(base, count):
    """SX5E beside a book in dollars is taken as dollars, which its name contradicts; in euro it is right."""
    told = notes(("SX5E", "ABC"), [{**ABC, "currency": base}], base)
    assert len(told) == count
    if count:
        assert told[0].startswith("SX5E states no currency and is read in USD, though the index is known in EUR")


@pytest.mark.parametrize(("currency", "count"), [("USD", 0), ("EUR", 1)])
def test_a_benchmark_nobody_knows_is_told_beside_foreign_positions(currency, count):
    """In a book of one currency nothing can be meant but that one."""
    told = notes(("WORLD", "ABC"), [{**ABC, "currency": currency}])
    assert len(told) == count


def test_what_a_fund_is_seen_through_to_is_told_once_for_each_column():
    """SAP and NESN nobody holds; ABC is held, so its currency is stated."""
    half = Decimal("0.5")
    funds = {"ONE": (("SAP", half), ("ABC", half)), "TWO": (("SAP", half), ("NESN", half))}
    rows = [ABC, {"symbol": "ONE", "quantity": 5}, {"symbol": "TWO", "quantity": 5}]
    told = notes(("SPX", "ABC", "ONE", "TWO", "SAP", "NESN"), rows, funds=funds)
    assert [note.partition(", which")[0] for note in told] == [
        "ONE is seen through to SAP",
        "TWO is seen through to NESN",
    ]
