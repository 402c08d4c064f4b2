"""What is fetched goes the road of files: shown first, kept once, written down; keys go nowhere."""

import datetime as dt
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import coin_exchange
import pytest
from click.testing import CliRunner
from coin_exchange import MARKETS
from local_service import Said, Service, as_json, serving

from trimtab.cli.app import app
from trimtab.config.read import find_mistakes
from trimtab.desk.books.intake import Outcome
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.desk.questions.review import ReviewQuestion
from trimtab.desk.watch.fetching import Fetched
from trimtab.errors import InputError, ServiceError, UnknownSymbolError
from trimtab.python.desk import Desk
from trimtab.wiring.fetching import fetch_into

DAY, FIRST = 86_400_000, 1_767_225_600_000  # 2026-01-01
NOW = dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC)
KEY, SECRET, TOKEN = "k3y-of-nobody", "s3cret-of-nobody", "t0ken-of-nobody"
ENVIRON = {"COIN_KEY": KEY, "COIN_SECRET": SECRET}
SETTINGS = """
[fetch.coins]
kind = "ccxt"
exchange = "deribit"
symbols = ["BTC/USDT"]
since = 2026-01-01
currency = "USD"
url = "{url}"

[fetch.account]
kind = "ccxt"
exchange = "deribit"
wanted = "positions"
url = "{url}"
key = "env:COIN_KEY"
secret = "env:COIN_SECRET"

[fetch.broker]
kind = "flex"
query = "123456"
token = "file:flex.token"
url = "{url}"
"""
BARS = [[FIRST + i * DAY, 1, 1, 1, 100.0 + i, 5] for i in range(31)]
FLEX = "/AccountManagement/FlexWebService"
REFERENCE = b"<FlexStatementResponse><Status>Success</Status><ReferenceCode>418</ReferenceCode></FlexStatementResponse>"
STATEMENT = b"""<FlexQueryResponse queryName="book" type="AF"><FlexStatements count="1">
<FlexStatement accountId="U1" fromDate="2026-01-05" toDate="2026-01-30" whenGenerated="2026-01-30;20:15:00">
<OpenPositions><OpenPosition accountId="U1" currency="USD" assetCategory="STK" symbol="AAPL" conid="265598"
 position="100" markPrice="243.5" positionValue="24350" levelOfDetail="SUMMARY" reportDate="2026-01-30"/>
</OpenPositions></FlexStatement></FlexStatements></FlexQueryResponse>"""


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """Serve on this machine."""
    with serving() as made:
        yield made


@pytest.fixture
def desk(tmp_path: Path, service: Service) -> Desk:
    """Make a workspace that names three services, and let them answer."""
    Desk.create(tmp_path / "desk", benchmark="BTC")
    file = tmp_path / "desk/trimtab.toml"
    file.write_text(file.read_text() + SETTINGS.format(url=service.url))
    token = tmp_path / "desk/flex.token"
    token.write_text(TOKEN + "\n")
    token.chmod(0o600)
    service.say("/bars", as_json(BARS))
    service.say("/markets", as_json(MARKETS))
    service.say(
        "/positions",
        as_json([{"symbol": "BTC/USD:BTC", "side": "short", "contracts": 50.0, "notional": 0.5, "markPrice": 100.0}]),
    )
    service.say("/balance", as_json({"total": {"BTC": 1.5, "USDT": 900.0}}))
    service.say(f"{FLEX}/SendRequest", Said(REFERENCE))
    service.say(f"{FLEX}/GetStatement", Said(STATEMENT))
    return Desk(tmp_path / "desk")


def fetch(desk: Desk, name: str = "coins", now: dt.datetime = NOW, **how: Any) -> Fetched:
    """Fetch through the library that stands for ccxt."""
    return fetch_into(
        desk.workspace, name, now=now, environ=ENVIRON, library=coin_exchange, pause=lambda _: None, **how
    )


def test_prices_are_shown_then_kept_once_and_written_down(desk: Desk) -> None:
    """A format is looked at first; a second answer adds nothing; a day later one row is new."""
    first = fetch(desk)
    assert (first.imported.outcome, first.imported.preview.new) == (Outcome.NEW_FORMAT, 30)
    kept = fetch(desk, accept=True)
    assert (kept.imported.outcome, kept.was_kept) == (Outcome.KEPT, True)
    assert fetch(desk, again=True).imported.outcome is Outcome.NOTHING_NEW
    entry = desk.workspace.journal.entries("prices", newest=True, limit=1)[0]
    assert "ccxt:deribit" in json.dumps(entry.body)
    later = fetch(desk, now=NOW + dt.timedelta(days=1))
    assert (later.imported.outcome, later.imported.preview.new, later.imported.preview.same) == (Outcome.KEPT, 1, 30)


def test_history_that_changed_is_told_and_not_taken(desk: Desk, service: Service) -> None:
    """A close of a known day that is another now waits for a person."""
    fetch(desk, accept=True)
    service.say("/bars", as_json([*BARS[:9], [FIRST + 9 * DAY, 1, 1, 1, 999.0, 5], *BARS[10:]]))
    changed = fetch(desk, again=True)
    assert changed.imported.outcome is Outcome.DOUBTFUL
    assert changed.imported.entries == ()
    assert "now says otherwise of 1 days that are known" in changed.imported.preview.doubts[-1]
    (correction,) = changed.imported.preview.corrections
    assert correction.where == "BTC on 2026-01-10, close"
    assert fetch(desk, again=True, accept=True).imported.outcome is Outcome.KEPT


def test_an_answer_with_a_hole_waits_for_a_person(desk: Desk, service: Service) -> None:
    """Also where its format is known."""
    fetch(desk, accept=True)
    service.say("/bars", as_json([*BARS[:9], *BARS[12:]]))
    assert fetch(desk, again=True).doubts == ("BTC/USDT: 3 days are missing: 2026-01-10, 2026-01-11, 2026-01-12",)
    assert fetch(desk, again=True).imported.outcome is Outcome.DOUBTFUL


def test_an_answer_is_used_again_while_it_is_fresh(desk: Desk, service: Service) -> None:
    """With its age; then it is asked for anew. One of the future is not believed."""
    before = len(service.asked)
    fetch(desk)
    again = fetch(desk, now=NOW + dt.timedelta(minutes=9))
    assert (again.was_kept, again.age, len(service.asked) - before) == (True, dt.timedelta(minutes=9), 1)
    assert not fetch(desk, now=NOW + dt.timedelta(minutes=11)).was_kept
    assert not fetch(desk, now=NOW - dt.timedelta(minutes=1)).was_kept


@pytest.mark.parametrize(
    "note",
    [b"", b"[]", b'{"file": "../../x", "at": 3}', b'{"file": "x"}', b"{" * 9, b'{"until": "soon", "failures": "x"}'],
)
def test_notes_that_were_damaged_are_no_notes(desk: Desk, note: bytes) -> None:
    """Cut off, of another kind, naming a file elsewhere: the service is asked, and the notes are written anew."""
    fetch(desk)
    folder = desk.workspace.folder / "data/fetched/coins"
    (path,) = (file for file in folder.glob("*.json"))
    path.write_bytes(note)
    path.with_suffix(".wait.json").write_bytes(note)
    assert not fetch(desk).was_kept
    assert fetch(desk).was_kept


def test_an_answer_that_was_touched_on_disk_is_not_used(desk: Desk, service: Service) -> None:
    """Half written, or changed by somebody: it is asked for again."""
    fetch(desk)
    file = max((desk.workspace.folder / "data/fetched/coins").glob("*.csv"))
    file.write_bytes(file.read_bytes()[:-20])
    assert not fetch(desk).was_kept


def test_a_service_that_failed_is_left_alone(desk: Desk, service: Service) -> None:
    """For the time it named, else longer with each failure; a clock that was set back holds nothing up."""
    service.say("/bars", Said(status=429, headers={"Retry-After": "1800"}))
    with pytest.raises(ServiceError, match="429"):
        fetch(desk)
    asked = len(service.asked)
    with pytest.raises(ServiceError, match="left alone until 2026-01-31 12:30:00") as error:
        fetch(desk, now=NOW + dt.timedelta(minutes=20))
    assert error.value.try_next == "ask again in 600 seconds"
    assert len(service.asked) == asked
    service.say("/bars", as_json(BARS))
    with pytest.raises(ServiceError, match="set the clock right"):
        fetch(desk, now=NOW - dt.timedelta(days=900))
    assert len(service.asked) == asked + 1
    assert fetch(desk, now=NOW + dt.timedelta(minutes=31)).imported.outcome is Outcome.NEW_FORMAT


def test_positions_become_holdings_of_the_day(desk: Desk) -> None:
    """Fifty dollars of an inverse perpetual and two balances; the account is then what it holds."""
    kept = fetch(desk, "account", accept=True)
    assert kept.imported.error is None, kept.imported.error
    assert kept.imported.outcome is Outcome.KEPT
    held = desk.workspace.journal.entries("holdings", newest=True, limit=1)[0].body
    assert "BTC/USD:BTC" in json.dumps(held)


def test_what_was_fetched_measures_as_its_parts_say(desk: Desk, service: Service) -> None:
    """Short 50,000 dollars of bitcoin beside 1.5 coins and 900 dollars: NAV and beta by hand, no gain counted twice."""
    bars = [[FIRST + i * DAY, 1, 1, 1, 90_000.0 * (1 + 0.02 * (-1) ** i), 5] for i in range(60)]
    now, last = NOW + dt.timedelta(days=29), bars[58][4]
    service.say("/bars", as_json(bars))
    perpetual = {
        "symbol": "BTC/USD:BTC", "side": "short", "contracts": 50_000.0, "notional": 50_000 / last, "markPrice": last,
        "entryPrice": 0.9 * last,
    }  # fmt: skip
    service.say("/positions", as_json([perpetual]))
    service.say("/balance", as_json({"total": {"BTC": 1.5, "USD": 900.0}}))
    for name in ("coins", "account"):
        assert fetch(desk, name, now=now, accept=True).imported.outcome is Outcome.KEPT
    question = ReviewQuestion(measuring=Measuring(as_of=str(now.date())))
    exposure = desk.review(question, record=False).exposure
    nav = 1.5 * last + 900
    assert exposure.nav == pytest.approx(nav, rel=1e-12)
    assert exposure.beta.value == pytest.approx((1.5 * last - 50_000) / nav, rel=1e-9)


def test_a_flex_statement_goes_in_as_its_file_would(desk: Desk) -> None:
    """As it came, and nothing new the second time."""
    kept = fetch(desk, "broker", accept=True)
    assert kept.imported.error is None, kept.imported.error
    assert kept.imported.outcome is Outcome.KEPT
    assert fetch(desk, "broker", again=True).imported.outcome is Outcome.NOTHING_NEW


def test_keys_stand_in_no_file_of_the_workspace(desk: Desk) -> None:
    """Not in the journal, the answers, or their notes; answers are their owner's alone."""
    for name in ("coins", "account", "broker"):
        fetch(desk, name, accept=True)
    for path in desk.workspace.folder.rglob("*"):
        if path.is_file() and path.name != "flex.token":
            content = path.read_bytes()
            assert not any(key.encode() in content for key in (KEY, SECRET, TOKEN)), path
            assert "fetched" not in path.parts or path.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_key_that_others_may_read_is_refused(desk: Desk, mode: int) -> None:
    """With the command that mends it, and without the key."""
    (desk.workspace.folder / "flex.token").chmod(mode)
    with pytest.raises(InputError, match=f"mode {mode:04o}") as error:
        fetch(desk, "broker")
    assert "chmod 600" in error.value.try_next
    assert TOKEN not in str(error.value)


def test_keys_that_are_not_there_are_told(desk: Desk) -> None:
    """A variable that is not set, a file that is not there, an empty one."""
    with pytest.raises(InputError, match="COIN_KEY"):
        fetch_into(desk.workspace, "account", now=NOW, environ={}, library=coin_exchange)
    token = desk.workspace.folder / "flex.token"
    token.write_text("\n")
    with pytest.raises(InputError, match="nothing there"):
        fetch(desk, "broker")
    token.unlink()
    with pytest.raises(OSError, match=r"flex\.token"):
        fetch(desk, "broker")


@pytest.mark.parametrize(
    ("line", "path", "part"),
    [
        ('[fetch.a]\nkind = "flex"\nquery = "1"\ntoken = "1234567890"', "fetch.a.token", "env:NAME or file:PATH"),
        ('[fetch.a]\nkind = "flex"\nquery = "1"', "fetch.a.kind", "add token"),
        ('[fetch.a]\nkind = "ccxt"\nexchange = "okx"', "fetch.a.kind", "add symbols"),
        ('[fetch.a]\nkind = "flex"\nquery = "1"\ntoken = "env:T"\nsymbols = ["X"]', "fetch.a.symbols", "take out"),
        (
            '[fetch.a]\nkind = "flex"\nquery = "1"\ntoken = "env:T"\nurl = "http://example.org/1234567890"',
            "fetch.a.url", "https",
        ),
        (
            '[fetch.a]\nkind = "flex"\nquery = "1"\ntoken = "env:T"\nurl = "https://example.org/?t=1234567890"',
            "fetch.a.url", "take them out",
        ),
    ],
)  # fmt: skip
def test_mistakes_in_settings_are_told_without_the_key(line: str, path: str, part: str, tmp_path: Path) -> None:
    """A key in the settings, one that is missing, a setting of another kind, an address that is not encrypted."""
    (tmp_path / "trimtab.toml").write_text(line)
    (mistake,) = find_mistakes(tmp_path, environ={})
    assert mistake.path == path
    assert part in str(mistake)
    assert "1234567890" not in str(mistake)


def test_both_faces_ask_every_service_and_one_that_fails_leaves_the_others(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command's document has what Python gives; its exit code is the failure's."""
    monkeypatch.setitem(__import__("sys").modules, "ccxt", coin_exchange)
    monkeypatch.delenv("COIN_KEY", raising=False)
    given = desk.fetch("coins", "account", "broker", dry_run=True)
    assert [one.imported.outcome for one in given] == [Outcome.SHOWN, Outcome.FAILED, Outcome.SHOWN]
    done = CliRunner().invoke(app, ["fetch", "-w", str(desk.workspace.folder), "--dry-run", "--json"])
    document = json.loads(done.output)
    assert document["schema"] == "trimtab.fetch/1"
    assert [row["name"] for row in document["services"]] == ["coins", "account", "broker"]
    assert [row["file"]["outcome"] for row in document["services"]] == ["shown", "failed", "shown"]
    assert [row["was_kept"] for row in document["services"]] == [True, False, True]
    assert done.exit_code == 1


def test_a_doubt_that_was_answered_is_still_shown(
    desk: Desk, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was kept all the same is kept with a word of what is odd."""
    monkeypatch.setitem(__import__("sys").modules, "ccxt", coin_exchange)
    service.say("/bars", as_json([*BARS[:9], *BARS[12:]]))
    done = CliRunner().invoke(app, ["fetch", "coins", "-w", str(desk.workspace.folder), "--yes"])
    assert done.exit_code == 0
    assert "3 days are missing" in done.output


def test_a_service_that_is_not_in_the_settings_is_told(desk: Desk) -> None:
    """By both faces alike."""
    with pytest.raises(UnknownSymbolError, match="did you mean coins") as python:
        desk.fetch("coin")
    done = CliRunner().invoke(app, ["fetch", "coin", "-w", str(desk.workspace.folder)])
    assert str(done.exception) == str(python.value)
