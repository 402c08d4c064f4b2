"""A plan for several targets at once, as a document and on a screen."""

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from trimtab.hedge.joint_plan import JointPlan
from trimtab.hedge.plan import PlanStatus
from trimtab.report.documents import order_document
from trimtab.report.readings import speaks_of_document
from trimtab.report.terminal import money, number

__all__ = ["show_targets", "targets_document"]

Document = dict[str, Any]


def targets_document(plan: JointPlan) -> Document:
    """Document of `trimtab plan --also-target`: schema trimtab.targets/1."""
    return {
        "schema": "trimtab.targets/1",
        "status": plan.status.value,
        "as_of": plan.as_of.isoformat(),
        "base_currency": plan.before.base,
        "targets": [
            {
                "benchmark": x.benchmark, "target": x.target, "lower": x.lower, "upper": x.upper,
                "before": {"value": x.before, "stderr": x.before_stderr, "verdict": x.verdict_before.status.value},
                "after": {"value": x.after, "stderr": x.after_stderr, "verdict": x.verdict_after.status.value},
                "probability_inside": x.verdict_after.probability_inside,
                "speaks_of": speaks_of_document(x.verdict_after.speaks_of),
            }
            for x in plan.lines
        ],
        "currencies": [
            {"currency": c.currency, "target": c.target, "band": c.band, "before": c.before, "after": c.after,
             "inside": c.inside}
            for c in plan.currencies
        ],
        "orders": [order_document(o) for o in plan.orders],
        "forwards": [{"currency": f.currency, "amount": str(f.amount), "rate": f.rate} for f in plan.forwards],
        "nav": {"before": plan.before.nav, "after": plan.after.nav},
        "cost": plan.cost,
        "proven_best": plan.proven,
        "notes": list(plan.notes),
    }  # fmt: skip


def show_targets(plan: JointPlan, console: Console) -> None:
    """Print orders, each target before and after, and what stands in the way."""
    console.print(_orders(plan))
    table = Table(title="Each target (partial betas, fitted to the past: the others held still)", title_justify="left")
    table.add_column("target")
    for name in ("band", "before", "after"):
        table.add_column(name, justify="right")
    table.add_column("verdict")
    for x in plan.lines:
        table.add_row(
            f"beta to {x.benchmark}", f"{x.lower:.3f} to {x.upper:.3f}", f"{x.before:.3f} +/- {x.before_stderr:.3f}",
            f"{x.after:.3f} +/- {x.after_stderr:.3f}", x.verdict_after.status.value,
        )  # fmt: skip
    for c in plan.currencies:
        table.add_row(
            f"held in {c.currency}", f"{c.target - c.band:.1%} to {c.target + c.band:.1%}", f"{c.before:.1%}",
            f"{c.after:.1%}", "inside" if c.inside else "outside",
        )  # fmt: skip
    console.print(table)
    good = plan.status in {PlanStatus.PLANNED, PlanStatus.NOTHING_TO_DO}
    status = plan.status.value.replace("_", " ").upper()
    console.print(
        Text.assemble((status, f"bold {'green' if good else 'yellow'}"), f"  cost {plan.cost:,.2f} {plan.before.base}")
    )
    for note in plan.notes:
        console.print(f"note: {note}", style="dim", highlight=False)


def _orders(plan: JointPlan) -> Table | Text:
    if not plan.orders and not plan.forwards:
        return Text("No orders.")
    table = Table(title=f"Orders, {plan.as_of}", title_justify="left")
    for name in ("what", "side"):
        table.add_column(name)
    for name in ("quantity", "price", f"notional {plan.before.base}", f"cost {plan.before.base}"):
        table.add_column(name, justify="right")
    for o in plan.orders:
        table.add_row(
            o.future.symbol, o.side.value.upper(), f"{o.quantity.normalize():f}", f"{o.price:,}", money(o.notional),
            f"{o.cost:,.2f}",
        )  # fmt: skip
    for f in plan.forwards:
        table.add_row(
            f"{f.currency} forward", "BUY" if f.amount > 0 else "SELL", f"{abs(f.amount):,f}", number(f.rate, 5),
            money(abs(float(f.amount)) * f.rate), "-",
        )  # fmt: skip
    return table
