"""Options of a reallocation's limits and taxes, and of targets other than a beta."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trimtab.cli.reading import names
from trimtab.errors import InputError

if TYPE_CHECKING:
    from trimtab.desk.limits import ReallocationTerms
    from trimtab.desk.targets import TargetRule

__all__ = [
    "AlsoTarget", "AtMost", "Buy", "CashNeutral", "CurrencyTarget", "DollarBeta", "Fields", "Impact", "LimitsFile",
    "LossRelief", "LotMethod", "MaxTurnover", "MaxWeight", "MinCash", "MinTicket", "Neutral", "NoTrade",
    "Participation", "SectorLimits", "Shorts", "TargetVolatility", "TaxLong", "TaxLots", "TaxShort",
    "VolatilityRuleOption", "read_also", "read_target", "read_terms",
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


def read_also(texts: list[str] | None, option: str) -> dict[str, float | tuple[float, float]]:
    """Read NAME=value or NAME=value:band, each name once.

    Examples
    --------
    >>> read_also(["BTC=0", "GLD=0.1:0.02"], "--also-target")
    {'BTC': 0.0, 'GLD': (0.1, 0.02)}
    """
    found: dict[str, float | tuple[float, float]] = {}
    for text in texts or ():
        name, _, rest = text.partition("=")
        value, colon, band = rest.partition(":")
        try:
            if not name.strip() or name.strip() in found:
                raise ValueError(name)  # noqa: TRY301 - told apart from a number that cannot be read by its text alone
            found[name.strip()] = (float(value), float(band)) if colon else float(value)
        except ValueError:
            raise InputError(
                expected=f"{option} NAME=value or NAME=value:band, each name once",
                found=f"{text!r}",
                try_next=f"write for example {option} {'EUR' if 'currency' in option else 'BTC'}=0:0.05",
            ) from None
    return found


def read_terms(path: str | None, fields: str | None, given: dict[str, Any]) -> "ReallocationTerms | None":
    """Make limits from a file and the options that go before it; None if nothing was said.

    Parameters
    ----------
    path
        TOML file of limits.
    fields
        File with sector, daily_value and half_spread of symbols.
    given
        Options by name, as the command line had them; None and False where not said.
    """
    from trimtab.feeds.limits import load_limits, make_terms
    from trimtab.feeds.records import read_fields

    said = {k: v for k, v in given.items() if v is not None and v is not False and v != []}
    if given.get("shorts") is False:
        said["shorts"] = False
    if path is None and fields is None and not said:
        return None
    limits: dict[str, Any] = {} if path is None else load_limits(path)
    for name in ("max_weight", "max_turnover", "min_cash", "max_participation", "min_ticket", "cash_neutral"):
        if name in said:
            limits[name] = said[name]
    if "shorts" in said:
        limits["long_only"] = not said["shorts"]
    for name in ("no_trade", "buy"):
        if name in said:
            limits[name] = list(names(said[name]))
    if "impact" in said:
        limits["costs"] = {**limits.get("costs", {}), "impact": said["impact"]}
    _add_taxes(limits, said)
    for text in said.get("sector_limit", ()):
        _add_sector(limits, text)
    return make_terms(limits, {} if fields is None else read_fields(fields))


def _add_taxes(limits: dict[str, Any], said: dict[str, Any]) -> None:
    options = {"tax_short": "short_rate", "tax_long": "long_rate", "loss_relief": "loss_relief", "lot_method": "method"}
    taxes = {key: said[name] for name, key in options.items() if name in said}
    if taxes:
        limits["taxes"] = {**limits.get("taxes", {}), **taxes}
    method = limits.get("taxes", {}).get("method")
    if method == "specific" and not limits["taxes"].get("specific"):
        raise InputError(
            expected="with --lot-method specific the lots that are to go",
            found="none",
            try_next="name them in the limits file: [taxes.specific] IBM = [2, 1]",
        )


def _add_sector(limits: dict[str, Any], text: str) -> None:
    name, equals, range_ = text.partition("=")
    low, colon, high = range_.rpartition(":")
    try:
        ends = {"high": float(high)} | ({"low": float(low)} if colon else {})
    except ValueError:
        equals = ""
        ends = {}
    if not equals or not name.strip():
        raise InputError(
            expected="--sector-limit sector=most or sector=least:most, shares of NAV",
            found=f"{text!r}",
            try_next="write for example --sector-limit tech=0.4",
        )
    sectors = limits.setdefault("sectors", {})
    sectors[name.strip()] = {**sectors.get(name.strip(), {}), **ends}


def read_target(
    *, neutral: bool, at_most: float | None, dollar_beta: float | None, volatility: float | None, rule: str | None
) -> "TargetRule | None":
    """Make the target that was asked for in place of a beta; None if there is none.

    Raises
    ------
    InputError
        If there is more than one, or a rule that is not known.

    Examples
    --------
    >>> read_target(neutral=False, at_most=1.2, dollar_beta=None, volatility=None, rule=None).value
    1.2
    """
    from trimtab.desk.targets import TargetKind, TargetRule
    from trimtab.hedge.ways_targets import VolatilityRule

    asked = [
        (kind, value)
        for kind, value in (
            (TargetKind.NEUTRAL, 0.0 if neutral else None), (TargetKind.AT_MOST, at_most),
            (TargetKind.DOLLAR_BETA, dollar_beta), (TargetKind.VOLATILITY, volatility),
        )
        if value is not None
    ]  # fmt: skip
    if len(asked) > 1:
        raise InputError(
            expected="one target: a beta, --neutral, --at-most, --dollar-beta or --target-volatility",
            found=" and ".join(kind.value.replace("_", " ") for kind, _ in asked),
            try_next="choose one",
        )
    if rule is not None and volatility is None:
        raise InputError(
            expected="--volatility-rule together with --target-volatility",
            found=f"--volatility-rule {rule} alone",
            try_next="add --target-volatility 0.12, or leave the rule out",
        )
    try:
        chosen = None if rule is None else VolatilityRule(rule)
    except ValueError:
        raise InputError(
            expected="--volatility-rule volatility, variance or systematic",
            found=f"{rule!r}",
            try_next="choose one of the three",
        ) from None
    return TargetRule(kind=asked[0][0], value=asked[0][1], rule=chosen) if asked else None
