"""Numbers of every kind become the decimals that they are written as, in one place."""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import trimtab as tt
from trimtab import sample
from trimtab.errors import InputError
from trimtab.hedge.reallocate.tax import TaxRules
from trimtab.hedge.reallocate.terms import ReallocationLimits
from trimtab.model.decimals import as_decimal, as_float, as_whole, exact
from trimtab.model.instrument import Option, OptionRight, Spot, Terms
from trimtab.model.mandate import Costs, Mandate
from trimtab.model.portfolio import Position, Stated, TaxLot
from trimtab.performance.cost_basis import Trade

KINDS: tuple[Callable[[float], object], ...] = (
    float, np.float64, np.float32, np.float16, lambda x: Decimal(str(x)), lambda x: np.array([x])[0],
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", [0.5, 0.1, -2.0, 1234.5])
def test_every_kind_of_number_is_the_decimal_it_is_written_as(kind: Callable[[float], object], value: float) -> None:
    """A tenth is a tenth from Python, NumPy (of any precision) and decimal alike."""
    number = kind(value)
    if isinstance(number, np.float16):
        assert float(as_decimal(number, "x")) == pytest.approx(value, rel=1e-3)
        return
    assert as_decimal(number, "x") == Decimal(str(value))
    assert type(as_float(number, "x")) is float
    assert as_float(number, "x") == value


def test_whole_numbers_and_computed_ones() -> None:
    """Whole numbers stay whole; what was computed keeps each digit."""
    assert as_decimal(np.int64(7), "x") == as_decimal(np.uint8(7), "x") == as_decimal(7, "x") == Decimal(7)
    assert str(as_decimal(7, "x")) == "7"
    assert as_decimal(Fraction(1, 4), "x") == Decimal("0.25")
    assert exact(np.float64(0.1) + np.float64(0.2)) == Decimal("0.30000000000000004")
    assert as_whole(np.int32(3), "x") == as_whole(np.float64(3.0), "x") == 3


@pytest.mark.parametrize("wrong", ["0.05", True, np.bool_(True), None, np.array([0.05]), 1j, [1]])
def test_what_is_no_number_is_refused_by_name(wrong: object) -> None:
    """Text, truth values, arrays and complex numbers are refused in three parts."""
    with pytest.raises(InputError) as caught:
        Mandate(benchmark="SPX", target=wrong, band=0.05) if wrong is not None else as_decimal(wrong, "target")  # type: ignore[arg-type]
    assert "target" in caught.value.expected
    assert caught.value.found
    assert caught.value.try_next


MAKERS: dict[str, Callable[[object], Decimal | float | int | None]] = {
    "mandate target": lambda x: Mandate(benchmark="SPX", target=x, band=1.0).target,  # type: ignore[arg-type]
    "mandate band": lambda x: Mandate(benchmark="SPX", target=1.0, band=x).band,  # type: ignore[arg-type]
    "mandate limit": lambda x: Mandate(benchmark="SPX", target=1.0, band=1.0, max_contracts=x).max_contracts,  # type: ignore[arg-type]
    "commission": lambda x: Costs(commission=x).commission,  # type: ignore[arg-type]
    "half-spread": lambda x: Costs(half_spread_ticks=x).half_spread_ticks,  # type: ignore[arg-type]
    "quantity": lambda x: Position(instrument=Spot(symbol="A", currency="USD"), quantity=x).quantity,  # type: ignore[arg-type]
    "price": lambda x: Stated(price=x).price,  # type: ignore[arg-type]
    "rate": lambda x: Stated(rate=x).rate,  # type: ignore[arg-type]
    "lot": lambda x: TaxLot(quantity=x, price=x, acquired=dt.date(2024, 1, 2)).price,  # type: ignore[arg-type]
    "multiplier": lambda x: Terms(multiplier=x).multiplier,  # type: ignore[arg-type]
    "leverage": lambda x: Spot(symbol="A", currency="USD", leverage=x).leverage,  # type: ignore[arg-type]
    "constituent": lambda x: Spot(symbol="A", currency="USD", constituents=(("B", x),)).constituents[0][1],  # type: ignore[arg-type]
    "strike": lambda x: (
        Option(
            symbol="O",
            underlying="A",
            currency="USD",
            right=OptionRight.CALL,
            strike=x,  # type: ignore[arg-type]
            expiry=dt.date(2025, 1, 17),
            terms=(Terms(multiplier=Decimal(100)),),
        ).strike
    ),
    "trade": lambda x: Trade(date=dt.date(2024, 1, 2), quantity=x, price=x).price,  # type: ignore[arg-type]
    "tax": lambda x: TaxRules(short_rate=x / 10, long_rate=x / 10).long_rate * 10,  # type: ignore[arg-type, operator]
    "limits": lambda x: ReallocationLimits(lot=x, lots=(("A", x),)).lots[0][1],  # type: ignore[arg-type]
}


@pytest.mark.parametrize("what", MAKERS)
def test_records_take_numpy_numbers(what: str) -> None:
    """Each record that a caller builds gives the same from NumPy as from Python, in its own types."""
    whole = MAKERS[what](2)
    for kind in (np.float64, np.float32, np.int64, np.int32):
        made = MAKERS[what](kind(2))
        assert made == whole == 2
        assert type(made) in {float, int, Decimal}
    with pytest.raises((InputError, TypeError)):
        MAKERS[what]("two")


def test_a_mandate_of_numpy_numbers_plans() -> None:
    """The whole road: a mandate and futures prices taken out of NumPy arrays plan as those of Python do."""
    asked = np.array([0.0, 0.05])
    numbers = Mandate(benchmark="SPX", target=asked[0], band=asked[1])
    plain = Mandate(benchmark="SPX", target=0.0, band=0.05)
    how = {"hedge": "ES,MES", "method": "ols"}
    ours = tt.plan(
        sample.prices_path(), "10000 AAPL, 500000 USD", numbers, hedge_prices={"ES": np.float64(3800)}, **how
    )
    theirs = tt.plan(sample.prices_path(), "10000 AAPL, 500000 USD", plain, hedge_prices={"ES": 3800.0}, **how)
    assert ours == theirs


def test_there_is_one_home() -> None:
    """No other module writes a number out to read it as a decimal."""
    root = Path(tt.__file__).parent
    again = re.compile(r"Decimal\((repr|str)\(|Decimal\(f\"")
    elsewhere = [p.relative_to(root).as_posix() for p in root.rglob("*.py") if again.search(p.read_text())]
    assert elsewhere == ["model/decimals.py"]
