"""The desk over HTTP: the answers of the command line, and what is refused before one is worked out."""

import asyncio
import io
import json
import re
from html import unescape

import httpx
import pytest

import trimtab as tt
from trimtab.desk.questions.every import QUESTIONS
from trimtab.desk.questions.review import ReviewQuestion
from trimtab.desk.questions.stress import RiskQuestion
from trimtab.report.tables.risk import show_risk
from trimtab.report.tables.sheet import Screen, Sheet
from trimtab.web.answered import SHOWS
from trimtab.web.app import make_app
from trimtab.web.asking import pages_of
from trimtab.web.gate import HEADERS
from trimtab.web.keys import Keys
from trimtab.web.paper import Paper
from trimtab.wiring.answers import answer_review, answer_risk

BASE = "http://127.0.0.1:8631"


class Browser:
    """Asks the server in this process, and keeps its cookies."""

    def __init__(self, app):
        self._app = app
        self._cookies = httpx.Cookies()

    def request(self, method, path, **given):
        """Ask, and keep the cookies that come back."""

        async def ask():
            transport = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(transport=transport, base_url=BASE, cookies=self._cookies) as client:
                answer = await client.request(method, path, **given)
                self._cookies = client.cookies
                return answer

        return asyncio.run(ask())

    def get(self, path, **given):
        """Read."""
        return self.request("GET", path, **given)

    def post(self, path, **given):
        """Write."""
        return self.request("POST", path, **given)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return tt.Desk.create(tmp_path_factory.mktemp("web") / "desk", sample=True)


@pytest.fixture(scope="module")
def keys():
    return Keys()


@pytest.fixture(scope="module")
def app(desk, keys):
    return make_app(desk.workspace.folder, keys=keys, port=8631)


@pytest.fixture
def stranger(app):
    return Browser(app)


@pytest.fixture
def client(app, keys):
    client = Browser(app)
    assert client.get("/sign-in", params={"key": keys.issue()}).status_code == 303
    return client


def test_review_is_the_command_lines_to_the_byte_and_nothing_is_written(client, desk):
    """Document and the number on the page are those of `--json`; the journal stays as it was."""
    before = desk.workspace.journal.head()
    answer = client.get("/api/v1/review")
    expected = desk.ask(ReviewQuestion(), answer_review, record=False).answer.text + "\n"
    assert answer.text == expected
    assert answer.headers["x-trimtab-journal"] == str(before.seq)
    page = client.get("/")
    assert page.status_code == 200
    review = json.loads(expected)
    assert f"<strong>{review['beta']['value']:.3f}</strong>" in page.text
    assert review["mandate"]["why"] in page.text
    assert "<svg" in page.text
    assert " style=" not in page.text
    assert "<script" not in page.text
    assert desk.workspace.journal.head() == before
    assert set(re.findall(r'href="/([a-z-]+)"', page.text)) == set(pages_of())


def test_the_sign_in_works_once(stranger, keys):
    """A used key, a wrong one and none are refused alike; the cookie is strict."""
    key = keys.issue()
    first = stranger.get("/sign-in", params={"key": key})
    cookie = first.headers["set-cookie"].lower()
    assert "samesite=strict" in cookie
    assert "httponly" in cookie
    assert key not in cookie
    for wrong in (key, "guess", ""):
        assert stranger.get("/sign-in", params={"key": wrong}).status_code == 401


@pytest.mark.parametrize("path", ["/", "/api/v1/review", "/api/v1/openapi.json", "/nowhere"])
def test_strangers_are_refused_before_anything_is_built(stranger, path):
    """Without a session nothing answers but health, sign-in and the stylesheet; each refusal has its headers."""
    refused = stranger.get(path)
    assert refused.status_code == 401
    assert {name: refused.headers[name] for name in HEADERS} == HEADERS
    assert stranger.get("/healthz").text == "ok\n"


@pytest.mark.parametrize("host", ["evil.example:8631", "127.0.0.1", "127.0.0.1:80", ""])
def test_another_name_for_this_machine_is_refused(client, host):
    """DNS rebinding: a page elsewhere cannot ask under its own name, sign-in or not."""
    answer = client.get("/healthz", headers={"Host": host})
    assert answer.status_code == 421
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_writes_and_bodies_are_refused(client):
    """A write from elsewhere is forbidden, one from here not allowed; a question has no body."""
    assert client.post("/api/v1/review").status_code == 403
    assert client.post("/api/v1/review", headers={"Origin": "http://evil.example"}).status_code == 403
    cross = {"Origin": BASE, "Sec-Fetch-Site": "cross-site"}
    assert client.post("/api/v1/review", headers=cross).status_code == 403
    assert client.post("/api/v1/review", headers={"Origin": BASE}).status_code == 405
    assert client.request("GET", "/healthz", content=b"x" * 70_000).status_code == 413


@pytest.mark.parametrize("name", QUESTIONS)
def test_bad_parameters_are_refused_with_their_reason(client, name):
    """No question breaks on an account that is not there or a moment that is none."""
    for wrong in (
        {"account": "nobody"},
        {"known": "noon"},
        {"account": "\x00<script>"},
        {"band": "0.2"},
        {"asset": ""},
    ):
        answer = client.get(f"/api/v1/{name}", params=wrong)
        assert answer.status_code in {400, 422}, (wrong, answer.text)
        assert answer.json()["schema"] == "trimtab.error/1"
        assert {header: answer.headers[header] for header in HEADERS} == HEADERS


def test_an_error_has_a_page(client):
    """The overview of an account that is not there says so, and shows no markup of the address."""
    page = client.get("/", params={"account": "<script>"})
    assert page.status_code in {400, 422}
    assert "No answer" in page.text
    assert "<script" not in page.text


def test_the_description_has_every_question_with_its_document(client):
    described = client.get("/api/v1/openapi.json").json()
    assert set(described["paths"]) == {f"/api/v1/{name}" for name in QUESTIONS}
    review = described["paths"]["/api/v1/review"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert "mandate" in review["properties"]


def test_what_a_question_needs_is_asked_for_and_read(client):
    """An explanation without its asset names what is missing; nothing that a question has no use for is passed over."""
    missing = client.get("/api/v1/explain")
    assert missing.status_code == 400
    assert "asset" in missing.json()["expected"]
    passed_over = client.get("/api/v1/review", params={"target": "0.5"})
    assert passed_over.status_code == 400
    assert "target" in passed_over.json()["found"]
    assert client.get("/api/v1/explain", params={"asset": "AAPL"}).json()["schema"] == "trimtab.explain/1"


def test_a_page_has_every_number_of_the_terminal(client, desk):
    """What the terminal prints is on the page as printed, and where the reader is is marked."""
    asked = desk.ask(RiskQuestion(), answer_risk, record=False).answer
    screen = Screen(width=400, file=io.StringIO())
    show_risk(asked.result, screen)
    page = client.get("/risk")
    assert page.status_code == 200
    words = unescape(re.sub(r"<[^>]+>", " ", page.text))
    numbers = set(re.findall(r"[-+]?\d[\d,]*\.\d+%?", screen.file.getvalue()))
    assert len(numbers) > 20
    assert [number for number in numbers if number not in words] == []
    assert '<a href="/risk" aria-current="page">' in page.text
    assert "<svg" in page.text
    assert " style=" not in page.text
    assert "<script" not in page.text


@pytest.mark.parametrize("name", ["roll", "diagnosis"])
def test_a_page_needs_no_chart(client, name):
    """Documents that have no chart have their page."""
    page = client.get(f"/{name}")
    assert page.status_code == 200, page.text
    assert "<table" in page.text


@pytest.mark.parametrize("name", ["nowhere", "explain", "nowhere.json", "review"])
def test_an_address_of_no_page_names_the_pages(client, name):
    page = client.get(f"/{name}")
    assert page.status_code == 404
    assert 'href="/drift"' in page.text


@pytest.mark.parametrize("name", ["drift", "plan"])
def test_an_account_that_is_not_there_has_its_page(client, name):
    page = client.get(f"/{name}", params={"account": "<script>"})
    assert page.status_code in {400, 422}
    assert "No answer" in page.text
    assert "<script" not in page.text


def test_a_paper_shows_no_markup_of_a_name():
    """Names, titles, lines and what is framed are words, whatever they hold."""
    paper, sheet = Paper(), Sheet("<b>title")
    sheet.add_column("<b>head")
    sheet.add_row("<b>cell")
    paper.print(sheet)
    paper.print("<b>line")
    paper.print("<b>two\nlines")
    assert "<b>" not in paper.html
    assert paper.html.count("&lt;b&gt;") == 6  # the title is the name of its region too


def test_a_document_stands_beside_its_page(client):
    """`.json` is the answer of the API; who has it already is told so."""
    answer = client.get("/diagnosis.json")
    again = client.get("/api/v1/diagnosis", headers={"If-None-Match": answer.headers["etag"]})
    assert answer.json()["schema"] == "trimtab.diagnosis/1"
    assert (again.status_code, again.content) == (304, b"")


def test_every_question_has_its_page_or_needs_more():
    """A question that is added has a table to show, or no page is promised."""
    assert set(SHOWS) == set(pages_of())


def test_links_stay_with_the_account_that_was_asked_about(client):
    """A page of one account that leads to another's would show a right number of the wrong book."""
    for path in ("/diagnosis?account=main", "/roll?account=nobody"):
        links = re.findall(r'href="(/[^"]*)"', client.get(path).text)
        pages = [unescape(link) for link in links if not link.startswith("/static/")]
        assert len(pages) > 10
        assert all(page.endswith(path.partition("?")[2]) for page in pages), pages
