"""B18 and B19 of the trial on public reports: a split after the day asked about, recorded or not."""

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from trimtab.cli.app import app


def run(*words: str) -> str:
    """Give what a command prints."""
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "200"}).output


@pytest.mark.parametrize("recorded", [True, False])
def test_a_split_to_come_never_shrinks_a_book(tmp_path: Path, recorded: bool) -> None:
    """Adjusted 11.00 before a 10:1 split recorded is 110.00: NAV 12,000; raw and not recorded: undecided."""
    draw = np.random.default_rng(4)
    days = np.busday_offset("2023-01-02", np.arange(400)).astype(str)
    market = draw.normal(0.0, 0.01, 400)
    share = np.exp(np.cumsum(1.5 * market + draw.normal(0.0, 0.004, 400)))
    share *= 11.0 / share[days.tolist().index("2024-02-15")]
    if not recorded:
        share = np.where(days < "2024-03-01", share * 10, share)
    rows = zip(days, 4000 * np.exp(np.cumsum(market)), share, strict=True)
    desk, prices, book, split = (tmp_path / name for name in ("desk", "p.csv", "h.csv", "a.csv"))
    prices.write_text("date,SPX,NV\n" + "".join(f"{day},{a:.6f},{b:.6f}\n" for day, a, b in rows))
    book.write_text("symbol,quantity\nNV,100\nUSD,1000\n")
    split.write_text("effective,type,symbol,ratio\n2024-03-01,split,NV,10:1\n")
    run("init", str(desk))
    with (desk / "trimtab.toml").open("a") as settings:
        settings.write(
            '\n[benchmarks.SPX]\nsymbol = "SPX"\n[mandates.g]\nbenchmark = "SPX"\ntarget = 1.0\nband = 0.05\n'
            '[portfolios.g]\nbase = "USD"\nmandate = "g"\n'
        )
    run("import", str(prices), "-w", str(desk), "--yes")
    run("import", str(book), "-w", str(desk), "--yes", "--portfolio", "g", "--as-of", "2024-01-31")
    if recorded:
        run("import", str(split), "-w", str(desk), "--yes")
        assert "12,000 USD" in run("review", "-w", str(desk), "--portfolio", "g", "--as-of", "2024-02-15")
    else:
        told = run("review", "-w", str(desk), "--portfolio", "g")
        assert "UNDECIDED" in told
        assert "split_suspected" in told
