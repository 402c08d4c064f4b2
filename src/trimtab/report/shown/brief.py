"""The few figures of a document that answer its question."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from trimtab.report.shape.write import Document
from trimtab.report.words import day, is_measured, money, part_of

if TYPE_CHECKING:
    from trimtab.report.documents.accounts import AccountsDocument
    from trimtab.report.documents.beta import BetaDocument, DiagnosisDocument, LeagueDocument
    from trimtab.report.documents.drift import DriftDocument
    from trimtab.report.documents.hedge_policy import HedgePolicyDocument
    from trimtab.report.documents.measuring.ahead import AheadDocument
    from trimtab.report.documents.measuring.betas import BetaBetweenDocument, BetasDocument, PartialBetasDocument
    from trimtab.report.documents.measuring.exposure import ExposureDocument
    from trimtab.report.documents.measuring.history import BetaHistoryDocument
    from trimtab.report.documents.parts import BetaFigures
    from trimtab.report.documents.performance import PerformanceDocument
    from trimtab.report.documents.plan import PlanDocument
    from trimtab.report.documents.review import PositionLine, ReviewDocument
    from trimtab.report.documents.risk import RiskDocument
    from trimtab.report.documents.stress import StressDocument
    from trimtab.report.documents.trading.backtest import BacktestDocument
    from trimtab.report.documents.ways import WayFigures, WaysDocument

__all__ = ["Brief", "brief_of", "written"]

#: Lines of a brief without its title; letters of a figure.
_MOST, _WIDE = 11, 110


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What stands first.

    Parameters
    ----------
    title
        What was asked, and of when.
    rows
        What each figure is, and the figure as it is printed.
    """

    title: str
    rows: tuple[tuple[str, str], ...]


def brief_of(document: Document) -> Brief:
    """Give the few figures of a document that answer its question."""
    name = document.SCHEMA.removeprefix("trimtab.").partition("/")[0]
    title = f"{name.replace('-', ' ').capitalize()} {_when(document)}".strip()
    rows = _ROWS.get(document.SCHEMA, _first_figures)(document)
    return Brief(title=title, rows=tuple((label, _cut(text)) for label, text in rows if text)[:_MOST])


def written(brief: Brief) -> str:
    """Write a brief as text.

    Examples
    --------
    >>> print(written(Brief(title="Review 2022-12-28", rows=(("beta", "1.204 +/- 0.063"), ("net asset value", "100")))))
    Review 2022-12-28
      beta             1.204 +/- 0.063
      net asset value  100
    """
    wide = max((len(label) for label, _ in brief.rows), default=0)
    return "\n".join([brief.title, *(f"  {label:<{wide}}  {text}" for label, text in brief.rows)])


def _cut(text: str) -> str:
    return text if len(text) <= _WIDE else f"{text[: _WIDE - 1]}…"


def _when(document: Document) -> str:
    """Say of which day or days a document is; nothing where it names none."""
    exposure = getattr(document, "exposure", document)
    for first, last in (("from_", "to"), ("first", "last")):
        ends = [getattr(document, name, None) for name in (first, last)]
        if None not in ends:
            return " to ".join(str(end)[:10] for end in ends)
    return str(getattr(exposure, "as_of", None) or "")[:10]


Rows = Iterable[tuple[str, str]]


def _beta(figures: "BetaFigures", name: str) -> tuple[str, str]:
    if not np.isfinite(figures.value):
        return name, "not known"
    return name, f"{figures.value:.3f} +/- {figures.stderr:.3f}, {figures.speaks_of.words}"


def _review(d: "ReviewDocument") -> Rows:
    x, terms, judged = d.exposure, d.mandate.terms, d.mandate.judged
    hidden = () if d.not_enough is None else d.not_enough.hidden
    part = part_of(d.coverage, x.beta.value)
    if not is_measured(d.coverage, x.beta.value):
        return (
            (f"beta to {terms.benchmark}", "unknown: nothing that moves was measured"),
            ("mandate", f"{terms.lower:.2f} to {terms.upper:.2f}: {judged.status.value}"),
            ("value", money(x.nav, x.base_currency)),
        )
    return (
        (f"beta to {terms.benchmark}", "unknown: a position has no value" if part else ""),
        _beta(x.beta, f"beta{part} to {terms.benchmark}"),
        ("mandate", f"{terms.lower:.2f} to {terms.upper:.2f}: {judged.status.value}"),
        ("probability inside", "unknown" if part else f"{judged.probability_inside:.1%}"),
        (f"per +1% of {terms.benchmark}", money(x.money_per_1pct, x.base_currency)),
        (f"value{part}" if part else "net asset value", money(x.nav, x.base_currency)),
        ("coverage", f"{d.coverage.share:.1%} of gross exposure, {len(d.positions)} positions"),
        ("largest", _largest(d.positions)),
        ("beta hides", f"{hidden[0].kind.value}: {-hidden[0].loss:+.1%} of NAV{part}" if hidden else ""),
        ("why", judged.why),
    )


def _largest(positions: "Sequence[PositionLine]") -> str:
    parts = sorted(
        ((p.contribution, p.asset) for p in positions if p.contribution is not None), key=lambda x: -abs(x[0])
    )
    return ", ".join(f"{asset} {part:+.3f}" for part, asset in parts[:3])


def _plan(d: "PlanDocument") -> Rows:
    after = d.after
    if d.status.value == "undecided":
        return (("status", d.status.value), ("why", d.before.judged.why))
    return (
        ("status", d.status.value),
        ("orders", ", ".join(f"{o.side} {o.quantity:g} {o.asset}" for o in d.orders) or "none"),
        _beta(d.before.exposure.beta, "beta before"),
        _beta(after.exposure.beta, "beta after"),
        ("from target", f"{d.residual:+.4f}"),
        ("cost", money(d.cost, after.exposure.base_currency)),
        ("verdict after", after.judged.why),
    )


def _ways(d: "WaysDocument") -> Rows:
    ways = ((w.name.replace("_", " "), _way(w, d.base_currency)) for w in d.ways)
    return (("cheapest", d.cheapest or "none"), ("why", d.reason), *ways)


def _way(w: "WayFigures", base: str) -> str:
    words = "satisfies" if w.satisfies else "does not satisfy"
    return f"beta after {w.after.beta:.3f}, {money(-w.cost_now.total, base)} now: {words} the mandate"


def _drift(d: "DriftDocument") -> Rows:
    causes = sorted(d.causes.items(), key=lambda x: -abs(x[1]))
    return (
        _beta(d.beta_start, "beta first"),
        _beta(d.beta_end, "beta last"),
        ("change", f"{d.change:+.4f}"),
        *((cause.value, f"{value:+.4f}") for cause, value in causes[:6]),
        ("betas measured anew", str(d.noise.significance.verdict)),
        ("without", f"{len(d.left_out)} positions that could not be measured" if d.left_out else ""),
    )


def _ahead(d: "AheadDocument") -> Rows:
    p = d.ahead.projection
    half = "" if p.median_exit_days is None else f"{p.median_exit_days:.0f} trading days"
    return (
        ("beta", f"{p.beta:.3f}, band {p.lower:.2f} to {p.upper:.2f}"),
        ("spread a day", f"{p.sd:.4f}"),
        ("outside in half of cases", half or "beyond the last horizon"),
        *((f"within {h.days} days", f"has left with probability {h.exited:.1%}") for h in p.horizons[:7]),
        ("without", f"{len(p.left_out)} positions that were not measured" if p.left_out else ""),
    )


def _stress(d: "StressDocument") -> Rows:
    part = part_of(d.coverage, d.beta.value)
    episodes = ((e.name, e.share) for e in d.episodes)
    shocks = ((s.shock.name, s.share) for s in d.shocks)
    rows = ((name, f"{share:+.1%} of NAV{part}") for name, share in (*episodes, *shocks) if share is not None)
    return (_beta(d.beta, f"beta{part} to {d.benchmark}"), *rows)


def _risk(d: "RiskDocument") -> Rows:
    part = part_of(d.coverage, d.beta.value)
    findings = ((f.kind.value, f"{-f.loss:+.1%} of NAV{part}, {f.scenario}") for f in d.findings)
    return (_beta(d.beta, f"beta{part} to {d.benchmark}"), *findings)


def _performance(d: "PerformanceDocument") -> Rows:
    alpha, ratios = d.ratios.alpha, d.ratios
    year = alpha.compounded
    return (
        ("periods", f"{d.measured.n_obs} of {d.measured.portfolio} against {d.measured.benchmark}"),
        ("alpha a year", f"{year.value:+.2%}, {year.low:+.2%} to {year.high:+.2%}"),
        ("beta", f"{alpha.beta.value:.3f}, {alpha.beta.low:.3f} to {alpha.beta.high:.3f}"),
        ("annual return", "" if ratios.annual_return is None else f"{ratios.annual_return:+.2%}"),
        ("largest drawdown", "" if ratios.largest_drawdown is None else f"{ratios.largest_drawdown:.1%}"),
    )


def _policy(d: "HedgePolicyDocument") -> Rows:
    band = d.recommended.band
    practice = d.policies[0].practice if d.policies else None
    return (
        ("recommended", "" if band is None else f"a band of +/- {band:.4f}"),
        ("hedge", d.recommended.hedge),
        ("cost a year", "" if practice is None else money(practice.cost, d.base_currency)),
        ("tracking error", "" if practice is None else f"{practice.tracking_error:.2%}"),
    )


def _backtest(d: "BacktestDocument") -> Rows:
    spans = f"{day(d.first)} to {day(d.last)}"
    lines = ((p.policy, f"cost {p.cost_bp_year:.2f} bp, rms gap {p.rms_gap:.3f}") for p in d.policies)
    return (("replayed", spans), ("conclusion", d.conclusion), *lines)


def _league(d: "LeagueDocument") -> Rows:
    horizons = ((f"{h.verdict.days} days", h.verdict.text) for h in d.horizons)
    return (("recommended", d.recommendation.text), *horizons)


def _betas(d: "BetaDocument | BetasDocument") -> Rows:
    measured = [b for b in d.betas if b.value is not None]
    return (
        ("benchmark", d.benchmark),
        ("method", d.method),
        ("measured", f"{len(measured)} of {len(d.betas)}"),
        *((b.asset, f"{b.value:.3f} +/- {b.stderr or 0.0:.3f}") for b in measured[:8]),
    )


def _exposure(d: "ExposureDocument") -> Rows:
    x = d.exposure
    part = part_of(d.coverage, x.beta.value)
    return (
        _beta(x.beta, f"beta{part} to {d.benchmark}"),
        (f"per +1% of {d.benchmark}", money(x.money_per_1pct, x.base_currency)),
        (f"value{part}" if part else "net asset value", money(x.nav, x.base_currency)),
        ("coverage", f"{d.coverage.share:.1%} of gross exposure, {len(d.positions)} positions"),
        ("largest", _largest(d.positions)),
    )


def _history(d: "BetaHistoryDocument") -> Rows:
    lasts = [(a.asset, a.beta[-1], a.stderr[-1], a.reasons) for a in d.assets if len(d.days)]
    return (
        ("benchmark", d.benchmark),
        ("method", d.method),
        ("dates", f"{len(d.days)}, {d.days[0]} to {d.days[-1]}" if len(d.days) else "none"),
        *(
            (asset, f"at the end {beta:.3f} +/- {stderr:.3f}" if np.isfinite(beta) else _none_at_the_end(reasons))
            for asset, beta, stderr, reasons in lasts[:8]
        ),
    )


def _none_at_the_end(reasons: tuple[str, ...]) -> str:
    return f"none at the end ({reasons[-1]})" if reasons else "none at the end"


def _partial(d: "PartialBetasDocument") -> Rows:
    lines = [(f"{b.asset} to {b.benchmark}", _slope(b.value, b.stderr, b.reason)) for b in d.betas]
    return (("benchmarks", f"{', '.join(d.benchmarks)}, all at once"), *lines[:10])


def _between(d: "BetaBetweenDocument") -> Rows:
    span = f", {d.beta.first} to {d.beta.last}" if d.beta.first else ""
    return (
        (f"beta of {d.beta.asset} on {d.benchmark}", _slope(d.beta.value, d.beta.stderr, d.beta.reason)),
        ("what it says", d.speaks_of.words),
        ("method", d.beta.method),
        ("taken as", d.given),
        ("returns used", f"{d.beta.n_obs}{span}"),
        ("overlap", f"{d.overlap} of {d.rows} and {d.benchmark_rows} values; {d.set_aside} set aside"),
        ("flags", ", ".join(d.beta.flags)),
    )


def _slope(value: float | None, stderr: float | None, reason: str | None) -> str:
    return f"none: {reason}" if value is None else f"{value:.3f} +/- {stderr or 0.0:.3f}"


def _diagnosis(d: "DiagnosisDocument") -> Rows:
    doubted = [(a.asset, "; ".join(a.words)) for a in d.assets if a.words]
    return (("benchmark", d.benchmark), ("doubts about", f"{len(doubted)} of {len(d.assets)} betas"), *doubted[:9])


def _accounts(d: "AccountsDocument") -> Rows:
    worst = ((a.account, f"{a.status}: beta {'not known' if a.beta is None else f'{a.beta:.3f}'}") for a in d.accounts)
    return (("accounts", f"{d.outside} outside, {d.undecided} undecided, {d.inside} inside"), *worst)


def _first_figures(document: Any) -> Rows:
    """Give the figures of a document that are single numbers, words or days, in the order it has them."""
    values = ((f.name.rstrip("_"), getattr(document, f.name)) for f in fields(document))
    return [(name.replace("_", " "), _figure(value)) for name, value in values]


def _figure(value: str | float | date | None) -> str:
    if isinstance(value, float):
        return f"{value:,.6g}" if np.isfinite(value) else "not known"
    return str(value) if isinstance(value, str | int | date | np.datetime64) else ""


_ROWS: Final[Mapping[str, Callable[[Any], Rows]]] = MappingProxyType(
    {
        "trimtab.backtest/1": _backtest,
        "trimtab.ahead/1": _ahead,
        "trimtab.beta/1": _betas,
        "trimtab.beta-between/1": _between,
        "trimtab.beta-history/1": _history,
        "trimtab.betas/1": _betas,
        "trimtab.diagnosis/1": _diagnosis,
        "trimtab.drift/1": _drift,
        "trimtab.exposure/1": _exposure,
        "trimtab.hedge-policy/1": _policy,
        "trimtab.league/1": _league,
        "trimtab.partial-betas/1": _partial,
        "trimtab.performance/1": _performance,
        "trimtab.plan/1": _plan,
        "trimtab.review-all/1": _accounts,
        "trimtab.review/1": _review,
        "trimtab.risk/1": _risk,
        "trimtab.stress/1": _stress,
        "trimtab.ways/1": _ways,
    }
)
