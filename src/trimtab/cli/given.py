"""What a question is asked of: files named on the command line, or a workspace. Both give the same arguments."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trimtab.errors import InputError
from trimtab.model.decimals import exact

if TYPE_CHECKING:
    from rich.console import Console

    from trimtab.desk.accounts.between import BooksBetween
    from trimtab.model.mandate import Mandate
    from trimtab.wiring.answers import Answer

__all__ = ["Asked", "Known", "PortfolioName", "WorkspaceFolder", "found_workspace", "gather", "read_known", "show_run"]

WorkspaceFolder = Annotated[
    str | None,
    typer.Option(
        "--workspace", "-w", envvar="TRIMTAB_WORKSPACE", show_envvar=False,
        help="Workspace to ask, in place of --prices and --holdings; the nearest above this folder if left out.",
    ),
]  # fmt: skip
PortfolioName = Annotated[
    str | None, typer.Option("--portfolio", "-p", help="Portfolio of the workspace; its default if left out.")
]
Known = Annotated[
    str | None,
    typer.Option("--known", help="As it was known then: a UTC time, a day, or a journal number (workspace)."),
]

#: What a mandate asks for where neither the command line nor a workspace says it.
_TARGET, _BAND, _CONFIDENCE, _COVERAGE = 1.0, 0.05, 0.5, 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a question is asked of.

    Parameters
    ----------
    prices, holdings, mandate
        Paths or tables, as `trimtab.wiring.review` takes them.
    as_of
        Last day that may be used; None is the last with prices.
    arguments
        The other arguments: base, method, window, rates, contracts, funds.
    hedge
        Contracts that may be traded where the command line names none.
    limits
        Of plans with several ways, where the workspace sets them: ``aim``, ``max_margin``, and ``standing`` (limits
        and costs of a reallocation).
    role
        What the money is for, if known.
    workspace, portfolio
        Folder and portfolio, where a workspace was asked; None and empty for files.
    notes
        What was decided while the holdings were worked out.
    record
        Writes an answer down: command, what else was asked, the document's text; gives the run's number, or None
        where there is no workspace.
    keep, again
        Turn what else was asked into what is written down (files become kept copies), and back.
    books
        Gives what was held on earlier days, in a workspace.
    """

    prices: Any
    holdings: Any
    mandate: "Mandate"
    as_of: str | None
    arguments: Mapping[str, Any]
    hedge: str
    limits: Mapping[str, Any]
    role: str | None
    workspace: Path | None
    portfolio: str
    notes: tuple[str, ...]
    record: Callable[[str, Mapping[str, Any], str], int | None]
    keep: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    again: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    books: "BooksBetween | None" = None

    def answer(self, command: str, asked: Mapping[str, Any]) -> tuple["Answer[Any]", int | None]:
        """Answer a question, and write the answer down where there is a workspace; gives it and its number."""
        from trimtab.wiring.answers import ANSWERS, Question

        told = self.keep(asked)
        question = Question(
            prices=self.prices, holdings=self.holdings, mandate=self.mandate, as_of=self.as_of,
            arguments=self.arguments, role=self.role, books=self.books,
        )  # fmt: skip
        answer = ANSWERS[command](question, self.again(told))
        return answer, self.record(command, told, answer.text)


def gather(
    *,
    prices: list[str] | None,
    holdings: str | None,
    workspace: str | None,
    portfolio: str | None,
    known: str | None,
    as_of: str | None,
    benchmark: str | None,
    **changed: Any,
) -> Asked:
    """Take files if they are named, else the workspace.

    Parameters
    ----------
    **changed
        ``target``, ``band``, ``confidence``, ``min_coverage``, ``max_contracts``, ``commission``, ``base``,
        ``method``, ``window``, ``half_life``, ``errors``, ``risk_free``, ``benchmark_returns``, ``fx``,
        ``contracts``, ``funds``, ``role``, ``reading``; None where the command line says nothing.

    Raises
    ------
    typer.BadParameter
        If only one of prices and holdings is named, or neither and there is no workspace.
    """
    if prices and holdings is None:
        raise typer.BadParameter("--prices needs --holdings: a file, or a line such as '100 AAPL, 5000 USD'")
    if holdings is not None and not prices:
        raise typer.BadParameter("--holdings needs --prices: a file with prices of what is held and of the benchmark")
    if prices and holdings is not None:
        if benchmark is None:
            raise typer.BadParameter("--benchmark is missing: the symbol of the benchmark in the prices")
        return _of_files(prices, holdings, benchmark, as_of, changed)
    return _of_workspace(workspace, portfolio, known, as_of, {"benchmark": benchmark, **changed})


def _of_files(prices: list[str], holdings: str, benchmark: str, as_of: str | None, changed: Mapping[str, Any]) -> Asked:
    from trimtab.model.mandate import Costs, Mandate

    said = {k: v for k, v in changed.items() if v is not None}
    commission = said.get("commission")
    mandate = Mandate(
        benchmark=benchmark,
        target=said.get("target", _TARGET),
        band=said.get("band", _BAND),
        confidence=said.get("confidence", _CONFIDENCE),
        min_coverage=said.get("min_coverage", _COVERAGE),
        costs=Costs() if commission is None else Costs(commission=exact(commission)),
        max_contracts=said.get("max_contracts"),
        reading=said.get("reading"),
    )
    names = ("window", "half_life", "errors", "risk_free", "benchmark_returns", "fx", "contracts", "funds")
    arguments = {name: said.get(name) for name in names}
    arguments |= {"base": said.get("base", "USD"), "method": said.get("method", "default")}
    return Asked(
        prices=prices[0] if len(prices) == 1 else prices,
        holdings=holdings,
        mandate=mandate,
        as_of=as_of,
        arguments=arguments,
        hedge="",
        limits={},
        role=said.get("role"),
        workspace=None,
        portfolio="",
        notes=(),
        record=lambda _command, _asked, _document: None,
        keep=lambda asked: asked,
        again=lambda asked: asked,
    )


def _of_workspace(
    folder: str | None, portfolio: str | None, known: str | None, as_of: str | None, changed: Mapping[str, Any]
) -> Asked:
    place = found_workspace(folder)
    from trimtab.wiring.desk import Desk
    from trimtab.wiring.settings import asked_again, asked_settings

    desk = Desk(place)
    given = desk.given(portfolio, as_of=as_of, known=read_known(known), **_named(changed))

    def record(command: str, asked: Mapping[str, Any], document: str) -> int | None:
        return desk.record(command, given, asked, document).seq

    return Asked(
        prices=given.prices,
        holdings=given.held.portfolio,
        mandate=given.mandate,
        as_of=given.as_of,
        arguments=given.arguments,
        hedge=desk.hedge(given.portfolio),
        limits=desk.limits(given.portfolio),
        role=given.settings["role"],
        workspace=place,
        portfolio=given.portfolio,
        notes=tuple(given.held.notes),
        record=record,
        keep=partial(asked_settings, desk.workspace),
        again=partial(asked_again, desk.workspace),
        books=given.books,
    )


def found_workspace(folder: str | None) -> Path:
    """Find the workspace that is meant.

    Raises
    ------
    typer.BadParameter
        If none was named and there is none above this folder.
    """
    from trimtab.config.find import find_workspace

    try:
        return find_workspace(None if folder is None else Path(folder))
    except InputError:
        if folder is not None:
            raise
        raise typer.BadParameter(
            "no prices and no workspace here: give --prices, --holdings and --benchmark, or make a workspace with "
            "`trimtab init`"
        ) from None


def read_known(known: str | None) -> int | str | None:
    """Read --known: a journal number, or a moment as it stands."""
    return int(known) if known is not None and known.isdigit() else known


def _named(changed: Mapping[str, Any]) -> dict[str, Any]:
    """Give what changes, with files in lists where settings hold several."""
    found = {k: v for k, v in changed.items() if v is not None}
    for name in ("contracts", "funds"):
        if name in found:
            found[name] = [found[name]]
    if found.get("base") is not None:
        raise InputError(
            expected="the base currency of the workspace's portfolio",
            found=f"--base {found['base']}",
            try_next="leave it out, or set base under [portfolios.NAME] in trimtab.toml",
        )
    return found


def show_run(given: Asked, number: int | None, console: "Console") -> None:
    """Say what was decided about the holdings, and under which number the answer was written down."""
    for note in given.notes:
        console.print(f"- {note}")
    if number is not None:
        console.print(f"Written down as run {number}: trimtab replay {number} asks it again.")
