"""`trimtab backtest`: would it have worked."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
from dataclasses import dataclass

from trimtab.cli.output import Charted, show_told, write_text
from trimtab.desk.questions.backtest import BacktestQuestion
from trimtab.desk.questions.fields import check, option
from trimtab.desk.questions.groups.source import Source
from trimtab.desk.questions.values import Text

__all__ = ["Written", "backtest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What is written beside the answer.

    Parameters
    ----------
    orders
        File for every order that was filled.
    """

    orders: str | None = option(
        Text("FILE", "the path of a CSV file", "orders.csv"),
        "Write every fill: date, policy, symbol, side, quantity, price, cost.", otherwise="none",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)


def backtest(question: BacktestQuestion, written: Written, source: Source, output: Charted) -> None:
    """Replay rules of hedging over your book's own past: what each cost, how well beta was kept, what is noise.

    Decisions see past prices only, and are filled at the next close.

    Example: trimtab backtest --prices prices.csv --holdings book.csv --benchmark SPX --hedge ES --from 2005-01-03
    """
    from trimtab.report.tables.trading.backtest import show_backtest
    from trimtab.wiring.answers import answer_backtest
    from trimtab.wiring.asking import ask

    answered = ask(question, source, answer_backtest)
    if written.orders is not None:
        from trimtab.report.tickets import fills_csv

        write_text(written.orders, fills_csv(answered.answer.result.orders))
    show_told(answered, show_backtest, output)
