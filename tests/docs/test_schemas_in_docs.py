"""Every schema that a command writes is in the list of documents, and the other way round."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: The record of a document says its schema, and so does a document within another.
WRITTEN = re.compile(r'(?:"schema": |SCHEMA: ClassVar = )"(trimtab\.[a-z-]+/\d+)"')


def test_every_schema_is_listed_and_every_listed_one_is_written():
    """The page of results and the code name the same schemas."""
    source = [file.read_text(encoding="utf-8") for file in (ROOT / "src/trimtab").rglob("*.py")]
    written = {name for text in source for name in WRITTEN.findall(text)}
    listed = set(re.findall(r"trimtab\.[a-z-]+/\d+", (ROOT / "docs/results.md").read_text(encoding="utf-8")))
    assert written == listed, sorted(written ^ listed)
