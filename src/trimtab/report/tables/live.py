"""The watch on a screen, as lines, or as JSON lines."""

import json
import sys
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from trimtab.desk.watch.watching import Sight
from trimtab.report.documents.watch import watch_document
from trimtab.report.shape.write import plain
from trimtab.report.text.gauge import gauge
from trimtab.report.words import part_valued

__all__ = ["JsonLines", "LiveScreen", "PlainLines"]

_COLOURS = {"inside": "green", "outside": "red", "undecided": "yellow"}


_MOVERS = 6


_NOTICES = 4


_HAPPENED = 6


_REFRESH = 4


class JsonLines:
    """One document a line, for machines."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def show(self, sight: Sight, alerts: Sequence[str] = ()) -> None:
        """Write a sight."""
        sys.stdout.write(json.dumps(plain(watch_document(sight, alerts=alerts)), allow_nan=False) + "\n")
        sys.stdout.flush()


class PlainLines:
    """One line an evaluation, where there is no terminal.

    Parameters
    ----------
    console
        Where to write.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._said: tuple[str, ...] = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def show(self, sight: Sight, alerts: Sequence[str] = ()) -> None:
        """Write a sight."""
        beta, part = sight.reading.beta, part_valued(sight.reading)
        parts = [
            f"{sight.at:%Y-%m-%d %H:%M:%S}",
            f"{sight.verdict.status.value:9}",
            f"beta{part} {beta.value:.4f} +/- {beta.stderr:.4f} ({beta.speaks_of.brief})",
            f"band [{sight.mandate.lower:.3f}, {sight.mandate.upper:.3f}]",
            f"drift {sight.drift.total:+.4f}",
            f"covered {sight.reading.coverage.share:.1%}",
            f"oldest price {_age(sight.price_seconds)}",
            f"{sight.reading.quotes:,} quotes",
        ]
        if sight.rejected:
            parts.append(f"{sum(sight.rejected.values()):,} set aside")
        if sight.trouble:
            parts.append(f"feed: {sight.trouble}")
        self._console.print("  ".join(parts), soft_wrap=True)
        notices = tuple(text for text in (sight.unused, *sight.notices) if text is not None)
        if notices != self._said:
            for text in notices:
                self._console.print(f"  NOTE {text}", soft_wrap=True)
            self._said = notices
        for text in sight.news:
            if text != sight.unused:
                self._console.print(f"  NEWS {text}", soft_wrap=True)
        for title in alerts:
            self._console.print(f"  ALERT {title}", soft_wrap=True)


class LiveScreen:
    """A screen that is drawn again at each evaluation.

    Parameters
    ----------
    console
        A terminal.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, auto_refresh=False, refresh_per_second=_REFRESH)
        self._happened: list[str] = []
        self._last = (time.monotonic(), 0)
        self._rate = 0.0
        self._waiting: Sight | None = None

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._waiting is not None:
            self._live.update(self.draw(self._waiting), refresh=True)
        self._live.stop()

    def show(self, sight: Sight, alerts: Sequence[str] = ()) -> None:
        """Draw a sight; a screen is drawn a few times a second at most."""
        self._happened = [*self._happened, *(f"{sight.at:%H:%M:%S}  {a}" for a in (*sight.news, *alerts))][-_HAPPENED:]
        now, (before, quotes) = time.monotonic(), self._last
        self._waiting = sight
        if now - before < 1.0 / _REFRESH and quotes:
            return
        self._waiting = None
        if quotes:
            self._rate = (sight.reading.quotes - quotes) / (now - before)
        self._last = (now, sight.reading.quotes)
        self._live.update(self.draw(sight), refresh=True)

    def draw(self, sight: Sight) -> Group:
        """Lay a sight out."""
        width = min(self._console.width, 100)
        beta, mandate, part = sight.reading.beta, sight.mandate, part_valued(sight.reading)
        status = sight.verdict.status.value
        picture, scale = gauge(
            value=beta.value, low=beta.low, high=beta.high, lower=mandate.lower, upper=mandate.upper, width=width - 4
        )
        colour = _COLOURS[status]
        head = Text.assemble(
            (f"{sight.portfolio} ", "bold"), f"against {mandate.benchmark}   ", f"{sight.at:%Y-%m-%d %H:%M:%S} UTC"
        )
        line = Text.assemble(
            (f"beta{part} ", ""), (f"{beta.value:.4f}", f"bold {colour}"), f" +/- {beta.stderr:.4f}",
            f" ({beta.speaks_of.brief})   ", (status.upper(), f"bold {colour}"),
            f"   NAV{part} {sight.reading.nav:,.0f}",
        )  # fmt: skip
        parts: list[Any] = [head, Text(), line, Text(), Text(f"  {picture}", style=colour), Text(f"  {scale}"), Text()]
        parts += [self._causes(sight), Text(), self._state(sight)]
        if sight.trouble:
            parts.append(Text(f"feed: {sight.trouble} (tried again; prices grow old)", style="red"))
        if sight.unused:
            parts.append(Text(sight.unused, style="red"))
        parts += [Text(text, style="yellow") for text in sight.notices[:_NOTICES]]
        if len(sight.notices) > _NOTICES:
            parts.append(Text(f"and {len(sight.notices) - _NOTICES} more", style="yellow"))
        if self._happened:
            parts += [
                Text(),
                Text("what happened", style="bold"),
                *(Text(f"  {a}", no_wrap=True, overflow="ellipsis") for a in self._happened),
            ]
        return Group(*parts)

    def _causes(self, sight: Sight) -> Table:
        drift = sight.drift
        table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
        table.add_column("drift since start")
        table.add_column("beta", justify="right")
        table.add_column("top movers")
        table.add_column("beta", justify="right")
        causes = [
            ("prices", drift.price), ("option deltas", drift.gamma), ("currency", drift.currency),
            ("new estimates", drift.estimates), ("trades", drift.trades), ("total", drift.total),
        ]  # fmt: skip
        movers = [m for m in drift.movers[: len(causes)] if m.change != 0.0]
        for i, (cause, change) in enumerate(causes):
            mover = (movers[i].asset, f"{movers[i].change:+.4f}") if i < len(movers) else ("", "")
            table.add_row(cause, f"{change:+.4f}", *mover, style="bold" if cause == "total" else None)
        return table

    def _state(self, sight: Sight) -> Text:
        reading = sight.reading
        rejected = ", ".join(f"{n:,} {reason.replace('_', ' ')}" for reason, n in sight.rejected.items())
        text = (
            f"covered {reading.coverage.share:.1%}   oldest price {_age(sight.price_seconds)}"
            f" ({reading.oldest_name or 'none'})   newest {_age(sight.newest_seconds)}\n"
            f"{reading.quotes:,} quotes, {self._rate:,.0f} a second\n"
            f"set aside: {rejected or 'none'}"
        )
        return Text(text, style="dim")


def _age(seconds: float | None) -> str:
    """Write an age in its largest unit.

    Examples
    --------
    >>> _age(5.2), _age(600), _age(90_000), _age(None)
    ('5 s', '10 min', '25 h', 'unknown')
    """
    if seconds is None:
        return "unknown"
    for size, unit, most in ((1, "s", 120), (60, "min", 7200), (3600, "h", 172_800)):
        if seconds < most:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86_400:.0f} days"
