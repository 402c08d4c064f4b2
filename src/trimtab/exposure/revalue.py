"""What a position is worth in base currency when the named things it follows move: one function for every kind.

Replays of past storms, shocks, moves of the benchmark and drift all ask here, so that they agree. What must not change
while prices move is fixed first: an option stands on its volatility, a perpetual on its entry, and a vendor's delta on
its difference to the model's.
"""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from trimtab.beta.estimate import BetaEstimate, Betas
from trimtab.exposure.expose import find_beta
from trimtab.exposure.kinds.cash import revalue_cash
from trimtab.exposure.kinds.future import revalue_future
from trimtab.exposure.kinds.moved import Move, Moved
from trimtab.exposure.kinds.option import FixedOption, fix_option
from trimtab.exposure.kinds.perpetual import fix_entry, revalue_perpetual
from trimtab.exposure.kinds.spot import revalue_spot
from trimtab.exposure.valuation import Leg, Valuation
from trimtab.exposure.value import value_position
from trimtab.market.rates.crossing import local_name
from trimtab.market.snapshot import Market
from trimtab.model.instrument import Cash, Future, Option, Perpetual, PerpetualPayoff, Spot
from trimtab.model.portfolio import Position

__all__ = ["Fixed", "beta_of", "fix", "market_beta", "moves_with", "shocked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """A position with what must not change while prices move.

    Parameters
    ----------
    position
        As held, an entry fixed.
    valued
        Its valuation now.
    market
        The moment.
    option
        What is fixed of an option; None for everything else.
    """

    position: Position
    valued: Valuation
    market: Market
    option: FixedOption | None = None

    @property
    def is_linear(self) -> bool:
        """Whether its gain is in proportion to the moves of what it follows, whatever their size."""
        if self.option is not None:
            return self.option.model is None and len(self.valued.legs or ()) == 1
        instrument = self.position.instrument
        if isinstance(instrument, Perpetual) and instrument.payoff is PerpetualPayoff.INVERSE:
            return False
        return self.valued.settles is None

    @property
    def closed(self) -> "Fixed":
        """The same after the close of its last day: of an option that lives on that day exercise is left."""
        return self if self.option is None else replace(self, option=self.option.closed)

    def after(self, move: Move, *, vol_shift: float = 0.0, market: Market | None = None) -> Moved:
        """Revalue the position in full.

        Parameters
        ----------
        move
            Gives the relative move of what a leg follows.
        vol_shift
            Added to an option's volatility (0.05 = five points).
        market
            The same prices on a later day; None for the day of the moment.
        """
        instrument = self.position.instrument
        match instrument:
            case Cash():
                return revalue_cash(self.valued, move)
            case Spot():
                return revalue_spot(self.valued, move)
            case Future():
                return revalue_future(self.valued, move)
            case Perpetual():
                return revalue_perpetual(self.position, instrument, self.valued, market or self.market, move)
            case Option():
                assert self.option is not None  # noqa: S101 - `fix` makes one of every option
                return self.option.after(self.valued, market or self.market, move, vol_shift)
            case _ as never:
                assert_never(never)


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
    worth = value_position(position, market) if valued is None else valued
    match position.instrument:
        case Perpetual():
            return Fixed(position=fix_entry(position, worth), valued=worth, market=market)
        case Option() as option:
            return Fixed(
                position=position, valued=worth, market=market, option=fix_option(position, option, worth, market)
            )
        case Cash() | Spot() | Future():
            return Fixed(position=position, valued=worth, market=market)
        case _ as never:
            assert_never(never)


def beta_of(leg: Leg, betas: Betas) -> float | None:
    """Give the beta that a leg moves by; None if there is none."""
    estimate, _ = find_beta(leg.follows, leg.stand_ins, betas)
    return None if estimate is None else estimate.value


def moves_with(benchmark: float, betas: Betas) -> Callable[[Leg], float]:
    """Give the moves of everything when the benchmark moves: its own beta times that; what has none stays."""
    known: dict[tuple[str, ...], float] = {}

    def move(leg: Leg) -> float:
        names = (*leg.follows, "", *leg.stand_ins)
        if names not in known:
            known[names] = (beta_of(leg, betas) or 0.0) * benchmark
        return known[names]

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
