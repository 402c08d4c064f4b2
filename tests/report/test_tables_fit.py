"""Every table on a terminal of sixty and of eighty columns: nothing is cut, no number is broken, no word is lost."""

import io
import re
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from report_answers import answer
from rich.console import Console
from rich.text import Text

from trimtab.report.tables.sheet import Sheet

#: By schema: what prints its answer.
SHOWN = {
    "trimtab.alert-events/1": "alerts.show_evaluated", "trimtab.alert-history/1": "alerts.show_history",
    "trimtab.alerts/1": "alerts.show_alerts", "trimtab.attest.check/1": "attest.show_check",
    "trimtab.attest.commitment/1": "attest.show_commitment", "trimtab.attest.opening/1": "attest.show_opening",
    "trimtab.attest.proof/1": "attest.show_proof", "trimtab.attest.statement/1": "attest.show_statement",
    "trimtab.beta/1": "beta.show_beta",
    "trimtab.delivery/1": "alerts.show_delivered", "trimtab.demo/1": "demo.show_demo",
    "trimtab.diagnosis/1": "beta.show_diagnosis", "trimtab.drift/1": "drift.show_drift",
    "trimtab.explain/1": "beta.show_explanation", "trimtab.formats/1": "books.formats.show_formats",
    "trimtab.fleet.check/1": "books.fleet.show_fleet",
    "trimtab.review-all/1": "books.accounts.show_accounts",
    "trimtab.holdings/1": "books.runs.show_holdings",
    "trimtab.backtest/1": "trading.backtest.show_backtest",
    "trimtab.hedge-policy/1": "hedge_policy.show_hedge_policy",
    "trimtab.hedge-policy-option/1": "hedge_policy.show_option_policy", "trimtab.import/1": "books.intake.show_imports",
    "trimtab.fetch/1": "books.intake.show_fetched",
    "trimtab.league/1": "league.show_league", "trimtab.ledger/1": "books.ledger.show_ledger",
    "trimtab.orders/1": "trading.orders.show_orders",
    "trimtab.performance/1": "performance.show_performance",
    "trimtab.plan/1": "plan.show_plan", "trimtab.replay/1": "books.runs.show_replay",
    "trimtab.review/1": "review.show_review", "trimtab.risk/1": "risk.show_risk",
    "trimtab.roll/1": "trading.roll.show_rolls",
    "trimtab.runs/1": "books.runs.show_runs",
    "trimtab.stress/1": "stress.show_stress", "trimtab.targets/1": "plan.show_targets",
    "trimtab.ways/1": "ways.show_ways",
}  # fmt: skip
#: Answers whose second word is named by the function that prints them.
SECOND = {"trimtab.drift/1": "ahead", "trimtab.performance/1": "worth"}
NUMBER = re.compile(r"(?<![\w.])[-+±]?\d[\d,]*(?:\.\d+)?%?(?![\w.])")
WORD = re.compile(r"[A-Za-z]{3,}")


def shown(schema: str, width: int) -> str:
    """Give what a person sees of an answer."""
    module, _, function = SHOWN[schema].rpartition(".")
    show: Callable[..., None] = getattr(import_module(f"trimtab.report.tables.{module}"), function)
    first, more, console = answer(schema).words, {}, Console(file=io.StringIO(), width=width, highlight=False)
    if schema == "trimtab.holdings/1":
        portfolio, as_of, _, held = first
        first = (portfolio, as_of, held)
    if schema in SECOND:
        first, more = first[:1], {SECOND[schema]: first[1]}
    show(*first, console, **more)
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    return text


def without_plots(text: str) -> str:
    """Leave out lines of plots and gauges, whose scale goes by the width."""
    return "\n".join(line for line in text.splitlines() if "┤" not in line and "···" not in line)


@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize("schema", sorted(SHOWN))
def test_a_narrow_terminal_shows_every_number_and_word(schema: str, width: int) -> None:
    """Whatever a wide terminal shows stands there too, whole, in lines that are no longer than the terminal."""
    wide, narrow = shown(schema, 300), shown(schema, width)
    assert max(map(len, narrow.splitlines())) <= width
    assert "…" not in narrow
    for pattern in (NUMBER, WORD):
        lost = set(pattern.findall(without_plots(wide))) - set(pattern.findall(narrow))
        assert lost == set(), (schema, width)


def test_every_answer_with_a_table_is_here() -> None:
    """A table of another answer would not be looked at."""
    import report_answers

    without = {"trimtab.alert/1", "trimtab.error/1", "trimtab.series/1", "trimtab.watch/1"}
    # Answers to Python alone, whose face is a repr, and the report, which has forms of its own.
    without |= {f"trimtab.{name}/1" for name in ("ahead", "beta-between", "beta-history", "betas", "exposure")}
    without |= {"trimtab.partial-betas/1", "trimtab.report/1"}
    assert set(SHOWN) | without == set(report_answers.ANSWERS)


def printed(sheet: Sheet, width: int) -> list[str]:
    """Give the lines of a table at a width."""
    console = Console(file=io.StringIO(), width=width)
    console.print(sheet)
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    return [line.rstrip() for line in text.splitlines()]


def book(**more: Any) -> Sheet:
    """Make a table with words, numbers and a bar."""
    sheet = Sheet("Book", **more)
    sheet.add_column("asset")
    for name in ("value", "part of beta"):
        sheet.add_column(name, justify="right")
    sheet.add_column("")
    sheet.add_column("remark")
    sheet.add_row("AAPL", "1,234,567", "0.123", "████", Text("a beta of few pairs"))
    sheet.add_section()
    sheet.add_row("together", "1,234,567", "0.123", "████", "")
    return sheet


def test_where_all_fits_nothing_is_wrapped() -> None:
    """A wide terminal shows one line a row, with rules."""
    lines = printed(book(), 100)
    assert lines[0] == "Book"
    assert any("AAPL" in line and "a beta of few pairs" in line and "████" in line for line in lines)
    assert len(lines) == 8


def test_words_wrap_before_numbers_do() -> None:
    """With less room the remark takes two lines, and each number stays on one."""
    lines = printed(book(), 62)
    assert any("1,234,567" in line and "0.123" in line and "████" in line for line in lines)
    assert not any("a beta of few pairs" in line for line in lines)


def test_bars_go_before_columns_are_parted() -> None:
    """With thin rules and without its bars it is still one table."""
    lines = printed(book(), 46)
    assert not any("█" in line for line in lines)
    assert any("1,234,567" in line and "0.123" in line for line in lines)


def test_what_does_not_fit_goes_below_with_its_names() -> None:
    """Columns that have no room stand in further tables, each beginning with the names of the rows."""
    lines = printed(book(), 30)
    assert sum(line.startswith("AAPL") for line in lines) == 2
    assert max(map(len, lines)) <= 30
    assert sum("1,234,567" in line for line in lines) == 2


def test_several_columns_may_be_the_name() -> None:
    """Where two columns say what a row is of, both begin each part."""
    sheet = Sheet(keys=2)
    for name in ("who", "what"):
        sheet.add_column(name)
    for k in range(4):
        sheet.add_column(f"n{k}", justify="right")
    sheet.add_row("desk", "beta", *(f"{k}.000000" for k in range(4)))
    assert sum(line.startswith("desk  beta") for line in printed(sheet, 32)) == 4 // 2
