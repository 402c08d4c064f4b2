"""Plan every way on random books and mandates, and check each plan from its tickets alone.

    python scripts/random_books.py                     20,000 books, seed 1
    python scripts/random_books.py --count 300 --seed 7
    python scripts/random_books.py --only 4711         one book, by its number, with the error in full

A book has one to six shares, long or short, in up to two currencies, some in odd lots with tax lots; perhaps futures
and options held already; and cash, perhaps borrowed. The mandate, its confidence, the limits of the reallocation, the
taxes, and what the comparison assumes are drawn as well. Ways are futures, reallocation, options, mixes and doing
nothing. Printed at the end: plans by status, refusals by reason, the slowest book, violations and crashes. The last two
must be none: the exit code is 1 otherwise.
"""

import argparse
import datetime as dt
import sys
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal

import numpy as np

from trimtab.beta.estimate import BetaEstimate, Betas
from trimtab.desk.ask.ways import OptionTerms, SpotTrades, compare_ways
from trimtab.desk.moment.setting import Setting
from trimtab.errors import TrimtabError
from trimtab.exposure.expose import Exposure, expose
from trimtab.hedge.options.chain import StatedVolatility
from trimtab.hedge.reallocate.records import ReallocationPlan
from trimtab.hedge.reallocate.tax import TaxRules
from trimtab.hedge.reallocate.terms import ReallocationLimits, SectorLimit, TradingCosts
from trimtab.hedge.rule import Aim
from trimtab.hedge.ways.records import Assumptions, RankBy, Way, Ways
from trimtab.hedge.ways.targets import at_most
from trimtab.market.benchmark import describe_benchmark
from trimtab.market.facts import facts_at
from trimtab.market.prices import Flag, PriceTable
from trimtab.market.snapshot import market_at
from trimtab.model.instrument import Cash, Future, Option, OptionRight, Spot, Terms
from trimtab.model.mandate import Costs, Mandate
from trimtab.model.portfolio import Portfolio, Position, Stated, TaxLot

__all__ = ["Case", "Tally", "draw", "run", "violations"]

DAY = dt.date(2024, 3, 1)
ROWS = 90
#: Processor seconds that one book may take, all ways together: far above the usual, and a bound all the same.
PATIENCE = 30.0


def _future(name: str, multiplier: int) -> Future:
    terms = (Terms(multiplier=Decimal(multiplier), tick=Decimal("0.25")),)
    return Future(symbol=name, root=name, currency="USD", terms=terms)


FUTURES = (_future("F", 50), _future("G", 5), _future("H", 20))


@dataclass(frozen=True, kw_only=True)
class Case:
    """One random book with everything that is asked of it."""

    number: int
    held: Portfolio
    setting: Setting
    mandate: Mandate
    limits: ReallocationLimits
    hedges: tuple[Future, ...]
    also: tuple[Spot, ...]
    options: OptionTerms
    assumptions: Assumptions
    aim: Aim
    mix: bool


@dataclass(kw_only=True)
class Tally:
    """What came out of many books."""

    count: int = 0
    refused: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    marked: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    crashed: list[str] = field(default_factory=list)
    slowest: tuple[float, int] = (0.0, 0)


def draw(number: int, seed: int = 1) -> Case:
    """Make the book of a number; the same number and seed always give the same book."""
    rng = np.random.default_rng([seed, number])
    names = [f"A{k}" for k in range(int(rng.integers(1, 7)))]
    beta = {n: float(rng.normal(1.1, 0.5)) for n in names}
    prices = _prices(rng, beta)
    market = market_at(prices, base="USD")
    betas = _betas({**{n: (b, float(rng.uniform(0, 0.1))) for n, b in beta.items()}, **_hedge_betas(rng)})
    held = _book(rng, names, {n: float(prices.values[-1, prices.column(n)]) for n in (*names, "M")})
    mandate = Mandate(
        benchmark="M", target=float(rng.normal(0.8, 0.5)), band=float(rng.choice([0.0, 0.02, 0.05, 0.1, 0.2])),
        confidence=float(rng.choice([0.5, 0.5, 0.5, 0.8, 0.95])),
        max_contracts=None if rng.random() < 0.6 else int(rng.integers(0, 60)),
        costs=Costs(commission=Decimal(int(rng.integers(0, 10))), half_spread_ticks=Decimal("0.5")),
    )  # fmt: skip
    if rng.random() < 0.1:
        mandate = at_most(mandate, float(rng.uniform(0.3, 1.3)))
    return Case(
        number=number,
        held=held,
        setting=Setting(
            portfolio=held,
            market=market,
            betas=betas,
            benchmark=describe_benchmark(prices, betas.benchmark),
            facts=facts_at(market, betas.benchmark),
            converted=prices,
            risk_free=None,
            failures=(),
            notes=(),
        ),
        mandate=mandate,
        limits=_limits(rng, names),
        hedges=tuple(f for f in FUTURES if rng.random() < 0.6),
        also=(Spot(symbol="B", currency="USD"),) if rng.random() < 0.3 else (),
        options=OptionTerms(
            volatility=StatedVolatility(vol=float(rng.uniform(0.08, 0.6)), skew=float(rng.choice([0.0, -0.3]))),
            multiplier=Decimal(int(rng.choice([1, 10, 100]))),
        ),
        assumptions=_assumptions(rng),
        aim=Aim(str(rng.choice(["edge", "target"]))),
        mix=bool(rng.random() < 0.1),
    )


def _prices(rng: np.random.Generator, beta: dict[str, float]) -> PriceTable:
    market = rng.normal(0.0003, 0.01, ROWS)
    columns = {"M": 3000.0 * np.cumprod(1.0 + market)}
    for future in FUTURES:
        columns[future.symbol] = columns["M"] * float(rng.uniform(0.98, 1.02))
    for name, b in {**beta, "B": 1.0}.items():
        noise = rng.normal(0.0, float(rng.uniform(0.0, 0.02)), ROWS)
        columns[name] = float(np.exp(rng.uniform(0, 7))) * np.cumprod(1.0 + np.clip(b * market + noise, -0.5, 0.5))
    dates = np.busday_offset(np.datetime64(DAY), np.arange(1 - ROWS, 1), roll="backward")
    table = PriceTable.of(columns, dates=dates, currency="USD")
    if rng.random() < 0.5:
        return table
    volumes = rng.lognormal(10.0, 2.0, (1, len(columns))) * rng.lognormal(0.0, 0.3, (ROWS, len(columns)))
    return replace(table, volumes=np.round(volumes))


def _hedge_betas(rng: np.random.Generator) -> dict[str, tuple[float, float]]:
    return {"F": (1.0, 0.0), "G": (1.0, 0.0), "H": (float(rng.uniform(0.5, 1.4)), 0.03), "B": (1.0, 0.05)}


def _betas(values: dict[str, tuple[float, float]]) -> Betas:
    everything = {"M": (1.0, 0.0), **values}
    stamp = np.datetime64(DAY, "s")
    estimates = tuple(
        BetaEstimate(
            asset=name, value=value, stderr=error, n_obs=ROWS, n_eff=float(ROWS), first=stamp, last=stamp,
            method="given", flags=(Flag.IDENTITY,) if name == "M" else (),
        )
        for name, (value, error) in everything.items()
    )  # fmt: skip
    errors = np.array([e for _, e in everything.values()])
    return Betas(
        benchmark="M", as_of=stamp, method="given", estimates=estimates, scores=np.zeros((1, len(errors))),
        own_variance=errors**2,
    )  # fmt: skip


def _book(rng: np.random.Generator, names: list[str], price: dict[str, float]) -> Portfolio:
    positions = []
    size = float(np.exp(rng.uniform(9, 18)))
    for name in names:
        worth = size * float(rng.choice([1.0, 1.0, 1.0, -0.4])) * float(rng.uniform(0.05, 1.0))
        step = Decimal("0.001") if rng.random() < 0.1 else Decimal(1)
        quantity = (Decimal(repr(round(worth / price[name], 3))) / step).to_integral_value() * step
        if quantity:
            instrument = Spot(symbol=name, currency="USD")
            positions.append(Position(instrument=instrument, quantity=quantity, lots=_lots(rng, quantity, price[name])))
    if rng.random() < 0.2:
        positions.append(Position(instrument=FUTURES[0], quantity=Decimal(int(rng.integers(-5, 6)))))
    if rng.random() < 0.2:
        positions.append(_option(rng, price["M"]))
    cash = Decimal(round(size * float(rng.choice([0.0, 0.1, 0.3, 1.0, -0.1])), 2))
    positions.append(Position(instrument=Cash(currency="USD"), quantity=Decimal(repr(float(cash)))))
    return Portfolio(positions=tuple(positions), base="USD")


def _lots(rng: np.random.Generator, quantity: Decimal, price: float) -> tuple[TaxLot, ...]:
    if rng.random() < 0.3:
        return ()
    first = (quantity * Decimal(int(rng.integers(0, 4))) / 4).quantize(Decimal("0.001"))
    parts = [p for p in (first, quantity - first) if p]
    return tuple(
        TaxLot(
            quantity=part, price=Decimal(repr(round(price * float(rng.uniform(0.3, 1.8)), 4))),
            acquired=DAY - dt.timedelta(days=int(rng.integers(1, 900))),
        )
        for part in parts
    )  # fmt: skip


def _option(rng: np.random.Generator, spot: float) -> Position:
    strike = Decimal(round(spot * float(rng.uniform(0.8, 1.2)) / 50) * 50)
    option = Option(
        symbol=f"M {strike} held", underlying="M", currency="USD", strike=strike, expiry=dt.date(2024, 6, 21),
        right=OptionRight.PUT if rng.random() < 0.5 else OptionRight.CALL, terms=(Terms(multiplier=Decimal(10)),),
    )  # fmt: skip
    quantity = Decimal(int(rng.integers(-3, 4)) or 1)
    return Position(instrument=option, quantity=quantity, stated=Stated(vol=float(rng.uniform(0.1, 0.5))))


def _limits(rng: np.random.Generator, names: list[str]) -> ReallocationLimits:
    def maybe(probability: float, value: float) -> float | None:
        return value if rng.random() < probability else None

    sectors: tuple[SectorLimit, ...] = ()
    if rng.random() < 0.2:
        low, high = sorted(rng.uniform(-0.5, 1.0, 2).tolist())
        sectors = (SectorLimit(name="odd", symbols=frozenset(names[::2]), low=low, high=high),)
    taxes = None
    if rng.random() < 0.5:
        method = str(rng.choice(["average", "fifo", "lifo", "hifo", "least_tax"]))
        taxes = TaxRules(
            short_rate=Decimal(repr(round(float(rng.uniform(0, 0.5)), 3))), long_rate=Decimal("0.15"), method=method,  # type: ignore[arg-type]
            loss_relief=Decimal(int(rng.integers(0, 2))),
        )  # fmt: skip
    return ReallocationLimits(
        long_only=bool(rng.random() < 0.7),
        max_weight=maybe(0.3, float(rng.uniform(0.1, 1.0))),
        max_turnover=maybe(0.3, float(rng.uniform(0.0, 1.0))),
        min_cash=float(rng.choice([0.0, 0.0, 5_000.0])) if rng.random() < 0.8 else None,
        max_cash=maybe(0.1, float(np.exp(rng.uniform(9, 15)))),
        cash_neutral=bool(rng.random() < 0.15),
        max_participation=maybe(0.3, float(rng.uniform(0.01, 0.3))),
        sectors=sectors,
        no_trade=frozenset(n for n in names if rng.random() < 0.1),
        lot=Decimal(str(rng.choice(["1", "1", "10", "100", "0.001"]))),
        lots=((names[0], Decimal(7)),) if rng.random() < 0.1 else (),
        min_ticket=float(rng.choice([0.0, 0.0, 500.0, 10_000.0])),
        risk_aversion=float(rng.choice([1e-6, 1.0, 5.0, 20.0])),
        costs=TradingCosts(
            commission_rate=float(rng.choice([0.0, 0.0005])), commission_per_unit=float(rng.choice([0.0, 0.005])),
            impact=float(rng.choice([0.0, 1.0])), exponent=float(rng.choice([0.5, 0.6, 1.0])),
        ),
        taxes=taxes,
    )  # fmt: skip


def _assumptions(rng: np.random.Generator) -> Assumptions:
    return Assumptions(
        horizon_years=float(rng.choice([0.0, 0.25, 1.0])),
        rank_by=RankBy(str(rng.choice(["friction", "standing_still"]))),
        max_margin=None if rng.random() < 0.8 else float(np.exp(rng.uniform(7, 14))),
        must_hold=None if rng.random() < 0.85 else (-0.03, 0.03),
    )


def compare(case: Case) -> Ways:
    """Plan every way of one case."""
    return compare_ways(
        case.held, case.mandate, case.setting, hedges=case.hedges, options=case.options,
        spot=SpotTrades(limits=case.limits, also=case.also), aim=case.aim, assumptions=case.assumptions, mix=case.mix,
    )  # fmt: skip


def violations(case: Case, found: Ways) -> list[str]:
    """Check every way of a comparison from its tickets: limits, whole lots, and that it does what it says."""
    broken = [f"{name}: {why}" for name, why in found.refused if "a defect in trimtab" in why]
    for way in found.ways:
        broken += [f"{way.name}: {what}" for what in (*_kept(case, way), *_traded(case, way))]
    prices = [w.price for w in found.ways if w.satisfies]
    if prices and found.best is not None and found.best.price > min(prices) + 1e-6:
        broken.append(f"{found.cheapest} is marked at {found.best.price}, and {min(prices)} was to be had")
    if (found.best is None) != (not prices):
        broken.append("a way satisfies the mandate and none is marked, or the reverse")
    return broken


def _kept(case: Case, way: Way) -> list[str]:
    """Check what a way says of itself: applied and measured again, in the band where it claims to be."""
    market, betas, m, broken = case.setting.market, case.setting.betas, case.mandate, []
    again = expose(way.apply(case.held), market, betas)
    if again.beta != way.after.beta or again.nav != way.after.nav:
        broken.append(f"applied, beta is {again.beta.value!r} and NAV {again.nav!r}, not those promised")
    if way.satisfies and not m.lower <= again.beta.value <= m.upper:
        broken.append(f"satisfies the mandate with beta {again.beta.value} outside the band")
    most = case.assumptions.max_margin
    if way.satisfies and most is not None and way.margin > most:
        broken.append(f"satisfies the mandate with a margin of {way.margin}")
    before = expose(case.held, market, betas)
    if abs(before.nav - way.now.total - again.nav) > 1e-7 * max(before.gross, before.nav, 1.0):
        broken.append(f"NAV falls by {before.nav - again.nav}, cost now is {way.now.total}")
    return broken


def _traded(case: Case, way: Way) -> list[str]:
    """Check the tickets of a way."""
    broken, limits = [], case.limits
    spot = [t for t in way.tickets if t.kind == "spot"]
    for t in way.tickets:
        tick = {"spot": limits.tick, "future": Decimal("0.25"), "option": case.options.tick}[t.kind]
        lot = limits.lot_of(t.asset) if t.kind == "spot" else Decimal(1)
        if t.quantity <= 0 or t.quantity % lot or t.price % tick or t.price < 0:
            broken.append(f"{t.side} {t.quantity} {t.asset} at {t.price} is not in lots of {lot} and ticks of {tick}")
        if t.kind != "spot" and case.mandate.max_contracts is not None and t.quantity > case.mandate.max_contracts:
            broken.append(f"{t.quantity} {t.asset} is above {case.mandate.max_contracts} contracts")
        if t.kind == "spot" and (t.asset in limits.no_trade or t.notional < limits.min_ticket * (1 - 1e-9)):
            broken.append(f"{t.asset} of {t.notional} may not be traded, or is too small")
    for plan in way.plans:
        if isinstance(plan, ReallocationPlan):
            broken += _reallocated(case, plan)
    if len({t.asset for t in spot}) != len(spot):
        broken.append("two tickets in one share")
    return broken


def _reallocated(case: Case, plan: ReallocationPlan) -> list[str]:
    """Check a reallocation against its limits: none may be broken that was kept, or broken further."""
    limits, before, after, broken = case.limits, plan.before, plan.after, []
    slack = 1e-6 * max(before.gross, 1.0)
    was, now = _worth(before), _worth(after)
    for name in {*was, *now}:
        b, a = was.get(name, 0.0), now.get(name, 0.0)
        if limits.long_only and a < min(b, 0.0) - slack:
            broken.append(f"{name} is sold short: {b} to {a}")
        if limits.max_weight is not None and abs(a) > max(limits.max_weight * after.nav, abs(b)) + slack:
            broken.append(f"{name} weighs {a / after.nav}")
    return [*broken, *_funded(case, plan, was, now, slack)]


def _funded(
    case: Case, plan: ReallocationPlan, was: dict[str, float], now: dict[str, float], slack: float
) -> list[str]:
    """Check turnover, cash, sectors and participation."""
    limits, before, after, broken = case.limits, plan.before, plan.after, []
    traded = sum(abs(now.get(n, 0.0) - was.get(n, 0.0)) for n in {*was, *now})
    if limits.max_turnover is not None and traded > limits.max_turnover * before.nav + slack:
        broken.append(f"{traded} is traded of {before.nav}")
    had, has = _cash(before), _cash(after)
    broken += _cash_kept(limits, had, has, before.nav, slack) if plan.orders else []
    for s in limits.sectors:
        b, a = (sum(w.get(n, 0.0) for n in s.symbols) for w in (was, now))
        if a > max(s.high * after.nav, b) + slack or a < min(s.low * after.nav, b) - slack:
            broken.append(f"{s.name} goes from {b} to {a}")
    for o in plan.orders:
        cap = limits.max_participation
        if cap is not None and o.daily_value is not None and o.notional > cap * o.daily_value * (1 + 1e-9):
            broken.append(f"{o.symbol} takes {o.notional} of {o.daily_value} a day")
    return broken


def _cash_kept(limits: ReallocationLimits, had: float, has: float, nav: float, slack: float) -> list[str]:
    broken = []
    if limits.min_cash is not None and has < min(limits.min_cash, had) - slack:
        broken.append(f"cash falls from {had} to {has}")
    if limits.max_cash is not None and has > max(limits.max_cash, had) + slack:
        broken.append(f"cash rises from {had} to {has}")
    if limits.cash_neutral and abs(has - had) > limits.cash_tolerance * nav + slack:
        broken.append(f"cash moves from {had} to {has}")
    return broken


def _worth(x: Exposure) -> dict[str, float]:
    worth: dict[str, float] = {}
    for p in x.positions:
        if p.kind == "spot":
            worth[p.asset] = worth.get(p.asset, 0.0) + (p.value or 0.0)
    return worth


def _cash(x: Exposure) -> float:
    return sum(p.value or 0.0 for p in x.positions if p.kind == "cash")


def run(count: int, *, seed: int = 1, first: int = 0, say: bool = False) -> Tally:
    """Plan `count` books from number `first` on, and count what came out."""
    tally = Tally()
    for number in range(first, first + count):
        tally.count += 1
        case = draw(number, seed)
        try:
            expose(case.held, case.setting.market, case.setting.betas)
        except TrimtabError:  # such as a book worth less than nothing: there is no beta to plan for
            tally.refused += 1
            continue
        # Time on the processor: a busy machine is not a slow plan.
        started = time.process_time()
        try:
            found = compare(case)
            broken = violations(case, found)
        except Exception as error:  # noqa: BLE001 - a crash of any kind is what this looks for
            tally.crashed.append(f"book {number}: {type(error).__name__}: {error}")
            if say:
                print(tally.crashed[-1], flush=True)
            continue
        took = time.process_time() - started
        tally.slowest = max(tally.slowest, (took, number))
        tally.broken += [f"book {number}: {what}" for what in broken]
        if say and broken:
            print(*tally.broken[-len(broken) :], sep="\n", flush=True)
        if took > PATIENCE:
            tally.broken.append(f"book {number}: took {took:.1f} s of processor time")
        tally.statuses.update(f"{w.name if '+' not in w.name else 'mix'}: {w.status.value}" for w in found.ways)
        tally.marked[("mix" if "+" in (found.cheapest or "") else found.cheapest) or "none"] += 1
        tally.reasons.update(f"{name}: {why.split('; expected')[0][:60]}" for name, why in found.refused)
        if say and tally.count % 1000 == 0:
            print(f"{tally.count} books, {len(tally.broken)} violations, {len(tally.crashed)} crashes", flush=True)
    return tally


def _report(tally: Tally, seconds: float) -> None:
    print(f"{tally.count} books in {seconds:,.0f} s; {tally.refused} worth nothing or less were not planned for")
    print("marked: " + ", ".join(f"{name} {n}" for name, n in tally.marked.most_common()))
    print("plans by status:")
    for name, n in sorted(tally.statuses.items()):
        print(f"  {name:<32} {n:>7}")
    print("refused with a reason (the most common):")
    for name, n in tally.reasons.most_common(8):
        print(f"  {n:>7}  {name}")
    print(f"slowest: {tally.slowest[0]:.2f} s (book {tally.slowest[1]})")
    print(f"violations: {len(tally.broken)}")
    print(f"crashes: {len(tally.crashed)}")
    for line in (*tally.broken[:20], *tally.crashed[:20]):
        print(f"  {line}")


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description="Plan every way on random books, and check each plan.")
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--only", type=int)
    asked = parser.parse_args()
    if asked.only is not None:
        case = draw(asked.only, asked.seed)
        try:
            found = compare(case)
            print(found.reason, *violations(case, found), sep="\n")
        except Exception:  # noqa: BLE001 - shown in full
            traceback.print_exc()
        return
    started = time.perf_counter()
    tally = run(asked.count, seed=asked.seed, first=asked.first, say=True)
    _report(tally, time.perf_counter() - started)
    sys.exit(1 if tally.broken or tally.crashed else 0)


if __name__ == "__main__":
    main()
