"""Use case: a watched book made, and made again when anything it is made of has changed.

What is looked at from outside (settings, files that arrive, prices and holdings as of a day) comes through a port.
"""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Protocol

from trimtab.desk.answers.inputs import Inputs
from trimtab.desk.answers.settled import settle
from trimtab.desk.books.actions import known_actions
from trimtab.desk.books.journal import Journal
from trimtab.desk.questions.watch import WatchQuestion
from trimtab.desk.watch.observation import Measured, observation_of
from trimtab.desk.watch.record import read_resume
from trimtab.desk.watch.slow_measures import MomentAgain, measure
from trimtab.desk.watch.units import units_since
from trimtab.desk.watch.watching import Sight, Watch
from trimtab.errors import NotEnoughDataError, TrimtabError
from trimtab.exposure.live.book import LiveBook
from trimtab.exposure.measured import MeasuredBook
from trimtab.model.calendar import Calendar
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio
from trimtab.monitor.alerts.observation import Observation
from trimtab.monitor.alerts.rules import Rule

__all__ = ["Gathered", "Renewal", "Surroundings", "WatchSettings", "watch_of"]

#: Entries that change what a watch is made of, with what is said of them.
_KINDS = {
    "prices": "prices", "holdings": "holdings", "transactions": "transactions", "action": "corporate actions",
    "config": "settings",
}  # fmt: skip
_ACTIONS = tuple(_KINDS).index("action")


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSettings:
    """What the settings say of a watched account: its rules, and when prices are to be expected."""

    rules: tuple[Rule, ...]
    calendar: Calendar | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What a book is made of, as of a day.

    Parameters
    ----------
    day
        YYYY-MM-DD.
    held, mandate
        What is held, and what it is compared with.
    again
        Makes the moment, measured, of the book that is watched.
    """

    day: str
    held: Portfolio
    mandate: Mandate
    again: MomentAgain


class Surroundings(Protocol):
    """What a watched account is made of, as it is outside."""

    @property
    def journal(self) -> Journal:
        """Where imports and watches are written down."""
        ...

    @property
    def notices(self) -> tuple[str, ...]:
        """Why files wait that arrived."""
        ...

    def take_arrived(self) -> tuple[str, ...]:
        """Import files that arrived, and give what was kept, a sentence for each."""
        ...

    def fingerprint(self) -> str:
        """Name the settings as they are written now; another name if anything in them changes."""
        ...

    def settings(self) -> WatchSettings:
        """Give the settings in use."""
        ...

    def read_settings(self) -> WatchSettings:
        """Read the settings as they are written now; they are in use once they are adopted."""
        ...

    def adopt(self) -> None:
        """Use what was read last."""
        ...

    def gather(self, day: str | None) -> Gathered:
        """Gather prices, holdings and mandate as of a day; None is the last with prices."""
        ...


@dataclass(frozen=True, slots=True)
class _Seen:
    """What decides whether a book must be made again: the last entries by kind, the settings, the day."""

    entries: tuple[int, ...]
    settings: str
    day: str


def watch_of(question: WatchQuestion, inputs: Inputs, *, name: str = "portfolio") -> Watch:
    """Make a watch of what a question names: of files, whose book stays what it is."""
    mandate = question.mandate.mandate(reading=question.measuring.reading)
    done = settle(inputs, mandate, question.measuring)
    book = LiveBook(done.held, done.setting.market, done.setting.betas)
    return Watch(book, done.held, mandate, name=name, jump=question.jump)


class Renewal:
    """Makes a watch of an account, and its book again while the watch runs.

    Parameters
    ----------
    outside
        What it is made of.
    fixed
        The day is given: it does not move on.
    """

    def __init__(self, outside: Surroundings, *, fixed: bool = False) -> None:
        self._outside, self._fixed = outside, fixed
        self._head = -1
        self._seen: _Seen | None = None
        self._measured = Measured()
        self._entries: tuple[int, ...] = ()
        self._day = ""

    def start(self, name: str, source: str, *, jump: float) -> Watch:
        """Make a watch, as of the day on which an earlier one of the same feed stopped.

        Parameters
        ----------
        name, source
            What the portfolio and the feed are called in the journal.
        jump
            Relative move of one quote beyond which a second must confirm it.

        Raises
        ------
        TrimtabError
            If the portfolio cannot be measured.
        """
        resumed = read_resume(self._outside.journal, name, source)
        stopped = None if resumed is None or self._fixed else str(resumed.state["book"]["as_of"])
        self._seen = self._now(stopped or "")
        trouble = None
        try:
            gathered = self._gather(stopped)
        except NotEnoughDataError as error:
            if stopped is None:
                raise
            gathered, trouble = self._gather(None), f"the book of {stopped} not in use: {error.found}"
        setting = gathered.again()
        portfolio = setting.portfolio
        self._measured = self._measure(gathered, setting.book, self._outside.settings())
        self._day = gathered.day
        book = LiveBook(portfolio, setting.market, setting.betas)
        watch = Watch(book, portfolio, gathered.mandate, name=name, jump=jump, made_of=self._name(gathered))
        watch.unused = trouble
        # restored, it will be of the day on which it stopped, unless there are prices of a later one
        self._seen = replace(self._seen, day="" if self._fixed else max(stopped or "", watch.day))
        return watch

    def look(self, watch: Watch) -> tuple[str, ...]:
        """Import files that came, and make the book again if anything it is made of has changed; say what happened.

        What cannot be used leaves the watch as it is, and is said in `watch.unused`.
        """
        done = self._outside.take_arrived()
        watch.notices = self._outside.notices
        was, now = self._seen, self._now("" if self._fixed else watch.day)
        if was is None or was == now:
            return done
        self._seen = now
        what = _news(was, now)
        try:
            settings = self._outside.read_settings()
            gathered = self._gather(now.day or None)
            setting = gathered.again()
            measured = self._measure(gathered, setting.book, settings)
            units = units_since(
                known_actions(self._outside.journal), watch.portfolio, after=was.entries[_ACTIONS], day=self._day,
                until=dt.date.fromisoformat(gathered.day),
            )  # fmt: skip
            watch.renew(
                setting.portfolio, setting.market, setting.betas, gathered.mandate,
                made_of=self._name(gathered), units=units,
            )  # fmt: skip
        except (TrimtabError, OSError) as error:
            watch.unused = f"{what} not in use: {error.found if isinstance(error, TrimtabError) else error}"
            return (*done, watch.unused)
        self._outside.adopt()
        self._measured, self._day, watch.unused = measured, gathered.day, None
        # new prices may have brought a new day along
        self._seen = replace(now, day="" if self._fixed else watch.day)
        return (*done, f"reloaded because of {what}")

    def observe(self, watch: Watch, sight: Sight) -> Observation:
        """Give what the account's rules look at."""
        return observation_of(sight, watch.portfolio, self._measured)

    def _gather(self, day: str | None) -> Gathered:
        """Gather as of a day, or of the last with prices if that is later."""
        newest = self._outside.gather(None)
        return newest if day is None or day <= newest.day else self._outside.gather(day)

    def _measure(self, gathered: Gathered, book: MeasuredBook, settings: WatchSettings) -> Measured:
        return measure(gathered.again, gathered.held, book.exposure, book.betas, settings.rules, settings.calendar)

    def _now(self, day: str) -> _Seen:
        journal = self._outside.journal
        head = journal.head().seq
        if head != self._head:
            last = (journal.entries(kind, newest=True, limit=1) for kind in _KINDS)
            self._head, self._entries = head, tuple(entry[0].seq if entry else 0 for entry in last)
        return _Seen(self._entries, self._outside.fingerprint(), day)

    def _name(self, gathered: Gathered) -> str:
        """Name what a book was made from."""
        seen = self._seen or self._now("")
        return f"{max(seen.entries)} {seen.settings[:12]} {gathered.day}"


def _news(was: _Seen, now: _Seen) -> str:
    """Say what has changed."""
    pairs = zip(_KINDS.values(), was.entries, now.entries, strict=True)
    news = [word for word, before, after in pairs if before != after]
    if was.settings != now.settings and "settings" not in news:
        news.append("settings")
    if was.day != now.day:
        news.append("a new day")
    return ", ".join(news)
