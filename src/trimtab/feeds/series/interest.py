"""Reading risk-free rates of several currencies: from words, mappings and files that name the currency."""

import re
from collections.abc import Mapping
from dataclasses import replace
from os import PathLike
from typing import Any

import numpy as np
import polars as pl

from trimtab.errors import FileFormatError, InputError
from trimtab.feeds.series.rates import open_rates, rates_of_frame, read_rates
from trimtab.market.checks.findings import Origin
from trimtab.market.rates.interest import Interest, interest_of
from trimtab.market.rates.risk_free import RiskFree
from trimtab.market.reading.fields import spelling

__all__ = ["as_interest", "as_risk_free", "read_currency_rates"]

_CODE = re.compile(r"[A-Z]{3}")
_WORDS = re.compile(r"\s*[A-Za-z]{3}\s*=")
_CURRENCY = ("currency", "ccy", "cur")


def read_currency_rates(source: Any) -> RiskFree | dict[str, RiskFree]:
    """Read one risk-free rate, or one for each of several currencies.

    Parameters
    ----------
    source
        What `trimtab.feeds.series.rates.read_rates` takes, which is one rate and names no currency; or words such as
        "USD=0.05,EUR=0.03" (each a number or a file), a mapping of the same, a file with the columns date, currency and
        rate, or one with a date and columns that are named by currency.

    Returns
    -------
    The one rate, or rates by currency code.

    Examples
    --------
    >>> {c: r.annual[0].item() for c, r in read_currency_rates("USD=0.05,EUR=0.03").items()}
    {'USD': 0.05, 'EUR': 0.03}
    """
    if isinstance(source, Mapping):
        return {_code(c): r if isinstance(r, RiskFree) else read_rates(r) for c, r in source.items()}
    if isinstance(source, str) and _WORDS.match(source):
        return _read_words(source)
    if isinstance(source, RiskFree | int | float) or (isinstance(source, str) and _is_number(source)):
        return source if isinstance(source, RiskFree) else read_rates(source)
    if isinstance(source, str | PathLike) or hasattr(source, "columns"):
        frame, origin, date = open_rates(source)
        return _of_frame(frame, origin, date)
    return read_rates(source)


def as_interest(source: Any, base: str) -> Interest:
    """Read risk-free rates: one of the base currency, or one for each of several currencies.

    Raises
    ------
    InputError
        If rates of currencies were given and the base has none: then returns could not be measured over it.
    """
    if source is None or isinstance(source, Interest | RiskFree):
        return interest_of(source, base)
    rates = read_currency_rates(source)
    if isinstance(rates, RiskFree):
        return interest_of(rates, base)
    if base not in rates:
        raise InputError(
            expected=f"a rate of {base}, the base currency, among the rates by currency",
            found=", ".join(rates),
            try_next=f"add {base}=RATE, for example --risk-free {base}=0.04,{next(iter(rates), 'EUR')}=0.03",
        )
    return Interest(by_currency=rates)


def as_risk_free(source: Any, base: str | None) -> RiskFree | None:
    """Read the risk-free rate that returns in the base currency are measured over; None stays None.

    Raises
    ------
    InputError
        If rates of several currencies were given without a base.
    """
    if source is None or isinstance(source, RiskFree):
        return source
    if base is not None:
        return as_interest(source, base).of(base)
    rates = source if isinstance(source, Interest) else read_currency_rates(source)
    if isinstance(rates, RiskFree):
        return rates
    raise InputError(
        expected="a base currency beside rates by currency", found="none", try_next="add for example --base USD"
    )


def _read_words(text: str) -> dict[str, RiskFree]:
    rates: dict[str, RiskFree] = {}
    for part in text.split(","):
        name, equals, value = part.partition("=")
        code = name.strip().upper()
        if not equals or not value.strip() or not _CODE.fullmatch(code) or code in rates:
            raise InputError(
                expected="CURRENCY=rate for each currency once, separated by commas",
                found=f"{part.strip()!r}",
                try_next="write for example --risk-free USD=0.05,EUR=0.03",
            )
        rates[code] = read_rates(value.strip())
    return rates


def _of_frame(frame: pl.DataFrame, origin: Origin, date: str) -> RiskFree | dict[str, RiskFree]:
    named = next((c for c in frame.columns if spelling(c) in _CURRENCY), None)
    others = [c for c in frame.columns if c not in (date, named)]
    if named is not None:
        codes = [_code(c, where=origin.name) for c in frame[named].cast(pl.String).fill_null("").to_list()]
        return {code: _part(frame.drop(named), origin, codes, code) for code in dict.fromkeys(codes)}
    if others and all(_CODE.fullmatch(c) for c in others):
        return {c: rates_of_frame(frame.select(date, c), origin) for c in others}
    return rates_of_frame(frame, origin)


def _part(frame: pl.DataFrame, origin: Origin, codes: list[str], code: str) -> RiskFree:
    rows = np.flatnonzero(np.array([c == code for c in codes]))
    lines = rows if origin.lines is None else np.asarray(origin.lines)[rows]
    kept = origin if origin.lines is None else replace(origin, lines=lines)
    return rates_of_frame(frame[rows.tolist()], kept)


def _code(text: Any, *, where: str = "the rates") -> str:
    code = str(text).strip().upper()
    if not _CODE.fullmatch(code):
        raise FileFormatError(
            expected="a currency code such as USD for each rate",
            found=f"{text!r} in {where}",
            try_next="write the code of the currency that earns the rate",
        )
    return code


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"\s*[-+]?[\d.,]+(e[-+]?\d+)?\s*%?\s*", text, re.IGNORECASE))
