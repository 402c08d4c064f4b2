"""Make examples/mixed: a small book of every kind of instrument, with invented prices.

The prices are drawn with a fixed seed from a market with known betas, so that the example is the same on every machine.
They are not real prices, and the files say so.
"""

import csv
from datetime import date, timedelta
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parents[1] / "examples" / "mixed"
LAST = date(2026, 11, 20)
DAYS = 500
#: Symbol: (last price, beta to SPX, residual volatility per day).
ASSETS = {
    "SPX": (6500.0, 1.0, 0.0),
    "AAPL": (240.0, 1.2, 0.010),
    "SAP": (210.0, 0.9, 0.012),
    "VOD": (78.0, 0.6, 0.011),
    "SSO": (110.0, 2.0, 0.002),
    "GLOBAL": (55.0, 0.8, 0.003),
    "ES": (6535.0, 1.0, 0.0005),
    "BTC": (90_000.0, 1.4, 0.018),
    "ETH": (3_000.0, 1.7, 0.020),
}
BOOK = """\
symbol,kind,quantity,currency,multiplier,expiry,underlying,right,strike,exercise,premium,payoff,settlement,entry,bid,ask,vol,rate,leverage,quotation
AAPL,share,500,USD,,,,,,,,,,,,,,,,
SAP,share,400,EUR,,,,,,,,,,,,,,,,
VOD,share,20000,GBP,,,,,,,,,,,,,,,,pence
SSO,fund,300,USD,,,,,,,,,,,,,,,2,
GLOBAL,fund,1000,USD,,,,,,,,,,,,,,,,
ESZ6,future,-1,USD,,2026-12-18,,,,,,,,,,,,,,
SPX 6200P Mar27,option,3,USD,100,2027-03-19,SPX,put,6200,european,money,,,,118.0,121.0,,0.038,,
AAPL 260C Jan27,option,-5,USD,100,2027-01-15,AAPL,call,260,american,money,,,,,,0.27,0.038,,
BTC 100000C Dec26,option,2,USD,1,2026-12-25,BTC,call,100000,european,coin,,,,,,0.55,,,
BTC-PERP,perpetual,-40000,USD,1,,BTC,,,,,inverse,BTC,92000,,,,,,
ETH-QUANTO,perpetual,200,USD,0.000001,,ETH,,,,,quanto,BTC,3050,,,,,,
BTC,cash,1.5,BTC,,,,,,,,,,,,,,,,
EUR,cash,25000,EUR,,,,,,,,,,,,,,,,
USD,cash,60000,USD,,,,,,,,,,,,,,,,
"""
FUNDS = "fund,symbol,weight\nGLOBAL,AAPL,0.25\nGLOBAL,SAP,0.15\nGLOBAL,SPX,0.40\n"


def main() -> None:
    """Write the files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(20261120)
    days = business_days()
    market = rng.normal(0.0003, 0.009, len(days) - 1)
    columns = {name: path(last, beta * market + noise * rng.standard_normal(len(market)))
               for name, (last, beta, noise) in ASSETS.items()}  # fmt: skip
    write("prices.csv", days, columns)
    euro = path(1.15, 0.2 * market + 0.004 * rng.standard_normal(len(market)))
    pound = path(1.31, 0.2 * market + 0.004 * rng.standard_normal(len(market)))
    write("fx.csv", days, {"EURUSD": euro, "GBPUSD": pound})
    (FOLDER / "book.csv").write_text(BOOK)
    (FOLDER / "funds.csv").write_text(FUNDS)


def business_days() -> list[date]:
    """Give the weekdays that end on the last one."""
    days: list[date] = []
    day = LAST
    while len(days) < DAYS:
        if day.weekday() < 5:
            days.append(day)
        day -= timedelta(days=1)
    return days[::-1]


def path(last: float, returns: np.ndarray) -> np.ndarray:
    """Make prices that end at `last`."""
    levels = np.concatenate([[1.0], np.cumprod(1.0 + returns)])
    return levels / levels[-1] * last


def write(name: str, days: list[date], columns: dict[str, np.ndarray]) -> None:
    """Write one wide table."""
    with (FOLDER / name).open("w", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["date", *columns])
        for i, day in enumerate(days):
            writer.writerow([day.isoformat(), *(f"{c[i]:.6g}" for c in columns.values())])


if __name__ == "__main__":
    main()
