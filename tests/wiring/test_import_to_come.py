"""Files of days that are still to come: held back, because the last day known is the one that is answered for."""

from pathlib import Path

import pytest

from trimtab.desk.books.intake import Outcome
from trimtab.wiring.creating import create_workspace
from trimtab.wiring.importing import import_files

KNOWN = {
    "prices": "date,A,M\n{day},10,20\n",
    "transactions": "id,date,symbol,quantity,price,fee\n{day},{day},A,1,10,0\n",
    "holdings": "as_of,symbol,quantity\n{day},A,1\n",
}


@pytest.mark.parametrize("kind", KNOWN)
def test_a_wrong_year_is_held_back(tmp_path: Path, kind: str) -> None:
    """A file of a known format whose last day is still to come is not kept until it is accepted."""
    desk = create_workspace(tmp_path / "desk", benchmark="M")
    file = tmp_path / "rows.csv"

    def bring(day: str, **how: bool) -> tuple[Outcome, tuple[str, ...]]:
        file.write_text(KNOWN[kind].format(day=day))
        (done,) = import_files([file], workspace=desk, **how)  # type: ignore[arg-type]
        assert done.preview is not None, done.error
        return done.outcome, done.preview.doubts

    assert bring("2024-01-02", accept=True) == (Outcome.KEPT, ())
    assert bring("2024-01-03") == (Outcome.KEPT, ())
    outcome, doubts = bring("2204-01-04")
    assert outcome is Outcome.DOUBTFUL
    assert "2204-01-04" in doubts[0]
    assert bring("2204-01-04", accept=True)[0] is Outcome.KEPT
