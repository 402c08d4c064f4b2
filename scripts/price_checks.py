"""Measure what the price checks catch and what they cost, and write the tables of docs/price-checks.md.

    python scripts/price_checks.py --panel sample       the bundled sample: needs no other data
    python scripts/price_checks.py --data ../shared/data              every panel, ten minutes
    python scripts/price_checks.py --data ../shared/data --write      put the tables into docs/price-checks.md

Splits and bad prints are planted into real prices, one in each history, on days drawn at random (seeded); what the
checks find is compared with what was planted. Then the real prices are read as they are: adjusted, said or not said,
and least squares after the checks is compared with least squares on the file itself. Splits that really happened are
looked for in raw closes. Figures of the two halves of the names, every other one by name, stand beside each other.
What another bar for suspicions would catch and cost is measured on a third of the draws.

What the data's own notes mark as wrong is left out return by return: checks and plain least squares lack the same ones.
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd
import polars as pl

from trimtab import sample
from trimtab.desk.moment.history import beta_history
from trimtab.errors import Reason
from trimtab.feeds.series.prices import read_prices
from trimtab.market.checks import splits
from trimtab.market.checks.jumps import judge_jumps
from trimtab.market.prices import PriceTable, code_of

PAGE = Path(__file__).parents[1] / "docs" / "price-checks.md"
START, END = "<!-- made by: python scripts/price_checks.py -->", "<!-- made -->"
#: Returns that the data's own notes mark as wrong. A history is cut there: what follows is another one.
DEFECTS = {
    "ANTM": ("2002-03-18",), "KSU": ("2000-07-13",), "TRMB": ("2007-02-23", "2007-02-26"),
    "ZBRA": ("2003-08-21", "2004-08-25"), "SO": ("2001-04-03",), "JCI": ("2007-07-02",), "LDOS": ("2013-09-30",),
    "HLT": ("2017-01-04",), "GNRC": ("2010-02-12",),
}  # fmt: skip
#: Closes that the source has at two thirds for one day, with high and low. Its notes do not name them, so they stay in
#: the panel; a row of the table leaves their windows out, in which it is plain least squares that is wrong.
MISPRINTS = {"CMCSA": "2004-08-02", "IRM": "2006-02-02"}
#: In the other file its 56 moves of more than 100% are marked as wrong. Up to the last of them BEL interleaves two
#: series, and VER, WETF and ERI are other companies under the same ticker.
MOST, OTHERS_BEFORE = 1.0, ("BEL", "VER", "WETF", "ERI")
#: Units after for units before.
SPLITS = {"2:1": 2.0, "3:2": 1.5, "10:1": 10.0, "1:8": 1 / 8}
SMALL = {(4, 3): 0.1, (5, 4): 0.1}
PRINTS = {"x 10": 10.0, "/ 10": 0.1, "x 100": 100.0, "x 2": 2.0, "/ 2": 0.5}
WINDOW, AHEAD = 252, 63
#: Histories with fewer prices get nothing planted.
LEAST = 60
#: Recorded ratios that are looked for in raw closes; smaller ones are no larger than bad news.
REAL_FROM = 1.45
#: Share of days with volume from which a window counts as one that trades.
TRADED = 0.99
NEAR = 0.02
#: Log odds from which a split is suspected, tried beside the bar in use.
BARS = (2.8, 3.3, 3.8, 4.3, 5.0, 6.0)
SEED = 2024


@dataclass(frozen=True, slots=True)
class Panel:
    """Real prices in the shape of a user's file: long, with a column that says adjusted, and the benchmark in it."""

    name: str
    frame: pl.DataFrame
    benchmark: str
    raw: pl.DataFrame | None = None

    @property
    def adjusted(self) -> PriceTable:
        """Read as the file says it."""
        return read_prices(self.frame)

    @property
    def unsaid(self) -> PriceTable:
        """Read with a header that does not say that the prices are adjusted."""
        return read_prices(self.frame.rename({"adj_close": "price"}))

    def half(self, which: int) -> "Panel":
        """Take every other name, by name; the benchmark is in both."""
        names = sorted(set(self.frame["ticker"].unique().to_list()) - {self.benchmark})
        kept = pl.col("ticker").is_in([*names[which::2], self.benchmark])
        return replace(self, frame=self.frame.filter(kept), raw=None if self.raw is None else self.raw.filter(kept))


def bundled() -> Panel:
    """Take 20 US shares and five funds, 1990 to 2022, from the bundled sample."""
    table = read_prices(sample.prices_path(), check=False)
    columns = {symbol: table.values[:, i] for i, symbol in enumerate(table.symbols)}  # noqa: PD011
    return Panel("sample", _long(pl.DataFrame({"date": table.dates.astype("datetime64[D]"), **columns})), "SPX")


def sp500(folder: Path) -> Panel:
    """Take S&P 500 members of April 2021, 1999 to 2017, with their raw closes, volumes and splits."""
    columns = ["ticker", "date", "adj_close", "close", "volume", "split"]
    rows = pl.read_parquet(folder / "us_equity_daily_sp500.parquet", columns=columns)
    # The blank ticker is AT&T.
    rows = rows.with_columns(pl.col("ticker").replace("", "T")).sort("ticker", "date")
    defect = pl.any_horizontal(
        (pl.col("ticker") == t) & (pl.col("date").cast(pl.Date).cast(pl.String) == d)
        for t, days in DEFECTS.items()
        for d in days
    )
    return _beside_spy("S&P 500 members", _cut(rows, defect), folder)


def gone(folder: Path) -> Panel:
    """Take small and failed companies whose tickers are gone, 1999 to 2017."""
    columns = ["ticker", "date", "adj_close", "close", "volume", "kind"]
    rows = pl.read_parquet(folder / "us_equity_daily_delisted_later_and_etf.parquet", columns=columns)
    rows = rows.filter(~pl.col("kind").str.contains("(?i)etf")).drop("kind").sort("ticker", "date")
    move = pl.col("adj_close") / pl.col("adj_close").shift(1).over("ticker") - 1.0
    rows = rows.with_columns(defect=(move > MOST).fill_null(value=False))
    to_come = pl.col("defect").cast(pl.Int32).reverse().cum_sum().reverse().over("ticker")
    rows = rows.filter(~(pl.col("ticker").is_in(OTHERS_BEFORE) & (to_come > pl.col("defect").cast(pl.Int32))))
    return _beside_spy("gone", _cut(rows, pl.col("defect")).drop("defect"), folder)


def _cut(rows: pl.DataFrame, defect: pl.Expr) -> pl.DataFrame:
    """Cut each history where a return is marked as wrong: the part after it is a history of its own, named A~1, A~2."""
    part = defect.cast(pl.Int32).cum_sum().over("ticker")
    name = pl.when(part > 0).then(pl.col("ticker") + "~" + part.cast(pl.String)).otherwise(pl.col("ticker"))
    return rows.with_columns(ticker=name)


def _beside_spy(name: str, rows: pl.DataFrame, folder: Path) -> Panel:
    spy = pl.read_parquet(folder / "spy_adjclose_pypfopt.parquet").filter(pl.col("date") >= rows["date"].min())
    spy = spy.select(pl.lit("SPY").alias("ticker"), "date", adj_close="SPY", close="SPY")
    both = pl.concat([rows, spy], how="diagonal_relaxed")
    return Panel(name, both.select("ticker", "date", "adj_close"), "SPY", raw=both.drop("adj_close"))


def _long(wide: pl.DataFrame) -> pl.DataFrame:
    long = wide.unpivot(index="date", variable_name="ticker", value_name="adj_close")
    return long.filter(pl.col("adj_close").is_not_nan()).select("ticker", "date", "adj_close")


def plant(
    table: PriceTable, benchmark: str, rng: np.random.Generator, spoil: Callable[[np.ndarray, int], None]
) -> tuple[PriceTable, list[tuple[int, int]]]:
    """Spoil each history once, on a day drawn at random, and say where; `spoil` changes the prices of one history."""
    values = table.values.copy()  # noqa: PD011
    planted = []
    for column, symbol in enumerate(table.symbols):
        rows = np.flatnonzero(~np.isnan(values[:, column]))
        if symbol == benchmark or rows.size < LEAST:
            continue
        at = int(rng.integers(1, rows.size - 1))
        prices = values[rows, column]
        spoil(prices, at)
        values[rows, column] = prices
        planted.append((int(rows[at]), column))
    return replace(table, values=values), planted


def caught_splits(panel: Panel, rounds: int, ratios: Mapping[str, float] = SPLITS) -> dict[str, tuple[int, int]]:
    """Plant each split; give (caught, planted) by ratio."""
    rng = np.random.default_rng(SEED)
    table = panel.unsaid
    found: dict[str, tuple[int, int]] = {}
    for name, ratio in ratios.items():
        hits = count = 0
        for _ in range(rounds):

            def spoil(prices: np.ndarray, at: int, ratio: float = ratio) -> None:
                prices[:at] *= ratio

            spoilt, planted = plant(table, panel.benchmark, rng, spoil)
            breaks = {tuple(b) for b in judge_jumps(spoilt, panel.benchmark).breaks.tolist()}
            hits += sum(cell in breaks for cell in planted)
            count += len(planted)
        found[name] = hits, count
    return found


def caught_prints(panel: Panel, rounds: int) -> dict[str, tuple[int, int]]:
    """Plant each bad print; give (caught, planted) by size."""
    rng = np.random.default_rng(SEED + 1)
    table = panel.unsaid
    bad = code_of(Reason.BAD_PRINT)
    found: dict[str, tuple[int, int]] = {}
    for name, factor in PRINTS.items():
        hits = count = 0
        for _ in range(rounds):

            def spoil(prices: np.ndarray, at: int, factor: float = factor) -> None:
                prices[at] *= factor

            spoilt, planted = plant(table, panel.benchmark, rng, spoil)
            why = judge_jumps(spoilt, panel.benchmark).why
            hits += sum(int(why[cell]) == bad for cell in planted)
            count += len(planted)
        found[name] = hits, count
    return found


@dataclass(frozen=True, slots=True)
class Cost:
    """What the checks set aside of real adjusted prices, and what follows for least squares."""

    cells: int
    jumps: int
    splits_if_unsaid: int
    repeats: int
    traded: int | None
    real_caught: tuple[int, int] | None
    real_false: int | None
    near: float
    near_but_misprints: float | None
    name_dates: int
    dearer: float
    liquid_near: float | None
    liquid_dearer: float | None


def cost(panel: Panel) -> Cost:
    """Read real prices, and compare 252-day least squares after the checks with plain least squares on the file."""
    read = panel.adjusted
    checked = judge_jumps(read, panel.benchmark)
    unsaid = judge_jumps(panel.unsaid, panel.benchmark)
    repeats = read.why == code_of(Reason.STALE)
    stale = int(repeats.sum())
    real_caught, real_false = _real_splits(panel)
    history = beta_history(read, benchmark=panel.benchmark, method=f"ols(window={WINDOW})", step="month-end").history
    betas = pd.DataFrame(history.beta, index=pd.to_datetime(history.dates), columns=list(history.symbols))
    plain, ahead = _plain(panel)
    plain, ahead = (f.reindex(index=betas.index, columns=betas.columns) for f in (plain, ahead))
    both = betas.notna() & plain.notna()
    both[panel.benchmark] = False
    judged = both & ahead.notna()
    traded = _traded_windows(panel)
    near, dearer = _compare(betas, plain, ahead, both, judged)
    apart = (None, None)
    if traded is not None:
        kept = traded.reindex(index=betas.index, columns=betas.columns) >= TRADED
        apart = _compare(betas, plain, ahead, both & kept, judged & kept)
    return Cost(
        cells=int((~np.isnan(read.values)).sum()) + stale,
        jumps=int((checked.why != read.why).sum()) + len(checked.suspected),
        splits_if_unsaid=len(unsaid.suspected),
        repeats=stale,
        traded=_traded(panel, read, repeats),
        real_caught=real_caught,
        real_false=real_false,
        near=near,
        near_but_misprints=_near_but_misprints(betas, plain, both),
        name_dates=int(both.to_numpy().sum()),
        dearer=dearer,
        liquid_near=apart[0],
        liquid_dearer=apart[1],
    )


def _compare(
    betas: pd.DataFrame, plain: pd.DataFrame, ahead: pd.DataFrame, both: pd.DataFrame, judged: pd.DataFrame
) -> tuple[float, float]:
    """Give the share of betas near plain ones, and by how much their forecasts' RMSE is larger."""
    near = float(((betas - plain).abs()[both] <= NEAR).to_numpy().sum() / both.to_numpy().sum())
    rmse = [float(np.sqrt(np.nanmean(((f - ahead)[judged]).to_numpy() ** 2))) for f in (betas, plain)]
    return near, rmse[0] / rmse[1] - 1.0


def _near_but_misprints(betas: pd.DataFrame, plain: pd.DataFrame, both: pd.DataFrame) -> float | None:
    """Leave out the windows that hold a misprint of the source; None if the panel has none of them."""
    kept = both.copy()
    for name, day in MISPRINTS.items():
        if name in kept.columns:
            since = (kept.index - pd.Timestamp(day)).days
            # 252 returns are no more than 370 days.
            kept.loc[(since >= 0) & (since <= 370), name] = False
    if kept.equals(both):
        return None
    return float(((betas - plain).abs()[kept] <= NEAR).to_numpy().sum() / kept.to_numpy().sum())


def _traded_windows(panel: Panel) -> pd.DataFrame | None:
    """Give the share of the last 252 days on which each name traded; None without volumes.

    Plain least squares is no yardstick elsewhere: a price that did not trade pulls it towards 0.
    """
    if panel.raw is None:
        return None
    wide = panel.raw.to_pandas().pivot_table(index="date", columns="ticker", values="volume", aggfunc="last")
    wide.index = pd.to_datetime(wide.index)
    return (wide > 0).where(wide.notna()).rolling(WINDOW, min_periods=LEAST).mean()


def _real_splits(panel: Panel) -> tuple[tuple[int, int] | None, int | None]:
    """Look for recorded splits in raw closes with volumes: (caught, recorded), and suspicions of what is not."""
    if panel.raw is None:
        return None, None
    checked = judge_jumps(read_prices(panel.raw.drop("split", strict=False)), panel.benchmark)
    suspected, known = _suspected(checked), _recorded(panel)
    large = {event for event, ratio in known.items() if max(ratio, 1 / ratio) >= REAL_FROM}
    return (len(large & suspected), len(large)) if known else None, _unrecorded(panel, checked)


def _unrecorded(panel: Panel, checked: PriceTable) -> int:
    """Count suspicions in raw closes of what is not recorded as a split."""
    return len(_suspected(checked) - _recorded(panel).keys())


def _suspected(checked: PriceTable) -> set[tuple[str, str]]:
    return {(checked.symbols[c], str(checked.dates[r])[:10]) for r, c in checked.suspected.tolist()}


def _recorded(panel: Panel) -> dict[tuple[str, str], float]:
    if panel.raw is None or "split" not in panel.raw.columns:
        return {}
    events = panel.raw.filter((pl.col("split") > 0) & (pl.col("split") != 1.0)).select("ticker", "date", "split")
    return {(name, str(day)[:10]): ratio for name, day, ratio in events.iter_rows()}


def _traded(panel: Panel, read: PriceTable, repeats: np.ndarray) -> int | None:
    """Count repeated prices on days with volume; None without volumes."""
    if panel.raw is None:
        return None
    volumes = read_prices(panel.raw.drop("split", strict=False), check=False).select(read.symbols)
    if volumes.volumes is None or not np.array_equal(volumes.dates, read.dates):
        return None
    return int((repeats & (np.nan_to_num(volumes.volumes) > 0)).sum())


def _plain(panel: Panel) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give plain least squares on the file by pandas: of the last 252 returns, and of the 63 that follow."""
    wide = panel.frame.to_pandas().pivot_table(index="date", columns="ticker", values="adj_close")
    wide.index = pd.to_datetime(wide.index)
    wide = wide[wide[panel.benchmark].notna()]
    market = wide[panel.benchmark]

    def slope(window: int) -> pd.DataFrame:
        found = {}
        for name in wide.columns:
            # Prices are joined first: a day that one of the two lacks is spanned by both.
            pair = pd.concat([wide[name], market], axis=1, keys=["a", "m"]).dropna().pct_change().dropna()
            found[name] = pair["a"].rolling(window).cov(pair["m"]) / pair["m"].rolling(window).var()
        return pd.DataFrame(found).reindex(wide.index)

    return slope(WINDOW), slope(AHEAD).shift(-AHEAD)


def markdown(panel: Panel, rounds: int) -> str:
    """Write the tables of one panel: all names, and both halves of them."""
    shown = [panel, panel.half(0), panel.half(1)]
    caught = [{**caught_splits(p, rounds), "": (0, 0), **caught_prints(p, rounds)} for p in shown]
    names = list(caught[0])
    at = names.index("")
    lines = [
        f"### {panel.name}",
        "",
        "| planted | caught | of | share | first half | second half |",
        "|---|---|---|---|---|---|",
        *(_planted(f"split {n}", [c[n] for c in caught]) for n in names[:at]),
        _planted("**all splits**", [_total(c, names[:at]) for c in caught]),
        *(_planted(f"bad print {n}", [c[n] for c in caught]) for n in names[at + 1 :]),
        _planted("**all bad prints**", [_total(c, names[at + 1 :]) for c in caught]),
        "",
        "| real prices | all | first half | second half |",
        "|---|---|---|---|",
    ]
    costs = [cost(p) for p in shown]
    rows: list[tuple[str, Callable[[Cost], str | None]]] = [
        ("cells", lambda c: f"{c.cells:,}"),
        ("set aside as jumps, header says adjusted, in 100,000", lambda c: _rate(c.jumps, c)),
        ("suspected splits, header silent, no volumes, in 100,000", lambda c: _rate(c.splits_if_unsaid, c)),
        ("recorded splits of 3:2 and more found in raw closes with volumes",
         lambda c: None if c.real_caught is None else "{:,} of {:,}".format(*c.real_caught)),
        ("suspected there where none is recorded, in 100,000",
         lambda c: None if c.real_false is None else _rate(c.real_false, c)),
        ("repeated prices taken as no trade, no volumes, in 100,000", lambda c: _rate(c.repeats, c)),
        ("of them days that did trade, in 100,000", lambda c: None if c.traded is None else _rate(c.traded, c)),
        (f"252-day least squares within {NEAR} of plain least squares", lambda c: f"{c.near:.3%}"),
        ("the same without two misprints of the source",
         lambda c: None if c.near_but_misprints is None else f"{c.near_but_misprints:.3%}"),
        ("name-dates", lambda c: f"{c.name_dates:,}"),
        ("forecast RMSE of least squares, 63 days, against plain", lambda c: f"{c.dearer:+.3%}"),
        (f"within {NEAR}, where it traded on {TRADED:.0%} of the {WINDOW} days",
         lambda c: None if c.liquid_near is None else f"{c.liquid_near:.3%}"),
        ("forecast RMSE of those against plain",
         lambda c: None if c.liquid_dearer is None else f"{c.liquid_dearer:+.3%}"),
    ]  # fmt: skip
    for name, show in rows:
        cells = [show(c) for c in costs]
        if cells[0] is not None:
            lines.append(f"| {name} | {' | '.join('-' if c is None else c for c in cells)} |")
    return "\n".join([*lines, "", curve(panel, max(1, rounds // 3)), ""])


def curve(panel: Panel, rounds: int) -> str:
    """Show what a lower or higher bar for a suspicion would catch and cost; the bar in use stands in bold."""
    volumes = None if panel.raw is None else read_prices(panel.raw.drop("split", strict=False))
    lines = [
        "| log odds asked for | splits caught | of them 3:2 | suspected of real prices, no volumes, in 100,000 "
        "| in raw closes with volumes |",
        "|---|---|---|---|---|",
    ]
    used = splits._ODDS  # noqa: SLF001 - a trial of other bars
    for bar in BARS:
        with mock.patch.object(splits, "_ODDS", bar):
            caught = caught_splits(panel, rounds)
            unsaid = judge_jumps(panel.unsaid, panel.benchmark)
            beside = None if volumes is None else judge_jumps(volumes, panel.benchmark)
        cells = 1e5 / int((~np.isnan(unsaid.values)).sum())
        hits, count = _total(caught, list(SPLITS))
        bold = "**" if bar == used else ""
        with_volumes = "-" if beside is None else f"{_unrecorded(panel, beside) * cells:.1f}"
        lines.append(
            f"| {bold}{bar}{bold} | {hits / count:.1%} | {caught['3:2'][0] / caught['3:2'][1]:.1%} "
            f"| {len(unsaid.suspected) * cells:.1f} | {with_volumes} |"
        )
    return "\n".join([*lines, ""])


def _rate(count: int, found: Cost) -> str:
    return f"{count:,} ({1e5 * count / found.cells:.2f})"


def _total(found: dict[str, tuple[int, int]], names: list[str]) -> tuple[int, int]:
    return sum(found[n][0] for n in names), sum(found[n][1] for n in names)


def _planted(name: str, found: list[tuple[int, int]]) -> str:
    whole = found[0]
    return f"| {name} | {whole[0]:,} | {whole[1]:,} | {' | '.join(f'{a / b:.2%}' for a, b in found)} |"


def small_ratios(panel: Panel) -> str:
    """Try what looking for 4:3 and 5:4 as well would catch, and what it would suspect of real prices."""
    before = len(judge_jumps(panel.unsaid, panel.benchmark).suspected)
    with mock.patch.dict(splits._FORWARD, SMALL):  # noqa: SLF001 - a trial of what the checks leave alone
        ratios = {"4:3": 4 / 3, "5:4": 5 / 4}
        caught = caught_splits(panel, 1, ratios)
        checked = judge_jumps(panel.unsaid, panel.benchmark)
    cells = 1e5 / int((~np.isnan(checked.values)).sum())
    found = ", ".join(f"{n} {a / b:.1%}" for n, (a, b) in caught.items())
    return f"{panel.name}: {found}; suspected {before * cells:.1f} -> {len(checked.suspected) * cells:.1f} in 100,000"


def main() -> int:
    """Print the tables, or put them into the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the Parquet files")
    parser.add_argument("--panel", default="all", choices=["all", "sample", "sp500", "gone"], help="all, or one")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/price-checks.md")
    parser.add_argument("--small", action="store_true", help="try 4:3 and 5:4 instead")
    given = parser.parse_args()
    shared: dict[str, tuple[Callable[[Path], Panel], int]] = {"sp500": (sp500, 3), "gone": (gone, 6)}
    wanted = list(shared) if given.panel == "all" else [n for n in shared if n == given.panel]
    if wanted and not given.data.is_dir():
        sys.exit(f"no folder {given.data}: give the folder of the Parquet files with --data")
    if given.small:
        for read in (bundled, *(lambda n=n: shared[n][0](given.data) for n in wanted)):
            print(small_ratios(read()))
        return 0
    parts = [markdown(bundled(), 20)] if given.panel in {"all", "sample"} else []
    parts += [markdown(shared[n][0](given.data), shared[n][1]) for n in wanted]
    tables = "\n".join(parts)
    if not given.write:
        sys.stdout.write(tables)
        return 0
    page = PAGE.read_text(encoding="utf-8")
    head, tail = page.partition(START)[0], page.partition(END)[2]
    PAGE.write_text(f"{head}{START}\n\n{tables}\n{END}{tail}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
