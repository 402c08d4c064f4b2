"""Build the year that ends in the sample's portfolio: what was held at its start, what was traded, what was paid.

    python scripts/build_sample_year.py           write src/trimtab/sample/year
    python scripts/build_sample_year.py --check   say whether that is what stands there

The account, its trades and what it was paid are made up. Shares and funds are traded at the sample's own closes, the
future at its model price (`build_sample.model_future`), options at the Black-Scholes-Merton value for `VOL`. Nothing
is drawn at random. Quantities and cash of the opening are those of the portfolio less what happened since, so the year
cannot but end in it.
"""

import argparse
import csv
import datetime as dt
import io
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import polars as pl

from build_sample import DAYS_PER_YEAR, DIVIDEND_YIELD, funds_rate, model_future
from trimtab import sample
from trimtab.exposure.pricing.black import european_greeks

HOME = Path(__file__).parents[1] / "src/trimtab/sample/year"
OPENS, RENEWED = dt.date(2021, 12, 28), dt.date(2022, 10, 24)
VOL = 0.24
CASH_ENDS = Decimal(400_000)
TICKET = Decimal("5.00")
#: Put options: name, strike and expiry. The first expires worthless, the second is the portfolio's.
EXPIRED = ("SPX 3650P Oct22", 3650, dt.date(2022, 10, 21))
HELD = ("SPX 3600P Mar23", 3600, dt.date(2023, 3, 17))
#: Day, symbol and signed quantity; at the close.
SHARES = (
    ("2022-01-18", "AMD", 2500), ("2022-02-14", "XOM", 1500), ("2022-03-21", "AAPL", 1000), ("2022-04-18", "UNH", -200),
    ("2022-05-16", "BAC", -4000), ("2022-06-21", "MSFT", 700), ("2022-07-18", "LLY", -300), ("2022-08-15", "AMD", 3000),
    ("2022-09-19", "HD", -400), ("2022-11-14", "MTUM", 1000), ("2022-12-05", "WMT", -500),
)  # fmt: skip
#: Day, symbol and money for one share, of about the size of that year's.
DIVIDENDS = (("2022-02-10", "AAPL", "0.22"), ("2022-05-12", "AAPL", "0.23"), ("2022-08-11", "AAPL", "0.23"),
             ("2022-11-10", "AAPL", "0.23"))  # fmt: skip
CONTRACTS, BOUGHT, ROLLED = 8, dt.date(2022, 9, 19), dt.date(2022, 12, 12)
MULTIPLIER, PER_OPTION, OPTIONS = 50, 100, 5
#: The contract bought, and the one it is rolled into, with the expiry of the first.
OLD_FUTURE, NEW_FUTURE, OLD_ENDS = "ESZ2", sample.FUTURE, dt.date(2022, 12, 16)
#: Evenings whose holdings are stated: the first, and those of the options' purchases, whose volatility they state.
SNAPSHOTS = {"opening": OPENS, "insured": BOUGHT, "renewed": RENEWED}
TRADE_COLUMNS = ("id", "date", "fact", "symbol", "kind", "currency", "quantity", "price", "fee", "underlying", "right",
                 "strike", "expiry", "multiplier", "into", "into_price")  # fmt: skip
Row = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closes:
    """The sample's closes of the year, by symbol and day."""

    by_day: Mapping[dt.date, Mapping[str, float]]

    def of(self, symbol: str, day: dt.date) -> Decimal:
        """Give a close in whole cents."""
        return Decimal(str(self.by_day[day][symbol])).quantize(Decimal("0.01"))

    def premium(self, strike: int, expiry: dt.date, day: dt.date) -> Decimal:
        """Give the model's value of a put on the index, in whole cents."""
        greeks = european_greeks(
            right=-1, spot=self.by_day[day]["SPX"], strike=strike, vol=VOL, time=(expiry - day).days / DAYS_PER_YEAR,
            rate=funds_rate(day), dividend_yield=DIVIDEND_YIELD,
        )  # fmt: skip
        return Decimal(str(float(greeks.value))).quantize(Decimal("0.01"))

    def future(self, day: dt.date, *, ends: dt.date | None = None) -> Decimal:
        """Give the model price of the front future, or of the one that ends on a day."""
        spot = self.by_day[day]["SPX"]
        if ends is None:
            return Decimal(str(model_future(spot, day)))
        fair = spot * math.exp((funds_rate(day) - DIVIDEND_YIELD) * (ends - day).days / DAYS_PER_YEAR)
        return Decimal(math.floor(fair * 4 + 0.5)) / 4


def closes() -> Closes:
    """Read the closes of the year."""
    frame = pl.read_parquet(sample.prices_path()).with_columns(pl.col("date").cast(pl.Date))
    year = frame.filter(pl.col("date") >= OPENS)
    return Closes(by_day={row["date"]: row for row in year.to_dicts()})


def trades(known: Closes) -> list[Row]:
    """Give the trades in the order of their days."""
    rows: list[dict[str, object]] = []
    for stated, symbol, quantity in SHARES:
        day = dt.date.fromisoformat(stated)
        rows.append({"date": day, "fact": "buy" if quantity > 0 else "sell", "symbol": symbol, "kind": "share",
                     "quantity": abs(quantity), "price": known.of(symbol, day), "fee": TICKET})  # fmt: skip
    for name, strike, expiry, day in ((*EXPIRED, BOUGHT), (*HELD, RENEWED)):
        rows.append({"date": day, "fact": "buy", "symbol": name, "kind": "option", "quantity": OPTIONS,
                     "price": known.premium(strike, expiry, day), "fee": TICKET, "underlying": "SPX", "right": "put",
                     "strike": strike, "expiry": expiry, "multiplier": PER_OPTION})  # fmt: skip
    rows.append({"date": EXPIRED[2], "fact": "expired", "symbol": EXPIRED[0], "quantity": OPTIONS})
    rows.append({"date": BOUGHT, "fact": "buy", "symbol": OLD_FUTURE, "kind": "future", "quantity": CONTRACTS,
                 "price": known.future(BOUGHT), "fee": TICKET, "underlying": "SPX", "expiry": OLD_ENDS,
                 "multiplier": MULTIPLIER})  # fmt: skip
    rows.append({"date": ROLLED, "fact": "roll", "symbol": OLD_FUTURE, "quantity": CONTRACTS,
                 "price": known.future(ROLLED, ends=OLD_ENDS), "fee": TICKET, "into": NEW_FUTURE,
                 "into_price": known.future(ROLLED)})  # fmt: skip
    rows.sort(key=lambda row: str(row["date"]))
    return [{"id": f"y{k:02}", "currency": "USD", **row} for k, row in enumerate(rows, start=1)]


def settlements(known: Closes) -> list[Row]:
    """Give the settlement price of the future on each evening that it was held."""
    rows: list[Row] = []
    for day in sorted(known.by_day):
        if day >= BOUGHT:
            old = day < ROLLED
            rows.append({"date": day, "fact": "settlement", "symbol": OLD_FUTURE if old else NEW_FUTURE,
                         "price": known.future(day)})  # fmt: skip
    return rows


def _portfolio() -> list[dict[str, str]]:
    with sample.portfolio_path().open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def held(known: Closes, traded: Iterable[Row], day: dt.date) -> list[Row]:
    """Give what was held on the evening of a day: the portfolio less what happened since."""
    rows: list[Row] = []
    option = HELD if day >= RENEWED else EXPIRED
    for row in _portfolio():
        quantity = Decimal(row["quantity"])
        if row["kind"] == "spot":
            quantity -= sum(q for on, name, q in SHARES if name == row["symbol"] and on > day.isoformat())
        elif row["kind"] == "cash":
            quantity -= _added(known, traded, day)
        elif day < BOUGHT:
            continue
        elif row["kind"] == "future":
            row |= {"symbol": OLD_FUTURE, "expiry": OLD_ENDS.isoformat()}
        else:
            row |= {"symbol": option[0], "strike": str(option[1]), "expiry": option[2].isoformat()}
        if quantity:
            rows.append({**row, "quantity": quantity})
    return rows


def _added(known: Closes, traded: Iterable[Row], since: dt.date) -> Decimal:
    """Give what was added to cash after a day: trades, their costs, the future's gains, dividends."""
    cash = Decimal(0)
    for row in traded:
        if row["date"] <= since:  # type: ignore[operator]
            continue
        cash -= Decimal(str(row.get("fee", 0)))
        size = {"share": 1, "option": PER_OPTION}.get(str(row.get("kind", "")), 0)
        if row["fact"] in {"buy", "sell"} and size:
            sign = -1 if row["fact"] == "buy" else 1
            cash += sign * size * Decimal(str(row["quantity"])) * Decimal(str(row["price"]))
    from_price = known.future(max(since, BOUGHT))
    last = max(known.by_day)
    gained = known.future(ROLLED, ends=OLD_ENDS) - from_price + known.future(last) - known.future(ROLLED)
    return cash + gained * CONTRACTS * MULTIPLIER + _paid(since)


def _paid(since: dt.date) -> Decimal:
    final = {row["symbol"]: int(row["quantity"]) for row in _portfolio()}
    money = Decimal(0)
    for day, symbol, each in DIVIDENDS:
        if day > since.isoformat():
            units = final[symbol] - sum(q for on, name, q in SHARES if name == symbol and on >= day)
            money += units * Decimal(each)
    return money


def dividends() -> list[Row]:
    """Give what was paid on shares."""
    return [
        {"id": f"d{k:02}", "date": day, "fact": "dividend", "symbol": symbol, "currency": "USD", "per_unit": each}
        for k, (day, symbol, each) in enumerate(DIVIDENDS, start=1)
    ]


def _table(rows: list[Row], columns: tuple[str, ...] | None = None) -> str:
    page = io.StringIO()
    writer = csv.DictWriter(page, columns or tuple(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return page.getvalue()


def files() -> Mapping[str, str]:
    """Give the text of every file of the year."""
    known = closes()
    traded = trades(known)
    return {
        **{f"{name}.csv": _table(held(known, traded, day)) for name, day in SNAPSHOTS.items()},
        "trades.csv": _table(traded, TRADE_COLUMNS),
        "dividends.csv": _table(dividends()),
        "settlements.csv": _table(settlements(known)),
    }


def main() -> None:
    """Write the files, or compare them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a file would change")
    check = parser.parse_args().check
    HOME.mkdir(exist_ok=True)
    for name, text in files().items():
        path = HOME / name
        if check and (not path.is_file() or path.read_text(encoding="utf-8") != text):
            raise SystemExit(f"{path.name} is not what the script makes; run it without --check")
        if not check:
            path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
