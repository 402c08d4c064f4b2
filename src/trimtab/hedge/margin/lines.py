r"""Positions and collateral of an account as functions of what prices are multiplied by, for many moves at once.

With f what the price of the underlying is multiplied by, g what the currency that gains are paid in is multiplied by,
E the delta exposure now, S the price now and P that at entry:

    linear, quanto    value = E (f - P / S) g          exposure = E f g
    inverse           value = E (S / P - 1 / f) g      exposure = E g / f       g = f where it is paid in the underlying
    option            value = n m FX V(S f, vol) + b   b: what its quote says beyond the model, as in a revaluation

An American option moves as the European one and never below exercise; what early exercise is worth now stays in b.

Source
    Contract specifications of the venues, as in `trimtab.exposure.kinds.perpetual`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from trimtab.exposure.options.limited import limited
from trimtab.exposure.options.model import OptionTerms
from trimtab.hedge.margin.option_units import option_units
from trimtab.stats.arrays import Floats

__all__ = ["Collateral", "Line", "OptionLine", "Path", "line_values", "option_values"]

#: A price does not fall below this share of itself: one over it has to be a number.
LEAST = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """Moves that an account is looked at: of everything that it is on alike, or of the benchmark through betas.

    Parameters
    ----------
    x
        Relative moves, shape (n_moves,).
    own
        Names that move by `x` itself, while nothing else moves; empty where `x` is a move of the benchmark.
    start
        What prices were multiplied by before, by name.
    """

    x: Floats
    own: frozenset[str]
    start: dict[str, float]

    def factor(self, name: str, beta: float) -> Floats:
        """Give what the price of a name is multiplied by, shape (n_moves,); money, which has no name, stays."""
        if not name:
            return np.ones_like(self.x)
        slope = float(name in self.own) if self.own else beta
        moved: Floats = self.start.get(name, 1.0) * np.maximum(1.0 + slope * self.x, LEAST)
        return moved


@dataclass(frozen=True, slots=True, kw_only=True)
class Collateral:
    """Cash or coins behind an account.

    Parameters
    ----------
    value
        Base currency, after haircuts.
    name, beta
        What it moves with, and its beta; no name for money.
    """

    value: float
    name: str
    beta: float

    def worth(self, path: Path) -> Floats:
        """Give what it is worth, shape (n_moves,)."""
        return self.value * path.factor(self.name, self.beta)


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionLine:
    """What an option's value follows from.

    Parameters
    ----------
    spot, right, strike
        Price of the underlying now; +1 or -1; in its price units.
    scale
        Base currency per unit of its price: units x multiplier x FX, signed.
    terms, vol
        The model; None where there is none, or it expires today: then exercise is left. A volatility for each move
        where it changes on the way.
    basis, delta_basis
        Value now less the model's, and what a vendor's delta adds per unit relative move; base currency.
    expiry_days
        Calendar days that it lives.
    kind_key
        What an option must have in common with another one to cover it.
    """

    spot: float
    right: int
    strike: float
    scale: float
    terms: OptionTerms | None
    vol: Floats | float | None
    basis: float
    delta_basis: float
    expiry_days: float
    kind_key: tuple[object, ...]

    def value(self, factor: Floats, volatility: Floats | float | None = None) -> Floats:
        """Give its value, base currency, where the underlying is multiplied and its volatility is another one."""
        moved: Floats = self.basis + self.delta_basis * (factor - 1.0)
        return limited(moved + self.scale * self._unit(factor * self.spot, volatility), self.scale)

    def out(self, factor: Floats) -> Floats:
        """Give how far it is out of the money, per unit."""
        gap: Floats = np.maximum(self.right * (self.strike - factor * self.spot), 0.0)
        return gap

    def _unit(self, spot: Floats, volatility: Floats | float | None) -> Floats:
        vol = self.vol if volatility is None else volatility
        spots, vols = np.broadcast_arrays(spot, 0.0 if vol is None else vol)
        each = None if vol is None else vols.reshape(-1)
        unit: Floats = option_units([self.terms], [each], spots.reshape(1, -1)).reshape(spots.shape)
        return unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A position that has margin.

    Parameters
    ----------
    symbol, on, units
        Its name, the coin or index that it is on, and how many are held, signed.
    contract
        What makes two of them the same.
    beta
        Of what it is on.
    paid_in, paid_beta
        Name and beta of the coin or currency that gains are paid in; no name where that does not move by itself.
    exposure
        Delta exposure now, base currency, signed; of a share sold short its value.
    price
        Of what it is on, base currency: what sizes are counted with.
    inverse
        Whether its gain goes with one over the price.
    ratio
        Entry over price now of a linear contract, price now over entry of an inverse one.
    share
        Initial margin as a share of exposure, where nothing says more than the contract table or the assumption.
    stated
        The broker's initial and maintenance margin of one, base currency; None where none is stated.
    option
        Of an option; None for everything else.
    is_share
        Whether it is a share sold short.
    """

    symbol: str
    on: str
    units: float
    contract: tuple[object, ...]
    beta: float
    paid_in: str
    paid_beta: float
    exposure: float
    price: float
    inverse: bool
    ratio: float
    share: float
    stated: tuple[float, float] | None
    option: OptionLine | None
    is_share: bool = False

    def shifted(self, volatility: Floats | float) -> "Line":
        """Give it with so much added to its volatility, if it has one; at each move, where there are several."""
        option = self.option
        if option is None or option.vol is None:
            return self
        return replace(self, option=replace(option, vol=np.maximum(0.0, option.vol + volatility)))

    def factors(self, path: Path) -> tuple[Floats, Floats]:
        """Give what its price, and what it is paid in, are multiplied by."""
        return path.factor(self.on, self.beta), path.factor(self.paid_in, self.paid_beta)

    def value(self, f: Floats, g: Floats, volatility: Floats | float | None = None) -> Floats:
        """Give what it is worth: an option's value, a contract's open gain, a share's value, signed."""
        if self.option is not None:
            return self.option.value(f, volatility)
        if self.is_share:
            return self.exposure * f
        if self.inverse:
            return self.exposure * (self.ratio - 1.0 / f) * g
        return self.exposure * (f - self.ratio) * g

    def notional(self, f: Floats, g: Floats) -> Floats:
        """Give its exposure, base currency, signed."""
        return self.exposure * g / f if self.inverse else self.exposure * f * g


def line_values(lines: Sequence[Line], path: Path) -> list[Floats]:
    """Give what each line is worth along a path, shape (n_moves,) each: `Line.value`, options in one pass."""
    factors = [line.factors(path) for line in lines]
    places = [i for i, line in enumerate(lines) if line.option is not None]
    options = [line.option for line in lines if line.option is not None]
    if not options:
        return [line.value(f, g) for line, (f, g) in zip(lines, factors, strict=True)]
    of_options = dict(zip(places, option_values(options, np.stack([factors[i][0] for i in places])), strict=True))
    return [of_options[i] if line.option is not None else line.value(*factors[i]) for i, line in enumerate(lines)]


def option_values(options: Sequence[OptionLine], by: Floats) -> Floats:
    """Give what options are worth where what each is on is multiplied, shape (n_options, n_moves): `OptionLine.value`.

    Parameters
    ----------
    options
        One or more.
    by
        What the price is multiplied by, shape (n_options, n_moves).
    """
    spots = by * np.array([option.spot for option in options])[:, None]
    units = option_units([option.terms for option in options], [option.vol for option in options], spots)
    apart = np.array([(option.basis, option.delta_basis, option.scale) for option in options])[:, :, None]
    return limited((apart[:, 0] + apart[:, 1] * (by - 1.0)) + apart[:, 2] * units, apart[:, 2])
