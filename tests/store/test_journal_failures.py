"""A full disk, a disk that cannot be written, a server that goes away: said in three parts, and nothing half done."""

import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from trimtab.desk.books.journal import Fact
from trimtab.errors import StorageError
from trimtab.store.journal import create_journal, open_journal
from trimtab.store.verify import verify

#: Writes until the disk is full, then reports what was acknowledged and what was said; run in a process of its own.
FILL = """
import json, os, random, resource, sys
from pathlib import Path
from trimtab.desk.books.journal import Fact
from trimtab.errors import StorageError
from trimtab.store.backup import back_up
from trimtab.store.journal import create_journal, open_journal
from trimtab.store.verify import verify

folder = Path(sys.argv[1])
draw = random.Random(1)
(folder / "data").mkdir()
(folder / "data" / "prices.bin").write_bytes(draw.randbytes(290_000))
{prepare}
said = []
journal = create_journal(folder / "journal.sqlite")
acknowledged = 0
for _ in range(400):
    try:
        facts = [Fact(kind="fill", body={{"pad": draw.randbytes(1500).hex()}}) for _ in range(5)]
        acknowledged = journal.append(facts)[-1].seq
    except StorageError as error:
        said.append([error.exit_code, error.expected, error.found, error.try_next])
        if len(said) == 3:
            break
try:
    back_up(journal, folder / "data", folder / "copy.tar.gz")
except StorageError as error:
    said.append([error.exit_code, error.expected, error.found, error.try_next])
left = sorted(p.name for p in folder.iterdir())
while_full = verify(journal).entries
{free}
went_on = journal.append([Fact(kind="fill")])[-1].seq
checked = verify(journal)
print(json.dumps({{
    "acknowledged": acknowledged, "said": said, "left": left, "while full": while_full, "went on": went_on,
    "entries": checked.entries, "ok": checked.ok,
}}))
"""
TINY_DISK = (
    "(folder / 'ballast').write_bytes(bytes(300_000))",
    "(folder / 'ballast').unlink()",
)
SMALL_FILES = (
    "resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))",
    "resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))",
)


def mounted(folder: Path, command: str, *words: str) -> subprocess.CompletedProcess:
    """Run a command while a disk of 1 MB is mounted at a folder, seen by this command alone."""
    mount = f'mount -t tmpfs -o size=1m tmpfs "{folder}" && {command}'
    return subprocess.run(["unshare", "-m", "sh", "-c", mount, *words], capture_output=True, text=True, check=False)


@pytest.fixture
def own_disk(tmp_path) -> Path:
    """A folder where a disk may be mounted."""
    if not shutil.which("unshare") or mounted(tmp_path, "true").returncode != 0:
        pytest.skip("a disk of its own may not be mounted here (needs unshare and root)")
    return tmp_path


def _check_full(done: subprocess.CompletedProcess) -> None:
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    appends, backup = found["said"][:3], found["said"][3]
    assert [code for code, *_ in found["said"]] == [74] * 4
    for said in appends:
        assert "journal.sqlite" in said[1]
        assert "full" in said[2] or "refused" in said[2]
        assert "space" in said[3]
    assert "backup" in backup[1] or "journal" in backup[1]
    assert found["acknowledged"] > 5
    # Neither a half append nor a half backup, and reading goes on.
    assert found["while full"] == found["acknowledged"]
    assert not [name for name in found["left"] if "copy" in name or name.startswith(".trimtab-")]
    assert found["went on"] == found["acknowledged"] + 1
    assert found["ok"]


def test_a_full_disk(own_disk):
    """On a real disk of 1 MB: a refusal in three parts, nothing half written, and it goes on when there is room."""
    script = FILL.format(prepare=TINY_DISK[0], free=TINY_DISK[1])
    _check_full(mounted(own_disk, f'"{sys.executable}" -c "$0" "$1"', script, str(own_disk)))


@pytest.mark.skipif(os.name != "posix", reason="limits of file sizes need a Unix")
def test_a_file_that_may_not_grow(tmp_path):
    """The same under a limit of file sizes, which needs no rights."""
    script = FILL.format(prepare=SMALL_FILES[0], free=SMALL_FILES[1])
    _check_full(subprocess.run([sys.executable, "-c", script, tmp_path], capture_output=True, text=True, check=False))


READ_ONLY = """
import subprocess, sys
from pathlib import Path
from trimtab.desk.books.journal import Fact
from trimtab.errors import StorageError
from trimtab.store.journal import create_journal, open_journal
from trimtab.store.verify import verify

folder = Path(sys.argv[1])
with create_journal(folder / "journal.sqlite") as journal:
    journal.append([Fact(kind="plan")])
subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
journal = open_journal(folder / "journal.sqlite")
print(len(journal.entries("plan")), verify(journal).ok)
for work in (lambda: journal.append([Fact(kind="plan")]), lambda: create_journal(folder / "other.sqlite")):
    try:
        work()
    except StorageError as error:
        print(error.exit_code, error.found)
journal.close()
subprocess.run(["mount", "-o", "remount,rw", folder], check=True)
with open_journal(folder / "journal.sqlite") as journal:
    print(journal.append([Fact(kind="plan")])[0].seq)
"""


def test_a_disk_that_can_only_be_read(own_disk):
    """A journal there is read; writing and making one are refused with exit code 74; afterwards all is as it was."""
    done = mounted(own_disk, f'"{sys.executable}" -c "$0" "$1"', READ_ONLY, str(own_disk))
    assert done.returncode == 0, done.stderr
    read, *refused, last = done.stdout.splitlines()
    assert read == "1 True"
    assert [line.split()[0] for line in refused] == ["74", "74"]
    assert last == "2"


def test_a_server_that_goes_away_in_a_section(postgres_url):
    """If the connection that holds the lock breaks, the append fails: nobody writes without the lock."""
    import psycopg

    with create_journal(postgres_url) as journal:
        journal.append([Fact(kind="plan")])
        with pytest.raises(StorageError) as caught:
            _write_while_cut(journal, postgres_url, psycopg)
        assert caught.value.exit_code == 74
        assert journal.append([Fact(kind="plan")])[0].seq == 2  # a new connection works again
        assert verify(journal).ok


def _write_while_cut(journal, url, psycopg):
    with journal.writing():
        with psycopg.connect(url, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        journal.append([Fact(kind="plan")])


def test_a_lost_lock_lets_others_in(postgres_url):
    """After a section whose connection broke, another writer is not kept out for ever."""
    import psycopg

    with create_journal(postgres_url) as journal, open_journal(postgres_url) as other:
        with pytest.raises(StorageError):
            _write_while_cut(journal, postgres_url, psycopg)
        writer = threading.Thread(target=lambda: other.entries() or other.append([Fact(kind="plan")]))
        writer.start()
        writer.join(30)
        assert journal.head().seq == 1
