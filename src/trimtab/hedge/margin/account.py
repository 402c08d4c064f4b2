"""A venue account that can be looked at after any move: equity, initial and maintenance margin, liquidation."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from trimtab.hedge.margin.lines import Collateral, Line, Path, line_values
from trimtab.hedge.margin.liquidation import affine_sides, nearest_sides
from trimtab.hedge.margin.records import MarginPart
from trimtab.hedge.margin.require import Required, required
from trimtab.model.venue import ProductRules, VenueRules
from trimtab.stats.arrays import Floats

__all__ = ["Account", "Figures"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """An account at some moves: base currency, shape (n_moves,); None where it is not known."""

    equity: Floats
    initial: Floats | None
    maintenance: Floats | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Positions of one venue that share one collateral.

    Parameters
    ----------
    venue, currency
        Which.
    lines, collateral
        What is held there, and what stands behind it.
    shares
        (value, name, beta) of shares that are owned in it, base currency.
    rules
        The venue's; None where there are none.
    benchmark
        What betas are to.
    lacking
        Why positions of it could not be measured; empty where all were.
    no_rules
        What to say where there are no rules.
    unplaced
        Why nobody knows how much collateral stands behind it; empty where that is known.
    notes
        What was assumed.
    """

    venue: str
    currency: str
    lines: tuple[Line, ...]
    collateral: tuple[Collateral, ...]
    shares: tuple[Collateral, ...]
    rules: VenueRules | None
    benchmark: str
    lacking: str
    no_rules: str
    unplaced: str
    notes: tuple[str, ...]

    @property
    def own(self) -> frozenset[str]:
        """The one coin or index that it is on; empty where there are several: distance is then the benchmark's."""
        names = {line.on for line in self.lines} | {line.paid_in for line in self.lines if line.paid_in}
        names |= {c.name for c in (*self.collateral, *self.shares) if c.name}
        return frozenset(names) if len(names) == 1 else frozenset()

    @property
    def of(self) -> str:
        """What its distance is a move of."""
        return next(iter(self.own), self.benchmark)

    def path(self, x: Floats, start: Mapping[str, float] | None = None) -> Path:
        """Give moves in what its distance is measured in, from now or from somewhere else."""
        return Path(x=x, own=self.own, start=dict(start or {}))

    def of_benchmark(self, x: Floats) -> Path:
        """Give moves of the benchmark."""
        return Path(x=x, own=frozenset(), start={})

    def where(self, path: Path) -> dict[str, float]:
        """Give what each name is multiplied by at the first move of a path."""
        names = {line.on: line.beta for line in self.lines}
        names |= {line.paid_in: line.paid_beta for line in self.lines if line.paid_in}
        names |= {c.name: c.beta for c in (*self.collateral, *self.shares) if c.name}
        return {name: float(path.factor(name, beta)[0]) for name, beta in names.items()}

    def shifted(self, volatility: Floats | float) -> "Account":
        """Give the account with so much added to the volatility of every option; at each move, for a path of them."""
        if not np.any(volatility):
            return self
        return replace(self, lines=tuple(line.shifted(volatility) for line in self.lines))

    def groups(self) -> dict[str, list[Line]]:
        """Give its positions by coin or index."""
        by_name: dict[str, list[Line]] = {}
        for line in self.lines:
            by_name.setdefault(line.on, []).append(line)
        return by_name

    def at(self, path: Path) -> Figures:
        """Give equity and margin at moves."""
        equity = np.zeros_like(path.x)
        for behind in (*self.collateral, *self.shares):
            equity = equity + behind.worth(path)
        counts = self.rules is None or self.rules.option_value
        for worth in line_values([line for line in self.lines if line.option is None or counts], path):
            equity = equity + worth
        if self.lacking:
            return Figures(equity=equity, initial=None, maintenance=None, reason=self.lacking)
        initial, maintenance = self._of_shares(path)
        for lines in self.groups().values():
            one = required(lines, self.rules, path, no_rules=self.no_rules)
            if one.initial is None or one.maintenance is None:
                return Figures(equity=equity, initial=None, maintenance=None, reason=one.reason)
            initial, maintenance = initial + one.initial, maintenance + one.maintenance
        return Figures(equity=equity, initial=initial, maintenance=maintenance, reason="")

    def _of_shares(self, path: Path) -> tuple[Floats, Floats]:
        initial, maintenance = np.zeros_like(path.x), np.zeros_like(path.x)
        rate = None if self.rules is None else self.rules.long_share
        for share in self.shares if rate is not None else ():
            worth = np.maximum(share.worth(path), 0.0)
            initial, maintenance = initial + (rate or (0, 0))[0] * worth, maintenance + (rate or (0, 0))[1] * worth
        return initial, maintenance

    def parts(self, path: Path) -> tuple[MarginPart, ...]:
        """Give margin by coin or index at the first move of a path."""
        parts = []
        for name, lines in self.groups().items():
            one = required(lines, self.rules, path, no_rules=self.no_rules)
            one = one if not self.lacking else Required(initial=None, maintenance=None, source="", reason=self.lacking)
            parts.append(
                MarginPart(
                    on=name,
                    initial=None if one.initial is None else float(one.initial[0]),
                    maintenance=None if one.maintenance is None else float(one.maintenance[0]),
                    source=one.source,
                    units=tuple((line.symbol, line.units) for line in lines),
                )
            )
        return tuple(parts)

    def sides(self, start: Mapping[str, float] | None = None) -> tuple[float | None, float | None]:
        """Give the nearest fall and rise at which it is liquidated, from now or from somewhere else."""

        def free(x: Floats) -> Floats:
            there = self.at(self.path(x, start))
            gap: Floats = there.equity - (0.0 if there.maintenance is None else there.maintenance)
            return gap

        return affine_sides(free) if self._is_affine() else nearest_sides(free)

    def _is_affine(self) -> bool:
        """Tell whether equity and margin are in proportion to the price, or constant, in money."""
        if not self.own or self.shares:
            return False
        products = {name: None if self.rules is None else self.rules.rules_of(name) for name in self.groups()}
        return all(_affine(line, products[line.on]) for line in self.lines)


def _affine(line: Line, product: ProductRules | None) -> bool:
    if line.option is not None or line.is_share or line.paid_in not in {"", line.on}:
        return False
    if not line.inverse and line.paid_in:
        return False  # price times price
    if line.stated is not None:
        return True
    if product is None:
        return False
    if product.scan is not None:
        return not line.inverse
    return product.rates is not None and product.rates.is_flat
