"""Which figures the pages state, and what backs each of them.

    python scripts/figures.py              lists the blocks whose figures nothing backs
    python scripts/figures.py make         runs the command of each made block and puts its output in its place
    ... --page docs/risk.md                looks at one page

A block is a paragraph, a list item, a table, a shown output, or all that stands between the marks of a made block:

    <!-- made by: python scripts/case_study.py -->
    what the command printed
    <!-- made -->

A block that states figures needs a line in docs/figures.toml that names what backs it:

    "test: PATH::NAME"   the test asserts these figures
    "script: COMMAND"    the command prints them; a made block is written by it
    "source: WORDS"      somebody else's figure, with author and year
    "definition"         a number that was chosen, not measured: a default, a bound, a unit
    "example"            an invented input, or what follows from it by the arithmetic beside it

The line's key holds a digest of the block's digits, so that changing one fails and other words do not. For a block that
changed, the list shows what backed it: measure again, then write the new line. Blocks of Python and console commands
are run by their own tests and need no line.
"""

import argparse
import hashlib
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
LEDGER = ROOT / "docs/figures.toml"
KINDS = ("test: ", "script: ", "source: ", "definition", "example")
#: Run or read by tests of their own.
_RUN = {"python", "console", "toml", "mermaid", "json", "py", "diff", "sh"}
_MADE = re.compile(r"<!-- made by: (?P<command>.+?) -->\n(?P<block>.*?)<!-- made -->", re.DOTALL)
#: What is one block whatever stands in it.
_WHOLE = re.compile(
    r"^<!-- made by: .*?^<!-- made -->$|^ *```(?P<language>\w*)[^\n]*\n.*?^ *```$", re.DOTALL | re.MULTILINE
)
_ITEM = re.compile(r"\s*(?:[-*]|\d+\.)\s")
#: With the letters of a unit behind it (3.2x, 15ms), alone, in a range or before a word (94-95%, 508-fold), not as part
#: of a version or a name (S&P500); dates begin with a year, see `_WORDS`.
_NUMBER = re.compile(r"(?<![\w./-])[-+±−]?(?:\d+(?:,\d{3})+|\d*\.\d+|\d+)(?![\d/]|\.\d)(?:\s?%|[a-z]{1,2}\b)?")
_DIGITS = re.compile(r"[-+±−]?\d[\d.,]*%?")
#: Counts that are words, and years.
_WORDS = re.compile(r"(?:[0-9]|1[0-2]|(?:1[89]|20)\d\d)(?:st|nd|rd|th)?")
#: What states nothing: code, addresses, remarks, the number of a heading or of a list item, a name.
_SILENT = re.compile(r"S&P 500|`[^`\n]*`|\]\([^)]*\)|<!--.*?-->|^#+ \d+\.|^\s*\d+\. ", re.MULTILINE)


#: A formula as it is written, and behind it as it is drawn, which states nothing more.
_DRAWN = re.compile(r"<!-- math (?P<written>.+?) -->\s*<math.*?</math>", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph, list item, table or shown output that states figures.

    Parameters
    ----------
    page
        Path from the root.
    line
        Where it begins, from 1.
    text
        Its words.
    figures
        What it states.
    """

    page: str
    line: int
    text: str
    figures: tuple[str, ...]

    @property
    def key(self) -> str:
        """The digest of its digits, small counts and code included, and its first few words."""
        words = " ".join(self.text.split())
        digest = hashlib.sha256(" ".join(_DIGITS.findall(words)).encode()).hexdigest()[:12]
        return f"{digest} {words[:60]}".replace('"', "'").replace("\\", "/")


def pages() -> list[Path]:
    """Give every page that a reader may see."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "examples").rglob("*.md"))]


def blocks(path: Path) -> Iterator[Block]:
    """Give the blocks of a page that state figures."""
    page = path.relative_to(ROOT).as_posix()
    written = _DRAWN.sub(_same_lines, path.read_text(encoding="utf-8"))
    for line, text in _pieces(written):
        plain = text if text.startswith("```") else _SILENT.sub(" ", text)
        figures = tuple(n for n in (m.group().strip() for m in _NUMBER.finditer(plain)) if not _WORDS.fullmatch(n))
        if figures:
            yield Block(page=page, line=line, text=text, figures=figures)


def _same_lines(drawn: re.Match[str]) -> str:
    """Give a formula as it is written, over as many lines as it takes with its drawing."""
    written = drawn["written"]
    return written + "\n" * (drawn.group().count("\n") - written.count("\n"))


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Split a page where a reader would: at blank lines, list items, tables, shown outputs and made blocks."""
    at = 0
    for whole in [*_WHOLE.finditer(text), None]:
        first = text.count("\n", 0, at) + 1
        yield from _prose(text[at : whole.start() if whole else len(text)], first)
        if whole:
            at = whole.end()
            if whole["language"] not in _RUN:
                yield text.count("\n", 0, whole.start()) + 1, whole.group()


def _prose(text: str, first: int) -> Iterator[tuple[int, str]]:
    """Split what is neither an output nor made: at blank lines, at list items, before and after a table."""
    piece: list[str] = []
    for number, line in enumerate([*text.splitlines(), ""], first):
        table = bool(piece) and piece[-1].startswith("|") != line.startswith("|")
        if piece and (table or not line.strip() or _ITEM.match(line)):
            yield number - len(piece), "\n".join(piece)
            piece = []
        if line.strip():
            piece.append(line)


def ledger() -> dict[str, dict[str, str]]:
    """Give what backs the figures: page -> key -> backing."""
    return tomllib.loads(LEDGER.read_text(encoding="utf-8")) if LEDGER.exists() else {}


def unbacked(path: Path) -> list[Block]:
    """Give the blocks of a page whose figures nothing backs."""
    backed = ledger().get(path.relative_to(ROOT).as_posix(), {})
    return [block for block in blocks(path) if block.key not in backed]


def idle(path: Path) -> list[str]:
    """Give the lines of the ledger that no block of the page has any more."""
    keys = {block.key for block in blocks(path)}
    return [key for key in ledger().get(path.relative_to(ROOT).as_posix(), {}) if key not in keys]


def make(path: Path) -> bool:
    """Run the command of each made block of a page and put what it prints in its place; tell whether it changed."""
    text = path.read_text(encoding="utf-8")

    def renew(match: re.Match[str]) -> str:
        command = match["command"]
        done = subprocess.run(
            [sys.executable, *shlex.split(command)[1:]], cwd=ROOT, capture_output=True, text=True, check=True
        )
        return f"<!-- made by: {command} -->\n\n{done.stdout.strip()}\n\n<!-- made -->"

    new = _MADE.sub(renew, text)
    path.write_text(new, encoding="utf-8")
    return new != text


def main() -> None:
    """List what nothing backs, or make the made blocks anew."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", nargs="?", choices=("list", "make"), default="list")
    parser.add_argument("--page", help="one page only, for example docs/risk.md")
    arguments = parser.parse_args()
    chosen = [path for path in pages() if arguments.page in (None, path.relative_to(ROOT).as_posix())]
    for path in chosen:
        if arguments.verb == "make":
            print(f"{path.relative_to(ROOT)}: {'changed' if make(path) else 'the same'}")
            continue
        for block in unbacked(path):
            print(f'{block.page}:{block.line}\n"{block.key}" = ""\n    {", ".join(block.figures[:12])}')
        for key in idle(path):
            page = path.relative_to(ROOT).as_posix()
            print(f'{page}: no block any more for\n"{key}" = "{ledger()[page][key]}"')


if __name__ == "__main__":
    main()
