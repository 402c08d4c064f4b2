"""The overview as a page: beta beside its mandate, money per 1%, where beta comes from, what was not measured."""

import json

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from trimtab.desk.questions.every import QUESTIONS
from trimtab.errors import MissingExtraError
from trimtab.report.charts.catalogue import charts_of
from trimtab.report.documents.review import ReviewDocument
from trimtab.report.shape.write import Document
from trimtab.report.words import money, part_of, quantity, signed
from trimtab.web.asking import Asked

__all__ = ["error_page", "overview_page", "style"]

_PAGES = Environment(
    loader=PackageLoader("trimtab.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def overview_page(asked: Asked) -> str:
    """Write the overview of a review.

    Parameters
    ----------
    asked
        The review and what it was answered from.
    """
    document = asked.document
    assert isinstance(document, ReviewDocument)  # noqa: S101 - the question was a review
    whole = part_of(document.coverage, document.exposure.beta.value)
    return _PAGES.get_template("overview.html").render(
        review=document, x=document.exposure, journal=asked.journal, whole=whole, charts=_charts(document),
        questions=tuple(QUESTIONS), beta=_beta, share=_share, signed=signed, money=money, quantity=quantity,
    )  # fmt: skip


def error_page(text: str) -> str:
    """Write the page of an error from its document."""
    return _PAGES.get_template("error.html").render(error=json.loads(text))


def _beta(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _share(value: float) -> str:
    return f"{value:.1%}"


def _charts(document: Document) -> list[tuple[str, str, Markup]]:
    """Give title, finding and drawing of each chart; where one cannot be drawn, the reason is its finding."""
    try:
        drawn = charts_of(document)
        from trimtab.report.charts.marks.frame import Undrawn  # noqa: PLC0415 - what renders is an extra
        from trimtab.report.charts.render import svg_for_page  # noqa: PLC0415
    except MissingExtraError as error:
        return [("Charts", f"{error.found}; {error.try_next}", Markup())]
    rendered: list[tuple[str, str, Markup]] = []
    for one in drawn:
        if isinstance(one, Undrawn):
            rendered.append((one.title, one.why, Markup()))
        else:
            rendered.append((one.title, one.finding, Markup(svg_for_page(one))))  # noqa: S704 - Vega escapes its words
    return rendered


def style() -> str:
    """Give the colours of charts as variables, light and dark."""
    from trimtab.report.charts.marks.ink import stylesheet  # noqa: PLC0415 - the package of marks is light alone

    return stylesheet()
