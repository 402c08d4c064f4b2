"""What every kind needs to read a market: its own price or a stated one, ages, and the leg of a currency."""

from trimtab.exposure.valuation import Leg
from trimtab.market.prices import Flag
from trimtab.market.snapshot import Market, Quote
from trimtab.model.portfolio import Position

__all__ = ["age_flags", "money_leg", "stated_quote"]


def stated_quote(position: Position, market: Market, names: tuple[str, ...]) -> Quote | None:
    """Give the price that a position's owner states; it moves as the first of some names that does."""
    if position.stated.price is None:
        return None
    name = next((n for n in names if n in market.moves), "")
    moved = max(0.0, 1.0 + market.moves.get(name, 0.0))
    return Quote(value=float(position.stated.price) * moved, date=market.as_of)


def age_flags(market: Market, *quotes: Quote) -> tuple[Flag, ...]:
    """Say so if any quote is old."""
    return (Flag.OLD_PRICE,) if any(market.is_old(q) for q in quotes) else ()


def money_leg(currency: str, amount: float, market: Market, *, silent: str | None = None) -> Leg:
    """Give the leg of money in a currency or coin: an amount of base currency that moves with its rate."""
    return Leg(follows=market.money_names(currency, silent=silent), delta_exposure=amount, money=currency)
