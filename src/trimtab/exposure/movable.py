r"""A measured book revalued in many scenarios: options and plain holdings in arrays, in one pass over all scenarios.

    P/L           = sum_i  value_i(after) - value_i(now)
    beta exposure = sum_i  sum over legs of beta x delta_exposure(after)

Sums run in the order of the positions, and each term is what `Fixed.after` gives for that position, to the last bit.
What arrays do not hold, and every option that they find no value for, is asked itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from trimtab.beta.estimate import Betas
from trimtab.exposure.kinds.fixed import Fixed, FixedHolding
from trimtab.exposure.kinds.moved import Move, Moved
from trimtab.exposure.kinds.option import FixedOption
from trimtab.exposure.kinds.option_columns import OptionColumns, lay_out_options
from trimtab.exposure.revalue import beta_of
from trimtab.exposure.valuation import Leg
from trimtab.stats.arrays import Floats

__all__ = ["Movable", "Scenario"]

#: Legs of a holding up to which it is held in arrays; funds of many are few.
_LEGS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What everything moves by.

    Parameters
    ----------
    move
        Gives the relative move of what a leg follows.
    vol_shift
        Added to an option's volatility (0.05 = five points).
    """

    move: Move
    vol_shift: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Legs:
    """Legs of some positions by what they follow: as many moves are asked for as there are different ones.

    Parameters
    ----------
    different
        One of each.
    place
        Which of them, shape (n_positions, n_legs); -1 where there is none.
    """

    different: tuple[Leg, ...]
    place: NDArray[np.intp]

    def moves(self, scenarios: Sequence[Scenario]) -> Floats:
        """Give the move of each leg, shape (n_positions, n_legs, n_scenarios); 0 where there is none."""
        by_leg = np.zeros((len(self.different) + 1, len(scenarios)))
        for k, leg in enumerate(self.different):
            by_leg[k] = [scenario.move(leg) for scenario in scenarios]
        return by_leg[self.place]

    def betas(self, betas: Betas) -> Floats:
        """Give the beta of each leg, shape (n_positions, n_legs); 0 where there is none."""
        return np.array([*((beta_of(leg, betas) or 0.0) for leg in self.different), 0.0])[self.place]


# No slots: what was laid out once is kept in the record itself, and goes with it.
@dataclass(frozen=True, kw_only=True)
class Movable:
    """Positions that can be revalued in many scenarios.

    Parameters
    ----------
    fixed
        The positions, each with what must not change while prices move.
    """

    fixed: tuple[Fixed, ...]

    def after(self, scenarios: Sequence[Scenario], betas: Betas) -> tuple[tuple[float, float], ...]:
        """Give profit or loss, and beta exposure from there on, in each scenario; base currency.

        Parameters
        ----------
        scenarios
            What moves.
        betas
            Those that exposure is counted with.

        Raises
        ------
        NotEnoughDataError
            If an option has no value there, as `Fixed.after` does.
        """
        if not self.fixed:
            return ((0.0, 0.0),) * len(scenarios)
        pnl, exposure = np.zeros((2, len(self.fixed), len(scenarios)))
        options, holdings, rest = self._options, self._holdings, self._rest
        if options is not None:
            value, delta = options.columns.after(*self._option_moves(scenarios))
            of_legs = options.legs.betas(betas)
            pnl[options.places] = value - options.now[:, None]
            exposure[options.places] = of_legs[:, :1] * delta + of_legs[:, 1:] * value
        if holdings is not None:
            pnl[holdings.places], exposure[holdings.places] = holdings.after(scenarios, betas)
        for j, scenario in enumerate(scenarios):
            unvalued = [] if options is None else options.places[np.isnan(pnl[options.places, j])].tolist()
            for i in sorted((*rest, *unvalued)):
                one = self.fixed[i]
                moved = one.after(scenario.move, vol_shift=scenario.vol_shift)
                pnl[i, j] = moved.value - (one.valued.value or 0.0)
                exposure[i, j] = beta_exposure(moved, betas)
        # One after the other, as a reader adds them up: pairwise sums would differ with what stands beside.
        totals = np.add.accumulate(pnl, axis=0)[-1], np.add.accumulate(exposure, axis=0)[-1]
        return tuple(zip(totals[0].tolist(), totals[1].tolist(), strict=True))

    def option_values(self, scenarios: Sequence[Scenario]) -> dict[int, Floats]:
        """Give the value of each option in each scenario, by its place; those that must be asked apart are left out."""
        if self._options is None:
            return {}
        value, _ = self._options.columns.after(*self._option_moves(scenarios))
        places = self._options.places.tolist()
        return {i: row for i, row in zip(places, value, strict=True) if not np.isnan(row).any()}

    def _option_moves(self, scenarios: Sequence[Scenario]) -> tuple[Floats, Floats, Floats]:
        assert self._options is not None  # noqa: S101 - asked for only then
        moves = self._options.legs.moves(scenarios)
        return moves[:, 0], moves[:, 1], np.array([scenario.vol_shift for scenario in scenarios])

    @cached_property
    def _options(self) -> "_Options | None":
        places = [i for i, one in enumerate(self.fixed) if isinstance(one, FixedOption) and one.valued.legs]
        options = [one for one in (self.fixed[i] for i in places) if isinstance(one, FixedOption)]
        if not options:
            return None
        return _Options(
            places=np.array(places),
            columns=lay_out_options(options),
            legs=_group([one.valued.legs or () for one in options]),
            now=np.array([one.valued.value or 0.0 for one in options]),
        )

    @cached_property
    def _holdings(self) -> "_Holdings | None":
        places = [
            i for i, one in enumerate(self.fixed)
            if isinstance(one, FixedHolding) and len(one.valued.legs or ()) <= _LEGS
        ]  # fmt: skip
        if not places:
            return None
        legs = [self.fixed[i].valued.legs or () for i in places]
        return _Holdings(
            places=np.array(places),
            legs=_group(legs),
            now=np.array([self.fixed[i].valued.value or 0.0 for i in places]),
            exposure=np.array([[*(leg.delta_exposure for leg in one), *(0.0,) * (_LEGS - len(one))] for one in legs]),
        )

    @cached_property
    def _rest(self) -> tuple[int, ...]:
        in_arrays = {i for part in (self._options, self._holdings) if part is not None for i in part.places.tolist()}
        return tuple(i for i in range(len(self.fixed)) if i not in in_arrays)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    places: NDArray[np.intp]
    columns: OptionColumns
    legs: _Legs
    now: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class _Holdings:
    places: NDArray[np.intp]
    legs: _Legs
    now: Floats
    exposure: Floats

    def after(self, scenarios: Sequence[Scenario], betas: Betas) -> tuple[Floats, Floats]:
        """Give gain and beta exposure, the steps of `trimtab.exposure.kinds.moved.grown`."""
        by = np.maximum(0.0, 1.0 + self.legs.moves(scenarios))
        of_legs = self.legs.betas(betas)
        gain, beta_money = np.zeros((2, len(self.now), len(scenarios)))
        for k in range(_LEGS):
            money = self.exposure[:, k, None]
            gain = gain + money * (by[:, k] - 1.0)
            beta_money = beta_money + of_legs[:, k, None] * (money * by[:, k])
        return (self.now[:, None] + gain) - self.now[:, None], beta_money


def beta_exposure(moved: Moved, betas: Betas) -> float:
    """Give the beta exposure of a position after a move."""
    return sum((beta_of(leg, betas) or 0.0) * leg.delta_exposure for leg in moved.legs)


def _group(positions: Sequence[tuple[Leg, ...]]) -> _Legs:
    """Group legs by what they follow."""
    places: dict[tuple[object, ...], int] = {}
    different: list[Leg] = []
    place = np.full((len(positions), _LEGS), -1, dtype=np.intp)
    for i, legs in enumerate(positions):
        for k, leg in enumerate(legs):
            key = (leg.follows, leg.stand_ins, leg.money)
            if key not in places:
                places[key] = len(different)
                different.append(leg)
            place[i, k] = places[key]
    return _Legs(different=tuple(different), place=place)
