"""A report reads the same in every form, and asks for nothing from elsewhere."""

import re
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise

from report_answers import document_of

from trimtab.report.documents.composed.report import ReportDocument
from trimtab.report.pages.html import html_page
from trimtab.report.pages.parts import Story
from trimtab.report.pages.story import story_of


@cache
def composed() -> ReportDocument:
    return document_of("trimtab.report/1")


@cache
def story() -> Story:
    return story_of(composed(), pictured=True)


@cache
def page() -> str:
    return html_page(story())


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
    tags.feed(page())
    return tags


def test_the_page_asks_for_nothing():
    """No script, no address but within the page, no import, no inline handler."""
    for tag, attributes in read().tags:
        assert tag not in {"script", "iframe", "link", "img", "object", "embed"}
        assert not any(name.startswith("on") for name in attributes)
        for name in ("href", "src", "xlink:href"):
            assert (attributes.get(name) or "#").startswith("#"), attributes
    assert "@import" not in page()
    assert not re.search(r"url\(\s*['\"]?(?!#)", page())


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
