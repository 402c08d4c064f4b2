"""A run that is killed at any moment loses nothing and doubles nothing: gone on with, it gives the same bytes."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import polars as pl
import pytest

pytestmark = [pytest.mark.long, pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")]
RUN = """
import sys
import trimtab as tt
if __name__ == "__main__":
    tt.fleet_check("positions", mandates="m.parquet", prices="p.parquet", out=sys.argv[1], method="ols", window=100,
                   resume=True, executor=sys.argv[2], workers=2)
"""


def write(folder: Path) -> None:
    """Write 24 files of 500 accounts."""
    rng, days = np.random.default_rng(4), 120
    dates = np.busday_offset(np.datetime64("2024-01-02"), np.arange(days), roll="forward")
    prices = {f"S{k}": 50 * np.cumprod(1 + rng.normal(0, 0.01, days)) for k in range(60)}
    pl.DataFrame({"date": dates, "SPX": 4000 * np.cumprod(1 + rng.normal(0, 0.01, days)), **prices}).write_parquet(
        folder / "p.parquet"
    )
    names = [f"K{k:05d}" for k in range(12_000)]
    pl.DataFrame({"account": names, "benchmark": "SPX", "target": 0.0, "band": 0.1}).write_parquet(folder / "m.parquet")
    (folder / "positions").mkdir()
    for first in range(0, len(names), 500):
        account = np.repeat(names[first : first + 500], 10)
        symbol, quantity = rng.choice(list(prices), len(account)), rng.integers(1, 99, len(account)).astype(float)
        frame = pl.DataFrame({"account": account, "symbol": symbol, "quantity": quantity})
        frame.write_parquet(folder / "positions" / f"{first:05d}.parquet")
    (folder / "run.py").write_text(RUN)


def start(folder: Path, out: str, executor: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "run.py", out, executor], cwd=folder, start_new_session=True)


def contents_of(folder: Path) -> dict[str, bytes]:
    """Give every file but what a killed process left half written, which no manifest names."""
    files = (p for p in folder.rglob("*") if p.is_file() and p.suffix != ".part")
    return {str(p.relative_to(folder)): p.read_bytes() for p in files}


@pytest.mark.parametrize("executor", ["inline", "processes"])
def test_killed_at_random_moments_it_gives_the_same_bytes(tmp_path, executor):
    """Twenty kills each: of the process alone, whose workers then find nobody to work for, or of all of them."""
    write(tmp_path)
    begun = time.monotonic()
    assert start(tmp_path, "whole", executor).wait() == 0
    taken, draw = time.monotonic() - begun, np.random.default_rng(5)
    whole = contents_of(tmp_path / "whole")
    for kill in range(20):
        out = f"out{kill}"
        run = start(tmp_path, out, executor)
        time.sleep(draw.uniform(0.3, 1.0) * taken)
        if draw.random() < 0.5:
            run.kill()
        else:
            with suppress(ProcessLookupError):  # it was done already
                os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        if (tmp_path / out / "manifest.json").exists():
            assert contents_of(tmp_path / out) == whole
        assert start(tmp_path, out, executor).wait() == 0
        assert contents_of(tmp_path / out) == whole
