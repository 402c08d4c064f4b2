"""The slow twin of `trimtab.backtest.run`: day by day what a desk does, with the same parts a desk uses.

The book is the ledger's: fills, rolls and settlements are its facts. It is measured by `measure_book`, judged and
planned by the one rule (`trimtab.hedge.futures.by_rule`), and every plan passes its independent check. Nothing of the
fast fold is used but the tape, so that each is a test of the other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from trimtab.backtest.rule import Rule, RuleKind
from trimtab.backtest.run import Runs
from trimtab.backtest.tape import Known, Tape, Tradable
from trimtab.beta.estimate import BetaEstimate, Betas
from trimtab.beta.history import BetaHistory
from trimtab.errors import InputError
from trimtab.exposure.measured import MeasuredBook, measure_book
from trimtab.hedge.futures.by_rule import plan_by_rule
from trimtab.hedge.futures.hedge import Hedge, price_hedge
from trimtab.hedge.rule import Aim, HedgeRule
from trimtab.ledger.book import Book, empty_book
from trimtab.ledger.facts.amendments import Event
from trimtab.ledger.facts.contracts import Roll, Settlement
from trimtab.ledger.facts.header import about
from trimtab.ledger.facts.money import Deposit
from trimtab.ledger.facts.trades import Side, Trade
from trimtab.ledger.fold import fold
from trimtab.ledger.state import Rules
from trimtab.market.prices import PriceTable
from trimtab.market.snapshot import market_at
from trimtab.model.contract import ContractSpec
from trimtab.model.decimals import exact
from trimtab.model.instrument import Future, Spot
from trimtab.model.mandate import Costs, Mandate
from trimtab.stats.arrays import Floats

__all__ = ["Desk", "replay_exactly"]

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a desk has beside the tape.

    Parameters
    ----------
    tape
        The days.
    table
        Prices on these days, in base currency.
    history, lagged
        Betas, and the row of them that each day uses.
    spec, futures
        The family, and its contracts as the tape numbers them.
    spots, cash
        Symbols and units that are held, and base money.
    costs
        Of the mandate.
    """

    tape: Tape
    table: PriceTable
    history: BetaHistory
    lagged: NDArray[np.intp]
    spec: ContractSpec
    futures: tuple[Future, ...]
    spots: tuple[tuple[str, float], ...]
    cash: float
    costs: Costs


@dataclass(slots=True)
class _Path:
    """What became of one rule so far."""

    book: Book
    ordered: Decimal
    exact: float


def replay_exactly(
    desk: Desk, rules: Sequence[Rule], *, target: float, progress: Callable[[int, int], None] | None = None
) -> Runs:
    """Replay rules day by day through the ledger, the measurement, the verdict and the plan.

    Orders are filled at the next close.

    Parameters
    ----------
    desk, rules, target
        As for `trimtab.backtest.run.run_rules`.
    progress
        Called with (done, total) days.
    """
    n_days = len(desk.tape)
    arrays = [np.zeros((len(rules), n_days)) for _ in range(5)]
    paths = [_Path(book=_opened(desk), ordered=_ZERO, exact=0.0) for _ in rules]
    for row in range(n_days):
        betas, day = _betas(desk, row), (desk.tape.known(row), desk.tape.tradable(row))
        for k, (rule, path) in enumerate(zip(rules, paths, strict=True)):
            numbers = _day(desk, rule, path, day, betas, target)
            for array, number in zip(arrays, numbers, strict=True):
                array[k, row] = number
        if progress is not None:
            progress(row + 1, n_days)
    lots, filled, cash, exact_lots, gap = arrays
    return Runs(
        tape=desk.tape, rules=tuple(rules), target=target, same_close=False, lots=lots, filled=filled, cash=cash,
        exact=exact_lots, gap=gap,
    )  # fmt: skip


def _day(
    desk: Desk, rule: Rule, path: _Path, day: tuple[Known, Tradable], betas: Betas, target: float
) -> tuple[float, float, float, float, float]:
    """Do yesterday's order, settle, measure, and decide; give lots, filled, cash, exact lots and gap."""
    close, tradable = day
    filled, path.ordered = path.ordered, _ZERO
    path.book = _evening(desk, path.book, tradable, filled)
    market = market_at(desk.table, base=desk.tape.base, as_of=np.datetime64(close.day))
    measured = measure_book(path.book.portfolio(), market, betas)
    future = desk.futures[desk.tape.contract[close.row]]
    lot = future.terms_on(close.day).lot
    lots = float(path.book.quantity(future.symbol) / lot)
    width = rule.width_at(close)
    if width is not None:
        mandate = Mandate(benchmark=desk.tape.benchmark, target=target, band=width, costs=desk.costs)
        hedge = price_hedge(future, desk.spec, market, betas, mandate, stated=None)
        aim = Aim.EDGE if rule.kind is RuleKind.EDGE else Aim.TARGET
        plan = plan_by_rule(measured, HedgeRule(mandate=mandate, aim=aim), (hedge,))
        path.ordered = sum((o.signed for o in plan.orders), _ZERO) / lot
        if plan.orders or _is_off(measured, target, width):
            path.exact = lots + _unrounded(measured, hedge, rule, target, width)
    exposure = measured.exposure
    cash = float(path.book.cash[desk.tape.base]) - desk.cash
    return lots, float(filled), cash, path.exact, exposure.beta.value - target


def _is_off(measured: MeasuredBook, target: float, width: float) -> bool:
    return not (target - width <= measured.exposure.beta.value <= target + width)


def _unrounded(measured: MeasuredBook, hedge: Hedge, rule: Rule, target: float, width: float) -> float:
    """Give the lots that the order would have had, had lots no size."""
    exposure = measured.exposure
    side = width if exposure.beta.value > target else -width
    goal = target + side if rule.kind is RuleKind.EDGE else target
    return (goal * exposure.nav - exposure.beta_exposure) / hedge.beta_per_lot


def _opened(desk: Desk) -> Book:
    """Open the books with what is held, bought at the first close with money that was paid in for it."""
    day, base = desk.tape.day(0), desk.tape.base
    trades: list[Event] = []
    paid = exact(desk.cash)
    for symbol, units in desk.spots:
        price = exact(float(desk.table.values[0, desk.table.column(symbol)]))
        paid += exact(units) * price
        trades.append(
            Trade(
                day=day,
                of=about(Spot(symbol=symbol, currency=base)),
                side=Side.BUY if units > 0 else Side.SHORT,
                quantity=abs(exact(units)),
                price=price,
            )
        )
    if paid <= 0:
        raise InputError(
            expected="a book worth more than nothing on its first day", found=f"{paid:,.0f} {base}",
            try_next="correct the quantities or the cash",
        )  # fmt: skip
    first: tuple[Event, ...] = (Deposit(day=day, currency=base, amount=paid), *trades)
    return fold(empty_book(base), [(day, first)], Rules(base=base))


def _evening(desk: Desk, book: Book, tradable: Tradable, filled: Decimal) -> Book:
    """Write the day's facts: a roll, a fill, the settlement."""
    tape, row, day = desk.tape, tradable.row, tradable.day
    now = desk.futures[tape.contract[row]]
    lot, facts = now.terms_on(day).lot, list[Event]()
    before = desk.futures[tape.contract[max(0, row - 1)]]
    carried = book.quantity(before.symbol)
    price = exact(tradable.price)
    if before != now and carried != 0:
        left = exact(float(tape.price[row - 1]) + tradable.gain / tape.multiplier)
        fee = abs(carried / lot) * exact(tradable.roll)
        facts.append(Roll(day=day, of=about(before), into=about(now), price=left, into_price=price, fee=fee))
    if filled != 0:
        side = Side.BUY if filled > 0 else Side.SELL
        facts.append(
            Trade(
                day=day,
                of=about(now),
                side=side,
                quantity=abs(filled) * lot,
                price=price,
                fee=abs(filled) * exact(tradable.cost),
                by_sign=True,
            )
        )
    if carried != 0 or filled != 0:
        facts.append(Settlement(day=day, of=about(now), price=price))
    return fold(book, [(day, tuple(facts))], Rules(base=tape.base)) if facts else book


def _betas(desk: Desk, row: int) -> Betas:
    """Give the betas that a day uses, as they were estimated."""
    at, history = int(desk.lagged[row]), desk.history
    names = tuple(s for s in desk.table.symbols if s in history.symbols)
    columns = [history.column(s) for s in names]
    estimates = tuple(
        BetaEstimate(
            asset=name,
            value=_or_none(history.beta[at, c]),
            stderr=_or_none(history.stderr[at, c]),
            n_obs=int(history.n_obs[at, c]),
            n_eff=float(history.n_obs[at, c]),
            first=None,
            last=history.dates[at],
            method=history.method,
            reason=history.why(at, name),
        )
        for name, c in zip(names, columns, strict=True)
    )
    variance: Floats = np.array([0.0 if e.stderr is None else e.stderr**2 for e in estimates])
    return Betas(
        benchmark=desk.tape.benchmark, as_of=history.dates[at], method=history.method, estimates=estimates,
        scores=np.zeros((1, len(names))), own_variance=variance,
    )  # fmt: skip


def _or_none(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None
