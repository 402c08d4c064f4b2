"""Contract names, expiry dates and terms that change."""

import datetime as dt
from decimal import Decimal

import pytest

from trimtab.errors import InputError, UnknownSymbolError
from trimtab.feeds.contracts import bundled_contracts, read_contracts
from trimtab.model.expiry import front_month, resolve_year, third_friday
from trimtab.model.instrument import Future, Terms

TABLE = bundled_contracts()
DAY = dt.date(2026, 11, 21)


@pytest.mark.parametrize(
    ("name", "expiry"),
    [
        ("ESZ6", dt.date(2026, 12, 18)),
        ("ESZ26", dt.date(2026, 12, 18)),
        ("ESZ2026", dt.date(2026, 12, 18)),
        ("MESH7", dt.date(2027, 3, 19)),
        ("ESU6", dt.date(2036, 9, 19)),
    ],
)
def test_contract_names_carry_their_expiry(name, expiry):
    """One-digit years mean the next such contract that has not expired, two and four digits are plain."""
    assert TABLE.find(name, as_of=DAY).expiry == expiry


def test_a_contract_that_has_just_expired_is_still_meant():
    """Within ten days after expiry a one-digit year does not jump ten years ahead."""
    assert resolve_year("6", 12, dt.date(2026, 12, 22)) == 2026
    assert resolve_year("6", 12, dt.date(2027, 1, 22)) == 2036


def test_the_front_contract_moves_on_after_expiry():
    """On expiry day the front contract is still this one; the day after it is the next."""
    assert front_month(dt.date(2022, 12, 16), "HMUZ") == (2022, 12)
    assert front_month(dt.date(2022, 12, 17), "HMUZ") == (2023, 3)


def test_what_is_no_contract_is_none():
    """A share's symbol is not read as a contract."""
    assert TABLE.find("AAPL", as_of=DAY) is None


def test_an_unknown_root_names_near_ones():
    """Asking for a root that is not in the table offers those that look like it."""
    with pytest.raises(UnknownSymbolError, match="did you mean .*MES"):
        TABLE.root("MESS")


def test_terms_change_on_their_date():
    """A multiplier that the exchange changed holds from its date on, and not before."""
    future = Future(
        symbol="X",
        root="X",
        currency="USD",
        terms=(
            Terms(multiplier=Decimal(10)),
            Terms(multiplier=Decimal(2), valid_from=dt.date(2024, 6, 1)),
        ),
    )
    assert future.terms_on(dt.date(2024, 5, 31)).multiplier == 10
    assert future.terms_on(dt.date(2024, 6, 1)).multiplier == 2


def test_fractional_multipliers_stay_exact(tmp_path):
    """A multiplier of 27.5 is not rounded to 28."""
    file = tmp_path / "mine.csv"
    file.write_text("root,multiplier,currency,tick\nODD,27.5,USD,0.05\nES,51,USD,0.25\n")
    merged = TABLE.merged(read_contracts(file))
    assert merged.root("ODD").terms[0].multiplier == Decimal("27.5")
    assert merged.root("ES").terms[0].multiplier == 51
    assert len(merged.specs) == len(TABLE.specs) + 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("root,multiplier,currency\nES,50,USD\n", "no tick"),
        ("root,multiplier,currency,tick\nES,fifty,USD,1\n", "row 2"),
        ("root,multiplier,currency,tick\nES,-50,USD,1\n", "positive multiplier"),
    ],
)
def test_a_bad_contract_file_says_what_is_wrong(tmp_path, text, message):
    """Missing columns, words for numbers and negative multipliers are refused with their place."""
    file = tmp_path / "bad.csv"
    file.write_text(text)
    with pytest.raises(InputError, match=message):
        read_contracts(file)


def test_third_fridays():
    """Known expiries of listed index futures."""
    assert third_friday(2023, 3) == dt.date(2023, 3, 17)
    assert third_friday(2020, 5) == dt.date(2020, 5, 15)
