"""`trimtab review` and `trimtab explain`: on files, or in a workspace."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
from typing import Annotated, Any

import typer

from trimtab.cli import given as g
from trimtab.cli import options as o
from trimtab.cli import reading as r

__all__ = ["add_review"]


def add_review(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(review)
    app.command()(explain)


def review(
    prices: o.PricesOrNone = None,
    holdings: o.HoldingsOrNone = None,
    benchmark: o.BenchmarkOrNone = None,
    target: o.TargetOrNone = None,
    band: o.BandOrNone = None,
    confidence: o.ConfidenceOrNone = None,
    min_coverage: o.MinCoverageOrNone = None,
    base: o.BaseOrNone = None,
    method: o.MethodOrNone = None,
    reading: o.Reading = None,
    window: o.Window = None,
    half_life: o.HalfLife = None,
    errors: o.Errors = None,
    as_of: o.AsOf = None,
    risk_free: o.RiskFree = None,
    benchmark_returns: o.BenchmarkReturns = None,
    fx: o.Fx = None,
    contracts: o.Contracts = None,
    funds: o.Funds = None,
    chain: o.Chain = None,
    also: o.Also = None,
    moves: o.Moves = None,
    vol_shift: o.VolShift = 0.0,
    role: o.Role = None,
    workspace: g.WorkspaceFolder = None,
    portfolio: g.PortfolioName = None,
    known: g.Known = None,
    json: o.Json = False,
) -> None:
    """Measure a portfolio and compare it with its mandate: of files, or of the workspace.

    Exit code 0 inside, 3 outside, 4 undecided.

    Example: trimtab review --prices prices.csv --holdings book.csv --benchmark SPX --target 1.0 --band 0.05
    """
    from trimtab.report.tables.review import show_review

    given = g.gather(
        prices=prices, holdings=holdings, workspace=workspace, portfolio=portfolio, known=known, benchmark=benchmark,
        target=target, band=band, confidence=confidence, min_coverage=min_coverage, base=base, contracts=contracts,
        funds=funds, role=r.check_role(role),
        **r.measuring(method, window, half_life, errors, as_of, risk_free, benchmark_returns, fx, reading),
    )  # fmt: skip
    asked: dict[str, Any] = {"also": r.names(also), "vol_shift": vol_shift, "chain": chain, **r.read_moves(moves)}
    answer, number = given.answer("review", asked)
    if json:
        typer.echo(answer.text)
    else:
        show_review(answer.result, r.console())
        g.show_run(given, number, r.console())
    raise typer.Exit({"inside": 0, "outside": 3, "undecided": 4}[answer.result.verdict.status.value])


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
