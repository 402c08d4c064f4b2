"""Every account measured, judged and, where it is outside its mandate, given the whole lots that bring it back.

Accounts whose every position is in proportion to its quantity go through arrays; each of the others is measured, judged
and planned by itself, by the functions that one portfolio goes through. An account that cannot be checked is undecided
and says why; none is left out.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import isnan, nan

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import NotEnoughDataError, TrimtabError
from trimtab.exposure.expose import Exposure
from trimtab.exposure.measured import MeasuredBook
from trimtab.fleet.accounts import AccountBooks, AccountNumbers, measure_accounts, measure_alone
from trimtab.fleet.units import Units
from trimtab.fleet.verdicts import STATUSES, MandateArrays, Verdicts, judge_accounts
from trimtab.hedge.futures.hedge import Hedge
from trimtab.hedge.futures.plan import Gap, choose_lots, plan_futures
from trimtab.hedge.plan import PlanStatus
from trimtab.hedge.verdict import Status, Verdict, judge
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio
from trimtab.stats.arrays import Floats

__all__ = ["FLAGS", "Check", "Checks", "FleetTerms", "check_accounts", "check_of"]

#: Why an account is not plainly inside, in one word.
FLAGS = (
    "above_band", "below_band", "not_sure", "not_covered", "no_nav", "no_mandate", "bad_mandate", "no_positions",
    "bad_quantity", "unreadable", "repeated", "not_reviewed",
)  # fmt: skip
_INSIDE = STATUSES.index(Status.INSIDE)

#: Prices what may be traded for one account.
PriceHedges = Callable[[Portfolio], tuple[Hedge, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetTerms:
    """What accounts are held against.

    Parameters
    ----------
    benchmark
        Of all of them.
    mandates
        Of each account.
    hedges
        What may be traded, as an account prices it that holds none of it; empty where nothing is proposed.
    price_hedges
        Prices the same for an account that describes one of them in its own way.
    """

    benchmark: str
    mandates: MandateArrays
    hedges: tuple[Hedge, ...] = ()
    price_hedges: PriceHedges = lambda _: ()

    def mandate(self, row: int) -> Mandate:
        """Give the mandate of one account."""
        return Mandate(
            benchmark=self.benchmark, target=float(self.mandates.target[row]), band=float(self.mandates.band[row]),
            confidence=float(self.mandates.confidence[row]),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One account, checked. What is not known is None.

    Parameters
    ----------
    account
        Its name.
    nav
        Net asset value, base currency.
    beta, stderr, low, high
        Portfolio beta on NAV, its standard error and its 95% interval.
    probability_inside
        That the true beta lies in the band.
    status
        inside, outside or undecided.
    coverage
        Share of gross exposure that was measured, 0 to 1.
    money_per_1pct
        Gain when the benchmark rises by 1%, base currency.
    contracts
        Proposed trades as (symbol, signed quantity); empty where nothing fits, None where nothing was proposed.
    flag
        Why it is not inside, in one word; None if it is.
    reason
        The same in a sentence.
    alone
        Whether it was measured by itself.
    """

    account: str
    nav: float | None = None
    beta: float | None = None
    stderr: float | None = None
    low: float | None = None
    high: float | None = None
    probability_inside: float | None = None
    status: Status = Status.UNDECIDED
    coverage: float | None = None
    money_per_1pct: float | None = None
    contracts: tuple[tuple[str, float], ...] | None = None
    flag: str | None = None
    reason: str | None = None
    alone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """Many accounts, checked: the fields of `Check` as columns, shape (n_accounts,).

    Parameters
    ----------
    accounts
        Their names.
    numbers
        Columns of numbers by the name of their field, NaN where one is not known.
    status
        A row of `STATUSES` each.
    flags
        A row of `FLAGS` each; -1 where there is none.
    alone
        Whether each was measured by itself.
    reasons, contracts
        Of those that have one, by row.
    """

    accounts: tuple[str, ...]
    numbers: Mapping[str, Floats]
    status: NDArray[np.int8]
    flags: NDArray[np.int8]
    alone: NDArray[np.bool_]
    reasons: dict[int, str]
    contracts: dict[int, tuple[tuple[str, float], ...]]

    def __len__(self) -> int:
        """Give how many accounts there are."""
        return len(self.accounts)

    def __iter__(self) -> Iterator[Check]:
        """Give each account as a record."""
        return (self[row] for row in range(len(self)))

    def __getitem__(self, row: int) -> Check:
        """Give one account as a record."""
        numbers = {name: float(column[row]) for name, column in self.numbers.items()}
        flag = int(self.flags[row])
        return Check(
            account=self.accounts[row],
            status=STATUSES[self.status[row]],
            flag=None if flag < 0 else FLAGS[flag],
            reason=self.reasons.get(row),
            contracts=self.contracts.get(row),
            alone=bool(self.alone[row]),
            **{name: None if isnan(x) else x for name, x in numbers.items()},
        )

    def put(self, row: int, check: Check) -> None:
        """Put a record in the place of one account."""
        for name, column in self.numbers.items():
            value = getattr(check, name)
            column[row] = nan if value is None else value
        self.status[row] = STATUSES.index(check.status)
        self.flags[row] = -1 if check.flag is None else FLAGS.index(check.flag)
        self.alone[row] = check.alone
        self.reasons.pop(row, None)
        self.contracts.pop(row, None)
        if check.reason is not None:
            self.reasons[row] = check.reason
        if check.contracts is not None:
            self.contracts[row] = check.contracts


def check_accounts(
    books: AccountBooks, units: Units, terms: FleetTerms, *, refused: Mapping[int, tuple[str, str]] | None = None
) -> Checks:
    """Check every account, in the order of `books`.

    Parameters
    ----------
    books, units
        What they hold, and what one unit of each thing is.
    terms
        What they are held against.
    refused
        Accounts, by their row, that something in the input forbids to check: flag and reason.

    Examples
    --------
    >>> import numpy as np
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> from trimtab.fleet.units import value_units
    >>> prices = tt.read_prices(sample.prices_path())
    >>> betas = tt.estimate_betas(prices, benchmark="SPX")
    >>> units = value_units(tt.portfolio("1 AAPL, 1 USD").positions, tt.market_at(prices, base="USD"), betas)
    >>> books = AccountBooks(
    ...     names=("K1",), starts=np.array([0, 2]), units=np.array([0, 1]), quantities=np.array([100.0, 5000.0])
    ... )
    >>> one = MandateArrays(target=np.ones(1), band=np.full(1, 0.05), confidence=np.full(1, 0.5))
    >>> [c.status.value for c in check_accounts(books, units, FleetTerms(benchmark="SPX", mandates=one))]
    ['inside']
    """
    left_out = dict(refused or {})
    numbers = measure_accounts(books, units)
    verdicts = judge_accounts(numbers.beta, numbers.stderr, terms.mandates)
    checks = _in_columns(books.names, numbers, verdicts, terms.mandates)
    own_plan = books.each(_described(units, terms.hedges)[books.units])
    for row in np.flatnonzero(numbers.apart | (verdicts.status != _INSIDE)).tolist():
        if row in left_out:
            continue
        if numbers.apart[row]:
            checks.put(row, _alone(books, row, units, terms))
            continue
        checks.reasons[row] = _why(checks, row, terms.mandates)
        if STATUSES[verdicts.status[row]] is Status.OUTSIDE and terms.hedges:
            plan = _planned(books, row, units, terms, numbers, own_plan=bool(own_plan[row]))
            if plan.contracts is not None:
                checks.contracts[row] = plan.contracts
            checks.reasons[row] = _joined(checks.reasons[row], plan.note) or ""
    for row, (flag, reason) in left_out.items():
        checks.put(row, Check(account=books.names[row], flag=flag, reason=reason))
    return checks


def _in_columns(names: tuple[str, ...], numbers: AccountNumbers, verdicts: Verdicts, mandates: MandateArrays) -> Checks:
    """Lay out what arrays say of the accounts."""
    outside = np.where(numbers.beta > mandates.upper, FLAGS.index("above_band"), FLAGS.index("below_band"))
    unsure = verdicts.status == STATUSES.index(Status.UNDECIDED)
    flags = np.where(unsure, FLAGS.index("not_sure"), np.where(verdicts.status == _INSIDE, -1, outside))
    return Checks(
        accounts=names,
        numbers={
            "nav": numbers.nav,
            "beta": numbers.beta,
            "stderr": numbers.stderr,
            "low": numbers.low,
            "high": numbers.high,
            "probability_inside": verdicts.probability_inside,
            "coverage": np.ones(len(names)),
            "money_per_1pct": numbers.beta_exposure / 100.0,
        },
        status=verdicts.status.copy(),
        flags=flags.astype(np.int8),
        alone=np.zeros(len(names), dtype=np.bool_),
        reasons={},
        contracts={},
    )


def _described(units: Units, hedges: tuple[Hedge, ...]) -> NDArray[np.bool_]:
    """Tell which units change what a hedge costs or may do in the account that holds them, shape (n_units,)."""

    def changes(one: int, hedge: Hedge) -> bool:
        position = units.positions[one]
        if position.instrument.contract != hedge.instrument.contract:
            return False
        stated = position.stated.price is not None or position.stated.funding is not None
        return stated or not hedge.shortable or position.instrument != hedge.instrument

    rows = range(len(units.positions))
    return np.array([any(changes(one, hedge) for hedge in hedges) for one in rows], dtype=np.bool_)


def _alone(books: AccountBooks, row: int, units: Units, terms: FleetTerms) -> Check:
    """Check one account by itself."""
    name = books.names[row]
    try:
        book = measure_alone(books, row, units)
    except NotEnoughDataError as error:
        return Check(account=name, flag="no_nav", reason=f"{error.found}: {error.try_next}", alone=True)
    mandate = terms.mandate(row)
    verdict = judge(book.exposure, mandate)
    plan = _plan(book, mandate, terms) if verdict.status is Status.OUTSIDE else _NO_PLAN
    check = check_of(name, book.exposure, verdict, mandate)
    return replace(check, contracts=plan.contracts, reason=_joined(check.reason, plan.note))


def check_of(account: str, exposure: Exposure, verdict: Verdict, mandate: Mandate) -> Check:
    """Give one account that was measured and judged by itself.

    Parameters
    ----------
    account
        Its name.
    exposure, verdict, mandate
        What was measured, what was said of it, and against what.
    """
    beta, coverage = exposure.beta, exposure.coverage
    flag = _flag(verdict.status, beta.value, mandate)
    if verdict.status is Status.UNDECIDED and coverage.bounds + coverage.missing:
        flag = "not_covered"
    why = None if verdict.status is Status.INSIDE else verdict.why
    if coverage.unpriced:
        # The sum of what has a price is no NAV: in a column of others it would look like one.
        return Check(account=account, coverage=coverage.share, flag=flag, reason=why, alone=True)
    return Check(
        account=account, nav=exposure.nav, beta=beta.value, stderr=beta.stderr, low=beta.low, high=beta.high,
        probability_inside=verdict.probability_inside, status=verdict.status, coverage=coverage.share,
        money_per_1pct=exposure.money_per_1pct, flag=flag, reason=why, alone=True,
    )  # fmt: skip


def _planned(
    books: AccountBooks, row: int, units: Units, terms: FleetTerms, numbers: AccountNumbers, *, own_plan: bool
) -> "_Proposal":
    """Find whole lots for one account out of the arrays."""
    mandate = terms.mandate(row)
    if own_plan:
        return _plan(measure_alone(books, row, units), mandate, terms)
    gap = Gap(
        nav=float(numbers.nav[row]), beta_exposure=float(numbers.beta_exposure[row]), cash=float(numbers.cash[row])
    )
    # With several contracts on one index it counts which of them the account holds already.
    several = len(terms.hedges) > 1
    return _lots(gap, mandate, terms.price_hedges(books.portfolio(row, units)) if several else terms.hedges)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Proposal:
    contracts: tuple[tuple[str, float], ...] | None = None
    note: str | None = None


_NO_PLAN = _Proposal()


def _plan(book: MeasuredBook, mandate: Mandate, terms: FleetTerms) -> _Proposal:
    """Plan one account by itself."""
    if not terms.hedges:
        return _NO_PLAN
    try:
        plan = plan_futures(book, mandate, terms.price_hedges(book.portfolio))
    except TrimtabError as error:
        return _Proposal(note=f"no trade is proposed: {error.found}")
    orders = tuple((order.symbol, float(order.signed)) for order in plan.orders)
    note = plan.notes[0] if plan.status is PlanStatus.INFEASIBLE else None
    return _Proposal(contracts=orders, note=note)


def _lots(gap: Gap, mandate: Mandate, hedges: tuple[Hedge, ...]) -> _Proposal:
    """Search whole lots for one account, as `plan_futures` does."""
    lots = choose_lots(gap, mandate, hedges).lots
    orders = tuple((h.symbol, float(n * h.lot)) for h, n in zip(hedges, lots, strict=True) if n != 0)
    nav = gap.nav - sum(h.cost_per_lot * abs(n) for h, n in zip(hedges, lots, strict=True))
    beta = (gap.beta_exposure + sum(h.beta_per_lot * n for h, n in zip(hedges, lots, strict=True))) / nav
    if mandate.lower <= beta <= mandate.upper:
        return _Proposal(contracts=orders)
    if orders:
        return _Proposal(contracts=orders, note=f"the nearest that whole lots reach is beta {beta:.3f}")
    return _Proposal(contracts=orders, note=_too_small(gap, mandate, hedges))


def _too_small(gap: Gap, mandate: Mandate, hedges: tuple[Hedge, ...]) -> str:
    """Say from which NAV on one lot of the smallest contract would move beta no further than the band's far edge."""
    smallest = min(hedges, key=lambda h: abs(h.beta_per_lot))
    size = abs(smallest.beta_per_lot)
    least = size / (abs(gap.beta_exposure / gap.nav - mandate.target) + mandate.band)
    if least <= gap.nav:
        return "no whole lots within limits and cash bring it nearer"
    return (
        f"too small for one {smallest.symbol}, which moves its beta by {size / gap.nav:.3f}: one fits from a NAV of "
        f"{least:,.0f} on; reallocate instead"
    )


def _flag(status: Status, beta: float, mandate: Mandate) -> str | None:
    if status is Status.INSIDE:
        return None
    if status is Status.UNDECIDED:
        return "not_sure"
    return "above_band" if beta > mandate.upper else "below_band"


def _why(checks: Checks, row: int, mandates: MandateArrays) -> str:
    """Say where one account lies, and whether that is sure enough."""
    beta, error = float(checks.numbers["beta"][row]), float(checks.numbers["stderr"][row])
    target, band = float(mandates.target[row]), float(mandates.band[row])
    lower, upper = target - band, target + band
    where = "inside" if lower <= beta <= upper else "outside"
    words = f"beta {beta:.3f} +/- {error:.3f} lies {where} the band [{lower:.3f}, {upper:.3f}]"
    if STATUSES[checks.status[row]] is Status.UNDECIDED:
        return f"{words}, and is not as sure as the {float(mandates.confidence[row]):.1%} asked for"
    return words


def _joined(why: str | None, note: str | None) -> str | None:
    return "; ".join(part for part in (why, note) if part) or None
