"""Margin calls: by hand, and where they come."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.risk.margin import Margined, margin_after, margin_break_points


def test_by_hand():
    """Variation, funding, margin and call of a short future and a long perpetual equal their formulas."""
    account = Margined(
        cash=50_000, exposure=[-500_000, 200_000], betas=[1.0, 1.5], margin=[0.05, 0.10], funding=[0.0, 0.0003]
    )
    state = margin_after(account, benchmark=0.2, factor=1.5, days=10)
    assert state.variation == pytest.approx(-100_000 + 60_000)
    assert state.funding == pytest.approx(-600)
    assert state.required == pytest.approx(1.5 * (600_000 * 0.05 + 260_000 * 0.10))
    assert state.free == pytest.approx(50_000 - 40_000 - 600 - 84_000)
    assert state.call == -state.free
    assert state.to_close == pytest.approx(74_600 / 84_000)


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=4),
    st.lists(st.floats(-3, 3), min_size=4, max_size=4),
    st.floats(1e4, 1e6),
    st.floats(0.01, 0.5),
)
def test_break_points_are_where_free_cash_ends(exposure, betas, cash, rate):
    """At a break point free cash is zero, nearer to today there is some, and where none is named there always is."""
    account = Margined(cash=cash, exposure=exposure, betas=betas[: len(exposure)], margin=rate)
    points = margin_break_points(account)
    if margin_after(account, benchmark=0.0).free < 0:
        assert points == (0.0, 0.0)
        return
    for point, sign in zip(points, (-1, 1), strict=True):
        end = sign if point is None else point
        if point is not None:
            assert margin_after(account, benchmark=point).free == pytest.approx(0, abs=1e-3)
        for x in np.linspace(0, 0.999 * end, 7):
            assert margin_after(account, benchmark=x).free >= -1e-3


def test_a_right_hedge_can_run_out_of_cash():
    """Shares hedged in full with futures do not change in value, and the futures still call for cash in a rise."""
    account = Margined(cash=100_000, exposure=[-1_000_000], betas=[1.0], margin=[0.06])
    fall, rise = margin_break_points(account, factor=1.5)
    assert fall is None
    assert rise == pytest.approx((100_000 - 90_000) / (1_000_000 * 1.09))


def test_refusals():
    """Unknown betas, negative cash and moves below -100% are refused."""
    with pytest.raises(NotEnoughDataError, match="every margined position"):
        margin_after(Margined(cash=1, exposure=[1.0], betas=[np.nan], margin=[0.1]), benchmark=0)
    with pytest.raises(InputError, match="zero or more"):
        margin_after(Margined(cash=-1, exposure=[1.0], betas=[1.0], margin=[0.1]), benchmark=0)
    with pytest.raises(InputError, match="-100%"):
        margin_after(Margined(cash=1, exposure=[1.0], betas=[1.0], margin=[0.1]), benchmark=-2)
