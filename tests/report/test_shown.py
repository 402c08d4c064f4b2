"""Results show themselves: in a few lines, in a notebook, as their document and as a frame."""

import inspect
import json
import re
from html.parser import HTMLParser
from importlib import import_module

import pandas as pd
import polars as pl
import pytest
from report_answers import DAYS, MANDATE, answer, prices, rates

import trimtab as tt
from trimtab.errors import InputError, TrimtabError
from trimtab.model.shown import Shown
from trimtab.wiring.shown.documents import HOMES, document_of

#: Documents whose result is one object.
_ALONE = (
    "trimtab.explain/1", "trimtab.hedge-policy/1", "trimtab.league/1", "trimtab.ledger/1", "trimtab.plan/1",
    "trimtab.review-all/1", "trimtab.review/1", "trimtab.risk/1", "trimtab.stress/1", "trimtab.targets/1",
    "trimtab.ways/1", "trimtab.performance/1", "trimtab.drift/1", "trimtab.beta/1", "trimtab.beta-between/1",
    "trimtab.beta-history/1", "trimtab.ahead/1", "trimtab.betas/1", "trimtab.exposure/1", "trimtab.partial-betas/1",
    "trimtab.fleet.check/1", "trimtab.roll/1",
)  # fmt: skip
_TABLES = _ALONE


def _result(schema: str) -> Shown:
    result = answer(schema).words[0]
    assert isinstance(result, Shown)
    return result


@pytest.mark.parametrize("schema", _ALONE)
def test_a_result_is_at_most_twelve_lines(schema):
    """`repr` of every result: its kind, its day and its first figures, twelve lines at most, none very long."""
    lines = repr(_result(schema)).splitlines()
    assert 2 <= len(lines) <= 12
    assert all(len(line) <= 150 for line in lines)
    assert not any("nan" in line.split() for line in lines)


@pytest.mark.parametrize("schema", _ALONE)
def test_a_notebook_shows_a_table_without_script(schema):
    """Well-formed HTML, no script and nothing from elsewhere; what is dark has its own colours."""
    shown = _result(schema)._repr_html_()
    assert shown is not None
    stack: list[str] = []

    class Check(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            stack.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert stack.pop() == tag

    Check().feed(re.sub(r"<svg.*?</svg>", "", shown, flags=re.DOTALL))
    assert not stack
    assert not re.search(r"<script|https?://(?!www\.w3\.org)|\bon\w+=", shown)
    assert "prefers-color-scheme:dark" in shown


@pytest.mark.parametrize("schema", _ALONE)
def test_dict_and_json_are_the_document(schema):
    """What `--json` writes."""
    result = _result(schema)
    assert result.to_dict()["schema"] == document_of(result).SCHEMA
    assert json.loads(result.to_json()) == result.to_dict()


@pytest.mark.parametrize("schema", _TABLES)
def test_the_main_table_is_a_frame_of_each_kind(schema):
    """Polars, pandas and Arrow, with as many rows."""
    result = _result(schema)
    rows = len(result.to_frame())
    assert rows > 0
    assert len(result.to_frame("pandas")) == rows
    assert result.to_frame("pyarrow").num_rows == rows
    with pytest.raises(InputError, match="polars, pandas or pyarrow"):
        result.to_frame("excel")


def test_figures_of_a_review_are_those_of_its_document():
    """The first lines of a review say its beta, its error and its verdict."""
    result = _result("trimtab.review/1")
    text = repr(result)
    beta = result.to_dict()["beta"]
    assert f"{beta['value']:.3f} +/- {beta['stderr']:.3f}" in text
    assert result.to_dict()["mandate"]["status"] in text


def test_a_hostile_name_is_no_markup():
    """A name with markup is written as it is."""
    from trimtab.report.shown.brief import Brief
    from trimtab.report.shown.html import block

    brief = Brief(title="<script>alert(1)</script>", rows=(("<b>", "</td><script>"),))
    shown = block(brief, document_of(_result("trimtab.explain/1")))
    assert "<script" not in shown


#: What a question takes, or where answers come from: no answer itself.
_GOES_IN = {"Portfolio", "Market", "PriceTable", "Desk"}


#: What a function gives that is no answer: words, files, charts, numbers.
_PLAIN = {"None", "str", "tuple", "bool", "int", "float", "Path", "Chart"}


def _returned() -> set[str]:
    """Names of the classes that public functions give back, as they state them."""
    asked = [f for n in tt.__all__ if n != "attest" and inspect.isfunction(f := getattr(tt, n))]
    stated = [f.__annotations__.get("return") for f in asked]
    words = {kind if isinstance(kind, str) else getattr(kind, "__name__", str(kind)) for kind in stated}
    return {word.split("[")[0].strip("\"'") for word in words} - _GOES_IN - _PLAIN


def test_every_public_function_gives_a_result_that_shows_itself():
    """A few lines, a table for a notebook, a dict, JSON and a frame: of whatever a public function returns."""
    names = _returned()
    assert {"Review", "Betas", "BetaHistory", "BetaBetween", "Exposure", "FleetRun"} <= names
    assert names - set(HOMES) == set()
    for name in names:
        module, function = HOMES[name]
        made = getattr(import_module(f"trimtab.report.documents.{module}"), function)
        of = next(iter(inspect.signature(made, eval_str=False).parameters.values())).annotation
        assert of is inspect.Parameter.empty or isinstance(of, str) or issubclass(of, Shown), name


@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_frames_come_back_as_prices_came_in(kind):
    """Betas of a pandas frame are a pandas frame, and so are a review's positions."""
    table = pl.DataFrame(
        {"date": DAYS.astype("datetime64[us]"), "M": prices().values[:, 0], "A": prices().values[:, 1]}
    )
    given = table.to_pandas() if kind == "pandas" else table
    betas = tt.estimate_betas(given, benchmark="M", method="ols")
    review = tt.review(given, {"A": 10, "USD": 500}, MANDATE, method="ols", hidden=False)
    for frame in (betas.to_frame(), review.to_frame()):
        assert type(frame).__module__.split(".")[0] == kind
    assert type(betas.to_frame("pyarrow")).__module__.startswith("pyarrow")


@pytest.mark.parametrize("asked", ["portfolio", "market", "prices"])
def test_what_goes_in_is_short_too(asked):
    """A portfolio, a moment and a price table are at most twelve lines."""
    table = prices()
    shown = {"portfolio": tt.portfolio("100 AAPL, 5 SPX 6000P Dec26, 250 USD"), "prices": table}
    shown["market"] = tt.market_at(table, base="USD", fx=rates())
    lines = repr(shown[asked]).splitlines()
    assert len(lines) <= 12
    assert all(len(line) <= 150 for line in lines)


def test_holdings_are_taken_as_they_are_held_in_memory():
    """A dict, a pandas series, columns and frames of three libraries are the same book as the line of notation."""
    line = tt.portfolio("100 A, -2.5 B, 500 USD")
    by_symbol = {"A": 100, "B": -2.5, "USD": 500}
    columns = {"symbol": list(by_symbol), "quantity": list(by_symbol.values())}
    frame = pl.DataFrame(columns, strict=False)
    assert tt.portfolio(by_symbol) == tt.portfolio(pd.Series(by_symbol)) == line
    for source in (columns, frame, frame.to_pandas(), frame.to_arrow()):
        assert [(p.symbol, p.quantity) for p in tt.portfolio(source).positions] == [
            (p.symbol, p.quantity) for p in line.positions
        ]
    assert tt.review(prices(), by_symbol, MANDATE, hidden=False).exposure.nav > 0


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (None, "NoneType"), (3.5, "float"), ({}, "none"), ({"A": "many"}, "many"), ({"A": float("nan")}, "nan"),
        ({"A": True}, "True"), ({1: 5}, "1"), ({"A, B": 5}, "A, B"), (pl.Series("q", [1.0]), "Polars series"),
        ({"symbol": ["A"], "quantity": [1, 2]}, "quantity: 2"), (pl.DataFrame({"a": [1]}), "no symbol"),
        (lambda: 3, "function"),
    ],
)  # fmt: skip
def test_what_is_no_portfolio_is_refused_in_three_parts(source, words):
    """Whatever it is, the message names it and says what to give."""
    with pytest.raises(TrimtabError, match=words) as refused:
        tt.portfolio(source)
    assert refused.value.try_next


@pytest.mark.parametrize("mandate", [None, {"benchmark": "M"}, 1.0])
def test_what_is_no_mandate_is_refused(mandate):
    """Of every question that takes one."""
    for ask in (tt.review, tt.plan, tt.compare_ways, tt.hedge_policy):
        with pytest.raises(InputError, match="a mandate"):
            ask(prices(), "100 A, 500 USD", mandate, **({} if ask is tt.review else {"hedge": "MF"}))
