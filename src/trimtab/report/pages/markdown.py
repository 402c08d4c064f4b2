"""A report as Markdown: sentences and tables, readable as plain text and wherever Markdown is shown."""

from trimtab.report.pages.parts import Cell, Column, Section, Story, Table

__all__ = ["markdown_text"]

#: Signs that would be read as markup.
_MARKED = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_{}[]<>#|~"})


def markdown_text(story: Story) -> str:
    """Write a report as Markdown; what it is told is escaped, so that a name is never markup."""
    front = story.front
    beta = " ".join(part for part in (f"**{_words(front.beta)}**", _words(front.error)) if part)
    lines = [
        f"# {_words(story.title)}", "", _words(story.subtitle), "",
        f"{beta}: **{_words(front.verdict.upper())}**, {_words(front.sure)}",
        "", _words(front.sentence), "", "| | |", "|---|---:|",
        *(f"| {_words(name)} | {_words(cell.text)} |" for name, cell in front.figures), "",
    ]  # fmt: skip
    for fact in front.answers:
        lines += [f"## {_words(fact.label)}", "", *(f"{_words(sentence)}\n" for sentence in fact.sentences)]
    for section in story.sections:
        lines += _section(section)
    return "\n".join(lines).rstrip() + "\n"


def _words(text: str) -> str:
    return " ".join(text.split()).translate(_MARKED)


def _section(section: Section) -> list[str]:
    lines = [f"## {_words(section.title)}", "", *(f"{_words(sentence)}\n" for sentence in section.lead)]
    for table in section.tables:
        lines += _table(table)
    notes = [f"- {_words(note)}" for note in dict.fromkeys(section.notes)]
    return [*lines, *notes, *([""] if notes else [])]


def _table(table: Table) -> list[str]:
    heads = " | ".join(_words(column.heading) for column in table.columns)
    rules = "|".join(_rule(column) for column in table.columns)
    rows = [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in table.on_page]
    note = [_words(table.page_note), ""] if table.page_note else []
    return [f"### {_words(table.title)}", "", f"| {heads} |", f"|{rules}|", *rows, "", *note]


def _rule(column: Column) -> str:
    return "---:" if column.is_number else "---"


def _cell(cell: Cell) -> str:
    return _words(cell.text)
