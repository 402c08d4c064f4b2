"""Make a small desk with one answer of each kind, and pack it: a kept journal, which later code must replay.

Run it with the code of the version that is to be kept, once, and never again for that version:

    PYTHONPATH=path/to/that/version/src python scripts/build_kept_desk.py tests/kept/desk-0001.tar.gz
    PYTHONPATH=path/to/that/version/src python scripts/build_kept_desk.py tests/kept/desk-0002.tar.gz lived

The prices are a cut of the bundled sample and a series and a currency that are made up here; the book is invented.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl

from trimtab import sample
from trimtab.desk.questions.drift import DriftQuestion
from trimtab.desk.questions.groups.limits import OptionWords
from trimtab.desk.questions.groups.mandate import MandateTerms
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.desk.questions.performance import PerformanceQuestion
from trimtab.desk.questions.plan import PlanQuestion, WaysQuestion
from trimtab.desk.questions.review import ReviewQuestion
from trimtab.desk.questions.stress import RiskQuestion
from trimtab.desk.questions.targets import SeveralTargets, TargetsQuestion
from trimtab.python.desk import Desk
from trimtab.store.backup import back_up
from trimtab.wiring.importing import import_files

SYMBOLS = ("SPX", "AAPL", "AMD", "HD", "JPM", "MSFT", "UNH", "WMT", "XOM", "MTUM", "VLUE")
FIRST = "2019-06-03"
START, END = "2021-12-31", "2022-12-28"

BOOK = """\
symbol,kind,quantity,currency,multiplier,expiry,underlying,right,strike,vol,rate,dividend_yield
AAPL,spot,800,USD,,,,,,,,
AMD,spot,1300,USD,,,,,,,,
HD,spot,200,USD,,,,,,,,
JPM,spot,300,USD,,,,,,,,
MSFT,spot,450,USD,,,,,,,,
WMT,spot,-100,USD,,,,,,,,
XOM,spot,350,USD,,,,,,,,
MTUM,spot,400,USD,,,,,,,,
GAMMA,spot,900,EUR,,,,,,,,
ESH3,future,-1,USD,,2023-03-17,,,,,,
SPX 3600P Mar23,option,1,USD,100,2023-03-17,SPX,put,3600,0.24,0.043,0.018
EUR,cash,20000,EUR,,,,,,,,
USD,cash,140000,USD,,,,,,,,
"""
TRADES = """\
id,date,symbol,quantity,price,fee
1,2022-03-01,AAPL,100,163.2,1
2,2022-06-15,XOM,-50,88.5,1
3,2022-10-03,JPM,120,105.9,1
"""
#: Everything that an account could be told before rows said their kind: money in and out, dividends as actions and as
#: plain money, pence, a share bought again, a split and dividend of one day, a second snapshot, a correction.
LIVED_BOOK = """\
symbol,kind,quantity,currency,underlying,right,strike,expiry,multiplier
AAPL,spot,800,USD,,,,,
JPM,spot,300,USD,,,,,
XOM,spot,350,USD,,,,,
GAMMA,spot,90000,GBX,,,,,
ESH3,future,-1,USD,,,,2023-03-17,
USD,cash,140000,USD,,,,,
GBP,cash,5000,GBP,,,,,
"""
LIVED_TRADES = """\
id,date,symbol,quantity,price,fee,currency,kind,underlying,right,strike,expiry,multiplier
1,2022-02-01,USD,25000,1,,,cash,,,,,
2,2022-02-02,USD,-1200,,,,cash,,,,,
3,2022-03-01,AAPL,100,163.2,1,USD,,,,,,
5,2022-04-05,JPM,-300,131,1,USD,,,,,,
6,2022-06-15,JPM,200,114,1,,,,,,,
7,2022-06-20,XOM,-50,88.5,1,USD,,,,,,
8,2022-07-01,GAMMA,-1000,3500,2,GBX,,,,,,
9,2022-10-03,USD,320.5,,,,cash,,,,,
"""
LIVED_CORRECTION = """\
id,date,symbol,quantity,price,fee,status
7,2022-06-20,XOM,-60,88.5,1,filled
2,2022-02-02,USD,-1200,,,cancelled
"""
LIVED_ACTIONS = """\
effective,type,symbol,ratio,amount,currency
2022-05-06,dividend,AAPL,,0.23,USD
2022-08-05,dividend,AAPL,,0.23,USD
2022-09-01,dividend,GAMMA,,45,
2022-11-14,split,GAMMA,2,,
2022-11-14,dividend,GAMMA,,20,
"""
LIVED_AGAIN = """\
symbol,kind,quantity,currency,underlying,right,strike,expiry,multiplier
AAPL,spot,900,USD,,,,,
JPM,spot,210,USD,,,,,
XOM,spot,290,USD,,,,,
GAMMA,spot,178000,GBX,,,,,
ESH3,future,-1,USD,,,,2023-03-17,
USD,cash,160000,USD,,,,,
GBP,cash,9000,GBP,,,,,
"""


def main(target: Path, kind: str = "plain") -> None:
    """Make the desk, ask it everything, and pack it; `lived` makes one whose account was told many things."""
    if kind == "lived":
        _lived(target)
        return
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        desk = Desk.create(folder / "desk", benchmark="SPX")
        _settle(folder / "desk" / "trimtab.toml", _rates(folder))
        _tell(folder, "prices.csv", _prices())
        _tell(folder, "futures.csv", _futures())
        _tell(folder, "gamma.csv", _gamma(), currency="EUR")
        _tell(folder, "book.csv", BOOK, as_of=START)
        _tell(folder, "trades.csv", TRADES)
        desk = Desk(folder / "desk")
        _ask(desk)
        workspace = desk.workspace
        target.parent.mkdir(parents=True, exist_ok=True)
        back_up(workspace.journal, folder / "desk" / "data", target)  # type: ignore[arg-type]


def _lived(target: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        Desk.create(folder / "desk", benchmark="SPX")
        _settle(folder / "desk" / "trimtab.toml", _rates(folder))
        _tell(folder, "prices.csv", _prices())
        _tell(folder, "futures.csv", _futures())
        _tell(folder, "gamma.csv", _gamma(pence=True), currency="GBX")
        _tell(folder, "book.csv", LIVED_BOOK, as_of=START)
        _tell(folder, "trades.csv", LIVED_TRADES)
        _tell(folder, "actions.csv", LIVED_ACTIONS)
        _ask_lived(Desk(folder / "desk"))
        _tell(folder, "correction.csv", LIVED_CORRECTION)
        _tell(folder, "again.csv", LIVED_AGAIN, as_of="2022-12-01")
        desk = Desk(folder / "desk")
        _ask_lived(desk)
        target.parent.mkdir(parents=True, exist_ok=True)
        back_up(desk.workspace.journal, folder / "desk" / "data", target)  # type: ignore[arg-type]


def _ask_lived(desk: Desk) -> None:
    desk.review(ReviewQuestion(measuring=Measuring(method="ols", window=252)))
    desk.review(ReviewQuestion(measuring=Measuring(as_of="2022-09-30", method="ols", window=252)))
    desk.drift(DriftQuestion(start=START, by="trade", measuring=Measuring(as_of=END, method="ols")))
    desk.performance(PerformanceQuestion(start=START))


def _ask(desk: Desk) -> None:
    desk.review()
    earlier = Measuring(as_of="2022-06-30", method="ols", window=252)
    desk.review(ReviewQuestion(measuring=earlier, moves=(-0.1, 0.0, 0.1), vol_shift=0.02))
    desk.review(ReviewQuestion(measuring=Measuring(method="welch|vasicek"), mandate=MandateTerms(confidence=0.9)))
    desk.plan(PlanQuestion(hedge=("ES", "MES"), mandate=MandateTerms(target=0.5)))
    low = MandateTerms(target=0.4)
    desk.compare_ways(WaysQuestion(ways=("futures", "reallocate"), hedge=("MES",), mandate=low))
    desk.compare_ways(WaysQuestion(ways=("options",), mandate=low, options=OptionWords(vol=0.22)))
    desk.drift(DriftQuestion(start=START, measuring=Measuring(as_of=END)))
    desk.drift(DriftQuestion(start="2022-06-30", by="trade", measuring=Measuring(as_of=END, method="ols")))
    desk.stress()
    desk.risk(RiskQuestion(target_volatility=0.1))
    desk.performance(PerformanceQuestion(start=START))
    several = SeveralTargets(targets={"MTUM": (0.0, 2.0)}, currencies={"EUR": (0.05, 0.02)})
    desk.plan_targets(TargetsQuestion(hedge=("ES", "MES"), several=several))


def _tell(folder: Path, name: str, text: str, **how: str) -> None:
    file = folder / name
    file.write_text(text)
    (done,) = import_files([file], workspace=Desk(folder / "desk").workspace, accept=True, **how)
    if done.error is not None:
        raise done.error


def _settle(toml: Path, rates: str) -> None:
    text = toml.read_text().replace("[estimation]", f'[estimation]\nfx = "{rates}"\nrisk_free = 0.02', 1)
    toml.write_text(text)


def _cut(path: Path, columns: tuple[str, ...]) -> pl.DataFrame:
    table = pl.read_parquet(path).select("date", *columns)
    return table.filter((pl.col("date") >= pl.lit(FIRST).str.to_date()) & (pl.col("date") <= pl.lit(END).str.to_date()))


def _prices() -> str:
    return _cut(Path(sample.prices_path()), SYMBOLS).write_csv()


def _futures() -> str:
    # The one contract held is given the series of the front contracts: what matters is that it has a price each day.
    return _cut(Path(sample.futures_path()), ("ES",)).with_columns(ESH3=pl.col("ES")).write_csv()


def _days() -> pl.DataFrame:
    return _cut(Path(sample.prices_path()), ("SPX",))


def _gamma(*, pence: bool = False) -> str:
    """Make a share in euros, or in pence and split in two on 14 November 2022, that follows the index at 0.9."""
    days = _days()
    market = days["SPX"].to_numpy()
    moves = market[1:] / market[:-1] - 1.0
    own = np.random.default_rng(11).normal(0.0, 0.012, len(moves))
    level = 40.0 * np.concatenate([[1.0], np.cumprod(1.0 + 0.9 * moves + own)])
    if pence:
        split = (days["date"].cast(pl.String).str.slice(0, 10) < "2022-11-14").to_numpy()
        level = 100.0 * level * np.where(split, 1.0, 0.5)
    return days.select("date").with_columns(GAMMA=pl.Series(level.round(4))).write_csv()


def _rates(folder: Path) -> str:
    days = _days()
    level = 1.12 * np.exp(np.cumsum(np.random.default_rng(12).normal(0.0, 0.004, len(days))))
    pounds = (1.15 * level).round(5)
    rates = days.select("date").with_columns(EURUSD=pl.Series(level.round(5)), GBPUSD=pl.Series(pounds))
    rates.write_csv(folder / "desk" / "data" / "fx.csv")
    # Under `data`, which a backup keeps.
    return "data/fx.csv"


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
