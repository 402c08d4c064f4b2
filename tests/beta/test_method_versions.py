"""A method whose numbers change gets a new version: a run says which one it was made with.

The values of each method on one made-up panel are kept under its version. When this fails because a method is meant to
give other numbers: add a `Change` with why=Why.METHOD and its name in `methods`, last, to CHANGES in
`trimtab/desk/books/changes.py`, and write the values anew with `python tests/beta/test_method_versions.py`.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from trimtab.beta.estimate import BetaReading
from trimtab.beta.method import parse_method
from trimtab.desk.books.changes import method_version
from trimtab.market.prices import PriceTable
from trimtab.market.returns import pair_returns

FILE = Path(__file__).with_name("method_values.json")
METHODS = (
    "default", "ols", "ewma", "welch", "welch|vasicek", "huber", "lad", "theil-sen", "dimson", "scholes-williams",
    "kalman", "kalman-mr", "two-speed", "mixture", "frazzini-pedersen", "welch|double", "ols|blume", "ols|adjusted",
    "weekly|ols",
)  # fmt: skip


def panel() -> PriceTable:
    """Make prices of shares around 1, an index fund, a leveraged and an inverse fund, and a short history."""
    rng = np.random.default_rng(17)
    n = 800
    market = rng.standard_t(5, n) * 0.008
    slopes = {"M": (1.0, 0.0), "IDX": (1.0, 0.0005), "L2": (2.0, 0.002), "I1": (-1.0, 0.002)}
    slopes |= {f"S{i:02d}": (0.4 + 0.1 * i, 0.01 + 0.001 * i) for i in range(12)}
    columns = {}
    for name, (beta, sd) in slopes.items():
        returns = beta * market + rng.standard_t(6, n) * sd
        columns[name] = 100.0 * np.cumprod(np.concatenate([[1.0], 1.0 + returns]))
    columns["NEW"] = np.where(np.arange(n + 1) > n - 90, columns["S03"], np.nan)
    dates = np.busday_offset(np.datetime64("2015-01-02"), np.arange(n + 1), roll="forward")
    return PriceTable.of(columns, dates=dates, currency="USD")


def values_of(method: str, prices: PriceTable) -> dict[str, dict[str, list[float | None]]]:
    """Give value and error of each asset, by reading."""
    betas = parse_method(method).estimate(pair_returns(prices, benchmark="M"))
    readings = {reading.value: betas.reading(reading) for reading in BetaReading}
    return {
        name: {e.asset: [e.value, e.stderr] for e in read.estimates}
        for name, read in readings.items()
        if read is not None
    }


@pytest.fixture(scope="module")
def prices() -> PriceTable:
    return panel()


@pytest.mark.parametrize("method", METHODS)
def test_the_same_version_gives_the_same_numbers(method: str, prices: PriceTable) -> None:
    """To nine digits, which is what machines and libraries differ by at most."""
    version = method_version(parse_method(method).name)
    kept = json.loads(FILE.read_text())
    assert version in kept, f"no values are kept of {version}: write them with `python {Path(__file__).name}`"
    found = values_of(method, prices)
    assert found.keys() == kept[version].keys()
    for reading, assets in kept[version].items():
        assert found[reading].keys() == assets.keys()
        for asset, numbers in assets.items():
            for now, then in zip(found[reading][asset], numbers, strict=True):
                assert now == (None if then is None else pytest.approx(then, rel=1e-9, abs=1e-12)), (
                    f"{version} gives other numbers for {asset} ({reading}): see the top of {Path(__file__).name}"
                )


def main() -> None:
    """Write the values of each method under its version; those of versions before stay."""
    prices, kept = panel(), json.loads(FILE.read_text()) if FILE.exists() else {}
    for method in METHODS:
        kept[method_version(parse_method(method).name)] = values_of(method, prices)
    FILE.write_text(json.dumps(kept, indent=0) + "\n")


if __name__ == "__main__":
    sys.exit(main())
