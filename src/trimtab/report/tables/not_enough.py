"""The page "beta is not enough", in every review and before the risk tables."""

from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from trimtab.exposure.expose import Exposure
from trimtab.report.shape.write import plain
from trimtab.report.words import part_valued
from trimtab.risk.hidden import WEIGHTS, NotEnough

__all__ = ["not_enough_panel"]


def not_enough_panel(x: Exposure, not_enough: NotEnough) -> Panel:
    """Give the page for a person."""
    page = Table.grid(padding=(0, 2))
    for justify in ("right", "right", "left", "left"):
        page.add_column(justify=justify)
    longest = max((h.loss for h in not_enough.hidden), default=0.0)
    for number, h in enumerate(not_enough.hidden, start=1):
        head = Text.assemble((h.kind.value, "bold"), (f"  if {h.scenario}", "dim"))
        page.add_row(
            f"{number}.", Text(f"-{h.loss:.1%}", style="bold red"), "█" * max(1, round(h.loss / longest * 12)), head
        )
        page.add_row("", "", "", h.words)
    body = Table.grid()
    body.add_row(
        f"Beta{part_valued(x)} to {x.benchmark} is {x.beta.value:.2f} ({x.beta.speaks_of.brief}): "
        f"{x.money_per_1pct:,.0f} {x.base} for each 1%. What it does not show, as share of NAV lost beyond beta:"
    )
    body.add_row("")
    body.add_row(page if not_enough.hidden else Text("Nothing was found that costs more than beta says."))
    if not_enough.role is not None:
        heavy = ", ".join(sorted(k.value for k in WEIGHTS[not_enough.role]))
        body.add_row("")
        body.add_row(Text(f"For {not_enough.role}, these weigh 1.5 times in the order: {heavy}.", style="dim"))
    for untold in not_enough.untold:
        body.add_row(Text(f"Not told: {untold.kind.value}: {untold.why}.", style="dim"))
    body.add_row(
        Text("Each is a scenario, not a forecast; they are not equally probable, and do not add up.", style="dim")
    )
    return Panel(body, title=f"Beta is not enough, {plain(x.as_of)}", title_align="left", expand=False)
