"""A beta, its interval and its band drawn on one line of text."""

from collections.abc import Callable

__all__ = ["gauge"]


def gauge(*, value: float, low: float, high: float, lower: float, upper: float, width: int = 60) -> tuple[str, str]:
    """Draw a beta against its band.

    Parameters
    ----------
    value, low, high
        The estimate and its interval.
    lower, upper
        The band of the mandate.
    width
        Characters.

    Returns
    -------
    Two lines of equal length: the picture, and the numbers under it. ``[=]`` is the band, ``|-o-|`` the estimate with
    its interval.

    Examples
    --------
    >>> picture, scale = gauge(value=1.3, low=1.2, high=1.4, lower=0.95, upper=1.05, width=40)
    >>> print(picture)
    ···[======]··········|-------o------|···
    """
    left, right = min(low, lower), max(high, upper)
    margin = 0.08 * ((right - left) or 1.0)
    left, right = left - margin, right + margin

    def place(x: float) -> int:
        return min(width - 1, max(0, round((x - left) / (right - left) * (width - 1))))

    line = ["·"] * width
    line[place(lower) : place(upper) + 1] = ["="] * (place(upper) - place(lower) + 1)
    line[place(lower)], line[place(upper)] = "[", "]"
    for i in range(place(low), place(high) + 1):
        line[i] = "=" if line[i] == "=" else "-"
    line[place(low)], line[place(high)] = "|", "|"
    for x, mark in ((lower, "["), (upper, "]")):
        # The band's edges stay visible under a wide interval.
        line[place(x)] = mark
    line[place(value)] = "o"
    return "".join(line), _scale(
        [(lower, f"{lower:.2f}"), (upper, f"{upper:.2f}"), (value, f"{value:.3f}")], place, width
    )


def _scale(labels: list[tuple[float, str]], place: Callable[[float], int], width: int) -> str:
    row = [" "] * width
    # The last label is the estimate's and matters most: place it first, the others where there is room.
    for x, text in reversed(labels):
        start = min(max(0, place(x) - len(text) // 2), width - len(text))
        room = row[max(0, start - 1) : start + len(text) + 1]
        if all(c == " " for c in room):
            row[start : start + len(text)] = list(text)
    return "".join(row)
