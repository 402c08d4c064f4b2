"""A stress test as tables and charts."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from trimtab.desk.ask.stress.lines import EpisodeLine, ShockLine, Stress
from trimtab.desk.series.curves import episode_series
from trimtab.exposure.expose import Exposure
from trimtab.market.daycount import YEAR_DAYS
from trimtab.report.tables.depth import EVERYTHING, Depth
from trimtab.report.tables.margin.accounts import show_account_shocks, show_accounts, trouble_lines
from trimtab.report.tables.parts import titled
from trimtab.report.tables.sheet import Sheet
from trimtab.report.text.bars import signed_bar
from trimtab.report.text.curves import curves
from trimtab.report.words import day, part_valued

__all__ = ["show_stress"]

_NEXT = (
    "trimtab risk says what beta misses; --full shows beta under stress, correlations, margin and the worst episode."
)
#: Share of NAV that options bring to an episode from which it is told.
_TOLD = 0.005


def show_stress(s: Stress, console: Console, *, depth: Depth = EVERYTHING) -> None:
    """Print episodes, shocks, beta under stress, convergence and margin.

    The short form has the worst episodes and shocks, whether beta changes under stress, and what margin says.
    """
    x = s.exposure
    part = part_valued(x)
    console.print(
        Text(
            f"Today's book under stress, {day(x.as_of)}: NAV{part} {x.nav:,.0f} {x.base}, "
            f"beta{part} {x.beta.value:.2f} to {x.benchmark} ({x.beta.speaks_of.brief})",
            style="bold",
        )
    )
    if s.episodes:
        _show_episodes(s, console, depth)
    if s.skipped:
        console.print(f"Prices do not reach back to: {', '.join(s.skipped)}.", style="yellow")
    shocks = s.shocks if depth.rows is None else sorted(s.shocks, key=lambda line: line.profit)
    console.print(_shocks(s, shocks).first(depth.rows))
    if depth.full:
        _show_regimes(s, console)
    else:
        console.print(_changes_words(s))
    if s.margins is not None:
        console.print(_margin_words(s))
    if depth.full:
        show_accounts(s.accounts, x.base, console)
    else:
        for trouble in trouble_lines(s.accounts):
            console.print(trouble, style="yellow", highlight=False)
    if depth.full or any(a.liquidated for line in s.shocks for a in line.accounts):
        show_account_shocks(s.accounts, s.shocks, console)
    depth.end(console, s.notes, next_step=_NEXT)


def _changes_words(s: Stress) -> str:
    """Say on which days beta was another, and which days were too few to say."""
    changed = [line.name for line in s.regimes if line.review is not None and line.review.changed]
    few = [line.name for line in s.regimes if line.review is None]
    seen = f"Beta was another on days of: {', '.join(changed)}"
    words = seen if changed else "No change of beta was seen on days of stress"
    too_few = f"; too few days of: {', '.join(few)}" if few else ""
    return f"{words}{too_few}."


def _show_episodes(s: Stress, console: Console, depth: Depth) -> None:
    """Print the episodes, in the order of the worst where only some are shown, and the curve of the worst."""
    x = s.exposure
    lines = s.episodes if depth.rows is None else sorted(s.episodes, key=lambda e: e.share)
    console.print(_episodes(s, lines).first(depth.rows))
    if depth.full:
        worst = min(s.episodes, key=lambda e: e.share)
        console.print(Text(f"{worst.episode.name}, {worst.episode.what}: share of NAV", style="bold"))
        console.print(Text(curves(episode_series(worst, x.benchmark), width=min(72, console.width - 8))))
        lost = ", ".join(f"{name} {profit:,.0f}" for name, profit in worst.losers) or "nothing"
        console.print(f"  Lost most there, {x.base}: {lost}.", style="dim")
        options = _options_words(worst, x)
        if options:
            console.print(options, style="dim")


def _show_regimes(s: Stress, console: Console) -> None:
    """Print beta on days of stress, and correlations pushed towards one."""
    console.print(_regimes(s))
    console.print(
        "  Picking days of large moves raises correlation by itself; `corrected` takes that out (Longin and Solnik;"
        " Forbes and Rigobon). The slope has no such bias.",
        style="dim",
    )
    if s.pushed:
        console.print(_pushed(s))


def _episodes(s: Stress, lines: Sequence[EpisodeLine]) -> Sheet:
    table = titled("Past episodes on today's exposures, shares of NAV", ("episode", "what", "benchmark", "book", "",
                   "by beta", "beyond beta", "lowest", "own prices"), left=(0, 1, 4))  # fmt: skip
    longest = max(abs(e.share) for e in s.episodes)
    for e in lines:
        table.add_row(
            e.episode.name, e.episode.what, _pct(e.replay.benchmark_return), Text(_pct(e.share), style="bold"),
            signed_bar(e.share, longest, width=10), _pct(e.by_beta_share),
            Text(_pct(e.beyond_share), style="red" if e.beyond_share < 0 else "green"), _pct(e.worst),
            f"{e.replay.observed:.0%}",
        )  # fmt: skip
    stood = sorted({name for e in s.episodes for name in e.proxied})
    if stood:
        table.caption = f"Replaced by beta x benchmark where they had no prices: {', '.join(stood)}"
    return table


def _shocks(s: Stress, lines: Sequence[ShockLine]) -> Sheet:
    margin = s.margins is not None
    columns = ("shock", f"profit {s.exposure.base}", "of NAV", "", "by beta", "beta after", "known")
    table = titled("Shocks, options priced anew", (*columns, "margin call") if margin else columns, left=(0, 3))
    longest = max((abs(line.share) for line in s.shocks), default=0.0)
    for line in lines:
        cells = [
            line.shock.name, f"{line.profit:,.0f}", _pct(line.share), signed_bar(line.share, longest, width=10),
            _pct(line.by_beta_share), "-" if line.beta_after is None else f"{line.beta_after:.2f}",
            f"{line.local.least_coverage:.0%}",
        ]  # fmt: skip
        if margin:
            call = 0.0 if line.margin is None else line.margin.call
            cells.append(f"{call:,.0f}" if call else "none")
        table.add_row(*cells)
    return table


def _regimes(s: Stress) -> Sheet:
    columns = ("on days of", "days", "beta", "other days", "difference, 95%", "correlation", "corrected", "verdict")
    table = titled(f"Beta under stress: slopes of today's exposures over {s.n_obs} past periods", columns, left=(0, 7))
    for line in s.regimes:
        r = line.review
        if r is None:
            table.add_row(line.name, "-", "-", "-", "-", "-", "-", "too few days")
            continue
        table.add_row(
            line.name, f"{r.stress.n_obs}", f"{r.stress.beta:.2f} +/- {r.stress.stderr:.2f}",
            f"{r.calm.beta:.2f} +/- {r.calm.stderr:.2f}", f"{r.difference:+.2f} ({r.low:+.2f} to {r.high:+.2f})",
            f"{r.stress.correlation:.2f}", f"{r.stress.corrected:.2f}",
            Text("beta changes", style="yellow") if r.changed else "no change seen",
        )  # fmt: skip
    return table


def _pushed(s: Stress) -> Sheet:
    c = s.convergence
    title = "Everything moves together: correlations pushed towards one"
    table = titled(title, ("share of the way", "portfolio beta", "", "volatility a period"), left=(2,))
    longest = max(abs(p.portfolio_beta) for p in s.pushed)
    for p in s.pushed:
        name = "as it is" if p.degree == 0 else f"{p.degree:.0%}"
        table.add_row(
            name, f"{p.portfolio_beta:.2f}", signed_bar(p.portfolio_beta, longest, width=12), f"{p.portfolio_sd:.2%}"
        )
    if c is not None:
        table.caption = (
            f"Last {s.window} periods: average correlation {c.average_correlation:.2f}, absorption ratio "
            f"{c.absorption:.2f} ({c.n_components} components), spread of betas {c.dispersion:.2f}, of which not error "
            f"{c.true_dispersion:.2f}"
        )
    return table


def _options_words(line: EpisodeLine, x: Exposure) -> str:
    """Say what of an episode rests on options that would have expired within it; empty if nothing does."""
    lives = [p.option.years * YEAR_DAYS for p in x.positions if p.option is not None]
    lasts = (line.episode.end - line.episode.start).days
    if not lives or min(lives) >= lasts or abs(line.options_share) < _TOLD:
        return ""
    return (
        f"  Of {line.beyond_share:+.1%} beyond beta {line.options_share:+.1%} are options, had they lived through: "
        f"the first expires in {min(lives):.0f} days, and the episode took {lasts}."
    )


def _margin_words(s: Stress) -> str:
    m = s.margins
    assert m is not None  # noqa: S101 - the caller looked
    if m.fall == 0.0:
        when = "A margin call would come at once"
    else:
        sides = [f"a {name} of {abs(x):.1%}" for name, x in (("fall", m.fall), ("rise", m.rise)) if x is not None]
        when = f"A margin call comes at {' or '.join(sides)}" if sides else "No margin call within moves of 100%"
    return (
        f"Margin of futures and perpetuals: {when}, with {m.cash:,.0f} {s.exposure.base} of cash and coins behind it, "
        f"rates of {m.rate:.1%} unless stated, raised {m.factor:g} times in the shock."
    )


def _pct(value: float) -> str:
    return f"{value:+.1%}"
