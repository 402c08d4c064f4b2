"""Typeset the equations of docs/: MathML beside the LaTeX that it is made from.

    python scripts/equations.py           write the MathML of every equation
    python scripts/equations.py --check   fail if one is not that of its LaTeX

An equation of a page is a comment with its LaTeX, ``<!-- math ... -->``, and behind it what the browser shows. MathML
needs no script and no font from elsewhere.
"""

import argparse
import re
import sys
from pathlib import Path

from latex2mathml.converter import convert

DOCS = Path(__file__).parents[1] / "docs"
#: The comment, and the element behind it where it was written before.
EQUATION = re.compile(r"<!-- math (?P<latex>.+?) -->\n(?:<math .*?</math>\n)?", re.DOTALL)


def typeset(text: str) -> str:
    r"""Give a page with the MathML of each of its equations.

    Examples
    --------
    >>> typeset("<!-- math a -->\n").splitlines()[1][:30]
    '<math xmlns="http://www.w3.org'
    """
    return EQUATION.sub(_with_mathml, text)


def _with_mathml(found: re.Match[str]) -> str:
    made = convert(found["latex"], display="block").replace("\n", " ")
    # Said to whoever cannot see it; what draws it needs the element alone.
    spoken = found["latex"].replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<!-- math {found['latex']} -->\n" + made.replace("<math ", f'<math alttext="{spoken}" ', 1) + "\n"


def main() -> None:
    """Write every page anew, or tell which is not of today."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--check", action="store_true")
    only_check = parser.parse_args().check
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(DOCS.rglob("*.md"))}
    other = {path: made for path, text in pages.items() if (made := typeset(text)) != text}
    if only_check and other:
        names = ", ".join(path.relative_to(DOCS).as_posix() for path in other)
        sys.exit(f"equations of {names} are not those of their LaTeX: run python scripts/equations.py")
    for path, made in other.items():
        path.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
