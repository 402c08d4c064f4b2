"""Arguments that several commands share, each described once."""

from typing import Annotated

import typer

__all__ = [
    "Also", "AsOf", "Band", "BandOrNone", "Base", "BaseOrNone", "Benchmark", "BenchmarkOrNone",
    "BenchmarkReturns", "Chain", "Commission", "Confidence", "ConfidenceOrNone", "Contracts", "Diagnose",
    "Errors", "Funds", "Fx", "HalfLife", "Hedge", "HedgePrice", "Holdings", "HoldingsOrNone", "Horizons",
    "Json", "League", "MaxContracts", "Method", "MethodOrNone", "MinCoverage", "MinCoverageOrNone", "Moves", "Multiple",
    "Prices", "PricesArgument", "PricesOrNone", "Reading", "RiskFree", "Role",
    "Target", "TargetOrNone", "VolShift", "Window",
]  # fmt: skip

PricesArgument = Annotated[
    list[str], typer.Argument(help="Price files (CSV, Parquet); several are joined.", show_default=False)
]
Prices = Annotated[list[str], typer.Option("--prices", help="Price file (CSV, Parquet); may be given more than once.")]
Holdings = Annotated[
    str, typer.Option("--holdings", help="Holdings file, or a line such as '100 AAPL, -2 ESZ26, 5000 USD'.")
]
Benchmark = Annotated[str, typer.Option("--benchmark", "-b", help="Symbol of the benchmark in the prices.")]
Method = Annotated[
    str, typer.Option("--method", "-m", help="ols, ewma, welch, and compositions such as 'welch|vasicek'.")
]
Multiple = Annotated[
    list[str] | None,
    typer.Option(
        "--multiple", metavar="SYMBOL=MULTIPLE",
        help="Daily multiple of the benchmark that a fund promises: TQQQ=3, SH=-1; may be given more than once.",
    ),
]  # fmt: skip
Reading = Annotated[
    str | None,
    typer.Option(
        "--reading", help="Beta to measure and judge: fit (to the past) or forecast; the method's own if left out."
    ),
]
Window = Annotated[
    int | None, typer.Option("--window", help="Paired returns looked at; each method has its own default.")
]
HalfLife = Annotated[
    float | None, typer.Option("--half-life", help="Half-life of the weights in trading days (ewma, welch).")
]
Errors = Annotated[str | None, typer.Option("--errors", help="Standard errors: classical, robust or hac.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="Last day that may be used, YYYY-MM-DD.")]
RiskFree = Annotated[
    str | None,
    typer.Option(
        "--risk-free", help="Annual rate as a decimal (0.04), or a file of dated rates; by currency: USD=0.05,EUR=0.03."
    ),
]
BenchmarkReturns = Annotated[
    str | None, typer.Option("--benchmark-returns", help="Are dividends in the benchmark? price (no) or total (yes).")
]
Fx = Annotated[str | None, typer.Option("--fx", help="File of exchange rates (date, EURUSD, ...).")]
Base = Annotated[str, typer.Option("--base", help="Base currency.")]
PricesOrNone = Annotated[
    list[str] | None, typer.Option("--prices", help="Price file (CSV, Parquet); may be given more than once.")
]
HoldingsOrNone = Annotated[
    str | None, typer.Option("--holdings", help="Holdings file, or a line such as '100 AAPL, -2 ESZ26, 5000 USD'.")
]
BenchmarkOrNone = Annotated[
    str | None, typer.Option("--benchmark", "-b", help="Symbol of the benchmark; in a workspace, the mandate's.")
]
MethodOrNone = Annotated[
    str | None, typer.Option("--method", "-m", help="ols, ewma, welch, and compositions such as 'welch|vasicek'.")
]
BaseOrNone = Annotated[str | None, typer.Option("--base", help="Base currency; USD if left out.")]
TargetOrNone = Annotated[
    float | None, typer.Option("--target", help="Beta the mandate asks for; 1 if left out, or the workspace's.")
]
BandOrNone = Annotated[
    float | None, typer.Option("--band", help="Half-width of the band; 0.05 if left out, or the workspace's.")
]
ConfidenceOrNone = Annotated[
    float | None,
    typer.Option("--confidence", help="How sure a verdict must be; at 0.5, the default, the point estimate decides."),
]
MinCoverageOrNone = Annotated[
    float | None,
    typer.Option(
        "--min-coverage",
        help="Share of gross exposure from which a verdict is given though the rest could change it; 1 if left out.",
    ),
]
Target = Annotated[float, typer.Option("--target", help="Beta the mandate asks for.")]
Band = Annotated[float, typer.Option("--band", help="Half-width of the band around the target.")]
Confidence = Annotated[
    float, typer.Option("--confidence", help="How sure a verdict must be; at 0.5 the point estimate decides.")
]
MinCoverage = Annotated[float, typer.Option("--min-coverage", help="Share of gross exposure that must be measured.")]
Contracts = Annotated[
    str | None, typer.Option("--contracts", help="CSV of futures contracts that adds to the bundled table.")
]
Funds = Annotated[str | None, typer.Option("--funds", help="CSV of what funds hold: fund, symbol, weight.")]
Chain = Annotated[
    str | None, typer.Option("--chain", help="CSV chain (underlying, expiry, strike, call, put): forwards by parity.")
]
Diagnose = Annotated[bool, typer.Option("--diagnose", help="Say how far each beta can be trusted.")]
Hedge = Annotated[str, typer.Option("--hedge", help="Futures that may be traded, for example ES,MES.")]
HedgePrice = Annotated[
    list[str] | None, typer.Option("--hedge-price", help="Price of a future that the prices lack: ES=3800.")
]
MaxContracts = Annotated[int | None, typer.Option("--max-contracts", help="Most contracts to trade in each future.")]
Commission = Annotated[
    float | None, typer.Option("--commission", help="Commission per contract and side, contract currency.")
]
League = Annotated[bool, typer.Option("--league", help="Judge methods out of sample (those of --method, with commas).")]
Horizons = Annotated[str, typer.Option("--horizons", help="How far the league's forecasts look, in trading days.")]
Also = Annotated[str | None, typer.Option("--also", help="Further benchmarks, measured alone and jointly: BTC,GLD.")]
Moves = Annotated[str | None, typer.Option("--moves", help="Benchmark moves to revalue at, for example -0.2,-0.1,0.1.")]
VolShift = Annotated[
    float, typer.Option("--vol-shift", help="Added to every volatility at those moves (0.05 = 5 points).")
]
Role = Annotated[str | None, typer.Option("--role", help="What the money is for: spending, growth or trading.")]
Json = Annotated[bool, typer.Option("--json", help="Write the result as JSON.")]
