"""The example files of `trimtab import` are what its page says."""

import datetime as dt
from pathlib import Path

from intake_given import GivenDesk, kept

from trimtab.desk.books.actions import ActionKind, known_actions

EXAMPLES = Path(__file__).parents[2] / "examples" / "import"


def test_the_examples_are_recognised_and_kept(tmp_path):
    """Three transactions and two actions, which make the book that can be worked out by hand."""
    desk = GivenDesk(tmp_path)
    desk.take("symbol,quantity\nAAPL,400\nMSFT,150\nUSD,20000\n", as_of="2022-06-30")
    assert kept(desk.take_file(EXAMPLES / "trades.csv"))[0] == 3
    assert kept(desk.take_file(EXAMPLES / "actions.csv"))[0] == 2
    split, dividend = known_actions(desk.journal)
    assert (split.kind, dividend.kind) == (ActionKind.SPLIT, ActionKind.DIVIDEND)
    assert dividend.effective == dt.date(2022, 8, 5)
    money = 20000 + 400 * 0.23 + 100 * 173.19 - 1 - 250 * 65.02 - 1 + 5000
    held = desk.quantities("2022-12-28")
    assert held == {"AAPL": "300", "MSFT": "150", "KO": "250", "USD": f"{money:g}"}
