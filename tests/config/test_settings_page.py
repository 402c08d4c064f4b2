"""The page on settings has every setting as the program has it."""

from pathlib import Path
from typing import Any

from trimtab.config.sections import SECTIONS, Key, Section, keys_of
from trimtab.config.show import plain
from trimtab.monitor.alerts.rules import KINDS

PAGE = Path(__file__).parents[2] / "docs/workspace.md"


def written(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(written(item) for item in value)}]"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def default_of(key: Key) -> str:
    if key.required:
        return "must be set"
    value = plain(key.default)
    return "" if value is None else f"`{written(value)}`"


def table_of(section: Section) -> str:
    rows = [
        f"| `{key.name}` | {default_of(key)} | {key.check.expected} | {key.doc} |".replace("h|v", "h\\|v")
        for key in keys_of(section.kind).values()
    ]
    head = [f"### `{section.header}`", "", "| key | default | what it may be | meaning |", "|---|---|---|---|"]
    return "\n".join([*head, *rows])


def test_every_setting_is_on_the_page_as_it_is():
    """The page has a table for each section, row by row with default, range and meaning of each setting."""
    page = PAGE.read_text(encoding="utf-8")
    for section in SECTIONS:
        assert table_of(section) in page, f"write this into docs/workspace.md:\n{table_of(section)}"


def test_every_kind_of_rule_is_on_the_page():
    """Each kind has its row, with what is compared, on which side it fires, and its own terms."""
    page = PAGE.read_text(encoding="utf-8")
    for kind, terms in KINDS.items():
        side = "above" if terms.above else "below"
        row = f"| `{kind}` | {terms.meaning} | or {side} | {terms.threshold:g}, {terms.clear:g} |"
        assert row in page, f"write this into docs/workspace.md:\n{row}"


def test_the_page_has_no_section_that_is_gone():
    """Each section on the page is one of the program's."""
    found = {line[5:-1] for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("### `[")}
    assert found == {section.header for section in SECTIONS}
