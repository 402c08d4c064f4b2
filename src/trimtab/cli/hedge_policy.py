"""`trimtab hedge-policy`: how often to hedge a book, or one option."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trimtab.cli import given as g
from trimtab.cli import options as o
from trimtab.cli import reading as r
from trimtab.errors import InputError, StorageError

if TYPE_CHECKING:
    from trimtab.hedge.often.bands_simulate import OptionTable

__all__ = ["add_commands"]


def add_commands(app: typer.Typer) -> None:
    """Register the command."""
    app.command("hedge-policy")(hedge_policy)


def hedge_policy(
    prices: Annotated[
        list[str] | None, typer.Option("--prices", help="Price file; may be given more than once.")
    ] = None,
    holdings: Annotated[str | None, typer.Option("--holdings", help="Holdings file or line, as for review.")] = None,
    benchmark: Annotated[str | None, typer.Option("--benchmark", "-b", help="Symbol of the benchmark.")] = None,
    hedge: o.Hedge = "",
    target: o.TargetOrNone = None,
    band: Annotated[float | None, typer.Option("--band", help="Band now in force, to compare with.")] = None,
    risk_aversion: Annotated[float, typer.Option("--risk-aversion", help="Relative; 3 is a usual figure.")] = 3.0,
    drift_vol: Annotated[
        float | None, typer.Option("--drift-vol", help="Drift of beta per square-root year, instead of measuring it.")
    ] = None,
    market_vol: Annotated[
        float | None, typer.Option("--market-vol", help="Volatility of the benchmark a year (0.2).")
    ] = None,
    cost: Annotated[float | None, typer.Option("--cost", help="Money to move portfolio beta by 1.")] = None,
    ticket: Annotated[float, typer.Option("--ticket", help="Fixed cost of each trade, money.")] = 0.0,
    lot: Annotated[float | None, typer.Option("--lot", help="Beta step of one contract; 0 for any amount.")] = None,
    nav: Annotated[float | None, typer.Option("--nav", help="Net asset value, if there are no holdings.")] = None,
    half_life: Annotated[
        float | None, typer.Option("--half-life", help="Years in which a gap goes half-way back by itself.")
    ] = None,
    bands: Annotated[str | None, typer.Option("--bands", help="Bands to show as well: 0.02,0.05.")] = None,
    intervals: Annotated[
        str | None, typer.Option("--intervals", help="Trading days between trades to show as well: 1,5,21.")
    ] = None,
    checks: Annotated[
        float | None,
        typer.Option("--checks", help="How often a year the band is looked at; on each day with prices by default."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the simulations.")] = 1,
    paths: Annotated[int, typer.Option("--paths", help="Simulated paths.")] = 64,
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
    hedge_price: o.HedgePrice = None,
    commission: o.Commission = None,
    strike: Annotated[float | None, typer.Option("--strike", help="Hedge one option instead: its strike.")] = None,
    spot: Annotated[float | None, typer.Option("--spot", help="Price of the share under that option.")] = None,
    vol: Annotated[float | None, typer.Option("--vol", help="Its volatility a year (0.2).")] = None,
    days: Annotated[float | None, typer.Option("--days", help="Calendar days to its expiry.")] = None,
    right: Annotated[str, typer.Option("--right", help="call or put.")] = "call",
    rate: Annotated[float, typer.Option("--rate", help="Interest rate a year for that option.")] = 0.0,
    cost_rate: Annotated[
        float, typer.Option("--cost-rate", help="Cost of one trade in the share, share of the money traded.")
    ] = 0.001,
    absolute_risk_aversion: Annotated[
        float, typer.Option("--absolute-risk-aversion", help="For one option: per unit of money.")
    ] = 1.0,
    bought: Annotated[bool, typer.Option("--bought", help="That option is bought, not sold.")] = False,
    svg: Annotated[str | None, typer.Option("--svg", help="Write the curve as SVG.")] = None,
    workspace: g.WorkspaceFolder = None,
    portfolio: g.PortfolioName = None,
    save: Annotated[
        bool, typer.Option("--save", help="Set the mandate's band in the workspace's trimtab.toml to the best one.")
    ] = False,
    json: o.Json = False,
) -> None:
    """Say how often to hedge: the best band and interval, what each costs a year, what tracking error it leaves.

    With --strike, one option instead: Leland, Whalley-Wilmott, Zakamouline and fixed intervals, simulated to expiry.

    Example: trimtab hedge-policy --prices prices.csv --holdings book.csv --benchmark SPX --hedge ES,MES
    """
    from trimtab.desk.ask.hedge_policy import Stated
    from trimtab.hedge.often.simulate import Effort
    from trimtab.market.frequency import TRADING_YEAR
    from trimtab.report import documents
    from trimtab.report.charts.policy import hedge_policy_svg
    from trimtab.report.documents.hedge_policy import hedge_policy_document, option_policy_document
    from trimtab.report.tables.hedge_policy import show_hedge_policy, show_option_policy
    from trimtab.wiring import policies

    if strike is not None:
        table = _one_option(
            strike, spot, vol, days, right=right, rate=rate, cost=cost_rate, risk_aversion=absolute_risk_aversion,
            short=not bought, seed=seed,
        )  # fmt: skip
        if json:
            typer.echo(documents.dumps(option_policy_document(table)))
        else:
            show_option_policy(table, r.console())
        return
    given = None
    if prices or holdings is not None or nav is None:
        given = g.gather(
            prices=prices, holdings=holdings, workspace=workspace, portfolio=portfolio, known=None,
            benchmark=benchmark, target=target, band=band, commission=commission, base=base, contracts=contracts,
            funds=funds,
            **r.measuring(method, window, None, None, as_of, risk_free, benchmark_returns, fx, reading),
        )  # fmt: skip
    if save and (given is None or given.workspace is None):
        raise typer.BadParameter("--save needs a workspace: leave --prices, --holdings and --nav out")
    mandate = None if given is None else given.mandate
    if mandate is not None and band is None and given is not None and given.workspace is None:
        # No band is in force: a band of zero is not shown beside the others.
        mandate = replace(mandate, band=0.0)
    result = policies.hedge_policy(
        None if given is None else given.prices, None if given is None else given.holdings, mandate,
        hedge=hedge or ("" if given is None else given.hedge), risk_aversion=risk_aversion, nav=nav,
        stated=Stated(
            drift_vol=drift_vol, market_vol=market_vol, cost_per_beta=cost, ticket=ticket, lot=lot,
            half_life_years=half_life,
        ),
        bands=_numbers("--bands", bands), intervals=tuple(d / TRADING_YEAR for d in _numbers("--intervals", intervals)),
        seed=seed, checks_per_year=_positive(checks), effort=Effort(paths=paths),
        hedge_prices=r.hedge_prices(hedge_price), as_of=as_of if given is None else given.as_of,
        **({"base": base or "USD"} if given is None else given.arguments),
    )  # fmt: skip
    if svg is not None:
        _write(svg, hedge_policy_svg(result))
    if json:
        typer.echo(documents.dumps(hedge_policy_document(result)))
    else:
        show_hedge_policy(result, r.console())
    if save and given is not None and given.workspace is not None:
        line = _save_band(given.workspace, given.portfolio, result.band)
        typer.echo(f"Set in the workspace: {line}", err=True)


def _save_band(folder: Path, portfolio: str, band: float) -> str:
    """Set the band of a portfolio's mandate, and say where."""
    from trimtab.config.edit import set_number
    from trimtab.config.read import FILE_NAME, read_config

    config = read_config(folder)
    name = config.portfolios[portfolio].mandate
    if config.mandates[name].lower is not None:
        raise InputError(
            expected=f"a mandate with target and band under [mandates.{name}]",
            found="lower and upper",
            try_next="write target and band in their place, then save again",
        )
    line = set_number(folder / FILE_NAME, ("mandates", name), "band", band)
    return f"band = {band!r} under [mandates.{name}], {FILE_NAME}:{line}"


def _one_option(
    strike: float, spot: float | None, vol: float | None, days: float | None, *, seed: int, **terms: Any
) -> "OptionTable":
    from trimtab.hedge.often.bands_simulate import OptionHedge, compare_option_policies
    from trimtab.market.daycount import YEAR_DAYS

    asked = {"--spot": spot, "--vol": vol, "--days": days}
    missing = [name for name, value in asked.items() if value is None]
    if missing:
        raise InputError(
            expected="with --strike also the price, volatility and days to expiry",
            found=f"no {', '.join(missing)}",
            try_next="add for example --spot 100 --vol 0.2 --days 91",
        )
    option = OptionHedge(
        strike=strike, spot=spot or 0.0, volatility=vol or 0.0, years=(days or 0.0) / YEAR_DAYS, **terms
    )
    return compare_option_policies(option, seed=seed)


def _numbers(option: str, text: str | None) -> tuple[float, ...]:
    try:
        found = () if text is None else tuple(float(part) for part in text.split(",") if part.strip())
    except ValueError:
        found = (0.0,)
    if any(not x > 0 for x in found):
        raise InputError(
            expected=f"{option} with positive numbers separated by commas", found=f"{text!r}", try_next="1,5,21"
        )
    return found


def _positive(checks: float | None) -> float | None:
    if checks is not None and not 1 <= checks <= 100_000:
        raise InputError(
            expected="--checks between 1 and 100,000 a year", found=f"{checks:g}", try_next="252 is once a trading day"
        )
    return checks


def _write(path: str, text: str) -> None:
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageError(
            expected=f"to write {path}", found=str(error.strerror or error), try_next="choose another path"
        ) from error
