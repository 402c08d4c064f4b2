"""A performance review as tables and a chart."""

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from trimtab.desk.ask.earned import Earned
from trimtab.desk.ask.learned import Attributed, Performance
from trimtab.desk.ask.present import Worth
from trimtab.desk.series.curves import return_series
from trimtab.performance.basis_lines import BasisLine
from trimtab.performance.hedge_review import HedgeReview
from trimtab.performance.regression import Estimate
from trimtab.report.documents.missing_figures import missing_figures
from trimtab.report.documents.parts import drawdown_day
from trimtab.report.tables.depth import EVERYTHING, Depth
from trimtab.report.tables.parts import titled
from trimtab.report.tables.sheet import Sheet
from trimtab.report.text.bars import signed_bar
from trimtab.report.text.curves import curves
from trimtab.report.words import day

__all__ = ["show_performance"]

_NEXT = "--full shows every ratio, captures and timing, drawdowns, and where the return came from."


def show_performance(
    p: Performance, console: Console, worth: Worth | None = None, *, depth: Depth = EVERYTHING
) -> None:
    """Print what was earned apart from beta, then ratios, drawdowns, and what else was asked for.

    The short form has the panel, the curve, what was earned on the money, the first ratios and whether the hedge was
    right; what was asked for (cost basis, present value) stands in both.
    """
    console.print(_headline(p))
    console.print(Text("Compound return since the start", style="bold"))
    console.print(Text(curves(return_series(p), width=min(72, console.width - 8))))
    if p.earned is not None:
        console.print(_earned(p.earned))
    console.print(_ratios(p).first(depth.rows))
    if depth.full:
        console.print(_sides(p))
        if p.drawdowns is not None:
            console.print(_falls(p))
    if p.hedge is not None:
        _show_hedge(p.hedge, console, depth)
    if depth.full and p.attributed is not None:
        _show_attribution(p.attributed, console)
    for line in p.basis:
        console.print(_basis_table(line))
    if worth is not None:
        _show_worth(worth, console)
    depth.end(console, p.notes, next_step=_NEXT)


def _show_worth(worth: Worth, console: Console) -> None:
    if worth.flows is not None:
        f = worth.flows
        past = f"; {f.past} up to {f.as_of} left out" if f.past else ""
        console.print(
            f"{f.count} cash flows to come, {f.total:,.2f} in all, are worth {f.value:,.2f} on {f.as_of} at "
            f"{f.rate:.2%} a year, {f.compounding}{past}."
        )
    if worth.hedge is not None:
        h, even = worth.hedge, worth.hedge.break_even_risk_aversion
        console.print(
            f"Going on for {worth.years} years with {worth.nav:,.0f}, the hedge costs {h.costs:,.0f} in today's money "
            f"and is worth {h.benefit:,.0f} at a risk aversion of {worth.risk_aversion:g}: net {h.net:+,.0f}. "
            + ("It removed no risk." if even is None else f"It pays from an aversion of {even:.2f}.")
        )


def _headline(p: Performance) -> Panel:
    a = p.alpha
    sure = a.per_period.low > 0 or a.per_period.high < 0
    words = (
        f"{p.portfolio} {'earned' if a.arithmetic.value >= 0 else 'lost'} {abs(a.arithmetic.value):.2%} a year apart "
        f"from its beta of {a.beta.value:.2f}. "
        + (
            "The 95% interval leaves out zero."
            if sure
            else "The 95% interval holds zero: this record cannot tell it from luck."
        )
    )
    facts = Table.grid(padding=(0, 3))
    for justify in ("left", "right", "left"):
        facts.add_column(justify=justify)
    facts.add_row("alpha, arithmetic", _pct(a.arithmetic.value), f"a year, p x alpha; 95% {_range(a.arithmetic)}")
    facts.add_row("alpha, compounded", _pct(a.compounded.value), f"(1 + alpha)^p - 1; 95% {_range(a.compounded)}")
    facts.add_row("alpha, annualised", _pct(p.alpha_annualised), "compound yearly returns (Bacon); has no error")
    facts.add_row("t of alpha", f"{a.per_period.t:.2f}", f"HAC, {a.lags} lags; critical value {a.critical:.2f}")
    facts.add_row("beta", f"{a.beta.value:.3f}", f"95% {a.beta.low:.3f} to {a.beta.high:.3f}; R2 {a.r_squared:.2f}")
    body = Table.grid()
    colour = " green" if a.arithmetic.value > 0 else " red"
    body.add_row(Text(words, style="bold" + (colour if sure else "")))
    body.add_row("")
    body.add_row(facts)
    how = f"{p.n_obs} {p.calendar} returns, {p.periods_per_year:g} a year, risk-free {p.risk_free}"
    body.add_row("")
    body.add_row(Text(how, style="dim"))
    title = f"{p.portfolio} against {p.benchmark}, {day(p.first)} to {day(p.last)}"
    # A panel takes a title that is no Text for markup, whatever the console says.
    return Panel(body, title=Text(title), title_align="left", expand=False)


def _earned(e: Earned) -> Sheet:
    title = f"On the money that was in it, {e.first} to {e.last}"
    table = titled(title, ("figure", "value", "what it says"), left=(0, 2))
    came = f"{e.flows:+,.2f} on {e.days_with_flows} day{'s' * (e.days_with_flows > 1)}" if e.days_with_flows else "none"
    table.add_row("gain", f"{e.gain:+,.2f}", f"from {e.opening:,.2f} to {e.closing:,.2f}; flows {came}")
    table.add_row("time-weighted", _pct(e.time_weighted), "over the whole time; flows at the end of their day")
    table.add_row(
        "money-weighted", _pct(e.money_weighted), "a year (XIRR): the rate at which all flows are worth nothing"
    )
    table.add_row(
        "modified Dietz", _pct(e.modified_dietz), "over the whole time: gain over the money at work on average"
    )
    for name, value, says in _made_of(e):
        table.add_row(name, f"{value:+,.2f}", says)
    table.caption = "; ".join(e.reasons)
    return table


def _made_of(e: Earned) -> list[tuple[str, float, str]]:
    """Take the gain apart, in money."""
    c = e.change
    if c is None:
        return []
    parts = (
        ("income", c.income, "dividends, interest and funding received"),
        ("cost", -c.expense, "fees, taxes, interest and funding paid"),
        ("prices", c.gains, "in the currencies things trade in"),
        ("exchange rates", c.currency, "of money and of what is held"),
        ("not explained", c.unexplained, "what snapshots found that no fact says"),
    )
    return [(name, float(value), says) for name, value, says in parts if value]


def _ratios(p: Performance) -> Sheet:
    table = titled("Ratios", ("figure", "value", "convention"), left=(0, 2))
    arithmetic, geometric = p.relative
    s = p.sharpe
    why = missing_figures(p)
    year = f"p = {p.periods_per_year:g}"
    table.add_row("yearly return", _pct(p.annual_return), f"compound; benchmark {_pct(geometric.benchmark_return)}")
    table.add_row(
        "volatility",
        _pct(arithmetic.portfolio_sd),
        f"sample, excess returns, sqrt(p); benchmark {_pct(arithmetic.benchmark_sd)}",
    )
    table.add_row(
        "Sharpe", _num(s.annual), f"arithmetic, sample, sqrt(p), {year}; error {s.stderr * p.periods_per_year**0.5:.2f}"
    )
    adjusted = f"annualised with {s.lags} autocorrelations (Lo)"
    table.add_row("Sharpe, adjusted", _num(s.annual_adjusted), why.get("sharpe.annual_adjusted", adjusted))
    table.add_row("probabilistic Sharpe", _pct(p.probabilistic_sharpe, 1), "probability that the true ratio is above 0")
    if p.deflated_sharpe is not None:
        table.add_row("deflated Sharpe", _pct(p.deflated_sharpe, 1), f"against the best of {p.trials} worthless trials")
    downside = "target 0 on excess returns, downside over all periods, sqrt(p)"
    table.add_row("Sortino", _num(p.sortino), why.get("sortino", downside))
    deepest = f"compound yearly return / largest drawdown of {p.largest_drawdown:.1%}"
    table.add_row("Calmar", _num(p.calmar), why.get("calmar", deepest))
    table.add_row("Treynor", _num(arithmetic.treynor, 3), why.get("treynor", "arithmetic excess return / beta"))
    for name, kind in (("arithmetic", arithmetic), ("geometric", geometric)):
        beside = f"{name} yearly returns; {_pct(kind.m_squared_excess)} beside the benchmark"
        table.add_row(f"M2, {name}", _pct(kind.m_squared), why.get("m_squared", beside))
    table.add_row("tracking error", _pct(arithmetic.tracking_error), "sample, total returns, sqrt(p)")
    both = f"arithmetic; geometric {_num(geometric.information)}"
    table.add_row("information ratio", _num(arithmetic.information), why.get("information", both))
    own = "arithmetic alpha / residual deviation (n - 2)"
    table.add_row("appraisal ratio", _num(arithmetic.appraisal), why.get("appraisal", own))
    return table


def _sides(p: Performance) -> Sheet:
    c = p.capture
    why = missing_figures(p)
    table = titled("Rises, falls and timing", ("figure", "value", "what it says"), left=(0, 2))
    kept = f"geometric, total returns, {c.n_up} rises of the benchmark; share of them that was had"
    table.add_row("up capture", _pct(c.up, 1), why.get("capture.up", kept))
    lost = f"geometric, total returns, {c.n_down} falls; less is better"
    table.add_row("down capture", _pct(c.down, 1), why.get("capture.down", lost))
    whole = "geometric, total returns, over all periods"
    table.add_row("whole capture", _pct(c.whole, 1), why.get("capture.whole", whole))
    table.add_row("up beta", _error(c.up_beta), why.get("capture.up_beta", "slope over rises, excess returns"))
    table.add_row("down beta", _error(c.down_beta), why.get("capture.down_beta", "slope over falls, excess returns"))
    says = {
        "treynor-mazuy": "per unit of squared return; positive = beta was larger in rises",
        "henriksson-merton": "beta in rises less beta in falls; positive is good",
    }
    for t in p.timing:
        table.add_row(f"timing, {t.model}", _error(t.timing), f"{says[t.model]}; t {t.timing.t:.1f}")
    if p.conditional is not None:
        per_year = p.conditional.alpha.scaled(p.periods_per_year)
        table.add_row(
            "conditional alpha",
            _pct(per_year.value),
            f"a year, arithmetic; beta may move with volatility known before (Ferson-Schadt); 95% {_range(per_year)}",
        )
    for name, figure in (("timing", "timing"), ("conditional", "conditional alpha"), ("drawdowns", "drawdowns")):
        if name in why:
            table.add_row(figure, "-", why[name])
    return table


def _falls(p: Performance) -> Sheet:
    seen, of = len(p.drawdown_dates), p.n_obs
    whole = "" if seen == of else f", over the {seen:,} of {of:,} returns with a beta known before"
    table = titled(
        f"Largest drawdowns, excess returns{whole}", ("of", "depth", "", "from", "lowest", "back"), left=(0, 2, 3, 4, 5)
    )
    assert p.drawdowns is not None  # noqa: S101 - the caller looked
    pairs = [("book", d) for d in p.drawdowns.book[:3]] + [("neutral part", d) for d in p.drawdowns.neutral[:3]]
    days = p.drawdown_dates
    longest = max((d.depth for _, d in pairs), default=1.0)
    for name, d in pairs:
        picture = "█" * max(1, round(d.depth / longest * 16))
        table.add_row(
            name, _pct(d.depth, 1), picture, drawdown_day(days, d.peak) or "",
            drawdown_day(days, d.trough) or "",
            drawdown_day(days, d.recovery) or "not yet",
        )  # fmt: skip
    return table


def _show_hedge(h: HedgeReview, console: Console, depth: Depth) -> None:
    colour = {"met": "green", "missed": "red", "undecided": "yellow"}[h.status]
    verdict = {
        "met": "The hedge did what it was for",
        "missed": "The hedge missed its target",
        "undecided": "This record cannot say whether the hedge met its target",
    }[h.status]
    failed = f"; assumptions that failed: {', '.join(h.failed)}" if h.failed else ""
    console.print(Text(f"{verdict}{failed}.", style=f"bold {colour}"))
    if not depth.full:
        return
    table = titled("Was the hedge right?", ("figure", "hedged", "unhedged", "naive (-1)"))
    table.add_row("realised beta", _error(h.beta), _error(h.unhedged_beta), _error(h.naive_beta))
    table.add_row(
        "volatility a year, sample", _pct(h.volatility), _pct(h.unhedged_volatility), _pct(h.naive_volatility)
    )
    table.add_row("variance removed", _pct(h.variance_removed, 1), "", _pct(h.variance_removed_naive, 1))
    console.print(table)
    console.print(
        f"  The most a constant hedge could have removed: {h.ceiling:.1%}. Cost a year {h.yearly_cost:.3%} of NAV"
        + (f", roll {h.yearly_roll:+.3%}" if h.yearly_roll else "")
        + (f", funding {h.yearly_funding:+.3%}" if h.yearly_funding else "")
        + (
            f", {h.cost_per_volatility:.3f} per unit of yearly volatility removed."
            if h.cost_per_volatility is not None
            else "; no volatility was removed."
        )
    )
    columns = ("assumption", "planned", "realised", "effect on beta", "", "held")
    beliefs = titled("What was believed", columns, left=(0, 4, 5))
    longest = max((abs(a.effect) for a in h.assumptions), default=0.0)
    for a in h.assumptions:
        beliefs.add_row(
            a.name, _num(a.planned, 3), _num(a.realised, 3), f"{a.effect:+.3f}",
            signed_bar(a.effect, longest, width=10),
            Text("yes" if a.held else "no", style="green" if a.held else "red"),
        )  # fmt: skip
    console.print(beliefs)


def _show_attribution(a: Attributed, console: Console) -> None:
    total = a.compound_return
    title = f"Where the return came from, {day(a.first)} to {day(a.last)}, linked (Carino)"
    table = titled(title, ("part", "return", ""), left=(0, 2))
    names = {
        "market": f"market (beta {a.beta_held:g} held)",
        "timing": "beta timing",
        "income": "income beside prices",
        "expense": "cost of the account",
        "beta_hedged": "hedge: beta",
    }
    names |= {n: f"hedge: {n}" for n in ("basis", "roll", "funding", "cost")}
    longest = max(abs(v) for v in a.linked.values()) or 1.0
    for name, value in a.linked.items():
        if value != 0.0:
            table.add_row(names.get(name, name), f"{value:+.2%}", signed_bar(value, longest))
    table.add_row(Text("all", style="bold"), Text(f"{total:+.2%}", style="bold"), "compound return")
    console.print(table)
    best = ", ".join(f"{name} {value:+.2%}" for name, value in a.by_asset[:5])
    console.print(f"  Selection by asset, sum over periods: {best}.", style="dim")


def _basis_table(line: BasisLine) -> Sheet:
    price = "no price known" if line.price is None else f"at {line.price:,.2f}, {day(line.price_date)}"
    columns = ("method", "units", "cost", "realised", "unrealised", "together")
    money = "" if line.currency is None else f" in {line.currency}"
    table = titled(f"Cost basis of {line.symbol}{money}, {price}", columns)
    for r in line.results:
        unrealised = None if line.price is None else r.unrealised(line.price)
        table.add_row(
            r.method, f"{r.quantity.normalize():f}", f"{r.cost:,.2f}", f"{r.realised:,.2f}",
            "-" if unrealised is None else f"{unrealised:,.2f}",
            "-" if unrealised is None else f"{r.realised + unrealised:,.2f}",
        )  # fmt: skip
    return table


def _pct(value: float | None, digits: int = 2) -> str:
    return "-" if value is None or value != value else f"{value:.{digits}%}"  # noqa: PLR0124 - NaN


def _num(value: float | None, digits: int = 2) -> str:
    return "-" if value is None or value != value else f"{value:.{digits}f}"  # noqa: PLR0124 - NaN


def _error(e: Estimate | None) -> str:
    return "-" if e is None else f"{e.value:.2f} +/- {e.stderr:.2f}"


def _range(e: Estimate) -> str:
    return f"{e.low:.2%} to {e.high:.2%}"
