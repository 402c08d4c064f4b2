r"""Plan for a beta to each of several benchmarks, and for the share held in each of several currencies.

Equation
    b_k = sum_a w_a b_ak          partial beta of the book to benchmark k: the other benchmarks held still
    choose whole lots n so that every |b_k after - target_k| <= band_k, at the least cost (`search_vectors`)
Currencies go first: what is held in one beyond its target is sold forward at today's rate. The forward's own beta then
counts when the benchmarks are hedged.
Assumption
    Betas of one least-squares fit on all benchmarks together, over one window. A contract moves with each benchmark as
    what it follows does. Inside its band distance from a target is priced at a tenth of a per cent, as for one target.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import inf, sqrt

import numpy as np

from trimtab.beta.estimate import Betas, SpeaksOf
from trimtab.beta.partial import PartialBetas
from trimtab.errors import InputError
from trimtab.exposure.expose import Exposure, expose
from trimtab.exposure.measured import MeasuredBook
from trimtab.hedge.futures.hedge import Hedge
from trimtab.hedge.futures.plan import FAR, NEAR, cash_at_hand, make_order, most_lots
from trimtab.hedge.joint.records import (
    CurrencyLine,
    Forward,
    JointLine,
    JointPlan,
    JointTarget,
    apply_forwards,
    check_joint,
    unique_targets,
)
from trimtab.hedge.joint.search import VectorChoice, VectorLots, search_vectors
from trimtab.hedge.plan import Order, PlanStatus, apply_orders
from trimtab.hedge.search import Distance
from trimtab.hedge.verdict import Status, Verdict, judge, sure_band
from trimtab.market.snapshot import Market
from trimtab.model.decimals import exact
from trimtab.model.instrument import Cash
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio, Position, Stated
from trimtab.stats.arrays import Floats

__all__ = ["followed", "lot_followed", "plan_joint", "portfolio_partials"]

_SETTLED = 5
_LARGER = 1.05


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """What all steps share."""

    market: Market
    betas: Betas
    partial: PartialBetas
    targets: tuple[JointTarget, ...]
    mandate: Mandate


def followed(exposure: Exposure) -> dict[str, float]:
    """Give delta exposure by the symbol whose beta counts, base currency; only what was measured."""
    money_by_asset: dict[str, float] = {}
    for line in exposure.positions:
        for asset, money in line.weights if line.reason is None else ():
            money_by_asset[asset] = money_by_asset.get(asset, 0.0) + money
    return money_by_asset


def portfolio_partials(weights_held: Mapping[str, float], partial: PartialBetas) -> tuple[Floats, Floats]:
    """Give partial exposure to each benchmark, and the covariance of its errors, in the unit of `weights_held`.

    What follows a benchmark itself moves one for one with it, and with nothing else.

    Parameters
    ----------
    weights_held
        Delta exposure (or weight) by symbol.
    """
    weights = np.array([weights_held.get(a, 0.0) for a in partial.assets])
    values, covariance = partial.combined(weights)
    return values + np.array([weights_held.get(b, 0.0) for b in partial.benchmarks]), covariance


def plan_joint(
    book: MeasuredBook,
    mandate: Mandate,
    targets: Sequence[JointTarget],
    hedges: tuple[Hedge, ...],
    partial: PartialBetas,
    *,
    currencies: Sequence[tuple[str, float, float]] = (),
    step: Decimal = Decimal(1),
) -> JointPlan:
    """Plan for several targets at once.

    Parameters
    ----------
    book
        The portfolio, measured.
    mandate
        Confidence, coverage, costs and limits; its own target is not used.
    targets
        Each benchmark with its target and band, in the order of `partial.benchmarks`.
    hedges
        One to six contracts; none if only currencies are asked for.
    partial
        Joint betas of everything held and traded.
    currencies
        (code, share of NAV wanted, half-width of its band).
    step
        Currency amounts are multiples of it.

    Returns
    -------
    A plan that has passed the independent check. If some target cannot be reached its status is `infeasible`, its
    orders are those that come nearest, and its notes name what is in the way.
    """
    case = _Case(
        market=book.market, betas=book.betas, partial=partial, targets=unique_targets(targets), mandate=mandate
    )  # fmt: skip
    before = book.exposure
    first = _lines(case, before, before)
    verdicts = [line.verdict_before.status for line in first]
    wanted = tuple(currencies)
    off = [c for c in wanted if abs(_share(before, c[0]) - c[1]) > c[2]]
    if Status.UNDECIDED in verdicts:
        return _finish(case, (before, before, before), (), (), (), wanted, PlanStatus.UNDECIDED, (), proven=True)
    if Status.OUTSIDE not in verdicts and not off:
        return _finish(case, (before, before, before), (), (), (), wanted, PlanStatus.NOTHING_TO_DO, (), proven=True)
    forwards = tuple(_forward(case, before, c, step) for c in off)
    start = book.holding(apply_forwards(book.portfolio, forwards)) if forwards else book
    effects = tuple(_effect(case, h) for h in hedges)
    # Inside with the confidence asked for means to end some way inside; the trades add errors of their own.
    sure = replace(case, targets=tuple(_surely(case, t, x) for t, x in zip(case.targets, first, strict=True)))
    orders, choice = _choose(sure, start.exposure, hedges, effects)
    after = start.holding(apply_orders(start.portfolio, orders)).exposure if orders else start.exposure
    lines = _lines(case, before, after)
    reached = all(line.verdict_after.status is Status.INSIDE for line in lines) and all(
        c.inside for c in _currency_lines(before, after, wanted)
    )
    notes = () if reached else tuple(_conflicts(sure, lines, start.exposure, hedges, effects))
    per_lot = {h.symbol: e for h, e in zip(hedges, effects, strict=True)}
    per_contract = tuple(
        tuple(e / float(o.lot) for e in per_lot[o.symbol]) for o in orders
    )  # fmt: skip
    status = PlanStatus.PLANNED if reached else PlanStatus.INFEASIBLE
    return _finish(
        case, (before, start.exposure, after), forwards, orders, per_contract, wanted, status, notes,
        proven=choice is None or choice.proven,
    )  # fmt: skip


def _surely(case: _Case, target: JointTarget, line: JointLine) -> JointTarget:
    asked = replace(
        case.mandate, benchmark=target.benchmark, target=target.target, band=target.band, trigger=None, step=None
    )
    return replace(target, band=sure_band(asked, _LARGER * line.before_stderr))


def _choose(
    case: _Case, measured: Exposure, hedges: tuple[Hedge, ...], effects: tuple[tuple[float, ...], ...]
) -> tuple[tuple[Order, ...], VectorChoice | None]:
    """Search lots for the NAV that is left after their own cost; a few rounds settle it."""
    exposures, _ = portfolio_partials(followed(measured), case.partial)
    if not hedges:
        return (), None
    contracts = _contracts(case, measured, hedges, effects)
    nav, choice = measured.nav, None
    for _ in range(_SETTLED):
        candidate = search_vectors(_gaps(case, exposures, nav), contracts, _distances(case, nav))
        if choice is not None and candidate.lots == choice.lots:
            break
        choice = candidate
        nav = measured.nav - sum(h.cost_per_lot * abs(n) for h, n in zip(hedges, choice.lots, strict=True))
    assert choice is not None  # noqa: S101 - the loop runs at least once
    return tuple(make_order(h, n) for h, n in zip(hedges, choice.lots, strict=True) if n != 0), choice


def _contracts(
    case: _Case,
    measured: Exposure,
    hedges: tuple[Hedge, ...],
    effects: tuple[tuple[float, ...], ...],
    *,
    limited: bool = True,
) -> tuple[VectorLots, ...]:
    asked = case.mandate if limited else replace(case.mandate, max_contracts=None)
    # Cash for several funds is shared out evenly, so that together they never take more than there is.
    cash = cash_at_hand(measured) / max(1, sum(h.instrument.is_owned for h in hedges))
    return tuple(
        VectorLots(
            per_lot=e, cost_per_lot=h.cost_per_lot, most=_most_bought(h, asked, cash),
            most_sold=most_lots(h, asked, buying=False),
        )
        for h, e in zip(hedges, effects, strict=True)
    )  # fmt: skip


def _most_bought(hedge: Hedge, mandate: Mandate, cash: float) -> int | None:
    most = most_lots(hedge, mandate, buying=True)
    if hedge.cash_per_lot <= 0:
        return most
    paid = int(cash // hedge.cash_per_lot)
    return paid if most is None else min(most, paid)


def _gaps(case: _Case, exposures: Floats, nav: float) -> list[float]:
    return [t.target * nav - float(e) for t, e in zip(case.targets, exposures, strict=True)]


def _distances(case: _Case, nav: float) -> list[Distance]:
    # A hair narrower than the band, so that rounding does not put a beta at its edge outside.
    return [Distance(near=NEAR, far=FAR, slack=t.band * nav * (1 - 1e-9)) for t in case.targets]


def _effect(case: _Case, hedge: Hedge) -> tuple[float, ...]:
    """Give the exposure of one lot bought to each benchmark, as the exposure engine will measure it."""
    values, _ = portfolio_partials(lot_followed(hedge, case.market, case.betas), case.partial)
    return tuple(float(v) for v in values)


def lot_followed(hedge: Hedge, market: Market, betas: Betas) -> dict[str, float]:
    """Give the delta exposure of one lot bought by the symbol whose beta counts, base currency.

    Raises
    ------
    InputError
        If there is none.
    """
    probe = Portfolio(
        positions=(
            Position(
                instrument=hedge.instrument,
                quantity=hedge.lot,
                stated=Stated(price=exact(hedge.mark), funding=hedge.funding),
            ),
            Position(instrument=Cash(currency=market.base), quantity=Decimal(10) ** 12),
        ),
        base=market.base,
    )
    line = expose(probe, market, betas).positions[0]
    if line.reason is not None:
        raise InputError(
            expected=f"a beta of {hedge.symbol} or of what it follows",
            found=line.reason.value,
            try_next="add the column to the prices, or leave the contract out",
        )
    return dict(line.weights)


def _lines(case: _Case, before: Exposure, after: Exposure) -> tuple[JointLine, ...]:
    was, now = _betas(case, before), _betas(case, after)
    lines = []
    for k, t in enumerate(case.targets):
        asked = replace(case.mandate, benchmark=t.benchmark, target=t.target, band=t.band, trigger=None, step=None)
        lines.append(
            JointLine(
                benchmark=t.benchmark,
                target=t.target,
                lower=asked.lower,
                upper=asked.upper,
                before=was[k][0],
                before_stderr=was[k][1],
                after=now[k][0],
                after_stderr=now[k][1],
                verdict_before=_judge(before, asked, *was[k]),
                verdict_after=_judge(after, asked, *now[k]),
            )
        )
    return tuple(lines)


def _betas(case: _Case, exposure: Exposure) -> list[tuple[float, float]]:
    values, covariance = portfolio_partials(followed(exposure), case.partial)
    return [
        (float(values[k]) / exposure.nav, sqrt(max(0.0, float(covariance[k, k]))) / exposure.nav)
        for k in range(len(case.targets))
    ]


def _judge(exposure: Exposure, asked: Mandate, value: float, stderr: float) -> Verdict:
    """Judge a partial beta as any other: coverage and confidence included."""
    # Partial betas are least squares over one window of the past, whatever the method of the others is.
    fitted = replace(exposure.beta, value=value, stderr=stderr, speaks_of=SpeaksOf())
    return judge(replace(exposure, beta=fitted, companion=None), asked)


def _share(exposure: Exposure, currency: str) -> float:
    value_in_currency = sum(p.value for p in exposure.positions if p.currency == currency and p.value is not None)
    return value_in_currency / exposure.nav


def _forward(case: _Case, before: Exposure, wanted: tuple[str, float, float], step: Decimal) -> Forward:
    currency, target, _ = wanted
    rate = case.market.rate(currency)
    if currency == case.market.base or rate is None:
        raise InputError(
            expected=f"a foreign currency with a rate to {case.market.base}",
            found=f"{currency}" + ("" if rate is not None else ", which has no rate"),
            try_next="give rates with --fx FILE, or leave the currency out",
        )
    money = (target - _share(before, currency)) * before.nav
    amount = (exact(money / rate.value) / step).to_integral_value() * step
    return Forward(currency=currency, amount=amount, rate=rate.value)


def _currency_lines(
    before: Exposure, after: Exposure, wanted: Sequence[tuple[str, float, float]]
) -> tuple[CurrencyLine, ...]:
    return tuple(
        CurrencyLine(
            currency=code, target=target, band=band, before=_share(before, code), after=_share(after, code),
            inside=abs(_share(after, code) - target) <= band,
        )
        for code, target, band in wanted
    )  # fmt: skip


def _finish(
    case: _Case,
    measured: tuple[Exposure, Exposure, Exposure],
    forwards: tuple[Forward, ...],
    orders: tuple[Order, ...],
    per_contract: tuple[tuple[float, ...], ...],
    wanted: Sequence[tuple[str, float, float]],
    status: PlanStatus,
    notes: tuple[str, ...],
    *,
    proven: bool,
) -> JointPlan:
    """Make the plan and have it checked; `measured` is the book as it is, with forwards, and with orders as well."""
    before, start, after = measured
    exposures = [portfolio_partials(followed(x), case.partial)[0] for x in (start, after)]
    lines = _lines(case, before, after)
    if status is PlanStatus.UNDECIDED:
        notes = tuple(x.verdict_before.why for x in lines if x.verdict_before.status is Status.UNDECIDED)
    if forwards:
        notes = (*notes, "forwards are taken at today's rate: the interest of the two currencies is not counted")
    if not proven:
        notes = (*notes, "the search ended at its time limit: a cheaper plan may exist")
    plan = JointPlan(
        status=status,
        lines=lines,
        currencies=_currency_lines(before, after, wanted),
        orders=orders,
        forwards=forwards,
        per_contract=per_contract,
        before=before,
        after=after,
        exposures_before=tuple(exposures[0].tolist()),
        exposures_after=tuple(exposures[1].tolist()),
        cost=sum(o.cost for o in orders),
        proven=proven,
        notes=notes,
        as_of=case.market.day,
    )
    check_joint(plan, case.targets, case.mandate.max_contracts)
    return plan


def _conflicts(
    case: _Case,
    lines: tuple[JointLine, ...],
    measured: Exposure,
    hedges: tuple[Hedge, ...],
    effects: tuple[tuple[float, ...], ...],
) -> list[str]:
    """Say what keeps which benchmarks outside: too few hedges, the limit of contracts, or the size of a lot."""
    missed = [x for x in lines if x.verdict_after.status is not Status.INSIDE]
    if not missed:
        return ["a currency is left outside its band by the step of its amounts: use a smaller one"]
    places = ", ".join(f"{x.benchmark} at {x.after:.3f} of [{x.lower:.3f}, {x.upper:.3f}]" for x in missed)
    notes = [f"no plan brings every beta into its band; the nearest one leaves {places}"]
    if not hedges:
        return [*notes, "no hedge may be traded: give for example --hedge ES,MBT"]
    exposures, _ = portfolio_partials(followed(measured), case.partial)
    gaps, distances = _gaps(case, exposures, measured.nav), _distances(case, measured.nav)

    def outside(*, limited: bool, whole: bool) -> list[str]:
        solution = search_vectors(
            gaps, _contracts(case, measured, hedges, effects, limited=limited), distances, whole=whole
        )
        loose = 1e-6 * measured.nav
        return [
            t.benchmark
            for t, left, d in zip(case.targets, solution.remaining, distances, strict=True)
            if abs(left) > d.slack + loose
        ]

    vague = [t.benchmark for t, x in zip(case.targets, lines, strict=True) if t.band < 1e-9 < x.upper - x.lower]
    if vague:
        notes.append(
            f"beta to {', '.join(vague)} is known too roughly to be inside with {case.mandate.confidence:.0%} "
            "confidence even at its target: widen its band, or ask for less confidence"
        )
    if any(h.instrument.is_owned for h in hedges):
        notes.append(
            f"shares are bought from {cash_at_hand(measured):,.0f} of base cash, shared out evenly among funds, and "
            "sold short only where they may be"
        )
    names = ", ".join(h.symbol for h in hedges)
    unreached = outside(limited=False, whole=False)
    if unreached:
        alone = [t.benchmark for k, t in enumerate(case.targets) if any(abs(e[k]) > 1e-3 * _size(e) for e in effects)]
        without = [b for b in unreached if b not in alone]
        why = f"nothing among them moves with {', '.join(without)}" if without else "they move with several at once"
        notes.append(
            f"{names} cannot reach all {len(lines)} targets together, even in fractions of lots ({why}): add a hedge "
            f"that moves with {' or '.join(without or unreached)} on its own, or widen a band"
        )
    elif not outside(limited=False, whole=True):
        notes.append(
            f"the limit of {case.mandate.max_contracts} contracts is in the way: raise --max-contracts or add a hedge"
        )
    else:
        notes.append(_too_large(case, hedges, effects, measured.nav))
    return notes


def _too_large(case: _Case, hedges: tuple[Hedge, ...], effects: tuple[tuple[float, ...], ...], nav: float) -> str:
    worst = max(
        ((abs(e[k]) / nav / (2 * t.band) if t.band > 0 else inf, h, k) for h, e in zip(hedges, effects, strict=True)
         for k, t in enumerate(case.targets) if e[k] != 0.0),
        key=lambda candidate: candidate[0],
    )  # fmt: skip
    _, hedge, k = worst
    moved = abs(effects[hedges.index(hedge)][k]) / nav
    return (
        f"one lot of {hedge.symbol} moves beta to {case.targets[k].benchmark} by {moved:.3f}, and its band is "
        f"{2 * case.targets[k].band:.3f} wide: use a smaller contract (such as a micro), or widen the band"
    )


def _size(effect: tuple[float, ...]) -> float:
    return max(map(abs, effect)) or 1.0
