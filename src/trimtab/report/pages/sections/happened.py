"""Alerts and decisions of the period."""

from trimtab.report.documents.composed.report import ReportDocument
from trimtab.report.pages.parts import Column, Section, Table, text

__all__ = ["happened_section"]


def happened_section(d: ReportDocument) -> Section:
    """Say which alerts rang, and what was decided."""
    alerts, decisions = d.alerts.events, d.decisions
    standing = [e for e in alerts if e.at[:10] <= str(d.period.first)]
    lead = (
        *(
            f"{_capital(e.rule, e.subject)} has rung since {e.at[:10]}, and was not cleared by {d.period.last}."
            for e in standing
        ),
        f"{_counted(len(alerts) - len(standing), 'event of an alert', 'events of alerts')} and "
        f"{_counted(len(decisions), 'decision', 'decisions', none='no')} after {d.period.first}.",
    )
    tables = []
    if alerts:
        tables.append(
            Table(
                title="Alerts",
                columns=_words("when (UTC)", "rule", "what", "how much it matters", "in words", "by"),
                rows=tuple(
                    (text(e.at[:16].replace("T", " ")), text(f"{e.rule} {e.subject}".strip()), text(e.event),
                     text(e.severity), text(e.words), text(e.by))
                    for e in alerts
                ),
            )
        )  # fmt: skip
    if decisions:
        tables.append(
            Table(
                title="Decisions on plans",
                columns=_words("plan of", "run", "decision", "by", "why"),
                rows=tuple(
                    (text(x.day), text(str(x.run)), text(x.decision), text(x.by), text(x.note)) for x in decisions
                ),
            )
        )
    return Section(key="happened", title="Alerts and decisions", lead=lead, tables=tuple(tables))


def _capital(rule: str, subject: str) -> str:
    return f"{rule[:1].upper()}{rule[1:]} {subject}".strip()


def _counted(count: int, one: str, many: str, *, none: str = "No") -> str:
    return f"{count or none} {one if count == 1 else many}"


def _words(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name=name, is_number=False) for name in names)
