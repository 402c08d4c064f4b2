"""A backtest as tables: what each policy did, what is beyond noise, where the hedge's gain came from."""

from rich.console import Console
from rich.text import Text

from trimtab.backtest.compare import Comparison
from trimtab.desk.ask.backtest.replay import Backtest
from trimtab.report.tables.sheet import Sheet
from trimtab.report.words import day, money, number, signed

__all__ = ["show_backtest"]


def show_backtest(result: Backtest, console: Console) -> None:
    """Print the conclusion, then what each policy did."""
    compared = result.compared
    console.print(
        f"{result.hedge} against {result.benchmark}, {day(result.first)} to {day(result.last)}, {result.n_days} days:"
        f" target {result.target:g}, own beta {result.own_beta[0]:.2f} to {result.own_beta[1]:.2f}, book"
        f" {money(result.nav_first)} to {money(result.nav_last, result.base)}"
    )
    console.print(Text(compared.conclusion, style="bold"))
    console.print(_held(result))
    console.print(_costs(result))
    console.print(_gains(result))
    over_all = [c for c in compared.comparisons if c.regime == "all"]
    if over_all:
        console.print(_compared(over_all, compared.tried))
    if len(result.outcomes) > 1:
        console.print(_regimes(result))
    for note in result.notes:
        console.print(f"note: {note}", style="yellow")


def _held(result: Backtest) -> Sheet:
    table = Sheet("How well beta was kept")
    table.add_column("policy")
    for name in ("realised beta", "rms gap", "realised", "inside", "surely", "track. error", "removed", "drawdown"):
        table.add_column(name, justify="right")
    for o in result.outcomes:
        table.add_row(
            o.policy, f"{o.realised_beta:.3f} ± {o.stderr:.3f}", number(o.rms_gap), number(o.rms_gap_realised),
            f"{o.days_inside:.0%}", f"{o.days_surely_inside:.0%}", f"{o.tracking_error:.2%}",
            f"{o.variance_removed:.0%}", f"{o.drawdown:.0%}",
        )  # fmt: skip
    return table


def _costs(result: Backtest) -> Sheet:
    table = Sheet("What it cost (basis points of NAV a year; total = cost + risk penalty)")
    table.add_column("policy")
    for name in ("cost", "commission", "spread", "of it rolls", "total", "trades a year", "lots a year"):
        table.add_column(name, justify="right")
    for o in result.outcomes:
        table.add_row(
            o.policy, number(o.cost_bp_year, 2), number(o.commission_bp_year, 2), number(o.spread_bp_year, 2),
            number(o.roll_bp_year, 2), number(o.total_bp_year, 2), number(o.trades_year, 1), number(o.lots_year, 0),
        )  # fmt: skip
    return table


def _gains(result: Backtest) -> Sheet:
    table = Sheet(f"Gain of the hedge, {result.base}")
    table.add_column("policy")
    for name in ("total", "market", "basis", "cost", "rounding", "estimation"):
        table.add_column(name, justify="right")
    for o in result.outcomes:
        parts = o.pnl
        amounts = (parts.total, parts.market, parts.basis, parts.cost, parts.rounding, parts.estimation)
        table.add_row(o.policy, *(money(amount) for amount in amounts))
    return table


def _compared(comparisons: list[Comparison], tried: int) -> Sheet:
    table = Sheet(f"Differences of totals, basis points a year, 95% for all at once ({tried} tried)")
    table.add_column("policy")
    table.add_column("less")
    table.add_column("difference", justify="right")
    table.add_column("interval", justify="right")
    table.add_column("of it cost", justify="right")
    table.add_column("")
    for c in comparisons:
        words = "differs" if c.differs else "noise"
        table.add_row(
            c.a, c.b, signed(c.difference, 2), f"{c.low:+.2f} to {c.high:+.2f}", signed(c.cost_difference, 2), words
        )
    return table


def _regimes(result: Backtest) -> Sheet:
    regimes = result.compared.regimes
    table = Sheet("Totals on calm and stormy days (basis points a year), and rms gap")
    table.add_column("policy")
    for regime in regimes:
        table.add_column(f"{regime.name}, {regime.days} days", justify="right")
        table.add_column("gap", justify="right")
    for k, o in enumerate(result.outcomes):
        cells = [text for r in regimes for text in (number(r.total_bp_year[k], 2), number(r.rms_gap[k]))]
        table.add_row(o.policy, *cells)
    return table
