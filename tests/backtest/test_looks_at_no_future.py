"""The whole command on files cut at a day, or scrambled after it, writes the same orders up to that day."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from given import business_days, price_path

import trimtab as tt
from trimtab.cli.app import app
from trimtab.errors import InfeasibleError, InputError, NotEnoughDataError, TrimtabError, UsageError
from trimtab.market.prices import PriceTable

N, CUT = 760, 600
DAYS = business_days(N + 1, "2017-01-02").astype("datetime64[D]")
HOLDINGS = "4000 AAA, 9000 BBB, 200000 USD"


def prices(seed: int = 4) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    market = rng.normal(0.0003, 0.011, N)
    columns = {"SPX": 2400.0 * price_path(market)}
    for name, beta in (("AAA", 1.4), ("BBB", 0.7)):
        columns[name] = 100.0 * price_path(beta * market + rng.normal(0.0, 0.012, N))
    # a bad print, which the next price takes back, and a jump that stays: both are judged by later prices
    columns["AAA"][450] *= 1.5
    columns["BBB"][CUT - 1 :] *= 0.83
    return columns


def write(place: Path, columns: dict[str, np.ndarray], rows: int = N + 1) -> str:
    path = place / f"prices-{len(list(place.iterdir()))}.csv"
    dates = {"date": DAYS[:rows].astype(str).tolist()}
    pl.DataFrame({**dates, **{name: column[:rows] for name, column in columns.items()}}).write_csv(path)
    return str(path)


def orders(place: Path, file: str, *more: str) -> bytes:
    out = place / "orders.csv"
    words = ["backtest", "--prices", file, "--holdings", HOLDINGS, "--benchmark", "SPX", "--hedge", "ES"]
    done = CliRunner().invoke(app, [*words, "--orders", str(out), *more], catch_exceptions=True)
    if isinstance(done.exception, TrimtabError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return out.read_bytes()


def until(written: bytes, day: str) -> bytes:
    lines = written.splitlines(keepends=True)
    return b"".join(line for line in lines[1:] if line[:10].decode() <= day)


@pytest.mark.parametrize("method", ["ols(window=120)", "default"])
def test_cut_and_scrambled_files_give_the_same_orders_up_to_the_day(tmp_path, method):
    """Byte for byte, with a bad print and a jump beside the cut."""
    whole, rng = prices(), np.random.default_rng(1)
    more = (
        "--policies",
        "monthly,weekly,band:0.05:edge,band:0.05:centre,best",
        "--method",
        method,
        "--from",
        str(DAYS[300]),
    )
    last = str(DAYS[CUT - 1])
    first = until(orders(tmp_path, write(tmp_path, whole), *more), last)
    assert first.count(b"\n") > 60
    assert b"ESH" in first
    cut = orders(tmp_path, write(tmp_path, whole, CUT), *more)
    assert until(cut, last) == first
    if method == "default":
        return  # the same road: its estimator alone differs, and was cut
    moved = {
        n: np.concatenate([c[:CUT], c[CUT - 1] * np.exp(np.cumsum(rng.normal(0, 0.02, N + 1 - CUT)))])
        for n, c in whole.items()
    }
    assert until(orders(tmp_path, write(tmp_path, moved), *more), last) == first
    assert until(orders(tmp_path, write(tmp_path, whole), *more, "--to", last), last) == first


def test_what_cannot_be_replayed_is_refused_in_three_parts():
    """Nothing is filled in: what is missing is named with the day from which it works."""
    whole, row = prices(), np.arange(N + 1)
    late = whole | {"BBB": np.where(row < 400, np.nan, whole["BBB"])}
    gap = whole | {"AAA": np.where((row > 350) & (row < 610), np.nan, whole["AAA"])}
    split = whole | {"BBB": np.where(row < 500, whole["BBB"], whole["BBB"] / 3.0)}
    other = {"MKT" if name == "SPX" else name: column for name, column in whole.items()}
    start = {"start": str(DAYS[200])}
    refused = [
        (late, start, InputError, f"BBB from {DAYS[400]}"),
        (gap, start, InputError, "days without them after"),
        (split, start, InputError, f"a step on {DAYS[500]} that looks like a split"),
        (whole, {"start": str(DAYS[20])}, NotEnoughDataError, "start on 20"),
        (whole, {"policies": ["monthly", "band:wide:edge"]}, UsageError, "band:wide:edge"),
        (whole, {"policies": []}, UsageError, "one or more"),
        (whole, {"hedge": "QQQ"}, InputError, "not in the contract table"),
        (whole, {"hedge": "NQ"}, InputError, "past prices of NQ"),
        (other, {"benchmark": "MKT"}, InputError, "past prices of ES"),
        (whole, {**start, "as_of": str(DAYS[201])}, NotEnoughDataError, "three days or more"),
        (whole, {**start, "target": 60.0}, InfeasibleError, "has lost all of it on 20"),
        (whole | {"ES": whole["BBB"]}, {}, InputError, "something else of that name"),
        (whole, {"holdings": "5000 USD"}, InputError, "no share and no fund"),
        (whole, {"holdings": "-100 AAA", **start, "policies": ["never"]}, InfeasibleError, f"USD on {DAYS[200]}"),
        (whole, {"exact": True, "fill": "same-close"}, UsageError, "leave --fill out"),
    ]
    for columns, how, kind, words in refused:
        table = PriceTable.of(columns, dates=DAYS.astype("datetime64[s]"), currency="USD")
        with pytest.raises(kind) as caught:
            replayed(table, **{"policies": ["monthly"], **how})
        text = str(caught.value)
        assert words in text
        assert all(part in text for part in ("Expected: ", "Found: ", "Try: "))


def replayed(table, *, benchmark="SPX", target=1.0, hedge="ES", holdings=HOLDINGS, **how):
    mandate = tt.Mandate(benchmark=benchmark, target=target, band=0.05)
    return tt.run_backtest(table, holdings, mandate, hedge=hedge, method="ols(window=120)", **how)


def test_days_without_a_price_are_left_out_and_lose_nothing():
    """What was gained meanwhile counts on the next day, and the note says how many days there are."""
    whole = prices()
    holes = whole | {"AAA": np.where(np.isin(np.arange(N + 1), [330, 331, 400]), np.nan, whole["AAA"])}
    one, other = (
        replayed(
            PriceTable.of(c, dates=DAYS.astype("datetime64[s]"), currency="USD"), policies=["never", "quarterly"],
            start=str(DAYS[300]),
        )
        for c in (whole, holes)
    )  # fmt: skip
    assert one.n_days == other.n_days + 3
    assert any(note.startswith("3 days on which something held has no price") for note in other.notes)
    assert one.nav_last == other.nav_last
    gains = [r.outcomes[1].pnl.total for r in (one, other)]
    assert gains[0] == pytest.approx(gains[1], rel=0.2)
