"""Imports into a desk, killed with kill -9 at random moments.

Run by the tests as a script:

    kill_moments.py moments FOLDER KILLS SEED     forked processes that import, one file after the other
    kill_moments.py commands FOLDER KILLS SEED    real `trimtab import` processes

After each kill the desk is opened and checked, by asserts; in the end it is the desk that nobody killed. What was done
is printed as JSON.
"""

import json
import os
import random
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from desk_files import Step, check_whole, contents, new_desk, strays, take, write_files
from forks import do_rare_things_often, fork, in_a_child

from trimtab.wiring.workspace import open_workspace

_FILES = 12


def _import_on(folder: Path, steps: list[Step], first: int, pipe: int) -> None:
    """Import one file after the other, and tell each that was kept."""
    do_rare_things_often()
    workspace = open_workspace(folder)
    for number in range(first, len(steps)):
        start = time.monotonic()
        done = take(workspace, steps[number])
        took = time.monotonic() - start
        os.write(pipe, f"{number} {done.outcome} {done.preview.new} {took:.4f}\n".encode())
    os.write(pipe, b"-1 all 0 0\n")
    time.sleep(60)


class _Campaign:
    """One desk, whose importer is killed again and again until every file is in."""

    def __init__(self, folder: Path, draw: random.Random, typical: float) -> None:
        self.folder, self.draw, self.typical = folder, draw, typical
        self.steps = write_files(folder / "in", _FILES)
        self.kills = self.orphans = self.cut = 0
        self.told: dict[int, str] = {}

    def run(self, most: int) -> None:
        assert in_a_child(lambda: bool(new_desk(self.folder / "desk")))
        done = False
        while not done and self.kills < most:
            done = self._life()
            self._check()
        if not done:
            in_a_child(lambda: [take(open_workspace(self.folder / "desk"), s).preview.new for s in self.steps])

    def _life(self) -> bool:
        """Fork an importer and kill it; True if it was through."""
        first = len(self.told)
        again = max(0, first - self.draw.choice([0, 0, 0, 1]))  # some files again that were kept
        reading, writing = os.pipe()
        child = fork(lambda: _import_on(self.folder / "desk", self.steps, again, writing))
        os.close(writing)
        buffer = bytearray()
        wanted = self.draw.choice([0, 0, 1, 1])
        give_up = time.monotonic() + 60
        while buffer.count(b"\n") < wanted and time.monotonic() < give_up and b"-1" not in buffer:
            if select.select([reading], [], [], 0.05)[0]:
                more = os.read(reading, 65536)
                if not more:
                    break
                buffer += more
        time.sleep(self.draw.uniform(0.0, 1.3 * self.typical))
        os.kill(child, signal.SIGKILL)
        ended = os.waitpid(child, 0)[1]
        assert os.WIFSIGNALED(ended), "an importer ended by itself"
        with os.fdopen(reading, "rb") as stream:
            buffer += stream.read()
        self.kills += 1
        return self._listen(buffer.decode())

    def _listen(self, said: str) -> bool:
        through = False
        for line in said.splitlines():
            number, outcome, new, took = line.split()
            if number == "-1":
                through = True
                continue
            before = self.told.get(int(number))
            if before is not None:
                # What was kept once is there, and the same file brings nothing.
                assert (outcome, new) == ("nothing_new", "0"), (line, before)
            elif outcome == "nothing_new":
                self.cut += 1  # killed after it was written down, before it could say so
            else:
                assert (outcome, int(new)) == ("kept", self.steps[int(number)].new), line
                self.typical += 0.2 * (float(took) - self.typical)
            self.told.setdefault(int(number), outcome)
        return through

    def _check(self) -> None:
        workspace = open_workspace(self.folder / "desk")
        check_whole(workspace)
        self.orphans += bool(strays(workspace))
        kept = {e.body["source"]["name"] for k in ("prices", "holdings", "transactions")
                for e in workspace.journal.entries(k)}  # fmt: skip
        for number in self.told:
            assert self.steps[number].file.name in kept
        workspace.journal.close()


def kill_at_moments(folder: Path, kills: int, seed: int) -> dict:
    """Kill importers at random moments of their work; the desks end as one that nobody killed."""
    draw = random.Random(seed)  # noqa: S311 - moments, not secrets

    def unbroken() -> dict:
        desk = new_desk(folder / "unbroken" / "desk")
        for step in write_files(folder / "unbroken" / "in", _FILES):
            take(desk, step)
        return contents(desk)

    wanted = in_a_child(unbroken)
    done = {"kills": 0, "orphans": 0, "cut": 0, "desks": 0}
    typical = 0.05
    while done["kills"] < kills:
        campaign = _Campaign(folder / f"desk-{done['desks']}", draw, typical)
        campaign.run(kills - done["kills"])
        typical = campaign.typical
        place = campaign.folder / "desk"

        def found(place: Path = place) -> list:
            workspace = open_workspace(place)
            workspace.prices.clean()
            return [contents(workspace), sorted(strays(workspace))]

        assert in_a_child(found) == [wanted, []]
        done["kills"] += campaign.kills
        done["orphans"] += campaign.orphans
        done["cut"] += campaign.cut
        done["desks"] += 1
        shutil.rmtree(campaign.folder)
    return done


def kill_commands(folder: Path, kills: int, seed: int) -> dict:
    """Kill `trimtab import` of a folder's files, started as people start it."""
    draw = random.Random(seed)  # noqa: S311 - moments, not secrets
    assert in_a_child(lambda: bool(new_desk(folder / "desk")))
    steps = write_files(folder / "in", _FILES)
    command = [
        sys.executable, "-m", "trimtab", "import", *(str(s.file) for s in steps), "-w", str(folder / "desk"), "--yes",
    ]  # fmt: skip
    killed = early = 0
    for _ in range(kills):
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        # It says which file it reads; it is killed in the middle of one of the next few.
        for _ in range(draw.choice([1, 2, 3, 5, 8])):
            running.stderr.readline()
        time.sleep(draw.uniform(0.0, 0.08))
        running.kill()
        running.communicate()
        killed += running.returncode == -signal.SIGKILL
        early += running.returncode != -signal.SIGKILL

        def whole() -> int:
            workspace = open_workspace(folder / "desk")
            check_whole(workspace)
            return workspace.journal.head().seq

        in_a_child(whole)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = in_a_child(lambda: contents(open_workspace(folder / "desk")))

    def unbroken() -> dict:
        desk = new_desk(folder / "unbroken")
        for step in steps:
            take(desk, step)
        return contents(desk)

    assert found == in_a_child(unbroken)
    return {"kills": killed, "ended": early}


if __name__ == "__main__":
    what, where, *numbers = sys.argv[1:]
    kill = {"moments": kill_at_moments, "commands": kill_commands}[what]
    sys.stdout.write(json.dumps(kill(Path(where), *(int(n) for n in numbers))))
