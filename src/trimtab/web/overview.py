"""The overview as a page: beta beside its mandate, money per 1%, where beta comes from, what was not measured."""

import json

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from trimtab.errors import MissingExtraError
from trimtab.report.charts.catalogue import CHARTED, charts_of
from trimtab.report.documents.review import ReviewDocument
from trimtab.report.shape.write import Document
from trimtab.report.words import is_measured, money, number, part_of, quantity, signed
from trimtab.web.asking import Asked, pages_of

__all__ = ["PAGES", "drawn_of", "error_page", "overview_page", "style"]

#: Where pages are written from.
PAGES = Environment(
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
    return PAGES.get_template("overview.html").render(
        review=document, x=document.exposure, journal=asked.journal, whole=whole, charts=drawn_of(document),
        questions=pages_of(), which=asked.which, measured=is_measured(document.coverage, document.exposure.beta.value),
        beta=number, share=_share, signed=signed, money=money, quantity=quantity,
    )  # fmt: skip


def error_page(text: str, which: str = "") -> str:
    """Write the page of an error from its document; its links stay with the account that was asked about."""
    return PAGES.get_template("error.html").render(error=json.loads(text), questions=pages_of(), which=which)


def _share(value: float) -> str:
    return f"{value:.1%}"


def drawn_of(document: Document) -> list[tuple[str, str, Markup]]:
    """Give title, finding and drawing of each chart; where one cannot be drawn, the reason is its finding."""
    if document.SCHEMA not in CHARTED:
        return []
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
