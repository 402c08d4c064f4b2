"""Axes that bear names: by number, for two names that are cut in their middle may look the same."""

import json
from collections.abc import Sequence

import altair as alt

from trimtab.report.charts.marks.words import shortened

__all__ = ["names_axis", "names_below"]


def names_axis(names: Sequence[str], longest: int = 24) -> alt.Axis:
    """Write names beside rows that are numbered from 0."""
    return alt.Axis(
        labelExpr=f"{_listed(names, longest)}[datum.value]", ticks=False, domain=False, labelPadding=8, grid=False
    )


def names_below(names: Sequence[str], colour: str) -> alt.Axis:
    """Write names under columns that are numbered from 0, a word to a line."""
    return alt.Axis(
        labelExpr=f"split({_listed(names, 24)}[datum.value], ' ')", labelAngle=0, ticks=False, domainColor=colour
    )


def _listed(names: Sequence[str], longest: int) -> str:
    # A list of JSON strings is a list of Vega's expressions too: no name can end its quotes.
    return json.dumps([shortened(name, longest) for name in names], ensure_ascii=False)
