"""A plan, for one target or for several, as tables."""

from collections.abc import Callable

from rich.console import Console, RenderableType
from rich.text import Text

from trimtab.exposure.expose import Exposure
from trimtab.hedge.joint.records import JointPlan
from trimtab.hedge.plan import Plan, PlanStatus
from trimtab.hedge.standing.records import Standings
from trimtab.hedge.verdict import Verdict, never_sure
from trimtab.report.documents.trading.rule import best_words
from trimtab.report.tables.margin.accounts import accounts_before_after
from trimtab.report.tables.parts import remarks
from trimtab.report.tables.sheet import Sheet
from trimtab.report.tables.standing import standings_table
from trimtab.report.words import money, number, part_valued

__all__ = ["before_after", "orders_table", "show_plan", "show_targets"]


def show_plan(plan: Plan, console: Console) -> None:
    """Print a plan: orders, cost, before and after."""
    console.print(orders_table(plan))
    console.print(before_after(plan))
    _show_whole_book(plan.standings, plan.before.base, console)
    colour = "green" if plan.status in {PlanStatus.PLANNED, PlanStatus.NOTHING_TO_DO} else "yellow"
    console.print(
        Text.assemble((plan.status.value.replace("_", " ").upper(), f"bold {colour}"), f"  {plan.verdict_after.why}")
    )
    sure = never_sure(plan.before, plan.mandate) if plan.orders else ""
    best = "" if plan.rule is None else best_words(plan.rule)
    remarks(console, (*filter(None, (sure, best)), *plan.notes), ())


def _show_whole_book(standings: Standings | None, base: str, console: Console) -> None:
    if standings is None:
        return
    console.print(standings_table(standings, base))
    accounts_before_after(standings.before.accounts, standings.after.accounts, base, console)


def orders_table(plan: Plan) -> RenderableType:
    """Make the table of orders."""
    if not plan.orders:
        return Text("No orders.")
    table = Sheet(f"Orders, {plan.as_of}")
    for name, justify in (("contract", "left"), ("side", "left"), ("contracts", "right"), ("price", "right"),
                          (f"notional {plan.before.base}", "right"), (f"cost {plan.before.base}", "right"),
                          ("beta", "right")):  # fmt: skip
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    for o in plan.orders:
        table.add_row(
            o.symbol,
            o.side.value.upper(),
            f"{o.quantity.normalize():f}",
            f"{o.price:,}",
            money(o.notional),
            f"{o.cost:,.2f}",
            number(o.beta),
        )
    return table


def before_after(plan: Plan) -> Sheet:
    """Make the table that compares the portfolio before and after the orders."""
    table = Sheet("Before and after")
    table.add_column("")
    table.add_column("before", justify="right")
    table.add_column("after", justify="right")
    base, part = plan.before.base, part_valued(plan.before)
    rows: tuple[tuple[str, Callable[[Exposure, Verdict], str]], ...] = (
        (
            f"{f'beta{part}' if part else 'portfolio beta'}, {plan.before.beta.speaks_of.brief}",
            lambda x, _: f"{x.beta.value:.4f} +/- {x.beta.stderr:.4f}",
        ),
        *_companion_rows(plan),
        (f"per +1% of {plan.before.benchmark}", lambda x, _: money(x.money_per_1pct, base)),
        (f"value{part}" if part else "net asset value", lambda x, _: money(x.nav, base)),
        ("probability inside the band", lambda _, v: "unknown" if part else f"{v.probability_inside:.1%}"),
        ("verdict", lambda _, v: v.status.value),
    )
    for name, write in rows:
        table.add_row(name, write(plan.before, plan.verdict_before), write(plan.after, plan.verdict_after))
    if not part:
        distance = f"{plan.before.beta.value - plan.mandate.target:+.4f}"
        table.add_row("distance from target", distance, f"{plan.residual:+.4f}")
    table.add_row("cost of the plan", "", f"{plan.cost:,.2f} {base}")
    return table


def _companion_rows(plan: Plan) -> tuple[tuple[str, Callable[[Exposure, Verdict], str]], ...]:
    """Give the other reading before and after, where both have it."""
    if plan.before.companion is None or plan.after.companion is None:
        return ()

    def write(x: Exposure, _: Verdict) -> str:
        return "-" if x.companion is None else f"{x.companion.value:.4f} +/- {x.companion.stderr:.4f}"

    return ((f"the same, {plan.before.companion.speaks_of.brief}", write),)


def show_targets(plan: JointPlan, console: Console) -> None:
    """Print orders, each target before and after, and what stands in the way."""
    console.print(_orders(plan))
    table = Sheet("Each target (partial betas, fitted to the past: the others held still)")
    table.add_column("target")
    for name in ("band", "before", "after", "inside"):
        table.add_column(name, justify="right")
    table.add_column("verdict")
    for x in plan.lines:
        table.add_row(
            f"beta to {x.benchmark}", f"{x.lower:.3f} to {x.upper:.3f}", f"{x.before:.3f} +/- {x.before_stderr:.3f}",
            f"{x.after:.3f} +/- {x.after_stderr:.3f}", f"{x.verdict_after.probability_inside:.0%}",
            x.verdict_after.status.value,
        )  # fmt: skip
    for c in plan.currencies:
        table.add_row(
            f"held in {c.currency}", f"{c.target - c.band:.1%} to {c.target + c.band:.1%}", f"{c.before:.1%}",
            f"{c.after:.1%}", "", "inside" if c.inside else "outside",
        )  # fmt: skip
    console.print(table)
    _show_whole_book(plan.standings, plan.before.base, console)
    good = plan.status in {PlanStatus.PLANNED, PlanStatus.NOTHING_TO_DO}
    status = plan.status.value.replace("_", " ").upper()
    console.print(
        Text.assemble((status, f"bold {'green' if good else 'yellow'}"), f"  cost {plan.cost:,.2f} {plan.before.base}")
    )
    for note in plan.notes:
        console.print(f"note: {note}", style="dim", highlight=False)


def _orders(plan: JointPlan) -> Sheet | Text:
    if not plan.orders and not plan.forwards:
        return Text("No orders.")
    table = Sheet(f"Orders, {plan.as_of}")
    for name in ("what", "side"):
        table.add_column(name)
    for name in ("quantity", "price", f"notional {plan.before.base}", f"cost {plan.before.base}"):
        table.add_column(name, justify="right")
    for o in plan.orders:
        table.add_row(
            o.symbol, o.side.value.upper(), f"{o.quantity.normalize():f}", f"{o.price:,}", money(o.notional),
            f"{o.cost:,.2f}",
        )  # fmt: skip
    for f in plan.forwards:
        table.add_row(
            f"{f.currency} forward", "BUY" if f.amount > 0 else "SELL", f"{abs(f.amount):,f}", number(f.rate, 5),
            money(abs(float(f.amount)) * f.rate), "-",
        )  # fmt: skip
    return table
