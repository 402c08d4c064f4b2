"""A desk in Python does what the command line does beside answering: files in, alerts, a look ahead, a watch."""

import datetime as dt

import numpy as np
import pytest
from given import business_days, price_path

from trimtab.desk.books.intake import Outcome
from trimtab.desk.questions.drift import Ahead, DriftQuestion
from trimtab.python.desk import Desk
from trimtab.wiring.alarming import alert_view

N = 300
NOW = dt.datetime(2016, 3, 1, 21, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Shares of beta 1.3 and 0.7 and some cash, in a workspace that was filled from Python alone."""
    folder = tmp_path_factory.mktemp("tended")
    made = Desk.create(folder / "desk", benchmark="M")
    rng = np.random.default_rng(5)
    market = rng.normal(0.0003, 0.01, N)
    columns = {"M": market, "A": 1.3 * market + rng.normal(0, 0.01, N), "B": 0.7 * market + rng.normal(0, 0.01, N)}
    days = business_days(N + 1)
    rows = zip(days.tolist(), *(price_path(r).tolist() for r in columns.values()), strict=True)
    prices, book = folder / "prices.csv", folder / "book.csv"
    prices.write_text("date,M,A,B\n" + "".join(f"{d},{m:.4f},{a:.4f},{b:.4f}\n" for d, m, a, b in rows))
    book.write_text("symbol,quantity\nA,100\nB,50\nUSD,1000\n")
    assert [d.outcome for d in made.import_files(prices, source="test", dry_run=True)] == [Outcome.SHOWN]
    assert [d.outcome for d in made.import_files(prices, source="test", accept=True)] == [Outcome.KEPT]
    (held,) = made.import_files(book, kind="holdings", as_of=str(days[-1]), source="test", accept=True)
    assert held.outcome is Outcome.KEPT
    return made


def test_rules_look_and_what_they_saw_is_there_to_read(desk):
    """A step of the rules writes their state down; the desk's view is the one the command line shows."""
    (done,) = desk.check_alerts(NOW)
    assert "out of band" in [rule.name for rule in desk.alerts().rules]
    assert desk.alerts().books == alert_view(desk.workspace).books == (done.book,)
    assert [e.body["event"] for e in desk.alert_history()] == [e.kind.value for e in done.events][::-1]


def test_a_look_ahead_is_that_of_drift_and_writes_nothing(desk):
    """The same seed and settings give the projection that the drift question gives; the journal stays as it is."""
    before = desk.workspace.journal.head()
    asked = DriftQuestion(ahead=Ahead(project=True, paths=50))
    found = desk.ahead(asked)
    assert found.projection.beta == pytest.approx(desk.review(record=False).exposure.beta.value, rel=1e-12)
    assert found == desk.ahead(asked)
    assert desk.workspace.journal.head() == before


def test_a_watch_of_the_desk_is_the_reviews_book_and_takes_in_what_is_imported(desk, tmp_path):
    """Its beta is the review's; after another snapshot it says what made it new."""
    inputs = desk.watched(clock=lambda: NOW)
    watch = inputs.start(inputs.portfolio, "test", jump=0.25)
    reviewed = desk.review(record=False)
    assert watch.book.read().beta.value == pytest.approx(reviewed.exposure.beta.value, rel=1e-12)
    assert inputs.look(watch) == ()
    book = tmp_path / "book.csv"
    book.write_text("symbol,quantity\nA,90\nB,50\nUSD,1000\n")
    as_of = str(reviewed.exposure.as_of.astype("datetime64[D]"))
    desk.import_files(book, kind="holdings", as_of=as_of, source="test", accept=True)
    assert inputs.look(watch) == ("reloaded because of holdings",)
