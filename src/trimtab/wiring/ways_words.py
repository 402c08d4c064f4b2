"""What a plan is told in words (limits, taxes, targets, options), as what planning takes."""

import csv
import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from trimtab.desk.ask.limits import ReallocationTerms
from trimtab.desk.ask.targets import TargetKind, TargetRule
from trimtab.desk.ask.ways import OptionTerms
from trimtab.errors import InputError, StorageError
from trimtab.feeds.limits import load_limits, make_terms
from trimtab.feeds.records import read_fields
from trimtab.hedge.options.chain import OptionChain, StatedVolatility, monthly_expiry, quotes_from_rows
from trimtab.hedge.options.records import OptionRequest, Strategy
from trimtab.hedge.ways.targets import VolatilityRule

__all__ = ["read_also", "read_option_terms", "read_target", "read_terms", "read_yields"]


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


def read_yields(texts: list[str] | None) -> dict[str, float]:
    """Read SYMBOL=yield, each symbol once; yields a year as decimals from 0 to 0.5.

    Examples
    --------
    >>> read_yields(["SPX=0.015", "XOM=0.034"])
    {'SPX': 0.015, 'XOM': 0.034}
    """
    found: dict[str, float] = {}
    for text in texts or ():
        name, _, number = text.partition("=")
        try:
            value = float(number)
        except ValueError:
            value = -1.0
        if not name.strip() or name.strip() in found or not 0.0 <= value <= 0.5:
            raise InputError(
                expected="--dividend-yield SYMBOL=yield, each symbol once, the yield a decimal from 0 to 0.5",
                found=f"{text!r}",
                try_next="write for example --dividend-yield SPX=0.015",
            )
        found[name.strip()] = value
    return found


def read_terms(
    path: str | Path | None,
    fields: str | Path | None,
    given: Mapping[str, Any],
    standing: Mapping[str, Any] | None = None,
) -> ReallocationTerms | None:
    """Make limits from a file and the options that go before it; None if nothing was said.

    Parameters
    ----------
    path
        TOML file of limits.
    fields
        File with sector, daily_value and half_spread of symbols.
    given
        Options by name, as the command line had them; None and False where not said.
    standing
        Limits that hold where neither says otherwise, in the shape of the file.
    """
    said = {k: v for k, v in given.items() if v is not None and v is not False and v != []}
    if given.get("shorts") is False:
        said["shorts"] = False
    if path is None and fields is None and not said and not standing:
        return None
    limits = _written_over(standing or {}, {} if path is None else load_limits(path))
    for name in ("max_weight", "max_turnover", "min_cash", "max_participation", "min_ticket", "cash_neutral"):
        if name in said:
            limits[name] = said[name]
    if "shorts" in said:
        limits["long_only"] = not said["shorts"]
    for name in ("no_trade", "buy"):
        if name in said:
            limits[name] = [part.strip() for part in said[name].split(",") if part.strip()]
    if "impact" in said:
        limits["costs"] = {**limits.get("costs", {}), "impact": said["impact"]}
    _add_taxes(limits, said)
    for text in said.get("sector_limit", ()):
        _add_sector(limits, text)
    return make_terms(limits, {} if fields is None else read_fields(fields))


def _written_over(standing: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, Any]:
    costs = {**standing.get("costs", {}), **written.get("costs", {})}
    return {**standing, **written, **({"costs": costs} if costs else {})}


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
) -> TargetRule | None:
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


def read_option_terms(
    *,
    chain: str | None = None,
    expiry: str | None = None,
    vol: float | None = None,
    skew: float = 0.0,
    on: str | None = None,
    currency: str = "",
    days: int = 60,
    floor: float | None = None,
    rate: float | None = None,
    dividend_yield: float | None = None,
    day: Callable[[], dt.date] | None = None,
) -> OptionTerms:
    """Make the terms of options from what was said: a file of quotes, or a volatility.

    Parameters
    ----------
    chain, expiry, on, currency
        CSV with the columns right, strike, bid, ask; last day of its options (YYYY-MM-DD); what they are on (needed);
        their currency, that of the holding or price column if empty.
    vol, skew, days
        Stated volatility, its skew, and the least days to expiry, used without a chain.
    floor
        Money that protective puts should hold.
    rate, dividend_yield
        Of the chain, per year; None takes what put-call parity of its quotes says.
    day
        Gives the day of the question; asked only for an example of what is missing.

    Raises
    ------
    InputError
        If a chain comes without its expiry or underlying.
    StorageError
        If it cannot be read.
    """
    return OptionTerms(
        chain=None
        if chain is None
        else _read_chain(chain, _last_day(expiry, on, day), on or "", currency, rate, dividend_yield),
        volatility=None if vol is None else StatedVolatility(vol=vol, skew=skew),
        underlying=on,
        expiry_days=days,
        request=OptionRequest(strategy=Strategy.PROTECTIVE_PUT, floor=floor),
    )


def _last_day(expiry: str | None, on: str | None, day: Callable[[], dt.date] | None) -> dt.date:
    """Read the expiry of a chain; the example of what to write is one that is still to come."""
    try:
        last = dt.date.fromisoformat(expiry or "")
    except ValueError:
        last = None
    if last is None or on is None:
        example = "YYYY-MM-DD" if day is None else monthly_expiry(day()).isoformat()
        raise InputError(
            expected="with a chain of options its expiry (YYYY-MM-DD) and what the options are on",
            found=f"{f'expiry {expiry}' if expiry else 'no expiry'}, {f'options on {on}' if on else 'no underlying'}",
            try_next=f"add --option-expiry {last or example} --option-on {on or 'the symbol of the underlying'}",
        )
    return last


def _read_chain(
    path: str, last: dt.date, on: str, currency: str, rate: float | None, dividend_yield: float | None
) -> OptionChain:
    try:
        with Path(path).open(encoding="utf-8", newline="") as file:
            quotes = quotes_from_rows(csv.DictReader(file))
    except OSError as error:
        raise StorageError(
            expected=f"to read {path}", found=str(error.strerror or error), try_next="check the path"
        ) from error
    return OptionChain(
        underlying=on, currency=currency, expiry=last, quotes=quotes, rate=rate, dividend_yield=dividend_yield,
        source=f"quotes in {Path(path).name}",
    )  # fmt: skip
