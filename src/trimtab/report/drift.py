"""A drift as tables and bars for a person, and as a document for a program."""

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from trimtab.desk.drift import DriftChain
from trimtab.desk.drift_ahead import Ahead
from trimtab.monitor.delta_drift import Rates
from trimtab.monitor.drift import CAUSES, Cause, PositionDrift
from trimtab.monitor.drift_noise import EstimateNoise
from trimtab.monitor.projection import QUANTILES, Projection
from trimtab.report.bars import plain, signed_bar

__all__ = ["CAUSE_WORDS", "drift_document", "show_drift"]

Document = dict[str, Any]

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


def drift_document(chain: DriftChain, ahead: Ahead | None = None) -> Document:
    """Document of `trimtab drift`: schema trimtab.drift/1. What is not known is null."""
    return {
        "schema": "trimtab.drift/1",
        "benchmark": chain.start.benchmark,
        "base_currency": chain.start.base,
        "method": chain.method,
        "from": plain(chain.start.as_of),
        "to": plain(chain.end.as_of),
        "beta_start": plain(chain.start.beta),
        "beta_end": plain(chain.end.beta),
        "change": chain.change,
        "residual": chain.residual,
        "causes": {cause.value: part for cause, part in chain.by_cause().items()},
        "positions": [_position(p) for p in chain.positions],
        "links": [
            {
                "from": plain(link.start.as_of),
                "to": plain(link.end.as_of),
                "beta_start": link.start.beta.value,
                "beta_end": link.end.beta.value,
                "causes": {cause.value: part for cause, part in link.by_cause().items()},
                "noise": {"z": link.noise.z, "verdict": link.noise.verdict},
            }
            for link in chain.links
        ],
        "noise": _noise(chain.overall),
        "ahead": None if ahead is None else plain(ahead),
        "notes": list(chain.notes),
    }


def _position(p: PositionDrift) -> Document:
    return {
        "asset": p.asset,
        "kind": p.kind,
        "start": p.start,
        "end": p.end,
        "causes": {cause.value: float(part) for cause, part in zip(CAUSES, p.by_cause, strict=True)},
    }


def _noise(noise: EstimateNoise) -> Document:
    return {
        **plain(noise, without=("assets",)),
        "z": noise.z,
        "verdict": noise.verdict,
        "assets": [{**plain(a), "z": a.z, "verdict": a.verdict} for a in noise.assets],
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
            f"Beta to {first.benchmark} went from {first.beta.value:.3f} ({_date(first.as_of)}) to "
            f"{last.beta.value:.3f} ({_date(last.as_of)}): {chain.change:+.3f}",
            style="bold",
        )
    )
    console.print(_causes(chain))
    console.print(f"  {noise_words(chain.overall)}", highlight=False)
    console.print(_positions(chain, top))
    if len(chain.links) > 1:
        console.print(_links(chain, top))
    if ahead is not None:
        show_ahead(ahead, console, projected=projected)
    for note in chain.notes:
        console.print(f"note: {note}", style="dim", highlight=False)


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


def _causes(chain: DriftChain) -> Table:
    table = _table("By cause", ("cause", "change of beta", ""))
    parts = chain.by_cause()
    longest = max((abs(part) for part in parts.values()), default=0.0)
    for cause, part in parts.items():
        table.add_row(CAUSE_WORDS[cause], _signed(part, 4), Text(signed_bar(part, longest), style=_style(part)))
    table.add_section()
    table.add_row("together", _signed(sum(parts.values()), 4), Text(f"residual {chain.residual:.0e}", style="dim"))
    return table


def _positions(chain: DriftChain, top: int) -> Table:
    rows = sorted(chain.positions, key=lambda p: -abs(float(p.by_cause.sum())))
    used = [k for k, cause in enumerate(CAUSES) if any(abs(float(p.by_cause[k])) >= 5e-5 for p in rows)]
    heads = ("position", "start", "end", "change", *(CAUSES[k].value for k in used))
    table = _table("By position: contribution to beta", heads)
    for p in rows[:top]:
        cells = (_cell(float(p.by_cause[k])) for k in used)
        table.add_row(p.asset, f"{p.start:.3f}", f"{p.end:.3f}", _signed(float(p.by_cause.sum()), 4), *cells)
    rest = rows[top:]
    if rest:
        total = sum(float(p.by_cause.sum()) for p in rest)
        cells = (_cell(sum(float(p.by_cause[k]) for p in rest)) for k in used)
        starts, ends = sum(p.start for p in rest), sum(p.end for p in rest)
        table.add_row(f"{len(rest)} others", f"{starts:.3f}", f"{ends:.3f}", _signed(total, 4), *cells, style="dim")
    return table


def _links(chain: DriftChain, top: int) -> Table:
    largest = sorted(range(len(chain.links)), key=lambda i: -abs(chain.links[i].change))[:top]
    used = [c for c in CAUSES if any(abs(link.total(c)) >= 5e-5 for link in chain.links)]
    title = f"Largest of {len(chain.links)} steps" if len(chain.links) > top else "By step"
    table = _table(title, ("from", "to", "beta", "change", *(c.value for c in used), "betas"), left=(0, 1))
    for i in sorted(largest):
        link = chain.links[i]
        table.add_row(
            _date(link.start.as_of), _date(link.end.as_of), f"{link.end.beta.value:.3f}", _signed(link.change, 4),
            *(_cell(link.total(c)) for c in used), link.noise.verdict,
        )  # fmt: skip
    return table


def show_ahead(ahead: Ahead, console: Console, *, projected: bool = True) -> None:
    """Print how fast beta drifts, and when it is likely to leave its band."""
    rates, p = ahead.rates, ahead.projection
    options = [line for line in rates.positions if line.delta is not None]
    table = _table(
        "How fast it drifts", ("", "now", "per +1%", "per calendar day", "per vol point", "by gamma", "days to off")
    )
    table.add_row("portfolio beta", f"{rates.beta:.3f}", *_three(rates.rates), "", "")
    for line in options:
        if line.delta_rates is not None:
            table.add_row(
                f"delta of {line.asset}", f"{line.delta:.3f}", *_three(line.delta_rates),
                "-" if line.analytic_per_1pct is None else f"{line.analytic_per_1pct:+.4f}",
                "-" if line.days_to_tolerance is None else f"{line.days_to_tolerance:.0f}",
            )  # fmt: skip
    console.print(table)
    if options:
        console.print(
            f"  per +1% of the benchmark; by gamma: the same from the model's gamma; days to off: median trading"
            f" days until delta is off by {rates.tolerance:g}.",
            style="dim",
        )
    if not projected:
        return
    console.print(_horizons(p))
    console.print(f"  {exit_words(p)}", highlight=False)
    market, single, estimates = p.daily_sd
    console.print(
        f"  Beta moves by {p.sd:.4f} a day: {market:.4f} from the market, {single:.4f} from single assets,"
        f" {estimates:.4f} from new estimates; {p.daily_drift:+.5f} from passing time."
        f" {p.paths:,} paths, seed {p.seed}; in brackets the closed form.",
        style="dim",
    )


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


def _horizons(p: Projection) -> Table:
    names = tuple(f"{q:.0%}" for q in QUANTILES)
    table = _table("Where beta is going, in trading days", ("days", *names, "off by", "left the band"))
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


def _table(title: str, heads: tuple[str, ...], *, left: tuple[int, ...] = (0,)) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for place, head in enumerate(heads):
        table.add_column(head, justify="left" if place in left or not head else "right", no_wrap=place in left)
    return table


def _cell(value: float) -> str:
    return "" if abs(value) < 5e-5 else _signed(value, 4)


def _signed(value: float, digits: int) -> str:
    return f"{value + 0.0:+.{digits}f}" if abs(value) >= 0.5 * 10**-digits else "0"


def _style(value: float) -> str:
    return "red" if value < 0 else "green"


def _date(stamp: Any) -> str:
    return str(stamp.astype("datetime64[D]"))
