"""Shocks: what has no NAV has no shares of it."""

import pytest

from trimtab.errors import InputError
from trimtab.risk.shocks import Shock, apply_shock


@pytest.mark.parametrize("nav", [0.0, -1.0])
def test_a_book_without_nav_is_refused(nav):
    """Of nothing there are no shares: not at 0 and not below."""
    with pytest.raises(InputError, match="a positive NAV"):
        apply_shock(
            Shock(name="fall", benchmark=-0.2), nav=nav, value=[1.0], exposure=[1.0], betas=[1.0], currencies=["USD"],
            base="USD",
        )  # fmt: skip
