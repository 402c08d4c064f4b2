"""A book moved a little: positions frozen at today's volatilities, revalued at other prices, days and volatilities."""

from dataclasses import dataclass, replace

import numpy as np

from trimtab.beta.estimate import Betas
from trimtab.exposure.expose import Exposure, find_beta
from trimtab.exposure.kinds.moved import Move
from trimtab.exposure.measured import measure_book
from trimtab.exposure.revalue import Fixed, beta_of, fix
from trimtab.exposure.valuation import Leg
from trimtab.market.snapshot import Market
from trimtab.model.portfolio import Portfolio, Position
from trimtab.monitor.drift.blend import Blend
from trimtab.monitor.drift.rows import currencies_of, merged

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
    fixed
        An option stands on its volatility, a perpetual on its entry.
    lines
        Places of these in `today.positions`.
    loads
        Beta of each thing that is followed.
    market, betas
        The moment.
    left_out
        Names of positions that were not measured, and do not move.
    """

    today: Exposure
    fixed: tuple[Fixed, ...]
    lines: tuple[int, ...]
    loads: dict[str, float]
    market: Market
    betas: Betas
    left_out: tuple[str, ...]

    @property
    def positions(self) -> tuple[Position, ...]:
        """The positions that are left in."""
        return tuple(one.position for one in self.fixed)

    def shifted(
        self, *, benchmark: float = 0.0, own: dict[str, float] | None = None, days: float = 0.0, vol: float = 0.0
    ) -> Shifted:
        """Revalue the book.

        Parameters
        ----------
        benchmark
            Relative move of the benchmark; everything moves by its beta times that.
        own
            Further relative moves by the symbol whose beta is used.
        days
            Whole days that pass; a contract whose last day is over is worth what it settles for, with no exposure.
        vol
            Added to every volatility.
        """
        moves = {name: beta * benchmark for name, beta in self.loads.items()}
        for name, move in (own or {}).items():
            moves[name] = moves.get(name, 0.0) + move
        later = self.market.as_of + np.timedelta64(round(days), "D")
        market = self._on(later)

        def move_of(leg: Leg) -> float:
            name = self.name_of(leg)
            return 0.0 if name is None else moves.get(name, 0.0)

        return Shifted(positions=tuple(self._one(one, market, move_of, vol) for one in self.fixed))

    def names(self) -> tuple[str, ...]:
        """Name what moves: the symbol whose beta each exposure has."""
        return tuple(dict.fromkeys(name for line in self.lines for name, _ in self.today.positions[line].weights))

    def name_of(self, leg: Leg) -> str | None:
        """Name the symbol whose beta a leg has; None if there is none."""
        estimate, _ = find_beta(leg.follows, leg.stand_ins, self.betas)
        return None if estimate is None else estimate.asset

    def _on(self, day: np.datetime64) -> Market:
        # The rates of today stand still; they must not grow too old to be used.
        fx = self.market.fx
        return replace(
            self.market,
            as_of=day,
            fx=None if fx is None else replace(fx, dates=day.astype("datetime64[D]").reshape(1)),
        )

    def _one(self, one: Fixed, market: Market, move: Move, vol: float) -> ShiftedPosition:
        instrument = one.position.instrument
        if instrument.expiry is not None and market.day > instrument.expiry:
            settled = self._on(np.datetime64(instrument.expiry).astype("datetime64[s]"))
            value = one.closed.after(move, vol_shift=vol, market=settled).value
            return ShiftedPosition(value=value, delta=0.0, delta_exposure=0.0, beta_exposure=0.0)
        after = one.after(move, vol_shift=vol, market=market)
        counted = (leg for leg in after.legs if leg.money is None or not instrument.written_on)
        return ShiftedPosition(
            value=after.value,
            delta=after.delta,
            delta_exposure=sum(leg.delta_exposure for leg in counted),
            beta_exposure=sum((beta_of(leg, self.betas) or 0.0) * leg.delta_exposure for leg in after.legs),
        )


def freeze_book(portfolio: Portfolio, market: Market, betas: Betas) -> FrozenBook:
    """Freeze a portfolio at one moment.

    Raises
    ------
    NotEnoughDataError
        If NAV is not positive.
    """
    measured = measure_book(merged(portfolio), market, betas)
    book, today, valued = measured.portfolio, measured.exposure, measured.valuations or ()
    kept = [i for i, line in enumerate(today.positions) if line.reason is None]
    still = Blend(ends=(market, market), currencies=currencies_of(book)).market(price=0, fx=0, day=0)
    return FrozenBook(
        today=today,
        fixed=tuple(fix(book.positions[i], still, valued[i]) for i in kept),
        lines=tuple(kept),
        loads={e.asset: e.value for e in betas.estimates if e.value is not None},
        market=still,
        betas=betas,
        left_out=tuple(line.asset for line in today.positions if line.reason is not None),
    )
