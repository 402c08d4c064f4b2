"""How often to hedge as a document, a table, a chart in text and one in SVG: the same numbers in each."""

from dataclasses import asdict
from html import escape
from math import inf, isfinite
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from trimtab.desk.hedge_policy import HedgePolicy
from trimtab.hedge.option_bands_simulate import Lead, OptionTable
from trimtab.hedge.policy import Kind
from trimtab.hedge.policy_choose import PolicyRow
from trimtab.market.frequency import TRADING_YEAR
from trimtab.report.bars import plain
from trimtab.report.terminal import money

__all__ = [
    "hedge_policy_document", "hedge_policy_svg", "mandate_line", "option_policy_document", "show_hedge_policy",
    "show_option_policy", "text_curve",
]  # fmt: skip

Document = dict[str, Any]


def mandate_line(result: HedgePolicy) -> str:
    """Give the line that sets the recommended band in a mandate of trimtab.toml."""
    return f"band = {result.band:g}"


def hedge_policy_document(result: HedgePolicy) -> Document:
    """Document of `trimtab hedge-policy`: schema trimtab.hedge-policy/1; infinite and unknown numbers are null."""
    i, t = result.inputs, result.table
    document = {
        "schema": "trimtab.hedge-policy/1",
        "as_of": i.as_of,
        "benchmark": i.benchmark,
        "base_currency": i.base,
        "nav": i.nav,
        "beta": i.beta,
        "beta_stderr": i.beta_stderr,
        "recommended": {
            "band": result.band,
            "exact": t.recommended,
            "watched_all_the_time": t.watched,
            "range": result.band_range,
            "best_simulated": t.practice_best,
            "mandate_line": mandate_line(result),
            "mandate_band": i.mandate_band,
            "hedge": i.chosen,
        },
        "inputs": {**asdict(t.model), "risk_aversion": i.risk_aversion, "sources": i.sources},
        "hedges": i.terms,
        "drift": i.drift,
        "policies": [_row(r) for r in t.rows],
        "curve": t.curve,
        "simulation": {"seed": t.seed, "checks_per_year": t.checks_per_year},
        "notes": result.notes,
    }
    made: Document = plain(document)
    return made


def _row(row: PolicyRow) -> Document:
    return {
        "name": row.name,
        "kind": row.policy.kind.value,
        "band": row.policy.band,
        "trade": row.policy.trade,
        "years": row.policy.years,
        "expected": row.expected,
        "simulated": row.simulated,
        "practice": row.practice,
        "why_not": row.why_not,
    }


def show_hedge_policy(result: HedgePolicy, console: Console) -> None:
    """Print the answer, what it rests on, the policies, and the curve."""
    i, t, m = result.inputs, result.table, result.table.model
    console.print(_inputs(result))
    # A narrow screen gets two tables rather than cut numbers.
    if console.width >= 138:
        console.print(_policies(result, closed=True, practice=True))
    else:
        console.print(_policies(result, closed=True, practice=False))
        console.print(_policies(result, closed=False, practice=True))
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
    console.print(Text.assemble(("in trimtab.toml, under the mandate:  ", ""), (mandate_line(result), "bold")))
    refused = (f"{r.name}: {r.why_not}" for r in t.rows if r.why_not)
    for note in (*refused, *result.notes, *i.sources, _told(result)):
        console.print(f"note: {note}", style="dim", highlight=False, markup=False)


def _told(result: HedgePolicy) -> str:
    checks = result.table.checks_per_year
    return (
        f"closed form: watched all the time; in practice: checked {checks:g} times a year, in whole lots, simulated "
        f"with seed {result.table.seed}, +/- one standard error"
    )


def _inputs(result: HedgePolicy) -> Table:
    i, m = result.inputs, result.table.model
    table = Table(title=f"What decides it{'' if i.as_of is None else f', {i.as_of}'}", title_justify="left")
    table.add_column("input")
    table.add_column("value", justify="right")
    table.add_column("how", overflow="fold")
    drift = i.drift
    table.add_row("NAV", money(i.nav, i.base), "" if i.beta is None else f"beta {i.beta:.3f} +/- {i.beta_stderr:.3f}")
    how = "stated"
    if drift is not None:
        how = (
            f"+/- {drift.stderr:.3f}: weights {drift.price_vol:.3f}, betas {drift.beta_vol:.3f} "
            f"({drift.noise_share:.0%} of their changes was noise)"
        )
    table.add_row("drift of beta a year", f"{m.gap_vol:.3f}", how)
    if m.reversion > 0:
        table.add_row(
            "goes back", f"{m.reversion:.3g} a year", f"left alone its standard deviation is {m.still_sd:.3f}"
        )
    table.add_row("market volatility", f"{m.market_vol:.1%}", f"risk aversion {i.risk_aversion:g}")
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


def _policies(result: HedgePolicy, *, practice: bool, closed: bool) -> Table:
    base = result.inputs.base
    title = f"Policies ({base} a year; total = cost + risk penalty)"
    table = Table(title=title if closed else f"In practice ({base} a year)", title_justify="left")
    table.add_column("policy")
    table.add_column("when", no_wrap=True)
    for name in ("cost", "track. error", "total", "simulated") if closed else ():
        table.add_column(name, justify="right")
    lead = "in practice: " if closed else ""
    for name in (f"{lead}cost", "track. error", "total", "trades") if practice else ():
        table.add_column(name, justify="right")
    for k, r in enumerate(result.table.rows):
        cells = [*(_closed(r) if closed else ()), *(_practice(r) if practice else ())]
        table.add_row(r.name, _when(r), *cells, style="bold" if k == 0 else "")
    return table


def _closed(row: PolicyRow) -> list[str]:
    s, e = row.simulated, row.expected
    done = "-" if s is None or not isfinite(s.total) else f"{s.total:,.0f} ± {s.total_se:,.0f}"
    return [_money(e.cost), f"{e.tracking_error:.2%}", _money(e.total), done]


def _practice(row: PolicyRow) -> list[str]:
    p = row.practice
    if p is None:
        return ["-"] * 4
    return [money(p.cost), f"{p.tracking_error:.2%}", f"{p.total:,.0f} ± {p.total_se:,.0f}", f"{p.trades:.1f}"]


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


def _money(amount: float) -> str:
    return "unbounded" if amount == inf else money(amount)


def text_curve(result: HedgePolicy, *, width: int = 72, height: int = 12) -> str:
    """Draw cost (upwards) against tracking error (to the right), one mark for each band of the curve.

    Parameters
    ----------
    result
        With its curve.
    width, height
        Characters.
    """
    points = [(p.practice.tracking_error, p.practice.cost, p.recommended, p.band) for p in result.table.curve]
    if len(points) < 2:
        return ""
    right, top = max(x for x, *_ in points), max(y for _, y, *_ in points)
    grid = [[" "] * (width + 1) for _ in range(height + 1)]
    spots = [(round(x / right * width), height - round(y / top * height), m, b) for x, y, m, b in points]
    for column, line, marked, _ in sorted(spots, key=lambda p: p[2]):
        grid[line][column] = "*" if marked else "●"
    # The recommended one is labelled first; a label that would touch another mark or label is left out.
    for column, line, _, band in sorted(spots, key=lambda p: not p[2]):
        label = f" ±{band:.3f} "
        start = column + 1 if column + 1 + len(label) <= width else column - len(label)
        if start >= 0 and all(grid[line][start + k] == " " for k in range(len(label))):
            grid[line][start : start + len(label)] = label
    names = {0: f"{top:,.0f}", height: "0"}
    margin = max(len(n) for n in names.values())
    lines = [f"{names.get(k, ''):>{margin}} ┤{''.join(row).rstrip()}" for k, row in enumerate(grid)]
    foot = f"{' ' * margin}  0%{f'{right:.2%} tracking error'.rjust(width - 2)}"
    return "\n".join([f"{'cost a year':>{margin}}", *lines, foot])


def hedge_policy_svg(result: HedgePolicy, *, width: int = 640, height: int = 400) -> str:
    """Draw the curve as SVG that needs nothing else: closed form as a line, practice as dots, the recommended one full.

    Parameters
    ----------
    result
        With its curve.
    width, height
        Pixels.
    """
    curve = result.table.curve
    right = max(max(p.practice.tracking_error, p.expected.tracking_error) for p in curve) * 1.08
    # The narrowest bands cost so much in closed form that they would flatten all else.
    top = max(p.practice.cost for p in curve) * 1.1
    shown = [p for p in curve if p.expected.cost <= top]
    left, bottom = 80, 50

    def at(x: float, y: float) -> tuple[float, float]:
        return left + x / right * (width - left - 20), height - bottom - min(y / top, 1.0) * (height - bottom - 30)

    line = " ".join("{:.1f},{:.1f}".format(*at(p.expected.tracking_error, p.expected.cost)) for p in shown)
    dots = []
    for p in curve:
        x, y = at(p.practice.tracking_error, p.practice.cost)
        fill = "#c0392b" if p.recommended else "#ffffff"
        title = f"band {p.band:.4f}: cost {p.practice.cost:,.0f} a year, tracking error {p.practice.tracking_error:.2%}"
        dots.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{fill}" stroke="#c0392b"><title>{escape(title)}</title>'
            f'</circle><text x="{x + 8:.1f}" y="{y - 6:.1f}">{p.band:.3f}</text>'
        )
    (x0, y0), (x1, _), (_, y1) = at(0, 0), at(right, 0), at(0, top)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" '
        f'font-size="12"><rect width="100%" height="100%" fill="#ffffff"/>'
        f'<path d="M{x0:.1f} {y1:.1f}V{y0:.1f}H{x1:.1f}" fill="none" stroke="#333"/>'
        f'<polyline points="{line}" fill="none" stroke="#7f8c8d" stroke-dasharray="4 3"/>{"".join(dots)}'
        f'<text x="{x0:.1f}" y="20">cost, {escape(result.inputs.base)} a year (dots: in practice; dashes: closed form)'
        f'</text><text x="{x0 - 8:.1f}" y="{y1 + 4:.1f}" text-anchor="end">{top:,.0f}</text>'
        f'<text x="{x1:.1f}" y="{height - 18}" text-anchor="end">tracking error up to {right:.2%}; labels: band</text>'
        "</svg>\n"
    )


def option_policy_document(table: OptionTable) -> Document:
    """Document of `trimtab hedge-policy --strike`: schema trimtab.hedge-policy-option/1."""
    made: Document = plain(
        {
            "schema": "trimtab.hedge-policy-option/1",
            "option": table.option,
            "premium": table.premium,
            "points": table.points,
            "best": table.best,
            "leads": [{**asdict(lead), "dominates": lead.dominates} for lead in table.leads],
            "refused": table.refused,
            "simulation": {"seed": table.seed, "paths": table.n_paths, "steps": table.n_steps},
        }
    )
    return made


def show_option_policy(result: OptionTable, console: Console) -> None:
    """Print the policies of one option, the best of them, and which frontier lies above which."""
    o = result.option
    table = Table(
        title=f"{'Sold' if o.short else 'Bought'} {o.right} {o.strike:g}, spot {o.spot:g}, "
        f"{o.years * TRADING_YEAR:.0f} trading days, volatility {o.volatility:.1%}, "
        f"worth {result.premium:.4f}; cost {o.cost:.3%} a trade",
        title_justify="left",
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
