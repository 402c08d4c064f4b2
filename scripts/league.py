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
from trimtab.desk.moment.validate import validate
from trimtab.feeds.series.prices import read_prices
from trimtab.market.prices import PriceTable, as_cells

BENCHMARK = "SPY"
#: Returns that the data's own notes mark as defects of the source; no other return is touched.
DEFECTS = (
    ("ANTM", "2002-03-18"),
    ("KSU", "2000-07-13"),
    ("TRMB", "2007-02-23"),
    ("TRMB", "2007-02-26"),
)
#: BEL interleaves two price series in 2000; VER and WETF hold shell companies that moved up to 2,300-fold at once.
BROKEN = ("BEL", "VER", "WETF")


def sp500(folder: Path) -> PriceTable:
    """Take S&P 500 members of April 2021, November 1999 to December 2017, against SPY with dividends from 1993."""
    return _read(_members(folder))


def gone(folder: Path) -> PriceTable:
    """Take shares that later disappeared or were renamed: another universe than the one the recipe was found on."""
    return read_prices(gone_rows(folder))


def gone_rows(folder: Path) -> pl.DataFrame:
    """Give shares that later disappeared and SPY in the shape of a user's long file."""
    shares = pl.read_parquet(
        folder / "us_equity_daily_delisted_later_and_etf.parquet", columns=["ticker", "date", "adj_close", "kind"]
    )
    # Funds are not shares; the histories in BROKEN hold other securities than their tickers say.
    shares = shares.filter(~pl.col("kind").str.contains("(?i)etf") & ~pl.col("ticker").is_in(BROKEN))
    return _beside_spy(shares, folder)


def first_half(folder: Path) -> PriceTable:
    """Take the main panel until the end of 2008."""
    return _read(_members(folder).filter(pl.col("date").dt.year() < 2009))


def second_half(folder: Path) -> PriceTable:
    """Take the main panel from 2009 on, as if nothing had been known before."""
    return _read(_members(folder).filter(pl.col("date").dt.year() >= 2009))


def dozen(folder: Path) -> PriceTable:
    """Take twelve shares, every fortieth by name: too few for a universe's own prior."""
    rows = _members(folder)
    names = sorted(set(rows["ticker"].unique().to_list()) - {BENCHMARK})[::40][:12]
    return _read(rows.filter(pl.col("ticker").is_in([BENCHMARK, *names])))


def one(folder: Path) -> PriceTable:
    """Take one share."""
    return _read(_members(folder).filter(pl.col("ticker").is_in([BENCHMARK, "AAPL"])))


def weekly(folder: Path) -> PriceTable:
    """Take the main panel at the last price of each week."""
    return _read(_at_ends(_members(folder), "1w"))


def monthly(folder: Path) -> PriceTable:
    """Take the main panel at the last price of each month."""
    return _read(_at_ends(_members(folder), "1mo"))


def crypto(folder: Path) -> PriceTable:
    """Take two coins against BTC, seven days a week, June 2017 to January 2020."""
    coins = pl.read_parquet(folder / "crypto_daily_licensed.parquet").filter(pl.col("venue") == "bitstamp")
    return read_prices(coins.select("symbol", "date", "close"))


def bundled(folder: Path) -> PriceTable:  # noqa: ARG001 - every panel is read the same way
    """Take the sample that comes with trimtab: 20 US shares and five funds against the S&P 500, 1990 to 2022."""
    return read_prices(sample.prices_path())


def sixty_days(folder: Path) -> PriceTable:
    """Take the last sixty days of the main panel."""
    rows = _members(folder)
    return _read(rows.filter(pl.col("date") >= rows["date"].unique().sort()[-60]))


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


def _members(folder: Path) -> pl.DataFrame:
    """Give S&P 500 members and SPY in the shape of a user's long file."""
    shares = pl.read_parquet(folder / "us_equity_daily_sp500.parquet", columns=["ticker", "date", "adj_close"])
    # The blank ticker is AT&T.
    return _beside_spy(shares.with_columns(pl.col("ticker").replace("", "T")), folder)


def _beside_spy(shares: pl.DataFrame, folder: Path) -> pl.DataFrame:
    spy = pl.read_parquet(folder / "spy_adjclose_pypfopt.parquet")
    spy = spy.select(pl.lit(BENCHMARK).alias("ticker"), "date", adj_close="SPY")
    return pl.concat([shares.select("ticker", "date", "adj_close"), spy], how="vertical_relaxed")


def _read(rows: pl.DataFrame) -> PriceTable:
    """Read as a user's file is read, checks included; no return crosses what the source got wrong."""
    table = read_prices(rows)
    days = table.dates.astype("datetime64[D]")
    breaks = [
        (int(np.searchsorted(days, np.datetime64(day))), table.column(ticker))
        for ticker, day in DEFECTS
        if ticker in table and days[0] < np.datetime64(day) <= days[-1]
    ]
    return replace(table, breaks=as_cells(breaks))


def _at_ends(rows: pl.DataFrame, every: str) -> pl.DataFrame:
    """Keep the last day of each period on which anything has a price."""
    last = rows.select("date").unique().group_by(pl.col("date").dt.truncate(every).alias("period")).agg(pl.max("date"))
    return rows.join(last.select("date"), on="date", how="semi")


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
    parser.add_argument("--days", type=int, help="this horizon alone")
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
        if given.days is not None:
            options = {**options, "horizons": (given.days,)}
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
