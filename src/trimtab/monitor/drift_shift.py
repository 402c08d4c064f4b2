"""A book moved a little: positions frozen at today's volatilities, revalued at other prices, days and volatilities."""

from dataclasses import dataclass, replace

import numpy as np

from trimtab.beta.estimate import Betas
from trimtab.exposure.carry import settle_forward
from trimtab.exposure.expose import Exposure, expose, find_beta
from trimtab.exposure.valuation import Valuation
from trimtab.exposure.value import value_position
from trimtab.market.daycount import date_of
from trimtab.market.snapshot import Market
from trimtab.model.decimals import exact
from trimtab.model.instrument import Cash, Future, Option, Perpetual
from trimtab.model.portfolio import Portfolio, Position
from trimtab.monitor.drift_blend import Blend
from trimtab.monitor.drift_rows import currencies_of, merged

__all__ = ["FrozenBook", "Shifted", "ShiftedPosition", "freeze_book"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftedPosition:
    """One position after a move.

    Parameters
    ----------
    value
        Base currency; a future counts with its gain since the start.
    delta
        Of one unit; None where there is none.
    delta_exposure, beta_exposure
        Base currency.
    """

    value: float
    delta: float | None
    delta_exposure: float
    beta_exposure: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifted:
    """A book after a move."""

    positions: tuple[ShiftedPosition, ...]

    @property
    def nav(self) -> float:
        """Net asset value after gains and losses, base currency."""
        return sum(p.value for p in self.positions)

    @property
    def beta(self) -> float:
        """Portfolio beta on that NAV."""
        return sum(p.beta_exposure for p in self.positions) / self.nav


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenBook:
    """Positions that were measured, with what must not change while prices move.

    Parameters
    ----------
    today
        The measurement they come from.
    positions
        Frozen: an option stands on its volatility, a perpetual on its entry.
    lines
        Places of these in `today.positions`.
    loads
        Beta by which each named price moves with the benchmark.
    led
        Names without a beta of their own, by the symbol whose beta stands for theirs: they move with it.
    market, betas
        The moment.
    left_out
        Names of positions that were not measured, and do not move.
    """

    today: Exposure
    positions: tuple[Position, ...]
    lines: tuple[int, ...]
    loads: dict[str, float]
    led: dict[str, tuple[str, ...]]
    market: Market
    betas: Betas
    left_out: tuple[str, ...]

    def shifted(
        self, *, benchmark: float = 0.0, own: dict[str, float] | None = None, days: float = 0.0, vol: float = 0.0
    ) -> Shifted:
        """Revalue the book.

        Parameters
        ----------
        benchmark
            Relative move of the benchmark; every price moves by its beta times that.
        own
            Further relative moves by symbol.
        days
            Whole days that pass; a contract whose last day is over is worth what it settles for, with no exposure.
        vol
            Added to every volatility.
        """
        moves = {name: beta * benchmark for name, beta in self.loads.items()}
        for name, move in (own or {}).items():
            for moved in (name, *self.led.get(name, ())):
                moves[moved] = moves.get(moved, 0.0) + move
        later = self.market.as_of + np.timedelta64(round(days), "D")
        market = replace(
            self.market,
            as_of=later,
            moves=moves,
            # The rates of today stand still; they must not grow too old to be used.
            fx=None
            if self.market.fx is None
            else replace(self.market.fx, dates=later.astype("datetime64[D]").reshape(1)),
        )
        return Shifted(positions=tuple(self._one(p, market, moves, vol) for p in self.positions))

    def names(self) -> tuple[str, ...]:
        """Name what moves: the symbol whose beta each exposure has."""
        return tuple(dict.fromkeys(name for line in self.lines for name, _ in self.today.positions[line].weights))

    def _one(self, position: Position, market: Market, moves: dict[str, float], vol: float) -> ShiftedPosition:
        instrument = position.instrument
        if isinstance(instrument, Future | Option) and instrument.expiry is not None:
            day = market.day
            if day > instrument.expiry:
                settled = replace(market, as_of=np.datetime64(instrument.expiry).astype("datetime64[s]"))
                value = self._worth(position, value_position(position, settled), moves, settled)
                return ShiftedPosition(value=value, delta=0.0, delta_exposure=0.0, beta_exposure=0.0)
        if vol and isinstance(instrument, Option) and position.stated.vol is not None:
            shifted = max(0.0, position.stated.vol + vol)
            position = replace(position, stated=replace(position.stated, vol=shifted))
        valued = value_position(position, market)
        drift = _own_move(position, market, moves)
        beta_exposure = 0.0
        for leg in valued.legs or ():
            estimate, _ = find_beta(leg.follows, leg.stand_ins, self.betas)
            if estimate is not None and estimate.value is not None:
                beta_exposure += estimate.value * leg.delta_exposure * drift
        return ShiftedPosition(
            value=self._worth(position, valued, moves, market),
            delta=valued.delta,
            delta_exposure=(valued.delta_exposure or 0.0) * drift,
            beta_exposure=beta_exposure,
        )

    def _worth(self, position: Position, valued: Valuation, moves: dict[str, float], market: Market) -> float:
        if isinstance(position.instrument, Future):
            unmoved = value_position(position, replace(market, moves={}))
            return (valued.delta_exposure or 0.0) - (unmoved.delta_exposure or 0.0)
        return (valued.value or 0.0) * _own_move(position, market, moves)


def freeze_book(portfolio: Portfolio, market: Market, betas: Betas) -> FrozenBook:
    """Freeze a portfolio at one moment.

    Raises
    ------
    NotEnoughDataError
        If NAV is not positive.
    """
    book = merged(portfolio)
    today = expose(book, market, betas)
    kept = [i for i, line in enumerate(today.positions) if line.reason is None]
    still = Blend(ends=(market, market), currencies=currencies_of(book)).market(price=0, fx=0, day=0)
    frozen = tuple(_freeze(book.positions[i], today, i) for i in kept)
    loads, led = _loads(frozen, still, betas)
    return FrozenBook(
        today=today,
        positions=frozen,
        lines=tuple(kept),
        loads=loads,
        led=led,
        market=still,
        betas=betas,
        left_out=tuple(line.asset for line in today.positions if line.reason is not None),
    )


def _freeze(position: Position, today: Exposure, place: int) -> Position:
    stated, line = position.stated, today.positions[place]
    match position.instrument:
        case Option() as option:
            if line.option is None or line.option.vol is None:
                return position
            stated = settle_forward(position, line.option.underlying_price, date_of(today.as_of)).stated
            fixed = replace(stated, price=None, bid=None, ask=None, delta=None, vol=line.option.vol)
            return replace(position, stated=fixed, instrument=replace(option, symbol=f"{option.symbol} (model)"))
        case Perpetual():
            entry = stated.entry if stated.entry is not None or line.price is None else exact(line.price)
            return replace(position, stated=replace(stated, entry=entry))
        case _:
            return position


def _loads(
    positions: tuple[Position, ...], market: Market, betas: Betas
) -> tuple[dict[str, float], dict[str, tuple[str, ...]]]:
    """Give the beta of each named price, and which names move with another for want of their own."""
    loads = {e.asset: e.value for e in betas.estimates if e.value is not None}
    led: dict[str, tuple[str, ...]] = {}
    for position in positions:
        for leg in value_position(position, market).legs or ():
            estimate, _ = find_beta(leg.follows, leg.stand_ins, betas)
            if estimate is None or estimate.value is None:
                continue
            for name in leg.follows:
                if name not in loads:
                    loads[name] = estimate.value
                    led[estimate.asset] = (*led.get(estimate.asset, ()), name)
    return loads, led


def _own_move(position: Position, market: Market, moves: dict[str, float]) -> float:
    """Give the growth of foreign cash: its rate stands still in the market, and it moves with its own beta."""
    instrument = position.instrument
    if isinstance(instrument, Cash) and market.coin_symbol(instrument.currency) is None:
        return 1.0 + moves.get(instrument.currency, 0.0)
    return 1.0
