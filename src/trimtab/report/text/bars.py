"""Bars made of text."""

import math

__all__ = ["bar", "signed_bar"]

_PARTS = " ▏▎▍▌▋▊▉"


def signed_bar(value: float | None, longest: float, *, width: int = 16) -> str:
    """Draw a bar to the right of a middle line for a gain, to the left for a loss.

    Examples
    --------
    >>> signed_bar(-1.0, 2.0, width=4), signed_bar(2.0, 2.0, width=4)
    ('  ██│', '    │████')
    """
    if value is None or not math.isfinite(value) or not longest > 0:
        return " " * width + "│"
    size = min(abs(value) / longest, 1.0) * width
    if value < 0:
        return ("█" * round(size)).rjust(width) + "│"
    eighths = round(size * 8)
    return " " * width + "│" + "█" * (eighths // 8) + _PARTS[eighths % 8].strip()


_BAR = 18


def bar(value: float, longest: float) -> str:
    """Draw a bar in eighths of a character; nothing where there is no number.

    Examples
    --------
    >>> bar(1.0, 2.0), bar(float("nan"), 2.0)
    ('█████████', '')
    """
    if not (math.isfinite(value) and longest > 0):
        return ""
    eighths = round(min(value / longest, 1.0) * _BAR * 8)
    return "█" * (eighths // 8) + _PARTS[eighths % 8].strip()
