"""A result in a notebook: its few figures as a table, and its chart; no script, readable on light and on dark."""

from html import escape

from trimtab.errors import TrimtabError
from trimtab.report.charts.catalogue import the_chart
from trimtab.report.charts.marks.ink import declared
from trimtab.report.shape.write import Document
from trimtab.report.shown.brief import Brief

__all__ = ["block"]


def block(brief: Brief, document: Document) -> str:
    """Write a result for a notebook.

    Parameters
    ----------
    brief
        Its few figures.
    document
        All of them: what its chart draws.

    Returns
    -------
    One element with a style of its own: a light surface, and a dark one where the notebook or the reader is dark.
    """
    lines = "".join(
        f'<tr><th scope="row">{escape(label)}</th><td>{escape(text)}</td></tr>' for label, text in brief.rows
    )
    return (
        f'<div class="tt-shown"><style>{_style()}</style><table><caption>{escape(brief.title)}</caption>'
        f"<tbody>{lines}</tbody></table>{_chart(document)}</div>"
    )


def _chart(document: Document) -> str:
    """Draw its first chart; nothing where charts are not installed, or nothing can be drawn."""
    try:
        picture = the_chart(document)
        from trimtab.report.charts.render import svg_for_page  # noqa: PLC0415 - what renders is an extra
    except (TrimtabError, ImportError):
        return ""
    words = escape(f"{picture.title}. {picture.finding}")
    return f"<figure>{svg_for_page(picture)}<figcaption>{words}</figcaption></figure>"


def _style() -> str:
    dark = declared(dark=True)
    return (
        f".tt-shown{{{declared(dark=False)};background:var(--tt-surface);color:var(--tt-ink);padding:.75rem;"
        "max-width:42rem;font:13px/1.45 system-ui,sans-serif}"
        f"@media (prefers-color-scheme:dark){{.tt-shown{{{dark}}}}}"
        f"[data-jp-theme-light=true] .tt-shown{{{declared(dark=False)}}}"
        f"[data-jp-theme-light=false] .tt-shown,.vscode-dark .tt-shown{{{dark}}}"
        ".tt-shown caption{text-align:left;font-weight:600;padding:0 0 .35rem;color:var(--tt-ink)}"
        ".tt-shown table{border-collapse:collapse;margin:0;background:none;color:inherit}"
        ".tt-shown th,.tt-shown td{text-align:left;padding:.12rem .9rem .12rem 0;border:0;"
        "background:none;color:inherit;font-variant-numeric:tabular-nums}"
        ".tt-shown th{font-weight:400;color:var(--tt-muted)}"
        ".tt-shown figure{margin:.75rem 0 0}.tt-shown svg{width:100%;height:auto;max-width:36rem}"
        ".tt-shown figcaption{color:var(--tt-muted)}"
    )
