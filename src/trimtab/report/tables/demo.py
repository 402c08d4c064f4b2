"""The demonstration, as a person reads it."""

from rich.console import Console
from rich.text import Text

from trimtab.desk.ask.review import Review
from trimtab.hedge.plan import Plan
from trimtab.report.tables.not_enough import not_enough_panel
from trimtab.report.tables.plan import before_after, orders_table
from trimtab.report.tables.review import headline, moves_table, positions_table

__all__ = ["show_demo"]

_NEXT = """\
Now with your own files:
  trimtab beta --prices prices.csv --benchmark SPY
  trimtab review --prices prices.csv --holdings book.csv --benchmark SPY --target 1.0 --band 0.05
  trimtab plan --prices prices.csv --holdings book.csv --benchmark SPY --hedge ES,MES --hedge-price ES=6000
prices.csv: a date column and one column per symbol.  book.csv: symbol,quantity (and kind for futures and cash)."""


def show_demo(review: Review, plan: Plan, console: Console) -> None:
    """Print the main job on the sample: what beta is, what makes it, and what brings it back."""
    exposure = review.exposure
    console.print(
        Text.assemble(
            ("The sample: ", "bold"),
            f"{len(exposure.positions)} positions in US shares, factor ETFs, an index future and option, and cash, "
            f"real prices to {str(exposure.as_of)[:10]}; betas by the default method.",
        )
    )
    console.print(headline(exposure, review.mandate, review.verdict, width=console.width))
    console.print(positions_table(exposure.positions, exposure.base, exposure.beta.speaks_of, limit=6))
    console.print(moves_table(review.moves, exposure))
    console.print(orders_table(plan))
    console.print(before_after(plan))
    if review.not_enough is not None:
        console.print(not_enough_panel(exposure, review.not_enough))
    for note in plan.notes:
        console.print(f"note: {note}", style="dim", highlight=False)
    console.print(
        "note: in the sample ES is a model price (index with carry) and the option has a stated volatility; "
        "all else was observed.",
        style="dim",
    )
    console.print()
    console.print(_NEXT, highlight=False)
