"""What the watch shows: a screen, lines, JSON; and how it is put together from plain files."""

import datetime as dt
import io
import json
from dataclasses import replace

import pytest
from rich.console import Console
from watch_parts import START, UTC, HandPorts, recorded, small_watch

from trimtab import sample
from trimtab.errors import InputError
from trimtab.model.mandate import Mandate
from trimtab.python.watching import make_watch
from trimtab.report.documents.watch import watch_document
from trimtab.report.shape.write import dumps
from trimtab.report.tables.live import JsonLines, LiveScreen, PlainLines
from trimtab.runner.watch import Timing
from trimtab.store.memory import MemoryJournal
from trimtab.wiring import watching

NOON = dt.datetime(2024, 3, 1, 12, 40, tzinfo=UTC)


def sight():
    watch = small_watch()
    watch.take(recorded())
    watch.trouble = "the line is down"
    return watch.evaluate(NOON)


def drawn(width):
    console = Console(width=width, file=io.StringIO(), force_terminal=False)
    console.print(LiveScreen(console).draw(sight()))
    return console.file.getvalue()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_screen_has_what_a_desk_looks_at(width):
    """Beta with its error, band, verdict, drift, movers, ages and trouble fit into the width."""
    seen, text = sight(), drawn(width)
    assert f"beta {seen.reading.beta.value:.4f} +/- {seen.reading.beta.stderr:.4f}" in text
    assert seen.verdict.status.value.upper() in text
    for word in ("[", "]", "o", "prices", "option deltas", "currency", "total", "oldest price", "the line is down"):
        assert word in text
    assert f"{seen.drift.total:+.4f}" in text
    assert max(len(line.rstrip()) for line in text.splitlines()) <= width


def test_lines_and_documents_say_the_same():
    """A line for people and a line for machines have the same beta, verdict and counts."""
    seen = sight()
    console = Console(width=60, file=io.StringIO(), force_terminal=False)
    with PlainLines(console) as lines:
        lines.show(seen, ("out of band: fired",))
    text = console.file.getvalue().splitlines()
    assert len(text) == 2, "a line is not broken, however narrow the terminal"
    document = json.loads(dumps(watch_document(seen)))
    assert f"{document['beta']:.4f}" in text[0]
    assert document["verdict"] in text[0]
    assert document["schema"] == "trimtab.watch/1"
    assert document["rejected"] == dict(seen.rejected)
    assert "ALERT out of band: fired" in text[1]


def test_what_is_watched_without_all_its_values_is_said_to_be_the_rest():
    """Where a position has no value, neither the line nor the screen calls the beta of the others the portfolio's."""
    seen = sight()
    part = replace(seen, reading=replace(seen.reading, coverage=replace(seen.reading.coverage, unpriced=1)))
    for shown, told in ((seen, "beta "), (part, "beta of the rest ")):
        console = Console(width=100, file=io.StringIO(), force_terminal=False)
        with PlainLines(console) as lines:
            lines.show(shown)
        console.print(LiveScreen(console).draw(shown))
        assert console.file.getvalue().count(f"{told}{seen.reading.beta.value:.4f}") == 2


def test_json_lines_are_one_document_each(capsys):
    """Each evaluation is one line of JSON."""
    with JsonLines() as lines:
        lines.show(sight())
        lines.show(sight())
    documents = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(documents) == 2


def test_plain_files_are_watched_without_a_workspace(tmp_path):
    """Files, a replay and a journal in memory are enough, and beta in the end is that of `expose`."""
    path = tmp_path / "day.csv"
    path.write_text("time,symbol,price\n2022-12-28T15:00:00Z,AAPL,120\n2022-12-28T15:00:07Z,SPX,3700\n")
    ports = HandPorts(start=START)
    watched = make_watch(
        [sample.prices_path(), sample.futures_path()],
        sample.portfolio_path(),
        Mandate(benchmark=sample.BENCHMARK, target=1.0, band=0.05),
        base="USD",
    )
    source = watching.open_source(folder=None, replay=path, speed="max", clock=ports.now)
    journal = MemoryJournal()
    timing = Timing(every=dt.timedelta(seconds=5), by_quotes=source.by_quotes)
    end = watching.watch(watched, source, journal, ports, timing=timing)
    assert end.why == "ended"
    assert end.sight.reading.quotes == 2
    assert end.sight.reading.beta.value == pytest.approx(watched.book.exposure().beta.value, rel=1e-12)
    assert [e.body["why"] for e in journal.entries("watch")] == ["start", "stop"]


def test_a_source_is_one_of_two(tmp_path):
    """Neither a folder nor a replay, or both, is refused."""
    for given in ({"folder": None, "replay": None}, {"folder": tmp_path, "replay": tmp_path}):
        with pytest.raises(InputError):
            watching.open_source(**given, speed="max", clock=HandPorts().now)
