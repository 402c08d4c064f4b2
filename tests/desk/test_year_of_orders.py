"""A year of a hedged desk: plans, rolls and partial fills give one book, by plan, by fills and by ledger.

Futures prices are made by cost of carry from the sample's index, so that financing has a planted truth; fills are half
a tick worse than the plan's price, so that every part of their cost is known. The benchmark is a blend. The account is
kept a second time here, by sums over fills alone.
"""

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from math import exp
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import trimtab as tt
from trimtab import sample
from trimtab.desk.books.intake import Outcome
from trimtab.hedge.orders.records import OrderState, OrderType, ReleasedOrder, ReleaseTerms
from trimtab.hedge.plan import Plan
from trimtab.hedge.roll.records import Dearness
from trimtab.model.last_day import last_trading_day
from trimtab.wiring.accounts import held_at

RATE, YIELD = 0.02, 0.015
BLEND = "0.9*SPX + 0.1*MTUM"
SHARES = {"AAPL": 9_000, "JPM": 15_000, "KO": 25_000, "XOM": 18_000}
CASH = 4_000_000
MONTHS = {"ESH2": (2022, 3), "ESM2": (2022, 6), "ESU2": (2022, 9), "ESZ2": (2022, 12), "ESH3": (2023, 3)}
ROLLS = ("2022-03-11", "2022-06-10", "2022-09-09", "2022-12-09")
HALF_TICK = Decimal("0.125")


def made_prices() -> pl.DataFrame:
    """Give shares, the blend's parts, and each contract month over its last nine months, to the tick."""
    frame = pl.read_parquet(sample.prices_path()).select("date", "SPX", "MTUM", *SHARES)
    frame = frame.filter(pl.col("date").cast(pl.Date) >= dt.date(2020, 9, 1))
    days, spot = frame["date"].cast(pl.Date).to_list(), frame["SPX"].to_list()
    columns = []
    for name, (year, month) in MONTHS.items():
        last = last_trading_day("ES", year, month)
        assert last is not None
        left = [(last - day).days for day in days]
        model = [s * exp((RATE - YIELD) * n / 365) if 0 <= n <= 275 else None for s, n in zip(spot, left, strict=True)]
        columns.append(pl.Series(name, [None if m is None else round(m * 4) / 4 for m in model]))
    return frame.with_columns(columns)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> tt.Desk:
    """Give a workspace with the prices and the opening book of 2021-12-31."""
    folder = tmp_path_factory.mktemp("year")
    made = tt.Desk.create(folder / "desk", benchmark="SPX")
    made_prices().write_csv(folder / "prices_adjusted.csv")
    rows = [f"{name},{count}" for name, count in SHARES.items()]
    (folder / "book.csv").write_text("\n".join(["symbol,quantity", *rows, f"USD,{CASH}"]) + "\n")
    (prices,) = made.import_files(folder / "prices_adjusted.csv", accept=True)
    (book,) = made.import_files(folder / "book.csv", as_of="2021-12-31", accept=True)
    assert (prices.outcome, book.outcome) == (Outcome.KEPT, Outcome.KEPT)
    return made


class Year:
    """What was filled, kept beside the desk: (day, symbol, signed quantity, price, fee)."""

    def __init__(self, desk: tt.Desk, folder: Path) -> None:
        self.desk, self.folder = desk, folder
        self.fills: list[tuple[str, str, int, Decimal, Decimal]] = []

    def fill(self, orders: tuple[ReleasedOrder, ...], day: str) -> None:
        """Fill each order in two parts, in two files of which the second says the first again, half a tick away."""
        lines: list[str] = []
        for part in (0, 1):
            for order in orders:
                count = int(order.quantity) // 2 if part == 0 else int(order.quantity) - int(order.quantity) // 2
                if count == 0:
                    continue
                assert order.reference is not None
                price, fee = order.reference + order.sign * HALF_TICK, Decimal("2.25") * count
                self.fills.append((day, order.symbol, order.sign * count, price, fee))
                cells = (f"x{len(self.fills)}", order.client_id, day, order.symbol, order.side.value, count, price, fee)
                lines.append(",".join(map(str, cells)))
            file = self.folder / f"fills-{day}-{len(self.fills)}.csv"
            file.write_text("exec_id,clordid,date,symbol,side,quantity,price,fee\n" + "\n".join(lines) + "\n")
            (done,) = self.desk.import_files(file, accept=True)
            assert done.error is None
            assert done.outcome is Outcome.KEPT

    def send(self, day: str) -> tuple[ReleasedOrder, ...]:
        """Send the orders of the newest run; the market has not moved on arrival."""
        run = self.desk.runs()[0].seq
        moment = dt.datetime.fromisoformat(f"{day}T20:00:00+00:00")
        orders = self.desk.send_orders(run, ReleaseTerms(order_type=OrderType.CLOSE, sent_at=moment))
        arrivals = {o.symbol: float(o.reference or 0) for o in orders}
        terms = ReleaseTerms(order_type=OrderType.CLOSE, sent_at=moment, arrivals=arrivals, strategy="overlay")
        return self.desk.send_orders(run, terms)

    def cash(self, day: str, marks: dict[str, float]) -> float:
        """Give the cash of a day by sums over fills alone: each contract's fills against its mark, less fees."""
        gain = 0.0
        for when, symbol, count, price, fee in self.fills:
            if when <= day:
                gain += count * 50 * (marks[symbol] - float(price)) - float(fee)
        return CASH + gain


def planned(desk: tt.Desk, day: str, target: float) -> Plan:
    """Plan on a day with the blend as benchmark; what it stands on is the book of the ledger."""
    return desk.plan(
        tt.PlanQuestion(
            hedge="ES", mandate=tt.MandateTerms(benchmark=BLEND, target=target, band=0.02),
            measuring=tt.Measuring(method="ols", as_of=day, risk_free=RATE),
        )
    )  # fmt: skip


def test_a_year_of_plans_rolls_and_fills_is_one_book(desk: tt.Desk, tmp_path: Path) -> None:
    """Beta, margin and cost of each plan are those of fills and ledger; the cash of the year is that of its fills."""
    year = Year(desk, tmp_path)
    expected = 0.0

    def trade(day: str, target: float) -> None:
        nonlocal expected
        plan = planned(desk, day, target)
        assert plan.orders
        assert plan.standings is not None
        year.fill(year.send(day), day)
        expected += plan.cost
        again = planned(desk, day, target)
        assert again.standings is not None
        assert again.before.beta.value == pytest.approx(plan.after.beta.value, abs=1e-12)
        assert again.before.nav == pytest.approx(plan.after.nav, abs=1e-6)
        assert again.standings.before.margin == pytest.approx(plan.standings.after.margin, abs=1e-6)
        assert again.standings.before.cash == pytest.approx(plan.standings.after.cash, abs=1e-6)

    trade("2022-01-05", 0.4)
    for day in ROLLS:
        rolls = desk.roll(
            tt.RollQuestion(
                mandate=tt.MandateTerms(benchmark=BLEND), yields={"SPX": YIELD},
                measuring=tt.Measuring(method="ols", as_of=day, risk_free=float(np.expm1(RATE))),
            )
        )  # fmt: skip
        (line,) = rolls.due
        assert line.financing.implied == pytest.approx(RATE, abs=5e-4)
        assert line.financing.dearness is not Dearness.NOT_KNOWN
        before = held_at(desk.workspace, "main", dt.date.fromisoformat(day)).portfolio
        orders = year.send(day)
        assert [o.symbol for o in orders] == [line.need.near.symbol, line.need.far.symbol if line.need.far else ""]
        year.fill(orders, day)
        assert line.spread is not None
        expected += line.spread.total
        after = held_at(desk.workspace, "main", dt.date.fromisoformat(day)).portfolio
        contracts = [{p.symbol: int(p.quantity) for p in x.positions if p.symbol[:2] == "ES"} for x in (before, after)]
        assert list(contracts[0].values()) == list(contracts[1].values())
        assert list(contracts[1]) == [line.need.far.symbol if line.need.far else ""]
    trade("2022-12-12", 0.55)

    traded = desk.orders()
    assert {t.state for t in traded} == {OrderState.DONE}
    paid = sum((t.shortfall.commission or 0.0) + (t.shortfall.trading or 0.0) for t in traded)
    assert [t.shortfall.delay for t in traded] == [0.0] * len(traded)
    fees = sum(float(fee) for *_, fee in year.fills)
    worse = sum(abs(count) * 50 * float(HALF_TICK) for _, _, count, _, _ in year.fills)
    assert paid == pytest.approx(-(fees + worse), abs=1e-9)
    legs = sum(float(o.order.quantity) * 50 * float(HALF_TICK) for o in traded if "spread" in o.order.note)
    # A spread is expected to cross one half-spread; these fills crossed one on each leg.
    assert -paid - legs / 2 == pytest.approx(expected, abs=1e-6)

    last = dt.date(2022, 12, 28)
    marks = {}
    frame = made_prices()
    sums: dict[str, int] = defaultdict(int)
    for _, symbol, count, _, _ in year.fills:
        sums[symbol] += count
    for symbol, count in sums.items():
        ends = last_trading_day("ES", *MONTHS[symbol])
        assert ends is not None
        assert count == 0 or ends > last
        marks[symbol] = frame[symbol].drop_nulls()[-1]
    table = desk.workspace.prices.table()
    book = held_at(desk.workspace, "main", last, prices=table).portfolio
    cash = {p.symbol: float(p.quantity) for p in book.positions}["USD"]
    assert cash == pytest.approx(year.cash(str(last), marks), abs=1e-6)
    assert {p.symbol: int(p.quantity) for p in book.positions if p.symbol[:2] == "ES"} == {
        s: n for s, n in sums.items() if n
    }
