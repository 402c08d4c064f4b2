"""Watch: follow quotes, judge, alert, write down."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from trimtab.desk.questions.fields import check, option, part
from trimtab.desk.questions.groups.instruments import Instruments
from trimtab.desk.questions.groups.mandate import MandateTerms
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.desk.questions.values import Number, Switch, Text, Value
from trimtab.model.json import Json

__all__ = ["WatchQuestion", "Watching"]


class Length(Value[dt.timedelta]):
    """A length of time above zero: 5s, 1m, 8h."""

    __slots__ = ()
    _UNITS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}  # noqa: RUF012 - nobody changes it
    _WORDS = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)([wdhms])")

    def __init__(self, example: str) -> None:
        super().__init__("TIME", "a length of time such as 5s, 1m or 8h", example)

    def read(self, words: Sequence[str]) -> dt.timedelta:
        """Read a number with its unit."""
        joined = words[-1].replace(" ", "")
        parts = self._WORDS.findall(joined)
        units = [list(self._UNITS).index(unit) for _, unit in parts]
        if "".join(f"{number}{unit}" for number, unit in parts) != joined or units != sorted(set(units)):
            raise ValueError(words[-1])
        return self.take(dt.timedelta(seconds=sum(float(number) * self._UNITS[unit] for number, unit in parts)))

    def take(self, given: dt.timedelta | str) -> dt.timedelta:
        """Take a length, or words of one."""
        if isinstance(given, str):
            return self.read((given,))
        if given <= dt.timedelta(0):
            raise ValueError(given)
        return given

    def write(self, value: dt.timedelta) -> Json:
        """Write seconds."""
        return f"{value.total_seconds():g}s"


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchQuestion:
    """Watch a portfolio while quotes come in: beta, band, drift and alerts.

    Parameters
    ----------
    mandate, measuring, instruments
        What beta should be, how it is measured, and what is known of instruments.
    jump
        A quote that moves further than this waits for a second one that confirms it.

    Examples
    --------
    >>> WatchQuestion().jump
    0.25
    """

    ask: ClassVar[str] = "watch"

    mandate: MandateTerms = part(MandateTerms, only=("benchmark", "target", "band", "confidence", "min_coverage"))
    measuring: Measuring = part(Measuring)
    instruments: Instruments = part(Instruments)
    jump: float = option(
        Number("MOVE", above=0, example="0.25"), "A quote that moves further than this waits for a second one.",
        default=0.25,
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """Where quotes come from, and how often they are looked at.

    Parameters
    ----------
    folder
        Folder in which files of quotes arrive.
    replay, speed
        Recorded file of quotes to play, in its own time, and how fast.
    every, poll
        Between evaluations, and between looks at folders and at what was imported.
    once
        Take what is new, evaluate, and end.
    lasting
        End after so long.

    Examples
    --------
    >>> Watching(every="5s").every
    datetime.timedelta(seconds=5)
    """

    folder: str | None = option(
        Text("FOLDER", "a folder", "quotes"), "Folder in which files of quotes arrive (time, symbol, price).",
        otherwise="[watch] of the workspace",
    )  # fmt: skip
    replay: str | None = option(
        Text("FILE", "the path of a file", "quotes.csv"), "Recorded file of quotes to play, in its own time.",
        otherwise="none",
    )  # fmt: skip
    speed: str = option(Text("SPEED", "1x, 60x or max", "60x"), "Of a replay: 1x, 60x, max.", default="max")
    every: dt.timedelta | str | None = option(
        Length("5s"), "Between evaluations; a replay has its own time.", otherwise="5s, or [watch] evaluate"
    )
    poll: dt.timedelta | str | None = option(
        Length("1s"), "Between looks at folders and at what was imported.", otherwise="1s, or [watch] poll"
    )
    once: bool = option(Switch(), "Take what is new, evaluate, and end: for cron.", default=False)
    lasting: dt.timedelta | str | None = option(
        Length("8h"), "End after so long.", flags=("--for",), otherwise="when stopped"
    )

    def __post_init__(self) -> None:
        check(self)
