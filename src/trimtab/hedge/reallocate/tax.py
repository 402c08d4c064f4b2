r"""Tax on what a plan sells, from tax lots, in decimals.

Equation
    tax of u units of a lot = u x rate x gain,   gain = price - cost of one unit (long), cost - price (short)
    rate = long rate if held for more than a year, short rate otherwise;
           closing a short is always at the short rate.
    A loss counts as -relief x rate x loss: relief says how much of it can be set against other gains.
Which lots
    average, fifo, lifo, hifo, specific as in `trimtab.model.lot_order`; `least_tax` sells the lots with the least tax
    per unit first. With average cost every unit costs the mean, and the oldest units count as sold first.
Traps
    A holding of exactly one year is short term: the count starts on the day after the purchase. The tax of a method
    need not grow evenly with the amount sold: first-in-first-out may pass from a large gain to a loss. Wash sales,
    and a year's other gains, are not known here. Foreign lots are taken at today's exchange rate.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from trimtab.errors import InputError
from trimtab.model.decimals import take_decimals
from trimtab.model.lot_order import LotMethod, held_long, take_lots
from trimtab.model.portfolio import TaxLot

__all__ = ["LotTax", "TaxMethod", "TaxRules", "held_long", "lot_taxes"]

TaxMethod = LotMethod | Literal["least_tax"]
_METHODS = ("average", "fifo", "lifo", "hifo", "specific", "least_tax")
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRules:
    """How gains are taxed.

    Parameters
    ----------
    short_rate, long_rate
        Share of a gain, 0 to 1, on lots held up to a year and longer.
    method
        Which lots go first.
    loss_relief
        Share of a loss that saves tax, 0 to 1: 0 where no other gain is there to set it against.
    specific
        For "specific": (symbol, lot numbers from 1 in the order they are to go) pairs. Other lots are not sold.
    """

    short_rate: Decimal
    long_rate: Decimal
    method: TaxMethod = "fifo"
    loss_relief: Decimal = _ZERO
    specific: tuple[tuple[str, tuple[int, ...]], ...] = ()

    def __post_init__(self) -> None:
        if self.method not in _METHODS:
            raise InputError(expected=" or ".join(_METHODS), found=f"{self.method}", try_next="choose one of these")
        take_decimals(self, "short_rate", "long_rate", "loss_relief")
        for name in ("short_rate", "long_rate", "loss_relief"):
            value = getattr(self, name)
            if not value.is_finite() or not 0 <= value <= 1:
                raise InputError(
                    expected=f"a {name.replace('_', ' ')} from 0 to 1", found=f"{value}", try_next="write 20% as 0.2"
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class LotTax:
    """A run of units that are taxed alike.

    Parameters
    ----------
    lot
        Number of the lot in its position, from 0.
    units
        Positive.
    unit_cost
        Cost of one unit, instrument's currency.
    tax
        Per unit, instrument's currency; negative = saved.
    """

    lot: int
    units: Decimal
    unit_cost: Decimal
    tax: Decimal


def lot_taxes(
    symbol: str, lots: tuple[TaxLot, ...], price: Decimal, sold: dt.date, rules: TaxRules
) -> tuple[LotTax, ...]:
    """Give the lots of one position in the order they would go, with the tax on a unit of each.

    Parameters
    ----------
    symbol
        To find the lots named for "specific".
    lots
        All of one sign.
    price
        Of one unit now, instrument's currency, like the lots' prices.
    sold
        Day of the trade.
    rules
        Rates and method.

    Raises
    ------
    InputError
        If "specific" names lots that are not there.

    Examples
    --------
    >>> bought = TaxLot(quantity=Decimal(100), price=Decimal(10), acquired=dt.date(2020, 1, 2))
    >>> rules = TaxRules(short_rate=Decimal("0.24"), long_rate=Decimal("0.15"))
    >>> [str(t.tax) for t in lot_taxes("A", (bought,), Decimal(100), dt.date(2024, 3, 1), rules)]
    ['13.50']
    """
    dated = sorted(range(len(lots)), key=lambda i: lots[i].acquired)
    if rules.method == "specific":
        dated = _named(symbol, lots, rules)
    costs = {i: lots[i].price for i in dated}
    if rules.method == "average" and lots:
        whole = sum((lot.quantity for lot in lots), _ZERO)
        mean = sum((lot.quantity * lot.price for lot in lots), _ZERO) / whole
        costs = dict.fromkeys(dated, mean)
    taxed = [
        LotTax(
            lot=i, units=abs(lots[i].quantity), unit_cost=costs[i], tax=_unit_tax(lots[i], costs[i], price, sold, rules)
        )
        for i in dated
    ]
    if rules.method == "least_tax":
        return tuple(sorted(taxed, key=lambda t: t.tax))
    signed = [(lots[t.lot].quantity, t.unit_cost) for t in taxed]
    everything = sum((t.units for t in taxed), _ZERO)
    return tuple(taxed[at] for at, _ in take_lots(signed, everything, rules.method))


def _named(symbol: str, lots: tuple[TaxLot, ...], rules: TaxRules) -> list[int]:
    numbers = next((named for name, named in rules.specific if name == symbol), ())
    if len(set(numbers)) != len(numbers) or any(not 1 <= n <= len(lots) for n in numbers):
        raise InputError(
            expected=f"lot numbers of {symbol} from 1 to {len(lots)}, each once",
            found=f"{', '.join(map(str, numbers))}",
            try_next="count the lots as they stand in the holdings",
        )
    return [n - 1 for n in numbers]


def _unit_tax(lot: TaxLot, cost: Decimal, price: Decimal, sold: dt.date, rules: TaxRules) -> Decimal:
    short = lot.quantity < 0
    gain = cost - price if short else price - cost
    rate = rules.short_rate if short or not held_long(lot.acquired, sold) else rules.long_rate
    return rate * gain if gain >= 0 else rules.loss_relief * rate * gain
