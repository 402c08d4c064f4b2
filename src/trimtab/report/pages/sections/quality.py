"""Data quality: what the figures rest on, and what is wrong with it."""

from collections import Counter

from trimtab.report.documents.composed.report import ReportDocument
from trimtab.report.pages.parts import Column, Section, Table, money, share, text, whole
from trimtab.report.words import flag_words

__all__ = ["quality_section"]

_MOST = 40


def quality_section(d: ReportDocument) -> Section:
    """Say how much was measured, what was not, and what should be looked at."""
    r = d.review
    c, x = r.coverage, r.exposure
    day = x.as_of[:10]
    late = [p for p in r.positions if p.price_date is not None and p.price_date[:10] < day]
    lead = (
        f"{c.share:.1%} of gross exposure was measured, of {len(r.positions)} positions. Prices are of {day}"
        + (f"; {len(late)} of them are older." if late else ", every one of them."),
    )
    tables = [_summary(d, len(late)), _missing(d), _late(d, day), _flags(d), _set_aside(d)]
    return Section(
        key="quality",
        title="Data quality",
        lead=lead,
        tables=tuple(table for table in tables if table.rows),
        notes=r.notes,
    )


def _summary(d: ReportDocument, late: int) -> Table:
    c = d.review.coverage
    return Table(
        title="What the figures rest on",
        columns=(Column(name="what", is_number=False), Column(name="how much")),
        rows=(
            (text("measured, of gross exposure"), share(c.share)),
            (text("of it with a stated beta"), share(c.stated)),
            (text("positions without a price or bounds"), whole(c.unpriced)),
            (text("positions that were not measured"), whole(len(c.missing))),
            (text("positions with an older price"), whole(late)),
            (text("readings set aside"), whole(d.review.failures.count)),
        ),
    )


def _missing(d: ReportDocument) -> Table:
    base = d.review.exposure.base_currency
    bounds = {b.asset: b for b in d.review.coverage.bounds}
    rows = []
    for m in d.review.coverage.missing:
        b = bounds.get(m.asset)
        low, high = (None, None) if b is None else (b.beta_exposure_low, b.beta_exposure_high)
        rows.append((text(m.asset), text(m.reason.value.replace("_", " ")), money(low), money(high)))
    return Table(
        title="Not measured, and what it can be at most",
        columns=(Column(name="position", is_number=False), Column(name="why", is_number=False),
                 Column(name="least beta exposure", unit=base), Column(name="most", unit=base)),
        rows=tuple(rows),
        most=_MOST,
    )  # fmt: skip


def _late(d: ReportDocument, day: str) -> Table:
    rows = tuple(
        (text(p.asset), text(p.price_date))
        for p in d.review.positions
        if p.price_date is not None and p.price_date[:10] < day
    )
    return Table(
        title="Prices older than the day of the report",
        columns=(Column(name="position", is_number=False), Column(name="price of", is_number=False)),
        rows=rows,
        most=_MOST,
    )


def _flags(d: ReportDocument) -> Table:
    counted = Counter(words for p in d.review.positions for f in p.flags if (words := flag_words((f,))))
    return Table(
        title="Remarks on positions",
        columns=(Column(name="remark", is_number=False), Column(name="positions")),
        rows=tuple((text(remark), whole(count)) for remark, count in counted.most_common()),
    )


def _set_aside(d: ReportDocument) -> Table:
    failures = d.review.failures
    shown = failures.shown[:_MOST]
    more = failures.count - len(shown)
    return Table(
        title="Set aside on the way",
        columns=(Column(name="where", is_number=False), Column(name="why", is_number=False),
                 Column(name="what", is_number=False)),
        rows=tuple((text(f.where), text(f.reason.value.replace("_", " ")), text(f.detail)) for f in shown),
        note=f"{more} more are in the review's run." if more > 0 else "",
    )  # fmt: skip
