"""Small and random books for reallocation tests, with everything stated: prices, betas, risk, liquidity, lots."""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
from given import given_betas, given_market

from trimtab.beta.estimate import Betas
from trimtab.exposure.expose import expose
from trimtab.hedge.reallocate.tax import TaxRules
from trimtab.hedge.reallocate.terms import (
    Liquidity,
    ReallocationLimits,
    RiskModel,
    SectorLimit,
    TradingCosts,
)
from trimtab.hedge.rule import Aim
from trimtab.market.snapshot import Market
from trimtab.model.instrument import Cash, Spot
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio, Position, TaxLot


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything that `plan_reallocation` takes."""

    portfolio: Portfolio
    market: Market
    betas: Betas
    mandate: Mandate
    limits: ReallocationLimits
    risk: RiskModel
    liquidity: tuple[Liquidity, ...]
    also: tuple[Spot, ...] = ()

    @property
    def arguments(self) -> dict:
        """Keyword arguments."""
        return {"limits": self.limits, "risk": self.risk, "liquidity": self.liquidity, "also": self.also}


def spot(symbol: str) -> Spot:
    return Spot(symbol=symbol, currency="USD")


def random_case(seed: int, *, n: int | None = None) -> Case:
    """Make a random book with a random mandate and random limits, some of which cannot be met."""
    rng = np.random.default_rng(seed)
    n = n or int(rng.integers(1, 9))
    names = [f"S{i}" for i in range(n)]
    prices = {"M": 100.0} | {s: float(np.round(rng.lognormal(3.5, 1.0), 2)) + 0.01 for s in names}
    betas = {s: (float(rng.normal(1.0, 0.6)), 0.1) for s in names}
    shorts = rng.random() < 0.3
    positions = []
    for s in names[: n if rng.random() < 0.6 else max(1, n - 2)]:
        units = int(rng.lognormal(5.0, 1.2)) + 1
        units = -units if shorts and rng.random() < 0.25 else units
        positions.append(Position(instrument=spot(s), quantity=Decimal(units), lots=_lots(rng, units, prices[s])))
    worth = sum(float(p.quantity) * prices[p.symbol] for p in positions)
    gross = sum(abs(float(p.quantity)) * prices[p.symbol] for p in positions)
    cash = round(float(rng.choice([0.0, rng.uniform(0, 0.3), rng.uniform(-0.2, 0)])) * gross, 2)
    if worth + cash < 0.2 * gross:
        cash = round(0.5 * gross - worth, 2)
    positions.append(Position(instrument=Cash(currency="USD"), quantity=Decimal(repr(cash))))
    nav = worth + cash
    beta = sum(float(p.quantity) * prices[p.symbol] * betas[p.symbol][0] for p in positions[:-1]) / nav
    mandate = Mandate(
        benchmark="M",
        target=round(beta + float(rng.choice([-1, 1])) * float(rng.uniform(0.05, 0.8)), 3),
        band=float(rng.choice([0.005, 0.02, 0.05, 0.1])),
    )
    volatility = rng.uniform(0.15, 0.6, n)
    return Case(
        portfolio=Portfolio(positions=tuple(positions), base="USD"),
        market=given_market(prices),
        betas=given_betas("M", betas),
        mandate=mandate,
        limits=_limits(rng, names, nav),
        risk=RiskModel(
            symbols=tuple(names),
            loadings=rng.normal(0.1, 0.1, (n, int(rng.integers(1, 4)))),
            own_variance=volatility**2,
        ),
        liquidity=tuple(
            Liquidity(
                symbol=s,
                daily_value=None if rng.random() < 0.2 else float(rng.uniform(0.2, 20)) * nav,
                volatility=float(volatility[i] / 16),
                half_spread=float(rng.uniform(0, 0.003)),
            )
            for i, s in enumerate(names)
        ),
        also=tuple(spot(s) for s in names),
    )


def sector_case(seed: int, *, lot: str = "1", n: int | None = None, every_limit: bool = False) -> Case:
    """Make a book of two sectors with little room in either, whose beta is to move by .15; no taxes.

    With `every_limit` weights, cash, turnover, volumes and names that may not be traded bind at random as well.
    """
    rng = np.random.default_rng(seed + 77_000)
    case = random_case(seed, n=n or int(rng.integers(4, 13)))
    names = [s.symbol for s in case.also]
    before = expose(case.portfolio, case.market, case.betas)
    weights = {p.asset: p.value / before.nav for p in before.positions if p.kind != "cash"}
    halves = [frozenset(names[: len(names) // 2]), frozenset(names[len(names) // 2 :])]
    now = [sum(weights.get(s, 0.0) for s in half) for half in halves]
    sectors = (
        SectorLimit(name="first", symbols=halves[0], low=now[0] - 0.03, high=now[0] + 0.03),
        SectorLimit(name="second", symbols=halves[1], low=now[1] - 0.2, high=now[1] + 0.05),
    )
    free = {
        "cash_neutral": False, "max_turnover": None, "max_participation": None, "max_weight": None, "min_cash": None,
        "max_cash": None, "no_trade": frozenset[str](),
    }  # fmt: skip
    limits = replace(
        case.limits,
        **({} if every_limit else free),
        aim=Aim.EDGE,
        lot=Decimal(lot),
        sectors=sectors,
        min_ticket=0.0,
        taxes=None,
    )
    side = 1 if case.mandate.target > before.beta.value else -1
    mandate = replace(case.mandate, target=round(before.beta.value + side * 0.15, 3), band=0.02)
    return replace(case, limits=limits, mandate=mandate)


def _lots(rng: np.random.Generator, units: int, price: float) -> tuple[TaxLot, ...]:
    if rng.random() < 0.2:
        return ()
    count = int(rng.integers(1, min(4, abs(units)) + 1))
    cuts = np.sort(rng.choice(np.arange(1, abs(units)), count - 1, replace=False)) if count > 1 else []
    parts = np.diff([0, *cuts, abs(units)])
    return tuple(
        TaxLot(
            quantity=Decimal(int(part) * (1 if units > 0 else -1)),
            price=Decimal(repr(round(price * float(rng.uniform(0.3, 1.6)), 2))),
            acquired=dt.date(2024, 3, 1) - dt.timedelta(days=int(rng.integers(1, 1200))),
        )
        for part in parts
    )


def _limits(rng: np.random.Generator, names: list[str], nav: float) -> ReallocationLimits:
    maybe = lambda value, p=0.4: value if rng.random() < p else None  # noqa: E731 - reads best here
    half = frozenset(s for s in names if rng.random() < 0.5)
    method = str(rng.choice(["average", "fifo", "lifo", "hifo", "least_tax"]))
    return ReallocationLimits(
        aim=Aim.TARGET if rng.random() < 0.3 else Aim.EDGE,
        long_only=bool(rng.random() < 0.7),
        max_weight=maybe(float(rng.uniform(0.05, 0.6))),
        max_turnover=maybe(float(rng.uniform(0.02, 0.8))),
        min_cash=maybe(float(rng.uniform(-0.1, 0.1)) * nav, 0.8),
        max_cash=maybe(float(rng.uniform(0.1, 0.4)) * nav, 0.3),
        cash_neutral=bool(rng.random() < 0.25),
        cash_tolerance=float(rng.uniform(0.0005, 0.02)),
        max_participation=maybe(float(rng.uniform(0.02, 0.5)), 0.3),
        sectors=(
            SectorLimit(
                name="half", symbols=half, low=float(rng.uniform(-0.3, 0.2)), high=float(rng.uniform(0.3, 0.9))
            ),
        )
        if rng.random() < 0.4
        else (),
        no_trade=frozenset(s for s in names if rng.random() < 0.1),
        lot=Decimal(str(rng.choice(["1", "10", "0.1"]))),
        tick=Decimal(str(rng.choice(["0.01", "0.05"]))),
        min_ticket=float(rng.choice([0.0, 0.001, 0.01])) * nav,
        risk_aversion=float(rng.uniform(0.5, 20)),
        costs=TradingCosts(
            commission_rate=float(rng.choice([0.0, 0.0002])),
            commission_per_unit=float(rng.choice([0.0, 0.005])),
            impact=float(rng.choice([0.0, 1.0])),
            exponent=float(rng.choice([0.5, 0.6])),
        ),
        taxes=maybe(
            TaxRules(
                short_rate=Decimal("0.37"),
                long_rate=Decimal("0.2"),
                method=method,
                loss_relief=Decimal(str(rng.choice(["0", "0.5", "1"]))),
            ),
            0.6,
        ),
    )
