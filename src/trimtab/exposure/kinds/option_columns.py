r"""Options with their volatility fixed, in arrays: revalued at many moves in one pass over the book.

The steps are those of `trimtab.exposure.kinds.option.FixedOption.after`, in their order and with the same compiled
formulas, so that each number is the same to the last bit. What the arrays do not hold (American exercise paid in
coin, a forward that could not be settled) and what has no finite value comes out as NaN: whoever asked then asks
the option itself, which values it or refuses it with its reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import nan

import numpy as np
from numpy.typing import NDArray

from trimtab.exposure.kinds.option import FixedOption
from trimtab.exposure.options.limited import beyond_nothing
from trimtab.exposure.options.model import OptionTerms, option_terms
from trimtab.exposure.pricing.black import escrowed_spot
from trimtab.exposure.pricing.reprice import Kind
from trimtab.exposure.pricing.reprice_kernel import reprice_many
from trimtab.stats.arrays import Floats

__all__ = ["OptionColumns", "lay_out_options"]

#: A stated volatility lies below this; the option itself says so.
_MOST_VOL = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One option as numbers: the fields of `OptionColumns`."""

    level: float
    times: float = 1.0
    over: float = 1.0
    escrow: float = 0.0
    right: float = 1.0
    strike: float = 1.0
    vol: float = 0.0
    years: float = 0.0
    rate: float = 0.0
    dividend_yield: float = 0.0
    money: float = 0.0
    american: bool = False
    in_coin: bool = False
    shifts: bool = False
    dividends: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionColumns:
    """Options with their volatility fixed, shape (n_options,) each.

    Parameters
    ----------
    level, times, over
        Observed price of the underlying; times over by over it is in the money of the strike. NaN where the option has
        to be asked itself.
    escrow
        Present value of the dividends that the model takes off.
    right, strike, vol, years, rate, dividend_yield
        As in `european_greeks`. On the last day `vol` is the deviation that is left, and `years` is 1.
    money
        Quantity x multiplier x FX, signed; 0 where there is no model.
    american, in_coin, shifts
        Exercise; premium in coin; whether a shift of volatility reaches it.
    basis, delta_basis
        As of `FixedOption`.
    side
        Units, signed.
    gridded
        Places of those with American exercise and cash dividends, which a grid values; years until their ex-dates, and
        amounts.
    """

    level: Floats
    times: Floats
    over: Floats
    escrow: Floats
    right: Floats
    strike: Floats
    vol: Floats
    years: Floats
    rate: Floats
    dividend_yield: Floats
    money: Floats
    american: NDArray[np.bool_]
    in_coin: NDArray[np.bool_]
    shifts: NDArray[np.bool_]
    basis: Floats
    delta_basis: Floats
    side: Floats
    gridded: tuple[tuple[int, Floats, Floats], ...] = ()

    def after(self, moves: Floats, rates: Floats, vol_shifts: Floats) -> tuple[Floats, Floats]:
        """Give value and delta exposure, base currency, shape (n_options, n_scenarios); NaN where there is none here.

        Parameters
        ----------
        moves, rates
            Relative moves of the underlying and of the option's currency, same shape.
        vol_shifts
            Added to every volatility, shape (n_scenarios,).
        """
        shape = moves.shape
        on_grid = np.zeros((len(self.level), 1), dtype=bool)
        on_grid[[i for i, _, _ in self.gridded]] = True
        x = np.maximum(0.0, 1.0 + moves) - 1.0
        by = np.maximum(0.0, 1.0 + rates)
        spot = self.level[:, None] * np.maximum(0.0, 1.0 + x) * self.times[:, None] / self.over[:, None]
        vol = np.where(self.shifts[:, None], np.maximum(0.0, self.vol[:, None] + vol_shifts), self.vol[:, None])
        vol = np.where(self.shifts[:, None] & (vol >= _MOST_VOL), np.nan, vol)
        unit, delta = reprice_many(
            np.where(self.american, float(Kind.AMERICAN), float(Kind.EUROPEAN)),
            (self.right, self.strike, self.rate, self.dividend_yield),
            np.where(on_grid, np.nan, spot - self.escrow[:, None]),
            vol,
            np.broadcast_to(self.years[:, None], shape),
        )
        for i, times, amounts in self.gridded:
            from trimtab.exposure.pricing.grid import grid_scenarios  # noqa: PLC0415 - compiled, and rarely needed

            terms = (self.right[i], self.strike[i], self.years[i], self.rate[i], self.dividend_yield[i])
            unit[i], delta[i] = grid_scenarios(terms, amounts, times, spot[i], vol[i])
        coin = np.where(self.in_coin[:, None], spot, 1.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            unit = np.where(self.in_coin[:, None], unit * (1.0 / spot), unit)
            money, tied = self.money[:, None], self.delta_basis[:, None]
            value = by * (money * unit * coin + self.basis[:, None] + tied * x)
            exposure = by * (money * delta * spot + tied * (1.0 + x))
        gone = beyond_nothing(value, self.side[:, None])
        value, exposure = np.where(gone, 0.0, value), np.where(gone, 0.0, exposure)
        whole = np.isfinite(value) & np.isfinite(exposure)
        return np.where(whole, value, np.nan), np.where(whole, exposure, np.nan)


def lay_out_options(options: Sequence[FixedOption]) -> OptionColumns:
    """Lay options out in arrays.

    Parameters
    ----------
    options
        With their volatility fixed.
    """
    entries = [_entry(one) for one in options]

    def floats(name: str) -> Floats:
        return np.array([getattr(entry, name) for entry in entries], dtype=np.float64)

    def marks(name: str) -> NDArray[np.bool_]:
        return np.array([getattr(entry, name) for entry in entries], dtype=bool)

    return OptionColumns(
        level=floats("level"),
        times=floats("times"),
        over=floats("over"),
        escrow=floats("escrow"),
        right=floats("right"),
        strike=floats("strike"),
        vol=floats("vol"),
        years=floats("years"),
        rate=floats("rate"),
        dividend_yield=floats("dividend_yield"),
        money=floats("money"),
        american=marks("american"),
        in_coin=marks("in_coin"),
        shifts=marks("shifts"),
        basis=np.array([one.basis for one in options], dtype=np.float64),
        delta_basis=np.array([one.delta_basis for one in options], dtype=np.float64),
        side=np.array([float(one.position.quantity) for one in options], dtype=np.float64),
        gridded=tuple(_with_dividends(i, entry) for i, entry in enumerate(entries) if entry.dividends),
    )


def _with_dividends(place: int, entry: _Entry) -> tuple[int, Floats, Floats]:
    times, amounts = np.array(entry.dividends, dtype=np.float64).T
    return place, times, amounts


#: An option that has to be asked itself.
_APART = _Entry(level=nan)


def _entry(one: FixedOption) -> _Entry:
    """Give one option as numbers."""
    if one.model is None:
        return _Entry(level=1.0)  # by the vendor's delta alone: nothing of a model is left
    market, option, stated = one.market, one.option, one.model.stated
    fx, level = market.rate(option.currency), _level(one)
    terms = None if level is None else option_terms(option, stated, level[0] * level[1] / level[2], market.day)
    if level is None or fx is None or stated.forward is not None or not isinstance(terms, OptionTerms):
        return _APART
    size = float(one.model.quantity) * float(option.terms_on(market.day).multiplier)
    carry = terms.carry
    bare = _Entry(
        level=level[0], times=level[1], over=level[2], right=float(terms.right), strike=terms.strike,
        money=fx.value * size, in_coin=terms.in_coin,
    )  # fmt: skip
    if one.deviation is not None:
        return _APART if terms.in_coin or terms.years else replace(bare, vol=one.deviation, years=1.0)
    if stated.vol is None or (terms.american and terms.in_coin):
        return _APART
    return replace(
        bare, vol=stated.vol, years=terms.years, rate=carry.rate, dividend_yield=carry.dividend_yield, shifts=True,
        escrow=0.0 if terms.american else _escrow(terms), american=terms.american,
        dividends=carry.dividends if terms.american else (),
    )  # fmt: skip


def _level(one: FixedOption) -> tuple[float, float, float] | None:
    """Give the price of the underlying as observed, and what it is multiplied and divided by in the strike's money."""
    market, option = one.market, one.option
    for name in option.written_on:
        observed = market.observed(name)
        if observed is None:
            continue
        if option.quanto:
            return observed.value, 1.0, 1.0
        way = market.conversion(name, option.currency, minor=option.minor)
        if way is not None:
            return observed.value, way.times, way.over
    return None


def _escrow(terms: OptionTerms) -> float:
    """Give the present value of the dividends to come, in the very sum that the model takes off the spot."""
    if not terms.carry.dividends:
        return 0.0
    times, amounts = zip(*terms.carry.dividends, strict=True)
    none = escrowed_spot(spot=0.0, amounts=amounts, pay_times=times, rate=terms.carry.rate, time=terms.years)
    return -float(none)
