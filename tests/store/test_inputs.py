"""Files that runs depend on are kept by content."""

import os
from pathlib import Path

import pytest

from trimtab.errors import StorageError
from trimtab.store.beside.inputs import InputStore


def test_a_kept_file_outlives_changes_to_the_original(tmp_path: Path) -> None:
    """What was kept is found unchanged after the original was rewritten."""
    original = tmp_path / "rates.csv"
    original.write_text("date,rate\n2022-01-03,0.01\n")
    store = InputStore(tmp_path / "inputs")
    name = store.keep(original)
    original.write_text("date,rate\n2022-01-03,0.09\n")
    assert store.find(name).read_text().endswith("0.01\n")
    assert store.keep(original) != name


def test_the_same_content_is_kept_once(tmp_path: Path) -> None:
    """Two files with the same content have one copy."""
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("x")
    store = InputStore(tmp_path / "inputs")
    assert store.keep(tmp_path / "a.csv") == store.keep(tmp_path / "b.csv")
    assert len(list(store.folder.iterdir())) == 1


def test_a_changed_copy_is_refused(tmp_path: Path) -> None:
    """A copy that is not what its name says, or is gone, is an error and not an input."""
    (tmp_path / "a.csv").write_text("x")
    store = InputStore(tmp_path / "inputs")
    name = store.keep(tmp_path / "a.csv")
    (store.folder / name).write_text("y")
    with pytest.raises(StorageError, match="has changed"):
        store.find(name)
    (store.folder / name).unlink()
    with pytest.raises(StorageError, match="gone"):
        store.find(name)


def test_a_missing_original_is_said(tmp_path: Path) -> None:
    """A path in the settings that leads nowhere names itself."""
    with pytest.raises(StorageError, match=r"none\.csv"):
        InputStore(tmp_path).keep(tmp_path / "none.csv")


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """A folder that cannot be made is a storage error in three parts, not the system's own."""
    (tmp_path / "a.csv").write_text("x")
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(StorageError, match="to keep a copy") as caught:
        InputStore(tmp_path / "data" / "inputs").keep(tmp_path / "a.csv")
    assert caught.value.exit_code == 74


def test_what_a_killed_program_left_half_written_is_removed(tmp_path: Path) -> None:
    """An old half of a file goes when the next is kept; a young one may be somebody's who writes now."""
    (tmp_path / "a.csv").write_text("x")
    store = InputStore(tmp_path / "inputs")
    store.folder.mkdir()
    for name in (".writing-old", ".writing-young"):
        (store.folder / name).write_text("half")
    os.utime(store.folder / ".writing-old", (0, 0))
    kept = store.keep(tmp_path / "a.csv")
    assert {p.name for p in store.folder.iterdir()} == {".writing-young", kept}
