"""Pieces of a measurement: each is kept when it is done, so that one that was broken off goes on where it was."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from long import state_of_the_code

ROOT = Path(__file__).parents[2]
#: What was measured: what it is, what was aimed at, what came out.
Rows = list[tuple[str, str, str]]


def kept_pieces() -> Path:
    """Give the folder of pieces that were done on this very code."""
    return ROOT / ".long" / state_of_the_code() / "measured"


def piece(name: str, work: Callable[[], Any]) -> Any:
    """Do a piece of work, or give what came of it before; say on the screen how it goes."""
    file = kept_pieces() / f"{name}.json"
    if file.exists():
        print(f"  {name}: done before", file=sys.stderr, flush=True)
        return json.loads(file.read_text(encoding="utf-8"))
    began = time.monotonic()
    print(f"  {name} ...", file=sys.stderr, flush=True)
    result = work()
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_text(json.dumps(result), encoding="utf-8")
    part.replace(file)
    print(f"  {name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return result


def sure(holds: object) -> None:
    """Break off where what was measured is not what was to be done."""
    if not holds:
        raise RuntimeError("what was measured is not what was to be done")
