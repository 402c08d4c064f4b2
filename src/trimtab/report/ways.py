"""Ways side by side as a document, tickets, an order sheet and a table: the same numbers in each."""

import csv
import io
from dataclasses import asdict
from html import escape
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from trimtab.hedge.ways import Way, Ways
from trimtab.report.readings import readings_document, speaks_of_document
from trimtab.report.terminal import money, number

__all__ = ["order_sheet", "order_sheet_html", "show_ways", "tickets_csv", "ways_document"]

Document = dict[str, Any]

_TICKET = ("plan", "way", "asset", "kind", "side", "quantity", "limit", "currency", "multiplier", "expiry",
           "notional", "cost", "good_until")  # fmt: skip


def ways_document(ways: Ways) -> Document:
    """Document of `trimtab plan --ways`: schema trimtab.ways/1."""
    return {
        "schema": "trimtab.ways/1",
        "as_of": ways.as_of.isoformat(),
        "expires": ways.expires.isoformat(),
        "inputs_hash": ways.inputs_hash,
        "base_currency": ways.before.base,
        "mandate": {
            "benchmark": ways.mandate.benchmark,
            "target": ways.mandate.target,
            "lower": ways.mandate.lower,
            "upper": ways.mandate.upper,
        },
        "before": {
            "nav": ways.before.nav,
            "beta": ways.before.beta.value,
            "stderr": ways.before.beta.stderr,
            **readings_document(ways.before),
        },
        "speaks_of": speaks_of_document(ways.before.beta.speaks_of),
        "verdict": {"status": ways.verdict.status.value, "why": ways.verdict.why},
        "moves": _moves(ways.moves),
        "cheapest": ways.cheapest,
        "reason": ways.reason,
        "nothing": _nothing(ways),
        "ways": [_way(w) for w in ways.ways],
        "refused": [{"way": name, "why": why} for name, why in ways.refused],
        "assumptions": _plain(asdict(ways.assumptions)),
        "year": _year(ways),
        "notes": list(ways.notes),
    }


def _year(ways: Ways) -> Document:
    """Give what a year was counted with: calendar, rates and yields, and which of them are assumed."""
    t = ways.terms
    known = {c: r for c in t.facts.interest.by_currency if (r := t.facts.rate(c)) is not None}
    return {
        "calendar": t.facts.frequency.name,
        "periods_per_year": t.per_year,
        "returns": t.window,
        "rates": known,
        "other_rates": {"value": t.rate, "assumed": t.rate_assumed},
        "yields": dict(t.facts.yields),
        "other_yields": {"value": t.dividend_yield, "assumed": t.yield_assumed},
    }


def _nothing(ways: Ways) -> Document:
    n = ways.nothing
    return {
        "reason": n.reason.value,
        "advised": n.advised,
        "why": n.why,
        "gap": n.gap,
        "gap_errors": _finite(n.gap_errors),
        "cost": n.cost,
        "benefit_per_year": n.benefit_per_year,
        "payback_years": _finite(n.payback_years),
        "band": None if n.band is None else asdict(n.band),
    }


def _way(w: Way) -> Document:
    return {
        "name": w.name,
        "id": w.id,
        "status": w.status.value,
        "satisfies": w.satisfies,
        "why": w.why,
        "orders": [_ticket(t) for t in w.tickets],
        "after": {
            "nav": w.after.nav, "beta": w.after.beta.value, "stderr": w.after.beta.stderr,
            **readings_document(w.after),
        },
        "residual": w.residual,
        "cost_now": {**asdict(w.now), "total": w.now.total},
        "cost_per_year": {
            **asdict(w.year), "friction": w.year.friction, "standing_still": w.year.standing_still,
        },
        "price": w.price,
        "margin": w.margin,
        "cash_used": w.cash_used,
        "cash_after": w.cash_after,
        "risks": asdict(w.risks),
        "holds": asdict(w.holds),
        "moves": _moves(w.moves),
        "futures": [asdict(f) for f in w.futures],
        "notes": list(w.notes),
    }  # fmt: skip


def _ticket(t: Any) -> Document:
    return {
        "asset": t.asset,
        "kind": t.kind,
        "side": t.side,
        "quantity": float(t.quantity),
        "price": float(t.price),
        "currency": t.currency,
        "multiplier": float(t.multiplier),
        "notional": t.notional,
        "cost": t.cost,
        "expiry": None if t.expiry is None else t.expiry.isoformat(),
    }


def _moves(rows: Any) -> list[Document]:
    return [{"move": m.move, "pnl": m.pnl, "nav": m.nav, "beta": m.beta} for m in rows]


def _finite(value: float | None) -> float | None:
    return None if value is None or value == float("inf") else value


def _plain(record: Document) -> Document:
    return {k: list(v) if isinstance(v, tuple) else v for k, v in record.items()}


def tickets_csv(ways: Ways, name: str | None = None) -> str:
    """Write the orders of one way, the marked one by default, as CSV; a heading alone if it trades nothing.

    Parameters
    ----------
    ways
        The comparison.
    name
        Of the way; None takes the marked one.
    """
    way = ways.best if name is None else ways.way(name)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_TICKET)
    for t in way.tickets if way is not None else ():
        writer.writerow(
            (way.id, way.name, t.asset, t.kind, t.side, f"{t.quantity.normalize():f}", f"{t.price}", t.currency,
             f"{t.multiplier.normalize():f}", "" if t.expiry is None else t.expiry.isoformat(), f"{t.notional:.2f}",
             f"{t.cost:.2f}", way.expires.isoformat())
            if way is not None
            else ()
        )  # fmt: skip
    return text.getvalue()


def order_sheet(ways: Ways, name: str | None = None) -> str:
    """Write the orders of one way for a person, as plain text.

    Parameters
    ----------
    ways, name
        As in `tickets_csv`.
    """
    way = ways.best if name is None else ways.way(name)
    return "\n".join(line for _, line in _sheet(ways, way)) + "\n"


def order_sheet_html(ways: Ways, name: str | None = None) -> str:
    """Write the order sheet as one HTML page that needs nothing else."""
    way = ways.best if name is None else ways.way(name)
    body = [f"<{tag}>{escape(line)}</{tag}>" for tag, line in _sheet(ways, way) if line]
    style = "body{font:15px/1.5 sans-serif;max-width:60rem;margin:2rem auto}pre{font-size:14px;margin:.2rem 0}"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Order sheet</title><style>{style}</style>'
        f"</head><body>{''.join(body)}</body></html>\n"
    )


def _sheet(ways: Ways, way: Way | None) -> list[tuple[str, str]]:
    base = ways.before.base
    if way is None:
        return [("h1", "Order sheet: no way is marked"), ("p", ways.reason)]
    lines = [
        ("h1", f"Order sheet {way.id}: {way.name}"),
        ("p", f"Prices of {ways.as_of}; a proposal, good until {way.expires}. Inputs {way.inputs_hash[:16]}."),
        ("p", f"Beta to {ways.before.benchmark}: {ways.before.beta.value:.4f} now, {way.after.beta.value:.4f} +/- "
              f"{way.after.beta.stderr:.4f} after; mandate [{ways.mandate.lower:.3f}, {ways.mandate.upper:.3f}]."),
        ("h2", "Orders"),
    ]  # fmt: skip
    lines += [
        ("pre", f"{k:>3}. {t.side.upper():<4} {t.quantity.normalize():>12,f}  {t.asset:<24} limit {t.price:>12,} "
                f"{t.currency}  notional {t.notional:>16,.0f} {base}")
        for k, t in enumerate(way.tickets, 1)
    ] or [("p", "None.")]  # fmt: skip
    lines += [
        ("h2", "Cost and cash"),
        ("pre", f"now       {way.now.total:>14,.2f} {base}  (commission {way.now.commission:,.2f}, half-spread "
                f"{way.now.half_spread:,.2f}, impact {way.now.impact:,.2f}, tax {way.now.tax:,.2f})"),
        ("pre", f"per year  {way.year.friction:>14,.2f} {base}  (roll {way.year.roll:,.2f}, funding "
                f"{way.year.funding:,.2f}, borrow {way.year.borrow:,.2f})"),
        ("pre", f"if still  {way.year.standing_still:>14,.2f} {base} a year, with carry {way.year.carry:,.2f}, "
                f"dividends {way.year.dividends:,.2f} and time decay {way.year.decay:,.2f}"),
        ("pre", f"margin    {way.margin:>14,.2f} {base}"),
        ("pre", f"cash used {way.cash_used:>14,.2f} {base}, leaving {way.cash_after:,.2f}"),
        ("h2", f"After a move of {ways.before.benchmark}"),
    ]  # fmt: skip
    lines += [("pre", f"{m.move:>+6.0%}  P/L {m.pnl:>16,.0f} {base}  beta {number(m.beta)}") for m in way.moves]
    lines += [("h2", "Why"), ("p", ways.reason if way is ways.best else way.why), *(("p", n) for n in way.notes)]
    return lines


def show_ways(ways: Ways, console: Console) -> None:
    """Print the comparison: one column of figures for each way, its orders, and the reason."""
    console.print(_orders(ways))
    # A narrow screen gets several tables rather than cut numbers; each begins with doing nothing, to compare against.
    size = max(2, (console.width - 28) // 20) - 1
    others = ways.ways[1:]
    for start in range(0, max(1, len(others)), size):
        console.print(_figures(ways, (ways.ways[0], *others[start : start + size])))
    console.print(_moved(ways))
    style = "bold green" if ways.cheapest else "bold yellow"
    console.print(Text.assemble((ways.cheapest or "none", style), "  ", ways.reason))
    if ways.cheapest != "do_nothing":
        console.print(Text.assemble(("do nothing", "bold"), "  ", ways.nothing.why))
    for name, why in ways.refused:
        console.print(f"{name}: not planned: {why}", style="yellow", highlight=False)
    for note in dict.fromkeys((*ways.notes, *(n for w in ways.ways for n in w.notes))):
        console.print(f"note: {note}", style="dim", highlight=False)
    a = ways.assumptions
    console.print(
        f"note: ranked by cost now plus {a.rank_by.value.replace('_', ' ')} over {a.horizon_years:g} years; rate "
        f"{a.rate:.1%}, dividends {a.dividend_yield:.1%}, {a.rolls_per_year:g} rolls a year, futures margin "
        f"{a.margin_share:.0%} where not given, {a.funding_spread:.1%} a year on margin",
        style="dim", highlight=False,
    )  # fmt: skip


def _orders(ways: Ways) -> Table:
    table = Table(title=f"Orders by way, {ways.as_of}, good until {ways.expires}", title_justify="left")
    base = ways.before.base
    for name in ("way", "side", "what"):
        table.add_column(name)
    for name in ("quantity", "limit", f"notional {base}", f"cost {base}"):
        table.add_column(name, justify="right")
    shown = 8
    for w in ways.ways:
        for k, t in enumerate(w.tickets[:shown]):
            label = Text(_label(w, ways), style="bold" if w.name == ways.cheapest else "") if k == 0 else ""
            table.add_row(
                label, t.side.upper(), t.asset, f"{t.quantity.normalize():,f}",
                f"{t.price:,}" if t.currency == base else f"{t.price:,} {t.currency}", money(t.notional),
                f"{t.cost:,.2f}",
            )  # fmt: skip
        if len(w.tickets) > shown:
            table.add_row("", "", f"... and {len(w.tickets) - shown} more", "", "", "", "")
    return table


def _label(way: Way, ways: Ways) -> str:
    return f"{way.name.replace('_', ' ')}{' *' if way.name == ways.cheapest else ''}"


def _figures(ways: Ways, shown: tuple[Way, ...]) -> Table:
    base = ways.before.base
    table = Table(title=f"Side by side ({base}; * = cheapest that satisfies the mandate)", title_justify="left")
    table.add_column("")
    for w in shown:
        table.add_column(_label(w, ways), justify="right", style="bold" if w.name == ways.cheapest else None)
    rows: tuple[tuple[str, Any], ...] = (
        ("satisfies the mandate", lambda w: "yes" if w.satisfies else "no"),
        ("beta after", lambda w: f"{w.after.beta.value:.3f} +/- {w.after.beta.stderr:.3f}"),
        ("distance from target", lambda w: f"{w.residual:+.3f}"),
        ("cost now", lambda w: f"{w.now.total:,.0f}"),
        ("  of it tax", lambda w: f"{w.now.tax:,.0f}"),
        ("  of it impact", lambda w: f"{w.now.impact:,.0f}"),
        ("cost per year", lambda w: f"{w.year.friction:,.0f}"),
        ("per year, prices still", lambda w: f"{w.year.standing_still:,.0f}"),
        ("ranked by", lambda w: f"{w.price:,.0f}"),
        ("margin", lambda w: money(w.margin)),
        ("cash used", lambda w: money(w.cash_used)),
        ("tracking error a year", lambda w: "-" if w.risks.tracking_error is None else f"{w.risks.tracking_error:.2%}"),
        ("effective positions", lambda w: f"{w.risks.effective_after:.1f} ({_change(w)})"),
        ("gamma per 1%", lambda w: money(w.risks.gamma)),
        ("vega per point", lambda w: money(w.risks.vega)),
        ("theta per day", lambda w: money(w.risks.theta)),
        ("in the band from", _range),
    )
    for label, write in rows:
        table.add_row(label, *(write(w) for w in shown))
    return table


def _change(way: Way) -> str:
    return f"{way.risks.effective_after - way.risks.effective_before:+.1f}"


def _range(way: Way) -> str:
    h = way.holds
    if h.low is None or h.high is None:
        return "-"
    low = "<" if h.low <= -h.reach else ""
    high = ">" if h.high >= h.reach else ""
    return f"{low}{h.low:+.1%} to {high}{h.high:+.1%}"


def _moved(ways: Ways) -> Table:
    table = Table(
        title=f"Beta and P/L ({ways.before.base}) after a move of {ways.before.benchmark}, all revalued, before cost",
        title_justify="left",
    )
    table.add_column("way")
    for m in ways.moves:
        table.add_column(f"{m.move:+.0%}", justify="right")
    for w in ways.ways:
        cells = (f"{number(m.beta, 2)}  {money(m.pnl)}" for m in w.moves)
        table.add_row(_label(w, ways), *cells, style="bold" if w.name == ways.cheapest else None)
    return table
