"""What a position is worth in base currency when the named things it follows move: one function for every kind.

Replays of past storms, shocks, moves of the benchmark and drift all ask here, so that they agree. What must not change
while prices move is fixed first: an option stands on its volatility, a perpetual on its entry, and a vendor's delta on
its difference to the model's.
"""

from collections.abc import Callable, Container, Mapping

from trimtab.beta.estimate import BetaEstimate, Betas
from trimtab.exposure.expose import find_beta
from trimtab.exposure.kinds.fixed import Fixed
from trimtab.exposure.kinds.of import by_kind
from trimtab.exposure.valuation import Leg, Valuation
from trimtab.exposure.value import value_position
from trimtab.market.rates.crossing import local_name
from trimtab.market.snapshot import Market
from trimtab.model.portfolio import Position

__all__ = ["Fixed", "beta_of", "fix", "market_beta", "moves_with", "shocked"]


def fix(position: Position, market: Market, valued: Valuation | None = None) -> Fixed:
    """Fix what must not change while prices move.

    Parameters
    ----------
    position
        One that can be valued.
    market
        The moment.
    valued
        Its valuation, if that is at hand.
    """
    return by_kind(position).fix(value_position(position, market) if valued is None else valued, market)


def beta_of(leg: Leg, betas: Betas) -> float | None:
    """Give the beta that a leg moves by; None if there is none."""
    estimate, _ = find_beta(leg.follows, leg.stand_ins, betas)
    return None if estimate is None else estimate.value


def moves_with(benchmark: float, betas: Betas) -> Callable[[Leg], float]:
    """Give the moves of everything when the benchmark moves: its own beta times that; what has none stays."""
    move_of: dict[tuple[str, ...], float] = {}

    def move(leg: Leg) -> float:
        names = (*leg.follows, "", *leg.stand_ins)
        if names not in move_of:
            move_of[names] = (beta_of(leg, betas) or 0.0) * benchmark
        return move_of[names]

    return move


def shocked(benchmark: float, currencies: Mapping[str, float], market: Market, betas: Betas) -> Callable[[Leg], float]:
    """Give the moves of everything when the benchmark moves and some currencies move by what was said.

    A currency whose move is stated does not move by its own beta as well: what a foreign price does with the benchmark
    is then its beta in its own currency, and the stated move comes on top,

        (1 + beta_local x)(1 + f) - 1
    """

    def move(leg: Leg) -> float:
        if leg.money is not None and leg.money in currencies and leg.money != market.base:
            return currencies[leg.money]
        beta, currency = market_beta(leg, currencies, market, betas)
        alone = beta * benchmark
        return alone if currency is None else (1.0 + alone) * (1.0 + currencies[currency]) - 1.0

    return move


def market_beta(leg: Leg, currencies: Container[str], market: Market, betas: Betas) -> tuple[float, str | None]:
    """Give the beta of a leg beside the currencies that move by themselves, and the one of them that is in its price.

    Parameters
    ----------
    leg
        Of a position.
    currencies
        Those whose moves are stated.
    """
    if leg.money is not None and leg.money in currencies and leg.money != market.base:
        return 0.0, leg.money
    estimate, _ = find_beta(leg.follows, leg.stand_ins, betas)
    if estimate is None or estimate.value is None:
        return 0.0, None
    stated = market.currency_of(estimate.asset)
    if stated is None or stated == market.base or stated not in currencies:
        return estimate.value, None
    return _without(estimate, stated, market, betas), stated


def _without(estimate: BetaEstimate, currency: str, market: Market, betas: Betas) -> float:
    """Give a beta in the asset's own currency; where that was not measured, less the currency's."""
    own = local_name(estimate.asset, currency)
    if own in betas and (local := betas[own].value) is not None:
        return local
    rate, _ = find_beta(market.money_names(currency), (), betas)
    return (estimate.value or 0.0) - (0.0 if rate is None else rate.value or 0.0)
