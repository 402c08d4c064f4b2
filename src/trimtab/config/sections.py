"""The sections of trimtab.toml: what each is called, which class holds it, and whether there are several."""

import dataclasses
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from trimtab.config import settings as s
from trimtab.config.checks import Check
from trimtab.config.measures.betas import StatedBetaSettings
from trimtab.config.measures.report import ReportSettings

__all__ = ["SECTIONS", "Key", "Section", "Shape", "keys_of"]


class Shape(Enum):
    """How often a section may stand in the file."""

    ONE = "[{}]"
    NAMED = "[{}.NAME]"
    LISTED = "[[{}]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section.

    Parameters
    ----------
    name
        As in the file, dotted.
    kind
        Class of its settings.
    shape
        Whether it stands once, by names, or as a list of tables with a ``name`` each.
    """

    name: str
    kind: type[Any]
    shape: Shape = Shape.ONE
    begun: bool = False

    @property
    def header(self) -> str:
        """The header as one writes it."""
        return self.shape.value.format(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One setting of a section.

    Parameters
    ----------
    name
        As in the file.
    field
        As in the class.
    check
        What it may be.
    doc
        What it means.
    default
        Its default, or `dataclasses.MISSING` if it must be given.
    secret
        Whether it is never shown.
    """

    name: str
    field: str
    check: Check
    doc: str
    default: Any
    secret: bool

    @property
    def required(self) -> bool:
        """Whether there is no default."""
        return self.default is dataclasses.MISSING


def keys_of(kind: type[Any]) -> dict[str, Key]:
    """Give the settings of a section by their names in the file."""
    keys = [
        Key(
            name=f.metadata["key"] or f.name,
            field=f.name,
            check=f.metadata["check"],
            doc=f.metadata["doc"],
            default=f.default,
            secret=f.metadata["secret"],
        )
        for f in dataclasses.fields(kind)
    ]
    return {key.name: key for key in keys}


SECTIONS: Final = (
    Section(name="workspace", kind=s.WorkspaceSettings),
    Section(name="journal", kind=s.JournalSettings),
    Section(name="benchmarks", kind=s.BenchmarkSettings, shape=Shape.NAMED),
    Section(name="stated_betas", kind=StatedBetaSettings, shape=Shape.NAMED),
    Section(name="estimation", kind=s.EstimationSettings),
    Section(name="mandates", kind=s.MandateSettings, shape=Shape.NAMED),
    Section(name="portfolios", kind=s.PortfolioSettings, shape=Shape.NAMED),
    Section(name="costs", kind=s.CostSettings),
    Section(name="contracts", kind=s.ContractSettings),
    Section(name="funds", kind=s.FundSettings),
    Section(name="sources", kind=s.SourceSettings, shape=Shape.NAMED),
    Section(name="fetch", kind=s.FetchSettings, shape=Shape.NAMED),
    Section(name="mappings", kind=s.MappingSettings, shape=Shape.NAMED, begun=True),
    Section(name="aliases", kind=s.AliasSettings, shape=Shape.NAMED, begun=True),
    Section(name="calendars", kind=s.CalendarSettings, shape=Shape.NAMED),
    Section(name="watch", kind=s.WatchSettings),
    Section(name="report", kind=ReportSettings),
    Section(name="alerts.quiet", kind=s.QuietSettings),
    Section(name="alerts.channels", kind=s.ChannelSettings, shape=Shape.NAMED),
    Section(name="alerts.rules", kind=s.RuleSettings, shape=Shape.LISTED),
)
