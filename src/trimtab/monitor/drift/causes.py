r"""Why portfolio beta changed: the difference of two measurements, by cause and by position, with nothing left over.

The contribution of a position is c_i = E_i / NAV with E_i its beta exposure, and portfolio beta is their sum. Each
number in it is of one kind: prices, the spot at which an option's delta is taken, the day, volatility, exchange rates,
betas, quantities, contracts. Moving these from start to end one kind at a time gives c_i a step for each, and the steps
add up to c_i(end) - c_i(start). Which kind goes first matters, because effects multiply; so the steps are taken in one
order and in its reverse, and the mean of both is given:

    cause k of position i = [ c_i(1..k) - c_i(1..k-1) + c_i(k..n) - c_i(k+1..n) ] / 2

where c_i(S) has the kinds in S at their end values. No cause gains by going first or last, drift(a, b) = -drift(b, a),
and rows, columns and the total add up by telescoping.
Alternative
    Shapley (1953) takes the mean over all orders (`orders="all"`, 2^8 revaluations instead of 16). Both agree exactly
    where at most two causes interact in a term; a test holds the distance on books where three do.
Positions at one end only
    Two points cannot say what happened to a position before it was bought or after it was sold: its whole contribution
    is trade, or roll and expiry. Compare at each trade to see its life in between.
Roll
    See `trimtab.monitor.drift.roll`.
Limits
    Cash is compared as it is given: dividends, interest, settlement of an expired option and the daily settlement of
    futures arrive as cash and count as flows. An option with a vendor's delta and no volatility has no model to split
    by: its change stands under volatility, and a note says so.
Source
    Shapley (1953), "A value for n-person games"; Sun (1998), "Accounting for poverty differences between countries",
    and Ang (2004), "Decomposition analysis for policymaking in energy", for the mean of orders as complete
    decomposition.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from itertools import combinations
from math import factorial, fsum
from typing import Literal

import numpy as np

from trimtab.beta.estimate import Betas
from trimtab.errors import InputError, NotEnoughDataError, Reason
from trimtab.exposure.expose import Exposure, find_beta
from trimtab.exposure.measured import MeasuredBook, measure_book
from trimtab.exposure.valuation import Valuation
from trimtab.market.snapshot import Market
from trimtab.model.portfolio import Portfolio
from trimtab.monitor.drift.blend import Blend
from trimtab.monitor.drift.noise import EstimateNoise, estimate_noise
from trimtab.monitor.drift.roll import split_roll
from trimtab.monitor.drift.rows import Levels, Row, Unit, currencies_of, merged, pair_rows
from trimtab.stats.arrays import Floats

__all__ = ["CAUSES", "Cause", "Drift", "Orders", "Point", "PositionDrift", "explain_drift"]

Orders = Literal["two", "all"]

#: Cells add up to the change of beta to this share of the gross contributions.
CLOSING = 1e-12


class Cause(StrEnum):
    """What moved a portfolio's beta."""

    PRICE = "price"  # prices moved, so weights did; betas and deltas held
    GAMMA = "gamma"  # deltas of options, moved by spot
    TIME = "time"  # deltas and values of options, moved by passing days
    VOLATILITY = "volatility"  # deltas and values of options, moved by volatility, rates and dividends
    CURRENCY = "currency"  # exchange rates
    ESTIMATES = "estimates"  # betas, measured anew
    TRADES = "trades"  # quantities, and cash in and out
    ROLL = "roll"  # another expiry, an expiry, other contract terms


CAUSES = tuple(Cause)


# No slots: what was measured once is kept in the record itself, and goes with it.
@dataclass(frozen=True, kw_only=True)
class Point:
    """A portfolio at one moment, with the betas of that moment; the end of one link and the start of the next.

    Parameters
    ----------
    portfolio, market, betas
        As for `trimtab.exposure.expose.expose`.
    """

    portfolio: Portfolio
    market: Market
    betas: Betas

    @cached_property
    def book(self) -> MeasuredBook:
        """The portfolio with parts of one position joined, measured.

        Raises
        ------
        NotEnoughDataError
            If NAV is not positive.
        """
        return measure_book(merged(self.portfolio), self.market, self.betas)


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionDrift:
    """One position's part in the change of portfolio beta.

    Parameters
    ----------
    asset, kind
        Symbol, and kind of instrument.
    start, end
        Contribution to portfolio beta, E / NAV; 0 where not held.
    by_cause
        Shape (8,), in the order of `CAUSES`; adds up to end - start.
    """

    asset: str
    kind: str
    start: float
    end: float
    by_cause: Floats

    @property
    def change(self) -> float:
        """What it added to portfolio beta."""
        return self.end - self.start

    def part(self, *causes: Cause) -> float:
        """Give what some causes made together; all of them if none is named."""
        return fsum(float(self.by_cause[CAUSES.index(cause)]) for cause in causes or CAUSES)

    @classmethod
    def together(cls, name: str, positions: "Sequence[PositionDrift]") -> "PositionDrift":
        """Take several positions as one, under a name."""
        return cls(
            asset=name,
            kind="several",
            start=fsum(p.start for p in positions),
            end=fsum(p.end for p in positions),
            by_cause=np.array([fsum(column) for column in zip(*(p.by_cause for p in positions), strict=True)]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """A change of portfolio beta, explained.

    Parameters
    ----------
    start, end
        The portfolio, measured at both points.
    positions
        One row per position of either point.
    noise
        Whether betas changed by more than the errors of estimation make by themselves.
    notes
        What was decided on the way, in words.
    """

    start: Exposure
    end: Exposure
    positions: tuple[PositionDrift, ...]
    noise: EstimateNoise
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        gross = sum(abs(p.start) + abs(p.end) for p in self.positions)
        if abs(self.residual) > CLOSING * max(1.0, gross):
            raise NotEnoughDataError(
                expected="causes that add up to the change of beta",
                found=f"{self.residual:.3g} left over",
                try_next="report this: it is a defect of the decomposition",
            )

    @property
    def change(self) -> float:
        """Change of portfolio beta."""
        return self.end.beta.value - self.start.beta.value

    @property
    def cells(self) -> Floats:
        """Positions by causes, shape (n_positions, 8)."""
        return np.array([p.by_cause for p in self.positions]).reshape(-1, len(CAUSES))

    @property
    def residual(self) -> float:
        """Change of portfolio beta less all cells: rounding and nothing else."""
        return fsum((self.end.beta.value, -self.start.beta.value, *(-self.cells).ravel().tolist()))

    def total(self, *causes: Cause) -> float:
        """Give the part of one cause, or of several together."""
        return fsum(self.cells[:, [CAUSES.index(cause) for cause in causes]].ravel().tolist())

    def by_cause(self) -> dict[Cause, float]:
        """Give the part of every cause; they add up to `change`."""
        return {cause: self.total(cause) for cause in CAUSES}


def explain_drift(
    start: Point, end: Point, *, orders: Orders = "two", evidence: tuple[Betas, Betas] | None = None
) -> Drift:
    """Split the change of portfolio beta between two points by cause and position.

    Parameters
    ----------
    start, end
        The points; base currency and benchmark are the same.
    orders
        "two": the mean of one order of causes and its reverse; "all": Shapley's mean over all orders.
    evidence
        Betas at start and end by a method whose errors can be compared over time (such as welch), to judge whether
        betas changed; None judges those of the points.

    Raises
    ------
    InputError
        If base currency or benchmark differ.
    NotEnoughDataError
        If a position has no price, volatility, rate or beta at a point where it is held (each is listed), or if NAV
        would not be positive on the way.

    Examples
    --------
    >>> from dataclasses import replace
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> prices = tt.read_prices(sample.prices_path())
    >>> betas = tt.estimate_betas(prices, benchmark="SPX", method="ols")
    >>> held = tt.portfolio("100 AAPL, 5000 USD")
    >>> days = ("2022-11-28", "2022-12-28")
    >>> first, last = (
    ...     Point(portfolio=held, market=tt.market_at(prices, base="USD", as_of=d), betas=betas) for d in days
    ... )
    >>> drift = explain_drift(first, last)
    >>> {cause.value: round(part, 4) for cause, part in drift.by_cause().items() if part}
    {'price': -0.0348}
    """
    _check_pair(start, end)
    before, after = start.book.exposure, end.book.exposure
    _refuse_missing(before, after)
    rows, notes = _rows(start, end)
    game = _Game(rows, start, end)
    cells = _all_orders(game.contributions, len(CAUSES)) if orders == "all" else _two_orders(game.contributions)
    starts, ends = (game.contributions(levels) for levels in (Levels(), Levels(*[1] * len(CAUSES))))
    _settle_partial(rows, starts, ends, cells)
    if any(not row.modelled for row in rows):
        names = ", ".join(row.asset for row in rows if not row.modelled)
        notes.append(f"no volatility of {names} at one of the points: its change stands under volatility as a whole")
    return Drift(
        start=before,
        end=after,
        positions=tuple(
            PositionDrift(asset=r.asset, kind=r.kind, start=float(s), end=float(e), by_cause=cell)
            for r, s, e, cell in zip(rows, starts, ends, cells, strict=True)
        ),
        noise=estimate_noise(
            *(evidence or (start.betas, end.betas)), *game.beta_weights(), market=end.market, earlier=start.market
        ),
        notes=tuple(notes),
    )


def _check_pair(start: Point, end: Point) -> None:
    for what, a, b in (
        ("base currency", start.market.base, end.market.base),
        ("benchmark", start.betas.benchmark, end.betas.benchmark),
    ):
        if a != b:
            raise InputError(
                expected=f"one {what} at both points", found=f"{a} and {b}", try_next=f"measure both with one {what}"
            )


def _refuse_missing(before: Exposure, after: Exposure) -> None:
    """Refuse what was not measured; what has expired is not missing, it is gone."""
    missing = [
        f"{line.asset} at the {where} ({exposure.as_of.astype('datetime64[D]')}): {line.reason.value}"
        for where, exposure in (("start", before), ("end", after))
        for line in exposure.positions
        if line.reason is not None and line.reason is not Reason.EXPIRED
    ]
    if missing:
        shown = "; ".join(missing[:10]) + (f"; and {len(missing) - 10} more" if len(missing) > 10 else "")
        raise NotEnoughDataError(
            expected="every position measured at both points",
            found=shown,
            try_next=_to_measure([line.reason for e in (before, after) for line in e.positions]),
        )


def _to_measure(reasons: Sequence[Reason | None]) -> str:
    """Say what would measure a position."""
    rest = "or leave them out: --skip-unmeasured (skip=True)"
    if Reason.SPLIT_SUSPECTED in reasons:
        return (
            "import the split as an action (effective,symbol,ratio; trimtab review names its day), or ratio 1 if the "
            f"price of that day is real; give prices, rates or volatilities for others, {rest}"
        )
    return f"give prices, rates or volatilities for these, {rest}"


def _valuations(book: MeasuredBook) -> dict[int, Valuation]:
    """Give the valuations of what was measured, by place."""
    lines = zip(book.valuations or (), book.exposure.positions, strict=True)
    return {place: valued for place, (valued, line) in enumerate(lines) if line.reason is None}


def _rows(start: Point, end: Point) -> tuple[list[Row], list[str]]:
    first, last = start.book, end.book
    rows = pair_rows(first.portfolio, last.portfolio, (_valuations(first), _valuations(last)))
    quantities = np.array([row.quantities for row in rows]).reshape(-1, 2)
    later = max(start.market.day, end.market.day)
    rolled = split_roll([row.instrument for row in rows], quantities[:, 0], quantities[:, 1], last_day=later)
    for row, part in zip(rows, rolled.tolist(), strict=True):
        row.rolled = part
    gone = [line.asset for b in (first, last) for line in b.exposure.positions if line.reason is Reason.EXPIRED]
    notes = []
    if gone:
        notes.append(
            f"{', '.join(dict.fromkeys(gone))} expired but still listed: taken out; what it settled for is in NAV only "
            "if the cash says so"
        )
    return rows, notes


class _Game:
    """Contributions of all rows when some kinds of numbers are of the end and the others of the start."""

    def __init__(self, rows: list[Row], start: Point, end: Point) -> None:
        self.rows = rows
        self.betas = (start.betas, end.betas)
        self.blend = Blend(ends=(start.market, end.market), currencies=currencies_of(start.portfolio, end.portfolio))
        options = any(row.whole and row.instrument.written_on for row in rows)
        traded = any(row.quantities[1] - row.quantities[0] != row.rolled for row in rows)
        perpetual = any(row.instrument.keeps_entry for row in rows)
        self.active = Levels(
            price=1, gamma=int(options), time=int(options), volatility=int(options),
            currency=int(self.blend.currency_changes), estimates=1, trades=int(traded or perpetual), roll=1,
        )  # fmt: skip
        self._ends = (self._exact(start.book.exposure, 0), self._exact(end.book.exposure, 1))
        self._known: dict[Levels, Floats] = {}
        self.found = cache(self._find)

    def contributions(self, at: Levels) -> Floats:
        """Give E / NAV of each row, shape (n_rows,); the measured ones at both ends."""
        if all(at) or not any(at):
            return self._ends[int(all(at))]
        bare = Levels(*(a & b for a, b in zip(at, self.active, strict=True)))
        if bare not in self._known:
            money = self.money(bare)
            self._known[bare] = money / self.nav(bare)
        return self._known[bare]

    def money(self, at: Levels) -> Floats:
        """Give beta exposures, base currency, shape (n_rows,)."""
        return np.array([self._exposure(row, at) for row in self.rows])

    def nav(self, at: Levels) -> float:
        """Give NAV at some levels."""
        total = fsum(self._value(row, at) for row in self.rows)
        if not total > 0:
            moved = ", ".join(c.value for c, on in zip(CAUSES, at, strict=True) if on)
            raise NotEnoughDataError(
                expected="a positive net asset value on the way from start to end",
                found=f"{total:,.2f} with only {moved or 'nothing'} moved",
                try_next="compare points that lie nearer together, for example by day or at each flow of cash",
            )
        return total

    def beta_weights(self) -> tuple[dict[str, float], dict[str, float]]:
        """Give E / beta / NAV by symbol where betas change, for the betas of the start and of the end.

        The part from changed estimates is sum(w1 x beta1) - sum(w0 x beta0).
        """
        weights: tuple[dict[str, float], dict[str, float]] = ({}, {})
        place = CAUSES.index(Cause.ESTIMATES)
        ahead = Levels(*(int(k < place) for k in range(len(CAUSES))))
        behind = Levels(*(int(k > place) for k in range(len(CAUSES))))
        for at in (ahead, behind):
            nav = self.nav(at)
            for row in self.rows:
                if not row.whole:
                    continue
                size = row.quantity(at) / nav / 2.0
                for leg in row.unit(at, self.blend).legs:
                    for side in (0, 1):
                        symbol, _ = self.found(leg.follows, leg.stand_ins, side)
                        weights[side][symbol] = weights[side].get(symbol, 0.0) + size * leg.exposure
        return weights

    def _exact(self, exposure: Exposure, side: int) -> Floats:
        """Give the contributions as they were measured."""
        kept = {}
        seen: dict[tuple[str, str], int] = {}
        for line in exposure.positions:
            if line.reason is None:
                name = (line.kind, line.asset)
                seen[name] = seen.get(name, -1) + 1
                kept[*name, seen[name]] = line.contribution or 0.0
        order: dict[tuple[str, str], int] = {}
        numbers = []
        for row in self.rows:
            name = (row.kind, row.asset)
            if row.ends[side] is None:
                numbers.append(0.0)
                continue
            order[name] = order.get(name, -1) + 1
            numbers.append(kept[*name, order[name]])
        return np.array(numbers)

    def _exposure(self, row: Row, at: Levels) -> float:
        if not row.whole:
            return 0.0
        return row.quantity(at) * sum(
            leg.exposure * self.found(leg.follows, leg.stand_ins, at.estimates)[1] for leg in self._unit(row, at).legs
        )

    def _value(self, row: Row, at: Levels) -> float:
        if row.whole:
            return row.quantity(at) * self._unit(row, at).value
        side = 0 if row.ends[1] is None else 1
        valued = row.values[side]
        worth = 0.0 if valued is None else valued.value or 0.0
        # The share of it that is there: all of it before it went, or as much as has come.
        return worth * row.quantity(at) / row.quantities[side]

    def _unit(self, row: Row, at: Levels) -> Unit:
        return row.unit(at, self.blend)

    def _find(self, follows: tuple[str, ...], stand_ins: tuple[str, ...], side: int) -> tuple[str, float]:
        estimate, _ = find_beta(follows, stand_ins, self.betas[side])
        if estimate is None or estimate.value is None:
            raise NotEnoughDataError(
                expected=f"a beta of {' or '.join(follows)} at both points",
                found=f"none at the {'end' if side else 'start'}",
                try_next="give prices that reach further back, or compare later points",
            )
        return estimate.asset, estimate.value


def _two_orders(contributions: Callable[[Levels], Floats]) -> Floats:
    """Take the mean of the steps in the order of `CAUSES` and in its reverse, shape (n_rows, n_causes)."""
    n = len(CAUSES)
    ahead = [contributions(Levels(*(int(k < done) for k in range(n)))) for done in range(n + 1)]
    behind = [contributions(Levels(*(int(k >= left) for k in range(n)))) for left in range(n + 1)]
    steps = [(ahead[k + 1] - ahead[k] + behind[k] - behind[k + 1]) / 2.0 for k in range(n)]
    return np.column_stack(steps) if len(steps[0]) else np.zeros((0, n))


def _all_orders(contributions: Callable[[Levels], Floats], n: int) -> Floats:
    """Take Shapley's mean over all orders, shape (n_rows, n_causes)."""
    cells = np.zeros((len(contributions(Levels())), n))
    for cause in range(n):
        others = [k for k in range(n) if k != cause]
        for size in range(n):
            weight = factorial(size) * factorial(n - size - 1) / factorial(n)
            for chosen in combinations(others, size):
                without = Levels(*(int(k in chosen) for k in range(n)))
                extended = Levels(*(int(k in chosen or k == cause) for k in range(n)))
                cells[:, cause] += weight * (contributions(extended) - contributions(without))
    return cells


def _settle_partial(rows: Sequence[Row], starts: Floats, ends: Floats, cells: Floats) -> None:
    """Give the contribution of a position at one end only to trades and roll, in proportion to its quantity."""
    trades, roll = CAUSES.index(Cause.TRADES), CAUSES.index(Cause.ROLL)
    for i, row in enumerate(rows):
        if row.whole:
            continue
        change = row.quantities[1] - row.quantities[0]
        share = row.rolled / change
        cells[i] = 0.0
        cells[i, roll] = (ends[i] - starts[i]) * share
        cells[i, trades] = (ends[i] - starts[i]) - cells[i, roll]
