"""`trimtab plan`: with futures, or with several ways side by side."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
from typing import Any

import typer

from trimtab.cli import given as g
from trimtab.cli import limits as m
from trimtab.cli import options as o
from trimtab.cli import reading as r
from trimtab.cli import ways as v
from trimtab.errors import InputError

__all__ = ["add_plan"]


def add_plan(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(plan)


def plan(
    prices: o.PricesOrNone = None,
    holdings: o.HoldingsOrNone = None,
    benchmark: o.BenchmarkOrNone = None,
    hedge: o.Hedge = "",
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
    hedge_price: o.HedgePrice = None,
    max_contracts: o.MaxContracts = None,
    commission: o.Commission = None,
    ways: v.WaysOption = None,
    aim: v.AimOption = None,
    option_vol: v.OptionVol = None,
    option_skew: v.OptionSkew = 0.0,
    option_on: v.OptionOn = None,
    option_days: v.OptionDays = 60,
    option_chain: v.OptionChainFile = None,
    option_expiry: v.OptionExpiry = None,
    floor: v.Floor = None,
    dividend_yield: v.DividendYield = None,
    horizon: v.Horizon = 0.25,
    max_margin: v.MaxMargin = None,
    mix: v.Mix = True,
    tickets: v.Tickets = None,
    sheet: v.Sheet = None,
    limits: m.LimitsFile = None,
    fields: m.Fields = None,
    shorts: m.Shorts = None,
    max_weight: m.MaxWeight = None,
    max_turnover: m.MaxTurnover = None,
    min_cash: m.MinCash = None,
    cash_neutral: m.CashNeutral = False,
    max_participation: m.Participation = None,
    sector_limit: m.SectorLimits = None,
    no_trade: m.NoTrade = None,
    buy: m.Buy = None,
    min_ticket: m.MinTicket = None,
    impact: m.Impact = None,
    tax_short: m.TaxShort = None,
    tax_long: m.TaxLong = None,
    loss_relief: m.LossRelief = None,
    lot_method: m.LotMethod = None,
    tax_lots: m.TaxLots = None,
    neutral: m.Neutral = False,
    at_most: m.AtMost = None,
    dollar_beta: m.DollarBeta = None,
    target_volatility: m.TargetVolatility = None,
    volatility_rule: m.VolatilityRuleOption = None,
    also_target: m.AlsoTarget = None,
    currency_target: m.CurrencyTarget = None,
    workspace: g.WorkspaceFolder = None,
    portfolio: g.PortfolioName = None,
    known: g.Known = None,
    json: o.Json = False,
) -> None:
    """Plan the trades that bring a portfolio back to its mandate: with futures, or with --ways several, side by side.

    Exit code 0 planned or nothing to do, 4 undecided, 5 infeasible (the nearest plan is shown).

    Example: trimtab plan --prices prices.csv --holdings book.csv --benchmark SPX --hedge ES,MES
    """
    from trimtab.wiring.ways_words import read_target, read_terms, read_yields

    given = g.gather(
        prices=prices, holdings=holdings, workspace=workspace, portfolio=portfolio, known=known, benchmark=benchmark,
        target=target, band=band, confidence=confidence, min_coverage=min_coverage, base=base, contracts=contracts,
        funds=funds, max_contracts=max_contracts, commission=commission,
        **r.measuring(method, window, half_life, errors, as_of, risk_free, benchmark_returns, fx, reading),
    )  # fmt: skip
    shared: dict[str, Any] = {"hedge": hedge or given.hedge, "hedge_prices": r.hedge_prices(hedge_price)}
    other = read_target(
        neutral=neutral, at_most=at_most, dollar_beta=dollar_beta, volatility=target_volatility, rule=volatility_rule
    )
    if also_target or currency_target:
        several = {"chain": chain, "targets": also_target or [], "currencies": currency_target or []}
        _several(ways, other, given, {**shared, **several}, json=json)
    told = {
        "shorts": shorts, "max_weight": max_weight, "max_turnover": max_turnover, "min_cash": min_cash,
        "cash_neutral": cash_neutral, "max_participation": max_participation, "sector_limit": sector_limit,
        "no_trade": no_trade, "buy": buy, "min_ticket": min_ticket, "impact": impact, "tax_short": tax_short,
        "tax_long": tax_long, "loss_relief": loss_relief, "lot_method": lot_method,
    }  # fmt: skip
    terms = read_terms(limits, fields, told)
    _demand_use(
        ways,
        aim or "edge",
        told=terms is not None or tax_lots is not None,
        lots=tax_lots,
        terms=terms,
        at_most=at_most,
        yields=dividend_yield,
    )
    if ways is None:
        _alone(given, {**shared, "target": other, "chain": chain}, json=json)
    asked = {
        **shared, "target": other, "chain": chain, "ways": ways, "mix": mix, "limits": limits, "fields": fields,
        "tax_lots": tax_lots,
        "aim": aim or given.limits.get("aim", "edge"), "given": told, "standing": given.limits.get("standing", {}),
        "option_chain": option_chain, "horizon": horizon, "yields": read_yields(dividend_yield),
        "max_margin": given.limits.get("max_margin") if max_margin is None else max_margin,
        "options": {
            "vol": option_vol, "skew": option_skew, "on": option_on, "days": option_days, "expiry": option_expiry,
            "floor": floor,
        },
    }  # fmt: skip
    answer, number = given.answer("ways", asked)
    text = v.write_ways(answer.result, r.console(), json=json, tickets=tickets, sheet=sheet)
    if text is None:
        g.show_run(given, number, r.console())
    else:
        typer.echo(text)
    raise typer.Exit(v.exit_code(answer.result))


def _alone(given: g.Asked, asked: dict[str, Any], *, json: bool) -> None:
    """Plan with futures alone, and leave with its exit code."""
    from trimtab.report.tables.plan import show_plan

    answer, number = given.answer("plan", asked)
    result = answer.result
    if json:
        typer.echo(answer.text)
    else:
        show_plan(result, r.console())
        g.show_run(given, number, r.console())
    raise typer.Exit({"infeasible": 5, "undecided": 4}.get(result.status.value, 0))


def _several(ways: str | None, other: Any, given: g.Asked, asked: dict[str, Any], *, json: bool) -> None:
    """Plan for several targets at once, and leave with its exit code."""
    from trimtab.report.tables.plan import show_targets

    if ways is not None or other is not None:
        raise InputError(
            expected="several targets with futures and forwards alone: betas, without --ways",
            found=f"--ways {ways}" if ways is not None else "another kind of target",
            try_next="leave it out; give --hedge ES,MBT, --target and --also-target",
        )
    answer, number = given.answer("targets", asked)
    if json:
        typer.echo(answer.text)
    else:
        show_targets(answer.result, r.console())
        g.show_run(given, number, r.console())
    raise typer.Exit({"infeasible": 5, "undecided": 4}.get(answer.result.status.value, 0))


def _demand_use(
    ways: str | None,
    aim: str,
    *,
    told: bool,
    lots: str | None,
    terms: Any,
    at_most: float | None,
    yields: list[str] | None,
) -> None:
    """Refuse what nothing would use: limits without a reallocation, lots without rates, a maximum without an edge."""
    if yields and ways is None:
        raise InputError(
            expected="--ways together with --dividend-yield",
            found="no --ways",
            try_next="add --ways futures, or leave the yields out",
        )
    if told and "reallocate" not in (ways or ""):
        raise InputError(
            expected="reallocate among the ways, for limits and taxes to bind",
            found="no ways" if ways is None else f"--ways {ways}",
            try_next="add --ways futures,reallocate, or leave the limits out",
        )
    if lots is not None and (terms is None or terms.limits.taxes is None):
        raise InputError(
            expected="rates of tax for the lots",
            found="none",
            try_next="add --tax-short 0.37 --tax-long 0.2, or [taxes] in the limits file",
        )
    if at_most is not None and (ways is None or aim != "edge"):
        raise InputError(
            expected="--ways and trading to the edge together with --at-most",
            found="no --ways" if ways is None else f"--aim {aim}",
            try_next="write for example --ways futures --hedge ES --at-most 1.2",
        )
