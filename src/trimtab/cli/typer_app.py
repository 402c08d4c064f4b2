"""The commands. Heavy parts are imported inside them, so that --help and --version answer at once."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
from typing import Annotated

import typer

from trimtab.cli import alerts, drift, hedge_policy, intake, keeping, learn, runs, watch, workspace
from trimtab.cli import options as o
from trimtab.cli import reading as r
from trimtab.cli.explain import add_explain
from trimtab.cli.plan import add_plan

__all__ = ["app"]

app = typer.Typer(
    name="trimtab",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        from trimtab import __version__

        typer.echo(f"trimtab {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Measure a portfolio's beta, compare it with a mandate, plan the trades that bring it back.

    Start with: trimtab demo
    """


@app.command()
def beta(
    prices: o.PricesArgument,
    benchmark: o.Benchmark,
    method: o.Method = "default",
    reading: o.Reading = None,
    window: o.Window = None,
    half_life: o.HalfLife = None,
    errors: o.Errors = None,
    as_of: o.AsOf = None,
    risk_free: o.RiskFree = None,
    benchmark_returns: o.BenchmarkReturns = None,
    base: Annotated[str | None, typer.Option("--base", help="Currency to convert prices into.")] = None,
    fx: o.Fx = None,
    diagnose: o.Diagnose = False,
    multiple: o.Multiple = None,
    league: o.League = False,
    horizons: o.Horizons = "21,63,252",
    json: o.Json = False,
) -> None:
    """Measure the beta of each asset; with --league, judge the methods out of sample on these prices.

    Example: trimtab beta prices.csv --benchmark SPY --method ols --window 252
    """
    from trimtab import wiring
    from trimtab.report import documents
    from trimtab.report.tables.beta import show_beta, show_diagnosis

    multiples = r.multiples(multiple)
    if league:
        from trimtab.cli.league import read_horizons, run_league

        wanted = read_horizons(horizons)
        code = run_league(
            lambda progress: wiring.validate_betas(
                r.sources(prices), benchmark=benchmark, methods=None if method == "default" else method.split(","),
                horizons=wanted, as_of=as_of, risk_free=risk_free, base=base, fx=fx, progress=progress,
                multiples=multiples,
            ),
            console=r.console(),
            json=json,
        )  # fmt: skip
        raise typer.Exit(code)

    if diagnose:
        found = wiring.diagnose_betas(
            r.sources(prices),
            benchmark=benchmark,
            window=window or 504,
            as_of=as_of,
            risk_free=risk_free,
            base=base,
            fx=fx,
        )
        if json:
            typer.echo(documents.dumps(documents.diagnosis_document(benchmark, found)))
        else:
            show_diagnosis(benchmark, found, r.console())
        raise typer.Exit
    measured = wiring.measure(
        r.sources(prices), benchmark=benchmark, base=base, multiples=multiples,
        **r.measuring(method, window, half_life, errors, as_of, risk_free, benchmark_returns, fx, reading),
    )  # fmt: skip
    if json:
        typer.echo(documents.dumps(documents.beta_document(measured)))
    else:
        show_beta(measured, r.console())
    if all(e.value is None for e in measured.betas.estimates):
        raise typer.Exit(4)


add_explain(app)
add_plan(app)


@app.command()
def demo(json: o.Json = False) -> None:
    """Do the main job on the bundled sample: measure, compare, plan, measure again.

    Example: trimtab demo
    """
    from trimtab import wiring
    from trimtab.report import documents
    from trimtab.report.tables.demo import show_demo

    inputs = wiring.demo_inputs()
    inputs["prices"] = wiring.read_prices(inputs["prices"])
    reviewed = wiring.review(**inputs)
    planned = wiring.plan(**inputs, hedge="ES,MES")
    if json:
        typer.echo(documents.dumps(documents.demo_document(reviewed, planned)))
    else:
        show_demo(reviewed, planned, r.console())


@app.command()
def doctor(json: o.Json = False) -> None:
    """Check this installation: versions, extras, SQLite, permissions, the bundled sample.

    Example: trimtab doctor
    """
    from trimtab.cli.doctor import examine, findings_document, show_findings
    from trimtab.report import documents

    findings = examine()
    if json:
        typer.echo(documents.dumps(findings_document(findings)))
    else:
        show_findings(findings, r.console())
    if any(f.level == "error" for f in findings):
        raise typer.Exit(1)


for part in (drift, watch, alerts, hedge_policy, learn, workspace, intake, runs, keeping):
    part.add_commands(app)
