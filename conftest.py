"""Run the Python blocks of the README and the documentation as tests."""

import os

import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

# pytest imports readline, which exports the terminal's size: commands that tests start would draw narrow tables.
for name in ("COLUMNS", "LINES"):
    os.unsetenv(name)

pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(), SkipParser()],
    patterns=["README.md", "docs/**/*.md", "docs/*.md"],
).pytest()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the blocks of pages first: they build on one another, and what is shared out last may be split in two."""
    items.sort(key=lambda item: item.path.suffix != ".md")
