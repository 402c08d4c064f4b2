"""What a watch on a workspace is made of, and made of again when other commands have imported something."""

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from trimtab.config.config import Config
from trimtab.config.read import read_config
from trimtab.desk.ask.review import Setting
from trimtab.desk.books.actions import known_actions
from trimtab.desk.watch.observation import Measured, observation_of
from trimtab.desk.watch.record import read_resume
from trimtab.desk.watch.slow_measures import measure
from trimtab.desk.watch.units import units_since
from trimtab.desk.watch.watching import Sight, Watch
from trimtab.errors import NotEnoughDataError, TrimtabError
from trimtab.exposure.live.book import LiveBook
from trimtab.model.portfolio import Portfolio
from trimtab.monitor.alerts.observation import Observation
from trimtab.monitor.alerts.rules import Rule
from trimtab.wiring.alarming import moment_again, rules_of, settled
from trimtab.wiring.known import AsKnown, mandate_of
from trimtab.wiring.sourcing import SourceFolders
from trimtab.wiring.workspace import Workspace

__all__ = ["WorkspaceInputs"]

#: Entries that change what a watch is made of, with what is said of them.
_KINDS = {
    "prices": "prices", "holdings": "holdings", "transactions": "transactions", "action": "corporate actions",
    "config": "settings",
}  # fmt: skip
_ACTIONS = tuple(_KINDS).index("action")


@dataclass(frozen=True, slots=True)
class _Seen:
    """What decides whether a book must be made again: the last entries by kind, the settings file, the day."""

    entries: tuple[int, ...]
    settings: str
    day: str


class WorkspaceInputs:
    """Prices, holdings, mandate and rules of a workspace, looked at while a watch runs.

    Parameters
    ----------
    workspace, portfolio
        Whose.
    ask
        Gathers prices, holdings (a `Portfolio`), mandate and arguments as of a day; None is the last with prices.
    clock
        Gives the time.
    fixed
        The day is given: it does not move on.
    """

    def __init__(
        self,
        workspace: Workspace,
        portfolio: str,
        ask: Callable[[str | None], AsKnown],
        *,
        clock: Callable[[], dt.datetime],
        fixed: bool = False,
    ) -> None:
        self.workspace = workspace
        self.portfolio = portfolio
        self._ask, self._fixed = ask, fixed
        self._folders = SourceFolders(clock)
        self._head = -1
        self._seen: _Seen | None = None
        self._measured = Measured()
        self._entries: tuple[int, ...] = ()
        self._day = ""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Rules of the portfolio, as the settings have them now."""
        return tuple(rule for rule in rules_of(self.workspace.config) if rule.portfolio == self.portfolio)

    def start(self, name: str, source: str, *, jump: float) -> Watch:
        """Make a watch, as of the day on which an earlier one of the same feed stopped.

        Raises
        ------
        TrimtabError
            If the portfolio cannot be measured.
        """
        found = read_resume(self.workspace.journal, name, source)
        stopped = None if found is None or self._fixed else str(found.state["book"]["as_of"])
        self._seen = self._now(stopped or "")
        trouble = None
        try:
            there = self._gather(stopped)
        except NotEnoughDataError as error:
            if stopped is None:
                raise
            there, trouble = self._gather(None), f"the book of {stopped} not in use: {error.found}"
        setting, held = settled(there)
        self._measured = self._measure(there, setting, held)
        self._day, name_of_inputs = str(there.as_of), self._name(there)
        book = LiveBook(held, setting.market, setting.betas)
        watch = Watch(book, held, mandate_of(there), name=name, jump=jump, made_of=name_of_inputs)
        watch.unused = trouble
        # restored, it will be of the day on which it stopped, unless there are prices of a later one
        self._seen = replace(self._seen, day="" if self._fixed else max(stopped or "", watch.day))
        return watch

    def look(self, watch: Watch) -> tuple[str, ...]:
        """Import files that came, and make the book again if anything it is made of has changed; say what happened.

        What cannot be used leaves the watch as it is, and is said in `watch.unused`.
        """
        done = self._folders.look(self.workspace)
        watch.notices = self._folders.notices
        day = "" if self._fixed else watch.day
        was, now = self._seen, self._now(day)
        if was is None or was == now:
            return done
        self._seen = now
        pairs = zip(_KINDS.values(), was.entries, now.entries, strict=True)
        news = [word for word, before, after in pairs if before != after]
        if was.settings != now.settings and "settings" not in news:
            news.append("settings")
        if was.day != now.day:
            news.append("a new day")
        what = ", ".join(news)
        try:
            config = read_config(self.workspace.folder)
            there = self._gather(day or None)
            setting, held = settled(there)
            measured = self._measure(there, setting, held, config)
            watch.renew(
                held, setting.market, setting.betas, mandate_of(there),
                made_of=self._name(there), units=units_since(
                    known_actions(self.workspace.journal), watch.portfolio, after=was.entries[_ACTIONS], day=self._day,
                    until=dt.date.fromisoformat(str(there.as_of)),
                ),
            )  # fmt: skip
        except (TrimtabError, OSError) as error:
            watch.unused = f"{what} not in use: {error.found if isinstance(error, TrimtabError) else error}"
            return (*done, watch.unused)
        self.workspace = replace(self.workspace, config=config)
        self._measured, self._day, watch.unused = measured, str(there.as_of), None
        # new prices may have brought a new day along
        self._seen = replace(now, day="" if self._fixed else watch.day)
        return (*done, f"reloaded because of {what}")

    def observe(self, watch: Watch, sight: Sight) -> Observation:
        """Give what the portfolio's rules look at."""
        return observation_of(sight, watch.portfolio, self._measured)

    def _gather(self, day: str | None) -> AsKnown:
        """Ask as of a day, or of the last with prices if that is later."""
        there = self._ask(None)
        return there if day is None or day <= str(there.as_of) else self._ask(day)

    def _measure(self, there: AsKnown, setting: Setting, held: Portfolio, config: Config | None = None) -> Measured:
        config = config or self.workspace.config
        rules = tuple(rule for rule in rules_of(config) if rule.portfolio == self.portfolio)
        exposure = setting.of(held).book.exposure
        return measure(moment_again(there), there.held.portfolio, exposure, setting.betas, rules, config.calendar)

    def _now(self, day: str) -> _Seen:
        journal = self.workspace.journal
        head = journal.head().seq
        if head != self._head:
            last = (journal.entries(kind, newest=True, limit=1) for kind in _KINDS)
            self._head, self._entries = head, tuple(found[0].seq if found else 0 for found in last)
        try:
            settings = hashlib.sha256(self.workspace.config.file.read_bytes()).hexdigest()
        except OSError as error:
            settings = str(error)
        return _Seen(self._entries, settings, day)

    def _name(self, there: AsKnown) -> str:
        """Name what a book was made from."""
        seen = self._seen or self._now("")
        return f"{max(seen.entries)} {seen.settings[:12]} {there.as_of}"
