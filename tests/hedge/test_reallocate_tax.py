"""Taxes from lots: published examples, the year's edge, and the order in which lots go."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.errors import InputError
from trimtab.hedge.reallocate.tax import TaxRules, held_long, lot_taxes
from trimtab.model.portfolio import TaxLot

TODAY = dt.date(2024, 3, 1)
OLD, NEW = dt.date(2022, 1, 3), dt.date(2023, 12, 1)


def bought(units: str, price: str, day: dt.date) -> TaxLot:
    return TaxLot(quantity=Decimal(units), price=Decimal(price), acquired=day)


def tax_of(units: int, lots: tuple[TaxLot, ...], price: str, **rules) -> Decimal:
    """Tax of selling so many units, by walking the runs."""
    given_rules = {"short_rate": Decimal("0.24"), "long_rate": Decimal("0.15")} | rules
    wanted, total = Decimal(units), Decimal(0)
    for run in lot_taxes("X", lots, Decimal(price), TODAY, TaxRules(**given_rules)):
        part = min(wanted, run.units)
        total += part * run.tax
        wanted -= part
    assert wanted <= 0
    return total


#: Lots whose first, last, dearest and named ones cost what the example says.
SCHWAB = (bought("100", "10", OLD), bought("100", "60", dt.date(2022, 6, 1)), bought("100", "65", NEW))


@pytest.mark.parametrize(
    ("method", "tax"), [("fifo", 1350), ("lifo", 840), ("hifo", 840), ("least_tax", 600), ("specific", 600)]
)
def test_the_published_table_of_methods(method, tax):
    """100 of several lots sold at 100: tax by method at 15% and 24% (Schwab Center for Financial Research)."""
    named = (("X", (2,)),) if method == "specific" else ()
    assert tax_of(100, SCHWAB, "100", method=method, specific=named) == tax


def test_the_published_split_of_a_fifo_sale():
    """150 of 100 at 5 and 100 at 7 sold at 10: 500 of long and 150 of short gain (Firstrade, tax lots)."""
    lots = (bought("100", "5", OLD), bought("100", "7", NEW))
    assert tax_of(150, lots, "10", short_rate=Decimal(0), long_rate=Decimal(1)) == 500
    assert tax_of(150, lots, "10", short_rate=Decimal(1), long_rate=Decimal(0)) == 150


def test_average_cost_pools_every_lot():
    """Lots at 10 and 30 cost 20 each; the oldest count as sold first."""
    lots = (bought("10", "30", NEW), bought("10", "10", OLD))
    assert tax_of(10, lots, "40", method="average") == 10 * 20 * Decimal("0.15")
    assert tax_of(20, lots, "40", method="average") == 10 * 20 * Decimal("0.39")


@pytest.mark.parametrize(
    ("acquired", "sold", "long"),
    [
        ("2005-01-01", "2006-01-01", False),
        ("2005-01-01", "2006-01-02", True),
        ("2012-09-19", "2013-09-19", False),
        ("2012-09-19", "2013-09-20", True),
        ("2024-02-29", "2025-02-28", False),
        ("2024-02-29", "2025-03-01", True),
    ],
)
def test_a_year_to_the_day_is_still_short(acquired, sold, long):
    """The count starts on the day after the purchase (J.K. Lasser, Your Income Tax 2013, 5.9; fool.com 2005-04-22)."""
    assert held_long(dt.date.fromisoformat(acquired), dt.date.fromisoformat(sold)) is long


def test_losses_save_only_what_relief_allows():
    """Without relief a loss is worth nothing; with it, its share of the rate."""
    lots = (bought("10", "50", OLD),)
    assert tax_of(10, lots, "40") == 0
    assert tax_of(10, lots, "40", loss_relief=Decimal("0.5")) == Decimal("-7.5")


def test_closing_a_short_is_taxed_at_the_short_rate():
    """A short sold at 50 and bought at 40 gains 10 a unit, however long it was open."""
    assert tax_of(10, (bought("-10", "50", OLD),), "40") == 10 * 10 * Decimal("0.24")


def test_lots_that_are_not_there_are_refused():
    """Specific identification names lots of the position, each once."""
    for numbers in ((4,), (0,), (1, 1)):
        with pytest.raises(InputError, match="lot numbers of X"):
            tax_of(1, SCHWAB, "100", method="specific", specific=(("X", numbers),))
    with pytest.raises(InputError, match="from 0 to 1"):
        TaxRules(short_rate=Decimal(24), long_rate=Decimal(0))


lots_strategy = st.lists(
    st.tuples(st.integers(1, 50), st.integers(1, 200), st.integers(1, 1500)), min_size=1, max_size=6
).map(lambda rows: tuple(bought(str(u), str(p), TODAY - dt.timedelta(days=d)) for u, p, d in rows))


@given(lots_strategy, st.integers(1, 200))
def test_selling_everything_costs_the_same_in_any_order(lots, price):
    """Methods change when a gain is taxed, not how much there is."""
    everything = int(sum(lot.quantity for lot in lots))
    taxes = {
        m: tax_of(everything, lots, str(price), method=m, loss_relief=Decimal(1)) for m in ("fifo", "lifo", "hifo")
    }
    assert len(set(taxes.values())) == 1
    part = max(1, everything // 2)
    least = tax_of(part, lots, str(price), method="least_tax")
    assert all(least <= tax_of(part, lots, str(price), method=m) for m in ("fifo", "lifo", "hifo"))
