"""A split that prices show and nobody recorded: what was stated before it has no value after it."""

# ruff: noqa: S311 - prices drawn, not secrets

import datetime as dt
import random
from dataclasses import replace

import numpy as np
import pytest

import trimtab as tt
from trimtab.desk.questions.drift import DriftQuestion
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.desk.questions.performance import PerformanceQuestion
from trimtab.desk.questions.review import ReviewQuestion
from trimtab.errors import NotEnoughDataError, Reason
from trimtab.market.prices import PriceTable
from trimtab.market.suspected import split_since, suspected_splits

N, AT = 120, 80
PERFORMANCE = PerformanceQuestion(measuring=Measuring(method="ols"))


def drawn() -> list[tuple[str, float, float, float]]:
    """Give (day, index, ABC, XYZ), none of them split; prices as a file says them."""
    rng = random.Random(3)
    rows, index, abc, xyz, day = [], 100.0, 80.0, 50.0, dt.date(2024, 1, 2)
    for _ in range(N):
        move = rng.gauss(0, 0.01)
        index, abc, xyz = index * (1 + move), abc * (1 + move + rng.gauss(0, 0.004)), xyz * (1 + rng.gauss(0, 0.005))
        rows.append((str(day), round(index, 4), round(abc, 4), round(xyz, 4)))
        day += dt.timedelta(days=3 if day.weekday() == 4 else 1)
    return rows


ROWS = drawn()
DAYS = [row[0] for row in ROWS]


def closes() -> str:
    """ABC before its reverse split of 1 for 10 cost a tenth."""
    rows = [f"{d},{i},{a / 10 if n < AT else a:.5f},{x}" for n, (d, i, a, x) in enumerate(ROWS)]
    return "\n".join(["date,IDX,ABC,XYZ", *rows]) + "\n"


def both() -> str:
    """The same with adjusted prices beside the closes."""
    rows = ["date,symbol,close,adj_close"]
    for n, (day, index, abc, xyz) in enumerate(ROWS):
        rows += [f"{day},IDX,{index},{index}", f"{day},XYZ,{xyz},{xyz}"]
        rows.append(f"{day},ABC,{abc / 10 if n < AT else abc:.5f},{abc}")
    return "\n".join(rows) + "\n"


def desk_of(folder, prices: str, *files: tuple[str, str, str | None]) -> tt.Desk:
    desk = tt.Desk.create(folder / "desk", benchmark="IDX")
    held = ("h.csv", "symbol,quantity\nABC,1000\nXYZ,400\nUSD,5000\n", DAYS[0])
    for name, text, as_of in (("p.csv", prices, None), held, *files):
        (folder / name).write_text(text)
        more = {} if as_of is None else {"as_of": as_of}
        desk.import_files(folder / name, accept=True, **more)
    return desk


@pytest.mark.parametrize("prices", [closes, both], ids=["closes", "closes and adjusted prices"])
def test_days_after_it_have_no_return_and_the_note_says_what_to_record(tmp_path, prices):
    """The book held 1,000 old units: 100 new ones, or 1,000? It earned what it did until the day before."""
    done = desk_of(tmp_path, prices()).performance(PERFORMANCE)
    missing = (
        f"ABC: its prices look split on {DAYS[AT]}, and no split is recorded, so nothing is known of {N - AT} days"
    )
    (note,) = (n for n in done.notes if n.startswith(missing))
    assert f"from {DAYS[AT]} to {DAYS[-1]}" in note
    assert "import it as an action" in note
    assert str(done.earned.last) == DAYS[AT - 1]
    worth = [1000 * round(abc / 10, 5) + 400 * xyz + 5000 for _, _, abc, xyz in (ROWS[0], ROWS[AT - 1])]
    assert done.earned.time_weighted == pytest.approx(worth[1] / worth[0] - 1, abs=1e-6)


@pytest.mark.parametrize("prices", [closes, both], ids=["closes", "closes and adjusted prices"])
def test_recorded_it_is_no_gain_and_every_day_is_known(tmp_path, prices):
    split = f"effective,symbol,ratio\n{DAYS[AT]},ABC,1:10\n"
    done = desk_of(tmp_path, prices(), ("a.csv", split, None)).performance(PERFORMANCE)
    assert not any("look split" in note for note in done.notes)
    worth = [100 * abc + 400 * xyz + 5000 for _, _, abc, xyz in (ROWS[0], ROWS[-1])]
    assert done.earned.time_weighted == pytest.approx(worth[1] / worth[0] - 1, abs=1e-4)


def test_holdings_of_a_later_day_are_known_again(tmp_path):
    newer = ("n.csv", "symbol,quantity\nABC,100\nXYZ,400\nUSD,5000\n", DAYS[AT + 10])
    done = desk_of(tmp_path, closes(), newer).performance(PERFORMANCE)
    (note,) = (n for n in done.notes if "look split" in n)
    assert f"nothing is known of 10 days from {DAYS[AT]} to {DAYS[AT + 9]}" in note
    # What came about between is not known, so no gain is claimed over it.
    assert done.earned is None


def test_a_purchase_after_it_does_not_say_how_many_there_were(tmp_path):
    bought = ("t.csv", f"id,date,symbol,quantity,price\n1,{DAYS[AT + 5]},ABC,10,{ROWS[AT + 5][2]}\n", None)
    desk = desk_of(tmp_path, closes(), bought)
    assert any(f"nothing is known of {N - AT} days" in n for n in desk.performance(PERFORMANCE).notes)
    assert desk.ledger().statement is None


def test_what_was_first_bought_after_it_is_known(tmp_path):
    desk = tt.Desk.create(tmp_path / "desk", benchmark="IDX")
    for name, text, day in (
        ("p.csv", closes(), None),
        ("h.csv", "symbol,quantity\nXYZ,400\nUSD,50000\n", DAYS[0]),
        ("t.csv", f"id,date,symbol,quantity,price\n1,{DAYS[AT + 5]},ABC,100,{ROWS[AT + 5][2]}\n", None),
    ):
        (tmp_path / name).write_text(text)
        desk.import_files(tmp_path / name, accept=True, **({} if day is None else {"as_of": day}))
    done = desk.performance(PERFORMANCE)
    assert not any("look split" in note for note in done.notes)
    closing = 400 * ROWS[-1][3] + 50000 + 100 * (ROWS[-1][2] - ROWS[AT + 5][2])
    assert done.earned.closing == pytest.approx(closing, abs=1e-3)


def test_a_deposit_on_a_day_without_value_is_a_flow_and_no_gain(tmp_path):
    newer = ("n.csv", "symbol,quantity\nABC,100\nXYZ,400\nUSD,6000\n", DAYS[AT + 10])
    paid = ("t.csv", f"id,date,symbol,quantity,price,kind\n1,{DAYS[AT + 3]},USD,1000,,deposit\n", None)
    split = ("a.csv", f"effective,symbol,ratio\n{DAYS[AT]},ABC,1:10\n", None)
    prices = "\n".join(
        line if not line.startswith(DAYS[AT + 3]) else line.rsplit(",", 1)[0] + "," for line in closes().splitlines()
    )
    done = desk_of(tmp_path, prices, split, paid, newer).performance(PERFORMANCE)
    assert done.earned.flows == pytest.approx(1000)


def test_a_drift_says_what_to_record(tmp_path):
    desk = desk_of(tmp_path, closes())
    with pytest.raises(NotEnoughDataError, match=r"split_suspected(.|\n)*effective,symbol,ratio"):
        desk.drift(DriftQuestion(start=DAYS[40], measuring=Measuring(method="ols")))


def test_review_and_drift_doubt_what_closes_and_adjusted_prices_show(tmp_path):
    desk = desk_of(tmp_path, both())
    (line,) = (
        p for p in desk.review(ReviewQuestion(measuring=Measuring(method="ols"))).exposure.positions if p.asset == "ABC"
    )
    assert line.reason is Reason.SPLIT_SUSPECTED
    with pytest.raises(NotEnoughDataError, match="split_suspected"):
        desk.drift(DriftQuestion(start=DAYS[40], measuring=Measuring(method="ols")))


def table(factors, vouched=()) -> PriceTable:
    made = PriceTable.of({"A": [100.0] * len(factors)}, dates=DAYS[: len(factors)])
    cells = np.array(vouched, dtype=np.intp).reshape(-1, 2)
    return replace(made, to_quoted=np.array(factors, dtype=float)[:, None], vouched=cells)


@pytest.mark.parametrize(
    ("factors", "rows"),
    [
        ([10, 10, 1, 1], [2]),
        ([0.1, 1, 1], [1]),  # a reverse split
        ([1.5, 1.5, 1], [2]),
        ([1.25, 1], [1]),
        ([1.2, 1], []),  # as large as a special dividend
        ([1.03, 1.02, 1.01, 1], []),  # dividends
        ([2.0, np.nan, 1.0], [2]),
        ([60.0, 1.0], []),  # no company splits so
        ([1.0, 1.0], []),
    ],
)
def test_a_step_between_closes_and_adjusted_prices_is_a_split_by_its_ratio(factors, rows):
    assert suspected_splits(table(factors)).get("A", ()) == tuple(dt.date.fromisoformat(DAYS[r]) for r in rows)


def test_what_the_user_vouches_for_is_none_and_days_count_after_the_quantity_was_stated():
    assert suspected_splits(table([10, 1], vouched=[(1, 0)])) == {}
    splits = suspected_splits(table([100, 10, 10, 1]))
    first, second = (dt.date.fromisoformat(DAYS[r]) for r in (1, 3))
    assert split_since(splits, "A", dt.date.fromisoformat(DAYS[0]), second) == first
    assert split_since(splits, "A", first, second) == second
    assert split_since(splits, "A", first, first) is None
    assert split_since(splits, "B", first, second) is None
