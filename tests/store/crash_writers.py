"""Writers in processes of their own, some of which are killed.

Run by the tests as a script:

    crash_writers.py count WHERE TIMES             read, decide and append so many times
    crash_writers.py kill WHERE KILLS SEED         fork writers, kill -9 each at a random moment
    crash_writers.py create FOLDER KILLS SEED      the same while journals are being made

A writer tells its parent the number of each entry after `append` has returned. Killing prints what was acknowledged, as
JSON. One process imports everything and forks, so that a kill costs milliseconds.
"""

import json
import os
import random
import select
import signal
import sys
import time
from collections import Counter
from pathlib import Path

from trimtab.desk.books.journal import Fact
from trimtab.errors import InputError
from trimtab.store import sqlite
from trimtab.store.journal import create_journal, open_journal
from trimtab.store.verify import verify


def count_up(journal, times: int) -> None:
    """Read the last number, decide, append the next: only right if nobody writes in between."""
    for _ in range(times):
        with journal.writing():
            last = journal.entries("count", newest=True, limit=1)
            with journal.writing():
                journal.append([Fact(kind="count", body={"n": last[0].body["n"] + 1 if last else 1})])


def _write_until_killed(where: str, writer: int, acknowledge: int) -> None:
    # A small limit, so that the log is copied back every few entries and kills hit that as well.
    sqlite._LOG_BYTES = 40_000
    journal = open_journal(where)
    number = 0
    while True:
        size = 1 + number % 3
        facts = [Fact(kind="kill", subject=str(writer), body={"n": number + i, "pad": "x" * 300}) for i in range(size)]
        entries = journal.append(facts)
        number += size
        os.write(acknowledge, b"".join(b"%d %d %d\n" % (writer, e.body["n"], e.seq) for e in entries))


def _fork(work, *arguments) -> int:
    child = os.fork()
    if child == 0:
        try:
            work(*arguments)
        finally:
            os._exit(1)
    return child


def kill_writers(where: str, kills: int, seed: int) -> dict:
    """Keep two writers going, and kill one after the other at random moments."""
    draw = random.Random(seed)  # noqa: S311 - moments, not secrets
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    acknowledged = bytearray()

    told: Counter[int] = Counter()

    def listen(seconds: float = 0.0) -> None:
        while select.select([reading], [], [], seconds)[0]:
            lines = os.read(reading, 65536)  # writes this short arrive whole
            acknowledged.extend(lines)
            told.update(int(line.split()[0]) for line in lines.decode().splitlines())
            seconds = 0.0

    create_journal(where).close()
    alive: list[tuple[int, int]] = []
    died_alone = 0
    for writer in range(kills):
        alive.append((_fork(_write_until_killed, where, writer, writing), writer))
        if len(alive) < 2 and draw.random() < 0.7:
            continue
        child, number = alive.pop(draw.randrange(len(alive)))
        # Some while they open the journal, the others after a few entries, however slow the machine is.
        wanted, give_up = draw.choice([0, 0, 1, 2, 4, 8]), time.monotonic() + 20
        while told[number] < wanted and time.monotonic() < give_up:
            listen(0.05)
        time.sleep(draw.uniform(0.0, 0.006))
        died_alone += _kill(child)
        listen()
    died_alone += sum(_kill(child) for child, _ in alive)
    listen()
    return {
        "kills": kills,
        "died alone": died_alone,
        "acknowledged": [[int(word) for word in line.split()] for line in acknowledged.decode().splitlines()],
    }


def _kill(child: int) -> bool:
    """Kill a writer; True if it had ended by itself, which it never should."""
    os.kill(child, signal.SIGKILL)
    return not os.WIFSIGNALED(os.waitpid(child, 0)[1])


def _create(path: Path) -> None:
    create_journal(path)
    time.sleep(10)


def kill_creators(folder: str, kills: int, seed: int) -> dict:
    """Kill at random moments of making a journal; each time there must be a whole one, or room for one."""
    draw = random.Random(seed)  # noqa: S311 - moments, not secrets
    whole = 0
    start = time.monotonic()
    os.waitpid(_fork(lambda: create_journal(Path(folder, "timed.sqlite")).close()), 0)
    takes = time.monotonic() - start
    for number in range(kills):
        place = Path(folder, str(number))
        place.mkdir()
        child = _fork(_create, place / "journal.sqlite")
        time.sleep(draw.uniform(0.0, 1.5 * takes))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        try:
            journal = open_journal(place / "journal.sqlite")
            whole += 1
        except InputError:
            journal = create_journal(place / "journal.sqlite")
        with journal:
            journal.append([Fact(kind="first")])
            assert verify(journal).ok
            assert journal.head().seq == 1
    return {"kills": kills, "whole": whole}


if __name__ == "__main__":
    what, place, *numbers = sys.argv[1:]
    if what == "count":
        with open_journal(place) as opened:
            count_up(opened, int(numbers[0]))
    else:
        done = (kill_writers if what == "kill" else kill_creators)(place, *(int(n) for n in numbers))
        sys.stdout.write(json.dumps(done))
