"""The year that ends in the sample portfolio: it is what the script makes, and it adds up."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import trimtab as tt
from trimtab import sample
from trimtab.wiring.alarming import look_back


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> tt.Desk:
    """Make one workspace of the sample."""
    return tt.Desk.create(tmp_path_factory.mktemp("year") / "desk", sample=True)


def test_the_files_are_what_the_script_makes(build_sample_year: ModuleType) -> None:
    """Nobody edits the year by hand."""
    made = build_sample_year.files()
    assert set(made) == {f"{name}.csv" for name in (*sample.YEAR_HOLDINGS, "trades", "dividends", "settlements")}
    for name, text in made.items():
        assert sample.year_path(Path(name).stem).read_text(encoding="utf-8") == text


def test_the_portfolio_is_what_the_year_leaves(desk: tt.Desk) -> None:
    """The evening before, facts alone give the portfolio but for the last day's margin; each day has a return."""
    past = desk.past()
    before, last = (
        {p.instrument.symbol: p.quantity for p in past.books[dt.date.fromisoformat(day)].positions}
        for day in ("2022-12-27", "2022-12-28")
    )
    moved = Decimal("3804.25") - Decimal("3851.00")
    assert before == {**last, "USD": last["USD"] - moved * 8 * 50}
    assert last["USD"] == 400_000
    assert np.isfinite(past.history.returns[1:]).all()
    assert past.history.dates.size == 253


def test_drift_answers_at_once(desk: tt.Desk) -> None:
    """A newcomer's first question of the workspace needs no option."""
    change = desk.drift()
    assert str(change.start.as_of)[:10] == "2021-12-28"
    assert change.end.beta.value - change.start.beta.value == pytest.approx(change.change, abs=1e-12)
    assert change.residual == pytest.approx(0.0, abs=1e-12)


def test_alerts_of_evenings_gone_by_know_nothing_later(desk: tt.Desk) -> None:
    """The put is about to expire, then gone; beta is outside; the future is to be rolled, then rolled."""
    evenings = (dt.datetime.fromisoformat(f"{day}T21:30+00:00") for day in sample.ALERT_DAYS)
    look_back(desk.workspace, evenings)
    said = [
        (str(entry.body["at"])[:10], entry.body["rule"], entry.body["event"], str(entry.body["words"]))
        for entry in reversed(desk.alert_history())
    ]
    assert [(day, rule, event) for day, rule, event, _ in said] == [
        ("2022-10-19", "out of band", "raised"),
        ("2022-10-19", "expiry", "raised"),
        ("2022-10-31", "expiry", "cleared"),
        ("2022-12-09", "roll due", "raised"),
        ("2022-12-13", "roll due", "cleared"),
    ]
    assert all("SPX 3650P Oct22" in words for _, rule, _, words in said if rule == "expiry")
    assert all("ESZ2" in words for _, rule, _, words in said if rule == "roll due")
