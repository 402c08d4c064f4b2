"""Results show themselves: in a few lines, in a notebook, as their document and as a frame."""

import json
import re
from html.parser import HTMLParser

import pytest
from report_answers import answer

from trimtab.errors import InputError
from trimtab.model.shown import Shown
from trimtab.wiring.shown.documents import document_of

#: Documents whose result is one object.
_ALONE = (
    "trimtab.explain/1", "trimtab.hedge-policy/1", "trimtab.league/1", "trimtab.ledger/1", "trimtab.plan/1",
    "trimtab.review-all/1", "trimtab.review/1", "trimtab.risk/1", "trimtab.stress/1", "trimtab.targets/1",
    "trimtab.ways/1", "trimtab.performance/1", "trimtab.drift/1",
)  # fmt: skip
_TABLES = [s for s in _ALONE if s not in {"trimtab.explain/1", "trimtab.ledger/1"}]


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
