"""Work in forked processes: cheap enough to kill hundreds of them.

The process that forks imports everything first and never works with frames itself: their library's threads do not
outlive a fork.
"""

import importlib
import json
import os
import sys
import traceback
from collections.abc import Callable

import polars._utils.parquet  # noqa: F401 - imported before the forks, as is the desk

from trimtab.python import desk  # noqa: F401
from trimtab.store import prices, sqlite
from trimtab.wiring import importing  # noqa: F401


def fork(work: Callable[[], object]) -> int:
    """Work in a process of its own; its exit code is 1 if that raised anything."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:  # noqa: BLE001 - said, and told by the exit code
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    return child


def in_a_child(work: Callable[[], object]):
    """Work in a process of its own, and give what it gave."""
    reading, writing = os.pipe()
    child = fork(lambda: _send(writing, work()))
    os.close(writing)
    with os.fdopen(reading) as stream:
        said = stream.read()
    assert os.waitpid(child, 0)[1] == 0, "a process that nobody killed failed"
    return json.loads(said)


def _send(pipe: int, value: object) -> None:
    with os.fdopen(pipe, "w") as stream:
        json.dump(value, stream)


def import_what_it_imports(work: Callable[[], object]) -> None:
    """Do a piece of work once in a child, and import here what it imported there: later children start with it."""
    packages = {"trimtab", "numba", "numpy", "polars", "scipy"}

    def imported() -> list[str]:
        work()
        return sorted(name for name in sys.modules if name.partition(".")[0] in packages)

    for name in in_a_child(imported):
        importlib.import_module(name)


def do_rare_things_often() -> None:
    """Let files be merged, and the log be copied back, every few imports."""
    prices._MOST_FILES = 4
    sqlite._LOG_BYTES = 40_000
