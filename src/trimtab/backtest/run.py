"""Rules folded over a tape, all at once, on arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trimtab.backtest.rule import Rule, RuleKind
from trimtab.backtest.tape import Tape
from trimtab.errors import InfeasibleError
from trimtab.hedge.futures.plan import FAR, NEAR
from trimtab.stats.arrays import Floats

if TYPE_CHECKING:
    from trimtab.stats.kernels.backtest import Folded

__all__ = ["Fill", "Runs", "fills_of", "run_rules"]

_SPANS = {RuleKind.WEEKLY: 0, RuleKind.MONTHLY: 1, RuleKind.QUARTERLY: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """What became of each rule, arrays of shape (n_rules, n_days).

    Parameters
    ----------
    tape, rules, target, same_close
        What was folded, and how.
    lots
        Held after the day's fills.
    filled
        Traded on the day, signed, without rolls.
    cash
        Of the hedge since the start: gains less costs.
    exact
        Lots that the last decision would have held had lots no size.
    gap
        Measured beta off the target at the close, after the day's fills.
    """

    tape: Tape
    rules: tuple[Rule, ...]
    target: float
    same_close: bool
    lots: Floats
    filled: Floats
    cash: Floats
    exact: Floats
    gap: Floats

    @property
    def nav(self) -> Floats:
        """Net asset value after the day's fills."""
        nav: Floats = self.tape.assets + self.cash
        return nav

    @property
    def rolled(self) -> Floats:
        """Lots carried into the next contract on the day, without sign."""
        before = np.concatenate([np.zeros((len(self.rules), 1)), np.abs(self.lots[:, :-1])], axis=1)
        rolled: Floats = before * (self.tape.roll > 0.0)
        return rolled


def run_rules(tape: Tape, rules: Sequence[Rule], *, target: float, same_close: bool = False) -> Runs:
    """Fold rules over a tape.

    Parameters
    ----------
    tape
        The book without its hedge, and the future.
    rules
        One or more.
    target
        Beta asked for.
    same_close
        Fill at the very close that decided, which nobody can; the next one otherwise.

    Raises
    ------
    InfeasibleError
        If a rule loses all of NAV.
    """
    # Compiled code is loaded only when it is wanted.
    from trimtab.stats.kernels import backtest as kernel  # noqa: PLC0415

    kinds = {RuleKind.NEVER: kernel.NEVER, RuleKind.EDGE: kernel.EDGE, RuleKind.CENTRE: kernel.CENTRE}
    seen = kernel.Known(
        tape.assets, tape.exposure, tape.lot, tape.cost,
        np.stack([tape.first_of("W"), tape.first_of("M"), tape.first_of("Q")]), tape.best,
    )  # fmt: skip
    tradable = kernel.Tradable(tape.gain, tape.roll, tape.cost)
    asked = kernel.Rules(
        np.array([kinds.get(r.kind, kernel.CALENDAR) for r in rules], dtype=np.int64),
        np.array([np.nan if r.width is None else r.width for r in rules]),
        np.array([_SPANS.get(r.kind, 0) for r in rules], dtype=np.int64),
    )
    folded = kernel.fold_rules(seen, tradable, asked, kernel.Terms(target, NEAR, FAR, same_close))
    _check_alive(tape, rules, folded)
    return Runs(
        tape=tape, rules=tuple(rules), target=target, same_close=same_close, lots=folded.lots, filled=folded.filled,
        cash=folded.cash, exact=folded.exact, gap=folded.gap,
    )  # fmt: skip


def _check_alive(tape: Tape, rules: Sequence[Rule], folded: "Folded") -> None:
    over = np.flatnonzero(folded.ended >= 0)
    if over.size:
        first = int(over[np.argmin(folded.ended[over])])
        raise InfeasibleError(
            expected="a net asset value above zero on every day: beta is a share of it",
            found=f"{rules[first]} has lost all of it on {tape.day(int(folded.ended[first]))}",
            try_next="end before that day (--to), start later (--from), or ask for a beta nearer to the book's own "
            "(--target)",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """One order that was filled, or one side of a roll.

    Parameters
    ----------
    row
        Day of the fill.
    rule
        Which rule traded.
    symbol
        Contract.
    lots
        Signed; negative = sold.
    price
        Without cost.
    cost
        Half-spread and commission, money.
    """

    row: int
    rule: int
    symbol: str
    lots: float
    price: float
    cost: float


def fills_of(runs: Runs) -> tuple[Fill, ...]:
    """Give what was filled, day by day; a roll is a sale and a purchase, each with half of what it cost."""
    tape, rolled = runs.tape, runs.rolled
    fills = []
    for row, rule in zip(
        *(index.tolist() for index in np.nonzero(((rolled > 0.0) | (runs.filled != 0.0)).T)), strict=True
    ):
        now, price = tape.contracts[tape.contract[row]], float(tape.price[row])
        if rolled[rule, row] > 0.0:
            lots, half = float(runs.lots[rule, row - 1]), float(rolled[rule, row] * tape.roll[row] / 2.0)
            before = tape.contracts[tape.contract[row - 1]]
            leaving = float(tape.price[row - 1] + tape.gain[row] / tape.multiplier)
            fills.append(Fill(row=row, rule=rule, symbol=before, lots=-lots, price=leaving, cost=half))
            fills.append(Fill(row=row, rule=rule, symbol=now, lots=lots, price=price, cost=half))
        if runs.filled[rule, row] != 0.0:
            lots = float(runs.filled[rule, row])
            cost = abs(lots) * float(tape.cost[row])
            fills.append(Fill(row=row, rule=rule, symbol=now, lots=lots, price=price, cost=cost))
    return tuple(fills)
