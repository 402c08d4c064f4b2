"""The real process: stopped by SIGTERM, killed by kill -9, started again."""

import datetime as dt
import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from trimtab.wiring.creating import create_workspace
from trimtab.wiring.importing import import_files
from trimtab.wiring.workspace import open_workspace

RULE = """
[[alerts.rules]]
name = "watched band"
kind = "band"
threshold = 0.9
clear = 0.5
"""


DAYS = 120


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A small workspace with a rule on its band, and a recorded day on which beta leaves the band and comes back."""
    place, rng = tmp_path_factory.mktemp("made"), np.random.default_rng(2)
    workspace = create_workspace(place / "desk", benchmark="SPX")
    market = rng.normal(0, 0.01, DAYS)
    paths = {"SPX": market, "AAPL": 1.5 * market + rng.normal(0, 0.004, DAYS), "JPM": 0.6 * market}
    day = dt.date(2022, 12, 28)
    lines = ["date,symbol,close"]
    for name, steps in paths.items():
        closes = 100 * np.exp(np.cumsum(steps) - steps.sum())
        lines += [f"{day - dt.timedelta(days=DAYS - 1 - i)},{name},{p:.6f}" for i, p in enumerate(closes)]
    (place / "prices.csv").write_text("\n".join(lines) + "\n")
    (place / "book.csv").write_text("symbol,quantity\nAAPL,40\nJPM,50\nUSD,500\n")
    for name in ("prices.csv", "book.csv"):
        (done,) = import_files([place / name], workspace=workspace, as_of=day, accept=True)
        assert done.error is None
    settings = place / "desk" / "trimtab.toml"
    # Four months leave a forecast too wide for any alert; the slope of the past is known well enough to leave its band.
    text = settings.read_text().replace('#method = "default"', 'method = "ols"', 1)
    settings.write_text(text.partition("[[alerts.rules]]")[0] + RULE)
    now = dt.datetime(2022, 12, 29, 14, 30, tzinfo=dt.UTC)
    lines = ["time,symbol,price"]
    for i in range(1200):
        now += dt.timedelta(seconds=8)
        level = 100 * (1 + 0.2 * np.sin(i / 120))
        lines.append(f"{now.isoformat()},{('AAPL', 'JPM', 'SPX')[i % 3]},{level * np.exp(rng.normal(0, 0.001)):.4f}")
    (place / "day.csv").write_text("\n".join(lines) + "\n")
    return place


def workspace(made, folder):
    """Give a copy of it."""
    return Path(shutil.copytree(made / "desk", folder))


def start(folder, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "trimtab", "watch", "-w", str(folder), *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def written(folder):
    journal = open_workspace(folder).journal
    alerts = [(e.valid, e.body["event"], e.body["rule"]) for e in journal.entries("alert")]
    watched = [(e.valid, e.body) for e in journal.entries("watch") if e.body["why"] != "stop"]
    return alerts, watched


def wait_for(process, condition, seconds=60.0):
    """Wait until something is so; the test fails if it never is, or the process ends before."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    raise AssertionError("it never came to that")


def last_watched(folder):
    return open_workspace(folder).journal.entries("watch", newest=True, limit=10)


def watched_since(folder, count):
    return len(open_workspace(folder).journal.entries("watch")) > count


@pytest.mark.slow
def test_killed_and_stopped_processes_leave_what_an_unbroken_one_does(tmp_path, made):
    """A kill by kill -9 and a SIGTERM in one replay: the same alerts and evaluations, none twice, none lost."""
    whole, broken = workspace(made, tmp_path / "whole"), workspace(made, tmp_path / "broken")
    replay = str(made / "day.csv")
    unbroken = start(whole, "--replay", replay, "--every", "2m")
    # some seconds at this speed, so that signals find it at work
    paced = ("--replay", replay, "--every", "2m", "--speed", "2400x")
    for number in (signal.SIGKILL, signal.SIGTERM):
        before = len(open_workspace(broken).journal.entries("watch"))
        process = start(broken, *paced)
        wait_for(process, lambda before=before: watched_since(broken, before))
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
        assert process.returncode == (0 if number == signal.SIGTERM else -number), errors
    process = start(broken, "--replay", replay, "--every", "2m")
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert "went on from an earlier run" in errors
    _, errors = unbroken.communicate(timeout=60)
    assert unbroken.returncode == 0, errors
    alerts, evaluations = written(whole)
    assert alerts
    assert len(evaluations) > 20
    again, evaluated = written(broken)
    assert again == alerts
    assert [valid for valid, _ in evaluated] == [valid for valid, _ in evaluations]
    assert not open_workspace(broken).journal.entries("message"), "what is only played again is told to nobody"
    assert [body["beta"] for _, body in evaluated] == [body["beta"] for _, body in evaluations]


@pytest.mark.slow
def test_a_folder_is_followed_and_imports_are_taken_in_until_sigterm(tmp_path, made):
    """The service takes a file of quotes and another command's import while it runs, and ends with code 0."""
    folder, quotes = workspace(made, tmp_path / "desk"), tmp_path / "quotes"
    quotes.mkdir()
    process = start(folder, "--folder", str(quotes), "--every", "1s", "--poll", "1s", "--json")
    try:
        wait_for(process, lambda: watched_since(folder, 0))
        now = dt.datetime.now(dt.UTC).isoformat()
        (quotes / "a.csv").write_text(f"time,symbol,price\n{now},AAPL,101.5\n{now},NOPE,1\n")
        trades = tmp_path / "trades.csv"
        trades.write_text("date,symbol,quantity,price,fee\n2022-12-29,JPM,-50,100,1\n")
        import_files([trades], workspace=open_workspace(folder), accept=True)
        wait_for(
            process, lambda: any("transactions" in text for e in last_watched(folder) for text in e.body["because"])
        )
        wait_for(process, lambda: any(e.body["quotes"] == 1 for e in last_watched(folder)))
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0, errors
    last = json.loads(output.splitlines()[-1])
    assert last["schema"] == "trimtab.watch/1"
    assert last["rejected"] == {"unknown_symbol": 1}
    assert last["drift"]["trades"] != 0.0
    entry = last_watched(folder)[0]
    assert (entry.body["why"], entry.body["quotes"]) == ("stop", 1)
