"""Betas of assets, how far each can be trusted, and where a position's numbers come from, as tables."""

from rich.console import Console
from rich.text import Text

from trimtab.beta.diagnostics import Diagnosis
from trimtab.beta.estimate import BetaReading, Betas
from trimtab.desk.moment.measure import Measured
from trimtab.exposure.explain import Explanation
from trimtab.report.tables.parts import remarks
from trimtab.report.tables.sheet import Sheet
from trimtab.report.words import day, flag_words, number, signed

__all__ = ["show_beta", "show_diagnosis", "show_explanation"]

#: Heading of the column with the other reading.
_COLUMN = {BetaReading.FIT: "fitted", BetaReading.FORECAST: "forecast"}


_NUMBERS = frozenset({"beta", "+/-", "pairs", *_COLUMN.values()})


def show_beta(measured: Measured, console: Console, *, limit: int | None = None) -> None:
    """Print the betas of assets as a table."""
    betas = measured.betas
    other = betas.companion
    table = Sheet(f"Beta to {betas.benchmark}, {day(betas.as_of)}, method {betas.method}")
    seconds = () if other is None else (_COLUMN[other.speaks_of.reading], "+/-")
    for name in ("asset", "beta", "+/-", *seconds, "pairs", "from", "to", "flags / reason"):
        table.add_column(name, justify="right" if name in _NUMBERS else "left")
    table.caption = _said_of(betas)
    shown = betas.estimates if limit is None else betas.estimates[:limit]
    for e in shown:
        remark = Text(e.reason.value, style="yellow") if e.reason else Text(flag_words(e.flags), style="dim")
        second = () if other is None else (number(other[e.asset].value), number(other[e.asset].stderr))
        table.add_row(
            e.asset, number(e.value), number(e.stderr), *second, str(e.n_obs), day(e.first), day(e.last), remark
        )
    console.print(table)
    if limit is not None and len(betas.estimates) > limit:
        console.print(f"... and {len(betas.estimates) - limit} more (--json gives all)", style="dim")
    remarks(console, measured.notes, measured.failures)


def _said_of(betas: Betas) -> str:
    """Say of what +/- is the error."""
    sentence = f"+/- is the standard error of {betas.speaks_of}"
    other = betas.companion
    return sentence if other is None else f"{sentence}; the second pair is of {other.speaks_of}"


def show_diagnosis(benchmark: str, diagnoses: tuple[Diagnosis, ...], console: Console) -> None:
    """Print how far each beta can be trusted."""
    table = Sheet(f"Betas to {benchmark}, examined")
    table.add_column("asset")
    for name in ("R2", "yesterday", "tomorrow", "residual autocorrelation", "largest day", "methods apart, s.e."):
        table.add_column(name, justify="right")
    table.add_column("what to know")
    for d in diagnoses:
        words = "; ".join(d.words)
        table.add_row(
            d.asset, number(d.r_squared, 2), signed(d.lag_slope), signed(d.lead_slope), signed(d.autocorrelation),
            signed(d.influence, 3), number(d.disagreement, 1), Text(words, style="yellow" if words else "dim"),
        )  # fmt: skip
    console.print(table)
    console.print(
        "yesterday, tomorrow: answer to the benchmark's neighbouring returns; largest day: change of beta from leaving "
        "one day out; methods apart: widest gap between ols, welch and huber in standard errors.",
        style="dim",
    )


def show_explanation(explanation: Explanation, console: Console) -> None:
    """Print where a position's numbers come from."""
    console.print(Text.assemble((explanation.asset, "bold"), f" ({explanation.kind}): {explanation.formula}"))
    table = Sheet("What went in")
    for name, justify in (
        ("input", "left"),
        ("value", "right"),
        ("unit", "left"),
        ("source", "left"),
        ("date", "left"),
    ):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    for i in explanation.inputs:
        table.add_row(i.name, f"{i.value:,.6g}", i.unit, i.source, day(i.date))
    console.print(table)
    for step in explanation.steps:
        console.print(f"  {step}", highlight=False)
    if explanation.reason:
        console.print(f"Not measured: {explanation.reason}", style="yellow")
    if explanation.flags:
        console.print(f"Flags: {', '.join(explanation.flags)}", style="dim")
