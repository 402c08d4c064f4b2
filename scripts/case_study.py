"""Plan each way on three real days with data up to the day, follow it for 21 and 63 trading days, print the tables.

python scripts/case_study.py            the tables of docs/case-study.md, as Markdown
python scripts/case_study.py --write    put them into docs/case-study.md

Only the bundled sample is read; the same sample gives the same tables.
"""

import argparse
import datetime as dt
import math
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trimtab import compare_ways, estimate_betas, portfolio, read_prices, sample
from trimtab.desk.ask.ways import OptionTerms
from trimtab.exposure.value import value_position
from trimtab.hedge.options.chain import StatedVolatility
from trimtab.hedge.ways.records import Assumptions, Way, Ways
from trimtab.market.prices import PriceTable
from trimtab.market.snapshot import market_at
from trimtab.model.expiry import MONTH_CODES, third_friday
from trimtab.model.instrument import Cash, Future, Option, Spot
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio, Position, Stated

#: The day, and the interest rate stated for it: a round number, not in the sample.
DAYS = (("2008-09-12", 0.02), ("2020-02-21", 0.015), ("2022-01-03", 0.0))
HORIZONS = (21, 63)
MANDATE = Mandate(benchmark=sample.BENCHMARK, target=1.0, band=0.05)
FUNDS = ("MTUM", "QUAL", "SIZE", "USMV", "VLUE")
MONEY = 20_000_000
SHARES = 8
CASH_SHARE = 0.05
DIVIDEND_YIELD = 0.02
VOL_DAYS = 63
VOL_MARKUP = 1.15
#: Futures and options expire at least so many days ahead, so that they outlive 63 trading days.
EXPIRY_DAYS = 95
PAGE = Path(__file__).parents[1] / "docs/case-study.md"
START, END = "<!-- made by: python scripts/case_study.py -->", "<!-- made -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What was known and planned on the day.

    Parameters
    ----------
    day, rate
        Date, and interest per year.
    held, ways
        The portfolio and its plans.
    vol
        Volatility stated for options, per square-root year.
    """

    day: str
    rate: float
    held: Portfolio
    ways: Ways
    vol: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What became of one way.

    Parameters
    ----------
    beta, stderr
        Least squares of the book's daily returns on the benchmark's.
    before, after
        P/L in base currency, before and after the cost of the trades.
    """

    beta: float
    stderr: float
    before: float
    after: float

    @property
    def verdict(self) -> str:
        """Say whether the realised beta lies in the band, and if not, whether two errors reach it."""
        if MANDATE.lower <= self.beta <= MANDATE.upper:
            return "yes"
        gap = max(MANDATE.lower - self.beta, self.beta - MANDATE.upper)
        return "no (within 2 errors)" if gap <= 2 * self.stderr else "no"


def read_sample() -> PriceTable:
    """Read the benchmark and the shares; the funds have no prices in 2008."""
    table = read_prices(sample.prices_path())
    return table.select(s for s in table.symbols if s not in FUNDS)


def state_vol(index: NDArray[np.float64]) -> float:
    """Give the stated volatility: that of the last 63 daily returns, per year, times the markup."""
    moves = np.diff(np.log(index[-VOL_DAYS - 1 :]))
    return float(np.std(moves, ddof=1) * np.sqrt(252.0) * VOL_MARKUP)


def choose_book(prices: PriceTable, day: str) -> str:
    """Hold the eight shares with the highest beta on the day in equal parts, and cash, in one line of notation."""
    known = prices.until(day)
    betas = estimate_betas(prices, benchmark=MANDATE.benchmark, as_of=day)
    shares = [s for s in known.symbols if s != MANDATE.benchmark]
    measured = [(value, s) for s in shares if (value := betas[s].value) is not None]
    first = [s for _, s in sorted(measured, key=lambda pair: (-pair[0], pair[1]))[:SHARES]]
    each = MONEY * (1 - CASH_SHARE) / SHARES
    lines = []
    for symbol in sorted(first):
        quote = known.last(symbol)
        if quote is None:
            message = f"expected a price of {symbol} on {day}, found none"
            raise ValueError(message)
        lines.append(f"{int(each / quote[0])} {symbol}")
    return ", ".join([*lines, f"{int(MONEY * CASH_SHARE)} {sample.BASE_CURRENCY}"])


def name_contract(day: dt.date) -> tuple[str, dt.date]:
    """Name the first quarterly future that outlives the longest horizon, and give its expiry."""
    last = day + dt.timedelta(days=EXPIRY_DAYS)
    quarters = [(y, m) for y in (day.year, day.year + 1) for m in (3, 6, 9, 12)]
    year, month = next((y, m) for y, m in quarters if third_friday(y, m) >= last)
    return f"ES{MONTH_CODES[month - 1]}{year % 100:02d}", third_friday(year, month)


def price_future(index: float, day: dt.date, expiry: dt.date, rate: float) -> float:
    """Give the price stated for the future: the index with interest less dividends up to expiry."""
    return index * math.exp((rate - DIVIDEND_YIELD) * (expiry - day).days / 365.0)


def plan_day(prices: PriceTable, day: str, rate: float) -> Planned:
    """Plan every way with prices up to the day and no later."""
    index = prices.until(day).values[:, prices.column(MANDATE.benchmark)]
    date = dt.date.fromisoformat(day)
    held = portfolio(choose_book(prices, day), as_of=date)
    (contract, expiry), vol = name_contract(date), state_vol(index)
    ways = compare_ways(
        prices,
        held,
        MANDATE,
        hedge=contract,
        hedge_prices={contract: price_future(float(index[-1]), date, expiry, rate)},
        as_of=day,
        option_terms=OptionTerms(volatility=StatedVolatility(vol=vol), expiry_days=EXPIRY_DAYS),
        assumptions=Assumptions(rate=rate, dividend_yield=DIVIDEND_YIELD),
        mix=False,
        aim="edge",
    )
    return Planned(day=day, rate=rate, held=held, ways=ways, vol=vol)


def _date(prices: PriceTable, row: int) -> dt.date:
    found: dt.date = prices.dates[row].astype("datetime64[D]").item()
    return found


def _expiry(future: Future) -> dt.date:
    if future.expiry is None:
        message = f"expected an expiry of {future.symbol}, found none"
        raise ValueError(message)
    return future.expiry


def _value(position: Position, prices: PriceTable, row: int, start: int, rate: float) -> float:
    """Value one position at the close of a row, options by the model at the volatility stated on that day."""
    index = prices.values[:, prices.column(MANDATE.benchmark)]
    quantity = float(position.quantity)
    match position.instrument:
        case Cash():
            return quantity
        case Spot(symbol=symbol):
            return quantity * float(prices.values[row, prices.column(symbol)])
        case Future() as future:
            was, now = (price_future(float(index[r]), _date(prices, r), _expiry(future), rate) for r in (start, row))
            return quantity * float(future.terms[-1].multiplier) * (now - was)
        case Option():
            stated = Stated(vol=state_vol(index[: row + 1]), rate=rate, dividend_yield=DIVIDEND_YIELD)
            found = value_position(
                replace(position, stated=stated),
                market_at(prices, base=sample.BASE_CURRENCY, as_of=prices.dates[row]),
            ).value
            if found is not None:
                return found
        case _:
            pass
    message = f"expected a value of {position.symbol} on {prices.dates[row]}, found none"
    raise ValueError(message)


def follow(prices: PriceTable, planned: Planned, way: Way, days: int) -> Followed:
    """Keep the book after a way as it is for so many trading days."""
    start = len(prices.until(planned.day).dates) - 1
    rows = range(start, start + days + 1)
    book = way.apply(planned.held)
    values = np.array([sum(_value(p, prices, r, start, planned.rate) for p in book.positions) for r in rows])
    index = prices.values[start : start + days + 1, prices.column(MANDATE.benchmark)]
    pair = PriceTable.of(
        {MANDATE.benchmark: index, "BOOK": values}, dates=prices.dates[start : start + days + 1], currency="USD"
    )
    found = estimate_betas(pair, benchmark=MANDATE.benchmark, method="ols", window=days, min_obs=days)["BOOK"]
    if found.value is None or found.stderr is None:
        message = f"expected a beta of the book after {planned.day}, found none"
        raise ValueError(message)
    after = float(values[-1]) - planned.ways.before.nav
    return Followed(beta=found.value, stderr=found.stderr, before=after + way.now.total, after=after)


def _thousands(money: float) -> str:
    return f"{round(money / 1000):+,d}" if round(money / 1000) else "0"


def _orders(way: Way) -> str:
    if not way.tickets:
        return "none"
    if way.name == "reallocate":
        signed = {s: [t.asset for t in way.tickets if t.side == s] for s in ("sell", "buy")}
        total = sum(abs(t.notional) for t in way.tickets)
        sides = "; ".join(f"{side} {', '.join(names)}" for side, names in signed.items() if names)
        return f"{sides} ({total / 1000:,.0f} thousand)"
    return "; ".join(f"{t.side} {t.quantity:,} {t.asset}" for t in way.tickets)


def _shown(name: str) -> str:
    return name.replace("_", " ")


def tell_plans(planned: Planned) -> list[str]:
    """Write what was planned on one day."""
    ways = planned.ways
    names = ", ".join(p.symbol for p in planned.held.positions if isinstance(p.instrument, Spot))
    lines = [
        f"### Planned on {planned.day}",
        "",
        f"Held: {names}. Beta {ways.before.beta.value:.3f} +/- {ways.before.beta.stderr:.3f}. Volatility stated for "
        f"options {planned.vol:.1%}, interest {planned.rate:.1%}. Cheapest by the tool's ranking: "
        f"{_shown(ways.cheapest or 'none')}.",
        "",
        "| way | orders | beta planned | cost now, USD |",
        "|---|---|---:|---:|",
    ]
    lines += [
        f"| {_shown(w.name)} | {_orders(w)} | {w.after.beta.value:.3f}{'' if w.satisfies else ' (outside)'} | "
        f"{w.now.total:,.0f} |"
        for w in ways.ways
    ]
    lines += [f"| {_shown(name)} | refused: {why} | | |" for name, why in ways.refused]
    return [*lines, ""]


def tell_course(prices: PriceTable, planned: Planned, days: int, course: dict[str, Followed]) -> list[str]:
    """Write what happened within one horizon."""
    start = len(prices.until(planned.day).dates) - 1
    index = prices.values[:, prices.column(MANDATE.benchmark)]
    last = _date(prices, start + days)
    nothing = course["do_nothing"]
    lines = [
        f"After {days} trading days, {last}: SPX {index[start + days] / index[start] - 1:+.1%}, "
        f"stated volatility {state_vol(index[: start + days + 1]):.1%}. P/L in thousand USD.",
        "",
        "| way | realised beta | in the band | P/L before costs | P/L after costs | against doing nothing |",
        "|---|---:|---|---:|---:|---:|",
    ]
    lines += [
        f"| {_shown(name)} | {f.beta:.2f} +/- {f.stderr:.2f} | {f.verdict} | {_thousands(f.before)} | "
        f"{_thousands(f.after)} | {_thousands(f.after - nothing.after)} |"
        for name, f in course.items()
    ]
    return [*lines, ""]


def tell_counts(courses: dict[tuple[str, int], dict[str, Followed]]) -> list[str]:
    """Write how often each way's realised beta landed in the band."""
    names = list(dict.fromkeys(name for course in courses.values() for name in course))
    lines = [
        "### Count",
        "",
        "| way | in the band | outside, within 2 errors | outside | mean distance from 1.00 |",
        "|---|---:|---:|---:|---:|",
    ]
    for name in names:
        found = [course[name] for course in courses.values() if name in course]
        verdicts = [f.verdict for f in found]
        distance = float(np.mean([abs(f.beta - MANDATE.target) for f in found]))
        counts = [verdicts.count(v) for v in ("yes", "no (within 2 errors)", "no")]
        lines.append(f"| {_shown(name)} | {' | '.join(str(c) for c in counts)} | {distance:.2f} |")
    return lines


def tell_all(prices: PriceTable) -> str:
    """Write every table."""
    lines: list[str] = []
    courses: dict[tuple[str, int], dict[str, Followed]] = {}
    for day, rate in DAYS:
        planned = plan_day(prices, day, rate)
        lines += tell_plans(planned)
        for days in HORIZONS:
            course = {w.name: follow(prices, planned, w, days) for w in planned.ways.ways}
            courses[day, days] = course
            lines += tell_course(prices, planned, days, course)
    return "\n".join([*lines, *tell_counts(courses)]) + "\n"


def main() -> int:
    """Print the tables, or put them into the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="put the tables into docs/case-study.md")
    tables = tell_all(read_sample())
    if parser.parse_args().write:
        page = PAGE.read_text(encoding="utf-8")
        head, tail = page.partition(START)[0], page.partition(END)[2]
        PAGE.write_text(f"{head}{START}\n\n{tables}\n{END}{tail}", encoding="utf-8")
    else:
        sys.stdout.write(tables)
    return 0


if __name__ == "__main__":
    sys.exit(main())
