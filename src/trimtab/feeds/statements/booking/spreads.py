"""Spreads that stand in one row: thinkorswim writes 5800 PUT/5600 PUT behind one expiry."""

import re

__all__ = ["split_spread"]

_PAIR = re.compile(
    r"(?P<head>.*?)\s*(?P<first>\d+(?:\.\d+)?) (?P<right>CALL|PUT)/(?P<second>\d+(?:\.\d+)?) (?P<other>CALL|PUT)",
    re.IGNORECASE,
)


def split_spread(text: str) -> tuple[str, str] | None:
    """Give the names of the leg that is bought and the leg that is sold by one long spread; None if it is none.

    Examples
    --------
    >>> split_spread("100 (Quarterlys) 30 SEP 26 5800 PUT/5600 PUT")
    ('100 (Quarterlys) 30 SEP 26 5800 PUT', '100 (Quarterlys) 30 SEP 26 5600 PUT')
    >>> split_spread("100 18 SEP 26 150 CALL") is None
    True
    """
    match = _PAIR.fullmatch(text.strip())
    if match is None:
        return None
    head = match["head"]
    return f"{head} {match['first']} {match['right']}", f"{head} {match['second']} {match['other']}"
