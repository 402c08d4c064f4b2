"""The line of every key: planted in random documents, and complete for whatever tomllib sees."""

import tomllib
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.config.scan import key_lines

NAMES = st.sampled_from(["a", "b", "long-name", "k_1", "7", '"quoted # key"', "'li.ter\"al'", '"tab\\tkey"', '"]"'])
FILLERS = st.lists(st.sampled_from(["", "# a comment", "  # [not.a.table]", '# "open'] ), max_size=2)  # fmt: skip
SCALARS = st.sampled_from(
    [
        "1", "true", "-2.5e3", "1979-05-27 07:32:00", '"text # [x] = {"', "'C:\\'", '"esc \\" \\\\"', '""', "''",
        '"""one\nk = 1\n"" two \\"" """', '"""\n[x]\n"""""', "'''\n'' # = [\n'''", "'''a''''", '"""a\\\n  b"""', "nan",
    ]
)  # fmt: skip


def plain(key: str) -> str:
    return next(iter(tomllib.loads(f"{key} = 0")))


def sites(value: Any, path: tuple = ()) -> set[tuple]:
    """List every key and element that is in a parsed document."""
    pairs = list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ())
    return {(*path, k) for k, _ in pairs} | {s for k, inner in pairs for s in sites(inner, (*path, k))}


class Writer:
    """A document that is written piece by piece, with the line of each key as it is written."""

    def __init__(self, draw):
        self.draw, self.text, self.planted = draw, "", {}

    @property
    def line(self) -> int:
        """Line that is written now."""
        return self.text.count("\n") + 1

    def blank(self, *, lines: bool) -> None:
        """Write blanks, and comments where lines may end."""
        self.text += self.draw(st.sampled_from(["", " ", "\t"]))
        if lines:
            self.text += "".join(f"{f}\n" for f in self.draw(FILLERS))

    def value(self, path: tuple, depth: int) -> None:
        """Write a value of any kind."""
        kind = self.draw(st.sampled_from(["scalar", "scalar", "array", "inline"])) if depth else "scalar"
        if kind == "scalar":
            self.text += self.draw(SCALARS)
            return
        self.text += "[" if kind == "array" else "{"
        names = self.draw(st.lists(NAMES, max_size=3, unique_by=plain))
        for i, name in enumerate(names):
            self.blank(lines=kind == "array")
            inner = (*path, i if kind == "array" else plain(name))
            self.planted[inner] = self.line
            self.text += "" if kind == "array" else f"{name} = "
            self.value(inner, depth - 1)
            self.blank(lines=kind == "array")
            self.text += "," if i < len(names) - 1 else ""
        self.blank(lines=kind == "array")
        self.text += "]" if kind == "array" else "}"

    def pairs(self, path: tuple) -> None:
        """Write keys with values."""
        for name in self.draw(st.lists(NAMES, max_size=3, unique_by=plain)):
            self.blank(lines=True)
            inner, written = (*path, plain(name)), name
            self.planted[inner] = self.line
            if self.draw(st.booleans()):  # a dotted key
                further = self.draw(NAMES)
                inner, written = (*inner, plain(further)), f"{name} . {further}"
                self.planted[inner] = self.line
            self.text += f"{written} ="
            self.value(inner, 2)
            self.text += self.draw(st.sampled_from(["", " # [z]", "\t"])) + "\n"

    def document(self) -> str:
        """Write tables and lists of tables."""
        self.pairs(())
        for i in range(self.draw(st.integers(0, 3))):
            top, inner = f"table{i}", self.draw(st.sampled_from(["sub", '"s.ub"']))
            if self.draw(st.booleans()):
                self.blank(lines=True)
                self.planted[(top,)] = self.line
                self.text += f"[ {top} ]\n"
                self.pairs((top,))
                continue
            for j in range(self.draw(st.integers(1, 3))):
                self.blank(lines=True)
                self.planted.setdefault((top,), self.line)
                self.planted[(top, j)] = self.line
                self.text += f"[[{top}]] # {j}\n"
                self.pairs((top, j))
                self.blank(lines=True)
                self.planted[(top, j, "x" + plain(inner))] = self.line
                self.text += f'[{top}."x{plain(inner)}"]\n'
                self.pairs((top, j, "x" + plain(inner)))
        return self.text


@st.composite
def documents(draw):
    writer = Writer(draw)
    return writer.document(), writer.planted


@settings(max_examples=150, deadline=None)
@given(documents())
def test_every_key_has_the_line_it_was_written_on(case):
    """In random documents each key that tomllib sees, and no other, has the line on which it was planted."""
    text, planted = case
    seen = sites(tomllib.loads(text))
    found = key_lines(text)
    assert found == planted
    assert seen == set(found)


def test_a_table_stands_at_its_own_header():
    """A table that is first implied by a longer name has the line of its own header once there is one."""
    assert key_lines("[a.b]\n\n[a]\nx = 1")[("a",)] == 3


def test_text_after_long_strings_keeps_its_line():
    """Quotes right before a closing triple, escaped quotes and escaped line ends do not lose count."""
    text = 'a = """"q""""\nb = """\\\n x \\""""\nc = \'\'\'\n\n\'\'\'\nd = 1\n'
    assert key_lines(text) == {("a",): 1, ("b",): 2, ("c",): 4, ("d",): 7}
