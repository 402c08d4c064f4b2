"""The league as tables, with a bar for each method's error."""

import math

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from trimtab.beta.validation.league import League
from trimtab.beta.validation.score import Score
from trimtab.beta.validation.verdict import Verdict
from trimtab.report.tables.sheet import Sheet
from trimtab.report.text.bars import bar
from trimtab.report.words import day

__all__ = ["show_league"]


def show_league(league: League, console: Console) -> None:
    """Print the recommendation, then one table per horizon with a bar for each method's error."""
    console.print(
        Panel(Text(league.recommendation.text, style="bold"), title="Recommendation", title_align="left", expand=False)
    )
    if league.first is not None:
        console.print(
            f"{league.n_assets} assets against {league.benchmark}, forecasts at each {league.step} from"
            f" {day(league.first)} to {day(league.last)}, each judged by the betas that came after.",
            style="dim",
        )
    for verdict, most in zip(league.verdicts, league.removed_at_most, strict=True):
        scores = [s for s in league.scores if s.days == verdict.days]
        if scores:
            console.print(_table(scores, verdict))
            if not math.isnan(most):
                console.print(
                    f"  Random baskets: the best hedge with hindsight removes {most:.3f} of their variance.",
                    style="dim",
                )
        console.print(f"  {verdict.text}\n")
    for note in league.notes:
        console.print(f"Note: {note}", style="yellow")
    if league.scores:
        console.print(
            "error: root mean squared error against true betas (realised ones carry noise, which is taken off). gain:"
            " error below that of the other method, +- its standard error by date. slope: of realised on forecast, 1"
            " is right. 90%: share of outcomes inside the 90% interval. high-low: residual beta of the 20 highest"
            " forecasts less the 20 lowest (a third of the names if fewer than 60), 0 is right. removed: variance of"
            " random baskets that the hedge removes. A star: within noise of the leader.",
            style="dim",
        )


def _table(scores: list[Score], verdict: Verdict) -> Sheet:
    table = Sheet(f"The next {verdict.days} trading days")
    table.add_column("method")
    table.add_column("")
    for name in ("error", "gain on ols, %", "gain on welch|vasicek, %", "bias", "slope", "90%", "high-low", "removed"):
        table.add_column(name, justify="right")
    widest = max((s.rmse_corrected for s in scores if s.ranked and math.isfinite(s.rmse_corrected)), default=math.nan)
    for s in scores:
        leads = s.method == verdict.leader and verdict.conclusive
        star = " *" if s.method in verdict.within_noise and verdict.conclusive else ""
        style = "" if s.ranked else "dim"
        if leads:
            style = "bold green"
        table.add_row(
            Text(f"{s.method}{star}", style=style),
            Text(bar(s.rmse_corrected, widest) if s.ranked else "own sample", style="green" if leads else "dim"),
            _number(s.rmse_corrected),
            _give(100 * s.gain_ols, 100 * s.gain_ols_error, 1),
            _give(100 * s.gain_shrunk, 100 * s.gain_shrunk_error, 1),
            _number(s.bias, "+.3f"),
            _give(s.slope, s.slope_error, 2, sign=""),
            _number(s.coverage, ".2f"),
            _give(s.high_low, s.high_low_error, 2),
            _number(s.removed),
        )
    return table


def _give(value: float, error: float, digits: int, sign: str = "+") -> str:
    if math.isnan(value):
        return "-"
    return f"{value:{sign}.{digits}f}" + (f" +-{error:.{digits}f}" if math.isfinite(error) and error > 0 else "")


def _number(value: float, spec: str = ".3f") -> str:
    return "-" if math.isnan(value) else format(value, spec)
