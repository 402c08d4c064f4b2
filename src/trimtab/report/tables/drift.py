"""A drift as tables and bars."""

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from trimtab.desk.ask.drift import DriftChain
from trimtab.desk.ask.drift_ahead import Ahead
from trimtab.desk.ask.drift_skip import LeftOut
from trimtab.monitor.ahead.delta import DeltaDrift, Rates
from trimtab.monitor.ahead.projection import QUANTILES, Projection
from trimtab.monitor.drift.causes import CAUSES, Cause, PositionDrift
from trimtab.monitor.drift.noise import EstimateNoise
from trimtab.report.tables.depth import EVERYTHING, Depth
from trimtab.report.tables.parts import titled
from trimtab.report.tables.sheet import Sheet
from trimtab.report.text.bars import signed_bar
from trimtab.report.words import day

__all__ = ["CAUSE_WORDS", "show_drift"]

_NEXT = "trimtab review compares beta with the mandate; --full shows every position, step and note."
#: What each cause is called for a reader.
CAUSE_WORDS = {
    Cause.PRICE: "price and weight drift",
    Cause.GAMMA: "option gamma",
    Cause.TIME: "option time",
    Cause.VOLATILITY: "option volatility",
    Cause.CURRENCY: "currency",
    Cause.ESTIMATES: "changed beta estimates",
    Cause.TRADES: "trades and flows",
    Cause.ROLL: "roll and expiry",
}


def show_drift(
    chain: DriftChain, console: Console, *, ahead: Ahead | None = None, depth: Depth = EVERYTHING,
    projected: bool = True,
) -> None:  # fmt: skip
    """Print the change by cause, what is beyond noise, the positions behind it, the links, and what lies ahead.

    Parameters
    ----------
    chain
        The drift.
    console
        Where tables go.
    ahead
        Rates and projection, if asked for.
    depth
        How many positions and links are shown; whether notes are listed.
    projected
        Whether the projection is shown beside the rates.
    """
    last = chain.end
    if chain.is_one_day:
        now = f"Beta to {last.benchmark} is {last.beta.value:.3f} ({day(last.as_of)}; {last.beta.speaks_of.brief})"
        console.print(Text(now, style="bold"))
    else:
        _show_change(chain, console, depth)
    if ahead is not None:
        show_ahead(ahead, console, projected=projected)
    # Where one day alone is there, a note says why no change is shown: nothing is folded away.
    noted = Depth(top=depth.top) if chain.is_one_day else depth
    noted.end(console, chain.notes, next_step=_NEXT)


def _show_change(chain: DriftChain, console: Console, depth: Depth) -> None:
    first, last = chain.start, chain.end
    console.print(
        Text(
            f"Beta to {first.benchmark} went from {first.beta.value:.3f} ({day(first.as_of)}) to "
            f"{last.beta.value:.3f} ({day(last.as_of)}): {chain.change:+.3f} ({last.beta.speaks_of.brief})",
            style="bold",
        )
    )
    if chain.left_out:
        console.print(_left_out(chain.left_out))
        _say(console, "NAV and every beta here are those of the other positions.")
    console.print(_causes(chain))
    _say(console, noise_words(chain.overall))
    console.print(_positions(chain, depth.rows))
    if len(chain.links) > 1:
        console.print(_links(chain, depth.rows))


def noise_words(noise: EstimateNoise) -> str:
    """Say whether betas changed by more than their errors."""
    if noise.verdict == "no change":
        return "Beta estimates did not change."
    if noise.z is None:
        return f"Changed betas ({noise.method}) made {noise.part:+.3f}; their error is not known."
    bound = "" if noise.aligned else ", an upper bound, because errors at the two days count as unrelated"
    return (
        f"Changed betas ({noise.method}, {noise.observations} new returns) made {noise.part:+.3f} +/- "
        f"{noise.stderr:.3f}{bound}: z {noise.z:+.1f}, {noise.verdict}."
    )


def _causes(chain: DriftChain) -> Sheet:
    table = titled("By cause", ("cause", "change of beta", ""), left=(0, 2))
    parts = chain.by_cause()
    longest = max((abs(part) for part in parts.values()), default=0.0)
    for cause, part in parts.items():
        table.add_row(CAUSE_WORDS[cause], _signed(part), Text(signed_bar(part, longest), style=_style(part)))
    table.add_section()
    table.add_row("together", _signed(chain.explained), Text(f"residual {chain.residual:.0e}", style="dim"))
    return table


def _left_out(lines: Sequence[LeftOut]) -> Sheet:
    heads = ("position", "kind", "why", "first on", "days", "share of gross exposure")
    table = titled("Left out of all days: could not be measured on every one", heads, left=(0, 1, 2, 3), keys=2)
    for line in lines:
        share = "not known" if line.share is None else f"{line.share:.1%}"
        table.add_row(line.asset, line.kind, line.reason.value, str(line.day), str(line.days), share, style="yellow")
    return table


def _positions(chain: DriftChain, top: int | None) -> Sheet:
    rows = sorted(chain.positions, key=lambda p: -abs(p.part()))
    used = [c for c in CAUSES if any(abs(p.part(c)) >= 5e-5 for p in rows)]
    heads = ("position", "start", "end", "change", *(c.value for c in used))
    table = titled("By position: contribution to beta", heads)

    def add(p: PositionDrift, style: str | None = None) -> None:
        table.add_row(
            p.asset, f"{p.start:.3f}", f"{p.end:.3f}", _signed(p.part()), *(_cell(p.part(c)) for c in used), style=style
        )

    for p in rows[:top]:
        add(p)
    others = [] if top is None else rows[top:]
    if others:
        add(PositionDrift.together(f"{len(others)} others", others), "dim")
    return table


def _links(chain: DriftChain, top: int | None) -> Sheet:
    largest = sorted(range(len(chain.links)), key=lambda i: -abs(chain.links[i].change))[:top]
    used = [c for c in CAUSES if any(abs(link.total(c)) >= 5e-5 for link in chain.links)]
    title = f"Largest of {len(chain.links)} steps" if len(chain.links) > len(largest) else "By step"
    heads = ("from", "to", "beta", "change", *(c.value for c in used), "changed betas")
    table = titled(title, heads, left=(0, 1), keys=2)
    for i in sorted(largest):
        link = chain.links[i]
        table.add_row(
            day(link.start.as_of), day(link.end.as_of), f"{link.end.beta.value:.3f}", _signed(link.change),
            *(_cell(link.total(c)) for c in used), link.noise.verdict,
        )  # fmt: skip
    return table


def show_ahead(ahead: Ahead, console: Console, *, projected: bool = True) -> None:
    """Print how fast beta drifts, and when it is likely to leave its band."""
    rates, p = ahead.rates, ahead.projection
    console.print(_rates(rates))
    if any(line.delta_rates is not None for line in rates.positions):
        _say(
            console,
            "per +1% of the benchmark, calendar day and volatility point; by gamma: per +1% from the model's gamma; "
            f"days to off: median trading days until delta is off by {rates.tolerance:g}.",
            style="dim",
        )
    if not projected:
        return
    console.print(_horizons(p))
    _say(console, exit_words(p))
    market, single, estimates = p.daily_sd
    _say(
        console,
        f"Beta moves by {p.sd:.4f} a day: {market:.4f} from the market, {single:.4f} from single assets,"
        f" {estimates:.4f} from new estimates; {p.daily_drift:+.5f} from passing time."
        f" {p.paths:,} paths, seed {p.seed}; in brackets the closed form.",
        style="dim",
    )


def _rates(rates: DeltaDrift) -> Sheet:
    heads = ("", "now", "per +1%", "per calendar day", "per vol point", "by gamma", "days to off")
    table = titled("How fast beta and deltas drift", heads)
    table.add_row("portfolio beta", f"{rates.beta:.3f}", *_three(rates.rates), "", "")
    for line in rates.positions:
        if line.delta is not None and line.delta_rates is not None:
            table.add_row(
                f"delta of {line.asset}", f"{line.delta:.3f}", *_three(line.delta_rates),
                "-" if line.analytic_per_1pct is None else f"{line.analytic_per_1pct:+.4f}",
                "-" if line.days_to_tolerance is None else f"{line.days_to_tolerance:.0f}",
            )  # fmt: skip
    return table


def exit_words(p: Projection) -> str:
    """Say when beta is likely to leave its band."""
    band = f"[{p.lower:.2f}, {p.upper:.2f}]"
    if not p.lower <= p.beta <= p.upper:
        return f"Beta {p.beta:.3f} is outside the band {band} now."
    longest = p.horizons[-1].days
    if p.median_exit_days is not None:
        return f"Left alone, beta is as likely as not to have left the band {band} after {p.median_exit_days:.0f} days."
    if p.median_exit_local is not None:
        return (
            f"Left alone, beta more likely stays in the band {band} for {longest} days than not; as likely as not it"
            f" has left after about {p.median_exit_local:.0f} (closed form)."
        )
    return f"Left alone, beta is not likely to leave the band {band} within ten years."


def _horizons(p: Projection) -> Sheet:
    heads = ("days", *(f"{q:.0%}" for q in QUANTILES), "off by", "left the band")
    table = titled("Where beta is going, in trading days", heads)
    for line in p.horizons:
        table.add_row(
            str(line.days),
            *(f"{q:.3f} ({local:.3f})" for q, local in zip(line.quantiles, line.local_quantiles, strict=True)),
            f"{line.off:.3f}",
            f"{line.exited:.0%} ({line.exited_local:.0%})",
        )
    return table


def _three(rates: Rates) -> tuple[str, str, str]:
    return f"{rates.per_1pct:+.4f}", f"{rates.per_day:+.5f}", f"{rates.per_vol_point:+.4f}"


def _say(console: Console, text: str, *, style: str = "") -> None:
    """Print a sentence, set in from the left in each of its lines."""
    console.print(Padding(Text(text, style=style), (0, 0, 0, 2), expand=False))


def _cell(value: float, digits: int = 4) -> str:
    return "" if abs(value) < 0.5 * 10**-digits else _signed(value, digits)


def _signed(value: float, digits: int = 4) -> str:
    return f"{value + 0.0:+.{digits}f}" if abs(value) >= 0.5 * 10**-digits else "0"


def _style(value: float) -> str:
    return "red" if value < 0 else "green"
