"""The world outside: files of prices, holdings and trades as they come, quotes in a folder, and channels that fail."""

import datetime as dt
import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from simulation.faults import Faults
from simulation.truth import Truth

from trimtab.desk.watch.outbox import DeliveryError, Message

SYMBOLS = ("SPX", "AAA", "BBB", "CCC")
#: What the watched book holds, and what it costs (tests/watch_parts.py).
LEVELS = {"M": 500.0, "A": 100.0, "B": 40.0, "PUT": 9.0}
FIRST = "2024-01-02"
#: Quotes of the end of time are of a little before it: there is no moment after.
_LATEST = dt.datetime(9999, 12, 31, 23, 30, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file to be imported, and what it says."""

    path: Path
    kind: str
    says: dict


class Vendor:
    """Writes files; what it writes depends on its draws alone."""

    def __init__(self, folder: Path, draw: random.Random, faults: Faults) -> None:
        self.folder, self.quotes = folder / "in", folder / "quotes"
        self.folder.mkdir()
        self.quotes.mkdir()
        self._draw, self._faults = draw, faults
        self._made, self._last = 0, 0

    def prices(self) -> File:
        """Write the next days, or days that were there before: some the same, some corrected."""
        late = self._last and self._draw.random() < 0.4
        start = self._draw.randrange(self._last) if late else self._last
        count = self._draw.randint(1, 6)
        self._last = max(self._last, start + count - 1)
        says = {
            (_day(start + k), s): f"{100 + (start + k) % 7 + self._draw.randrange(3):.4f}"
            for k in range(count)
            for s in SYMBOLS
        }
        days = dict.fromkeys(day for day, _ in says)
        rows = [f"{day}," + ",".join(says[day, s] for s in SYMBOLS) for day in days]
        return self._file("prices", ["date," + ",".join(SYMBOLS), *rows], says)

    def holdings(self) -> File:
        """Write what is held at the end of the last day."""
        day = _day(self._last)
        held = {s: 10 * self._draw.randint(1, 30) for s in SYMBOLS[1:]}
        return self._file(
            "holdings",
            ["date,symbol,quantity", *(f"{day},{s},{q}" for s, q in held.items())],
            {"day": day, "held": held},
        )

    def trades(self) -> File:
        """Write some trades of the day after the last."""
        self._last += 1
        day, number = _day(self._last), self._made
        says = {
            f"t{number}-{k}": (day, self._draw.choice(SYMBOLS[1:]), self._draw.randint(1, 9))
            for k in range(self._draw.randint(1, 3))
        }
        rows = [f"{key},{day},{symbol},{quantity},100,1" for key, (day, symbol, quantity) in says.items()]
        return self._file("transactions", ["id,date,symbol,quantity,price,fee", *rows], says)

    def quote(self) -> str:
        """Write quotes into the folder: new ones, the same again, late, of the future, and rows that say nothing."""
        self._made += 1
        draw, rows = self._draw, []
        for _ in range(draw.randint(1, 8)):
            symbol = draw.choice(list(LEVELS))
            swing = 1.2 if symbol == "A" and draw.random() < 0.5 else 1.0
            at = min(self._faults.now, _LATEST) + dt.timedelta(seconds=draw.choice([0, 0, 0, -30, -4000, 500]))
            rows.append(f"{at:%Y-%m-%dT%H:%M:%SZ},{symbol},{LEVELS[symbol] * swing * draw.uniform(0.97, 1.03):.4f}")
        if draw.random() < 0.4:
            rows.append(rows[0])
        if draw.random() < 0.3:
            rows.append(draw.choice(["never,A,1", "²²²²,A,100", ",,", f"{rows[0][:20]},A,1e400", '"', "NOW,NOPE,-1"]))
        old = sorted(self.quotes.iterdir())
        if old and draw.random() < 0.4:
            return self._put(draw.choice(old), rows, more=True)
        return self._put(self.quotes / f"q{self._made:04d}.csv", ["time,symbol,price", *rows], more=False)

    def _put(self, path: Path, rows: list[str], *, more: bool) -> str:
        end = "" if self._draw.random() < 0.2 else "\n"
        text = (path.read_text() if more else "") + "\n".join(rows) + end
        with self._faults.unlimited():
            path.write_text(text)
        stamp = 1_700_000_000 + self._made
        os.utime(path, (stamp, stamp))
        return path.name

    def _file(self, kind: str, lines: list[str], says: dict) -> File:
        self._made += 1
        path = self.folder / f"{kind}-{self._made:04d}.csv"
        with self._faults.unlimited():
            path.write_text("\n".join(lines) + "\n")
        return File(path=path, kind=kind, says=says)


def _day(number: int) -> str:
    return str(np.busday_offset(FIRST, number, roll="forward"))


class FakeChannel:
    """A channel that takes, refuses, breaks, or takes and leaves nobody alive to say so."""

    def __init__(self, truth: Truth, draw: random.Random, faults: Faults, meanwhile: Callable[[], None]) -> None:
        self._truth, self._draw, self._faults, self._meanwhile = truth, draw, faults, meanwhile
        self.is_whole = False
        self.last = ""

    def send(self, message: Message) -> None:
        """Send, or fail."""
        chance = 1.0 if self.is_whole else self._draw.random()
        if chance < 0.35:
            raise DeliveryError(expected="an answer", found="none", try_next="try later")
        if chance < 0.4:
            raise ValueError("secret-token-in-an-address")
        if chance < 0.6:
            self._meanwhile()
        self._truth.taken[message.key] += 1
        self.last = message.key
        if chance < 0.45:
            self._truth.unsaid[message.key] += 1
            self.last = ""
            self._faults.die()
