"""The commands that learn and look for what beta misses: performance, stress, risk."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trimtab.cli import given as g
from trimtab.cli import options as o
from trimtab.cli import reading as r
from trimtab.cli.reading import check_role
from trimtab.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["add_commands"]

Fields = Annotated[
    str | None,
    typer.Option(
        "--fields", help="What is known of holdings: symbol, sector, rating, duration, ...; or in --holdings."
    ),
]


def add_commands(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(performance)
    app.command()(stress)
    app.command()(risk)


def performance(
    prices: Annotated[
        list[str] | None,
        typer.Argument(help="Price files (CSV, Parquet), NAV among them; none asks the workspace.", show_default=False),
    ] = None,
    benchmark: o.BenchmarkOrNone = None,
    portfolio: Annotated[
        str | None,
        typer.Option(
            "--portfolio", "-p", help="Column of NAV (the only other one by default); in a workspace its portfolio."
        ),
    ] = None,
    returns: Annotated[
        list[str] | None, typer.Option("--returns", help="File of returns (0.01 is 1%); may be given more than once.")
    ] = None,
    periods_per_year: Annotated[
        float | None, typer.Option("--periods-per-year", help="For annualisation; the calendar's by default.")
    ] = None,
    risk_free: o.RiskFree = None,
    as_of: o.AsOf = None,
    benchmark_returns: o.BenchmarkReturns = None,
    base: Annotated[str | None, typer.Option("--base", help="Currency to convert prices into.")] = None,
    fx: o.Fx = None,
    method: o.MethodOrNone = None,
    trials: Annotated[int, typer.Option("--trials", help="Variants tried before this one was chosen.")] = 1,
    trials_spread: Annotated[
        float | None, typer.Option("--trials-spread", help="Deviation of their Sharpe ratios, per period.")
    ] = None,
    trades: Annotated[
        str | None, typer.Option("--trades", help="File of trades (date, symbol, quantity, price, fee): cost basis.")
    ] = None,
    hedge_file: Annotated[
        str | None, typer.Option("--hedge-file", help="What the hedge held: date, held (value / NAV), cost.")
    ] = None,
    instrument: Annotated[
        str | None, typer.Option("--instrument", help="Symbol that the hedge follows; the benchmark by default.")
    ] = None,
    planned_book_beta: Annotated[
        float | None, typer.Option("--planned-book-beta", help="Beta of the unhedged book that was planned with.")
    ] = None,
    planned_hedge_beta: Annotated[
        float, typer.Option("--planned-hedge-beta", help="Beta of the instrument that was planned with.")
    ] = 1.0,
    hedge_target: Annotated[float, typer.Option("--hedge-target", help="Beta the hedged book should have.")] = 0.0,
    hedge_tolerance: Annotated[float, typer.Option("--hedge-tolerance", help="Half-width of its band.")] = 0.05,
    hedge_cost: Annotated[
        float | None, typer.Option("--hedge-cost", help="Expected cost, share of NAV a year (0.002).")
    ] = None,
    weights: Annotated[
        str | None, typer.Option("--weights", help="Holdings history (date, symbol, weight): attribution.")
    ] = None,
    beta_held: Annotated[
        float | None, typer.Option("--beta-held", help="Beta the mandate holds, for attribution; 1 if left out.")
    ] = None,
    cash_flows: Annotated[
        str | None, typer.Option("--cash-flows", help="File of flows to come (date, amount): net present value.")
    ] = None,
    rate: Annotated[float | None, typer.Option("--rate", help="Yearly rate they are discounted with (0.03).")] = None,
    compounding: Annotated[str, typer.Option("--compounding", help="Of that rate: annual or continuous.")] = "annual",
    hedge_nav: Annotated[
        float | None, typer.Option("--hedge-nav", help="Money hedged: weighs the hedge's price against its benefit.")
    ] = None,
    hedge_years: Annotated[int, typer.Option("--hedge-years", help="Years for which it goes on as it was.")] = 5,
    risk_aversion: Annotated[float, typer.Option("--risk-aversion", help="Of whose money it is; 2 to 4 is usual.")] = 3,
    start: Annotated[
        str | None, typer.Option("--from", help="First day, in a workspace; that of the first snapshot if left out.")
    ] = None,
    workspace: g.WorkspaceFolder = None,
    known: g.Known = None,
    json: o.Json = False,
) -> None:
    """Say what a portfolio earned apart from its beta, and whether its hedge was right.

    Of files: --base, --fx, --benchmark-returns, --trades, --weights, --cash-flows and what is asked of a hedge; a
    workspace has its own. Of a workspace: --from and --known.

    Example: trimtab performance nav.csv prices.csv --portfolio nav --benchmark SPX --risk-free 0.02
    """
    from trimtab import wiring
    from trimtab.desk.ask.learn import review_performance
    from trimtab.desk.ask.learned import HedgeTerms
    from trimtab.feeds import records
    from trimtab.feeds.returns import read_returns
    from trimtab.report import documents
    from trimtab.report.documents.performance import performance_document
    from trimtab.report.tables.performance import show_performance

    if (cash_flows is not None or hedge_nav is not None) and (rate is None or not (prices or returns)):
        raise InputError(
            expected="--rate, and files of prices or returns, together with --cash-flows and --hedge-nav",
            found="no --rate" if rate is None else "no files",
            try_next="add --rate 0.03",
        )
    of_workspace = not prices and not returns
    _demand_own(
        {"--base": base, "--fx": fx, "--benchmark-returns": benchmark_returns, "--trades": trades,
         "--weights": weights, "--hedge-file": hedge_file, "--instrument": instrument,
         "--planned-book-beta": planned_book_beta, "--hedge-cost": hedge_cost}
        if of_workspace
        else {"--workspace": workspace, "--from": start, "--known": known},
        of_workspace=of_workspace,
    )  # fmt: skip
    if of_workspace:
        from trimtab.wiring.desk import Desk

        held: dict[str, Any] = {} if beta_held is None else {"beta_held": beta_held}
        result = Desk(g.found_workspace(workspace)).performance(
            portfolio, start=start, as_of=as_of, known=g.read_known(known),
            periods_per_year=periods_per_year, trials=trials, trials_spread=trials_spread,
            changed={"benchmark": benchmark, "risk_free": risk_free, "method": method},
            **held,
        )  # fmt: skip
        if json:
            typer.echo(documents.dumps(performance_document(result)))
        else:
            show_performance(result, r.console())
        return
    if benchmark is None:
        raise typer.BadParameter("--benchmark is missing: the symbol of the benchmark in the prices")
    table = wiring.read_prices([*(read_returns(r) for r in returns or ()), *(prices or ())])
    terms = None
    if hedge_file is not None:
        if planned_book_beta is None:
            raise InputError(
                expected="the beta of the unhedged book that the hedge was planned with",
                found="none",
                try_next="give --planned-book-beta 1.1",
            )
        terms = HedgeTerms(
            instrument=instrument or benchmark, book_beta=planned_book_beta, target=hedge_target,
            tolerance=hedge_tolerance, instrument_beta=planned_hedge_beta, yearly_cost=hedge_cost,
        )  # fmt: skip
    result = review_performance(
        table,
        portfolio=portfolio or _only_other(table.symbols, benchmark),
        benchmark=benchmark,
        as_of=wiring.as_moment(as_of),
        risk_free=wiring.as_risk_free(risk_free, base),
        base=base,
        fx=wiring.as_fx(fx),
        benchmark_returns=_returns_kind(benchmark_returns),
        periods_per_year=periods_per_year,
        method=method or "default",
        trials=trials,
        trials_spread=trials_spread,
        hedge=None if hedge_file is None else records.read_hedge(hedge_file),
        hedge_terms=terms,
        weights=None if weights is None else records.read_weights(weights),
        beta_held=1.0 if beta_held is None else beta_held,
        trades=None if trades is None else records.read_trades(trades),
    )
    worth = None
    if rate is not None:
        from trimtab.desk.ask.present import worth_now

        worth = worth_now(
            result, flows=None if cash_flows is None else records.read_cash_flows(cash_flows), nav=hedge_nav, rate=rate,
            compounding=compounding, years=hedge_years, risk_aversion=risk_aversion,
        )  # fmt: skip
    if json:
        typer.echo(documents.dumps(performance_document(result, worth)))
    else:
        show_performance(result, r.console(), worth)


def _demand_own(others: "Mapping[str, object]", *, of_workspace: bool) -> None:
    """Refuse options that the other kind of question has: dropped in silence they would seem to be answered."""
    strange = [name for name, value in others.items() if value is not None]
    if not strange:
        return
    if of_workspace:
        raise InputError(
            expected="files of prices or returns together with these options",
            found=f"{', '.join(strange)} and no file: the workspace's own rates, trades and weights are used",
            try_next="leave them out, or give the files: trimtab performance prices.csv ...",
        )
    raise InputError(
        expected="a workspace together with these options",
        found=f"{', '.join(strange)} and files of prices or returns, which are measured as they are",
        try_next="leave them out, or leave the files out to ask the workspace",
    )


def stress(
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
    fields: Fields = None,
    shock: Annotated[
        list[str] | None,
        typer.Option("--shock", help="name:benchmark=-0.2,volatility=0.1,EUR=-0.1,rates=0.01,credit=0.02; repeatable."),
    ] = None,
    episode: Annotated[
        list[str] | None, typer.Option("--episode", help="name:2020-02-19:2020-03-23, in place of the named ones.")
    ] = None,
    vol_shift: Annotated[
        float, typer.Option("--vol-shift", help="Added to every volatility in the episodes (0.1 = 10 points).")
    ] = 0.0,
    margin_rate: Annotated[float, typer.Option("--margin-rate", help="Margin on futures, share of exposure.")] = 0.06,
    margin_factor: Annotated[float, typer.Option("--margin-factor", help="Margin rates in a shock over now.")] = 1.5,
    workspace: g.WorkspaceFolder = None,
    portfolio: g.PortfolioName = None,
    known: g.Known = None,
    json: o.Json = False,
) -> None:
    """Put today's book through past episodes and shocks, and its beta under stress.

    Example: trimtab stress --prices prices.csv --holdings book.csv --benchmark SPX --shock "drop:benchmark=-0.15"
    """
    from trimtab.report.tables.stress import show_stress

    given = g.gather(
        prices=prices, holdings=holdings, workspace=workspace, portfolio=portfolio, known=known, benchmark=benchmark,
        base=base, contracts=contracts, funds=funds,
        **r.measuring(method, window, None, None, as_of, risk_free, benchmark_returns, fx, reading),
    )  # fmt: skip
    answer, number = given.answer(
        "stress",
        {
            "episode": episode or [], "shock": shock or [], "vol_shift": vol_shift, "fields": fields,
            "margin_rate": margin_rate, "margin_factor": margin_factor,
        },
    )  # fmt: skip
    if json:
        typer.echo(answer.text)
    else:
        show_stress(answer.result, r.console())
        g.show_run(given, number, r.console())


def risk(
    prices: o.PricesOrNone = None,
    holdings: o.HoldingsOrNone = None,
    benchmark: o.BenchmarkOrNone = None,
    role: o.Role = None,
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
    fields: Fields = None,
    participation: Annotated[
        float, typer.Option("--participation", help="Share of a day's volume that one is willing to be.")
    ] = 0.2,
    half_spread: Annotated[
        float, typer.Option("--half-spread", help="Half the bid-ask spread where a holding states none.")
    ] = 0.0005,
    target_volatility: Annotated[
        float | None, typer.Option("--target-volatility", help="A year (0.10): how much of the book to hold.")
    ] = None,
    exit_of: Annotated[
        str | None, typer.Option("--exit-of", help="Position whose way out is weighed; the whole book by default.")
    ] = None,
    exit_days: Annotated[int, typer.Option("--exit-days", help="Days within which all is sold there.")] = 5,
    workspace: g.WorkspaceFolder = None,
    portfolio: g.PortfolioName = None,
    known: g.Known = None,
    json: o.Json = False,
) -> None:
    """Say what beta misses: the five things it hides most, then concentration, exits, tails, horizons, flow.

    Example: trimtab risk --prices prices.csv --holdings book.csv --benchmark SPX --role growth
    """
    from trimtab.report.tables.risk import show_risk

    given = g.gather(
        prices=prices, holdings=holdings, workspace=workspace, portfolio=portfolio, known=known, benchmark=benchmark,
        base=base, contracts=contracts, funds=funds, role=check_role(role),
        **r.measuring(method, window, None, None, as_of, risk_free, benchmark_returns, fx, reading),
    )  # fmt: skip
    answer, number = given.answer(
        "risk",
        {
            "fields": fields, "participation": participation, "half_spread": half_spread,
            "target_volatility": target_volatility, "exit_of": exit_of, "exit_days": exit_days,
        },
    )  # fmt: skip
    if json:
        typer.echo(answer.text)
    else:
        show_risk(answer.result, r.console())
        g.show_run(given, number, r.console())


def _only_other(symbols: tuple[str, ...], benchmark: str) -> str:
    others = [s for s in symbols if s != benchmark]
    if len(others) != 1:
        raise InputError(
            expected="one column of NAV beside the benchmark, or its name",
            found=f"{len(others)} others: {', '.join(others[:8])}{', ...' if len(others) > 8 else ''}",
            try_next="give --portfolio SYMBOL",
        )
    return others[0]


def _returns_kind(kind: str | None) -> Any:
    if kind not in {None, "price", "total"}:
        raise InputError(
            expected="--benchmark-returns price or total", found=f"{kind!r}", try_next="choose one of the two"
        )
    return kind
