"""Whether betas of a panel cost the same for each column, however many there are.

    python benchmarks/columns.py [METHOD]

Panels of 1,000, 10,000 and 100,000 columns over 253 days; seconds of processor time, all and per 1,000 columns.
"""

import sys
import time

import numpy as np

from trimtab.desk.moment.measure import measure_betas
from trimtab.market.prices import PriceTable

DAYS = 253


def panel(columns: int) -> PriceTable:
    """Make prices that follow a market."""
    rng = np.random.default_rng(1)
    market = rng.normal(0.0, 0.01, DAYS)
    returns = rng.uniform(0.5, 1.5, columns) * market[:, None] + rng.normal(0.0, 0.02, (DAYS, columns))
    prices = 100.0 * np.exp(np.cumsum(np.column_stack([market, returns]), axis=0))
    names = ["M", *(f"S{i}" for i in range(columns))]
    dates = np.busday_offset("2022-01-03", np.arange(DAYS), roll="forward")
    return PriceTable.of(dict(zip(names, prices.T, strict=True)), dates=dates)


def main() -> None:
    method = sys.argv[1] if len(sys.argv) > 1 else "ols"
    measure_betas(panel(50), benchmark="M", method=method)  # compiled code is loaded
    print(f"{method}: {'columns':>10}{'processor s':>13}{'per 1,000':>11}")
    for columns in (1_000, 10_000, 100_000):
        table = panel(columns)
        start = time.process_time()
        measure_betas(table, benchmark="M", method=method)
        taken = time.process_time() - start
        print(f"{columns:15,}{taken:13.2f}{1e3 * taken / columns:11.3f}", flush=True)


if __name__ == "__main__":
    main()
