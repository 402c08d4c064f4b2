"""Units of a later day for one of an earlier one, by the splits between them."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest

from trimtab.ledger.facts.corporate import Split
from trimtab.ledger.facts.header import about
from trimtab.ledger.lots.closes import split_ratio

SPLITS = [
    Split(day=dt.date(2024, 3, 1), of=about("ABC"), new=Decimal(10)),
    Split(day=dt.date(2024, 6, 3), of=about("ABC"), new=Decimal(1), old=Decimal(4)),
    Split(day=dt.date(2024, 3, 15), of=about("XYZ"), new=Decimal(7)),
]


@pytest.mark.parametrize(
    ("symbol", "after", "upto", "ratio"),
    [
        ("ABC", "2024-01-31", "2024-12-31", Fraction(10, 4)),
        ("ABC", "2024-03-01", "2024-12-31", Fraction(1, 4)),  # the day itself is over
        ("ABC", "2024-02-29", "2024-03-01", Fraction(10)),
        ("ABC", "2024-02-29", "2024-05-31", Fraction(10)),  # the one of XYZ between is another's
        ("XYZ", "2024-01-31", "2024-12-31", Fraction(7)),
        ("ABC", "2023-01-01", "2024-02-29", Fraction(1)),
        ("DEF", "2023-01-01", "2024-12-31", Fraction(1)),
    ],
)
def test_only_splits_of_the_symbol_between_the_days_count(symbol, after, upto, ratio):
    """A split counts from its own day on, for its own symbol, and splits multiply exactly."""
    assert split_ratio(SPLITS, symbol, dt.date.fromisoformat(after), dt.date.fromisoformat(upto)) == ratio
