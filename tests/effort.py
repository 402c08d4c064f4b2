"""How much a test does: little in `make test`, much in `make long`."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

__all__ = ["LONG", "effort", "fuzz_rounds"]

#: Set by `make long`: random search, and the full number of kills and steps.
LONG = bool(os.environ.get("TRIMTAB_LONG"))


def effort(short: int, long: int) -> int:
    """Give how many times to do something."""
    return long if LONG else short


def fuzz_rounds(times: int) -> Iterator[int]:
    """Count so many rounds; 0: as many as TRIMTAB_FUZZ_SECONDS (20) give time for, which `make long` sets to 240."""
    end = time.monotonic() + float(os.environ.get("TRIMTAB_FUZZ_SECONDS", "20"))
    done = 0
    while done < times or (not times and time.monotonic() < end):
        yield done
        done += 1
    if noted := os.environ.get("TRIMTAB_FUZZ_COUNT"):  # scripts/reliability.py counts
        with Path(noted).open("a") as stream:
            stream.write(f"{done}\n")
