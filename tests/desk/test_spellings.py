"""What a position without a price may have been meant to be is told beside it, and nothing is taken for money."""

import polars as pl
import pytest
from given import business_days, price_path

import trimtab as tt

DAYS = business_days(121)
MOVES = pl.Series(range(120)).sin().to_numpy() / 100


def notes_of(symbol: str, column: str = "ABC") -> tuple[str, ...]:
    prices = pl.DataFrame({"date": DAYS, "M": price_path(MOVES), column: price_path(0.5 * MOVES)})
    book = pl.DataFrame({"symbol": [symbol, "USD"], "quantity": [10, 1000]})
    found = tt.review(prices, book, tt.Mandate(benchmark="M", target=1.0, band=0.1), method="ols")
    assert found.verdict.status == "undecided"
    return found.notes


@pytest.mark.parametrize(
    ("held", "column"), [("BRK.B", "BRK-B"), ("BRK-B", "BRK/B"), ("BRK/B", "BRK.B"), ("BRK B", "BRK.B")]
)
def test_another_spelling_of_a_share_class_is_asked_for(held: str, column: str) -> None:
    """BRK.B held where prices say BRK-B: the note names the column, whichever of the signs either has."""
    assert any(f"{held} has no prices: did you mean {column}?" in note for note in notes_of(held, column))


@pytest.mark.parametrize("held", ["USDT", "USDC", "SPAXX", "SPAXX**", "VMFXX"])
def test_what_some_count_as_cash_is_asked_about_and_not_taken_as_cash(held: str) -> None:
    """A stable coin and a money market fund stay without a value; the note says to write USD."""
    assert any(note.startswith(held) and "USD" in note for note in notes_of(held))


def test_a_name_that_tells_nothing_gets_no_note() -> None:
    """A symbol that is like nothing in the prices is listed with its reason alone."""
    assert not any("XOM" in note for note in notes_of("XOM"))


@pytest.mark.parametrize(
    ("held", "told"),
    [("BRK.B", "BRK.B has no prices: did you mean BRK/B?"), ("NL0010273215", "aliases.NL0010273215.symbol SYMBOL")],
)
def test_what_a_statement_gives_a_price_is_asked_about_as_well(held: str, told: str) -> None:
    """A stated price gives it a value and no beta; the note says how it gets one."""
    prices = pl.DataFrame({"date": DAYS, "M": price_path(MOVES), "BRK/B": price_path(0.5 * MOVES)})
    book = pl.DataFrame({"symbol": [held, "USD"], "quantity": [10, 1000], "price": [50.0, None]})
    found = tt.review(prices, book, tt.Mandate(benchmark="M", target=1.0, band=0.1), method="ols")
    (position,) = (p for p in found.exposure.positions if p.asset == held)
    assert (position.value, position.beta) == (500, None)
    assert any(told in note for note in found.notes)
    named = pl.DataFrame({"symbol": ["BRK/B", "USD"], "quantity": [10, 1000], "price": [50.0, None]})
    clean = tt.review(prices, named, tt.Mandate(benchmark="M", target=1.0, band=0.1), method="ols")
    assert not any("no prices" in note for note in clean.notes)
