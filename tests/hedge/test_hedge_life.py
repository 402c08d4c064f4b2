"""How long a hedge contract lives: near its expiry a root means the next month, and what is about to expire says so."""

import numpy as np
import pandas as pd
import pytest

import trimtab as tt
from trimtab.errors import InputError
from trimtab.python.planning import plan_targets

MANDATE = tt.Mandate(benchmark="SPX", target=0.5, band=0.02)


def prices(last: str) -> pd.DataFrame:
    """An index and a share that follows it, 300 business days up to a day."""
    rng = np.random.default_rng(1)
    dates = np.busday_offset(np.datetime64(last), np.arange(-299, 1), roll="forward")
    market = rng.normal(0, 0.01, 300)
    own = market + rng.normal(0, 0.008, 300)
    return pd.DataFrame({"date": dates, "SPX": 4000 * np.cumprod(1 + market), "ABC": 100 * np.cumprod(1 + own)})


def planned(last: str, hedge: str, held: str = "100000 ABC") -> tt.Plan:
    return tt.plan(prices(last), held, MANDATE, hedge=hedge, method="ols")


@pytest.mark.parametrize(
    ("last", "traded", "told"),
    [
        ("2026-12-09", "ESZ6", False),  # nine days before the third Friday, 2026-12-18
        ("2026-12-10", "ESH7", True),
        ("2026-12-17", "ESH7", True),
        ("2026-12-18", "ESH7", True),
        ("2026-12-21", "ESH7", False),
    ],
)
def test_near_its_expiry_a_root_means_the_next_month(last, traded, told):
    """From eight days before expiry ES is the next contract, and the plan says which and why."""
    plan = planned(last, "ES")
    assert [order.symbol for order in plan.orders] == [traded]
    assert any(note.startswith("ESH7 is traded, not ESZ6, which expires on 2026-12-18") for note in plan.notes) is told


def test_a_contract_that_is_named_is_traded_and_its_end_is_said():
    """ESZ6 the day before it expires: the owner's word, and a note that the hedge is gone tomorrow."""
    plan = planned("2026-12-17", "ESZ6")
    assert plan.orders[0].symbol == "ESZ6"
    assert plan.notes[0] == (
        "ESZ6 expires on 2026-12-18, tomorrow: what it hedges is open again then; ESH7 lives longer"
    )
    assert not any("expires" in note for note in planned("2026-12-09", "ESZ6").notes)


def test_the_next_month_that_is_named_is_traded_at_any_time():
    """Months before the roll nobody is asked why."""
    plan = planned("2026-11-02", "ESH7")
    assert plan.orders[0].symbol == "ESH7"
    assert not any("is traded, not" in note for note in plan.notes)


def test_a_contract_that_has_expired_is_refused_by_its_date():
    """ESZ6 on the Monday after: it cannot be traded, and what can is named."""
    with pytest.raises(InputError, match="ESZ6, which expired on 2026-12-18") as told:
        planned("2026-12-21", "ESZ6")
    assert "ESH7" in str(told.value)


def test_a_plan_for_several_benchmarks_says_it_too():
    """Every command that trades contracts goes through the same door."""
    done = plan_targets(
        prices("2026-12-17"), "100000 ABC", MANDATE, targets={"ABC": (0.5, 9.0)}, hedge="ES", method="ols"
    )
    assert done.notes[0].startswith("ESH7 is traded, not ESZ6")
