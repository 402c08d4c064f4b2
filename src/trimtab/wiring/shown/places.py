"""Where a file is to go, looked at before the work for it is done."""

import os
from pathlib import Path

from trimtab.errors import StorageError

__all__ = ["refuse_place"]


def refuse_place(path: str | Path) -> None:
    """Refuse a file that could not be written where it is said to go.

    Raises
    ------
    StorageError
        If its folder does not exist or takes no files, or it is a folder itself.
    """
    target = Path(path)
    folder = target.parent
    if target.is_dir():
        raise StorageError(
            expected=f"to write a file {path}", found="a folder of that name", try_next=f"name a file in it: {path}/..."
        )
    if not folder.is_dir():
        raise StorageError(
            expected=f"to write {path}", found=f"no folder {folder}", try_next="make the folder, or name another path"
        )
    if not os.access(folder, os.W_OK):
        raise StorageError(
            expected=f"to write {path}", found=f"{folder} takes no new files: no permission to write there",
            try_next="name a path in a folder of your own",
        )  # fmt: skip
