"""`trimtab plan`: with futures, with several ways side by side, or for several targets at once."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from trimtab.cli.output import Charted, Output, leave, show_told, write_text
from trimtab.desk.questions.fields import check, flag_of, option, options_of, parts_of
from trimtab.desk.questions.groups.source import Source
from trimtab.desk.questions.plan import PlanQuestion, WaysQuestion
from trimtab.desk.questions.roll import RollQuestion
from trimtab.desk.questions.targets import SeveralTargets, TargetsQuestion
from trimtab.desk.questions.values import Text
from trimtab.errors import UsageError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from trimtab.hedge.ways.records import Ways

__all__ = ["Papers", "exit_code", "plan", "roll", "write_papers"]

_EXIT = {"infeasible": 5, "undecided": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """Files of the marked way's orders.

    Parameters
    ----------
    tickets
        CSV of its orders.
    sheet
        Its order sheet: HTML if the name ends in .html.
    """

    tickets: str | None = option(
        Text("FILE", "the path of a file", "tickets.csv"), "With --ways: write the marked way's orders as CSV.",
        otherwise="none",
    )  # fmt: skip
    sheet: str | None = option(
        Text("FILE", "the path of a file", "sheet.html"),
        "With --ways: write its order sheet, HTML if it ends in .html.",
        otherwise="none",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)


def plan(question: WaysQuestion, several: SeveralTargets, source: Source, papers: Papers, output: Charted) -> None:
    """Plan the trades that bring a portfolio back to its mandate: with futures, or with --ways several, side by side.

    Exit code 0 planned or nothing to do, 4 undecided, 5 infeasible (the nearest plan is shown).

    Example: trimtab plan --prices prices.csv --holdings book.csv --benchmark SPX --hedge ES,MES
    """
    from trimtab.report.tables.plan import show_plan, show_targets
    from trimtab.report.tables.ways import show_ways
    from trimtab.wiring.answers import answer_plan, answer_targets, answer_ways
    from trimtab.wiring.asking import ask

    if question.ways is None and (papers.tickets is not None or papers.sheet is not None):
        raise UsageError(
            expected="ways (--ways) together with --tickets or --sheet", found="no ways",
            try_next="add for example --ways futures; or write the orders of a workspace's plan: trimtab orders RUN "
            "--csv FILE",
        )  # fmt: skip
    if several.targets or several.currencies:
        _refuse_unused(question, ("ways", "target"))
        many = ask(_several(question, several), source, answer_targets)
        show_told(many, show_targets, output)
        leave(_EXIT.get(many.answer.result.status.value, 0))
    if question.ways is None:
        _refuse_unused(question, ("target",))
        alone = ask(_alone(question), source, answer_plan)
        show_told(alone, show_plan, output)
        leave(_EXIT.get(alone.answer.result.status.value, 0))
    answered = ask(question, source, answer_ways)
    write_papers(answered.answer.result, papers)
    show_told(answered, show_ways, output)
    leave(exit_code(answered.answer.result))


def roll(question: RollQuestion, source: Source, output: Output) -> None:
    """Say which held futures end when, what to roll them into, what the next month costs, and what changing costs.

    Example: trimtab roll --prices prices.csv --holdings book.csv --benchmark SPX --hedge-price ESM3=3842
    """
    from trimtab.report.tables.trading.roll import show_rolls
    from trimtab.wiring.answers import answer_roll
    from trimtab.wiring.asking import ask

    show_told(ask(question, source, answer_roll), show_rolls, output)


def _alone(question: WaysQuestion) -> PlanQuestion:
    return PlanQuestion(
        mandate=question.mandate, measuring=question.measuring, instruments=question.instruments, hedge=question.hedge,
        hedge_prices=question.hedge_prices, target=question.target, aim=question.aim,
    )  # fmt: skip


def _several(question: WaysQuestion, several: SeveralTargets) -> TargetsQuestion:
    return TargetsQuestion(
        mandate=question.mandate, measuring=question.measuring, instruments=question.instruments, hedge=question.hedge,
        hedge_prices=question.hedge_prices, several=several,
    )  # fmt: skip


def _refuse_unused(question: WaysQuestion, but: tuple[str, ...]) -> None:
    """Refuse what only a comparison of ways would use."""
    shared = {one.name for one in fields(PlanQuestion)}
    other = question.target != type(question.target)()
    if "ways" in but and (question.ways is not None or other):
        raise UsageError(
            expected="several targets (--also-target, --currency-target) with futures and forwards alone",
            found="ways (--ways)" if question.ways is not None else "another kind of target",
            try_next="leave it out; give --hedge ES,MBT, --target and --also-target",
        )
    if question.target.at_most is not None:
        return  # the question says itself that a maximum needs ways
    for name, flag in _stated(question, shared):
        raise UsageError(
            expected=f"ways (--ways) together with {name} ({flag})", found="no ways",
            try_next="give for example --ways futures,reallocate, or leave it out",
        )  # fmt: skip


def _stated(record: "DataclassInstance", left_out: set[str]) -> list[tuple[str, str]]:
    """Give what is stated beside known fields: names and flags."""
    plain = type(record)()
    options = [
        (name, flag_of(name, asked))
        for name, asked in options_of(record)
        if name not in left_out and getattr(record, name) != getattr(plain, name)
    ]
    for name, _, _ in parts_of(record):
        if name not in left_out:
            options += _stated(getattr(record, name), set())
    return options


def write_papers(ways: "Ways", papers: Papers) -> None:
    """Write tickets and an order sheet where they were asked for.

    Raises
    ------
    StorageError
        If a file cannot be written.
    """
    from trimtab.report.tickets import order_sheet, order_sheet_html, tickets_csv

    if papers.tickets is not None:
        write_text(papers.tickets, tickets_csv(ways))
    if papers.sheet is not None:
        write_text(papers.sheet, order_sheet_html(ways) if papers.sheet.endswith(".html") else order_sheet(ways))


def exit_code(ways: "Ways") -> int:
    """Give the exit code: 0 if a way is marked, 4 if the verdict is undecided, 5 if none satisfies the mandate."""
    if ways.cheapest is not None:
        return 0
    return 4 if ways.verdict.status.value == "undecided" else 5
