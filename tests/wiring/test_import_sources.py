"""What an import may be given: files, folders, packed files, and standard input."""

import datetime as dt
import errno
import gzip
import hashlib
import tempfile
from pathlib import Path

import pytest

from trimtab.desk.books.intake import Imported, Outcome
from trimtab.errors import StorageError
from trimtab.wiring.accounts import held_at
from trimtab.wiring.creating import create_workspace
from trimtab.wiring.importing import import_files
from trimtab.wiring.workspace import Workspace

TRADES = (
    '"Date","Action","Symbol","Description","Quantity","Price","Fees & Comm","Amount"\n'
    '"06/24/2024","Buy","MSFT","MICROSOFT CORP","40","$468.10","","-$18,724.00"\n'
)
HELD = "Account Number,Symbol,Quantity,Price,Market Value,Currency\nA-1,AAPL,10,5.00,50.00,USD\n"
DAY = "2024-06-28"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Give an empty workspace."""
    return create_workspace(tmp_path / "desk", benchmark="SPY")


def take(workspace: Workspace, *names: str | Path, piped: bytes | None = None) -> tuple[Imported, ...]:
    """Import, what is odd as well."""
    sources = [piped if name == "-" and piped is not None else name for name in names]
    return import_files(sources, workspace=workspace, as_of=DAY, accept=True)


def test_standard_input_is_a_file_whose_name_is_that(workspace: Workspace, tmp_path: Path) -> None:
    """What is kept names it, with its hash; the same file under a path adds nothing, and neither does it again."""
    done = take(workspace, "-", piped=TRADES.encode())[0]
    assert (done.source, done.outcome) == ("standard input", Outcome.KEPT)
    kept = workspace.journal.entries("transactions")[-1].body["source"]
    assert kept == {"name": "standard input", "sha256": hashlib.sha256(TRADES.encode()).hexdigest(), "label": ""}
    path = tmp_path / "trades.csv"
    path.write_text(TRADES)
    again = take(workspace, path, "-", piped=TRADES.encode())
    assert [one.outcome for one in again] == [Outcome.NOTHING_NEW, Outcome.NOTHING_NEW]


@pytest.mark.parametrize("piped", [b"", b"nothing to read here", b"\x1f\x8b broken", b"a,b\n1,2\n"])
def test_what_cannot_be_read_from_standard_input_is_told_by_that_name(workspace: Workspace, piped: bytes) -> None:
    """No path of ours stands in a message."""
    done = take(workspace, "-", piped=piped)[0]
    assert (done.source, done.outcome) == ("standard input", Outcome.FAILED)
    assert "standard input" in str(done.error)
    assert "/" not in str(done.error).replace("and/or", "")


def test_where_there_is_no_standard_input_a_minus_is_refused(workspace: Workspace) -> None:
    """A program that gives none is told so."""
    done = take(workspace, "-")[0]
    assert done.outcome is Outcome.FAILED
    assert "standard input" in str(done.error)


def test_a_folder_is_its_files_and_a_bad_one_leaves_the_others(workspace: Workspace, tmp_path: Path) -> None:
    """By name; hidden and unfinished files are none of them; packed ones are; twice is once."""
    folder = tmp_path / "statements"
    folder.mkdir()
    (folder / "b.csv.gz").write_bytes(gzip.compress(TRADES.encode()))
    (folder / "a.csv").write_text(HELD)
    (folder / "c.csv").write_text("junk")
    (folder / ".d.csv").write_text(HELD.replace("10,5.00,50", "99,5.00,495"))
    (folder / "e.csv.part").write_text(HELD)
    done = take(workspace, folder)
    assert [(Path(one.source).name, one.outcome) for one in done] == [
        ("a.csv", Outcome.KEPT), ("b.csv.gz", Outcome.KEPT), ("c.csv", Outcome.FAILED),
    ]  # fmt: skip
    book = held_at(workspace, "main", dt.date.fromisoformat(DAY)).portfolio
    assert {p.symbol: int(p.quantity) for p in book.positions if p.symbol == "AAPL"} == {"AAPL": 10}
    assert [one.outcome for one in take(workspace, folder)][:2] == [Outcome.NOTHING_NEW, Outcome.NOTHING_NEW]


def test_a_folder_without_files_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    """A wrong folder is told; files beside it are read."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.csv").write_text(HELD)
    done = take(workspace, tmp_path / "empty", tmp_path / "a.csv")
    assert [one.outcome for one in done] == [Outcome.FAILED, Outcome.KEPT]
    assert "files in the folder" in str(done[0].error)


def test_temporary_files_are_made_for_standard_input_alone_and_refused_in_three_parts(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by seed 70 of the fault simulation: where no temporary file can be made, no file could be imported."""

    def full(*_: object, **__: object) -> None:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "mkdtemp", full)
    trades = tmp_path / "trades.csv"
    trades.write_text(TRADES)
    assert take(workspace, trades)[0].outcome is Outcome.KEPT
    with pytest.raises(StorageError) as refused:
        take(workspace, "-", piped=HELD.encode())
    assert "TMPDIR" in refused.value.try_next
