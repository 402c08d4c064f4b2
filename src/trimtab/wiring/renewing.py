"""What a watch on a workspace is made of: its settings, the folders where files arrive, and its book as of a day."""

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import replace

from trimtab.config.config import Config
from trimtab.config.read import read_config
from trimtab.desk.answers.known import AsKnown, mandate_of
from trimtab.desk.books.journal import Journal
from trimtab.desk.questions.review import ReviewQuestion
from trimtab.desk.questions.watch import WatchQuestion
from trimtab.desk.watch.checking import moment_again
from trimtab.desk.watch.renewal import Gathered, Renewal, WatchSettings
from trimtab.monitor.alerts.rules import Rule
from trimtab.wiring.importing import SourceFolders
from trimtab.wiring.runs import at
from trimtab.wiring.workspace import Workspace, open_workspace

__all__ = ["WorkspaceInputs", "watched_account"]


class WorkspaceInputs(Renewal):
    """Prices, holdings, mandate and rules of a workspace, looked at while a watch runs.

    Parameters
    ----------
    workspace, portfolio
        Whose.
    ask
        Gathers prices, holdings and mandate as of a day; None is the last with prices.
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
        self.portfolio = portfolio
        self._inside = _Inside(workspace, portfolio, ask, clock)
        super().__init__(self._inside, fixed=fixed)

    @property
    def workspace(self) -> Workspace:
        """The workspace with the settings in use."""
        return self._inside.workspace

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Rules of the portfolio, as the settings in use have them."""
        return self._inside.settings().rules


class _Inside:
    """Fill `trimtab.desk.watch.renewal.Surroundings` from a workspace."""

    def __init__(
        self,
        workspace: Workspace,
        portfolio: str,
        ask: Callable[[str | None], AsKnown],
        clock: Callable[[], dt.datetime],
    ) -> None:
        self.workspace, self._portfolio, self._ask = workspace, portfolio, ask
        self._folders = SourceFolders(clock)
        self._read = workspace.config

    @property
    def journal(self) -> Journal:
        return self.workspace.journal

    @property
    def notices(self) -> tuple[str, ...]:
        return self._folders.notices

    def take_arrived(self) -> tuple[str, ...]:
        return self._folders.look(self.workspace)

    def fingerprint(self) -> str:
        try:
            return hashlib.sha256(self.workspace.config.file.read_bytes()).hexdigest()
        except OSError as error:
            return str(error)

    def settings(self) -> WatchSettings:
        return self._of(self.workspace.config)

    def read_settings(self) -> WatchSettings:
        self._read = read_config(self.workspace.folder)
        return self._of(self._read)

    def adopt(self) -> None:
        self.workspace = replace(self.workspace, config=self._read)

    def gather(self, day: str | None) -> Gathered:
        there = self._ask(day)
        return Gathered(
            day=str(there.as_of),
            held=there.held.portfolio,
            mandate=mandate_of(there),
            again=moment_again(there.question, there.inputs),
        )

    def _of(self, config: Config) -> WatchSettings:
        rules = tuple(rule for rule in config.rules if rule.portfolio == self._portfolio)
        return WatchSettings(rules=rules, calendar=config.calendar(self._portfolio))


def watched_account(
    workspace: Workspace,
    question: WatchQuestion,
    *,
    account: str | None = None,
    clock: Callable[[], dt.datetime],
    replayed: bool = False,
) -> WorkspaceInputs:
    """Give what a watch of an account is made of: `start` makes the watch, `look` makes it again on news.

    Parameters
    ----------
    workspace
        Whose account it is.
    question
        How beta is measured and judged; a day in it stays the day.
    account
        Its name; None takes the default.
    clock
        Gives the time.
    replayed
        Quotes are played again: nothing that is imported meanwhile counts.
    """
    fixed = question.measuring.as_of is not None

    def ask(day: str | None) -> AsKnown:
        measuring = question.measuring if fixed else replace(question.measuring, as_of=day)
        review = ReviewQuestion(mandate=question.mandate, measuring=measuring, instruments=question.instruments)
        # Opened anew: settings may have changed since.
        return at(open_workspace(workspace.folder), review, account=account)

    name = workspace.config.portfolio_name(account)
    return WorkspaceInputs(workspace, name, ask, clock=clock, fixed=fixed or replayed)
