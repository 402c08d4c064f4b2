"""A review as tables for a person at a terminal.

The lead is money per +1% of the benchmark: it does not depend on the benchmark's price level, as share counts do.
"""

import numpy as np
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from trimtab.beta.estimate import SpeaksOf
from trimtab.desk.ask.review import Review
from trimtab.errors import Reason
from trimtab.exposure.expose import Exposure, PositionExposure
from trimtab.exposure.moves import MoveRow
from trimtab.exposure.other_rate import at_other_rate
from trimtab.exposure.valuation import Basis
from trimtab.hedge.verdict import Status, Verdict
from trimtab.market.prices import Flag
from trimtab.model.mandate import Mandate
from trimtab.report.tables.depth import EVERYTHING, FIRST_ROWS, Depth
from trimtab.report.tables.margin.accounts import show_accounts, trouble_lines
from trimtab.report.tables.not_enough import not_enough_panel
from trimtab.report.tables.sheet import Sheet
from trimtab.report.text.gauge import gauge
from trimtab.report.words import (
    companion_words,
    day,
    flag_words,
    is_measured,
    money,
    number,
    part_valued,
    price,
    quantity,
)  # fmt: skip

__all__ = ["headline", "moves_table", "positions_table", "show_review"]

#: Days that pass between prices over a weekend and holidays.
_RECENT = 5

_COLOUR = {Status.INSIDE: "green", Status.OUTSIDE: "red", Status.UNDECIDED: "yellow"}


_NEXT = {
    Status.INSIDE: "nothing to trade; trimtab drift says why beta changed, --full shows moves and what beta hides.",
    Status.OUTSIDE: "trimtab plan says which trades bring it back; --full shows moves and what beta hides.",
    Status.UNDECIDED: "see what is missing above; --full shows how far it could matter.",
}
_BASIS = {Basis.NO_ARBITRAGE: "by arbitrage", Basis.MODEL: "by what its quote allows", Basis.VALUE: "by its value"}


def _show_short(review: Review, console: Console, depth: Depth) -> None:
    """Print what a review answers first: the headline, the largest contributions, what is missing, the next step."""
    top = depth.rows or FIRST_ROWS
    exposure = review.exposure
    active = _active_row(review)
    console.print(headline(exposure, review.mandate, review.verdict, active=active, width=console.width))
    for line in suspicion_lines(review):
        console.print(line, style="yellow", highlight=False)
    console.print(
        positions_table(exposure.positions, exposure.base, exposure.beta.speaks_of, nav=exposure.nav, limit=top)
    )
    more = len(exposure.positions) - top
    if more > 0:
        console.print(f"{more} position{'s' * (more > 1)} more: --top COUNT, or --full", style="dim")
    _show_missing(review, console)
    for line in trouble_lines(review.accounts):
        console.print(line, style="yellow", highlight=False)
    for line in (*bounds_lines(exposure), *rate_lines(exposure), *last_day_lines(exposure)):
        console.print(line, style="dim")
    depth.end(console, review.notes, review.failures, next_step=_NEXT[review.verdict.status])


def _show_missing(review: Review, console: Console) -> None:
    missing = review.exposure.coverage.missing
    if missing:
        listed = ", ".join(f"{m.asset} ({m.reason.value})" for m in missing[:10])
        more = f" and {len(missing) - 10} more" if len(missing) > 10 else ""
        console.print(f"Not measured: {listed}{more}", style="yellow")


def show_review(review: Review, console: Console, *, depth: Depth = EVERYTHING) -> None:
    """Print a review: the headline, the verdict, and the positions; in its short form the largest of them."""
    if not depth.full:
        _show_short(review, console, depth)
        return
    panel = headline(review.exposure, review.mandate, review.verdict, active=_active_row(review), width=console.width)
    console.print(panel)
    for line in suspicion_lines(review):
        console.print(line, style="yellow", highlight=False)
    x = review.exposure
    console.print(positions_table(x.positions, x.base, x.beta.speaks_of, nav=x.nav, limit=depth.rows))
    if any(p.option is not None for p in review.exposure.positions):
        console.print(options_table(review.exposure.positions, review.exposure.base))
    if len(review.breakdown.by_currency) > 1:
        console.print(currency_table(review))
    if review.joint:
        console.print(joint_table(review))
    if is_measured(x.coverage, x.beta.value):
        console.print(moves_table(review.moves, x))
    if review.breakdown.vol_low is not None and review.breakdown.vol_high is not None:
        console.print(
            f"Bid and ask of the options allow a portfolio beta from {review.breakdown.vol_low:.3f} to "
            f"{review.breakdown.vol_high:.3f}."
        )
    _show_missing(review, console)
    for line in (*bounds_lines(review.exposure), *rate_lines(review.exposure), *last_day_lines(review.exposure)):
        console.print(line, style="dim")
    show_accounts(review.accounts, review.exposure.base, console)
    if review.not_enough is not None:
        console.print(not_enough_panel(review.exposure, review.not_enough))
    depth.end(console, review.notes, review.failures, next_step="")


def suspicion_lines(review: Review) -> list[str]:
    """Say at the top which holdings' quantities may be wrong by an unrecorded split: the verdict rests on them."""
    assets = {p.asset for p in review.exposure.positions}
    suspected = [f for f in review.failures if f.reason is Reason.SPLIT_SUSPECTED]
    return [f"Check first: {f}" for f in suspected if f.where.partition(" on ")[0] in assets]


def last_day_lines(exposure: Exposure) -> list[str]:
    """Say why options that expire today have no volatility, and what they move by."""
    today = [p.asset for p in exposure.positions if Flag.EXPIRES_TODAY in p.flags]
    if not today:
        return []
    return [
        f"Expires today: {', '.join(today)}. Alive until the close: the price says what deviation is left, that gives "
        "delta; without one it is worth exercise. How much of the day is left nobody says: no volatility, vega, theta."
    ]


def bounds_lines(exposure: Exposure) -> list[str]:
    """Say what positions that were not measured, or that their quotes leave open, can be at most."""
    lines = []
    for b in exposure.coverage.bounds[:10]:
        beta = f", beta {b.beta_low:g} to {b.beta_high:g} assumed" if b.assumed else ""
        lines.append(
            f"{b.asset}: beta exposure from {money(b.beta_exposure_low, exposure.base)} to "
            f"{money(b.beta_exposure_high, exposure.base)} ({_BASIS[b.basis]}{beta})"
        )
    return lines


def rate_lines(exposure: Exposure) -> list[str]:
    """Say what an assumed rate of 0 could matter to the options that were given none."""
    moved = at_other_rate(exposure)
    if moved is None:
        return []
    return [
        f"No rate was given for {moved.count} option(s), 0 was assumed: at {moved.rate:.0%} their delta exposure would "
        f"be {money(moved.other, exposure.base)} in place of {money(moved.now, exposure.base)}, and portfolio beta "
        f"{moved.beta_shift:+.3f} different (--risk-free, or --chain)."
    ]


def _active_row(review: Review) -> tuple[str, str, str]:
    """Say how the book differs from its benchmark: active beta, and active risk in its two parts."""
    beta, risk = f"{review.active_beta:+.3f} +/- {review.exposure.beta.stderr:.3f}", review.active_risk
    if risk is None:
        return "active beta", beta, "active risk not known"
    least = "at least " if risk.lacking else ""
    parts = f"{risk.by_beta:.1%} by beta, {least}{risk.specific:.1%} specific"
    return "active beta", beta, f"active risk {least}{risk.total:.1%} a year: {parts}"


def headline(
    exposure: Exposure, mandate: Mandate, verdict: Verdict, *, active: tuple[str, str, str] | None = None,
    width: int = 80,
) -> RenderableType:  # fmt: skip
    """Make the panel that answers: what beta is, how sure that is, and whether it is inside the mandate."""
    if not is_measured(exposure.coverage, exposure.beta.value):
        return _unmeasured(exposure, mandate, verdict)
    beta = exposure.beta
    colour = _COLOUR[verdict.status]
    picture, scale = gauge(
        value=beta.value,
        low=beta.low,
        high=beta.high,
        lower=mandate.lower,
        upper=mandate.upper,
        width=min(60, width - 4),
    )
    body = Group(
        _facts(exposure, mandate, verdict, active),
        Text(""),
        Text(picture, style=colour),
        Text(scale, style="dim"),
        Text.assemble((verdict.status.value.upper(), f"bold {colour}"), f"  {verdict.why}"),
    )
    # A panel takes a title that is no Text for markup, whatever the console says.
    title = Text(f"Portfolio beta to {exposure.benchmark}, {day(exposure.as_of)}")
    return Panel(body, title=title, title_align="left", expand=False)


def _facts(
    exposure: Exposure, mandate: Mandate, verdict: Verdict, active: tuple[str, str, str] | None
) -> Table:  # fmt: skip
    """Set out beta, what it is in money, and the mandate."""
    beta, part = exposure.beta, part_valued(exposure)
    facts = Table.grid(padding=(0, 3))
    facts.add_column()
    facts.add_column(justify="right")
    facts.add_column(style="dim")
    if part:
        facts.add_row(*_whole_beta(exposure, part))
    facts.add_row(
        f"beta{part}" if part else "portfolio beta",
        f"{beta.value:.3f} +/- {beta.stderr:.3f}",
        f"95% interval {beta.low:.3f} to {beta.high:.3f}",
    )
    facts.add_row("", beta.speaks_of.reading.value, f"+/- is the error of {beta.speaks_of}")
    other = companion_words(exposure)
    if other is not None:
        facts.add_row(*other)
    if active is not None:
        facts.add_row(f"{active[0]}{part}", *active[1:])
    facts.add_row(
        f"per +1% of {exposure.benchmark}",
        money(exposure.money_per_1pct, exposure.base),
        "gain if the benchmark rises by 1%",
    )
    facts.add_row(
        "beta exposure", money(exposure.beta_exposure, exposure.base), f"gross beta {exposure.gross_beta:.3f}"
    )
    facts.add_row(
        f"value{part}" if part else "net asset value",
        money(exposure.nav, exposure.base),
        f"coverage {exposure.coverage.share:.1%} of gross exposure"
        + (f", {exposure.coverage.stated:.1%} of it stated" if exposure.coverage.stated_assets else ""),
    )
    facts.add_row("leverage", f"{exposure.leverage:.2f}", f"net {money(exposure.net)}, gross {money(exposure.gross)}")
    facts.add_row(
        "mandate",
        f"{mandate.target:.2f} +/- {mandate.band:.2f}",
        "probability inside unknown"
        if part
        else f"probability inside {verdict.probability_inside:.1%}, by the {verdict.speaks_of.reading.value}",
    )
    _add_age(facts, exposure)
    return facts


def _unmeasured(exposure: Exposure, mandate: Mandate, verdict: Verdict) -> RenderableType:
    """Make the panel of a portfolio of which nothing was measured: a sum over nothing would look like a hedge."""
    coverage = exposure.coverage
    has_ends = coverage.beta_low is not None and coverage.beta_high is not None
    reach = (
        f"within the bounds of what is held, {coverage.beta_low:.3f} to {coverage.beta_high:.3f}" if has_ends else ""
    )
    facts = Table.grid(padding=(0, 3))
    facts.add_row("portfolio beta", "unknown", reach)
    facts.add_row("net asset value", money(exposure.nav, exposure.base) if coverage.nav_known else "unknown", "")
    facts.add_row("mandate", f"{mandate.target:.2f} +/- {mandate.band:.2f}", "nothing that moves was measured")
    _add_age(facts, exposure)
    why = Text.assemble((verdict.status.value.upper(), f"bold {_COLOUR[verdict.status]}"), f"  {verdict.why}")
    title = Text(f"Portfolio beta to {exposure.benchmark}, {day(exposure.as_of)}")
    return Panel(Group(facts, Text(""), why), title=title, title_align="left", expand=False)


def _add_age(facts: Table, exposure: Exposure) -> None:
    """Say of which day the newest price is, where weekends and holidays do not explain how far back it lies."""
    dated = (p.price_date for p in exposure.positions if p.price_date is not None and p.delta_exposure)
    newest = max(dated, default=None)
    age = 0 if newest is None else int((exposure.as_of - newest) / np.timedelta64(1, "D"))
    if newest is not None and age > _RECENT:
        facts.add_row("newest price", day(newest), f"{age:,} days before the day asked about")


def _whole_beta(exposure: Exposure, part: str) -> tuple[str, str, str]:
    """Say what is known of the beta of the whole where the figures are of a part."""
    coverage = exposure.coverage
    unvalued = coverage.unpriced or sum(not b.measured for b in coverage.bounds)
    what = f"{unvalued} without a value: the figures are{part}"
    if coverage.beta_low is None or coverage.beta_high is None:
        return "portfolio beta", "unknown", what
    return "portfolio beta", f"{coverage.beta_low:.3f} to {coverage.beta_high:.3f}", what


def positions_table(
    positions: tuple[PositionExposure, ...], base: str, speaks_of: SpeaksOf, *, nav: float | None = None,
    limit: int | None = None,
) -> Sheet:  # fmt: skip
    """Make the table of positions, those that contribute most first, with their weights where NAV is given."""
    ranked = sorted(positions, key=lambda p: (-abs(p.contribution or 0.0), p.asset))[:limit]
    title = "Positions by contribution to beta"
    if limit is not None:
        title = f"The {min(limit, len(positions))} positions that contribute most"
    # A few positions are to fit one table: these make room, the first one first. All of them are split over two.
    less_needed = (f"delta exposure {base}", f"beta exposure {base}", "quantity", f"value {base}")
    table = Sheet(title, less_needed=() if limit is None or nav is None else less_needed)
    table.add_column("asset")
    weighed = () if nav is None else ("weight",)
    for name in ("quantity", f"value {base}", *weighed, f"delta exposure {base}", "beta", "+/-",
                 f"beta exposure {base}", "contribution"):  # fmt: skip
        table.add_column(name, justify="right")
    table.add_column("flags / reason")
    table.caption = f"beta and +/-: {speaks_of}"
    for p in ranked:
        remark = Text(p.reason.value, style="yellow") if p.reason else Text(flag_words(p.flags), style="dim")
        table.add_row(
            p.asset, quantity(p.quantity), money(p.value), *_weight(p.value, nav), money(p.delta_exposure),
            number(p.beta), number(p.stderr), money(p.beta_exposure), number(p.contribution), remark,
        )  # fmt: skip
    return table


def _weight(value: float | None, nav: float | None) -> tuple[str, ...]:
    """Give value as a share of NAV, where there is a column for it."""
    if nav is None:
        return ()
    return ("-" if value is None or nav <= 0 else f"{value / nav:.1%}",)


def options_table(positions: tuple[PositionExposure, ...], base: str) -> Sheet:
    """Make the table of options: what they are worth and what moves them."""
    table = Sheet("Options")
    table.add_column("option")
    for name in (
        "price",
        "vol",
        "delta",
        f"gamma {base} / 1%",
        f"vega {base} / point",
        f"theta {base} / day",
        "option beta",
    ):
        table.add_column(name, justify="right")
    for p in positions:
        o = p.option
        if o is None:
            continue
        gamma = None if p.gamma_exposure is None else p.gamma_exposure / 100.0
        table.add_row(
            p.asset, price(p.price), "-" if o.vol is None else f"{o.vol:.1%}", number(p.delta), money(gamma),
            money(o.vega), money(o.theta), number(p.option_beta, 1),
        )  # fmt: skip
    return table


def currency_table(review: Review) -> Sheet:
    """Make the table of currencies, with the forward sale that would hedge each, apart from beta."""
    table = Sheet("By currency")
    base = review.exposure.base
    table.add_column("currency")
    for name in (f"value {base}", f"delta exposure {base}", "part of beta", f"hedge: sell forward {base}"):
        table.add_column(name, justify="right")
    hedge = dict(review.breakdown.currency_hedge)
    for g in review.breakdown.by_currency:
        sold = money(-hedge[g.name]) if g.name in hedge else "-"
        table.add_row(g.name, money(g.value), money(g.delta_exposure), number(g.beta), sold)
    return table


def joint_table(review: Review) -> Sheet:
    """Make the table of several benchmarks, each alone and all at once."""
    table = Sheet("Several benchmarks (least squares over one window)")
    table.add_column("benchmark")
    for name in ("alone", "+/-", "jointly", "+/-", f"{review.exposure.base} per +1%"):
        table.add_column(name, justify="right")
    table.add_column("")
    for j in review.joint:
        table.add_row(
            j.benchmark, number(j.alone), number(j.alone_stderr), number(j.joint), number(j.joint_stderr),
            money(j.money_per_1pct), j.says,
        )  # fmt: skip
    return table


def moves_table(moves: tuple[MoveRow, ...], exposure: Exposure) -> Sheet:
    """Make the table of beta after the move, full revaluation beside local numbers."""
    table = Sheet(f"Beta after a move of {exposure.benchmark} (every asset by its own beta)")
    for name in (
        "move",
        f"P/L {exposure.base}",
        f"NAV {exposure.base}",
        "beta",
        "P/L by delta and gamma",
        "beta by gamma",
    ):
        table.add_column(name, justify="right")
    for m in moves:
        table.add_row(
            f"{m.move:+.0%}", money(m.pnl), money(m.nav), number(m.beta), money(m.pnl_local), number(m.beta_local),
            style="bold" if m.move == 0 else None,
        )  # fmt: skip
    return table
