"""Methods and sources: how figures were made, and how each can be asked again."""

from trimtab.report.documents.composed.report import ReportDocument
from trimtab.report.pages.parts import Column, Section, Table, text

__all__ = ["methods_section"]


def methods_section(d: ReportDocument) -> Section:
    """Say by which methods, from which runs."""
    r, made = d.review, d.made_from
    lead = [
        f"Betas by `{r.method}`, against {r.benchmark_detail.symbol}; risk-free rate: {r.risk_free}. They speak of "
        f"{r.exposure.beta.speaks_of.words}.",
        "A verdict is inside or outside where the probability of it reaches "
        f"{r.mandate.terms.confidence:.0%}, and undecided where it does not, or where too little was measured.",
    ]
    if made.head is not None:
        lead.append(
            f"Made by trimtab {made.program} from journal entries up to {made.known}; the journal ends at entry "
            f"{made.head}, hash {made.hash}."
        )
    else:
        lead.append(f"Made by trimtab {made.program} from results in memory: no run was written down.")
    return Section(
        key="methods",
        title="Methods and sources",
        lead=tuple(lead),
        tables=tuple(table for table in (_runs(d), _citations(d)) if table.rows),
    )


def _runs(d: ReportDocument) -> Table:
    return Table(
        title="Runs: each figure can be asked again",
        columns=tuple(Column(name=n, is_number=False) for n in ("part", "run", "how")),
        rows=tuple(
            (text(mark.part), text(str(mark.run)), text(f"trimtab replay {mark.run}")) for mark in d.made_from.runs
        ),
    )


def _citations(d: ReportDocument) -> Table:
    return Table(
        title="Published techniques used here",
        columns=tuple(Column(name=n, is_number=False) for n in ("technique", "published in")),
        rows=tuple((text(c.technique), text(c.source)) for c in d.citations),
    )
