"""The settings as one list: path, value, origin; secrets hidden."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from trimtab.config.config import Config
from trimtab.config.durations import write_duration
from trimtab.config.mistakes import Mistake
from trimtab.config.origin import Origin
from trimtab.config.secrets import mask
from trimtab.config.sections import SECTIONS, Section, Shape, keys_of
from trimtab.model.json import Json, JsonObject

__all__ = ["ShownSetting", "check_document", "config_document", "plain", "shown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSetting:
    """One setting as it may be shown.

    Parameters
    ----------
    section
        Section it stands in, with its name: ``mandates.core``.
    key
        Its key there.
    value
        A text, number, truth value, or list of them; None if it is not set. Durations, dates, zones as in the file,
        paths relative to the workspace where they lie in it, secrets hidden.
    origin
        Where it came from.
    """

    section: str
    key: str
    value: Json
    origin: Origin

    @property
    def path(self) -> str:
        """Dotted path."""
        return f"{self.section}.{self.key}"


def shown(config: Config) -> tuple[ShownSetting, ...]:
    """List every setting, section by section, defaults included."""
    return tuple(
        ShownSetting(
            section=dotted,
            key=key.name,
            value=plain(getattr(table, key.field), config.folder, secret=key.secret),
            origin=config.origin(f"{dotted}.{key.name}"),
        )
        for section in SECTIONS
        for dotted, table in _tables(config, section)
        for key in keys_of(section.kind).values()
    )


def _tables(config: Config, section: Section) -> Iterator[tuple[str, Any]]:
    section_value: Any = config
    for part in section.name.split("."):
        section_value = getattr(section_value, part)
    if section.shape is Shape.ONE:
        yield section.name, section_value
    elif section.shape is Shape.NAMED:
        yield from ((f"{section.name}.{name}", table) for name, table in section_value.items())
    else:
        yield from ((f"{section.name}.{table.name}", table) for table in section_value)


def plain(value: Any, folder: Path | None = None, *, secret: bool = False) -> Any:
    """Give a value as the file would hold it: durations and times as texts, paths relative to `folder`.

    Examples
    --------
    >>> plain((dt.timedelta(hours=2), dt.time(7, 30), Path("/desk/fx.csv")), Path("/desk"))
    ['2h', '07:30', 'fx.csv']
    """
    if isinstance(value, tuple):
        return [plain(item, folder, secret=secret) for item in value]
    if secret and value is not None:
        return mask(value)
    writer = next((write for kind, write in _WRITERS if isinstance(value, kind)), None)
    if writer is not None:
        return writer(value)
    if isinstance(value, Path):
        return str(value.relative_to(folder) if folder and value.is_relative_to(folder) else value)
    return value


#: How each kind of value is written in the file, if not as itself.
_WRITERS: Final[tuple[tuple[type[Any], Callable[[Any], Any]], ...]] = (
    (dt.timedelta, write_duration),
    (dt.time, lambda time: time.isoformat("auto" if time.second or time.microsecond else "minutes")),
    (dt.date, dt.date.isoformat),
    (ZoneInfo, lambda zone: zone.key),
    (Decimal, float),
)


def config_document(config: Config) -> JsonObject:
    """Give the settings as the JSON document ``trimtab.config/1``."""
    return {
        "schema": "trimtab.config/1",
        "workspace": str(config.folder),
        "file": str(config.file),
        "settings": [{"path": s.path, "value": s.value, "origin": _origin_document(s.origin)} for s in shown(config)],
    }


def check_document(folder: Path, mistakes: tuple[Mistake, ...]) -> JsonObject:
    """Give the mistakes as the JSON document ``trimtab.config-check/1``."""
    return {
        "schema": "trimtab.config-check/1",
        "workspace": str(folder),
        "mistakes": [
            {
                "path": m.path or None,
                "origin": _origin_document(m.origin),
                "expected": m.expected,
                "found": m.found,
                "try_next": m.try_next,
            }
            for m in mistakes
        ],
    }


def _origin_document(origin: Origin) -> JsonObject:
    return {
        "kind": origin.kind.value.replace(" ", "_"),
        "file": None if origin.file is None else str(origin.file),
        "line": origin.line,
        "variable": origin.variable,
    }
