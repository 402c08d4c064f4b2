"""Every schema that a command writes is in the list of documents, and the other way round."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_schema_is_listed_and_every_listed_one_is_written():
    """The page of results and the code name the same schemas."""
    written = {
        name
        for file in (ROOT / "src/trimtab").rglob("*.py")
        for name in re.findall(r'"schema": "(trimtab\.[a-z-]+/\d+)"', file.read_text(encoding="utf-8"))
    }
    listed = set(re.findall(r"trimtab\.[a-z-]+/\d+", (ROOT / "docs/results.md").read_text(encoding="utf-8")))
    assert written == listed
