"""The Flex web service as it is documented: a reference, then the statement; each refusal with what to do."""

import datetime as dt
from collections.abc import Iterator

import pytest
from local_service import Said, Service, serving

from trimtab.errors import ServiceError
from trimtab.feeds.venues.flex import FlexService
from trimtab.feeds.venues.web import Web

TOKEN = "112233445566778899001122"  # noqa: S105 - of nobody
NOW = dt.datetime(2026, 1, 6, 9, tzinfo=dt.UTC)
SEND, GET = "/SendRequest", "/GetStatement"
STATEMENT = """<FlexQueryResponse queryName="book" type="AF"><FlexStatements count="{count}">
<FlexStatement accountId="U1" fromDate="2026-01-05" toDate="{day}" whenGenerated="2026-01-05;20:15:00">
<OpenPositions><OpenPosition accountId="U1" currency="USD" assetCategory="STK" symbol="AAPL" conid="265598"
 position="100" markPrice="243.5" positionValue="24350" levelOfDetail="SUMMARY" reportDate="2026-01-05"/>
</OpenPositions>
<CashReport><CashReportCurrency accountId="U1" currency="USD" levelOfDetail="Currency" endingCash="5000"/></CashReport>
</FlexStatement></FlexStatements></FlexQueryResponse>"""


def xml(text: str) -> Said:
    """Give XML as an answer."""
    return Said(text.encode(), headers={"Content-Type": "text/xml"})


def response(status: str, inside: str) -> Said:
    """Give an answer of the service itself."""
    return xml(
        f"<FlexStatementResponse timestamp='06 January, 2026'><Status>{status}</Status>{inside}</FlexStatementResponse>"
    )


def code(number: int, words: str = "words of the service") -> Said:
    """Give a refusal by its code."""
    return response("Fail", f"<ErrorCode>{number}</ErrorCode><ErrorMessage>{words}</ErrorMessage>")


REFERENCE = response(
    "Success", "<ReferenceCode>4182091</ReferenceCode><Url>https://thief.example.org/GetStatement</Url>"
)
WHOLE = xml(STATEMENT.format(count=1, day="2026-01-05"))


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """Serve on this machine."""
    with serving() as made:
        yield made


def flex(service: Service, waited: list[float] | None = None, seconds: float = 60.0) -> FlexService:
    """Ask the local service; it stands where the settings put the real one."""
    pauses = [] if waited is None else waited
    web = Web(
        what="the Flex web service", seconds=seconds, base=f"{service.url}/flex", secrets=(TOKEN,), pause=pauses.append
    )
    return FlexService(query="123456", token=TOKEN, web=web)


def path(step: str) -> str:
    """Give a step's path behind the address that is set."""
    return f"/flex/AccountManagement/FlexWebService{step}"


def test_a_query_is_run_and_its_statement_comes_as_it_is(service: Service) -> None:
    """Two requests with token, number and version; the address in the first answer gets nothing."""
    service.say(path(SEND), REFERENCE)
    service.say(path(GET), WHOLE)
    answer = flex(service).ask(NOW)
    assert answer.content == WHOLE.body
    assert answer.notes == ("1 statement(s) up to 2026-01-05",)
    asked = [(where, query) for where, query, _ in service.asked[-2:]]
    assert asked == [
        (path(SEND), {"t": TOKEN, "q": "123456", "v": "3"}), (path(GET), {"t": TOKEN, "q": "4182091", "v": "3"})
    ]  # fmt: skip
    assert service.asked[-1][2]["User-Agent"].startswith("Python/")


@pytest.mark.parametrize("busy", [1001, 1009, 1018, 1019, 1021])
def test_a_statement_that_is_being_made_is_waited_for(service: Service, busy: int) -> None:
    """Codes that ask for patience, in either step."""
    waited: list[float] = []
    service.say(path(SEND), code(busy), REFERENCE)
    service.say(path(GET), code(1019), code(busy), WHOLE)
    assert flex(service, waited).ask(NOW).content == WHOLE.body
    assert waited == [6.0, 6.0, 6.0]


def test_one_that_is_not_ready_by_the_deadline_is_told(service: Service) -> None:
    """With the service's own words."""
    service.say(path(SEND), REFERENCE)
    service.say(path(GET), code(1019, "Statement generation in progress."))
    with pytest.raises(ServiceError, match="code 1019: Statement generation in progress") as error:
        flex(service, seconds=4.0).ask(NOW)
    assert error.value.exit_code == 69


@pytest.mark.parametrize(
    ("number", "advice"),
    [(1012, "new token"), (1013, "address"), (1014, "query"), (1015, "token"), (1099, "documentation")],
)
def test_a_refusal_says_what_to_do(service: Service, number: int, advice: str) -> None:
    """A code that no patience mends; a token that the service repeats is taken out."""
    service.say(path(SEND), code(number, f"no good: {TOKEN}"))
    with pytest.raises(ServiceError, match=f"code {number}") as error:
        flex(service).ask(NOW)
    assert advice in error.value.try_next
    assert TOKEN not in str(error.value)


BOMB = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "{TOKEN[:2]}">]><FlexQueryResponse>&b;</FlexQueryResponse>'


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (xml("<FlexQueryResponse><FlexStatements count='0'/></FlexQueryResponse>"), "without a statement"),
        (xml(STATEMENT.format(count=2, day="2026-01-05")), "1 of 2 statements"),
        (xml(STATEMENT.format(count=1, day="2026-01-05")[:400]), "GetStatement"),
        (xml("<html><body>maintenance</body></html>"), "a document 'html'"),
        (xml(""), "GetStatement"),
        (xml(BOMB), "DTDForbidden"),
        (Said(status=403), "HTTP 403"),
        (xml(STATEMENT.format(count=1, day="2026-01-05").replace("U1", TOKEN)), "in which the token stands"),
    ],
)
def test_what_is_no_whole_statement_is_refused(service: Service, given: Said, found: str) -> None:
    """Nothing, half a page, fewer statements than counted, entities, another document, a token given back."""
    service.say(path(SEND), REFERENCE)
    service.say(path(GET), given)
    with pytest.raises(ServiceError) as error:
        flex(service).ask(NOW)
    assert found in error.value.found
    assert TOKEN not in str(error.value)


def test_a_reference_that_is_none_is_refused(service: Service) -> None:
    """It would be sent back as part of an address."""
    service.say(path(SEND), response("Success", "<ReferenceCode>../x</ReferenceCode>"))
    with pytest.raises(ServiceError, match="no reference"):
        flex(service).ask(NOW)


def test_a_statement_of_the_future_is_doubted(service: Service) -> None:
    """One of the two clocks is wrong."""
    service.say(path(SEND), REFERENCE)
    service.say(path(GET), xml(STATEMENT.format(count=1, day="2026-01-09")))
    (doubt,) = flex(service).ask(NOW).doubts
    assert "2026-01-09, which is still to come" in doubt
