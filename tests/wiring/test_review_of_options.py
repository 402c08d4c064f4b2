"""What a review says of options whose market says little: their bounds, and what an assumed rate could matter."""

import io

import numpy as np
import pytest
from given import business_days, price_path
from rich.console import Console

import trimtab as tt
from trimtab.market.prices import PriceTable
from trimtab.report.documents.review import review_document
from trimtab.report.shape.write import plain
from trimtab.report.tables.review import show_review

BOOK = """symbol,quantity,currency,kind,underlying,right,strike,expiry,multiplier,exercise,bid,ask
M,40000,USD,spot,,,,,,,,
M 60P,10,USD,option,M,put,60,2017-12-15,100,european,0,0.05
M 90C,20,USD,option,M,call,90,2019-12-20,100,european,19.0,19.5
M X,5,USD,option,M,call,100,2017-12-15,100,european,8.0,7.0
USD,500000,USD,cash,,,,,,,,
"""


@pytest.fixture
def found(tmp_path):
    returns = np.random.default_rng(3).normal(0.0, 0.01, 700)
    level = price_path(returns)
    table = PriceTable.of({"M": 100.0 * level / level[-1]}, dates=business_days(701), currency="USD")
    (tmp_path / "book.csv").write_text(BOOK)
    return tt.review(table, tmp_path / "book.csv", tt.Mandate(benchmark="M", target=0.95, band=0.15), method="ols")


def test_the_document_has_bounds_and_the_worst_case(found):
    """`coverage.bounds` tells both, `mandate.worst_case` the ends of beta; the verdict stands."""
    told = plain(review_document(found))
    bounds = {b["asset"]: b for b in told["coverage"]["bounds"]}
    assert set(bounds) == {"M 60P", "M X"}
    assert bounds["M 60P"]["measured"]
    assert bounds["M X"]["basis"] == "model"
    # the crossed call is worth something at the least, and is in no total: beta lies above what was measured
    assert told["beta"]["value"] < told["mandate"]["worst_case"]["low"] < told["mandate"]["worst_case"]["high"]
    assert told["mandate"]["deciding"] == []
    assert "the verdict is the same" in told["mandate"]["why"]
    line = next(p for p in told["positions"] if p["asset"] == "M 90C")
    assert line["delta_spot"] == line["delta"]
    assert line["option"]["delta_forward"] == pytest.approx(line["delta"])
    assert line["option"]["other_rate_delta_exposure"] != line["delta_exposure"]


def test_the_terminal_says_the_same(found):
    """Bounds in money with what they rest on, and what a rate of 5% would change."""
    text = io.StringIO()
    show_review(found, Console(file=text, width=200))
    assert "M X: beta exposure from" in text.getvalue()
    assert "by what its quote allows" in text.getvalue()
    assert "No rate was given for 2 option(s), 0 was assumed: at 5%" in text.getvalue()
