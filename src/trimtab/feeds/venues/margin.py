"""Read margin rules of a venue from a TOML file: the shipped ones, and a user's own.

    schema = "trimtab.margin-rules/1"
    venue = "Deribit-like"               names = ["Deribit"]        source = "..."        approximation = "..."
    option_value = true                  long_share = [0.5, 0.25]   short_share = [0.5, 0.3]
    haircuts = { ETH = 0.1 }

    [[products]]
    on = ["BTC"]                         left out: for everything without rules of its own
    rates = { initial = 0.02, maintenance = 0.01, slope = 0.00005, limit = 200, step = 150, step_rate = 0.005 }
    short_options = { initial = 0.15, least = 0.1, maintenance = 0.075, maintenance_of_price = 0.075,
                      least_on_strike = false, covers = false }
    [products.scan]
    price_range = 0.05                   volatility_range = 0.35    relative = true       life_power = 0.3
    initial_multiple = 1.1               short_option_minimum = 0.1
    scenarios = [[price, volatility, share], ...]

What each means stands at the records of `trimtab.model.venue`. A key that is not known is refused: a slip of the pen
would otherwise leave a margin out.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from trimtab import sample
from trimtab.errors import FileFormatError, InputError, StorageError
from trimtab.model.decimals import as_float
from trimtab.model.json import Json
from trimtab.model.near import nearest
from trimtab.model.venue import ContractRates, ProductRules, ScanRules, Scenario, ShortOptionRules, VenueRules

__all__ = ["SCHEMA", "bundled_venues", "is_venue_file", "read_venue"]

SCHEMA = "trimtab.margin-rules/1"
_LOOKED_AT = 4096
_Record = TypeVar("_Record")


@lru_cache(maxsize=1)
def bundled_venues() -> tuple[VenueRules, ...]:
    """Give the margin rules that come with trimtab.

    Examples
    --------
    >>> [v.venue for v in bundled_venues()]
    ['BitMEX-like', 'CME-like', 'Deribit-like, portfolio margin', 'Deribit-like', 'securities account']
    """
    return tuple(read_venue(path) for path in sample.margin_paths())


def is_venue_file(path: str | Path) -> bool:
    """Tell whether a file says that it holds margin rules, whatever it is called."""
    file = Path(path)
    if not file.is_file():
        return False
    with file.open("rb") as handle:
        return b"trimtab.margin-rules" in handle.read(_LOOKED_AT)


def read_venue(path: str | Path) -> VenueRules:
    """Read the margin rules of one venue.

    Raises
    ------
    StorageError
        If the file cannot be read.
    FileFormatError
        If it is no TOML, has keys that are not known, or values that cannot be.
    """
    file = Path(path)
    try:
        raw: Mapping[str, Json] = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(
            expected="a readable file of margin rules", found=f"{file}: {error}", try_next="check path and encoding"
        ) from error
    except (ValueError, RecursionError) as error:  # no TOML, or a number or brackets without end
        raise FileFormatError(
            expected=f"TOML in {file.name}",
            found=str(error),
            try_next="the shipped files show the form: docs/margin.md",
        ) from error
    try:
        return _venue(raw)
    except InputError as error:
        raise FileFormatError(
            expected=error.expected, found=f"{error.found} in {file.name}", try_next=error.try_next
        ) from error


def _venue(raw: Mapping[str, Json]) -> VenueRules:
    if raw.get("schema") != SCHEMA:
        raise InputError(
            expected=f'schema = "{SCHEMA}"', found=repr(raw.get("schema")), try_next="write that line at the top"
        )
    values = {name: value for name, value in raw.items() if name != "schema"}
    _known_keys(values, VenueRules, "margin rules")
    products = _several(values.get("products", []), "products")
    haircuts = _table(values.get("haircuts", {}), "haircuts")
    return VenueRules(
        venue=_text(values.get("venue", ""), "venue"),
        names=_texts(values.get("names", []), "names"),
        source=_text(values.get("source", ""), "source"),
        approximation=_text(values.get("approximation", ""), "approximation"),
        products=tuple(_product(p) for p in products),
        option_value=_switch(values.get("option_value", True), "option_value"),
        long_share=_pair(values.get("long_share"), "long_share"),
        short_share=_pair(values.get("short_share"), "short_share"),
        haircuts=tuple((name, as_float(share, f"haircuts {name}")) for name, share in haircuts.items()),
    )


def _product(raw: Mapping[str, Json]) -> ProductRules:
    _known_keys(raw, ProductRules, "products")
    if not {"rates", "short_options", "scan"} & raw.keys():
        raise InputError(
            expected="rates, short_options or a scan of each product", found="none",
            try_next="add one, or leave the product out",
        )  # fmt: skip
    rates, short, scan = (raw.get(name) for name in ("rates", "short_options", "scan"))
    return ProductRules(
        on=_texts(raw.get("on", []), "on"),
        rates=None if rates is None else _record(rates, ContractRates, "rates"),
        short_options=None if short is None else _record(short, ShortOptionRules, "short_options"),
        scan=None if scan is None else _scan(scan),
    )


def _scan(value: Json) -> ScanRules:
    raw = dict(_table(value, "scan"))
    rows = raw.pop("scenarios", None)
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise InputError(
            expected="scenarios of a scan, a list of [price, volatility, share]", found=repr(rows),
            try_next="write them as [[1, 1, 1], [-1, 1, 1], ...]",
        )  # fmt: skip
    raw.setdefault("price_range", None)
    return _record(raw, ScanRules, "scan", scenarios=tuple(_scenario(row) for row in rows))


def _scenario(row: Json) -> Scenario:
    if not isinstance(row, Sequence) or isinstance(row, str) or len(row) != 3:
        raise InputError(
            expected="three numbers of each scenario: price, volatility, share of the loss", found=repr(row),
            try_next="write it as [-1, 1, 1]",
        )  # fmt: skip
    price, volatility, share = (as_float(number, "a scenario") for number in row)
    return Scenario(price=price, volatility=volatility, share=share)


def _record(
    value: Json, kind: Callable[..., _Record], where: str, *, scenarios: tuple[Scenario, ...] | None = None
) -> _Record:
    """Make a record of switches and numbers of a table."""
    raw = _table(value, where)
    _known_keys(raw, kind, where)
    values = {
        name: one if isinstance(one, bool) or one is None else as_float(one, f"{name} of {where}")
        for name, one in raw.items()
    }
    extra = {} if scenarios is None else {"scenarios": scenarios}
    lacking = [f.name for f in fields(kind) if f.name not in {*values, *extra} and f.default is MISSING]  # type: ignore[arg-type]
    if lacking:
        raise InputError(
            expected=f"{', '.join(lacking)} of {where}", found="nothing", try_next="add them; see docs/margin.md"
        )
    return kind(**values, **extra)


def _known_keys(raw: Mapping[str, Json], kind: Callable[..., object], where: str) -> None:
    names = [f.name for f in fields(kind)]  # type: ignore[arg-type]
    wrong = [name for name in raw if name not in names]
    if wrong:
        raise InputError(
            expected=f"keys of {where}: {', '.join(names)}",
            found=", ".join(wrong),
            try_next=nearest(wrong[0], names) or "correct the key, or leave it out",
        )


def _text(value: Json, name: str) -> str:
    if not isinstance(value, str):
        raise InputError(expected=f"text in {name}", found=repr(value), try_next="write it in quotes")
    return value


def _texts(value: Json, name: str) -> tuple[str, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str) or not all(isinstance(v, str) for v in value):
        raise InputError(expected=f"a list of names in {name}", found=repr(value), try_next='write it as ["BTC"]')
    return tuple(str(v) for v in value)


def _switch(value: Json, name: str) -> bool:
    if not isinstance(value, bool):
        raise InputError(expected=f"true or false in {name}", found=repr(value), try_next="write true or false")
    return value


def _pair(value: Json, name: str) -> tuple[float, float] | None:
    if value is None:
        return None
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
        raise InputError(
            expected=f"initial and maintenance share in {name}", found=repr(value), try_next="write it as [0.5, 0.25]"
        )
    initial, maintenance = (as_float(number, name) for number in value)
    return initial, maintenance


def _table(value: Json, name: str) -> Mapping[str, Json]:
    if not isinstance(value, Mapping):
        raise InputError(expected=f"a table in {name}", found=repr(value), try_next="see docs/margin.md")
    return value


def _several(value: Json, name: str) -> list[Mapping[str, Json]]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise InputError(expected=f"tables in {name}", found=repr(value), try_next="write each as [[products]]")
    return [_table(one, name) for one in value]
