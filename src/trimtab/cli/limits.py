"""Options of a reallocation's limits and taxes, and of targets other than a beta."""

from typing import Annotated

import typer

__all__ = [
    "AlsoTarget", "AtMost", "Buy", "CashNeutral", "CurrencyTarget", "DollarBeta", "Fields", "Impact", "LimitsFile",
    "LossRelief", "LotMethod", "MaxTurnover", "MaxWeight", "MinCash", "MinTicket", "Neutral", "NoTrade",
    "Participation", "SectorLimits", "Shorts", "TargetVolatility", "TaxLong", "TaxLots", "TaxShort",
    "VolatilityRuleOption",
]  # fmt: skip

LimitsFile = Annotated[
    str | None, typer.Option("--limits", help="TOML file of limits, costs and taxes; the options below go before it.")
]
Fields = Annotated[str | None, typer.Option("--fields", help="What is known of holdings: symbol, sector, daily_value.")]
Shorts = Annotated[
    bool | None, typer.Option("--shorts/--long-only", help="May a reallocation open shorts? Long only by default.")
]
MaxWeight = Annotated[float | None, typer.Option("--max-weight", help="Most of NAV in one position (0.2).")]
MaxTurnover = Annotated[
    float | None, typer.Option("--max-turnover", help="Most traded, bought and sold together, of NAV (0.3).")
]
MinCash = Annotated[float | None, typer.Option("--min-cash", help="Least base cash after, money; 0 by default.")]
CashNeutral = Annotated[bool, typer.Option("--cash-neutral", help="What is sold is bought: base cash stays.")]
Participation = Annotated[
    float | None, typer.Option("--max-participation", help="Most of a day's traded value in one order (0.1).")
]
SectorLimits = Annotated[
    list[str] | None, typer.Option("--sector-limit", help="tech=0.4 (at most) or tech=0.1:0.4; repeatable.")
]
NoTrade = Annotated[str | None, typer.Option("--no-trade", help="Symbols that may not be traded: IBM,GE.")]
Buy = Annotated[str | None, typer.Option("--buy", help="Symbols that may be bought though not held: XOM,PG.")]
MinTicket = Annotated[float | None, typer.Option("--min-ticket", help="Smallest order, money.")]
Impact = Annotated[
    float | None, typer.Option("--impact", help="Factor of square-root impact; 1 by default, 0 for none.")
]
TaxShort = Annotated[float | None, typer.Option("--tax-short", help="Rate on gains held up to a year (0.37).")]
TaxLong = Annotated[float | None, typer.Option("--tax-long", help="Rate on gains held longer (0.2).")]
LossRelief = Annotated[
    float | None, typer.Option("--loss-relief", help="Share of a loss that saves tax, 0 to 1; 0 by default.")
]
LotMethod = Annotated[
    str | None, typer.Option("--lot-method", help="Lots sold first: average, fifo, lifo, hifo, specific, least_tax.")
]
TaxLots = Annotated[str | None, typer.Option("--tax-lots", help="File of tax lots: symbol, quantity, price, acquired.")]
Neutral = Annotated[bool, typer.Option("--neutral", help="Target beta 0.")]
AtMost = Annotated[float | None, typer.Option("--at-most", help="A beta that must not be exceeded; with --ways.")]
DollarBeta = Annotated[float | None, typer.Option("--dollar-beta", help="Beta exposure wanted, money.")]
TargetVolatility = Annotated[
    float | None, typer.Option("--target-volatility", help="Volatility wanted per year (0.12), by a named rule.")
]
VolatilityRuleOption = Annotated[
    str | None, typer.Option("--volatility-rule", help="volatility (ratio), variance (its square), or systematic.")
]
AlsoTarget = Annotated[
    list[str] | None,
    typer.Option("--also-target", help="Partial beta to a further benchmark: BTC=0, or BTC=0:0.1 with its band."),
]
CurrencyTarget = Annotated[
    list[str] | None,
    typer.Option("--currency-target", help="Share of NAV held in a currency, by forwards: EUR=0, or EUR=0.1:0.02."),
]
