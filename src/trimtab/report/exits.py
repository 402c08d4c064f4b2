"""Ways out as a table with a chart."""

from math import isfinite

from rich.console import Console
from rich.table import Table

from trimtab.desk.exit_frontier import ExitFrontier

__all__ = ["show_frontier"]


def show_frontier(found: ExitFrontier, base: str, console: Console) -> None:
    """Print ways out, from an even sale to one at once: what each costs, and what may happen on the way."""
    table = Table(
        title=f"Ways out of {found.what}, {found.value:,.0f} {base} within {found.days} days (Almgren-Chriss)",
        title_justify="left",
    )  # fmt: skip
    for name in ("half-life, days", f"cost {base}", "of NAV", f"risk (sd) {base}", "of NAV"):
        table.add_column(name, justify="right")
    table.add_column("left at the end of each day")
    for p in found.paths:
        bars = " ".join(f"{share:4.0%}" for share in p.remaining[1:-1][:6])
        life = f"{p.half_life:.1f}" if isfinite(p.half_life) else "even"
        table.add_row(
            life, f"{p.expected_cost:,.0f}", f"{p.cost_share:.2%}", f"{p.sd:,.0f}", f"{p.sd_share:.2%}",
            f"{bars}  {'█' * round(12 * p.expected_cost / max(q.expected_cost for q in found.paths))}",
        )  # fmt: skip
    console.print(table)
    console.print(
        "  Bars: cost. Impact is taken as linear: 1% of a day's volume costs a spread, 10% moves the price by one for"
        " good.",
        style="dim",
    )
    if found.left_out:
        console.print(f"  Not in it (no volume or no prices): {', '.join(found.left_out[:8])}", style="yellow")
