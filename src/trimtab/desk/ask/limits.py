"""What a reallocation is told beside the portfolio: its limits, what it may buy, how things trade, and tax lots."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from trimtab.errors import InputError
from trimtab.hedge.reallocate.terms import Liquidity, ReallocationLimits
from trimtab.model.instrument import Spot
from trimtab.model.portfolio import Portfolio, Position, TaxLot

__all__ = ["ReallocationTerms", "purchases", "with_lots"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReallocationTerms:
    """Limits of a reallocation, with what it may buy and how things trade.

    Parameters
    ----------
    limits
        What it may do and what it costs.
    buy
        Symbols that may be bought though they are not held.
    liquidity
        What is stated of how symbols trade; the rest is measured.
    """

    limits: ReallocationLimits = field(default_factory=ReallocationLimits)
    buy: tuple[str, ...] = ()
    liquidity: tuple[Liquidity, ...] = ()


def with_lots(portfolio: Portfolio, lots: Mapping[str, tuple[TaxLot, ...]]) -> Portfolio:
    """Give a portfolio its tax lots.

    Parameters
    ----------
    lots
        By symbol; together they must be what is held, with its sign. Prices as the share is quoted: pence for one in
        pence.

    Raises
    ------
    InputError
        If a symbol is not held, is held more than once, or its lots do not add up to what is held.
    """
    quantities: dict[str, list[Decimal]] = {}
    for p in portfolio.positions:
        if p.instrument.is_owned:
            quantities.setdefault(p.symbol, []).append(p.quantity)
    for symbol, lots_of_symbol in lots.items():
        total = sum((lot.quantity for lot in lots_of_symbol), Decimal(0))
        if len(quantities.get(symbol, ())) != 1 or quantities[symbol][0] != total:
            have = " and ".join(f"{q:f}" for q in quantities.get(symbol, ())) or "none"
            raise InputError(
                expected=f"tax lots of {symbol} that add up to one position",
                found=f"lots of {total:f}, and {have} held",
                try_next="correct the lots or the holdings; every share held needs its lot",
            )
    return replace(
        portfolio,
        positions=tuple(
            replace(p, lots=_whole(lots[p.symbol], p)) if p.instrument.is_owned and p.symbol in lots else p
            for p in portfolio.positions
        ),
    )


def _whole(lots: tuple[TaxLot, ...], position: Position) -> tuple[TaxLot, ...]:
    """Give lots in whole currency: pence become pounds."""
    return tuple(replace(lot, price=lot.price / 100) for lot in lots) if position.instrument.minor else lots


def purchases(names: tuple[str, ...], currencies: Mapping[str, str | None], base: str) -> tuple[Spot, ...]:
    """Give what may be bought as instruments; a currency that the price table does not state is the base currency.

    Parameters
    ----------
    names
        Symbols.
    currencies
        By symbol of the price table.

    Raises
    ------
    InputError
        If a symbol has no prices.

    Examples
    --------
    >>> purchases(("A",), {"A": None}, "EUR")[0].currency
    'EUR'
    """
    unknown = [n for n in names if n not in currencies]
    if unknown:
        raise InputError(
            expected="prices of everything that may be bought",
            found=f"none of {', '.join(unknown[:8])}",
            try_next="add the columns to the prices, or leave them out of what may be bought",
        )
    return tuple(Spot(symbol=n, currency=currencies[n] or base) for n in names)
