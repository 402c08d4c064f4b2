"""The page "beta is not enough" in every review: the risk review's own findings, and what cannot be told."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from given import business_days, demo_inputs, price_path
from rich.console import Console

import trimtab as tt
from trimtab.cli.app import app
from trimtab.errors import InputError
from trimtab.market.prices import PriceTable
from trimtab.report.documents.review import review_document
from trimtab.report.shape.write import plain
from trimtab.report.tables.review import show_review
from trimtab.risk.hidden import WEIGHTS, Kind


@pytest.fixture(scope="module")
def sample_inputs():
    inputs = demo_inputs()
    return {**inputs, "prices": tt.read_prices(inputs["prices"])}


@pytest.mark.parametrize("role", [None, "spending", "growth", "trading"])
def test_the_page_is_that_of_the_risk_review(sample_inputs, role):
    """A review's five things are those of the full risk review, number for number, for every role."""
    page = tt.review(**sample_inputs, role=role).not_enough
    full = tt.review_risk(sample_inputs["prices"], sample_inputs["holdings"], benchmark="SPX", role=role)
    assert page.role == role
    assert [h.kind for h in page.hidden] == [h.kind for h in full.hidden]
    assert [h.loss for h in page.hidden] == pytest.approx([h.loss for h in full.hidden], rel=1e-9)
    assert [h.words for h in page.hidden] == [h.words for h in full.hidden]
    assert len(page.hidden) == 5


def test_the_page_about_learning_shows_the_sample_s(sample_inputs):
    """The five rows for growth in docs/learn.md are what the sample gives."""
    shown = (Path(__file__).parents[2] / "docs/learn.md").read_text(encoding="utf-8")
    hidden = tt.review(**sample_inputs, role="growth").not_enough.hidden
    rows = "\n".join(f"| {h.kind} | {h.loss:.1%} | {h.scenario} |" for h in hidden)
    assert f"| | costs beyond beta | scenario |\n|---|---|---|\n{rows}\n\n" in shown


def test_what_cannot_be_told_is_named_with_its_reason(sample_inputs):
    """Without volumes the cost of getting out is not told; without fields rates and credit are not."""
    untold = {u.kind: u.why for u in tt.review(**sample_inputs).not_enough.untold}
    assert set(untold) == {Kind.EXIT, Kind.RATES}
    assert "volumes" in untold[Kind.EXIT]


def table(rows: int, volumes: bool = False) -> PriceTable:
    rng = np.random.default_rng(8)
    market = rng.normal(0.0003, 0.01, rows)
    columns = {"M": price_path(market)}
    for name, beta in (("A", 1.3), ("B", 0.7)):
        columns[name] = price_path(beta * market + rng.normal(0, 0.01, rows))
    made = PriceTable.of(columns, dates=business_days(rows + 1, start="2021-01-04"), currency="USD")
    return replace(made, volumes=np.full(made.values.shape, 1e4)) if volumes else made


MANDATE = tt.Mandate(benchmark="M", target=1.0, band=0.5)


def test_a_short_history_leaves_most_untold():
    """With too few returns for a history of the book the review stands, and the page says what it cannot tell."""
    page = tt.review(table(40), "100 A, 5000 USD", MANDATE, method="ols", min_obs=20).not_enough
    told = {h.kind for h in page.hidden}
    untold = {u.kind for u in page.untold}
    assert told <= {Kind.ERROR, Kind.CURRENCY, Kind.NOT_MEASURED}
    assert untold >= {Kind.OWN_RISK, Kind.DRAWDOWN, Kind.STRESS, Kind.CONCENTRATION}
    assert all(u.why for u in page.untold)


def test_volumes_tell_the_cost_of_getting_out():
    """With volumes, getting out has a cost, and is no longer among what cannot be told."""
    review = tt.review(table(400, volumes=True), "90000 A, 60000 B, 5000 USD", MANDATE, method="ols")
    page = review.not_enough
    assert Kind.EXIT not in {u.kind for u in page.untold}
    assert Kind.EXIT in {h.kind for h in page.hidden}
    spending = tt.review(table(400, volumes=True), "90000 A, 60000 B, 5000 USD", MANDATE, method="ols", role="spending")
    order = [h.kind for h in spending.not_enough.hidden]
    assert order.index(Kind.EXIT) <= [h.kind for h in page.hidden].index(Kind.EXIT)
    assert Kind.EXIT in WEIGHTS["spending"]
    one = tt.review(table(400), "100 A, 5000 USD", MANDATE, method="ols").not_enough
    assert Kind.CONVERGENCE in {u.kind for u in one.untold}


def test_it_can_be_left_out(sample_inputs):
    """A watch that reviews every minute leaves the page out, and the document says null."""
    review = tt.review(**sample_inputs, hidden=False)
    assert review.not_enough is None
    assert review_document(review).not_enough is None


def test_the_screen_and_the_document_carry_it(sample_inputs):
    """Both show each loss, each reason for what is not told, and the role."""
    review = tt.review(**sample_inputs, role="growth")
    console = Console(width=140)
    with console.capture() as shown:
        show_review(review, console)
    text = " ".join(shown.get().split())
    document = plain(review_document(review))["not_enough"]
    assert document["role"] == "growth"
    for h in document["hidden"]:
        assert f"-{h['loss']:.1%}" in text
    for u in document["untold"]:
        assert f"Not told: {u['kind']}" in text
    assert "For growth, these weigh 1.5 times" in text
    json.dumps(document)


def test_the_command_takes_a_role(tmp_path):
    """`trimtab review --role` fits the page to the role, and refuses one that is not known."""
    prices = table(400)
    lines = [f"{d.astype('datetime64[D]')},{','.join(map(repr, row.tolist()))}" for d, row in zip(
        prices.dates, prices.values, strict=True)]  # fmt: skip
    (tmp_path / "p.csv").write_text("date,M,A,B\n" + "\n".join(lines) + "\n")
    asked = ["review", "--prices", str(tmp_path / "p.csv"), "--holdings", "100 A, 50 B, 5000 USD", "-b", "M"]
    done = CliRunner().invoke(app, [*asked, "--role", "trading", "--json"])
    assert json.loads(done.stdout)["not_enough"]["role"] == "trading"
    assert "Beta is not enough" in CliRunner().invoke(app, [*asked, "--full"]).stdout
    assert isinstance(CliRunner().invoke(app, [*asked, "--role", "fun"]).exception, InputError)
