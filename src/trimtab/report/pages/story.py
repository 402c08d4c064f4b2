"""A report as people read it, from its first page to its last."""

from dataclasses import replace

from trimtab.report.documents.composed.report import ReportDocument
from trimtab.report.pages.front import front_page
from trimtab.report.pages.parts import Story
from trimtab.report.pages.pictures import Pictures
from trimtab.report.pages.sections.drifted import drift_section
from trimtab.report.pages.sections.earned import performance_section
from trimtab.report.pages.sections.happened import happened_section
from trimtab.report.pages.sections.methods import methods_section
from trimtab.report.pages.sections.positions import hidden_section, positions_section
from trimtab.report.pages.sections.proposed import plan_section
from trimtab.report.pages.sections.quality import quality_section
from trimtab.report.pages.sections.stressed import stress_section

__all__ = ["story_of"]


def story_of(d: ReportDocument, *, pictured: bool) -> Story:
    """Tell a report.

    Parameters
    ----------
    d
        What it is made of.
    pictured
        With charts, which need the extra; False leaves them out.
    """
    pictures = Pictures(wanted=pictured)
    front = front_page(d)
    gauge = pictures.of(d.review, "beta")
    name = {"week": "Week", "month": "Month", "quarter": "Quarter"}.get(d.period.name, "Period")
    return Story(
        title=f"{d.title}: beta report",
        subtitle=f"{name} from {d.period.first} to {d.period.last}, against {d.review.mandate.terms.benchmark}",
        day=d.period.last.isoformat(),
        front=replace(front, picture=gauge[0] if gauge else None),
        sections=(
            positions_section(d, pictures),
            drift_section(d, pictures, _why(d, "drift")),
            plan_section(d, pictures, _why(d, "ways")),
            hidden_section(d, pictures),
            stress_section(d, pictures, _why(d, "stress")),
            performance_section(d, pictures, _why(d, "performance")),
            happened_section(d),
            quality_section(d),
            methods_section(d),
        ),
    )


def _why(d: ReportDocument, part: str) -> str:
    """Say why a part is not there."""
    why = next((a.why for a in d.absent if a.part == part), None)
    return "This was not asked for." if why is None else f"This is not known here: {why}."
