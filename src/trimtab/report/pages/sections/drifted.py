"""Drift: why beta changed since the period began."""

from trimtab.report.documents.composed.report import ReportDocument
from trimtab.report.documents.drift import DriftDocument
from trimtab.report.pages.front import CAUSES
from trimtab.report.pages.parts import Column, Section, Table, change, error_bar, figure, share, text
from trimtab.report.pages.pictures import Pictures

__all__ = ["drift_section"]

_MOST = 15


def drift_section(d: ReportDocument, pictures: Pictures, absent: str) -> Section:
    """Say why beta changed."""
    drift = d.drift
    if drift is None:
        return Section(key="drift", title="Why beta changed", lead=(absent,))
    first, last = drift.beta_start, drift.beta_end
    lead = (
        f"Beta to {drift.benchmark} went from {error_bar(first.value, first.stderr)} on {str(drift.from_)[:10]} to "
        f"{error_bar(last.value, last.stderr)} on {str(drift.to)[:10]}: {drift.change:+.3f}. The causes add up to it.",
        _noise(drift),
    )
    return Section(
        key="drift",
        title="Why beta changed",
        lead=lead,
        tables=(_causes(drift), _positions(drift), *((_left_out(drift),) if drift.left_out else ())),
        pictures=pictures.of(drift, "causes", *(("chain",) if len(drift.links) > 1 else ())),
        notes=drift.notes,
    )


def _noise(drift: DriftDocument) -> str:
    noise = drift.noise
    by = f"{noise.method}, {noise.observations} new returns"
    if noise.part is None or noise.significance.z is None:
        return f"Whether betas changed beyond their noise ({by}): {noise.significance.verdict}."
    return (
        f"Whether betas changed beyond their noise is judged by the fit ({by}), where they made {noise.part:+.3f} +/- "
        f"{noise.stderr:.3f}: z {noise.significance.z:+.1f}, {noise.significance.verdict}."
    )


def _causes(drift: DriftDocument) -> Table:
    rows = tuple((text(CAUSES[cause.value]), change(part)) for cause, part in drift.causes.items())
    return Table(
        title="By cause",
        columns=(Column(name="cause", is_number=False), Column(name="change of beta")),
        rows=(*rows, (text("together"), change(drift.change))),
    )


def _positions(drift: DriftDocument) -> Table:
    ranked = sorted(drift.positions, key=lambda p: -abs(p.end - p.start))[:_MOST]
    more = len(drift.positions) - len(ranked)
    return Table(
        title="By position: what it adds to beta",
        columns=(Column(name="position", is_number=False), Column(name="first day"), Column(name="last day"),
                 Column(name="change")),
        rows=tuple((text(p.asset), figure(p.start), figure(p.end), change(p.end - p.start)) for p in ranked),
        note=f"{more} positions that changed less are not listed." if more else "",
    )  # fmt: skip


def _left_out(drift: DriftDocument) -> Table:
    return Table(
        title="Left out on both days, and out of net asset value",
        columns=(Column(name="position", is_number=False), Column(name="why", is_number=False),
                 Column(name="of gross exposure")),
        rows=tuple(
            (text(line.asset), text(line.reason.value.replace("_", " ")), share(line.share)) for line in drift.left_out
        ),
    )  # fmt: skip
