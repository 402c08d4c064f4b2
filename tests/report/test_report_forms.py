"""The five forms of a report say the same, digit for digit, and take names for names."""

import io
import json
import re
import sys
from dataclasses import replace
from functools import cache
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise

import openpyxl
import pytest
from pypdf import PdfReader
from report_answers import document_of

from trimtab.errors import MissingExtraError, StorageError, UsageError
from trimtab.report.charts.render import svg_for_print
from trimtab.report.documents.composed.report import ReportDocument
from trimtab.report.pages.html import html_page
from trimtab.report.pages.parts import Cell, Story
from trimtab.report.pages.story import story_of
from trimtab.report.pages.typeset import _picture, _Words, pdf_print
from trimtab.report.pages.workbook import workbook_bytes
from trimtab.report.shape.write import dumps
from trimtab.wiring.reporting.forms import ENDINGS, refuse_form, report_bytes, write_form


@cache
def composed() -> ReportDocument:
    return document_of("trimtab.report/1")


@cache
def story() -> Story:
    return story_of(composed(), pictured=False)


@cache
def written(ending: str) -> bytes:
    """The page has every chart; the print and the workbook two, which says as much in less time."""
    few = {".pdf": pdf_print, ".xlsx": workbook_bytes}
    return few[ending](pictured()) if ending in few else report_bytes(composed(), ending)


@cache
def pictured() -> Story:
    """Give the story with the gauge and one chart more."""
    whole = story_of(composed(), pictured=True)
    return replace(
        whole, sections=tuple(replace(s, pictures=s.pictures[:1] * (k == 0)) for k, s in enumerate(whole.sections))
    )


def cells(of: Story) -> list[Cell]:
    """Every cell of figures: those of the first page and of all tables."""
    tables = [t for s in of.sections for t in s.tables]
    return [*(c for _, c in of.front.figures), *(c for t in tables for row in t.rows for c in row)]


def plain(text: str) -> str:
    """Words without what a form adds: breaks, escapes, marks of long names."""
    return re.sub(r"\s+", "", text.replace("\u200b", "").replace("\\", "").replace("\xad", ""))


def text_of(ending: str) -> str:
    if ending == ".pdf":
        return plain("".join(page.extract_text() for page in PdfReader(io.BytesIO(written(".pdf"))).pages))
    return plain(unescape(re.sub(r"<[^>]*>", " ", written(ending).decode())))


@pytest.mark.parametrize("ending", [".html", ".md", ".pdf"])
def test_every_figure_is_in_it_as_the_command_prints_it(ending):
    """Each number of the story stands in the form with the same digits."""
    whole = text_of(ending)
    missing = [cell.text for cell in cells(story()) if cell.value is not None and plain(cell.text) not in whole]
    assert not missing
    assert plain(f"{story().front.beta} {story().front.error}") in whole


def test_the_workbook_has_numbers_that_print_as_they_are_printed_elsewhere():
    """A number is a number, its format prints the text of the other forms; words are words, none a formula."""
    book = openpyxl.load_workbook(io.BytesIO(written(".xlsx")))
    kept = {}
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in {"n", "s"}, (sheet.title, cell.coordinate)
                if cell.value is not None:
                    kept.setdefault(sheet.title, []).append((cell.value, cell.number_format))
    for section in story().sections:
        there = kept[section.title[:31]]
        for table in section.tables:
            for cell in (c for row in table.rows for c in row):
                if cell.value is None:
                    assert not cell.text or any(value == cell.text for value, _ in there), cell
                else:
                    assert (pytest.approx(cell.value, rel=1e-15), cell.form) in there
                    assert printed(cell.value, cell.form) == cell.text.removesuffix(" EUR")
    assert book["Positions"].freeze_panes == "B5"
    assert any(isinstance(value, float) for value, _ in kept["Chart data"])


def printed(value: float, form: str) -> str:
    """Print a number as a workbook's format does, by its own rules."""
    positive, _, rest = form.partition(";")
    negative = rest.partition(";")[0]
    chosen = negative if negative and value < 0 else positive
    number = abs(value) if negative else value
    sign = chosen[0] if chosen[0] in "+-" else ""
    body = chosen.lstrip("+-")
    if "#" in body.partition(".")[2]:
        least = body.partition(".")[2].count("0")
        whole, _, decimals = f"{number:,.8f}".partition(".")
        return f"{whole}.{decimals.rstrip('0'):0<{least}}".rstrip(".")
    digits = len(body.rstrip("%").partition(".")[2])
    if body.endswith("%"):
        return f"{sign}{number:.{digits}%}"
    return f"{sign}{number:{',' if ',' in body else ''}.{digits}f}"


def test_json_is_the_document():
    assert json.loads(written(".json")) == json.loads(dumps(composed()))


def test_the_same_report_is_the_same_bytes():
    """Twice the same, whatever the clock says: the workbook and the print are dated by the report."""
    assert workbook_bytes(pictured()) == written(".xlsx")
    assert pdf_print(pictured()) == written(".pdf")
    assert ENDINGS == (".html", ".pdf", ".xlsx", ".md", ".json")


def test_the_pdf_is_tagged_and_dated_by_the_report():
    """It says that it is PDF/UA-1, has a structure, a language, a title and text for each picture."""
    read = PdfReader(io.BytesIO(written(".pdf")))
    catalogue = read.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "en"
    assert b"pdfuaid" in catalogue["/Metadata"].get_data()
    assert read.metadata.title.startswith("growth")
    assert read.metadata.creation_date.isoformat().startswith("2023-08-11")


HEBREW = "\u05d0\u05d1\u05d2"
AWKWARD = ("=1+1", "<script>alert(1)</script>", "A" * 200, "#let x = 1", "| a | *b* _c_", HEBREW, "@SUM(1)")


def named(names: tuple[str, ...]) -> ReportDocument:
    """Give the report with other names of positions."""
    document = composed()
    positions = tuple(
        replace(p, asset=names[k]) if k < len(names) else p for k, p in enumerate(document.review.positions)
    )
    return replace(document, title=names[0], review=replace(document.review, positions=positions))


def test_names_are_names_in_every_form():
    """Formulas, markup, 200 letters and right-to-left words are shown as they are, and do nothing."""
    document = named(AWKWARD)
    of = story_of(document, pictured=False)
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(of)))
    names = {cell.value: cell.data_type for (cell,) in book["Positions"].iter_rows(max_col=1)}
    assert all(names[name] == "s" for name in AWKWARD)
    text = plain("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf_print(of))).pages))
    assert all(plain(name) in text for name in AWKWARD if name.isascii())
    assert "<script>" not in html_page(of)
    assert "\\| a \\| \\*b\\*" in report_bytes(document, ".md").decode()


def test_a_letter_that_no_font_has_is_no_empty_box():
    """Chinese is set where the machine has a font for it, else it stands as numbers that a note explains."""
    text = "".join(
        page.extract_text()
        for page in PdfReader(io.BytesIO(pdf_print(story_of(named(("\u4e2d\u6587",)), pictured=False)))).pages
    )
    assert "\u4e2d" in text or "U+4E2D" in text


def test_a_chart_in_the_print_has_letters_that_no_font_has_as_their_numbers():
    """A label of a chart is set by the same rule as a cell, whatever way it came into the chart."""
    drawn = story_of(named(("\u4e2d\u6587",)), pictured=True).sections[0].pictures[0]
    words = _Words(numbered=True)
    assert "[U+4E2D][U+6587]" in svg_for_print(drawn, words.letters)
    assert "\u4e2d" not in json.dumps(_picture(drawn, words), ensure_ascii=False)
    assert "\u4e2d\u6587" in svg_for_print(drawn)
    assert len(words.notes(("a note",))) == 2
    assert _Words(numbered=True).notes(("a note",)) == ["a note"]


def test_a_name_that_says_no_form_is_refused_before_anything_is_asked(tmp_path):
    with pytest.raises(UsageError, match=r"\.html, \.pdf, \.xlsx, \.md or \.json"):
        refuse_form("report.doc")
    with pytest.raises(StorageError, match="nowhere"):
        write_form(composed(), tmp_path / "nowhere" / "report.md")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("ending", "package"), [(".pdf", "typst"), (".xlsx", "xlsxwriter"), (".html", "altair")])
def test_a_missing_extra_is_named(monkeypatch, ending, package):
    """Without the package the message says what to install, and the forms that need none are written all the same."""
    modules = [name for name in sys.modules if name.startswith("trimtab.report.pages.") or ".charts." in name]
    for name in modules:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match=r"trimtab\[report\]"):
        report_bytes(composed(), ending)
    assert report_bytes(composed(), ".md")


class Tags(HTMLParser):
    """Every tag with its attributes, and the words between them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag, attrs):
        """Keep it."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        """Keep them."""
        self.words.append(data)


@cache
def read() -> Tags:
    tags = Tags()
    tags.feed(written(".html").decode())
    return tags


def test_the_page_asks_for_nothing():
    """No script, no address but within the page, no import, no inline handler."""
    for tag, attributes in read().tags:
        assert tag not in {"script", "iframe", "link", "img", "object", "embed"}
        assert not any(name.startswith("on") for name in attributes)
        for name in ("href", "src", "xlink:href"):
            assert (attributes.get(name) or "#").startswith("#"), attributes
    assert "@import" not in written(".html").decode()
    assert not re.search(r"url\(\s*['\"]?(?!#)", written(".html").decode())


def test_headings_go_down_one_at_a_time_and_names_are_once():
    """One h1, no level left out; each id once; each link leads somewhere; each header cell says what it heads."""
    levels = [int(tag[1]) for tag, _ in read().tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = [attributes["id"] for _, attributes in read().tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert all(a["href"][1:] in ids for tag, a in read().tags if tag == "a")
    assert all(a.get("scope") in {"row", "col"} for tag, a in read().tags if tag == "th")
    drawings = [a for tag, a in read().tags if tag == "svg"]
    assert drawings
    assert all(a.get("role") == "img" and a.get("aria-label") for a in drawings)


def test_every_cell_and_sentence_is_on_the_page():
    """What the story says stands on the page, word for word."""
    words = " ".join("".join(read().words).split())
    for section in story().sections:
        for sentence in (*section.lead, *section.notes):
            assert " ".join(sentence.split()) in words
        for table in section.tables:
            for row in table.rows:
                assert all(" ".join(cell.text.split()) in words for cell in row)


def test_figures_are_those_of_the_answers():
    """The first page and the positions print the review's own numbers."""
    review = composed().review
    front = story().front
    assert front.figures[1][1].text == f"{review.exposure.nav:,.0f}"
    rows = {row[0].text: row for row in story().sections[0].tables[0].rows}
    for position in review.positions:
        beta = "-" if position.beta is None else f"{position.beta:.3f}"
        assert rows[position.asset][5].text == beta


def test_a_part_that_is_missing_says_why():
    """Stress is not in this report: its section says so, and the first page names it."""
    section = next(s for s in story().sections if s.key == "stress")
    assert "too few days" in section.lead[0]
    assert not section.tables
    uncovered = story().front.answers[-1]
    assert any("stress" in sentence for sentence in uncovered.sentences)


def test_a_book_of_thousands_is_a_page_that_says_where_the_rest_is():
    """A page lists the positions that matter most and names the forms that have all."""
    document = composed()
    first, *_ = document.review.positions
    many = tuple(replace(first, asset=f"S{k:04d}", contribution=1.0 / (k + 1)) for k in range(5000))
    large = replace(document, review=replace(document.review, positions=many))
    whole = story_of(large, pictured=False)
    page = html_page(whole)
    assert len(page) < 400_000
    assert "S0399" in page
    assert "S0400" not in page
    assert "4,600 more rows are in the workbook" in page
    assert len(whole.sections[0].tables[0].rows) == 5000
    assert len(whole.sections[0].tables[0].on_page) == 400
