"""How often to hedge, as tables and a chart in text."""

from math import inf, isfinite

from rich.console import Console
from rich.text import Text

from trimtab.desk.ask.hedge_policy import HedgePolicy
from trimtab.hedge.often.bands_simulate import Lead, OptionTable
from trimtab.hedge.often.choose import PolicyRow
from trimtab.hedge.often.closed_form import Kind
from trimtab.hedge.often.drift import BetaDrift
from trimtab.hedge.plan import Plan
from trimtab.market.daycount import YEAR_DAYS
from trimtab.market.frequency import TRADING_YEAR
from trimtab.report.documents.hedge_policy import is_beyond_limit, mandate_line, of_nav
from trimtab.report.tables.depth import EVERYTHING, Depth
from trimtab.report.tables.sheet import Sheet
from trimtab.report.text.policy import text_curve
from trimtab.report.words import money

__all__ = ["show_hedge_policy", "show_option_policy"]

_NEXT = "--save sets the trigger in a workspace; --full shows what decides it, every policy and the curve."


def show_hedge_policy(result: HedgePolicy, console: Console, *, depth: Depth = EVERYTHING) -> None:
    """Print the answer, what it rests on, the policies, and the curve; in the short form the first policies."""
    i, t, m = result.inputs, result.table, result.table.model
    if depth.full:
        console.print(_inputs(result))
    # A narrow screen gets two tables rather than cut numbers.
    if console.width >= 152:
        console.print(_policies(result, closed=True, practice=True).first(depth.rows))
    else:
        console.print(_policies(result, closed=True, practice=False).first(depth.rows))
        console.print(_policies(result, closed=False, practice=True).first(depth.rows))
    if depth.full:
        console.print(Text("Cost against tracking error, in practice (* recommended)", style="italic"))
        console.print(text_curve(result, width=min(76, console.width - 14)), highlight=False, markup=False)
    say = [("recommended  ", "bold"), (f"hedge when beta is {result.band:g} off target", "bold green")]
    if m.lot > 0 and t.rows[0].policy.trade is not None:
        count = round(t.rows[0].policy.trade / m.lot)
        what = "" if i.chosen == "stated" else f" of {i.chosen}"
        say.append((f", {count} lot{'' if count == 1 else 's'}{what} at a time", ""))
    if result.band_range is not None:
        say.append((f"; {result.band_range[0]:g} to {result.band_range[1]:g} within the error of the drift", ""))
    console.print(Text.assemble(*say))
    b = result.best
    console.print(
        Text.assemble(
            ("flat  ", "bold"),
            f"from {b.flat_from:.2f} to {b.flat_to:.2f}: within half a basis point of NAV a year of the best",
        )
    )
    for name, plan in (("now", result.now), ("with it", result.advised)):
        if plan is not None:
            console.print(Text.assemble((f"{name}  ", "bold"), _trades(plan, result)))
    if result.rule is not None and is_beyond_limit(result):
        limit = result.rule.mandate.band
        console.print(f"the mandate's limit of {limit:g} is nearer than that: trade at the limit, or widen its band")
    else:
        console.print(Text.assemble(("in trimtab.toml, under the mandate:  ", ""), (mandate_line(result), "bold")))
    refused = (f"{r.name}: {r.why_not}" for r in t.rows if r.why_not)
    depth.end(console, (*refused, *result.notes, *i.sources, _told(result)), next_step=_NEXT)


def _trades(plan: Plan, result: HedgePolicy) -> str:
    """Say what a rule trades now."""
    rule = "the mandate as it stands" if plan is result.now else "the same with this trigger and step"
    if not plan.orders:
        return f"{rule} trades nothing: beta is {plan.after.beta.value:.3f}"
    return f"{rule} {plan.in_words}, beta {plan.before.beta.value:.3f} to {plan.after.beta.value:.3f}"


def _told(result: HedgePolicy) -> str:
    checks = result.table.checks_per_year
    return (
        f"closed form: watched all the time; in practice: checked {checks:g} times a year, in whole lots, simulated "
        f"with seed {result.table.seed}, +/- one standard error"
    )


def _inputs(result: HedgePolicy) -> Sheet:
    i, m = result.inputs, result.table.model
    table = Sheet(f"What decides it{'' if i.as_of is None else f', {i.as_of}'}")
    table.add_column("input")
    table.add_column("value", justify="right")
    table.add_column("how")
    drift = i.drift
    table.add_row("NAV", money(i.nav, i.base), "" if i.beta is None else f"beta {i.beta:.3f} +/- {i.beta_stderr:.3f}")
    how = "stated" if drift is None else _drift_words(drift)
    table.add_row("drift of beta a year", f"{m.gap_vol:.3f}", how)
    if m.reversion > 0:
        table.add_row(
            "goes back", f"{m.reversion:.3g} a year", f"left alone its standard deviation is {m.still_sd:.3f}"
        )
    averse = f"risk aversion {i.risk_aversion:.3g}"
    if i.budget is not None:
        averse = f"tracking error of {i.budget:.2%} allowed, which is {averse}"
    table.add_row("market volatility", f"{m.market_vol:.1%}", averse)
    for h in i.terms:
        lot = f"lot {h.lot:.4f}" if h.lot > 0 else "any size"
        mark = " *" if h.name == i.chosen and len(i.terms) > 1 else ""
        table.add_row(
            f"{h.name}{mark}",
            money(h.cost_per_beta, i.base),
            f"per unit of beta, {lot}; best band {h.band:.4f} at {money(h.total, i.base)} a year",
        )
    if m.ticket > 0:
        table.add_row("ticket", money(m.ticket, i.base), "per trade")
    return table


def _drift_words(drift: BetaDrift) -> str:
    """Say what drives beta, and how long each part lasts."""
    parts = [
        f"{p.cause} {p.vol:.3f}" + (f" for {p.years * YEAR_DAYS:.0f} days" if p.years < 1.0 else "")
        for p in drift.parts
        if p.vol > 0.0 or p.cause in {"weights", "betas"}
    ]
    return f"+/- {drift.year_stderr:.3f}: {', '.join(parts)} ({drift.noise_share:.0%} of changes of betas was noise)"


def _policies(result: HedgePolicy, *, practice: bool, closed: bool) -> Sheet:
    nav, base = result.inputs.nav, result.inputs.base
    title = "Policies (basis points of NAV a year; total = cost + risk penalty)"
    table = Sheet(title if closed else "In practice (basis points of NAV a year)", keys=2)
    table.add_column("policy")
    table.add_column("when")
    for name in ("cost", "track. error", "total", "simulated") if closed else ():
        table.add_column(name, justify="right")
    lead = "in practice: " if closed else ""
    for name in (f"{lead}cost", "track. error", "total", "trades", f"{base} each") if practice else ():
        table.add_column(name, justify="right")
    for k, r in enumerate(result.table.rows):
        cells = [*(_closed(r, nav) if closed else ()), *(_practice(r, nav) if practice else ())]
        table.add_row(r.name, _when(r), *cells, style="bold" if k == 0 else "")
    return table


def _closed(row: PolicyRow, nav: float) -> list[str]:
    s, e = row.simulated, row.expected
    done = "-" if s is None or not isfinite(s.total) else f"{_points(s.total, nav)} ± {_points(s.total_se, nav)}"
    return [_points(e.cost, nav), f"{e.tracking_error:.2%}", _points(e.total, nav), done]


def _practice(row: PolicyRow, nav: float) -> list[str]:
    p = row.practice
    if p is None:
        return ["-"] * 5
    each = of_nav(row, nav).per_ticket
    total = f"{_points(p.total, nav)} ± {_points(p.total_se, nav)}"
    return [
        _points(p.cost, nav), f"{p.tracking_error:.2%}", total, f"{p.trades:.1f}", "-" if each is None else money(each),
    ]  # fmt: skip


def _points(amount: float, nav: float) -> str:
    """Write money in basis points of NAV."""
    return "unbounded" if amount == inf else f"{amount / nav * 1e4:.3f}"


def _when(row: PolicyRow) -> str:
    p = row.policy
    match p.kind:
        case Kind.CALENDAR:
            days = (p.years or 0.0) * TRADING_YEAR
            return f"every {days:.1f} days" if days < 500 else f"every {days / TRADING_YEAR:.1f} years"
        case Kind.NEVER:
            return "never"
        case Kind.EDGE:
            return f"±{p.band:.4f} to edge"
        case Kind.CENTRE:
            return f"±{p.band:.4f} to centre"
        case Kind.INSIDE:
            return f"±{p.band:.4f} by {p.trade:.4f}"


def show_option_policy(result: OptionTable, console: Console) -> None:
    """Print the policies of one option, the best of them, and which frontier lies above which."""
    o = result.option
    table = Sheet(
        f"{'Sold' if o.short else 'Bought'} {o.right} {o.strike:g}, spot {o.spot:g}, "
        f"{o.years * TRADING_YEAR:.0f} trading days, volatility {o.volatility:.1%}, "
        f"worth {result.premium:.4f}; cost {o.cost:.3%} a trade",
        keys=2,
    )
    table.add_column("policy")
    for name in ("setting", "mean left", "sd", "cost", "trades", "less a sd²/2"):
        table.add_column(name, justify="right")
    for p in result.points:
        setting = f"{p.setting:.0f} times" if p.policy in {"interval", "leland"} else f"a = {p.setting:g}"
        table.add_row(
            p.policy, setting, f"{p.mean:.4f} ± {p.mean_se:.4f}", f"{p.sd:.4f} ± {p.sd_se:.4f}", f"{p.cost:.4f}",
            f"{p.trades:.1f}", f"{p.penalised:.4f}", style="bold" if p is result.best else "",
        )  # fmt: skip
    console.print(table)
    console.print(
        Text.assemble(("best  ", "bold"), (result.best.policy, "bold green"), f" at risk aversion {o.risk_aversion:g}")
    )
    for lead in result.leads:
        console.print(_lead_in_words(lead), highlight=False, markup=False)
    for text in result.refused:
        console.print(f"not simulated: {text}", style="yellow", highlight=False, markup=False)
    console.print(
        f"note: {result.n_paths:,} paths of {result.n_steps:,} steps, seed {result.seed}; mean and sd of what is left "
        "at expiry, +/- one standard error",
        style="dim", highlight=False, markup=False,
    )  # fmt: skip


def _lead_in_words(lead: Lead) -> str:
    if lead.points == 0:
        return f"zakamouline and {lead.over}: their standard deviations do not overlap; neither is shown to be better"
    if lead.dominates:
        return (
            f"zakamouline lies above {lead.over} at the same risk, by {lead.least:.4f} to {lead.most:.4f} "
            f"({lead.points} points)"
        )
    return (
        f"zakamouline does not lie above {lead.over} everywhere: {lead.least:+.4f} to {lead.most:+.4f} at the same "
        f"risk ({lead.points} points)"
    )
