"""Hold the league on real panels and write its tables as Markdown: the evidence behind the default estimator.

    python scripts/league.py --panel sample                         the bundled sample: needs no other data
    python scripts/league.py --data ../shared/data                  the main panel, about a minute
    python scripts/league.py --data ../shared/data --panel all      every panel of docs/league.md, some minutes
    python scripts/league.py --data ../shared/data --methods two-speed,huber,bloomberg
    python scripts/league.py --data ../shared/data --panel all --methods two-speed --brief    a line each

The data folder holds Parquet files of daily prices (see the table in docs/league.md); nothing is downloaded.
"""

import argparse
import math
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from trimtab import sample
from trimtab.beta.validation.league import League
from trimtab.beta.validation.score import Score
from trimtab.desk.validate import validate
from trimtab.feeds.prices import read_prices
from trimtab.market.prices import PriceTable

BENCHMARK = "SPY"
#: Returns that the data's own notes mark as defects of the source; no other return is touched.
DEFECTS = (
    ("ANTM", "2002-03-18"),
    ("KSU", "2000-07-13"),
    ("TRMB", "2007-02-23"),
    ("TRMB", "2007-02-26"),
)
#: BEL interleaves two price series in 2000; VER and WETF hold shell companies that moved up to 508-fold in a day.
BROKEN = ("BEL", "VER", "WETF")


def sp500(folder: Path) -> PriceTable:
    """Take S&P 500 members of April 2021, November 1999 to December 2017, against SPY with dividends from 1993."""
    shares = pl.read_parquet(folder / "us_equity_daily_sp500.parquet", columns=["ticker", "date", "adj_close"])
    # The blank ticker is AT&T.
    shares = shares.with_columns(pl.col("ticker").replace("", "T"))
    return _beside_spy(shares, folder, DEFECTS)


def gone(folder: Path) -> PriceTable:
    """Take shares that later disappeared or were renamed: another universe than the one the recipe was found on."""
    shares = pl.read_parquet(
        folder / "us_equity_daily_delisted_later_and_etf.parquet", columns=["ticker", "date", "adj_close", "kind"]
    )
    # Funds are not shares; the histories in BROKEN hold other securities than their tickers say.
    shares = shares.filter(~pl.col("kind").str.contains("(?i)etf") & ~pl.col("ticker").is_in(BROKEN))
    spy = pl.read_parquet(folder / "spy_adjclose_pypfopt.parquet").rename({"SPY": "adj_close"})
    spy = spy.select(pl.lit(BENCHMARK).alias("ticker"), "date", "adj_close")
    return read_prices(pl.concat([shares.drop("kind"), spy], how="vertical_relaxed"))


def first_half(folder: Path) -> PriceTable:
    """Take the main panel until the end of 2008."""
    return sp500(folder).until("2008-12-31")


def second_half(folder: Path) -> PriceTable:
    """Take the main panel from 2009 on, as if nothing had been known before."""
    return _rows(sp500(folder), slice(int(np.searchsorted(sp500(folder).dates, np.datetime64("2009-01-01"))), None))


def dozen(folder: Path) -> PriceTable:
    """Take twelve shares, every fortieth by name: too few for a universe's own prior."""
    table = sp500(folder)
    return table.select((BENCHMARK, *sorted(s for s in table.symbols if s != BENCHMARK)[::40][:12]))


def one(folder: Path) -> PriceTable:
    """Take one share."""
    return sp500(folder).select((BENCHMARK, "AAPL"))


def weekly(folder: Path) -> PriceTable:
    """Take the main panel at the last price of each week."""
    table = sp500(folder)
    return _at_ends(table, (table.dates.astype("datetime64[D]").astype(np.int64) + 3) // 7)


def monthly(folder: Path) -> PriceTable:
    """Take the main panel at the last price of each month."""
    table = sp500(folder)
    return _at_ends(table, table.dates.astype("datetime64[M]").astype(np.int64))


def crypto(folder: Path) -> PriceTable:
    """Take two coins against BTC, seven days a week, June 2017 to January 2020."""
    coins = pl.read_parquet(folder / "crypto_daily_licensed.parquet").filter(pl.col("venue") == "bitstamp")
    wide = coins.pivot(on="symbol", index="date", values="close").sort("date")
    dates = wide["date"].to_numpy().astype("datetime64[s]")
    return PriceTable.of({s: wide[s].to_numpy().astype(float) for s in wide.columns[1:]}, dates=dates)


def bundled(folder: Path) -> PriceTable:  # noqa: ARG001 - every panel is read the same way
    """Take the sample that comes with trimtab: 20 US shares and five funds against the S&P 500, 1990 to 2022."""
    return read_prices(sample.prices_path())


def sixty_days(folder: Path) -> PriceTable:
    """Take the last sixty days of the main panel."""
    return _rows(sp500(folder), slice(-60, None))


PANELS: dict[str, tuple[Callable[[Path], PriceTable], str, dict[str, object]]] = {
    "sp500": (sp500, BENCHMARK, {}),
    "gone": (gone, BENCHMARK, {}),
    "first-half": (first_half, BENCHMARK, {}),
    "second-half": (second_half, BENCHMARK, {}),
    "dozen": (dozen, BENCHMARK, {}),
    "one": (one, BENCHMARK, {}),
    "weekly": (weekly, BENCHMARK, {"horizons": (63, 252)}),
    "monthly": (monthly, BENCHMARK, {"horizons": (252,)}),
    "sample": (bundled, "SPX", {}),
    "crypto": (crypto, "BTCUSD", {"min_obs": 126, "horizons": (21, 63)}),
    "sixty-days": (sixty_days, BENCHMARK, {}),
}


def _beside_spy(shares: pl.DataFrame, folder: Path, defects: tuple[tuple[str, str], ...]) -> PriceTable:
    """Read shares and SPY as a user's file is read, checks included; mark the returns that the source got wrong."""
    spy = pl.read_parquet(folder / "spy_adjclose_pypfopt.parquet").rename({"SPY": "adj_close"})
    spy = spy.select(pl.lit(BENCHMARK).alias("ticker"), "date", "adj_close")
    table = read_prices(pl.concat([shares.select("ticker", "date", "adj_close"), spy], how="vertical_relaxed"))
    rows = [int(np.flatnonzero(table.dates == np.datetime64(day, "s"))[0]) for _, day in defects]
    columns = [table.column(ticker) for ticker, _ in defects]
    return _with_breaks(table, np.column_stack([rows, columns]))


def _with_breaks(table: PriceTable, breaks: np.ndarray) -> PriceTable:
    return replace(table, breaks=breaks.astype(np.intp).reshape(-1, 2))


def _at_ends(table: PriceTable, period: np.ndarray) -> PriceTable:
    """Keep the last row of each period; a period with a defective return in it goes without a price."""
    last = np.flatnonzero(np.append(period[1:] != period[:-1], True))
    values = np.array(table.values)
    for row, column in table.breaks.tolist():
        values[last[np.searchsorted(last, row)], column] = np.nan
    return PriceTable.of({s: values[last, i] for i, s in enumerate(table.symbols)}, dates=table.dates[last])


def _rows(table: PriceTable, rows: slice) -> PriceTable:
    start = rows.indices(len(table.dates))[0]
    cut = PriceTable.of({s: table.values[rows, i] for i, s in enumerate(table.symbols)}, dates=table.dates[rows])
    return _with_breaks(cut, table.breaks[table.breaks[:, 0] >= start] - [start, 0])


def brief(leagues: dict[str, League], methods: list[str]) -> str:
    """Write one line per panel and horizon: noise-corrected errors of all, and the first method's gains."""
    players = [*methods, *(m for m in ("welch|vasicek", "ols") if m not in methods)]
    heads = ["panel", "days", *(m.replace("|", "\\|") for m in players), "gain on ols, %", "gain on welch\\|vasicek, %"]
    lines = [f"| {' | '.join([*heads, 'slope', '90%'])} |", "|---" * (len(heads) + 2) + "|"]
    for panel, league in leagues.items():
        for verdict in league.verdicts:
            first = league.score(methods[0], verdict.days)
            cells = [
                panel,
                str(verdict.days),
                *(f"{league.score(m, verdict.days).rmse_corrected:.4f}" for m in players),
                _pm(100 * first.gain_ols, 100 * first.gain_ols_error, 1),
                _pm(100 * first.gain_shrunk, 100 * first.gain_shrunk_error, 1),
                _pm(first.slope, first.slope_error, 2),
                f"{first.coverage:.3f}",
            ]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def markdown(league: League, days: int | None = None) -> str:
    """Write one table per horizon, or that of one."""
    lines = []
    for verdict in (v for v in league.verdicts if days in (None, v.days)):
        scores = [s for s in league.scores if s.days == verdict.days]
        lines += [
            f"\n**{verdict.days} days**",
            "",
            "| method | RMSE / noise-corrected | gain on ols, % | gain on welch\\|vasicek, % | bias | slope | 90% |"
            " high-low | removed | name-dates |",
            "|---|---|---|---|---|---|---|---|---|---|",
            *(_row(s) for s in scores),
            "",
            verdict.text,
        ]
    notes = [f"- {n}" for n in league.notes]
    return "\n".join([*lines, "", f"_{league.recommendation.text}_", "", *notes, ""])


def _row(s: Score) -> str:
    name = s.method.replace("|", "\\|") + ("" if s.ranked else f" (own sample, {s.answered:.0%})")
    cells = [
        name,
        f"{s.rmse:.4f} / {s.rmse_corrected:.4f}",
        _pm(100 * s.gain_ols, 100 * s.gain_ols_error, 1),
        _pm(100 * s.gain_shrunk, 100 * s.gain_shrunk_error, 1),
        f"{s.bias:+.3f}",
        _pm(s.slope, s.slope_error, 2),
        f"{s.coverage:.3f}",
        _pm(s.high_low, s.high_low_error, 2),
        "-" if math.isnan(s.removed) else f"{s.removed:.3f}",
        f"{s.n_forecasts:,}",
    ]
    return "| " + " | ".join(cells) + " |"


def _pm(value: float, error: float, digits: int) -> str:
    if math.isnan(value):
        return "-"
    return f"{value:.{digits}f}" + (f" ± {error:.{digits}f}" if math.isfinite(error) and error > 0 else "")


def _day(stamp: np.datetime64 | None) -> str:
    return "-" if stamp is None else str(stamp.astype("datetime64[D]"))


def main() -> None:
    """Hold the league on the panels asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the Parquet files")
    parser.add_argument("--panel", default="sp500", help=f"all, or some of {', '.join(PANELS)}, separated by commas")
    parser.add_argument("--methods", help="methods separated by commas; by default the league's own field")
    parser.add_argument("--days", type=int, help="the table of this horizon alone")
    parser.add_argument("--brief", action="store_true", help="one line for each panel and horizon")
    given = parser.parse_args()
    if given.panel != "sample" and not given.data.is_dir():
        sys.exit(f"no folder {given.data}: give the folder of the Parquet files with --data")
    names = list(PANELS) if given.panel == "all" else given.panel.split(",")
    methods = given.methods.split(",") if given.methods else None
    leagues: dict[str, League] = {}
    for name in names:
        read, benchmark, options = PANELS[name]
        started = time.perf_counter()
        league = validate(read(given.data), benchmark=benchmark, methods=methods, **options)  # type: ignore[arg-type]
        print(f"{name}: {time.perf_counter() - started:.0f} s", file=sys.stderr)
        leagues[name] = league
        if given.brief:
            continue
        print(f"#### {name}\n\n{(read.__doc__ or '').strip()}")
        print(f"{league.n_assets} assets, forecasts {_day(league.first)} to {_day(league.last)}.")
        print(markdown(league, given.days), flush=True)
    if given.brief:
        print(brief(leagues, methods or ["auto"]))


if __name__ == "__main__":
    main()
