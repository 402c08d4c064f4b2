"""Use case: would it have worked. Rules of hedging replayed over years of a book's own history."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from trimtab.backtest.compare import Compared, compare_runs
from trimtab.backtest.exact import replay_exactly
from trimtab.backtest.measure import Measured, Outcome, measure_runs
from trimtab.backtest.rule import Rule
from trimtab.backtest.run import Runs, fills_of, run_rules
from trimtab.desk.ask.backtest.lay import Laid
from trimtab.model.mandate import Mandate
from trimtab.model.shown import Shown

__all__ = ["Backtest", "BetaPath", "Order", "Terms", "replay_rules"]

#: Told (done, total).
Progress = Callable[[int, int], None]
#: Rules whose path through time is kept for charts.
_SHOWN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order that was filled, or one side of a roll.

    Parameters
    ----------
    date
        Day of the fill.
    policy
        Which rule traded.
    symbol, side
        Contract, and "buy" or "sell".
    quantity
        Contracts.
    price
        Without cost.
    cost
        Half-spread and commission.
    """

    date: np.datetime64
    policy: str
    symbol: str
    side: str
    quantity: float
    price: float
    cost: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BetaPath:
    """Measured beta of a hedged book on the first close of each month.

    Parameters
    ----------
    policy
        Which rule.
    dates, beta
        When, and how much.
    """

    policy: str
    dates: tuple[np.datetime64, ...]
    beta: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How rules are replayed.

    Parameters
    ----------
    mandate
        Target and band.
    risk_aversion
        Relative.
    same_close
        Fill at the very close that decided.
    seed
        Of the intervals.
    exact
        Day by day through ledger, measurement, verdict and plan, in place of the fast fold.
    """

    mandate: Mandate
    risk_aversion: float
    same_close: bool
    seed: int
    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Backtest(Shown):
    """What rules would have done with a book.

    Parameters
    ----------
    benchmark, base, hedge, target, band
        What was hedged against, in which money, with which family of futures, and to what.
    first, last, n_days
        Of the replay.
    nav_first, nav_last
        Worth of the book without its hedge.
    own_beta
        Its measured beta on the first and on the last day.
    is_model
        Whether the future's price is its index's level.
    fill
        "next-close" or "same-close".
    risk_aversion, seed
        As asked.
    outcomes
        One for each policy and method.
    compared
        On the same days, with what is noise.
    paths
        Of the first few policies.
    orders
        What was filled, in the order of days.
    notes
        What was decided, in words.
    """

    benchmark: str
    base: str
    hedge: str
    target: float
    band: float
    first: np.datetime64
    last: np.datetime64
    n_days: int
    nav_first: float
    nav_last: float
    own_beta: tuple[float, float]
    is_model: bool
    fill: str
    risk_aversion: float
    seed: int
    outcomes: tuple[Outcome, ...]
    compared: Compared
    paths: tuple[BetaPath, ...]
    orders: tuple[Order, ...]
    notes: tuple[str, ...]


def replay_rules(
    laid: Sequence[Laid], rules: Sequence[Rule], terms: Terms, *, progress: Progress | None = None
) -> Backtest:
    """Replay rules, with betas of each method, over the same days.

    Parameters
    ----------
    laid
        One tape for each method; days before the last of their first days are left out.
    rules, terms
        What is replayed, and how.
    progress
        Told (done, total) days of a slow replay.
    """
    tapes = _together(laid)
    mandate, several = terms.mandate, len(tapes) > 1
    runs = [_run(t, rules, terms, progress) for t in tapes]
    measured = [measure_runs(r, band=mandate.band, risk_aversion=terms.risk_aversion) for r in runs]
    names = tuple(_name(str(rule), r.tape.method if several else "") for r in runs for rule in rules)
    joined = Measured(
        outcomes=tuple(
            replace(o, policy=name) for o, name in zip((o for m in measured for o in m.outcomes), names, strict=True)
        ),
        cost=np.concatenate([m.cost for m in measured], axis=1),
        miss=np.concatenate([m.miss for m in measured], axis=1),
        gap=np.concatenate([m.gap for m in measured], axis=1),
    )
    tape = tapes[0].tape
    return Backtest(
        benchmark=tape.benchmark, base=tape.base, hedge=tapes[0].chain.symbols[0][:-3], target=mandate.target,
        band=mandate.band, first=tape.dates[0], last=tape.dates[-1], n_days=len(tape),
        nav_first=float(tape.assets[0]), nav_last=float(tape.assets[-1]),
        own_beta=(float(tape.exposure[0] / tape.assets[0]), float(tape.exposure[-1] / tape.assets[-1])),
        is_model=tape.is_model, fill="same-close" if terms.same_close else "next-close",
        risk_aversion=terms.risk_aversion, seed=terms.seed, outcomes=joined.outcomes,
        compared=compare_runs(joined, tape, names, seed=terms.seed),
        paths=_paths(runs, names, mandate.target),
        orders=tuple(order for k, r in enumerate(runs) for order in _orders(r, tapes[k], names[k * len(rules) :])),
        notes=(*tapes[0].notes, *_fills(terms)),
    )  # fmt: skip


def _run(laid: Laid, rules: Sequence[Rule], terms: Terms, progress: Progress | None) -> Runs:
    target = terms.mandate.target
    if terms.exact:
        return replay_exactly(laid.desk, rules, target=target, progress=progress)
    return run_rules(laid.tape, rules, target=target, same_close=terms.same_close)


def _fills(terms: Terms) -> tuple[str, ...]:
    if terms.same_close:
        return ("decided and filled at the same close, which nobody can: a bound, not a record",)
    return ("decided at a close, filled at the next one",)


def _name(rule: str, method: str) -> str:
    return f"{rule} [{method}]" if method else rule


def _together(laid: Sequence[Laid]) -> list[Laid]:
    """Let all tapes begin on the day from which each can be measured."""
    first = max(one.tape.dates[0] for one in laid)
    return [one.since(first) for one in laid]


def _paths(runs: Sequence[Runs], names: tuple[str, ...], target: float) -> tuple[BetaPath, ...]:
    gaps = [(r.tape, gap) for r in runs for gap in r.gap]
    paths = []
    for name, (tape, gap) in list(zip(names, gaps, strict=True))[:_SHOWN]:
        months = tape.first_of("M")
        paths.append(
            BetaPath(policy=name, dates=tuple(tape.dates[months]), beta=tuple((target + gap[months]).tolist()))
        )
    return tuple(paths)


def _orders(runs: Runs, laid: Laid, names: tuple[str, ...]) -> list[Order]:
    units = laid.costing.units
    return [
        Order(
            date=runs.tape.dates[f.row],
            policy=names[f.rule],
            symbol=f.symbol,
            side="buy" if f.lots > 0 else "sell",
            quantity=abs(f.lots) * units,
            price=f.price,
            cost=f.cost,
        )
        for f in fills_of(runs)
    ]
