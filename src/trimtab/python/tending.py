"""What a desk does beside answering: files come in, rules look, somebody answers alerts, quotes are watched.

What it needs (channels, feeds, projections) is loaded when it is first asked for: an answer needs none of it.
"""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.desk.questions.drift import DriftQuestion
from trimtab.desk.questions.watch import WatchQuestion
from trimtab.wiring.runs import at
from trimtab.wiring.workspace import Workspace

if TYPE_CHECKING:
    from trimtab.desk.ask.drift_ahead import Ahead
    from trimtab.desk.books.intake import Imported
    from trimtab.desk.books.journal import Entry
    from trimtab.desk.watch.alerting import Evaluated
    from trimtab.desk.watch.checking import AlertView
    from trimtab.desk.watch.fetching import Fetched
    from trimtab.desk.watch.outbox import Delivered
    from trimtab.hedge.orders.records import ReleasedOrder, ReleaseTerms, Traded
    from trimtab.report.documents.composed.report import ReportDocument
    from trimtab.wiring.renewing import WorkspaceInputs

__all__ = ["TendedDesk"]


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class TendedDesk:
    """The part of `trimtab.Desk` that takes files in, looks after alerts, and watches.

    Parameters
    ----------
    workspace
        Whose.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def send_orders(self, number: int, terms: "ReleaseTerms") -> "tuple[ReleasedOrder, ...]":
        """Make the orders of a plan's run and write down that they left; they are sent nowhere.

        Parameters
        ----------
        number
            Of the run of a plan, of ways (the marked one), of several targets, or of a roll (what is due).
        terms
            How they are to be done. `trimtab.report.tickets.orders_csv` and `trimtab.report.fix.orders_fix` write them.
        """
        from trimtab.wiring.ordering import plan_orders, write_down_orders  # noqa: PLC0415

        orders = plan_orders(self.workspace, number, terms)
        write_down_orders(self.workspace, orders)
        return orders

    def orders(self, *, account: str | None = None, run: int | None = None) -> "tuple[Traded, ...]":
        """Give the orders of an account that left, with their fills, what is left, and what they cost by part.

        Parameters
        ----------
        account
            Its name in the settings; None takes the default.
        run
            Of one plan alone.
        """
        from trimtab.wiring.ordering import orders_of  # noqa: PLC0415

        return orders_of(self.workspace, account, run=run)

    def import_files(
        self,
        *files: str | Path,
        account: str | None = None,
        kind: str | None = None,
        as_of: dt.date | str | None = None,
        source: str = "",
        accept: bool = False,
        dry_run: bool = False,
        restate: bool = False,
        mapping: str | None = None,
        sheet: str | None = None,
    ) -> "tuple[Imported, ...]":
        """Import files of prices, holdings, transactions or corporate actions, and give what became of each.

        Parameters
        ----------
        *files
            One after the other; one that cannot be read leaves the others as they are.
        account
            Whose holdings or transactions they are; None takes the default.
        kind
            "prices", "holdings", "transactions" or "actions"; None tells it from their columns.
        as_of
            Day of holdings that do not say it.
        source
            Where they come from, in a word; formats are remembered for each source.
        accept
            Keep files although their format was not seen before, or something is odd.
        dry_run
            Keep nothing.
        restate
            What a file says is right, even where it was corrected since.
        mapping
            What columns are, where their names do not say it: ``Stück=quantity,Kurs=price``; it is remembered.
        sheet
            Sheet of a workbook; None reads all of them.
        """
        from trimtab.feeds.intake.files import Reading  # noqa: PLC0415
        from trimtab.feeds.statements.doorway import Hints  # noqa: PLC0415
        from trimtab.wiring.importing import import_files  # noqa: PLC0415

        return import_files(
            files, workspace=self.workspace, kind=kind, portfolio=account, as_of=as_of, source=source, accept=accept,
            dry_run=dry_run, restate=restate, reading=Reading(hints=Hints(mapping=mapping or "", sheet=sheet or "")),
        )  # fmt: skip

    def fetch(
        self,
        *names: str,
        accept: bool = False,
        dry_run: bool = False,
        restate: bool = False,
        again: bool = False,
        clock: Callable[[], dt.datetime] = _now,
    ) -> "tuple[Fetched, ...]":
        """Ask services of the settings for prices and positions, and take their answers in as files are.

        Parameters
        ----------
        *names
            Of ``[fetch.NAME]``, one after the other; none asks every one. One that fails leaves the others as they are.
        accept
            Keep answers although their format is new, history has changed, or something is odd.
        dry_run
            Keep nothing.
        restate
            What a service says is right, even where it was corrected since.
        again
            Ask, however fresh the last answer is.
        clock
            Gives the time.
        """
        from trimtab.wiring.fetching import fetch_all  # noqa: PLC0415

        return fetch_all(
            self.workspace, names, clock=clock, accept=accept, dry_run=dry_run, restate=restate, again=again
        )

    def report(
        self,
        out: str | Path | None = None,
        *,
        period: str | None = None,
        account: str | None = None,
        known: int | str | dt.datetime | None = None,
        record: bool = True,
    ) -> "ReportDocument":
        """Compose a report of an account, and write it where a file is named; its parts are written down as runs.

        Parameters
        ----------
        out
            The report's file: what it ends in says the form (.html, .pdf, .xlsx, .md, .json); None writes none.
        period
            "week", "month" or "quarter" up to the last day with prices, or two days as ``FROM:TO``; None takes the
            settings', else a week.
        account
            Its name in the settings; None takes the default.
        known
            What was known when: a journal number or a UTC time; None takes everything.
        record
            False leaves the journal as it is.
        """
        from trimtab.desk.questions.report import ReportQuestion  # noqa: PLC0415
        from trimtab.wiring.reporting.compose import compose_report  # noqa: PLC0415
        from trimtab.wiring.reporting.forms import refuse_form, write_form  # noqa: PLC0415

        if out is not None:
            refuse_form(out)
        question = ReportQuestion(period=period)
        made = compose_report(self.workspace, question, account=account, known=known, record=record)
        if out is not None:
            write_form(made.document, out)
        return made.document

    def alerts(self, account: str | None = None) -> "AlertView":
        """Give the rules with their alerts as last written down, and what is not delivered yet.

        Parameters
        ----------
        account
            Whose; None gives those of every account.
        """
        from trimtab.wiring.alarming import alert_view  # noqa: PLC0415

        return alert_view(self.workspace, account)

    def check_alerts(self, now: dt.datetime | None = None, *, account: str | None = None) -> "tuple[Evaluated, ...]":
        """Measure each account that has rules, and let its rules take a step; messages wait until they are delivered.

        Parameters
        ----------
        now
            The moment, with its zone; None takes the clock's.
        account
            Whose; None takes every account that has rules.
        """
        from trimtab.wiring.alarming import check_alerts  # noqa: PLC0415

        return check_alerts(self.workspace, now or _now(), account)

    def deliver_alerts(self, clock: Callable[[], dt.datetime] = _now) -> "Delivered":
        """Send what is due, by all channels at once; what takes too long waits for the next time."""
        from trimtab.wiring.alarming import deliver_alerts  # noqa: PLC0415

        return deliver_alerts(self.workspace, now=clock)

    def alert_history(self, account: str | None = None, *, limit: int = 20) -> "tuple[Entry, ...]":
        """Give what happened to alerts, newest first."""
        from trimtab.wiring.alarming import alert_history  # noqa: PLC0415

        return alert_history(self.workspace, account, limit=limit)

    def ahead(self, question: DriftQuestion | None = None, *, account: str | None = None) -> "Ahead":
        """Say how fast beta drifts from here, and when it is likely to leave its band; nothing is written down.

        Parameters
        ----------
        question
            Horizons, paths and how beta is measured; what it leaves open is as the settings say.
        account
            Whose; None takes the default.
        """
        from trimtab.desk.answers.drift import ahead_of  # noqa: PLC0415

        there = at(self.workspace, question or DriftQuestion(), account=account)
        assert isinstance(there.question, DriftQuestion)  # noqa: S101 - it is the question that was asked
        return ahead_of(there.question, there.inputs)

    def watched(
        self,
        question: WatchQuestion | None = None,
        *,
        account: str | None = None,
        clock: Callable[[], dt.datetime] = _now,
        replayed: bool = False,
    ) -> "WorkspaceInputs":
        """Give what a watch of an account is made of: `start` makes the watch, `look` makes it again on news.

        Parameters
        ----------
        question
            How beta is measured and judged; a day in it stays the day.
        account
            Whose; None takes the default.
        clock
            Gives the time.
        replayed
            Quotes are played again: nothing that is imported meanwhile counts.
        """
        from trimtab.wiring.renewing import watched_account  # noqa: PLC0415

        asked = question or WatchQuestion()
        return watched_account(self.workspace, asked, account=account, clock=clock, replayed=replayed)
