"""Follow the sample portfolio through 2008, 2020 and 2022 week by week, and say why its beta moved.

python scripts/drift_study.py            the tables of docs/drift.md, as Markdown
python scripts/drift_study.py --write    put them into docs/drift.md, and the chart into docs/drift.svg

Only the bundled sample is read; the same sample gives the same tables.
"""

import argparse
import datetime as dt
import sys
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import numpy as np

from trimtab import estimate_betas, portfolio, read_portfolio, read_prices, sample
from trimtab.desk.ask.drift import DatedPortfolio, DriftChain, EachDay, Span, drift, points_between
from trimtab.exposure.value import value_position
from trimtab.market.prices import PriceTable
from trimtab.market.returns import pair_returns
from trimtab.market.snapshot import Market, market_at
from trimtab.model.expiry import MONTH_CODES, third_friday
from trimtab.model.instrument import Cash, Future, Option, Spot
from trimtab.model.portfolio import Portfolio, Position, Stated
from trimtab.monitor.drift.causes import CAUSES, Cause
from trimtab.monitor.drift.noise import estimate_noise
from trimtab.report.tables.drift import CAUSE_WORDS

WINDOWS = (("2007-12-31", "2009-06-30"), ("2020-01-31", "2020-06-30"), ("2021-12-31", "2022-12-28"))
NAMES = ("2008 and early 2009", "2020", "2022")
MONEY = 3_000_000
VOL_DAYS = 63
VOL_MARKUP = 1.15
MONEYNESS = 0.95
MADE_UP, HISTORY, SEED = 600, 1600, 0
#: Contracts are rolled at the first week's end on which fewer days than this are left.
ROLL_DAYS = 10
PAGE = Path(__file__).parents[1] / "docs/drift.md"
CHART = PAGE.with_suffix(".svg")
START, END = "<!-- made by: python scripts/drift_study.py -->", "<!-- made -->"
COLOURS = {
    Cause.PRICE: "#1f77b4", Cause.GAMMA: "#d62728", Cause.TIME: "#9467bd", Cause.VOLATILITY: "#ff7f0e",
    Cause.CURRENCY: "#8c564b", Cause.ESTIMATES: "#2ca02c", Cause.TRADES: "#7f7f7f", Cause.ROLL: "#e377c2",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Contracts:
    """The future and the put held at one time."""

    future: Future
    put: Option


def state_vol(prices: PriceTable, day: dt.date) -> float:
    """Give the stated volatility: that of the index's last 63 daily returns, per year, times 1.15."""
    index = prices.until(np.datetime64(day)).values[:, prices.column(sample.BENCHMARK)]
    return float(np.std(np.diff(np.log(index[-VOL_DAYS - 1 :])), ddof=1) * np.sqrt(252.0) * VOL_MARKUP)


def choose_contracts(prices: PriceTable, day: dt.date) -> Contracts:
    """Take the first quarterly expiry that is not about to be rolled, and a put 5% below the index."""
    last = day + dt.timedelta(days=ROLL_DAYS)
    quarters = [(y, m) for y in (day.year, day.year + 1) for m in (3, 6, 9, 12)]
    year, month = next((y, m) for y, m in quarters if third_friday(y, m) > last)
    found = prices.until(np.datetime64(day)).last(sample.BENCHMARK)
    strike = round((0.0 if found is None else found[0]) * MONEYNESS / 5) * 5
    label = f"{dt.date(year, month, 1):%b%y}"
    made = portfolio(f"1 ES{MONTH_CODES[month - 1]}{year % 100:02d}, 1 SPX {strike}P {label}", as_of=day).positions
    future, put = made[0].instrument, made[1].instrument
    if not isinstance(future, Future) or not isinstance(put, Option):
        raise TypeError
    return Contracts(future=future, put=put)


def opening(prices: PriceTable, day: dt.date) -> tuple[Portfolio, int, int]:
    """Give the sample's shares and funds at their weights of 2022-12-28, scaled to 3 million; futures and puts too."""
    then = dt.date.fromisoformat(sample.AS_OF)
    held = read_portfolio(sample.portfolio_path(), as_of=then)
    whole = market_at(prices, base=sample.BASE_CURRENCY)
    worth = {p.symbol: value_position(p, whole).value or 0.0 for p in held.positions}
    exposure = value_position(next(p for p in held.positions if isinstance(p.instrument, Future)), whole)
    size, nav = exposure.delta_exposure or 0.0, sum(worth.values())
    known = market_at(prices, base=sample.BASE_CURRENCY, as_of=np.datetime64(day))
    lines = []
    cash = Decimal(MONEY)
    for p in held.positions:
        quote = known.price(p.symbol)
        if isinstance(p.instrument, Spot) and quote is not None:
            quantity = Decimal(round(worth[p.symbol] / nav * MONEY / quote.value))
            cash -= quantity * Decimal(repr(quote.value))
            lines.append(Position(instrument=p.instrument, quantity=quantity))
    index = known.price(sample.BENCHMARK)
    level = 1.0 if index is None else index.value
    futures = max(1, round(size / nav * MONEY / (50 * level)))
    lines.append(Position(instrument=Cash(currency=sample.BASE_CURRENCY), quantity=cash))
    return Portfolio(positions=tuple(lines), base=sample.BASE_CURRENCY), futures, max(1, round(futures * 5 / 8))


def follow(prices: PriceTable, start: dt.date, end: dt.date) -> tuple[DatedPortfolio, ...]:
    """Hold the book week by week: futures settle into cash, contracts are rolled, puts have the day's volatility."""
    shares, futures, puts = opening(prices, start)
    days = points_between(prices.dates, start=start, end=end, by="week")
    books: list[DatedPortfolio] = []
    contracts = choose_contracts(prices, start)
    cash = next(p.quantity for p in shares.positions if isinstance(p.instrument, Cash))
    spots = tuple(p for p in shares.positions if isinstance(p.instrument, Spot))
    cash -= Decimal(repr(_worth(contracts.put, puts, prices, start)))
    level = _level(prices, start)
    for day in days:
        now = _level(prices, day)
        # Gains of the future arrive as cash at the end of each week.
        cash += futures * 50 * (Decimal(repr(now)) - Decimal(repr(level)))
        level = now
        if contracts.put.expiry - day < dt.timedelta(days=ROLL_DAYS):
            rolled = choose_contracts(prices, day)
            paid = _worth(rolled.put, puts, prices, day) - _worth(contracts.put, puts, prices, day)
            cash -= Decimal(repr(paid))
            contracts = rolled
        held = (
            *spots,
            Position(instrument=contracts.future, quantity=Decimal(futures)),
            _put(contracts.put, puts, prices, day),
            Position(instrument=Cash(currency=sample.BASE_CURRENCY), quantity=cash),
        )
        books.append(DatedPortfolio(day=day, portfolio=replace(shares, positions=held)))
    return tuple(books)


def _level(prices: PriceTable, day: dt.date) -> float:
    found = _market(prices, day).price(sample.BENCHMARK)
    if found is None:
        message = f"expected a price of {sample.BENCHMARK} on {day}, found none"
        raise ValueError(message)
    return found.value


def _market(prices: PriceTable, day: dt.date) -> Market:
    return market_at(prices, base=sample.BASE_CURRENCY, as_of=np.datetime64(day))


def _put(put: Option, quantity: int, prices: PriceTable, day: dt.date) -> Position:
    return Position(instrument=put, quantity=Decimal(quantity), stated=Stated(vol=state_vol(prices, day), rate=0.0))


def _worth(put: Option, quantity: int, prices: PriceTable, day: dt.date) -> float:
    found = value_position(_put(put, quantity, prices, day), _market(prices, day)).value
    if found is None:
        message = f"expected a value of {put.symbol} on {day}, found none"
        raise ValueError(message)
    return found


def study(prices: PriceTable, window: tuple[str, str]) -> DriftChain:
    """Explain one window week by week, with data up to each week's end and no later."""
    start, end = (dt.date.fromisoformat(day) for day in window)
    books = follow(prices, start, end)
    return drift(prices, books, EachDay(benchmark=sample.BENCHMARK), span=Span(start=start, end=end, by="week"))


def tell(name: str, chain: DriftChain) -> list[str]:
    """Write one window: the causes, their size in a typical week, and the weeks that moved most."""
    weekly = np.array([[link.total(c) for c in CAUSES] for link in chain.links])
    change = np.array([link.change for link in chain.links])
    leading = np.abs(weekly).argmax(axis=1)
    beyond = sum(link.noise.verdict == "beyond noise" for link in chain.links)
    low, high = (f(link.end.beta.value for link in chain.links) for f in (min, max))
    worst = max(abs(link.residual) for link in chain.links)
    lines = [
        f"### {name}",
        "",
        f"{chain.start.as_of.astype('datetime64[D]')} to {chain.end.as_of.astype('datetime64[D]')}, {len(chain.links)} "
        f"weeks: beta {chain.start.beta.value:.3f} to {chain.end.beta.value:.3f} ({chain.change:+.3f}), between "
        f"{low:.3f} and {high:.3f} at weeks' ends. Left over in any week: at most {worst:.0e}. Changed betas beyond "
        f"noise in {beyond} of {len(chain.links)} weeks, and over the whole window: z {chain.overall.z or 0.0:+.1f}.",
        "",
        "| cause | all weeks together | typical week (root mean square) | weeks in which it moved most |",
        "|---|---:|---:|---:|",
    ]
    for k, cause in enumerate(CAUSES):
        if weekly[:, k].any():
            typical = float(np.sqrt(np.mean(weekly[:, k] ** 2)))
            most = int(np.count_nonzero(leading == k))
            lines.append(f"| {CAUSE_WORDS[cause]} | {chain.total(cause):+.4f} | {typical:.4f} | {most} |")
    typical = float(np.sqrt(np.mean(change**2)))
    lines += [f"| **change of beta** | {chain.change:+.4f} | {typical:.4f} | |", ""]
    used = [k for k in range(len(CAUSES)) if weekly[:, k].any()]
    heads = [CAUSES[k].value for k in used]
    lines += [f"| week to | change | {' | '.join(heads)} |", f"|---|---:|{'---:|' * len(heads)}"]
    for i in sorted(np.argsort(-np.abs(change))[:5].tolist()):
        cells = " | ".join("0" if abs(weekly[i, k]) < 5e-5 else f"{weekly[i, k]:+.4f}" for k in used)
        lines.append(f"| {chain.links[i].end.as_of.astype('datetime64[D]')} | {change[i]:+.4f} | {cells} |")
    return [*lines, ""]


def calibrate(prices: PriceTable, window: tuple[str, str], method: str) -> tuple[int, float]:
    """Count how often a method calls constant betas changed, on the benchmark's real returns.

    Shares are made up: beta 1, and residuals with Student's t (5) whose size follows the benchmark's volatility.

    Returns
    -------
    New days, and the share of made-up shares with |z| > 1.96.
    """
    pairs = pair_returns(prices.until(window[1]), benchmark=sample.BENCHMARK, symbols=(sample.BENCHMARK,))
    market, days = pairs.market[-HISTORY:, 0], pairs.dates[-HISTORY:]
    size = np.empty(len(market))
    size[0] = np.std(market)
    for t in range(1, len(market)):
        size[t] = np.sqrt(0.94 * size[t - 1] ** 2 + 0.06 * market[t] ** 2)
    noise = np.random.default_rng(SEED).standard_t(5, (len(market), MADE_UP)) * size[:, None]
    table = PriceTable.of(
        {sample.BENCHMARK: np.cumprod(1.0 + market)}
        | {f"made up {i}": np.cumprod(1.0 + market + noise[:, i]) for i in range(MADE_UP)},
        dates=days,
    )
    first, last = (estimate_betas(table, benchmark=sample.BENCHMARK, method=method, as_of=day) for day in window)
    weights = dict.fromkeys(table.symbols[1:], 1.0)
    ends = [market_at(table, base=sample.BASE_CURRENCY, as_of=day) for day in window]
    found = estimate_noise(first, last, weights, weights, market=ends[1], earlier=ends[0])
    return found.observations, float(np.mean([a.verdict == "beyond noise" for a in found.assets]))


def tell_noise(prices: PriceTable) -> list[str]:
    """Write how often the test of changed betas is wrong when betas do not change."""
    lines = [
        "### Betas that do not change",
        "",
        f"{MADE_UP} made-up shares with constant betas on the real returns of SPX: share called beyond noise, where "
        "5% is right.",
        "",
        "| window | new days | welch | ols, usual errors |",
        "|---|---:|---:|---:|",
    ]
    for window in (*WINDOWS, ("2020-02-21", "2020-02-28")):
        (days, ours), (_, plain) = (calibrate(prices, window, method) for method in ("welch", "ols"))
        lines.append(f"| {window[0]} to {window[1]} | {days} | {ours:.1%} | {plain:.1%} |")
    return [*lines, ""]


def draw(chains: list[DriftChain]) -> str:
    """Draw beta since the start of each window, and each cause's part in it, as SVG."""
    width, height, gap, left, top = 300, 240, 46, 52, 34
    used = [c for c in CAUSES if any(abs(chain.total(c)) > 0 for chain in chains)]
    series = [{c: np.cumsum([0.0, *(link.total(c) for link in chain.links)]) for c in used} for chain in chains]
    beta = [np.cumsum([0.0, *(link.change for link in chain.links)]) for chain in chains]
    full = left + len(chains) * (width + gap)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {full} {height + top + 74}" font-family="sans-serif" '
        'font-size="11">',
        f'<rect width="{full}" height="{height + top + 74}" fill="white"/>',
    ]
    for n, (name, parts, whole) in enumerate(zip(NAMES, series, beta, strict=True)):
        values = np.concatenate([whole, *parts.values()])
        low, high = float(values.min()), float(values.max())
        x0 = left + n * (width + gap)
        xs = x0 + np.linspace(0, width, len(whole))

        def place(v: np.ndarray, low: float = low, high: float = high) -> np.ndarray:
            return top + height * (high - v) / (high - low)

        out.append(f'<text x="{x0}" y="{top - 14}" font-weight="bold">{name}</text>')
        for tick in np.arange(np.ceil(low / 0.1) * 0.1, high, 0.1):
            y = float(place(np.array(tick)))
            shade, label = ("#999", "0") if abs(tick) < 1e-9 else ("#e5e5e5", f"{tick:+.1f}")
            out.append(f'<line x1="{x0}" x2="{x0 + width}" y1="{y:.1f}" y2="{y:.1f}" stroke="{shade}"/>')
            out.append(f'<text x="{x0 - 5}" y="{y + 4:.1f}" text-anchor="end" fill="#555">{label}</text>')
        for cause, path in parts.items():
            out.append(_line(xs, place(path), COLOURS[cause], 1.4))
        out.append(_line(xs, place(whole), "black", 2.4))
        ends = (chains[n].start.as_of.astype("datetime64[D]"), chains[n].end.as_of.astype("datetime64[D]"))
        out.append(f'<text x="{x0}" y="{top + height + 16}" fill="#555">{ends[0]}</text>')
        out.append(f'<text x="{x0 + width}" y="{top + height + 16}" text-anchor="end" fill="#555">{ends[1]}</text>')
    labels = [("change of beta", "black"), *((CAUSE_WORDS[c], COLOURS[c]) for c in used)]
    for n, (label, colour) in enumerate(labels):
        x, y = left + (n % 5) * 190, top + height + 40 + 18 * (n // 5)
        out.append(f'<line x1="{x}" x2="{x + 18}" y1="{y - 4}" y2="{y - 4}" stroke="{colour}" stroke-width="3"/>')
        out.append(f'<text x="{x + 24}" y="{y}">{label}</text>')
    return "\n".join([*out, "</svg>"]) + "\n"


def _line(xs: np.ndarray, ys: np.ndarray, colour: str, width: float) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys, strict=True))
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def main() -> int:
    """Print the tables, or put them into the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="put the tables into docs/drift.md, and draw the chart")
    write = parser.parse_args().write
    prices = read_prices(sample.prices_path())
    chains = [study(prices, window) for window in WINDOWS]
    tables = "\n".join(line for name, chain in zip(NAMES, chains, strict=True) for line in tell(name, chain))
    tables += "\n" + "\n".join(tell_noise(prices))
    if write:
        page = PAGE.read_text(encoding="utf-8")
        head, tail = page.partition(START)[0], page.partition(END)[2]
        PAGE.write_text(f"{head}{START}\n\n{tables}\n{END}{tail}", encoding="utf-8")
        CHART.write_text(draw(chains), encoding="utf-8")
    else:
        sys.stdout.write(tables)
    return 0


if __name__ == "__main__":
    sys.exit(main())
