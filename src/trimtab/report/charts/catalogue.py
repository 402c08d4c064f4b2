"""Which charts each document has; what draws them is loaded when it is asked for."""

# ruff: noqa: PLC0415 - Altair is an extra, loaded when a chart is drawn
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from trimtab.errors import InputError, MissingExtraError, NotEnoughDataError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trimtab.report.charts.marks.frame import Drawn, Picture, Undrawn
    from trimtab.report.shape.write import Document

__all__ = ["CHARTED", "charts_of", "the_chart"]

#: Module with the charts of a document, by the document's schema.
CHARTED: "Mapping[str, str]" = MappingProxyType(
    {
        "trimtab.ahead/1": "drift",
        "trimtab.backtest/1": "backtest",
        "trimtab.beta/1": "beta",
        "trimtab.beta-history/1": "beta_history",
        "trimtab.betas/1": "beta",
        "trimtab.exposure/1": "review",
        "trimtab.drift/1": "drift",
        "trimtab.hedge-policy/1": "hedge_policy",
        "trimtab.league/1": "league",
        "trimtab.performance/1": "performance",
        "trimtab.plan/1": "plan",
        "trimtab.review-all/1": "accounts",
        "trimtab.review/1": "review",
        "trimtab.risk/1": "risk",
        "trimtab.series/1": "series",
        "trimtab.stress/1": "stress",
        "trimtab.ways/1": "ways",
    }
)


def charts_of(document: "Document") -> "tuple[Drawn, ...]":
    """Give every chart of a document, the one that answers its question first.

    Raises
    ------
    MissingExtraError
        If Altair or what renders it is not installed.
    InputError
        If the document has no charts.
    """
    home = CHARTED.get(document.SCHEMA)
    if home is None:
        raise InputError(
            expected=f"a document that has charts: {', '.join(sorted(CHARTED))}",
            found=document.SCHEMA,
            try_next="ask one of those questions",
        )
    try:
        drawn: tuple[Drawn, ...] = import_module(f"trimtab.report.charts.{home}").pictures(document)
    except ImportError as error:
        raise missing(error) from error
    return drawn


def missing(error: ImportError) -> MissingExtraError:
    """Say which extra draws charts."""
    return MissingExtraError(
        expected=f"the package {error.name or 'altair'}, for charts",
        found="not installed",
        try_next="install the extra: pip install 'trimtab[report]'",
    )


def the_chart(document: "Document", name: str | None = None) -> "Picture":
    """Give one chart of a document by its name; without one, the first that can be drawn.

    Raises
    ------
    InputError
        If no chart has that name.
    NotEnoughDataError
        If what it would draw is not known.
    """
    from trimtab.report.charts.marks.frame import Picture, Undrawn

    drawn = charts_of(document)
    if name is None:
        return _first(drawn)
    chosen = next((d for d in drawn if d.name == name), None)
    if chosen is None:
        raise InputError(
            expected=f"a chart among {', '.join(d.name for d in drawn)}", found=repr(name), try_next="name one of them"
        )
    if isinstance(chosen, Undrawn):
        raise _nothing(chosen)
    assert isinstance(chosen, Picture)  # noqa: S101 - the two kinds of a drawing
    return chosen


def _first(drawn: "tuple[Drawn, ...]") -> "Picture":
    from trimtab.report.charts.marks.frame import Picture, Undrawn

    for one in drawn:
        if isinstance(one, Picture):
            return one
    first = drawn[0]
    assert isinstance(first, Undrawn)  # noqa: S101 - none of them is a picture
    raise _nothing(first)


def _nothing(chosen: "Undrawn") -> NotEnoughDataError:
    return NotEnoughDataError(
        expected=f"what the chart '{chosen.title}' draws",
        found=chosen.why,
        try_next="see the tables: leave out --chart",
    )
