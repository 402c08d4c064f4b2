"""Ways side by side as tables."""

from collections.abc import Callable

from rich.console import Console
from rich.text import Text

from trimtab.hedge.ways.records import Way, Ways
from trimtab.report.documents.trading.rule import best_words
from trimtab.report.tables.margin.accounts import nearest_words
from trimtab.report.tables.sheet import Sheet
from trimtab.report.tables.standing import both, gain, share
from trimtab.report.words import money, number

__all__ = ["show_ways"]


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
    for note in dict.fromkeys(
        (*filter(None, [best_words(ways.rule)]), *ways.notes, *(n for w in ways.ways for n in w.notes))
    ):
        console.print(f"note: {note}", style="dim", highlight=False)
    a = ways.assumptions
    console.print(
        f"note: ranked by cost now plus {a.rank_by.value.replace('_', ' ')} over {a.horizon_years:g} years; rate "
        f"{a.rate:.1%}, dividends {a.dividend_yield:.1%}, {a.rolls_per_year:g} rolls a year, futures margin "
        f"{a.margin_share:.0%} where not given, {a.funding_spread:.1%} a year on margin",
        style="dim", highlight=False,
    )  # fmt: skip


def _orders(ways: Ways) -> Sheet:
    table = Sheet(f"Orders by way, {ways.as_of}, good until {ways.expires}", keys=3)
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


def _figures(ways: Ways, shown: tuple[Way, ...]) -> Sheet:
    base = ways.before.base
    table = Sheet(f"Side by side ({base}; a gain is plus; * = cheapest that satisfies the mandate)")
    table.add_column("")
    for w in shown:
        table.add_column(_label(w, ways), justify="right", style="bold" if w.name == ways.cheapest else None)
    rows: tuple[tuple[str, Callable[[Way], str]], ...] = (
        ("satisfies the mandate", lambda w: "yes" if w.satisfies else "no"),
        ("beta after", lambda w: f"{w.after.beta.value:.3f} +/- {w.after.beta.stderr:.3f}"),
        ("probability inside", lambda w: f"{w.standing.probability_inside:.0%}"),
        ("distance from target", lambda w: f"{w.residual:+.3f}"),
        ("cost now", lambda w: gain(-w.now.total)),
        ("  of it tax", lambda w: gain(_minus(w.now.tax))),
        ("  of it impact", lambda w: gain(_minus(w.now.impact))),
        ("cost per year", lambda w: gain(-w.year.friction)),
        ("per year, prices still", lambda w: gain(-w.year.standing_still)),
        ("ranked by", lambda w: gain(-w.price)),
        ("cash", lambda w: both(w.standing.cash, w.change.cash)),
        ("margin", lambda w: both(w.standing.margin, w.change.margin)),
        ("nearest liquidation", lambda w: nearest_words(w.standing.accounts)),
        ("carry a year, book", lambda w: both(w.standing.carry, w.change.carry)),
        ("tracking error a year", lambda w: share(w.standing.tracking_error)),
        ("  of the trades alone", lambda w: share(w.risks.tracking_error)),
        ("effective positions", lambda w: f"{w.standing.effective:.1f} ({w.change.effective:+.1f})"),
        ("largest position", lambda w: f"{w.standing.largest:.1%} ({w.change.largest:+.1%})"),
        ("gamma per 1%", lambda w: both(w.standing.gamma, w.change.gamma)),
        ("vega per point", lambda w: both(w.standing.vega, w.change.vega)),
        ("theta per day", lambda w: both(w.standing.theta, w.change.theta)),
        ("in the band from", _range),
    )
    for label, write in rows:
        table.add_row(label, *(write(w) for w in shown))
    return table


def _minus(cost: float | None) -> float | None:
    """Turn a cost into a gain."""
    return None if cost is None else -cost


def _range(way: Way) -> str:
    h = way.holds
    if h.low is None or h.high is None:
        return "-"
    low = "<" if h.low <= -h.reach else ""
    high = ">" if h.high >= h.reach else ""
    return f"{low}{h.low:+.1%} to {high}{h.high:+.1%}"


def _moved(ways: Ways) -> Sheet:
    table = Sheet(
        f"Beta and P/L ({ways.before.base}) after a move of {ways.before.benchmark}, all revalued, before cost"
    )
    table.add_column("way")
    for m in ways.moves:
        table.add_column(f"{m.move:+.0%}", justify="right")
    for w in ways.ways:
        cells = (f"{number(m.beta, 2)}  {money(m.pnl)}" for m in w.moves)
        table.add_row(_label(w, ways), *cells, style="bold" if w.name == ways.cheapest else None)
    return table
