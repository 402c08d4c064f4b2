"""A report as one page of HTML: no script, nothing from elsewhere, light, dark, phone and paper."""

import re
from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from trimtab.report.pages.parts import Cell, Column, Fact, Front, Section, Story, Table
from trimtab.report.pages.style import page_style

if TYPE_CHECKING:
    from trimtab.report.charts.marks.frame import Drawn

__all__ = ["html_page"]

#: Columns from which a table takes the whole width.
_MANY = 5


def html_page(story: Story) -> str:
    """Write a report as a page.

    Parameters
    ----------
    story
        What it says.

    Returns
    -------
    One document: its style and its drawings are in it, and it asks for nothing else.
    """
    title = f"{story.title}, {story.subtitle}"
    links = "".join(f'<li><a href="#{s.key}">{_text(s.title)}</a></li>' for s in story.sections)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(title)}</title>\n<style>\n{page_style()}</style>\n</head>\n<body>\n<main>\n"
        f'<header><h1 dir="auto">{_text(story.title)}</h1><p class="sub">{_text(story.subtitle)}</p></header>\n'
        f"{_front(story.front)}\n"
        f'<nav aria-label="Sections"><ul>{links}</ul></nav>\n'
        f"{''.join(_section(s) for s in story.sections)}"
        "</main>\n</body>\n</html>\n"
    )


#: A day is never broken over two lines.
_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


def _text(words: str) -> str:
    return escape(words, quote=True)


def _prose(words: str) -> str:
    return _DAY.sub(r'<span class="d">\g<0></span>', _text(words))


def _front(front: Front) -> str:
    figures = "".join(f"<dt>{_text(name)}</dt><dd>{_text(cell.text)}</dd>" for name, cell in front.figures)
    gauge = "" if front.picture is None else f'<div class="gauge">{_figure(front.picture, "front")}</div>'
    answers = "".join(_answer(fact) for fact in front.answers)
    return (
        '<section class="front" aria-labelledby="front"><h2 id="front">At a glance</h2><div class="top"><div>'
        f'<div class="beta">{_text(front.beta)} <span class="err">{_text(front.error)}</span></div>'
        f'<div class="verdict {_text(front.verdict)}">{_text(front.verdict.upper())}</div>'
        f'<p class="sub">{_text(front.sure)}</p></div>'
        f'{gauge}<dl class="figures">{figures}</dl></div><p>{_prose(front.sentence)}</p>'
        f'<div class="answers">{answers}</div></section>'
    )


def _answer(fact: Fact) -> str:
    sentences = "".join(f"<p>{_prose(sentence)}</p>" for sentence in fact.sentences)
    return f"<div><h3>{_text(fact.label)}</h3>{sentences}</div>"


def _section(section: Section) -> str:
    lead = "".join(f'<p class="lead">{_prose(sentence)}</p>' for sentence in section.lead)
    drawn = "".join(_figure(picture, section.key) for picture in section.pictures)
    charts = f'<div class="charts">{drawn}</div>' if drawn else ""
    tables = "".join(_table(table) for table in section.tables)
    notes = "".join(f"<li>{_text(note)}</li>" for note in dict.fromkeys(section.notes))
    listed = f'<ul class="notes">{notes}</ul>' if notes else ""
    return (
        f'<section id="{section.key}" aria-labelledby="{section.key}-title"><h2 id="{section.key}-title">'
        f"{_text(section.title)}</h2>{lead}{charts}{tables}{listed}</section>\n"
    )


def _table(table: Table) -> str:
    heads = "".join(f'<th scope="col"{_class(c)}>{_text(c.heading)}</th>' for c in table.columns)
    rows = "".join(f"<tr>{''.join(_cells(row, table.columns))}</tr>" for row in table.on_page)
    note = f'<p class="note">{_text(table.page_note)}</p>' if table.page_note else ""
    name = _text(table.title)
    full = ' class="full"' if len(table.columns) >= _MANY else ""
    return (
        f'<h3>{name}</h3><div class="wide" role="region" aria-label="{name}" tabindex="0"><table{full}><thead>'
        f"<tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>{note}"
    )


def _class(column: Column) -> str:
    return ' class="n"' if column.is_number else ""


def _cells(row: tuple[Cell, ...], columns: tuple[Column, ...]) -> Iterator[str]:
    first, *rest = row
    yield f'<th scope="row" dir="auto">{_text(first.text)}</th>'
    for cell, column in zip(rest, columns[1:], strict=True):
        yield f"<td{_class(column) or ' class=w'}>{_text(cell.text)}</td>"


def _figure(drawn: "Drawn", where: str) -> str:
    from trimtab.report.charts.marks.frame import Undrawn  # noqa: PLC0415 - Altair is an extra
    from trimtab.report.charts.render import svg_for_page  # noqa: PLC0415

    if isinstance(drawn, Undrawn):
        return f'<p class="note">Not drawn: {_text(drawn.title)}: {_text(drawn.why)}.</p>'
    words = f"{drawn.title}. {drawn.finding}"
    picture = _its_own_names(svg_for_page(drawn), f"{where}-{drawn.name}")
    picture = picture.replace("<svg ", f'<svg role="img" aria-label="{_text(words)}" ', 1)
    return f"<figure>{picture}<figcaption><b>{_text(drawn.title)}</b>{_text(drawn.finding)}</figcaption></figure>"


def _its_own_names(svg: str, prefix: str) -> str:
    """Give the parts of a drawing names that no other drawing of the page has."""
    names = re.findall(r'\bid="([^"]+)"', svg)
    for name in dict.fromkeys(names):
        own = f"{prefix}-{name}"
        svg = (
            svg.replace(f'id="{name}"', f'id="{own}"')
            .replace(f"#{name})", f"#{own})")
            .replace(f'"#{name}"', f'"#{own}"')
        )
    return svg
