"""`trimtab drift`: why beta changed, and where it is going."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trimtab.cli import given as g
from trimtab.cli import options as o
from trimtab.cli import reading as r
from trimtab.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from trimtab.desk.ask.drift import DriftChain
    from trimtab.desk.ask.drift_ahead import Ahead

__all__ = ["add_commands", "read_days", "write_drift"]

From = Annotated[
    str | None,
    typer.Option("--from", help="First day, YYYY-MM-DD; in a workspace that of the first snapshot if left out."),
]
To = Annotated[
    str | None, typer.Option("--to", help="Last day, YYYY-MM-DD; in a workspace the last with prices if left out.")
]
By = Annotated[str, typer.Option("--by", help="Steps: endpoints, trade, week or day; causes add up along them.")]
HoldingsEnd = Annotated[
    str | None, typer.Option("--holdings-end", help="What was held on the last day (a workspace knows it).")
]
Trades = Annotated[
    str | None,
    typer.Option(
        "--trades",
        help="File of trades after the first day: date, symbol, quantity, price, fee (a workspace knows them).",
    ),
]
Skip = Annotated[
    bool,
    typer.Option(
        "--skip-unmeasured", help="Leave out of all days, and of NAV, what cannot be measured on one; it is listed."
    ),
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
    prices: o.PricesOrNone = None,
    holdings: o.HoldingsOrNone = None,
    benchmark: o.BenchmarkOrNone = None,
    start: From = None,
    end: To = None,
    holdings_end: HoldingsEnd = None,
    trades: Trades = None,
    by: By = "endpoints",
    skip: Skip = False,
    base: o.BaseOrNone = None,
    method: o.MethodOrNone = None,
    reading: o.Reading = None,
    window: o.Window = None,
    risk_free: o.RiskFree = None,
    benchmark_returns: o.BenchmarkReturns = None,
    fx: o.Fx = None,
    contracts: o.Contracts = None,
    funds: o.Funds = None,
    top: Top = 10,
    project: Project = False,
    delta: Delta = False,
    target: o.TargetOrNone = None,
    band: o.BandOrNone = None,
    tolerance: Tolerance = 0.1,
    horizons: Horizons = "1,5,21",
    paths: Paths = 4000,
    seed: Seed = 0,
    workspace: g.WorkspaceFolder = None,
    portfolio: g.PortfolioName = None,
    known: g.Known = None,
    json: o.Json = False,
) -> None:
    """Say why a portfolio's beta changed, by cause and by position, and where it is going: of files or the workspace.

    Example: trimtab drift --prices prices.csv --holdings book.csv --benchmark SPX --from 2022-01-03 --to 2022-12-28
    """
    given = g.gather(
        prices=prices, holdings=holdings, workspace=workspace, portfolio=portfolio, known=known, benchmark=benchmark,
        target=target, band=band, base=base, contracts=contracts, funds=funds,
        **r.measuring(method, window, None, None, end, risk_free, benchmark_returns, fx, reading),
    )  # fmt: skip
    asked: dict[str, Any] = {"start": start, "by": by, "skip": skip, "ahead": None}
    if project or delta:
        days = list(read_days(horizons))
        asked["ahead"] = {"tolerance": tolerance, "horizons": days, "paths": paths, "seed": seed}
    if given.workspace is None:
        asked |= {"holdings_end": holdings_end, "trades": trades}
    _check_days(given.workspace is not None, start, end, holdings_end, trades)
    answer, number = given.answer("drift", asked)
    if json:
        typer.echo(answer.text)
        return
    console = r.console()
    write_drift(answer.result.chain, answer.result.ahead, console, top=top, projected=project)
    g.show_run(given, number, console)


def _check_days(
    in_workspace: bool, start: str | None, end: str | None, holdings_end: str | None, trades: str | None
) -> None:
    """Refuse what only files need where a workspace is asked, and the other way round."""
    if in_workspace:
        for name, said in (("--holdings-end", holdings_end), ("--trades", trades)):
            if said is not None:
                raise typer.BadParameter(
                    f"{name} goes with --prices and --holdings: a workspace takes these with `trimtab import`"
                )
    elif start is None or end is None:
        raise typer.BadParameter("--from and --to are needed: the first and the last day, YYYY-MM-DD")


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
    chain: "DriftChain", ahead: "Ahead | None", console: "Console", *, top: int = 10, projected: bool = True
) -> None:
    """Show a drift as tables."""
    from trimtab.report.tables.drift import show_drift

    show_drift(chain, console, ahead=ahead, top=top, projected=projected)
