"""What a person is told beside the rows: what the file cannot settle, and which rows are no booking."""

from trimtab.feeds.statements.records import Statement

__all__ = ["doubts_of", "left_out_note"]

_MOST_SHOWN = 10


def doubts_of(statement: Statement) -> tuple[str, ...]:
    r"""Give what the file cannot settle, each with the reading that was taken.

    Examples
    --------
    >>> from trimtab.feeds.statements.read import read_statement
    >>> doubts_of(read_statement(b"Symbol,Quantity\nA,5\n", name="a"))[0]
    'the file does not say of which day its positions are'
    """
    return tuple(f"{ask.why}; taken: {ask.taken}" if ask.taken else ask.why for ask in statement.asks)


def left_out_note(statement: Statement) -> tuple[str, ...]:
    r"""Say in one line which rows are no booking, and why; nothing if all are.

    Examples
    --------
    >>> from trimtab.feeds.statements.read import read_statement
    >>> left_out_note(read_statement(b"Symbol,Quantity,Price\nA,5,2\nTotal,,\n", name="a"))
    ('left out: a total (row 3)',)
    """
    rows: dict[str, list[int]] = {}
    for one in statement.left_out:
        rows.setdefault(one.why, []).extend(line for line in one.lines if line)
    parts = [f"{why} ({_rows_in_words(lines)})" if lines else why for why, lines in rows.items()]
    more = [f"and {len(parts) - _MOST_SHOWN} more"] if len(parts) > _MOST_SHOWN else []
    return (f"left out: {'; '.join((*parts[:_MOST_SHOWN], *more))}",) if parts else ()


def _rows_in_words(lines: list[int]) -> str:
    """Give numbers of rows, those that follow each other as a span.

    Examples
    --------
    >>> _rows_in_words([3, 1, 2, 7])
    'rows 1-3, 7'
    """
    spans: list[list[int]] = []
    for line in sorted(set(lines)):
        if spans and line == spans[-1][1] + 1:
            spans[-1][1] = line
        else:
            spans.append([line, line])
    texts = [f"{first}-{last}" if last > first else str(first) for first, last in spans]
    more = ", ..." if len(texts) > _MOST_SHOWN else ""
    return f"row{'s' if len(set(lines)) > 1 else ''} {', '.join(texts[:_MOST_SHOWN])}{more}"
