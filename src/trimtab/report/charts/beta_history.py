"""Charts of betas through time: each with its interval, and those that moved most together."""

import numpy as np

from trimtab.report.charts.marks.frame import Drawn, Picture, Undrawn
from trimtab.report.charts.marks.lines import Curve, lines
from trimtab.report.documents.measuring.history import AssetHistory, BetaHistoryDocument
from trimtab.report.words import day
from trimtab.stats.arrays import Floats
from trimtab.stats.normal import normal_quantile

__all__ = ["pictures"]

#: Lines that the eye can follow together; charts of single assets.
_TOGETHER, _MOST, _WIDE = 5, 40, normal_quantile(0.975)


def pictures(document: BetaHistoryDocument) -> tuple[Drawn, ...]:
    """Give the chart of those that moved most, and one of each asset with its interval."""
    assets = [a for a in document.assets if a.asset != document.benchmark]
    if len(document.days) < 2:
        why = "there are fewer than two dates"
        return (Undrawn(name="betas", title=_title("assets", document), why=why),)
    alone = tuple(_alone(a, document) for a in assets[:_MOST])
    return alone if len(alone) == 1 else (_together(assets, document), *alone)


def _title(asset: str, d: BetaHistoryDocument) -> str:
    return f"Beta of {asset} to {d.benchmark} through time"


def _together(assets: list[AssetHistory], d: BetaHistoryDocument) -> Drawn:
    measured = [a for a in assets if np.isfinite(a.beta).any()]
    if not measured:
        return Undrawn(name="betas", title=_title("assets", d), why=_why(assets))
    shown = sorted(measured, key=lambda a: -_range(a.beta))[:_TOGETHER]
    first = shown[0]
    rest = f" The {len(measured) - len(shown)} that moved less are not drawn." if len(measured) > len(shown) else ""
    low, high = np.nanmin(first.beta), np.nanmax(first.beta)
    finding = f"{first.asset} moved most: between {low:.2f} and {high:.2f} ({d.method}).{rest}"
    curves = [Curve(name=a.asset, values=a.beta) for a in shown]
    return Picture(
        name="betas",
        title=_title("assets", d),
        finding=finding,
        draw=lambda ink: lines(d.days, curves, titles=("", "beta"), ink=ink),
    )


def _range(beta: Floats) -> float:
    return float(np.nanmax(beta) - np.nanmin(beta))


def _why(assets: list[AssetHistory]) -> str:
    reasons = {reason for a in assets for reason in a.reasons}
    return (
        f"no beta could be measured: {', '.join(sorted(reasons))}"
        if reasons
        else "there is no asset beside the benchmark"
    )


def _alone(a: AssetHistory, d: BetaHistoryDocument) -> Drawn:
    title = _title(a.asset, d)
    known_rows = np.flatnonzero(np.isfinite(a.beta))
    if known_rows.size < 2:
        return Undrawn(name=a.asset, title=title, why=_why([a]))
    last = int(known_rows[-1])
    low, high = a.beta - _WIDE * a.stderr, a.beta + _WIDE * a.stderr
    finding = (
        f"{a.beta[last]:.2f} ± {a.stderr[last]:.2f} on {day(d.days[last])}; between {np.nanmin(a.beta):.2f} and"
        f" {np.nanmax(a.beta):.2f} since {day(d.days[int(known_rows[0])])} ({d.method}). The shade is the 95% interval."
    )
    return Picture(
        name=a.asset,
        title=title,
        finding=finding,
        draw=lambda ink: lines(
            d.days, [Curve(name=a.asset, values=a.beta, low=low, high=high)], titles=("", "beta"), ink=ink
        ),
    )
