"""Draw what each estimator makes of one real series: AAPL's beta to the S&P 500 month by month, beside least squares.

    python scripts/estimator_pictures.py          draw all into docs/pictures (`make pictures`)
    python scripts/estimator_pictures.py ols lad  draw those

Each point is what the method said at that month's end, with data up to it; the shade is its own 95% interval.
"""

import argparse
import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl

import trimtab as tt
from trimtab import sample
from trimtab.report.charts.marks.frame import Picture
from trimtab.report.charts.marks.lines import Curve, lines
from trimtab.report.charts.render import svg_by_itself
from trimtab.stats.normal import normal_quantile

HOME = Path(__file__).parents[1] / "docs" / "pictures"
#: Page of docs/estimators and the method that is drawn.
METHODS = {
    "adjusted": "ols|adjusted", "auto": "auto", "blume": "ols|blume", "dcc": "dcc", "dimson": "dimson",
    "double": "ols|double", "downside": "downside", "ewma": "ewma", "frazzini-pedersen": "frazzini-pedersen",
    "frequency": "weekly|ols(window=104)", "huber": "huber", "kalman": "kalman", "lad": "lad", "mixture": "mixture",
    "ols": "ols(errors=robust)", "scholes-williams": "scholes-williams", "theil-sen": "theil-sen",
    "two-speed": "two-speed", "vasicek": "ols|vasicek", "vendors": "bloomberg", "welch": "welch",
}  # fmt: skip
ASSET, SINCE, SHOWN = "AAPL", dt.date(2012, 12, 31), np.datetime64("2016-01-01")
#: Methods that ask what other assets do; the others are given the one series alone, which takes a tenth of the time.
WITH_OTHERS = ("auto", "double", "mixture", "two-speed", "vasicek")
SHARES = ("AAPL", "AMD", "BAC", "CVX", "GE", "HD", "JNJ", "JPM", "KO", "MSFT", "PFE", "PG", "WMT", "XOM")


def history(method: str, *, with_others: bool) -> tt.BetaHistory:
    """Give the betas of the months' ends."""
    names = SHARES if with_others else (ASSET,)
    table = pl.read_parquet(sample.prices_path()).filter(pl.col("date") >= SINCE).select("date", "SPX", *names)
    return tt.beta_history(table, benchmark="SPX", method=method, step="month-end")


def picture(page: str, plain: tt.BetaHistory) -> Picture:
    """Draw one method beside least squares over a year."""
    made = history(METHODS[page], with_others=page in WITH_OTHERS)
    rows = made.dates >= SHOWN
    column = made.column(ASSET)
    beta, error = made.beta[rows, column], made.stderr[rows, column]
    wide = normal_quantile(0.975) * error
    beside = plain.beta[plain.dates >= SHOWN, plain.column(ASSET)]
    curves = [Curve(name=page, values=beta, low=beta - wide, high=beta + wide)]
    if page != "ols":
        curves.append(Curve(name="ols", values=beside))
    apart = f"; plain least squares says {beside[-1]:.2f}" if page != "ols" else ""
    finding = (
        f"{METHODS[page]} says {beta[-1]:.2f} ± {error[-1]:.2f} at the end of 2022{apart}. Since 2016 it went from"
        f" {np.nanmin(beta):.2f} to {np.nanmax(beta):.2f}, and {np.nanmean(np.abs(np.diff(beta))):.3f} a month."
    )
    return Picture(
        name=page,
        title=f"Beta of {ASSET} to the S&P 500 by {page}",
        finding=finding,
        draw=lambda ink: lines(made.dates[rows], curves, titles=("", "beta"), ink=ink),
    )


def main() -> None:
    """Draw the pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("pages", nargs="*", choices=[[], *METHODS], default=[], help="which; all by default")
    plain = history("ols", with_others=False)
    for page in parser.parse_args().pages or METHODS:
        drawn = picture(page, plain)
        (HOME / f"estimator-{page}.svg").write_text(svg_by_itself(drawn), encoding="utf-8")
        print(f"estimator-{page}.svg: {drawn.finding}", flush=True)


if __name__ == "__main__":
    main()
