"""Where a call comes, at the very edges: nothing free, what turns, and what can never be called."""

import pytest

from trimtab.risk.margin import Margined, margin_after, margin_break_points


def test_an_account_with_nothing_free_is_called_by_any_fall():
    """Free margin of exactly 0 is no call yet: a fall calls at once, and a rise never."""
    account = Margined(cash=50_000, exposure=[1_000_000], betas=[1.0], margin=[0.05])
    assert margin_after(account, benchmark=0.0).free == 0.0
    fall, rise = margin_break_points(account)
    assert fall == 0.0
    assert rise is None


@pytest.mark.parametrize(
    ("cash", "exposure", "betas", "rates"),
    [
        (120_000, [-1_000_000], [1.0], [0.05]), (190_000, [400_000, -300_000], [1.8, 0.6], [0.1, 0.2]),
        (60_000, [300_000], [-2.5], [0.08]), (200_000, [500_000, 200_000], [3.0, -1.5], [0.15, 0.1]),
    ],
)  # fmt: skip
def test_at_a_break_point_nothing_is_free_and_just_before_something_is(cash, exposure, betas, rates):
    """On either side: free margin is 0 there, positive within, negative beyond."""
    account = Margined(cash=cash, exposure=exposure, betas=betas, margin=rates)
    points = margin_break_points(account)
    assert any(p is not None for p in points)
    for point, sign in zip(points, (-1, 1), strict=True):
        if point is None:
            assert all(margin_after(account, benchmark=sign * k / 50).free >= 0 for k in range(51))
            continue
        assert point * sign > 0
        assert margin_after(account, benchmark=point).free == pytest.approx(0.0, abs=1e-6)
        assert margin_after(account, benchmark=point - sign * 1e-6).free > 0
        assert margin_after(account, benchmark=point + sign * 1e-6).free < 0
