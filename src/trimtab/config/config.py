"""The settings of a workspace as one value, each with its origin."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from trimtab.config import settings as s
from trimtab.config.exchanges.overrides import with_overrides
from trimtab.config.exchanges.table import exchange_calendar
from trimtab.config.measures.betas import StatedBetaSettings
from trimtab.config.measures.report import ReportSettings
from trimtab.config.origin import Origin
from trimtab.config.secrets import reveal
from trimtab.errors import InputError, UnknownSymbolError
from trimtab.model.calendar import EVERY_DAY, WEEKDAYS, Calendar
from trimtab.model.mandate import Costs, Mandate
from trimtab.model.near import nearest
from trimtab.monitor.alerts.rules import Rule

__all__ = ["Config"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The settings of a workspace.

    Parameters
    ----------
    folder
        The workspace, absolute. Paths in the settings are absolute too.
    file
        Its ``trimtab.toml``.
    workspace, journal, estimation, costs, contracts, funds, watch, report, alerts
        Sections that stand once.
    benchmarks, stated_betas, portfolios, mandates, sources, fetch, calendars, mappings, aliases
        Sections by name.
    origins
        Origin of each setting by its dotted path, defaults included; rules go by their names.
    """

    folder: Path
    file: Path
    workspace: s.WorkspaceSettings
    journal: s.JournalSettings
    estimation: s.EstimationSettings
    costs: s.CostSettings
    contracts: s.ContractSettings
    funds: s.FundSettings
    watch: s.WatchSettings
    report: ReportSettings
    alerts: s.AlertSettings
    benchmarks: Mapping[str, s.BenchmarkSettings]
    stated_betas: Mapping[str, StatedBetaSettings]
    portfolios: Mapping[str, s.PortfolioSettings]
    mandates: Mapping[str, s.MandateSettings]
    sources: Mapping[str, s.SourceSettings]
    fetch: Mapping[str, s.FetchSettings]
    calendars: Mapping[str, s.CalendarSettings]
    mappings: Mapping[str, s.MappingSettings]
    aliases: Mapping[str, s.AliasSettings]
    origins: Mapping[str, Origin] = field(repr=False)

    def origin(self, path: str) -> Origin:
        """Say where a setting came from.

        Parameters
        ----------
        path
            Such as ``mandates.core.band``, or ``alerts.rules.drift.threshold``.

        Raises
        ------
        UnknownSymbolError
            If there is no such setting.
        """
        if path not in self.origins:
            raise UnknownSymbolError(
                expected="the dotted path of a setting, such as estimation.method",
                found=repr(path),
                try_next=nearest(path, self.origins) or "see the paths with: trimtab config show",
            )
        return self.origins[path]

    @property
    def title(self) -> str:
        """Name of the workspace: as set, or the folder's."""
        return self.workspace.name or self.folder.name

    def named_files(self) -> tuple[Path, ...]:
        """Give the files that the settings name and that have to be there, each once."""
        est = self.estimation
        single = [path for path in (est.risk_free, est.fx) if isinstance(path, Path)]
        days = [one.overrides for one in self.calendars.values() if one.overrides is not None]
        return tuple(dict.fromkeys((*single, *self.contracts.files, *self.funds.files, *days)))

    def portfolio_name(self, name: str | None = None) -> str:
        """Give the portfolio that is meant: the one named, else the workspace's default, else the only one.

        Raises
        ------
        UnknownSymbolError
            If it is not in the settings.
        InputError
            If none is named and there is no default.
        """
        if name is None and self.workspace.portfolio is None and len(self.portfolios) != 1:
            raise InputError(
                expected="the name of a portfolio",
                found=f"none, and {self.file} has {len(self.portfolios)} of them and no default",
                try_next=f"name one of {', '.join(self.portfolios)}, or set portfolio under [workspace]"
                if self.portfolios
                else f"in {self.file}, take the # from [benchmarks.main], [mandates.core] and [portfolios.main] with "
                "their symbol, benchmark, target, band and mandate, and write your benchmark's symbol; or make a "
                "workspace that has them: trimtab init FOLDER --benchmark SYMBOL",
            )
        chosen = name or self.workspace.portfolio or next(iter(self.portfolios))
        if chosen not in self.portfolios:
            raise UnknownSymbolError(
                expected=f"a portfolio of {self.file}: {', '.join(self.portfolios) or 'it has none'}",
                found=repr(chosen),
                try_next=nearest(chosen, self.portfolios) or f"add [portfolios.{chosen}] to the file",
            )
        return chosen

    def mandate(self, portfolio: str | None = None) -> Mandate:
        """Give the mandate of a portfolio, with the benchmark's symbol and the cost assumptions in it."""
        stated = self.mandates[self.portfolios[self.portfolio_name(portfolio)].mandate]
        return Mandate(
            benchmark=self.benchmarks[stated.benchmark].benchmark,
            target=stated.target,
            band=stated.band,
            confidence=stated.confidence,
            min_coverage=stated.min_coverage,
            costs=Costs(commission=self.costs.commission, half_spread_ticks=self.costs.half_spread_ticks),
            max_contracts=stated.max_contracts,
            reading=stated.reading,
            trigger=stated.trigger,
            step=stated.step,
        )

    def base(self, portfolio: str | None = None) -> str:
        """Give the base currency of a portfolio."""
        return self.portfolios[self.portfolio_name(portfolio)].base or self.workspace.base

    def calendar(self, portfolio: str | None = None) -> Calendar | None:
        """Give the calendar that a portfolio's prices keep: its mandate's, else the workspace's; None if none is named.

        Raises
        ------
        FileFormatError
            If its file of other days cannot be read.
        """
        named = self.workspace.calendar
        if portfolio is not None:
            named = self.mandates[self.portfolios[self.portfolio_name(portfolio)].mandate].calendar or named
        if named is None:
            return None
        stated = self.calendars.get(named)
        return exchange_calendar(named) if stated is None else _calendar_of(named, stated)

    @property
    def periods_per_year(self) -> float | None:
        """For annualisation, as set for the workspace or its calendar; None where the spacing of the prices decides.

        A calendar that says on which days prices are due does not say that they come on each of them.
        """
        if self.workspace.periods_per_year is not None or self.workspace.calendar is None:
            return self.workspace.periods_per_year
        stated = self.calendars.get(self.workspace.calendar)
        return None if stated is None else stated.periods_per_year

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The alert rules, one for each portfolio they watch.

        A rule that names no portfolio watches every one; a rule that names no channel uses every one, or the terminal
        if there is none.
        """
        quiet = self.alerts.quiet.hours()
        everywhere = tuple(self.alerts.channels) or (s.TERMINAL,)
        rules = (
            written.rule(portfolio, quiet)
            for written in self.alerts.rules
            for portfolio in (self.portfolios if written.portfolio is None else (written.portfolio,))
        )
        return tuple(rule if rule.channels else replace(rule, channels=everywhere) for rule in rules)

    def journal_url(self, environ: Mapping[str, str] | None = None) -> str:
        """Give the journal's database URL, references looked up; a relative SQLite one as its path in the workspace.

        Raises
        ------
        InputError
            If it refers to an environment variable that is not set.
        """
        url = reveal(self.journal.url, environ)
        scheme, divider, path = url.partition(":///")
        if not divider or not scheme.startswith("sqlite") or path.startswith("/"):
            return url
        # A path, because a question mark or percent sign in a folder's name means something else in a URL.
        return str(self.folder / path)


def _calendar_of(name: str, stated: s.CalendarSettings) -> Calendar:
    """Give a calendar as the settings state it: an exchange's, or its own week, and then the days that differ."""
    if stated.exchange is None:
        week = EVERY_DAY if stated.seven_days else WEEKDAYS
        made = Calendar(name=name, week=week, holidays=stated.holidays, time_zone=stated.time_zone, close=stated.close)
    else:
        exchange = exchange_calendar(stated.exchange)
        made = replace(exchange, holidays={*exchange.holidays, *stated.holidays})
    return made if stated.overrides is None else with_overrides(made, stated.overrides)
