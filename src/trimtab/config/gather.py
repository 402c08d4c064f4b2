"""From tables, variables and overrides to settings with origins, and a list of all mistakes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from trimtab.config.checks import WrongValueError
from trimtab.config.exchanges.table import exchange_codes
from trimtab.config.mistakes import Mistake, kind_told, told
from trimtab.config.origin import Origin, OriginKind
from trimtab.config.scan import KeyPath
from trimtab.config.secrets import is_reference
from trimtab.config.sections import SECTIONS, Key, Section, Shape, keys_of
from trimtab.config.together import TOGETHER
from trimtab.config.toml import Override, Toml, TomlTable
from trimtab.model.near import near_names, nearest

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["Gathered", "gather", "variable_of"]

S = TypeVar("S", bound="DataclassInstance")

_NAME: Final = re.compile(r"[\w-]+")


@dataclass(slots=True, kw_only=True)
class Gathered:
    """What was read so far."""

    tables: dict[str, "DataclassInstance | None"] = field(default_factory=dict)
    named: dict[str, dict[str, "DataclassInstance | None"]] = field(default_factory=dict)
    listed: dict[str, list["DataclassInstance | None"]] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def one(self, section: str, kind: type[S]) -> S:
        """Give the settings of a section; only of settings without mistakes."""
        return _sound(self.tables[section], kind)

    def by_name(self, section: str, kind: type[S]) -> Mapping[str, S]:
        """Give the settings of a section with a name each; only of settings without mistakes."""
        return MappingProxyType({name: _sound(table, kind) for name, table in self.named[section].items()})

    def every(self, section: str, kind: type[S]) -> tuple[S, ...]:
        """Give the settings of a section that is a list; only of settings without mistakes."""
        return tuple(_sound(table, kind) for table in self.listed[section])


def _sound(table: "DataclassInstance | None", kind: type[S]) -> S:
    assert isinstance(table, kind)  # noqa: S101 - without mistakes each table has become a record of its class
    return table


def gather(
    raw: TomlTable,
    lines: Mapping[KeyPath, int],
    *,
    file: Path,
    environ: Mapping[str, str],
    overrides: Mapping[str, Override],
) -> Gathered:
    """Read every section of a parsed file; see `trimtab.config.read.read_config`.

    Parameters
    ----------
    raw, lines
        The parsed file, and the line of each key in it.
    file
        Its path, absolute.
    environ, overrides
        Variables by name, and values by dotted path.
    """
    work = _Gathering(raw, lines, file, environ, overrides)
    for section in SECTIONS:
        work.section(section)
    work.references()
    work.strangers()
    return work.result


def variable_of(path: str) -> str:
    """Give the environment variable of a setting.

    Examples
    --------
    >>> variable_of("mandates.core-eu.band")
    'TRIMTAB_MANDATES_CORE_EU_BAND'
    """
    return "TRIMTAB_" + re.sub(r"\W", "_", path).upper()


class _Gathering:
    """One pass over everything that was given."""

    def __init__(
        self,
        raw: TomlTable,
        lines: Mapping[KeyPath, int],
        file: Path,
        environ: Mapping[str, str],
        overrides: Mapping[str, Override],
    ) -> None:
        self.raw, self.lines, self.file = raw, lines, file
        self.environ, self.overrides = environ, overrides
        self.result = Gathered()
        self.names: dict[str, tuple[str, ...]] = {}  # by section, those with mistakes in them included
        self.variables: dict[str, list[str]] = {}  # paths of settings, by variable
        self.paths: set[str] = set()
        self.pointing: list[tuple[Key, str, Any]] = []  # what must be the name of something
        self.looked_up: set[str] = set()  # variables that env:NAME refers to

    # ---- places and mistakes

    def in_file(self, place: KeyPath) -> Origin:
        while place and place not in self.lines:
            place = place[:-1]
        return Origin(kind=OriginKind.FILE, file=self.file, line=self.lines.get(place, 1))

    def wrong(self, origin: Origin, path: str, expected: str, found: str, try_next: str) -> None:
        self.result.mistakes.append(
            Mistake(origin=origin, path=path, expected=expected, found=found, try_next=try_next)
        )

    # ---- sections

    def section(self, section: Section) -> None:
        """Read a section in the shape it has."""
        place: KeyPath = tuple(section.name.split("."))
        table: Toml = self.raw
        for key in place:
            table = table.get(str(key), {}) if isinstance(table, dict) else {}
        if section.shape is Shape.LISTED:
            self.listed(section, place, table)
            return
        if not isinstance(table, dict):
            self.misshapen(section, place, table)
            table = {}
        if section.shape is Shape.ONE:
            self.result.tables[section.name] = self.table(section, section.name, place, table)
            return
        tables = {}
        if section.begun:
            table = {**{name: {} for name in self.named_by_overrides(section)}, **table}
        self.names[section.name] = tuple(table)
        for name, inner in table.items():
            if not isinstance(inner, dict):
                self.misshapen(section, (*place, name), inner)
            elif not _NAME.fullmatch(name):
                tip = "choose another name"
                self.wrong(
                    self.in_file((*place, name)), section.name, "a name of letters, digits, - and _", f'"{name}"', tip
                )
            else:
                tables[name] = self.table(section, f"{section.name}.{name}", (*place, name), inner)
        self.result.named[section.name] = tables

    def named_by_overrides(self, section: Section) -> list[str]:
        """Give the tables of a section that a value from the command line begins."""
        parts = (path.split(".") for path in self.overrides)
        return [names[1] for names in parts if len(names) == 3 and names[0] == section.name]

    def listed(self, section: Section, place: KeyPath, tables: Toml) -> None:
        """Read a list of tables, each with a name of its own."""
        if tables == {}:
            tables = []
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            self.misshapen(section, place, tables)
            tables = []
        read_tables, seen = [], set()
        for i, table in enumerate(tables):
            name = table.get("name")
            if isinstance(name, str) and name in seen:
                self.wrong(
                    self.in_file((*place, i, "name")), f"{section.name}.{name}", "a name of its own for each",
                    f'a second "{name}"', "choose another name",
                )  # fmt: skip
                continue
            label = name if isinstance(name, str) and name else str(i)
            seen.add(label)
            read_tables.append(self.table(section, f"{section.name}.{label}", (*place, i), table))
        self.result.listed[section.name] = read_tables

    def misshapen(self, section: Section, place: KeyPath, value: Toml) -> None:
        path = ".".join(str(key) for key in place)
        what = "a list of tables" if section.shape is Shape.LISTED else "a table"
        if section.shape is Shape.NAMED and path != section.name:
            what = "a table for each name"
        self.wrong(
            self.in_file(place), path, f"{what}: {section.header}", kind_told(value), f"write it under {section.header}"
        )

    def table(self, section: Section, dotted: str, place: KeyPath, table: TomlTable) -> "DataclassInstance | None":
        """Read one table into its class; None if something in it is wrong."""
        before = len(self.result.mistakes)
        keys = keys_of(section.kind)
        for name in table.keys() - keys.keys():
            self.unknown(section, f"{dotted}.{name}", (*place, name), name)
        values = {key.field: self.setting(dotted, place, table, key) for key in keys.values()}
        if len(self.result.mistakes) > before:
            return None
        given = frozenset(
            name for name in keys if self.result.origins[f"{dotted}.{name}"].kind is not OriginKind.DEFAULT
        )
        together = TOGETHER.get(section.name)
        for name, expected, found, try_next in together(values, given) if together else ():
            origin = self.result.origins[f"{dotted}.{name}"]
            where = self.in_file(place) if origin.kind is OriginKind.DEFAULT else origin
            self.wrong(where, f"{dotted}.{name}", expected, found, try_next)
        if section.name == "mandates" and values["lower"] is not None:
            for name in ("target", "band"):  # they follow from the edges
                self.result.origins[f"{dotted}.{name}"] = self.result.origins[f"{dotted}.lower"]
        made: DataclassInstance | None = None if len(self.result.mistakes) > before else section.kind(**values)
        return made

    def unknown(self, section: Section, path: str, place: KeyPath, name: str) -> None:
        tip = nearest(name, keys_of(section.kind)) or _owned(name)
        settings = ", ".join(keys_of(section.kind))
        self.wrong(
            self.in_file(place), path, f"a setting of {section.header}", f"the unknown key {name}",
            tip or f"its settings are {settings}",
        )  # fmt: skip

    # ---- settings

    def setting(self, dotted: str, place: KeyPath, table: TomlTable, key: Key) -> Any:
        """Read one setting from the last of the places that have it, and check all of them."""
        path = f"{dotted}.{key.name}"
        variable = variable_of(path)
        self.paths.add(path)
        self.variables.setdefault(variable, []).append(path)
        origin, value = Origin(), key.default
        for origin, raw in self.places(path, variable, (*place, key.name), table, key):
            value = self.checked(path, origin, raw, key)
        self.result.origins[path] = origin
        if origin.kind is OriginKind.DEFAULT and key.required:
            self.wrong(self.in_file(place), path, key.check.expected, "none", f"add {key.name}")
            return None
        return value

    def places(self, path: str, variable: str, place: KeyPath, table: TomlTable, key: Key) -> list[tuple[Origin, Toml]]:
        """Give what the file, the environment and the command line hold, in this order."""
        written: list[tuple[Origin, Toml]] = []
        if key.name in table:
            written.append((self.in_file(place), table[key.name]))
        if self.environ.get(variable):
            text = self.environ[variable]
            written.append((Origin(kind=OriginKind.ENVIRONMENT, variable=variable), key.check.from_text(text)))
        over = self.overrides.get(path)
        if over is not None:
            value = _without_paths(over)
            written.append(
                (
                    Origin(kind=OriginKind.COMMAND_LINE),
                    key.check.from_text(value) if isinstance(value, str) else value,
                )
            )
        return written

    def checked(self, path: str, origin: Origin, raw: Toml, key: Key) -> Any:
        for item in raw if isinstance(raw, list) else [raw]:
            if (name := is_reference(item)) is not None:
                self.looked_up.add(name)
        try:
            value = key.check.read(raw)
        except WrongValueError as error:
            hint = str(error) or ("correct it" if key.required else f"correct it, or leave {key.name} out")
            self.wrong(origin, path, key.check.expected, told(raw, secret=key.secret), hint)
            return None
        if key.check.refers:
            self.pointing.append((key, path, (origin, value)))
        return self.absolute(path, origin, value, key)

    def absolute(self, path: str, origin: Origin, value: Any, key: Key) -> Any:
        """Let paths start where they should, and check that files are there."""
        if isinstance(value, tuple):
            return tuple(self.absolute(path, origin, item, key) for item in value)
        if not isinstance(value, Path):
            return value
        start = Path.cwd() if origin.kind is OriginKind.COMMAND_LINE else self.file.parent
        full = start / value
        if key.check.on_disk and not full.is_file():
            there = "a folder" if full.is_dir() else "no such file"
            self.wrong(origin, path, key.check.expected, f"{there}: {full}", f"correct the path; it starts at {start}")
        return full

    # ---- what only shows when all is read

    def references(self) -> None:
        """Check that every name refers to something."""
        for key, path, (origin, value) in self.pointing:
            section = key.check.refers
            names = self.names.get(section, ())
            for name in value if isinstance(value, tuple) else (value,):
                if name not in names and not (section == "calendars" and name in exchange_codes()):
                    tip = nearest(name, names) or self.by_symbol(section, name) or f"add [{section}.{name}]"
                    self.wrong(origin, path, key.check.expected, f'"{name}", which is not there', tip)

    def by_symbol(self, section: str, symbol: str) -> str:
        """Find the benchmark whose symbol was written in place of its name."""
        table = self.raw.get(section, {}) if section == "benchmarks" else {}
        if not isinstance(table, dict):
            return ""
        names = [name for name, inner in table.items() if isinstance(inner, dict) and inner.get("symbol") == symbol]
        return f'did you mean {names[0]}, whose symbol is "{symbol}"?' if names else ""

    def strangers(self) -> None:
        """Find sections, variables and overrides that mean nothing."""
        tops = {section.name.partition(".")[0] for section in SECTIONS}
        self.strange_tables((), self.raw, tops)
        alerts = self.raw.get("alerts", {})
        inner = {s.name.partition(".")[2] for s in SECTIONS if s.name.startswith("alerts.")}
        if isinstance(alerts, dict):
            self.strange_tables(("alerts",), alerts, inner)
        else:
            self.wrong(
                self.in_file(("alerts",)), "alerts", "tables: [alerts.quiet], [alerts.channels.NAME], [[alerts.rules]]",
                kind_told(alerts), "write them under these headers",
            )  # fmt: skip
        starts = tuple(f"TRIMTAB_{top.upper()}_" for top in sorted(tops))
        for variable, text in self.environ.items():
            origin = Origin(kind=OriginKind.ENVIRONMENT, variable=variable)
            meant = self.variables.get(variable, [])
            if text and not meant and variable.startswith(starts) and variable not in self.looked_up:
                tip = nearest(variable, self.variables) or "unset it: it would be overlooked"
                self.wrong(origin, "", "the variable of a setting: TRIMTAB_SECTION_KEY", "no such setting", tip)
            elif text and len(meant) > 1:
                tip = "unset it, and write the values into the file"
                self.wrong(origin, "", "the variable of one setting", f"{len(meant)}: {', '.join(meant)}", tip)
        for path in self.overrides.keys() - self.paths:
            tip = nearest(path, self.paths) or "see the paths with: trimtab config show"
            self.wrong(Origin(kind=OriginKind.COMMAND_LINE), path, "the path of a setting", "no such setting", tip)

    def strange_tables(self, place: KeyPath, table: TomlTable, sections: set[str]) -> None:
        for name in table.keys() - sections:
            path = ".".join((*(str(key) for key in place), name))
            tip = nearest(name, sections) or _owned(name)
            stranger = f"the unknown {'section' if isinstance(table[name], dict | list) else 'key'} {name}"
            self.wrong(
                self.in_file((*place, name)), path, "a section of trimtab.toml", stranger,
                tip or f"the sections are {', '.join(sorted(sections))}",
            )  # fmt: skip


def _without_paths(over: Toml | Path | Sequence[Path]) -> Toml:
    """Give what was put over the file as the file would hold it."""
    if isinstance(over, Path):
        return str(over)
    if isinstance(over, tuple | list):
        return [str(item) if isinstance(item, Path) else item for item in over]
    return cast("Toml", over)


def _owned(name: str) -> str:
    """Say under which sections a key, or one much like it, belongs."""
    every = {key for section in SECTIONS for key in keys_of(section.kind)}
    meant = next(iter(near_names(name, every)), "")
    owners = [section.header for section in SECTIONS if meant in keys_of(section.kind)]
    return f"{meant} belongs under {' or '.join(owners)}" if owners else ""
