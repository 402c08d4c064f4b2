"""Reports of a workspace: every part a run, what changed since the last one, and each sent once until it is taken."""

import datetime as dt
import json
import shutil
import sys

import numpy as np
import pytest
from click.testing import CliRunner
from given import business_days, price_path

from trimtab.cli.app import app
from trimtab.desk.books.journal import Fact
from trimtab.desk.watch.outbox import DeliveryError, Message, deliver
from trimtab.desk.watch.reporting import Period, due_moment, happened_in, period_of
from trimtab.errors import MissingExtraError, NotEnoughDataError, StorageError, TrimtabError, UsageError
from trimtab.notify.mail import MailChannel
from trimtab.python.desk import Desk
from trimtab.report.charts.catalogue import charts_of
from trimtab.report.charts.marks.frame import Undrawn
from trimtab.report.documents.composed.cited import cited_methods
from trimtab.report.pages.markdown import markdown_text
from trimtab.report.pages.story import story_of
from trimtab.wiring.reporting.sending import ReportClerk
from trimtab.wiring.shown.charts import refuse_ending

N = 330
DAYS = [str(day) for day in business_days(N + 1, "2022-01-03")]
REPORT = """[report]
recipients = ["committee", "client"]
form = "md"
weekday = "mon"
time = "07:00"
"""
CHANNELS = """
[alerts.channels.committee]
kind = "terminal"
[alerts.channels.client]
kind = "terminal"
"""
TUESDAY = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A workspace with an index, two shares, a book of two days, and a committee and a client who want reports."""
    home = tmp_path_factory.mktemp("reports")
    rng = np.random.default_rng(5)
    market = rng.normal(0.0004, 0.01, N)
    columns = {"M": price_path(market), "A": price_path(1.4 * market + rng.normal(0, 0.006, N)),
               "B": price_path(0.7 * market + rng.normal(0, 0.006, N))}  # fmt: skip
    rows = (f"{day},{','.join(f'{c[i]:.6f}' for c in columns.values())}\n" for i, day in enumerate(DAYS))
    (home / "prices.csv").write_text("date,M,A,B\n" + "".join(rows))
    desk = Desk.create(home / "desk", benchmark="M")
    settings = home / "desk" / "trimtab.toml"
    text = settings.read_text().replace("[estimation]\n", '[estimation]\nmethod = "ols"\n', 1)
    settings.write_text(text.replace("[report]\n", REPORT, 1) + CHANNELS)
    desk = Desk(home / "desk")
    (home / "old.csv").write_text("symbol,quantity\nA,50\nB,100\nUSD,2000\n")
    (home / "new.csv").write_text("symbol,quantity\nA,120\nB,40\nUSD,1500\n")
    desk.import_files(home / "prices.csv", source="test", accept=True)
    desk.import_files(home / "old.csv", as_of=DAYS[-45], source="test", accept=True)
    desk.import_files(home / "new.csv", as_of=DAYS[-3], source="test", accept=True)
    return home / "desk"


def test_every_part_is_a_run_that_says_what_the_command_says(folder):
    """The parts of a report are written down; asked again they are the same; a command of today prints the same."""
    desk = Desk(folder)
    document = desk.report(period="month")
    assert document.period.last.isoformat() == DAYS[-1]
    marks = {mark.part: mark.run for mark in document.made_from.runs}
    assert {"review", "drift", "ways"} <= marks.keys()
    runs = {run.seq: run for run in desk.runs()}
    assert json.loads(runs[marks["review"]].document)["beta"]["value"] == document.review.exposure.beta.value
    assert desk.replay(marks["review"]).same
    assert document.made_from.head == max(marks.values())
    (last,) = desk.workspace.journal.entries(after=document.made_from.head - 1, known=document.made_from.head)
    assert document.made_from.hash == last.hash
    shown = CliRunner().invoke(app, ["review", "-w", str(folder)]).stdout
    front = story_of(document, pictured=False).front
    assert f"{front.beta} {front.error}" in shown
    assert front.figures[1][1].text in shown
    assert {c.technique for c in document.citations} >= {"slope by least squares"}
    assert "weights by ridge regression" not in {c.technique for c in document.citations}


def test_what_changed_begins_where_the_last_report_ended(folder):
    """A report of an earlier month, then one of now: the drift starts on the day that the first one reached to."""
    desk = Desk(folder)
    first = desk.report(period=f"{DAYS[-44]}:{DAYS[-20]}")
    then = desk.report(period="week")
    assert then.last_report is not None
    assert (then.last_report.last, then.last_report.beta) == (first.period.last, first.review.exposure.beta.value)
    assert str(then.drift.from_)[:10] == DAYS[-20]
    number = desk.workspace.journal.head().seq
    desk.report(period="week", record=False)
    assert desk.workspace.journal.head().seq == number
    assert any(DAYS[-20] in sentence for sentence in story_of(then, pictured=False).front.answers[1].sentences)


def test_decisions_of_the_period_are_in_it(folder):
    """Who decided what of a plan: after the period's first evening, and not what was decided of an older plan."""
    desk = Desk(folder)
    plan = next(mark.run for mark in desk.report(period="month").made_from.runs if mark.part == "ways")
    desk.decide(plan, "accepted", by="committee", note="on Monday")
    document = desk.report(period="week")
    assert [(one.decision, one.by, one.run) for one in document.decisions] == [("accepted", "committee", plan)]
    last = document.period.last
    before = Period(name="days", first=last - dt.timedelta(30), last=last - dt.timedelta(20))
    assert happened_in(desk.workspace.journal, "decision", "main", before) == ()
    assert "committee" in markdown_text(story_of(document, pictured=False))


def alert(day, event, rule="out of band"):
    """An event of an alert as the journal keeps it."""
    body = {"at": f"{day}T21:30:00+00:00", "by": None, "channels": [], "event": event, "note": None, "number": 1,
            "portfolio": "main", "rule": rule, "severity": "warning", "subject": "", "trigger": 0.9, "value": 0.95,
            "words": "beta is above its band"}  # fmt: skip
    return Fact(kind="alert", subject="main", valid=body["at"], body=body)


def test_an_alert_that_rang_before_and_was_not_cleared_is_in_it(folder, tmp_path):
    """What rang earlier and still does is named with its day; what was cleared before the period is not."""
    shutil.copytree(folder, tmp_path / "desk")
    desk = Desk(tmp_path / "desk")
    desk.workspace.journal.append([
        alert(DAYS[-40], "raised", "stale prices"), alert(DAYS[-39], "cleared", "stale prices"),
        alert(DAYS[-38], "raised"), alert(DAYS[-37], "acknowledged"), alert(DAYS[-2], "raised", "roll due"),
    ])  # fmt: skip
    text = markdown_text(story_of(desk.report(period="week", record=False), pictured=False))
    assert f"Out of band has rung since {DAYS[-38]}, and was not cleared by {DAYS[-1]}." in text
    assert "1 event of an alert and" in text
    assert "tale prices" not in text
    desk.workspace.journal.append([alert(DAYS[-2], "cleared")])
    text = markdown_text(story_of(desk.report(period="week", record=False), pictured=False))
    assert "has rung since" not in text
    assert "2 events of alerts and" in text


class Refusing:
    """A recipient that refuses some times, then takes."""

    def __init__(self, times):
        self.times, self.got = times, []

    def send(self, message):
        """Refuse, or take."""
        if self.times:
            self.times -= 1
            raise DeliveryError(expected="an answer", found="HTTP 503", try_next="wait")
        self.got.append(message)


def test_a_report_is_made_once_and_sent_until_it_is_taken(folder):
    """One recipient refuses: it is tried again, the other gets nothing twice; another clerk makes nothing again."""
    workspace = Desk(folder).workspace
    (queued,) = ReportClerk().queue(workspace, TUESDAY)
    assert queued.moment == dt.datetime(2026, 11, 30, 7, tzinfo=dt.UTC)
    assert queued.paper.read_text().startswith("# main: beta report")
    channels = {"committee": Refusing(0), "client": Refusing(2)}
    for minutes in range(0, 50, 10):
        now = TUESDAY + dt.timedelta(minutes=minutes)
        assert ReportClerk().queue(workspace, now) == ()
        done = deliver(workspace.journal, channels, lambda now=now: now)
    assert [len(c.got) for c in channels.values()] == [1, 1]
    assert not done.outbox.pending
    message = channels["client"].got[0]
    assert message.paper == str(queued.paper)
    assert "What is proposed" in message.text
    assert len(ReportClerk().queue(workspace, TUESDAY + dt.timedelta(days=7))) == 1


def test_what_cannot_be_made_is_said_and_not_tried_at_every_look(tmp_path):
    """No prices: the reason in three parts, then quiet for an hour; nothing is sent."""
    desk = Desk.create(tmp_path / "desk", benchmark="M")
    settings = tmp_path / "desk" / "trimtab.toml"
    settings.write_text(settings.read_text().replace("[report]\n", REPORT, 1) + CHANNELS)
    workspace = Desk(tmp_path / "desk").workspace
    clerk = ReportClerk()
    (queued,) = clerk.queue(workspace, TUESDAY)
    assert queued.paper is None
    assert queued.why.count("\n") == 2
    assert clerk.queue(workspace, TUESDAY + dt.timedelta(minutes=5)) == ()
    assert len(clerk.queue(workspace, TUESDAY + dt.timedelta(hours=2))) == 1
    assert not workspace.journal.entries("message")
    with pytest.raises(TrimtabError):
        desk.report()


def test_mail_brings_the_file(folder, tmp_path):
    """The report is attached under its name; a file that is gone is a failure that says which."""
    (entry,) = Desk(folder).workspace.journal.entries("message")[:1]
    message = Message.from_json(entry.body)
    channel = MailChannel(host="localhost", port=25, sender="a@example.org", recipients=["b@example.org"])
    (part,) = channel._written(message).iter_attachments()
    assert part.get_filename().endswith(".md")
    assert part.get_content_type() == "text/markdown"
    with pytest.raises(DeliveryError, match="gone"):
        channel._written(Message.from_json({**entry.body, "paper": str(tmp_path / "gone.md")}))


def test_one_position_and_one_day_of_holdings_make_a_page(folder, tmp_path):
    """Where there is no drift and no record the sections say why, and the page is whole."""
    Desk.create(tmp_path / "desk", benchmark="M")
    shutil.copy2(folder / "trimtab.toml", tmp_path / "desk" / "trimtab.toml")
    desk = Desk(tmp_path / "desk")
    desk.import_files(folder.parent / "prices.csv", source="test", accept=True)
    (tmp_path / "one.csv").write_text("symbol,quantity\nA,10\n")
    desk.import_files(tmp_path / "one.csv", as_of=DAYS[-1], source="test", accept=True)
    document = desk.report(period="quarter")
    assert {absent.part for absent in document.absent} >= {"drift", "performance"}
    text = markdown_text(story_of(document, pictured=False))
    assert "This is not known here" in text
    assert "No events of alerts and no decisions" in text


def test_nothing_measured_is_no_beta_of_nought(folder, tmp_path):
    """Two days of prices measure nothing: the first page says unknown, and draws no beta of 0.000."""
    Desk.create(tmp_path / "desk", benchmark="M")
    desk = Desk(tmp_path / "desk")
    lines = (folder.parent / "prices.csv").read_text().splitlines()
    (tmp_path / "two.csv").write_text("\n".join([lines[0], *lines[-2:]]))
    (tmp_path / "one.csv").write_text("symbol,quantity\nA,10\n")
    desk.import_files(tmp_path / "two.csv", source="test", accept=True)
    desk.import_files(tmp_path / "one.csv", as_of=DAYS[-1], source="test", accept=True)
    document = desk.report(record=False)
    story = story_of(document, pictured=False)
    assert (story.front.beta, story.front.error) == ("unknown", "")
    assert [cell.text for name, cell in story.front.figures if "beta" in name or "+1%" in name] == ["unknown"] * 2
    drawn = {one.name: one for one in charts_of(document.review)}
    assert isinstance(drawn["beta"], Undrawn)
    assert isinstance(drawn["moves"], Undrawn)
    assert "0.000" not in markdown_text(story).split("##")[0]


def test_what_cannot_be_written_is_refused_before_anything_is_asked(folder, tmp_path, monkeypatch):
    """A folder that is not there, a folder as the file, a form whose extra is missing: no run is left behind."""
    desk = Desk(folder)
    before = desk.workspace.journal.head().seq
    (tmp_path / "r.md").mkdir()
    for out, words in ((tmp_path / "nowhere" / "r.md", "no folder"), (tmp_path / "r.md", "a folder of that name")):
        with pytest.raises(StorageError, match=words):
            desk.report(out)
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(MissingExtraError, match="typst"):
        desk.report(tmp_path / "r.pdf")
    with pytest.raises(StorageError, match="no folder"):
        refuse_ending(tmp_path / "nowhere" / "beta.svg")
    assert desk.workspace.journal.head().seq == before


def test_a_period_after_the_prices_is_refused(folder):
    """Prices of today are none of next year; a weekend after the last of them is within the period."""
    last = dt.date.fromisoformat(DAYS[-1])
    with pytest.raises(NotEnoughDataError, match=f"prices up to {last}"):
        Desk(folder).report(period=f"{last}:{last + dt.timedelta(30)}", record=False)
    ends = last + dt.timedelta(3)
    made = Desk(folder).report(period=f"{last - dt.timedelta(7)}:{ends}", record=False)
    assert made.period.last == ends


def test_the_command_writes_the_file_and_names_the_runs(folder, tmp_path):
    """Its file is whole, what it prints names it; delivery alone takes no file beside it."""
    done = CliRunner().invoke(app, ["report", "-w", str(folder), "--period", "month", "--out", str(tmp_path / "r.md")])
    assert done.exit_code == 0, done.output
    assert f"Written: {tmp_path / 'r.md'}" in done.stdout
    assert (tmp_path / "r.md").read_text().startswith("# main: beta report")
    beside = CliRunner().invoke(app, ["report", "-w", str(folder), "--deliver", "--out", "r.md"])
    assert isinstance(beside.exception, UsageError)


def test_periods_and_moments():
    """The days of each period, and the last moment at which each is due."""
    last = dt.date(2023, 3, 31)
    assert [period_of(name, last).first.isoformat() for name in ("week", "month", "quarter")] == [
        "2023-03-24", "2023-02-28", "2022-12-31",
    ]  # fmt: skip
    now = dt.datetime(2026, 12, 7, 6, 59, tzinfo=dt.UTC)
    moments = [due_moment(now, name, 0, dt.time(7), dt.UTC).date().isoformat() for name in ("week", "month", "quarter")]
    assert moments == ["2026-11-30", "2026-11-02", "2026-10-05"]
    later = due_moment(now + dt.timedelta(minutes=1), "month", 0, dt.time(7), dt.UTC)
    assert later == dt.datetime(2026, 12, 7, 7, tzinfo=dt.UTC)


@pytest.mark.parametrize("period", ["fortnight", "2023-01-02", "2023-03-01:2023-01-02", "2023-01-02:x"])
def test_a_period_that_is_none_is_refused(folder, period):
    with pytest.raises(UsageError, match="week, month, quarter"):
        Desk(folder).report(period=period)


def test_only_what_was_used_is_cited():
    """Each word of a method brings its source, once; words without one bring none."""
    names = [technique for technique, _ in cited_methods(["weekly|ols(errors=hac)", "ols", "unheard-of"])]
    assert names == ["slope by least squares", "errors under autocorrelation"]
