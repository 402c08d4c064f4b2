"""`trimtab drift`: why beta changed, and where it is going."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trimtab.cli import options as o
from trimtab.errors import InputError

if TYPE_CHECKING:
    from trimtab.desk.drift import DriftChain
    from trimtab.desk.drift_ahead import Ahead

__all__ = ["add_commands", "explain", "look_ahead", "read_days", "write_drift"]

From = Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD.", show_default=False)]
To = Annotated[str, typer.Option("--to", help="Last day, YYYY-MM-DD.", show_default=False)]
By = Annotated[str, typer.Option("--by", help="Steps: endpoints, trade, week or day; causes add up along them.")]
HoldingsEnd = Annotated[str | None, typer.Option("--holdings-end", help="What was held on the last day.")]
Trades = Annotated[
    str | None, typer.Option("--trades", help="File of trades after the first day: date, symbol, quantity, price, fee.")
]
Top = Annotated[int, typer.Option("--top", help="Positions and steps shown.")]
Project = Annotated[bool, typer.Option("--project", help="Where beta is going, and when it leaves its band.")]
Delta = Annotated[bool, typer.Option("--delta", help="How fast deltas and beta drift (shown with --project as well).")]
Tolerance = Annotated[float, typer.Option("--tolerance", help="How far the delta of one option may be off.")]
Horizons = Annotated[str, typer.Option("--horizons", help="Trading days to look ahead.")]
Paths = Annotated[int, typer.Option("--paths", help="Simulated paths.")]
Seed = Annotated[int, typer.Option("--seed", help="Of the simulation.")]


def add_commands(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(drift)


def drift(
    prices: o.Prices,
    holdings: o.Holdings,
    benchmark: o.Benchmark,
    start: From,
    end: To,
    holdings_end: HoldingsEnd = None,
    trades: Trades = None,
    by: By = "endpoints",
    base: o.Base = "USD",
    method: o.Method = "default",
    window: o.Window = None,
    risk_free: o.RiskFree = None,
    fx: o.Fx = None,
    contracts: o.Contracts = None,
    funds: o.Funds = None,
    top: Top = 10,
    project: Project = False,
    delta: Delta = False,
    target: o.Target = 1.0,
    band: o.Band = 0.05,
    tolerance: Tolerance = 0.1,
    horizons: Horizons = "1,5,21",
    paths: Paths = 4000,
    seed: Seed = 0,
    json: o.Json = False,
) -> None:
    """Say why a portfolio's beta changed, by cause and by position, and where it is going.

    Example: trimtab drift --prices prices.csv --holdings book.csv --benchmark SPX --from 2022-01-03 --to 2022-12-28
    """
    common: dict[str, Any] = {
        "base": base, "method": method, "window": window, "risk_free": risk_free, "fx": fx, "contracts": contracts,
        "funds": funds,
    }  # fmt: skip
    chain = explain(
        prices, holdings, benchmark, start=start, end=end, holdings_end=holdings_end, trades=trades, by=by, **common
    )
    ahead = None
    if project or delta:
        # What was held at the end has been looked through already.
        ahead = look_ahead(
            prices, chain.held, benchmark, target=target, band=band, as_of=end, tolerance=tolerance,
            horizons=read_days(horizons), paths=paths, seed=seed, **{**common, "funds": None},
        )  # fmt: skip
    write_drift(chain, ahead, json=json, top=top, projected=project)


def explain(prices: list[str], holdings: str, benchmark: str, **given: Any) -> "DriftChain":
    """Explain the change between two days; see `trimtab.wiring.drifting.drift`."""
    from trimtab.wiring.drifting import drift

    return drift(prices, holdings, benchmark, **given)


def look_ahead(
    prices: list[str], holdings: Any, benchmark: str, *, target: float, band: float, **given: Any
) -> "Ahead":
    """Project beta from the last day; see `trimtab.wiring.drifting.drift_ahead`."""
    from trimtab.model.mandate import Mandate
    from trimtab.wiring.drifting import drift_ahead

    return drift_ahead(prices, holdings, Mandate(benchmark=benchmark, target=target, band=band), **given)


def read_days(text: str) -> tuple[int, ...]:
    """Read trading days.

    Examples
    --------
    >>> read_days("1, 5,21")
    (1, 5, 21)
    """
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise InputError(
            expected="trading days separated by commas", found=f"{text!r}", try_next="--horizons 1,5,21"
        ) from None


def write_drift(
    chain: "DriftChain", ahead: "Ahead | None", *, json: bool = False, top: int = 10, projected: bool = True
) -> None:
    """Show a drift, or write its document."""
    import sys

    from rich.console import Console

    from trimtab.report import documents
    from trimtab.report.drift import drift_document, show_drift

    if json:
        typer.echo(documents.dumps(drift_document(chain, ahead)))
    else:
        # A pipe has no width; tables get one that fits them.
        console = Console(width=None if sys.stdout.isatty() else 140, highlight=False)
        show_drift(chain, console, ahead=ahead, top=top, projected=projected)
