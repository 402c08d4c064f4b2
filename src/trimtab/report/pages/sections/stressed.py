"""Stress: today's book in past storms and under shocks."""

from trimtab.report.documents.composed.report import ReportDocument
from trimtab.report.documents.stress import StressDocument
from trimtab.report.pages.parts import Column, Section, Table, error_bar, figure, money, share, signed, text, whole
from trimtab.report.pages.pictures import Pictures
from trimtab.report.words import part_of

__all__ = ["stress_section"]


def stress_section(d: ReportDocument, pictures: Pictures, absent: str) -> Section:
    """Say what past storms and shocks would do to today's book."""
    s = d.stress
    if s is None:
        return Section(key="stress", title="Stress", lead=(absent,))
    part = part_of(s.coverage, s.beta.value)
    lead = [f"What today's book{part} would have lost in past falls, and would lose in falls that are made up."]
    worst = min((e for e in s.episodes if e.share is not None), key=lambda e: e.share or 0.0, default=None)
    if worst is not None:
        lead.append(f"Worst of the past: {worst.name} ({worst.what}), {worst.share:+.1%} of net asset value.")
    tables = [_episodes(s), _shocks(s), _regimes(s)]
    skipped = f"Prices do not reach back to: {', '.join(s.episodes_skipped)}." if s.episodes_skipped else ""
    return Section(
        key="stress",
        title="Stress",
        lead=tuple(lead),
        tables=tuple(table for table in tables if table.rows),
        pictures=pictures.of(s),
        notes=(*([skipped] if skipped else []), *s.notes),
    )


def _episodes(s: StressDocument) -> Table:
    return Table(
        title="Past episodes on today's exposures, shares of net asset value",
        columns=(
            Column(name="episode", is_number=False), Column(name="what", is_number=False),
            Column(name=s.benchmark), Column(name="book"), Column(name="lowest"), Column(name="own prices"),
        ),
        rows=tuple(
            (text(e.name), text(e.what), share(e.benchmark_return, sign=True), share(e.share, sign=True),
             share(e.worst, sign=True), share(e.observed, 0))
            for e in s.episodes
        ),
    )  # fmt: skip


def _shocks(s: StressDocument) -> Table:
    return Table(
        title="Shocks, options priced anew",
        columns=(
            Column(name="shock", is_number=False), Column(name="profit", unit=s.base_currency), Column(name="of NAV"),
            Column(name="beta after"),
        ),
        rows=tuple(
            (text(x.shock.name), money(x.profit), share(x.share, sign=True), figure(x.beta_after, 2)) for x in s.shocks
        ),
    )  # fmt: skip


def _regimes(s: StressDocument) -> Table:
    rows = []
    for line in s.regimes:
        r = line.review
        if r is None:
            rows.append((text(line.name), text(None), text(None), text(None), text(None), text("too few days")))
            continue
        rows.append(
            (
                text(line.name), whole(r.stress.n_obs), text(error_bar(r.stress.beta, r.stress.stderr, 2)),
                text(error_bar(r.calm.beta, r.calm.stderr, 2)), signed(r.difference, 2),
                text("beta changes" if r.changed else "no change seen"),
            )
        )  # fmt: skip
    return Table(
        title=f"Does beta hold in storms? Slopes over {s.n_obs} past periods",
        columns=(
            Column(name="on days of", is_number=False), Column(name="days"), Column(name="beta"),
            Column(name="other days"), Column(name="difference"), Column(name="verdict", is_number=False),
        ),
        rows=tuple(rows),
    )  # fmt: skip
