"""A desk copied while it is written to: journal and prices fit each other, and every run gives the same bytes again."""

import threading

import pytest

import trimtab as tt
from trimtab.python.desk import Desk
from trimtab.store.backup import back_up
from trimtab.store.restore import restore
from trimtab.store.verify import verify
from trimtab.wiring.importing import import_files
from trimtab.wiring.workspace import open_workspace

pytestmark = pytest.mark.slow


class Writers:
    """An importer and a reviewer in threads of their own."""

    def __init__(self, place, steps, files):
        self.place, self.steps, self.files = place, steps, files
        self.stop, self.failed = threading.Event(), []
        self.threads = [threading.Thread(target=self._kept, args=(work,)) for work in (self._import, self._review)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def _kept(self, work):
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            self.failed.append(error)

    def _import(self):
        workspace = open_workspace(self.place)
        for number, step in enumerate(self.steps):
            self.files.take(workspace, step)
            if number % 4 == 3:
                workspace.prices.merge()
        while not self.stop.is_set():  # to the end nothing new, but the lock is asked for
            import_files([self.steps[0].file], workspace=workspace)

    def _review(self):
        rates, number = self.place.parent / "rates.csv", 0
        while not self.stop.is_set():
            number += 1
            rates.write_text(f"date,rate\n2020-01-01,0.0{number}\n")
            Desk(self.place).review(tt.ReviewQuestion(measuring=tt.Measuring(risk_free=str(rates))))


def test_backups_while_writers_run_hold_whole_desks(tmp_path, files):
    """Three copies taken amid imports, reviews and merges: each verifies, and replays every run that it holds."""
    place = tmp_path / "desk"
    steps = files.write_files(tmp_path / "in", 24)
    first = files.new_desk(place)
    for step in steps[:14]:
        files.take(first, step)
    Desk(place).review()
    heads = []
    with Writers(place, steps[14:], files) as writers:
        for number in range(3):
            seen = first.journal.head().seq
            while first.journal.head().seq < seen + 3 and not writers.failed:
                writers.stop.wait(0.01)
            heads.append(back_up(first.journal, place / "data", tmp_path / f"copy-{number}.tar.gz").head)
    assert writers.failed == []
    assert heads[0].seq < heads[1].seq < heads[2].seq
    for number, head in enumerate(heads):
        restore(tmp_path / f"copy-{number}.tar.gz", tmp_path / f"again-{number}")
        again = Desk(tmp_path / f"again-{number}")
        files.check_whole(again.workspace)
        assert verify(again.workspace.journal, head=head).entries == head.seq
        runs = again.runs(limit=1000)
        assert runs
        assert [d for run in runs for d in again.replay(run.seq).differences] == []
        # It goes on: what came in after the copy is brought in again.
        for step in steps[14:]:
            files.take(again.workspace, step)
        assert files.contents(again.workspace) == files.contents(first)


def test_a_copy_has_no_halves_in_it(tmp_path, files):
    """What a killed program left behind in the folders of data is not in a copy, and no bar to one."""
    workspace = files.new_desk(tmp_path / "desk")
    for step in files.write_files(tmp_path / "in", 2):
        files.take(workspace, step)
    data = tmp_path / "desk" / "data"
    (data / "inputs").mkdir()
    (data / "prices" / ".00000009.parquet.123.tmp").write_bytes(b"half")
    (data / "inputs" / ".writing-abc").write_bytes(b"half")
    manifest = back_up(workspace.journal, data, tmp_path / "copy")
    assert not [k.path for k in manifest.files if "/." in k.path]
    restore(tmp_path / "copy", tmp_path / "again")
    assert files.contents(open_workspace(tmp_path / "again")) == files.contents(workspace)
