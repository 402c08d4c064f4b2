"""An option with quotes of its own, on a share that splits: its value is the same on both sides, in every question."""

import datetime as dt

import numpy as np
import pytest

import trimtab as tt

DAYS = np.arange("2024-03-01", "2024-05-31", dtype="M8[D]")
SPLIT = np.datetime64("2024-05-01")
BOOK = (
    "symbol,quantity,kind,underlying,right,strike,expiry,multiplier\n"
    "ABC,400,,,,,,\nABC put,-3,option,ABC,put,110,2024-09-20,100\nUSD,30000,,,,,,\n"
)


def desk_of(folder, ratio, factor, *, silent=0):
    """A desk whose share and put split; the put has no quote on the first days after it."""
    rng = np.random.default_rng(5)
    market = rng.normal(0, 0.01, DAYS.size)
    share = 120 * np.exp(np.cumsum(1.2 * market + rng.normal(0, 0.01, DAYS.size)))
    put = 6 * np.exp(np.cumsum(rng.normal(0, 0.05, DAYS.size)))
    after = DAYS >= SPLIT
    lines = ["date,SPY,ABC,ABC put"]
    for at, day in enumerate(DAYS):
        by = factor if after[at] else 1
        quote = "" if after[at] and day < SPLIT + silent else f"{put[at] / by:.6f}"
        lines.append(f"{day},{480 * np.exp(market[: at + 1].sum()):.4f},{share[at] / by:.6f},{quote}")
    folder.mkdir()
    (folder / "p.csv").write_text("\n".join(lines) + "\n")
    (folder / "b.csv").write_text(BOOK)
    (folder / "s.csv").write_text(f"effective,symbol,ratio\n{SPLIT},ABC,{ratio}\n")
    desk = tt.Desk.create(folder / "desk", benchmark="SPY")
    desk.import_files(folder / "p.csv", accept=True)
    desk.import_files(folder / "b.csv", as_of="2024-03-01", accept=True)
    desk.import_files(folder / "s.csv", accept=True)
    worth = {str(day): 400 * share[at] - 300 * put[at] + 30000 for at, day in enumerate(DAYS)}
    return desk, worth


def review_on(desk, day):
    return desk.review(tt.ReviewQuestion(measuring=tt.Measuring(as_of=day)), record=False)


@pytest.mark.parametrize(("ratio", "factor"), [("4:1", 4), ("3:2", 1.5), ("1:10", 0.1)])
def test_every_day_is_worth_what_was_held_times_its_quotes(tmp_path, ratio, factor):
    desk, worth = desk_of(tmp_path / "a", ratio, factor)
    for day in ("2024-04-30", "2024-05-01", "2024-05-30"):
        assert review_on(desk, day).exposure.nav == pytest.approx(worth[day], abs=0.02)
    first, last = dt.date(2024, 3, 1), dt.date(2024, 5, 30)
    made = desk.ledger(record=False).statement
    assert (made.start, made.end) == (first, last)
    assert float(made.opening) == pytest.approx(worth[str(first)], abs=0.02)
    assert float(made.closing - made.opening) == pytest.approx(worth[str(last)] - worth[str(first)], abs=0.02)


def test_a_quote_from_before_the_split_is_brought_over_it(tmp_path):
    """On the day of the split the put has no quote yet: the one of the evening before counts, at a quarter."""
    desk, _ = desk_of(tmp_path / "a", "4:1", 4, silent=3)
    before, after = (review_on(desk, day) for day in ("2024-04-30", "2024-05-01"))
    values = [next(p.value for p in r.exposure.positions if p.asset == "ABC put") for r in (before, after)]
    assert values[1] == pytest.approx(values[0], rel=1e-9)
