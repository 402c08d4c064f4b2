"""Kept desks, made by older code, asked again by this one: the same bytes, or differences each with its reason.

`scripts/build_kept_desk.py` made them, with the code of their time. When this fails, an answer became different: if
that is meant, write down what changed as the last entry of CHANGES in `trimtab/desk/books/changes.py`, with its
commands and places.
"""

import datetime as dt
from pathlib import Path

import pytest

import trimtab as tt
from trimtab.desk.books.changes import ANSWERS, CHANGES, Why
from trimtab.desk.books.runs import Replay
from trimtab.python.desk import Desk
from trimtab.store.restore import restore
from trimtab.wiring.accounts import held_at

HERE = Path(__file__).parent
KEPT = sorted(HERE.glob("*.tar.gz"))
COMMANDS = {"review", "plan", "ways", "drift", "stress", "risk", "performance", "targets"}


@pytest.fixture(scope="module", params=KEPT, ids=lambda path: path.name)
def replays(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Replay]:
    folder = tmp_path_factory.mktemp("kept") / "desk"
    restore(request.param, folder)
    desk = Desk(folder)
    return [desk.replay(run.seq) for run in desk.runs(limit=100)]


def test_every_kind_of_answer_is_kept(replays: list[Replay]) -> None:
    """The first desk leaves no command out, all have reviews, drifts and performance, and the archives stay small."""
    asked = {replay.run.command for replay in replays}
    assert asked in (COMMANDS, {"review", "drift", "performance"})
    assert sum(path.stat().st_size for path in KEPT) < 900_000
    assert all(path.stat().st_size < 300_000 for path in KEPT)


def test_each_answer_is_the_same_or_says_why_not(replays: list[Replay]) -> None:
    """Nothing differs without a reason."""
    lost = [
        f"{replay.run.command} {replay.run.seq}: {d.path}: {d.then} -> {d.now}"
        for replay in replays
        for d in replay.differences
        if d.why is Why.UNEXPLAINED
    ]
    assert not lost, (
        f"{len(lost)} differences without a reason; if they are meant, add what changed to CHANGES in "
        "src/trimtab/desk/books/changes.py:\n" + "\n".join(lost[:20])
    )
    assert all(replay.explained for replay in replays)
    assert all(replay.same == (not any(d.path.startswith("result") for d in replay.differences)) for replay in replays)


def test_runs_of_today_name_their_versions_and_have_nothing_to_explain(tmp_path: Path) -> None:
    """A run records the method with its version and how many changes the answers have; asked again it is the same."""
    restore(KEPT[0], tmp_path / "desk")
    desk = Desk(tmp_path / "desk")
    desk.review(tt.ReviewQuestion(measuring=tt.Measuring(method="monthly|ols", window=12)))
    replay = desk.replay(desk.runs(limit=1)[0].seq)
    assert replay.same
    assert replay.count == 0
    assert replay.run.made_with["answers"] == str(ANSWERS) == str(len(CHANGES))
    assert [part.split("/")[0] for part in replay.run.made_with["method"].split("|")] == ["monthly", "ols"]


def test_an_old_journal_has_the_books_worked_out_by_hand(tmp_path: Path) -> None:
    """Entries of readers that knew no kinds are read as facts: pounds from pence, what was bought again as it was."""
    restore(HERE / "desk-0002.tar.gz", tmp_path / "desk")
    desk = Desk(tmp_path / "desk")
    held = held_at(desk.workspace, "main", dt.date(2022, 11, 30), prices=desk.workspace.prices.table())
    units = {p.symbol: float(p.quantity) for p in held.portfolio.positions}
    # 5,000 + 1,000 at 3,500p less 2 + 45p on 89,000 + 20p on the 89,000 of the evening before they became 178,000
    assert units["GBP"] == 5_000 + 35_000 - 2 + 0.45 * 89_000 + 0.20 * 89_000
    assert (units["GAMMA"], units["JPM"], units["AAPL"], units["XOM"]) == (178_000, 200, 900, 290)
    earlier = held_at(desk.workspace, "main", dt.date(2022, 3, 1))
    # 140,000 and a deposit of 25,000; the withdrawal was cancelled; 100 AAPL at 163.2 and 1
    assert {p.symbol: float(p.quantity) for p in earlier.portfolio.positions}["USD"] == 140_000 + 25_000 - 16_321
