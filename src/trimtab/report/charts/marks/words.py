"""Names and numbers as charts write them, and where labels stand without touching one another."""

from collections.abc import Sequence

__all__ = ["amount", "percent", "shortened", "spread", "wrapped"]

#: Letters of a name that fit beside an axis.
_LONGEST = 24


def shortened(name: str, longest: int = _LONGEST) -> str:
    """Cut a long name in its middle: its beginning and its end tell names apart.

    Examples
    --------
    >>> shortened("SPX 3600P Mar23"), shortened("A very long name of a fund, share class B", 20)
    ('SPX 3600P Mar23', 'A very lon…e class B')
    """
    if len(name) <= longest:
        return name
    head = longest // 2
    return f"{name[:head]}…{name[len(name) - (longest - head - 1) :]}"


def amount(value: float) -> str:
    """Write money with its sign, and nothing as 0.

    Examples
    --------
    >>> amount(-1234.5), amount(-0.2), amount(7.0)
    ('-1,234', '0', '+7')
    """
    rounded = round(value)
    return f"{rounded:+,}" if rounded else "0"


def percent(value: float, digits: int = 1) -> str:
    """Write a share as a signed percentage.

    Examples
    --------
    >>> percent(-0.1234), percent(0.0)
    ('-12.3%', '+0.0%')
    """
    return f"{value:+.{digits}%}"


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move labels apart that would touch, each as little as that takes, none over an edge while there is room.

    Parameters
    ----------
    places
        Where they would stand.
    gap
        Least distance between two.
    low, high
        The edges.

    Returns
    -------
    Where they stand, in the order given.

    Examples
    --------
    >>> spread([10.0, 12.0, 40.0], gap=10.0, low=0.0, high=100.0)
    [6.0, 16.0, 40.0]
    >>> spread([98.0, 99.0], gap=10.0, low=0.0, high=100.0)
    [90.0, 100.0]
    """
    order = sorted(range(len(places)), key=places.__getitem__)
    # Blocks of labels that touch: each block stands at the mean of where its labels would stand.
    blocks: list[list[int]] = []
    for i in order:
        blocks.append([i])
        while len(blocks) > 1 and _end(blocks[-2], places, gap, low, high) + gap > _start(
            blocks[-1], places, gap, low, high
        ):
            last = blocks.pop()
            blocks[-1].extend(last)
    moved = [0.0] * len(places)
    for block in blocks:
        start = _start(block, places, gap, low, high)
        for k, i in enumerate(block):
            moved[i] = start + k * gap
    return moved


def _start(block: Sequence[int], places: Sequence[float], gap: float, low: float, high: float) -> float:
    length = gap * (len(block) - 1)
    start = sum(places[i] - k * gap for k, i in enumerate(block)) / len(block)
    return max(low, min(start, high - length))


def _end(block: Sequence[int], places: Sequence[float], gap: float, low: float, high: float) -> float:
    return _start(block, places, gap, low, high) + gap * (len(block) - 1)


def wrapped(text: str, width: int) -> list[str]:
    """Break a sentence into lines of so many letters.

    Examples
    --------
    >>> wrapped("beta is above its band", 12)
    ['beta is', 'above its', 'band']
    """
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
