"""A drift as tables and bars."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from trimtab.desk.ask.drift import DriftChain
from trimtab.desk.ask.drift_ahead import Ahead
from trimtab.desk.ask.drift_skip import LeftOut
from trimtab.monitor.ahead.delta import DeltaDrift, Rates
from trimtab.monitor.ahead.projection import QUANTILES, Projection
from trimtab.monitor.drift.causes import CAUSES, Cause, PositionDrift
from trimtab.monitor.drift.noise import EstimateNoise
from trimtab.report.charts.bars import signed_bar
from trimtab.report.words import day

__all__ = ["CAUSE_WORDS", "show_drift"]

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
    chain: DriftChain, console: Console, *, ahead: Ahead | None = None, top: int = 10, projected: bool = True
) -> None:
    """Print the change by cause, what is beyond noise, the positions behind it, the links, and what lies ahead.

    Parameters
    ----------
    chain
        The drift.
    console
        Where tables go.
    ahead
        Rates and projection, if asked for.
    top
        How many positions and links are shown.
    projected
        Whether the projection is shown beside the rates.
    """
    first, last = chain.start, chain.end
    console.print(
        Text(
            f"Beta to {first.benchmark} went from {first.beta.value:.3f} ({day(first.as_of)}) to "
            f"{last.beta.value:.3f} ({day(last.as_of)}): {chain.change:+.3f} ({last.beta.speaks_of.brief})",
            style="bold",
        )
    )
    if chain.left_out:
        _fit(console, lambda look: _left_out(chain.left_out, look))
        _say(console, "NAV and every beta here are those of the other positions.")
    _fit(console, lambda look: _causes(chain, look))
    _say(console, noise_words(chain.overall))
    _fit(console, lambda look: _positions(chain, top, look))
    if len(chain.links) > 1:
        _fit(console, lambda look: _links(chain, top, look))
    if ahead is not None:
        show_ahead(ahead, console, projected=projected)
    for note in chain.notes:
        line = Table.grid(padding=(0, 1))
        line.add_row("note:", Text(note))
        line.style = "dim"
        console.print(line)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """How a table is made to fit: `causes` are the columns, each the sum of some causes."""

    narrow: bool
    lean: bool
    digits: int
    causes: tuple[tuple[str, tuple[Cause, ...]], ...]


_OPTION = (Cause.GAMMA, Cause.TIME, Cause.VOLATILITY)


_SHORT = {Cause.VOLATILITY: "vol", Cause.CURRENCY: "fx", Cause.ESTIMATES: "betas"}


_EACH = tuple((_SHORT.get(c, c.value), (c,)) for c in CAUSES)


_WIDE = _Look(narrow=False, lean=False, digits=4, causes=tuple((c.value, (c,)) for c in CAUSES))


#: From the widest to the narrowest: thinner rules, then fewer columns, then the causes of options as one.
_LOOKS = (
    _WIDE,
    _Look(narrow=True, lean=False, digits=4, causes=_EACH),
    _Look(narrow=True, lean=True, digits=4, causes=_EACH),
    _Look(narrow=True, lean=True, digits=3, causes=(_EACH[0], ("options", _OPTION), *_EACH[4:])),
)


def _fit(console: Console, make: Callable[[_Look], Table]) -> None:
    """Print the widest look that fits: a number that is cut is worse than a column that is not there."""
    endless = console.options.update(width=10_000, max_width=10_000)
    table = make(_WIDE)
    for look in _LOOKS[1:]:
        if Measurement.get(console, endless, table).maximum <= console.width:
            break
        table = make(look)
    console.print(table)


def _causes(chain: DriftChain, look: _Look) -> Table:
    table = _table("By cause", ("cause", "change of beta", ""), look)
    parts = chain.by_cause()
    longest = max((abs(part) for part in parts.values()), default=0.0)
    for cause, part in parts.items():
        bar = signed_bar(part, longest, width=6 if look.narrow else 16)
        table.add_row(CAUSE_WORDS[cause], _signed(part, 4), Text(bar, style=_style(part)))
    table.add_section()
    table.add_row("together", _signed(chain.explained, 4), Text(f"residual {chain.residual:.0e}", style="dim"))
    return table


def _left_out(lines: Sequence[LeftOut], look: _Look) -> Table:
    heads = (
        "position",
        "kind",
        "why",
        "first on",
        "days",
        "share of gross" if look.narrow else "share of gross exposure",
    )
    title = "Left out of all days: could not be measured on every one"
    table = _table(title, heads, look, left=(0, 1, 2, 3))
    for line in lines:
        share = "not known" if line.share is None else f"{line.share:.1%}"
        table.add_row(line.asset, line.kind, line.reason.value, str(line.day), str(line.days), share, style="yellow")
    return table


def _positions(chain: DriftChain, top: int, look: _Look) -> Table:
    rows = sorted(chain.positions, key=lambda p: -abs(p.part()))
    used = [(name, causes) for name, causes in look.causes if any(abs(p.part(c)) >= 5e-5 for p in rows for c in causes)]
    ends = () if look.lean else ("start", "end")
    heads = ("position", *ends, "change", *(name for name, _ in used))
    table = _table("By position: contribution to beta", heads, look)

    def add(p: PositionDrift, style: str | None = None) -> None:
        both = () if look.lean else (f"{p.start:.3f}", f"{p.end:.3f}")
        parts = (_cell(p.part(*causes), look.digits) for _, causes in used)
        table.add_row(p.asset, *both, _signed(p.part(), look.digits), *parts, style=style)

    for p in rows[:top]:
        add(p)
    if rows[top:]:
        add(PositionDrift.together(f"{len(rows) - top} others", rows[top:]), "dim")
    return table


def _links(chain: DriftChain, top: int, look: _Look) -> Table:
    largest = sorted(range(len(chain.links)), key=lambda i: -abs(chain.links[i].change))[:top]
    used = [(n, cs) for n, cs in look.causes if any(abs(link.total(c)) >= 5e-5 for link in chain.links for c in cs)]
    title = f"Largest of {len(chain.links)} steps" if len(chain.links) > top else "By step"
    names = tuple(name for name, _ in used)
    if look.lean:
        table = _table(title, ("to", "beta", "change", *names), look)
    else:
        table = _table(title, ("from", "to", "beta", "change", *names, "changed betas"), look, left=(0, 1))
    for i in sorted(largest):
        link = chain.links[i]
        days = (day(link.start.as_of), day(link.end.as_of))
        table.add_row(
            *(days[1:] if look.lean else days), f"{link.end.beta.value:.3f}", _signed(link.change, look.digits),
            *(_cell(link.total(*causes), look.digits) for _, causes in used),
            *(() if look.lean else (link.noise.verdict,)),
        )  # fmt: skip
    return table


def show_ahead(ahead: Ahead, console: Console, *, projected: bool = True) -> None:
    """Print how fast beta drifts, and when it is likely to leave its band."""
    rates, p = ahead.rates, ahead.projection
    _fit(console, lambda look: _rates(rates, look))
    if any(line.delta_rates is not None for line in rates.positions):
        _say(
            console,
            "per +1% of the benchmark, calendar day and volatility point; by gamma: per +1% from the model's gamma; "
            f"days to off: median trading days until delta is off by {rates.tolerance:g}.",
            style="dim",
        )
    if not projected:
        return
    _fit(console, lambda look: _horizons(p, look))
    _say(console, exit_words(p))
    market, single, estimates = p.daily_sd
    _say(
        console,
        f"Beta moves by {p.sd:.4f} a day: {market:.4f} from the market, {single:.4f} from single assets,"
        f" {estimates:.4f} from new estimates; {p.daily_drift:+.5f} from passing time."
        f" {p.paths:,} paths, seed {p.seed}; in brackets the closed form.",
        style="dim",
    )


def _rates(rates: DeltaDrift, look: _Look) -> Table:
    if look.narrow:
        heads = ("", "now", "+1%", "a day", "vol point", "by gamma", "days to off")
    else:
        heads = ("", "now", "per +1%", "per calendar day", "per vol point", "by gamma", "days to off")
    table = _table("How fast beta and deltas drift", heads, look)
    table.add_row("portfolio beta", f"{rates.beta:.3f}", *_three(rates.rates), "", "")
    for line in rates.positions:
        if line.delta is not None and line.delta_rates is not None:
            table.add_row(
                line.asset if look.lean else f"delta of {line.asset}", f"{line.delta:.3f}", *_three(line.delta_rates),
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


def _horizons(p: Projection, look: _Look) -> Table:
    names = tuple(f"{q:.0%}" for q in QUANTILES)
    table = _table(
        "Where beta is going, in trading days",
        ("days", *names, "off by", "left" if look.lean else "left the band"),
        look,
    )
    between = "\n" if look.narrow else " "
    for line in p.horizons:
        table.add_row(
            str(line.days),
            *(f"{q:.3f}{between}({local:.3f})" for q, local in zip(line.quantiles, line.local_quantiles, strict=True)),
            f"{line.off:.3f}",
            f"{line.exited:.0%}{between}({line.exited_local:.0%})",
        )
    return table


def _three(rates: Rates) -> tuple[str, str, str]:
    return f"{rates.per_1pct:+.4f}", f"{rates.per_day:+.5f}", f"{rates.per_vol_point:+.4f}"


def _table(title: str, heads: tuple[str, ...], look: _Look, *, left: tuple[int, ...] = (0,)) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    if look.narrow:
        table.box, table.pad_edge, table.padding = box.SIMPLE_HEAD, False, (0, 1, 0, 0)
    # Where even the narrowest look does not fit, names are broken and numbers stay whole.
    for place, head in enumerate(heads):
        table.add_column(
            head, justify="left" if place in left or not head else "right", no_wrap=place > 0 or not look.lean
        )
    return table


def _say(console: Console, text: str, *, style: str = "") -> None:
    """Print a sentence, set in from the left in each of its lines."""
    console.print(Padding(Text(text, style=style), (0, 0, 0, 2), expand=False))


def _cell(value: float, digits: int) -> str:
    return "" if abs(value) < 0.5 * 10**-digits else _signed(value, digits)


def _signed(value: float, digits: int) -> str:
    return f"{value + 0.0:+.{digits}f}" if abs(value) >= 0.5 * 10**-digits else "0"


def _style(value: float) -> str:
    return "red" if value < 0 else "green"
