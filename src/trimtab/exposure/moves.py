r"""Beta after the move: the portfolio revalued in full when the benchmark moves.

For a benchmark move x every underlying moves by its own beta times x, options are priced again at the new level with
the volatility they have now (plus a shift, if asked), and the portfolio is measured anew:

    NAV(x)  = NAV + sum of profits and losses
    beta(x) = sum_i beta_i x delta_exposure_i(x) / NAV(x)

Beside it the local numbers, to show how far they reach, with x_i = beta_i x:

    P/L     ~ sum_i  delta_exposure_i x_i + gamma_exposure_i x_i^2 / 2
    beta$   ~ sum_i  beta_i (delta_exposure_i + (gamma_exposure_i + delta_exposure_i) x_i)

Assumption
    Betas stay as they are, nothing moves for reasons of its own, and exchange rates of ordinary currencies stand still
    (a foreign asset's whole base-currency move is put into its price). Positions that were not measured do not move.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from trimtab.beta.estimate import Betas
from trimtab.exposure.carry import settle_forward
from trimtab.exposure.expose import Exposure, expose, find_beta
from trimtab.exposure.value import value_position
from trimtab.market.snapshot import Market
from trimtab.model.decimals import exact
from trimtab.model.instrument import Cash, Future, Option, Perpetual
from trimtab.model.portfolio import Portfolio, Position

__all__ = ["MOVES", "MoveRow", "revalue_moves"]

#: Benchmark moves that are shown unless others are asked for.
MOVES = (-0.4, -0.3, -0.2, -0.1, -0.05, -0.01, 0.0, 0.01, 0.05, 0.1, 0.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRow:
    """The portfolio after one benchmark move.

    Parameters
    ----------
    move
        Relative move of the benchmark.
    nav, pnl
        Base currency, after the move; profit and loss.
    beta
        Portfolio beta after the move; None if NAV is not positive any more.
    beta_exposure
        Base currency, after the move.
    pnl_local, beta_local
        The same from delta and gamma at today's prices.
    """

    move: float
    nav: float
    pnl: float
    beta: float | None
    beta_exposure: float
    pnl_local: float
    beta_local: float | None


def revalue_moves(
    portfolio: Portfolio,
    market: Market,
    betas: Betas,
    *,
    moves: Sequence[float] = MOVES,
    vol_shift: float = 0.0,
) -> tuple[MoveRow, ...]:
    """Revalue a portfolio in full at several benchmark moves.

    Parameters
    ----------
    portfolio, market, betas
        As for `expose`.
    moves
        Relative moves of the benchmark, for example -0.2.
    vol_shift
        Added to every option's volatility at each move other than 0 (0.05 = five points).

    Raises
    ------
    NotEnoughDataError
        If NAV is not positive to begin with.
    """
    today = expose(portfolio, market, betas)
    held = [p for p in portfolio.positions if p.quantity != 0]
    kept = [position for position, line in zip(held, today.positions, strict=True) if line.reason is None]
    frozen = tuple(_freeze(position, market) for position in kept)
    rates = _betas_by_name(frozen, market, betas)
    start, _ = _worth(frozen, market, betas)
    return tuple(_after(x, frozen, rates, start, today, market, betas, vol_shift if x else 0.0) for x in moves)


def _after(
    move: float,
    frozen: tuple[Position, ...],
    rates: dict[str, float],
    start: float,
    today: Exposure,
    market: Market,
    betas: Betas,
    vol_shift: float,
) -> MoveRow:
    moved = market.moved({name: beta * move for name, beta in rates.items()})
    worth, exposure = _worth(tuple(_shift_vol(position, vol_shift) for position in frozen), moved, betas)
    pnl = worth - start
    nav = today.nav + pnl
    local_pnl, local_exposure = _local(today, betas, move)
    local_nav = today.nav + local_pnl
    return MoveRow(
        move=move,
        nav=nav,
        pnl=pnl,
        beta=exposure / nav if nav > 0 else None,
        beta_exposure=exposure,
        pnl_local=local_pnl,
        beta_local=local_exposure / local_nav if local_nav > 0 else None,
    )


def _betas_by_name(positions: tuple[Position, ...], market: Market, betas: Betas) -> dict[str, float]:
    """Give the beta that each named price moves by: its own, or that of the stand-in that its position uses."""
    rates = {e.asset: e.value for e in betas.estimates if e.value is not None}
    for position in positions:
        for leg in value_position(position, market).legs or ():
            estimate, _ = find_beta(leg.follows, leg.stand_ins, betas)
            if estimate is not None and estimate.value is not None:
                for name in leg.follows:
                    rates.setdefault(name, estimate.value)
    return rates


def _freeze(position: Position, market: Market) -> Position:
    """Fix what must not change while prices move: volatility, entry of a perpetual, price of a future."""
    stated = position.stated
    match position.instrument:
        case Option():
            option = value_position(position, market).option
            if option is None or option.vol is None:
                return position
            # The option's own price is of today: from here on its volatility stands for it, a yield for its forward.
            stated = settle_forward(position, option.underlying_price, market.day).stated
            fixed = replace(stated, price=None, bid=None, ask=None, delta=None, vol=option.vol)
            return replace(
                position, stated=fixed, instrument=replace(position.instrument, symbol=f"{position.symbol} *")
            )
        case Perpetual():
            price = value_position(position, market).price
            entry = stated.entry if stated.entry is not None or price is None else exact(price.value)
            return replace(position, stated=replace(stated, entry=entry))
        case _:
            return position


def _shift_vol(position: Position, shift: float) -> Position:
    vol = position.stated.vol
    if shift == 0.0 or vol is None or not isinstance(position.instrument, Option):
        return position
    return replace(position, stated=replace(position.stated, vol=max(0.0, vol + shift)))


def _worth(positions: tuple[Position, ...], market: Market, betas: Betas) -> tuple[float, float]:
    """Add up values and beta exposures.

    Futures count at their full contract value, so that a difference of two sums is a profit or loss.
    """
    total, exposure = 0.0, 0.0
    for position in positions:
        valued = value_position(position, market)
        instrument = position.instrument
        # Rates of ordinary currencies stand still in the snapshot; foreign money itself moves with its own beta.
        drift = 1.0
        if isinstance(instrument, Cash) and market.coin_symbol(instrument.currency) is None:
            drift += market.moves.get(instrument.currency, 0.0)
        worth = valued.delta_exposure if isinstance(instrument, Future) else valued.value
        total += (worth or 0.0) * drift
        for leg in valued.legs or ():
            estimate, _ = find_beta(leg.follows, leg.stand_ins, betas)
            if estimate is not None and estimate.value is not None:
                exposure += estimate.value * leg.delta_exposure * drift
    return total, exposure


def _local(today: Exposure, betas: Betas, move: float) -> tuple[float, float]:
    """Give P/L and beta exposure from delta and gamma at today's prices."""
    pnl, exposure = 0.0, 0.0
    for line in today.positions:
        if line.beta_exposure is None:
            continue
        gamma = line.gamma_exposure or 0.0
        for asset, delta in line.weights:
            beta = betas[asset].value or 0.0
            x = beta * move
            share = gamma if len(line.weights) == 1 else 0.0
            pnl += delta * x + share * x * x / 2.0
            exposure += beta * (delta + (share + delta) * x)
    return pnl, exposure
