"""What a comparison of ways is told (limits, taxes, options that may be traded), as what planning takes."""

import csv
import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from trimtab.desk.ask.limits import ReallocationTerms
from trimtab.desk.ask.ways import OptionTerms
from trimtab.desk.questions.groups.limits import Limits, OptionWords, StandingLimits, Taxes
from trimtab.errors import StorageError, UsageError
from trimtab.feeds.limits import load_limits, make_terms
from trimtab.feeds.records import read_fields
from trimtab.hedge.options.chain import OptionChain, StatedVolatility, quotes_from_rows
from trimtab.hedge.options.records import OptionRequest, Strategy
from trimtab.model.json import Json

__all__ = ["option_terms", "reallocation_terms"]

_PLAIN = ("max_weight", "max_turnover", "min_cash", "max_participation", "min_ticket")
_TAXES = {"short_rate": "short_rate", "long_rate": "long_rate", "loss_relief": "loss_relief", "lot_method": "method"}


def reallocation_terms(limits: Limits, taxes: Taxes, standing: StandingLimits) -> ReallocationTerms | None:
    """Make the limits of a reallocation: what stands, over it the file, over that what the question says.

    None if nothing was said.
    """
    stands = standing.table()
    if not limits.stated and not (taxes.rates or taxes.loss_relief is not None or taxes.lot_method) and not stands:
        return None
    table = _written_over(stands, {} if limits.file is None else load_limits(str(limits.file)))
    table |= {name: value for name in _PLAIN if (value := getattr(limits, name)) is not None}
    if limits.cash_neutral:
        table["cash_neutral"] = True
    if limits.shorts is not None:
        table["long_only"] = not limits.shorts
    table |= {name: list(value) for name in ("no_trade", "buy") if (value := getattr(limits, name)) is not None}
    if limits.impact is not None:
        table["costs"] = {**_part(table, "costs"), "impact": limits.impact}
    _add_taxes(table, taxes)
    _add_sectors(table, limits)
    return make_terms(table, {} if limits.fields is None else read_fields(limits.fields))


def _part(table: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    part = table.get(name)
    return part if isinstance(part, Mapping) else {}


def _written_over(standing: Mapping[str, Json], written: Mapping[str, Json]) -> dict[str, Json]:
    costs = {**_part(standing, "costs"), **_part(written, "costs")}
    return {**standing, **written, **({"costs": costs} if costs else {})}


def _add_taxes(table: dict[str, Json], taxes: Taxes) -> None:
    stated_taxes = {key: value for name, key in _TAXES.items() if (value := getattr(taxes, name)) is not None}
    if stated_taxes:
        table["taxes"] = {**_part(table, "taxes"), **stated_taxes}
    stated = _part(table, "taxes")
    if stated.get("method") == "specific" and not stated.get("specific"):
        raise UsageError(
            expected="with lot_method (--lot-method) specific the lots that are to go",
            found="none",
            try_next="name them in the limits file: [taxes.specific] IBM = [2, 1]",
        )


def _add_sectors(table: dict[str, Json], limits: Limits) -> None:
    if not limits.sectors:
        return
    sectors = dict(_part(table, "sectors"))
    for name, (low, high) in limits.sectors.items():
        ends: dict[str, Json] = {"high": high}
        if low is not None:
            ends["low"] = low
        sectors[name] = {**_part(sectors, name), **ends}
    table["sectors"] = sectors


def option_terms(words: OptionWords) -> OptionTerms:
    """Make the terms of options from what was said: a file of quotes, or a volatility."""
    return OptionTerms(
        chain=None if words.chain is None else _read_chain(words),
        volatility=None if words.vol is None else StatedVolatility(vol=words.vol, skew=words.skew),
        underlying=words.on,
        expiry_days=words.days,
        request=OptionRequest(strategy=Strategy.PROTECTIVE_PUT, floor=words.floor),
    )


def _read_chain(words: OptionWords) -> OptionChain:
    path = Path(str(words.chain))
    try:
        with path.open(encoding="utf-8", newline="") as file:
            quotes = quotes_from_rows(csv.DictReader(file))
    except OSError as error:
        raise StorageError(
            expected=f"to read {path}", found=str(error.strerror or error), try_next="check the path"
        ) from error
    return OptionChain(
        underlying=words.on or "", currency="", expiry=dt.date.fromisoformat(str(words.expiry)), quotes=quotes,
        source=f"quotes in {path.name}",
    )  # fmt: skip
