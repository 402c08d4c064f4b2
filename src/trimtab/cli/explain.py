"""`trimtab explain`: on files, or in a workspace."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
from typing import Annotated

import typer

from trimtab.cli import given as g
from trimtab.cli import options as o
from trimtab.cli import reading as r

__all__ = ["add_explain"]


def add_explain(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(explain)


def explain(
    asset: Annotated[str, typer.Argument(help="Symbol of the position.", show_default=False)],
    prices: o.PricesOrNone = None,
    holdings: o.HoldingsOrNone = None,
    benchmark: o.BenchmarkOrNone = None,
    base: o.BaseOrNone = None,
    method: o.MethodOrNone = None,
    reading: o.Reading = None,
    window: o.Window = None,
    as_of: o.AsOf = None,
    risk_free: o.RiskFree = None,
    benchmark_returns: o.BenchmarkReturns = None,
    fx: o.Fx = None,
    contracts: o.Contracts = None,
    funds: o.Funds = None,
    chain: o.Chain = None,
    workspace: g.WorkspaceFolder = None,
    portfolio: g.PortfolioName = None,
    known: g.Known = None,
    json: o.Json = False,
) -> None:
    """Say where a position's numbers come from: formula, inputs with age and source, steps.

    Example: trimtab explain AAPL --prices prices.csv --holdings book.csv --benchmark SPX
    """
    from trimtab import wiring
    from trimtab.report import documents
    from trimtab.report.tables.beta import show_explanation

    given = g.gather(
        prices=prices, holdings=holdings, workspace=workspace, portfolio=portfolio, known=known, benchmark=benchmark,
        base=base, contracts=contracts, funds=funds,
        **r.measuring(method, window, None, None, as_of, risk_free, benchmark_returns, fx, reading),
    )  # fmt: skip
    result = wiring.review(
        given.prices, given.holdings, given.mandate, as_of=given.as_of, **given.arguments, chain=chain,
        hidden=False,
    )  # fmt: skip
    found = wiring.explain(result, asset)
    if json:
        typer.echo(documents.dumps(documents.explanation_document(found)))
    else:
        show_explanation(found, r.console())
