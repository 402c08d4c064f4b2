"""One small result for each document, made once: planted prices and stated records, so that every number is known."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, is_dataclass, replace
from decimal import Decimal
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import numpy as np
import polars as pl
from given import business_days, price_path
from watch_parts import UTC, recorded, small_watch

import trimtab as tt
from trimtab.market.prices import PriceTable
from trimtab.market.rates.fx import FxRates
from trimtab.report.documents.catalogue import document_class
from trimtab.report.shape.fields import types_of

__all__ = ["ANSWERS", "STATED", "Asked", "answer", "document_of"]

N = 420
CONTRACTS = Path(__file__).parent / "report" / "contracts.csv"
MANDATE = tt.Mandate(benchmark="M", target=0.5, band=0.05)
DAYS = business_days(N + 1, "2022-01-03")
NOON = dt.datetime(2024, 3, 1, 12, 40, tzinfo=UTC)


@cache
def prices() -> PriceTable:
    """Give an index, three shares of known beta, one in euros, one with few prices; with volumes."""
    rng = np.random.default_rng(11)
    market = rng.normal(0.0003, 0.01, N)
    columns = {"M": 40.0 * price_path(market)}
    for name, beta, noise in (("A", 1.3, 0.012), ("B", 0.6, 0.009), ("C", 1.9, 0.02), ("E", 0.8, 0.01)):
        columns[name] = price_path(beta * market + rng.normal(0.0, noise, N))
    new = columns["A"] * 0.5
    new[: N - 3] = np.nan
    columns["NEW"] = new
    made = PriceTable.of(columns, dates=DAYS, currency="USD")
    currencies = tuple("EUR" if name == "E" else "USD" for name in columns)
    return replace(made, currencies=currencies, volumes=np.full(made.values.shape, 2e4))


@cache
def rates() -> FxRates:
    """Give euros in dollars."""
    steps = np.random.default_rng(12).normal(0.0, 0.004, N)
    return FxRates.of({"EURUSD": 1.1 * np.exp(np.cumsum(np.concatenate([[0.0], steps])))}, dates=DAYS)


@cache
def book(*, whole: bool = False) -> pl.DataFrame:
    """Give shares long and short, an option, two currencies, and (unless whole) one that cannot be measured."""
    rows: list[dict[str, str]] = [
        {"symbol": "A", "quantity": "900"}, {"symbol": "B", "quantity": "-500"}, {"symbol": "C", "quantity": "400"},
        {"symbol": "E", "quantity": "300", "currency": "EUR"},
        {"symbol": "PUT", "quantity": "2", "kind": "option", "underlying": "M", "right": "put", "strike": "4000",
         "expiry": "2023-12-15", "multiplier": "10", "vol": "0.2"},
        {"symbol": "EUR", "quantity": "5000", "currency": "EUR", "kind": "cash"},
        {"symbol": "USD", "quantity": "90000", "kind": "cash"},
    ]  # fmt: skip
    if not whole:
        rows.insert(3, {"symbol": "NEW", "quantity": "100"})
    return pl.DataFrame([{"currency": "USD", **row} for row in rows], infer_schema_length=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Arguments of a document function and of the table beside it."""

    words: tuple[Any, ...]
    told: dict[str, Any]


def _asked(*words: Any, **told: Any) -> Asked:
    return Asked(words=words, told=told)


def _beta() -> Asked:
    from trimtab.python.measuring import measure

    return _asked(measure(prices(), benchmark="M", fx=rates(), base="USD"))


def _diagnosis() -> Asked:
    return _asked("M", tt.diagnose_betas(prices(), benchmark="M", window=252, fx=rates(), base="USD"))


@cache
def replayed() -> Any:
    return tt.run_backtest(
        prices().select(["M", "A", "B"]),
        "900 A, 500 B, 1000 USD",
        MANDATE,
        hedge="MF",
        policies=["never", "monthly", "band:0.05:edge"],
        method="ols(window=120)",
        contracts=CONTRACTS,
    )


def _backtest() -> Asked:
    return _asked(replayed())


def _betas() -> Asked:
    return _asked(tt.estimate_betas(prices(), benchmark="M", fx=rates(), base="USD"))


def _beta_history() -> Asked:
    return _asked(tt.beta_history(prices(), benchmark="M", method="ols", step=100, fx=rates(), base="USD"))


def _partial_betas() -> Asked:
    return _asked(tt.partial_betas(prices(), benchmarks=("M", "A"), symbols=("B", "NEW")))


def _between() -> Asked:
    table = prices()
    days = table.dates.astype("datetime64[us]")
    first, second = (pl.DataFrame({"date": days, s: table.values[:, table.column(s)]}) for s in ("A", "M"))
    return _asked(tt.beta_between(first[5:], second, method="ols", window=252))


def _exposure() -> Asked:
    return _asked(reviewed().exposure)


def _league() -> Asked:
    rng = np.random.default_rng(5)
    market = rng.normal(0.0003, 0.01, 700)
    columns = {"M": price_path(market)}
    for k in range(4):
        columns[f"S{k}"] = price_path((0.5 + 0.4 * k) * market + rng.normal(0.0, 0.01, 700))
    table = PriceTable.of(columns, dates=business_days(701), currency="USD")
    return _asked(tt.validate_betas(table, benchmark="M", methods=["ols", "welch"], horizons=[21], step="month-end"))


@cache
def reviewed() -> Any:
    return tt.review(prices(), book(), MANDATE, fx=rates(), moves=(0.0, -0.1, 0.1))


def _review() -> Asked:
    return _asked(reviewed())


def _explain() -> Asked:
    return _asked(tt.explain(reviewed(), "PUT"))


@cache
def planned() -> Any:
    return tt.plan(prices(), book(whole=True), MANDATE, hedge="MF", contracts=CONTRACTS, fx=rates())


def _plan() -> Asked:
    return _asked(planned())


def _roll() -> Asked:
    rows = [
        {"symbol": "MFU3", "quantity": "3"}, {"symbol": "MFZ3", "quantity": "-1"}, {"symbol": "CFQ3", "quantity": "-2"},
        {"symbol": "PUT", "quantity": "2", "kind": "option", "underlying": "M", "right": "put", "strike": "4000",
         "expiry": "2023-12-15", "multiplier": "10", "vol": "0.2", "currency": "USD"},
        {"symbol": "USD", "quantity": "90000", "kind": "cash"},
    ]  # fmt: skip
    rolls = tt.review_roll(
        prices(), pl.DataFrame(rows, infer_schema_length=None), benchmark="M", contracts=CONTRACTS, risk_free=0.04,
        yields={"M": 0.015}, hedge_prices={"MFU3": 4000.0, "MFZ3": 4031.5}, roll_days=60,
    )  # fmt: skip
    return _asked(rolls)


def _orders() -> Asked:
    from trimtab.hedge.orders.records import Fill, OrderType, ReleasedOrder, TimeInForce
    from trimtab.hedge.orders.shortfall import trade_order
    from trimtab.hedge.plan import Side

    order = ReleasedOrder(
        client_id="14-1-abcdef", run=14, portfolio="growth", day=dt.date(2024, 3, 1), symbol="MFM4", kind="future",
        expiry=dt.date(2024, 6, 21), root="MF", side=Side.SELL, quantity=Decimal(12), currency="USD",
        multiplier=Decimal(5), tick=Decimal("0.25"), fx=1.0, benchmark="M", reference=Decimal("4010.5"),
        commission=24.0, half_spread=7.5, cost=31.5, order_type=OrderType.CLOSE, time_in_force=TimeInForce.AT_CLOSE,
        limit=None, arrival=4012.0, account="U1", strategy="overlay", sent_at=NOON,
    )  # fmt: skip
    other = replace(order, client_id="14-2-abcdef", symbol="A", kind="spot", side=Side.BUY, expiry=None, arrival=None)
    fills = [
        Fill(order=order.client_id, exec_id=f"e{k}", symbol="MFM4", time=f"2024-03-01T20:0{k}:00", quantity=Decimal(-n),
             day=dt.date(2024, 3, 1), price=Decimal(price), fee=Decimal(2 * n))
        for k, (n, price) in enumerate(((5, "4011.75"), (4, "4011.25")))
    ]  # fmt: skip
    return _asked((trade_order(order, fills, latest=4000.0), trade_order(other, (), latest=None)))


def _targets() -> Asked:
    from trimtab.python.planning import plan_targets

    found = plan_targets(
        prices(), book(whole=True), MANDATE, targets={"C": (0.0, 0.05)}, currencies={"EUR": (0.0, 0.01)},
        hedge="MF,CF", contracts=CONTRACTS, fx=rates(), method="ols",
    )  # fmt: skip
    return _asked(found)


def _ways() -> Asked:
    from trimtab.hedge.options.chain import StatedVolatility

    terms = tt.OptionTerms(volatility=StatedVolatility(vol=0.2), multiplier=Decimal(10))
    return _asked(
        tt.compare_ways(
            prices(), book(whole=True), MANDATE, ways="futures,reallocate,options", hedge="MF", contracts=CONTRACTS,
            fx=rates(), option_terms=terms,
        )
    )  # fmt: skip


def _drift() -> Asked:
    how = {"fx": rates(), "method": "ols"}
    chain = tt.drift(prices(), book(whole=True), MANDATE, start=str(DAYS[-43]), end=str(DAYS[-1]), by="week", **how)
    ahead = tt.drift_ahead(prices(), book(whole=True), MANDATE, paths=64, seed=3, **how)
    return _asked(chain, ahead)


def _ahead() -> Asked:
    wide = tt.Mandate(benchmark="M", target=0.5, band=2.0)
    return _asked(tt.drift_ahead(prices(), book(whole=True), wide, paths=64, seed=3, fx=rates(), method="ols"))


def _episode(name: str, year: int) -> Any:
    """Give six weeks of a year."""
    from trimtab.risk.episodes import Episode

    return Episode(name=name, start=dt.date(year, 1, 3), end=dt.date(year, 2, 15), what="as stated")


def _stress() -> Asked:
    from trimtab.risk.shocks import Shock

    found = tt.stress(
        prices(), book(), benchmark="M", fx=rates(), method="ols", episodes=(_episode("own", 2023),
                                                                            _episode("early", 2008)),
        shocks=(Shock(name="drop", benchmark=-0.15, rates=0.01), Shock(name="calm", volatility=-0.05)),
    )  # fmt: skip
    return _asked(found)


def _risk() -> Asked:
    fields = pl.DataFrame(
        {"symbol": ["A", "B", "C"], "sector": ["tech", "food", "tech"], "rating": ["A", "BB", None],
         "duration": [None, 3.0, None], "market_value": [5e9, 2e10, None], "price_earnings": [20.0, 15.0, None]}
    )  # fmt: skip
    found = tt.review_risk(
        prices(), book(), benchmark="M", fx=rates(), method="ols", role="growth", fields=fields,
        target_volatility=0.1, episodes=(_episode("own", 2023),),
    )  # fmt: skip
    return _asked(found)


def _performance() -> Asked:
    from trimtab.desk.ask.present import worth_now

    rng = np.random.default_rng(21)
    n = 150
    market = rng.normal(0.0005, 0.01, n)
    own = {"X": 1.1 * market + rng.normal(0.0001, 0.006, n), "Y": 0.7 * market + rng.normal(0.0, 0.006, n)}
    nav = 0.6 * own["X"] + 0.4 * own["Y"] - 0.3 * market
    days = business_days(n + 1, "2022-01-03")
    table = PriceTable.of(
        {"M": price_path(market), "NAV": price_path(nav), **{k: price_path(v) for k, v in own.items()}},
        dates=days, currency="USD",
    )  # fmt: skip
    weights = pl.DataFrame({"date": [str(days[0])] * 2, "symbol": ["X", "Y"], "weight": [0.6, 0.4]})
    hedge = pl.DataFrame({"date": [str(days[0]), str(days[75])], "held": [-0.3, -0.3], "cost": [0.0002, 0.0001]})
    trades = pl.DataFrame(
        {"date": [str(days[5]), str(days[50]), str(days[100])], "symbol": ["X"] * 3, "quantity": [10, 10, -12],
         "price": [100.0, 101.5, 103.0], "fee": [1.0, 1.0, 1.0]}
    )  # fmt: skip
    found = tt.review_performance(
        table, portfolio="NAV", benchmark="M", method="ols", weights=weights, hedge=hedge, trades=trades, trials=5,
        hedge_terms=tt.HedgeTerms(instrument="M", book_beta=0.95, target=0.65, tolerance=0.1, yearly_cost=0.001),
    )  # fmt: skip
    flows = ((dt.date(2023, 6, 1), 5000.0), (dt.date(2025, 6, 2), -1000.0), (dt.date(2020, 1, 2), 10.0))
    worth = worth_now(found, flows=flows, nav=1e6, rate=0.03, compounding="annual", years=5, risk_aversion=3.0)
    return _asked(found, worth)


def _report() -> Asked:
    """Compose documents that are here anyway; stress is missing, and says why."""
    from trimtab.report.documents.composed.report import (
        Absent,
        Decided,
        Happened,
        LastReport,
        MadeFrom,
        Parts,
        ReportDays,
        RunMark,
    )

    day = dt.date(2023, 8, 11)
    decided = Decided(day="2023-08-04", run=7, decision="accepted", by="committee", note="", recorded="2023-08-05")
    return _asked(
        "growth",
        ReportDays(name="week", first=dt.date(2023, 8, 4), last=day),
        document_of("trimtab.review/1"),
        Parts(
            drift=document_of("trimtab.drift/1"), ways=document_of("trimtab.ways/1"),
            performance=document_of("trimtab.performance/1"), absent=(Absent(part="stress", why="too few days"),),
        ),
        Happened(
            last_report=LastReport(number=9, last=dt.date(2023, 8, 4), beta=0.61, stderr=0.04, status="outside"),
            alerts=document_of("trimtab.alert-history/1"), decisions=(decided,),
        ),
        MadeFrom(runs=(RunMark(part="review", run=12),), known=11, head=16, hash="0" * 64, program="0"),
    )  # fmt: skip


def _policy() -> Asked:
    from trimtab.hedge.often.simulate import Effort

    return _asked(
        tt.hedge_policy(
            prices(), book(whole=True), MANDATE, hedge="MF", contracts=CONTRACTS, fx=rates(),
            effort=Effort(paths=8, cycles=20), intervals=(21 / 252,), bands=(0.02,),
        )
    )  # fmt: skip


def _option_policy() -> Asked:
    from trimtab.hedge.often.bands_simulate import OptionHedge, compare_option_policies

    option = OptionHedge(
        strike=100.0, spot=100.0, volatility=0.2, years=21 / 365, right="call", rate=0.0, cost=0.005,
        risk_aversion=1.0, short=True,
    )  # fmt: skip
    return _asked(compare_option_policies(option, seed=1, n_paths=100))


@cache
def _alerted() -> tuple[Any, Any, Any]:
    """Let two rules look twice; somebody takes one on."""
    from trimtab.monitor.alerts.book import AlertBook, advance
    from trimtab.monitor.alerts.observation import Observation
    from trimtab.monitor.alerts.rules import StatedRule, rule_of

    rules = (
        rule_of(StatedRule(name="seen enough", kind="coverage", portfolio="growth", channels=["phone"])),
        rule_of(StatedRule(name="old prices", kind="stale", portfolio="growth", hold=dt.timedelta(minutes=10))),
        rule_of(StatedRule(name="quotes", kind="quote_age", portfolio="growth")),
    )
    seen = Observation(at=NOON, portfolio="growth", coverage=0.8, price_sessions=4)
    made, events = advance(AlertBook(portfolio="growth"), rules, seen, NOON)
    return rules, made, events


def _outbox() -> Any:
    from trimtab.desk.watch.outbox import Message, Outbox, Pending
    from trimtab.monitor.alerts.quiet import Severity

    message = Message(
        key="k" * 64, channel="phone", portfolio="growth", rule="seen enough", trigger="t", event="raised",
        severity=Severity.WARNING, at=NOON, title="seen enough: raised", text="80.0% of gross exposure was measured",
        value=0.8,
    )  # fmt: skip
    return message, Outbox(pending={message.key: Pending(message=message, seq=4, failures=2, error="not set up")})


def _alerts() -> Asked:
    rules, made, _ = _alerted()
    return _asked(rules, (made,), _outbox()[1])


def _history() -> Asked:
    from trimtab.desk.books.journal import Entry

    return _asked(
        tuple(
            Entry(seq=7 + k, recorded="2024-03-01T12:40:00.000000Z", kind="alert", subject="growth",
                  valid=event.at.isoformat(), body=dict(sorted(event.to_json().items())), hash="0" * 64)
            for k, event in enumerate(_alerted()[2])
        )
    )  # fmt: skip


def _evaluated() -> Asked:
    from trimtab.desk.watch.alerting import Evaluated

    _, made, events = _alerted()
    return _asked((Evaluated(book=made, events=events, written=True),))


def _delivered() -> Asked:
    from trimtab.desk.watch.outbox import Attempt, Delivered

    message, box = _outbox()
    return _asked(
        Delivered(
            attempts=(Attempt(message=message, outcome="sent", error=None),
                      Attempt(message=message, outcome="failed", error="no answer")),
            outbox=box,
        )
    )  # fmt: skip


def _formats() -> Asked:
    from trimtab.feeds.statements.known import formats_read

    return _asked([row for row in formats_read() if row[0].startswith("swift")])


def _imports() -> Asked:
    from trimtab.desk.books.intake import Correction, Imported, Kind, Outcome, Preview
    from trimtab.errors import Failure, InputError, Reason

    preview = Preview(
        kind=Kind.PRICES, name="prices.csv", new=5, same=2, corrected=1, aside=1,
        corrections=(Correction(where="AAPL on 2024-01-03", old="184", new="184.5"),),
        failures=(Failure(where="AAPL on 2024-01-04", reason=Reason.NOT_POSITIVE, detail="0"),),
        columns=(("date", "date"), ("AAPL", "symbol AAPL"), ("memo", "")),
        head=(("date", "symbol", "price"), ("2024-01-02", "AAPL", "185")), notes=("read as daily closes",),
        doubts=("AAPL jumps by 60% on 2024-01-05",),
    )  # fmt: skip
    error = InputError(expected="a table", found="nothing in none.csv", try_next="give another file")
    return _asked(
        (
            Imported(source="data/prices.csv", outcome=Outcome.NEW_FORMAT, preview=preview, portfolio="main"),
            Imported(source="none.csv", outcome=Outcome.FAILED, preview=None, error=error),
        )
    )  # fmt: skip


def _fetched() -> Asked:
    from trimtab.desk.books.intake import Imported, Kind, Outcome, Preview
    from trimtab.desk.watch.fetching import Fetched
    from trimtab.errors import ServiceError

    preview = Preview(
        kind=Kind.PRICES, name="9f-20240105T120000-1a2b3c4d.csv", new=1, same=29, corrected=1,
        columns=(("date", "date"), ("symbol", "symbol"), ("close", "price"), ("currency", "currency")),
        doubts=("ccxt:deribit now says otherwise of 1 days that are known; look at the corrections",),
    )  # fmt: skip
    error = ServiceError(
        expected="an answer of the Flex web service", found="code 1012: Token has expired.",
        try_next="make a new token in the client portal, and put it where the settings say",
    )  # fmt: skip
    imports = (
        Imported(
            source="data/fetched/coins/9f-20240105T120000-1a2b3c4d.csv", outcome=Outcome.DOUBTFUL, preview=preview
        ),
        Imported(source="broker", outcome=Outcome.FAILED, error=error),
    )
    rows = (
        ("coins", "ccxt:deribit", 90, ("BTC/USDT: 31 days, 2023-12-05 to 2024-01-04",)),
        ("broker", "broker", 0, ()),
    )
    return _asked(
        tuple(
            Fetched(
                name=name, label=label, at=NOON, age=dt.timedelta(seconds=age), was_kept=age > 0, notes=notes,
                doubts=() if one.preview is None else one.preview.doubts, imported=one,
            )
            for (name, label, age, notes), one in zip(rows, imports, strict=True)
        )
    )  # fmt: skip


@cache
def _runs_made() -> tuple[Any, ...]:
    from trimtab.desk.books.runs import Run

    kept = '{"schema": "trimtab.review/1", "beta": {"value": 1.25}, "mandate": {"status": "outside"}}'
    plan = (
        '{"schema": "trimtab.plan/1", "status": "planned", "orders": [{"side": "sell", "quantity": 3, "asset": "MF"}]}'
    )
    how = {
        "portfolio": "growth", "as_of": "2024-03-01", "known": 12,
        "settings": {"method": "ols", "base": "USD", "mandate": {"target": 1.0, "band": 0.05}},
        "inputs": {"prices": "a" * 64, "holdings": [3, 5]},
        "made_with": {"trimtab": "0.1.0", "numpy": "2.0", "method": "ols(window=252)"},
    }  # fmt: skip
    return (
        Run(seq=14, recorded="2024-03-01T12:41:00.000000Z", command="plan", document=plan, **how),
        Run(seq=13, recorded="2024-03-01T12:40:00.000000Z", command="review", document=kept, **how),
    )


def _runs() -> Asked:
    return _asked(_runs_made())


def _replay() -> Asked:
    from trimtab.desk.books.changes import Why
    from trimtab.desk.books.runs import Difference, Replay

    apart = Difference(
        path="result.beta.value", then="1.25", now="1.26", why=Why.UNEXPLAINED, because="nothing is known of it"
    )
    return _asked(
        Replay(run=_runs_made()[1], same=False, differences=(apart,), count=1, reasons=((Why.UNEXPLAINED, 1),))
    )


def _holdings() -> Asked:
    from trimtab.desk.books.holdings_at import HeldAt

    held = HeldAt(
        portfolio=tt.portfolio("5 AAPL, -2.5 MSFT, 1000 USD"), as_of=dt.date(2024, 3, 1), snapshot=None,
        entries=(3, 5), trades=1, notes=("starts from an empty book",),
    )  # fmt: skip
    return _asked("growth", "2024-03-01", 12, held)


def _watch() -> Asked:
    watch = small_watch()
    watch.take(recorded())
    watch.trouble = "the line is down"
    return _asked(watch.evaluate(NOON), alerts=("out of band: fired",))


def _demo() -> Asked:
    return _asked(reviewed(), planned())


def _ledger() -> Asked:
    from trimtab.desk.accounts.extract import extract
    from trimtab.ledger.facts.header import about
    from trimtab.ledger.facts.income import Payout
    from trimtab.ledger.facts.money import Deposit
    from trimtab.ledger.facts.trades import Side, Trade
    from trimtab.ledger.ledger import Ledger
    from trimtab.ledger.state import Rules
    from trimtab.model.instrument import Spot

    vod = about(Spot(symbol="VOD", currency="GBP", minor=True))
    first, then, last = (dt.date(2024, 1, day) for day in (2, 5, 9))
    bought, sold = (
        Trade(
            day=day, of=vod, side=side, quantity=Decimal(units), price=Decimal(price), fee=Decimal(12),
            source=f"trades.csv row {row}",
        )
        for row, (day, side, units, price) in enumerate([(first, Side.BUY, 1000, 70), (last, Side.SELL, 1500, 72)], 2)
    )  # fmt: skip
    facts = [
        Deposit(day=first, currency="USD", amount=Decimal(1_500_000), source="money.csv row 2"), bought,
        Payout(day=then, of=about("VOD"), per_unit=Decimal("4.5"), source="money.csv row 3"), sold,
    ]  # fmt: skip
    ledger = Ledger(facts, Rules(base="USD", rates=lambda _currency, day: Decimal("1.25") + day.day / Decimal(100)))
    return _asked(extract(ledger, lambda _holding, _day: Decimal(71), name="growth", end=last))


@cache
def all_series() -> tuple[Any, ...]:
    """Give a series of each kind, short where it can be."""
    from trimtab.desk.ask.learned import WeightHistory
    from trimtab.desk.books.history import BookHistory
    from trimtab.desk.series import curves

    days = DAYS[:3]
    history = tt.beta_history(
        prices(), benchmark="M", method="ols", window=252, step="month-end",
        fx=rates(), base="USD",
    )  # fmt: skip
    chain, ahead = answer("trimtab.drift/1").words
    weights = WeightHistory(dates=days, symbols=("A", "B"), weights=np.array([[0.6, 0.4], [0.5, np.nan], [0.5, 0.5]]))
    nav = BookHistory(dates=days, nav=np.array([100.0, np.nan, 101.0]), returns=np.full(3, np.nan), failures=())
    return (
        curves.beta_series(history, ["A", "C"]),
        curves.nav_series("growth", nav, "USD"),
        curves.weight_series("growth", weights),
        curves.return_series(answer("trimtab.performance/1").words[0]),
        curves.episode_series(answer("trimtab.stress/1").words[0].episodes[0], "M"),
        curves.correlation_series(answer("trimtab.risk/1").words[0]),
        curves.policy_series(answer("trimtab.hedge-policy/1").words[0]),
        curves.drift_series(chain),
        curves.ahead_series(ahead.projection, "M"),
    )


def _series() -> Asked:
    return _asked(all_series())


def _error() -> Asked:
    from trimtab.errors import InputError

    return _asked(InputError(expected="a day", found="noon", try_next="write 2026-01-05"))


def _alert() -> Asked:
    return _asked(_outbox()[0])


def _committed() -> Any:
    """Give a commitment of a small book with salts that are known, signed by keys that are."""
    from trimtab.attest.commitment import CUSTODIAN, MANAGER, Commitment, Header, Measured, rooted, with_signature
    from trimtab.attest.keys import key_pair
    from trimtab.attest.leaves import HashLeaf, PositionLeaf, salted

    held = tt.portfolio("100 AAPL, 5000 USD").positions
    contents = [*(PositionLeaf(place=i, position=p) for i, p in enumerate(held)), HashLeaf(of="prices", sha256="ab")]
    leaves = salted(contents, bytes(32))
    manager, custodian = key_pair(bytes([1]) * 32), key_pair(bytes([2]) * 32)
    header = Header(
        fund="growth", as_of="2026-01-05", journal_entry=7, journal_hash="a" * 64, run=7,
        measured=Measured(benchmark="M", base="USD", method="ols", version="0.1.0", answers="17"), leaves=0, root="",
        custodian=custodian.public,
    )  # fmt: skip
    made = Commitment(header=rooted(header, leaves))
    for role, pair in ((MANAGER, manager), (CUSTODIAN, custodian)):
        made = with_signature(made, role, pair.private_pem, "a key")
    return made, leaves


def _commitment() -> Asked:
    return _asked(_committed()[0])


def _opening() -> Asked:
    from trimtab.attest.leaves import PositionLeaf
    from trimtab.attest.opening import open_leaves

    made, leaves = _committed()
    return _asked(open_leaves(made, leaves, lambda content: isinstance(content, PositionLeaf)))


def _statement() -> Asked:
    from trimtab.attest.keys import key_pair, sign
    from trimtab.attest.plain import plain_of
    from trimtab.attest.statement import CHECKER, STATEMENT, Claims, Statement

    made, _ = _committed()
    claims = Claims(
        fund="growth", as_of="2026-01-05", benchmark="M", method="ols", beta="0.98", stderr="0.05",
        reading="the slope over the pairs of the past", lower="0.9", upper="1.1", probability_inside="0.94",
        status="inside", coverage="1.0", prices_of="2026-01-05", shown=("the review follows to the byte",),
        not_shown=("whether the book is real",), version="0.1.0", commitment=made.digest,
    )  # fmt: skip
    signed = sign(plain_of(claims), STATEMENT, CHECKER, key_pair(bytes([3]) * 32).private_pem)
    return _asked(Statement(claims=claims, commitment=made, signatures=(signed,)))


def _proof() -> Asked:
    from trimtab.attest.keys import key_pair
    from trimtab.attest.proof import prove
    from trimtab.attest.proof_paper import ProofPaper, signed_proof
    from trimtab.attest.universe import Claim, Row

    rows = tuple(
        Row(symbol=symbol, price=Decimal(price), beta=Decimal(beta), funded=True)
        for symbol, price, beta in (("A", "2.5", "1.2"), ("B", "4", "0.5"))
    )
    claim = Claim(
        context="growth", nonce="7f3a", lower=Decimal("0.9"), upper=Decimal("1.1"), margin=Decimal(0),
        floor=Decimal(5), unit=Decimal(1), bits=2, shorts=False, universe=rows,
    )  # fmt: skip
    paper = ProofPaper(claim=claim, proof=prove(claim, (3, 1), seed=bytes(32)).proof)
    return _asked(signed_proof(paper, "manager", key_pair(bytes([1]) * 32).private_pem, "a key"))


def _checked() -> Asked:
    from trimtab.desk.attest.checking import Checked

    return _asked(
        Checked(
            what="proof of growth", shown=("the proof holds",), not_shown=("the book",), false=("the band is another",),
            lacking=("a signature",), audited="not audited",
        )
    )  # fmt: skip


def _fleet() -> Asked:
    import polars as pl

    from trimtab.desk.fleet.chunk import CHECKS
    from trimtab.desk.fleet.summary import ChunkResult, FleetCounts, FleetRun, InputFile

    counts = FleetCounts(positions=29, accounts=3, inside=1, outside=1, undecided=1, exceptions=2, alone=1)
    outside = {
        "account": "K002", "nav": 1_250_000.0, "beta": 1.234, "stderr": 0.031, "low": 1.173, "high": 1.295,
        "probability_inside": 0.0021, "status": "outside", "coverage": 1.0, "money_per_1pct": 15_425.0,
        "contracts": [{"symbol": "ESH3", "quantity": -1.0}, {"symbol": "MESH3", "quantity": -4.0}],
        "flag": "above_band", "reason": "beta 1.234 +/- 0.031 lies outside the band [0.900, 1.100]", "base": "USD",
        "benchmark": "SPX", "positions": 20, "alone": False,
    }  # fmt: skip
    undecided = {**dict.fromkeys(CHECKS), "account": "K003", "status": "undecided", "flag": "no_mandate",
                 "reason": "it has no mandate in the file of mandates", "positions": 4, "alone": False}  # fmt: skip
    return _asked(
        FleetRun(
            folder="checks", run="ab" * 32, version="0.1.0",
            inputs=(InputFile(file="positions.parquet", sha256="cd" * 32),),
            chunks=(ChunkResult(key="checks/abab-cdcd.parquet", rows=3, sha256="ef" * 32, counts=counts),),
            counts=counts, worst=pl.DataFrame([outside, undecided], schema=dict(CHECKS)),
        )
    )  # fmt: skip


def _accounts() -> Asked:
    from trimtab.desk.fleet.reviewed import AccountReviewed, reviewed_accounts, unreviewed_account
    from trimtab.errors import NotEnoughDataError
    from trimtab.fleet.check import Check
    from trimtab.hedge.verdict import Status

    lost = NotEnoughDataError(expected="holdings", found="no holdings of K003", try_next="import them")
    outside = Check(
        account="K002", nav=1_250_000.0, beta=1.234, stderr=0.031, low=1.173, high=1.295, probability_inside=0.0021,
        status=Status.OUTSIDE, coverage=1.0, money_per_1pct=15_425.0, flag="above_band",
        reason="beta 1.234 +/- 0.031 lies outside the band [0.900, 1.100]", alone=True,
    )  # fmt: skip
    told = {"base": "USD", "benchmark": "SPX", "lower": 0.9, "upper": 1.1, "as_of": "2026-01-05"}
    return _asked(reviewed_accounts([unreviewed_account("K003", lost), AccountReviewed(check=outside, **told)]))


HEAD = f"3:{'a' * 64}"
ORIGIN = {"kind": "file", "file": "/desk/trimtab.toml", "line": 7, "variable": None}
#: Documents of commands on a workspace as a whole: their fields, as the command line fills them in.
STATED: dict[str, dict[str, Any]] = {
    "trimtab.attest.key/1": {"private": "me.pem", "public": "me.pub.pem", "key": "ed25519:" + "ab" * 32},
    "trimtab.backup/1": {"target": "copy.tar.gz", "made": "2026-01-05T12:00:00Z", "head": HEAD, "files": 3,
                         "bytes": 99, "outside": ("/elsewhere/fx.csv",)},
    "trimtab.config/1": {
        "workspace": "/desk", "file": "/desk/trimtab.toml",
        "settings": ({"path": "desk.base", "value": "USD", "origin": ORIGIN},),
    },
    "trimtab.config-check/1": {
        "workspace": "/desk",
        "mistakes": (
            {"path": "desk.base", "origin": ORIGIN, "expected": "a currency", "found": "'US'", "try_next": "USD"},
        ),
    },
    "trimtab.doctor/1": {
        "worst": "warning",
        "findings": ({"topic": "SQLite", "level": "warning", "found": "3.40.0", "advice": "one writer at a time"},),
    },
    "trimtab.init/1": {"workspace": "/desk", "sample": True},
    "trimtab.journal/1": {
        "known": None,
        "entries": (
            {"seq": 3, "recorded": "2026-01-05T12:00:00.000000Z", "kind": "plan", "subject": "growth",
             "valid": "2026-01-05", "body": {"lots": -3}, "hash": "a" * 64},
        ),
    },
    "trimtab.restore/1": {
        "workspace": "/desk", "made": "2026-01-05T12:00:00Z", "head": HEAD, "files": 3, "settings": "trimtab.toml",
        "mistakes": ("fx.csv is not there",),
    },
    "trimtab.verify/1": {
        "ok": False, "entries": 1, "head": HEAD, "files": 0,
        "fault": {"seq": 2, "what": "changed", "detail": "entry 2 is not what it was"},
        "differences": (
            {"what": "gone", "where": "prices/3.parquet", "detail": "entry 3 names it", "is_fault": True},
        ),
    },
}  # fmt: skip

#: By schema: the module of `trimtab.report.documents` and the function that makes it, and what that is given.
ANSWERS: dict[str, tuple[str, Callable[[], Asked]]] = {
    "trimtab.alert/1": ("alerts.alert_document", _alert),
    "trimtab.alert-events/1": ("alerts.evaluated_document", _evaluated),
    "trimtab.alert-history/1": ("alerts.history_document", _history),
    "trimtab.alerts/1": ("alerts.alerts_document", _alerts),
    "trimtab.attest.check/1": ("attest.check_document", _checked),
    "trimtab.attest.commitment/1": ("attest.commitment_document", _commitment),
    "trimtab.attest.opening/1": ("attest.opening_document", _opening),
    "trimtab.attest.proof/1": ("attest.proof_document", _proof),
    "trimtab.attest.statement/1": ("attest.statement_document", _statement),
    "trimtab.backtest/1": ("trading.backtest.backtest_document", _backtest),
    "trimtab.beta/1": ("beta.beta_document", _beta),
    "trimtab.ahead/1": ("measuring.ahead.ahead_document", _ahead),
    "trimtab.beta-between/1": ("measuring.betas.between_document", _between),
    "trimtab.beta-history/1": ("measuring.history.history_document", _beta_history),
    "trimtab.betas/1": ("measuring.betas.betas_document", _betas),
    "trimtab.exposure/1": ("measuring.exposure.exposure_document", _exposure),
    "trimtab.partial-betas/1": ("measuring.betas.partial_document", _partial_betas),
    "trimtab.fleet.check/1": ("fleet.fleet_document", _fleet),
    "trimtab.review-all/1": ("accounts.accounts_document", _accounts),
    "trimtab.delivery/1": ("alerts.delivered_document", _delivered),
    "trimtab.demo/1": ("plan.demo_document", _demo),
    "trimtab.diagnosis/1": ("beta.diagnosis_document", _diagnosis),
    "trimtab.drift/1": ("drift.drift_document", _drift),
    "trimtab.error/1": ("error.error_document", _error),
    "trimtab.explain/1": ("beta.explanation_document", _explain),
    "trimtab.fetch/1": ("books.intake.fetched_document", _fetched),
    "trimtab.formats/1": ("books.formats.formats_document", _formats),
    "trimtab.hedge-policy/1": ("hedge_policy.hedge_policy_document", _policy),
    "trimtab.hedge-policy-option/1": ("hedge_policy.option_policy_document", _option_policy),
    "trimtab.holdings/1": ("books.runs.holdings_document", _holdings),
    "trimtab.import/1": ("books.intake.imports_document", _imports),
    "trimtab.league/1": ("beta.league_document", _league),
    "trimtab.ledger/1": ("books.ledger.ledger_document", _ledger),
    "trimtab.orders/1": ("trading.orders.orders_document", _orders),
    "trimtab.performance/1": ("performance.performance_document", _performance),
    "trimtab.plan/1": ("plan.plan_document", _plan),
    "trimtab.replay/1": ("books.runs.replay_document", _replay),
    "trimtab.report/1": ("composed.report.report_document", _report),
    "trimtab.review/1": ("review.review_document", _review),
    "trimtab.risk/1": ("risk.risk_document", _risk),
    "trimtab.roll/1": ("trading.roll.roll_document", _roll),
    "trimtab.runs/1": ("books.runs.runs_document", _runs),
    "trimtab.series/1": ("series.series_document", _series),
    "trimtab.stress/1": ("stress.stress_document", _stress),
    "trimtab.targets/1": ("plan.targets_document", _targets),
    "trimtab.watch/1": ("watch.watch_document", _watch),
    "trimtab.ways/1": ("ways.ways_document", _ways),
}


@cache
def answer(schema: str) -> Asked:
    """Give what the document of a schema is made from; made once, for documents and tables alike."""
    return ANSWERS[schema][1]()


def document_of(schema: str) -> Any:
    """Give the document of a schema."""
    if schema in STATED:
        return filled(document_class(schema), STATED[schema])
    module, _, function = ANSWERS[schema][0].rpartition(".")
    asked = answer(schema)
    return getattr(import_module(f"trimtab.report.documents.{module}"), function)(*asked.words, **asked.told)


def filled(kind: type, given: dict[str, Any]) -> Any:
    """Make a record from plain values: what is an object there becomes the record that its field holds."""
    hints = types_of(kind)
    return kind(**{name: _value(hints[name], value) for name, value in given.items()})


def _value(hint: Any, value: Any) -> Any:
    record = next((part for part in (hint, *get_args(hint)) if is_dataclass(part)), None)
    if record is None or value is None:
        return value
    return tuple(filled(record, v) for v in value) if isinstance(value, tuple) else filled(record, value)
