"""Questions as runs kept them before questions had records of their own: read, never written."""

from collections.abc import Mapping

from trimtab.desk.questions.review import ReviewQuestion
from trimtab.desk.questions.values import Json
from trimtab.desk.questions.written import read_record
from trimtab.errors import UsageError

__all__ = ["read_old"]


def read_old(command: str, settings: Mapping[str, Json]) -> ReviewQuestion:
    """Read what a run of earlier code kept: settings side by side, and what was asked beside them.

    Raises
    ------
    UsageError
        If it is a run of another command, or a field cannot be used.
    """
    asked = _table(settings, "asked")
    if command == "review":
        found: dict[str, Json] = {name: asked[name] for name in ("also", "moves", "vol_shift") if name in asked}
        return read_record(ReviewQuestion, {**_shared(settings, asked), "role": settings.get("role"), **found})
    raise UsageError(expected="a run that can be asked again", found=f"a {command}", try_next="show it as it was given")


def _shared(settings: Mapping[str, Json], asked: Mapping[str, Json]) -> dict[str, Json]:
    """Give the groups that every question has."""
    told = _table(settings, "mandate")
    costs = _table(told, "costs")
    mandate = {name: value for name, value in told.items() if name not in {"costs", "reading"}}
    names = ("method", "window", "half_life", "errors", "risk_free", "benchmark_returns", "base", "fx")
    return {
        "mandate": {**mandate, **costs, "judged": told.get("reading")},
        "measuring": {name: settings.get(name) for name in names},
        "instruments": {
            "contracts": settings.get("contracts"), "funds": settings.get("funds"), "chain": asked.get("chain"),
        },
    }  # fmt: skip


def _table(written: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    found = written.get(name)
    return found if isinstance(found, Mapping) else {}
