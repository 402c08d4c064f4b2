"""How long a report takes in each form, how large it is, and what others' reports take in the same run.

    python benchmarks/report.py                      200 positions
    python benchmarks/report.py --positions 5000     a large book, HTML and JSON

*compose* asks every part of a workspace of that many shares and writes each down as a run (`auto`); *write* is one
form of the composed report. *cold* is the first time in a new process, kernels compiled before; *warm* is the second.
Beside it, where they are installed: the HTML tear sheet of quantstats and the factsheet of qis, of the same returns.
"""

# ruff: noqa: PLC0415 - what others write with is looked for, and loaded where it is
import argparse
import gzip
import importlib.util
import re
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from trimtab.desk.questions.report import ReportQuestion
from trimtab.python.desk import Desk
from trimtab.report.documents.composed.report import ReportDocument
from trimtab.wiring.reporting.compose import compose_report
from trimtab.wiring.reporting.forms import report_bytes

DAYS = 1260
_OUTSIDE = re.compile(rb"(?:src|href)=[\"']https?://|url\(['\"]?https?://|@import")


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--positions", type=int, default=200)
    count = parser.parse_args().positions
    with tempfile.TemporaryDirectory() as place:
        desk = filled(Path(place), count)
        print(f"{count} positions, {DAYS} days; seconds by the clock (and of the processor)\n")
        print("| what | cold | warm | kB | compressed | outside links |\n|---|---:|---:|---:|---:|---:|")
        document = composed(desk)
        for ending in (".html", ".json") if count > 1000 else (".html", ".pdf", ".xlsx", ".md", ".json"):
            row(f"write {ending}", lambda ending=ending: report_bytes(document, ending))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nMost memory of the whole process: {peak:.0f} MB")
    returns = np.diff(np.log(market_path(np.random.default_rng(3))))
    beside("quantstats", lambda file: quantstats_sheet(returns, file))
    beside("qis", lambda file: qis_sheet(returns, file))


def market_path(rng: np.random.Generator) -> np.ndarray:
    """Give a market of daily returns of 1%."""
    return 100.0 * np.cumprod(1.0 + rng.normal(0.0003, 0.01, DAYS))


def filled(place: Path, count: int) -> Desk:
    """Make a workspace of planted shares, held on two days."""
    rng = np.random.default_rng(3)
    market = market_path(rng)
    moves = np.diff(market, prepend=100.0) / np.concatenate([[100.0], market[:-1]])
    betas = rng.normal(1.0, 0.35, count)
    own = 100.0 * np.cumprod(1.0 + betas * moves[:, None] + rng.normal(0.0, 0.015, (DAYS, count)), axis=0)
    days = np.busday_offset(np.datetime64("2020-01-06"), np.arange(DAYS))
    names = [f"S{k:04d}" for k in range(count)]
    lines = (f"{d},{m:.4f},{','.join(f'{x:.4f}' for x in row)}\n" for d, m, row in zip(days, market, own, strict=True))
    (place / "prices.csv").write_text(f"date,M,{','.join(names)}\n" + "".join(lines))
    for file, size in (("old.csv", 90), ("new.csv", 100)):
        rows = "".join(f"{name},{size}\n" for name in names)
        (place / file).write_text(f"symbol,quantity\n{rows}USD,50000\n")
    desk = Desk.create(place / "desk", benchmark="M")
    desk.import_files(place / "prices.csv", source="bench", accept=True)
    desk.import_files(place / "old.csv", as_of=str(days[-60]), source="bench", accept=True)
    desk.import_files(place / "new.csv", as_of=str(days[-5]), source="bench", accept=True)
    return desk


def composed(desk: Desk) -> ReportDocument:
    """Compose twice, and print both times."""
    times = []
    for _ in range(2):
        began, worked = time.perf_counter(), time.process_time()
        made = compose_report(desk.workspace, ReportQuestion(period="month")).document
        times.append(f"{time.perf_counter() - began:.1f} ({time.process_time() - worked:.1f})")
    print(f"| compose | {times[0]} | {times[1]} | | | |")
    for absent in made.absent:
        print(f"| not in it: {absent.part}: {absent.why.splitlines()[0][:90]} | | | | | |")
    return made


def row(name: str, write: Callable[[], bytes]) -> None:
    """Write twice, and print times, size and links to elsewhere."""
    times, content = [], b""
    for _ in range(2):
        began, worked = time.perf_counter(), time.process_time()
        content = write()
        times.append(f"{time.perf_counter() - began:.2f} ({time.process_time() - worked:.2f})")
    links = len(_OUTSIDE.findall(content))
    small = len(gzip.compress(content)) / 1000
    print(f"| {name} | {times[0]} | {times[1]} | {len(content) / 1000:.0f} | {small:.0f} | {links} |")


def beside(package: str, write: Callable[[Path], None]) -> None:
    """Measure another program's report of the same returns, or say that it is not installed."""
    if importlib.util.find_spec(package) is None:
        print(f"{package}: not installed, so not measured")
        return
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "sheet"
        row(f"{package}", lambda: (write(file), file.read_bytes())[1])


def quantstats_sheet(returns: np.ndarray, file: Path) -> None:
    """Write the HTML tear sheet of quantstats."""
    import pandas as pd
    import quantstats

    days = pd.bdate_range("2020-01-07", periods=len(returns))
    quantstats.reports.html(pd.Series(returns, index=days), output=str(file))


def qis_sheet(returns: np.ndarray, file: Path) -> None:
    """Write the factsheet of qis as PDF."""
    import pandas as pd
    import qis

    days = pd.bdate_range("2020-01-06", periods=len(returns) + 1)
    prices = pd.Series(100.0 * np.exp(np.concatenate([[0.0], np.cumsum(returns)])), index=days, name="book").to_frame()
    figure = qis.generate_multi_asset_factsheet(prices=prices, benchmark="book")
    figure.savefig(file, format="pdf")


if __name__ == "__main__":
    main()
