"""What beta misses, as a page, tables and charts."""

from math import isfinite

from rich.console import Console
from rich.text import Text

from trimtab.desk.ask.liquidity.exit_frontier import ExitFrontier
from trimtab.desk.ask.liquidity.exits import Liquidity
from trimtab.desk.ask.risk_parts import Risk
from trimtab.desk.series.curves import correlation_series
from trimtab.report.documents.parts import drawdown_day
from trimtab.report.tables.depth import EVERYTHING, Depth
from trimtab.report.tables.not_enough import not_enough_panel
from trimtab.report.tables.parts import titled
from trimtab.report.tables.sheet import Sheet
from trimtab.report.text.bars import signed_bar
from trimtab.report.text.curves import curves
from trimtab.risk.concentration import Concentration
from trimtab.risk.hidden import NotEnough

__all__ = ["show_not_enough", "show_risk"]

_MOST_LINES = 8
_NEXT = "--full shows concentration, drawdowns, horizons, beta in falls, ways out and flow."


def show_risk(r: Risk, console: Console, *, depth: Depth = EVERYTHING) -> None:
    """Print the page first, then what it was made of; in the short form the page, getting out and losses."""
    show_not_enough(r, console)
    if depth.full:
        console.print(_concentration(r))
        _show_fields(r, console)
    _show_liquidity(r.liquidity, r.exposure.base, console)
    if not depth.full:
        console.print(_losses(r).first(depth.rows))
    else:
        _show_rest(r, console)
    if r.scaled is not None:
        console.print(
            f"To a volatility of {r.scaled.target:.1%} a year from {r.scaled.actual:.1%} ({r.year} periods, sample):"
            f" hold {r.scaled.by_volatility:.2f} times the book. A ratio of variances, another rule (Moreira and Muir),"
            f" says {r.scaled.by_variance:.2f}, and does not hit the target."
        )
    if depth.full and r.flows:
        console.print(_flows(r))
    depth.end(console, r.notes, next_step=_NEXT)


def _show_rest(r: Risk, console: Console) -> None:
    """Print ways out, losses, drawdowns, horizons, beta in falls and correlation."""
    if r.exit_frontier is not None:
        show_frontier(r.exit_frontier, r.exposure.base, console)
    console.print(_losses(r))
    if r.drawdowns is not None:
        console.print(_drawdowns(r))
    console.print(_horizons(r))
    console.print(_downside(r))
    if len(r.convergence) > 1:
        console.print(Text(f"Average correlation of what is held, a window of {r.year} periods", style="bold"))
        picture = curves(correlation_series(r), width=min(72, console.width - 8), least=60, height=6, spec="{:.2f}")
        console.print(Text(picture))


def show_not_enough(r: Risk, console: Console) -> None:
    """Print the page: the five things that this portfolio's beta hides most."""
    console.print(not_enough_panel(r.exposure, NotEnough(role=r.role, hidden=r.hidden, untold=())))


def _concentration(r: Risk) -> Sheet:
    table = titled("Concentration", ("by", "largest", "", "top five", "HHI", "effective number"), left=(0, 1, 2))
    g = r.groups
    for name, c in (("weight (gross exposure)", g.by_weight), ("beta contribution", g.by_beta),
                    ("currency", g.by_currency), ("sector", g.by_sector), ("issuer", g.by_issuer)):  # fmt: skip
        if c is not None:
            table.add_row(name, *_largest(c), f"{c.top_five:.0%}", f"{c.hhi:.3f}", f"{c.effective_number:.1f}")
    if g.effective_bets is not None:
        table.caption = f"Counting what moves together as one: {g.effective_bets:.1f} uncorrelated bets."
    return table


def _largest(c: Concentration) -> tuple[str, str]:
    sign = "short " if c.signs[0] < 0 else ""
    return f"{sign}{c.names[0]} {c.shares[0]:.0%}", "█" * max(1, round(c.shares[0] * 16))


def _show_fields(r: Risk, console: Console) -> None:
    if r.currency is not None:
        table = titled("Currencies", ("currency", "of NAV", "share of variance", "part of beta"))
        c = r.currency
        for code, exposure, share, beta in zip(c.currencies, c.exposures, c.variance_shares, c.betas, strict=True):
            table.add_row(code, f"{exposure:+.1%}", f"{share:+.1%}", f"{beta:+.3f}")
        console.print(table)
    for name, ratio in (("Price to earnings", r.price_earnings), ("Price to book", r.price_book)):
        if ratio is not None:
            shown = "not positive" if ratio.ratio is None else f"{ratio.ratio:.1f}"
            console.print(f"{name}: {shown}, harmonic, over {ratio.coverage:.0%} of the value held long.")
    if r.credit is not None:
        credit = r.credit
        low = "-" if credit.below_investment_grade is None else f"{credit.below_investment_grade:.0%}"
        console.print(
            f"Credit: {credit.average or 'no ratings'} on average, {low} of rated value below BBB-"
            f" ({credit.rating_coverage:.0%} of value rated); spread duration {credit.spread_duration:.2f} years of NAV"
            f" ({credit.duration_coverage:.0%} known)."
        )
    if r.sizes:
        table = titled("By market value", ("size", "positions", "of NAV", "beta", "part of beta"))
        for b in r.sizes:
            size = "not known" if b.low is None and b.high is None else f"{_size(b.low)} to {_size(b.high)}"
            table.add_row(
                size, str(b.n_positions), f"{b.weight:+.1%}", "-" if b.beta is None else f"{b.beta:.2f}",
                "-" if b.contribution is None else f"{b.contribution:+.3f}",
            )  # fmt: skip
        console.print(table)


def _size(value: float | None) -> str:
    if value is None:
        return "any"
    return f"{value / 1e9:g} bn" if value >= 1e9 else f"{value / 1e6:g} m"


def _show_liquidity(liquidity: Liquidity, base: str, console: Console) -> None:
    if not liquidity.exits:
        console.print(
            "Getting out: not measured, since the prices have no volumes. Add a volume column to the prices, or"
            " daily_value (money traded a day) to the holdings.",
            style="yellow",
        )
        return
    columns = (
        "conditions", "days", f"forced cost {base}", "of NAV", "", "of volume, most",
        f"sold at {liquidity.participation:.0%}", "cost of that", "beta left",
    )  # fmt: skip
    table = titled("Getting out of what is held outright", columns, left=(0, 4))
    longest = max(e.forced_cost_share for e in liquidity.exits)
    for e in liquidity.exits:
        table.add_row(
            e.conditions, str(e.days), f"{e.forced_cost:,.0f}", f"{e.forced_cost_share:.2%}",
            "█" * round(e.forced_cost_share / longest * 10) if longest > 0 else "", f"{e.largest_participation:.1%}",
            f"{e.sold_share:.0%}", f"{e.capped_cost:,.0f}", "-" if e.beta_left is None else f"{e.beta_left:.2f}",
        )  # fmt: skip
    table.caption = (
        "Impact = daily volatility x sqrt(order / volume); stressed: half the volume, 2.5 x volatility, 3 x spread"
    )
    console.print(table)
    slow = [line for line in liquidity.lines if line.days is not None][:3]
    console.print("  Slowest: " + ", ".join(f"{line.asset} {line.days:.2g} days" for line in slow) + ".", style="dim")
    if liquidity.unknown:
        console.print(f"  Volume not known, counted as unsold: {', '.join(liquidity.unknown)}.", style="yellow")
    if liquidity.left_out:
        console.print(f"  Not part of this: {', '.join(liquidity.left_out)}.", style="dim")


def _losses(r: Risk) -> Sheet:
    v = r.losses
    base, nav = r.exposure.base, r.exposure.nav
    period = r.frequency.period
    table = titled(f"What a {period} can cost", ("figure", base, "of NAV", "convention"), left=(0, 3))
    rows: list[tuple[str, float | None, str]] = [
        (
            "value at risk, normal",
            v.normal.total,
            f"99%, one {period}, covariance of the last {r.year} periods, options by delta",
        ),
        ("diversification takes off", v.normal.diversification, "sum of single positions' less the whole"),
        ("with the cost of the spread", v.with_liquidity, "half the spread on all that is held outright"),
        ("value at risk, as it was", v.empirical, f"99%, today's exposures on {r.n_obs} past periods"),
        ("expected shortfall", v.shortfall, "mean loss beyond that"),
    ]
    for name, money, convention in rows:
        if money is not None:
            table.add_row(name, f"{money:,.0f}", f"{money / nav:.2%}", convention)
    if v.tail is not None:
        t = v.tail
        table.add_row(
            "falling together", "", f"{t.lower:.0%}",
            f"of the benchmark's worst {t.level:.0%} of {period}s were the book's too; normal returns: {t.normal:.0%}",
        )  # fmt: skip
    if v.coskewness is not None:
        table.add_row(
            "coskewness", "", f"{v.coskewness:+.2f}", "standardised; negative = worse than beta in large moves"
        )
    return table


def _drawdowns(r: Risk) -> Sheet:
    assert r.drawdowns is not None  # noqa: S101 - the caller looked
    table = titled(
        "Drawdowns of today's exposures on past returns", ("of", "depth", "", "from", "lowest", "back"), left=(0, 2)
    )
    rows = [("book", d) for d in r.drawdowns.book[:3]] + [("beta taken out", d) for d in r.drawdowns.neutral[:3]]
    days = r.drawdown_dates
    longest = max((d.depth for _, d in rows), default=1.0)
    for name, d in rows:
        table.add_row(
            name, f"{d.depth:.1%}", "█" * max(1, round(d.depth / longest * 14)), drawdown_day(days, d.peak) or "",
            drawdown_day(days, d.trough) or "", drawdown_day(days, d.recovery) or "not yet",
        )  # fmt: skip
    return table


def _horizons(r: Risk) -> Sheet:
    columns = ("periods", "beta", "variance ratio", "robust z", "square root of time is wrong by", "")
    title = f"Other horizons: slopes of today's exposures over {r.n_obs} past periods"
    table = titled(title, columns, left=(5,))
    ratios = {v.periods: v for v in r.horizons.ratios}
    longest = max((abs(v.root_time_error) for v in r.horizons.ratios), default=0.0)
    for b in r.horizons.betas:
        beta = f"{b.beta:.2f} +/- {b.stderr:.2f}"
        v = ratios.get(b.periods)
        if v is None:
            table.add_row(str(b.periods), beta, "-", "-", "-", "")
        else:
            table.add_row(
                str(b.periods), beta, f"{v.ratio:.2f}", f"{v.z_robust:+.1f}", f"{v.root_time_error:+.0%}",
                signed_bar(v.root_time_error, longest, width=8),
            )  # fmt: skip
    return table


def _downside(r: Risk) -> Sheet:
    period = r.frequency.period
    says = {
        "ang-chen-xing": f"slope on {period}s below the benchmark's mean",
        "below-zero": f"slope on {period}s on which the benchmark fell",
        "bawa-lindenberg": "co-movement below zero / squared falls, no intercept",
        "estrada": "falls of both below their means / squared falls",
    }
    table = titled(
        f"Beta in falls: slopes of today's exposures over {r.n_obs} past periods",
        ("definition", "beta", "made from"),
        left=(0, 2),
    )
    for line in r.downside:
        beta = "-" if line.beta is None else f"{line.beta:.2f} +/- {line.stderr or 0.0:.2f}"
        table.add_row(line.definition, beta, says[line.definition])
    return table


def _flows(r: Risk) -> Sheet:
    columns = ("asset", "selling marked", "balance, 21 days", "Amihud", "alarms", "false", "after any day")
    table = titled("Flow: falls with abnormal volume", columns)
    ranked = sorted(r.flows, key=lambda f: (not f.selling, f.balance))
    for f in ranked[:_MOST_LINES]:
        rate = "-" if f.record.rate is None else f"{f.record.rate:.0%}"
        table.add_row(
            f.asset, "yes" if f.selling else "no", f"{f.balance:+.2f}", "-" if f.amihud is None else f"{f.amihud:.2g}",
            str(f.record.n_alarms), rate, f"{f.record.base_rate:.0%}",
        )  # fmt: skip
    table.caption = (
        "False: the price was not lower 20 periods on. Where that is as common as after any day, an alarm says nothing"
    )
    return table


def show_frontier(frontier: ExitFrontier, base: str, console: Console) -> None:
    """Print ways out, from an even sale to one at once: what each costs, and what may happen on the way."""
    table = Sheet(
        f"Ways out of {frontier.what}, {frontier.value:,.0f} {base} within {frontier.days} days (Almgren-Chriss)"
    )
    for name in ("half-life, days", f"cost {base}", "of NAV", f"risk (sd) {base}", "of NAV"):
        table.add_column(name, justify="right")
    table.add_column("left at the end of each day")
    table.add_column("")
    for p in frontier.paths:
        bars = " ".join(f"{share:4.0%}" for share in p.remaining[1:-1][:6])
        life = f"{p.half_life:.1f}" if isfinite(p.half_life) else "even"
        table.add_row(
            life, f"{p.expected_cost:,.0f}", f"{p.cost_share:.2%}", f"{p.sd:,.0f}", f"{p.sd_share:.2%}",
            bars, "█" * round(12 * p.expected_cost / max(q.expected_cost for q in frontier.paths)),
        )  # fmt: skip
    console.print(table)
    console.print(
        "  Bars: cost. Impact is taken as linear: 1% of a day's volume costs a spread, 10% moves the price by one for"
        " good.",
        style="dim",
    )
    if frontier.left_out:
        console.print(f"  Not in it (no volume or no prices): {', '.join(frontier.left_out[:8])}", style="yellow")
