"""The year of `examples/ledger` through the import of a workspace: cash and positions worked out by hand, to the cent.

`tests/examples/test_ledger.py` has the arithmetic behind each number.
"""

import datetime as dt
from itertools import permutations
from pathlib import Path

import pytest

from trimtab.desk.books.intake import Outcome
from trimtab.wiring.accounts import held_at
from trimtab.wiring.creating import create_workspace
from trimtab.wiring.importing import import_files

FOLDER = Path(__file__).parents[2] / "examples" / "ledger"
FILES = ("trades.csv", "money.csv", "actions.csv", "settlements.csv")
CASH = {
    dt.date(2024, 9, 30): {"USD": 59424.75, "EUR": 11725.85, "GBP": 5900.00},
    dt.date(2024, 12, 31): {"USD": 62457.56, "EUR": 11725.85, "GBP": 10278.00},
}
UNITS = {"ABC": 500, "PAR": 420, "VOD": 3000, "RSP": 100, "KDZ": 25, "NEW": 100, "GLB": 30}


@pytest.mark.parametrize("files", [FILES, *list(permutations(FILES))[7::8]])
def test_a_workspace_has_the_year_worked_out_by_hand(tmp_path, files):
    workspace = create_workspace(tmp_path / "desk", benchmark="SPX")
    for name, how in (("prices.csv", {}), ("opening.csv", {"as_of": "2023-12-29"}), *((name, {}) for name in files)):
        (done,) = import_files([FOLDER / name], workspace=workspace, accept=True, **how)
        assert done.outcome is Outcome.KEPT, done.error
    prices = workspace.prices.table()
    for day, cash in CASH.items():
        held = held_at(workspace, "main", day, prices=prices)
        assert held.reasons == ()
        money = {p.symbol: round(float(p.quantity), 2) for p in held.portfolio.positions if p.instrument.is_money}
        assert money == cash
    assert {p.symbol: p.quantity for p in held.portfolio.positions if not p.instrument.is_money} == UNITS
    # Once more changes nothing.
    for name in files:
        (again,) = import_files([FOLDER / name], workspace=workspace, accept=True)
        assert again.outcome is Outcome.NOTHING_NEW
