"""Results as tables for a person at a terminal.

The lead is money per +1% of the benchmark: it does not depend on the benchmark's price level, as share counts do.
"""

from collections.abc import Callable

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from trimtab.beta.diagnostics import Diagnosis
from trimtab.beta.estimate import BetaReading, Betas, SpeaksOf
from trimtab.desk.measure import Measured
from trimtab.desk.review import Review
from trimtab.errors import Failure, Reason
from trimtab.exposure.explain import Explanation
from trimtab.exposure.expose import Exposure, PositionExposure
from trimtab.exposure.moves import MoveRow
from trimtab.exposure.option_value import OTHER_RATE
from trimtab.exposure.valuation import Basis
from trimtab.hedge.plan import Plan, PlanStatus
from trimtab.hedge.verdict import Status, Verdict
from trimtab.market.prices import Flag
from trimtab.model.mandate import Mandate
from trimtab.report.gauge import gauge
from trimtab.report.not_enough import not_enough_panel
from trimtab.report.readings import companion_words, part_valued

__all__ = ["show_beta", "show_diagnosis", "show_explanation", "show_plan", "show_review"]

_COLOUR = {Status.INSIDE: "green", Status.OUTSIDE: "red", Status.UNDECIDED: "yellow"}
_BASIS = {Basis.NO_ARBITRAGE: "by arbitrage", Basis.MODEL: "by what its quote allows", Basis.VALUE: "by its value"}
_MOST_FAILURES = 8
#: Columns of a terminal below which the table of positions is set without blanks.
_NARROW = 110
#: Heading of the column with the other reading.
_COLUMN = {BetaReading.FIT: "fitted", BetaReading.FORECAST: "forecast"}
_NUMBERS = frozenset({"beta", "+/-", "pairs", *_COLUMN.values()})
#: Flags that say how a number came about, not that something is wrong with it; left out of narrow tables.
_QUIET = frozenset(
    {Flag.IDENTITY, Flag.PRIOR_STATED, Flag.CONVERTED, Flag.VOL_STATED, Flag.VOL_IMPLIED, Flag.MODEL_PRICE}
)


def money(amount: float | None, currency: str = "") -> str:
    """Write money with thousands separators, without cents.

    Examples
    --------
    >>> money(-1234567.4, "USD"), money(None)
    ('-1,234,567 USD', '-')
    """
    if amount is None:
        return "-"
    return f"{amount:,.0f} {currency}".strip()


def number(value: float | None, digits: int = 3) -> str:
    """Write a number, or a dash where there is none."""
    return "-" if value is None else f"{value:.{digits}f}"


def quantity(value: float) -> str:
    """Write a quantity with as many decimals as it has, up to eight."""
    text = f"{value:,.8f}".rstrip("0").rstrip(".")
    return text or "0"


def show_beta(measured: Measured, console: Console, *, limit: int | None = None) -> None:
    """Print the betas of assets as a table."""
    betas = measured.betas
    other = betas.companion
    table = Table(title=f"Beta to {betas.benchmark}, {_day(betas.as_of)}, method {betas.method}", title_justify="left")
    seconds = () if other is None else (_COLUMN[other.speaks_of.reading], "+/-")
    for name in ("asset", "beta", "+/-", *seconds, "pairs", "from", "to", "flags / reason"):
        table.add_column(name, justify="right" if name in _NUMBERS else "left")
    table.caption = _said_of(betas)
    table.caption_justify = "left"
    shown = betas.estimates if limit is None else betas.estimates[:limit]
    for e in shown:
        remark = Text(e.reason.value, style="yellow") if e.reason else Text(_flags(e.flags), style="dim")
        second = () if other is None else (number(other[e.asset].value), number(other[e.asset].stderr))
        table.add_row(
            e.asset, number(e.value), number(e.stderr), *second, str(e.n_obs), _day(e.first), _day(e.last), remark
        )
    console.print(table)
    if limit is not None and len(betas.estimates) > limit:
        console.print(f"... and {len(betas.estimates) - limit} more (--json gives all)", style="dim")
    _remarks(console, measured.notes, measured.failures)


def show_review(review: Review, console: Console) -> None:
    """Print a review: the headline, the verdict, and the positions."""
    console.print(headline(review.exposure, review.mandate, review.verdict))
    for line in suspicion_lines(review):
        console.print(line, style="yellow", highlight=False)
    console.print(
        positions_table(
            review.exposure.positions, review.exposure.base, review.exposure.beta.speaks_of, width=console.width
        )
    )
    if any(p.option is not None for p in review.exposure.positions):
        console.print(options_table(review.exposure.positions, review.exposure.base))
    if len(review.breakdown.by_currency) > 1:
        console.print(currency_table(review))
    if review.joint:
        console.print(joint_table(review))
    console.print(moves_table(review.moves, review.exposure))
    if review.breakdown.vol_low is not None and review.breakdown.vol_high is not None:
        console.print(
            f"Bid and ask of the options allow a portfolio beta from {review.breakdown.vol_low:.3f} to "
            f"{review.breakdown.vol_high:.3f}."
        )
    missing = review.exposure.coverage.missing
    if missing:
        listed = ", ".join(f"{m.asset} ({m.reason.value})" for m in missing[:10])
        console.print(f"Not measured: {listed}", style="yellow")
    for line in (*bounds_lines(review.exposure), *rate_lines(review.exposure), *last_day_lines(review.exposure)):
        console.print(line, style="dim")
    if review.not_enough is not None:
        console.print(not_enough_panel(review.exposure, review.not_enough))
    _remarks(console, review.notes, review.failures)


def suspicion_lines(review: Review) -> list[str]:
    """Say at the top which holdings' quantities may be wrong by an unrecorded split: the verdict rests on them."""
    held = {p.asset for p in review.exposure.positions}
    suspected = [f for f in review.failures if f.reason is Reason.SPLIT_SUSPECTED]
    return [f"Check first: {f}" for f in suspected if f.where.partition(" on ")[0] in held]


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
    found = [
        (p.delta_exposure, p.option.other_rate_delta_exposure, p.beta)
        for p in exposure.positions
        if p.option is not None and p.option.other_rate_delta_exposure is not None and p.delta_exposure is not None
    ]
    if not found:
        return []
    now, other = sum(f[0] for f in found), sum(f[1] for f in found)
    shift = sum((b - a) * (beta or 0.0) for a, b, beta in found) / exposure.nav
    return [
        f"No rate was given for {len(found)} option(s), 0 was assumed: at {OTHER_RATE:.0%} their delta exposure would "
        f"be {money(other, exposure.base)} in place of {money(now, exposure.base)}, and portfolio beta {shift:+.3f} "
        "different (--risk-free, or --chain)."
    ]


def headline(exposure: Exposure, mandate: Mandate, verdict: Verdict) -> RenderableType:
    """Make the panel that answers: what beta is, how sure that is, and whether it is inside the mandate."""
    beta = exposure.beta
    colour = _COLOUR[verdict.status]
    picture, scale = gauge(value=beta.value, low=beta.low, high=beta.high, lower=mandate.lower, upper=mandate.upper)
    facts = Table.grid(padding=(0, 3))
    facts.add_column()
    facts.add_column(justify="right")
    facts.add_column(style="dim")
    part = part_valued(exposure)
    if part:
        unvalued = exposure.coverage.unpriced
        facts.add_row("portfolio beta", "unknown", f"{unvalued} without a value: the figures are{part}")
    facts.add_row(
        f"beta{part}" if part else "portfolio beta",
        f"{beta.value:.3f} +/- {beta.stderr:.3f}",
        f"95% interval {beta.low:.3f} to {beta.high:.3f}",
    )
    facts.add_row("", beta.speaks_of.reading.value, f"+/- is the error of {beta.speaks_of}")
    other = companion_words(exposure)
    if other is not None:
        facts.add_row(*other)
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
        f"coverage {exposure.coverage.share:.1%} of gross exposure",
    )
    facts.add_row(
        "leverage", f"{exposure.gross / exposure.nav:.2f}", f"net {money(exposure.net)}, gross {money(exposure.gross)}"
    )
    facts.add_row(
        "mandate",
        f"{mandate.target:.2f} +/- {mandate.band:.2f}",
        "probability inside unknown"
        if part
        else f"probability inside {verdict.probability_inside:.1%}, by the {verdict.speaks_of.reading.value}",
    )
    body = Group(
        facts,
        Text(""),
        Text(picture, style=colour),
        Text(scale, style="dim"),
        Text.assemble((verdict.status.value.upper(), f"bold {colour}"), f"  {verdict.why}"),
    )
    # A panel takes a title that is no Text for markup, whatever the console says.
    title = Text(f"Portfolio beta to {exposure.benchmark}, {_day(exposure.as_of)}")
    return Panel(body, title=title, title_align="left", expand=False)


def positions_table(
    positions: tuple[PositionExposure, ...],
    base: str,
    speaks_of: SpeaksOf,
    *,
    limit: int | None = None,
    width: int = 140,
) -> Table:
    """Make the table of positions, those that contribute most first; narrow ones lose blanks, never digits."""
    ranked = sorted(positions, key=lambda p: (-abs(p.contribution or 0.0), p.asset))[:limit]
    title = "Positions by contribution to beta" if limit is None else f"The {limit} positions that contribute most"
    narrow = width < _NARROW
    table = Table(title=title, title_justify="left", padding=(0, 0) if narrow else (0, 1))
    rows = [
        (
            p.asset, quantity(p.quantity), money(p.value), money(p.delta_exposure), number(p.beta), number(p.stderr),
            money(p.beta_exposure), number(p.contribution),
        )
        for p in ranked
    ]  # fmt: skip
    names = ("asset", "quantity", f"value {base}", f"delta exposure {base}", "beta", "+/-", f"beta exposure {base}",
             "contri- bution" if narrow else "contribution")  # fmt: skip
    for at, name in enumerate(names):
        widest = max((len(row[at]) for row in rows), default=0)
        table.add_column(name, justify="right" if at else "left", min_width=max(widest, *map(len, name.split())))
    remarks = [Text(p.reason.value, style="yellow") if p.reason else Text(_flags(p.flags), style="dim") for p in ranked]
    if not narrow or any(remarks):
        table.add_column("flags / reason")
    table.caption, table.caption_justify = f"beta and +/-: {speaks_of}", "left"
    for row, remark in zip(rows, remarks, strict=True):
        table.add_row(*row, *([remark] if len(table.columns) > len(row) else []))
    return table


def options_table(positions: tuple[PositionExposure, ...], base: str) -> Table:
    """Make the table of options: what they are worth and what moves them."""
    table = Table(title="Options", title_justify="left")
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
            p.asset, number(p.price, 2), "-" if o.vol is None else f"{o.vol:.1%}", number(p.delta), money(gamma),
            money(o.vega), money(o.theta), number(p.option_beta, 1),
        )  # fmt: skip
    return table


def currency_table(review: Review) -> Table:
    """Make the table of currencies, with the forward sale that would hedge each, apart from beta."""
    table = Table(title="By currency", title_justify="left")
    base = review.exposure.base
    table.add_column("currency")
    for name in (f"value {base}", f"delta exposure {base}", "part of beta", f"hedge: sell forward {base}"):
        table.add_column(name, justify="right")
    hedge = dict(review.breakdown.currency_hedge)
    for g in review.breakdown.by_currency:
        sold = money(-hedge[g.name]) if g.name in hedge else "-"
        table.add_row(g.name, money(g.value), money(g.delta_exposure), number(g.beta), sold)
    return table


def joint_table(review: Review) -> Table:
    """Make the table of several benchmarks, each alone and all at once."""
    table = Table(title="Several benchmarks (least squares over one window)", title_justify="left")
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


def moves_table(moves: tuple[MoveRow, ...], exposure: Exposure) -> Table:
    """Make the table of beta after the move, full revaluation beside local numbers."""
    table = Table(
        title=f"Beta after a move of {exposure.benchmark} (every asset by its own beta)", title_justify="left"
    )
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


def show_diagnosis(benchmark: str, found: tuple[Diagnosis, ...], console: Console) -> None:
    """Print how far each beta can be trusted."""
    table = Table(title=f"Betas to {benchmark}, examined", title_justify="left")
    table.add_column("asset")
    for name in ("R2", "yesterday", "tomorrow", "residual autocorrelation", "largest day", "methods apart"):
        table.add_column(name, justify="right")
    table.add_column("what to know")
    for d in found:
        words = "; ".join(d.words)
        table.add_row(
            d.asset, number(d.r_squared, 2), f"{d.lag_slope:+.2f}", f"{d.lead_slope:+.2f}", f"{d.autocorrelation:+.2f}",
            f"{d.influence:+.3f}", f"{d.disagreement:.1f} s.e.", Text(words, style="yellow" if words else "dim"),
        )  # fmt: skip
    console.print(table)
    console.print(
        "yesterday, tomorrow: answer to the benchmark's neighbouring returns; largest day: change of beta from leaving "
        "one day out; methods apart: widest gap between ols, welch and huber in standard errors.",
        style="dim",
    )


def show_explanation(explanation: Explanation, console: Console) -> None:
    """Print where a position's numbers come from."""
    console.print(Text.assemble((explanation.asset, "bold"), f" ({explanation.kind}): {explanation.formula}"))
    table = Table(title="What went in", title_justify="left")
    for name, justify in (
        ("input", "left"),
        ("value", "right"),
        ("unit", "left"),
        ("source", "left"),
        ("date", "left"),
    ):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    for i in explanation.inputs:
        table.add_row(i.name, f"{i.value:,.6g}", i.unit, i.source, _day(i.date))
    console.print(table)
    for step in explanation.steps:
        console.print(f"  {step}", highlight=False)
    if explanation.reason:
        console.print(f"Not measured: {explanation.reason}", style="yellow")
    if explanation.flags:
        console.print(f"Flags: {', '.join(explanation.flags)}", style="dim")


def show_plan(plan: Plan, console: Console) -> None:
    """Print a plan: orders, cost, before and after."""
    console.print(orders_table(plan))
    console.print(before_after(plan))
    colour = "green" if plan.status in {PlanStatus.PLANNED, PlanStatus.NOTHING_TO_DO} else "yellow"
    console.print(
        Text.assemble((plan.status.value.replace("_", " ").upper(), f"bold {colour}"), f"  {plan.verdict_after.why}")
    )
    _remarks(console, plan.notes, ())


def orders_table(plan: Plan) -> RenderableType:
    """Make the table of orders."""
    if not plan.orders:
        return Text("No orders.")
    table = Table(title=f"Orders, {plan.as_of}", title_justify="left")
    for name, justify in (("contract", "left"), ("side", "left"), ("contracts", "right"), ("price", "right"),
                          (f"notional {plan.before.base}", "right"), (f"cost {plan.before.base}", "right"),
                          ("beta", "right")):  # fmt: skip
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    for o in plan.orders:
        table.add_row(
            o.future.symbol,
            o.side.value.upper(),
            f"{o.quantity.normalize():f}",
            f"{o.price:,}",
            money(o.notional),
            f"{o.cost:,.2f}",
            number(o.beta),
        )
    return table


def before_after(plan: Plan) -> Table:
    """Make the table that compares the portfolio before and after the orders."""
    table = Table(title="Before and after", title_justify="left")
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


def _said_of(betas: Betas) -> str:
    """Say of what +/- is the error."""
    said = f"+/- is the standard error of {betas.speaks_of}"
    other = betas.companion
    return said if other is None else f"{said}; the second pair is of {other.speaks_of}"


def _remarks(console: Console, notes: tuple[str, ...], failures: tuple[Failure, ...]) -> None:
    for note in notes:
        console.print(f"note: {note}", style="dim", highlight=False)
    if failures:
        console.print(f"Set aside: {len(failures)} row(s) or cell(s)", style="yellow")
        for failure in failures[:_MOST_FAILURES]:
            console.print(f"  {failure}", style="yellow", highlight=False)
        if len(failures) > _MOST_FAILURES:
            console.print(f"  ... and {len(failures) - _MOST_FAILURES} more (--json lists up to 200)", style="yellow")


def _flags(flags: tuple[Flag, ...]) -> str:
    return ", ".join(f.value.replace("_", " ") for f in flags if f not in _QUIET)


def _day(stamp: object) -> str:
    return "-" if stamp is None else str(stamp)[:10]
