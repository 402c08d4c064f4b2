"""The main table of a document as a frame."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, cast

from trimtab.errors import InputError
from trimtab.market.records import build_frame, frame_kind
from trimtab.model.json import Json, JsonObject

__all__ = ["main_table"]


#: Which part of a document is its table.
_TABLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "trimtab.backtest/1": "policies",
        "trimtab.ahead/1": "projection.horizons",
        "trimtab.beta/1": "betas",
        "trimtab.betas/1": "betas",
        "trimtab.diagnosis/1": "assets",
        "trimtab.explain/1": "inputs",
        "trimtab.exposure/1": "positions",
        "trimtab.ledger/1": "rows",
        "trimtab.drift/1": "positions",
        "trimtab.hedge-policy/1": "policies",
        "trimtab.league/1": "assets",
        "trimtab.performance/1": "series",
        "trimtab.plan/1": "orders",
        "trimtab.review-all/1": "accounts",
        "trimtab.review/1": "positions",
        "trimtab.risk/1": "findings",
        "trimtab.roll/1": "rolls",
        "trimtab.stress/1": "episodes",
        "trimtab.targets/1": "orders",
        "trimtab.ways/1": "ways",
    }
)
#: Documents that are one line themselves.
_LINES: Final = ("trimtab.beta-between/1",)


def main_table(plain: JsonObject, kind: str) -> Any:
    """Give the main table of a document as a frame.

    Parameters
    ----------
    plain
        The document as plain values.
    kind
        polars, pandas or pyarrow. Cells that hold records become columns with a dot in their name.

    Raises
    ------
    InputError
        If the document has no table, or the kind is another.
    """
    frame_kind(kind)
    if plain["schema"] in _LINES:
        return build_frame({name: [value] for name, value in _flat(plain).items() if name != "schema"}, kind=kind)
    part: Json = plain
    for key in _TABLES.get(str(plain["schema"]), "").split("."):
        part = cast("JsonObject", part).get(key)
    if part is None:
        raise InputError(
            expected=f"a document with one main table: {', '.join(_TABLES)}",
            found=str(plain["schema"]),
            try_next="take what you need from to_dict()",
        )
    if isinstance(part, Mapping):
        return build_frame({name: list(cast("Sequence[Json]", values)) for name, values in part.items()}, kind=kind)
    lines = [_flat(cast("JsonObject", row)) for row in cast("Sequence[Json]", part)]
    names = tuple(dict.fromkeys(name for line in lines for name in line))
    return build_frame({name: [line.get(name) for line in lines] for name in names}, kind=kind)


def _flat(row: JsonObject, before: str = "") -> dict[str, Json]:
    """Lay a record out in one line; lists of words are joined, other lists are left to `to_dict`."""
    line: dict[str, Json] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            line |= _flat(value, f"{before}{name}.")
        elif isinstance(value, list | tuple):
            if all(isinstance(v, str) for v in value):
                line[before + name] = " ".join(map(str, value))
        else:
            line[before + name] = value
    return line
