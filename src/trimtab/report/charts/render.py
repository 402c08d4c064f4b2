"""Charts as bytes, without a browser: SVG for a page or a file, PNG, PDF, and a page of one's own."""

import json
from collections.abc import Callable
from html import escape

import altair as alt
import vl_convert

from trimtab.report.charts.marks.frame import FONT, Chart, Picture, framed
from trimtab.report.charts.marks.ink import DARK, LIGHT, PAGE, Ink, stylesheet
from trimtab.report.charts.marks.words import wrapped

__all__ = ["chart_of", "page", "pdf", "png", "svg", "svg_by_itself", "svg_for_page", "svg_for_print"]

#: Letters of a finding that fit under a title, and points of a picture's margin.
_FINDING, _MARGIN = 74, 12
#: Room beside a printed picture: letters of the shipped font are wider than those it was laid out with.
_PRINT_PADDING = {"left": 18, "right": 12, "top": 2, "bottom": 2}
#: The font of a print, which is shipped.
PRINTED = "DejaVu Sans"
#: Of a PNG: dots per point.
_SCALE = 2.0


def chart_of(picture: Picture, ink: Ink = LIGHT, *, titled: bool = True, behind: str = "transparent") -> Chart:
    """Draw a picture as an Altair chart.

    Parameters
    ----------
    picture
        What to draw.
    ink
        Colours.
    titled
        With its title and finding above; a page writes them itself.
    behind
        Colour behind it.
    """
    chart = picture.draw(ink)
    description = f"{picture.title}. {picture.finding}"
    if titled:
        title = alt.TitleParams(text=picture.title, subtitle=wrapped(picture.finding, _FINDING))
        chart = chart.properties(title=title)
    return framed(chart.properties(description=description, padding=_MARGIN if titled else 2), ink, behind)


def svg(picture: Picture, *, dark: bool = False) -> str:
    """Draw a picture for a file: its colours are written out, light or dark."""
    return _svg(chart_of(picture, DARK if dark else LIGHT))


def svg_for_page(picture: Picture) -> str:
    """Draw a picture for a page: colours are the page's variables, title and finding are the page's."""
    return _svg(chart_of(picture, PAGE, titled=False))


def svg_for_print(picture: Picture, letters: Callable[[str], str] = str) -> str:
    """Draw a picture for paper: colours are written out, title and finding are the page's.

    Parameters
    ----------
    picture
        What to draw.
    letters
        Puts letters that the font lacks in another way, one by one: before it is laid out, so that all names have room.
    """
    chart = chart_of(picture, LIGHT, titled=False).properties(padding=_PRINT_PADDING)
    spec = json.dumps(chart.to_dict(validate=False), ensure_ascii=False)
    drawn: str = vl_convert.vegalite_to_svg(letters(spec))
    return drawn.replace(FONT, PRINTED)


def svg_by_itself(picture: Picture) -> str:
    """Draw a picture for a page that shows it as an image: light and dark by the reader's own setting."""
    drawn = _svg(chart_of(picture, PAGE))
    head = drawn.index(">") + 1
    return f"{drawn[:head]}<style>{stylesheet()}</style>{drawn[head:]}"


def _svg(chart: Chart) -> str:
    drawn: str = vl_convert.vegalite_to_svg(_spec(chart))
    return drawn


def png(picture: Picture, *, dark: bool = False) -> bytes:
    """Draw a picture as PNG, twice as fine as a screen."""
    ink = DARK if dark else LIGHT
    drawn: bytes = vl_convert.vegalite_to_png(_spec(chart_of(picture, ink, behind=ink.surface)), scale=_SCALE)
    return drawn


def pdf(picture: Picture) -> bytes:
    """Draw a picture as a PDF of its own size."""
    drawn: bytes = vl_convert.vegalite_to_pdf(_spec(chart_of(picture, LIGHT)))
    return drawn


def _spec(chart: Chart) -> str:
    return json.dumps(chart.to_dict(validate=False))


def page(pictures: tuple[Picture, ...], title: str) -> str:
    """Write pictures as one page: no script, nothing from elsewhere, light and dark.

    Parameters
    ----------
    pictures
        In their order.
    title
        Of the page.
    """
    blocks = "\n".join(
        f"<figure><h2>{escape(p.title)}</h2>\n{svg_for_page(p)}\n<figcaption>{escape(p.finding)}</figcaption></figure>"
        for p in pictures
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{stylesheet()}{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n<h1>{escape(title)}</h1>\n{blocks}\n</main>\n</body>\n</html>\n"
    )


_STYLE = """body{margin:0;background:var(--tt-surface);color:var(--tt-ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:46rem;margin:0 auto;padding:1rem}
h1{font-size:1.35rem}h2{font-size:1rem;margin:0 0 .5rem}
figure{margin:0 0 2rem}figure svg{width:100%;height:auto}
figcaption{color:var(--tt-muted);max-width:40rem}
"""
