"""A book of which something has no value: no face leads with the beta of the rest as if it were the whole's."""

import io
import re

import pytest
from rich.console import Console

import trimtab as tt
from trimtab import sample
from trimtab.market.prices import PriceTable
from trimtab.report.charts.catalogue import charts_of
from trimtab.report.charts.marks.frame import Picture, Undrawn
from trimtab.report.charts.render import svg
from trimtab.report.tables.review import show_review
from trimtab.wiring.shown.documents import document_of

BOOK = "100 AAPL, 50 NOSUCH, 5000 USD"
MANDATE = tt.Mandate(benchmark="SPX", target=1.0, band=0.05)


@pytest.fixture(scope="module")
def answers():
    """The questions that show a beta of today, asked of that book."""
    prices = sample.prices_path()
    return {
        "review": tt.review(prices, BOOK, MANDATE, method="ols"),
        "stress": tt.stress(prices, BOOK, benchmark="SPX", method="ols"),
        "risk": tt.review_risk(prices, BOOK, benchmark="SPX", method="ols"),
        "plan": tt.plan([prices, sample.futures_path()], BOOK, MANDATE, hedge="ES", method="ols"),
    }


@pytest.mark.parametrize("name", ["review", "stress", "risk", "plan"])
def test_a_short_form_says_what_its_beta_is_of(answers, name):
    """Lines with a beta say that it is of the rest; a plan that cannot decide shows none."""
    lines = [line for line in repr(answers[name]).splitlines() if re.search(r"\bbeta\b.*\d\.\d{3}", line)]
    assert all("of the rest" in line for line in lines), lines
    assert lines or name == "plan"


def test_its_review_says_that_beta_and_probability_are_unknown(answers):
    """The whole comes first, and nothing is said of how probable it is."""
    lines = repr(answers["review"]).splitlines()
    assert re.match(r" +beta to SPX +unknown", lines[1])
    assert any(re.match(r" +probability inside +unknown", line) for line in lines)
    assert not any("net asset value" in line for line in lines)


@pytest.mark.parametrize("name", ["review", "stress", "risk", "plan"])
def test_charts_say_what_they_are_of(answers, name):
    """The gauge and the plan are not drawn, with their reason; every other chart bears it in its title."""
    drawn = charts_of(document_of(answers[name]))
    by_name = {d.name: d for d in drawn}
    for first in ("beta", "plan"):
        assert isinstance(by_name.get(first, Undrawn(name="", title="", why="")), Undrawn)
    for picture in drawn:
        if isinstance(picture, Picture) and picture.name != "correlation":
            assert "of the rest" in picture.title
            assert "of the rest" in svg(picture)


def test_a_whole_book_says_nothing_of_a_rest():
    """Where everything has a value, titles and lines are of the portfolio."""
    whole = tt.review(sample.prices_path(), "100 AAPL, 5000 USD", MANDATE, method="ols", hidden=False)
    assert "of the rest" not in repr(whole)
    assert not any("of the rest" in d.title for d in charts_of(document_of(whole)))


def test_of_nothing_measured_no_face_says_nought() -> None:
    """A sum over nothing would look like a hedge: beta is unknown then, and no table shows it."""
    prices = PriceTable.of({"SPX": [4700.0, 4720.0], "NEW": [50.0, 51.0]}, dates=["2024-01-02", "2024-01-03"])
    review = tt.review(prices, "100 NEW, 1000 USD", tt.Mandate(benchmark="SPX", target=0.0, band=0.1))
    screen = Console(file=io.StringIO(), width=120)
    show_review(review, screen)
    printed = screen.file.getvalue()
    assert "unknown" in printed
    assert "unknown" in repr(review)
    for text in (printed, repr(review)):
        assert "0.000 +/- 0.000" not in text
    assert "after a move" not in printed


@pytest.mark.parametrize(("asked", "is_told"), [("2024-01-03", False), ("2024-01-08", False), ("2027-02-01", True)])
def test_a_day_long_after_the_last_price_says_so_beside_the_beta(asked: str, is_told: bool) -> None:
    """A beta of old prices under a new date looks like one of that day."""
    prices = PriceTable.of({"SPX": [4700.0, 4720.0], "NEW": [50.0, 51.0]}, dates=["2024-01-02", "2024-01-03"])
    mandate = tt.Mandate(benchmark="SPX", target=0.0, band=0.1)
    review = tt.review(prices, "100 NEW, 10 SPX, 1000 USD", mandate, as_of=asked)
    screen = Console(file=io.StringIO(), width=120)
    show_review(review, screen)
    assert ("newest price" in screen.file.getvalue()) == is_told
