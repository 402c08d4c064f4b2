"""Which workspace is meant: the one named, else TRIMTAB_WORKSPACE, else the nearest folder above."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from trimtab.config.read import FILE_NAME
from trimtab.errors import InputError

__all__ = ["VARIABLE", "find_workspace"]

VARIABLE: Final = "TRIMTAB_WORKSPACE"


def find_workspace(start: Path | None = None, environ: Mapping[str, str] | None = None) -> Path:
    """Find the workspace.

    Parameters
    ----------
    start
        Its folder, or the file in it, if it was named; it is not looked for anywhere else then.
    environ
        Environment variables; the process's own if None.

    Returns
    -------
    Path
        The folder that holds ``trimtab.toml``, absolute.

    Raises
    ------
    InputError
        If there is none.
    """
    named = (os.environ if environ is None else environ).get(VARIABLE)
    if start is not None:
        return _this(start, "in the folder that was named")
    if named:
        return _this(Path(named), f"in the folder that {VARIABLE} names")
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / FILE_NAME).is_file():
            return folder
    raise InputError(
        expected=f"a workspace: {FILE_NAME} in this folder or one above it",
        found=f"none from {here} up",
        try_next=f"make one with: trimtab init DIR; or name one with --workspace DIR or {VARIABLE}",
    )


def _this(folder: Path, where: str) -> Path:
    folder = folder.expanduser().absolute()
    if folder.name == FILE_NAME and folder.is_file():
        return folder.parent
    if (folder / FILE_NAME).is_file():
        return folder
    raise InputError(
        expected=f"a workspace: {FILE_NAME} {where}",
        found=f"no {folder / FILE_NAME}",
        try_next=f"make one with: trimtab init {folder}",
    )
