"""The bundled sample: where its files are, and what they are called.

The files are plain data and this package imports nothing of trimtab. ``README.md`` beside this file says where every
number comes from, under which licence, and what a careful reader finds in it.

Examples
--------
>>> from trimtab import sample
>>> sample.prices_path().name
'prices_adjusted.parquet'
>>> sorted(sample.checksums())[-1]
'vix.parquet'
"""

from importlib.resources import files
from pathlib import Path
from typing import Final

__all__ = [
    "ALERT_DAYS",
    "AS_OF",
    "BASE_CURRENCY",
    "BENCHMARK",
    "FUTURE",
    "FUTURE_ROOT",
    "YEAR_HOLDINGS",
    "calendars_path",
    "checksums",
    "contracts_path",
    "futures_path",
    "margin_paths",
    "portfolio_path",
    "prices_path",
    "vix_path",
    "year_path",
]

BENCHMARK: Final = "SPX"
"""Column of the prices that holds the benchmark, the S&P 500 price index."""

AS_OF: Final = "2022-12-28"
"""Last date of the prices, and the date of the sample portfolio (ISO 8601)."""

BASE_CURRENCY: Final = "USD"
"""Currency of every price and of the sample portfolio."""

FUTURE: Final = "ESH3"
"""Contract that the sample portfolio holds, and the front contract on the last date."""

FUTURE_ROOT: Final = "ES"
"""Column of the futures file, and root of the contract in the contract table."""

YEAR_HOLDINGS: Final = {"opening": "2021-12-28", "insured": "2022-09-19", "renewed": "2022-10-24"}
"""Files of what the account held on the way to the sample portfolio, and of which evening (ISO 8601)."""

ALERT_DAYS: Final = ("2022-10-19", "2022-10-31", "2022-12-09", "2022-12-13")
"""Days of that year on whose evening `trimtab init --sample` looks at the alerts: what is raised, and what is done."""


def _path(name: str) -> Path:
    # Parquet and mapped files need a real file, so the package is installed unpacked and the path is an ordinary one.
    return Path(str(files(__name__).joinpath(name)))


def prices_path() -> Path:
    """Path of the daily prices: ``date``, ``SPX``, 20 US shares, 5 factor ETFs; wide, USD, null before listing."""
    return _path("prices_adjusted.parquet")


def futures_path() -> Path:
    """Path of the model price of the front E-mini S&P 500 future: ``date`` and ``ES``; no source gives these prices."""
    return _path("futures.parquet")


def vix_path() -> Path:
    """Path of the VIX closes, 2014-01-03 to 2019-01-03: ``date`` and ``VIX``, an index level in percentage points."""
    return _path("vix.parquet")


def portfolio_path() -> Path:
    """Path of the sample portfolio, which stands outside a mandate of beta 1.00 +- 0.05 on the S&P 500."""
    return _path("portfolio.csv")


def year_path(name: str) -> Path:
    """Path of a file of the made-up year that ends in the sample portfolio.

    Parameters
    ----------
    name
        trades, dividends, settlements, or one of `YEAR_HOLDINGS`.

    Examples
    --------
    >>> year_path("trades").name
    'trades.csv'
    """
    return _path(f"year/{name}.csv")


def contracts_path() -> Path:
    """Path of the table of common futures contracts: multiplier, tick, lot, currency, underlying and months."""
    return _path("contracts.csv")


def calendars_path() -> Path:
    """Path of the table of exchange calendars: the week, holidays, early closes and last known day of each."""
    return _path("calendars.csv")


def margin_paths() -> tuple[Path, ...]:
    """Paths of margin rules of venues, in the order of their names; sources and what is approximate stand in each."""
    return tuple(sorted(_path("margin").glob("*.toml")))


def checksums() -> dict[str, str]:
    """Give the sha256 that each data and licence file of the sample should have.

    Returns
    -------
    dict of str to str
        File name to sha256 in lower-case hexadecimal. The files lie in the same folder as :func:`prices_path`.

    Examples
    --------
    >>> import hashlib
    >>> expected = checksums()["prices_adjusted.parquet"]
    >>> hashlib.sha256(prices_path().read_bytes()).hexdigest() == expected
    True
    """
    pairs = (line.split(maxsplit=1) for line in _path("SHA256SUMS").read_text(encoding="utf-8").splitlines())
    return {name: digest for digest, name in pairs}
