"""Colours of charts: one word for each thing that a colour means, and the palettes that give them.

A colour means one thing everywhere and is never the only sign: what adds points right or up, what takes away left or
down, a second line is dashed, and numbers bear their sign. In grey the two bars differ by their lightness.
"""

from dataclasses import dataclass, fields

__all__ = ["DARK", "LIGHT", "PAGE", "Ink", "declared", "stylesheet"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ink:
    """A palette: values are colours as SVG writes them.

    Parameters
    ----------
    ink, muted, grid
        Words and numbers; words that matter less; lines that only help the eye.
    adds, takes
        Bars and lines: what adds to beta or is earned; what takes away or is lost.
    total
        A level that changes lead from or to.
    line, second
        The first line of several, and the one beside it.
    interval
        What an estimate may be: the 95% interval.
    mandate, mandate_ink
        The band of the mandate, and words in it.
    alarm
        Outside, nothing else.
    surface
        What lies behind.
    """

    ink: str
    muted: str
    grid: str
    adds: str
    takes: str
    total: str
    line: str
    second: str
    interval: str
    mandate: str
    mandate_ink: str
    alarm: str
    surface: str


LIGHT = Ink(
    ink="#16202b",
    muted="#55606e",
    grid="#dde3ea",
    adds="#1f5a9e",
    takes="#d97a3f",
    total="#5c6b7d",
    line="#16325c",
    second="#b4531f",
    interval="#b3cbea",
    mandate="#cde8d5",
    mandate_ink="#1a6638",
    alarm="#b3261e",
    surface="#ffffff",
)
DARK = Ink(
    ink="#e7ecf3",
    muted="#a2adbb",
    grid="#2b3440",
    adds="#4a92e0",
    takes="#f2a071",
    total="#93a0b0",
    line="#9cc4fb",
    second="#f2a071",
    interval="#35547e",
    mandate="#1d4630",
    mandate_ink="#8ad6a2",
    alarm="#ff8f80",
    surface="#161d27",
)


def _variable(name: str) -> str:
    return f"--tt-{name.replace('_', '-')}"


#: For a page: variables, so that one SVG serves light and dark; without a stylesheet it falls back to light.
PAGE = Ink(**{f.name: f"var({_variable(f.name)},{getattr(LIGHT, f.name)})" for f in fields(Ink)})


def stylesheet() -> str:
    """Write the variables that a page with charts has: light, dark where the reader asks for it, and print.

    Examples
    --------
    >>> print(stylesheet().splitlines()[0][:36])
    :root{--tt-ink:#16202b;--tt-muted:#5
    """
    light, dark = declared(dark=False), declared(dark=True)
    return (
        f":root{{{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}\n"
        f"@media screen{{:root[data-theme=dark]{{{dark}}}}}\n"
    )


def declared(*, dark: bool) -> str:
    """Write the variables with the colours of a light or a dark page."""
    ink = DARK if dark else LIGHT
    return ";".join(f"{_variable(f.name)}:{getattr(ink, f.name)}" for f in fields(Ink))
