"""The commands. Heavy parts are imported inside them, so that --help and --version answer at once."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trimtab.cli import options as o
from trimtab.cli import ways as v
from trimtab.cli.learn import add_commands
from trimtab.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from trimtab.model.mandate import Mandate

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
    window: o.Window = None,
    half_life: o.HalfLife = None,
    errors: o.Errors = None,
    as_of: o.AsOf = None,
    risk_free: o.RiskFree = None,
    benchmark_returns: o.BenchmarkReturns = None,
    base: Annotated[str | None, typer.Option("--base", help="Currency to convert prices into.")] = None,
    fx: o.Fx = None,
    diagnose: o.Diagnose = False,
    league: o.League = False,
    horizons: o.Horizons = "21,63,252",
    json: o.Json = False,
) -> None:
    """Measure the beta of each asset; with --league, judge the methods out of sample on these prices.

    Example: trimtab beta prices.csv --benchmark SPY --method ols --window 252
    """
    from trimtab import wiring
    from trimtab.report import documents, terminal

    if league:
        from trimtab.cli.league import read_horizons, run_league

        wanted = read_horizons(horizons)
        code = run_league(
            lambda progress: wiring.validate_betas(
                _sources(prices), benchmark=benchmark, methods=None if method == "default" else method.split(","),
                horizons=wanted, as_of=as_of, risk_free=risk_free, base=base, fx=fx, progress=progress,
            ),
            console=_console(),
            json=json,
        )  # fmt: skip
        raise typer.Exit(code)

    if diagnose:
        found = wiring.diagnose_betas(
            _sources(prices),
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
            terminal.show_diagnosis(benchmark, found, _console())
        raise typer.Exit
    measured = wiring.measure(
        _sources(prices), benchmark=benchmark, base=base,
        **_measuring(method, window, half_life, errors, as_of, risk_free, benchmark_returns, fx),
    )  # fmt: skip
    if json:
        typer.echo(documents.dumps(documents.beta_document(measured)))
    else:
        terminal.show_beta(measured, _console())
    if all(e.value is None for e in measured.betas.estimates):
        raise typer.Exit(4)


@app.command()
def review(
    prices: o.Prices,
    holdings: o.Holdings,
    benchmark: o.Benchmark,
    target: o.Target = 1.0,
    band: o.Band = 0.05,
    confidence: o.Confidence = 0.5,
    min_coverage: o.MinCoverage = 0.95,
    base: o.Base = "USD",
    method: o.Method = "default",
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
    json: o.Json = False,
) -> None:
    """Measure a portfolio and compare it with its mandate.

    Exit code 0 inside, 3 outside, 4 undecided.

    Example: trimtab review --prices prices.csv --holdings book.csv --benchmark SPX --target 1.0 --band 0.05
    """
    from trimtab import wiring
    from trimtab.report import documents, terminal

    mandate = _mandate(benchmark, target, band, confidence, min_coverage, None, None)
    result = wiring.review(
        _sources(prices), holdings, mandate, base=base, contracts=contracts, funds=funds, chain=chain,
        **_measuring(method, window, half_life, errors, as_of, risk_free, benchmark_returns, fx),
        also=_names(also), vol_shift=vol_shift, **_moves(moves),
    )  # fmt: skip
    if json:
        typer.echo(documents.dumps(documents.review_document(result)))
    else:
        terminal.show_review(result, _console())
    raise typer.Exit({"inside": 0, "outside": 3, "undecided": 4}[result.verdict.status.value])


@app.command()
def explain(
    asset: Annotated[str, typer.Argument(help="Symbol of the position.", show_default=False)],
    prices: o.Prices,
    holdings: o.Holdings,
    benchmark: o.Benchmark,
    base: o.Base = "USD",
    method: o.Method = "default",
    window: o.Window = None,
    as_of: o.AsOf = None,
    risk_free: o.RiskFree = None,
    benchmark_returns: o.BenchmarkReturns = None,
    fx: o.Fx = None,
    contracts: o.Contracts = None,
    funds: o.Funds = None,
    chain: o.Chain = None,
    json: o.Json = False,
) -> None:
    """Say where a position's numbers come from: formula, inputs with age and source, steps.

    Example: trimtab explain AAPL --prices prices.csv --holdings book.csv --benchmark SPX
    """
    from trimtab import wiring
    from trimtab.report import documents, terminal

    mandate = _mandate(benchmark, 1.0, 0.05, 0.5, 0.95, None, None)
    result = wiring.review(
        _sources(prices), holdings, mandate, base=base, contracts=contracts, funds=funds, chain=chain,
        **_measuring(method, window, None, None, as_of, risk_free, benchmark_returns, fx),
    )  # fmt: skip
    found = wiring.explain(result, asset)
    if json:
        typer.echo(documents.dumps(documents.explanation_document(found)))
    else:
        terminal.show_explanation(found, _console())


@app.command()
def plan(
    prices: o.Prices,
    holdings: o.Holdings,
    benchmark: o.Benchmark,
    hedge: o.Hedge = "",
    target: o.Target = 1.0,
    band: o.Band = 0.05,
    confidence: o.Confidence = 0.5,
    min_coverage: o.MinCoverage = 0.95,
    base: o.Base = "USD",
    method: o.Method = "default",
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
    hedge_price: o.HedgePrice = None,
    max_contracts: o.MaxContracts = None,
    commission: o.Commission = None,
    ways: v.WaysOption = None,
    aim: v.AimOption = "edge",
    option_vol: v.OptionVol = None,
    option_skew: v.OptionSkew = 0.0,
    option_on: v.OptionOn = None,
    option_days: v.OptionDays = 60,
    option_chain: v.OptionChainFile = None,
    option_expiry: v.OptionExpiry = None,
    floor: v.Floor = None,
    horizon: v.Horizon = 0.25,
    max_margin: v.MaxMargin = None,
    mix: v.Mix = True,
    tickets: v.Tickets = None,
    sheet: v.Sheet = None,
    json: o.Json = False,
) -> None:
    """Plan the trades that bring a portfolio back to its mandate: with futures, or with --ways several, side by side.

    Exit code 0 planned or nothing to do, 4 undecided, 5 infeasible (the nearest plan is shown).

    Example: trimtab plan --prices prices.csv --holdings book.csv --benchmark SPX --hedge ES,MES
    """
    from trimtab import wiring
    from trimtab.report import documents, terminal

    mandate = _mandate(benchmark, target, band, confidence, min_coverage, max_contracts, commission)
    if ways is not None:
        from trimtab.hedge.ways import Assumptions

        found = wiring.compare_ways(
            _sources(prices), holdings, mandate, ways=ways, hedge=hedge, base=base, contracts=contracts, funds=funds,
            hedge_prices=_hedge_prices(hedge_price), aim=aim, mix=mix,
            option_terms=v.read_option_terms(
                chain=option_chain, expiry=option_expiry, vol=option_vol, skew=option_skew, on=option_on,
                currency=base, days=option_days, floor=floor,
            ),
            assumptions=Assumptions(horizon_years=horizon, max_margin=max_margin),
            **_measuring(method, window, half_life, errors, as_of, risk_free, benchmark_returns, fx),
        )  # fmt: skip
        text = v.write_ways(found, _console(), json=json, tickets=tickets, sheet=sheet)
        if text is not None:
            typer.echo(text)
        raise typer.Exit(v.exit_code(found))
    result = wiring.plan(
        _sources(prices), holdings, mandate, hedge=hedge, base=base, contracts=contracts, funds=funds, chain=chain,
        **_measuring(method, window, half_life, errors, as_of, risk_free, benchmark_returns, fx),
        hedge_prices=_hedge_prices(hedge_price),
    )  # fmt: skip
    if json:
        typer.echo(documents.dumps(documents.plan_document(result)))
    else:
        terminal.show_plan(result, _console())
    raise typer.Exit({"infeasible": 5, "undecided": 4}.get(result.status.value, 0))


@app.command()
def demo(json: o.Json = False) -> None:
    """Do the main job on the bundled sample: measure, compare, plan, measure again.

    Example: trimtab demo
    """
    from trimtab import wiring
    from trimtab.report import documents
    from trimtab.report.demo import show_demo

    inputs = wiring.demo_inputs()
    inputs["prices"] = wiring.read_prices(inputs["prices"])
    reviewed = wiring.review(**inputs)
    planned = wiring.plan(**inputs, hedge="ES,MES")
    if json:
        both = {
            "schema": "trimtab.demo/1",
            "review": documents.review_document(reviewed),
            "plan": documents.plan_document(planned),
        }
        typer.echo(documents.dumps(both))
    else:
        show_demo(reviewed, planned, _console())


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
        show_findings(findings, _console())
    if any(f.level == "error" for f in findings):
        raise typer.Exit(1)


def _names(text: str | None) -> tuple[str, ...]:
    return () if text is None else tuple(part.strip() for part in text.split(",") if part.strip())


def _moves(text: str | None) -> dict[str, Any]:
    if text is None:
        return {}
    try:
        return {"moves": tuple(float(part) for part in text.split(","))}
    except ValueError:
        raise InputError(
            expected="--moves with fractions separated by commas",
            found=f"{text!r}",
            try_next="write --moves=-0.2,-0.1,0.1",
        ) from None


def _sources(prices: list[str]) -> Any:
    return prices[0] if len(prices) == 1 else prices


def _measuring(
    method: str,
    window: int | None,
    half_life: float | None,
    errors: str | None,
    as_of: str | None,
    risk_free: str | None,
    benchmark_returns: str | None,
    fx: str | None,
) -> dict[str, Any]:
    """Gather how betas are to be measured, as every command asks for it."""
    return {
        "method": method,
        "window": window,
        "half_life": half_life,
        "errors": _errors(errors),
        "as_of": as_of,
        "risk_free": risk_free,
        "benchmark_returns": _returns(benchmark_returns),
        "fx": fx,
    }


def _errors(kind: str | None) -> str | None:
    if kind not in {None, "classical", "robust", "hac"}:
        raise InputError(
            expected="--errors classical, robust or hac", found=f"{kind!r}", try_next="choose one of the three"
        )
    return kind


def _returns(kind: str | None) -> str | None:
    if kind not in {None, "price", "total"}:
        raise InputError(
            expected="--benchmark-returns price or total", found=f"{kind!r}", try_next="choose one of the two"
        )
    return kind


def _mandate(
    benchmark: str,
    target: float,
    band: float,
    confidence: float,
    min_coverage: float,
    max_contracts: int | None,
    commission: float | None,
) -> "Mandate":
    from trimtab.model.mandate import Costs, Mandate

    costs = Costs() if commission is None else Costs(commission=Decimal(repr(commission)))
    return Mandate(
        benchmark=benchmark,
        target=target,
        band=band,
        confidence=confidence,
        min_coverage=min_coverage,
        costs=costs,
        max_contracts=max_contracts,
    )


def _hedge_prices(stated: list[str] | None) -> dict[str, float]:
    prices = {}
    for item in stated or []:
        name, _, text = item.partition("=")
        try:
            prices[name.strip()] = float(text)
        except ValueError:
            raise InputError(
                expected="--hedge-price CONTRACT=PRICE",
                found=f"{item!r}",
                try_next="write for example --hedge-price ES=3800",
            ) from None
        if not prices[name.strip()] > 0:
            raise InputError(
                expected="a positive futures price", found=f"{item!r}", try_next="give the price in index points"
            )
    return prices


def _console() -> "Console":
    from rich.console import Console

    # A pipe has no width; tables get one that fits them rather than rich's 80, which would cut numbers.
    return Console(width=None if sys.stdout.isatty() else 140, highlight=False, markup=False)


add_commands(app)
