"""`trimtab review` of one account or of all in a workspace, and `trimtab fleet` of many out of files."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
from typing import TYPE_CHECKING

import click

from trimtab.cli.output import Charted, Output, console, draw, leave, show_told
from trimtab.cli.records import Accounts, Shown
from trimtab.desk.questions.fleet import FleetQuestion
from trimtab.desk.questions.groups.source import Source
from trimtab.desk.questions.review import ReviewQuestion

if TYPE_CHECKING:
    from trimtab.cli.draw import Group

__all__ = ["add_commands", "review"]


def review(question: ReviewQuestion, source: Source, accounts: Accounts, shown: Shown, output: Charted) -> None:
    """Measure a portfolio and compare it with its mandate: of files, or of the workspace.

    Shown first: the panel, the largest contributions and the next step; --full shows every table and note, as does an
    undecided verdict.
    With --all every account of the workspace, worst first.

    Exit code 0 inside, 3 outside, 4 undecided; of several accounts 3 if any is outside, else 4 if any is undecided.

    Example: trimtab review --prices prices.csv --holdings book.csv --benchmark SPX --target 1.0 --band 0.05
    """
    from trimtab.report.tables.review import show_review
    from trimtab.wiring.answers import answer_review
    from trimtab.wiring.asking import ask

    if accounts.all:
        _review_all(question, source, output)
    answered = ask(question, source, answer_review)
    verdict = answered.answer.result.verdict.status.value
    # Where nothing can be decided, every note and table may be the reason: nothing is folded away.
    depth = shown.depth(folded=verdict != "undecided")
    show_told(answered, lambda done, screen: show_review(done, screen, depth=depth), output)
    leave({"outside": 3, "undecided": 4}.get(verdict, 0))


def _review_all(question: ReviewQuestion, source: Source, output: Charted) -> None:
    from trimtab.hedge.verdict import Status
    from trimtab.report.documents.accounts import accounts_document
    from trimtab.report.shape.write import dumps
    from trimtab.report.tables.books.accounts import show_accounts
    from trimtab.wiring.every_account import review_every_account

    reviewed = review_every_account(question, source)
    document = accounts_document(reviewed)
    draw(document, output)
    if output.json:
        click.echo(dumps(document))
    else:
        show_accounts(reviewed, console())
    undecided = 4 if reviewed.count(Status.UNDECIDED) else 0
    leave(3 if reviewed.count(Status.OUTSIDE) else undecided)


def add_commands(app: "Group") -> None:
    """Add `trimtab fleet` and what is under it."""
    fleet = app.group_of(
        "fleet",
        "Check many accounts against their mandates.\n\nExample: trimtab fleet check --help",
    )
    fleet.draw(check)


def check(question: FleetQuestion, output: Output) -> None:
    """Check every account, and list the exceptions.

    Each instrument is valued once; every account gets its beta with its error, its verdict and whole lots.

    Exit code 0 all inside, 3 some outside, 4 none outside and some undecided.

    Example: trimtab fleet check positions --mandates mandates.csv --prices prices.csv --out checks
    """
    from trimtab.report.documents.fleet import fleet_document
    from trimtab.report.shape.write import dumps
    from trimtab.report.tables.books.fleet import show_fleet
    from trimtab.wiring.fleet import check_fleet

    run = check_fleet(question)
    if output.json:
        click.echo(dumps(fleet_document(run)))
    else:
        show_fleet(run, console())
    undecided = 4 if run.counts.undecided else 0
    leave(3 if run.counts.outside else undecided)
