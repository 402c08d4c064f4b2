"""Charts draw the figures of documents: each one is rendered, and what it shows is read back from the SVG."""

import re
from dataclasses import replace
from itertools import pairwise
from xml.dom.minidom import Document, parseString

import numpy as np
import polars as pl
import pytest
from given import price_path
from hypothesis import given
from hypothesis import strategies as st
from report_answers import document_of

import trimtab as tt
from trimtab.errors import InputError, MissingExtraError, NotEnoughDataError, UsageError
from trimtab.market.prices import PriceTable
from trimtab.report.charts import catalogue
from trimtab.report.charts.catalogue import CHARTED, charts_of, the_chart
from trimtab.report.charts.marks.bars import Bar, bars
from trimtab.report.charts.marks.frame import Picture, Undrawn
from trimtab.report.charts.marks.ink import DARK, LIGHT, PAGE
from trimtab.report.charts.marks.lines import Curve, lines
from trimtab.report.charts.marks.words import shortened, spread
from trimtab.report.charts.render import page, png, svg, svg_for_page
from trimtab.wiring.shown.charts import write_chart
from trimtab.wiring.shown.documents import document_of as document_of_result


def _pictures(schema: str) -> list[Picture]:
    return [d for d in charts_of(document_of(schema)) if isinstance(d, Picture)]


def _texts(drawn: str) -> list[str]:
    tree: Document = parseString(drawn)  # noqa: S318 - our own file
    nodes = [*tree.getElementsByTagName("text"), *tree.getElementsByTagName("tspan")]
    return ["".join(c.data for c in t.childNodes if c.nodeType == c.TEXT_NODE) for t in nodes]


@pytest.mark.parametrize("schema", sorted(CHARTED))
def test_every_chart_is_drawn_for_a_page_without_styles_or_scripts(schema):
    """A page's SVG: well formed, no inline style, no script, no link; colours are the page's variables."""
    pictures = _pictures(schema)
    assert pictures
    for picture in pictures:
        drawn = svg_for_page(picture)
        parseString(drawn)  # noqa: S318 - our own file
        assert not re.search(r"\sstyle=|<style|<script|<image|href=", drawn), picture.name
        assert "var(--tt-" in drawn
        assert "NaN" not in drawn
        assert "undefined" not in drawn
        assert len(drawn) < 60_000, picture.name


@pytest.mark.parametrize("schema", sorted(CHARTED))
def test_every_chart_has_a_title_and_a_finding_with_a_number(schema):
    """Who cannot see a chart is told what it shows, with its numbers; what cannot be drawn says why."""
    for drawn in charts_of(document_of(schema)):
        assert drawn.title
        if isinstance(drawn, Undrawn):
            assert drawn.why
        else:
            assert re.search(r"\d", drawn.finding), drawn.finding


def test_numbers_of_a_review_stand_in_its_charts():
    """The gauge and the bars write the document's own figures."""
    document = document_of("trimtab.review/1")
    beta = document.exposure.beta
    gauge, contributions = _pictures("trimtab.review/1")[:2]
    assert f"{beta.value:.3f} ± {beta.stderr:.3f}" in _texts(svg(gauge))
    written = _texts(svg(contributions))
    for position in document.positions:
        if position.contribution is not None:
            assert f"{position.contribution:+.3f}" in written


def test_a_bar_is_as_long_as_its_number():
    """Lengths in the SVG are proportional to values, and point left where they take away."""
    drawn = [Bar(name="a", value=0.3), Bar(name="b", value=-0.15), Bar(name="c", value=0.6)]
    picture = Picture(name="x", title="t", finding="1.", draw=lambda ink: bars(drawn, title="x", ink=ink))
    paths = re.findall(r'aria-roledescription="bar" d="M([-\d.]+),[-\d.]+h([-\d.]+)', svg_for_page(picture))
    lengths = [float(h) for _, h in paths]
    starts = [float(x) for x, _ in paths]
    assert lengths[0] / lengths[2] == pytest.approx(0.5, rel=1e-6)
    assert lengths[1] / lengths[0] == pytest.approx(0.5, rel=1e-6)
    assert starts[1] + lengths[1] == pytest.approx(starts[0], abs=1e-6)


@pytest.mark.parametrize(
    "name",
    [
        "x" * 200,
        "שלום עולם מניות",
        "腾讯控股有限公司",
        'O\'Neil "B" & <Sons>',
        "back\\slash",
        "two\nlines",
        "' + alert(1) + '",
    ],
)
def test_any_name_is_drawn_as_it_is_written(name):
    """Long, right-to-left, Chinese and hostile names: in full or cut in their middle, never as markup or code."""
    drawn = [Bar(name=name, value=1.0), Bar(name="other", value=-1.0)]
    picture = Picture(name="x", title=name, finding=name, draw=lambda ink: bars(drawn, title="x", ink=ink))
    written = " ".join(" ".join(_texts(svg(picture))).split())
    assert " ".join(shortened(name).split()) in written


def test_missing_values_leave_a_gap_and_long_lines_keep_their_extremes():
    """No line is drawn across what is not known; thinned, it keeps its peak and its trough."""
    days = np.arange("2000-01-01", "2020-01-01", dtype="datetime64[D]")
    values = np.sin(np.arange(len(days)) / 500.0)
    values[1234], values[4321] = 9.0, -9.0
    values[3000:3100] = np.nan
    chart = lines(days, [Curve(name="a", values=values)], titles=("", "y"), ink=LIGHT)
    drawn = chart.to_dict()
    points = next(iter(drawn["datasets"].values()))
    known = [p["value"] for p in points if p["value"] is not None]
    assert max(known) == 9.0
    assert min(known) == -9.0
    assert any(p["value"] is None for p in points)
    assert len(points) < 1000


def test_palettes_differ_in_grey_and_for_the_colour_blind():
    """What adds and what takes away differ by lightness; words stand out from what lies behind (WCAG AA, 4.5 to 1)."""
    for ink in (LIGHT, DARK):
        assert _contrast(ink.adds, ink.takes) > 1.3
        for word in (ink.ink, ink.muted, ink.mandate_ink, ink.second, ink.line, ink.alarm):
            assert _contrast(word, ink.surface) >= 4.5, word
        assert _contrast(ink.mandate_ink, ink.mandate) >= 4.5
        for mark in (ink.adds, ink.total):
            assert _contrast(mark, ink.surface) >= 3.0, mark
    assert LIGHT.ink in PAGE.ink


def _contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255.0 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@given(st.lists(st.floats(0.0, 200.0), min_size=1, max_size=8))
def test_labels_never_touch_and_keep_their_order(places):
    """Moved labels stand at least a gap apart, inside the edges, in the order of what they name."""
    moved = spread(places, 15.0, 0.0, 200.0)
    order = sorted(range(len(places)), key=places.__getitem__)
    for above, below in pairwise(order):
        assert moved[below] - moved[above] >= 15.0 - 1e-9
    assert min(moved) >= -1e-9
    assert max(moved) <= 200.0 + 1e-9


def test_files_are_written_by_what_their_name_ends_in(tmp_path):
    """SVG, PNG, PDF and a page; the page has every chart, no script and nothing from elsewhere."""
    document = document_of("trimtab.review/1")
    for name, begins in (("a.svg", b"<svg"), ("a.png", b"\x89PNG"), ("a.pdf", b"%PDF"), ("a.html", b"<!doctype html>")):
        write_chart(document, tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(begins)
    whole = (tmp_path / "a.html").read_text()
    assert whole.count("<figure>") == len(_pictures("trimtab.review/1"))
    assert not re.search(r"<script|https?://(?!www\.w3\.org)", whole)
    with pytest.raises(UsageError, match="ends in"):
        write_chart(document, tmp_path / "a.tiff")
    with pytest.raises(InputError, match="contributions"):
        write_chart(document, tmp_path / "b.svg", "nonsense")
    assert not (tmp_path / "b.svg").exists()


def test_the_same_figures_give_the_same_bytes():
    """A chart has nothing of the moment in it."""
    picture = _pictures("trimtab.review/1")[0]
    assert svg(picture) == svg(picture)
    assert page((picture,), "t") == page((picture,), "t")
    assert png(picture) == png(picture)


def test_what_cannot_be_drawn_says_so_in_three_parts():
    """A named chart without its figures is no empty chart; a document without charts names those that have them."""
    document = replace(document_of("trimtab.review/1"), not_enough=None)
    with pytest.raises(NotEnoughDataError, match="nothing could be measured"):
        the_chart(document, "hidden")
    with pytest.raises(InputError, match="review/1"):
        charts_of(document_of("trimtab.explain/1"))


def test_without_the_extra_a_message_names_it(monkeypatch):
    """Where Altair is not installed, everything else works and the message says what to install."""

    def absent(name: str) -> object:
        raise ModuleNotFoundError(name, name="altair")

    monkeypatch.setattr(catalogue, "import_module", absent)
    with pytest.raises(MissingExtraError, match=r"trimtab\[report\]"):
        charts_of(document_of("trimtab.review/1"))


def test_alpha_through_time_is_drawn_with_and_without_its_hedge():
    """Monthly returns over six years: a line with its interval, one without the hedge, and what they end at."""
    rng = np.random.default_rng(8)
    market = rng.normal(0.005, 0.04, 72)
    days = np.arange("2016-01", "2022-02", dtype="datetime64[M]").astype("datetime64[D]")
    book = 0.004 + 0.6 * market + rng.normal(0.0, 0.01, 72)
    table = PriceTable.of({"M": price_path(market), "NAV": price_path(book)}, dates=days, currency="USD")
    hedge = pl.DataFrame({"date": [str(days[0])], "held": [-0.4], "cost": [0.0]})
    terms = tt.HedgeTerms(instrument="M", book_beta=1.0, target=0.6, tolerance=0.1)
    how = {"portfolio": "NAV", "benchmark": "M", "method": "ols", "hedge": hedge, "hedge_terms": terms}
    result = tt.review_performance(table, **how)
    picture = the_chart(document_of_result(result), "alpha")
    assert "Without the hedge" in picture.finding
    assert f"{result.alpha_path.whole.value[-1]:+.1%}" in picture.finding
    assert "without the hedge" in svg_for_page(picture)
