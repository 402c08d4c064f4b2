"""One client asks every service: one deadline, no redirect, no endless or half answer, and no key in any message."""

import datetime as dt
import time
import traceback
from collections.abc import Iterator
from email.utils import format_datetime

import pytest
from local_service import Said, Service, serving

from trimtab.errors import ServiceError
from trimtab.feeds.venues import web as module
from trimtab.feeds.venues.web import Web

KEY = "k3y-that-nobody-may-see"
PLACE = f"https://api.example.org/data?token={KEY}"


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """Serve on this machine."""
    with serving() as made:
        yield made


def web(service: Service, waited: list[float] | None = None, seconds: float = 20.0) -> Web:
    """Reach the local service in place of the one asked for; pauses are noted, not waited for."""
    pauses = [] if waited is None else waited
    return Web(what="the service", seconds=seconds, base=service.url, secrets=(KEY,), pause=pauses.append)


def refused(asked: Web, url: str = PLACE) -> ServiceError:
    """Give the error, and look that no key is in it or in its traceback."""
    with pytest.raises(ServiceError) as caught:
        asked.send(url, headers={"X-Key": KEY})
    assert KEY not in "".join(traceback.format_exception(caught.value))
    assert (caught.value.__cause__, caught.value.__suppress_context__) == (None, True) or not caught.value.__context__
    return caught.value


def test_an_answer_comes_from_the_address_that_is_set(service: Service) -> None:
    """Scheme and host are replaced, path and question stay; nothing packed is asked for."""
    service.say("/data", Said(b"hello"))
    assert web(service).send(PLACE).text == "hello"
    path, query, headers = service.asked[-1]
    assert (path, query, headers["Accept-Encoding"]) == ("/data", {"token": KEY}, "identity")


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({}, 1.0),
        ({"Retry-After": "soon"}, 1.0),
        (
            {
                "Retry-After": format_datetime(dt.datetime(2026, 1, 5, 12, 0, 9, tzinfo=dt.UTC), usegmt=True),
                "Date": format_datetime(dt.datetime(2026, 1, 5, 12, 0, 0, tzinfo=dt.UTC), usegmt=True),
            },
            None,
        ),
    ],
)
def test_a_busy_service_is_asked_again_after_the_time_it_names(
    service: Service, headers: dict[str, str], wait: float | None
) -> None:
    """Seconds, or a moment by its own clock; else a second."""
    waited: list[float] = []
    service.say("/data", Said(status=429, headers=headers), Said(b"now"))
    asked = web(service, waited, seconds=1e9) if wait is None else web(service, waited)
    assert asked.send(PLACE).text == "now"
    assert len(waited) == 1
    assert wait is None or waited == [wait]


def test_a_service_that_stays_busy_is_given_up(service: Service) -> None:
    """After 1, 2 and 4 seconds; a wait beyond the deadline is not begun, and is told."""
    waited: list[float] = []
    service.say("/data", Said(status=500))
    assert "HTTP 500 after 4 tries" in refused(web(service, waited)).found
    assert waited == [1.0, 2.0, 4.0]
    service.say("/data", Said(status=429, headers={"Retry-After": "3600"}))
    error = refused(web(service, waited))
    assert (error.wait, error.try_next, len(waited)) == (3600.0, "ask again in 3600 seconds", 3)


def test_what_changes_something_is_not_sent_twice(service: Service) -> None:
    """A POST that failed inside the service may have been done; one that was turned away was not."""
    service.say("/data", Said(status=500), Said(b"again"))
    assert web(service).send(PLACE, "POST", body="x=1").status == 500
    service.say("/data", Said(status=429), Said(b"again"))
    assert web(service).send(PLACE, "POST", body="x=1").text == "again"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(service: Service, status: int) -> None:
    """Keys would go along to wherever it leads."""
    service.say("/elsewhere", Said(b"stolen"))
    service.say("/data", Said(status=status, headers={"Location": f"{service.url}/elsewhere?token={KEY}"}))
    assert f"a redirect (HTTP {status})" in refused(web(service)).found
    assert service.asked[-1][0] == "/data"


def test_half_an_answer_is_none(service: Service) -> None:
    """Fewer bytes than were promised; an answer that is packed though that was not asked for."""
    service.say("/data", Said(b'{"a": 1}', cut=3))
    assert "answer" in refused(web(service)).found
    service.say("/data", Said(b"\x1f\x8b", headers={"Content-Encoding": "gzip"}))
    assert "packed" in refused(web(service)).found


def test_an_answer_without_end_is_cut(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """More bytes than an answer may have are not read to the end."""
    monkeypatch.setattr(module, "MOST", 100_000)
    service.say("/data", Said(b"x" * 300_000))
    assert "more than 0 MiB" in refused(web(service)).found


@pytest.mark.parametrize("headers", [{}, {"Content-Length": "9999"}])
def test_a_slow_drip_ends_at_the_deadline(service: Service, headers: dict[str, str]) -> None:
    """Byte after byte, each in time: the whole has one deadline."""
    service.say("/data", Said(b"x" * 200, drip=0.02, headers=headers))
    begun = time.monotonic()
    assert "by the deadline" in refused(web(service, seconds=0.3)).found
    assert time.monotonic() - begun < 2.0


def test_nothing_goes_unencrypted_to_another_machine() -> None:
    """Not even where the settings would let it."""
    asked = Web(what="the service", seconds=5.0, base="http://api.example.org", secrets=(KEY,))
    assert "not encrypted" in refused(asked).found


def test_a_service_that_is_down_is_told_without_its_address(service: Service) -> None:
    """A port where nobody listens."""
    asked = Web(what="the service", seconds=5.0, base="http://127.0.0.1:9", secrets=(KEY,))
    assert refused(asked).found == "no whole answer (ConnectionRefusedError)"
